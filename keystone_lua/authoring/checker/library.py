"""Calls of the routing library in a script, and of functions that take patterns: what several rules look at.

Input: a `Script`. Output: facts. A module is recognised by ``require "json"`` itself and by a local that holds its
result and is never assigned again; a function of a module also by such a local. A module to which the script adds, or
that lies in lib/, is the script's own and is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple

from ...interpreter.analysis.scope import Variable
from ...interpreter.modules import catalogue
from ...interpreter.syntax import nodes
from .script import STRING_METHODS, Script

PATTERN_FUNCTIONS: Final = frozenset({"find", "match", "gmatch", "gfind", "gsub"})


class Member(NamedTuple):
    """A member of a module: ``module`` as the script requires it, ``name`` as it asks, ``path`` as the file has it."""

    module: str
    name: str
    path: tuple[str, str]

    @property
    def shown(self) -> str:
        """``json.decode``."""
        return f"{self.module}.{self.name}"


class LibraryCall(NamedTuple):
    """A call of a module's function."""

    call: nodes.Call
    member: Member


class PatternCall(NamedTuple):
    """A call of a function of ``string`` with a pattern; ``plain`` is find's fourth argument."""

    call: nodes.Call | nodes.MethodCall
    function: str
    pattern: Any
    plain: Any
    replacement: Any


def required(script: Script, node: object) -> str | None:
    """The module of the routing library that a call of ``require`` answers."""
    if isinstance(node, nodes.Call) and script.is_global(node.function, "require") and len(node.arguments) == 1:
        name = node.arguments[0]
        if isinstance(name, nodes.String) and name.value in catalogue.FILES and name.value not in script.own_modules:
            return name.value
    return None


class Library:
    """Which names of a script mean a module of the routing library, or one of its functions."""

    def __init__(self, script: Script) -> None:
        self.script = script
        extended = {
            script.variable(target.object)
            for target in script.targets
            if isinstance(target, nodes.Index) and isinstance(target.object, nodes.Name)
        }
        self.modules: dict[Variable, str] = {}
        self.members: dict[Variable, Member] = {}
        for variable, value in script.initial.items():
            if not variable.assigned and variable not in extended and (name := required(script, value)):
                self.modules[variable] = name
        for variable, value in script.initial.items():
            if not variable.assigned and (member := self.member(value)):
                self.members[variable] = member

    def module(self, node: object) -> str | None:
        """The module that an expression is; ``ngx.re`` is ``re``."""
        if isinstance(node, nodes.Name):
            variable = self.script.variable(node)
            return self.modules.get(variable) if variable is not None else None
        if isinstance(node, nodes.Index) and isinstance(node.key, nodes.String) and node.key.value == "re":
            return "re" if self.module(node.object) == "ngx" else None
        return required(self.script, node)

    def member(self, node: object) -> Member | None:
        """The member of a module that an expression is."""
        if isinstance(node, nodes.Name):
            variable = self.script.variable(node)
            return self.members.get(variable) if variable is not None else None
        if isinstance(node, nodes.Index) and isinstance(node.key, nodes.String):
            module = self.module(node.object)
            path = catalogue.paths(module).get(node.key.value) if module is not None else None
            return Member(str(module), node.key.value, path) if path is not None else None
        return None

    def calls(self) -> Iterator[LibraryCall]:
        """Calls of functions of modules, in the order of the source."""
        for call in self.script.each(nodes.Call):
            member = self.member(call.function)
            if member is not None:
                yield LibraryCall(call, member)

    def is_object(self, node: object) -> bool:
        """Whether an expression is an object of the library, as far as one sees: it has a ``match`` or ``find`` of its
        own. A constant is one, unless it is a text."""
        if isinstance(node, nodes.Name):
            variable = self.script.variable(node)
            node = self.script.initial.get(variable) if variable is not None and not variable.assigned else None
        if not isinstance(node, nodes.Call):
            return False
        member = self.member(node.function)
        return self.script.is_global(node.function, "constant") or (member is not None and member.path in _OBJECTS)


_OBJECTS: Final = frozenset({("ip", "matcher"), ("ip", "new"), ("bucket", "ring")})

library_of: Final = lru_cache(1)(Library)
"""Of a script; rules look at one script after the other."""


def pattern_calls(script: Script) -> Iterator[PatternCall]:
    """Calls that give ``string``'s functions a pattern."""
    library = library_of(script)
    for call in script.each(nodes.Call, nodes.MethodCall):
        if isinstance(call, nodes.MethodCall):
            function, arguments = call.method, call.arguments
            if function not in PATTERN_FUNCTIONS or function not in STRING_METHODS:
                continue
            if function != "gsub" and any(isinstance(argument, nodes.Table) for argument in arguments[:2]):
                continue  # an object's own method of that name
            if library.is_object(call.object) or _OBJECT.search(_last_name(call.object)):
                continue
        else:
            owner, _, function = script.path(call.function).partition(".")
            if owner != "string" or function not in PATTERN_FUNCTIONS:
                continue
            arguments = call.arguments[1:]
        if arguments:
            plain = arguments[2] if function == "find" and len(arguments) > 2 else None
            replacement = arguments[1] if function == "gsub" and len(arguments) > 1 else None
            yield PatternCall(call, function, arguments[0], plain, replacement)


_OBJECT: Final = re.compile(r"(?:match|rout|find)er\d*\Z|trie\Z|regex\Z", re.IGNORECASE)
"""Names of objects with a ``match`` or ``find`` of their own."""


def _last_name(node: object) -> str:
    """``matcher`` of ``route.matcher``."""
    if isinstance(node, nodes.Index) and isinstance(node.key, nodes.String):
        return node.key.value
    return node.name if isinstance(node, nodes.Name) else ""


def is_plain(call: PatternCall) -> bool:
    """Whether find's fourth argument turns patterns off, or may do so."""
    plain = call.plain
    if plain is None or isinstance(plain, nodes.Nil):
        return False
    return plain.value if isinstance(plain, nodes.Boolean) else True


_SET: Final = re.compile(r"%.|\[\^?\]?(?:%.|[^\]%])*+(\])?", re.DOTALL)
"""A class, or a set; one that nobody closes goes to the end, so that it is looked at once."""


def without_sets(pattern: str, put: str, *, classes: bool) -> str:
    """A pattern with ``put`` in place of each set, and of each class such as ``%a`` if ``classes`` says so."""

    def instead(found: re.Match[str]) -> str:
        is_class = found[0][0] == "%"
        return put if (classes if is_class else found[1] is not None) else found[0]

    return _SET.sub(instead, pattern)
