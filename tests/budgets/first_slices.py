"""What a run may do in the event loop before it moves to a lane: decisions that do their worst with a body of a megabyte.

Input: nothing. Output: scripts and requests; for ``python -m tests.budgets slices`` the longest first slices, of which each
operation is tried with each body.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Iterator
from typing import Final

from keystone_lua.interpreter import Program, SliceExhausted, compile_program
from keystone_lua.interpreter.limits import DEFAULT
from keystone_lua.routing.decision import decide
from keystone_lua.server.decisions.service import SLICE

SUSPECT: Final = 0.01
"""Seconds from which on a slice is measured again."""
SIZE: Final = 1_000_000
"""Bytes of a body: a little less than the server takes."""

BODIES: Final[dict[str, str]] = {
    "letters": "a" * SIZE,
    "numeral": "0" * (SIZE - 1) + "1",
    "hexadecimal": "0x" + "f" * (SIZE - 2),
    "blanks": " " * SIZE,
    "parentheses": "(" * SIZE,
    "brackets": "[" * SIZE,
    "lines": "a\n" * (SIZE // 2),
    "last": "a" * (SIZE - 1) + "b",
    "accents": "\u00e4" * (SIZE // 2),
    "escapes": "%" * SIZE,
    "commas": "," * SIZE,
    "array": "[" + "1," * (SIZE // 2 - 1) + "1]",
    "object": "{" + '"a":1,' * (SIZE // 6 - 2) + '"b":1}',
    "numbers": '"' + "\\u00e4" * (SIZE // 6 - 1) + '"',
    "string": '"' + "a" * (SIZE - 2) + '"',
    "base64": "QUJD" * (SIZE // 4),
}

STATEMENTS: Final = (
    "return #b", "return {reject_reason = b}", "return b", "error(b)", "pcall(error, b)", "log(b)", "print(b, b)", "b:format()",
    "local _ = b:find('(.-)b')", "local _ = b:find('.-b')", "local _ = b:match('^(.*)$')", "local _ = b:match('(.*)(.*)b')",
    "local _ = b:match('a*a*b')", "local _ = b:match('%b()')", "local _ = b:find('[b-z]')", "local _ = b:find('%f[b]')",
    "local _ = b:find('(a)%1b')", "local _ = b:gsub('.', 'xyz')", "local _ = b:gsub('a', '')", "local _ = b:gsub('%w+', 'x')",
    "local _ = b:gsub('.', {})", "local _ = b:gsub('(.)', '%1%1')", "local _ = b:gsub('', '-')", "for w in b:gmatch('%d') do end",
    "local _ = b:find(('.'):rep(96) .. '~')", "local _ = b:find('a?a?a?' .. ('.'):rep(40) .. '~')", "local _ = b:match(('%a'):rep(50) .. '~')",
    "for w in b:gmatch(('(.)'):rep(30) .. '~') do end", "local _ = b:gsub(('.'):rep(60) .. '~', '', 1)", "local _ = b:find(('%f[%a]'):rep(15) .. '~')",
    "local _ = b:find(b, 1, true)", "local _ = b:find(b:sub(1000), 1, true)", "local _ = b:find(b:sub(1, 500000) .. 'c', 1, true)",
    "local _ = b:upper() .. b:lower() .. b:reverse()", "local _ = ('x'):rep(9000000)", "local _ = b:byte(1, 7000)",
    "local _ = tonumber(b)", "local _ = tonumber(b, 16)", "local _ = b + 1", "for i = b, 0 do end", "local _ = b < b .. 'x'",
    "local t = {} t[b] = 1 t[b] = 2", "local _ = ('%q'):format(b)", "local _ = ('%s%s'):format(b, b)", "local _ = b .. b .. b",
    "local t = {b:byte(1, 5000)} table.sort(t)", "local t = {} for i = 1, 500 do t[i] = b end table.sort(t)",
    "local _ = table.concat({b, b, b, b})", "local f = '' for i = 1, 9 do f = f .. b end", "local _ = string.char(b:byte(1, 3000))",
    "debug.traceback(b)", "os.date(b)", "pcall(collectgarbage, b)", "pcall(require, b)", "select(b, 1)",
    "local function f() return f() end f()", "local function f(n) return 1 + f(n) end f()",
    "coroutine.wrap(function() return b:gsub('.', 'x') end)()",
    "require('json').decode(b)", "require('json').get(b, '/b')", "require('json').get(b, '/0/0/0/0/0/0')", "require('json').encode(b)",
    "require('base64').decode(b)", "require('base64').encode(b)", "require('text').split(b, ',')", "require('text').lines(b)",
    "require('text').contains(b, 'aab')", "require('re').match(b, '(a|b)*c')", "require('re').gsub(b, 'a', 'b')",
    "for i = 1, 9 do request.args = nil local _ = request.args end", "require('hash').sha256(b)", "require('bucket').growthbook(b, b)", "require('bucket').unleash(b, b)", "require('accept').type(b, {'a'})",
)  # fmt: skip


def script(statement: str) -> str:
    """A tenant's script that does one thing to the body."""
    return f"function on_route_request(request) local b = request.body {statement} end"


def slices() -> Iterator[tuple[str, float]]:
    """Each statement with each body: a name, and the processor seconds of its first slice."""
    for statement in STATEMENTS:
        program = compile_program(script(statement).encode(), "slice")
        for name, body in BODIES.items():
            yield f"{statement} of {name}", first_slice(program, body)


def first_slice(program: Program, body: str) -> float:
    """Processor seconds of a decision's first slice."""
    request = {
        "method": "GET",
        "path": "/",
        "host": "h",
        "headers": {},
        "body": body,
        "backends": [],
        "query": body[:65_536],
    }
    started = time.process_time()
    with contextlib.suppress(SliceExhausted):
        decide(program, request, limits=DEFAULT, slice=SLICE)
    return time.process_time() - started


def longest(count: int) -> list[tuple[float, str]]:
    """The longest, in milliseconds; each is measured again if it took more than a few."""
    rows = []
    for name, seconds in slices():
        times = [seconds]
        if seconds > SUSPECT:
            statement, _, body = name.rpartition(" of ")
            program = compile_program(script(statement).encode(), "slice")
            times += [first_slice(program, BODIES[body]) for _ in range(2)]
        rows.append((1000 * min(times), name))
    return sorted(rows, reverse=True)[:count]


def spread(every: int) -> list[tuple[str, str]]:
    """Every so many of all pairs: a statement and a body's name."""
    return list(itertools.islice(itertools.product(STATEMENTS, BODIES), 0, None, every))
