"""Compile cost: what a chunk costs the compiler, before anything is compiled.

Input: a Chunk. Output: its cost, in units of which each stands for at most 1.5 kB of memory and 10 µs while the
chunk is compiled. ``compile_program`` refuses programs over ``limits.MAX_COMPILE_COST``.

The generated code of a node is some number of Python syntax nodes, at about 300 bytes each, so a node's kind tells its
price: 4 for a field of a constructor, 16 for a term of a sum, 40 for a method call. A function costs 100 not for its
code but because CPython copies the names of the enclosing function for each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..syntax import nodes
from ..syntax.control_flow import CONSTANTS, LOOPS
from ..syntax.nodes import children
from .extents import FEW, MAY_BE_APART, TALL, WIDE, Extent, Place, parts_apart, settle, temporaries
from .frame_size import own_names

if TYPE_CHECKING:
    from .scope import Resolution, Scope

_NODES: Final[dict[type, int]] = {
    nodes.Assign: 2,
    nodes.Branch: 15,
    nodes.Break: 4,
    nodes.Call: 12,
    nodes.Concat: 22,
    nodes.Field: 4,
    nodes.Function: 40,
    nodes.GenericFor: 30,
    nodes.Goto: 20,
    nodes.Index: 16,
    nodes.Label: 40,
    nodes.LocalFunction: 10,
    nodes.Logical: 8,
    nodes.MethodCall: 45,
    nodes.NumericFor: 42,
    nodes.Repeat: 18,
    nodes.Return: 8,
    nodes.Table: 3,
    nodes.Unary: 18,
    nodes.Vararg: 8,
    nodes.While: 18,
}
_NAME: Final = 1
_CONSTANTS: Final = frozenset(CONSTANTS)
_TARGET: Final = 15
"""An assigned variable or field."""
_COMPUTED: Final = 6
"""A key between brackets, in a constructor; four times that for one that is assigned to."""
_SPREAD: Final = 3
"""More for a target if there are more of them than values: one of several results."""
_LOCAL: Final = 4
_CROSSED: Final = 2
"""A loop around a goto, which may have to pass it on."""
PASSED: Final = 5
"""Quarters of a unit for a free variable of a function, in each function that it passes."""
MODULE: Final = 60
"""A module, whatever is in it: it is parsed, looked through and compiled for itself, which takes 0.4 ms."""
VISIBLE: Final = 200
"""Names of the functions around one that a unit stands for."""
MANY: Final = 4_000
"""Names of the functions around one that take twice the time of a few."""
TWIN_CALL: Final = 18
_LOOPS: Final = frozenset((*LOOPS, nodes.Do))
_OPERATOR: Final = 15
_COMPARISON: Final = 26
_POWER: Final = 15


def cost_of(chunk: nodes.Chunk, extents: dict[Any, Extent] | None = None) -> int:
    """The cost of a whole chunk; enters the extents of its functions."""
    cost = 0
    first = Place(Extent())
    places = [first]
    found = {chunk: first.extent}
    pending: list[tuple[Any, int, Place, int]] = [(chunk.body, 0, first, 0)]
    while pending:
        node, loops, place, height = pending.pop()
        kind = node.__class__
        if kind is nodes.Name:
            cost += _NAME
            place.names += 1
            continue
        if kind is nodes.Block:
            labels = any(statement.__class__ is nodes.Label for statement in node.statements)
            for statement in node.statements:
                inner = place.inside(statement, labels)
                places.append(inner)
                pending.append((statement, loops, inner, 0))
            continue
        if height > TALL or (kind is nodes.Table and len(node.fields) > WIDE):
            place.tall = True
            place.extent.pieces += height % TALL == 0
        if kind in _CONSTANTS:
            continue
        cost += _NODES.get(kind, 0)
        if (own := _OWN.get(kind)) is not None:
            cost += own(node)
        apart = kind in MAY_BE_APART and parts_apart(node)
        place.temporaries += FEW if apart else temporaries(node)
        if kind is nodes.Function:
            place = Place(Extent())
            places.append(place)
            found[node] = place.extent
            loops = 0
        elif kind in _LOOPS:
            loops += 1
        elif kind is nodes.Goto:
            cost += _CROSSED * loops
        height += len(node.operands) if kind is nodes.Logical and not apart else 1
        if not apart:
            pending += [(child, loops, place, height) for child in children(node)]
            continue
        place.extent.pieces += 1
        for child in children(node):
            piece = place.piece()
            places.append(piece)
            pending.append((child, loops, piece, height))
    settle(places)
    if extents is not None:
        extents.update(found)
    return cost


def cost_of_names(resolution: Resolution) -> int:
    """What CPython does for the names of functions: each is given those of all functions around it, and takes its own
    free variables through every function between. Sets of many names no longer fit into its caches."""
    around: dict[Scope, int] = {}
    seen = 0
    for node, scope in resolution.scopes.items():  # a function comes after those around it
        outer = around[scope.parent] if scope.parent is not None else len(resolution.globals.writes)
        extent = resolution.extents[node]
        inner = around[scope] = outer + own_names(scope, extent)
        seen += outer + outer * outer // MANY + extent.pieces * (inner + inner * inner // MANY)
    return resolution.passed * PASSED // 4 + seen // VISIBLE


def cost_of_twins(resolution: Resolution) -> int:
    """What the twins of functions take, if the program has coroutines: as much again, and calls twice as much."""
    return resolution.compile_cost + TWIN_CALL * resolution.calls


def _assign(node: nodes.Assign) -> int:
    computed = sum(t.__class__ is nodes.Index and not constant(t.key) for t in node.targets)
    spread = _SPREAD * len(node.targets) if len(node.targets) > len(node.values) else 0
    return _TARGET * len(node.targets) + 4 * _COMPUTED * computed + spread


def _field(node: nodes.Field) -> int:
    return _COMPUTED if node.key is not None and not constant(node.key) else 0


def _operator(node: nodes.Operator) -> int:
    if node.symbol[0] in "<>=~":
        return _COMPARISON
    return 5 if constant(node.operand) else _POWER if node.symbol == "^" else _OPERATOR


_OWN: Final[dict[type, Callable[[Any], int]]] = {
    nodes.Assign: _assign,
    nodes.Concat: lambda node: 2 * len(node.operands),
    nodes.Field: _field,
    nodes.Local: lambda node: _LOCAL * len(node.names),
    nodes.Logical: lambda node: 8 * len(node.operands),
    nodes.Operator: _operator,
}
"""What the cost of a node adds for its parts."""


def constant(node: nodes.Expression) -> bool:
    """Whether an operand is a literal."""
    return node.__class__ is nodes.Number or node.__class__ is nodes.String
