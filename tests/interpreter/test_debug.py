"""``debug``: what places.lua prints is what lua5.1 printed, in places.txt; and what this engine says otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from keystone_lua.interpreter import compile_program, execute
from keystone_lua.interpreter.levels import LEVEL_0, LEVEL_1, Level

HERE = Path(__file__).parent


@pytest.mark.parametrize("level", [LEVEL_0, LEVEL_1], ids=["0", "1"])
def test_places_are_told_as_by_lua(level: Level) -> None:
    result = execute(compile_program((HERE / "places.lua").read_bytes(), "places.lua", level=level))
    assert result.failure is None
    assert "\n".join(line.text for line in result.log) + "\n" == (HERE / "places.txt").read_text()


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("debug.getinfo(-1)", "bad argument #1 to 'getinfo' (level out of range)"),
        ("debug.getinfo(1, 'x')", "bad argument #2 to 'getinfo' (invalid option)"),
        ("debug.getinfo(coroutine.create(function() end), 0)", "nil"),
        ("debug.traceback(coroutine.create(function() end), 'x')", "x\nstack traceback:"),
        ("debug.getinfo(coroutine.create(function() end), print).what", "C"),
    ],
)
def test_what_is_refused_and_what_is_not_known(expression: str, answer: str) -> None:
    source = f"local _, answer = pcall(function() return {expression} end) print(answer)"
    (line,) = execute(compile_program(source.encode(), "x.lua")).log
    assert line.text.removeprefix("x.lua:1: ") == answer


def test_a_script_that_names_no_debug_has_none_of_it() -> None:
    program = compile_program(b"local t = {} for i = 1, 3 do t[i] = tostring(i) end return #t", "x.lua")
    assert (program.library_names, program.dynamic, program.fixed) == ((), False, program.fixed)
    assert not {path[0] for _, path, _ in program.fixed} & {"debug", "package"}


@pytest.mark.cpython
def test_what_tells_of_a_deep_stack_does_not_grow_with_its_names() -> None:
    """A name of 300 kB came once for each of 2,000 levels: 600 MB and 1.7 s for 26,000 instructions."""
    name = "f" * 20_000
    body = (
        f"local function {name}(n) if n > 0 then return 1 + {name}(n - 1) end LAST(n) return n end local run = {name}"
    )
    failing = compile_program(f"LAST = error {body} run(1000)".encode(), "x.lua")
    telling = compile_program(
        f"LAST = function() for i = 1, 9 do debug.getinfo(900, 'l') end end {body} run(1000)".encode(), "x.lua"
    )
    showing = compile_program(f"LAST = debug.traceback {body} run(1000)".encode(), "x.lua")
    for program in (failing, telling, showing):
        execute(program)
        import tracemalloc

        tracemalloc.start()
        result = execute(program)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < result.allocated_bytes + 1_000_000
        assert result.failure is None or len("".join(result.failure.traceback)) < 5_000
