"""Observers hear of every decision, once, and are closed after the last one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from keystone_lua.routing.request import RequestData
from keystone_lua.server.outcome import Outcome
from keystone_lua.server.process.worker import _gauges
from keystone_lua.server.telemetry.metrics import NOT_RECORDED, Counts, WorkerMetrics
from tests.server.support import constant, server_in_thread, write_scripts


class Recorder:
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[Outcome, RequestData, str, float]] = []
        self.closed = 0

    def decided(self, outcome: Outcome, request: RequestData, request_id: str, seconds: float) -> None:
        assert not self.closed
        self.heard.append((outcome, request, request_id, seconds))

    @property
    def missed(self) -> int:
        return 7

    def close(self) -> None:
        self.closed += 1


def test_observers_hear_of_decisions_and_of_nothing_else(tmp_path: Path) -> None:
    write_scripts(tmp_path, {"a.lua": constant("b"), "bad.lua": 'function on_route_request() error("no") end\n'})
    first, second = Recorder(), Recorder()
    with server_in_thread(tmp_path, observers=[first, second]) as client:
        answers = [client.route(tenant, {"path": "/x"}) for tenant in ("a", "bad", "nobody")]
        client.route("a", b"no request")
        client.send("GET", "/health")
    for recorder in (first, second):
        assert recorder.closed == 1
        assert [outcome.tenant for outcome, *_ in recorder.heard] == ["a", "bad", "nobody"]
        assert [request["path"] for _, request, *_ in recorder.heard] == ["/x"] * 3
        assert [name for *_, name, _ in recorder.heard] == [answer.headers["x-request-id"] for answer in answers]
        assert all(seconds > 0 for *_, seconds in recorder.heard)
    assert [outcome.failure is None for outcome, *_ in first.heard] == [True, False, True]


def test_what_they_missed_is_looked_at_for_the_metrics() -> None:
    counts = Counts()
    metrics = WorkerMetrics(counts)
    idle = SimpleNamespace(running=0, waiting=0)
    server: Any = SimpleNamespace(metrics=metrics, observers=[Recorder(), metrics, Recorder()], lanes=idle)
    log: Any = SimpleNamespace(dropped=0)

    async def look_once() -> None:
        task = asyncio.create_task(_gauges(server, log))
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(look_once())
    assert counts.worker(0, NOT_RECORDED) == 14
