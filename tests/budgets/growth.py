"""What the work of each library function, and of each helper that generated code calls, grows with; and what pays for it.

A new function or helper without an entry in WORK fails tests/budgets/test_growth.py, and so does one whose charge does not grow
with what its entry says. docs/security.md has TABLE as a table: ``python -m tests.budgets growth`` writes it.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Kind(NamedTuple):
    """A row of the table in docs/security.md."""

    grows_with: str
    bound: str
    tested_by: str


KINDS: Final[dict[str, Kind]] = {
    "numeral": Kind(
        "the length of a text that has to be a number",
        "12 and 4 instructions for each 16 bytes, before it is converted (`Run.number_of` and `tonumber`, which alone convert); from 64 kB on 2 bytes for each",
        "`k01`-`k05`, `n01`-`n07`, `n21`, `q02`",
    ),
    "text": Kind(
        "the length of a text that is copied, compared, searched or hashed",
        "1 instruction for 64 bytes (16 where each is looked at); up to 511 bytes are in the operation's price",
        "`a01`-`a06`, `e05`-`e11`, `m01`, `v17`-`v20`",
    ),
    "search": Kind(
        "subject times needle, where CPython compares the needle at each place",
        "priced by both up to 64 bytes of needle; beyond, the two-way algorithm or at most 32,768 comparisons",
        "`k10`-`k12`, `p11`-`p13`",
    ),
    "pattern": Kind(
        "the pattern's length; what a match runs over; each step of a backtracking one, its literals, its back references",
        "40 instructions and 200 bytes for a byte read; a linear `re` by bytes and items, which ends where what is left is spent; 8 instructions a step and 1 for 64"
        " bytes of a literal",
        "`k07`-`k09`, `k13`, `k30`, `k33`, `m03`, `p01`-`p23`, `v03`-`v09`",
    ),
    "output": Kind(
        "the length of what is made, which one call can make of little",
        "bytes before it is made; gsub and format make at most 4 MB, 99 bytes a directive, before they charge",
        "`k18`, `k23`, `k26`, `e01`-`e04`, `e34`-`e37`, `e44`",
    ),
    "values": Kind(
        "arguments, results and elements that one call takes, spreads or copies",
        "1 instruction for 8 values, more where each is looked at; 8 bytes each",
        "`e11`-`e17`, `e27`, `e28`, `e41`",
    ),
    "walk": Kind(
        "the entries of a table that is walked over, and the places of removed ones, which CPython keeps",
        "by entries; a table with more removed places than entries is made anew by the removal",
        "`k14`-`k17`, `k29`, `k32`, `k34`, `t03`, `a07`-`a11`",
    ),
    "shift": Kind("elements that are moved up or down", "9 instructions each", "`e29`-`e31`"),
    "digits": Kind(
        "a number that is written: up to 1 µs, unless it is whole and below 1e14; 4 µs for 99 digits of a tiny one",
        "12 instructions more in `..`, 60 in `string.format`, 20 where many are written",
        "`k24`, `k26`, `e25`, `e39`",
    ),
    "border": Kind("the logarithm of a table's length", "4 instructions a step", "`a12`-`a14`"),
    "sort": Kind(
        "n log n comparisons, of texts by their lengths",
        "before each partition; of Python's own sort n log n and the texts' lengths",
        "`d02`-`d09`, `z01`-`z03`, `u03`",
    ),
    "levels": Kind(
        "the levels of the stack that `error` and `debug` walk up", "4 instructions each, `debug` 48", "`k06`, `c13`, `k27`, `k28`"
    ),
    "messages": Kind(
        "the length of an error's message, which may quote a name as long as the source, or an argument",
        "1 instruction for 64 bytes and its bytes, where it is caught; before it is made where it quotes an argument",
        "`k21`, `k22`, `k25`, `c11`",
    ),
    "headers": Kind("the number of headers", "4 instructions each; names of 512 bytes or more are nobody's, others than ASCII only as sent", "`k20`"),
    "chain": Kind("tables one behind the other in `__index` and `__newindex`", "5 instructions each, at most 100", "`b01`-`b06`"),
    "chunk": Kind(
        "the text that is compiled, and what its tree makes of it; a mode's length",
        "1 instruction a byte, 300 a token, 300 a unit of compile cost, each before that stage, 20 a piece; bytes likewise;"
        " the limits of a file",
        "`l01`-`l06`, `l11`, `l12`, `l15`-`l17`, `l19`",
    ),
    "members": Kind(
        "the members of a library or module, and the files of the routing library that it is in",
        "16 instructions and their bytes, once a run; files are imported when a script is compiled",
        "`m02`, `k31`",
    ),
    "calls": Kind(
        "what it calls, and frames",
        "by the function called; 400 bytes for a new depth; depth at most 7,000, calls through the library 500",
        "`b07`-`b32`, `c05`-`c09`, `z04`, `z06`",
    ),
    "nothing": Kind("nothing", "its base price", "`tests/budgets/test_library.py`"),
}  # fmt: skip


class Work(NamedTuple):
    """One thing that the work grows with: ``before`` prepares a value of size N, ``call`` is what must be charged for it."""

    kind: str
    before: str = ""
    call: str = ""


NUMERAL: Final = "local x = ('0'):rep(16 * N) .. '1' "
BLANK: Final = "local x = (' '):rep(16 * N) .. '1' "
TEXT: Final = "local s = ('ab1 '):rep(16 * N) "
LIST: Final = "local t = {} for i = 1, N do t[i] = i * 7 % N end "
WORDS: Final = "local t = {} for i = 1, N do t[i] = 'w' end "

NOTHING: Final = (Work("nothing"),)


def numeral(*calls: str, before: str = "") -> tuple[Work, ...]:
    return tuple(Work("numeral", NUMERAL + before, call) for call in calls)


def text(*calls: str, before: str = "") -> tuple[Work, ...]:
    return tuple(Work("text", TEXT + before, call) for call in calls)


def values(*calls: str, before: str = WORDS) -> tuple[Work, ...]:
    return tuple(Work("values", before, call) for call in calls)


def walk(*calls: str) -> tuple[Work, ...]:
    return tuple(Work("walk", LIST, call) for call in calls)


_SAME: Final = "local s2 = ('ab1 '):rep(16 * N) "
_DEEP: Final = "local function down(n) if n > 0 then return 0 + down(n - 1) end {} return 0 end down(N)"

LIBRARY: Final[dict[str, tuple[Work, ...]]] = {
    "assert": (*values("assert(unpack(t))"), Work("messages", TEXT, "pcall(assert, false, s)")),
    "load": (
        Work("chunk", "local s = ('--\\n'):rep(N)", "load(s)"),
        Work("chunk", "local n = 0", "load(function() n = n + 1 return n < N and ' ' or nil end)"),
        Work("messages", TEXT, "load(s .. '=')"),
    ),
    "loadstring": (
        Work("chunk", "local s = ('--\\n'):rep(N)", "loadstring(s)"),
        Work("chunk", "local s = ('a = 1 '):rep(N / 40)", "loadstring(s)"),
        Work("messages", TEXT, "loadstring('=', s)"),
    ),
    "collectgarbage": (Work("messages", TEXT, "pcall(collectgarbage, s)"),),
    "constant": NOTHING,
    "(constant)": NOTHING,
    "error": (
        *numeral("pcall(error, '', x)"),
        *text("pcall(error, s)"),
        Work("levels", "local e = pcall", _DEEP.format("e(error, '', 1e9)")),
    ),
    "getmetatable": NOTHING,
    "ipairs": NOTHING,
    "(ipairs)": numeral("step({}, x)", before="local step = ipairs({}) "),
    "(header)": (Work("headers"),),
    "log": (*text("log(s)"), Work("calls")),
    "next": walk("local k = next(t) while k do k = next(t, k) end", "next(t, N)"),
    "pairs": walk("for k in pairs(t) do end", "for k in pairs(t) do break end"),
    "pcall": (*values("pcall(unpack, t)"), Work("calls"), Work("messages", TEXT, "pcall(error, s, 0)")),
    "print": (*text("print(s)"), *values("print(unpack(t))"), Work("calls")),
    "rawequal": text("rawequal(s, s2)", before=_SAME),
    "rawget": text("rawget(t, s)", before="local t = {} "),
    "rawset": text("rawset(t, s, 1)", before="local t = {} "),
    "require": (Work("members"), Work("calls"), Work("messages", TEXT, "pcall(require, s)")),
    "select": (*numeral("select(x, 1)"), *values("select(2, unpack(t))", "select('#', unpack(t))")),
    "setmetatable": NOTHING,
    "tonumber": (
        *numeral("tonumber(x)", "tonumber(x, 16)", "pcall(tonumber, '1', x)", "local y = tonumber(x) + 1"),
        Work("numeral", BLANK, "tonumber(x)"),
    ),
    "tostring": (Work("calls"),),
    "type": NOTHING,
    "unpack": (*values("unpack(t)"), *numeral("unpack({}, x)", "unpack({}, 1, x)"), Work("border")),
    "xpcall": (
        *values("xpcall(function() return unpack(t) end, type)"), Work("calls"),
        Work("messages", TEXT, "xpcall(function() error(s, 0) end, type)"),
    ),
    **{f"bit.{name}": numeral(f"bit.{name}(x, 1)", f"bit.{name}(1, x)")
       for name in "arshift lshift rol ror rshift tohex".split()},
    **{f"bit.{name}": numeral(f"bit.{name}(x)") for name in "bnot bswap tobit".split()},
    **{f"bit.{name}": (*numeral(f"bit.{name}(x, 1)", f"bit.{name}(1, x)", f"bit.{name}(1, 1, x)"),
                       *values(f"bit.{name}(unpack(t))", before=LIST))
       for name in "band bor bxor".split()},
    **{f"math.{name}": numeral(f"math.{name}(x)")
       for name in ("abs acos asin atan ceil cos cosh deg exp floor frexp log log10 modf rad randomseed sin sinh sqrt tan "
                    "tanh").split()},
    **{f"math.{name}": numeral(f"math.{name}(x, 1)", f"math.{name}(1, x)")
       for name in "atan2 fmod ldexp mod pow random".split()},
    **{f"math.{name}": (*numeral(f"math.{name}(x, 1)", f"math.{name}(1, x)", f"math.{name}(1, 1, x)"),
                        *values(f"math.{name}(unpack(t))", before=LIST))
       for name in ("max", "min")},
    "debug.getinfo": (
        *numeral("debug.getinfo(x)"), *text("pcall(debug.getinfo, 1, s)"),
        Work("levels", "local e = debug.getinfo", _DEEP.format("e(N)")),
    ),
    "debug.traceback": (
        *text("debug.traceback(s)"), *numeral("debug.traceback('', x)"),
        Work("levels", "local e = debug.traceback", _DEEP.format("e()")),
    ),
    "os.clock": NOTHING,
    "os.date": (*text("os.date(s)"), *numeral("os.date('%Y', x)")),
    "os.difftime": numeral("os.difftime(x, 1)", "os.difftime(1, x)"),
    "os.time": numeral(*(f"os.time({{year = 2000, month = 1, day = 1, {field} = x}})"
                         for field in ("year", "month", "day", "hour", "min", "sec"))),
    "string.byte": (*numeral("('x'):byte(x)", "('x'):byte(1, x)"), *values("s:byte(1, N)", before=TEXT)),
    "string.char": (*numeral("string.char(x)"), *values("string.char(unpack(t))", before="local t = {} for i = 1, N do t[i] = 65 end ")),
    "string.find": (
        *numeral("('x'):find('x', x)"), *text("s:find('x', 1, true)"),
        Work("search", "local s, p = ('a'):rep(N), ('a'):rep(N / 2 - 3) .. 'baa' ", "s:find(p, 1, true)"),
        Work("pattern", "local p = ('a'):rep(N / 2) .. '[bc]' ", "('x'):find(p)"),
        Work("pattern", "local s, p = ('a'):rep(N), '(.)%1-b' ", "s:find(p)"),
    ),
    "string.format": (
        *text("('%s'):format(s)", "('%q'):format(s)", "('%.3s%s'):format(s, s)"), *numeral("('%d'):format(x)", "('%g'):format(x)"),
        Work("output", "local f = ('%99.9f'):rep(N / 100) local t = {} for i = 1, N / 100 do t[i] = 1 end ", "f:format(unpack(t))"),
        Work("text", "local f = ('%%'):rep(8 * N) ", "f:format()"), Work("digits"),
    ),
    "string.gfind": (Work("pattern", TEXT, "for w in string.gfind(s, '%a') do end"),),
    "string.gmatch": (Work("pattern", TEXT, "for w in s:gmatch('%a+') do end"), Work("pattern", TEXT, "s:gmatch('x')()")),
    "string.gsub": (
        Work("pattern", TEXT, "s:gsub('%a', '')"), Work("output", TEXT, "(' '):gsub('.', s)"),
        *numeral("('x'):gsub('x', 'y', x)"),
        Work("values", TEXT, "s:gsub('.', {})"), Work("text", "local r = ('%%'):rep(8 * N) ", "('x'):gsub('x', r)"),
        Work("calls", TEXT, "s:gsub('.', function() end)"),
    ),
    "string.len": NOTHING,
    "string.lower": text("s:lower()"),
    "string.match": (
        *numeral("('x'):match('x', x)"), Work("pattern", TEXT, "s:match('(.-)%dx')"),
        Work("pattern", "local s = ('a'):rep(16 * N) ", "s:match('^(.*)%1$')"),
        Work("pattern", "local s = ('('):rep(N) ", "s:match('%b()')"),
    ),
    "string.rep": (Work("output", "", "('abcdefgh'):rep(N * 16)"), *numeral("(''):rep(x)")),
    "string.reverse": text("s:reverse()"),
    "string.sub": (*text("s:sub(2)"), *numeral("('x'):sub(x)", "('x'):sub(1, x)")),
    "string.upper": text("s:upper()"),
    "table.concat": (
        *values("table.concat(t)"), *numeral("table.concat({1}, '', x)", "table.concat({1}, '', 1, x)"),
        Work("output", TEXT, "table.concat({'', '', ''}, s)"), Work("values", LIST, "table.concat(t)"),
    ),
    "table.foreach": (*walk("table.foreach(t, function() end)"), Work("calls")),
    "table.foreachi": (*walk("table.foreachi(t, function() end)"), Work("calls")),
    "table.getn": (Work("border"),),
    "table.insert": (Work("shift", LIST, "table.insert(t, 1, 0)"), *numeral("table.insert({}, x, 1)")),
    "table.maxn": walk("table.maxn(t)"),
    "table.pack": values("table.pack(unpack(t))"),
    "table.remove": (Work("shift", LIST, "table.remove(t, 1)"), *numeral("table.remove({1}, x)")),
    "table.setn": NOTHING,
    "table.sort": (
        Work("sort", LIST, "table.sort(t)"), Work("sort", LIST, "table.sort(t, function(a, b) return a < b end)"),
        Work("sort", "local t = {} for i = 1, 9 do t[i] = ('a'):rep(16 * N) .. 'b' end ", "table.sort(t)"),
    ),
    "table.unpack": values("table.unpack(t)"),
    **{f"coroutine.{name}": (Work("calls"),) for name in "create wrap yield".split()},
    "coroutine.resume": (
        Work("calls"), *values("coroutine.resume(coroutine.create(function() end), unpack(t))"),
        Work("messages", TEXT, "coroutine.resume(coroutine.create(function() error(s, 0) end))"),
    ),
    "coroutine.running": NOTHING,
    "coroutine.status": NOTHING,
}  # fmt: skip
"""By the names of the cost table."""


def operands(*signs: str) -> tuple[Work, ...]:
    return numeral(*(call for sign in signs for call in (f"local y = x {sign} 2", f"local y = 2 {sign} x")))


_CONSTANT: Final = (
    "whole_text first itself late number_to_string paid abs sqrt power record1 record2 record3 float int len str tuple Table ListTable MetaTable"
    " FunctionType counting chunks charge left pay refill refilled is_own positions1 positions2"
    " positions3"
).split()

HELPERS: Final[dict[str, tuple[Work, ...]]] = {
    "add": operands("+"),
    "subtract": operands("-"),
    "multiply": operands("*"),
    "divide_values": operands("/"),
    "modulo_values": operands("%"),
    "power_values": operands("^"),
    "negate": numeral("local y = -x"),
    "concat": (*text("local y = s .. '.'", "local y = '.' .. s .. 1"), Work("calls"), Work("digits")),
    "equal": text("local y = s == s2", "if s ~= s2 then return end", before=_SAME),
    "less": text("local y = s < s2", "if s > s2 then return end", before=_SAME),
    "less_equal": text("local y = s <= s2", "if s >= s2 then return end", before=_SAME),
    "pure_equal": NOTHING,  # refuses texts
    "index": (
        *text("local y = t[s]", before="local t = {} t[s .. '.'] = 1 "),
        Work("chain", "local t = {} for i = 1, N / 100 do t = setmetatable({}, {__index = t}) end ",
             "for i = 1, 100 do local y = t.x end"),
    ),
    "pure_index": NOTHING,  # one step, which is in the price of indexing
    "setindex": (
        *text("t[s] = 1", before="local t = {} "), Work("chain"),
        Work("walk", "local t = {} for i = 1, N do t['k' .. i] = 1 end next(t) ", "t.k1 = nil"),
    ),
    "keyed_table": (*text("local y = {[s] = 1}"), Work("values")),
    "length": (Work("border"),),
    "for_iterator": (Work("walk", LIST + "local p = pairs p({}) ", "for k, v in next, t do break end"), Work("calls")),
    "for_number": numeral("for i = x, 0 do end", "for i = 2, x do end", "for i = 2, 1, x do end"),
    "pairs_items": walk("for k in pairs(t) do break end"),
    "pairs_live": walk("for k in (pairs)(t) do break end"),
    "ipairs_getter": NOTHING,
    "ipairs_live": NOTHING,
    "selected": (*numeral("local y = (function(...) local z = select(x, ...) return z end)(1)"), Work("values")),
    "select_one": (Work("numeral"), Work("values")),
    "spread": values("local y = type(unpack(t))"),
    "table_of": values("local y = {unpack(t)}"),
    "arg_table": values("local function f(...) return arg end f(unpack(t))"),
    "with_key": NOTHING,
    "without_nil": (Work("values"),),
    "adjust": (Work("values"),),
    "callable_of": (Work("calls"),),
    "string_to_number": (Work("numeral"),),
    **dict.fromkeys(_CONSTANT, NOTHING),
    **{name: (Work("calls"),) for name in ("invoke", "inherited", "assign", "call_meta")},
}  # fmt: skip
"""Callables that generated code can name, and a run's services."""

WORK: Final = {**LIBRARY, **HELPERS}


def table() -> str:
    """The table of docs/security.md."""
    lines = ["| where | grows with | priced or bounded by | tested by |", "|---|---|---|---|"]
    for kind, (grows_with, bound, tested_by) in KINDS.items():
        names = [name for name, works in WORK.items() if any(work.kind == kind for work in works)]
        where = "every other function and helper" if kind == "nothing" else ", ".join(f"`{name}`" for name in names)
        lines.append(f"| {where} | {grows_with} | {bound} | {tested_by} |")
    return "\n".join(lines)
