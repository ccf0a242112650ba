"""Campaigns that measure what the prices stand for. Times are the processor's, and good on a quiet machine only.

    python -m tests.budgets dearest [DIR|FILE ...]   nanoseconds an instruction: hostile files and library calls, against
                                                     the mean over benchmarks/lua; 20 times that is allowed
    python -m tests.budgets library                  time an instruction and peak memory of every function at N and 10 N
    python -m tests.budgets compile [BYTES]          time and memory to compile, or to refuse, each shape of source
    python -m tests.budgets determinism              all programs on every CPython; names the versions that are missing

Exit 1 where a bound does not hold.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from keystone_lua.interpreter import Limits, LuaSyntaxError, compile_program, execute

from ..hostile import verdicts
from . import pythons
from .library_cases import CASES
from .measure import ROOM, cost, program
from .shapes import SHAPES

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = 20
FEW = 2_000
"""Instructions below which a run's own 50 µs hide what an instruction takes."""


def nanoseconds(source: bytes, name: str, limits: Limits) -> tuple[float, int] | None:
    """Time for one instruction of a program, and its instructions; None if it has too few."""
    try:
        compiled = compile_program(source, name)
    except LuaSyntaxError:
        return None
    best = float("inf")
    for _ in range(2):
        started = time.process_time()
        result = execute(compiled, limits, now=1_700_000_000.0)
        best = min(best, time.process_time() - started)
        if best > 1.0:
            break
    return (best * 1e9 / result.instructions, result.instructions) if result.instructions >= FEW else None


def mean() -> float:
    """Nanoseconds an instruction over the compute benchmarks."""
    limits = Limits(instructions=4_000_000, memory=4 << 30, log=64 << 20)
    found = [
        nanoseconds(path.read_bytes(), path.name, limits) for path in verdicts.files([ROOT / "benchmarks" / "lua"])
    ]
    times = [each[0] for each in found if each]
    return sum(times) / len(times)


def dearest(arguments: list[str]) -> int:
    paths = [Path(argument) for argument in arguments] or [verdicts.OWN, verdicts.SHARED]
    folders = [path for path in paths if path.is_dir()]
    files = [path for path in paths if path.is_file()] + verdicts.files(folders)
    usual = mean()
    print(f"mean over the benchmarks: {usual:.1f} ns an instruction")
    rows = []
    for path in files:
        found = nanoseconds(path.read_bytes(), path.name, Limits(log=64 << 20))
        rows.extend([(found[0], found[1], path.stem)] if found else [])
    for name, case in CASES.items():
        calls = program(case, 1000, 40)
        alone = program(case, 1000, 0)
        with_calls, without = (
            min((cost(each, False) for _ in range(3)), key=lambda c: c.seconds) for each in (calls, alone)
        )
        count = with_calls.instructions - without.instructions
        rows.append(((with_calls.seconds - without.seconds) * 1e9 / count, count, name))
    rows.sort(reverse=True)
    for time_each, count, name in rows[:40]:
        seconds = time_each * count / 1e9
        print(
            f"{name:34} {time_each:8.1f} ns  {time_each / usual:5.1f} times the mean  {count:9} instructions {seconds:6.2f} s"
        )
    return int(rows[0][0] > ALLOWED * usual)


def library(_: list[str]) -> int:
    bad = 0
    print(f"{'function':20} {'N':>6} {'ns/instruction':>15} {'peak':>9} {'charged':>9}")
    for name, case in CASES.items():
        for size in (400, 4000):
            timed = min((cost(program(case, size, 20), False) for _ in range(3)), key=lambda c: c.seconds)
            traced = cost(program(case, size, 1), True)
            bad += traced.peak > traced.charged + ROOM
            each = timed.seconds * 1e9 / timed.instructions
            print(f"{name:20} {size:6} {each:15.1f} {traced.peak:9} {traced.charged:9}")
    return int(bad > 0)


def compile_shapes(arguments: list[str]) -> int:
    size = arguments[0] if arguments else str(1 << 20)
    worst_time, worst_memory = 0.0, 0
    for name in SHAPES:
        command = [sys.executable, "-m", "tests.budgets", "shape", name, size]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        seconds, mebibytes, outcome = json.loads(done.stdout)
        worst_time, worst_memory = max(worst_time, seconds), max(worst_memory, mebibytes)
        print(f"{name:30} {seconds:6.2f} s {mebibytes:5} MiB  {outcome}", flush=True)
    print(f"{len(SHAPES)} shapes of {size} bytes: slowest {worst_time:.2f} s, largest {worst_memory} MiB")
    return 0


def shape(arguments: list[str]) -> int:
    """One shape in this process, shrunk until it is just taken if it is refused for its size."""
    name, size = arguments[0], int(arguments[1])
    compile_program(b"return 1", "t")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    source = SHAPES[name](size).encode("latin-1")[:size]
    started = time.process_time()
    outcome = "compiled"
    try:
        compile_program(source, "t")
    except LuaSyntaxError as error:
        outcome = f"refused: {error.message[:70]!r}"
    seconds = time.process_time() - started
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10
    print(json.dumps([seconds, peak, outcome]))
    return 0


def determinism(_: list[str]) -> int:
    found = pythons.found()
    outputs = {}
    for place, (version, path) in enumerate(found.items()):
        for order in ("forward", "reverse"):
            outputs[version, order] = pythons.run(path, "tests.budgets.answers", order, "1", hash_seed=str(place))
    same = len(set(outputs.values())) == 1
    count = len(json.loads(next(iter(outputs.values()))))
    missing = [version for version in pythons.WANTED if version not in found]
    print(
        f"{count} programs on CPython {', '.join(found)}, two orders and other hash seeds: {'the same' if same else 'DIFFERENT'}"
    )
    print(f"not installed: {', '.join(missing) or 'none'}")
    return int(not same)


def main() -> int:
    commands = {
        "dearest": dearest,
        "library": library,
        "compile": compile_shapes,
        "shape": shape,
        "determinism": determinism,
    }
    if len(sys.argv) < 2 or sys.argv[1] not in commands:
        print(__doc__, file=sys.stderr)
        return 2
    return commands[sys.argv[1]](sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
