"""What tests of processes and threads share: to wait until something holds, and a port that nobody has."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from typing import Final

WAIT: Final = 20.0
"""Seconds that no step of a test takes unless something hangs."""

PAUSE: Final = 0.01
LOOPBACK: Final = "127.0.0.1"


def until(holds: Callable[[], bool]) -> None:
    """Wait for what a thread or another process is about to do."""
    deadline = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(PAUSE)


async def soon(holds: Callable[[], bool]) -> None:
    """The same in an event loop."""
    async with asyncio.timeout(WAIT):
        while not holds():  # noqa: ASYNC110  # what is waited for has no event
            await asyncio.sleep(PAUSE / 2)


def free_port() -> int:
    """A port of the loopback address that nobody listened on a moment ago."""
    with socket.create_server((LOOPBACK, 0)) as probe:
        return int(probe.getsockname()[1])
