"""Start-up that is done once: only where no run can tell, and no run's doing is seen by the next."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from keystone_lua.interpreter import Limits, Program, compile_program
from keystone_lua.interpreter.analysis.compile_cost import cost_of
from keystone_lua.interpreter.errors import SliceExhausted
from keystone_lua.interpreter.limits import MAX_PROVED
from keystone_lua.interpreter.syntax.parser import parse
from keystone_lua.routing.decision import Decision, decide
from tests.interpreter.test_idle_runs import REQUEST

MODULES = {
    "shop": b"local M = {} M.limits = {low = 1, high = 9} function M.name(n) return 'n' .. n end return M",
    "plain": b"return function(path) return path .. '!' end",
    "flat": b"local M = {} function M.name(n) return 'f' .. n end return M",
    "uses": b"local flat = require 'flat' local M = {name = flat.name} return M",
    "counts": b"local M = {n = 0} function M.bump() M.n = M.n + 1 return M.n end return M",
    "shows": b"local M = {n = 0} function M.self() return M end return M",
    "logs": b"log('loaded') return {}",
    "passes": b"return request",
}

CONSTANT = {
    "a function": "local out = function(r) return r.path end",
    "literals": "local A, B, C, D = 1, -2 * 3, 'x' .. 'y', nil local function out() return A .. B .. C .. tostring(D) end",
    "library functions": "local find, pi = string.find, math.pi local function out(r) return find(r.path, '/') .. pi end",
    "a table of literals": "local T = {1, 2, x = 'y'} local function out() return T[1] .. T.x .. #T end",
    "loops over it": "local T = {3, 4} local function out() local s = 0 for i, v in ipairs(T) do s = s + v * i end return s end",
    "all of it": "local T = {b = 3, a = 4} local function out() local s = '' for k, v in pairs(T) do s = s .. k .. v end return s end",
    "tables in it": "local R = {{p = '/a', to = 'x'}, {p = '/', to = 'y'}} local function out(r) for _, e in ipairs(R) do "
    "if r.path:find(e.p, 1, true) and e.to:len() == 1 then return e.to end end end",
    "a name for a part": "local R = {a = {b = {c = 5}}} local function out() local a = R.a local b = a.b return b.c + #a end",
    "a default": "local T, U = {a = 1}, {a = 2} local function out(r) local t = r.none or T return t.a + (U and U.a) end",
    "tests": "local T = {} local function out(r) if T and not (T == r) then return type(T) .. table.concat(T, ',') end end",
    "a function in it": "local M = {} function M.f(x) return x .. '?' end local function out(r) return M.f(r.path) end",
    "a table in it later": "local M = {} M.t = {7} local function out() return M.t[1] end",
    "a part of a part, at once": "local R = {a = {b = {c = 5}}} local key = 'b' local n = R.a[key].c local function out() return n end",
    "globals": "limit = 5 function twice(n) return n * 2 end local function out() return twice(limit) end",
    "a module": "local shop = require 'shop' local function out() return shop.name(shop.limits.high) end",
    "a module's function": "local uses = require 'uses' local name = uses.name local plain = require 'plain' local function out(r) return plain(name(r.path)) end",
    "a module twice": "local a, b = require 'shop', require 'uses' local function out(r) return a.name(1) .. b.name(2) end",
    "closures of a run": "local function counter() local n = 0 return function() n = n + 1 return n end end "
    "local function out() local c = counter() c() return c() end",
}  # fmt: skip
"""Each defines ``out``."""

VARYING = {
    "a counter": "local n = 0 local function out() n = n + 1 return n end",
    "a counted field": "local T = {n = 0} local function out() T.n = T.n + 1 return T.n end",
    "a deep field": "local T = {a = {n = 0}} local function out() T.a.n = T.a.n + 1 return T.a.n end",
    "through a local": "local T = {a = {n = 0}} local function out() local a = T.a a.n = a.n + 1 return a.n end",
    "through a loop": "local T = {{n = 0}} local function out() for _, e in ipairs(T) do e.n = e.n + 1 return e.n end end",
    "through next": "local T = {{n = 0}} local function out() for _, e in next, T do e.n = e.n + 1 return e.n end end",
    "through a loop's name": "local p, T = pairs, {{n = 0}} local function out() for _, e in p(T) do e.n = e.n + 1 return e.n end end",
    "through or": "local T = {n = 0} local function out(r) local t = r.none or T t.n = t.n + 1 return t.n end",
    "through a parameter": "local T = {n = 0} local function add(t) t.n = t.n + 1 return t.n end local function out() return add(T) end",
    "through self": "local T = {n = 0} function T:add() self.n = self.n + 1 return self.n end local function out() return T:add() end",
    "through a method of its part": "local T = {a = {n = 0}} function T.a:add() self.n = self.n + 1 return self.n end local function out() return T.a:add() end",
    "through a result": "local T = {n = 0} local function get() return T end local function out() local t = get() t.n = t.n + 1 return t.n end",
    "through varargs": "local T = {n = 0} local function out() local function f(...) local t = ... t.n = t.n + 1 return t.n end return f(T) end",
    "through a constructor": "local T = {n = 0} local function out() local x = {T} x[1].n = x[1].n + 1 return T.n end",
    "through a key": "local T = {n = 0} local function out() local x = {[T] = 1} local t = next(x) t.n = t.n + 1 return T.n end",
    "through an index": "local T = {n = 0} local function out() local x = {} x[T] = 1 local t = next(x) t.n = t.n + 1 return T.n end",
    "through a field": "local T = {n = 0} local function out() local x = {} x.t = T x.t.n = x.t.n + 1 return T.n end",
    "through an upvalue": "local T = {n = 0} local function out() local t = T return (function() t.n = t.n + 1 return T.n end)() end",
    "through a local of two lives": "local T = {n = 0} local function out() local t t = T t.n = t.n + 1 return T.n end",
    "through a chain": "local T = {a = {n = 0}} local function out(r) T.a.n = T.a.n + #tostring(r.path):upper():lower():sub(1, 1) return T.a.n end",
    "table.insert": "local T = {} local function out() table.insert(T, 1) return #T end",
    "rawset": "local T = {} local function out() rawset(T, #T + 1, 1) return #T end",
    "rawset by another name": "local set, T = rawset, {} local function out() set(T, #T + 1, 1) return #T end",
    "pcall": "local T = {} local function out() pcall(table.insert, T, 1) return #T end",
    "a metatable": "local T = {n = 0} local function out() local x = setmetatable({}, {__index = T, __newindex = T}) x.n = x.n + 1 return T.n end",
    "setmetatable": "local T = {} local function out() local m = getmetatable(T) setmetatable(T, {}) return tostring(m) end",
    "error": "local T = {n = 0} local function out() local _, t = pcall(function() error(T) end) t.n = t.n + 1 return T.n end",
    "a global": "n = 0 local function out() n = n + 1 return n end",
    "a global table": "T = {n = 0} local function out() T.n = T.n + 1 return T.n end",
    "a new global": "local function out() local seen = known known = 'yes' return tostring(seen) end",
    "a function of its own": "local function f() return 1 end local function out() local n = f() f = function() return n + 1 end return n end",
    "the library": "local function out() local seen = string.mark string.mark = 'old' return tostring(seen) end",
    "a library as a value": "local s = string local function out() local seen = s.mark s.mark = 'old' return tostring(seen) end",
    "a library, required": "local s = require 'string' local function out() local seen = s.mark s.mark = 'old' return tostring(seen) end",
    "all globals": "local function out() local seen = _G.mark _G.mark = 'old' return tostring(seen) end",
    "the request": "local path = request.path local function out() return path end",
    "a run's time": "local now = os.time() local function out() return now end",
    "chance": "local n = math.random(1000000) local function out() return n end",
    "a condition": "local n if request.path == '/' then n = 1 end local function out() return tostring(n) end",
    "a loop": "local T = {} for i = 1, 3 do T[i] = {} end local function out() T[1][1] = (T[1][1] or 0) + 1 return T[1][1] end",
    "a call": "local function make() return {n = 0} end local T = make() local function out() T.n = T.n + 1 return T.n end",
    "a log line": "log('started') local function out() return 1 end",
    "another name for it": "local T = {n = 0} local U = T local function out() U.n = U.n + 1 return T.n end",
    "another name for a part": "local T = {a = {n = 0}} local U = T.a local function out() U.n = U.n + 1 return T.a.n end",
    "itself in it": "local T = {n = 0} T.T = T local function out() T.T.n = T.n + 1 return T.n end",
    "a table in another": "local U = {n = 0} local T = {u = U} local function out() T.u.n = T.u.n + 1 return U.n end",
    "a required module": "local M = require 'counts' local function out() return M.bump() end",
    "a module's field": "local M = require 'counts' local function out() M.n = M.n + 1 return M.n end",
    "a module, later": "local function out() return require('counts').bump() end",
    "a module that shows itself": "local M = require 'shows' local function out() local m = M.self() m.n = m.n + 1 return M.n end",
    "a module that logs": "local M = require 'logs' local function out() return tostring(M.x) end",
    "a module, changed": "local M = require 'shop' M.extra = {n = 0} local function out() M.extra.n = M.extra.n + 1 return M.extra.n end",
    "the request, by a module": "local r = require 'passes' local function out() return r.path end",
    "the request, or a table": "local T = {} local path = (request or T).path local function out() return path end",
    "a part that the request names": "local T = {a = {['/0'] = {x = 1}, ['/1'] = {x = 2}, ['/2'] = {x = 3}}} local x = T.a[request.path].x local function out() return x end",
    "a log line beside a table": "local T = {} local x = (log('started') or T).x local function out() return tostring(x) end",
    "chance beside a table": "local T = {} local x = (T[math.random(9)] or T)[1] local function out() return math.random(1000000) end",
    "through __add": "local T = {n = 0} local function out() return T + setmetatable({}, {__add = function(a) a.n = a.n + 1 return a.n end}) end",
    "through __sub, on the right": "local T = {n = 0} local function out() return setmetatable({}, {__sub = function(_, b) b.n = b.n + 1 return b.n end}) - T end",
    "through __concat": "local T = {n = 0} local function out() return T .. setmetatable({}, {__concat = function(a) a.n = a.n + 1 return a.n end}) end",
    "through a string's __mul": "local T = {n = 0} local function out() getmetatable('').__mul = function(a) a.n = a.n + 1 return a.n end return T * 'x' end",
    "through a key of its own": "local T = {[{n = 0}] = 1} local function out() for k in pairs(T) do k.n = k.n + 1 return k.n end end",
    "through a module as a key": "local T = {[require 'flat'] = 1} local function out() for k, v in pairs(T) do k.n = (k.n or 0) + v return k.n end end",
    "what next notes": "local T = {a = 1, b = 2, c = 3} local function out() local n = 0 for k, v, w in pairs(T) do n = n + v end return n end",
    "a goto": "local n = 0 ::again:: n = n + 1 if n < 3 then goto again end local function out() return n end",
}  # fmt: skip


def program(text: str) -> Program:
    """A script whose answer's path tells what ``out`` has said."""
    source = f"{text}\nfunction on_route_request(r) return {{modified_path = '/' .. tostring(out(r))}} end"
    return compile_program(source.encode(), "x.lua", MODULES)


def decided(compiled: Program, number: int, limits: Limits | None = None) -> Decision:
    request = {**REQUEST, "path": f"/{number}", "headers": {"N": str(number)}}
    return decide(compiled, request, limits=limits or Limits(), seed=number, now=float(number))


@pytest.mark.parametrize("text", CONSTANT.values(), ids=CONSTANT)
def test_constant(text: str) -> None:
    compiled = program(text)
    assert compiled.constant
    for number in range(3):
        decision = decided(compiled, number)
        assert decision == decided(program(text), number)
        assert decision.failure is None
    assert compiled.idle_runs[0].started is not None


@pytest.mark.parametrize("text", VARYING.values(), ids=VARYING)
def test_varying(text: str) -> None:
    compiled = program(text)
    assert not compiled.constant
    for number in range(3):
        assert decided(compiled, number) == decided(program(text), number)


@pytest.mark.parametrize("text", CONSTANT.values(), ids=CONSTANT)
def test_budgets_end_where_they_did(text: str) -> None:
    compiled = program(text)
    used = decided(compiled, 1)
    instructions = range(1, used.instructions + 2)
    memory = range(1, used.allocated_bytes + 2, max(1, used.allocated_bytes // 200))
    limits = [Limits(instructions=limit) for limit in instructions] + [Limits(memory=limit) for limit in memory]
    for limit in itertools.chain(limits, [Limits(depth=9), Limits(depth=2)]):
        decided(compiled, 1)
        begun = [decided(compiled, 1, limit) for _ in range(2)]  # with an idle run of other limits, then of these
        compiled.idle_runs.clear()
        assert begun == [decided(compiled, 1, limit)] * 2


def test_a_slice_may_end_in_start_up() -> None:
    fields = ", ".join(f"k{number} = {number}" for number in range(3000))
    compiled = program(f"local T = {{{fields}}} local function out() return T.k7 end")
    first = decided(compiled, 1)
    assert compiled.constant
    assert compiled.idle_runs[0].started is not None
    with pytest.raises(SliceExhausted):
        decide(compiled, REQUEST, slice=200)
    assert decided(compiled, 1) == first


@pytest.mark.slow
def test_only_so_much_is_looked_at() -> None:
    def source(fields: int) -> bytes:
        return b"local T = {" + b"1, " * fields + b"} function on_route_request() return {modified_path = '/'} end"

    fixed = cost_of(parse(source(0), "x.lua"))
    each = cost_of(parse(source(1), "x.lua")) - fixed
    most = (MAX_PROVED - fixed) // each
    assert compile_program(source(most), "x.lua").constant
    assert not compile_program(source(most + 1), "x.lua").constant


def test_the_host_s_globals_are_each_run_s_own() -> None:
    compiled = compile_program(
        b"local function path() return request.path .. #backends end\n"
        b"function on_route_request() return {modified_path = path()} end",
        "x.lua",
    )
    assert compiled.constant
    paths = [decide(compiled, {**REQUEST, "path": path}).answer for path in ("/a", "/b")]
    assert [answer and answer["modified_path"] for answer in paths] == ["/a1", "/b1"]
    assert not {"request", "backends"} & compiled.idle_runs[0].globals.keys()


def test_bundled_scripts_are_constant() -> None:
    folder = Path(__file__).parents[2] / "scripts"
    modules = {path.stem: path.read_bytes() for path in (folder / "lib").glob("*.lua")}
    constant = {
        path.stem for path in folder.glob("*.lua") if compile_program(path.read_bytes(), path.name, modules).constant
    }
    assert {path.stem for path in folder.glob("*.lua")} - constant == {"token-gate"}  # hands out its rules
