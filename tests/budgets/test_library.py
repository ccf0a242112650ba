"""The price of every library function grows with its work, and what it takes is below what it charges."""

from __future__ import annotations

import pytest

from keystone_lua.interpreter import costs

from . import library_cases, modules
from .measure import cost, price, program, room

SMALL, LARGE = 400, 4000

CASES = {**library_cases.CASES, **modules.CASES}
PRICES = {**costs.LIBRARY, **costs.MODULES}


def test_every_function_has_a_case() -> None:
    assert CASES.keys() == PRICES.keys()


@pytest.mark.parametrize("name", CASES)
def test_price_grows_as_declared(name: str) -> None:
    case = CASES[name]
    small, large = price(case, SMALL), price(case, LARGE)
    if case.growth == "flat":
        assert large <= 1.2 * small
        return
    fixed = max(PRICES[name] + 40, price(case, SMALL // 100))  # a traceback's levels are paid for whatever its text
    ratio = (large - PRICES[name]) / max(1, small - fixed)
    assert ratio >= (LARGE / SMALL) ** 0.7
    assert large - small >= (LARGE - SMALL) * 4 // costs.COPY


@pytest.mark.cpython
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_memory_is_below_the_charge(name: str, size: int) -> None:
    used = cost(program(CASES[name], size, 1), True)
    assert used.peak <= used.charged + room(name)
