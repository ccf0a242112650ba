"""The table library against real lua5.1, and its prices.

Each sweep is a program that prints many results; its output was made by ``lua5.1`` and is kept as a digest. Where
``lua5.1`` is installed the lines themselves are compared.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from typing import Any

import pytest

from keystone_lua.interpreter import Result
from keystone_lua.interpreter.runtime import tracebacks
from keystone_lua.interpreter.runtime.values import ListTable, Table
from keystone_lua.routing import reads

from .sweeps import peak_and_bytes, run

SHOW = """
local function show(v)
  if type(v) == "number" then return v ~= v and "nan" or string.format("%.17g", v) end
  if type(v) == "table" then return "table" end
  return (tostring(v):gsub("%z", "<nul>"))
end
local function out(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = show((select(i, ...))) end
  print(table.concat(parts, " "))
end
local function dump(t)
  local parts = {}
  for i = -4, 60 do if t[i] ~= nil then parts[#parts + 1] = i .. "=" .. show(t[i]) end end
  print(table.concat(parts, " "))
end
local seed = 5
local function draw(n) seed = seed * 16807 % 2147483647 return seed % n end
local function pick(list) return list[draw(#list) + 1] end
"""

SORTS = (
    SHOW
    + """
local calls, trace, stop, state, T
local function note(a, b)  -- a running hash of what the comparison function was shown
  calls = calls + 1
  for _, v in ipairs{type(a) == "number" and a or 0.25, type(b) == "number" and b or 0.25} do
    if v ~= v or math.abs(v) > 1e9 then v = 0.5 end
    trace = math.fmod(trace * 31 + v * 4 + 17, 2 ^ 40)
  end
end
local orders = {
  function(a, b) note(a, b) return a < b end,
  function(a, b) note(a, b) return a > b end,
  function(a, b) note(a, b) return a <= b end,
  function(a, b) note(a, b) return true end,
  function(a, b) note(a, b) return 1, 2 end,
  function(a, b) note(a, b) return end,
  function(a, b) note(a, b) return nil, true end,
  function(a, b) note(a, b) return a % 7 < b % 7 end,
  function(a, b) note(a, b) state = (state * 1103 + 12345) % 65536 return state < 32768 end,
  function(a, b) note(a, b) if calls % 3 == 0 then T[calls % 9 + 1] = calls end return (a or 0) < (b or 0) end,
  function(a, b) note(a, b) if calls == stop then error("stop", 0) end return a < b end,
  function(a, b) note(a, b) T[#T + 1] = calls return a < b end,
  rawequal, math.max,
}
local meta = {__lt = function(a, b) note(a.key, b.key) return a.key < b.key end}
local zero = 0
local kinds = {
  function(n) return draw(n + 1) end,
  function(n, i) return i end,
  function(n, i) return n - i end,
  function() return pick{0, -zero, 1, -1} end,
  function() return pick{0 / 0, 1, 2, 3, 1 / 0} end,
  function() return pick{"a", "b", "ab", "A", "", "z", "b\\0a", "b\\0b", "\\255"} end,
  function() return draw(10) == 0 and pick{"x", true} or draw(9) end,
  function(n, i) return setmetatable({key = draw(5), id = i}, meta) end,
}
for round = 1, 900 do
  local n, kind = pick{0, 1, 2, 3, 4, 5, 8, 10, 17, 30, 38}, pick(kinds)
  calls, trace, stop, state, T = 0, 0, draw(60), draw(65536), {}
  for i = 1, n do T[i] = kind(n, i) end
  out(pcall(table.sort, T, draw(4) > 0 and pick(orders) or nil))
  for i = 1, 60 do if type(T[i]) == "table" then T[i] = T[i].id end end
  dump(T)
  out(calls, trace)
end
"""
)
SORTS_DIGEST = "18ef9f3d8abefd0c"

CHANGES = (
    SHOW
    + """
local values = {"a", "bc", "", 1, 2.5, -1, 1e15, 0.1, 123456789012}
local others = {true, {}, 0 / 0}
local positions = {1, 2, 3, 4, 5, 6, 7, 8, 9, 0, -1, -3, 2.9, "2", 2 ^ 32 + 2, "x", true}
local actions = {
  function(t) return table.insert, t, pick(values) end,
  function(t) return table.insert, t, draw(#t + 1) + 1, pick(values) end,
  function(t) return table.insert, t, draw(#t + 1) + 1, pick(values) end,
  function(t) return table.remove, t end,
  function(t) return table.remove, t, pick(positions) end,
  function(t) return table.concat, t, pick{",", "", 5} end,
  function(t) return table.concat, t, ",", draw(5) - 1, draw(9) - 1 end,
  function(t) return table.concat, t, ",", pick{"2", 1.9, "x", true}, pick{2 ^ 31 - 1, "3", 2.9, #t + 1} end,
  function(t) return unpack, t, pick(positions), pick(positions) end,
  function(t) return unpack, t end,
  function(t) return unpack, t, 1, pick{7998, 9e5} end,
  function(t) return table.maxn, t end,
  function(t) return table.getn, t end,
  function(t) return table.insert, t end,
  function(t) return table.insert, t, 1, 2, 3 end,
}
for round = 1, 900 do
  local t = {}
  for i = 1, draw(8) do t[i] = pick(values) end
  for step = 1, draw(6) do out(pcall(pick(actions)(t))) dump(t) end
  if #t > 0 then t[draw(#t) + 1] = pick(others) out(pcall(table.concat, t, "-")) end
end
local t = {} table.insert(t, 2 ^ 53, 1) dump(t)
for key in pairs(t) do print(key) end
for _, n in ipairs{0, 1, 7996, 7997} do
  local big = {} for i = 1, n do big[i] = i end
  out(n, pcall(function() return select("#", unpack(big)), select("#", unpack(big, 1, n)) end))
end
for _, n in ipairs{7998, 8000} do out(n, pcall(unpack, {}, 1, n)) end
"""
)
CHANGES_DIGEST = "077094176edd5469"


def printed(result: Result) -> list[str]:
    assert result.failure is None, result.failure
    return "\n".join([line.text for line in result.log]).split("\n")


@pytest.mark.parametrize(
    ("source", "expected"), [(SORTS, SORTS_DIGEST), (CHANGES, CHANGES_DIGEST)], ids=["sort", "changes"]
)
def test_sweep(source: str, expected: str) -> None:
    lines = printed(run(source))
    if shutil.which("lua5.1"):
        real = subprocess.run(["lua5.1", "-"], input=source.encode("latin-1"), capture_output=True, check=True)
        assert lines == real.stdout.decode("latin-1").split("\n")[:-1]
    assert hashlib.sha256("\n".join(lines).encode("latin-1")).hexdigest()[:16] == expected


def test_pack_and_unpack_as_in_5_2() -> None:
    source = """
    local t = table.pack(1, nil, "x", nil)
    print(t.n, t[1], t[2], t[3], t[4], table.pack().n, next({}))
    print(table.unpack(t, 1, t.n))
    print(select("#", table.unpack({}, 1, 0)), (table.unpack({9, 8}, 2)))
    print(pcall(table.unpack, {}, -2147483648, 2147483647))
    print(pcall(table.unpack))
    """
    assert printed(run(source)) == [
        "4\t1\tnil\tx\tnil\t0\tnil",
        "1\tnil\tx\tnil",
        "0\t8",
        "false\ttoo many results to unpack",
        "false\tbad argument #1 to '?' (table expected, got no value)",
    ]


def test_foreach_sees_live_values() -> None:
    source = """
    local t = {a = 1, b = 2, c = 3, 10, 20}
    print(table.foreach(t, function(k, v) t.c = nil if k == "b" then return k .. v, "second" end end))
    print(table.foreachi(t, function(i, v) if i == 2 then return false end end), select("#", table.foreachi({}, print)))
    print(pcall(table.foreach, t))
    print(pcall(table.foreachi, {}, 5))
    """
    assert printed(run(source)) == [
        "b2",
        "false\t0",
        "false\tbad argument #2 to '?' (function expected, got no value)",
        "false\tbad argument #2 to '?' (function expected, got number)",
    ]


@pytest.mark.parametrize(
    "source",
    [
        "table.insert({}, -2147483648, 1)",
        "local t = {} for i = 1, 3000 do t[i] = i end while true do table.insert(t, 1, 0) table.remove(t, 1) end",
        "local t = {} for i = 1, 2000 do t[i] = i % 7 end while true do table.sort(t) end",
        "local t = {} for i = 1, 2000 do t[i] = i end while true do table.sort(t, function(a, b) return a > b end) end",
        "local t = {} for i = 1, 7000 do t[i] = i end while true do unpack(t) end",
        "local t = {} for i = 1, 7000 do t[i] = 'x' end while true do table.concat(t, ',') end",
        "local t = {} for i = 1, 7000 do t[i] = i end while true do table.maxn(t) table.foreachi(t, type) end",
    ],
)
def test_work_in_proportion_to_length_is_paid_for(source: str) -> None:
    stopped = run(source, instructions=2_000_000)
    assert stopped.failure is not None
    assert stopped.failure.kind == "instructions"
    assert stopped.instructions == 2_000_000


def test_a_range_far_past_the_table_fails_at_once() -> None:
    result = run("return pcall(table.concat, {'a', 'b'}, ',', 1, 2147483647)")
    assert result.values[1] == "invalid value (nil) at index 3 in table for 'concat'"
    assert result.instructions < 400
    result = run("return pcall(table.concat, {}, ',', -2147483648, 2147483647)")
    assert result.values[1] == "invalid value (nil) at index -2147483648 in table for 'concat'"
    assert result.instructions < 400


def test_concat_takes_positions_past_32_bits_as_they_are() -> None:
    # PUC 5.1 cuts them to 32 bits, so that a range to 2^31 is empty there.
    result = run("return pcall(table.concat, {'a'}, ',', 1, 2 ^ 31)")
    assert result.values == ("false", "invalid value (nil) at index 2 in table for 'concat'")
    assert run("return table.concat({[2 ^ 40] = 'far'}, ',', 2 ^ 40, 2 ^ 40)").values == ("far",)


def test_sorting_without_a_function_costs_the_same_in_any_order() -> None:
    source = """
    local t = {} for i = 1, 500 do t[i] = VALUE * 1 end
    table.sort(t)
    for i = 2, 500 do assert(t[i - 1] <= t[i]) end
    """
    results = [run(source.replace("VALUE", value)) for value in ("(0 - i)", "(7919 * i)", "(0 + i)")]
    assert len({(result.failure, result.instructions, result.allocated_bytes) for result in results}) == 1


@pytest.mark.cpython
@pytest.mark.parametrize(
    "work",
    [
        "table.sort(t)",
        "table.sort(t, function(a, b) return a < b end)",
        "table.concat(t, ', ')",
        "table.pack(unpack(t))",
        "table.insert(t, 1, 0)",
        "table.foreach(t, function() end)",
        "local u = {} for i = 1, #t do table.insert(u, i) end",
    ],
)
def test_memory_taken_stays_under_the_bytes_charged(work: str) -> None:
    build = "local t = {} for i = 1, 5000 do t[i] = i * 7919 % 5000 + 0.5 end "
    peak, charged = peak_and_bytes(build + work)
    assert peak < charged


def test_a_call_of_any_class_of_tables_is_the_scripts_error() -> None:
    """Calls are not guarded, so that what Python says of them must be understood whatever a table is to the engine."""
    classes = [Table]
    for kind in classes:
        classes += type.__subclasses__(kind)
    assert {ListTable, reads.TrackedRequest, reads.TrackedBackends} <= set(classes)
    for kind in classes:
        value: Any = dict.__new__(kind)
        if not callable(value):  # those with a metatable are: operations know what their events are
            with pytest.raises(TypeError) as told:
                value()
            assert tracebacks._uncallable(told.value) == "table", kind
