"""HTTP answers, from plain data to bytes.

In: status and JSON body. Out: an aiohttp response. `ReadyAnswer` is the fast form for the answers that
matter; `ordinary_answer` serves whatever is unusual (HTTP/1.0, HEAD, a closing connection).
"""

from __future__ import annotations

import asyncio
import functools
import time
from email.utils import formatdate
from http import HTTPStatus

from aiohttp import HttpVersion10, HttpVersion11, web

from ...interpreter import ENGINE_VERSION
from ..offload.errors import RETRY_AFTER, Overloaded

SERVER = f"keystone-lua/{ENGINE_VERSION}"
CONTENT_TYPE = "application/json"

SPOKEN = (HttpVersion11, HttpVersion10)
"""Versions of requests that are answered; aiohttp's parsers let others through, and answer in their name."""

_REASONS = {200: "OK", 400: "Bad Request", 500: "Internal Server Error", 503: "Service Unavailable"}
"""Of the answers that are written as ready bytes."""


PIECE = 1 << 16
"""Bytes of a large answer that are written at a time."""


class Refusal(Exception):
    """A request that is answered by a 4xx or 503. ``close`` ends the connection, whose bytes no longer make sense."""

    def __init__(self, status: int, message: str, *, field: str = "", headers: str = "", close: bool = False) -> None:
        """``headers`` are whole lines, each ended by CR LF."""
        super().__init__(message)
        self.status = status
        self.field = field
        self.headers = headers
        self.close = close


class ReadyAnswer(web.StreamResponse):
    """A whole answer in one write.

    Building headers through aiohttp's multidict and serialising them costs a third of a request here.
    This class overrides what aiohttp's connection calls, with public names only: ``prepare``, ``write_eof``,
    ``keep_alive``. It keeps none of its parent's state, and so offers no headers or cookies to change.
    """

    def __init__(self, data: bytes, status: int, *, keep_alive: bool = True) -> None:
        """``data`` is the answer from its status line on."""
        # The parent's __init__ is left out on purpose: its header map is what this class is to save.
        self._data = data
        self._ready_status = status
        self._stays_open = keep_alive

    @property
    def status(self) -> int:
        return self._ready_status

    @property
    def prepared(self) -> bool:
        return not self._data

    @property
    def keep_alive(self) -> bool:
        return self._stays_open

    async def prepare(self, request: web.BaseRequest) -> None:
        """Write the answer; wait only for a client that does not read. Raises `ConnectionResetError`."""
        transport = request.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError("the client has gone")
        transport.write(self._data)
        self._data = b""
        if transport.get_write_buffer_size():
            await request.writer.drain()

    async def write_eof(self, data: bytes = b"") -> None:
        """Nothing is left to write."""


class LongAnswer(ReadyAnswer):
    """A large answer, written piece by piece: the loop is never held for the whole of it.

    Given 16 MB at once, asyncio's transport copies what is left at every write of a part of it.
    """

    def __init__(self, head: bytes, body: bytes | bytearray, status: int, *, keep_alive: bool) -> None:
        super().__init__(head, status, keep_alive=keep_alive)
        self._pieces = memoryview(body)

    async def prepare(self, request: web.BaseRequest) -> None:
        """Write the answer; other connections have a turn after each piece. Raises `ConnectionResetError`."""
        await super().prepare(request)
        for start in range(0, len(self._pieces), PIECE):
            transport = request.transport
            if transport is None or transport.is_closing():
                raise ConnectionResetError("the client has gone")
            transport.write(self._pieces[start : start + PIECE])
            await request.writer.drain()
            await asyncio.sleep(0)


def answer(
    request: web.BaseRequest, status: int, body: bytes, extra: str = "", *, close: bool = False
) -> web.StreamResponse:
    """Return a JSON answer. ``extra`` holds whole header lines, each ended by CR LF, of checked text only."""
    if request.version not in SPOKEN:  # refused, with one of _REASONS; an ordinary answer would repeat the version
        return ReadyAnswer(ready_bytes(status, body, extra + "Connection: close\r\n"), status, keep_alive=False)
    usual = status in _REASONS and request.version == HttpVersion11 and request.method != "HEAD"
    if usual and request.keep_alive and not close:
        return ReadyAnswer(ready_bytes(status, body, extra), status)
    return ordinary_answer(status, body, extra, close=close)


def ready_bytes(status: int, body: bytes, extra: str) -> bytes:
    """Return a whole HTTP/1.1 answer that leaves its connection open; ``status`` is one of _REASONS."""
    return ready_text(status, body.decode("ascii"), extra)


def ready_text(status: int, body: str, extra: str) -> bytes:
    """The same of a body in ASCII; head and body are encoded at once."""
    return (
        f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: {CONTENT_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\nDate: {_http_date(int(time.time()))}\r\nServer: {SERVER}\r\n{extra}\r\n{body}"
    ).encode("ascii")


def forward_bytes(status: int, lines: str, body: str, *, head: bool = False) -> bytes:
    """Return a whole HTTP/1.1 answer with any header lines; of one to HEAD (``head``) the body is left out.

    A 304 has none (RFC 9110, 15.4.5): its bytes would be taken for the next answer.
    """
    data = body.encode() if status != 304 else b""
    start = (
        f"HTTP/1.1 {status} {_reason(status)}\r\nContent-Length: {len(data)}\r\n"
        f"Date: {_http_date(int(time.time()))}\r\nServer: {SERVER}\r\n{lines}\r\n"
    ).encode()
    return start if head else start + data


@functools.lru_cache(512)
def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Rejected"


def _long_head(length: int, extra: str, content_type: str) -> bytes:
    date = _http_date(int(time.time()))
    return (
        f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n"
        f"Date: {date}\r\nServer: {SERVER}\r\n{extra}\r\n"
    ).encode("ascii")


def long_answer(
    request: web.BaseRequest,
    body: bytes | bytearray,
    extra: str = "",
    *,
    close: bool = False,
    content_type: str = CONTENT_TYPE,
) -> web.StreamResponse:
    """Return a 200 with a large body, which is ASCII or any other bytes; ``extra`` as for `answer`."""
    if request.method == "HEAD":
        return ordinary_answer(200, bytes(body), extra, close=close, content_type=content_type)
    stays = request.version == HttpVersion11 and request.keep_alive and not close
    lines = extra if stays else extra + "Connection: close\r\n"
    head = _long_head(len(body), lines, content_type)
    return LongAnswer(head, body, 200, keep_alive=stays)


def ordinary_answer(
    status: int, body: bytes, extra: str = "", *, close: bool = False, content_type: str = CONTENT_TYPE
) -> web.Response:
    """Return the same answer as an ordinary aiohttp response, or one of another ``content_type``."""
    headers = dict(line.split(": ", 1) for line in extra.split("\r\n") if line)
    headers |= {"Server": SERVER, "Content-Type": content_type}
    response = web.Response(status=status, body=body, headers=headers)
    if close:
        response.force_close()
    return response


@functools.lru_cache(maxsize=1)
def _http_date(second: int) -> str:
    """The Date header's value, made once a second."""
    return formatdate(second, usegmt=True)


def refused(error: Overloaded) -> Refusal:
    """How a client is told that there is no place for its request, or that its tenant has asked for too much."""
    text = str(error) if error.status == 429 else f"overloaded: {error}"
    return Refusal(error.status, text, headers=f"Retry-After: {error.retry_after}\r\n")


def _overloaded(why: str, *, close: bool = False) -> Refusal:
    return Refusal(503, f"overloaded: {why}", headers=f"Retry-After: {RETRY_AFTER}\r\n", close=close)
