"""Whom Envoy asks: makes connections, bounds them all together, ends them.

In: connections from a listening socket that is somebody else's. Out: each served by `connection`. It is to Envoy what
`spoe/agent` is to HAProxy: the same budgets, lanes, log and metrics as HTTP.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

from ..decisions.service import DecisionService
from ..http.lifecycle import Lifecycle
from ..http.write_batching import WriteBatching
from ..settings.config import ServerConfig
from ..telemetry.tracing import Traces
from .connection import Connection, Shared

SWEEP_SECONDS: Final = 1.0
"""Between two looks for connections that have been doing nothing."""


class Agent:
    """Makes connections, and ends them all."""

    def __init__(
        self, config: ServerConfig, decisions: DecisionService, lifecycle: Lifecycle, writes: WriteBatching
    ) -> None:
        backends = {name: list(own.backends) for name, own in config.tenants.items() if own.backends}
        self._shared = Shared(config, decisions, lifecycle, writes, Traces(), backends, self._ended)
        self.connection_ended: Callable[[], None] = lambda: None
        """Called after each connection that was made."""
        self._timer: asyncio.TimerHandle | None = None
        self._sweep()

    @property
    def connections(self) -> set[Connection]:
        """Those that are open."""
        return self._shared.connections

    def __call__(self) -> Connection:
        """Return the protocol of a new connection."""
        return Connection(self._shared)

    def _ended(self) -> None:
        self.connection_ended()

    def _sweep(self) -> None:
        now = time.monotonic()
        for connection in list(self.connections):
            connection.look(now)
        self._timer = asyncio.get_running_loop().call_later(SWEEP_SECONDS, self._sweep)

    def warn(self) -> None:
        """Tell all clients to ask elsewhere from now on. What they ask before they hear it is answered."""
        for connection in list(self.connections):
            connection.warn()

    async def idle(self) -> None:
        """End each connection when nothing is asked on it any more; return when all are ended."""
        while self.connections:
            for connection in list(self.connections):
                if connection.rests:
                    connection.end()
            await asyncio.sleep(0.01)

    def close(self) -> None:
        """End those that are left."""
        for connection in list(self.connections):
            connection.end()
        if self._timer is not None:
            self._timer.cancel()
