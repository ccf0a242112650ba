"""Running a case of the library at a size: instructions, bytes, seconds, and the peak of tracemalloc."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass
from typing import Final

from keystone_lua.interpreter import Program, compile_program

from .library_cases import Case
from .suites import ROOMY, again

ROOM: Final = 16 * 1024
"""Bytes a run may take beyond what it was charged: frames, the Result, the log's positions."""
COMPILER_ROOM: Final = 64 * 1024
"""What a run takes besides that loads text: the whole library as globals, and once the compiler's own."""


@dataclass(frozen=True)
class Cost:
    """One run of a program."""

    instructions: int
    charged: int
    peak: int
    seconds: float


def program(case: Case, size: int, calls: int) -> Program:
    source = case.before.replace("N", str(size)) + "\n" + f"{case.call.replace('N', str(size))}\n" * calls
    if case.call.split("(")[0].startswith(("for", "local", "assert", "print", "log", "table.insert", "table.sort")):
        return compile_program(source.encode(), "case")
    lines = [f"local _ = {line}" if line.endswith(")") else line for line in source.splitlines()[1:]]
    return compile_program("\n".join([source.splitlines()[0], *(f"do {line} end" for line in lines)]).encode(), "case")


def cost(compiled: Program, traced: bool) -> Cost:
    """Run once. Raises AssertionError if the script does not end well."""
    peak = 0
    if traced:
        again(compiled, ROOMY)  # caches of the process
        gc.collect()
        import tracemalloc

        tracemalloc.start()
    started = time.process_time()
    result = again(compiled, ROOMY)
    seconds = time.process_time() - started
    if traced:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert result.failure is None, result.failure
    return Cost(result.instructions, result.allocated_bytes, peak, seconds)


def price(case: Case, size: int) -> int:
    """Instructions of one call."""
    with_call, without = (cost(program(case, size, calls), False) for calls in (1, 0))
    return with_call.instructions - without.instructions


def room(name: str) -> int:
    """Bytes that one run of a function's case may take beyond what it was charged."""
    return ROOM + (COMPILER_ROOM if name.startswith("load") else 0)
