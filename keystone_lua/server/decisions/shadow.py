"""The next version of the scripts beside the one in force: compared with it after answers, and answering a share.

In: what was decided, as an `Observer` hears it; for a share, a tenant and a request. Out: counts and examples in
`ShadowCounts`; for a share, the program that is to answer. A shadow decision has the request, seed and clock of the
one that was answered, and no effects: nothing is sent, logged, recorded or counted for the tenant.

It is taken in the event loop after the answers have gone, and if it outgrows its slice in a lane, provided that two
are free and nobody waits. All of them together take at most a set part of each second; tenants take turns, and for what
one of them spends beyond a turn none waits but itself. What does not fit is counted as skipped, so that the sums show
how much was compared.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import random
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ...hidden import Hidden
from ...interpreter import Failure, Limits, Program, SliceExhausted
from ...routing.decision import Decision, decide
from ...routing.given_fields import GivenFields
from ...routing.request import RequestData
from ...routing.scripts import ScriptStore, Snapshot
from ..offload.errors import DeadlineExceeded, LaneTrouble, Overloaded
from ..offload.fair_queue import FairQueue, QueueFull
from ..offload.pool import Lanes
from ..outcome import Outcome
from ..settings.config import ServerConfig
from ..telemetry.metrics import Counts
from ..telemetry.tracing import CURRENT
from .observers import Observer
from .purse import Purse
from .service import ENGINE_FAILURE, SLICE

logger = logging.getLogger("keystone.versions")

WAITING: Final = 256
"""Decisions that wait to be taken again, at most, in a worker."""

WAITING_BYTES: Final = 16 << 20
"""As Python has them."""

WAITING_EACH: Final = 32
"""Of one tenant."""

LARGEST: Final = 256 << 10
"""Bytes of a decision that may wait, its request's and its answer's. A larger one is skipped."""

LANE_SECONDS: Final = 0.5
"""For a lane to be free."""

DEARER: Final = 1.5
"""The same answer is dearer from so many times the instructions or bytes on."""
DEARER_INSTRUCTIONS: Final = 1_000
DEARER_BYTES: Final = 16_384
"""And from so many more: what is little is not worth a word."""

SHOWN: Final = 2_000
"""Characters of a text in an example."""


def differing(programs: Mapping[str, Program], others: Mapping[str, Program]) -> dict[str, Program]:
    """Those of the ``others``, by tenant, whose script is another than in ``programs``. New tenants are none."""
    return {
        tenant: program
        for tenant, program in others.items()
        if tenant in programs and programs[tenant].hash != program.hash
    }


class Candidates:
    """Which tenants' scripts are others in the next version."""

    def __init__(self, store: ScriptStore, waiting: ScriptStore) -> None:
        self._store = store
        self._waiting = waiting
        self._of: tuple[Snapshot, Snapshot] | None = None
        self._programs: dict[str, Program] = {}
        self.version = ""

    def programs(self) -> Mapping[str, Program]:
        """They, with their next programs; compared once for each change of either version."""
        now = self._store.current, self._waiting.current
        if self._of is None or self._of[0] is not now[0] or self._of[1] is not now[1]:
            self._programs = differing(now[0].programs, now[1].programs)
            self._of, self.version = now, now[1].version
        return self._programs


class Share:
    """Has the next version answer for a share of the requests: the same requests each time."""

    def __init__(self, counts: Counts, candidates: Candidates, header: str) -> None:
        """``header``, in lower case, says who asks; "" to go by the request's id."""
        self._shadow = counts.shadow
        self._candidates = candidates
        self._header = header

    def program(self, tenant: str, request: RequestData) -> Program | None:
        """The next version's program, if it is to answer this request."""
        percent = self._shadow.share_percent
        if not percent:
            return None
        found = self._candidates.programs().get(tenant)
        return found if found is not None and self._place(tenant, request) < percent else None

    def divides(self, tenant: str) -> bool:
        """Whether the next version answers some of the tenant's requests."""
        return bool(self._shadow.share_percent) and tenant in self._candidates.programs()

    def _place(self, tenant: str, request: RequestData) -> float:
        """Where a request lies between 0 and 100. Another version begins with other requests."""
        key = ""
        if self._header:
            key = next((value for name, value in request["headers"].items() if name.lower() == self._header), "")
        if not key:
            trace = CURRENT.get()
            key = trace.request_id if trace is not None else ""
        named = f"{self._candidates.version}\0{tenant}\0{key}".encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.blake2b(named, digest_size=8).digest(), "big") / 2.0**64 * 100.0


@dataclass(frozen=True, slots=True)
class _Answered:
    """A decision that is to be taken again; ``size`` in bytes, as Python has it."""

    tenant: str
    decision: Decision
    request: RequestData
    program: Program
    size: int


class Shadow(Observer):
    """Takes a share of one worker's decisions again, with the next version."""

    def __init__(self, config: ServerConfig, counts: Counts, number: int, candidates: Candidates, lanes: Lanes) -> None:
        self._config = config
        self._counts = counts
        self._shadow = counts.shadow
        self._number = number
        self._candidates = candidates
        self._lanes = lanes
        self._given = GivenFields(config.tenants)
        self._random = random.Random()
        self._queue: FairQueue[_Answered] = FairQueue(WAITING_EACH, WAITING, WAITING_BYTES)
        self._task: asyncio.Task[None] | None = None
        self._purse = Purse(config.shadow_seconds)
        self._waited = 0.0
        """Seconds that the decision under way has waited for a lane."""

    @property
    def missed(self) -> int:
        """None: what is skipped is counted where it shows."""
        return 0

    def decided(self, outcome: Outcome, request: RequestData, request_id: str, seconds: float) -> None:
        """Put a decision by the version in force into the queue, if it is one of the share."""
        percent = self._shadow.shadow_percent
        if not percent or outcome.decision is None or outcome.program is None:
            return
        program = self._candidates.programs().get(outcome.tenant)
        if program is None or program.hash == outcome.program.hash or self._random.random() * 100.0 >= percent:
            return
        size = _size_of((request, outcome.answer))
        decision = outcome.decision._replace(log=())
        try:
            if size > LARGEST:
                raise QueueFull
            self._queue.add(_Answered(outcome.tenant, decision, request, program, size))
        except QueueFull:
            self._count(outcome.tenant, "skipped")
            return
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._work())

    def close(self) -> None:
        """What waits is skipped."""
        if self._task is not None:
            self._task.cancel()
        self._skip_all()

    def _count(self, tenant: str, result: str) -> None:
        self._shadow.count(self._number, self._counts.tenants.get(tenant, 0), result)

    def _skip_all(self) -> None:
        while (answered := self._queue.take(lambda tenant: True)) is not None:
            self._count(answered.tenant, "skipped")

    async def _work(self) -> None:
        try:
            while self._queue.items:
                await asyncio.sleep(0)  # requests that have arrived first
                answered = self._queue.take(self._purse.may_spend)
                if answered is None:
                    await asyncio.sleep(0.05)
                    continue
                if self._candidates.programs().get(answered.tenant) is not answered.program:
                    continue  # the versions have changed: it would count for others
                started = time.perf_counter()
                self._waited = 0.0
                try:
                    result = await self._again(answered)
                except Exception:  # a bug of ours must not end the comparing
                    logger.exception("a shadow decision failed")
                    result = "skipped"
                self._purse.spent(answered.tenant, time.perf_counter() - started - self._waited)
                self._count(answered.tenant, result)
        finally:
            self._task = None

    async def _again(self, answered: _Answered) -> str:
        """Decide once more, and say what came of it."""
        tenant, before = answered.tenant, answered.decision
        request = _own(answered.request)
        self._given.add(tenant, answered.program, request)
        if "sequence" in answered.request and "sequence" in request:
            request["sequence"] = answered.request["sequence"]
        limits = self._config.limits_of(tenant)
        try:
            found = decide(answered.program, request, limits=limits, seed=before.seed, now=before.now, slice=SLICE)
        except SliceExhausted:
            later = await self._in_lane(tenant, answered.program, request, before, limits)
            if later is None:
                return "skipped"
            found = later
        if found.failure is not None and found.failure.kind == ENGINE_FAILURE:
            return "skipped"
        result = compared(before, found)
        if result != "same":
            with contextlib.suppress(ValueError):
                self._shadow.add_example(self._number, self._example(result, answered, found))
        return result

    async def _in_lane(
        self, tenant: str, program: Program, request: RequestData, before: Decision, limits: Limits
    ) -> Decision | None:
        began = time.perf_counter()
        while self._lanes.waiting or self._lanes.running >= self._config.lanes - 1:
            if time.perf_counter() - began > LANE_SECONDS:
                return None  # a lane stays free for those who are waited for
            await asyncio.sleep(LANE_SECONDS / 50)
        self._waited = time.perf_counter() - began  # which costs no processor time
        try:
            return await self._lanes.run(tenant, program, request, before.seed, before.now, limits)
        except (Overloaded, DeadlineExceeded, LaneTrouble):
            return None

    def _example(self, result: str, answered: _Answered, found: Decision) -> dict[str, Any]:
        before = answered.decision
        secrets = self._config.hidden.secrets(answered.request)
        example = {
            "tenant": answered.tenant,
            "result": result,
            "request": _shown(answered.request, self._config.hidden),
            "seed": before.seed,
            "clock": before.now,
            "now": _told(before),
            "next": _told(found),
        }
        hidden: dict[str, Any] = secrets.in_data(example) if secrets is not None else example
        return hidden


def compared(before: Decision, after: Decision) -> str:
    """What the next version's decision is beside the one that was answered: one of RESULTS."""
    if after.failure is not None:
        if before.failure is None:
            return "error"
        return "same" if _same_failure(before.failure, after.failure) else "altered"
    if before.failure is not None or before.answer is None or after.answer is None:
        return "moved"
    old, new = before.answer, after.answer
    if any(old.get(name) != new.get(name) for name in ("selected_backend", "reject")):
        return "moved"
    if old != new or list(old.get("modified_headers", ())) != list(new.get("modified_headers", ())):
        return "altered"
    more = after.instructions > max(before.instructions * DEARER, before.instructions + DEARER_INSTRUCTIONS)
    larger = after.allocated_bytes > max(before.allocated_bytes * DEARER, before.allocated_bytes + DEARER_BYTES)
    return "dearer" if more or larger else "same"


def _same_failure(before: Failure, after: Failure) -> bool:
    return before.kind == after.kind


def _own(request: RequestData) -> RequestData:
    """A copy without what the engine adds for a script that names it."""
    copy = request.copy()
    copy.pop("config", None)
    copy.pop("secrets", None)
    copy.pop("sequence", None)
    return copy


def _size_of(value: object) -> int:
    """Bytes of plain data, as Python has it; of more than LARGEST, some number above that."""
    size, left = 0, [value]
    while left and size <= LARGEST:
        found = left.pop()
        size += sys.getsizeof(found)
        if isinstance(found, dict):
            left += found
            left += found.values()
        elif isinstance(found, (list, tuple)):
            left += found
    return size


def _told(decision: Decision) -> dict[str, Any]:
    counts = {"instructions": decision.instructions, "bytes": decision.allocated_bytes}
    if decision.failure is not None:
        return {"error": decision.failure.message[:SHOWN], "kind": decision.failure.kind, **counts}
    return {"answer": decision.answer, **counts}


def _shown(request: RequestData, hidden: Hidden) -> dict[str, Any]:
    """The request without its secrets' values: masked headers as such; a body that is long, cut."""
    shown: dict[str, Any] = {name: value for name, value in request.items() if name not in ("secrets", "config")}
    shown["headers"] = {
        name: "[masked]" if name.lower() in hidden.headers else value for name, value in request["headers"].items()
    }
    if len(request["body"]) > SHOWN:
        shown["body"] = request["body"][:SHOWN] + "…"
    return shown
