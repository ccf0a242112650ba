"""Compile time and memory of sources that are hard by what they are made of, on every CPython found.

Each shape at a quarter of the limits, then the worst in time and in memory at the limits themselves, each in a process
of its own: ``python -m tests.budgets compile [SHAPE ...]``. Times are the processor's, and good on a quiet machine only.
"""

from __future__ import annotations

import gc
import json
import re
import resource
import sys
import time
from dataclasses import dataclass
from typing import Final

from keystone_lua.interpreter import LuaSyntaxError, compile_program
from keystone_lua.interpreter.analysis.compile_cost import cost_of
from keystone_lua.interpreter.limits import DEFAULT, MAX_COMPILE_COST, MAX_TOKENS
from keystone_lua.interpreter.syntax.parser import parse

from . import pythons
from .shapes import SHAPES

SECONDS: Final = 2.0
MEBIBYTES: Final = 300
WORST: Final = 10
"""Shapes that are compiled at the limits, by time and by memory each."""


@dataclass(frozen=True)
class Compiled:
    """Processor time and growth of the process by one shape."""

    seconds: float
    mebibytes: int
    outcome: str


def shapes(arguments: list[str]) -> int:
    bad = 0
    for name in arguments or _worst():
        row = []
        for version, path in pythons.found().items():
            found = _apart(path, name, 1.0)
            bad += found.seconds > SECONDS or found.mebibytes > MEBIBYTES
            row.append(f"{version} {found.seconds:5.2f} s {found.mebibytes:4} MiB")
        print(f"{name:30} {'  '.join(row)}  {found.outcome}", flush=True)
    print(f"{len(SHAPES)} shapes; {SECONDS} s and {MEBIBYTES} MiB are allowed")
    return int(bad > 0)


def _worst() -> list[str]:
    screened = {name: _apart(sys.executable, name, 0.25) for name in SHAPES}
    worst = sorted(screened, key=lambda name: screened[name].seconds, reverse=True)[:WORST]
    worst += sorted(screened, key=lambda name: screened[name].mebibytes, reverse=True)[:WORST]
    return list(dict.fromkeys(worst))


def _apart(python: str, name: str, share: float) -> Compiled:
    return Compiled(*json.loads(pythons.run(python, "tests.budgets.compile_campaign", name, str(share))))


def one(name: str, share: float) -> None:
    """One shape in this process, as long as a share of what the limits on bytes, tokens and cost allow."""
    size = int(share * _longest(name))
    source = SHAPES[name](size).encode("latin-1")[: DEFAULT.source]
    compile_program(b"return 1", "t")
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    outcome = f"{len(source)} bytes compiled"
    try:
        compile_program(source, "t")
    except LuaSyntaxError as error:
        outcome = f"{len(source)} bytes refused: {error.message[:60]!r}"
    seconds = time.process_time() - started
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10
    print(json.dumps([seconds, peak, outcome]))


def _longest(name: str) -> int:
    """Bytes of a shape that just fit; all that a source may have, if the shape is refused at any length."""
    sample = 8_000
    try:
        source = SHAPES[name](sample).encode("latin-1")
        cost = cost_of(parse(source, "t"))
    except LuaSyntaxError:
        return DEFAULT.source
    tokens = sum(1 for _ in re.finditer(rb"[A-Za-z_0-9]+|'[^']*'|[.][.]|[=<>~]=|[^\sA-Za-z_0-9]", source))
    room = min(DEFAULT.source, len(source) * MAX_COMPILE_COST // cost if cost else DEFAULT.source)
    return int(min(room, len(source) * MAX_TOKENS // max(1, tokens)) * 0.99)


if __name__ == "__main__":
    one(sys.argv[1], float(sys.argv[2]))
