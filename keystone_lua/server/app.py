"""The server process: settings in, exit code out.

Refuses to start, with one line on standard error and exit code 2, when there is no scripts folder or the
address cannot be had. Scripts that do not compile are reported and do not keep the others from serving.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence
from types import FrameType

from aiohttp import web

from .config import Address, ServerConfig
from .handlers import Handlers
from .observers import Observer, ObserverFactory
from .responses import answer
from .store import ScriptsFolderError, ScriptStore
from .wire import json_bytes

logger = logging.getLogger("keystone.server")

EXIT_GOOD = 0
EXIT_USAGE = 2

STOP_SECONDS = 9
"""After SIGTERM the process is gone within this time, whatever still runs."""

CLOSE_SECONDS = 1.0
"""For writing the last answers, after the drain time."""

BACKLOG = 1024

_NO_IPV6 = (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL)


def serve(config: ServerConfig, observers: Sequence[ObserverFactory] = ()) -> int:
    """Serve until SIGTERM or SIGINT, with what ``observers`` make in each worker. Returns the process's exit code."""
    store = ScriptStore(config.scripts, config.limits.source)
    try:
        listener = listen(config.address)
    except OSError as error:
        # socket.create_server adds the address to strerror, which is in the message already.
        reason = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        return _complain(f"cannot listen on {config.address}: {reason}")
    with listener:
        try:
            scripts = store.reload()
        except ScriptsFolderError as error:
            return _complain(str(error))
        logging.basicConfig(
            level=config.log_level.upper(), stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s"
        )
        for message in scripts.errors:
            logger.warning("not loaded: %s", message)
        # What start-up made lives as long as the process: later collections need not look at it again.
        gc.collect()
        gc.freeze()
        asyncio.run(_serve(config, store, listener, [make() for make in observers]))
    return EXIT_GOOD


def listen(address: Address) -> socket.socket:
    """Return a socket bound to ``address``, every address meaning both IP versions. Raises `OSError`."""
    if address.host:
        family, _, _, _, where = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(where[:2], family=family, backlog=BACKLOG)
    if socket.has_dualstack_ipv6():
        try:
            return socket.create_server(
                ("", address.port), family=socket.AF_INET6, backlog=BACKLOG, dualstack_ipv6=True
            )
        except OSError as error:
            if error.errno not in _NO_IPV6:
                raise
    return socket.create_server(("", address.port), backlog=BACKLOG)


class Server(web.Server):
    """aiohttp's low-level server, with connections of ours."""

    def __init__(self, handlers: Handlers, config: ServerConfig) -> None:
        super().__init__(handlers, handler_cancellation=True)  # a client that has gone frees its place in a queue
        self._handlers = handlers
        self._config = config

    def __call__(self) -> web.RequestHandler:
        """Return the protocol of a new connection."""
        return Connection(
            self,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=self._config.idle_seconds,
            access_log=None,  # type: ignore[arg-type]  # None is aiohttp's own way to turn it off
            auto_decompress=False,  # a compressed body is not JSON; inflating it is a way to attack
            lingering_time=2.0,
        )

    def pre_shutdown(self) -> None:
        """Close the connections that are between requests; aiohttp would stop reading half-arrived bodies too."""
        for connection in self.connections:
            if connection not in self._handlers.busy:
                connection.close()


class Connection(web.RequestHandler):
    """One client connection. Errors below the handlers are answered in JSON, and clients' are no log matter."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no HTTP (``status`` 400), or an exception that got out of a handler."""
        if status >= 500 and not isinstance(exc, ConnectionError):
            logger.error("unexpected exception", exc_info=exc)
            return answer(request, 500, json_bytes({"error": "internal error"}), close=True)
        logger.debug("bad request: %s", type(exc).__name__)
        return answer(request, status, json_bytes({"error": "the request is no well-formed HTTP"}), close=True)


class RunningServer:
    """A server on one listening socket, inside the running event loop."""

    def __init__(self, config: ServerConfig, store: ScriptStore, observers: Sequence[Observer] = ()) -> None:
        self._handlers = Handlers(config, store, observers)
        self._observers = observers
        self._server = Server(self._handlers, config)
        self._runner = web.ServerRunner(self._server, shutdown_timeout=CLOSE_SECONDS)
        self._drain_seconds = config.drain_seconds

    async def start(self, listener: socket.socket) -> None:
        """Accept connections from ``listener``, which is then this server's to close."""
        self._handlers.lanes.start()
        await self._runner.setup()
        await web.SockSite(self._runner, listener, backlog=BACKLOG).start()

    async def stop(self) -> None:
        """Accept no more, let what is in flight finish within the drain time, close every connection."""
        self._handlers.draining = True
        for site in self._runner.sites:
            await site.stop()
        await asyncio.sleep(0)  # what has been read is now being handled
        self._server.pre_shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._drain_seconds):
                await self._handlers.idle()
        await self._runner.cleanup()
        await self._handlers.lanes.stop()
        for observer in self._observers:
            observer.close()


async def _serve(
    config: ServerConfig, store: ScriptStore, listener: socket.socket, observers: Sequence[Observer]
) -> None:
    stop = asyncio.Event()
    _stop_on_signal(stop)
    server = RunningServer(config, store, observers)
    await server.start(listener)
    where = Address(config.address.host, listener.getsockname()[1])
    logger.info("serving %d scripts of %s on %s", len(store.current.programs), config.scripts, where)
    await stop.wait()
    logger.info("stopping")
    await server.stop()


def _stop_on_signal(stop: asyncio.Event) -> None:
    """Set ``stop`` at SIGTERM or SIGINT, and end the process STOP_SECONDS later in any case.

    Handlers of the signal module, not of the loop: they run even while a script keeps the loop busy.
    """
    loop = asyncio.get_running_loop()

    def on_stop(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGALRM, lambda _number, _frame: os._exit(EXIT_GOOD))
        signal.alarm(STOP_SECONDS)
        loop.call_soon_threadsafe(stop.set)

    signal.signal(signal.SIGTERM, on_stop)
    signal.signal(signal.SIGINT, on_stop)


def _complain(message: str) -> int:
    print(f"keystone-lua: {message}", file=sys.stderr)
    return EXIT_USAGE
