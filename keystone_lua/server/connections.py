"""aiohttp's low-level server, set up our way: connections that answer in JSON whatever happens."""

from __future__ import annotations

import asyncio
import logging

from aiohttp import web

from .handlers import Handlers
from .responses import answer
from .stage import Stage
from .wire import json_bytes

logger = logging.getLogger("keystone.server")


class Server(web.Server):
    """One address's server."""

    def __init__(self, handlers: Handlers, stage: Stage, idle_seconds: float) -> None:
        super().__init__(handlers, handler_cancellation=True)  # a client that has gone frees its place in a queue
        self._stage = stage
        self._idle_seconds = idle_seconds

    def __call__(self) -> web.RequestHandler:
        """Return the protocol of a new connection."""
        return Connection(
            self,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=self._idle_seconds,
            access_log=None,  # type: ignore[arg-type]  # None is aiohttp's own way to turn it off
            auto_decompress=False,  # a compressed body is not JSON; inflating it is a way to attack
            lingering_time=2.0,
        )

    def pre_shutdown(self) -> None:
        """Close the connections that are between requests; aiohttp would stop reading half-arrived bodies too."""
        for connection in self.connections:
            if connection not in self._stage.busy:
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
