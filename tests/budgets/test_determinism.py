"""The same answers, instructions and bytes under any hash seed, in any order, on every CPython that is here.

``python -m tests.budgets determinism`` names the versions that are missing.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from . import in_lanes, pythons
from .answers import programs

STEP = "8"
"""Every eighth program; the command runs them all."""


@pytest.mark.slow
def test_every_process_answers_the_same() -> None:
    runs = [(path, order, seed) for path, order, seed in variants()]
    with ThreadPoolExecutor(2) as pool:
        outputs = list(pool.map(lambda r: pythons.run(r[0], "tests.budgets.answers", r[1], STEP, hash_seed=r[2]), runs))
    first = json.loads(outputs[0])
    assert len(first) > 30
    assert [name for name, answer in first.items() if answer[0] == "differs"] == []
    for run, output in zip(runs, outputs, strict=True):
        other = json.loads(output)
        assert {name: (first[name], other[name]) for name in first if first[name] != other[name]} == {}, run


def variants() -> list[tuple[str, str, str]]:
    """Interpreter, order and hash seed: each interpreter once, the running one in both orders."""
    paths = list(pythons.found().values())
    seeds = ("0", "1", "4294967295", "random")
    made = [(path, "forward" if place % 2 else "reverse", seeds[place % 4]) for place, path in enumerate(paths)]
    return [*made, (paths[0], "forward", "7")]


@pytest.mark.slow
def test_a_lane_process_answers_the_same() -> None:
    count, differing = in_lanes.differences(programs(int(STEP)))
    assert count > 30
    assert differing == []
