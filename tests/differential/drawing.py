"""Drawing from a source of randomness, and the names that are in scope: what all parts of the generator stand on."""

from __future__ import annotations

import random
from dataclasses import dataclass

PRELUDE = (
    """local function show(v)
  local t = type(v)
  if t == "table" then
    if getmetatable(v) and getmetatable(v).__tostring then return tostring(v) end
    local out = {}
    for i = 1, 12 do if v[i] == nil then break end out[i] = type(v[i]) == "table" and "{..}" or show(v[i]) end
    return "{" .. table.concat(out, ",") .. "}"
  end
  if t == "function" then return "fn" end
  if v ~= v then return "nan" end
  return tostring(v)
end""",
    """local function out(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = show((select(i, ...))) end
  print(table.concat(parts, " "))
end""",
    "local function int(x) if x ~= x or x - x ~= 0 then return 0 end return math.floor(x) % 1000 end",
    "local function fin(x) if x - x ~= 0 then return 0 end return x end",
    "local function id(...) return ... end",
    """local function keys(t)
  local r = {}
  for k in pairs(t) do r[#r + 1] = k end
  table.sort(r, function(a, b) return tostring(a) < tostring(b) end)
  return r
end""",
    """local function try(f, ...)
  local function report(ok, ...) out(ok and "ok" or "error", ...) end
  report(pcall(f, ...))
end""",
    "g1, g2, gt, gn = 7, 'glob', {1, 2, 3}, {x = 1, n = {x = 2, n = {}}}",
)
"""Helpers that programs use: the shrinker drops those that a failure does not need."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A name in scope. ``kind``: n number, c number that must not be assigned, s string, b boolean, a array of numbers, w array of strings,
    r record, o object with a metatable, f function of numbers to a number, x anything (may be nil)."""

    name: str
    kind: str


class Drawing:
    """``risky`` programs contain run-time errors; ``jumps`` allows goto."""

    def __init__(self, source: random.Random, *, risky: bool = True, jumps: bool = False) -> None:
        self.source = source
        self.risky = risky
        self.jumps = jumps
        self.scopes: list[list[Variable]] = [[]]
        self.serial = 0
        self.loops = 0
        self.functions = 0
        self.vararg = [True]
        self.budget = 90

    def pick(self, options: tuple[str, ...]) -> str:
        return options[self.source.randrange(len(options))]

    def chance(self, percent: int) -> bool:
        return self.source.randrange(100) < percent

    def number(self, low: int, high: int) -> int:
        return self.source.randint(low, high)

    def fresh(self, prefix: str) -> str:
        self.serial += 1
        return f"{prefix}{self.serial}"

    def declare(self, name: str, kind: str) -> None:
        self.scopes[-1].append(Variable(name, kind))

    def variables(self, kinds: str) -> list[str]:
        seen: dict[str, str] = {}
        for scope in self.scopes:
            for variable in scope:
                seen[variable.name] = variable.kind
        return [name for name, kind in seen.items() if kind in kinds]

    def variable(self, kinds: str) -> str | None:
        names = self.variables(kinds)
        return names[self.source.randrange(len(names))] if names else None

    def push(self, *, function: bool = False, vararg: bool | None = None) -> None:
        self.scopes.append([])
        if function:
            self.functions += 1
            self.vararg.append(bool(vararg))
            self.saved_loops = [*getattr(self, "saved_loops", []), self.loops]
            self.loops = 0

    def pop(self, *, function: bool = False) -> None:
        self.scopes.pop()
        if function:
            self.functions -= 1
            self.vararg.pop()
            self.loops = self.saved_loops.pop()
