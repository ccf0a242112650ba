"""A quiet tenant at a constant rate, first alone, then under attack and reloads.

    python -m tests.soak [--seconds 75] [--rate 150]

Starts a real server. A fifth of the time the quiet tenant is alone; then other tenants send endless loops, memory
bombs, pattern bombs and large answers as fast as they can, clients drip bodies, open connections and do not read,
and a writer half-writes, deletes and renames scripts and reloads all the while, each from processes of its own.
Prints the quiet tenant's latencies in both parts, what the attackers got, and the largest resident size of all the
server's processes together (pages that they share counted once).

Exit 1 if a request of the quiet tenant fails or is answered wrongly, if its p99 under attack is above twice its quiet
value plus 5 ms, or if the resident size is above 400 MB.

Attackers are niced: they stand for other machines and must not take the server's processor. Latencies count from
the moment at which a request was due, so that a server that stands still is seen by every request due meanwhile.
"""

from __future__ import annotations

import argparse
import multiprocessing
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from multiprocessing.queues import Queue
from pathlib import Path

from ..waiting import free_port
from . import attack, quiet
from .http import get, served

RESIDENT_MB = 400
EXTRA_MS = 5.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=75.0, help="of the whole run (default %(default)g)")
    parser.add_argument("--rate", type=float, default=150.0, help="the quiet tenant's requests a second")
    options = parser.parse_args()
    alone = options.seconds / 5
    with tempfile.TemporaryDirectory() as folder:
        scripts = attack.write_scripts(Path(folder))
        port = free_port()
        log = Path(folder, "log")
        server = served(scripts, port, log)
        try:
            get(port, "/health", wait=20)
            watch = Resident(server.pid)
            quiet.measure(port, options.rate, 2.0)  # warms up
            before = quiet.measure(port, options.rate, alone)
            with attackers(port, scripts) as results:
                time.sleep(2.0)
                after = quiet.measure(port, options.rate, options.seconds - alone - 4.0)
            counts = results.counts
            largest = watch.stop()
        finally:
            server.send_signal(signal.SIGTERM)
            code = server.wait(20)
        complaints = log.read_text("utf-8", "replace")
    return report(before, after, counts, largest, code, complaints)


class attackers:  # noqa: N801 - used as a with statement's verb
    """The attacking processes, running."""

    def __init__(self, port: int, scripts: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self.counts: Counter[str] = Counter()
        self._stop = context.Event()
        self._results: Queue[Counter[str]] = context.Queue()
        self._processes = [
            context.Process(target=work, args=(port, str(scripts), self._stop, self._results))
            for work in attack.PROCESSES
        ]

    def __enter__(self) -> attackers:
        for process in self._processes:
            process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for _ in self._processes:
            self.counts.update(self._results.get(timeout=30))
        for process in self._processes:
            process.join(30)


class Resident:
    """Samples the resident size of a process and those below it."""

    def __init__(self, pid: int) -> None:
        self.largest = 0
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        while not self._done.wait(0.25):
            self.largest = max(self.largest, sum(resident(pid) for pid in family(self._pid)))

    def stop(self) -> int:
        """The largest size seen, in bytes."""
        self._done.set()
        self._thread.join()
        return self.largest


def family(pid: int) -> list[int]:
    """A process and all below it."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # gone in the meantime
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = [pid]
    for each in found:
        found.extend(parents.get(each, ()))
    return found


def resident(pid: int) -> int:
    """The resident size of a process in bytes, its share of pages that several have; 0 if it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))


def report(
    before: quiet.Measured, after: quiet.Measured, counts: Counter[str], largest: int, code: int, complaints: str
) -> int:
    """Print the summary; return the exit code."""
    allowed = 2 * before.quantile(0.99) + EXTRA_MS
    print(f"{'quiet tenant':14} {'requests':>8} {'failed':>6} {'p50 ms':>7} {'p99 ms':>7} {'max ms':>7}")
    for name, measured in (("alone", before), ("under attack", after)):
        print(
            f"{name:14} {len(measured.milliseconds):8} {len(measured.failures):6} "
            f"{statistics.median(measured.milliseconds):7.2f} {measured.quantile(0.99):7.2f} {max(measured.milliseconds):7.2f}"
        )
    print(f"p99 allowed {allowed:.2f} ms; resident {largest / 1e6:.0f} MB of {RESIDENT_MB}")
    for name, count in sorted(counts.items()):
        print(f"  {name:40} {count:8}")
    problems = [f"a request failed: {failure}" for failure in (before.failures + after.failures)[:5]]
    if after.quantile(0.99) > allowed:
        problems.append(f"p99 under attack is {after.quantile(0.99):.2f} ms")
    if largest > RESIDENT_MB * 1e6:
        problems.append(f"resident size {largest / 1e6:.0f} MB")
    if code != 0:
        problems.append(f"the server's exit code is {code}")
    if "Traceback" in complaints:
        problems.append(f"a Python exception in the log:\n{complaints[:4000]}")
    for problem in problems:
        print(f"MISS {problem}")
    print("soak: " + ("failed" if problems else "passed"))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
