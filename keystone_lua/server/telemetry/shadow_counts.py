"""Results of shadow decisions, and an operator's settings for the next version, in memory that all processes share.

In: results, one call each; percentages that an operator sets; examples. Out: sums over all workers, and the examples.
It is made before the fork, by `metrics.Counts`, which owns it: a tenant's cells have the number of its block there.

Each worker writes only its own cells and examples. The process that loads the scripts notes when counting of the
present versions began. An example that is read while it is being written is not valid JSON, and is left out.
"""

from __future__ import annotations

import json
import mmap
import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

RESULTS: Final = ("same", "moved", "altered", "error", "dearer", "skipped")
"""Of a shadow decision beside the answer that was given: nothing differs; another backend, or a reject more or less;
another field differs; only the next version failed; the same answer for much more work; not taken, for want of time or
room."""

COMPARED: Final = RESULTS[:-1]

EXAMPLES: Final = 16
"""Of each worker; the last ones stay."""
EXAMPLE_BYTES: Final = 8192
"""Of one example as JSON. A longer one is left out: it would be cut somewhere."""

_LENGTH: Final = struct.Struct("=I")
_SETTINGS: Final = 2
_SHADOW: Final = 0
_SHARE: Final = 1


class ShadowCounts:
    """The shared memory. ``blocks`` is the number of tenants' blocks."""

    def __init__(self, workers: int, blocks: int) -> None:
        self._workers = workers
        self._worker = blocks * len(RESULTS)
        self._map = mmap.mmap(-1, 8 * (_SETTINGS + self._worker * (workers + 1)))
        self._cells = memoryview(self._map).cast("d")
        self._examples = mmap.mmap(-1, workers * EXAMPLES * EXAMPLE_BYTES)
        self._next = [0] * workers

    @property
    def shadow_percent(self) -> float:
        """How many of a hundred decisions are also taken by the next version, after the answer."""
        return self._cells[_SHADOW]

    @shadow_percent.setter
    def shadow_percent(self, percent: float) -> None:
        self._cells[_SHADOW] = percent

    @property
    def share_percent(self) -> float:
        """How many of a hundred are answered by the next version."""
        return self._cells[_SHARE]

    @share_percent.setter
    def share_percent(self, percent: float) -> None:
        self._cells[_SHARE] = percent

    def count(self, worker: int, block: int, result: str) -> None:
        """Count a result for the tenant of ``block``."""
        self._cells[self._place(worker, block) + RESULTS.index(result)] += 1

    def add_example(self, worker: int, example: Mapping[str, Any]) -> None:
        """Keep an example, in place of the oldest of this worker."""
        data = json.dumps(example, separators=(",", ":")).encode("ascii")
        if len(data) + _LENGTH.size > EXAMPLE_BYTES:
            return
        start = (worker * EXAMPLES + self._next[worker]) * EXAMPLE_BYTES
        self._next[worker] = (self._next[worker] + 1) % EXAMPLES
        self._examples[start : start + _LENGTH.size + len(data)] = _LENGTH.pack(len(data)) + data

    def examples(self) -> Iterator[dict[str, Any]]:
        """Yield the examples of all workers."""
        for start in range(0, len(self._examples), EXAMPLE_BYTES):
            (size,) = _LENGTH.unpack_from(self._examples, start)
            if 0 < size <= EXAMPLE_BYTES - _LENGTH.size:
                try:
                    found = json.loads(self._examples[start + _LENGTH.size : start + _LENGTH.size + size])
                except ValueError:
                    continue
                yield found

    def totals(self, block: int) -> dict[str, float]:
        """The results of a tenant, of all workers, since the server started."""
        return dict(zip(RESULTS, self._sums(block), strict=True))

    def since_begun(self, block: int) -> dict[str, int]:
        """The same since `begin`."""
        start = self._place(self._workers, block)
        base = self._cells[start : start + len(RESULTS)]
        return {name: int(total - before) for name, total, before in zip(RESULTS, self._sums(block), base, strict=True)}

    def begin(self, blocks: Iterable[int]) -> None:
        """Another version is compared from now on, and nobody is answered by it. For the one process that loads;
        ``blocks`` are all that are in use."""
        self.share_percent = 0.0
        for block in blocks:
            start = self._place(self._workers, block)
            for place, total in enumerate(self._sums(block)):
                self._cells[start + place] = total
        for start in range(0, len(self._examples), EXAMPLE_BYTES):
            self._examples[start : start + _LENGTH.size] = _LENGTH.pack(0)

    def clear(self, block: int) -> None:
        """A tenant begins to use ``block``."""
        for worker in range(self._workers + 1):
            start = self._place(worker, block)
            for place in range(start, start + len(RESULTS)):
                self._cells[place] = 0.0

    def _sums(self, block: int) -> list[float]:
        return [
            sum(self._cells[self._place(worker, block) + place] for worker in range(self._workers))
            for place in range(len(RESULTS))
        ]

    def _place(self, worker: int, block: int) -> int:
        return _SETTINGS + worker * self._worker + block * len(RESULTS)
