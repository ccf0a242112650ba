"""Frames of compiled programs, held against what extents.py says of them.

Input: a source. Output: for each Lua function the slots that CPython's frames of it take, those of its outlined pieces
included, and the bound that its calls are charged by.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

from keystone_lua.interpreter.analysis.builtins import FixedBuiltins
from keystone_lua.interpreter.analysis.extents import CELL
from keystone_lua.interpreter.analysis.frame_size import Size
from keystone_lua.interpreter.analysis.pricing import price
from keystone_lua.interpreter.analysis.types import Kinds
from keystone_lua.interpreter.codegen.builder import FunctionBuilder
from keystone_lua.interpreter.codegen.compiler import MAKERS, code_objects
from keystone_lua.interpreter.codegen.segments import Context, Statements
from keystone_lua.interpreter.linking import link_program
from keystone_lua.interpreter.stdlib.registry import LIBRARIES


@dataclass(frozen=True)
class Frame:
    """Slots of one function: ``used`` by CPython, ``bound`` from the tree."""

    name: str
    used: int
    bound: int
    free: int
    taken: int
    """Free variables, and what the price of the closure counts."""


class Watched(FunctionBuilder):
    """A builder that remembers the scope of each Python function."""

    def definition(self, identifier, parameters, vararg, context: Context, statements: Statements):  # type: ignore[no-untyped-def]
        if not context.outlined:
            scope = context.scope
            self.sizes[identifier] = Size.of(scope, self.resolution.extents[scope.node])
        return super().definition(identifier, parameters, vararg, context, statements)

    def __init__(self, *arguments) -> None:  # type: ignore[no-untyped-def]
        super().__init__(*arguments)
        self.sizes: dict[str, Size] = {}


def frames(source: bytes) -> list[Frame]:
    """Of every function of a program. Raises LuaSyntaxError."""
    linked = link_program(source, "t")
    builtins = FixedBuiltins(linked.resolution)
    kinds = Kinds(linked.resolution, linked.chunks, builtins)
    builder = Watched(linked.resolution, price(linked.resolution, linked.chunks), kinds, builtins, MAKERS)
    slots = [f"l{number}" for number in range(sum(map(len, LIBRARIES.values())))]
    codes = code_objects(builder, linked.chunks, slots)
    found = []
    pending = list(codes)
    while pending:
        code = pending.pop()
        size = builder.sizes[code.co_name]
        inner = list(pieces(code, builder.sizes))
        pending += [lua for piece in (code, *inner) for lua in constants(piece) if lua.co_name in builder.sizes]
        used = alive(code, {piece.co_name: piece for piece in inner})
        found.append(Frame(code.co_name, used, size.slots, len(code.co_freevars), size.captures + size.names))
    return found


def alive(code: CodeType, pieces: dict[str, CodeType]) -> int:
    """The slots of a function while the largest of the pieces that it calls runs, and those that that one calls."""
    called = {constant.co_name for constant in constants(code)} | set(code.co_freevars)
    return taken(code) + max((alive(pieces[name], pieces) for name in called & pieces.keys()), default=0)


def taken(code: CodeType) -> int:
    cells = len(code.co_cellvars)
    plain = len(set(code.co_varnames) - set(code.co_cellvars))
    return plain + CELL * cells + len(code.co_freevars) + code.co_stacksize


def constants(code: CodeType) -> Iterator[CodeType]:
    return (constant for constant in code.co_consts if isinstance(constant, CodeType))


def pieces(code: CodeType, functions: dict[str, Size]) -> Iterator[CodeType]:
    """The outlined functions and factories in a function."""
    for inner in constants(code):
        if inner.co_name not in functions:
            yield inner
            yield from pieces(inner, functions)
