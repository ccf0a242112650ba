"""Twins: each function of a program compiled a second time, as a generator, to run inside a coroutine.

Input: the Python definitions that the compiler made, and the code objects that CPython made of them. Output: by the
name of its code, the twin of each function that calls something. A function that calls nothing has no
twin, for it cannot yield.

A twin is the same statements, charges included, so it costs the same and fails with the same words. Where the script
calls a value, the twin asks ``run.twin`` what to call instead. If a generator comes back, it is yielded to the
coroutine's driver (see coroutines), which runs it and leaves the result in ``run.value``: ``(yield t) or run.value``.
So calls nest in a list and not on Python's stack. Code that was outlined becomes generators too, where it calls.

Functions that a twin makes are the ordinary ones: their definitions are replaced by empty ones with the same free
variables, and these, once compiled, by the code that is there already.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from copy import copy
from types import CodeType
from typing import Any, Final

from ..runtime.coroutines import Twin
from . import pyast

_RESULT: Final = "yy"
"""The local that holds a call's result: no slot and no temporary is called so."""


class _Twin:
    """Changes one function's definition, in place."""

    def __init__(self, codes: dict[str, CodeType], pausing: frozenset[str]) -> None:
        self.codes = codes
        self.pausing = pausing
        """Cells with the library functions that may yield."""
        self.pauses = False
        self.generators: set[str] = set()
        """Outlined functions that pause."""

    def body(self, definition: ast.FunctionDef) -> bool:
        """Change a body that may be a generator's; answers whether it is."""
        outer, self.pauses = self.pauses, False
        definition.body = [self.visit(statement) for statement in definition.body]
        pauses, self.pauses = self.pauses, outer
        if pauses:
            at = definition.lineno
            definition.body.append(pyast.return_(pyast.nil(at), at))
            _hand_over(definition)
        return pauses

    def visit(self, node: Any) -> Any:
        """What takes a node's place."""
        kind = node.__class__
        if (own := _OWN.get(kind)) is not None:
            return own(self, node)
        return self.inside(node) if kind in _PARTS or _parts(kind) else node

    def inside(self, node: Any) -> Any:
        """The node, its parts changed."""
        for name in _PARTS[node.__class__]:
            part = getattr(node, name)
            if part.__class__ is list:
                part[:] = [self.visit(each) for each in part]
            elif part is not None:
                setattr(node, name, self.visit(part))
        return node

    def function(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """One of the script's own, outlined code, or a factory of one of the script's own."""
        if node.name in self.codes:
            at = node.lineno
            free = [pyast.name(name, at) for name in self.codes[node.name].co_freevars]
            node = copy(node)
            node.body = [pyast.return_(pyast.tuple_of(free, at), at)]
        elif self.body(node):
            self.generators.add(node.name)
        return node

    def attempt(self, node: ast.Try) -> ast.Try:
        """Of attempts, in which nothing is called: an error must not come out of a call into a handler."""
        outer, self.pauses = self.pauses, False
        node.body = [self.visit(statement) for statement in node.body]
        assert not self.pauses
        self.pauses = outer
        for handler in node.handlers:
            handler.body = [self.visit(statement) for statement in handler.body]
        return node

    def lua_call(self, node: pyast.LuaCall) -> ast.expr:
        """Of an unknown value, or of a library function."""
        at = node.lineno
        function: ast.expr = self.visit(node.func)
        arguments: list[ast.expr] = [self.visit(argument) for argument in node.args]
        if isinstance(function, ast.Name) and function.id[0] == "l" and function.id not in self.pausing:
            return pyast.call_value(function, arguments, at)
        twin = pyast.method(pyast.name("run", at), "twin", [function], at)
        result = pyast.walrus(_RESULT, pyast.call_value(twin, arguments, at), at)
        is_request = pyast.compare(pyast.class_of(result, at), pyast.IN, pyast.name("REQUESTS", at), at)
        return pyast.choose(is_request, self.request(pyast.name(_RESULT, at)), pyast.name(_RESULT, at), at)

    def call(self, node: ast.Call) -> ast.expr:
        """Of outlined code, if it is a generator's."""
        function = node.func
        if function.__class__ is not pyast.Name:
            node.func = self.visit(function)
        node.args = [self.visit(argument) for argument in node.args]
        is_generator = isinstance(function, ast.Name) and function.id in self.generators
        return self.request(node) if is_generator else node

    def request(self, generator: ast.expr) -> ast.expr:
        """``(yield GENERATOR) or run.value``: a driver sends None."""
        self.pauses = True
        at = generator.lineno
        value = pyast.attribute(pyast.name("run", at), "value", at)
        return pyast.either([ast.Yield(generator, lineno=at, col_offset=0), value], at)


_OWN: Final[dict[type, Callable[[_Twin, Any], Any]]] = {
    type(None): lambda _twin, node: node,
    pyast.Name: lambda _twin, node: node,
    pyast.Constant: lambda _twin, node: node,
    pyast.Call: _Twin.call,
    pyast.LuaCall: _Twin.lua_call,
    ast.Try: _Twin.attempt,
    ast.FunctionDef: _Twin.function,
}

_PARTS: Final[dict[type, tuple[str, ...]]] = {}
"""By the class of a node, its fields that may hold expressions and statements."""

_NO_PARTS: Final = frozenset(("ctx", "op", "ops", "id", "attr", "arg", "name", "names", "kind", "type_comment"))


def _parts(kind: type[ast.AST]) -> bool:
    """Note the parts of a class. Answers true."""
    _PARTS[kind] = tuple(name for name in kind._fields if name not in _NO_PARTS)
    return True


def _hand_over(parent: Any) -> None:
    """``return X`` becomes ``run.value = X; return``: a generator that returns None ends at half the price."""
    for name in ("body", "orelse", "handlers", "finalbody"):
        made: list[Any] = []
        for node in getattr(parent, name, ()):
            if isinstance(node, ast.Return):
                assert node.value is not None
                at = node.lineno
                place = pyast.attribute(pyast.name("run", at), "value", at, pyast.STORE)
                made += [pyast.assign(place, node.value, at), ast.Return(None, lineno=at, col_offset=0)]
                continue
            if not isinstance(node, ast.FunctionDef):  # which has returns of its own
                _hand_over(node)
            made.append(node)
        if made:
            setattr(parent, name, made)


def functions_of(code: CodeType) -> dict[str, CodeType]:
    """The code of each of the script's functions that is made in ``code``, by name."""
    found: dict[str, CodeType] = {}
    waiting = [code]
    while waiting:
        for inner in _codes(waiting.pop()):
            waiting.append(inner)
            if inner.co_name[0] == "f":
                found[inner.co_name] = inner
    return found


def links(definitions: list[ast.FunctionDef], codes: dict[str, CodeType], pausing: frozenset[str]) -> ast.Module:
    """The twins of ``definitions``, which nobody needs any more; ``codes`` are what CPython made of them."""
    made: list[ast.stmt] = []
    for definition in definitions:
        if definition.name in codes and _Twin(codes, pausing).body(
            definition
        ):  # CPython drops what it sees is never reached
            free = codes[definition.name].co_freevars
            made.append(pyast.function("link", free, 0, None, [definition], 1))
    return ast.Module(made, [])


def linked(compiled: CodeType, codes: dict[str, CodeType], held: dict[str, tuple[int, int]]) -> dict[str, Twin]:
    """The twins by the names of their functions' code, once ``links`` are compiled."""
    made = {code.co_name: _completed(code, codes) for link in _codes(compiled) for code in _codes(link)}
    return {name: (made.get(name), *sizes) for name, sizes in held.items()}


def _codes(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _completed(code: CodeType, codes: dict[str, CodeType]) -> CodeType:
    """The code with the script's functions in place of the empty ones."""
    whole = {inner: codes.get(inner.co_name) or _completed(inner, codes) for inner in _codes(code)}
    assert all(inner.co_freevars == made.co_freevars for inner, made in whole.items())
    constants = [whole[item] if isinstance(item, CodeType) else item for item in code.co_consts]
    return code.replace(co_consts=tuple(constants))
