"""Shapes of functions by one size: locals, parameters, captures, upvalues, nesting, blocks, temporaries.

Each takes a count and yields a source that declares ``shape``, a function that can be called with a number of calls to
make one inside the other, and that keeps nothing. What is refused at a count is refused as Lua refuses it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

Shape = Callable[[int], str]


def names(letter: str, count: int) -> str:
    return ", ".join(f"{letter}{i}" for i in range(count))


def body(inside: str, parameters: str = "") -> str:
    """A function with ``inside``, which calls itself ``n`` deep."""
    rest = f", {parameters}" if parameters else ""
    return f"local no = false local function shape(n{rest}) {inside} if n > 0 then return 0 + shape(n - 1) end return 0 end"


def in_blocks(piece: str) -> Shape:
    """``piece`` in blocks of up to 190, none of which is entered."""

    def made(count: int) -> str:
        blocks = [piece.replace("NAMES", names(f"b{at}_", min(190, count - at))) for at in range(0, count, 190)]
        return body(" ".join(f"if no then {block} end" for block in blocks))

    return made


def nested(opener: str, closer: str, inside: str = "") -> Shape:
    return lambda count: body(f"if no then {opener * count} {inside} {closer * count} end")


EXTENTS: Final[dict[str, Shape]] = {
    "locals": lambda count: body(f"local {names('a', count)}"),
    "locals in blocks": in_blocks("local NAMES"),
    "locals of calls": in_blocks("local NAMES = f()"),
    "captured locals": lambda count: body(f"local {names('a', count)} if no then return function() return {names('a', count)} end end"),
    "captures in blocks": in_blocks("local NAMES f = function() return NAMES end"),
    "assigned captures": in_blocks("local NAMES f = function() NAMES = 1 end"),
    "captures of loops": in_blocks("while no do local NAMES f = function() return NAMES end end"),
    "boxes of loops": in_blocks("while no do local NAMES f = function() NAMES = 1 end end"),
    "parameters": lambda count: body("", names("p", count)),
    "upvalues": lambda count: f"local {names('u', count)} " + body(f"if no then return {names('u', count)} end"),
    "globals": lambda count: f"{names('g', count)} = 1 " + body(f"if no then return {names('g', count)} end"),
    "library members": lambda count: body("if no then return math.floor(1), math.max(1), ('x'):byte(), type(1) end " * min(count, 40)),
    "functions": lambda count: body("if no then f = function() end end " * count),
    "local functions": lambda count: body("do local function f() end end " * count),
    "functions in loops": lambda count: body("while no do local a f = function() return a end end " * count),
    "arguments": lambda count: body(f"if no then f({', '.join(['f(no) + no'] * count)}) end"),
    "results": lambda count: body(f"if no then return {', '.join(['f(no) .. no'] * count)} end"),
    "fields": lambda count: body(f"if no then f = {{{', '.join(['f(no) + no'] * count)}}} end"),
    "keyed fields": lambda count: body(f"if no then f = {{{', '.join(['[f(no)] = no + no'] * count)}}} end"),
    "methods": lambda count: body(f"if no then f({', '.join(['no:m(no).x'] * count)}) end"),
    "sum": lambda count: body(f"if no then f = 1{' + f(no)' * count} end"),
    "concat": lambda count: body(f"if no then f = no{' .. f(no)' * count} end"),
    "and": lambda count: body(f"if no then f = no{' and f(no)' * count} end"),
    "comparisons": lambda count: body(f"if no then f = no{' < f(no)' * count} end"),
    "steps": lambda count: body(f"if no then f = no{'.x(no)' * count} end"),
    "targets": lambda count: body(f"if no then {', '.join(['f(no)[no]'] * count)} = f() end"),
    "swaps": lambda count: body(f"if no then {', '.join(['no[1]'] * count)} = {', '.join(['no[2]'] * count)} end"),
    "elseifs": lambda count: body("if no then f() " + "elseif f(no) + no then f() " * count + "end"),
    "labels": lambda count: body("do goto a f() ::a:: f() end " * count),
    "nested parentheses": lambda count: body(f"if no then f = {'(no + ' * count} f(no) {')' * count} end"),
    "nested calls": lambda count: body(f"if no then f({'f(' * count} no + no {')' * count}) end"),
    "nested tables": lambda count: body(f"if no then f = {'{f(no), ' * count} no {'}' * count} end"),
    "nested indexes": lambda count: body(f"if no then f = {'no[' * count} f(no) {']' * count} end"),
    "nested powers": lambda count: body(f"if no then f = {'f(no) ^ ' * count} no end"),
    "nested whiles": nested("while no do local a, b = no ", "end ", "f(a)"),
    "nested fors": nested("for i = 1, no do local a ", "end ", "f(i, a)"),
    "nested pairs": nested("for k, v in pairs(no) do local a ", "end ", "f(k, v, a)"),
    "nested iterators": nested("for k, v in f do local a ", "end ", "f(k, v, a)"),
    "nested ifs": nested("if f(no) then local a ", "end ", "f(a)"),
    "nested repeats": nested("repeat local a ", "until a + f(no) == 1 ", "f()"),
    "nested labels": nested("while no do goto l f() ::l:: local a = 1 f(a) ", "end "),
    "nested functions": nested("f = function(a) local b ", "return a, b end ", ""),
}  # fmt: skip
