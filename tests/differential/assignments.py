"""Small programs about one thing: in which order an assignment reads and writes.

Input: a ``random.Random``. Output: a tree. Each program has locals, parameters, loop variables, upvalues, globals and
tables, some of which say when they are read and written, and functions that change variables behind the statement's
back. Two to four assignments of one to four targets follow, and after each one everything is shown. Errors are part of
the answer: the names and the line in them are compared too.
"""

from __future__ import annotations

import random

from .tree import Node, block, expr, fixed, stmt

PRELUDE = (
    """local seen = {}
local function note(...) seen[#seen + 1] = table.concat({...}, " ") end
local function brief(v) return type(v) == "table" and (rawget(v, "name") or "{}") or type(v) == "function" and "fn" or tostring(v) end""",
    """local function show(v, depth)
  if type(v) ~= "table" then return brief(v) end
  if depth == 0 then return brief(v) end
  local r = {}
  for k, x in next, v do if k ~= "name" then r[#r + 1] = brief(k) .. ":" .. show(x, (depth or 3) - 1) end end
  table.sort(r)
  return brief(v) .. "{" .. table.concat(r, ",") .. "}"
end""",
    """local function out(...)
  local r = {}
  for i = 1, select("#", ...) do r[i] = show((select(i, ...))) end
  print(table.concat(r, " "))
  for i = 1, #seen do print("", seen[i]) seen[i] = nil end
end""",
    "local function two(a, b) note('two', brief(a), brief(b)) return a, b end",
    """local function told(name, t)
  t.name = name
  return setmetatable(t, {
    __index = function(_, k) note(name, "reads", brief(k)) return k == "sub" and two or 3 end,
    __newindex = function(self, k, v) note(name, "gets", brief(k), brief(v)) rawset(self, k, v) end,
  })
end""",
    "local function plain(name, t) t.name = name t.sub = function(a, b) return b end return t end",
    "local function fail(a) note('fail', brief(a)) error('failed', 0) end",
)

NUMBERS = ("a", "b", "p", "i", "u", "g")
"""Local, local, parameter, loop variable, upvalue, global."""

TABLES = ("t", "s", "o", "w", "gt")
"""Local, local, parameter, upvalue, global."""


class Assignments:
    """One program. What is assigned stays of its kind nine times in ten, so that most statements have an effect."""

    def __init__(self, source: random.Random) -> None:
        self.source = source

    def pick(self, *options: str) -> str:
        return options[self.source.randrange(len(options))]

    def chance(self, percent: int) -> bool:
        return self.source.randrange(100) < percent

    # what is assigned to

    def place(self) -> tuple[str, str]:
        """A target that is an index, and the kind that its values have."""
        table = self.pick(*TABLES)
        form = self.source.randrange(9)
        if form < 4:
            return f"{table}[{self.pick(*NUMBERS)}]", "n"
        if form == 4:
            return f"{table}[{self.key()}]", "n"
        if form == 5:
            return f"{table}.x", "n"
        if form == 6:
            return f"{table}.n.x", "n"
        if form == 7:
            return f"{table}.n[{self.key()}]", "n"
        return f"{table}.n", "t"

    def key(self) -> str:
        name = self.pick(*NUMBERS)
        return self.pick(name, "1", f"{name} + 1", f"change({name})", f"{self.pick(*TABLES)}.x", f"{name} - change(1)")

    def target(self) -> tuple[str, str]:
        choice = self.source.randrange(10)
        if choice < 5:
            return self.place()
        return (self.pick(*NUMBERS), "n") if choice < 8 else (self.pick(*TABLES), "t")

    # what is assigned

    def number(self, depth: int = 2) -> Node:
        name, table = self.pick(*NUMBERS), self.pick(*TABLES)
        form = self.source.randrange(16 if depth else 4)
        if form < 2:
            return expr(name)
        if form == 2:
            return expr(self.pick("1", "2", "nil", "'k'"))
        if form == 3:
            return expr(f"{table}[{name}]")
        inner = self.number(depth - 1)
        if form < 6:
            return expr("change(", inner, ")")
        if form < 8:
            return expr(f"{name} {self.pick('+', '-', '*')} ", self.number(depth - 1))
        if form == 8:
            return expr("change(", inner, f") + {name}")
        if form == 9:
            return expr(f"{table}[", inner, "]")
        if form == 10:
            return expr(f"({{[{name}] = ", inner, f"}})[{self.pick(*NUMBERS)}]")
        if form == 11:
            return expr(f"{table}:sub(", inner, ")")
        if form == 12:
            return expr(f"(z or {name}):sub(", inner, f", {table}[{name}])")
        if form == 13:
            return expr(
                f"{self.pick('word', 'z', table, 'z.y')}:{self.pick('sub', 'byte', 'len', 'none')}(",
                inner,
                f", {table}[{name}])",
            )
        if form == 14:
            return expr(f"#{{change({name}), ", inner, "}")
        return expr(f"select({self.pick('1', '2')}, two(", inner, f", {name}))")

    def value(self, kind: str) -> Node:
        if self.chance(4):
            return expr(self.pick("fail(1)", "z.y", "nil"))
        if kind == "t" or self.chance(4):
            name = self.pick(*TABLES)
            return expr(
                self.pick(name, f"{name}.n", name, f"keep({name})", f"(z or {name})", f"plain('new', {{n = {name}}})")
            )
        return self.number()

    def values(self, kinds: list[str]) -> list[str | Node]:
        made = [self.value(kind) for kind in kinds]
        choice = self.source.randrange(10)
        if choice == 0:
            made.append(self.value("n"))
        elif choice == 1 and len(made) > 1:
            made[-2:] = [expr("two(", *self.joined(made[-2:]), ")")]
        elif choice == 2 and len(made) > 1:
            made.pop()
        elif choice == 3:
            made[-1] = expr("...")
        return self.joined(made)

    @staticmethod
    def joined(items: list[Node]) -> list[str | Node]:
        parts: list[str | Node] = []
        for item in items:
            parts += [", ", item] if parts else [item]
        return parts

    def assignment(self) -> Node:
        targets = [self.target() for _ in range(self.source.choice((1, 2, 2, 2, 3, 3, 4)))]
        if self.chance(15):  # an exchange
            one, two = self.place()[0], self.place()[0]
            return stmt(fixed(f"{one}, {two} = "), self.pick(f"{two}, {one}", f"{one}, {two}"))
        names = ", ".join(name for name, _ in targets)
        return stmt(fixed(f"{names} = "), *self.values([kind for _, kind in targets]))

    def reading(self) -> Node:
        """A statement that reads several values and assigns nothing that others see."""
        values = self.values(["n" for _ in range(self.source.randint(1, 3))])
        form = self.source.randrange(5)
        if form == 0:
            return stmt("local q, r = ", *values, " out(q, r)")
        if form == 1:
            return stmt("out(", *values, ")")
        if form == 2:
            return stmt("out({", *values, "})")
        if form == 3:
            return stmt(f"out({{[{self.key()}] = ", self.number(), f", [{self.key()}] = ", self.number(), ", 8})")
        return stmt(
            "if ", self.number(), f" {self.pick('==', '~=', '<', '>=')} ", self.number(), " then out('yes') end"
        )

    # around it

    def table(self, name: str) -> str:
        maker = self.pick("told", "plain", "plain")
        return f"{maker}('{name}', {{x = {self.pick('1', '2')}, 5, 6, n = {self.pick('told', 'plain')}('{name}.n', {{x = 2, 7}})}})"

    def changes(self) -> Node:
        """Functions that change some of the locals: those that they do not name stay out of their reach."""
        changed = [name for name in ("a", "b", "p", "i", "u", "g") if self.chance(40)]
        tables = [name for name in ("t", "s", "o", "w", "gt") if self.chance(25)]
        body = "".join(f"{name} = {self.pick('2', f'(tonumber({name}) or 0) + 1')} " for name in changed)
        body += "".join(f"{name} = {self.pick(*TABLES)} " for name in tables)
        return stmt(
            f"local function change(v) note('change', brief(v)) {body}return {self.pick('v', '1', 'v', '2')} end\n"
            f"local function keep(v) note('keep', brief(v)) {body if self.chance(50) else ''}return v end"
        )

    def program(self) -> Node:
        state = "out(a, b, p, i, u, g, t, s, o, w, gt)"
        body: list[Node] = [self.changes()]
        for _ in range(self.source.randint(1, 3)):
            body += [self.reading() if self.chance(15) else self.assignment(), stmt(state)]
        loop = self.pick("for i = 1, 2 do", "for i = 1, 1 do", "local i = 1 do", "local i = 1 repeat local again = i")
        end = "until true" if "repeat" in loop else "end"
        return block([
            block([stmt(helper) for helper in PRELUDE]),
            stmt(f"g, gt = 1, {self.table('gt')}\nlocal u, w = 2, {self.table('w')}"),
            stmt(
                f"local function run(p, o, ...)\nlocal a, b, word, z = 1, 2, 'letters'\nlocal t, s = {self.table('t')}, {self.table('s')}\n{loop}\n",
                block(body), f"{end}\nend",
            ),
            stmt(f"out(pcall(run, 1, {self.table('o')}, 3, 4, 5))"),
            stmt("out(u, g, w, gt)"),
        ])  # fmt: skip


def generate_assignments(source: random.Random) -> Node:
    """A program of assignments."""
    return Assignments(source).program()
