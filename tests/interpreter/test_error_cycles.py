"""Errors that a script has caught are gone at once: none stays in a cycle with a frame that it came through.

The collector comes when so many objects have been made, of whatever size, and nobody is charged for what waits for it.
"""

from __future__ import annotations

import gc

import pytest

from keystone_lua.interpreter import Limits, compile_program, execute
from keystone_lua.interpreter.runtime.errors import LuaError

CAUGHT = [
    "pcall(error, 'x')", "pcall(function() local x = nil + 1 end)", "pcall(function() local x = nil x() end)",
    "xpcall(function() error('x') end, function(m) return m end)",
    "local k = 0 xpcall(function() error('x') end, function(m) k = k + 1 if k < 4 then error('y') end return m end)",
    "local k = 0 xpcall(function() local x = nil x() end, function(m) k = k + 1 if k < 4 then local y = nil y() end end)",
    "xpcall(function() error('x') end, function(m) error('y') end)",
    "pcall(setmetatable({}, {__call = function() error('x') end}))",
    "pcall(function() return setmetatable({}, {__index = function() error('x') end}).a end)",
    "pcall(function() return setmetatable({}, {__add = function() error('x') end}) + 1 end)",
    "pcall(function() return setmetatable({}, {__concat = function() error('x') end}) .. 'a' end)",
    "pcall(function() setmetatable({}, {__newindex = function() error('x') end}).a = 1 end)",
    "pcall(tostring, setmetatable({}, {__tostring = function() error('x') end}))",
    "pcall(table.sort, {3, 2, 1}, function() error('x') end)", "pcall(table.foreach, {1}, function() error('x') end)",
    "pcall(string.gsub, 'abc', '.', function() error('x') end)", "pcall(load, function() error('x') end)",
    "pcall(function() for x in function() error('x') end do end end)", "pcall(require, 'nothing')",
    "pcall(coroutine.wrap(function() error('x') end))", "coroutine.resume(coroutine.create(function() error('x') end))",
    "local w = coroutine.wrap(function() coroutine.yield() error('x') end) w() pcall(w)",
    "pcall(coroutine.wrap(function() coroutine.wrap(function() coroutine.yield() end)() coroutine.wrap(error)() end))",
    "local function d(k) if k == 0 then error('x') end d(k - 1) end pcall(d, 30)",
    "local function d() return 1 + d() end pcall(d)",
    "pcall(require('json').decode, '[')", "pcall(require('re').gsub, 'aa', 'a', function() error('x') end)",
]  # fmt: skip
AROUND = {
    "plain": "for round = 1, 9 do %s end",
    "in a coroutine": "coroutine.wrap(function() for round = 1, 9 do %s coroutine.yield(1) end end)()",
    "in one that catches": "local w = coroutine.wrap(function() for round = 1, 9 do pcall(function() %s coroutine.yield() error('z') end) end end)"
    " for round = 1, 9 do w() end",
}  # fmt: skip


@pytest.mark.cpython
@pytest.mark.parametrize("around", AROUND)
def test_errors_that_were_caught_are_gone(around: str) -> None:
    left = []
    for statement in CAUGHT:
        program = compile_program((AROUND[around] % statement).encode(), "x.lua")
        gc.collect()
        gc.disable()
        try:
            result = execute(program, Limits(depth=300, load=True))
            kept = sum(isinstance(found, LuaError) for found in gc.get_objects())
        finally:
            gc.enable()
        assert result.failure is None, (statement, result.failure)
        if kept:
            left.append((kept, statement))
    assert left == []
