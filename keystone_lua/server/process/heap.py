"""Collections of cyclic garbage that are short, however many objects are alive.

Python's own full collection looks at every living object: with 5,000 tenants that have decided these are 200,000, and
meanwhile no request is answered. So only `Heap.tidy` collects in full, and what has survived it once is set aside
(`gc.freeze`), where the next collection does not look. Reference counts still free nearly all of that. Cycles among
it are found when there is twice as much as after the last look at everything.
"""

from __future__ import annotations

import asyncio
import gc
from typing import Final

TIDY_SECONDS: Final = 0.25
"""Between two looks. A reload makes some 3,000 objects in that time."""

NEVER: Final = 1 << 30
"""Collections of the middle generation before Python makes a full one by itself."""

LEAST: Final = 100_000
"""Objects that are set aside before a look at everything is worth it."""


class Heap:
    """This process's garbage collector, taken in hand."""

    def __init__(self) -> None:
        young, middle, _ = gc.get_threshold()
        gc.set_threshold(young, middle, NEVER)
        gc.freeze()
        self._kept = gc.get_freeze_count()
        """Objects after the last look at everything: of a worker before the fork, since a look writes to all pages."""
        self._added = 0
        """Objects set aside since; those that have died meanwhile may be among them."""

    def tidy(self) -> None:
        """Collect among what is new, if that is much, and set the rest aside."""
        if not gc.get_count()[2]:
            return  # no collection of the middle generation, so nothing to speak of
        gc.collect()
        self._added += len(gc.get_objects())
        gc.freeze()
        if self._added <= max(self._kept, LEAST):
            return
        # To count what is set aside passes all of it: 25 ms for 600,000 objects.
        self._added = gc.get_freeze_count() - self._kept
        if self._added > max(self._kept, LEAST):
            self._look_at_everything()

    def _look_at_everything(self) -> None:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        self._kept, self._added = gc.get_freeze_count(), 0


async def keep_tidy(heap: Heap) -> None:
    """Tidy now and then, until cancelled."""
    while True:
        await asyncio.sleep(TIDY_SECONDS)
        heap.tidy()
