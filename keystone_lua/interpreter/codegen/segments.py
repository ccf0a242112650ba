"""Segments and frames: what is charged together, and where control can go, while a function is emitted."""

from __future__ import annotations

import ast
from typing import Literal

from ..analysis.pricing import Price
from ..analysis.scope import Scope
from ..syntax import nodes


class Segment:
    """A run of statements that is charged on entry. Stands in a statement list until its price is known."""

    __slots__ = ("bytes", "due", "entry", "fixed", "instructions")

    def __init__(self, instructions: int = 0, size: int = 0, entry: bool = False) -> None:
        self.instructions = instructions
        self.bytes = size
        self.entry = entry
        self.fixed = False
        """Whether a loop pays it ahead: it stays as it is."""
        self.due: tuple[Price, ...] = ()
        """The prices of segments before this one that it charges too. What ends a run is decided one after another."""

    def is_due(self) -> bool:
        """Whether there is anything to charge or test."""
        return bool(self.instructions or self.bytes or self.entry)

    def own(self) -> Price:
        """Its price without the dues."""
        return (
            self.instructions - sum(instructions for instructions, _ in self.due),
            self.bytes - sum(size for _, size in self.due),
        )

    def moved(self) -> Segment:
        """What this segment would charge, which it now leaves to others."""
        other = self.with_price(0)
        self.instructions = self.bytes = 0
        self.entry = False
        self.due = ()
        return other

    def with_price(self, instructions: int) -> Segment:
        """A segment that charges so many instructions after what this one charges."""
        other = Segment(self.instructions + instructions, self.bytes, self.entry)
        other.due = (*self.due, self.own()) if self.is_due() else ()
        return other

    def add(self, other: Segment) -> None:
        """Charge another segment's price first."""
        made = other.with_price(0)
        self.entry = self.entry or made.entry
        self.due = (*made.due, *self.due)
        self.instructions += made.instructions
        self.bytes += made.bytes


Statements = list[ast.stmt | Segment]
"""Statements, and segments to be replaced by their charges."""


class Context:
    """One Python function being emitted: a Lua function, or a piece outlined from one."""

    def __init__(self, scope: Scope, parent: Context | None, outlined: bool) -> None:
        self.scope = scope
        self.parent = parent
        self.outlined = outlined
        self.level: int = parent.level + 1 if outlined and parent is not None else 0
        self.owned: set[str] = set()
        self.stored: set[str] = set()
        self.temporaries = 0
        self.nesting = 0
        self.frames: list[Frame] = []
        self.prologue: list[ast.stmt] = []
        self.jump: str = parent.jump if outlined and parent is not None else ""
        self.self_calls: frozenset[nodes.Return] = frozenset()
        """Returns that begin the function again."""


Target = tuple[Literal["break"], nodes.Statement, None] | tuple[Literal["goto"], nodes.Block, nodes.Label]
"""Where a jump goes: behind a loop, or to a label of a block."""


class Frame:
    """A Python construct that a jump may have to leave."""

    __slots__ = ("block", "kind", "loop", "passing", "selector")

    def __init__(
        self,
        kind: Literal["loop", "dispatch", "outline"],
        loop: nodes.Statement | None = None,
        block: nodes.Block | None = None,
        selector: str = "",
    ) -> None:
        self.kind = kind
        self.loop = loop
        self.block = block
        self.selector = selector
        self.passing: dict[Target, int] = {}
