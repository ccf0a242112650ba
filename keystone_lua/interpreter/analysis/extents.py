"""Extents: how large the Python function of each Lua function may become, from the tree alone.

Input: a Chunk, and later the Scope of each function. Output: an Extent for each function. Scope and Extent together
give its slots, cells and free variables: what a call of it and a closure over its variables are charged for.

Every local of every block has a slot of its own in CPython's frame, which is cleared at each call; a local that a
nested Python function uses is a cell, which is made at each call. Temporaries, for operands that are used twice, are
slots too. Their number depends on the code that is emitted. Prices must not, so the bound is computed from the tree.
``tests/budgets/frames.py`` compares the code objects of whole programs, and of shapes of all sizes, with the bound.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..syntax import nodes

if TYPE_CHECKING:
    pass

TALL: Final = 12
"""Levels of an expression that surely stay in the function's own frame (see codegen.builder.MAX_HEIGHT)."""

DEEP: Final = 14
"""Nested Python blocks that surely do (see jumps.MAX_NESTING)."""

LONG: Final = 24
"""Operators and steps that surely do (see codegen.builder.MAX_CHAIN); of more, each is a statement of its own."""

WIDE: Final = 100
"""Fields that surely do (see constructors.MAX_KEYED)."""

APART: Final = 200
"""Fields of which no more are in one expression (see constructors.MAX_FIELDS)."""

FEW: Final = 4
"""Temporaries of an expression whose parts are evaluated apart."""

PLAIN_SLOTS: Final = 8
"""The depth, the rest of the arguments, the jump, and the cells of the run."""

CELL: Final = 6
"""Slots' worth of a cell: 8 bytes in the frame and 40 of its own."""

ITERATOR: Final = 32
"""Slots' worth of what a loop goes over: an iterator, or a generator with its frame."""

_TEMPORARIES: Final[dict[type, int]] = {
    nodes.Branch: 2,
    nodes.Call: 3,
    nodes.Field: 1,
    nodes.Index: 2,
    nodes.MethodCall: 4,
    nodes.Name: 1,
    nodes.NumericFor: 6,
    nodes.Operator: 3,
    nodes.Return: 2,
    nodes.Table: 2,
    nodes.Unary: 2,
    nodes.While: 2,
    nodes.Repeat: 2,
}
"""Temporaries that a node may need besides those of its parts."""

_NESTS: Final[dict[type, int]] = {
    nodes.If: 1,
    nodes.While: 1,
    nodes.Repeat: 1,
    nodes.NumericFor: 2,
    nodes.GenericFor: 1,
}
LOOPS: Final = (nodes.While, nodes.Repeat, nodes.NumericFor, nodes.GenericFor)


@dataclass(slots=True, eq=False)
class Extent:
    """Of one function, without those inside it. ``outlined``: names and temporaries in what may be outlined."""

    temporaries: int = 0
    outlined: int = 0
    pieces: int = 0
    loops: int = 0


class Place:
    """A statement, or a piece that becomes one: what it needs, besides what the places around it need."""

    __slots__ = ("deep", "extent", "loops", "names", "nesting", "outer", "tall", "temporaries")

    def __init__(self, extent: Extent, outer: Place | None = None, nesting: int = 0, loops: int = 0) -> None:
        self.extent = extent
        self.outer = outer
        self.nesting = nesting
        self.loops = loops
        self.deep: bool = nesting > DEEP or (outer is not None and outer.deep)
        self.tall = False
        self.names = 0
        self.temporaries = 0

    def piece(self) -> Place:
        """A part of the statement that is evaluated by itself, in an outlined function."""
        made = Place(self.extent, self, self.nesting, self.loops)
        made.tall = True
        return made

    def inside(self, statement: Any, labels: bool) -> Place:
        """A statement in a block of this one; a block with labels is one Python block more."""
        kind = statement.__class__
        nesting = self.nesting + _NESTS.get(kind, 0) + labels
        made = Place(self.extent, self, nesting, self.loops + (kind in LOOPS))
        self.extent.pieces += labels
        return made


MAY_BE_APART: Final = frozenset((nodes.Table, nodes.Chain, nodes.Logical, nodes.Arithmetic, nodes.Comparison))


def parts_apart(node: Any) -> bool:
    """Whether each part of an expression is evaluated by itself, if there are many."""
    kind = node.__class__
    if kind is nodes.Table:
        return len(node.fields) > APART
    if kind is nodes.Chain:
        return True
    if kind is nodes.Logical:
        return len(node.operands) > LONG
    return kind in (nodes.Arithmetic, nodes.Comparison) and len(node.rest) > LONG


_BY_SIZE: Final[dict[type, Callable[[Any], int]]] = {
    nodes.Assign: lambda node: 2 * max(len(node.targets), len(node.values)),
    nodes.Concat: lambda node: 2 * len(node.operands),
    nodes.GenericFor: lambda node: 6 + len(node.names),
    nodes.Local: lambda node: 2 * len(node.names),
    nodes.Logical: lambda node: 2 * len(node.operands),
}
"""Those of nodes that need more, the more parts they have."""


def temporaries(node: Any) -> int:
    """What a node itself needs."""
    kind = node.__class__
    by_size = _BY_SIZE.get(kind)
    return _TEMPORARIES.get(kind, 0) if by_size is None else by_size(node)


def settle(places: list[Place]) -> None:
    """Enter into the extents what the places need; outer places come first."""
    for place in places:
        outer, extent = place.outer, place.extent
        if outer is not None:
            place.temporaries += outer.temporaries
        extent.temporaries = max(extent.temporaries, place.temporaries)
        extent.loops = max(extent.loops, place.loops)
        if place.tall or place.deep:
            extent.pieces += place.deep
            extent.outlined += place.names
