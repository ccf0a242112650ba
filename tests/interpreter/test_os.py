"""The os library against real lua5.1 with TZ=UTC and LC_ALL=C, and the run's clock.

The sweeps' output is kept as a digest; where ``lua5.1`` is installed the lines themselves are compared.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess

import pytest

from keystone_lua.interpreter import Limits, Result, compile_program, execute

SHOW = """
local function out(ok, v)
  if type(v) == "table" then
    v = table.concat({v.year, v.month, v.day, v.hour, v.min, v.sec, v.wday, v.yday, tostring(v.isdst)}, " ")
  end
  print(tostring(ok) .. " " .. (type(v) == "number" and string.format("%.17g", v) or tostring(v)))
end
local seed = 3
local function draw(n) seed = seed * 16807 % 2147483647 return seed % n end
"""

DATES = (
    SHOW
    + r"""
local letters = {}
for c in ("aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%"):gmatch(".") do letters[#letters + 1] = "%" .. c end
local all = table.concat(letters, "|")
local edges = {0, -1, 1.9, -1.9, 0/0, 1/0, -1/0, 2^63,
  67768036191676799, 67768036191676800, -67768040609740800, -67768040609740900}
for _, t in ipairs(edges) do
  for _, form in ipairs{all, "!" .. all, "*t"} do out(pcall(os.date, form, t)) end
end
for day = 0, 365 * 30, 73 do out(pcall(os.date, "!%G %V %g %u %U %W %j %F", day * 86400)) end
for year = 1999, 2030 do for day = -4, 5 do
  out(pcall(os.date, "!%G %V %U %W %j %a %x", os.time{year = year, month = 1, day = day}))
end end
for i = 1, 300 do
  local t = (draw(2147483647) - 1073741823) * 2 ^ draw(26)
  out(pcall(os.date, all, t)) out(pcall(os.date, "!*t", t))
end
for c = 1, 255 do out(pcall(os.date, "<%" .. string.char(c) .. ">", 1234567890)) end
for _, form in ipairs{"", "!", "%", "a%%%", "%\0Y", "a\0b%Y", "!%Y\0%Y", "*tx", "!*tx", "%5", "%%Y", "!!%Y"} do
  out(pcall(os.date, form, 86399)) print(#os.date(form, 86399))
end
out(pcall(os.date, {})) out(pcall(os.date, "%c", {})) out(pcall(os.date, 5, 0)) out(pcall(os.date, "%c", "10"))
"""
)
DATES_DIGEST = "4962301c0dbb2695"

TIMES = (
    SHOW
    + """
local names = {"year", "month", "day", "hour", "min", "sec"}
local odd = {0/0, 1/0, -1/0, 1e10, -1e10, 2^31, -2^31, 2^31 - 1, "5", " 0x7 ", "x", true, 2.9, -2.9}
for i = 1, 1500 do
  local t = {}
  for n, name in ipairs(names) do
    local kind = draw(12)
    if kind < 8 then t[name] = n == 1 and draw(3000) or draw(121) - 40
    elseif kind < 10 then t[name] = draw(2147483647) - 1073741823
    elseif kind == 10 then t[name] = odd[draw(#odd) + 1] end
    if n <= 3 and t[name] == nil and draw(4) > 0 then t[name] = 7 end
  end
  if draw(5) == 0 then t.isdst = draw(2) == 0 end
  out(pcall(os.time, t))
end
for _, year in ipairs{-2^31, -2^31 + 1899, -2^31 + 1900, -2^31 + 1901, 2^31 - 1, 2147485547, 2147485548} do
  for _, month in ipairs{-20, 0, 1, 12, 13, 2^31 - 1, -2^31} do
    out(pcall(os.time, {year = year, month = month, day = 1}))
  end
end
out(pcall(os.time, setmetatable({}, {__index = function(_, k) return k ~= "isdst" and 3 or nil end})))
out(pcall(os.time, 5)) out(pcall(os.time, "x"))
for _, a in ipairs{5.7, -5.7, 1e300, 0/0, "9", "x"} do for _, b in ipairs{1.9, 2^62, "3", "y"} do
  out(pcall(os.difftime, a, b)) out(pcall(os.difftime, a))
end end
out(pcall(os.difftime))
"""
)
TIMES_DIGEST = "9e6e545520a69985"


def run(source: str, now: float = 0.0, **limits: int) -> Result:
    roomy = {"instructions": 10**9, "memory": 10**10, "log": 10**8}
    return execute(compile_program(source.encode("latin-1"), "os.lua"), Limits(**{**roomy, **limits}), now=now)


def printed(result: Result) -> list[str]:
    assert result.failure is None, result.failure
    return "\n".join([line.text for line in result.log]).split("\n")


@pytest.mark.parametrize(("source", "expected"), [(DATES, DATES_DIGEST), (TIMES, TIMES_DIGEST)], ids=["date", "time"])
def test_sweep(source: str, expected: str) -> None:
    lines = printed(run(source))
    if shutil.which("lua5.1"):
        real = subprocess.run(
            ["lua5.1", "-"],
            input=source.encode("latin-1"),
            capture_output=True,
            check=True,
            env={**os.environ, "TZ": "UTC", "LC_ALL": "C"},
        )
        assert lines == real.stdout.decode("latin-1").split("\n")[:-1]
    assert hashlib.sha256("\n".join(lines).encode("latin-1")).hexdigest()[:16] == expected


def test_one_clock_reading_per_run() -> None:
    source = "print(os.time(), os.date('!%F %T'), os.date(), os.date('*t').sec, os.time() == os.time(os.date('*t')))"
    assert printed(run(source, now=1_700_000_000.75)) == [
        "1700000000\t2023-11-14 22:13:20\tTue Nov 14 22:13:20 2023\t20\ttrue"
    ]


def test_clock_advances_with_instructions_alone() -> None:
    source = "local a = os.clock() for i = 1, N do end local b = os.clock() print(a >= 0 and b > a) return b - a"
    short, long = (run(source.replace("N", n)) for n in ("1000", "10000"))
    assert printed(short) == printed(long) == ["true"]
    assert short.values == run(source.replace("N", "1000")).values
    assert 5 < float(long.values[0]) / float(short.values[0]) < 11


def test_a_long_format_is_paid_for() -> None:
    stopped = run("local f = ('%c'):rep(100000) return os.date(f)", memory=4 << 20)
    assert stopped.failure is not None
    assert stopped.failure.kind == "memory"
    stopped = run("local f = ('%c'):rep(100000) return os.date(f)", instructions=1_000_000)
    assert stopped.failure is not None
    assert stopped.failure.kind == "instructions"
