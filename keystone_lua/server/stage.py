"""Where one serving process is in its life, and what it has in hand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from aiohttp import web

from .metrics import IN_FLIGHT, WorkerMetrics


@dataclass(slots=True)
class Stage:
    """Shared by everything that answers in one process."""

    metrics: WorkerMetrics

    leaving: bool = False
    """Set at SIGTERM: ``/health/ready`` says 503."""

    draining: bool = False
    """Set when ``/route/`` takes no more connections: every answer closes its connection."""

    busy: set[web.RequestHandler] = field(default_factory=set)
    """Connections whose request is being read or decided."""

    _idle: asyncio.Event | None = None

    def begin(self, connection: web.RequestHandler) -> None:
        """Note that a request of ``connection`` is being answered."""
        self.busy.add(connection)
        self.metrics.set(IN_FLIGHT, len(self.busy))

    def end(self, connection: web.RequestHandler) -> None:
        """Note that it is answered."""
        self.busy.discard(connection)
        self.metrics.set(IN_FLIGHT, len(self.busy))
        if self._idle is not None and not self.busy:
            self._idle.set()

    async def idle(self) -> None:
        """Return when no request is being read or decided."""
        self._idle = asyncio.Event()
        if self.busy:
            await self._idle.wait()
