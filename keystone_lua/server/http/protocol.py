"""aiohttp's low-level server with our own connections, which answer in JSON whatever happens.

**At once.** aiohttp parses every request and hands it to a task, which makes another one for the handler. A whole
request for a decision whose head is known (see `head_cache`), and that arrives while its connection rests, is
answered in `Connection.data_received` instead, and the answer written at the end of the loop's turn (see
`write_batching`). This uses private attributes of aiohttp's connection, which PRIVATE lists; if a release of aiohttp
lacks one, all requests go the usual way.

**Half closed.** A client may say that it will send no more, by closing its half of the connection, or all of it,
which looks the same. Requests that it has sent whole are still answered, if that takes at most LAST_ANSWER_SECONDS.

A head can be known only where a message starts. That is at a connection's first byte, and right after a message whose
length was known before it was parsed; a connection that has once been in doubt stays so.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Any, Final

from aiohttp import StreamReader, web
from aiohttp.http import RawRequestMessage

from ...routing.request import RequestData
from ..outcome import Unfinished
from ..telemetry.tracing import CURRENT
from .forward import FIELD_BYTES
from .handlers import Handlers
from .head_cache import END, Head, HeadCache
from .json_text import json_bytes
from .lifecycle import Lifecycle
from .responses import answer, ready_bytes

logger = logging.getLogger("keystone.server")

PRIVATE: Final = (
    "_force_close", "_keepalive_timeout", "_loop", "_messages", "_next_keepalive_close_time", "_parser", "_waiter",
)  # fmt: skip
"""What `Connection` uses of aiohttp's class besides its public names."""

KNOWN: Final = all(name in dir(web.RequestHandler) for name in PRIVATE)
"""Whether this aiohttp is one that requests can be answered at once in."""

MOST_CHUNK: Final = 1 << 60
"""Bytes of a chunk. The native parser refuses 1 << 64, which it cannot count; no body is a thousandth of this."""

UNKNOWN: Final = -1
""":attr:`Connection._due` of a connection whose messages start at unknown places; so is any negative number."""

LAST_ANSWER_SECONDS: Final = 0.1
"""After a client has closed its half. One that has gone looks the same, and should not keep a place in a queue."""

_LOOK_SECONDS: Final = 0.005
"""Until the first look whether all has been answered; each next one comes after twice the time."""


class Server(web.Server):
    """One address's server."""

    def __init__(self, handlers: Handlers, lifecycle: Lifecycle, idle_seconds: float) -> None:
        super().__init__(handlers, handler_cancellation=True)  # a client that has gone frees its place in a queue
        self.handlers = handlers
        self.admission = lifecycle.admission
        self.head_cache = HeadCache()
        self.connection_ended: Callable[[], None] = lambda: None
        """Called after each connection that was made."""
        self._lifecycle = lifecycle
        self._idle_seconds = idle_seconds

    def __call__(self) -> web.RequestHandler:
        """Return the protocol of a new connection."""
        return Connection(
            self,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=self._idle_seconds,
            access_log=None,  # None is aiohttp's own way to turn it off
            auto_decompress=False,  # a compressed body is not JSON; inflating it is a way to attack
            lingering_time=2.0,
            max_line_size=FIELD_BYTES,
            max_field_size=FIELD_BYTES,
        )

    def connection_lost(self, handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        """Note that a connection is gone."""
        super().connection_lost(handler, exc)
        self.connection_ended()

    def pre_shutdown(self) -> None:
        """Close the connections that are between requests; aiohttp would stop reading half-arrived bodies too."""
        self.handlers.writes.end()
        for connection in self._resting():
            connection.close()

    @property
    def has_resting(self) -> bool:
        """Whether any connection is between requests."""
        return next(self._resting(), None) is not None

    def _resting(self) -> Iterator[web.RequestHandler]:
        busy = self._lifecycle.busy
        of_ours = (each for each in self.connections if isinstance(each, Connection))
        return (each for each in of_ours if each not in busy and (not KNOWN or each.rests()))


class Connection(web.RequestHandler):
    """One client connection. Errors below the handlers are answered in JSON, and clients' are no log matter."""

    __slots__ = ("_due", "_server", "body", "unanswered")

    def __init__(self, server: Server, **options: Any) -> None:
        super().__init__(server, **options)
        self._server = server
        self._due = 0  # bytes until the next message starts
        self.unanswered: tuple[RequestData, Unfinished] | None = None
        self.body: StreamReader | None = None
        """The body that a handler waits for, if one does."""

    def take_unanswered(self) -> tuple[RequestData, Unfinished] | None:
        """The request, if it has been read and needs a lane, and its run. To be taken once."""
        taken, self.unanswered = self.unanswered, None
        return taken

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Come in, if there is room."""
        super().connection_made(transport)
        self._server.admission.opened(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Leave."""
        self._server.admission.closed(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Answer at once, or hand on to the parser and its task."""
        due = self._due
        if due != 0 or not data:  # aiohttp calls with nothing to go on with what it has
            if due > 0:
                self._due = due - len(data)
            self._parse(data)
            return
        head, end, body = data.partition(END)
        known = self._server.head_cache.find(head) if end else None
        if known is not None:
            self._due = due = known.length - len(body)
            if due != 0 or not self._answered(known, body):
                self._parse(data)
            return
        if end and not body and head.find(b" /forward/", 0, 43) > 0 and self._forwarded(head):
            return
        before = len(self._messages)
        self._parse(data)
        self._due = UNKNOWN
        if end and len(self._messages) == before + 1:
            length = self._server.head_cache.learn(head, self._messages[-1][0])
            if length is not None:
                self._due = length - len(body)

    def _parse(self, data: bytes) -> None:
        """Hand ``data`` to aiohttp's parser. What is no HTTP while a body is awaited is a malformed body.

        The native parser does not tell the body so: its handler would wait until it is late. The other one takes a
        chunk of any size, and would wait for it.
        """
        super().data_received(data)
        parser = getattr(self._parser if KNOWN else None, "_payload_parser", None)  # the native one has none
        if parser is not None and parser._chunk_size > MOST_CHUNK:
            parser.payload.set_exception(web.RequestPayloadError("malformed"))
        body = self.body
        if body is None or body.is_eof() or not self._messages:
            return
        if not isinstance(self._messages[-1][0], RawRequestMessage):
            body.set_exception(web.RequestPayloadError("malformed"))

    def eof_received(self) -> bool:  # type: ignore[override]  # aiohttp's says None: close at once
        """The client sends no more: stay open for what it has asked."""
        transport = self.transport
        if transport is None or self.body is not None or self.rests() or transport.get_extra_info("sslcontext"):
            return False  # TLS has no half-closed connections
        self._loop.call_later(_LOOK_SECONDS, self._close_when_answered, self._loop.time(), _LOOK_SECONDS)
        return True

    def _close_when_answered(self, since: float, waited: float) -> None:
        if self.transport is None:
            return
        if self.body is not None or self.rests() or self._loop.time() - since > LAST_ANSWER_SECONDS:
            self.force_close()
        else:
            self._loop.call_later(2 * waited, self._close_when_answered, since, 2 * waited)

    def rests(self) -> bool:
        """Whether nothing that has arrived waits for an answer."""
        return not self._messages and self._waiter is not None and not self._waiter.done()

    def _answered(self, head: Head, body: bytes) -> bool:
        """Answer a whole request, if that can be done at once; say whether it is done."""
        return self._at_once(lambda handlers: handlers.at_once(head, body, self), "route")

    def _forwarded(self, head: bytes) -> bool:
        """The same of a ``/forward/`` request without a body."""
        return self._at_once(lambda handlers: handlers.forward_at_once(head, self), "forward")

    def _at_once(self, decide: Callable[[Handlers], bytes | None], call: str) -> bool:
        transport, waiter, server = self.transport, self._waiter, self._server
        if (
            not KNOWN
            or waiter is None  # the task is at a request
            or waiter.done()
            or self._messages
            or self._force_close
            or transport is None
            or transport.is_closing()
            or transport.get_write_buffer_size()  # a client that does not read: the task waits for it
        ):
            return False
        try:
            answer = decide(server.handlers)
        except Exception as error:  # what handle_error is to the task
            logger.error("unexpected exception", exc_info=error)
            transport.write(ready_bytes(500, json_bytes({"error": "internal error"}), "Connection: close\r\n"))
            self.force_close()
            return True
        if answer is None:
            return False
        server.requests_count += 1
        server.admission.answered(self)
        server.handlers.writes.write(transport, answer, CURRENT.get(), call)
        self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout
        return True

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """Log a bug, and not a malformed body of which aiohttp wanted to read the rest after the answer."""
        error = kw.get("exc_info")
        if isinstance(error, web.RequestPayloadError):
            logger.debug("bad request: %s", type(error).__name__)
        else:
            logger.error("unexpected exception", exc_info=error)

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
