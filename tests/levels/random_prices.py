"""Random programs of what prices hang on, more often than scripts have it.

Input: a ``random.Random``. Output: a source that ends by itself or at a small budget: calls as the last of several
values, replaced library functions, scattered tables, constants in logical chains, tall expressions, conditions with
tables, errors below pcall in loops that are paid ahead, branches that control leaves, coroutines, recursion to the limit.
"""

from __future__ import annotations

import random
import re
from typing import Final

HELPERS: Final = """local function one(a) return a end
local function many(...) return ... end
local function none() end
local function two() return 1, "b" end
local count = function(...) return select("#", ...) end
local Class = {} Class.__index = Class
function Class.new(x) return setmetatable({x = x}, Class) end
function Class:get(y) if y then return self.x + y end return self.x end
local Sub = setmetatable({}, Class) Sub.__index = Sub
Sub.__add = function(a, b) return 5 end Sub.__lt = function() return true end Sub.__concat = function() return "cat" end
local object = setmetatable({x = 3}, Sub)
local text = setmetatable({}, {__index = "text"})
local far = {} for i = 1, 30 do far[i * 7 + 1] = i end far[3] = "three"
local list, record, name, n, nothing, yes = {5, 4, 3, 2}, {a = 1, b = {c = 2}}, "name", 4, nil, true
total, calls = 0, 0
local function tick(v) calls = calls + 1 if type(v) == "number" then total = total + v end return v end
local function sure(a, b) if a < b then return a elseif a == b then return b end if a > 10 then return 10 else return b end end
local function deep(k) if k <= 0 then return 0 end return 1 + deep(k - 1) end
"""

REPLACEMENTS: Final = (
    "local own = pairs pairs = function(t) calls = calls + 1 return own(t) end",
    "local own = ipairs ipairs = function(t, ...) return own(t, ...) end",
    "local own = select select = function(a, ...) return own(a, ...) end",
    "local own = select if calls < 0 then select = nil end",
    "ipairs = ipairs",
    "pairs = function(t) return next, t, nil end",
    "pairs = function(t) return next, t, nil, 4 end",
    "local m = math math = m",
    "string = string",
    "string.byte = function() return 9 end",
    "math.floor = nil",
    "_G.tostring = function(v) return 'text' end",
    "local G = _G",
    'getmetatable("").__index = string',
    'getmetatable("").__call = function(s, a) return a end',
    "type = function(v) return 'x', v end",
    "table.insert = function(t, v) t[1] = v end",
    "setmetatable = function(t) return t end",
    "local r = require('string')",
    "function on_route_request() return n end",
    "tonumber = one",
)

UNUSED: Final = (
    "local function unused() return _G end",
    'local function unused() return getmetatable("") end',
    "local function unused() math = nil end",
    "local function unused() pairs = one end",
    "local function unused() return string, table, math end",
    "local function unused() total = nil calls = {} end",
    "local function unused() on_route_request() end",
    "local function unused() return coroutine end",
    "local function unused() return {__index = 1, __add = 2, __concat = 3, __lt = 4, __eq = 5, __newindex = 6, __call = 7} end",
)

ATOMS: Final = (
    "1 2 0 -1 0.5 'a' '7' '' nil true false n name list record nothing yes object far text total calls"
    " list[1] list[9] record.a record.b.c record.zz object.x object.new far[8] far[3] far[n] text.len ..."
).split()

CALLS: Final = (
    "one(%)", "many(%)", "many(%, %)", "none(%)", "two()", "count(%)", "count(%, many(%, %))", "one(many(%))", "tick(%)",
    "math.floor(n)", "math.max(many(1, %))", "math.pi", "math.nothing", "string.byte(name, %)", "string.sub(name, 2, n)",
    "name:byte(n)", "name:sub(2)", "name:upper()", "('x'):rep(n)", "string.format(name, %)", "tostring(%)", "type(%)",
    "tonumber(%)", "select('#', ...)", "select(1, ...)", "select(n, ...)", "select(%, ...)", "(select(2, ...))", "unpack(list)",
    "unpack(far, 1, 9)", "object:get(%)", "object:get()", "Class.new(%)", "rawget(list, %)", "rawequal(%, %)", "next(list)",
    "setmetatable({%}, Class)", "setmetatable({}, {__index = function(t, k) return tick(k) end}).key", "sure(n, 3)", "deep(n)",
    "pcall(one, %)", "pcall(deep, %)", "select(2, pcall(many, %, %))", "#list", "#many('a')", "-n", "not %", "table.concat(list, ',')",
    "function(...) return % end", "(function(...) return many(...) end)(%)", "{%, many(%)}", "{many(%), x = %}", "{[name] = %, many(%)}",
    "{[name] = 1, [name .. 'b'] = %}", "{%, %, nil, %}", "many(...)", "(many(%))",
)  # fmt: skip

SMALL: Final = ("tick(%)", "k = %", "n = n + 1", "n = n - 0.5")

STATEMENTS: Final = (
    "tick(%)", "local a, b = %, % k = a", "local a, b, c = % tick(c)", "k = %", "total = %", "record.a, list[2] = %, %",
    "list[1], list[2] = list[2], list[1]", "list[#list + 1] = %", "table.insert(list, %)", "far[%] = %",
    "far[n], far[8] = far[8], %", "one(n)", "many(n, n)", "none(n)",
    "if ? then @ end", "if ? then @ elseif ? then @ else @ end", "if ? then return % elseif ? then return end",
    "for i = 1, $ do @ end", "for i = 1, n do @ end", "for i = 1, #list do @ end",
    "for i = %, %, 2 do @ if i > 20 or i < -20 then break end end", "for i = 3, -3, -0.5 do @ end",
    "for i = 1, 4 do @ if ? then break end @ end",
    "for k, v in pairs(list) do @ end", "for k, v in pairs(record) do @ end", "for k in pairs(far) do @ end",
    "for k, v in pairs(many(list)) do @ end", "for k, v in pairs({%}) do @ end", "for k, v in pairs(...) do @ end",
    "for i, v in ipairs(list) do @ end", "for i, v in ipairs(many(far, 1)) do @ end", "for i in ipairs({%, 2}) do @ end",
    "for k in next, record do @ end", "for k, v in next, far do @ end",
    "for _, v in pairs(list) do list[1] = nil list[1] = v end",
    "local w = 0 while w < $ do w = w + 1 @ end", "local w = 0 while w < #{1, 2, w} do w = w + 1 @ end",
    "local w = 0 repeat w = w + 1 @ until w > 2 or ?",
    "tick(pcall(function(...) for i = 1, 30 do @ if i == $ then error(%) end @ end end, %))",
    "tick(pcall(function(...) for i = 1, 3 do @ local x = nothing.field @ end end))",
    "local function g(p, ...) @ return % end tick(g(%, %)) tick((g(%)))",
    "do local q = % local function h(...) q = % return q end k = h(), q @ end",
    "local co = coroutine.wrap(function(...) for i = 1, 3 do coroutine.yield(%) end return % end) tick(co(%)) tick(co())",
    "local function down(d, ...) if d > 900 then return % end return (down(d + 1)) end tick(pcall(down, 0))",
    "local function down(d, ...) if d > 900 then return % end return (down(d + 1)) end tick(pcall(down, 800))",
    "local function again(n, v) if n <= 0 then return v end @ return again(n - 1, %) end tick(again(3, %))",
    "local function again(n, v) if n <= 0 then tick(v) elseif % then return again(n - 1, one(%)) end return again(n - 2, many(%, %)) end again(5, %)",
    "local function again(n, v) if n > 900 then return v, % end return again(n + 1, v) end tick(pcall(again, 0, %))",
)  # fmt: skip
"""% is any expression, ? a condition, @ statements, $ a small number."""

_HOLES: Final = re.compile(r"((?<!%)%(?!%)|[?@$])")

BINARY: Final = "+ - * / % ^ .. == ~= < <= > >= and or and or".split()


class Prices:
    """Draws one program."""

    def __init__(self, source: random.Random) -> None:
        self.source = source
        self.depth = 0

    def chance(self, percent: int) -> bool:
        return self.source.randrange(100) < percent

    def fill(self, text: str) -> str:
        """``text`` with an expression for each %, a condition for each ?, statements for each @, a small number for $."""
        makers = {"%": self.expression, "?": self.condition, "@": self.block, "$": self.number}
        return "".join(makers[part]() if part in makers else part for part in _HOLES.split(text))

    def number(self) -> str:
        return str(self.source.choice([1, 2, 3, 5, 17, 30]))

    def expression(self) -> str:
        """Any value."""
        if self.depth > 3:
            return self.source.choice(ATOMS)
        self.depth += 1
        kind = self.source.randrange(10)
        if kind < 3:
            made = self.source.choice(ATOMS)
        elif kind < 6:
            made = self.fill(self.source.choice(CALLS))
        elif kind < 9:
            made = f"({self.expression()} {self.source.choice(BINARY)} {self.expression()})"
        else:
            made = self.tall()
        self.depth -= 1
        return made

    def tall(self) -> str:
        """Nested levels of one form or of several."""
        made = self.source.choice(["n", "1", "one(n)", "object:get()", "..."])
        forms = [
            "one(%s)",
            "(%s)",
            "not %s",
            "many(1, %s)",
            "{%s}",
            "(%s) + 1",
            "(%s or n)",
            "(%s and name)",
            "-(n - (%s and 1))",
        ]
        chosen = self.source.sample(forms, self.source.randint(1, 3))
        for _ in range(self.source.choice([3, 9, 15, 16, 17, 24, 33])):
            made = self.source.choice(chosen) % made
        return made

    def chain(self) -> str:
        """A long chain of one operator."""
        operator = self.source.choice(["+", "..", "and", "or", "=="])
        operands = [
            self.source.choice(["n", "1", "one(2)", "name", "nil or 3"])
            for _ in range(self.source.choice([3, 23, 24, 25, 60]))
        ]
        return f" {operator} ".join(f"({o})" if " " in o else o for o in operands)

    def condition(self) -> str:
        """Often one that nothing can make fail."""
        return self.source.choice(
            ["n > 2", "n == 4", "yes", "nothing", "not yes", "i == 3", "i % 2 == 0", "name == 'name'", "nil", "false", "1 and yes",
             "#{n} > 1", "n < 3 or i > 1", "total", "k == nil", self.expression(), self.expression()]
        )  # fmt: skip

    def statement(self) -> str:
        """One statement; ``i`` and ``k`` are locals everywhere."""
        self.depth += 1
        made = self.draw()
        self.depth -= 1
        return made

    def draw(self) -> str:
        if self.depth > 3:
            return self.fill(self.source.choice(SMALL))
        if self.chance(5):
            return f"k = {self.chain()}"
        return self.fill(self.source.choice(STATEMENTS))

    def block(self) -> str:
        return " ".join(self.statement() for _ in range(self.source.randint(1, 2)))

    def program(self) -> str:
        """Replacements and unused names in half of the programs each; errors are caught statement by statement."""
        lines = [HELPERS]
        if self.chance(50):
            lines += self.source.sample(REPLACEMENTS, self.source.randint(1, 2))
        if self.chance(30):
            lines += self.source.sample(UNUSED, 1)
        for number in range(self.source.randint(3, 8)):
            body = "\n  ".join(self.statement() for _ in range(self.source.randint(1, 3)))
            lines.append(f"local function part{number}(i, k, ...)\n  {body}\nend")
            lines.append(
                f"print({number}, pcall(part{number}, {number}, 'k', 1, nil, 'x'))"
                if self.chance(70)
                else f"part{number}(1, nil, 2)"
            )
        return "\n".join([*lines, "print(total, calls, n)", "return many(n, total)"])


def random_prices(seed: str) -> str:
    """A program for a seed."""
    return Prices(random.Random(seed)).program()
