"""The gateway's process: settings in, exit code out.

Refuses to start, with one line on standard error and exit code 2, when the address cannot be had. It does start when
services do not answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from http import HTTPStatus
from typing import Any, NamedTuple

from aiohttp import ClientSession, DummyCookieJar, web

from . import logs
from .config import Bounds, GatewayConfig
from .engine_client import EngineClient
from .health import Services
from .metrics import CONTENT_TYPE
from .overhead import Connector, Overhead
from .proxy import Proxy

logger = logging.getLogger("keystone.gateway")

EXIT_GOOD = 0
EXIT_USAGE = 2
CLOSE_SECONDS = 1.0
"""For writing the last answers, after the drain time."""
BACKLOG = 1024
_END = b"HTTP/1.1 %d %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"


def run(config: GatewayConfig, host: str, port: int, log_level: str, log_format: str, metrics: Place | None) -> int:
    """Serve until SIGTERM or SIGINT, ``/metrics`` at a place of its own. An empty ``host`` means all addresses.

    Returns the process's exit code.
    """
    logs.start(log_level, log_format)
    return asyncio.run(_run(config, host, port, metrics))


class Place(NamedTuple):
    """A host, empty for all addresses, and a port."""

    host: str
    port: int


async def _run(config: GatewayConfig, host: str, port: int, metrics: Place | None) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with RunningGateway(config) as gateway:
        at = Place(host, port)
        try:
            where = await gateway.listen(host, port)
            if metrics is not None:
                at = metrics
                await gateway.show_metrics(metrics.host, metrics.port)
        except OSError as error:
            # asyncio puts the address into strerror, which is in the message already.
            reason = os.strerror(error.errno) if error.errno is not None and error.errno > 0 else error.strerror
            print(f"keystone-lua: cannot listen on {at.host}:{at.port}: {reason}", file=sys.stderr)
            return EXIT_USAGE
        logger.info("gateway for %d tenants on %s:%d", len(config.tenants), host, where)
        await stop.wait()
        logger.info("stopping")
    return EXIT_GOOD


class RunningGateway:
    """A gateway inside the running event loop: probes from the start, listens when told, drains at the end."""

    def __init__(self, config: GatewayConfig) -> None:
        self._config = config
        bounds = config.bounds
        # One pool for each purpose: busy backends must not keep the engine or the probes waiting.
        self._backends, self._engines, self._probes = (_session(bounds) for _ in range(3))
        self._services = Services(config.tenants, self._probes, bounds.probe_seconds)
        self._proxy = Proxy(config, self._services, EngineClient(self._engines), self._backends)
        self._runner = web.ServerRunner(Server(self._proxy, bounds), shutdown_timeout=CLOSE_SECONDS)
        self._metrics: web.ServerRunner | None = None

    async def __aenter__(self) -> RunningGateway:
        await self._services.start()
        await self._runner.setup()
        return self

    async def listen(self, host: str, port: int) -> int:
        """Accept connections on ``host`` and ``port``; return the port. Raises `OSError`."""
        site = web.TCPSite(self._runner, host or None, port, backlog=BACKLOG)
        await site.start()
        return int(self._runner.addresses[0][1])

    async def show_metrics(self, host: str, port: int) -> int:
        """Answer ``GET /metrics`` at another address, since it names tenants; return the port. Raises `OSError`."""
        self._metrics = web.ServerRunner(web.Server(self._show), shutdown_timeout=CLOSE_SECONDS)
        await self._metrics.setup()
        await web.TCPSite(self._metrics, host or None, port).start()
        return int(self._metrics.addresses[0][1])

    async def _show(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path != "/metrics" or request.method != "GET":
            return web.json_response({"error": "there is GET /metrics"}, status=404)
        server = self._runner.server
        assert server is not None
        text = self._proxy.metrics.text(self._config.tenants, self._services, len(server.connections))
        return web.Response(text=text, headers={"Content-Type": CONTENT_TYPE})

    async def __aexit__(self, *_: object) -> None:
        """Accept no more, let what is in flight finish within the drain time, close every connection."""
        self._proxy.draining = True
        for site in self._runner.sites:
            await site.stop()
        await asyncio.sleep(0)  # what has been read is now being handled
        server = self._runner.server
        assert isinstance(server, Server)
        server.pre_shutdown()
        self._proxy.websockets.close_all()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._config.bounds.drain_seconds):
                await self._proxy.idle()
        await self._runner.cleanup()
        if self._metrics is not None:
            await self._metrics.cleanup()
        await self._proxy.stop()
        await self._services.stop()
        for session in (self._backends, self._engines, self._probes):
            await session.close()


def _session(bounds: Bounds) -> ClientSession:
    """A client that adds nothing of its own: no cookies kept, no proxies of the environment, no decompression."""
    connector = Connector(limit=0, limit_per_host=bounds.connections, keepalive_timeout=bounds.keepalive_seconds)
    return ClientSession(
        connector=connector,
        cookie_jar=DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        max_line_size=16384,
        max_field_size=16384,
    )


class Server(web.Server):
    """aiohttp's low-level server, with connections of ours."""

    def __init__(self, proxy: Proxy, bounds: Bounds) -> None:
        super().__init__(proxy, handler_cancellation=True)  # nobody works for a client that has gone
        self.proxy = proxy
        self.bounds = bounds
        proxy.answered = _answered

    def __call__(self) -> web.RequestHandler:
        """Return the protocol of a new connection."""
        return Connection(
            self,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=self.bounds.idle_seconds,
            access_log=None,  # None is aiohttp's own way to turn it off
            auto_decompress=False,  # a body goes on as it came
            lingering_time=2.0,
            max_line_size=self.bounds.line,
            max_field_size=self.bounds.line,
        )

    def pre_shutdown(self) -> None:
        """Close the connections that are between requests; aiohttp would stop reading half-arrived bodies too."""
        for connection in self.connections:
            if connection not in self.proxy.busy:
                connection.close()


def _answered(connection: web.RequestHandler) -> None:
    assert isinstance(connection, Connection)
    connection.finished()


class Connection(web.RequestHandler):
    """One client connection. Errors below the proxy are answered in JSON, and clients' are no log matter."""

    __slots__ = ("_gateway", "_heads", "_overhead")

    def __init__(self, server: Server, **options: Any) -> None:
        super().__init__(server, **options)
        self._gateway = server
        self._overhead = Overhead(server.bounds.head)
        self._heads = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Refuse a connection that is one too many."""
        super().connection_made(transport)
        if len(self._gateway.connections) > self._gateway.bounds.clients:
            self._end(503, "too many connections")

    def data_received(self, data: bytes) -> None:
        """Parse, and end a connection whose head does not end."""
        super().data_received(data)
        if self in self._gateway.proxy.websockets.open:
            return  # its messages are bounded where they are read
        if self._request_count != self._heads:
            self._heads = self._request_count
            self._overhead.begin(self._messages[-1][1] if self._messages else None)
        elif self._overhead.add(len(data)):
            self._end(431, "the head is too large")

    def finished(self) -> None:
        """The last request has been answered: what comes now is a head."""
        self._overhead.begin()

    def _end(self, status: int, message: str) -> None:
        transport = self.transport
        if transport is None:
            return
        if self not in self._gateway.proxy.busy:
            body = json.dumps({"error": message}).encode("ascii") + b"\n"
            reason = HTTPStatus(status).phrase.encode("ascii")
            head = (
                b"HTTP/1.1 %d %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
            )
            transport.write(head % (status, reason, len(body)) + body)
        self.force_close()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no HTTP (``status`` 400), or an exception that got out of the proxy."""
        if isinstance(exc, ConnectionError):
            raise exc  # the proxy has cut the connection, or the client has
        if status >= 500:
            logger.error("unexpected exception", exc_info=exc)
        if request.writer.output_size:
            raise ConnectionResetError("the answer had begun")
        text = "internal error" if status >= 500 else "the request is no well-formed HTTP"
        response = web.json_response({"error": text}, status=status, headers={"Server": "keystone-lua-gateway"})
        response.force_close()
        return response
