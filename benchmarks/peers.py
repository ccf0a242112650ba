"""The compute suite side by side with other Luas, in one run.

    python -m benchmarks.peers [--programs fib,sort] [--peers lua5.1,abstra-lua] [--repeat 3] [--limit 30]
                               [--clock wall|cpu] [--write docs/performance.md] [--install] [--pypy PYPY3]

Peers: lua5.1, luajit, gopher-lua (built from gopher/main.go when Go and gopher-lua's sources are installed), and from
PyPI lupa and abstra-lua (``--install`` puts them into benchmarks/.build/venv). Missing ones are skipped by name. The
peers take turns within each round, so that a busy machine slows all of them. A time counts only when the answer is
lua5.1's at that size. Ours is shown twice: ``exec`` from start to exit, and the run alone, compiled once inside the
process; on PyPy, if one is named, the first run and the third.
abstra-lua, a tree walker, runs the small sizes, beside runs of ours at the small sizes. A run that takes longer
than the limit is stopped, named "too slow", and not repeated.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import re
import shutil
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from keystone_lua.interpreter.version import ENGINE_VERSION

from . import plot
from .http_load import put_section
from .peer_runs import (
    ABSTRA,
    EXEC,
    GOPHER,
    LIMIT,
    LUPA,
    OURS,
    PYPY,
    PYPY_WARM,
    REFERENCE,
    SMALL,
    VENV,
    Peer,
    Table,
    capture,
    check_answers,
    find_peers,
    install,
    middle,
    run_all,
)
from .programs import BenchmarkProgram, load


@dataclass(slots=True)
class Summary:
    """The table's figures, ready to print or plot."""

    peers: list[Peer]
    seconds: dict[str, dict[str, float]]
    ratios: dict[str, dict[str, float]]
    """Program to peer to our seconds by the peer's, both at the size that the peer runs."""
    means: dict[str, float]
    """Geometric means of the ratios; EXEC's is that of ``exec`` against gopher-lua."""
    compiling: float
    troubles: dict[str, dict[str, str]]
    """Program to peer to why it has no time."""


def summarize(table: Table, peers: Sequence[Peer], clock: int) -> Summary:
    """Medians, ratios and geometric means."""
    seconds: dict[str, dict[str, float]] = {}
    ratios: dict[str, dict[str, float]] = {}
    troubles: dict[str, dict[str, str]] = {}
    compiling = []
    for name, row in table.items():
        troubles[name] = {peer: times.trouble for peer, times in row.items() if times.trouble}
        good = {peer: times for peer, times in row.items() if times.samples and not times.trouble}
        seconds[name] = {peer: middle(times, clock) for peer, times in good.items()}
        compiling += [sample[clock] for sample in row[OURS].compiling]
        ratios[name] = {}
        for peer in peers:
            ours = seconds[name].get(SMALL if peer.small else OURS)
            if ours is not None and peer.name in seconds[name] and peer.name not in (OURS, EXEC, SMALL):
                ratios[name][peer.name] = ours / seconds[name][peer.name]
    means = {}
    for peer in peers:
        values = [ratios[name][peer.name] for name in ratios if peer.name in ratios[name]]
        if values:
            means[peer.name] = geometric_mean(values)
    both = [row[EXEC] / row[GOPHER] for row in seconds.values() if EXEC in row and GOPHER in row]
    if both:
        means[EXEC] = geometric_mean(both)
    return Summary(list(peers), seconds, ratios, means, statistics.median(compiling) if compiling else 0.0, troubles)


def geometric_mean(values: Sequence[float]) -> float:
    """exp of the mean of the logarithms."""
    return math.exp(sum(map(math.log, values)) / len(values))


def markdown(summary: Summary) -> str:
    """A table: our milliseconds, each peer's, the ratios; the slowest against gopher-lua first. Full sizes only."""
    others = [peer.name for peer in summary.peers if peer.name not in (OURS, EXEC) and not peer.small]
    key = GOPHER if GOPHER in others else REFERENCE
    order = sorted(summary.ratios, key=lambda name: -summary.ratios[name].get(key, 0.0))
    columns = [OURS, *(peer.name for peer in summary.peers if peer.name == EXEC), *others]
    head = ["program", *(f"{TITLES.get(peer, peer)}, ms" for peer in columns), *(f"ours / {peer}" for peer in others)]
    lines = table_head(head)
    for name in order:
        ratios = summary.ratios[name]
        cells = [name, *(milliseconds(summary, name, peer) for peer in columns)]
        for peer in others:
            flag = "**" if peer == key and ratios.get(peer, 0.0) > 1.5 else ""
            cells.append(f"{flag}{shown_ratio(ratios[peer])}{flag}" if peer in ratios else "-")
        lines.append(table_row(cells))
    means = [f"**{shown_ratio(summary.means[peer])}**" if peer in summary.means else "-" for peer in others]
    lines.append(table_row(["geometric mean", *("" for _ in columns), *means]))
    return "\n".join(lines)


def small_markdown(summary: Summary, peer: str, sizes: Mapping[str, int]) -> str:
    """A table for a peer that is slower than we are: how many times, the least first. Small sizes."""
    order = sorted(summary.ratios, key=lambda name: -summary.ratios[name].get(peer, 0.0))
    lines = table_head(["program", "N", "ours, ms", f"{peer}, ms", f"{peer} / ours"])
    for name in order:
        times = [milliseconds(summary, name, column) for column in (SMALL, peer)]
        ratio = summary.ratios[name].get(peer)
        lines.append(table_row([name, str(sizes[name]), *times, shown_ratio(1 / ratio) if ratio else "-"]))
    mean = f"**{shown_ratio(1 / summary.means[peer])}**" if peer in summary.means else "-"
    lines.append(table_row(["geometric mean", "", "", "", mean]))
    return "\n".join(lines)


TITLES = {OURS: "ours", EXEC: "exec"}


def table_head(cells: Sequence[str]) -> list[str]:
    """The first two lines of a Markdown table: names to the left, figures to the right."""
    return [table_row(cells), "|" + " --- |" + " ---: |" * (len(cells) - 1)]


def table_row(cells: Sequence[str]) -> str:
    """A line of a Markdown table."""
    return "|" + "".join(f" {cell} |" if cell else " |" for cell in cells)


def milliseconds(summary: Summary, name: str, peer: str) -> str:
    """A time, or the word for why there is none."""
    seconds = summary.seconds[name].get(peer)
    if seconds is None:
        return summary.troubles[name].get(peer, "-").partition(":")[0]
    return f"{seconds * 1000:.0f}" if seconds >= 0.1 else f"{seconds * 1000:.1f}"


def shown_ratio(ratio: float) -> str:
    """Two or three digits, never an exponent."""
    digits = 0 if ratio >= 100 else 1 if ratio >= 10 else 2 if ratio >= 0.1 else 3
    return f"{ratio:.{digits}f}"


def report(
    summaries: Mapping[str, Summary], missing: Sequence[str], programs: Mapping[str, BenchmarkProgram], rounds: int
) -> str:
    """The whole text: machine, versions, tables, worst programs, what was skipped. Tables are by the first clock."""
    (clock, summary), *others = summaries.items()
    lines = [f"Machine: {machine()}. Versions: {versions(summary.peers)}."]
    lines.append(
        f"{f'Medians of {rounds} rounds' if rounds > 1 else 'One round'}, {clock}; the peers take turns within a "
        "round; every answer is checked against lua5.1's before the time counts. Ours: the run alone, inside the "
        f"process; compiling a program takes {summary.compiling * 1000:.0f} ms (median); `exec` is the whole command, "
        "Python's start included, in one round. lupa's and abstra-lua's are the run alone too, the others' whole "
        "commands. Ratios are our time by the peer's: below 1 we are faster; bold is above 1.5 against gopher-lua."
    )
    lines.append(markdown(summary))
    if EXEC in summary.means:
        lines.append(f"`exec`, start-up included, against gopher-lua: {summary.means[EXEC]:.2f} (geometric mean).")
    if GOPHER in summary.means and PYPY in summary.means:
        first, warm = (summary.means[GOPHER] / summary.means[name] for name in (PYPY, PYPY_WARM))
        lines.append(f"On PyPy by gopher-lua: {warm:.2f} warm, {first:.2f} in the first run (geometric means).")
    worst = sorted(
        ((ratios[GOPHER], name) for name, ratios in summary.ratios.items() if GOPHER in ratios), reverse=True
    )[:6]
    if worst:
        lines.append("Slowest against gopher-lua: " + ", ".join(f"{name} {ratio:.1f}" for ratio, name in worst) + ".")
    for other, figures in others:
        means = [
            f"ours / {peer.name} {shown_ratio(figures.means[peer.name])}"
            if not peer.small
            else f"{peer.name} / ours {shown_ratio(1 / figures.means[peer.name])}"
            for peer in figures.peers
            if peer.name in figures.means and peer.name not in (OURS, EXEC, SMALL)
        ]
        if means:
            lines.append(f"The geometric means {other}: {', '.join(means)}.")
    lines += [small_report(summary, peer.name, programs) for peer in summary.peers if peer.name == ABSTRA]
    if missing:
        lines.append("Skipped: " + "; ".join(missing) + ".")
    troubles = [f"{name}, {peer}: {why}" for name, row in summary.troubles.items() for peer, why in row.items()]
    if troubles:
        lines.append("Not counted:\n\n" + "\n".join(f"- {line}" for line in troubles))
    return "\n\n".join(lines) + "\n"


def small_report(summary: Summary, peer: str, programs: Mapping[str, BenchmarkProgram]) -> str:
    """The part about the peer that runs small sizes."""
    counted = sum(peer in ratios for ratios in summary.ratios.values())
    mean = f"No run of {peer} counts."
    if counted:
        times = shown_ratio(1 / summary.means[peer])
        mean = f"We are {times} times faster than {peer}: the geometric mean of {counted} of {len(programs)} programs."
    return (
        f"### Another pure-Python Lua\n\n{mean} It walks the tree, so both run the small sizes of "
        "`benchmarks/lua`, in the same rounds, and the answers are checked against lua5.1's at these sizes. It is a "
        "Lua 5.5: that it prints whole floats with `.0` is forgiven, other answers are not.\n\n"
        + small_markdown(summary, peer, {name: program.small for name, program in programs.items()})
    )


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
    found = [f"this engine {ENGINE_VERSION}", f"{platform.python_implementation()} {platform.python_version()}"]
    pypys = [peer.command[0] for peer in peers if peer.name == PYPY]
    code = "import sys; print('PyPy %d.%d.%d' % sys.pypy_version_info[:3])"
    found += [capture([path, "-c", code]).stdout.strip() for path in pypys]
    for peer in peers:
        command = commands.get(peer.name)
        if peer.name in (LUPA, ABSTRA):
            code = f"from importlib.metadata import version; print('{peer.name}', version('{peer.name}'))"
            if peer.name == LUPA:
                code += "; from lupa.lua51 import LuaRuntime; print('with', LuaRuntime().lua_implementation)"
            command = (str(VENV / "bin" / "python"), "-c", code)
        if command is not None and shutil.which(command[0]):
            run = capture(command)
            text = re.sub(r"\s*(--|Copyright).*", "", (run.stdout or run.stderr).strip(), flags=re.DOTALL)
            found.append(" ".join(text.split()))
        if peer.name == GOPHER and shutil.which("go"):
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
    parser.add_argument("--limit", type=float, default=LIMIT, metavar="S", help="seconds a run (default %(default)s)")
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall", help="cpu on a machine that others use too")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the table into this Markdown, a plot beside it")
    parser.add_argument("--install", action="store_true", help="install the PyPI peers into benchmarks/.build/venv")
    parser.add_argument("--pypy", metavar="PYPY3", help="a PyPy that has lark: ours runs there too")
    options = parser.parse_args(arguments)
    if options.install:
        install()
    programs = load()
    if options.programs:
        names = options.programs.split(",")
        if unknown := [name for name in names if name not in programs]:
            parser.error(f"no such program: {', '.join(unknown)}")
        programs = {name: programs[name] for name in names}
    peers, missing = find_peers(options.peers.split(",") if options.peers else None, options.pypy)
    for line in missing:
        print(f"skipped {line}", file=sys.stderr)
    clocks = ["by the wall clock", "in processor time"]
    clock = 0 if options.clock == "wall" else 1
    rounds = max(1, options.repeat)
    start = time.monotonic()
    check_answers(programs.values(), peers)
    table = run_all(programs.values(), peers, rounds, clock, options.limit)
    summaries = {clocks[number]: summarize(table, peers, number) for number in (clock, 1 - clock)}
    summary = summaries[clocks[clock]]
    text = report(summaries, missing, programs, rounds)
    print(text)
    print(f"took {(time.monotonic() - start) / 60:.1f} minutes", file=sys.stderr)
    if options.write:
        write(options.write, text, summary)
    return 1 if any(name in (OURS, EXEC, SMALL) for row in summary.troubles.values() for name in row) else 0


if __name__ == "__main__":
    sys.exit(main())
