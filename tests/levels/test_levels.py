"""The same answers, errors, instructions and bytes at every level of optimisation."""

from __future__ import annotations

import pytest

from keystone_lua.interpreter import compile_program

from .compare import ALL, Case, compare

PROGRAMS = {
    "library members": "local m = math local n = 0 for i = 1, 40 do n = n + math.floor(i / 2) + m.floor(i) end return n",
    "last call": "local function f(...) return ... end local t = {f(1), f(2)} return #t, select('#', f(1, 2, 3)), f(4)",
    "loops": "local n = 0 for k, v in pairs({1, 2, x = 3}) do n = n + v end for i, v in ipairs({4, nil, 5}) do n = n + i end return n",
    "replaced loops": "local own = pairs local function f() local n = 0 for k in pairs({1, 2}) do n = n + 1 end return n end "
    "pairs = function(t) return own({7, 8, 9}) end return f()",
    "sure branches": "local n = 0 for i = 1, 50 do if i > 3 then n = n + 1 else n = n + 2 end end return n",
    "bytes of a condition": "local n = 0 while #{n} < 2 and n < 5 do n = n + 1 end return n",
    "reached twice": "local k, on = 'x', true local t = on and {[k] = 1, [k .. 'b'] = 2} return t.xb",
    "scattered": "local t = {} for i = 1, 40 do t[i * 5 + 1] = i end local n = 0 for i = 1, 99 do n = n + (t[i] or 0) end "
    "return n, table.concat(t, ' ', 6, 6), unpack(t, 1, 6)",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_levels_agree(name: str) -> None:
    assert compare([Case(name, PROGRAMS[name].encode())], ALL) == []


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("unused", ["return _G", 'return getmetatable("")', "math = math", "select = nil"])
def test_naming_in_a_function_that_is_never_called_changes_no_count(name: str, unused: str) -> None:
    plain, named = (
        Case(name, f"local function unused() {body} end {PROGRAMS[name]}".encode()) for body in ("return nil", unused)
    )
    assert plain.run(compile_program(plain.source, name)) == named.run(compile_program(named.source, name))
