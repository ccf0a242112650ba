"""Who else hears of a decision: metrics, a decision log.

In: each `Verdict`, with the request that it answers. An `Observer` decides nothing and changes nothing, and none can
hold up an answer: it copies or counts what it needs and returns. Refuses nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from .decisions import Verdict
from .wire import RequestData


class Observer(Protocol):
    """Hears of every decision of one worker process, on its event loop."""

    def decided(self, verdict: Verdict, request: RequestData, request_id: str, seconds: float) -> None:
        """Take note of ``verdict``, which took ``seconds``. Never blocks, never raises, changes nothing."""

    @property
    def missed(self) -> int:
        """Decisions of which it could take no note, for want of room."""

    def close(self) -> None:
        """Finish what is kept: called once, after the last decision. May block for a moment."""


MOST: Final = 64


class Audience:
    """Tells all observers of all verdicts, after the answers of the loop's turn have been written.

    Between other work taking note of a decision costs more than right after another one: a decision log 27 µs instead
    of 16. No more than MOST verdicts wait.
    """

    def __init__(self, observers: Sequence[Observer]) -> None:
        self._observers = observers
        self._untold: list[tuple[Verdict, RequestData, str, float]] = []

    def tell(self, verdict: Verdict, request: RequestData, request_id: str, seconds: float) -> None:
        """Tell of ``verdict`` soon: see `Observer.decided`. To be called on the event loop."""
        untold = self._untold
        if not untold:
            loop = asyncio.get_running_loop()
            loop.call_soon(loop.call_soon, self.flush)  # answers are written in the turn between
        untold.append((verdict, request, request_id, seconds))
        if len(untold) >= MOST:
            self.flush()

    def flush(self) -> None:
        """Tell what has not been told."""
        untold, self._untold = self._untold, []
        for observer in self._observers:
            for each in untold:
                observer.decided(*each)


ObserverFactory = Callable[[], Observer]
"""Called once in each worker process, after the fork and before the first request: files and threads are its own."""
