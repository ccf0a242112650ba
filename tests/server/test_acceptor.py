"""One worker's accepting: who waits, who is counted, and what a failing accept does."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable

import pytest

from keystone_lua.server import acceptor
from keystone_lua.server.acceptor import Acceptor
from keystone_lua.server.config import Address
from keystone_lua.server.listening import listen
from keystone_lua.server.metrics import CONNECTIONS, Counts, WorkerMetrics

WAIT = 10


class Protocol(asyncio.Protocol):
    """What a connection is given to."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._server.change(1)

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.change(-1)


class Server:
    """As much of `connections.Server` as an acceptor needs."""

    open_connections = 0

    def connections_changed(self) -> None:
        """Replaced by the acceptor."""

    def change(self, by: int) -> None:
        self.open_connections += by
        self.connections_changed()

    def __call__(self) -> Protocol:
        return Protocol(self)


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT):
        while not done():  # noqa: ASYNC110  # shared memory has no event
            await asyncio.sleep(0.005)


def accepting(use: Callable[[Acceptor, Counts, tuple[str, int]], Awaitable[None]]) -> None:
    """Run ``use`` beside the acceptor of the first of two workers."""

    async def main() -> None:
        counts = Counts(workers=2)
        listener = listen(Address("127.0.0.1", 0))
        made = Acceptor(listener, Server(), None, WorkerMetrics(counts))  # type: ignore[arg-type]
        made.start()
        try:
            await use(made, counts, listener.getsockname())
        finally:
            made.close()

    asyncio.run(main())


def test_connections_are_counted_until_they_end() -> None:
    async def use(_: Acceptor, counts: Counts, where: tuple[str, int]) -> None:
        with contextlib.ExitStack() as opened:
            for _number in range(5):
                opened.enter_context(socket.create_connection(where))
            await until(lambda: counts.worker(0, CONNECTIONS) == 5)
        await until(lambda: counts.worker(0, CONNECTIONS) == 0)

    accepting(use)


def test_a_worker_with_more_connections_waits_and_then_accepts(monkeypatch: pytest.MonkeyPatch) -> None:
    async def use(_: Acceptor, counts: Counts, where: tuple[str, int]) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.ExitStack() as opened:

            async def connect(count: int) -> float:
                started = loop.time()
                opened.enter_context(socket.create_connection(where))
                await until(lambda: counts.worker(0, CONNECTIONS) == count)
                return loop.time() - started

            monkeypatch.setattr(acceptor, "YIELD_SECONDS", 2.0 * WAIT)
            await connect(1)  # would time out if it waited
            monkeypatch.setattr(acceptor, "YIELD_SECONDS", 0.2)
            assert await connect(2) >= 0.2
            monkeypatch.setattr(acceptor, "YIELD_SECONDS", 2.0 * WAIT)
            WorkerMetrics(counts, 1).set(CONNECTIONS, 2)
            await connect(3)

    accepting(use)


def test_accepting_goes_on_after_a_failure(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(acceptor, "PAUSE_SECONDS", 0.05)

    class Failing:
        """A socket whose first accept finds no descriptor free."""

        def __init__(self, real: socket.socket) -> None:
            self.real = real
            self.failed = False

        def accept(self) -> tuple[socket.socket, object]:
            if not self.failed:
                self.failed = True
                raise OSError(24, "Too many open files")
            return self.real.accept()

        def fileno(self) -> int:
            return self.real.fileno()

        def close(self) -> None:
            self.real.close()

    async def use(made: Acceptor, counts: Counts, where: tuple[str, int]) -> None:
        made._listener = Failing(made._listener)  # type: ignore[assignment]
        with socket.create_connection(where):
            await until(lambda: counts.worker(0, CONNECTIONS) == 1)

    accepting(use)
    assert [record.getMessage() for record in caplog.records] == ["cannot accept"]
