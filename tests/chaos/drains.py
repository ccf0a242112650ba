"""SIGTERM under load: nothing that was sent whole is lost.

In: how many stops. Out: what was sent and lost. Direct: clients that keep their connections, and clients that make one
for each request, of one and two workers. Behind nginx: two servers, restarted in turn, while clients of nginx ask.
"""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from . import processes
from .load import Clients, Sent

CLIENTS = 32
MOMENT = 0.5
"""Seconds of load before and after a stop."""


async def direct(folder: Path, workers: int, stops: int, *, kept: bool = True) -> Sent:
    """Stop a server under load, again and again. Returns all that was sent."""
    total = Sent()
    scripts = processes.scripts_in(folder)
    for _ in range(stops):
        with processes.server(folder, scripts, "--workers", str(workers)) as server:
            clients = Clients(server.port, CLIENTS, kept=kept, expected=b"steady")
            await asyncio.sleep(MOMENT)
            server.signal(signal.SIGTERM)
            await asyncio.to_thread(server.wait)
            total.add(await clients.stop())

    return total


async def behind_nginx(folder: Path, workers: int, stops: int) -> Sent:
    """Restart two servers behind nginx, in turn. Any answer but a 200 is a request that nginx lost with us."""
    scripts = processes.scripts_in(folder)
    with (
        processes.server(folder, scripts, "--workers", str(workers)) as one,
        processes.server(folder, scripts, "--workers", str(workers)) as other,
        processes.nginx(folder, [one.port, other.port]) as port,
    ):
        clients = Clients(port, CLIENTS, expected=b"steady")
        for number in range(stops):
            await asyncio.sleep(MOMENT)
            server = (one, other)[number % 2]
            server.signal(signal.SIGTERM)
            await asyncio.to_thread(server.wait)
            await asyncio.to_thread(server.start)
        await asyncio.sleep(MOMENT)
        return await clients.stop()
