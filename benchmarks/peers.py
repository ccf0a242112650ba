"""The compute suite side by side with other Luas, in one run.

    python -m benchmarks.peers [--programs fib,sort] [--repeat 3] [--clock wall|cpu] [--write docs/performance.md]

Peers: lua5.1, luajit, gopher-lua (built from gopher/main.go when Go and gopher-lua's sources are installed), and from
PyPI lupa and abstra-lua (``--install`` puts them into benchmarks/.build/venv). Missing ones are skipped by name. The
peers take turns within each round, so that a busy machine slows all of them. A time counts only when the answer is
lua5.1's. Ours is shown twice: ``exec`` from start to exit, and the run alone, compiled once inside the process.
abstra-lua, a tree walker, runs the small sizes, and is compared with ours at the small sizes.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
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

from . import plot
from .http_load import put_section
from .programs import BUILD, ROOT, BenchmarkProgram, load

GOPATH = Path("/usr/share/gocode")
GOPHER_SOURCES = GOPATH / "src" / "github.com" / "yuin" / "gopher-lua"
VENV = BUILD / "venv"
WORKER = str(ROOT / "benchmarks" / "worker.py")
BUDGETS = ("--max-instructions", "100000000000", "--max-memory", "1000000000000", "--max-log", "100000000")
DEPTH = ("--max-depth", "16000")
TIMEOUT = 180.0

OURS = "keystone"
EXEC = "keystone exec"
SMALL = "keystone small"
REFERENCE = "lua5.1"
GOPHER = "gopher-lua"


@dataclass(frozen=True, slots=True)
class Peer:
    """How to run one engine. ``worker``: its time is what the worker says, not the process's."""

    name: str
    command: tuple[str, ...]
    worker: bool = False
    small: bool = False


@dataclass(slots=True)
class Times:
    """What one peer took for one program: (wall, processor) seconds, one pair a round."""

    samples: list[tuple[float, float]] = field(default_factory=list)
    compiling: list[tuple[float, float]] = field(default_factory=list)
    trouble: str = ""


# the peers


def find_peers(names: Sequence[str] | None = None) -> tuple[list[Peer], list[str]]:
    """The peers that this machine has, and a line for each that it has not."""
    python = sys.executable
    peers = [
        Peer(OURS, (python, WORKER, "keystone"), worker=True),
        Peer(EXEC, (python, "-m", "keystone_lua", "exec", *BUDGETS, *DEPTH)),
    ]
    missing = []
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
        ("lupa", "lupa.lua51", "lupa", False),
        ("abstra-lua", "abstra_lua", "abstra", True),
    ):
        if interpreter.exists() and not capture([interpreter, "-c", f"import {module}"]).returncode:
            peers.append(Peer(name, (str(interpreter), WORKER, engine), worker=True, small=small))
            if small:
                peers.append(Peer(SMALL, (python, WORKER, "keystone"), worker=True, small=True))
        else:
            missing.append(f"{name}: not installed (python -m benchmarks.peers --install)")
    if names is not None:
        peers = [peer for peer in peers if peer.name in names or peer.name == OURS]
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
    for package in ("lupa", "abstra-lua"):
        run = capture([VENV / "bin" / "python", "-m", "pip", "install", "--quiet", package])
        if run.returncode:
            print(f"{package}: {run.stderr.strip().splitlines()[-1]}", file=sys.stderr)


def capture(
    command: Sequence[str | Path], environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run to the end; the caller looks at the exit code."""
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


# measuring


def measure(peer: Peer, program: BenchmarkProgram, times: Times, answer: str) -> None:
    """One run of one program by one peer, added to ``times``; or what was wrong."""
    path = program.file(small=peer.small)
    start = time.perf_counter()
    pipe = subprocess.PIPE
    process = subprocess.Popen([*peer.command, path], stdout=pipe, stderr=pipe, text=True, cwd=ROOT)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        output, errors = process.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        times.trouble = f"more than {TIMEOUT:.0f} s"
        return
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        lines = errors.strip().splitlines()
        times.trouble = lines[0] if lines and not peer.worker else lines[-1] if lines else f"exit {process.returncode}"
        return
    if not same(peer, output, answer):
        times.trouble = f"answers {output.strip()[:40]!r}"
        return
    if peer.worker:
        report = json.loads(errors.splitlines()[-1])
        times.samples.append(tuple(report["run"]))
        times.compiling.append(tuple(report["compile"]))
    else:
        processor = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        times.samples.append((wall, processor))


def same(peer: Peer, output: str, answer: str) -> bool:
    """Whether the answer is right. abstra-lua is a Lua 5.5, which prints whole floats with ``.0``."""
    if peer.name == "abstra-lua":
        output = re.sub(r"(\d)\.0\b", r"\1", output)
    return output == answer


Table = dict[str, dict[str, Times]]
"""Program to peer to times."""


def run_all(programs: Iterable[BenchmarkProgram], peers: Sequence[Peer], repeat: int, clock: int) -> Table:
    """Every program by every peer, ``repeat`` rounds, the peers in turn."""
    table: Table = {}
    reference = next((peer for peer in peers if peer.name == REFERENCE), None)
    for program in programs:
        row = table[program.name] = {peer.name: Times() for peer in peers}
        answers = {False: program.answer(), True: program.answer(small=True)}
        if reference is not None:
            live = capture([*reference.command, program.file()]).stdout
            if live != answers[False]:
                raise SystemExit(f"{program.name}: lua5.1 answers otherwise than answers.json; run benchmarks.programs")
        for _ in range(repeat):
            for peer in peers:
                if not row[peer.name].trouble:
                    measure(peer, program, row[peer.name], answers[peer.small])
        troubles = "; ".join(f"{name}: {times.trouble}" for name, times in row.items() if times.trouble)
        shown = " ".join(f"{name} {middle(times, clock):.2f}" for name, times in row.items() if times.samples)
        print(f"{program.name}: {shown}{'; ' if troubles else ''}{troubles}", file=sys.stderr, flush=True)
    return table


def middle(times: Times, clock: int) -> float:
    """The median of a peer's rounds in seconds."""
    return statistics.median(sample[clock] for sample in times.samples)


# what came out


@dataclass(slots=True)
class Summary:
    """The table's figures, ready to print or plot."""

    peers: list[str]
    seconds: dict[str, dict[str, float]]
    ratios: dict[str, dict[str, float]]
    """Program to peer to our seconds by the peer's."""
    means: dict[str, float]
    """Geometric means of the ratios; EXEC's is that of ``exec`` against gopher-lua."""
    compiling: float
    troubles: list[str]


def summarize(table: Table, peers: Sequence[Peer], clock: int) -> Summary:
    """Medians, ratios and geometric means."""
    shown = [peer.name for peer in peers if peer.name != SMALL]
    seconds: dict[str, dict[str, float]] = {}
    ratios: dict[str, dict[str, float]] = {}
    troubles = []
    compiling = []
    for name, row in table.items():
        good = {peer: times for peer, times in row.items() if times.samples and not times.trouble}
        seconds[name] = {peer: middle(times, clock) for peer, times in good.items()}
        troubles += [f"{name} with {peer}: {times.trouble}" for peer, times in row.items() if times.trouble]
        compiling += [sample[clock] for sample in row[OURS].compiling]
        ratios[name] = {}
        for peer in shown:
            ours = seconds[name].get(SMALL if peer == "abstra-lua" else OURS)
            if ours is not None and peer in seconds[name] and peer != OURS:
                ratios[name][peer] = ours / seconds[name][peer]
    means = {}
    for peer in shown:
        values = [ratios[name][peer] for name in ratios if peer in ratios[name]]
        if values:
            means[peer] = geometric_mean(values)
    both = [row[EXEC] / row[GOPHER] for row in seconds.values() if EXEC in row and GOPHER in row]
    if both:
        means[EXEC] = geometric_mean(both)
    return Summary(shown, seconds, ratios, means, statistics.median(compiling) if compiling else 0.0, troubles)


def geometric_mean(values: Sequence[float]) -> float:
    """exp of the mean of the logarithms."""
    return math.exp(sum(map(math.log, values)) / len(values))


def markdown(summary: Summary) -> str:
    """A table: our milliseconds, each peer's, the ratios; the slowest against gopher-lua first."""
    others = [peer for peer in summary.peers if peer not in (OURS, EXEC)]
    key = GOPHER if GOPHER in others else REFERENCE
    order = sorted(summary.ratios, key=lambda name: -summary.ratios[name].get(key, 0.0))
    with_exec = EXEC in summary.peers
    head = ["program", "ours, ms", *(["exec, ms"] if with_exec else []), *(f"{peer}, ms" for peer in others)]
    head += [f"ours / {peer}" for peer in others]
    lines = [f"| {' | '.join(head)} |", "|" + " --- |" + " ---: |" * (len(head) - 1)]
    for name in order:
        seconds, ratios = summary.seconds[name], summary.ratios[name]
        columns = [OURS, *([EXEC] if with_exec else []), *others]
        cells = [name, *(f"{seconds[peer] * 1000:.0f}" if peer in seconds else "-" for peer in columns)]
        for peer in others:
            flag = "**" if peer == key and ratios.get(peer, 0.0) > 1.5 else ""
            cells.append(f"{flag}{shown_ratio(ratios[peer])}{flag}" if peer in ratios else "-")
        lines.append(f"| {' | '.join(cells)} |")
    means = [f"**{shown_ratio(summary.means[peer])}**" if peer in summary.means else "-" for peer in others]
    lines.append(f"| geometric mean |{' |' * (len(head) - 1 - len(others))} {' | '.join(means)} |")
    return "\n".join(lines) + "\n"


def shown_ratio(ratio: float) -> str:
    """Two or three digits, never an exponent."""
    digits = 0 if ratio >= 100 else 1 if ratio >= 10 else 2 if ratio >= 0.1 else 3
    return f"{ratio:.{digits}f}"


def report(summary: Summary, missing: Sequence[str], peers: Sequence[Peer], repeat: int, clock: str) -> str:
    """The whole text: machine, versions, table, worst programs, what was skipped."""
    by = "by the wall clock" if clock == "wall" else "in processor time"
    lines = [f"Machine: {machine()}. Versions: {versions(peers)}."]
    lines.append(
        f"Medians of {repeat} rounds, {by}; the peers take turns within a round; every answer is checked against "
        "lua5.1's. Ours: the run alone, inside the process; `exec` is the whole command, Python's start included. "
        f"Compiling a program takes {summary.compiling * 1000:.0f} ms (median). Ratios are our time by the peer's: "
        "below 1 we are faster; bold marks what is above 1.5 against gopher-lua. abstra-lua runs smaller sizes, and "
        "is compared with ours at those."
    )
    lines.append(markdown(summary))
    if EXEC in summary.means:
        lines.append(f"`exec`, start-up included, against gopher-lua: {summary.means[EXEC]:.2f} (geometric mean).")
    worst = sorted(
        ((ratios[GOPHER], name) for name, ratios in summary.ratios.items() if GOPHER in ratios), reverse=True
    )[:6]
    if worst:
        lines.append("Slowest against gopher-lua: " + ", ".join(f"{name} {ratio:.1f}" for ratio, name in worst) + ".")
    if missing:
        lines.append("Skipped: " + "; ".join(missing) + ".")
    if summary.troubles:
        lines.append("Not counted:\n\n" + "\n".join(f"- {line}" for line in summary.troubles))
    return "\n\n".join(lines) + "\n"


def machine() -> str:
    """Processor, cores, system."""
    model = platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists() and (found := re.search(r"model name\s*:\s*(.+)", cpuinfo.read_text())):
        model = found[1]
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"


def versions(peers: Sequence[Peer]) -> str:
    """What each peer says it is."""
    commands: Mapping[str, tuple[str, ...]] = {
        "lua5.1": ("lua5.1", "-v"),
        "luajit": ("luajit", "-v"),
        GOPHER: ("dpkg-query", "-W", "-f", "gopher-lua ${Version}", "golang-github-yuin-gopher-lua-dev"),
    }
    found = [f"{platform.python_implementation()} {platform.python_version()}"]
    for peer in peers:
        command = commands.get(peer.name)
        if peer.name in ("lupa", "abstra-lua"):
            code = f"from importlib.metadata import version; print('{peer.name}', version('{peer.name}'))"
            command = (str(VENV / "bin" / "python"), "-c", code)
        if command is not None and shutil.which(command[0]):
            run = capture(command)
            found.append(re.sub(r"\s*(--|Copyright).*", "", (run.stdout or run.stderr).strip(), flags=re.DOTALL))
    if shutil.which("go"):
        found.append(capture(["go", "version"]).stdout.split()[2])
    return ", ".join(found)


def write(path: Path, text: str, summary: Summary) -> None:
    """Put the table into ``path`` and draw the plot beside it."""
    drawing = path.with_name("compute.svg")
    against = GOPHER if GOPHER in summary.means else REFERENCE
    drawing.parent.mkdir(parents=True, exist_ok=True)
    if against in summary.means:
        drawing.write_text(plot.ratios(summary.ratios, against, summary.means[against]))
        text = f"![Our time by {against}'s]({drawing.name})\n\n{text}"
    put_section(path, "compute", f"## Compute suite\n\n{text}")


def main(arguments: Sequence[str] | None = None) -> int:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description="The suite beside other Luas.")
    parser.add_argument("--programs", metavar="A,B", help="only these programs")
    parser.add_argument("--peers", metavar="A,B", help="only these peers; ours always runs")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="rounds (default 3)")
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall", help="cpu on a machine that others use too")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the table into this Markdown, a plot beside it")
    parser.add_argument("--install", action="store_true", help="install the PyPI peers into benchmarks/.build/venv")
    options = parser.parse_args(arguments)
    if options.install:
        install()
    programs = load()
    if options.programs:
        names = options.programs.split(",")
        if unknown := [name for name in names if name not in programs]:
            parser.error(f"no such program: {', '.join(unknown)}")
        programs = {name: programs[name] for name in names}
    peers, missing = find_peers(options.peers.split(",") if options.peers else None)
    for line in missing:
        print(f"skipped {line}", file=sys.stderr)
    clock = 0 if options.clock == "wall" else 1
    table = run_all(programs.values(), peers, max(1, options.repeat), clock)
    summary = summarize(table, peers, clock)
    text = report(summary, missing, peers, options.repeat, options.clock)
    print(text)
    if options.write:
        write(options.write, text, summary)
    wrong = [line for line in summary.troubles if f" with {OURS}" in line]
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
