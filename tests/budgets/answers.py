"""Answers and counts of a set of programs, as JSON: what must be the same in every process and on every Python.

    python -m tests.budgets.answers forward|reverse [STEP]

Each program runs three ways: inline; stopped by a slice and then run again; and, first of all or last of all, beside
the others. Needs the standard library, lark and the engine only.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def answer(source: bytes, name: str) -> list[Any]:
    """Status, output and counts of a program: of a whole run, and of the one after a run that was dropped."""
    from keystone_lua.interpreter import Limits, LuaSyntaxError, SliceExhausted, compile_program, execute

    limits = Limits(instructions=300_000, memory=64 << 20, log=1 << 20)
    try:
        program = compile_program(source, name)
    except LuaSyntaxError as error:
        return ["syntax", error.message]
    runs = []
    for size in (None, 1000):
        with suppress(SliceExhausted):
            execute(program, limits, seed=3, now=1_700_000_000.25, slice=size)
        result = execute(program, limits, seed=3, now=1_700_000_000.25)
        runs.append(result)
    if runs[0] != runs[1]:
        return ["differs", name]
    first = runs[0]
    failure = [first.failure.kind, first.failure.message] if first.failure else None
    output = [f"{line.position} {line.text}" for line in first.log]
    return [first.values, failure, first.instructions, first.allocated_bytes, output]


def programs(step: int) -> list[Path]:
    """Every ``step``-th program of the suites and the benchmarks."""
    paths = [*sorted((ROOT / "tests" / "lua").glob("*/*.lua")), *sorted((ROOT / "benchmarks" / "lua").glob("*.lua"))]
    return [path for path in paths if path.stat().st_size < 20_000][::step]


def main() -> None:
    paths = programs(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    if "reverse" in sys.argv[1:]:
        paths.reverse()
    answers = {str(path.relative_to(ROOT)): answer(path.read_bytes(), path.name) for path in paths}
    print(json.dumps(answers, sort_keys=True))


if __name__ == "__main__":
    main()
