"""A case for every function of the cost table: what makes its work grow, and how its price must grow with it.

``before`` prepares (``N`` is the size), ``call`` is the call that is priced. ``linear`` prices grow tenfold with N,
give or take what is constant; ``flat`` ones do not depend on N.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Case(NamedTuple):
    growth: str
    before: str
    call: str


TEXT: Final = "local s = ('ab1 '):rep(N)"
LIST: Final = "local t = {} for i = 1, N do t[i] = i * 7 % N end"
WORDS: Final = "local t = {} for i = 1, N do t[i] = 'w' end"
NUMBER: Final = "local x = N / 3"


def flat(call: str, before: str = NUMBER) -> Case:
    return Case("flat", before, call)


def linear(call: str, before: str) -> Case:
    return Case("linear", before, call)


CASES: Final[dict[str, Case]] = {
    "assert": linear("assert(unpack(t))", WORDS),
    "collectgarbage": flat("collectgarbage('count')", LIST),
    "constant": flat("pcall(constant, x)"),
    "(constant)": flat("local c = constant(function() return {} end)"),
    "error": flat("pcall(error, 'x')"),
    "getmetatable": flat("getmetatable(t)", "local t = setmetatable({}, {})"),
    "ipairs": linear("for i, v in ipairs(t) do end", LIST),
    "(ipairs)": linear("local f, a, i = ipairs(t) for k, v in f, a, i do end", LIST),
    "(header)": flat("next({})"),
    "load": linear("load(s)", "local s = ('--\\n'):rep(N)"),
    "loadstring": linear("loadstring(s)", "local s = ('--\\n'):rep(N)"),
    "log": linear("log(s)", TEXT),
    "next": linear("local k = next(t) while k do k = next(t, k) end", LIST),
    "pairs": linear("for k, v in pairs(t) do end", LIST),
    "pcall": linear("pcall(unpack, t)", WORDS),
    "print": linear("print(s)", TEXT),
    "rawequal": linear("rawequal(s, s2)", TEXT + " local s2 = ('ab1 '):rep(N)"),
    "rawget": linear("rawget(t, s)", TEXT + " local t = {}"),
    "rawset": linear("rawset(t, s, 1)", TEXT + " local t = {}"),
    "require": flat("require('string')"),
    "select": linear("select(2, unpack(t))", WORDS),
    "setmetatable": flat("setmetatable({}, {})"),
    "tonumber": linear("tonumber(s)", "local s = ('1'):rep(N * 16)"),
    "tostring": flat("tostring(x)"),
    "type": flat("type(x)"),
    "unpack": linear("unpack(t)", WORDS),
    "xpcall": linear("xpcall(function() return unpack(t) end, type)", WORDS),
    **{
        f"bit.{name}": flat(f"bit.{name}(x, 3)")
        for name in "arshift band bnot bor bswap bxor lshift rol ror rshift tobit tohex".split()
    },
    "bit.band": linear("bit.band(unpack(t))", LIST),
    "bit.bor": linear("bit.bor(unpack(t))", LIST),
    "bit.bxor": linear("bit.bxor(unpack(t))", LIST),
    "coroutine.create": flat("coroutine.create(function() end)"),
    "coroutine.resume": linear("coroutine.resume(coroutine.create(function(...) return ... end), unpack(t))", WORDS),
    "coroutine.running": flat("coroutine.running()"),
    "coroutine.status": flat("coroutine.status(co)", "local co = coroutine.create(function() end)"),
    "coroutine.wrap": flat("coroutine.wrap(function() end)()"),
    "coroutine.yield": linear("coroutine.wrap(function() coroutine.yield(unpack(t)) end)()", WORDS),
    "debug.getinfo": flat("debug.getinfo(1)"),
    "debug.traceback": linear("debug.traceback(s)", TEXT),
    **{
        f"math.{name}": flat(f"math.{name}(x)")
        for name in (
            "abs acos asin atan ceil cos cosh deg exp floor frexp log log10 modf rad random randomseed sin sinh sqrt tan "
            "tanh"
        ).split()
    },
    **{f"math.{name}": flat(f"math.{name}(x, 2)") for name in "atan2 fmod ldexp mod pow".split()},
    "math.max": linear("math.max(unpack(t))", LIST),
    "math.min": linear("math.min(unpack(t))", LIST),
    "os.clock": flat("os.clock()"),
    "os.date": linear("os.date(s)", "local s = ('%Y '):rep(N)"),
    "os.difftime": flat("os.difftime(x, 1)"),
    "os.time": flat("os.time({year = 2020, month = 1, day = 1})"),
    "string.byte": linear("string.byte(s, 1, N)", TEXT),
    "string.char": linear("string.char(unpack(t))", "local t = {} for i = 1, N do t[i] = 65 end"),
    "string.find": linear("string.find(s, 'b[%d]x')", TEXT),
    "string.format": linear("string.format('%s%q', s, s)", TEXT),
    "string.gfind": linear("for w in string.gfind(s, '%a') do end", TEXT),
    "string.gmatch": linear("for w in string.gmatch(s, '%a+') do end", TEXT),
    "string.gsub": linear("string.gsub(s, '%a', 'xy')", TEXT),
    "string.len": flat("string.len(s)", TEXT),
    "string.lower": linear("string.lower(s)", TEXT),
    "string.match": linear("string.match(s, '(.-)%dx')", "local s = ('ab1 '):rep(N / 8)"),
    "string.rep": linear("string.rep('abcdefgh', N * 16)", ""),
    "string.reverse": linear("string.reverse(s)", TEXT),
    "string.sub": linear("string.sub(s, 2)", TEXT),
    "string.upper": linear("string.upper(s)", TEXT),
    "table.concat": linear("table.concat(t)", WORDS),
    "table.foreach": linear("table.foreach(t, function() end)", LIST),
    "table.foreachi": linear("table.foreachi(t, function() end)", LIST),
    "table.getn": flat("table.getn(t)", LIST),
    "table.insert": linear("table.insert(t, 1, 0)", LIST),
    "table.maxn": linear("table.maxn(t)", LIST),
    "table.pack": linear("table.pack(unpack(t))", LIST),
    "table.remove": linear("table.remove(t, 1)", LIST),
    "table.setn": flat("pcall(table.setn, {}, 1)"),
    "table.sort": linear("table.sort(t)", LIST),
    "table.unpack": linear("table.unpack(t)", LIST),
}  # fmt: skip
