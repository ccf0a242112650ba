"""Request bodies that are being received: all together bounded in bytes, each bounded in time."""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from .responses import Refusal, _overloaded
from .unanswered import Keeper


class Bodies:
    """Reads request bodies, each of up to ``limit`` bytes within ``seconds``, and ``most`` bytes of all at a time."""

    def __init__(self, limit: int, seconds: float, most: int) -> None:
        self._limit = limit
        self._seconds = seconds
        self._most = most
        self._held = 0

    async def read(self, request: web.BaseRequest) -> bytes:
        """Return the request's body. Raises `Refusal`: 413, 408, 400, 417, 503."""
        content = request.content
        length = request.content_length
        if length is not None and length > self._limit:
            raise self._too_large()
        expectation = request.headers.get("Expect")
        if expectation is not None:
            _go_on(request, expectation)
        connection: Keeper = request.protocol  # type: ignore[assignment]  # as Server makes them
        try:
            if content.is_eof():  # the usual case: it came with the head
                body = content.read_nowait()
            else:
                connection.body = content
                body = await self._read_slowly(request)
        except (web.RequestPayloadError, web.HTTPException, HttpProcessingError):
            raise Refusal(400, "the request's body is malformed", close=True) from None
        finally:
            connection.body = None
        if len(body) > self._limit:
            raise self._too_large()
        return body

    async def _read_slowly(self, request: web.BaseRequest) -> bytes:
        body = bytearray()
        try:
            async with asyncio.timeout(self._seconds):
                while len(body) <= self._limit:
                    chunk = await request.content.readany()
                    if not chunk:
                        break
                    self._held += len(chunk)
                    body += chunk
                    if self._held > self._most:
                        raise _overloaded("too many bytes of request bodies are under way", close=True)
        except TimeoutError:
            raise Refusal(408, f"request body did not arrive within {self._seconds:g} s", close=True) from None
        finally:
            self._held -= len(body)
        return bytes(body)

    def _too_large(self) -> Refusal:
        return Refusal(413, f"request body is larger than {self._limit} bytes", close=True)


def _go_on(request: web.BaseRequest, expectation: str) -> None:
    if expectation.lower() != "100-continue":
        raise Refusal(417, "the only expectation that can be met is 100-continue", close=True)
    if request.transport is not None and not request.content.is_eof():
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
