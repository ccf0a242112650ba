"""Compile time and memory of sources that are hard by their names, on every CPython found.

Each shape at the largest size that is accepted and at the largest that a source may have, which is refused as a rule, in processes
of their own: ``python -m tests.budgets names [SHAPE ...]``. What is refused late has taken its time and memory all the same.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Final

from keystone_lua.interpreter import LuaSyntaxError, compile_program
from keystone_lua.interpreter.limits import DEFAULT

from . import pythons
from .extent_shapes import EXTENTS
from .name_shapes import NAMES, Shape

SECONDS: Final = 2.0
MEBIBYTES: Final = 300
MOST: Final = 40_000
SHAPES: Final[dict[str, Shape]] = {**EXTENTS, **NAMES}


def accepted(source: bytes) -> bool:
    try:
        compile_program(source, "t")
    except LuaSyntaxError:
        return False
    return len(source) <= DEFAULT.source


def largest(shape: Shape) -> int:
    """The largest size that is accepted, to a sixteenth."""
    low, high = 1, 2
    while high < MOST and accepted(shape(high).encode()):
        low, high = high, high * 2
    while high - low > max(1, low // 16):
        middle = (low + high) // 2
        low, high = (middle, high) if accepted(shape(middle).encode()) else (low, middle)
    return low


def longest(shape: Shape) -> int:
    """The largest size that is no longer than a source may be."""
    low, high = 1, MOST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if len(shape(middle)) <= DEFAULT.source else (low, middle)
    return low


def names(arguments: list[str]) -> int:
    bad = 0
    for name in arguments or SHAPES:
        for size in (largest(SHAPES[name]), longest(SHAPES[name])):
            row = []
            outcome = ""
            for version, path in pythons.found().items():
                given = pythons.run(path, "tests.budgets.name_campaign", name, str(size))
                seconds, mebibytes, outcome = json.loads(given)
                row.append(f"{version} {seconds:5.2f} s {mebibytes:4} MiB")
                bad += seconds > SECONDS or mebibytes > MEBIBYTES
            print(f"{name:32} {size:6}  {'  '.join(row)}  {outcome}", flush=True)
    print(f"{SECONDS} s and {MEBIBYTES} MiB of a whole process are allowed")
    return int(bad > 0)


def one(name: str, size: int) -> None:
    """Compile one shape in this process, and say what it took."""
    source = SHAPES[name](size).encode()
    outcome = "compiled"
    started = time.process_time()
    try:
        compile_program(source, "t")
    except LuaSyntaxError as error:
        outcome = f"refused: {error.message[:60]!r}"
    seconds = time.process_time() - started
    print(json.dumps([seconds, peak(), outcome]))


def peak() -> int:
    """MiB of this process at most. getrusage would count what its parent had when it was forked."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) >> 10


if __name__ == "__main__":
    one(sys.argv[1], int(sys.argv[2]))
