"""Compare many random programs with real Lua.

    python -m tests.differential --programs 20000 --seed 1 [--jobs 2] [--KIND] [--record]

Says how many programs were compared and prints those that differ, shrunk. Every tenth program uses goto
and is compared with luajit. A KIND draws others: ``assignments`` to several targets, ``coroutines`` that yield,
``layouts`` with line breaks anywhere, ``refusals`` that do not compile. Exit 1 on any difference. ``--record`` rewrites
the golden file of the test suite.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from concurrent.futures import ProcessPoolExecutor

from . import golden
from .assignments import generate_assignments
from .compare import Difference, compare, shrink
from .coroutines import generate_coroutines
from .generator import generate
from .reference import Reference
from .tokens import generate_layouts, generate_refusals

SHOWN = 12
KINDS = {
    "assignments": generate_assignments,
    "coroutines": generate_coroutines,
    "layouts": generate_layouts,
    "refusals": generate_refusals,
}


def compare_range(seed: int, first: int, count: int, jumps_every: int, kind: str) -> tuple[int, int, int, list[str]]:
    """Programs ``first`` to ``first + count - 1``: how many were compared, with luajit, not comparable, and differences."""
    compared = jumped = skipped = 0
    found: list[str] = []
    with Reference("lua5.1") as lua, Reference("luajit") as jit:
        for number in range(first, first + count):
            jumps = jumps_every > 0 and number % jumps_every == 0
            source = random.Random(f"{seed}/{number}")
            tree = KINDS[kind](source) if kind else generate(source, jumps=jumps)
            reference = jit if jumps else lua
            result = compare(tree.text(), reference)
            if result is False:
                skipped += 1
                continue
            compared += 1
            jumped += jumps
            if isinstance(result, Difference):
                if len(found) < SHOWN:
                    found.append(f"-- program {seed}/{number}\n{shrink(tree, reference).report()}")
                else:
                    found.append(f"-- program {seed}/{number} (not shrunk)\n")
    return compared, jumped, skipped, found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    kinds = parser.add_mutually_exclusive_group()
    for kind in KINDS:
        kinds.add_argument(f"--{kind}", dest="kind", action="store_const", const=kind, default="")
    parser.add_argument("--record", action="store_true", help="rewrite the golden file")
    options = parser.parse_args()
    if not Reference.available("lua5.1"):
        print("lua5.1 is not installed", file=sys.stderr)
        return 2
    if options.record:
        print(f"{golden.record()} programs recorded in {golden.FILE}")
        return 0
    every = 10 if not options.kind and Reference.available("luajit") else 0
    started = time.perf_counter()
    step = 250
    starts = range(0, options.programs, step)
    compared = jumped = skipped = 0
    found: list[str] = []
    with ProcessPoolExecutor(options.jobs) as pool:
        jobs = [
            pool.submit(compare_range, options.seed, s, min(step, options.programs - s), every, options.kind)
            for s in starts
        ]
        for job in jobs:
            a, b, c, differences = job.result()
            compared, jumped, skipped = compared + a, jumped + b, skipped + c
            for text in differences:
                if len(found) < 4 * SHOWN:
                    print(text, flush=True)
                found.append(text)
    print(
        f"{compared} programs compared ({compared - jumped} with lua5.1, {jumped} with luajit), "
        f"{skipped} not comparable, {len(found)} differ, seed {options.seed}, {time.perf_counter() - started:.0f} s"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
