"""Counts of what the server does, kept in memory that all of its processes share.

In: outcomes, refusals, reloads. Out: numbers. Each process can read those of all, so any of them can answer a scrape;
nothing is written to a file. The number of labels is bounded: only tenants whose script is loaded have counts of
their own, up to MAX_TENANTS; all others are counted together under an empty name.

The memory is one anonymous map of doubles, made before the fork: a block for the server, then for each worker a block
of its own and one for each tenant. A block has one writer and needs no lock. What a worker counted outlives it; if it
died while counting a decision whose answer was never sent, that count is taken back.
"""

from __future__ import annotations

import mmap
import os
import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from ...routing.request import RequestData
from ..outcome import Outcome
from .exemplars import Exemplar, Exemplars
from .shadow_counts import ShadowCounts
from .tracing import Trace

MAX_TENANTS: Final = 4096
OTHERS: Final = ""
"""The tenant label of requests for tenants that are not loaded."""

OUTCOMES: Final = ("routed", "rejected", "error", "unknown", "limited")
"""``unknown`` is a tenant that has no script, ``limited`` one that has asked for more than it may."""

KINDS: Final = (
    "syntax", "runtime", "result", "instructions", "memory", "depth", "log", "timeout", "engine", "other",
)  # fmt: skip
"""Of failures, as the answer names them; ``other`` for one that this list does not know."""

LANES: Final = ("inline", "lane")

CALLS: Final = ("route", "batch", "forward", "other")
"""Of requests over HTTP; ``other`` is health, metrics and what only an operator asks for."""

STATUSES: Final = (400, 401, 403, 404, 405, 408, 413, 417, 429, 503)
"""Of refusals, as the HTTP table has them."""

SECONDS: Final = (0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.01, 0.05, 0.25, 1.0, 5.0)
INSTRUCTIONS: Final = (100.0, 250.0, 500.0, 1e3, 2500.0, 1e4, 1e5, 1e6, 1e7)
BYTES: Final = (4096.0, 8192.0, 16384.0, 32768.0, 65536.0, 262144.0, 1048576.0, 10485760.0)
"""Upper bounds of the histograms' buckets: a canary decision is in the lower third, a budget's default is a bound."""

# a tenant's block
_OUTCOME: Final = 0
_KIND: Final = _OUTCOME + len(OUTCOMES)
_LANE: Final = _KIND + len(KINDS)
_SECONDS: Final = _LANE + len(LANES)
_INSTRUCTIONS: Final = _SECONDS + len(SECONDS) + 2  # the last bucket, without a bound, and the sum
_BYTES: Final = _INSTRUCTIONS + len(INSTRUCTIONS) + 2
_TENANT_BLOCK: Final = _BYTES + len(BYTES) + 2
_SECONDS_SUM: Final = _INSTRUCTIONS - 1
_INSTRUCTIONS_SUM: Final = _BYTES - 1
_BYTES_SUM: Final = _TENANT_BLOCK - 1

# a worker's block
IN_FLIGHT: Final = 0
LANES_BUSY: Final = 1
LANES_WAITING: Final = 2
LOG_DROPPED: Final = 3
PROCESS: Final = 4
STARTS: Final = 5
CONNECTIONS: Final = 6
NOT_RECORDED: Final = 7
BEAT: Final = 8
"""When the worker's loop last had a turn, on the clock that all processes share."""
SPANS_SENT: Final = 9
SPANS_DROPPED: Final = 10
ANCHOR_FAILURES: Final = 11
_COUNTING: Final = 12
"""The number of the tenant's block that a decision is being counted in, plus one; 0 for none."""
_REFUSED: Final = 13
_GAUGES: Final = (IN_FLIGHT, LANES_BUSY, LANES_WAITING, CONNECTIONS)
_BEFORE: Final = _REFUSED + len(STATUSES)
"""What that block held before."""
_CALLS: Final = _BEFORE + _TENANT_BLOCK
"""Histograms of what requests took: the buckets of SECONDS, the last one without a bound, and the sum."""
_CALL_BLOCK: Final = len(SECONDS) + 2
_WORKER_BLOCK: Final = _CALLS + len(CALLS) * _CALL_BLOCK

# the server's block
RELOADS_GOOD: Final = 0
RELOADS_BAD: Final = 1
RELOADED_AT: Final = 2
_SERVER_BLOCK: Final = 3

_WORKER: Final = _WORKER_BLOCK + (MAX_TENANTS + 1) * _TENANT_BLOCK

_KIND_PLACES: Final = {kind: _KIND + place for place, kind in enumerate(KINDS)}
_LANE_PLACES: Final = {lane: _LANE + place for place, lane in enumerate(LANES)}
_REFUSED_PLACES: Final = {status: _REFUSED + place for place, status in enumerate(STATUSES)}


class Counts:
    """The shared memory, and which tenant has which block of it. Make it before the fork."""

    def __init__(self, workers: int = 1) -> None:
        self.workers = workers
        self.tenants: Mapping[str, int] = {}
        """Loaded tenant to the number of its block. Block 0 is the others'."""
        self._map = mmap.mmap(-1, 8 * (_SERVER_BLOCK + workers * _WORKER))
        self._cells = memoryview(self._map).cast("d")
        self.shadow = ShadowCounts(workers, MAX_TENANTS + 1)
        self.exemplars = Exemplars(workers, MAX_TENANTS + 1 + len(CALLS), len(SECONDS) + 1)
        """Of decisions, by the number of the tenant's block; then of requests, by call."""
        self._free: list[int] = []
        self._resting: list[int] = []
        self._next = 1

    def assign(self, loaded: Iterable[str]) -> Mapping[str, int]:
        """Give each of the ``loaded`` tenants a block, put the blocks in force here and return them.

        For the one process that loads; the others are told, with `use`. The block of a tenant that is gone rests until
        the load after: by then no worker counts for it any more.
        """
        names = list(loaded)[:MAX_TENANTS]
        kept = {name: self.tenants[name] for name in names if name in self.tenants}
        self._free += self._resting
        self._resting = sorted(set(self.tenants.values()) - set(kept.values()))
        for name in names:
            if name in kept:
                continue
            if self._free:
                kept[name] = self._free.pop()
            elif self._next <= MAX_TENANTS:
                kept[name] = self._next
                self._next += 1
            else:
                continue  # every block is taken or rests
            self._clear(kept[name])
        self.use(kept)
        return kept

    def use(self, tenants: Mapping[str, int]) -> None:
        """Count for ``tenants`` in these blocks from now on."""
        self.tenants = tenants

    def reloaded(self, *, good: bool, at: float) -> None:
        """Count a load of the scripts folder; ``at`` is Unix time."""
        self._cells[RELOADS_GOOD if good else RELOADS_BAD] += 1
        if good:
            self._cells[RELOADED_AT] = at

    def server(self, place: int) -> float:
        """One number of the server's block: RELOADS_GOOD and the like."""
        return self._cells[place]

    def worker(self, number: int, place: int) -> float:
        """One number of a worker's block: IN_FLIGHT and the like."""
        return self._cells[_SERVER_BLOCK + number * _WORKER + place]

    def call(self, call: str) -> tuple[list[float], float]:
        """What requests of a call took, in all workers: a histogram as those of `TenantCounts`."""
        sums = [0.0] * _CALL_BLOCK
        for number in range(self.workers):
            start = _SERVER_BLOCK + number * _WORKER + _CALLS + CALLS.index(call) * _CALL_BLOCK
            sums = [a + b for a, b in zip(sums, self._cells[start : start + _CALL_BLOCK], strict=True)]
        return sums[:-1], sums[-1]

    def call_exemplars(self, call: str) -> list[Exemplar | None]:
        """Of its buckets, the last sampled requests."""
        return self.exemplars.of(MAX_TENANTS + 1 + CALLS.index(call))

    def refused(self, status: int) -> float:
        """Requests of all workers that were refused with ``status``."""
        return sum(self.worker(number, _REFUSED_PLACES[status]) for number in range(self.workers))

    def block(self, tenant: str) -> TenantCounts:
        """The counts of a tenant, those of all workers added up."""
        offset = self._offset(self.tenants.get(tenant, 0))
        blocks = [
            list(self._cells[offset + number * _WORKER : offset + number * _WORKER + _TENANT_BLOCK])
            for number in range(self.workers)
        ]
        return TenantCounts([sum(column) for column in zip(*blocks, strict=True)])

    def of_worker(self, number: int) -> memoryview[float]:
        """The cells of one worker, to write."""
        start = _SERVER_BLOCK + number * _WORKER
        return self._cells[start : start + _WORKER]

    def repair(self, number: int) -> None:
        """Take back what a worker that has died had begun to count: half of a decision."""
        cells = self.of_worker(number)
        if cells[_COUNTING]:
            start = _WORKER_BLOCK + (int(cells[_COUNTING]) - 1) * _TENANT_BLOCK
            cells[start : start + _TENANT_BLOCK] = cells[_BEFORE : _BEFORE + _TENANT_BLOCK]
            cells[_COUNTING] = 0.0

    def _offset(self, block: int) -> int:
        return _SERVER_BLOCK + _WORKER_BLOCK + block * _TENANT_BLOCK

    def _clear(self, block: int) -> None:
        for number in range(self.workers):
            start = self._offset(block) + number * _WORKER
            for cell in range(start, start + _TENANT_BLOCK):
                self._cells[cell] = 0.0
        self.shadow.clear(block)
        self.exemplars.clear(block)


class TenantCounts:
    """One tenant's numbers, read."""

    def __init__(self, cells: list[float]) -> None:
        self._cells = cells

    def outcomes(self) -> Iterator[tuple[str, float]]:
        """Every outcome and its count."""
        return zip(OUTCOMES, self._cells[_OUTCOME:], strict=False)

    def kinds(self) -> Iterator[tuple[str, float]]:
        """Every kind of failure and its count."""
        return zip(KINDS, self._cells[_KIND:], strict=False)

    def lanes(self) -> Iterator[tuple[str, float]]:
        """Every lane and its count."""
        return zip(LANES, self._cells[_LANE:], strict=False)

    def seconds(self) -> tuple[list[float], float]:
        """The histogram of durations: the count of each bucket, without those below it, and the sum."""
        return self._histogram(_SECONDS, len(SECONDS))

    def instructions(self) -> tuple[list[float], float]:
        """The histogram of instructions, likewise."""
        return self._histogram(_INSTRUCTIONS, len(INSTRUCTIONS))

    def bytes(self) -> tuple[list[float], float]:
        """The histogram of allocated bytes, likewise."""
        return self._histogram(_BYTES, len(BYTES))

    def _histogram(self, start: int, bounds: int) -> tuple[list[float], float]:
        end = start + bounds + 1
        return self._cells[start:end], self._cells[end]


class WorkerMetrics:
    """What one worker counts: an `Observer` of its decisions. ``number`` is the worker's, from 0."""

    def __init__(self, counts: Counts, number: int = 0) -> None:
        counts.repair(number)
        self._counts = counts
        self._cells = counts.of_worker(number)
        self._before = self._cells[_BEFORE : _BEFORE + _TENANT_BLOCK]
        self._blocks: dict[int, memoryview[float]] = {}
        """Tenants' blocks by their numbers: an index from a block's start is quicker than one from the map's."""
        starts = [(call, _CALLS + place * _CALL_BLOCK) for place, call in enumerate(CALLS)]
        self._calls = {call: self._cells[start : start + _CALL_BLOCK] for call, start in starts}
        self._number = number
        self._others = [other for other in range(counts.workers) if other != number]
        for gauge in _GAUGES:
            self._cells[gauge] = 0.0  # those of a worker before, who did not get to it
        self._cells[PROCESS] = os.getpid()
        self._cells[STARTS] += 1
        self._cells[BEAT] = time.monotonic()

    @property
    def missed(self) -> int:
        """None."""
        return 0

    def decided(self, outcome: Outcome, request: RequestData, request_id: str, seconds: float) -> None:
        """Count a decision."""
        number = self._counts.tenants.get(outcome.tenant, 0)
        block = self._blocks.get(number) or self._block(number)
        self._before[:] = block
        self._cells[_COUNTING] = number + 1
        _count(block, outcome, seconds)
        self._cells[_COUNTING] = 0.0

    def answered(self, answers: Sequence[tuple[object, bytes, Trace | None, str]]) -> list[tuple[Trace, str, bytes]]:
        """Count requests over HTTP whose answers have just been written: those with a trace. Return the sampled."""
        now = time.perf_counter()
        calls = self._calls
        found = []
        for _, data, trace, call in answers:
            if trace is None:
                continue
            _, _, began, span = trace
            block = calls[call]
            seconds = now - began
            bucket = bisect_left(SECONDS, seconds)
            block[bucket] += 1.0
            block[-1] += seconds
            if span:
                self._exemplar(MAX_TENANTS + 1 + CALLS.index(call), bucket, trace, seconds)
                found.append((trace, call, data))
        return found

    def sampled(self, tenant: str, seconds: float, trace: Trace) -> None:
        """A decision, which is counted besides, was of a sampled request."""
        self._exemplar(self._counts.tenants.get(tenant, 0), bisect_left(SECONDS, seconds), trace, seconds)

    def _exemplar(self, histogram: int, bucket: int, trace: Trace, seconds: float) -> None:
        made = Exemplar(trace.trace_id, trace.span, seconds, time.time())
        self._counts.exemplars.put(self._number, histogram, bucket, made)

    def _block(self, number: int) -> memoryview[float]:
        start = _WORKER_BLOCK + number * _TENANT_BLOCK
        block = self._blocks[number] = self._cells[start : start + _TENANT_BLOCK]
        return block

    def limited(self, tenant: str) -> None:
        """Count a decision that was not taken, since the tenant has asked for too much."""
        self._block(self._counts.tenants.get(tenant, 0))[_OUTCOME + OUTCOMES.index("limited")] += 1

    def refused(self, status: int) -> None:
        """Count a request that was refused with ``status``."""
        place = _REFUSED_PLACES.get(status)
        if place is not None:
            self._cells[place] += 1

    def set(self, gauge: int, value: float) -> None:
        """Set IN_FLIGHT, CONNECTIONS, LANES_BUSY, LANES_WAITING, and the other places that have names."""
        self._cells[gauge] = value

    @property
    def has_more_connections(self) -> bool:
        """Whether another worker has fewer connections than this one."""
        mine = self._cells[CONNECTIONS]
        return any(self._counts.worker(other, CONNECTIONS) < mine for other in self._others)

    def close(self) -> None:
        """The counts stay; nothing is in flight any more."""
        for gauge in _GAUGES:
            self._cells[gauge] = 0.0


def _count(block: memoryview[float], outcome: Outcome, seconds: float) -> None:
    """Count a decision in its tenant's block."""
    failure, answer = outcome.failure, outcome.answer
    if failure is not None:
        block[2] += 1
        block[_KIND_PLACES.get(failure.kind, _KIND + len(KINDS) - 1)] += 1
    elif outcome.program is None:
        block[3] += 1
    else:
        block[1 if answer is not None and "reject" in answer else 0] += 1
    if outcome.program is None:
        return
    block[_LANE_PLACES[outcome.lane]] += 1
    block[_SECONDS + bisect_left(SECONDS, seconds)] += 1
    block[_SECONDS_SUM] += seconds
    decision = outcome.decision
    if decision is None:
        return
    amount = decision.instructions
    block[_INSTRUCTIONS + bisect_left(INSTRUCTIONS, amount)] += 1
    block[_INSTRUCTIONS_SUM] += amount
    amount = decision.allocated_bytes
    block[_BYTES + bisect_left(BYTES, amount)] += 1
    block[_BYTES_SUM] += amount
