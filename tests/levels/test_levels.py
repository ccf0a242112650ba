"""The same answers, errors, instructions and bytes at every level of optimisation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from keystone_lua.interpreter import compile_program
from keystone_lua.interpreter.levels import LEVEL_0, LEVEL_1

from . import corpus
from .compare import ALL, BOTH, LIMITS, Case, compare, executed

PROGRAMS = {
    "library members": "local m = math local n = 0 for i = 1, 40 do n = n + math.floor(i / 2) + m.floor(i) end return n",
    "last call": "local function f(...) return ... end local t = {f(1), f(2)} return #t, select('#', f(1, 2, 3)), f(4)",
    "loops": "local n = 0 for k, v in pairs({1, 2, x = 3}) do n = n + v end for i, v in ipairs({4, nil, 5}) do n = n + i end return n",
    "replaced loops": "local own = pairs local function f() local n = 0 for k in pairs({1, 2}) do n = n + 1 end return n end "
    "pairs = function(t) return own({7, 8, 9}) end return f()",
    "sure branches": "local n = 0 for i = 1, 50 do if i > 3 then n = n + 1 else n = n + 2 end end return n",
    "bytes of a condition": "local n = 0 while #{n} < 2 and n < 5 do n = n + 1 end return n",
    "reached twice": "local k, on = 'x', true local t = on and {[k] = 1, [k .. 'b'] = 2} return t.xb",
    "a yield whose last argument fails": "local co = coroutine.wrap(function(x) local function f() return 1 + x end "
    "coroutine.yield(pcall(f)) coroutine.yield(1, f()) end) return co(), pcall(co)",
    "an error leaves a coroutine": "local co = coroutine.wrap(function() local function f() error('x') end f() end) return pcall(co)",
    "pairs over one of several": "local function f(...) local n = 0 for k in pairs(select(1, ...)) do n = n + k end return n end return f({1, 2}, 3)",
    "scattered": "local t = {} for i = 1, 40 do t[i * 5 + 1] = i end local n = 0 for i = 1, 99 do n = n + (t[i] or 0) end "
    "return n, table.concat(t, ' ', 6, 6), unpack(t, 1, 6)",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_levels_agree(name: str) -> None:
    assert compare([Case(name, PROGRAMS[name].encode())], ALL) == []


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("unused", ["return _G", 'return getmetatable("")', "math = math", "select = nil"])
def test_naming_in_a_function_that_is_never_called_changes_no_count(name: str, unused: str) -> None:
    sources = (f"local function unused() {body} end {PROGRAMS[name]}" for body in ("return nil", unused))
    plain, named = (executed(compile_program(source.encode(), name)) for source in sources)
    assert plain == named


@pytest.mark.parametrize("memory", range(6000, 60000, 2500))
def test_a_budget_ends_a_run_at_the_same_counts(memory: int) -> None:
    """A charge that moves into the branches of a condition is told apart from theirs when a budget ends."""
    source = "local function f(n, ...) if n == 0 then return ... end return f(n - 1, n, ...) end return f(5000)"
    limits = replace(LIMITS, memory=memory)
    found = {
        level: executed(compile_program(source.encode(), "x", level=level), limits) for level in (LEVEL_0, LEVEL_1)
    }
    assert found[LEVEL_0].kind == "memory"
    assert found[LEVEL_0] == found[LEVEL_1]


SHORT = 24
"""Random programs of each kind; ``python -m tests.levels`` takes more."""


def test_the_bundled_scripts() -> None:
    assert compare(corpus.bundled(10), BOTH) == []


@pytest.mark.parametrize("name", ["e41_return_flood.lua", "errors.lua", "closures.lua", "z05_concat_chain.lua"])
def test_files(name: str) -> None:
    assert compare((case for case in corpus.files() if case.name == name), BOTH, 2) == []


@pytest.mark.parametrize("part", range(3))
def test_random_programs(part: int) -> None:
    numbers = range(part * SHORT // 3, (part + 1) * SHORT // 3)
    assert compare(corpus.random_programs(numbers), BOTH, 1) == []
    assert compare(corpus.random_price_programs(numbers), BOTH, 1) == []


@pytest.mark.slow
@pytest.mark.parametrize("cases", [corpus.suite, corpus.files], ids=["suite", "files"])
def test_everything(cases: Callable[[], Iterator[Case]]) -> None:
    assert compare(cases(), BOTH) == []
