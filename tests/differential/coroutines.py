"""Random programs of the generator, made to run in coroutines: any expression may yield on the way.

Input: a ``random.Random``. Output: a tree. An expression ``e`` becomes ``Y(e)``, which yields the values of ``e`` and
gets them back; statements become bodies of generators in a for loop; the whole runs as a coroutine that a loop resumes
until it is dead. Avoided: yields below pcall, which PUC refuses and this engine allows (tests/lua/coroutines/pcall.lua).
"""

from __future__ import annotations

import random

from .generator import generate
from .tree import Node, Part, block, expr, stmt

BEFORE = """local raw_pcall, raw_xpcall, inhibited = pcall, xpcall, 0
local function left(...) inhibited = inhibited - 1 return ... end
local function pcall(...) inhibited = inhibited + 1 return left(raw_pcall(...)) end
local function xpcall(...) inhibited = inhibited + 1 return left(raw_xpcall(...)) end
local function Y(...) if inhibited > 0 then return ... end return coroutine.yield(...) end"""

AFTER = """local function resumed(co, ok, ...)
  inhibited = 0
  out(coroutine.status(co), ok, ...)
  if coroutine.status(co) ~= "dead" then return true, ... end
  return false
end
local function drive(co, more, ...)
  if more then return drive(co, resumed(co, coroutine.resume(co, ...))) end
end
local one, two = coroutine.create(main), coroutine.create(main)
drive(one, resumed(one, coroutine.resume(one, 1, "two")))
drive(two, resumed(two, coroutine.resume(two)))
out(coroutine.resume(one))"""

YIELDING = 6
"""Percent of the expressions, and of the places between statements."""

GENERATORS = 5
"""Percent of the statements that become a generator's body."""


class _Threads:
    def __init__(self, source: random.Random) -> None:
        self.source = source

    def chance(self, percent: int) -> bool:
        return self.source.randrange(100) < percent

    def node(self, tree: Node) -> Node:
        parts: list[Part] = []
        for part in tree.parts:
            if not isinstance(part, Node):
                parts.append(part)
                continue
            made = self.node(part)
            if part.kind == "expr" and self.chance(YIELDING):
                made = expr("Y(", made, ")")
            elif tree.kind == "block":
                if self.chance(YIELDING):
                    parts.append(stmt(f"Y({self.source.randrange(9)}, g2)"))
                made = self.statement(made)
            parts.append(made)
        return Node(tree.kind, tuple(parts))

    def statement(self, made: Node) -> Node:
        text = made.text()
        if not self.chance(GENERATORS) or any(word in text for word in ("break", "return", "goto", "::")):
            return made
        if self.chance(50):
            return stmt("for y1, y2 in coroutine.wrap(function(...)\n", block([made]), "\nend) do out('y', y1, y2) end")
        return stmt("out(coroutine.wrap(function(...)\n", block([made]), "\nreturn Y('last'), 'end'\nend)(1, 2))")


def generate_coroutines(source: random.Random) -> Node:
    """A program."""
    prelude, body = generate(source).nodes()
    main = stmt("local function main(...)\n", _Threads(source).node(body), "\nend")
    return block([stmt(BEFORE), prelude, main, stmt(AFTER)])
