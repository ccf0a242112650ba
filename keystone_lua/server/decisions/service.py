"""The one place that decides: tenant and request in, `Outcome` out.

It takes the tenant's program from the scripts in force, gives the run its seed and clock, and logs what the script
said. It raises `Overloaded` if there is no place; whatever else goes wrong is an `Outcome` with a failure.

A run starts inline, in the event loop, with a slice of its budget. One that wants more is dropped, log and all, and
run again from its start in a lane, with the same program, seed, clock and limits, so with the same answer and counts.
`heavy_tenants` knows the tenants whose runs go straight to a lane.
"""

from __future__ import annotations

import json
import logging
import random
import re
import time
from collections.abc import Mapping
from typing import Final, Protocol

from ...hidden import Hidden, Secrets
from ...interpreter import Failure, Limits, Program, SliceExhausted
from ...interpreter.execution.execute import BUDGET_KINDS
from ...interpreter.text import to_text
from ...routing.decision import decide
from ...routing.given_fields import GivenFields, TenantData
from ...routing.reads import shared
from ...routing.request import RequestData
from ...routing.scripts import ScriptStore
from ..offload.errors import DeadlineExceeded, LaneTrouble, TooMany
from ..offload.pool import Lanes
from ..outcome import INLINE, LANE, Outcome, Unfinished
from ..telemetry.logs import facts
from .allowances import INSTRUCTION_SECONDS, Allowances
from .heavy_tenants import HeavyTenants

logger = logging.getLogger("keystone.decision")
script_logger = logging.getLogger("keystone.script")

SEED_BITS = 63
LOGGED_LINES = 100
"""Lines of one run's log that are passed on."""

ENGINE_FAILURE = "engine"
"""The kind of a failure that is a bug of ours and no fault of the script's."""

SLICE: Final = 10_000
"""Instructions of a run's first slice, in the event loop."""

NOTHING_ELSE: Final = Hidden()


class Sharing(Protocol):
    """Has another program answer some of the requests."""

    def program(self, tenant: str, request: RequestData) -> Program | None:
        """That program, if it is to answer ``request``."""

    def divides(self, tenant: str) -> bool:
        """Whether there is such a program for some of the tenant's requests."""


class DecisionService:
    """Decides with the scripts that ``store`` has in force, each run within ``limits`` or those of its tenant."""

    def __init__(
        self,
        store: ScriptStore,
        limits: Limits,
        lanes: Lanes,
        tenant_limits: Mapping[str, Limits] | None = None,
        watched: frozenset[str] = frozenset(),
        hidden: Hidden = NOTHING_ELSE,
        tenants: Mapping[str, TenantData] | None = None,
        share: Sharing | None = None,
        allowances: Allowances | None = None,
    ) -> None:
        """``watched`` as in ``lanes``; ``hidden`` is what of a request no log line shows; ``tenants`` have more to give
        their scripts; ``share`` knows which requests the next version answers, ``allowances`` what tenants may ask."""
        self._share = share
        self._allowances = allowances
        self._given = GivenFields(tenants or {})
        self._hidden = hidden
        self._watched = watched
        self._store = store
        self._limits = limits
        self._tenant_limits = tenant_limits or {}
        self._lanes = lanes
        self._heavy_tenants = HeavyTenants()
        self._seeds = random.Random()  # seeded by the system; need not be secret, only different

    def decide_at_once(self, tenant: str, request: RequestData) -> Outcome | Unfinished:
        """Run the tenant's script on ``request`` without waiting: a slice at most.

        Adds to ``request`` what the script names of the engine's own fields.
        """
        scripts = self._store.current
        program = scripts.programs.get(tenant)
        if program is None:
            return _without_program(tenant, scripts.never_compiled.get(tenant))
        if self._share is not None:
            program = self._share.program(tenant, request) or program
        if self._allowances is not None and (wait := self._allowances.wait(tenant)):
            return Unfinished(program, 0, 0.0, wait)
        self._given.add(tenant, program, request)
        seed, now = self._seeds.getrandbits(SEED_BITS), time.time()
        if self._heavy_tenants.may_start_inline(tenant, program.hash):
            outcome = self._decide_inline(tenant, program, request, seed, now)
            if outcome is not None:
                self._ended(outcome, request)
                return outcome
        return Unfinished(program, seed, now)

    async def decide(self, tenant: str, request: RequestData, begun: Unfinished | None = None) -> Outcome:
        """Run the tenant's script on ``request``, in a lane if need be. Raises `Overloaded`.

        ``begun`` is what `decide_at_once` has answered, if it was asked.
        """
        ended = self.decide_at_once(tenant, request) if begun is None else begun
        if isinstance(ended, Outcome):
            return ended
        if ended.wait:
            raise TooMany(ended.wait)
        outcome = await self._decide_in_lane(tenant, request, ended)
        self._ended(outcome, request)
        return outcome

    def _ended(self, outcome: Outcome, request: RequestData) -> None:
        if self._share is not None and outcome.answer is not None and self._share.divides(outcome.tenant):
            outcome.answer = shared(outcome.answer)
        failure, decision = outcome.failure, outcome.decision
        self._heavy_tenants.ended(outcome.tenant, by_budget=failure is not None and failure.kind in BUDGET_KINDS)
        if failure is not None or (decision is not None and decision.log) or logger.isEnabledFor(logging.DEBUG):
            _log(outcome, self._hidden.secrets(request))

    def _decide_inline(
        self, tenant: str, program: Program, request: RequestData, seed: int, now: float
    ) -> Outcome | None:
        """None if the run outgrew its slice."""
        started = time.perf_counter()
        try:
            limits = self._tenant_limits.get(tenant, self._limits)
            decision = decide(program, request, limits=limits, seed=seed, now=now, slice=SLICE, watched=self._watched)
        except SliceExhausted:
            self._heavy_tenants.wasted(tenant, program.hash, time.perf_counter() - started)
            self._took(tenant, time.perf_counter() - started)
            return None
        except Exception as error:  # one request must not take the server down
            hide = self._hidden.secrets(request)
            logger.exception("the engine failed", extra={**facts(tenant=tenant), "hide": hide})
            return _engine_failed(tenant, program, type(error).__name__, INLINE)
        if self._allowances is not None:
            self._took(tenant, time.perf_counter() - started)
        return Outcome(tenant, decision.answer, decision.failure, program, decision)

    def _took(self, tenant: str, seconds: float) -> None:
        if self._allowances is not None:
            self._allowances.took(tenant, seconds)

    async def _decide_in_lane(self, tenant: str, request: RequestData, begun: Unfinished) -> Outcome:
        program, limits = begun.program, self._tenant_limits.get(tenant)
        try:
            decision, waited = await self._lanes.timed_run(tenant, program, request, begun.seed, begun.now, limits)
        except DeadlineExceeded:
            self._took(tenant, self._limits.seconds or 0.0)
            message = f"wall-clock limit exceeded ({self._limits.seconds:g})"
            return Outcome(tenant, None, Failure("timeout", message, "", ()), program, None, LANE)
        except LaneTrouble as error:
            return _engine_failed(tenant, program, str(error), LANE)
        self._took(tenant, decision.instructions * INSTRUCTION_SECONDS)
        return Outcome(tenant, decision.answer, decision.failure, program, decision, LANE, waited)


def _engine_failed(tenant: str, program: Program, name: str, lane: str) -> Outcome:
    failure = Failure(ENGINE_FAILURE, f"the engine failed: {name}", "", ())
    return Outcome(tenant, None, failure, program, None, lane)


def _without_program(tenant: str, error: str | None) -> Outcome:
    if error is None:
        reason = f"No script found for tenant: {tenant}"
        return Outcome(tenant, {"selected_backend": "", "reject": True, "reject_reason": reason})
    position = re.match(r"[^:]+:\d+(?=:)", error)
    return Outcome(tenant, None, Failure("syntax", error, position[0] if position else "", ()))


def _log(outcome: Outcome, hide: Secrets | None) -> None:
    def of(**named: object) -> dict[str, object]:
        return {**facts(**named), "hide": hide}

    decision, failure, tenant = outcome.decision, outcome.failure, outcome.tenant
    if decision is not None and script_logger.isEnabledFor(logging.INFO):
        for line in decision.log[:LOGGED_LINES]:
            script_logger.info("log", extra=of(tenant=tenant, script=line.position, text=to_text(line.text)))
        if len(decision.log) > LOGGED_LINES:
            more = len(decision.log) - LOGGED_LINES
            script_logger.info("more log lines", extra=of(tenant=tenant, count=more))
    if failure is not None and failure.kind != ENGINE_FAILURE:
        logger.warning(
            "script failed",
            extra=of(tenant=tenant, kind=failure.kind, script=failure.position, error=failure.message),
        )
    if decision is not None and logger.isEnabledFor(logging.DEBUG):
        counts = {"instructions": decision.instructions, "bytes": decision.allocated_bytes}
        answer = json.dumps(decision.answer)
        logger.debug("decided", extra=of(tenant=tenant, lane=outcome.lane, **counts, seed=decision.seed, answer=answer))
