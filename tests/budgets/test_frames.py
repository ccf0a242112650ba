"""Frames, cells and closures are charged by their size: the bound that prices are made from holds for CPython's own frames.

Counts only. ``python -m tests.budgets names`` measures the compiler by the same shapes, ``python -m tests.fuzz costs`` runs.
"""

from __future__ import annotations

import sys

import pytest

from keystone_lua.interpreter import Limits, LuaSyntaxError, compile_program, costs, execute
from keystone_lua.interpreter.limits import MAX_PASSED

from ..lua import expectations
from .extent_shapes import EXTENTS
from .frames import Frame, frames
from .shapes import SHAPES

SLACK = 40
"""Slots that a frame may have beyond the bound: of its stack CPython uses 30 for values that it makes a tuple of."""
SIZES = (1, 8, 40, 180, 600)


def check(found: list[Frame]) -> None:
    beyond = [frame for frame in found if frame.used > frame.bound + SLACK or frame.free > frame.taken + SLACK]
    assert beyond == []


@pytest.mark.parametrize("name", EXTENTS)
def test_bound_of_shapes(name: str) -> None:
    refused = 0
    for size in SIZES:
        try:
            check(frames(EXTENTS[name](size).encode()))
        except LuaSyntaxError:
            refused += 1
    assert refused < len(SIZES) - 1


@pytest.mark.parametrize("name", SHAPES)
def test_bound_of_compile_shapes(name: str) -> None:
    try:
        found = frames(SHAPES[name](1_500).encode("latin-1"))
    except LuaSyntaxError:
        return  # unfinished strings and the like
    check(found)


def test_bound_of_programs() -> None:
    for path in expectations.files():
        try:
            found = frames(path.read_bytes())
        except LuaSyntaxError:
            continue  # a module that is not there
        check(found)


def price(source: str) -> tuple[int, int]:
    """Instructions and bytes of a run."""
    result = execute(compile_program(source.encode(), "t"), Limits())
    assert result.failure is None, result.failure
    return result.instructions, result.allocated_bytes


def locals_of(count: int) -> str:
    declared = "".join(f"if no then local {', '.join(f'v{b}_{i}' for i in range(100))} end " for b in range(count))
    return f"local no = false local function f(n) {declared} if n > 0 then f(n - 1) end end "


def test_a_call_pays_for_slots() -> None:
    few, many = (price(locals_of(count) + "f(0) f(0)")[0] - price(locals_of(count) + "f(0)")[0] for count in (0, 20))
    assert many - few >= 20 * 100 // costs.SLOTS


def test_a_deep_frame_pays_bytes() -> None:
    few, many = (price(locals_of(count) + "f(100)")[1] - price(locals_of(count))[1] for count in (0, 20))
    assert many - few >= 100 * 20 * 100 * costs.SLOT * 0.9


def test_large_frames_count_as_many_depths() -> None:
    result = execute(compile_program((locals_of(20) + "f(1000)").encode(), "t"), Limits())
    assert result.failure is not None
    assert result.failure.kind == "depth"


def closures(captures: int) -> str:
    names = ", ".join(f"u{i}" for i in range(captures))
    return f"local {names} local t for i = 1, 100 do t = function() return {names} end end"


def test_a_closure_pays_for_captures() -> None:
    free, taken = price(closures(costs.FREE_CAPTURES)), price(closures(costs.FREE_CAPTURES + 64))
    assert taken[1] - free[1] >= 100 * 64 * costs.CAPTURE
    assert taken[0] - free[0] >= 100 * 64 // costs.CAPTURES


@pytest.mark.cpython
def test_a_box_pays_for_its_list() -> None:
    """A captured local that changes: CPython's list and the place for its one element, each rounded by the allocator."""
    rounds = 100
    boxed, plain = (
        price(f"local t for i = 1, {rounds} do local x = i t = function() {change} return x end end")[1]
        for change in ("x = x + 1", "")
    )
    head, element = sys.getsizeof([]), 16
    assert boxed - plain >= rounds * (head + element - costs.UPVALUE)


def passing(functions: int, names: int) -> str:
    used = ", ".join(f"G{i}" for i in range(names))
    return "local function f() " * functions + f"return {used} " + "end " * functions


@pytest.mark.parametrize("functions", [10, 100, 180])
def test_names_that_pass_functions(functions: int) -> None:
    """Half of the cost compiles, and a little more than all is refused, before it is worked on."""
    compile_program(passing(functions, MAX_PASSED // 2 // functions).encode(), "t")
    with pytest.raises(LuaSyntaxError, match=r"too many (upvalues|operations)"):
        compile_program(passing(functions, MAX_PASSED // functions + 10).encode(), "t")
