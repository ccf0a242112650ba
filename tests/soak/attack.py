"""The attackers: each function is a process that works until it is told to stop, then says what it got."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path

from .http import LOOPBACK, Connection, request

ROOT = Path(__file__).parents[2]
NICENESS = 10

LOOPS = {
    "loop": "function on_route_request() while true do end end",
    "pcall-loop": "function on_route_request() while true do pcall(error) end end",
    "pattern": "function on_route_request() return ('a'):rep(5000):find(('a-'):rep(30) .. 'b') end",
    "recursion": "local function f() return 1 + f() end function on_route_request() while true do pcall(f) end end",
}
BOMBS = {
    "double": "function on_route_request() local s = 'x' while true do s = s .. s end end",
    "tables": "function on_route_request() local t = {} for i = 1, 1e9 do t[i] = {} end end",
    "rep": "function on_route_request() return {selected_backend = ('x'):rep(1e9)} end",
    "log": "function on_route_request() while true do print(('x'):rep(1000)) end end",
    "answer": "function on_route_request() return {selected_backend = ('é'):rep(32000)} end",
    "headers": """function on_route_request()
        local t, s = {}, ('x'):rep(6e4)
        for i = 1, 2e4 do t['H' .. i] = s end
        return {modified_headers = t}
    end""",
    "error": "function on_route_request() error(('x'):rep(5e6)) end",
    "heavy": "function on_route_request() local n = 0 for i = 1, 2e5 do n = n + i % 7 end return {} end",
}

Work = Callable[[int, str, Event, "Queue[Counter[str]]"], None]


def write_scripts(folder: Path) -> Path:
    """A scripts folder: the bundled scripts and the attackers'."""
    scripts = folder / "scripts"
    shutil.copytree(ROOT / "scripts", scripts)
    for name, text in {**LOOPS, **BOMBS}.items():
        (scripts / f"{name}.lua").write_text(text)
    return scripts


def _threads(stop: Event, results: Queue[Counter[str]], *calls: Callable[[Counter[str]], None]) -> None:
    """Run each call again and again in a thread of its own."""
    os.nice(NICENESS)
    counts: Counter[str] = Counter()

    def repeat(call: Callable[[Counter[str]], None]) -> None:
        while not stop.is_set():
            with contextlib.suppress(OSError):
                call(counts)

    threads = [threading.Thread(target=repeat, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put(counts)


def _flood(port: int, tenant: str, stop: Event) -> Callable[[Counter[str]], None]:
    data = request(f"/route/{tenant}", b'{"method": "GET", "path": "/"}')

    def flood(counts: Counter[str]) -> None:
        connection = Connection(port)
        with contextlib.closing(connection.socket):
            while not stop.is_set():
                status, _ = connection.ask(data)
                counts[f"{tenant}: {status}"] += 1

    return flood


def loops(port: int, _: str, stop: Event, results: Queue[Counter[str]]) -> None:
    """Endless loops, eight connections a tenant: five may wait or run, the others are refused as fast as they ask."""
    _threads(stop, results, *[_flood(port, tenant, stop) for tenant in LOOPS for _ in range(8)])


def bombs(port: int, _: str, stop: Event, results: Queue[Counter[str]]) -> None:
    """Memory bombs, floods of log and answers, one connection a tenant."""
    _threads(stop, results, *[_flood(port, tenant, stop) for tenant in BOMBS if tenant != "answer"])


def slow(port: int, _: str, stop: Event, results: Queue[Counter[str]]) -> None:
    """Clients that drip bodies and heads, do not read, reset, or only connect."""

    def connect() -> socket.socket:
        return socket.create_connection((LOOPBACK, port), 10)

    def drip(counts: Counter[str]) -> None:
        with contextlib.ExitStack() as stack:
            open_ = [stack.enter_context(connect()) for _ in range(20)]
            for each in open_:
                each.sendall(
                    b"POST /route/canary HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n" + b"[" * 100_000
                )
            for _ in range(15):
                for each in open_:
                    with contextlib.suppress(OSError):
                        each.sendall(b"[")
                if stop.wait(0.5):
                    break
            counts["dripped bodies"] += len(open_)

    def heads(counts: Counter[str]) -> None:
        with contextlib.ExitStack() as stack:
            open_ = [stack.enter_context(connect()) for _ in range(40)]
            for byte in b"POST /route/canary HTTP/1.1":
                for each in open_:
                    with contextlib.suppress(OSError):
                        each.sendall(bytes([byte]))
                if stop.wait(0.3):
                    break
            counts["dripped heads"] += len(open_)

    def deaf(counts: Counter[str]) -> None:
        with connect() as each:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            each.settimeout(0.5)
            with contextlib.suppress(TimeoutError):
                each.sendall(request("/route/answer", b"{}") * 20)
            stop.wait(2.0)
            counts["clients that do not read"] += 1

    def reset(counts: Counter[str]) -> None:
        with connect() as each:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            each.sendall(request("/route/loop", b"{}"))
            time.sleep(0.01)
        counts["clients that went away"] += 1

    _threads(stop, results, drip, heads, deaf, reset)


def reloads(port: int, scripts: str, stop: Event, results: Queue[Counter[str]]) -> None:
    """A writer that half-writes, deletes and renames scripts, and reloads."""
    folder = Path(scripts)
    text = (folder / "canary.lua").read_bytes()
    choice = random.Random(1)

    def write(counts: Counter[str]) -> None:
        path = folder / f"changing{choice.randrange(5)}.lua"
        action = choice.randrange(4)
        if action == 0:
            path.write_bytes(text[: choice.randrange(len(text))])
        elif action == 1:
            path.unlink(missing_ok=True)
        elif action == 2:
            beside = folder / "changing.tmp"
            beside.write_bytes(text + b"-- %d\n" % choice.randrange(1 << 30))
            beside.replace(path)
        elif path.exists():
            path.replace(folder / f"changing{choice.randrange(5)}.lua")
        connection = Connection(port)
        with contextlib.closing(connection.socket):
            status, _ = connection.ask(request("/reload", b""))
        counts[f"reload: {status}"] += 1
        time.sleep(0.02)

    _threads(stop, results, write)


PROCESSES: tuple[Work, ...] = (loops, bombs, slow, reloads)
