"""Idle runs that are used again: nothing of the run before is in them."""

from __future__ import annotations

import gc
import threading
from pathlib import Path

import pytest

from keystone_lua.interpreter import Limits, compile_program
from keystone_lua.interpreter.execution.run import IDLE_RUNS
from keystone_lua.routing.decision import Decision, decide
from keystone_lua.routing.scripts import ScriptStore

REQUEST = {
    "method": "GET", "path": "/", "host": "h", "headers": {"A": "1"}, "body": "",
    "backends": [{"name": "a", "url": "http://a", "health": True}],
}  # fmt: skip

SPOILERS = {
    "globals": "spoilt = (spoilt or 0) + 1 out = spoilt",
    "global metatable": "out = tostring(getmetatable(_G)) setmetatable(_G, {__index = function() return 1 end})",
    "string library": "out = string.marked or 'new' string.marked = 'old' string.find = nil",
    "string methods": "out = getmetatable('').__index.marked or 'new' getmetatable('').__index.marked = 'old'",
    "math library": "out = math.marked or 'new' math.marked = 'old' local m = math m.floor = nil",
    "random stream": "out = math.random(1000000) for i = 1, 50 do math.random() end",
    "random seed": "out = math.random(1000000) math.randomseed(7)",
    "modules": "local m = require 'shared' out = m.count m.count = m.count + 1",
    "addresses": "out = tostring({}) .. tostring(print)",
    "log": "log('once') out = 1",
    "closures": "local n = 0 local function bump() n = n + 1 return n end bumper = bumper or bump out = bumper()",
    "request": "out = tostring(request.seen) request.seen = 1 backends[1].name = 'b' request.headers.A = nil",
    "headers metatable": "out = tostring(request.headers.a) rawset(request.headers, 'a', 2)",
    "base functions": "out = type(1) type = function() return 'spoilt' end ipairs = nil",
    "coroutine waiting": "out = keep and coroutine.status(keep) or 'new' keep = coroutine.create(function() coroutine.yield() end)"
    " coroutine.resume(keep)",
    "coroutine library": "out = coroutine.marked or 'new' coroutine.marked = 'old' coroutine.wrap = nil",
    "coroutine running": "out = tostring(coroutine.running()) .. tostring(coroutine.create(print and function() end))"
    " coroutine.resume(coroutine.create(function() error('x') end))",
    "clock": "out = os.clock() == os.clock() and 1 or os.time()",
}


def decided(spoiler: str) -> list[Decision]:
    source = f"{spoiler}\nfunction on_route_request() return {{modified_path = '/' .. out}} end"
    program = compile_program(source.encode(), "x.lua", {"shared": b"return {count = 1}"})
    return [decide(program, REQUEST, seed=3, now=5.0) for _ in range(3)]


@pytest.mark.parametrize("spoiler", SPOILERS.values(), ids=SPOILERS)
def test_nothing_is_left_for_the_next_run(spoiler: str) -> None:
    first, *later = decided(spoiler)
    assert first.failure is None
    assert later == [first, first]


def test_limits_are_those_of_each_run() -> None:
    program = compile_program(b"function on_route_request() return {modified_path = '/'} end", "x.lua")
    used = decide(program, REQUEST).instructions
    for limit, kind in [(used, None), (used - 1, "instructions"), (used, None), (used + 1, None)]:
        failure = decide(program, REQUEST, limits=Limits(instructions=limit)).failure
        assert (failure.kind if failure else None) == kind


def test_a_run_that_failed_leaves_no_shell() -> None:
    program = compile_program(b"function on_route_request(r) error('no') end", "x.lua")
    assert decide(program, REQUEST).failure is not None
    assert program.idle_runs == []


def test_threads_do_not_share_a_shell() -> None:
    source = (
        b"function on_route_request(r) n = 0 for i = 1, 20000 do n = n + 1 end return {modified_path = r.path .. n} end"
    )
    program = compile_program(source, "x.lua")
    wrong: list[Decision] = []

    def work(name: str) -> None:
        for _ in range(5):
            decision = decide(program, {**REQUEST, "path": f"/{name}/"})
            if decision.answer != {"selected_backend": "", "modified_path": f"/{name}/20000"}:
                wrong.append(decision)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert 0 < len(program.idle_runs) <= IDLE_RUNS


RECURSIVE = b"""local tree = {}
function tree.walk(n) if n > 0 then return tree.walk(n - 1) end return "a" end
function on_route_request() return {selected_backend = tree.walk(3)} end
"""


@pytest.mark.cpython
def test_the_idle_runs_of_a_replaced_program_go_at_once(tmp_path: Path) -> None:
    """A server sets aside what lives, where no collection looks for circles."""
    (tmp_path / "a.lua").write_bytes(RECURSIVE)
    store = ScriptStore(tmp_path)
    store.reload()
    decide(store.current.programs["a"], REQUEST)
    (tmp_path / "a.lua").write_bytes(RECURSIVE + b"-- changed\n")
    store.reload()  # imports and caches what a reload needs
    decide(store.current.programs["a"], REQUEST)
    (tmp_path / "a.lua").write_bytes(RECURSIVE)
    gc.collect()
    gc.disable()
    try:
        store.reload()
        assert gc.collect() == 0
    finally:
        gc.enable()
