"""How long a quiet client waits while the server does something large for others.

In: a scripts folder with 5,000 tenants, a batch of the largest answers, scrapes, a reload of 1,000 changed scripts. Out:
the quiet client's latencies beside each, from the moment at which a request was due.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from . import processes
from .load import REQUEST, ask, post

TENANTS = 5000
CHANGED = 1000
LOAD_SECONDS = 150.0
"""For 5,000 scripts to be compiled, on a machine that others use."""
RATE = 100.0
"""Requests of the quiet client a second."""

BATCH = b"[" + b",".join([b"{}"] * 1000) + b"]"
LARGE = 'local s = string.rep("x", 60000)\nfunction on_route_request() return {selected_backend = s} end\n'

NOTHING = "nothing"
BATCHES = "batches of 1,000 answers of 60 kB"
SCRAPES = "scrapes of 5,000 tenants"
BODIES = "bodies of 900 kB, not ASCII"
RELOADS = "reloads of 1,000 changed scripts"
BESIDE = (NOTHING, BATCHES, SCRAPES, BODIES, RELOADS)


@dataclass(frozen=True)
class Wait:
    """The quiet client's latencies beside one kind of work, in milliseconds."""

    beside: str
    requests: int
    median: float
    p99: float
    worst: float


async def measure(folder: Path, seconds: float, *options: str) -> list[Wait]:
    """Measure beside nothing and beside each kind of work, ``seconds`` each."""
    scripts = folder / "scripts"
    scripts.mkdir()
    for number in range(TENANTS):
        (scripts / f"t{number}.lua").write_text(_script(number, 0))
    (scripts / "a.lua").write_text('function on_route_request() return {selected_backend = "steady"} end\n')
    (scripts / "big.lua").write_text(LARGE)
    found = []
    with processes.server(folder, scripts, "--log-level", "warning", *options, wait=LOAD_SECONDS) as server:
        for number in range(TENANTS):  # a tenant that has decided has three histograms
            await _post(server.port, f"/route/t{number}", b"{}")
        for beside in BESIDE:
            other = multiprocessing.get_context("spawn").Process(target=_disturb, args=(beside, server.port, scripts))
            other.start()
            try:
                await asyncio.sleep(1.0)  # it has begun
                found.append(await _wait(server.port, beside, seconds))
            finally:
                other.terminate()
                await asyncio.to_thread(other.join)
    return found


def _disturb(beside: str, port: int, scripts: Path) -> None:
    """Do one kind of work again and again. In a process of its own, niced: it stands for another machine."""
    os.nice(10)
    work = _works(port, scripts)[beside]

    async def again() -> None:
        while True:
            await work()

    asyncio.run(again())


def _works(port: int, scripts: Path) -> dict[str, Callable[[], Awaitable[object]]]:
    turn = iter(range(1, 1_000_000))

    async def reload() -> None:
        revision = next(turn)
        for number in range(CHANGED):
            (scripts / f"t{number}.lua").write_text(_script(number, revision))
        await _post(port, "/reload", b"")

    return {
        NOTHING: lambda: asyncio.sleep(0.1),
        BATCHES: lambda: _post(port, "/route/big/batch", BATCH),
        SCRAPES: lambda: ask(port, b"GET /metrics HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
        BODIES: lambda: _post(port, "/route/a", b'{"body":"' + b"\xc3\xa9" * 450_000 + b'"}'),
        RELOADS: reload,
    }


async def _wait(port: int, beside: str, seconds: float) -> Wait:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    waits = []
    start = time.perf_counter()
    try:
        for number in range(int(seconds * RATE)):
            due = start + number / RATE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            writer.write(REQUEST)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
            waits.append(1000 * (time.perf_counter() - due))
    finally:
        writer.close()
    waits.sort()
    return Wait(beside, len(waits), statistics.median(waits), waits[int(len(waits) * 0.99)], waits[-1])


def _script(number: int, revision: int) -> str:
    return f'function on_route_request() return {{selected_backend = "b{number}-{revision}"}} end\n'


async def _post(port: int, path: str, body: bytes) -> bytes:
    return await ask(port, post(path, body, b"Connection: close\r\n"))
