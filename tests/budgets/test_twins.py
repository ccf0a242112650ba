"""Twins of functions, for coroutines: made with the program where it names coroutines and both fit, else by the first
run that has one. Each run pays for those, whoever makes them."""

from __future__ import annotations

import pytest

from keystone_lua.interpreter import Limits, compile_program, costs, execute
from keystone_lua.interpreter.limits import MAX_COMPILE_COST

CALL = 13 + 17
"""Units of ``f()`` and of its twin, at least."""
MANY = f"local function f() {'f() ' * (MAX_COMPILE_COST // CALL)} end "
LATE = "local c = _G['corou' .. 'tine'] local function f(n) for i = 1, n do c.yield(i) end return 'end' end "
ROOMY = Limits(instructions=400_000_000, memory=4 << 30)


@pytest.mark.parametrize("may", ["coroutine.wrap(print)() ", "local c = _G['corou' .. 'tine'] "])
def test_what_is_too_much_with_its_twins_has_them_late(may: str) -> None:
    assert compile_program(f"{may} {MANY}".encode(), "t").late_twins > MAX_COMPILE_COST


@pytest.mark.parametrize(
    "text", ["coroutine", "_G.coroutine", "_G['coroutine']", "package.loaded.coroutine", "require 'coroutine'"]
)
def test_who_names_coroutines_has_them_at_once(text: str) -> None:
    program = compile_program(f"local c = {text} return c.wrap(function() c.yield(1) end)()".encode(), "t")
    assert program.late_twins == 0
    assert execute(program).values == ("1",)


def test_each_run_pays_for_late_ones() -> None:
    program = compile_program(f"{LATE} local co = c.wrap(f) return co(2), co(), co()".encode(), "t")
    first, second = execute(program, ROOMY), execute(program, ROOMY)
    assert first == second
    assert first.values == ("1", "2", "end")
    assert first.instructions > costs.LOAD_UNIT * program.late_twins > 0
    poor = Limits(instructions=costs.LOAD_UNIT * program.late_twins)
    failure = execute(program, poor).failure
    assert failure is not None
    assert failure.kind == "instructions"


def test_who_has_no_coroutine_pays_for_none() -> None:
    program = compile_program(f"{LATE} return 1".encode(), "t")
    assert execute(program).instructions < 100
