"""Weight: what a chunk costs the compiler, before anything is compiled.

Input: a Chunk. Output: its weight, in units of which each stands for at most 1.5 kB of memory and 10 µs while the
chunk is compiled. Refuses nothing; ``compile_program`` refuses programs over ``limits.MAX_WEIGHT``.

The generated code of a node is some number of Python syntax nodes, at about 300 bytes each, so a node's kind tells its
price: 2 for a field of a constructor, 12 for a term of a sum, 40 for a method call. A function weighs 100 not for its
code but because CPython copies the names of the enclosing function for each.
"""

from __future__ import annotations

from typing import Any, Final

from . import nodes
from .parser import children

_NODES: Final[dict[type, int]] = {
    nodes.Assign: 2,
    nodes.Branch: 14,
    nodes.Break: 4,
    nodes.Call: 12,
    nodes.Concat: 22,
    nodes.Field: 2,
    nodes.Function: 100,
    nodes.GenericFor: 30,
    nodes.Goto: 20,
    nodes.Index: 16,
    nodes.Label: 40,
    nodes.LocalFunction: 10,
    nodes.Logical: 8,
    nodes.MethodCall: 45,
    nodes.Name: 1,
    nodes.NumericFor: 42,
    nodes.Repeat: 18,
    nodes.Return: 8,
    nodes.Table: 3,
    nodes.Unary: 18,
    nodes.Vararg: 8,
    nodes.While: 18,
}
_TARGET: Final = 15
"""An assigned variable or field."""
_LOCAL: Final = 4
_CROSSED: Final = 2
"""A loop around a goto, which may have to pass it on."""
_LOOPS: Final = (nodes.While, nodes.Repeat, nodes.NumericFor, nodes.GenericFor, nodes.Do, nodes.Function)
_OPERANDS: Final[dict[type, int]] = {nodes.Concat: 2, nodes.Logical: 8}
_OPERATOR: Final = 11
_COMPARISON: Final = 18
_POWER: Final = 15


def weigh(chunk: nodes.Chunk) -> int:
    """The weight of a whole chunk."""
    weight = 0
    pending: list[tuple[Any, int]] = [(chunk.body, 0)]
    while pending:
        node, loops = pending.pop()
        kind = node.__class__
        weight += _NODES.get(kind, 0)
        if kind is nodes.Operator:
            weight += _operator(node)
        elif kind in _OPERANDS:
            weight += _OPERANDS[kind] * len(node.operands)
        elif kind is nodes.Assign:
            weight += _TARGET * len(node.targets)
        elif kind is nodes.Local:
            weight += _LOCAL * len(node.names)
        elif kind is nodes.Goto:
            weight += _CROSSED * loops
        if kind in _LOOPS:
            loops = 0 if kind is nodes.Function else loops + 1
        pending.extend([(child, loops) for child in children(node)])
    return weight


def _operator(node: nodes.Operator) -> int:
    if node.symbol[0] in "<>=~":
        return _COMPARISON
    return 3 if constant(node.operand) else _POWER if node.symbol == "^" else _OPERATOR


def constant(node: nodes.Expression) -> bool:
    """Whether an operand is a literal."""
    return isinstance(node, (nodes.Number, nodes.String))
