"""The end of a turn of the event loop: decisions are counted, answers written all together, other observers told.

In: outcomes; answers with their transports. Out: calls of observers, and writes, in order. Decisions are counted
before their answers go, so that an answered one has been counted even if this process dies. Other observers are told
after the answers, since they keep what they hear in memory for a while anyway; except one that is ``sync``, which
writes what it hears before the answers go. At MOST_ANSWERS answers or MOST_OUTCOMES outcomes it does not wait for the
end of the turn. Spans of sampled requests end when their answers have been written.

A write wakes the client's process, which on the same machine costs more than the write itself. And noting a decision
costs less right after another one than between other work. docs/performance.md has the times.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from ...routing.request import RequestData
from ..decisions.observers import FileObserver, Observer
from ..outcome import Outcome
from ..telemetry.metrics import WorkerMetrics
from ..telemetry.spans import Spans
from ..telemetry.tracing import Trace

MOST_ANSWERS: Final = 16
MOST_OUTCOMES: Final = 64
_STATUS: Final = slice(9, 12)
"""Where an answer's status stands: ``HTTP/1.1 200``."""


class WriteBatching:
    """For the event loop that runs."""

    def __init__(
        self,
        metrics: Observer,
        observers: Sequence[Observer] = (),
        requests: WorkerMetrics | None = None,
        spans: Spans | None = None,
    ) -> None:
        """``requests`` counts what requests took."""
        self._metrics = metrics
        self._requests = requests
        self._spans = spans
        self._first = [each for each in observers if isinstance(each, FileObserver) and each.sync]
        self._observers = [each for each in observers if each not in self._first]
        self._answers: list[tuple[asyncio.WriteTransport, bytes, Trace | None, str]] = []
        self._unnotified: list[tuple[Outcome, RequestData, str, float]] = []
        self._ends = False
        """Whether the loop has been asked for a turn that ends this one."""

    def write(self, transport: asyncio.WriteTransport, data: bytes, trace: Trace | None = None, call: str = "") -> None:
        """Write ``data`` at the end: with a ``trace``, the whole answer to its request over HTTP, a ``call``."""
        self._answers.append((transport, data, trace, call))
        if len(self._answers) >= MOST_ANSWERS:
            self.end()
        elif not self._ends:
            self._ends = True
            asyncio.get_running_loop().call_soon(self.end)

    def notify(self, outcome: Outcome, request: RequestData, trace: Trace, seconds: float) -> None:
        """Tell all observers of ``outcome`` at the end: see `Observer.decided`. `write` or `end` must follow."""
        self._unnotified.append((outcome, request, trace.request_id, seconds))
        if trace.span:
            self._sampled(outcome, request, trace, seconds)
        if len(self._unnotified) >= MOST_OUTCOMES:
            self.end()

    def _sampled(self, outcome: Outcome, request: RequestData, trace: Trace, seconds: float) -> None:
        if self._requests is not None and outcome.program is not None:  # else its time is not counted either
            self._requests.sampled(outcome.tenant, seconds, trace)
        if self._spans is not None:
            self._spans.decided(outcome, request, trace, seconds)

    def answered(self, trace: Trace, call: str, status: int) -> None:
        """The answer to a request over HTTP has been written, or is about to be, by others."""
        if self._requests is not None:
            self._requests.answered(((None, b"", trace, call),))
        self.span(trace, call, status)

    def span(self, trace: Trace, call: str, status: int = 0) -> None:
        """A request by whatever protocol has been answered: its span ends."""
        if trace.span and self._spans is not None:
            self._spans.answered(trace, call, status)

    def end(self) -> None:
        """Do now what waits."""
        self._ends = False
        outcomes, self._unnotified = self._unnotified, []
        for each in outcomes:
            self._metrics.decided(*each)
        for first in self._first:
            for each in outcomes:
                first.decided(*each)
            first.settle()
        answers, self._answers = self._answers, []
        for transport, data, _trace, _call in answers:
            transport.write(data)
        if self._requests is not None:
            for trace, call, data in self._requests.answered(answers):
                self.span(trace, call, int(data[_STATUS]))
        for observer in self._observers:
            for each in outcomes:
                observer.decided(*each)
