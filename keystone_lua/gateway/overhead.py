"""A bound on bytes that are neither a complete head nor a body: endless heads, 1xx answers, chunk extensions.

In: the bytes of a connection as they arrive, and where a head ended, with what kind of body. Out: whether there were
too many. A parser swallows such bytes for ever, and since they keep arriving no timeout between two bytes ever comes.
`Upstream` is aiohttp's client connection with this bound.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any, Final, cast

from aiohttp import ClientPayloadError, ServerDisconnectedError, TCPConnector
from aiohttp.client_proto import ResponseHandler

MAX_HEAD: Final = 128 * 1024
"""Bytes of a head, its 1xx answers included. Servers commonly take 8 to 32 KiB."""

MAX_FRAMES: Final = 1 << 20
"""Bytes that frame a body, besides FRAME for each of its own; more than is read at a time."""

FRAME: Final = 32
"""Bytes of framing for each byte of a body: a chunk of one byte takes six."""

SWITCHED: Final = 101

MAX_INTERIM: Final = 16
"""1xx answers to one request."""


class Overhead:
    """Counts one message after the other."""

    def __init__(self, most: int = MAX_HEAD) -> None:
        self._most = most
        self._body: Any = None
        self._received = 0

    def begin(self, body: Any = None) -> None:
        """A head has ended with ``body``, a stream that counts its bytes; without one a head is waited for."""
        self._body, self._received = body, 0

    def add(self, size: int) -> bool:
        """Count bytes that have been parsed; whether they are too much."""
        self._received += size
        if self._body is None:
            return self._received > self._most
        done: int = self._body.total_bytes
        return self._received > MAX_FRAMES + (FRAME + 1) * done


class Upstream(ResponseHandler):
    """A connection to a service or an engine."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._overhead = Overhead()
        self._interim = 0
        self._streaming: Any = None
        self._switched = False

    def set_response_params(self, **params: Any) -> None:
        """Another request begins."""
        self._overhead.begin()
        self._interim, self._streaming, self._switched = 0, None, False
        super().set_response_params(**params)

    def feed_data(self, data: Any, size: int = 0) -> None:
        """A head has ended."""
        message, body = data
        if self._interim > MAX_INTERIM:
            return  # nobody needs it; data_received ends the connection
        if message.code == SWITCHED:
            self._switched = True
        elif 100 <= message.code < 200:
            self._interim += 1
        else:
            self._streaming = body
            self._overhead.begin(body)
        super().feed_data(data, size)

    def data_received(self, data: bytes) -> None:
        """Parse and count."""
        super().data_received(data)
        if self._switched:
            return  # a WebSocket's messages are bounded where they are read
        if self._overhead.add(len(data)) or self._interim > MAX_INTERIM:
            self._give_up()

    def _give_up(self) -> None:
        reason = "more bytes around its answer than an answer needs"
        transport, body = self.transport, self._streaming
        if body is not None:
            body.set_exception(ClientPayloadError(reason))
        self.set_exception(ServerDisconnectedError(reason))
        if transport is not None:
            transport.abort()


class Connector(TCPConnector):
    """aiohttp's, of such connections."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._factory = cast(Any, partial(Upstream, loop=asyncio.get_running_loop()))
