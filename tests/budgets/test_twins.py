"""Twins of functions, for coroutines, count as compile cost: a program that may have coroutines is compiled twice."""

from __future__ import annotations

import pytest

from keystone_lua.interpreter import LuaSyntaxError, compile_program
from keystone_lua.interpreter.limits import MAX_COMPILE_COST

CALLS = "local function f() %s end "
CALL = 13 + 17
"""Units of ``f()`` and of its twin, at least."""


@pytest.mark.parametrize("may", ["coroutine.wrap(print)() ", "local c = _G['corou' .. 'tine'] "])
def test_twins_weigh_as_well(may: str) -> None:
    calls = CALLS % ("f() " * (MAX_COMPILE_COST // CALL))
    compile_program(calls.encode(), "t")
    with pytest.raises(LuaSyntaxError, match="too many operations"):
        compile_program(f"{may} {calls}".encode(), "t")
