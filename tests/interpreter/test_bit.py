"""The bit library against real luajit: the output of a program, kept as a digest; compared line by line where
``luajit`` is installed.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess

from keystone_lua.interpreter import Limits, compile_program, execute

SWEEP = """
local function out(name, ok, ...)
  local parts = {name, tostring(ok)}
  for i = 1, select("#", ...) do parts[#parts + 1] = tostring((select(i, ...))) end
  print(table.concat(parts, " "))
end
local seed = 11
local function draw(n) seed = seed * 16807 % 2147483647 return seed % n end
local special = {0, 1, -1, 0.5, 1.5, 2.5, -0.5, -1.5, 2^31, -2^31, 2^31 - 1, 2^32, 2^32 - 1, 2^51, 2^51 + 1, -2^51,
  -2^51 - 1, 2^52, 2^53 + 2, -2^53 - 2, 3 * 2^51, 2^60 + 2^20, 1e300, -1e300, 1/0, -1/0, 0/0,
  "10", "0xff", " 7 ", "", "x", true}
local function value()
  local kind = draw(4)
  if kind == 0 then return special[draw(#special) + 1] end
  if kind == 1 then return draw(65536) - 32768 end
  if kind == 2 then return draw(2147483647) * 4 - 2^32 + draw(4) end
  return (draw(2000001) - 1000000) / 8
end
for _, name in ipairs{"tobit", "bnot", "bswap", "tohex"} do
  for i = 1, 200 do out(name, pcall(bit[name], value())) end
  for i = 1, #special do out(name, pcall(bit[name], special[i])) end
  out(name, pcall(bit[name])) out(name, pcall(bit[name], nil))
end
for _, name in ipairs{"band", "bor", "bxor", "lshift", "rshift", "arshift", "rol", "ror"} do
  for i = 1, 200 do out(name, pcall(bit[name], value(), value())) end
  for i = -40, 40 do out(name, pcall(bit[name], draw(2147483647) * 2, i)) end
  out(name, pcall(bit[name])) out(name, pcall(bit[name], 5)) out(name, pcall(bit[name], 7, nil))
end
for _, name in ipairs{"band", "bor", "bxor"} do
  for i = 1, 60 do out(name, pcall(bit[name], value(), value(), value(), value())) end
end
for n = -300, 300 do out("tohex", pcall(bit.tohex, draw(2147483647) * 2, n)) end
for _, n in ipairs{2^31, -2^31, 2^31 - 1, 2^32, 8.5, 7.5, "3"} do out("tohex", pcall(bit.tohex, 0x12345678, n)) end
"""
DIGEST = "bc81f1758bd6ad18"


def test_sweep() -> None:
    result = execute(compile_program(SWEEP.encode(), "sweep.lua"), Limits(instructions=10**9, log=10**8, memory=10**9))
    assert result.failure is None
    lines = [line.text for line in result.log]
    if shutil.which("luajit"):
        real = subprocess.run(["luajit", "-"], input=SWEEP.encode(), capture_output=True, check=True)
        assert lines == real.stdout.decode().splitlines()
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16] == DIGEST


def test_messages_name_the_function() -> None:
    source = b"print(pcall(function() return bit.band(1, {}) end)) print(pcall(function() bit.lshift(1) end))"
    result = execute(compile_program(source, "m.lua"))
    assert [line.text for line in result.log] == [
        "false\tm.lua:1: bad argument #2 to 'band' (number expected, got table)",
        "false\tm.lua:1: bad argument #2 to 'lshift' (number expected, got no value)",
    ]
