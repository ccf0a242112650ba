"""One process that serves: its event loop, from the first connection accepted to the last one closed.

In: listening sockets, scripts, settings. Out: nothing; it returns when it has been told to stop and the requests
under way are answered. With several workers each runs this, and `supervisor` starts and stops them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING

from aiohttp import web

from ...implementation import CPYTHON
from ...routing.scripts import ScriptStore
from ..decisions.allowances import Allowances
from ..decisions.observers import FileObserver, Observer, ObserverFactory
from ..decisions.service import DecisionService
from ..decisions.shadow import Candidates, Shadow, Share
from ..http.admin_endpoints import AdminEndpoints
from ..http.connection_limits import Admission
from ..http.handlers import Handlers
from ..http.lifecycle import Lifecycle
from ..http.protocol import Server
from ..http.write_batching import WriteBatching
from ..offload.pool import Lanes
from ..orders import Switch
from ..scripts.reload import Reloads, Watch, keep_watch, local_reloads
from ..settings.config import ServerConfig
from ..spoe.agent import Agent
from ..telemetry.exposition import Exposition, Unshipped
from ..telemetry.logs import StderrHandler
from ..telemetry.metrics import (
    ANCHOR_FAILURES,
    BEAT,
    LANES_BUSY,
    LANES_WAITING,
    LOG_DROPPED,
    NOT_RECORDED,
    SPANS_DROPPED,
    SPANS_SENT,
    Counts,
    WorkerMetrics,
)
from ..telemetry.spans import Spans
from .acceptor import Acceptor
from .control import Control
from .heap import Heap, keep_tidy
from .service_manager import notify

if TYPE_CHECKING:
    import ssl

    from ..ext_authz.agent import Agent as Envoys

logger = logging.getLogger("keystone.server")

STOP_SECONDS = 9
"""After SIGTERM and the notice the process is gone within this time, whatever still runs."""

CLOSE_SECONDS = 1.0
"""For writing the last answers, after the drain time."""

LAST_CALL_SECONDS = 0.3
"""Between the first answers that close their connections and the closing of connections that rest. A client that asks
again and again hears from its answer that it should not; closed right away, one request a connection was lost."""

GAUGE_SECONDS = 1.0
"""Between two looks at what is not counted where it happens."""

BEAT_SECONDS = 0.5
"""Between two signs of life for the supervisor."""


@dataclass(frozen=True, slots=True)
class Listeners:
    """The bound sockets: of ``/route/``, of the other calls if they have their own, of HAProxy's protocol and of
    Envoy's. Shared by all workers."""

    routes: socket.socket
    admin: socket.socket | None = None
    spoe: socket.socket | None = None
    grpc: socket.socket | None = None
    routes_tls: ssl.SSLContext | None = None
    admin_tls: ssl.SSLContext | None = None

    def close(self) -> None:
        """Accept no more in this process."""
        for listener in (self.routes, self.admin, self.spoe, self.grpc):
            if listener is not None:
                listener.close()


@dataclass(frozen=True, slots=True)
class Worker:
    """What one worker is made of, all of it from before the fork."""

    config: ServerConfig
    store: ScriptStore
    listeners: Listeners
    log: StderrHandler
    counts: Counts
    observers: Sequence[ObserverFactory] = ()
    number: int = 0
    reloads: Reloads | None = None
    """None to reload here, without a supervisor."""
    watch: Watch | None = None
    """What this worker is to reload for."""
    control: Control | None = None
    """The line to the supervisor, if there is one."""


class RunningServer:
    """A server inside the running event loop."""

    def __init__(
        self,
        config: ServerConfig,
        store: ScriptStore,
        observers: Sequence[Observer] = (),
        *,
        counts: Counts | None = None,
        number: int = 0,
        reloads: Reloads | None = None,
    ) -> None:
        """``number`` is the worker's, from 0. Without ``counts`` and ``reloads`` it has its own."""
        if counts is None:
            counts = Counts()
            counts.assign(store.current.programs)
            counts.shadow.shadow_percent = config.shadow_percent
        self.metrics = WorkerMetrics(counts, number)
        self.admission = Admission(config.max_connections, config.head_seconds, config.write_seconds)
        self.lifecycle = Lifecycle(self.metrics, self.admission)
        self.reloads = local_reloads(store, counts, config.guard, self.switched) if reloads is None else reloads
        self._config = config
        self.observers = (*observers, self.metrics)
        self.lanes = Lanes(config.lanes, config.limits, config.watched, config.hidden)
        exposition = Exposition(counts, store, config.lanes, self._unshipped)
        endpoints = AdminEndpoints(config, store, self.reloads, exposition, self.lifecycle).by_path
        share = None
        if store.beside is not None:
            candidates = Candidates(store, store.beside)
            share = Share(counts, candidates, config.share_header)
            self.observers = (*self.observers, Shadow(config, counts, number, candidates, self.lanes))
        apart = config.admin_address is not None
        allowances = Allowances(config.rates, config.tenant_rates, config.workers, self.metrics.limited)
        decisions = DecisionService(
            store,
            config.limits,
            self.lanes,
            config.tenant_limits,
            config.watched,
            config.hidden,
            config.tenants,
            share,
            allowances if allowances.any else None,
        )
        self.spans = Spans(config.spans, config.hidden, number) if config.spans is not None else None
        others = [each for each in self.observers if each is not self.metrics]
        self._writes = WriteBatching(self.metrics, others, self.metrics, self.spans)
        self._routes = self._runner(
            Handlers(config, self.lifecycle, {} if apart else endpoints, decisions, self._writes)
        )
        self._admin = self._runner(Handlers(config, self.lifecycle, endpoints, None, self._writes)) if apart else None
        self._agent = Agent(config, decisions, self.lifecycle, self._writes)
        self._envoys = self._asked_over_grpc(decisions) if config.grpc_address is not None else None
        self._routes_acceptor: Acceptor | None = None
        self._other_acceptors: list[Acceptor] = []
        self._admin_acceptor: Acceptor | None = None

    @property
    def _agents(self) -> list[Agent | Envoys]:
        return [self._agent] if self._envoys is None else [self._agent, self._envoys]

    def _asked_over_grpc(self, decisions: DecisionService) -> Envoys:
        from ..ext_authz.agent import Agent as Envoys  # the extra grpc, which others do without

        return Envoys(self._config, decisions, self.lifecycle, self._writes)

    def _runner(self, handlers: Handlers) -> web.ServerRunner:
        server = Server(handlers, self.lifecycle, self._config.idle_seconds)
        return web.ServerRunner(server, shutdown_timeout=CLOSE_SECONDS)

    async def start(self, listeners: Listeners | socket.socket) -> None:
        """Accept connections from ``listeners``, which are then this server's to close."""
        if isinstance(listeners, socket.socket):
            listeners = Listeners(listeners)
        self.lanes.start()
        self.admission.start()
        if self.spans is not None:
            self.spans.start()
        self._routes_acceptor = await self._accept(self._routes, listeners.routes, listeners.routes_tls, self.metrics)
        if self._admin is not None and listeners.admin is not None:
            self._admin_acceptor = await self._accept(self._admin, listeners.admin, listeners.admin_tls, None)
        if listeners.spoe is not None:
            self._other_acceptors.append(Acceptor(listeners.spoe, self._agent, None, None))
        if listeners.grpc is not None and self._envoys is not None:
            self._other_acceptors.append(Acceptor(listeners.grpc, self._envoys, None, None))
        for acceptor in self._other_acceptors:
            acceptor.start()

    async def _accept(
        self,
        runner: web.ServerRunner,
        listener: socket.socket,
        tls: ssl.SSLContext | None,
        metrics: WorkerMetrics | None,
    ) -> Acceptor:
        await runner.setup()
        server = runner.server
        assert isinstance(server, Server)
        acceptor = Acceptor(listener, server, tls, metrics)
        acceptor.start()
        return acceptor

    def switched(self, switch: Switch) -> None:
        """The versions have changed places: the decision log says so."""
        for observer in self.observers:
            if isinstance(observer, FileObserver):
                observer.switched(switch)

    def _unshipped(self) -> Unshipped | None:
        found = [each.unshipped() for each in self.observers if isinstance(each, FileObserver)]
        return found[0] if found else None

    async def stop(self) -> None:
        """Say so, accept no more, let what is in flight finish within the drain time, close every connection.

        The admin address answers until the end.
        """
        self.lifecycle.leaving = True
        await asyncio.sleep(self._config.notice_seconds)
        self.lifecycle.draining = True
        if self._routes_acceptor is not None:
            await self._routes_acceptor.close()
        for acceptor in self._other_acceptors:
            await acceptor.close()
        if self._envoys is not None:
            self._envoys.warn()
        server = self._routes.server
        assert isinstance(server, Server)
        await self._last_call(server)
        server.pre_shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._config.drain_seconds):
                await asyncio.gather(self.lifecycle.idle(), *(agent.idle() for agent in self._agents))
        for agent in self._agents:
            agent.close()
        await self._routes.cleanup()
        await self.lanes.stop()
        self.admission.stop()
        if self._admin is not None:
            if self._admin_acceptor is not None:
                await self._admin_acceptor.close()
            await self._admin.cleanup()
        self._writes.end()
        for observer in self.observers:
            observer.close()
        if self.spans is not None:
            self.spans.close()

    async def _last_call(self, server: Server) -> None:
        """Let answers tell the connections that rest to go, then see to it that all that has arrived is in hand."""
        until = time.monotonic() + LAST_CALL_SECONDS
        while server.has_resting or any(agent.connections for agent in self._agents):
            # An answer ends it, or nothing does.
            if time.monotonic() > until:
                break
            await asyncio.sleep(LAST_CALL_SECONDS / 30)
        for _ in range(5):  # what has arrived is read, then parsed, then handed to a task, each a turn later
            await asyncio.sleep(0)


async def work(worker: Worker, ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT. Calls ``ready`` once connections are accepted."""
    stop = asyncio.Event()
    _stop_on_signal(stop, worker.config.notice_seconds)
    worker.log.start_thread()
    server = RunningServer(
        worker.config,
        worker.store,
        [make() for make in worker.observers],
        counts=worker.counts,
        number=worker.number,
        reloads=worker.reloads,
    )
    if worker.control is not None:
        worker.control.told = server.switched
    await server.start(worker.listeners)
    tasks = [
        asyncio.create_task(_gauges(server, worker.log)),
        asyncio.create_task(_beat(server.metrics)),
        *([asyncio.create_task(keep_tidy(Heap()))] if CPYTHON else []),
    ]
    _on_hangup(server, reload=worker.reloads is None)
    if worker.watch is not None:
        tasks.append(asyncio.create_task(keep_watch(worker.watch, server.reloads)))
    ready()
    await stop.wait()
    logger.info("stopping")
    if worker.control is None:
        notify("STOPPING=1")
    for task in tasks:
        task.cancel()
    await server.stop()
    worker.log.close()


async def _gauges(server: RunningServer, log: StderrHandler) -> None:
    while True:
        server.metrics.set(LOG_DROPPED, log.dropped)
        server.metrics.set(NOT_RECORDED, sum(observer.missed for observer in server.observers))
        files = [observer for observer in server.observers if isinstance(observer, FileObserver)]
        server.metrics.set(ANCHOR_FAILURES, sum(observer.unanchored for observer in files))
        if server.spans is not None:
            server.metrics.set(SPANS_SENT, server.spans.sent)
            server.metrics.set(SPANS_DROPPED, server.spans.dropped)
        server.metrics.set(LANES_BUSY, server.lanes.running)
        server.metrics.set(LANES_WAITING, server.lanes.waiting)
        await asyncio.sleep(GAUGE_SECONDS)


async def _beat(metrics: WorkerMetrics) -> None:
    while True:
        metrics.set(BEAT, time.monotonic())
        await asyncio.sleep(BEAT_SECONDS)


def _on_hangup(server: RunningServer, *, reload: bool) -> None:
    """At SIGHUP look for files that were moved, as logrotate does; and ``reload``."""
    running: set[asyncio.Task[object]] = set()

    def on_hangup() -> None:
        for observer in server.observers:
            if isinstance(observer, FileObserver):
                observer.reopen()
        if reload:
            task: asyncio.Task[object] = asyncio.create_task(server.reloads.reload())
            running.add(task)
            task.add_done_callback(running.discard)

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, on_hangup)


def _stop_on_signal(stop: asyncio.Event, notice_seconds: float) -> None:
    """Set ``stop`` at SIGTERM or SIGINT, and end the process STOP_SECONDS after the notice in any case.

    Handlers of the signal module, not of the loop: they run even while a script keeps the loop busy.
    """
    loop = asyncio.get_running_loop()

    def on_stop(_number: int, _frame: FrameType | None) -> None:
        if signal.getsignal(signal.SIGALRM) in (signal.SIG_DFL, None):
            signal.signal(signal.SIGALRM, lambda _number, _frame: os._exit(0))
            signal.setitimer(signal.ITIMER_REAL, STOP_SECONDS + notice_seconds)
        loop.call_soon_threadsafe(stop.set)

    signal.signal(signal.SIGTERM, on_stop)
    signal.signal(signal.SIGINT, on_stop)
