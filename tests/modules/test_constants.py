"""constant(function() ... end): made once at load, frozen, shared, a function of the sources alone."""

from __future__ import annotations

import pytest

from keystone_lua.authoring.checker import check_source
from keystone_lua.interpreter import Limits, LuaSyntaxError, compile_program, execute
from keystone_lua.interpreter.execution.constants import LIMITS
from keystone_lua.interpreter.levels import LEVEL_0
from keystone_lua.interpreter.packing import pack, unpack
from keystone_lua.routing.decision import decide

from .support import lua

LIST = "local L = constant(function() return {3, 1, 2, name = 'n', deep = {x = {y = 1}}} end) "

READS = {
    "L[1], L.name, L.deep.x.y, L.none, #L": "3 n 1 nil 3",
    "type(L), getmetatable(L), rawget(L, 2), rawequal(L, L), L == L": "table nil 1 true true",
    "table.concat(L, ','), select('#', unpack(L)), next({}) == nil": "3,1,2 3 true",
    "next(L), next(L, 1), next(L, 'deep')": "1 2 nil",
    "(function() local n = 0 for k in pairs(L) do n = n + 1 end for i in ipairs(L) do n = n + 10 end for k in next, L do n = n + 100 end return n end)()": "535",
    "table.maxn(L), ({[L] = 5})[L], not L": "3 5 false",
    "L.deep == L.deep, tostring(L):sub(1, 6)": "true table:",
}


@pytest.mark.parametrize("reads", READS)
def test_reads(reads: str) -> None:
    assert " ".join(lua(f"{LIST} return {reads}")) == READS[reads]


WRITES = [
    "L[1] = 5", "L[4] = 5", "L.name = nil", "L.new = 1", "L.deep.x.y = 2", "L[1], L[2] = L[2], L[1]", "rawset(L, 'name', 2)",
    "rawset(L, 'new', 2)", "rawset(L, 'name', nil)", "table.insert(L, 1)", "table.insert(L, 1, 1)", "table.remove(L)",
    "table.remove(L, 1)", "table.sort(L)", "table.sort(L, function(a, b) return a > b end)", "setmetatable(L, {})",
    "setmetatable(L, nil)", "L[#L + 1] = 1", "L[('x'):rep(600)] = 1", "L[{}] = 1", "local t = L t.x = 1",
    "for k in pairs(L) do L[k] = nil end", "for i = 1, 9 do L[i] = i end", "function L.f() end", "L[1] = L[1] + 1",
]  # fmt: skip


@pytest.mark.parametrize("write", WRITES)
def test_a_write_is_an_error_that_says_so(write: str) -> None:
    source = f"{LIST} local ok, e = pcall(function() {write} end) return ok, e, #L, L[1], L[2], L.name, L.new, L.deep.x.y, getmetatable(L)"
    found = lua(source)
    assert found[0] == "false"
    assert found[1].endswith("attempt to change a constant")
    assert found[2:] == ("3", "3", "1", "n", "nil", "1", "nil")


def test_it_is_no_function() -> None:
    assert lua(f"{LIST} return pcall(function() L() end)")[1] == "t:1: attempt to call upvalue 'L' (a table value)"


def test_what_its_function_may_use() -> None:
    source = (
        "local ip, size, name = require 'ip', 3 "
        "local size = 3 local s = require 'string' local bucket = require 'bucket' local ip = require 'ip' "
        "local function double(x) return 2 * x end local triple = function(x) return double(x) + x end "
        "local A = constant(function() local t = {} for i = 1, size do t[i] = triple(i) end return t end) "
        "local B = constant(function() return {A, ip.matcher{'10.0.0.0/8'}, bucket.ring{'a', 'b'}, s.upper('x'), math.floor(2.5)} end) "
        "local C = {n = constant(function() return 7 end)} "
        "return A[3], B[1] == A, B[2]:match('10.0.0.1'), B[3]:find('k') ~= nil, B[4], B[5], C.n"
    )
    assert lua(source) == ("9", "true", "true", "true", "X", "2", "7")


def test_in_a_module() -> None:
    modules = {
        "lists": b"local L = constant(function() return {5} end) return {list = L, other = constant(function() return 6 end)}"
    }
    assert lua(
        "local M = constant(function() return 4 end) local l = require 'lists' return M, l.list[1], l.other", modules
    ) == ("4", "5", "6")


REFUSED = {
    "local x = {} local C = constant(function() return x end)": "t:1: a constant cannot use the local 'x', which is no module, literal or constant",
    "local x = 1 x = 2\nlocal C = constant(function()\nreturn x end)": "t:3: a constant cannot use the local 'x', which is no module, literal or constant",
    "local C = constant(function() return request end)": "t:1: a constant cannot use the global 'request'",
    "local C = constant(function() return y end) y = 1": "t:1: a constant cannot use the global 'y'",
    "local function f() return z end z = 1 local C = constant(function() return f() end)": "t:1: a constant cannot use the local 'f', which is no module, literal or constant",
    "local C = constant(function() return os.time() end)": "t:1: a constant cannot use the clock: it is made when the script is loaded (in a constant)",
    "local C = constant(function() return math.random() end)": "t:1: a constant cannot use random numbers: it is made when the script is loaded (in a constant)",
    "local t = require 'time' local C = constant(function() return t.now() end)": "t:1: a constant cannot use the clock: it is made when the script is loaded (in a constant)",
    "local t = require 'time' local C = constant(function() return t.parse('2026-01-01', 'Europe/Berlin') end)": "t:1: a constant cannot use time zones: their tables change, and a constant is of the sources alone (in a constant)",
    "local C = constant(function() return {print} end)": "t:1: a function cannot be part of a constant",
    "local C = constant(function() return coroutine.create(function() end) end)": "t:1: a thread cannot be part of a constant",
    "local C = constant(function() return setmetatable({}, {}) end)": "t:1: a table with a metatable cannot be part of a constant",
    "local C = constant(function() return {[('x'):rep(512)] = 1} end)": "t:1: a key of 512 bytes or more cannot be part of a constant",
    "local C = constant(function() return {[{}] = 1} end)": "t:1: a table as a key cannot be part of a constant",
    "local C = constant(function() error('no') end)": "t:1: no (in a constant)",
    "local C = constant(function() while true do end end)": "t:1: instruction budget exceeded (10000000) (in a constant)",
    "local C = constant(function() return ('x'):rep(1e9) end)": "t:1: memory budget exceeded (134217728) (in a constant)",
}


@pytest.mark.parametrize("source", REFUSED)
def test_what_is_refused_when_the_script_is_loaded(source: str) -> None:
    with pytest.raises(LuaSyntaxError) as refusal:
        compile_program(source.encode(), "t")
    assert str(refusal.value) == REFUSED[source]


def test_elsewhere_it_is_an_error_that_says_where() -> None:
    words = "constant(function() ... end) must stand at a file's top level, as in local NAME = constant(...)"
    assert lua("return pcall(function() return constant(function() end) end)") == ("false", f"t:1: {words}")
    assert lua("local constant = function(f) return f() end return constant(function() return 5 end)") == ("5",)
    assert lua("function constant(f) return f() end return constant(function() return 6 end)") == ("6",)


MINE = "function constant(f) return 'mine' end"


def test_a_script_s_own_function_of_that_name_is_called_in_whatever_file_it_is_assigned() -> None:
    """It was looked for in the file of the call alone: another file's was never called."""
    call = "local C = constant(function() return 5 end) return C"
    assert lua(f"{MINE} {call}") == ("mine",)
    assert lua(f"require 'm' {call}", {"m": MINE.encode()}) == ("mine",)
    assert lua(f"{MINE} return require 'm'", {"m": call.encode()}) == ("mine",)
    assert lua(f"local x = _G.constant {call}") == ("5",)


def test_a_table_in_itself() -> None:
    assert lua("local C = constant(function() local t = {} t.t = {t} return t end) return C.t[1] == C") == ("true",)


BIG = "local B = constant(function() local t = {} for i = 1, 20000 do t['k' .. i] = i end return t end) function on_route_request(r) return {selected_backend = tostring(B['k' .. #r.path])} end"
SMALL = "local B = {k2 = 2} function on_route_request(r) return {selected_backend = tostring(B['k' .. #r.path])} end"
REQUEST = {"method": "GET", "path": "/a", "host": "", "headers": {}, "body": "", "backends": []}


def test_a_request_pays_nothing_for_what_is_in_it() -> None:
    big, small = (compile_program(text.encode(), "t") for text in (BIG, SMALL))
    found = [decide(big, REQUEST, seed=seed, now=5.0 + seed) for seed in range(3)]
    assert {decision.answer["selected_backend"] for decision in found if decision.answer} == {"2"}
    assert len({(decision.instructions, decision.allocated_bytes) for decision in found}) == 1
    other = decide(small, REQUEST, seed=0, now=5.0)
    assert found[0].instructions <= other.instructions + 20
    assert found[0].allocated_bytes <= other.allocated_bytes + 200
    assert big.constant  # start-up is kept


def test_counts_are_the_same_packed_and_at_every_level() -> None:
    source = (
        LIST
        + "local n = 0 for k in pairs(L) do n = n + 1 end for k, v in next, L do n = n + #tostring(k) end return n, L.deep.x.y"
    ).encode()
    program = compile_program(source, "t")
    results = [
        execute(one)
        for one in (program, unpack(pack(program), source, {}), compile_program(source, "t", level=LEVEL_0), program)
    ]
    assert len({(r.values, r.instructions, r.allocated_bytes) for r in results}) == 1
    assert [r.failure for r in results] == [None] * 4


def test_its_budget_on_both_sides() -> None:
    rounds = LIMITS.instructions // 2 - 100
    assert lua(
        f"local C = constant(function() for i = 1, {rounds} do end return 1 end) return C",
        limits=Limits(instructions=1000),
    ) == ("1",)
    with pytest.raises(LuaSyntaxError, match="instruction budget exceeded"):
        compile_program(f"local C = constant(function() for i = 1, {rounds + 200} do end return 1 end)".encode(), "t")


COUNTS = "local C = constant(function() for i = 1, {} do end return 1 end) return C"


def test_all_files_have_one_budget() -> None:
    """Each had its own: five modules of 64 MiB took 626 MB to load."""
    half = COUNTS.format(LIMITS.instructions // 4 + 1000).encode()
    assert lua(half.decode()) == ("1",)
    with pytest.raises(LuaSyntaxError, match="instruction budget exceeded"):
        compile_program(half + b" , require 'm'", "t", {"m": half})


def test_what_the_compiler_takes_is_not_left_for_constants() -> None:
    """Both happen while a script is loaded: one after the other they took twice their time and memory."""
    source = COUNTS.format(LIMITS.instructions // 2 - 1000)
    assert lua(source) == ("1",)
    with pytest.raises(LuaSyntaxError, match="instruction budget exceeded"):
        compile_program(f"function f(a) {'a.b.c = a.d ' * 1000} end {source}".encode(), "t")


def test_frozen_copies_are_paid_for() -> None:
    """They were not: 250,000 tables within 64 MiB took 200 MB."""
    with pytest.raises(LuaSyntaxError, match="memory budget exceeded"):
        compile_program(
            b"local C = constant(function() local t = {} for i = 1, 250000 do t[i] = {} end return t end)", "t"
        )


def test_functions_for_constants_are_compiled_once_more_and_cost_so() -> None:
    functions = "".join(f"local function f{i}(a) {'a.b.c = a:d() ' * 14} end\n" for i in range(120))
    assert lua(f"{functions} return 1") == ("1",)
    with pytest.raises(LuaSyntaxError, match="too many operations"):
        compile_program(f"{functions} local C = constant(function() return f1 and 1 end)".encode(), "t")


def test_with_everything_in_sight() -> None:
    assert lua(f"{LIST} local g = _G return g.string ~= nil, L[1]") == ("true", "3")
    assert lua(
        f"{LIST} local co = coroutine.wrap(function() coroutine.yield(L[2]) return L.name end) return co(), co()"
    ) == ("1", "n")


def test_check_sees_the_source_as_it_stands() -> None:
    source = "local ip = require 'ip'\nlocal C = constant(function() return ip.matcher{'::'} end)\nfunction on_route_request(r) return {reject = C:match(r.path)} end"
    assert check_source(source.encode(), "t.lua") == []
    found = check_source(b"local x = {}\nlocal C = constant(function() return x end)", "t.lua")
    assert [finding.message for finding in found if finding.severity == "error"] == [
        "a constant cannot use the local 'x', which is no module, literal or constant"
    ]
