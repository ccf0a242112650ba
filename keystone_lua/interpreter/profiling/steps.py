"""The steps of a run: which statement came after which.

In: an accounted program, and what a run takes. Out: a run that, besides what the profile recorder notes, keeps the
sequence of its statements, compressed while it grows, so that a long run takes little room.

The hook is the count of each statement (`codegen/attribution`): code that is compiled plainly has none and pays
nothing.
"""

from __future__ import annotations

import zlib
from array import array
from typing import Final

from ..sites import HITS
from .recorder import AccountedRun

BUFFERED: Final = 4096
"""Steps that wait to be compressed."""


class Steps(list[int]):
    """Counts by site, each change of which is a step."""

    def __init__(self, counts: list[int]) -> None:
        super().__init__(counts)
        self.total = 0
        self._packer = zlib.compressobj(6)
        self._packed = bytearray()
        self._waiting = array("I")

    def __setitem__(self, site: int, count: int) -> None:  # type: ignore[override]
        list.__setitem__(self, site, count)
        self._waiting.append(site)
        if len(self._waiting) == BUFFERED:
            self._flush()

    def _flush(self) -> None:
        data = self._waiting.tobytes()
        self.total += len(self._waiting)
        self._packed += self._packer.compress(data)
        self._waiting = array("I")

    def end(self) -> tuple[int, bytes]:
        """How many steps there were, and the sites, four bytes each, compressed. To be asked once."""
        self._flush()
        self._packed += self._packer.flush()
        return self.total, bytes(self._packed)


class SteppedRun(AccountedRun):
    """A run that keeps its steps."""

    __slots__ = ("steps",)

    def populate(self) -> None:
        """Counts that are noticed."""
        super().populate()
        self.steps = Steps(self.hits)
        self.hits = self.steps
        self.cells[HITS].cell_contents = self.steps
