"""The long form: every program at every level, with budgets that end runs in the middle.

    python -m tests.levels [--random 1000] [--first 0] [--cuts 3] [--group suite] [--show]

``--cuts``: how often each program is run again with a budget of instructions and one of bytes, drawn from what it needs.
``--show`` prints the sources of the programs that differ. Exit 1 for any difference.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator

from . import corpus
from .compare import ALL, Case, differences


def main() -> int:
    """Compare, print a line for each group and each difference."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--random", type=int, default=1000, help="random programs of each kind")
    parser.add_argument("--first", type=int, default=0, help="the number of the first one")
    parser.add_argument("--cuts", type=int, default=3)
    parser.add_argument("--group", choices=["suite", "files", "bundled", "random", "prices"], help="only these")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    numbers = range(options.first, options.first + options.random)
    groups: dict[str, Callable[[], Iterator[Case]]] = {
        "suite": corpus.suite,
        "files": corpus.files,
        "bundled": corpus.bundled,
        "random": lambda: corpus.random_programs(numbers),
        "prices": lambda: corpus.random_price_programs(numbers),
    }
    differing = 0
    for name, cases in groups.items():
        if options.group not in (None, name):
            continue
        start, compared, bad = time.process_time(), 0, 0
        for case in cases():
            compared += 1
            found = list(differences(case, ALL, options.cuts))
            bad += bool(found)
            for difference in found:
                print(difference, flush=True)
            if found and options.show:
                print(case.source.decode("latin-1"))
        differing += bad
        seconds = time.process_time() - start
        print(f"{name}: {compared} programs at {len(ALL) + 1} levels, {bad} differ, {seconds:.0f} s", flush=True)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
