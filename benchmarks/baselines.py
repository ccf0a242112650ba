"""The last run of ``make bench`` beside an earlier one: names what became slower.

    python -m benchmarks.baselines [--against NUMBER] [--slower 1.15]

Input: the files that pytest-benchmark saved under .benchmarks for this machine and Python, one a run, numbered. Output:
a line for each benchmark whose median became slower or faster by more than the margin, worst first; the geometric
mean of all. Exit 1 if anything became slower. The first run has nothing to be compared with. Runs of different hours
differ by the machine's mood: ``benchmarks.compare`` lets two checkouts take turns.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from .programs import ROOT

SAVED = ROOT / ".benchmarks"


def runs(folder: Path = SAVED) -> list[Path]:
    """The saved runs that the newest one can be compared with, oldest first, and itself."""
    newest = max(folder.glob("*/*.json"), key=lambda path: path.stat().st_mtime, default=None)
    return sorted(newest.parent.glob("*.json")) if newest is not None else []


def medians(path: Path) -> dict[str, float]:
    """Seconds by benchmark."""
    return {entry["fullname"]: entry["stats"]["median"] for entry in json.loads(path.read_text())["benchmarks"]}


def report(before: dict[str, float], after: dict[str, float], margin: float) -> tuple[list[str], bool]:
    """What changed by more than the margin, as lines, and whether anything became slower."""
    ratios = {name: after[name] / before[name] for name in after if name in before}
    lines = []
    for name, ratio in sorted(ratios.items(), key=lambda item: -item[1]):
        if not 1 / margin < ratio < margin:
            word = "slower" if ratio > 1 else "faster"
            lines.append(f"{word} x {ratio:.2f}  {name}  {before[name] * 1e3:.3f} -> {after[name] * 1e3:.3f} ms")
    if ratios:
        mean = math.exp(statistics.fmean(map(math.log, ratios.values())))
        lines.append(f"geometric mean of {len(ratios)} benchmarks: x {mean:.2f}")
    lines += [f"new: {name}" for name in after if name not in before]
    lines += [f"gone: {name}" for name in before if name not in after]
    return lines, any(ratio >= margin for ratio in ratios.values())


def main(arguments: Sequence[str] | None = None) -> int:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.baselines", description=__doc__.splitlines()[0])
    parser.add_argument("--against", metavar="NUMBER", help="a saved run, such as 0003 (default: the one before)")
    parser.add_argument("--slower", type=float, default=1.15, metavar="RATIO", help="margin (default %(default)s)")
    options = parser.parse_args(arguments)
    saved = runs()
    if not saved:
        parser.error("no saved run: run make bench")
    *earlier, last = saved
    if options.against is not None:
        earlier = [path for path in earlier if path.name.startswith(options.against)]
    if not earlier:
        print(f"{last.stem}: no earlier run to compare with")
        return 1 if options.against is not None else 0
    lines, slower = report(medians(earlier[-1]), medians(last), options.slower)
    print(f"{last.stem} against {earlier[-1].stem}:")
    print("\n".join(lines))
    return 1 if slower else 0


if __name__ == "__main__":
    sys.exit(main())
