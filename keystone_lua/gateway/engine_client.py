"""Asking the engine: a request's facts in, a checked decision out, over kept-alive connections.

The engine is another process and may be away, slow, or not the engine at all, so nothing it says is used
before it has been checked. Refuses, with `EngineFailure`, whatever is no usable answer within the time.

After FAILURES_IN_ROW failures a script's engine is asked only once in PAUSE_SECONDS, and the others fail at
once: a gateway whose engine hangs must not hold every request for the whole timeout. The count is kept
for each script, so that one tenant's script cannot pause another's.

Answers that hold for a while are kept, if the tenant file says how many, and given again, with the engine there or not.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from aiohttp import ClientError, ClientSession, ClientTimeout

from .config import Engine
from .decision import EngineFailure, Route, read_decision
from .kept import KeptDecisions

FAILURES_IN_ROW = 5
PAUSE_SECONDS = 1.0

MAX_ANSWER = 1 << 20
"""Bytes of an answer."""


@dataclass(slots=True)
class _Record:
    """How often a script's engine failed in a row, and when it may be asked again."""

    failures: int = 0
    ask_at: float = 0.0


class EngineClient:
    """Asks engines."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session
        self._records: dict[tuple[str, str], _Record] = {}
        self._kept = KeptDecisions()

    async def decide(self, engine: Engine, script: str, question: dict[str, Any], request_id: str) -> Route:
        """Return the answer of ``script``. Raises `EngineFailure`."""
        known = engine.url, script
        may_keep = engine.keep > 0 and "failed" not in question
        if may_keep and (kept := self._kept.find(known, question, time.monotonic())) is not None:
            return kept
        record = self._records.setdefault(known, _Record())
        if record.failures >= FAILURES_IN_ROW:
            now = time.monotonic()
            if now < record.ask_at:
                raise EngineFailure("paused after failures in a row", counts=False)
            record.ask_at = now + PAUSE_SECONDS
        try:
            answer = await self._ask(engine, script, question, request_id)
            decision = read_decision(answer)
        except EngineFailure as failure:
            if failure.counts:
                record.failures += 1
            else:
                record.failures = 0
            raise
        record.failures = 0
        if may_keep:
            self._kept.keep(known, question, decision, len(answer), engine.keep, time.monotonic())
        return decision

    async def _ask(self, engine: Engine, script: str, question: dict[str, Any], request_id: str) -> bytes:
        try:
            async with self._session.post(
                f"{engine.url}/route/{quote(script, safe='')}",
                data=json.dumps(question, separators=(",", ":")).encode("ascii"),
                headers={"Content-Type": "application/json", "X-Request-Id": request_id},
                timeout=ClientTimeout(total=engine.seconds),
                allow_redirects=False,
            ) as response:
                answer = bytearray()
                async for chunk in response.content.iter_any():
                    answer += chunk
                    if len(answer) > MAX_ANSWER:
                        raise EngineFailure(f"its answer is larger than {MAX_ANSWER} bytes", counts=True)
        except TimeoutError:
            raise EngineFailure(f"no answer within {engine.seconds:g} s", counts=True) from None
        except (ClientError, OSError, ValueError) as error:
            raise EngineFailure(f"{type(error).__name__}", counts=True) from None
        if response.status != 200:
            raise EngineFailure(f"it answered {response.status}{_kind(answer)}", counts=False)
        return bytes(answer)


def _kind(answer: bytes | bytearray) -> str:
    """The failure's kind in an engine's 500, for the log."""
    try:
        data = json.loads(answer)
        return f" ({data['kind']} at {data['script']})"[:200]
    except (ValueError, RecursionError, TypeError, KeyError):
        return ""
