"""The peers of the compute suite: which are here, and one program run by each in turn.

Output: times by program and peer, or why one has none. A time counts only when the answer is lua5.1's at that size.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .programs import BUILD, ROOT, BenchmarkProgram

GOPATH = Path("/usr/share/gocode")
GOPHER_SOURCES = GOPATH / "src" / "github.com" / "yuin" / "gopher-lua"
VENV = BUILD / "venv"
WORKER = str(ROOT / "benchmarks" / "worker.py")
BUDGETS = ("--max-instructions", "100000000000", "--max-memory", "1000000000000", "--max-log", "100000000")
DEPTH = ("--max-depth", "16000")
LIMIT = 30
"""Seconds for one run of one program: the slowest takes 7 here. 43 programs and 3 rounds stay a matter of minutes."""

OURS = "keystone"
EXEC = "keystone exec"
SMALL = "keystone small"
REFERENCE = "lua5.1"
GOPHER = "gopher-lua"
LUPA = "lupa"
ABSTRA = "abstra-lua"
PYPY = "on PyPy"
PYPY_WARM = "on PyPy, warm"


@dataclass(frozen=True, slots=True)
class Peer:
    """How to run one engine. ``worker``: its time is what the worker says, not the process's. ``small``: its sizes.

    ``once``: in the first round only.
    """

    name: str
    command: tuple[str, ...]
    worker: bool = False
    small: bool = False
    once: bool = False


@dataclass(slots=True)
class Times:
    """What one peer took for one program: (wall, processor) seconds, one pair a round."""

    samples: list[tuple[float, float]] = field(default_factory=list)
    compiling: list[tuple[float, float]] = field(default_factory=list)
    trouble: str = ""
    """Why none of them counts: a word or two for the table's cell, then ``:`` and what happened."""


# the peers


def find_peers(names: Sequence[str] | None = None, pypy: str | None = None) -> tuple[list[Peer], list[str]]:
    """The peers that this machine has, and a line for each that it has not; ``pypy``: an interpreter."""
    python = sys.executable
    peers = [
        Peer(OURS, (python, WORKER, "keystone"), worker=True),
        # The run is ours again, only the start is new: every round of it would take a quarter of the whole time.
        Peer(EXEC, (python, "-m", "keystone_lua", "exec", *BUDGETS, *DEPTH), once=True),
    ]
    missing = []
    if pypy is not None:
        peers.append(Peer(PYPY, (pypy, WORKER, "keystone"), worker=True))
        peers.append(Peer(PYPY_WARM, (pypy, WORKER, "keystone-warm"), worker=True))
    for name in ("lua5.1", "luajit"):
        if path := shutil.which(name):
            peers.append(Peer(name, (path,)))
        else:
            missing.append(f"{name}: not installed (apt-get install {name})")
    try:
        peers.append(Peer(GOPHER, (build_gopher(),)))
    except OSError as error:
        missing.append(f"{GOPHER}: {error}")
    interpreter = VENV / "bin" / "python"
    for name, module, engine, small in (
        (LUPA, "lupa.lua51", "lupa", False),
        (ABSTRA, "abstra_lua", "abstra", True),
    ):
        if interpreter.exists() and not capture([str(interpreter), "-c", f"import {module}"]).returncode:
            peers.append(Peer(name, (str(interpreter), WORKER, engine), worker=True, small=small))
            if small:
                peers.append(Peer(SMALL, (python, WORKER, "keystone"), worker=True, small=True))
        else:
            missing.append(f"{name}: not installed (python -m benchmarks.peers --install)")
    if names is not None:
        wanted = {*names, OURS, PYPY, PYPY_WARM, *([SMALL] if ABSTRA in names else [])}
        peers = [peer for peer in peers if peer.name in wanted]
        missing = [line for line in missing if line.split(":")[0] in names]
    return peers, missing


def build_gopher() -> str:
    """The gopher-lua runner, built anew when its source is newer. Raises OSError."""
    source = ROOT / "benchmarks" / "gopher" / "main.go"
    binary = BUILD / "gopher"
    if binary.exists() and binary.stat().st_mtime > source.stat().st_mtime:
        return str(binary)
    if not shutil.which("go"):
        raise OSError("go is not installed (apt-get install golang-go)")
    if not GOPHER_SOURCES.is_dir():
        raise OSError("no sources (apt-get install golang-github-yuin-gopher-lua-dev)")
    BUILD.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(GOPATH), "GOCACHE": str(BUILD / "gocache")}
    run = capture(["go", "build", "-o", binary, source], environment)
    if run.returncode:
        raise OSError(f"does not build: {run.stderr.strip()}")
    return str(binary)


def install() -> None:
    """lupa and abstra-lua into the ignored environment; what cannot be had is skipped by name later."""
    if not (VENV / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for package in (LUPA, f"{ABSTRA}==0.0.1"):  # worker.py calls its parser, which is nobody's promise
        run = capture([*pip, package])
        if run.returncode:
            print(f"{package}: {last_line(run.stderr) or 'pip failed'}", file=sys.stderr)


def capture(
    command: Sequence[str | Path], environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run to the end; the caller looks at the exit code."""
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def last_line(text: str) -> str:
    """Where a Python traceback says what happened."""
    return text.strip().rpartition("\n")[2]


# measuring


def measure(peer: Peer, program: BenchmarkProgram, times: Times, answer: str, limit: float) -> None:
    """One run of one program by one peer, added to ``times``; or what was wrong."""
    path = program.file(small=peer.small)
    start = time.perf_counter()
    pipe = subprocess.PIPE
    process = subprocess.Popen([*peer.command, path], stdout=pipe, stderr=pipe, text=True, cwd=ROOT)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        output, errors = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        times.trouble = f"too slow: more than {limit:g} s"
        return
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        message = last_line(errors) if peer.worker else errors.strip().partition("\n")[0]
        times.trouble = f"fails: {message or f'exit {process.returncode}'}"
        return
    if not same(peer, output, answer):
        times.trouble = f"wrong: {difference(as_lua51(peer, output), answer)}"
        return
    if peer.worker:
        report = json.loads(errors.splitlines()[-1])
        times.samples.append(tuple(report["run"]))
        times.compiling.append(tuple(report["compile"]))
    else:
        processor = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        times.samples.append((wall, processor))


def same(peer: Peer, output: str, answer: str) -> bool:
    """Whether the answer is right."""
    return as_lua51(peer, output) == answer


def as_lua51(peer: Peer, output: str) -> str:
    """The output as a Lua 5.1 prints it: abstra-lua is a Lua 5.5, whose whole floats end with ``.0``."""
    return re.sub(r"(?<![\w.])(-?\d+)\.0(?![\w.])", r"\1", output) if peer.name == ABSTRA else output


def difference(output: str, answer: str) -> str:
    """The first word that is another one."""
    for got, right in itertools.zip_longest(output.split(), answer.split(), fillvalue="nothing"):
        if got != right:
            return f"{got[:30]} where lua5.1 says {right[:30]}"
    return "other white space"


Table = dict[str, dict[str, Times]]
"""Program to peer to times."""


def check_answers(programs: Iterable[BenchmarkProgram], peers: Sequence[Peer]) -> None:
    """Compare the kept answers, at each size that will be run, with this machine's lua5.1. Raises SystemExit."""
    reference = next((peer for peer in peers if peer.name == REFERENCE), None)
    if reference is None:
        return
    for program in programs:
        for small in sorted({peer.small for peer in peers}):
            if capture([*reference.command, program.file(small)]).stdout != program.answer(small):
                size = "small" if small else "full"
                raise SystemExit(
                    f"{program.name}, {size} size: lua5.1 answers otherwise than answers.json; run benchmarks.programs"
                )


def run_all(
    programs: Iterable[BenchmarkProgram], peers: Sequence[Peer], repeat: int, clock: int, limit: float
) -> Table:
    """Every program by every peer, ``repeat`` rounds, the peers in turn."""
    table: Table = {}
    for program in programs:
        row = table[program.name] = {peer.name: Times() for peer in peers}
        answers = {False: program.answer(), True: program.answer(small=True)}
        for number in range(repeat):
            for peer in peers:
                if not row[peer.name].trouble and not (peer.once and number):
                    measure(peer, program, row[peer.name], answers[peer.small], limit)
        troubles = "; ".join(f"{name}: {times.trouble}" for name, times in row.items() if times.trouble)
        shown = " ".join(f"{name} {middle(times, clock):.2f}" for name, times in row.items() if times.samples)
        print(f"{program.name}: {shown}{'; ' if troubles else ''}{troubles}", file=sys.stderr, flush=True)
    return table


def middle(times: Times, clock: int) -> float:
    """The median of a peer's rounds in seconds."""
    return statistics.median(sample[clock] for sample in times.samples)
