"""Calls of a few short library functions, done in place.

Input: a call of a sealed function (no script can have replaced it). Output: an expression that computes the usual
case inline at the function's own price and calls the function for everything else.
Refuses to decide semantics: outside the guard, the library does.

A call of string.byte takes 285 ns, this 120: character loops are what hashes, parsers and encoders are made of.
``select`` over ``...`` needs no guard and has prices of its own, since nothing is spread.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .. import costs
from ..analysis.types import NUMBER
from ..syntax import nodes
from . import pyast

if TYPE_CHECKING:
    from .builder import Again, FunctionBuilder

SHORT: Final = costs.COPY
"""Bytes of a substring whose copy is in the base price."""

_LE: Final = ast.LtE()


class _Operand:
    """An argument: its first mention evaluates it, later ones repeat the name."""

    def __init__(self, builder: FunctionBuilder, node: nodes.Expression, held: str | None = None) -> None:
        self.is_number = held is None and builder.kinds.of(node) == NUMBER
        if held is not None:
            self.once: ast.expr = pyast.name(held, builder.line)
            self.again: Again = lambda: pyast.name(held, builder.line)
        else:
            self.once, self.again = builder.named(node)


@dataclass(frozen=True, slots=True)
class Receiver:
    """A method call's object: its name once ``once`` is evaluated, and ``method``, which finds what it calls."""

    name: str
    once: ast.expr
    method: ast.expr

    def found(
        self, builder: FunctionBuilder, library: ast.expr, arguments: tuple[nodes.Expression, ...]
    ) -> tuple[ast.expr, ast.expr]:
        """What is evaluated before the arguments, and the function for what is not usual.

        No string's method is looked up before the arguments are evaluated (OP_SELF), unless nobody can tell.
        """
        line = builder.line
        is_text = pyast.is_class(pyast.name(self.name, line), "str", line)
        if all(is_quiet(builder, node) for node in arguments):
            return pyast.evaluated(self.once, line), pyast.choose(is_text, library, self.method, line)
        found, again = builder.hold(self.method)
        first = [pyast.is_class(self.once, "str", line), pyast.evaluated(found, line)]
        return pyast.either(first, line), pyast.choose(is_text, library, again(), line)


def is_quiet(builder: FunctionBuilder, node: nodes.Expression) -> bool:
    """Whether evaluating a node neither fails nor changes anything."""
    if isinstance(node, nodes.Arithmetic):
        operands = (node.first, *(operator.operand for operator in node.rest))
        return builder.kinds.of(node) == NUMBER and all(is_quiet(builder, operand) for operand in operands)
    return builder.is_simple(node)


def can_inline(
    builder: FunctionBuilder, path: tuple[str, str], arguments: tuple[nodes.Expression, ...], is_method: bool
) -> bool:
    """Whether a call has a form that ``inline`` knows."""
    if not builder.level.inlining:
        return False
    last = arguments[-1] if arguments else None
    if isinstance(last, nodes.Vararg) or (
        isinstance(last, (nodes.Call, nodes.MethodCall)) and not builder.kinds.is_single(last)
    ):
        return False
    return (*path, len(arguments) + is_method) in _FORMS


def inline(
    builder: FunctionBuilder,
    path: tuple[str, str],
    function: ast.expr,
    arguments: tuple[nodes.Expression, ...],
    receiver: Receiver | None = None,
) -> ast.expr:
    """One value of ``path(arguments)``; ``function`` is the library's. A method call's object is the first argument."""
    if path == ("", "select"):
        return _select(builder, arguments)
    operands = [_Operand(builder, node) for node in arguments]
    if receiver is not None:
        operands.insert(0, _Operand(builder, nodes.Nil(0, 0), receiver.name))
    line = builder.line
    # Every argument is evaluated before the first test.
    evaluated: list[ast.expr] = [
        pyast.evaluated(operand.once, line) for operand in operands if isinstance(operand.once, ast.NamedExpr)
    ]
    if receiver is not None:
        first, function = receiver.found(builder, function, arguments)
        evaluated.insert(0, first)
    guards, fast = _FORMS[*path, len(operands)](builder, operands)
    tests = [*evaluated, *guards]
    builder.context.stored.add("fuel")
    price = pyast.constant(costs.LIBRARY[".".join(path)], line)
    paid = pyast.walrus("fuel", pyast.binary(pyast.name("fuel", line), pyast.SUB, price, line), line)
    tests.append(pyast.is_not_nil(paid, line))
    call = pyast.lua_call(function, [builder.depth(False), *(operand.again() for operand in operands)], line)
    return pyast.choose(pyast.both(tests, line), fast, pyast.call("first", [call], line), line)


Form = tuple[list[ast.expr], ast.expr]


def _is_text(operand: _Operand, at: int) -> ast.expr:
    return pyast.is_class(operand.again(), "str", at)


def _numbers(at: int, *operands: _Operand) -> list[ast.expr]:
    return [pyast.is_class(operand.again(), "float", at) for operand in operands if not operand.is_number]


def _index(operand: _Operand, less: int, at: int) -> ast.expr:
    whole = pyast.call("int", [operand.again()], at)
    return pyast.binary(whole, pyast.SUB, pyast.constant(less, at), at) if less else whole


def _byte(builder: FunctionBuilder, operands: list[_Operand]) -> Form:
    """``string.byte(s, i)`` with 1 <= i <= #s."""
    line = builder.line
    s, i = operands
    size = pyast.call("len", [s.again()], line)
    within = ast.Compare(pyast.constant(1.0, line), [_LE, _LE], [i.again(), size], lineno=line, col_offset=0)
    tests = [_is_text(s, line), *_numbers(line, i), within]
    character = pyast.subscript(s.again(), _index(i, 1, line), line)
    return tests, pyast.subscript(pyast.name("CODES", line), character, line)


def _sub(builder: FunctionBuilder, operands: list[_Operand]) -> Form:
    """``string.sub(s, i, j)`` with 1 <= i, 0 <= j and a short result; the bytes are charged once it is made."""
    line = builder.line
    s, i, j = operands
    low = ast.Compare(
        pyast.constant(1.0, line), [_LE, ast.Lt()], [i.again(), pyast.constant(1e15, line)], lineno=line, col_offset=0
    )
    top = pyast.binary(i.again(), pyast.ADD, pyast.constant(SHORT - 2.0, line), line)
    high = ast.Compare(pyast.constant(0.0, line), [_LE, _LE], [j.again(), top], lineno=line, col_offset=0)
    piece = ast.Slice(_index(i, 1, line), _index(j, 0, line), None, lineno=line, col_offset=0)
    text = builder.store(builder.temporary())
    made = pyast.walrus(text, pyast.subscript(s.again(), piece, line), line)
    builder.context.stored.add("alloc")
    size = pyast.binary(pyast.call("len", [made], line), pyast.ADD, pyast.constant(costs.STRING, line), line)
    charged = pyast.walrus("alloc", pyast.binary(pyast.name("alloc", line), pyast.SUB, size, line), line)
    result = pyast.choose(
        pyast.compare(charged, pyast.IS_NOT, pyast.constant(None, line), line),
        pyast.name(text, line),
        pyast.constant(None, line),
        line,
    )
    return [_is_text(s, line), *_numbers(line, i, j), low, high], result


def _floor(builder: FunctionBuilder, operands: list[_Operand]) -> Form:
    """``math.floor(x)`` of a finite number; // 1.0 keeps -0."""
    line = builder.line
    (x,) = operands
    limit = 1e300
    finite = ast.Compare(
        pyast.constant(-limit, line),
        [_LE, _LE],
        [x.again(), pyast.constant(limit, line)],
        lineno=line,
        col_offset=0,
    )
    floor = pyast.binary(x.again(), ast.FloorDiv(), pyast.constant(1.0, line), line)
    return [*_numbers(line, x), finite], floor


_FORMS: Final[dict[tuple[str, str, int], Callable[[FunctionBuilder, list[_Operand]], Form]]] = {
    ("string", "byte", 2): _byte,
    ("string", "sub", 3): _sub,
    ("math", "floor", 1): _floor,
}


def _select(builder: FunctionBuilder, arguments: tuple[nodes.Expression, ...]) -> ast.expr:
    """``select("#", ...)`` and, as one value, ``select(n, ...)``."""
    line = builder.line
    wanted = arguments[0]
    count = pyast.call("len", [pyast.name("va", line)], line)
    if isinstance(wanted, nodes.String) and wanted.value == "#":
        return pyast.binary(count, pyast.ADD, pyast.constant(0.0, line), line)
    once, again = builder.named(wanted)
    within = ast.Compare(pyast.constant(1.0, line), [_LE, _LE], [again(), count], lineno=line, col_offset=0)
    place = pyast.binary(pyast.call("int", [again()], line), pyast.SUB, pyast.constant(1, line), line)
    is_number = isinstance(once, ast.Name) and builder.kinds.of(wanted) == NUMBER
    return pyast.choose(
        within if is_number else pyast.both([pyast.is_class(once, "float", line), within], line),
        pyast.subscript(pyast.name("va", line), place, line),
        pyast.call("selected", [builder.run(), again(), pyast.name("va", line)], line),
        line,
    )
