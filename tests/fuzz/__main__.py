"""Fuzz for some minutes; patterns and formats are compared with lua5.1 where it is installed.

    python -m tests.fuzz [--minutes M] [--seed S] [TARGET ...]
    python -m tests.fuzz tools [--inputs N] [--seed S]
    python -m tests.fuzz costs [--minutes M] [--seed S]
    python -m tests.fuzz pairs [--minutes M] [--seed S]
    python -m tests.fuzz regexes
    python -m tests.fuzz modules [--inputs N] [--seed S] [MODULE ...]

The second tries every reader of the command line and the gateway, see tools.py; what failed once is in tools.json. The
third looks for programs that take more than they are charged for, see costs.py. The fourth gives what one
function makes to another, at two sizes, see pairs.py. The fifth tries every regular expression of the package on texts
that make them slow, see regexes.py. The sixth makes N calls of each module of the routing library, see modules.py.
Inputs that failed once stand in corpus.json and come first. An input that fails is printed, reduced by hypothesis,
and added to the corpus; exit 1. Prints how many inputs each target had.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import HypothesisWarning

from . import costs, modules, pairs, regexes, tools
from .targets import LUA, TARGETS, format_script, ours, pattern_script, reference

CORPUS = Path(__file__).with_name("corpus.json")
TOOLS_CORPUS = Path(__file__).with_name("tools.json")
BATCH = 300
SCRIPTS: dict[str, Callable[[Any], str]] = {"patterns": pattern_script, "formats": format_script}


def corpus() -> dict[str, list[Any]]:
    """Inputs by target; bytes are kept as text of one character per byte."""
    kept: dict[str, list[Any]] = json.loads(CORPUS.read_text())
    return kept


def restored(target: str, value: Any) -> Any:
    """An input as its check takes it."""
    if target == "bodies":
        return value.encode("latin-1")
    return tuple(value) if isinstance(value, list) else value


def round_of(target: str, number: int, inputs: list[Any]) -> None:
    """One batch of new inputs through the check of a target; raises what it raises, for the smallest input."""
    strategy, check = TARGETS[target]

    @seed(number)
    @settings(
        max_examples=BATCH,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def examine(value: Any) -> None:
        inputs.append(value)
        check(value)

    examine()


def compared(target: str, inputs: list[Any]) -> Any | None:
    """The first input that lua5.1 answers otherwise, printed."""
    scripts = [SCRIPTS[target](value) for value in inputs]
    for value, script, expected in zip(inputs, scripts, reference(scripts), strict=True):
        found = ours(script)
        if normal(found) != normal(expected):
            print(f"{target}: {value!r}\n  lua5.1 {expected!r}\n  here   {found!r}")
            return value
    return None


def normal(output: str) -> str:
    """Without the positions, which differ in the chunk's name."""
    return re.sub(r"(?:stdin|fuzz):\d+: ", "", output)


def tools_campaign(count: int, number: int) -> int:
    """Print and keep what is wrong."""
    kept: dict[str, list[str]] = json.loads(TOOLS_CORPUS.read_text())
    started, failures = time.monotonic(), 0
    for target, data, wrong in tools.campaign(count, number, kept):
        failures += 1
        print(f"{target}: {data[:2000]!r}\n  {wrong}", flush=True)
        known = json.loads(TOOLS_CORPUS.read_text())
        if (text := data.decode("latin-1")) not in known.setdefault(target, []):
            known[target].append(text)
            TOOLS_CORPUS.write_text(json.dumps(known, indent=1) + "\n")
    print(f"seed {number}; {count} inputs in {time.monotonic() - started:.0f} s; {failures} failures")
    return 1 if failures else 0


def modules_campaign(count: int, number: int, names: list[str]) -> int:
    """Print what is wrong."""
    started, failures = time.process_time(), 0
    chosen = tuple(names or modules.catalogue.FILES)
    for call, wrong in modules.campaign(count, number, chosen):
        failures += 1
        print(f"{call}: {wrong}", flush=True)
    seconds = time.process_time() - started
    print(f"seed {number}; {count} calls of each of {len(chosen)} modules in {seconds:.0f} s; {failures} failures")
    return 1 if failures else 0


def main() -> int:
    warnings.simplefilter("ignore", HypothesisWarning)  # the engine raises the recursion limit, hypothesis minds
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--inputs", type=int, default=1000, help="of tools")
    parser.add_argument("targets", nargs="*", default=list(TARGETS))
    options = parser.parse_args()
    if options.targets == ["tools"]:
        return tools_campaign(options.inputs, options.seed)
    if options.targets == ["costs"]:
        return costs.costs(options.minutes, options.seed)
    if options.targets == ["pairs"]:
        return pairs.pairs(options.minutes, options.seed)
    if options.targets == ["regexes"]:
        return regexes.run()
    if options.targets[:1] == ["modules"]:
        return modules_campaign(options.inputs, options.seed, options.targets[1:])
    counts = dict.fromkeys(options.targets, 0)
    failures = 0
    for target, values in corpus().items():
        for value in values if target in counts else ():
            TARGETS[target][1](restored(target, value))
            counts[target] += 1
    stop = time.monotonic() + 60 * options.minutes
    number = options.seed
    while time.monotonic() < stop:
        for target in options.targets:
            number += 1
            inputs: list[Any] = []
            bad: Any | None = None
            try:
                round_of(target, number, inputs)
                if target in SCRIPTS and LUA is not None:
                    bad = compared(target, inputs)
            except Exception as error:  # whatever it is, it is what was looked for
                bad = inputs[-1]
                print(f"{target}: {bad!r}\n  {error.__class__.__name__}: {error}")
            counts[target] += len(inputs)
            if bad is not None:
                failures += 1
                kept = corpus()
                kept.setdefault(target, []).append(bad.decode("latin-1") if isinstance(bad, bytes) else bad)
                CORPUS.write_text(json.dumps(kept, indent=1) + "\n")
    reference_name = "compared with lua5.1" if LUA is not None else "not compared: no lua5.1 here"
    print(f"seed {options.seed}; inputs: " + ", ".join(f"{target} {count}" for target, count in counts.items()))
    print(f"patterns and formats {reference_name}; {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
