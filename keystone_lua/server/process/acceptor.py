"""Takes new connections from a listening socket that several workers share, so that each worker gets its share.

In: a listening socket. Out: connections of an aiohttp server, or another one. When the process has no descriptors
left, it waits.

asyncio's own accepting takes as many connections as the backlog has places before the other workers have woken up: all
16 of a gateway that keeps its connections went to one of two workers, and stayed there. An `Acceptor` takes one at a
time, and one whose worker has more connections than another lets a moment pass first: 32 at once then split 16 and 16.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from ..telemetry.logs import facts
from ..telemetry.metrics import CONNECTIONS, WorkerMetrics
from .listening import BACKLOG

if TYPE_CHECKING:
    import ssl

logger = logging.getLogger("keystone.server")

YIELD_SECONDS = 0.001
"""For a worker with fewer connections to take this one."""

PAUSE_SECONDS = 1.0
"""Before accepting is tried again that failed for want of descriptors or memory."""

HANDSHAKE_SECONDS = 10.0
"""For a client's part in TLS."""


class Accepting(Protocol):
    """What makes the protocols of new connections, as aiohttp's server does."""

    connection_ended: Callable[[], None]
    """To be called after each connection that was made."""

    def __call__(self) -> asyncio.BaseProtocol:
        """The protocol of a new connection."""


class Acceptor:
    """Accepts on one socket for one worker."""

    def __init__(
        self, listener: socket.socket, server: Accepting, tls: ssl.SSLContext | None, metrics: WorkerMetrics | None
    ) -> None:
        """``metrics`` count connections and tell those of others; None for a socket that need not be shared fairly."""
        self._loop = asyncio.get_running_loop()
        self._listener = listener
        self._server = server
        self._tls = tls
        self._metrics = metrics
        self._opening: set[asyncio.Task[None]] = set()
        self._connections = 0
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Accept from now on."""
        self._listener.setblocking(False)
        self._server.connection_ended = self._ended
        self._loop.add_reader(self._listener, self._arrived)

    async def close(self) -> None:
        """Accept those who have knocked, and no more. Those who hold the socket in other processes go on."""
        if self._listener.fileno() < 0:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._loop.remove_reader(self._listener)
        for _ in range(BACKLOG):
            if not self._take():
                break
        self._listener.close()
        if self._timer is not None:
            self._timer.cancel()
        if self._opening and self._tls is None:
            await asyncio.wait(self._opening)

    async def leave(self) -> None:
        """Accept no more here. Those who have knocked are for others who hold the socket."""
        if self._timer is not None:
            self._timer.cancel()
        self._loop.remove_reader(self._listener)
        self._listener.close()
        if self._opening and self._tls is None:
            await asyncio.wait(self._opening)

    def _arrived(self) -> None:
        if self._metrics is not None and self._metrics.has_more_connections:
            self._wait(YIELD_SECONDS)
        else:
            self._take()

    def _wait(self, seconds: float) -> None:
        self._loop.remove_reader(self._listener)
        self._timer = self._loop.call_later(seconds, self._waited)

    def _waited(self) -> None:
        self._loop.add_reader(self._listener, self._arrived)
        self._take()

    def _take(self) -> bool:
        """Accept one connection, if there is one."""
        try:
            connection, _ = self._listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return False  # another worker has it, or the client has gone
        except OSError as error:
            logger.error("cannot accept", extra=facts(error=str(error)))
            self._wait(PAUSE_SECONDS)
            return False
        self._count(1)
        task = self._loop.create_task(self._open(connection))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)
        return True

    async def _open(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        if connection.family in (socket.AF_INET, socket.AF_INET6):
            # asyncio does so only where it has made the listening socket. Without it the second of two writes waits
            # until the other side has acknowledged the first.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        limit = HANDSHAKE_SECONDS if self._tls is not None else None
        try:
            await self._loop.connect_accepted_socket(
                self._server, connection, ssl=self._tls, ssl_handshake_timeout=limit
            )
        except OSError:  # a client that has gone, or that cannot do TLS as it should
            self._ended()

    def _ended(self) -> None:
        self._count(-1)

    def _count(self, change: int) -> None:
        self._connections += change
        if self._metrics is not None:
            self._metrics.set(CONNECTIONS, self._connections)
