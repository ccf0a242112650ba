"""A request's body on its way: its first bytes shown to the script, all of it streamed to the backend.

In: an aiohttp request. Out: an async iterable of its parts, once. Refuses, with `BodyError`, what does not
arrive in time, breaks off, or is framed in a way that others might read differently.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import ClientError, HttpVersion11, web

from .config import Bounds


class BodyError(Exception):
    """A body that cannot be had. ``status`` is for the client, if it is still there."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Body:
    """The body of one request. At most ``bounds.script_body`` bytes of it and one part are in memory."""

    def __init__(self, request: web.BaseRequest, bounds: Bounds) -> None:
        codings = request.headers.getall("Transfer-Encoding", ())
        if codings and ",".join(codings).strip().lower() != "chunked":
            raise BodyError(501, "the only transfer coding that is understood is chunked")
        if codings and request.version < HttpVersion11:
            raise BodyError(400, "a transfer coding needs HTTP/1.1")  # RFC 9112, 6.1
        expectation = request.headers.get("Expect")
        if expectation is not None and expectation.lower() != "100-continue":
            raise BodyError(417, "the only expectation that can be met is 100-continue")
        self.error: BodyError | None = None
        """Why the body ended too early, if it did."""
        self.first = b""
        """What the script sees."""
        self._request = request
        self._content = request.content
        self._bounds = bounds
        self._waits_for_100 = expectation is not None
        self._rest = b""

    @property
    def is_whole(self) -> bool:
        """Whether ``first`` is all of it."""
        return not self._rest and self._content.is_eof() and self._content.at_eof()

    async def read_first(self) -> None:
        """Read what the script sees. Raises `BodyError`."""
        if not self._request.body_exists:
            return
        first = bytearray()
        try:
            async with asyncio.timeout(self._bounds.body_seconds):
                while len(first) < self._bounds.script_body:
                    part = await self._part()
                    if not part:
                        break
                    first += part
        except TimeoutError:
            raise BodyError(408, f"the request's body did not arrive within {self._bounds.body_seconds:g} s") from None
        self.first = bytes(first[: self._bounds.script_body])
        self._rest = bytes(first[self._bounds.script_body :])

    async def parts(self) -> AsyncIterator[bytes]:
        """Give all of the body. Raises `BodyError`, which is kept as ``error`` too."""
        if self.first:
            yield self.first
        if self._rest:
            yield self._rest
        try:
            while True:
                async with asyncio.timeout(self._bounds.stall_seconds):
                    part = await self._part()
                if not part:
                    return
                yield part
        except TimeoutError:
            self.error = BodyError(408, f"no byte of the body arrived for {self._bounds.stall_seconds:g} s")
        except BodyError as error:
            self.error = error
        raise self.error

    async def _part(self) -> bytes:
        """Return some bytes, none at the end."""
        if self._waits_for_100:
            self._waits_for_100 = False
            transport = self._request.transport
            if transport is not None and not self._content.is_eof():
                transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        try:
            return await self._content.readany()
        except (web.RequestPayloadError, web.HTTPException, ClientError, OSError) as error:
            raise BodyError(400, f"the request's body broke off: {type(error).__name__}") from None
