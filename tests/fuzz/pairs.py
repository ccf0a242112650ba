"""``python -m tests.fuzz pairs``: what one function makes, given to another, and that to a third, at a size and at ten times the size.

Input: minutes, a seed. Output: compositions that break a bound, how many were tried, and the dearest. A composition is a row of calls; each
takes values of a size N, and in one place what the call before has answered. It is repeated in two ways: all of it, and the last call alone
with what came before made once. Bounds: 20 times the mean time of an instruction at either size; 8 MB beyond the charge; where
it takes more than GROWN times as much an instruction at ten times the size, and more than SUSPECT times the mean, it is told as well: the price
has not grown with the work. A stop comes in time: one that needs 10,000 instructions may take 50 ms.

The work is done in a process whose freed memory goes back at once; the program under way is in a file, for the case that the
process does not come back.
"""

from __future__ import annotations

import random
import signal
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from keystone_lua.interpreter import EngineError, LuaSyntaxError

from ..budgets import grid, grid_modules
from . import costs

SIZES: Final = (30, 300, 3_000, 30_000, 90_000)
"""N, of the smaller of the two programs."""
REPEATED: Final = 150_000
"""Instructions of the rounds."""
SLICE: Final = 10_000
SLICE_SECONDS: Final = 0.05
GROWN: Final = 4.0
SUSPECT: Final = 6.0
DEAREST: Final = 15
LONGEST: Final = 3
"""Calls of a composition."""

TEXTS: Final = (
    "('a'):rep(N)", "('ab1 '):rep(N / 4)", "('\\228'):rep(N)", "('\\195\\164'):rep(N / 2)", "('\\0'):rep(N)", "('1'):rep(N)", "('%41'):rep(N / 3)",
    "('a,'):rep(N / 2)", "('a=b&'):rep(N / 4)", "('a=b; '):rep(N / 5)", "('\"'):rep(N)", "('\\\\'):rep(N)", "'[' .. ('1,'):rep(N / 2) .. '1]'",
    "('['):rep(N / 40) .. (']'):rep(N / 40)", "'{' .. ('\"a\":1,'):rep(N / 6) .. '\"b\":2}'", "'\"' .. ('\\\\u00e9'):rep(N / 6) .. '\"'",
    "('/../a'):rep(N / 5)", "'http://' .. ('a.'):rep(N / 2) .. '/?' .. ('x=%20&'):rep(N / 6)", "('a;q=0.5,'):rep(N / 8)", "('text/html;level=1, '):rep(N / 19)",
    "('Zm9v'):rep(N / 4)", "('a.'):rep(N / 2)", "('(a|b)*'):rep(N % 300)", "('a?'):rep(N % 99)", "'(' .. ('a|'):rep(N % 900) .. 'b)'", "('%a*'):rep(N % 90)",
    "('(.-)'):rep(N % 30) .. 'x'", "('%99d'):rep(N % 90)", "('%s'):rep(N % 90)", "('$1'):rep(N / 2)", "('\\n'):rep(N)", "(' '):rep(N)", "('a = a + 1 '):rep(N / 10)",
    "'return {' .. ('1,'):rep(N / 2) .. '}'", "('--\\n'):rep(N / 3)", "('0'):rep(N) .. '1'", "('ab'):rep(N / 2) .. 'c'",
)  # fmt: skip
TABLES: Final = (
    "FILL(N / 10, function(i) return i, i end)", "FILL(N / 10, function(i) return i, 'w' .. i end)", "FILL(N / 10, function(i) return 'k' .. i, i end)",
    "FILL(N / 10, function(i) return i, {'n' .. i, i % 5 + 1} end)", "FILL(N / 10, function(i) return i, {i} end)", "FILL(N / 10, function(i) return i * i * 7919, i end)",
    "FILL(N / 10, function(i) return i, ('a'):rep(60) end)", "FILL(20, function(i) return i, ('a'):rep(N / 20) end)", "FILL(N / 10, function(i) return i, 1 / i end)",
    "FILL(N / 10, function(i) return i, '10.' .. i % 250 .. '.1.1' end)", "FILL(N / 10, function(i) return i, 'text/x' .. i end)", "NESTED(N % 60)",
    "{name = ('a'):rep(N), value = ('b'):rep(N)}", "{('a'):rep(N), ('b'):rep(N)}", "{scheme = 'http', host = 'a', path = ('/a'):rep(N / 2), query = {a = ('b'):rep(N)}}",
    "CLEARED(N / 10, 1)", "CLEARED(N / 10, 2)", "setmetatable({1, 2}, EVENTS)", "FILL(N / 10, function(i) return ('a'):rep(i % 50) .. i, ('%'):rep(9) end)",
)  # fmt: skip
NUMBERS: Final = ("N", "-N", "N + 0.5", "1 / N", "2 ^ 53", "1e308", "'1' .. ('0'):rep(N)", "1", "-1", "0 / 0", "1 / 3")
FUNCTIONS: Final = (
    "function(a) return a end", "function(...) return ... end", "function(a, b) return tostring(a) < tostring(b) end", "function() error('x') end",
    "function(a) return ('x'):rep(N % 999) end", "tostring", "type", "pcall", "string.upper", "string.rep", "string.reverse", "rawequal", "coroutine.wrap(function(...) while true do coroutine.yield(...) end end)",
    "re.gmatch(('a'):rep(N), 'a')", "('a'):rep(N):gmatch('a')", "function() return nil end", "json.encode", "error", "text.lower",
)  # fmt: skip
VALUES: Final = {"text": TEXTS, "table": TABLES, "number": NUMBERS, "function": FUNCTIONS}

BEFORE: Final = """
local event = function(a, b) return 1 end
local EVENTS = {__index = event, __newindex = event, __call = event, __concat = event, __add = event, __eq = event, __lt = event,
  __le = event, __tostring = function() return 'x' end}
local function FILL(n, f) local t = {} for i = 1, n do local k, v = f(i) t[k] = v end return t end
local function CLEARED(n, step)
  local t = FILL(n, function(i) return i, i end) for i = 1, n - 1, step do t[i] = nil end return t
end
local function NESTED(n) local t = {} for i = 1, n do t = {t, a = i} end return t end
local STEP = ipairs({})
"""
MODULES: Final = "".join(
    f"local {name} = require '{name}'\n" for name in sorted({call[0].partition(".")[0] for call in grid_modules._CALLS})
)

_MORE: Final = (
    ("load", ("S",)), ("loadstring", ("S", "S")), ("coroutine.wrap", ("F",)), ("coroutine.resume", ("coroutine.create(print)", "S")), ("ip.matcher", ("U",)),
    ("bucket.ring", ("U",)), ("re.gmatch", ("S", "S")), ("re.sub", ("S", "S", "S")), ("json.array", ("T",)), ("bucket.random", ("U",)), ("time.between", ("S", "S", "S")),
    ("time.http", ("ONE",)), ("time.in_zone", ("S", "ONE")), ("time.weekday", ("S", "ONE")), ("ngx.encode_base64", ("S",)), ("ngx.decode_base64", ("S",)), ("ngx.md5", ("S",)),
    ("ngx.hmac_sha1", ("S", "S")), ("ngx.cookie_time", ("ONE",)), ("ngx.http_time", ("ONE",)), ("text.starts_with", ("S", "S")), ("text.ends_with", ("S", "S")),
    ("print", ("S", "S")), ("log", ("S",)), ("getmetatable('').__index.rep", ("S", "ONE")), ("string.dump or type", ("F",)), ("table.pack", ("S", "S")),
)  # fmt: skip


@dataclass(frozen=True)
class Function:
    """A function by its name, and the kinds of its places."""

    name: str
    kinds: tuple[str, ...]


def functions() -> list[Function]:
    """All that the grid knows, once for each number of arguments."""
    found: dict[tuple[str, tuple[str, ...]], Function] = {}
    rows = [
        (shape.text.removeprefix("local _ = ").partition("(")[0], shape.values)
        for shape in grid.FUNCTIONS
        if shape.text.startswith(("local _ = ", "table."))
    ]
    for name, values in (*rows, *((call[0], call[1:]) for call in grid_modules._CALLS), *_MORE):
        kinds = tuple(grid.kind_of(value) for value in values)
        if kinds and "__index" not in name:
            found[name, kinds] = Function(name, kinds)
    return list(found.values())


@dataclass(frozen=True)
class Composition:
    """Calls with their arguments; the place of ``EARLIER`` in one is what the call before has answered."""

    calls: tuple[tuple[str, tuple[str, ...]], ...]
    whole: bool

    def source(self, size: int, rounds: str) -> str:
        made, lines = [], []
        for number, (name, arguments) in enumerate(self.calls):
            names = []
            for place, argument in enumerate(arguments):
                if argument == "EARLIER":
                    names.append(f"R{number - 1}")
                else:
                    names.append(f"V{number}_{place}")
                    made.append(f"local V{number}_{place} = {argument}")
            lines.append(f"local _, R{number} = pcall({', '.join([name, *names])})")
        once, again = ([], lines) if self.whole else (lines[:-1], lines[-1:])
        return "\n".join(
            [f"local N = {size}", BEFORE, MODULES, *made, *once, f"for round = 1, {rounds} do", *again, "end"]
        )

    def text(self) -> str:
        calls = "  ".join(f"{name}({', '.join(arguments)})" for name, arguments in self.calls)
        return f"{'all' if self.whole else 'last'}: {calls}"


class Campaign:
    """See the module's docstring."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.functions = functions()
        self.mean = grid.mean()
        self.tried = self.failures = 0
        self.found: list[tuple[float, float, int, str]] = []

    def composition(self) -> Composition:
        choice = self.random
        calls = []
        for number in range(choice.randrange(1, LONGEST + 1)):
            function = choice.choice(self.functions)
            arguments = [
                choice.choice(VALUES[kind if choice.random() < 0.9 else choice.choice(list(VALUES))])
                for kind in function.kinds
            ]
            if number:
                arguments[choice.randrange(len(arguments))] = "EARLIER"
            calls.append((function.name, tuple(arguments)))
        return Composition(tuple(calls), choice.random() < 0.5)

    def measured(self, composition: Composition, size: int) -> tuple[float, int, float]:
        """Nanoseconds an instruction, bytes beyond the charge, seconds until a stop after SLICE."""
        empty = grid.ran(composition.source(size, "0").encode("latin-1"), grid.SAMPLE)
        if empty[4] != "ok":
            return 0.0, 0, 0.0
        source = composition.source(size, "1e9").encode("latin-1")
        best, beyond, late = float("inf"), 0, float("inf")
        for _ in range(3):
            got = grid.ran(source, replace(grid.SAMPLE, instructions=empty[1] + REPEATED))
            best = min(best, max(0.0, got[0] - empty[0]) * 1e9 / max(2_000, got[1] - empty[1]))
            beyond = max(beyond, got[3] - got[2])
            if best < SUSPECT * self.mean and beyond < grid.SPARE:
                break
        for _ in range(3):
            got = grid.ran(source, replace(grid.SAMPLE, instructions=empty[1] + SLICE))
            late = min(late, got[0] - empty[0])
            if late < SLICE_SECONDS:
                break
        return best, beyond, late

    def step(self, here: Path) -> None:
        composition, size = self.composition(), self.random.choice(SIZES)
        here.write_text(composition.source(10 * size, "1e9"), encoding="latin-1")
        self.tried += 1
        signal.alarm(grid.PATIENCE)
        try:
            large = small = self.measured(composition, 10 * size)
            if large[0] > SUSPECT * self.mean:
                small = self.measured(composition, size)
        except (TimeoutError, EngineError) as bug:
            self.report(composition, size, f"{bug!r} {bug.__cause__!r}")
            return
        except LuaSyntaxError as error:
            raise AssertionError(composition.source(size, "1e9")) from error
        finally:
            signal.alarm(0)
        worst, beyond, late = (max(pair) for pair in zip(small, large, strict=True))
        grown = large[0] > max(GROWN * small[0], SUSPECT * self.mean)
        if worst > grid.ALLOWED * self.mean or beyond > grid.SPARE or late > SLICE_SECONDS or grown:
            times = f"{small[0] / self.mean:.1f} x, at ten times the size {large[0] / self.mean:.1f} x"
            self.report(composition, size, f"{times}; {beyond / 2**20:.1f} MB beyond; stops in {1000 * late:.0f} ms")
        self.found.append((worst / self.mean, late, int(beyond), f"N = {size} {composition.text()}"))

    def report(self, composition: Composition, size: int, wrong: str) -> None:
        self.failures += 1
        print(f"--- {wrong}\nN = {size} {composition.text()}", flush=True)


def work(minutes: float, seed: int, here: Path) -> int:
    """A campaign in this process."""
    signal.signal(signal.SIGALRM, grid._endless)
    campaign = Campaign(seed)
    stop = time.monotonic() + 60 * minutes
    while time.monotonic() < stop:
        campaign.step(here)
    print(
        f"seed {seed}: {campaign.tried} compositions of {len(campaign.functions)} functions at two sizes, {campaign.failures} failures"
    )
    print(f"mean of the usual programs {campaign.mean:.1f} ns; the dearest:")
    for worst, late, beyond, text in sorted(campaign.found, reverse=True)[:DEAREST]:
        print(f"{worst:6.1f} x {1000 * late:5.0f} ms {beyond / 2**20:6.1f} MB  {text}")
    return int(campaign.failures > 0)


def pairs(minutes: float, seed: int) -> int:
    """The campaign, in a process whose freed memory goes back at once, so that a peak shows."""
    return costs.apart("pairs", minutes, seed)


if __name__ == "__main__":
    sys.exit(work(float(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
