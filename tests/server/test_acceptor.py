"""One worker's accepting: who waits, who is counted, and what a failing accept does."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from keystone_lua.server.process import acceptor
from keystone_lua.server.process.acceptor import Acceptor
from keystone_lua.server.process.listening import listen, tls_context
from keystone_lua.server.settings.config import Address, Tls
from keystone_lua.server.telemetry.metrics import CONNECTIONS, Counts, WorkerMetrics
from tests.waiting import soon

WAIT = 10


class Protocol(asyncio.Protocol):
    """What a connection is given to."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._server.at_once.append(sends_at_once(transport))

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.connection_ended()


def sends_at_once(transport: asyncio.BaseTransport) -> bool:
    """Whether no write waits for the other side to acknowledge the one before."""
    return bool(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))


class Server:
    """As much of `connections.Server` as an acceptor needs."""

    def __init__(self) -> None:
        self.at_once: list[bool] = []

    def connection_ended(self) -> None:
        """Replaced by the acceptor."""

    def __call__(self) -> Protocol:
        return Protocol(self)


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
            await made.close()

    asyncio.run(main())


def test_connections_are_counted_until_they_end() -> None:
    async def use(_: Acceptor, counts: Counts, where: tuple[str, int]) -> None:
        with contextlib.ExitStack() as opened:
            for _number in range(5):
                opened.enter_context(socket.create_connection(where))
            await soon(lambda: counts.worker(0, CONNECTIONS) == 5)
        await soon(lambda: counts.worker(0, CONNECTIONS) == 0)

    accepting(use)


def test_no_write_waits_for_an_acknowledgement() -> None:
    async def main() -> None:
        listener, server = listen(Address("127.0.0.1", 0)), Server()
        made = Acceptor(listener, server, None, None)  # type: ignore[arg-type]
        made.start()
        with socket.create_connection(listener.getsockname()):
            await soon(lambda: server.at_once == [True])
        await made.close()

    asyncio.run(main())


def test_a_worker_with_more_connections_waits_and_then_accepts(monkeypatch: pytest.MonkeyPatch) -> None:
    async def use(_: Acceptor, counts: Counts, where: tuple[str, int]) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.ExitStack() as opened:

            async def connect(count: int) -> float:
                started = loop.time()
                opened.enter_context(socket.create_connection(where))
                await soon(lambda: counts.worker(0, CONNECTIONS) == count)
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
            await soon(lambda: counts.worker(0, CONNECTIONS) == 1)

    accepting(use)
    assert [record.getMessage() for record in caplog.records] == ["cannot accept"]


def test_a_client_that_cannot_do_tls_is_no_longer_counted(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)

    async def main() -> None:
        counts = Counts()
        listener = listen(Address("127.0.0.1", 0))
        tls = tls_context(Tls(certificate, certificate), ask_clients=True)
        made = Acceptor(listener, Server(), tls, WorkerMetrics(counts))  # type: ignore[arg-type]
        made.start()
        with socket.create_connection(listener.getsockname()) as client:
            await soon(lambda: counts.worker(0, CONNECTIONS) == 1)
            client.sendall(b"GET / HTTP/1.1\r\n\r\n")
            await soon(lambda: counts.worker(0, CONNECTIONS) == 0)
        await made.close()

    asyncio.run(main())


def make_certificate(folder: Path) -> Path:
    """A key and a certificate signed by itself, in one file."""
    command = "openssl req -x509 -newkey rsa:2048 -nodes -keyout both.pem -out cert.pem -days 2 -subj /CN=localhost"
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_text(both.read_text() + (folder / "cert.pem").read_text())
    return both


def test_who_has_knocked_is_let_in_at_the_close() -> None:
    async def use(made: Acceptor, counts: Counts, where: tuple[str, int]) -> None:
        with contextlib.ExitStack() as opened:
            for _number in range(5):
                opened.enter_context(socket.create_connection(where))  # the loop does not get to accept them
            await made.close()
            assert counts.worker(0, CONNECTIONS) == 5
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(where)
        await soon(lambda: counts.worker(0, CONNECTIONS) == 0)

    accepting(use)
