"""One process of real Lua that runs many programs, each with globals of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from types import TracebackType

STEPS = 3_000_000
"""Instructions of the reference that a program may take; beyond it the program is not compared."""

_DRIVER = r"""
local loadstring, setfenv, pcall, tostring, select, pairs, type = loadstring, setfenv, pcall, tostring, select, pairs, type
local concat, setmeta, sethook, write, read = table.concat, debug.setmetatable, debug.sethook, io.write, io.read
local names = {"assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "rawequal", "rawget", "rawset",
  "select", "setmetatable", "tonumber", "tostring", "type", "unpack", "xpcall", "_VERSION", "bit"}
local load, time = load, {time = os.time, date = os.date, difftime = os.difftime}
local sethook_error = error
local function within(load, env)
  return function(...)
    local f, message = load(...)
    if f then setfenv(f, env) return f end
    return f, message
  end
end
local function copy(t) local r = {} for k, v in pairs(t) do r[k] = v end return r end
while true do
  local size = read("*l")
  if not size then break end
  local source = read(tonumber(size))
  local output, overran = {}, false
  local env = {string = copy(string), table = copy(table), math = copy(math), coroutine = copy(coroutine),
    os = copy(time)}
  for _, name in pairs(names) do env[name] = _G[name] end
  env._G, env.loadstring, env.load = env, within(loadstring, env), within(load, env)
  setmeta("", {__index = env.string})
  env.print = function(...)
    local line = {}
    for i = 1, select("#", ...) do line[i] = tostring((select(i, ...))) end
    output[#output + 1] = concat(line, "\t") .. "\n"
  end
  local chunk, message = loadstring((source:gsub("^#[^\n]*", "")), "@t")
  local status, ok = "syntax", false
  if chunk then
    setfenv(chunk, env)
    local left = LIMIT
    sethook(function() left = left - 1000 if left < 0 then overran = true sethook_error("overran", 0) end end, "", 1000)
    ok, message = pcall(chunk)
    sethook()
    status = overran and "overran" or ok and "ok" or "error"
  end
  setmeta("", {__index = string})
  if ok then message = "" end
  if type(message) ~= "string" and type(message) ~= "number" then message = "(error object is not a string)" end
  output = concat(output)
  write(status, " ", #output, " ", #tostring(message), "\n", output, message)
  io.flush()
end
"""


JIT_OFF = {"luajit": ("-joff",)}
"""Compiled traces name no operands in their errors, and no hook stops them."""


class Reference:
    """``lua5.1`` or ``luajit`` as a service: ``run(source)`` answers (status, output, error)."""

    def __init__(self, command: str = "lua5.1") -> None:
        self.command = command
        self.loose = command != "lua5.1"
        self.process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def available(command: str = "lua5.1") -> bool:
        return shutil.which(command) is not None

    def __enter__(self) -> Reference:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None:
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            self.process.stdin.close()
            self.process.stdout.close()
            self.process.wait()
            self.process = None

    def run(self, source: bytes) -> tuple[str, str, str]:
        if self.process is None:
            driver = _DRIVER.replace("LIMIT", str(STEPS))
            self.process = subprocess.Popen(
                [self.command, *JIT_OFF.get(self.command, ()), "-e", driver],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "TZ": "UTC", "LC_ALL": "C"},
            )
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        source = source or b"\n"  # reading nothing would wait for more
        stdin.write(b"%d\n" % len(source) + source)
        stdin.flush()
        status, output, error = stdout.readline().split()
        return status.decode(), stdout.read(int(output)).decode("latin-1"), stdout.read(int(error)).decode("latin-1")
