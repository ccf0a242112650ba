"""Run hostile files through the command line and compare their verdicts.

    python -m tests.hostile [--seconds S] [--jobs N] [--failures] [DIR|FILE...]

Each file runs twice by ``exec --json``, in processes of their own with different hash seeds and a time limit.
The verdict must be the one on line 1, both runs must count the same instructions and bytes, and no run may end
in a Python exception. Prints a table and a summary; exit 1 on a miss. Without arguments: ``tests/lua/security``
and, if it is there, ``../shared/hostile``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..lua.expectations import switches
from . import verdicts

NOW = "1700000000"


@dataclass(frozen=True)
class Run:
    """One run of one file. ``trouble`` says why it is no answer at all."""

    answer: dict[str, Any]
    seconds: float
    peak_kib: int
    trouble: str


@dataclass(frozen=True)
class Row:
    path: Path
    expected: str
    status: str
    runs: tuple[Run, Run]
    miss: str


def run_once(path: Path, seconds: float, hash_seed: str) -> Run:
    """``exec --json`` in a process of its own; its wall time and peak memory."""
    command = [sys.executable, "-m", "keystone_lua", "exec", str(path), "--json", "--now", NOW]
    flags = {"load": "--allow-load", "inert_io": "--inert-io"}
    command += [flags[name] for name, on in switches(path.read_bytes()).items() if on]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, env=environment)
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        _, wait_status, usage = os.wait4(process.pid, 0)
        timer.cancel()
        elapsed = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(wait_status)
        out.seek(0)
        err.seek(0)
        text, complaint = out.read(), err.read().decode("utf-8", "replace")
    trouble = ""
    answer: dict[str, Any] = {}
    if process.returncode == -9 and elapsed >= seconds:
        trouble = f"hangs: no answer in {seconds:g} s"
    elif process.returncode < 0:
        trouble = f"killed by signal {-process.returncode}"
    elif complaint.strip():
        trouble = "on standard error: " + complaint.strip().split("\n")[-1]
    else:
        try:
            answer = json.loads(text)
        except ValueError:
            trouble = f"exit {process.returncode} and no JSON"
    return Run(answer, elapsed, usage.ru_maxrss, trouble)


def examine(path: Path, seconds: float) -> Row:
    """Both runs of a file and what is wrong with them."""
    expected = verdicts.expected(path)
    runs = run_once(path, seconds, "1"), run_once(path, seconds, "2")
    first, second = (run.answer for run in runs)
    status = first.get("status", "none")
    miss = runs[0].trouble or runs[1].trouble
    if not miss and not expected.agrees(status, first["values"]):
        got = f"{status} ={first['values'][0]}" if first["values"] else f"{status} ({first['error']})"
        miss = f"expected {expected.text()}, got {got}"
    counts = [
        (answer.get("status"), answer.get("instructions"), answer.get("allocated_bytes")) for answer in (first, second)
    ]
    if not miss and counts[0] != counts[1]:
        miss = f"two runs differ: {counts[0]} and {counts[1]}"
    return Row(path, expected.text(), status, runs, miss)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0, help="time limit of one run")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--failures", action="store_true", help="print misses only")
    parser.add_argument("paths", nargs="*", type=Path)
    options = parser.parse_args()
    paths = [path for path in options.paths or [verdicts.OWN, verdicts.SHARED] if path.exists()]
    files = [path for path in paths if path.is_file()] + verdicts.files([path for path in paths if path.is_dir()])
    if not files:
        print("no hostile files found", file=sys.stderr)
        return 2
    misses = 0
    slowest, largest = 0.0, 0
    print(f"{'file':34} {'expected':24} {'got':7} {'kind':13} {'instructions':>12} {'bytes':>11} {'s':>6} {'MiB':>5}")
    with ThreadPoolExecutor(options.jobs) as pool:
        for row in pool.map(lambda path: examine(path, options.seconds), files):
            seconds = max(run.seconds for run in row.runs)
            peak = max(run.peak_kib for run in row.runs)
            slowest, largest = max(slowest, seconds), max(largest, peak)
            misses += bool(row.miss)
            if row.miss or not options.failures:
                answer = row.runs[0].answer
                print(
                    f"{row.path.stem:34} {row.expected[:24]:24} {row.status:7} {answer.get('kind') or '-':13} "
                    f"{answer.get('instructions', 0):12} {answer.get('allocated_bytes', 0):11} {seconds:6.2f} {peak >> 10:5}"
                    + (f"  MISS {row.miss}" if row.miss else ""),
                    flush=True,
                )
    print(
        f"{len(files)} files: {len(files) - misses} at their verdict, {misses} not; "
        f"slowest {slowest:.2f} s, largest {largest >> 10} MiB"
    )
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main())
