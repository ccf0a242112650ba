"""Jobs, each in a process of its own.

Input: a job as plain data, the seconds that it may take. Output: the parts of its answer, as far as they came. Refuses,
with `Busy`, a job for which there is no place.

The processes are forked from one that has everything loaded, which is started again should it end; the kernel ends
each at its time, so nobody here has to.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, Final

RUNNING: Final = 2
WAITING: Final = 8
"""Jobs at once, and those that wait for a place: one user's, in several windows."""

GRACE: Final = 2.0
"""Seconds beyond a job's own, until its process is given up."""

START_SECONDS: Final = 30.0

LARGEST_ANSWER: Final = 32 << 20

_COMMAND: Final = "import sys; sys.path[:] = {}; from keystone_lua.playground.process import serve; serve({})"


class Busy(Exception):
    """No place."""


class Processes:
    """Jobs for one page."""

    def __init__(self) -> None:
        self._parent: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._starting = asyncio.Lock()
        self._places = asyncio.Semaphore(RUNNING)
        self._waiting = 0

    async def parts(self, job: Mapping[str, Any], seconds: float) -> list[dict[str, Any]]:
        """The job's parts; the last is ``{"done": true}``, ``{"trouble": why}``, or another where time ran out. Raises
        `Busy`."""
        if self._waiting >= WAITING:
            raise Busy
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            async with asyncio.timeout(START_SECONDS + seconds):
                await self._begin()
            return await self._done({**job, "seconds": seconds}, seconds + GRACE)
        finally:
            self._places.release()

    async def close(self) -> None:
        """End everything."""
        if self._control is not None:
            self._control.close()  # the parent of all ends itself and them
        if self._parent is not None:
            await asyncio.to_thread(self._parent.wait)

    async def start(self) -> None:
        """Have the first process ready before the first job comes."""
        await self._begin()

    async def _begin(self) -> None:
        async with self._starting:
            if self._parent is not None and self._parent.poll() is None:
                return
            if await asyncio.get_running_loop().sock_recv(self._started(), 1) != b"!":
                raise ConnectionError("the process for runs does not start")

    def _started(self) -> socket.socket:
        """Another parent of all processes, which is not ready yet."""
        if self._control is not None:
            self._control.close()
        self._control, theirs = socket.socketpair()
        self._control.setblocking(False)
        with theirs:
            command = _COMMAND.format(repr(sys.path), theirs.fileno())
            self._parent = subprocess.Popen(
                [sys.executable, "-I", "-c", command], pass_fds=(theirs.fileno(),), start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        return self._control

    async def _done(self, job: Mapping[str, Any], seconds: float) -> list[dict[str, Any]]:
        ours, theirs = socket.socketpair()
        assert self._control is not None
        with theirs:
            socket.send_fds(self._control, [b"j"], [theirs.fileno()])
        data = bytearray()
        reader, writer = await asyncio.open_connection(sock=ours)
        try:
            with contextlib.suppress(TimeoutError, ConnectionError):
                async with asyncio.timeout(seconds):
                    writer.write(json.dumps(job).encode("ascii"))
                    writer.write_eof()
                    while (piece := await reader.read(1 << 16)) and len(data) <= LARGEST_ANSWER:
                        data += piece
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
        return [json.loads(line) for line in bytes(data).split(b"\n")[:-1]]
