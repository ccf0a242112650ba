"""One decision of each bundled script: request dict in, answer dict out, every request different, answers checked."""

from __future__ import annotations

from typing import Any

import pytest

from keystone_lua.interpreter import Limits
from keystone_lua.routing.decision import decide

from .requests import NAMES, Case, cases, script

ROUNDS = 3000


@pytest.mark.parametrize("name", NAMES)
def test_decide(benchmark: Any, name: str) -> None:
    program = script(name)
    limits = Limits()
    work = iter(cases(name, ROUNDS + 200))

    def another() -> tuple[tuple[Case], dict[str, Any]]:
        return (next(work),), {}

    decided: list[tuple[Case, Any]] = []

    def one(case: Case) -> None:
        decided.append((case, decide(program, case.request, limits=limits, seed=case.seed).answer))

    benchmark.pedantic(one, setup=another, rounds=ROUNDS, warmup_rounds=100)
    for case, answer in decided:
        case.check(answer)
