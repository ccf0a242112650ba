"""Which client connections may stay: a bound on their number, and on how long one may do nothing.

In: connections that open, answer, and close. Out: aborted connections. Answers a new connection with a 503 when there
are too many and none can be closed for it.

When there are too many, those that have never had an answer are closed, oldest first: they look like a client that
opens connections and sends nothing, or sends a head byte by byte. A connection whose request is being read or decided
never goes, nor one that had an answer within the last second. aiohttp itself closes a connection that has been idle
for long; the sweep here ends those that never sent a first request, and those that do not read.
"""

from __future__ import annotations

import asyncio
import itertools
import resource
from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

from aiohttp import web

SWEEP_SECONDS: Final = 1.0
RECENT_SECONDS: Final = 1.0

RESERVED_DESCRIPTORS: Final = 64
"""Left to everything that is no client connection."""

_TOO_MANY: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
    b"Retry-After: 1\r\nConnection: close\r\n\r\n%b"
)
_TOO_MANY_BODY: Final = b'{"error":"overloaded: too many connections"}\n'


class Admission:
    """See the module's docstring. For the running event loop."""

    def __init__(self, most: int, first_seconds: float, write_seconds: float) -> None:
        self.busy: set[web.RequestHandler] = set()
        """Connections whose request is being read or decided."""
        descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._most = (
            most if descriptors == resource.RLIM_INFINITY else max(1, min(most, descriptors - RESERVED_DESCRIPTORS))
        )
        self._first_seconds = first_seconds
        self._write_seconds = write_seconds
        self._fresh: OrderedDict[web.RequestHandler, float] = OrderedDict()
        """Never answered, with the time of opening, oldest first."""
        self._answered: OrderedDict[web.RequestHandler, float] = OrderedDict()
        """With the time of the last answer, oldest first."""
        self._timer: asyncio.TimerHandle | None = None
        self._now = asyncio.get_running_loop().time

    def __len__(self) -> int:
        return len(self._fresh) + len(self._answered)

    def start(self) -> None:
        """Sweep from now on."""
        self._timer = asyncio.get_running_loop().call_later(SWEEP_SECONDS, self._sweep)

    def stop(self) -> None:
        """Sweep no more."""
        if self._timer is not None:
            self._timer.cancel()

    def opened(self, connection: web.RequestHandler) -> None:
        """Make room for a new connection, or refuse it."""
        if len(self) >= self._most and not self._make_room():
            if connection.transport is not None:
                connection.transport.write(_TOO_MANY % (len(_TOO_MANY_BODY), _TOO_MANY_BODY))
            connection.force_close()
            return
        self._fresh[connection] = self._now()

    def answered(self, connection: web.RequestHandler) -> None:
        """A request of the connection has been decided; its answer is about to be written."""
        if connection in self._answered:
            self._answered.move_to_end(connection)
        elif self._fresh.pop(connection, None) is None:
            return  # closed in the meantime
        self._answered[connection] = self._now()

    def closed(self, connection: web.RequestHandler) -> None:
        """The connection is gone."""
        if self._fresh.pop(connection, None) is None:
            self._answered.pop(connection, None)

    def _make_room(self) -> bool:
        """Abort the connection that can best be missed. False if none can."""
        old = self._now() - RECENT_SECONDS
        quiet: Iterable[web.RequestHandler] = (each for each, at in self._answered.items() if at < old)
        for connection in itertools.chain(self._fresh, quiet):
            if connection not in self.busy:
                self._abort(connection)
                return True
        return False

    def _sweep(self) -> None:
        self.start()
        now = self._now()
        late = [each for each, at in self._fresh.items() if at < now - self._first_seconds and each not in self.busy]
        for connection, at in self._answered.items():
            if at >= now - self._write_seconds:
                break
            transport = connection.transport
            if transport is not None and transport.get_write_buffer_size() and connection not in self.busy:
                late.append(connection)
        for connection in late:
            self._abort(connection)

    def _abort(self, connection: web.RequestHandler) -> None:
        self.closed(connection)
        if connection.transport is not None:
            connection.transport.abort()
