"""Programs that draw thousands of calls of the string library, for comparison with real ``lua5.1``.

Input: a seed and a number of rounds. Output: a Lua program that prints one line a call. The tests run each sweep
once and know its output's digest; ``python -m tests.interpreter.sweeps SEEDS [ROUNDS]`` runs every sweep with
SEEDS seeds and compares all lines with ``lua5.1``'s.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from typing import Final

from keystone_lua.interpreter import Limits, Result, compile_program, execute

ROOMY: Final = {"instructions": 10**10, "memory": 10**11, "log": 10**9}

SHOW: Final = r"""
local seed, ROUNDS = SEED, COUNT
local function draw(n) seed = seed * 16807 % 2147483647 return seed % n end
local function pick(list) return list[draw(#list) + 1] end
local function escape(v)
  return (tostring(v):gsub("[^ -~]", function(c) return ("<%d>"):format(c:byte()) end))
end
local function show(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = escape((select(i, ...))) end
  print(table.concat(parts, " "))
end
local zero = 0
"""

PATTERNS: Final = (
    SHOW
    + r"""
local function set()
  local text = draw(3) == 0 and "[^" or "["
  for i = 1, draw(30) == 0 and 0 or draw(3) + 1 do
    text = text .. pick{"a", "b", "1", "=", ";", " ", "x", "]", "^", "-", ".", "$", "(", "\233", "%w", "%d",
    "%s", "%a",
      "%W", "%D", "%p", "%z", "%]", "%-", "%^", "a-c", "a-b", "0-9", "x-a", "%a-z", "a-%z", "1-", "-x", "=-;"}
  end
  return text .. "]"
end
local function class()
  local kind = draw(20)
  if kind < 7 then return pick{"a", "b", "1", "=", ";", " ", "x", "_"} end
  if kind < 9 then return "." end
  if kind < 13 then return "%" .. pick{"a", "c", "d", "l", "p", "s", "u", "w", "x", "z", "A", "D", "S", "W", "Z"} end
  if kind < 14 then return "%" .. pick{".", "-", "(", ")", "[", "]", "%", "^", "$", "*", "+", "?", "=", ";"} end
  if kind < 19 then return set() end
  return pick{"\0", "\233", "[", "[^", "%", "[a", "[%", "a", "b"}
end
local function pattern()
  if draw(25) == 0 then
    local text = ""
    for i = 1, draw(8) do
      text = text .. pick{"a", "b", "%", ".", "[", "]", "(", ")", "-", "+", "*", "?", "^", "$", "1", "\0", "w"}
    end
    return text
  end
  local text, depth = draw(4) == 0 and "^" or "", 0
  if draw(16) == 0 then
    text = text .. pick{"(.*)", "(.-)", ".*", ".-", "(%w*)", "([^=]*)", "(a*)"} .. pick{"%.%1", "b%1", "=",
    "%1", "%s%1"}
  end
  for i = 1, draw(6) do
    local kind = draw(100)
    if kind < 13 then text, depth = text .. "(", depth + 1
    elseif kind < 20 then text = text .. "()"
    elseif kind < 30 and depth > 0 then text, depth = text .. ")", depth - 1
    elseif kind < 33 then text = text .. "%b" .. pick{"()", "ab", "a=", "aa", "a"}
    elseif kind < 38 then text = text .. "%f" .. pick{"[%w]", "[^%w]", "[%z]", "[a]", "[^a]", "", "[%s=]"}
    elseif kind < 41 then text = text .. "%" .. pick{"0", "1", "1", "2"}
    else text = text .. class() .. pick{"", "", "", "", "*", "+", "-", "?"} end
  end
  if draw(14) > 0 then text = text .. (")"):rep(depth) end
  return draw(5) == 0 and text .. "$" or text
end
local function subject()
  local size = pick{0, 1, 3, 5, 8, 10, 20, 40, 46, 50, 66, 100}
  local pieces = pick{{"a", "b"}, {"a", "b", "=", ";", "1", " "}, {"a", "aa", "b", "1", "=", ";", " ", "x",
    "_", "-", "\0",
    "\233", "(", ")", "."}, {"a", "b", "(", ")"}, {"key", "=", "value", "; ", "  ", ",", "123"}, {"aaaaaaaa", "b", " "}}
  local text = ""
  while #text < size do text = text .. pick(pieces):rep(pick{1, 1, 1, 2, 9}) end
  return text:sub(1, size)
end
local replacements = {"x", "", "%0", "%1", "<%1>", "%2", "%%", "%", "%0%0", "a%b", "\\1", "%1%2", "\\", 7,
  setmetatable({a = "T", b = false, [1] = "one", ab = 12}, {__index = function(_,
    k) if k == "x" then return "X" end end}),
  {a = "A", key = 1, [" "] = "_"},
  function(a, b)
    if b then return tostring(b) .. "!" end
    if a == "a" then return nil elseif a == "b" then return 5 elseif a == "=" then return false, 1
    elseif a == "(" then return end
    return a
  end}
local function all(s, p)
  local parts = {}
  for a, b, c in s:gmatch(p) do
    parts[#parts + 1] = tostring(a) .. "," .. tostring(b) .. "," .. tostring(c)
    if #parts > 200 then break end
  end
  return table.concat(parts, "|")
end
local calls = {
  function(s, p) return string.find, s, p, draw(2) == 0 and draw(80) - 15 or nil end,
  function(s, p) return string.match, s, p, draw(2) == 0 and draw(80) - 15 or nil end,
  function(s, p) return string.gsub, s, p, pick(replacements), draw(3) == 0 and draw(5) - 1 or nil end,
  function(s, p) return string.gsub, s, p, pick(replacements) end,
  function(s, p) return all, s, p end,
}
for round = 1, ROUNDS do
  local s, p = subject(), pattern()
  show(s, p, pcall(pick(calls)(s, p)))
end
"""
)

FORMATS: Final = (
    SHOW
    + r"""
local values = {0, 1, -1, 2, 3.5, -3.5, 10, 99.5, 0.5, 0.1, 1 / 3, -1 / 3, 1e15, 1e14, 123456789, 2 ^ 31,
    2 ^ 32, 2 ^ 53,
  2 ^ 63, -2 ^ 63, 2 ^ 64, 1e19, -1e19, 1e100, -1e300, 1e-10, 1e-300, 5e-324, 255, 65, 97.9, -zero, 1 / 0, -1 / 0, "10",
  "0x10", " 7 ", "1e2", "x", "", true, {}, type}
local strings = {"abc", "", "a\0b", ("x"):rep(99), ("x"):rep(100), ("x"):rep(101), ("y\0"):rep(60),
    "q\"uo\\te\n\r\0", 12,
  -0.5, "\200\255"}
local function flags()
  local text = ""
  for i = 1, draw(4) do text = text .. pick{"-", "+", " ", "#", "0"} end
  return draw(60) == 0 and text .. ("-"):rep(draw(4) + 3) or text
end
local function directive()
  local text, letter = "%" .. flags(), pick{"d", "i", "u", "c", "x", "X", "o", "e", "E", "f", "g", "G", "q",
    "s", "s", "d"}
  -- glibc 2.36 drops a digit of ("%#.2g"):format(99.5)
  if letter == "g" or letter == "G" then text = text:gsub("#", "") end
  local width, precision = draw(8), draw(8)
  if width < 2 then text = text .. draw(100) elseif width < 4 then text = text .. draw(12)
  elseif width == 4 and draw(9) == 0 then text = text .. 100 + draw(50) end
  if precision < 2 then text = text .. "." .. draw(100) elseif precision < 4 then text = text .. "." .. draw(8)
  elseif precision == 4 then text = text .. "." end
  if draw(50) == 0 then text = text .. draw(10) end
  return text .. letter
end
local function rare()
  return draw(40) == 0 and pick{"%", "%y", "%5", "%\0", "%p", "%5%", "% ", "%l", "%F", "%a", "%*d", "%.", "%hd"} or ""
end
for round = 1, ROUNDS do
  local text, arguments, count = "", {}, draw(3) + 1
  for i = 1, count do
    text = text .. pick{"", "a", "%%", "x=", "\0"} .. directive() .. rare()
    arguments[i] = draw(4) == 0 and pick(strings) or pick(values)
  end
  show(text, pcall(string.format, text, unpack(arguments, 1, draw(15) == 0 and count - 1 or count)))
end
"""
)

STRINGS: Final = (
    SHOW
    + r"""
local texts = {"", "a", "abc", "hello world", "\0x\0", "\200\255az", "AbC", ("ab"):rep(30), 12, -3.5, 1e15, true}
local numbers = {0, 1, -1, 2, 3, -2, 5, 10, -10, 100, -100, 1.9, -1.9, 0 / 0, 1 / 0, -1 / 0, 2 ^ 31, -2 ^ 31,
    2 ^ 32 + 1,
  2 ^ 53, 2 ^ 63, -2 ^ 63, 1e300, "2", "-2", " 3 ", "0x2", "x", "", true}
local function number() return numbers[draw(#numbers + 1) + 1] end
local calls = {
  function() return "sub", pick(texts), number(), number() end,
  function() return "byte", pick(texts), number(), number() end,
  function() return "char", pick{65, 255, "97", number()}, draw(256) end,
  function() return "char", draw(2) == 0 and number() or nil end,
  function() return "rep", pick(texts), pick{0, 1, 3, -1, 2.9, "2", "x", 0 / 0, -1 / 0, 1 / 0, false} end,
  function() return pick{"upper", "lower", "reverse", "len"}, pick(texts), number() end,
  function() return "find", pick(texts), pick{"a", "b", "", "o w", "12", "\0", "b\0", ".", "lo"}, number(),
    number() end,
  function() return "match", pick(texts), pick{"a", "", "l+", "%w*", "().", "x", "%s", "^h", 1}, number() end,
  function() return pick{"sub", "byte", "rep", "find", "match", "gmatch", "gsub", "len", "format"}, pick(texts) end,
  function() return pick{"sub", "byte", "rep", "find", "match", "gmatch", "gsub", "len", "format", "char"} end,
  function() return "gsub", pick(texts), pick{"a", 1, "."}, pick{"x", 5, true, tostring}, number() end,
}
for round = 1, ROUNDS do
  local call = {pick(calls)()}
  local name = call[1]
  local results = {pcall(string[name], unpack(call, 2, 5 - draw(3)))}
  if name == "gmatch" then results[2] = type(results[2]) end
  show(name, unpack(results, 1, 9))
end
"""
)

SWEEPS: Final = {"patterns": PATTERNS, "formats": FORMATS, "strings": STRINGS}


def sweep(name: str, seed: int, rounds: int) -> bytes:
    """The program."""
    return SWEEPS[name].replace("SEED", str(seed)).replace("COUNT", str(rounds)).encode("latin-1")


def run(source: bytes | str, **limits: int) -> Result:
    """Run a program with roomy limits."""
    text = source.encode("latin-1") if isinstance(source, str) else source
    return execute(compile_program(text, "stdin"), Limits(**{**ROOMY, **limits}))


def peak_and_bytes(source: str) -> tuple[int, int]:
    """The memory that a run of a warm program takes at once, and the bytes that it is charged."""
    program = compile_program(source.encode(), "memory.lua")
    execute(program, Limits(**ROOMY))
    import tracemalloc

    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    result = execute(program, Limits(**ROOMY))
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert result.failure is None
    return peak, result.allocated_bytes


def printed(result: Result) -> list[str]:
    """What a run that succeeded printed."""
    assert result.failure is None, result.failure
    return [line.text for line in result.log]


def real(source: bytes) -> list[str] | None:
    """What ``lua5.1`` prints; None where it is not installed."""
    if not shutil.which("lua5.1"):
        return None
    done = subprocess.run(["lua5.1", "-"], input=source, capture_output=True, check=True)
    return done.stdout.decode("latin-1").split("\n")[:-1]


def check(name: str, digest: str, seed: int = 7919, rounds: int = 2500) -> None:
    """One sweep against lua5.1, if it is there, and against its digest."""
    source = sweep(name, seed, rounds)
    lines = printed(run(source))
    assert len(lines) == rounds
    if (expected := real(source)) is not None:
        assert lines == expected
    assert hashlib.sha256("\n".join(lines).encode("latin-1")).hexdigest()[:16] == digest


def main(seeds: int, rounds: int = 5000) -> int:
    """Many sweeps against lua5.1; the number of lines that differ."""
    compared = different = 0
    for seed in range(1, seeds + 1):
        for name in SWEEPS:
            source = sweep(name, seed * 7919 + 1, rounds)
            ours, theirs = printed(run(source)), real(source)
            assert theirs is not None, "lua5.1 is not installed"
            compared += len(theirs)
            for line, expected in zip(ours, theirs, strict=True):
                if line != expected:
                    different += 1
                    print(f"{name} {seed}\n  ours   {line}\n  lua5.1 {expected}")
    print(f"{compared} calls compared, {different} different")
    return different


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])) != 0)
