"""Programs for ``python -m tests.fuzz costs``: what a script would combine to take more than it is charged.

Input: a ``random.Random``. Output: a Program of statements, values and surroundings, and its Lua text; other programs that
are like a given one, changed in one place. Nothing is measured here.

The grammar knows of every library function, operator and statement one shape or more, and of every kind of value that costs
its reader something: of many sizes, since prices have thresholds.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from typing import Final

from ..budgets import grid

SIZES: Final = (1, 3, 7, 15, 40, 63, 99, 255, 256, 511, 512, 600, 2_499, 6_000, 30_000, 66_000, 200_000, 1_000_000)
"""What N stands for in a value."""

TEXTS: Final = (
    "('a'):rep(N)", "('0'):rep(N) .. '1'", "(' '):rep(N)", "'0x' .. ('f'):rep(N)", "'1.' .. ('3'):rep(N) .. 'e-300'", "('a'):rep(N) .. 'b'",
    "'b' .. ('a'):rep(N)", "('ab'):rep(N / 2)", "('a,'):rep(N / 2)", "('a\\n'):rep(N / 2)", "('('):rep(N)", "('\\228'):rep(N)", "('\\0'):rep(N)",
    "('(a)'):rep(N % 32)", "('()'):rep(N % 32)", "('a?'):rep(N % 200)", "('a*'):rep(N % 60)", "('%s'):rep(N % 90)", "('%q'):rep(N % 90)",
    "('%.99e'):rep(N % 50)", "('%99.99f'):rep(N % 40)", "('%c'):rep(N % 80)", "('%%'):rep(N)", "('%1'):rep(N)", "('%0'):rep(N)",
    "'[' .. ('%a-z'):rep(N % 3000) .. ']*b'", "('%f[a]'):rep(N % 60)", "'%b()'", "'(.)%1'", "'(.-)%1b'", "'^(.*)(.*)%2%1$'", "'.-.-b'", "'[^b]*b'",
    "'(a*(.)%w(%s*))'", "'%d+%.?%d*'", "'^a*$'", "'a-b'", "'.-a$'", "'%a*%d'", "'1e308'", "'0x1p-1074'", "'2.2250738585072011e-308'", "'nan'",
    "'123456789012345678901234567e-320'", "''", "'x'", "'n'", "'\\n'", "'%d'", "'%g'", "'%x'", "'*t'", "'%c %x %X %A %B %p'",
    "'local ' .. ('a'):rep(N)", "tostring(1 / 3)", "'k' .. COUNTER()", "('%w+'):rep(N % 20) .. COUNTER()", "'a{1000}a{' .. 900 + COUNTER() % 99 .. '}'", "'(?:ab?){' .. N % 400 .. '}' .. COUNTER()", "'[a' .. COUNTER() .. ']x*'",
)  # fmt: skip
NUMBERS: Final = (
    "0", "1", "2", "-1", "3", "0.1", "0.5", "N", "-N", "1 / 3", "1e15", "2 ^ 31", "2 ^ 53", "-2 ^ 53", "2 ^ 63", "1e308", "-1e308", "5e-324",
    "1.23456789012345e300", "1.23456789012345e-300", "-1.2345678901234e-310", "1 / 0", "-1 / 0", "0 / 0", "1e22", "123456789", "COUNTER()",
)  # fmt: skip
TABLES: Final = (
    "{}", "{1, 2, 3}", "{nil, 2}", "{nil, 2, nil, 4}", "{1, nil, 3, n = 1}", "{n = N, a = 1}",
    "FILL(N, function(i) return i, i end)", "FILL(N, function(i) return i, 'w' end)", "FILL(N, function(i) return i, N - i end)",
    "FILL(N, function(i) return i, 1.2345678901234e-300 * i end)", "FILL(N, function(i) return i, ('a'):rep(99) .. i end)",
    "FILL(N, function(i) return 'k' .. i, i end)", "FILL(N, function(i) return -i, i end)", "FILL(N, function(i) return i / 7, i end)",
    "FILL(N, function(i) return i * i * 7919, i end)", "FILL(N, function(i) return i * 2, i end)", "FILL(N, function(i) return N - i, i end)",
    "FILL(N, function(i) return 2 ^ (i % 900), i end)", "FILL(N, function(i) return {}, i end)", "FILL(N, function(i) return function() return i end, i end)",
    "CLEAR(FILL(N, function(i) return i, i end), N, 1)", "CLEAR(FILL(N, function(i) return i, i end), N, 2)", "CLEAR(FILL(N, function(i) return i, i end), N / 2, 1)",
    "CLEAR(FILL(N, function(i) return 'k' .. i, i end), 0, 1)", "CLEAR(FILL(N, function(i) return i * 77, i end), N, 3)",
    "(function(...) return {...} end)(nil, 1, nil, 2, N)", "(function(...) return arg end)(nil, 1, nil, 2, N)", "table.pack(nil, 1, nil, N)",
    "{unpack(FILL(N % 7000, function(i) return i, i end))}", "setmetatable({1, 2}, EVENTS)", "setmetatable({}, {__index = function(t, k) return k end})",
    "setmetatable({}, {__index = {}, __newindex = {}})", "setmetatable({nil, 2}, {__index = {5}})", "CHAIN(N % 98)", "setmetatable({}, {__mode = 'k'})",
    "{[('a'):rep(N)] = 1, 1, 2}", "{year = N, month = -N, day = N, hour = N}", "setmetatable({}, {__call = function(self, ...) return ... end})",
    "setmetatable({}, {__tostring = function() return ('x'):rep(N) end})", "setmetatable({}, {__concat = function(a, b) return 'x' end})",
    "setmetatable({}, {__index = coroutine.wrap(function() while true do coroutine.yield(1) end end)})",
)  # fmt: skip
FUNCTIONS: Final = (
    "function(a, b) return a end", "function(...) return ... end", "function(...) return select('#', ...) end", "function() end", "function() error('x') end",
    "function() error({}) end", "function() error(('m'):rep(N)) end", "function() error(('m'):rep(N), 2) end", "function(a, b) return a < b end",
    "function(a, b) return tostring(a) < tostring(b) end", "function() return nil end", "function(...) return unpack(T) end", "function() local x = nil; return x.name end",
    "function(a) return a .. 'x' end", "function() return 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 end", "function(...) local t = {...} return #t end",
    "function() coroutine.yield(1) return 2 end", "coroutine.wrap(function(...) while true do coroutine.yield(...) end end)", "coroutine.yield", "error", "pcall", "type",
    "tostring", "rawequal", "string.len", "function(...) return pcall(error, ...) end", "function(...) return (select(-1, ...)) end", "string.rep", "table.insert",
    "LOCALS(N % 180)", "CAPTURES(N % 60)", "DEEPER(N % 6000)", "function(...) return arg end", "setmetatable", "next", "math.max", "unpack", "string.gsub", "table.concat",
)  # fmt: skip
THREADS: Final = (
    "coroutine.create(function(...) while true do coroutine.yield(...) end end)", "coroutine.create(function() end)", "coroutine.running()",
    "coroutine.create(function() error('x') end)", "RESUMED(coroutine.create(DEEPER(N % 3000)))",
)  # fmt: skip
POOLS: Final = {"S": TEXTS, "1": NUMBERS, "T": TABLES, "F": FUNCTIONS, "C": THREADS}
USUAL: Final = {"S": "'abc'", "1": "2", "T": "{3, 1, 2}", "F": "function(a, b) return a end", "C": THREADS[0]}

OWN: Final = (
    "local x = debug.traceback($S, $1)",
    "local x = pcall(debug.getinfo, $1, $S)",
    "xpcall($F, debug.traceback)",
    "pcall(require('json').decode, $S)",
    "pcall(require('json').encode, $T)",
    "pcall(require('json').get, $S, $S)",
    "pcall(require('re').gsub, $S, $S, $S)",
    "pcall(require('re').match, $S, $S)",
    "pcall(require('re').find, $S, $S, $S)",
    "pcall(require('text').split, $S, $S)",
    "pcall(require('text').join, $T, $S)",
    "pcall(require('base64').decode, $S)",
    "pcall(require('bucket').pick, $S, $1, $T)",
    "pcall(require('bucket').ring, $T)",
    "pcall(require('ip').matcher, $T)",
    "pcall(require('accept').language, $S, $T)",
    "local co = coroutine.create($F) coroutine.resume(co, $S, $1)", "local w = coroutine.wrap($F) w($S) w($1)", "coroutine.resume($C, $S)", "coroutine.resume($C, unpack($T))",
    "local w = coroutine.wrap(function() for i = 1, 5 do coroutine.yield($S, i) end end) for a, b in w do $B end", "coroutine.status($C)", "pcall(coroutine.yield, $S)",
    "local co = coroutine.wrap(function() return pcall(function() $B coroutine.yield($1) end) end) co() co()", "coroutine.wrap(function() $B end)()",
    "coroutine.wrap(function() local a, b, c, d, e, f = $1, $2 for i = 1, 3 do for j = 1, 2 do coroutine.yield() end end end)()",
    "local function nest(n) if n > 0 then return coroutine.wrap(nest)(n - 1) end $B end nest(9)", "local co co = coroutine.wrap(function() co() end) pcall(co)",
    "pcall($F, $S, $1)", "xpcall($F, $F)", "pcall(error, $S, $1)", "pcall(pcall, $F, $F, $F)", "pcall(function() $B error($S, $1) end)", "xpcall(function() $B error($T) end, $F)",
    "pcall(function() local x = $S; return x.name.name end)", "pcall(function() return $T < $1 end)", "pcall(function() return $S .. $T end)", "pcall($T, $S)", "pcall($S, $1)",
    "local t = {$S, $1, nil, $F} $B", "local t = {nil, $1, nil, $1, x = $S} t[$1] = $S t[$S] = nil local n = #t", "local t = {$F($S)} local n = #t", "local t = {$1, $F(unpack($T))}",
    "local t = {[$1] = $S, [$S] = $1, $T, nil, $F}", "local t = {} for i = 1, 20 do t[i * 3] = i end t[$1] = 1 local n = #t", "local t = {} for i = 20, 1, -1 do t[i] = $S end",
    "local t = {} t[$1] = $S t[$1] = nil t[$1] = 1 local n = #t", "local t = $T t[#t] = nil t[#t + 1] = $S", "local t = $T for i = 1, 9 do t[i * $1] = nil end local n = #t", "$T[$1] = nil $T[$S] = nil",
    "table.insert($T, $S)", "table.insert($T, $1, $S)", "table.remove($T)", "table.remove($T, $1)", "pcall(table.concat, $T, $S, $1, $1)", "pcall(table.sort, $T, $F)", "pcall(table.sort, $T)",
    "local a, b, c = unpack($T, $1, 20)", "local x = ('').rep($S, $1)", "local n = #$T + #$S", "local k = next($T)", "local k, v = next($T, 1)", "for k, v in next, $T do $B break end",
    "for k in pairs($T) do $B break end", "for i, v in ipairs($T) do $B if i > 5 then break end end", "for i = $1, $1, $1 do $B break end", "for i = 1, 5 do local f = function() i = i + 1 return i end f() $B end",
    "for i = 1, 3 do local a, b, c, d, e, g = i local f = function() return a, b, c, d, e, g, i end end", "local f = function(...) $B return ... end f($S, $1, $T)", "goto skip $B ::skip::",
    "do local i = 0 ::again:: i = i + 1 $B if i < 3 then goto again end end", "local i = 0 while i < 4 do i = i + 1 $B end", "local i = 0 repeat i = i + 1 local x = i until x > 3",
    "if $S == $S or $1 < 3 then $B else $B end", "local x = $S .. $1 .. $1 .. $S", "local x = $1 .. $1 .. $1 .. $1 .. $1 .. $1 .. $1 .. $1 .. $1 .. $1 .. $1 .. $1", "local x = $S + $1 * $S - $S / $S % $1 ^ $S",
    "local x = $1 + $1 - $1 * $1 / $1 % $1 ^ $1", "local x = -$S", "local x = $S < $S", "local x = $T == $T", "local x = $T .. $T", "local x = $T + $T", "local x = $T($S, $1)", "local x = $T:name($S)",
    "local x = ($S):gsub($S, $F)", "local x = ($S):gsub($S, $T)", "local x = ($S):gsub($S, $S)", "local x = ($S):gsub($S, $S, $1)", "for w in ($S):gmatch($S) do $B break end", "for w in ($S):gmatch($S) do end",
    "local x = ($S):find($S, $1, true)", "local x = ($S):find($S, $1)", "local x = ($S):match($S)", "pcall(string.format, $S, $S, $1, $1, $S)", "pcall(string.format, $S, unpack($T))", "local x = ('%s %d %5.1f'):format($S, $1, $1)",
    "local x = string.char(unpack($T, 1, 3))", "local x = ($S):byte($1, $1)", "local x = tostring($1)", "local x = tostring($T)", "local x = tonumber($S)", "local x = tonumber($S, 16)", "local x = math.fmod($1, $1)",
    "local x = math.max($1, $S)", "local x = os.date($S, $1)", "local x = os.time($T)", "local x = select($1, $S, $1, $T)", "local x = (function(...) return select($1, ...) end)(unpack($T))", "rawset($T, $S, $1)", "local x = rawget($T, $S)",
    "setmetatable($T, $T)", "local x = getmetatable($S)", "local x = $F(unpack($T))", "local function r(n) $B if n > 0 then return 1 + r(n - 1) end return 0 end r(20)", "(function() (function() (function() $B end)() end)() end)()",
    "string['k' .. COUNTER()] = $S", "LAST = $S local x = LAST", "_G[$S] = $1", "local x = _G[$S]", "if COUNTER() % 2 == 0 then print($S) end", "local x = require and pcall(require, $S)", "collectgarbage($S == 1 and $S or 'count')",
    "local x = bit.bxor($1, $1)", "local x = math.sin($1) + math.random(1, 5) + math.floor($1)",
)  # fmt: skip

SURROUNDINGS: Final = {
    "plain": "for round = 1, ROUNDS do $ end",
    "pcall": "for round = 1, ROUNDS do pcall(function() $ end) end",
    "coroutine": "coroutine.wrap(function() for round = 1, ROUNDS do $ end end)()",
    "resumed": "local w = coroutine.wrap(function() while true do $ coroutine.yield() end end) for round = 1, ROUNDS do w() end",
    "fresh": "for round = 1, ROUNDS do coroutine.wrap(function() $ end)() end",
    "fresh pcall": "for round = 1, ROUNDS do coroutine.resume(coroutine.create(function() return pcall(function() $ end) end)) end",
    "deep": "local function down(n) if n > 0 then return 0 + down(n - 1) end for round = 1, ROUNDS do $ end return 0 end down(5000)",
    "deep pcall": "local function down(n) if n > 0 then return 0 + down(n - 1) end for round = 1, ROUNDS do pcall(function() $ end) end return 0 end down(5000)",
    "deep coroutine": "coroutine.wrap(function() local function down(n) if n > 0 then return 0 + down(n - 1) end for round = 1, ROUNDS do pcall(function() $ end) end return 0 end down(3000) end)()",
    "metamethod": "local m = setmetatable({}, {__index = function(t, round) $ end}) for round = 1, ROUNDS do local x = m[round] end",
    "comparator": "for round = 1, ROUNDS do table.sort({1, 2, 3, 4}, function(a, b) $ return a < b end) end",
    "callback": "for round = 1, ROUNDS do string.gsub('abc', '.', function(round) $ end) end",
    "iterator": "for round = 1, ROUNDS do for x in (function(s, c) $ return not c and 1 or nil end) do end end",
    "recursion": "local function again(n) $ if n > 0 then return again(n - 1) end end for round = 1, ROUNDS do again(30) end",
    "varargs": "local function f(...) $ return ... end for round = 1, ROUNDS do f(round, nil, 'x') end",
}  # fmt: skip
"""Where the statements stand."""

HELPERS: Final = {
    "COUNTER": "local counted = 0 local function COUNTER() counted = counted + 1 return counted end",
    "FILL": "local function FILL(n, f) if n > 30000 then n = 30000 end local t = {} for i = 1, n do local k, v = f(i) t[k] = v end return t end",
    "CLEAR": "local function CLEAR(t, n, step) if n == 0 then for k in pairs(t) do t[k] = nil end end for i = 1, n - 1, step do t[i] = nil end return t end",
    "CHAIN": "local function CHAIN(n) local t = {} for i = 1, n do t = setmetatable({}, {__index = t, __newindex = t}) end return t end",
    "DEEPER": "local function DEEPER(n) local function r(k) if k > 0 then return 0 + r(k - 1) end coroutine.yield() return 0 end"
    " return function() return r(n) end end",
    "RESUMED": "local function RESUMED(co) coroutine.resume(co) return co end",
    "EVENTS": "local function event(a, b) return 1 end local EVENTS = {__index = event, __newindex = event, __call = event, __concat = event,"
    " __add = event, __sub = event, __mul = event, __div = event, __mod = event, __pow = event, __unm = event, __eq = event, __lt = event, __le = event}",
    "STEP": "local STEP = ipairs({})",
}  # fmt: skip
"""What values are made with: of these a program has those that it names."""
BEFORE: Final = "local T, S, P, F, ONE, U = {3, 1, 2}, 'abc', 'b', function(a, b) return a end, 1, {1, 2, 3}"
"""The usual values of the grid's shapes."""


@dataclass(frozen=True)
class Statement:
    """A shape with what stands in its places; blocks hold statements of their own."""

    shape: str
    values: tuple[str, ...]
    blocks: tuple[tuple[Statement, ...], ...] = ()


@dataclass(frozen=True)
class Program:
    """Statements, repeated in some surroundings; ``shared``: whether values are made once, before, or in every round."""

    statements: tuple[Statement, ...]
    surroundings: str
    shared: bool = True

    def source(self, rounds: str) -> str:
        """The text with a number of rounds."""
        made: list[str] = []
        body = " ".join(_written(statement, made, self.shared) for statement in self.statements)
        loop = SURROUNDINGS[self.surroundings].replace("ROUNDS", rounds).replace("$", body)
        text = "\n".join((*made, loop))
        return "\n".join((*(helper for name, helper in HELPERS.items() if name in text), BEFORE, text))


def _written(statement: Statement, made: list[str], shared: bool) -> str:
    text, values, blocks = [], iter(statement.values), iter(statement.blocks)
    pieces = statement.shape.split("$")
    text.append(pieces[0])
    for piece in pieces[1:]:
        if piece[0] == "B":
            text.append(" ".join(_written(inner, made, shared) for inner in next(blocks)))
        else:
            value = next(values)
            if shared and len(made) < 60 and "COUNTER" not in value:
                made.append(f"local V{len(made)} = {value}")
                value = f"V{len(made) - 1}"
            text.append(f"({value})" if value[0] != "V" else value)
        text.append(piece[1:])
    joined = "".join(text)
    return f"do {';' if joined[0] == '(' else ''}{joined} end"


def _grid_shapes() -> list[str]:
    """Those of the grid, whose places are numbered and have usual values."""
    kinds = {"table": "$T", "text": "$S", "number": "$1", "function": "$F"}
    return [
        shape.filled([kinds[grid.kind_of(value)] for value in shape.values])
        for shape in grid.SHAPES
        if "headers" not in shape.text
    ]


SHAPES: Final = (*OWN, *_grid_shapes())


class Grammar:
    """Makes and changes programs."""

    def __init__(self, source: random.Random) -> None:
        self.random = source

    def value(self, kind: str) -> str:
        choice = self.random
        if choice.random() < 0.06:
            kind = choice.choice("S1TFC")
        text = USUAL[kind] if choice.random() < 0.25 else choice.choice(POOLS[kind])
        size = str(choice.choice(SIZES)) if choice.random() < 0.8 else str(int(2 ** (choice.random() * 20)))
        text = _sized(text, size)
        return _MADE.sub(lambda found: _function(found[1], int(found[2]) % int(found[3])), text)

    def statement(self, depth: int = 0) -> Statement:
        shape = self.random.choice(SHAPES)
        kinds = [piece[0] for piece in shape.split("$")[1:]]
        if depth > 2:
            blocks: tuple[tuple[Statement, ...], ...] = ((),) * kinds.count("B")
        else:
            blocks = tuple(self.block(depth + 1) for kind in kinds if kind == "B")
        return Statement(shape, tuple(self.value(_kind(kind)) for kind in kinds if kind != "B"), blocks)

    def block(self, depth: int) -> tuple[Statement, ...]:
        return tuple(self.statement(depth) for _ in range(self.random.choice((0, 1, 1, 2))))

    def program(self) -> Program:
        count = self.random.choice((1, 1, 1, 2, 3))
        statements = tuple(self.statement() for _ in range(count))
        surroundings = "plain" if self.random.random() < 0.3 else self.random.choice(list(SURROUNDINGS))
        return Program(statements, surroundings, self.random.random() < 0.85)

    def changed(self, program: Program) -> Program:
        """One place, another place, or the surroundings."""
        choice, statements = self.random, list(program.statements)
        what = choice.random()
        if what < 0.15:
            return replace(program, surroundings=choice.choice(list(SURROUNDINGS)))
        if what < 0.2:
            return replace(program, shared=not program.shared)
        place = choice.randrange(len(statements))
        if what < 0.3:
            statements.insert(place, self.statement())
        elif what < 0.4 and len(statements) > 1:
            del statements[place]
        elif what < 0.5:
            statements.append(statements[place])
        else:
            statements[place] = self.altered(statements[place])
        return replace(program, statements=tuple(statements[:5]))

    def altered(self, statement: Statement) -> Statement:
        """Another value or block in one place of it."""
        kinds = [_kind(piece[0]) for piece in statement.shape.split("$")[1:] if piece[0] != "B"]
        if statement.blocks and (not kinds or self.random.random() < 0.5):
            blocks = list(statement.blocks)
            blocks[self.random.randrange(len(blocks))] = self.block(2)
            return replace(statement, blocks=tuple(blocks))
        if not kinds:
            return self.statement()
        values = list(statement.values)
        place = self.random.randrange(len(values))
        values[place] = self.value(kinds[place])
        return replace(statement, values=tuple(values))


_MADE: Final = re.compile(r"(LOCALS|CAPTURES)\((\d+) % (\d+)\)")


def _function(kind: str, count: int) -> str:
    """One with so many locals, or that takes so many."""
    names = ", ".join(f"n{place}" for place in range(count + 1))
    if kind == "LOCALS":
        return f"function(a) local {names} = a return n0 end"
    return f"(function(...) local {names} = ... return function() return {{{names}}} end end)(1)"


def _kind(letter: str) -> str:
    return letter if letter in POOLS else "1"


def _sized(text: str, size: str) -> str:
    """With ``size`` for N, where it is a word of its own."""
    out = []
    for place, char in enumerate(text):
        alone = char == "N" and not (text[place - 1 : place].isalnum() or text[place + 1 : place + 2].isalnum())
        out.append(size if alone else char)
    return "".join(out)
