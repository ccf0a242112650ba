"""Campaigns that measure what the prices stand for: all of them, or one. Times are the processor's, and good on a quiet machine only.

    python -m tests.budgets grid [K/N] [WORD ...]    every function, operator and statement with an attack in each of its places;
                                                     every Nth case from the Kth on, those whose name has a WORD
    python -m tests.budgets growth                   docs/security.md's table of what pays for what
    python -m tests.budgets dearest [DIR|FILE ...]   nanoseconds an instruction: operations, hostile files, library calls,
                                                     against the mean over benchmarks/lua; 20 times that and 5 s are allowed
    python -m tests.budgets library                  time an instruction and peak memory of every function at N and 10 N
    python -m tests.budgets slices [DIR|FILE ...]    the longest first slice, which holds the server's loop: 50 ms are allowed;
                                                     without files, decisions on bodies of a megabyte as well
    python -m tests.budgets recording                the longest record of a decision, masked values and log lines with it: 50 ms
    python -m tests.budgets compile [SHAPE ...]      time and memory to compile the worst shapes of source at the limits,
                                                     on every CPython
    python -m tests.budgets names [SHAPE ...]        the same for shapes of names and functions, on every CPython
    python -m tests.budgets determinism              all programs on every CPython; names the versions that are missing

Exit 1 where a bound does not hold.
"""

from __future__ import annotations

import contextlib
import json
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from keystone_lua.interpreter import Limits, LuaSyntaxError, Program, SliceExhausted, compile_program, execute
from keystone_lua.interpreter.limits import DEFAULT
from keystone_lua.server.decisions.service import SLICE

from ..hostile import verdicts
from . import (
    compile_campaign,
    first_slices,
    grid,
    growth,
    in_lanes,
    library_cases,
    modules,
    name_campaign,
    pythons,
    recorded,
)
from .answers import programs
from .library_cases import Case
from .measure import cost, program, room

CASES: Final = {**library_cases.CASES, **modules.CASES}
"""Calls of every function, the routing library's too."""
ROOT = Path(__file__).resolve().parents[2]
OPERATIONS: Final = Path(__file__).with_name("operations")
ALLOWED: Final = 20
SECONDS: Final = 5.0
SLICE_MILLISECONDS: Final = 50
FEW: Final = 2_000
"""Instructions below which a run's own 50 µs hide what an instruction takes."""


SAMPLE: Final = Limits(instructions=500_000, memory=DEFAULT.memory, log=64 << 20)
"""What every program is tried with; the dearest then run at the default limits."""
WHOLE: Final = 40
"""Programs that do, and lines of the table."""


@dataclass(frozen=True, order=True)
class Measured:
    """Processor time for one instruction, in nanoseconds, of ``instructions`` of them."""

    each: float
    instructions: int
    name: str

    @property
    def seconds(self) -> float:
        return self.each * self.instructions / 1e9


def measured(program: Program, name: str, limits: Limits, least: int = FEW) -> Measured | None:
    """The faster of two runs; None if it has fewer than ``least`` instructions."""
    best = float("inf")
    for _ in range(2):
        started = time.process_time()
        result = execute(program, limits, now=1_700_000_000.0)
        best = min(best, time.process_time() - started)
    if result.instructions < least:
        return None
    return Measured(best * 1e9 / result.instructions, result.instructions, name)


def compiled(path: Path) -> Program | None:
    try:
        return compile_program(path.read_bytes(), path.name)
    except LuaSyntaxError:
        return None


def mean() -> float:
    """Nanoseconds an instruction over the compute benchmarks."""
    limits = Limits(instructions=2_000_000, memory=4 << 30, log=64 << 20)
    programs = {path.stem: compiled(path) for path in verdicts.files([ROOT / "benchmarks" / "lua"])}
    found = [measured(program, name, limits) for name, program in programs.items() if program]
    return statistics.mean(each.each for each in found if each)


def dearest(arguments: list[str]) -> int:
    paths = [Path(argument) for argument in arguments] or [OPERATIONS, verdicts.OWN, verdicts.SHARED]
    files = [path for path in paths if path.is_file()] + verdicts.files([path for path in paths if path.is_dir()])
    usual = mean()
    print(f"mean over the benchmarks: {usual:.1f} ns an instruction")
    programs = {f"{path.parent.name}/{path.stem}": program for path in files if (program := compiled(path))}
    rows = sorted(filter(None, (measured(programs[name], name, SAMPLE) for name in programs)), reverse=True)
    print(f"{len(programs)} programs, {len(rows)} of them with {FEW} instructions or more", flush=True)
    bad = 0
    for row in rows[:WHOLE]:
        bad += report(measured(programs[row.name], row.name, Limits(log=64 << 20)) or row, usual)
    print("library functions, arguments of 1,000 and 10 elements")
    calls = [call for name, case in CASES.items() for size in (1000, 10) if (call := library_call(name, case, size))]
    for row in sorted(calls, reverse=True)[:WHOLE]:
        bad += report(row, usual)
    return int(bad > 0)


def report(row: Measured, usual: float) -> bool:
    """A line of the table; true if the row breaks a bound."""
    times = row.each / usual
    print(
        f"{row.name:40} {row.each:8.1f} ns {times:5.1f} x {row.instructions:9} instructions {row.seconds:6.2f} s",
        flush=True,
    )
    return times > ALLOWED or row.seconds > SECONDS


def recording(arguments: list[str]) -> int:
    """Print the longest records."""
    found = sorted(((seconds * 1000, name) for name, seconds in recorded.records()), reverse=True)
    print(f"{len(found)} records; milliseconds of the longest:")
    for milliseconds, name in found[:10]:
        print(f"{milliseconds:7.1f}  {name}")
    return int(found[0][0] > SLICE_MILLISECONDS)


def slices(arguments: list[str]) -> int:
    """The worst of what a run does in the event loop before it moves to a lane, start-up included."""
    paths = [Path(argument) for argument in arguments] or [OPERATIONS, verdicts.OWN, verdicts.SHARED]
    files = [path for path in paths if path.is_file()] + verdicts.files([path for path in paths if path.is_dir()])
    rows = []
    for path in files:
        if (program := compiled(path)) is None:
            continue
        started = time.process_time()
        with contextlib.suppress(SliceExhausted):
            execute(program, DEFAULT, slice=SLICE)
        rows.append((1000 * (time.process_time() - started), path.name))
    if not arguments:
        rows += first_slices.longest(10)
    rows.sort(reverse=True)
    print(f"{len(rows)} programs, {SLICE} instructions each; milliseconds of the longest:")
    for milliseconds, name in rows[:10]:
        print(f"{milliseconds:8.1f}  {name}")
    return int(rows[0][0] > SLICE_MILLISECONDS)


def library_call(name: str, case: Case, size: int) -> Measured | None:
    """What the calls of a case take beyond what prepares them."""
    full, empty = (
        min((cost(program(case, size, calls), False) for _ in range(3)), key=lambda c: c.seconds) for calls in (40, 0)
    )
    count = full.instructions - empty.instructions
    return Measured((full.seconds - empty.seconds) * 1e9 / count, count, f"{name} {size}") if count else None


def library(_: list[str]) -> int:
    bad = 0
    print(f"{'function':20} {'N':>6} {'ns/instruction':>15} {'peak':>9} {'charged':>9}")
    for name, case in CASES.items():
        for size in (400, 4000):
            timed = min((cost(program(case, size, 20), False) for _ in range(3)), key=lambda c: c.seconds)
            traced = cost(program(case, size, 1), True)
            bad += traced.peak > traced.charged + room(name)
            each = timed.seconds * 1e9 / timed.instructions
            print(f"{name:20} {size:6} {each:15.1f} {traced.peak:9} {traced.charged:9}")
    return int(bad > 0)


def determinism(_: list[str]) -> int:
    found = pythons.found()
    outputs = {}
    for place, (version, path) in enumerate(found.items()):
        for order in ("forward", "reverse"):
            outputs[version, order] = pythons.run(path, "tests.budgets.answers", order, "1", hash_seed=str(place))
    same = len(set(outputs.values())) == 1
    count = len(json.loads(next(iter(outputs.values()))))
    missing = [version for version in pythons.WANTED if version not in found]
    verdict = "the same" if same else "DIFFERENT"
    print(f"{count} programs on CPython {', '.join(found)}, two orders and other hash seeds: {verdict}")
    print(f"not installed: {', '.join(missing) or 'none'}")
    compared, differing = in_lanes.differences(programs(1))
    print(f"{compared} programs in a lane process: {', '.join(differing) or 'the same'}")
    return int(not same or bool(differing))


def show_growth(_: list[str]) -> int:
    print(growth.table())
    return 0


CAMPAIGNS: Final = {
    "dearest": dearest,
    "library": library,
    "slices": slices,
    "recording": recording,
    "compile": compile_campaign.shapes,
    "names": name_campaign.names,
    "determinism": determinism,
    "grid": grid.grid,
}
COMMANDS: Final = {**CAMPAIGNS, "growth": show_growth}


def main() -> int:
    if len(sys.argv) < 2:
        return max(campaign([]) for campaign in CAMPAIGNS.values())
    if sys.argv[1] not in COMMANDS:
        print(__doc__, file=sys.stderr)
        return 2
    return COMMANDS[sys.argv[1]](sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
