"""What a server takes: start, latency at a constant rate, memory, and what a second worker changes.

    python -m benchmarks.serving [--rate 1000] [--seconds 10] [--requests 100000] [--starts 5]

Answers are checked before figures count. Latencies are from when each request was due, not from when it could be sent.
``wrk`` makes the closed loads; exits 1 if a request failed, 2 if ``wrk`` is not installed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.soak.quiet import measure

from .http_load import LOOPBACK, Started, check_answers, load, started, write_load
from .programs import ROOT

CONNECTIONS = 16
ROUNDS = 3
MARKS = (0.1, 0.5, 1.0)
"""Shares of the requests after which memory is looked at."""


def engine(*arguments: str) -> list[str]:
    """The command line of a server, less its port."""
    return [sys.executable, "-m", "keystone_lua", "serve", "-scripts", str(ROOT / "scripts"), *arguments, "-addr"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description="What a server takes.")
    parser.add_argument("--rate", type=int, default=1000, metavar="N", help="requests a second (default %(default)s)")
    parser.add_argument("--seconds", type=int, default=10, metavar="N", help="of that load (default %(default)s)")
    parser.add_argument("--requests", type=int, default=100_000, metavar="N", help="before memory counts as settled")
    parser.add_argument("--starts", type=int, default=5, metavar="N", help="of a server (default %(default)s)")
    options = parser.parse_args(arguments)
    if shutil.which("wrk") is None:
        print("benchmarks.serving: wrk is not installed (Debian: apt-get install wrk)", file=sys.stderr)
        return 2
    failed = 0
    print(f"first correct answer after start  {first_answers(options.starts)}")
    with tempfile.TemporaryDirectory() as folder:
        script = write_load(Path(folder))
        with started(engine(), f"{LOOPBACK}:") as server:
            check_answers(server)
            at_rate = measure(server.port, options.rate, options.seconds)
            failed += len(at_rate.failures)
            print(
                f"{options.rate} requests a second, {options.seconds} s  p50 {at_rate.quantile(0.5):.2f} ms   "
                f"p99 {at_rate.quantile(0.99):.2f} ms   {len(at_rate.failures)} failed"
            )
            print(f"resident, main process, after {memory_after(server, script, options.requests)} requests")
            lanes = [kilobytes(pid, "Pss") for pid in processes(server.pid)[1:]]
            print(f"Pss of each lane process and their zygote  {', '.join(f'{size / 1024:.0f} MB' for size in lanes)}")
        shares = []
        for _ in range(ROUNDS):
            one, two = cpu_per_request(script, 1), cpu_per_request(script, 2)
            shares.append(two[0] / one[0])
        print(f"processor time of a request, two workers by one  {statistics.median(shares):.2f}")
        print(f"private memory of each worker  {', '.join(f'{size / 1024:.0f} MB' for size in two[1])}")
    return 1 if failed else 0


def first_answers(count: int) -> str:
    """Milliseconds from the start of the process to the first correct answer."""
    times = []
    for _ in range(count):
        with started(engine(), f"{LOOPBACK}:") as server:
            times.append(check_answers(server))
    return f"median {statistics.median(times):.0f} ms, best {min(times):.0f} ms of {count}"


def memory_after(server: Started, script: Path, requests: int) -> str:
    """Resident memory on the way to ``requests``."""
    shown, done = [], 0.0
    for mark in MARKS:
        while done < requests * mark:
            done += load(server, script, 2, CONNECTIONS).rate * 2
        shown.append(f"{done:,.0f}: {kilobytes(server.pid, 'Rss') / 1024:.1f} MB")
    return ", ".join(shown)


def cpu_per_request(script: Path, workers: int) -> tuple[float, list[int]]:
    """Microseconds of all serving processes, and the private memory of each worker in kB."""
    with started(engine("--workers", str(workers)), f"{LOOPBACK}:") as server:
        check_answers(server)
        everyone = processes(server.pid)
        before = sum(map(cpu_seconds, everyone))
        measured = load(server, script, 4, CONNECTIONS)
        used = sum(map(cpu_seconds, everyone)) - before
        private = [kilobytes(pid, "Private_Dirty") for pid in children(server.pid)] if workers > 1 else []
        return used / (measured.rate * 4) * 1e6, private


def children(pid: int) -> list[int]:
    """The processes that ``pid`` has started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def processes(pid: int) -> list[int]:
    """A process and all below it."""
    return [pid, *(below for child in children(pid) for below in processes(child))]


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def kilobytes(pid: int, what: str) -> int:
    """A line of ``smaps_rollup``, in kB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1])
    raise LookupError(what)


if __name__ == "__main__":
    sys.exit(main())
