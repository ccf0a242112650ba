"""Speculated calls: library functions that an attempt does in place (see speculation).

Input: an attempt and the nodes of the arguments. Output: a Python expression that raises where the arguments are
not what it takes them for. ``attempt`` is the way in: an expression without guards, or None if it would not pay.
"""

from __future__ import annotations

import ast
from typing import Final

from .. import costs
from ..stdlib.base import NUMERAL
from ..stdlib.math import many_price
from ..stdlib.string import CODE, CODE_MEMORY
from ..syntax import nodes
from . import pyast
from .builder import FunctionBuilder
from .speculation import Attempt, CallForm, Charged, Unsuited, is_negative

_LE, _LESS = ast.LtE(), ast.Lt()


def charged_text_form(attempt: Attempt, made: ast.expr) -> ast.expr:
    """A string whose bytes are charged once it is there, and whose copy is in the base price."""
    line = attempt.builder.line
    once, again = attempt.builder.hold(made)
    attempt.price.bytes += costs.STRING
    attempt.price.texts.append(again())
    short = pyast.compare(pyast.length(once, line), ast.Lt(), pyast.constant(costs.COPY, line), line)
    return pyast.choose(short, again(), pyast.guard_failure(line), line)


def byte_form(attempt: Attempt, s: nodes.Expression, i: nodes.Expression) -> ast.expr:
    """``string.byte(s, i)``; beyond the end is an IndexError."""
    return pyast.subscript(
        pyast.name("CODES", attempt.builder.line), character_form(attempt, s, i), attempt.builder.line
    )


def sub_form(attempt: Attempt, s: nodes.Expression, i: nodes.Expression, j: nodes.Expression) -> ast.expr:
    """``string.sub(s, i, j)``; of one local twice it is one character, as long as there is one."""
    variable = attempt.builder.variable(i)
    if variable is None or variable is not attempt.builder.variable(j):
        return slice_form(attempt, s, i, j)
    attempt.price.bytes += costs.STRING + 1
    return character_form(attempt, s, i)


def slice_form(
    attempt: Attempt, s: nodes.Expression, i: nodes.Expression, j: nodes.Expression | None = None
) -> ast.expr:
    line = attempt.builder.line
    if is_negative(i) or (j is not None and is_negative(j)):
        raise Unsuited  # it counts from the end
    text, text_again = attempt.mentions(attempt.value(s))
    first, first_again = attempt.mentions(attempt.operand(i))
    high = pyast.constant(1e15, line)
    tests: list[ast.expr] = [
        pyast.is_class(text, "str", line),
        pyast.within(pyast.constant(1.0, line), [_LE, _LESS], first, high, line),
    ]
    stop: ast.expr | None = None
    if j is not None:
        last, last_again = attempt.mentions(attempt.operand(j))
        tests.append(pyast.within(pyast.constant(0.0, line), [_LE, _LESS], last, high, line))
        stop = pyast.call("int", [last_again()], line)
    start = pyast.binary(pyast.call("int", [first_again()], line), pyast.SUB, pyast.constant(1, line), line)
    piece = pyast.subscript(text_again(), ast.Slice(start, stop, None, lineno=line, col_offset=0), line)
    return pyast.choose(pyast.both(tests, line), charged_text_form(attempt, piece), pyast.guard_failure(line), line)


def char_form(attempt: Attempt, code: nodes.Expression) -> ast.expr:
    line = attempt.builder.line
    attempt.price.instructions += CODE
    attempt.price.bytes += costs.STRING + CODE_MEMORY
    once, again = attempt.mentions(attempt.operand(code))
    within = pyast.within(pyast.constant(0.0, line), [_LE, _LESS], once, pyast.constant(256.0, line), line)
    made = pyast.subscript(pyast.name("LATIN", line), pyast.call("int", [again()], line), line)
    return pyast.choose(within, made, pyast.guard_failure(line), line)


def tostring_form(attempt: Attempt, value: nodes.Expression) -> ast.expr:
    line = attempt.builder.line
    attempt.price.bytes += NUMERAL
    once, again = attempt.mentions(attempt.value(value))
    made = pyast.call("number_to_string", [pyast.positive(again(), line)], line)
    return pyast.choose(pyast.is_class(once, "str", line), again(), made, line)


def tonumber_form(attempt: Attempt, value: nodes.Expression) -> ast.expr:
    """Of a number or a short string, whose bytes cost nothing."""
    line = attempt.builder.line
    once, again = attempt.mentions(attempt.value(value))
    short = pyast.compare(pyast.length(again(), line), _LESS, pyast.constant(costs.SCAN, line), line)
    is_short_text = pyast.both([pyast.is_class(once, "str", line), short], line)
    made = pyast.call("string_to_number", [again()], line)
    return pyast.choose(is_short_text, made, pyast.positive(again(), line), line)


def character_form(attempt: Attempt, s: nodes.Expression, i: nodes.Expression) -> ast.expr:
    line = attempt.builder.line
    text, text_again = attempt.mentions(attempt.value(s))
    place, place_again = attempt.mentions(attempt.operand(i))
    within = pyast.compare(pyast.constant(1.0, line), _LE, place, line)
    whole = pyast.binary(pyast.call("int", [place_again()], line), pyast.SUB, pyast.constant(1, line), line)
    found = pyast.subscript(text_again(), whole, line)
    return pyast.choose(
        pyast.both([pyast.is_class(text, "str", line), within], line), found, pyast.guard_failure(line), line
    )


def type_form(attempt: Attempt, value: nodes.Expression) -> ast.expr:
    line = attempt.builder.line
    return pyast.subscript(pyast.name("TYPE_NAMES", line), pyast.class_of(attempt.value(value), line), line)


def absolute_form(attempt: Attempt, x: nodes.Expression) -> ast.expr:
    return pyast.call("abs", [attempt.operand(x)], attempt.builder.line)


def root_form(attempt: Attempt, x: nodes.Expression) -> ast.expr:
    return pyast.call("sqrt", [attempt.operand(x)], attempt.builder.line)


def extreme_form(attempt: Attempt, sign: ast.cmpop, *items: nodes.Expression) -> ast.expr:
    """``b if b < a else a``, as luaB_min does it."""
    line = attempt.builder.line
    if len(items) != 2:
        fuel, alloc = many_price(len(items))
        attempt.price.instructions += fuel
        attempt.price.bytes += alloc
    made = attempt.number(items[0])
    for item in items[1:]:
        best, best_again = attempt.mentions(made)
        next_, next_again = attempt.mentions(attempt.number(item))
        # best is evaluated first: where it has to be named, ``best > next`` says the same.
        if isinstance(best, ast.NamedExpr):
            turned = ast.Gt() if isinstance(sign, ast.Lt) else ast.Lt()
            test = pyast.compare(best, turned, next_, line)
        else:
            test = pyast.compare(next_, sign, best, line)
        made = pyast.choose(test, next_again(), best_again(), line)
    return made


def floor_form(attempt: Attempt, x: nodes.Expression) -> ast.expr:
    line = attempt.builder.line
    once, again = attempt.mentions(attempt.operand(x))
    limit = pyast.constant(1e300, line)
    finite = pyast.within(pyast.constant(-1e300, line), [_LE, _LE], once, limit, line)
    floor = pyast.binary(again(), ast.FloorDiv(), pyast.constant(1.0, line), line)
    return pyast.choose(finite, floor, pyast.guard_failure(line), line)


def greatest_form(attempt: Attempt, *items: nodes.Expression) -> ast.expr:
    return extreme_form(attempt, ast.Gt(), *items)


def least_form(attempt: Attempt, *items: nodes.Expression) -> ast.expr:
    return extreme_form(attempt, ast.Lt(), *items)


FUNCTIONS: Final[dict[tuple[str, str, int], CallForm]] = {
    ("", "type", 1): type_form,
    ("string", "byte", 2): byte_form,
    ("string", "sub", 2): slice_form,
    ("string", "sub", 3): sub_form,
    ("string", "char", 1): char_form,
    ("", "tostring", 1): tostring_form,
    ("", "tonumber", 1): tonumber_form,
    ("math", "abs", 1): absolute_form,
    ("math", "floor", 1): floor_form,
    ("math", "max", 2): greatest_form,
    ("math", "max", 3): greatest_form,
    ("math", "min", 2): least_form,
    ("math", "min", 3): least_form,
    ("math", "sqrt", 1): root_form,
}
"""By library, name and number of arguments."""


def attempt(
    builder: FunctionBuilder,
    node: nodes.Expression,
    test: bool = False,
    least: int = 1,
    own: nodes.Index | None = None,
) -> Charged | None:
    """The node's value (or truth) without guards, with what is to be charged for it; None if guards stay.

    Nor if fewer than ``least`` guards, or two of a test, would be saved. ``own`` is a field that a metatable must not
    answer.
    """
    if not builder.level.speculation:
        return None
    made = Attempt(builder, FUNCTIONS)
    made.own = own
    mark = builder.context.temporaries
    try:
        expression = made.test(node) if test else made.value(node)
    except Unsuited:
        builder.context.temporaries = mark
        return None
    return Charged(expression, made.prices) if made.saved >= least + test else None
