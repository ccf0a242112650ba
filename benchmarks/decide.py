"""Decisions in process: microseconds per bundled script.

    python -m benchmarks.decide [--count 20000]

A request dict in, an answer dict out, default budgets, fresh globals, another request every time, no answer kept. The
answers are checked outside the timed part.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

from keystone_lua.interpreter import Limits
from keystone_lua.routing.decision import decide

from .requests import NAMES, cases, script

WARM_UP = 500


def microseconds(name: str, count: int) -> list[float]:
    """The sorted times of ``count`` decisions."""
    program = script(name)
    limits = Limits()
    work = cases(name, count + WARM_UP)
    times = []
    for case in work:
        start = time.perf_counter_ns()
        decision = decide(program, case.request, limits=limits, seed=case.seed)
        times.append((time.perf_counter_ns() - start) / 1000)
        case.check(decision.answer)
    return sorted(times[WARM_UP:])


def main(arguments: Sequence[str] | None = None) -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decide", description="Decisions in process, in µs.")
    parser.add_argument("--count", type=int, default=20_000, metavar="N", help="requests per script (default 20000)")
    count = max(100, parser.parse_args(arguments).count)
    print(f"{'script':12} {'p10':>8} {'median':>8} {'p99':>8}   µs, {count} requests")
    for name in NAMES:
        times = microseconds(name, count)
        shown = [times[int(len(times) * share)] for share in (0.10, 0.50, 0.99)]
        print(f"{name:12} " + " ".join(f"{value:8.1f}" for value in shown))


if __name__ == "__main__":
    main()
