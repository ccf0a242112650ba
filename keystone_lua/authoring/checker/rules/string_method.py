"""Methods that strings do not have, and functions of strings that are called with a dot.

``request.path:trim()`` and ``request.path.lower()`` are errors at the first request.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, Final

from ....interpreter.analysis.scope import Variable
from ....interpreter.syntax import nodes
from ..findings import Severity
from ..rule import Place
from ..script import STRING_METHODS, Script
from .unknown_result_field import entry_points

CODE: Final = "string-method"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "A string has no such method, or is asked for it with a dot."

_TEXTS: Final = frozenset({"method", "path", "host", "body", "query", "raw_path", "scheme", "protocol", "client_ip"})
"""Fields of a request that are texts."""
_TEXT: Final = 'require("text").{}'
INSTEAD: Final = {
    **dict.fromkeys(("trim", "strip"), _TEXT.format("trim(s)")),
    **dict.fromkeys(("split", "explode"), _TEXT.format("split(s, separator)")),
    **dict.fromkeys(("starts_with", "startswith", "startsWith", "has_prefix"), _TEXT.format("starts_with(s, start)")),
    **dict.fromkeys(("ends_with", "endswith", "endsWith", "has_suffix"), _TEXT.format("ends_with(s, tail)")),
    **dict.fromkeys(("contains", "includes"), _TEXT.format("contains(s, piece)")),
    **dict.fromkeys(("toLowerCase", "lowercase", "tolower"), "s:lower()"),
    **dict.fromkeys(("toUpperCase", "uppercase", "toupper"), "s:upper()"),
    **dict.fromkeys(("indexOf", "index"), "s:find(piece, 1, true)"),
    **dict.fromkeys(("replace", "replaceAll"), "s:gsub(pattern, replacement)"),
    **dict.fromkeys(("substring", "substr", "slice"), "s:sub(first, last)"),
    **dict.fromkeys(("length", "size"), "#s"),
}
"""Methods of other languages' strings, and what to write."""


def places(script: Script) -> Iterator[Place]:
    """Calls on texts of the request, and on locals that are such texts."""
    texts = _Texts(script)
    own = {path[7:] for target in script.targets if (path := script.path(target)).startswith("string.")}
    if "string" in script.written_globals() or script.is_dynamic:
        return
    for call in script.each(nodes.MethodCall):
        if call.method not in STRING_METHODS | own and texts.has(call.object):
            yield Place(*script.start_of(call), f"a string has no method '{call.method}'{_advice(call.method)}")
    for call in script.each(nodes.Call):
        function = call.function
        if isinstance(function, nodes.Index) and isinstance(function.key, nodes.String) and texts.has(function.object):
            name = function.key.value
            known = name in STRING_METHODS | own
            advice = f"with a dot, '{name}' is not given the string: write ':{name}(...)'"
            message = advice if known else f"a string has no method '{name}'{_advice(name)}"
            yield Place(*script.start_of(call), message)


def _advice(name: str) -> str:
    if name in INSTEAD:
        return f": write {INSTEAD[name]}"
    close = get_close_matches(name, sorted(STRING_METHODS), 1, 0.7)
    return f": did you mean '{close[0]}'?" if close else ""


MOST_LOCALS: Final = 50
"""Locals one made of the other."""


class _Texts:
    """Which expressions are surely strings."""

    def __init__(self, script: Script) -> None:
        self.script = script
        declared = [script.resolution.declared[function] for function in entry_points(script)]
        self.requests = {parameters[0] for parameters in declared if parameters}
        self.depth = 0
        self.known: dict[Variable, bool] = {}
        """Of locals that were asked for; one that is asked for again meanwhile is none."""

    def has(self, node: Any) -> bool:
        """Whether an expression is a text: of a request's fields, of its headers, a literal, a local that is one."""
        if isinstance(node, (nodes.String, nodes.Concat)):
            return True
        if isinstance(node, nodes.Logical):
            return all(map(self.has, node.operands))
        if isinstance(node, nodes.Name):
            variable = self.script.variable(node)
            return variable is not None and not variable.assigned and self._is_text(variable)
        if not isinstance(node, nodes.Index):
            return False
        owner, key = node.object, node.key
        if isinstance(owner, nodes.Name):
            is_request = self.script.variable(owner) in self.requests
            return is_request and isinstance(key, nodes.String) and key.value in _TEXTS
        return (
            isinstance(owner, nodes.Index)
            and isinstance(owner.object, nodes.Name)
            and isinstance(owner.key, nodes.String)
            and owner.key.value == "headers"
            and self.script.variable(owner.object) in self.requests
        )

    def _is_text(self, variable: Variable) -> bool:
        """Whether a local's only value is a text, through at most MOST_LOCALS others."""
        if variable not in self.known:
            self.known[variable] = False
            value = self.script.initial.get(variable)
            if value is not None and self.depth < MOST_LOCALS:
                self.depth += 1
                self.known[variable] = self.has(value)
                self.depth -= 1
        return self.known[variable]
