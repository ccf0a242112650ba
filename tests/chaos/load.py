"""Clients that ask again and again, each answer checked, and what became of every request.

In: a port, how many clients, how they treat their connections. Out: `Sent`. A request counts as lost when all of it was
sent on a connection that the server had not refused or said it would close, and no whole answer came.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import Counter
from dataclasses import dataclass, field

KEPT_BODIES = 5

BODY = b'{"method":"GET","path":"/"}'


def post(path: str, body: bytes, headers: bytes = b"") -> bytes:
    """A POST as it goes over the wire."""
    return b"POST %b HTTP/1.1\r\nHost: h\r\n%bContent-Length: %d\r\n\r\n%b" % (path.encode(), headers, len(body), body)


async def ask(port: int, request: bytes) -> bytes:
    """Send a request that says ``Connection: close``; all that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer


REQUEST = post("/route/a", BODY)

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection: close", re.IGNORECASE)
_PATIENCE = 15.0
"""Seconds until an answer that has not come counts as lost."""


@dataclass
class Sent:
    """What became of the requests of some clients."""

    statuses: Counter[int] = field(default_factory=Counter)
    lost: int = 0
    wrong: int = 0
    """Answers 200 that are not what the script says."""
    refused: int = 0
    """Connections that the server did not take: nothing was sent."""

    bodies: list[bytes] = field(default_factory=list)
    """The first answers that are neither 200 nor 503, or wrong."""

    def add(self, more: Sent) -> None:
        """Count another's as well."""
        self.statuses += more.statuses
        self.lost += more.lost
        self.wrong += more.wrong
        self.refused += more.refused
        self.bodies += more.bodies

    @property
    def sent(self) -> int:
        """All requests."""
        return self.statuses.total() + self.lost

    @property
    def failed(self) -> int:
        """Requests with another answer than 200 or 503."""
        return sum(count for status, count in self.statuses.items() if status not in (200, 503))


class Clients:
    """Ask on ``port`` until told to stop."""

    def __init__(
        self, port: int, count: int, *, kept: bool = True, request: bytes = REQUEST, expected: bytes = b""
    ) -> None:
        """``kept`` connections are asked on as long as they stay open, others once."""
        self.sent = Sent()
        self._port = port
        self._kept = kept
        self._request = request
        self._expected = expected
        self._stopping = False
        self._tasks = [asyncio.create_task(self._client()) for _ in range(count)]

    async def stop(self) -> Sent:
        """Ask no more, once the requests under way are answered."""
        self._stopping = True
        await asyncio.wait(self._tasks, timeout=_PATIENCE)
        for task in self._tasks:
            task.cancel()
        return self.sent

    async def _client(self) -> None:
        while not self._stopping:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError:
                self.sent.refused += 1
                await asyncio.sleep(0.01)
                continue
            await self._converse(reader, writer)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not self._stopping and not reader.at_eof():
            writer.write(self._request)
            try:
                async with asyncio.timeout(_PATIENCE):
                    head = await reader.readuntil(b"\r\n\r\n")
                    length = _LENGTH.search(head)
                    body = await reader.readexactly(int(length[1])) if length else b""
            except (asyncio.IncompleteReadError, TimeoutError, OSError):
                self.sent.lost += 1
                return
            status = int(head[9:12])
            self.sent.statuses[status] += 1
            wrong = status == 200 and self._expected not in body
            self.sent.wrong += wrong
            if (wrong or status not in (200, 503)) and len(self.sent.bodies) < KEPT_BODIES:
                self.sent.bodies.append(body[:300])
            if not self._kept or _CLOSES.search(head):
                return
