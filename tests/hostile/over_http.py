"""Serve every hostile file as a tenant and compare what a client is told with its verdict.

    python -m tests.hostile.over_http [--failures] [DIR|FILE...]

Each file becomes the body of a function that the tenant's ``on_route_request`` calls, on the same lines. A real server
with default limits loads them all; each is asked for twice over HTTP, and both answers must count the same
instructions and bytes. Beside each file a well-behaved tenant is asked too. Prints a table (time is the longer of the
two requests, MB the resident size of all the server's processes after it) and a summary; exit 1 on a miss, on a
request of the well-behaved tenant that fails, on a Python exception in the log, or above 400 MB.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..soak.__main__ import RESIDENT_MB, family, resident
from ..soak.http import Connection, get, request, served
from ..waiting import free_port
from . import verdicts

START_SECONDS = 180
BEFORE = "local keystone_text = tostring local function keystone_file(...) "
AFTER = "\nend\nfunction on_route_request() return {selected_backend = keystone_text((keystone_file()))} end\n"
GOOD = 'function on_route_request() return {selected_backend = "good"} end\n'
STATUS = dict.fromkeys(("instructions", "memory", "log", "timeout"), "budget") | {"syntax": "syntax"}


@dataclass(frozen=True)
class Told:
    """What a client is told of one run."""

    status: str
    value: str | None
    counts: tuple[int, int]
    seconds: float
    shown: str


def ask(connection: Connection, tenant: str) -> Told:
    """Ask for a tenant's decision."""
    started = time.perf_counter()
    status, body = connection.ask(request(f"/route/{tenant}", b"{}"))
    seconds = time.perf_counter() - started
    answer: dict[str, Any] = json.loads(body)
    if status == 200:
        return Told("ok", answer["selected_backend"], (0, 0), seconds, "ok")
    if status != 500:
        return Told(f"HTTP {status}", None, (0, 0), seconds, f"HTTP {status}")
    kind = answer["kind"]
    counts = answer["instructions"], answer["allocated_bytes"]
    if kind == "result":  # it returned, and what it returned is no text that an answer can hold
        return Told("ok", None, counts, seconds, kind)
    return Told(STATUS.get(kind, "error" if kind in ("runtime", "depth") else kind), None, counts, seconds, kind)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--failures", action="store_true", help="print misses only")
    parser.add_argument("paths", nargs="*", type=Path)
    options = parser.parse_args()
    paths = [path for path in options.paths or [verdicts.OWN, verdicts.SHARED] if path.exists()]
    files = [path for path in paths if path.is_file()] + verdicts.files([path for path in paths if path.is_dir()])
    tenants = {f"h{number}": path for number, path in enumerate(files)}
    if not files:
        print("no hostile files found", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        scripts = Path(folder, "scripts")
        scripts.mkdir()
        (scripts / "good.lua").write_text(GOOD)
        for tenant, path in tenants.items():
            (scripts / f"{tenant}.lua").write_bytes(BEFORE.encode() + path.read_bytes() + AFTER.encode())
        port = free_port()
        log = Path(folder, "log")
        server = served(scripts, port, log)
        try:
            get(port, "/health", wait=START_SECONDS)
            misses = examine(port, server.pid, tenants, options.failures)
        finally:
            server.send_signal(signal.SIGTERM)
            code = server.wait(20)
        complaints = log.read_text("utf-8", "replace")
    if code or "Traceback" in complaints:
        print(f"MISS exit code {code}; log:\n{complaints[:4000]}")
        misses += 1
    return 1 if misses else 0


def is_text(path: Path) -> bool:
    """Whether a file is UTF-8."""
    try:
        path.read_bytes().decode()
    except UnicodeDecodeError:
        return False
    return True


def examine(port: int, pid: int, tenants: dict[str, Path], failures_only: bool) -> int:
    """Ask for every tenant, print the table; return the number of misses."""
    misses, slowest, largest, neighbour = 0, 0.0, 0.0, 0.0
    connection = Connection(port, 30)
    print(f"{'file':34} {'expected':24} {'got':8} {'kind':13} {'instructions':>12} {'bytes':>11} {'s':>6} {'MB':>5}")
    for tenant, path in tenants.items():
        expected = verdicts.expected(path)
        if not is_text(path):
            expected = verdicts.Expected(frozenset({"syntax"}), None)  # the server takes UTF-8 files only
        first, second = ask(connection, tenant), ask(connection, tenant)
        good = ask(connection, "good")
        megabytes = sum(resident(each) for each in family(pid)) / 1e6
        values = [first.value] if first.value is not None else []
        miss = ""
        if first.status not in expected.statuses or (values and not expected.agrees(first.status, values)):
            miss = f"expected {expected.text()}, got {first.status} {values}"
        elif (first.status, first.counts) != (second.status, second.counts) and b"random" not in path.read_bytes():
            # each request has a seed of its own, which only math.random shows
            miss = f"two runs differ: {first.counts} and {second.counts}"
        elif good.value != "good":
            miss = f"the well-behaved tenant was told {good}"
        elif megabytes > RESIDENT_MB:
            miss = "too much memory"
        seconds = max(first.seconds, second.seconds)
        slowest, largest, neighbour = max(slowest, seconds), max(largest, megabytes), max(neighbour, good.seconds)
        misses += bool(miss)
        if miss or not failures_only:
            print(
                f"{path.stem:34} {expected.text()[:24]:24} {first.status:8} {first.shown:13} {first.counts[0]:12} "
                f"{first.counts[1]:11} {seconds:6.2f} {megabytes:5.0f}" + (f"  MISS {miss}" if miss else ""),
                flush=True,
            )
    connection.close()
    print(
        f"{len(tenants)} tenants: {len(tenants) - misses} at their verdict over HTTP, {misses} not; slowest {slowest:.2f} s, "
        f"largest {largest:.0f} MB of all processes, the well-behaved tenant's slowest {neighbour * 1000:.1f} ms"
    )
    return misses


if __name__ == "__main__":
    sys.exit(main())
