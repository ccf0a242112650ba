"""The herald: a process that answers health calls while scripts are being compiled, and ends before the server serves.

In: the listening sockets. Out: ``/health/live`` says live, ``/health/ready`` 503 ``loading``; ``/route/`` and
``/reload`` are 503 with ``Retry-After``. Connections that come after it has gone wait for the server,
since the sockets stay open. It is forked, so the process that compiles must have no thread and no loop yet.

Only a load that takes longer than `PATIENCE` gets one: connections wait that long anyway.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import time
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Final, NoReturn

from aiohttp import web

from ...routing.scripts import ScriptStore
from ..http.admin_endpoints import AdminEndpoints
from ..http.connection_limits import Admission
from ..http.handlers import Handlers
from ..http.lifecycle import Lifecycle
from ..http.protocol import Server
from ..http.responses import Refusal
from ..http.route_path import ROUTE
from ..http.write_batching import WriteBatching
from ..offload.errors import RETRY_AFTER
from ..orders import Order
from ..scripts.reload import Reloads, Report
from ..settings.config import ServerConfig
from ..telemetry.exposition import Exposition
from ..telemetry.metrics import Counts, WorkerMetrics
from .acceptor import Acceptor

if TYPE_CHECKING:
    import ssl

    from ..telemetry.tracing import Trace
    from .worker import Listeners

PATIENCE: Final = 0.3
"""Seconds of loading before there is one."""

END_SECONDS: Final = 1.0
"""For its last answers."""


class Herald:
    """Forks itself at `look`, once the load has taken long; the end of the block ends it."""

    def __init__(self, config: ServerConfig, listeners: Listeners) -> None:
        self._config = config
        self._listeners = listeners
        self._due = time.monotonic() + PATIENCE
        self._pid = 0
        self._line: socket.socket | None = None

    def __enter__(self) -> Herald:
        for number in (signal.SIGINT, signal.SIGTERM):  # process 1 of a container has no default to end by
            signal.signal(number, _leave)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._line is not None:
            self._line.close()  # at which it ends
            self._wait()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def look(self) -> None:
        """To be called between scripts."""
        if self._line is None and time.monotonic() >= self._due:
            self._line, theirs = socket.socketpair()
            self._pid = os.fork()
            if not self._pid:
                self._line.close()
                self._become(theirs)
            theirs.close()

    def _wait(self) -> None:
        until = time.monotonic() + END_SECONDS + 0.5
        while time.monotonic() < until:
            if os.waitpid(self._pid, os.WNOHANG)[0]:
                return
            time.sleep(0.005)
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)

    def _become(self, line: socket.socket) -> NoReturn:
        code = 1
        try:
            for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)  # it ends with the process that compiles
            asyncio.run(_answer(self._config, self._listeners, line))
            code = 0
        finally:
            os._exit(code)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


class _Waiting(Handlers):
    """Refuses what needs scripts."""

    async def _other(self, request: web.BaseRequest, path: str, trace: Trace) -> web.StreamResponse:
        if path.startswith(ROUTE):
            raise _not_yet()
        return await super()._other(request, path, trace)


class _NoReloads(Reloads):
    async def reload(self) -> Report:
        raise _not_yet()

    async def dry_run(self) -> Report:
        raise _not_yet()


def _not_yet() -> Refusal:
    return Refusal(503, "the scripts are being loaded", headers=f"Retry-After: {RETRY_AFTER}\r\n", close=True)


async def _answer(config: ServerConfig, listeners: Listeners, line: socket.socket) -> None:
    """Answer until the other end of ``line`` is closed."""
    loop = asyncio.get_running_loop()
    counts, store = Counts(), ScriptStore(config.scripts)
    metrics = WorkerMetrics(counts)
    lifecycle = Lifecycle(metrics, Admission(config.max_connections, config.head_seconds, config.write_seconds))
    lifecycle.draining = True  # every answer closes its connection: none rests here when it is time to go
    lifecycle.admission.start()
    endpoints = AdminEndpoints(
        config, store, _no_reloads(store), Exposition(counts, store, config.lanes), lifecycle
    ).by_path
    writes = WriteBatching(metrics)
    apart = listeners.admin is not None
    sockets: list[tuple[Handlers, socket.socket, ssl.SSLContext | None]] = [
        (_Waiting(config, lifecycle, {} if apart else endpoints, None, writes), listeners.routes, listeners.routes_tls)
    ]
    if listeners.admin is not None:
        sockets.append((Handlers(config, lifecycle, endpoints, None, writes), listeners.admin, listeners.admin_tls))
    runners, acceptors = [], []
    for handlers, listener, tls in sockets:
        runner = web.ServerRunner(Server(handlers, lifecycle, config.idle_seconds), shutdown_timeout=END_SECONDS / 2)
        await runner.setup()
        assert isinstance(runner.server, Server)
        runners.append(runner)
        acceptors.append(Acceptor(listener, runner.server, tls, None))
        acceptors[-1].start()
    gone = asyncio.Event()
    loop.add_reader(line, gone.set)
    await gone.wait()
    loop.remove_reader(line)
    for acceptor in acceptors:
        await acceptor.leave()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(END_SECONDS):
            until = loop.time() + END_SECONDS / 2
            while any(map(_connections, runners)) and loop.time() < until:  # noqa: ASYNC110  # or nothing ends it
                await asyncio.sleep(0.005)  # for the requests of those who have come
            for runner in runners:
                await runner.cleanup()


def _connections(runner: web.ServerRunner) -> list[web.RequestHandler]:
    return runner.server.connections if runner.server is not None else []


def _no_reloads(store: ScriptStore) -> Reloads:
    async def load(_order: Order | None) -> Report:
        raise _not_yet()

    return _NoReloads(store, load)
