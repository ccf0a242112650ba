"""Frame size: what a call of a function and a closure over its variables take, from its scope and extent.

Input: a Scope and an Extent. Output: numbers of slots, captures and names, from which prices are made.
"""

from __future__ import annotations

from dataclasses import dataclass

from .. import costs
from .extents import CELL, ITERATOR, PLAIN_SLOTS, Extent
from .scope import Scope


def own_names(scope: Scope, extent: Extent) -> int:
    """Python names that a function declares: locals, functions and their factories, temporaries, outlined pieces."""
    return scope.locals + 2 * scope.functions + extent.temporaries + 2 * extent.pieces


@dataclass(frozen=True, slots=True)
class Size:
    """Of a function's frame, in slots of 8 bytes; and what a closure takes with it."""

    slots: int
    captures: int
    names: int
    """Global names and library members that may get a free variable."""

    @staticmethod
    def of(scope: Scope, extent: Extent) -> Size:
        """The most that a function's Python frame and what hangs on it may take."""
        captures = len(scope.captures)
        names = len(scope.outer) - captures
        own = own_names(scope, extent)
        cells = min(
            scope.locals + extent.temporaries,
            scope.cells + extent.outlined + (extent.temporaries if extent.pieces else 0),
        )
        free = captures + names
        again = 2 * min(extent.outlined, own + free) + scope.widest  # in the frame of a piece, and while one is made
        slots = PLAIN_SLOTS + own + free + again + (CELL - 1) * cells + ITERATOR * extent.loops
        return Size(slots, captures, names)

    @property
    def beyond(self) -> int:
        """Slots that the price of a call does not cover."""
        return max(0, self.slots - costs.FREE_SLOTS)

    def held(self, extent: Extent) -> tuple[int, int]:
        """Bytes of a frame that waits in a coroutine: its slots, up to the free ones, and its outlined pieces.

        Slots beyond the free ones are paid as depths.
        """
        return costs.SLOT * min(self.slots, costs.FREE_SLOTS), costs.HELD_PIECE * extent.pieces

    def closure_price(self) -> tuple[int, int]:
        """Instructions and bytes of a closure beyond what every closure pays."""
        captures, names = max(0, self.captures - costs.FREE_CAPTURES), max(0, self.names - costs.FREE_NAMES)
        return (captures + names) // costs.CAPTURES, captures * costs.CAPTURE + names * costs.VALUE
