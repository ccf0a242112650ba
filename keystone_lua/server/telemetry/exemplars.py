"""Of each bucket of a duration's histogram the last sampled request, in memory that all processes share.

In: the trace of a sampled request and what it took, one call each. Out: for each bucket of a histogram the newest of
all workers, or None. It is made before the fork, by `metrics.Counts`, which owns it and says which histogram has which
number. Each worker writes only its own. One that is read while it is being written has a wrong checksum, and is none.
"""

from __future__ import annotations

import mmap
import struct
import zlib
from typing import Final, NamedTuple

_FACTS: Final = struct.Struct("=16s8sdd")
_CHECK: Final = struct.Struct("=I")
_SIZE: Final = _FACTS.size + 8  # the checksum, and room to be aligned


class Exemplar(NamedTuple):
    """One request."""

    trace_id: str
    span_id: str
    seconds: float
    at: float
    """Unix time."""

    @property
    def text(self) -> str:
        """What follows a bucket's count in OpenMetrics."""
        return f' # {{trace_id="{self.trace_id}",span_id="{self.span_id}"}} {self.seconds!r} {self.at:.3f}'


class Exemplars:
    """The shared memory: ``histograms`` of so many ``buckets`` each."""

    def __init__(self, workers: int, histograms: int, buckets: int) -> None:
        self._workers = workers
        self._histogram = buckets * _SIZE
        self._worker = histograms * self._histogram
        self._buckets = buckets
        self._none = bytes(self._histogram)
        self._map = mmap.mmap(-1, workers * self._worker)

    def put(self, worker: int, histogram: int, bucket: int, exemplar: Exemplar) -> None:
        """Keep one, in place of the one before."""
        ids = bytes.fromhex(exemplar.trace_id), bytes.fromhex(exemplar.span_id)
        data = _FACTS.pack(*ids, exemplar.seconds, exemplar.at)
        start = worker * self._worker + histogram * self._histogram + bucket * _SIZE
        self._map[start : start + _FACTS.size + _CHECK.size] = data + _CHECK.pack(zlib.crc32(data))

    def of(self, histogram: int) -> list[Exemplar | None]:
        """Those of a histogram, by bucket; empty if there are none."""
        newest: list[Exemplar | None] = []
        for worker in range(self._workers):
            start = worker * self._worker + histogram * self._histogram
            if (data := self._map[start : start + self._histogram]) == self._none:
                continue
            newest = newest or [None] * self._buckets
            for bucket, before in enumerate(newest):
                found = _read(data, bucket * _SIZE)
                if found is not None and (before is None or found.at > before.at):
                    newest[bucket] = found
        return newest

    def clear(self, histogram: int) -> None:
        """Another begins to use its number."""
        for worker in range(self._workers):
            start = worker * self._worker + histogram * self._histogram
            if self._map[start : start + self._histogram] != self._none:
                self._map[start : start + self._histogram] = self._none


def _read(data: bytes, start: int) -> Exemplar | None:
    facts = data[start : start + _FACTS.size]
    (check,) = _CHECK.unpack_from(data, start + _FACTS.size)
    if not check or check != zlib.crc32(facts):
        return None
    trace_id, span_id, seconds, at = _FACTS.unpack(facts)
    return Exemplar(trace_id.hex(), span_id.hex(), seconds, at)
