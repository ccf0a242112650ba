"""Coroutines: what they cost, what is left of them, and how many and how deep there may be.

What scripts see is in tests/lua/coroutines and tests/lua/engine/coroutines.lua.
"""

from __future__ import annotations

import gc
import warnings
from dataclasses import replace

import pytest

from keystone_lua.interpreter import DEFAULT, Limits, compile_program, execute
from keystone_lua.interpreter.execution.program import Program
from keystone_lua.interpreter.runtime.coroutines import TWINS
from keystone_lua.routing.decision import decide

ROOMY = Limits(instructions=100_000_000, memory=1 << 30)
ROOM = 16 * 1024
"""Bytes beyond the charge: the Result, the process's own."""


def program(source: str) -> Program:
    return compile_program(source.encode(), "x.lua")


def test_programs_that_name_none_have_no_twins() -> None:
    plain = program("local function f() return g() end function on_route_request() return f() end")
    assert TWINS not in plain.namespace
    assert plain.namespace.keys() <= program("return coroutine").namespace.keys()


FOUND = {
    "in the globals": "local library = _G['corou' .. 'tine']",
    "required": "local library = require 'coroutine'",
    "required by a name that is computed": "local library = require('corou' .. 'tine')",
}


@pytest.mark.parametrize("found", FOUND)
def test_programs_that_may_find_the_library_have_twins(found: str) -> None:
    source = "local function f(x) return library.yield(x) + 1 end local w = library.wrap(f) return w(1), w(2)"
    assert execute(program(f"{FOUND[found]} {source}")).values == ("1", "3")


HELD = {
    "begun": "coroutine.wrap(body)",
    "not begun": "coroutine.create(body)",
    "with a closure each": "coroutine.create(function() coroutine.yield(i) end) coroutine.resume(all[i])",
}


@pytest.mark.parametrize("made", HELD)
def test_ten_thousand_are_alive_within_the_budget(made: str) -> None:
    begin = "all[i]()" if "wrap(body" in HELD[made] else ""
    source = f"local all = {{}} local function body() coroutine.yield() end for i = 1, 10000 do all[i] = {HELD[made]} {begin} end return #all"
    result = execute(program(source), DEFAULT)
    assert (result.failure, result.values) == (None, ("10000",))


BODIES = {
    "a loop": "for i = 1, 3 do coroutine.yield(i) end",
    "many loops": "for k, v in pairs({1}) do for i, w in ipairs({1}) do for a = 1, 5 do for b = 2, 9 do coroutine.yield() end end end end",
    "iterators": "for a in next, {1} do for b in ('xx'):gmatch('x') do coroutine.yield() end end",
    "recursion": "local function r(n) if n > 0 then r(n - 1) end coroutine.yield() end r(20)",
    "pcalls": "local function r(n) if n > 0 then pcall(r, n - 1) end coroutine.yield() end r(20)",
    "coroutines": "local function r(n) if n > 0 then coroutine.wrap(r)(n - 1) end coroutine.yield() end r(10)",
    "locals": " ".join(f"local a{i} = {i}" for i in range(150)) + " coroutine.yield() return a1",
    "arguments": f"local function f(...) coroutine.yield() end local t = {{}} f({', '.join(['t[1]'] * 150)})",
    "captures": " ".join(f"local a{i} = {i} local function f{i}() a{i} = a{i} + 1 end" for i in range(60)) + " coroutine.yield()",
    "chains": f"local y = coroutine.yield return {' + '.join(['y(1)'] * 60)}",
    "parentheses": f"local y = coroutine.yield return {'(' * 60}y(1){' + 1)' * 60}",
    "blocks": " ".join(f"for i{n} = 1, 1 do" for n in range(18)) + " coroutine.yield() " + "end " * 18,
    "varargs": "local function f(...) coroutine.yield() return ... end f(unpack({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}))",
}  # fmt: skip


@pytest.mark.cpython
@pytest.mark.parametrize("body", BODIES)
def test_memory_of_what_waits_is_below_the_charge(body: str) -> None:
    source = f"local all = {{}} for i = 1, 300 do local co = coroutine.wrap(function() {BODIES[body]} end) co() all[i] = co end return #all"
    compiled = program(source)
    execute(compiled, ROOMY)
    gc.collect()
    import tracemalloc

    tracemalloc.start()
    result = execute(compiled, ROOMY)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert result.failure is None
    assert peak <= result.allocated_bytes + ROOM


ABANDONED = {
    "in a global": "co = coroutine.wrap(function() pcall(function() coroutine.yield() end) end) co()",
    "in itself": "local co co = coroutine.create(function() coroutine.yield(co) end) coroutine.resume(co)",
    "in a loop": "for i in coroutine.wrap(function() for i = 1, 9 do coroutine.yield(i) end end) do break end",
    "by a stop": "coroutine.wrap(function() coroutine.wrap(function() while true do end end)() end)()",
    "by an error": "local w = coroutine.wrap(function() coroutine.yield() end) w() error('end')",
}


@pytest.mark.parametrize("source", ABANDONED.values(), ids=ABANDONED)
def test_what_is_abandoned_is_freed_in_silence(source: str, capfd: pytest.CaptureFixture[str]) -> None:
    compiled = program(f"{source} function on_route_request() return nil end")
    limits = replace(DEFAULT, instructions=20_000)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first = decide(compiled, REQUEST, limits=limits)
        gc.collect()
        before = len(gc.get_objects())
        again = [decide(compiled, REQUEST, limits=limits) for _ in range(20)]
        gc.collect()
        assert len(gc.get_objects()) <= before + 20 * 10  # the answers themselves
    assert again == [first] * 20
    assert capfd.readouterr() == ("", "")


REQUEST = {
    "method": "GET", "path": "/", "host": "h", "headers": {}, "body": "",
    "backends": [{"name": "a", "url": "http://a", "health": True}],
}  # fmt: skip

STOPPED = {
    "resume": "coroutine.resume(coroutine.create(spin))",
    "wrap below pcall": "pcall(coroutine.wrap(spin))",
    "pcall within": "coroutine.wrap(function() while true do pcall(spin) end end)()",
    "xpcall within": "coroutine.wrap(function() xpcall(spin, function() return 1 end) end)()",
    "nested": "coroutine.resume(coroutine.create(function() return coroutine.resume(coroutine.create(spin)) end))",
    "later": "local co = coroutine.wrap(function() coroutine.yield() spin() end) co() pcall(co)",
    "in an iterator": "for x in coroutine.wrap(spin) do end",
}


@pytest.mark.parametrize("source", STOPPED.values(), ids=STOPPED)
def test_no_coroutine_catches_a_stop(source: str) -> None:
    stopped = execute(program(f"local function spin() while true do end end {source} return 'escaped'"))
    assert stopped.failure is not None
    assert (stopped.failure.kind, stopped.instructions) == ("instructions", DEFAULT.instructions)


@pytest.mark.parametrize("depth", [1, 2, 20, 500])
def test_nested_resumes_end_at_any_depth(depth: int) -> None:
    nest = (
        "local function nest() return coroutine.resume(coroutine.create(nest2)) end function nest2() return nest() end"
    )
    result = execute(program(f"{nest} return select('#', nest())"), replace(ROOMY, depth=depth))
    assert result.failure is None or result.failure.kind == "depth"


def test_prices_do_not_hang_on_who_resumes() -> None:
    """A coroutine's frames are its own: the same bytes, resumed near the bottom or deep down."""

    def spent(depth: int) -> int:
        source = f"""
            local function body(n) if n > 0 then body(n - 1) end coroutine.yield() end
            local function at(n, f) if n > 0 then at(n - 1, f) return end f() end
            at(300, function() end)
            local co = coroutine.wrap(body)
            at({depth}, function() co(50) end)
            at({depth}, co)"""
        return execute(program(source), ROOMY).allocated_bytes

    assert spent(0) == spent(250)


def test_functions_behind_an_endless_loop_have_no_twin() -> None:
    """CPython makes no code of what it sees is never reached; looking for it was a KeyError when a script was loaded."""
    source = b"local c = coroutine while true do local x = 1 end local function f() print(c) end"
    result = execute(compile_program(source, "t"), Limits(instructions=1000))
    assert result.failure is not None
    assert result.failure.kind == "instructions"
