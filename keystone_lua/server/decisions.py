"""The one place that decides: tenant and request in, `Verdict` out.

Takes the tenant's program from the scripts in force, gives the run its seed and clock, and logs what
the script said. Refuses nothing: whatever goes wrong is a `Verdict` with a failure.
"""

from __future__ import annotations

import logging
import random
import re
import time
from dataclasses import dataclass
from typing import Any

from keystone_lua.interpreter import Decision, Failure, Limits, Program, decide
from keystone_lua.interpreter.execution import to_text

from .store import ScriptStore
from .wire import RequestData

logger = logging.getLogger("keystone.decision")
script_logger = logging.getLogger("keystone.script")

SEED_BITS = 63
LOGGED_LINES = 100
"""Lines of one run's log that are passed on."""
LOGGED_CHARACTERS = 1000
"""Characters of one such line, before escaping."""

ENGINE_FAILURE = "engine"
"""The kind of a failure that is a bug of ours and no fault of the script's."""


@dataclass(slots=True)
class Verdict:
    """What to tell the caller: ``answer`` (the wire format's) or else ``failure``."""

    tenant: str
    answer: dict[str, Any] | None
    failure: Failure | None = None
    program: Program | None = None
    """The program that ran; None when none did."""
    decision: Decision | None = None
    """The run, with its counts, seed and clock; None when nothing ran to an end of any kind."""


class DecisionService:
    """Decides with the scripts that ``store`` has in force, each run within ``limits``."""

    def __init__(self, store: ScriptStore, limits: Limits) -> None:
        self._store = store
        self._limits = limits
        self._seeds = random.Random()  # seeded by the system; need not be secret, only different

    def decide(self, tenant: str, request: RequestData) -> Verdict:
        """Run the tenant's script on ``request``. Does not raise; blocks for as long as the script runs."""
        scripts = self._store.current
        program = scripts.programs.get(tenant)
        if program is None:
            return _without_program(tenant, scripts.never_compiled.get(tenant))
        try:
            decision = decide(
                program, request, limits=self._limits, seed=self._seeds.getrandbits(SEED_BITS), now=time.time()
            )
        except Exception as error:  # one request must not take the server down
            logger.exception("tenant %r: the engine failed", tenant)
            failure = Failure(ENGINE_FAILURE, f"the engine failed: {type(error).__name__}", "", ())
            return Verdict(tenant, None, failure, program)
        verdict = Verdict(tenant, decision.answer, decision.failure, program, decision)
        if decision.log or decision.failure is not None or logger.isEnabledFor(logging.DEBUG):
            _log(verdict, decision)
        return verdict


def _without_program(tenant: str, error: str | None) -> Verdict:
    if error is None:
        reason = f"No script found for tenant: {tenant}"
        return Verdict(tenant, {"selected_backend": "", "reject": True, "reject_reason": reason})
    position = re.match(r"[^:]+:\d+(?=:)", error)
    return Verdict(tenant, None, Failure("syntax", error, position[0] if position else "", ()))


def _log(verdict: Verdict, decision: Decision) -> None:
    if script_logger.isEnabledFor(logging.INFO):
        for line in decision.log[:LOGGED_LINES]:
            script_logger.info(
                "tenant=%s script=%s %s", escape(verdict.tenant), line.position, escape(to_text(line.text))
            )
        if len(decision.log) > LOGGED_LINES:
            script_logger.info("tenant=%s %d more lines", escape(verdict.tenant), len(decision.log) - LOGGED_LINES)
    failure = decision.failure
    if failure is not None:
        logger.warning(
            "tenant=%s kind=%s script=%s %s", escape(verdict.tenant), failure.kind, failure.position,
            escape(failure.message),
        )  # fmt: skip
    logger.debug(
        "tenant=%s instructions=%d bytes=%d seed=%d answer=%r",
        escape(verdict.tenant), decision.instructions, decision.allocated_bytes, decision.seed, decision.answer,
    )  # fmt: skip


def escape(text: str) -> str:
    """Return ``text`` fit for one log line: bounded, and whatever a terminal could act on written as an escape."""
    shown = text[:LOGGED_CHARACTERS]
    if not shown.isprintable():
        shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in shown)
    return shown if len(text) <= LOGGED_CHARACTERS else f"{shown}… ({len(text)} characters)"
