"""The scripts that budgets are proven on, and how one is run to a stop."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from keystone_lua.interpreter import Limits, LuaSyntaxError, Program, Result, compile_program, execute

from ..lua import expectations

ROOMY: Final = Limits(load=True, instructions=400_000_000, memory=4 << 30, log=64 << 20, source=16 << 20)
SHORT: Final[dict[str, str]] = {
    "statements": "local a, b = 1, 'x' if a == 1 then b = b .. a end print(b) for i = 1, 3 do print(i * a) end return b",
    "tables": "local t = {1, 2, x = {}} t[#t + 1] = 3 t.x.y = t t[2.5] = 1 for k, v in pairs(t) do print(k) end return #t",
    "functions": "local function f(n) if n == 0 then return 0 end return n + f(n - 1) end print(f(5), (select('#', f(1), 2)))",
    "closures": "local c = {} for i = 1, 3 do c[i] = function(x) i = i + x return i end end print(c[1](2), c[1](1), c[3](4))",
    "errors": "print(pcall(error, {1})) print(pcall(function() local x = nil; return x.y end)) error('end', 0)",
    "caught": "for i = 1, 3 do print(xpcall(function() error('e' .. i) end, function(m) return m .. '!' end)) end",
    "metatables": "local m = {__index = function(t, k) return k .. '?' end, __add = function(a, b) return 7 end,"
    " __tostring = function() return 'T' end} local t = setmetatable({}, m) print(t.x, t + 1, tostring(t))",
    "strings": "for w in ('a b c'):gmatch('%a') do print(w:upper(), w:rep(3)) end print(('a=1'):gsub('(%w)=(%w)', '%2=%1'))",
    "library": "local t = {3, 1, 2} table.sort(t, function(a, b) return a > b end) print(table.concat(t, ','))"
    " print(('%5.2f|%s'):format(1, 'x'), math.floor(2.5), os.time())",
    "jumps": "for i = 1, 4 do if i % 2 == 0 then goto next end print(i) ::next:: end do return 1 end",
    "coroutines": "local function f(a) local b = coroutine.yield(a + 1) print(pcall(function() error(b .. coroutine.yield(b)) end)) end"
    " local co = coroutine.create(f) print(coroutine.resume(co, 1)) print(coroutine.resume(co, 'x')) print(coroutine.resume(co, 'y'))"
    " local function g(n) if n > 0 then g(n - 1) coroutine.yield(n) end end for n in coroutine.wrap(function() g(9) end) do print(n) end",
    "varargs": "local function f(...) local t = {...} return #t, ... end print(f(1, nil, 3)) print((f()))",
    "deep": "local function f(n) return n == 0 and 0 or 1 + f(n - 1) end print(f(40)) print(pcall(f, 1 / 0))",
}  # fmt: skip
"""Programs of a few hundred instructions that meet every part of the language."""


@dataclass(frozen=True)
class Whole:
    """A program and its run to the end."""

    program: Program
    result: Result

    @property
    def output(self) -> list[str]:
        return [line.text for line in self.result.log]


def whole(source: bytes, name: str, limits: Limits = ROOMY) -> Whole | None:
    """Compile and run; None for what is refused at load."""
    try:
        program = compile_program(source, name, limit=limits.source)
    except LuaSyntaxError:
        return None
    return Whole(program, again(program, limits))


def again(program: Program, limits: Limits) -> Result:
    """One more run with the seed and clock of all runs here."""
    return execute(program, limits, seed=1, now=1_700_000_000.0)


def files() -> list[Path]:
    """Every program of the conformance suite."""
    return expectations.files()
