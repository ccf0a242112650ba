"""Where one serving process is in its life (starting, ready, draining), and what it is working on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import web

from ..telemetry.metrics import IN_FLIGHT, WorkerMetrics
from .connection_limits import Admission


@dataclass(slots=True)
class Lifecycle:
    """Shared by everything that answers in one process."""

    metrics: WorkerMetrics
    admission: Admission

    leaving: bool = False
    """Set at SIGTERM: ``/health/ready`` says 503."""

    draining: bool = False
    """Set when ``/route/`` takes no more connections: every answer closes its connection."""

    _idle: asyncio.Event | None = None

    @property
    def busy(self) -> set[web.RequestHandler]:
        """Connections whose request is being read or decided."""
        return self.admission.busy

    def begin(self, connection: web.RequestHandler) -> None:
        """Note that a request of ``connection`` is being answered."""
        busy = self.admission.busy
        busy.add(connection)
        self.metrics.set(IN_FLIGHT, len(busy))

    def end(self, connection: web.RequestHandler) -> None:
        """Note that it is answered."""
        busy = self.admission.busy
        busy.discard(connection)
        self.admission.answered(connection)
        self.metrics.set(IN_FLIGHT, len(busy))
        if self._idle is not None and not busy:
            self._idle.set()

    async def idle(self) -> None:
        """Return when no request is being read or decided."""
        self._idle = asyncio.Event()
        if self.busy:
            await self._idle.wait()
