"""What else is told of a decision: metrics, a decision log.

In: each `Outcome`, with the request that it answers. An `Observer` decides nothing and changes nothing, and none can
hold up an answer: it copies or counts what it needs and returns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ...routing.request import RequestData
from ..orders import Switch
from ..outcome import Outcome
from ..telemetry.exposition import Unshipped


class Observer(Protocol):
    """Hears of every decision of one worker process, on its event loop."""

    def decided(self, outcome: Outcome, request: RequestData, request_id: str, seconds: float) -> None:
        """Take note of ``outcome``, which took ``seconds``. Never blocks, never raises, changes nothing."""

    @property
    def missed(self) -> int:
        """Decisions of which it could take no note, for want of room."""

    def close(self) -> None:
        """Finish what is kept: called once, after the last decision. May block for a moment."""


class FileObserver(Observer):
    """One that writes files, which others may move."""

    sync = False
    """Whether it is to hear of decisions, and to `settle`, before their answers are written."""

    @property
    def unanchored(self) -> int:
        """Failed attempts at noting elsewhere what it has written."""
        return 0

    def switched(self, switch: Switch) -> None:
        """The scripts in force have changed places with another version."""

    def settle(self) -> None:
        """Have written what it has heard. May block for as long as a write to a file does; never raises."""

    def reopen(self) -> None:
        """A SIGHUP came: files may have been moved."""

    def unshipped(self) -> Unshipped | None:
        """What has not arrived, of all processes' files; None if nobody ships them. May block; called in a thread."""


ObserverFactory = Callable[[], Observer]
"""Called once in each worker process, after the fork and before the first request: files and threads are its own."""
