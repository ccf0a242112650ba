"""Processes that are killed under load: workers, lanes, the supervisor; and workers that hang.

In: how many kills. Out: what was sent and lost. A killed worker loses the requests that it had in flight, one a connection
at the most; a killed lane loses no more than its run; and after each kill the server is one.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import processes
from .load import Clients, Sent, post
from .processes import Server, children_of

CLIENTS = 16
MOMENT = 0.7
"""Seconds between two kills."""
HUNG = 6.0
"""Seconds in which a worker that hangs must have been replaced."""


@dataclass(frozen=True)
class Kills:
    """What some kills came to."""

    sent: Sent
    killed: int
    left: int
    """Processes that were still there when the server had ended."""


async def kill(folder: Path, which: str, times: int) -> Kills:
    """Kill ``which``: ``worker``, ``hung worker``, ``lane`` or ``supervisor``, so many times, under load."""
    scripts = processes.scripts_in(folder)
    chance = random.Random(0)
    seen: set[int] = set()
    killed = 0
    with processes.server(folder, scripts, "--workers", "2", "--log-level", "error") as server:
        light = Clients(server.port, CLIENTS, expected=b"steady")
        heavy = Clients(server.port, 3, request=post("/route/heavy", b"{}"), expected=b"heavy")
        for _ in range(times):
            await asyncio.sleep(MOMENT)
            seen |= _family(server)
            victims = _VICTIMS[which](server)
            if victims:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(chance.choice(victims), signal.SIGSTOP if which == "hung worker" else signal.SIGKILL)
                    killed += 1
            if which == "hung worker":
                await asyncio.sleep(HUNG)
            if which == "supervisor":
                await asyncio.to_thread(server.wait)
                await asyncio.to_thread(_until_gone, seen)
                await asyncio.to_thread(server.start)
        await asyncio.sleep(MOMENT)
        seen |= _family(server)
        sent = await light.stop()
        sent.add(await heavy.stop())
    await asyncio.to_thread(_until_gone, seen)
    return Kills(sent, killed, _left(seen))


def _family(server: Server) -> set[int]:
    """All of a server's processes."""
    assert server.process is not None
    found, new = set(), {server.process.pid}
    while new:
        found |= new
        new = {child for process in new for child in children_of(process)} - found
    return found


def _lanes(server: Server) -> list[int]:
    """Lanes, and the processes that they are forked from."""
    assert server.process is not None
    return sorted(_family(server) - {server.process.pid, *server.children()})


_VICTIMS: dict[str, Callable[[Server], list[int]]] = {
    "worker": Server.children,
    "hung worker": Server.children,
    "lane": _lanes,
    "supervisor": lambda server: [server.process.pid] if server.process is not None else [],
}


def _until_gone(processes: set[int]) -> None:
    """Wait for processes that end because their parent has."""
    deadline = time.monotonic() + 15
    while _left(processes) and time.monotonic() < deadline:
        time.sleep(0.05)


def _left(processes: set[int]) -> int:
    return sum(Path(f"/proc/{process}").exists() for process in processes)
