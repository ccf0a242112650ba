"""A decision log whose files are moved and truncated under load, and one whose disk is full for a while.

In: seconds. Out: what was sent, and of the decisions that were answered how many are in some file, how many the server says
are not, and how many nobody tells of.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import processes
from .load import Clients, Sent, ask
from .processes import Server

CLIENTS = 8
PAUSE = 0.6
"""Seconds between two changes to the files."""
DISK_KB = 1 << 16
FILLER_KB = DISK_KB - 700


@dataclass(frozen=True)
class Recorded:
    """What became of the answered decisions."""

    sent: Sent
    recorded: int
    told: int
    """`keystone_decisions_not_recorded_total`."""

    @property
    def untold(self) -> int:
        """Answered, in no file, and not counted as missing."""
        return self.sent.statuses[200] - self.recorded - self.told


async def moved(folder: Path, seconds: float) -> Recorded:
    """Move the files, and move them and send SIGHUP, in turn: what logrotate does without copytruncate."""
    scripts, away = processes.scripts_in(folder), folder / "away"
    away.mkdir()
    async with _recording(folder, folder, scripts) as (server, found):
        until, turn = time.monotonic() + seconds, 0
        while time.monotonic() < until:
            await asyncio.sleep(PAUSE)
            turn += 1
            await asyncio.to_thread(_move, folder, away, turn)
            if turn % 2:
                server.signal(signal.SIGHUP)
    return _counted(found, [folder, away])


async def full(folder: Path, seconds: float) -> Recorded | None:
    """Fill a small disk, then make room again. None where none can be mounted (it takes root)."""
    scripts, disk = processes.scripts_in(folder), folder / "disk"
    disk.mkdir()
    with _disk(disk) as mounted:
        if not mounted:
            return None
        filler = disk / "filler"
        async with _recording(folder, disk, scripts):
            pass  # the scripts' archive is there
        await asyncio.to_thread(filler.write_bytes, b"\0" * (FILLER_KB << 10))
        async with _recording(folder, disk, scripts) as (_, found):
            await asyncio.sleep(seconds / 2)
            await asyncio.to_thread(filler.unlink)
            await asyncio.sleep(seconds / 2)
        return _counted(found, [disk])


@contextlib.asynccontextmanager
async def _recording(folder: Path, logs: Path, scripts: Path) -> AsyncIterator[tuple[Server, list[Recorded]]]:
    """A server that records in ``logs``, under load. What it has told is added to the list at the end."""
    found: list[Recorded] = []
    options = ("--workers", "2", "--log-level", "error", "--decision-log", str(logs / "decisions.jsonl"))
    with processes.server(folder, scripts, *options) as server:
        clients = Clients(server.port, CLIENTS, expected=b"steady")
        yield server, found
        sent = await clients.stop()
        await asyncio.sleep(2.0)  # the counts of what is missing are written once a second
        metrics = await ask(server.port, b"GET /metrics HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        told = sum(float(n) for n in re.findall(rb"^keystone_decisions_not_recorded_total\S* (\S+)", metrics, re.M))
        found.append(Recorded(sent, 0, int(told)))


def _move(folder: Path, away: Path, turn: int) -> None:
    for path in folder.glob("decisions.jsonl*"):
        if path.is_file() and path.suffix != ".lock":
            shutil.move(path, away / f"{turn}-{path.name}")


def _counted(found: list[Recorded], folders: list[Path]) -> Recorded:
    made = found[0]
    files = [path for folder in folders for path in folder.glob("*decisions.jsonl*") if path.is_file()]
    recorded = sum(path.read_bytes().count(b'{"kind":"decision"') for path in files)
    return Recorded(made.sent, recorded, made.told)


@contextlib.contextmanager
def _disk(folder: Path) -> Iterator[bool]:
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_KB}k", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, check=False, capture_output=True).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)
