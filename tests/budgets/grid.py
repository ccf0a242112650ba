"""Every library function, operator and statement, with each of its values in turn one that a script would attack with.

Input: nothing, or words that a case's name must have. Output: processor time an instruction and memory beyond the charge,
of those that break a bound and of the dearest. ``python -m tests.budgets grid`` runs it: some minutes.

A case is a statement with places for values. It is repeated until a budget ends, once with usual values and once for
each attack in each place; two places together where both are text; all of it at the bottom of a deep stack besides. What the
values cost to make is measured apart and taken off. In a process of its own, where freed memory goes back at once.
"""

from __future__ import annotations

import gc
import itertools
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from keystone_lua.interpreter import Limits, LuaSyntaxError, compile_program, execute
from keystone_lua.interpreter.limits import DEFAULT

from . import grid_load, grid_modules

TEXTS: Final[dict[str, str]] = {
    "numeral": "('0'):rep(1000000) .. '1'",
    "blanks": "(' '):rep(1000000)",
    "hexadecimal": "'0x' .. ('f'):rep(1000000)",
    "fraction": "'0.' .. ('3'):rep(1000000)",
    "halfway": "'1' .. ('0'):rep(300) .. '.' .. ('0'):rep(20000) .. '1'",
    "megabyte": "('a'):rep(1000000)",
    "needle": "('a'):rep(998500) .. 'baa'",
    "2499": "('a'):rep(2499)",
    "1250": "('a'):rep(1247) .. 'baa'",
    "99": "('a'):rep(96) .. 'baa'",
    "511": "('a'):rep(511)",
    "literal": "('a'):rep(5000) .. '[bc]'",
    "back": "'(.)%1.*aab' .. ('a'):rep(2000)",
    "lazy": "'(.)%1.-' .. ('a'):rep(500) .. 'baa[bc]'",
    "minus": "'.-.-.-.-b'",
    "stars": "'a*a*a*a*a*b'",
    "optional": "('a?'):rep(30) .. ('a'):rep(30)",
    "balance": "'%b()'",
    "parentheses": "('('):rep(100000)",
    "frontier": "('%f[ab]'):rep(30)",
    "dots": "('.'):rep(96) .. '~'",
    "options": "'a?a?a?' .. ('.'):rep(40) .. '~'",
    "captures": "('(a)'):rep(32)",
    "positions": "('()'):rep(32)",
    "set": "'[' .. ('%a-z'):rep(3000) .. ']*b'",
    "escapes": "('%%'):rep(100000)",
    "directives": "('%1'):rep(10000)",
    "widths": "('%99.99f'):rep(500)",
    "newlines": "('\\n\\0\"'):rep(100000)",
    "accents": "('\\228'):rep(1000000)",
    "alternatives": "('a|'):rep(990) .. 'b'",
    "everything": "('a'):rep(1000000) .. '/*'",
    "encoded": "('%41'):rep(300000)",
    "nine": "('a'):rep(9000000)",
    "nine dots": "('.:'):rep(4500000)",
}
"""Attacks that are text."""

TABLES: Final[dict[str, str]] = {
    "wide": "(function() local t = {} for i = 1, 6000 do t[i] = i end return t end)()",
    "words": "(function() local t = {} for i = 1, 6000 do t[i] = 'w' end return t end)()",
    "names": "(function() local t = {} for i = 1, 3000 do t['k' .. i] = i end return t end)()",
    "removed": "(function() local t = {} for i = 1, 40000 do t[i] = 1 end for i = 1, 39999 do t[i] = nil end return t end)()",
    "removed names": "(function() local t = {} for i = 1, 25000 do t['k' .. i] = 1 end for i = 1, 24990 do t['k' .. i] = nil end"
    " return t end)()",
    "nils": "{" + "nil, " * 3000 + "1}",
    "holes": "(function() local t = {} for i = 1, 6000 do t[i] = 1 end for i = 2, 5999, 2 do t[i] = nil end return t end)()",
    "scattered": "(function() local t = {} for i = 1, 1500 do t[i * i * 7919] = i end return t end)()",
    "long texts": "(function() local t, s = {}, ('a'):rep(100000) for i = 1, 500 do t[i] = s end return t end)()",
    "long key": "{[('a'):rep(1000000)] = 1, 1, 2}",
    "long key of many": "(function() local t = {} for i = 1, 1500 do t[i] = '' end return {[('a'):rep(300000)] = t} end)()",
    "numerals": "(function() local t, s = {}, ('0'):rep(10000) .. '1' for i = 1, 500 do t[i] = s end return t end)()",
    "reversed": "(function() local t = {} for i = 1, 2000 do t[i] = 2000 - i end return t end)()",
    "equal": "(function() local t, s = {}, ('a'):rep(5000) for i = 1, 300 do t[i] = s .. 'b' end return t end)()",
    "events": "setmetatable({1, 2}, EVENTS)",
    "chain": "(function() local t = {} for i = 1, 90 do t = setmetatable({}, {__index = t, __newindex = t}) end return t end)()",
    "date": "{year = LONG, month = LONG, day = LONG, hour = LONG}",
}
"""Attacks that are tables."""

OTHERS: Final[dict[str, str]] = {
    "huge": "1e308",
    "negative": "-1e15",
    "nan": "(0 / 0)",
    "whole": "2 ^ 53",
    "billion": "2000000000",
    "fraction number": "0.1",
    "function": "function(...) return ... end",
    "nil": "nil",
    "true": "true",
}

ATTACKS: Final = {**TEXTS, **TABLES, **OTHERS}
_NUMERALS: Final = ("numeral", "blanks", "hexadecimal", "fraction", "halfway", "megabyte")
TRIED: Final[dict[str, tuple[str, ...]]] = {
    "text": (*TEXTS, "events", "huge", "nan", "wide"),
    "table": (*TABLES, "numeral", "megabyte", "nil"),
    "number": (*_NUMERALS, *OTHERS, "events", "removed"),
    "function": ("function", "events", "chain", "megabyte"),
}
"""What is tried in a place, by the kind of its usual value."""
SUBJECTS: Final = ("megabyte", "2499", "needle", "parentheses", "accents", "newlines")
PATTERNS: Final = (
    "megabyte", "needle", "1250", "99", "511", "literal", "back", "lazy", "minus", "stars", "optional", "balance", "frontier",
    "positions", "set", "escapes", "directives", "2499", "dots", "options",
)  # fmt: skip
"""What two places for text are filled with."""

BEFORE: Final = """
local LONG = ('0'):rep(100000) .. '1'
local function event(a, b) return 1 end
local EVENTS = {__index = event, __newindex = event, __call = event, __concat = event, __add = event, __sub = event,
  __mul = event, __div = event, __mod = event, __pow = event, __unm = event, __eq = event, __lt = event, __le = event,
  __tostring = function() return 'x' end}
local T, U, S, P, F, ONE = {3, 1, 2}, {1, 2, 3}, 'abc', 'b', function(a, b) return a end, 1
"""
"""What the usual values are."""

SAMPLE: Final = Limits(instructions=2_000_000, memory=DEFAULT.memory, load=True)
"""What making the values may take."""
REPEATED: Final = 500_000
"""Instructions of the statement, repeated."""
ALLOWED: Final = 20
"""Times the mean time of an instruction."""
SPARE: Final = 8 << 20
"""Bytes that a run may take beyond its charge."""
TRIES: Final = 3
"""Runs of a case that breaks the bound on time: it breaks it if the fastest does."""
PATIENCE: Final = 30
"""Seconds after which a case is one that does not end."""
SHOWN: Final = 25
STACK: Final = 5_000
"""Levels below which everything is tried again."""

USUAL: Final = (
    "local s = 0 for i = 1, 400000 do s = s + i % 7 end return s",
    "local t = {} for i = 1, 6000 do t[#t + 1] = 'k' .. i end local n = 0 for i, v in ipairs(t) do n = n + #v end return n",
    "local function f(n) if n < 2 then return n end return f(n - 1) + f(n - 2) end return f(19)",
    "local o = {n = 0} function o:add(k) self.n = self.n + k end for i = 1, 40000 do o:add(i) end return o.n",
)
"""Programs whose mean an instruction is compared with."""


@dataclass(frozen=True)
class Shape:
    """A statement; ``values`` are the usual ones of its places $1, $2 and so on."""

    text: str
    values: tuple[str, ...]

    def filled(self, values: Sequence[str]) -> str:
        text = self.text
        for place, value in enumerate(values, 1):
            text = text.replace(f"${place}", value)
        return text


def call(name: str, *values: str) -> Shape:
    places = ", ".join(f"${place}" for place in range(1, len(values) + 1))
    return Shape(f"local _ = {name}({places})", values)


def operator(text: str, *values: str) -> Shape:
    return Shape(text, values)


FUNCTIONS: Final = (
    call("assert", "ONE", "S"), call("collectgarbage", "'count'", "ONE"), call("error", "S", "ONE"),
    call("getmetatable", "T"), call("ipairs", "T"), call("STEP", "T", "ONE"), call("next", "T", "ONE"), call("next", "T"),
    call("pairs", "T"), call("pcall", "F", "S"), call("pcall", "error", "S", "ONE"), call("rawequal", "T", "T"),
    call("rawget", "T", "ONE"), call("rawset", "T", "ONE", "ONE"), call("require", "S"), call("select", "ONE", "S", "S"),
    call("select", "'#'", "S"), call("setmetatable", "T", "T"), call("tonumber", "S"), call("tonumber", "S", "16"),
    call("tostring", "T"), call("type", "T"), call("unpack", "T"), call("unpack", "T", "ONE", "3"),
    call("xpcall", "F", "F"), call("xpcall", "error", "F"), call("headers.__index", "headers", "S"),
    *(call(f"bit.{name}", "ONE", "3") for name in
      "arshift band bor bxor lshift rol ror rshift tohex".split()),
    *(call(f"bit.{name}", "ONE") for name in "bnot bswap tobit".split()),
    *(call(f"math.{name}", "ONE") for name in
      "abs acos asin atan ceil cos cosh deg exp floor frexp log log10 modf rad random randomseed sin sinh sqrt tan tanh".split()),
    *(call(f"math.{name}", "ONE", "2") for name in "atan2 fmod ldexp max min mod pow random".split()),
    call("math.max", "unpack(T)"), call("math.min", "unpack(T)"), call("bit.band", "unpack(T)"),
    call("debug.getinfo", "ONE", "S"), call("debug.getinfo", "F"), call("debug.traceback", "S", "ONE"),
    call("xpcall", "error", "debug.traceback"),
    call("os.clock"), call("os.date", "S", "ONE"), call("os.date", "'*t'", "ONE"), call("os.difftime", "ONE", "ONE"),
    call("os.time", "T"), call("os.time"),
    call("string.byte", "S", "ONE", "2"), call("string.char", "65", "66"), call("string.char", "unpack(U)"),
    call("string.find", "S", "P", "ONE"), call("string.find", "S", "P", "ONE", "true"), call("string.format", "S", "S", "S"),
    call("string.format", "'%s%q'", "S", "S"), call("string.format", "'%5.2f%d%x%g'", "ONE", "ONE", "ONE", "ONE"),
    call("string.format", "'%c%99.99s'", "65", "S"),
    Shape("for a in string.gmatch($1, $2) do end", ("S", "P")), Shape("local _ = string.gmatch($1, $2)()", ("S", "P")),
    call("string.gsub", "S", "P", "S", "2"), call("string.gsub", "S", "P", "S"), call("string.gsub", "S", "P", "F"),
    call("string.gsub", "S", "P", "T"), call("string.gsub", "S", "'(.)(.*)'", "S"), call("string.gsub", "S", "'.'", "'0123456789abcde'"), call("string.len", "S"),
    call("string.lower", "S"), call("string.match", "S", "P", "ONE"), call("string.rep", "S", "2"),
    call("string.reverse", "S"), call("string.sub", "S", "ONE", "2"), call("string.upper", "S"),
    call("table.concat", "U"), call("table.concat", "U", "S", "ONE", "3"), call("table.foreach", "T", "F"),
    call("table.foreachi", "T", "F"), call("table.getn", "T"), Shape("table.insert($1, $2)", ("T", "ONE")),
    Shape("table.insert($1, $2, $3)", ("T", "2", "ONE")), call("table.maxn", "T"), call("table.pack", "S", "S"),
    call("table.pack", "unpack(T)"), Shape("table.remove($1)", ("T",)), Shape("table.remove($1, $2)", ("T", "ONE")),
    call("table.setn", "T", "ONE"), Shape("table.sort($1)", ("T",)),
    Shape("table.sort($1, $2)", ("T", "function(a, b) return a < b end")), call("table.unpack", "T", "ONE", "3"),
)  # fmt: skip
"""Every function of the library with usual values."""

OPERATORS: Final = (
    *(operator(f"local _ = $1 {sign} $2", "ONE", "2") for sign in "+ - * / % ^ < <= > >=".split()),
    *(operator(f"local _ = $1 {sign} $2", "S", "P") for sign in (".. == ~= < <= and or").split()),
    operator("local _ = -$1", "ONE"), operator("local _ = not $1", "ONE"), operator("local _ = #$1", "S"),
    operator("local _ = $1 .. $2 .. $3", "S", "ONE", "S"), operator("local _ = $1[$2]", "T", "ONE"),
    operator("local _ = $1.name", "T"), operator("local _ = $1.name.name", "T"), operator("$1[$2] = $3", "T", "ONE", "S"),
    operator("$1[$2] = nil", "T", "ONE"), operator("$1.name = $2", "T", "S"), operator("$1[#$1 + 1] = $2", "T", "S"),
    operator("$1[$2], $1[$3] = $1[$3], $1[$2]", "T", "ONE", "2"), operator("local _ = $1($2)", "F", "S"),
    operator("local _ = $1:name($2)", "T", "S"), operator("local _ = $1:len()", "S"), operator("local _ = $1:find($2)", "S", "P"),
    operator("local _ = {$1, $2}", "S", "S"), operator("local _ = {[$1] = $2}", "ONE", "S"), operator("local _ = {a = $1, b = $2}", "S", "S"),
    operator("local _ = {unpack($1)}", "T"), operator("local _ = {F(unpack($1))}", "T"),
    operator("local _ = (function(...) return ... end)(unpack($1))", "T"),
    operator("local _ = (function(...) return select('#', ...), select(2, ...) end)(unpack($1))", "T"),
    operator("local _ = (function(...) return select($2, ...) end)(unpack($1))", "T", "ONE"),
    operator("local a, b, c = unpack($1)", "T"),
)  # fmt: skip

STATEMENTS: Final = (
    operator("for i = $1, $2 do end", "ONE", "2"), operator("for i = $1, $2, $3 do end", "ONE", "2", "1"),
    operator("for i = $1, $2, $3 do break end", "ONE", "2", "1"), operator("for k, v in pairs($1) do end", "T"),
    operator("for k, v in pairs($1) do break end", "T"), operator("for k, v in ipairs($1) do end", "T"),
    operator("for k, v in ipairs($1) do break end", "T"), operator("for k, v in next, $1 do end", "T"),
    operator("for k in $1, $2 do break end", "F", "nil"), operator("local k = next($1) while k do k = next($1, k) break end", "T"),
    operator("if $1 == $2 then local _ = 1 end", "S", "P"), operator("if $1 < $2 then local _ = 1 end", "S", "P"),
    operator("while $1 == $2 do break end", "S", "P"), operator("repeat until $1 ~= $2", "ONE", "2"),
    operator("local f = function() return $1 end f()", "S"), operator("for w in $1:gmatch($2) do break end", "S", "P"),
    operator("local t = {} t[$1] = $2 t[$1] = nil local _ = #t", "ONE", "S"),
    operator("local t = {1, 2, 3, 4, 5, 6, 7} t[20] = $1 t[30] = 1 t[40] = 1 t[50] = 1 t[60] = 1 t[70] = 1 t[3] = nil", "S"),
    operator("local t = {nil, 2, nil, 4, nil, 6} t[6] = nil t[6] = $1 t[6] = nil t[6] = 1", "S"),
    operator("local t = {1, 2, 3, 4} t[9] = $1 t[17] = 1 t[2] = nil local _ = #t + #t", "S"), operator("print($1)", "S"), operator("log($1)", "S"),
)  # fmt: skip

MODULES: Final = tuple(Shape(text, values) for text, values in grid_modules.SHAPES)
SHAPES: Final = (*FUNCTIONS, *OPERATORS, *STATEMENTS, *MODULES)


@dataclass(frozen=True)
class Case:
    """A statement with its values filled in."""

    name: str
    before: str
    statement: str
    deep: bool

    def source(self, rounds: str, safe: bool) -> bytes:
        body = f"pcall(function() {self.statement} end)" if safe else f"do {self.statement} end"
        loop = f"for round = 1, {rounds} do {body} end"
        if self.deep:
            loop = f"local function down(n) if n > 0 then return 0 + down(n - 1) end {loop} return 0 end down({STACK})"
        return f"{self.before}{loop}".encode("latin-1")


def cases() -> Iterator[Case]:
    for shape in SHAPES:
        for deep in (False, True):
            yield case(shape, {}, deep)
        for place, value in enumerate(shape.values):
            for attack in TRIED[kind_of(value)]:
                yield case(shape, {place: attack}, False)
                if kind_of(value) == "number" and attack in OTHERS:
                    yield case(shape, {place: attack}, True)
        for one, other in itertools.combinations(range(len(shape.values)), 2):
            kinds = kind_of(shape.values[one]), kind_of(shape.values[other])
            if kinds == ("text", "text"):
                for pair in itertools.product(SUBJECTS, PATTERNS):
                    yield case(shape, dict(zip((one, other), pair, strict=True)), False)
            elif kinds == ("table", "number"):
                for pair in itertools.product(
                    ("wide", "removed", "holes", "scattered"), ("numeral", "huge", "billion")
                ):
                    yield case(shape, dict(zip((one, other), pair, strict=True)), False)
    for name, before, statement in grid_load.statements():
        yield Case(name, before, statement, False)


def kind_of(value: str) -> str:
    """The kind of a usual value."""
    if value[0] in "TU":
        return "table"
    if value[0] in "SP'":
        return "text"
    return "function" if value in ("F", "error") or value.startswith("function") else "number"


def case(shape: Shape, attacks: dict[int, str], deep: bool) -> Case:
    before = BEFORE
    values = list(shape.values)
    if "STEP" in shape.text:
        before += "local STEP = ipairs({})\n"
    if shape in MODULES:
        before += grid_modules.BEFORE
    if "headers" in shape.text:
        before += "local headers = {} headers.__index = rawget\n"
    for place, attack in attacks.items():
        before += f"local X{place + 1} = {ATTACKS[attack]}\n"
        values[place] = f"X{place + 1}"
    name = shape.text.removeprefix("local _ = ")
    for place, value in enumerate(shape.values):
        name = name.replace(f"${place + 1}", f"<{attacks[place]}>" if place in attacks else value)
    return Case(f"{name}{' deep' if deep else ''}", before, shape.filled(values), deep)


@dataclass(frozen=True, order=True)
class Found:
    """Nanoseconds an instruction, and bytes beyond the charge."""

    each: float
    beyond: int
    name: str


def resident(peak: bool) -> int:
    word = "VmHWM" if peak else "VmRSS"
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(word):
            return int(line.split()[1]) << 10
    raise OSError(word)


def ran(source: bytes, limits: Limits) -> tuple[float, int, int, int, str]:
    """Seconds, instructions, bytes charged, growth, status."""
    program = compile_program(source, "case", limit=16 << 20)
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before = resident(False)
    started = time.process_time()
    result = execute(program, limits, seed=1, now=1.7e9)
    seconds = time.process_time() - started
    return seconds, result.instructions, result.allocated_bytes, resident(True) - before, result.status


def measured(case: Case) -> Found | None:
    """None if the values alone use the budget up; endless if it has not ended by then."""
    signal.signal(signal.SIGALRM, _endless)
    signal.alarm(PATIENCE)
    try:
        return _measured(case)
    except TimeoutError:
        return Found(float("inf"), 0, case.name)
    finally:
        signal.alarm(0)


def _endless(number: int, frame: object) -> None:
    raise TimeoutError


def _measured(case: Case) -> Found | None:
    try:
        empty = ran(case.source("0", False), SAMPLE)
        if empty[4] != "ok":
            return None
    except LuaSyntaxError:
        return None
    best, beyond, safe = float("inf"), 0, False
    limits = replace(SAMPLE, instructions=empty[1] + REPEATED)
    for _ in range(TRIES):
        seconds, instructions, charged, grown, status = ran(case.source("1e9", safe), limits)
        if status == "error" and not safe:
            safe = True
            seconds, instructions, charged, grown, _ = ran(case.source("1e9", safe), limits)
        best = min(best, max(0.0, seconds - empty[0]) * 1e9 / max(200, instructions - empty[1]))
        beyond = max(beyond, grown - charged)
        if best <= ALLOWED * 10 and beyond <= SPARE:
            break
    return Found(best, beyond, case.name)


def mean() -> float:
    limits = Limits(instructions=50_000_000, memory=1 << 30)
    return sum(
        min(1e9 * found[0] / found[1] for found in (ran(text.encode(), limits) for _ in range(TRIES))) for text in USUAL
    ) / len(USUAL)


def work(words: Sequence[str]) -> int:
    """All cases whose name has one of ``words``, in this process; every Nth from the Kth on if the first word is K/N."""
    first, every = 1, 1
    if words and (part := re.fullmatch(r"(?:(\d+)/)?(\d+)", words[0])):
        first, every, words = int(part[1] or 1), int(part[2]), words[1:]
    usual = mean()
    print(f"mean of the usual programs: {usual:.1f} ns an instruction", flush=True)
    found: list[Found] = []
    bad = 0
    for each in itertools.islice(cases(), first - 1, None, every):
        if words and not any(word in each.name for word in words):
            continue
        row = measured(each)
        if row is None:
            continue
        found.append(row)
        if row.each > ALLOWED * usual or row.beyond > SPARE:
            bad += 1
            print(f"TOO DEAR {text_of(row, usual)}", flush=True)
    print(f"{len(found)} cases, {bad} break a bound; the dearest:")
    for row in sorted(found, reverse=True)[:SHOWN]:
        print(text_of(row, usual))
    print("the most memory beyond the charge:")
    for row in sorted(found, key=lambda row: row.beyond, reverse=True)[:5]:
        print(text_of(row, usual))
    return int(bad > 0)


def text_of(row: Found, usual: float) -> str:
    return f"{row.each:9.1f} ns {row.each / usual:6.1f} x  {row.beyond / 2**20:7.1f} MB beyond  {row.name}"


def grid(words: list[str]) -> int:
    """The campaign: in a process whose freed memory goes back at once, so that a peak shows."""
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}
    command = [sys.executable, "-m", "tests.budgets.grid", *words]
    return subprocess.run(command, cwd=root, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(work(sys.argv[1:]))
