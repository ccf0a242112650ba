"""Operators to Python ast: arithmetic, comparison, ``and``, ``or``, ``not``, ``-``, ``#`` and ``..``.

Input: operator nodes, chains flat as the parser makes them. Output: expressions; where a truth is wanted, tests. It
does two floats (or strings, or plain tables) inline and leaves everything else to operations, which says what Lua
means.

The guards of a fast path name each operand at its first mention, in the order of evaluation. A local that evaluating
the right operand may change is *late*: PUC reads it from its register when the operator runs, so it is tested second.
What analysis.types proves is not tested. A chain that is too long becomes the statements of a nested function.
"""

from __future__ import annotations

import ast
from functools import partial
from typing import Final

from .. import costs
from ..analysis.kinds import BOOLEAN, NIL, NUMBER, STRING
from ..runtime.values import LONG_STRING
from ..syntax import nodes
from ..syntax.control_flow import CONSTANTS
from . import pyast
from .builder import MAX_CHAIN, Again, FunctionBuilder, Maker, Operand

_ARITHMETIC: Final[dict[str, tuple[ast.operator, str]]] = {
    "+": (ast.Add(), "add"),
    "-": (ast.Sub(), "subtract"),
    "*": (ast.Mult(), "multiply"),
    "/": (ast.Div(), "divide_values"),
    "%": (ast.Mod(), "modulo_values"),
    "^": (ast.Pow(), "power_values"),
}
_ORDER: Final[dict[str, tuple[ast.cmpop, str]]] = {
    "<": (ast.Lt(), "less"),
    "<=": (ast.LtE(), "less_equal"),
    ">": (ast.Gt(), "less"),
    ">=": (ast.GtE(), "less_equal"),
}
_FLOOR, _MULTIPLY, _DIVIDE = ast.FloorDiv(), ast.Mult(), ast.Div()
_EQUAL, _DIFFERENT, _LESS = ast.Eq(), ast.NotEq(), ast.Lt()

_INLINE_OPERANDS: Final = 4
"""Operands of a ``..`` that is done inline."""


def test(builder: FunctionBuilder, node: nodes.Expression) -> ast.expr | None:
    """Operators that answer a truth are not made into a value first; None for other expressions."""
    if isinstance(node, nodes.Comparison) and len(node.rest) == 1:
        return builder.bounded(comparison_test, node)
    if isinstance(node, nodes.Unary) and node.symbol == "not":
        return builder.bounded(not_test, node)
    if isinstance(node, nodes.Logical) and len(node.operands) <= MAX_CHAIN:
        return builder.bounded(logical_test, node)
    return None


def truth_value(builder: FunctionBuilder, test: ast.expr) -> ast.expr:
    """``TRUE if test else FALSE``."""
    return pyast.choose(test, pyast.name("TRUE", builder.line), pyast.name("FALSE", builder.line), builder.line)


def left_operand(builder: FunctionBuilder, left: Operand) -> ast.expr:
    """A left operand's value."""
    return left if isinstance(left, ast.expr) else builder.value(left)


def is_number(builder: FunctionBuilder, operand: Operand) -> bool:
    """Whether an operand is surely a number; nothing is known of what is emitted already."""
    return isinstance(operand, nodes.Expression) and builder.kinds.of(operand) == NUMBER


def are_numbers(
    builder: FunctionBuilder, a: ast.expr, b: ast.expr, late: bool, a_known: bool, b_known: bool
) -> ast.expr:
    """A test that evaluates both operands, except one that is known: then that is one load."""
    line = builder.line
    if late:
        return pyast.both_class(b, a, "float", line)
    if b_known:
        return pyast.is_class(a, "float", line)
    return pyast.is_class(b, "float", line) if a_known else pyast.both_class(a, b, "float", line)


def long_chain(builder: FunctionBuilder, node: nodes.Arithmetic | nodes.Comparison) -> ast.expr:
    """A chain of many operators: a nested function with one statement each."""

    def body() -> None:
        total = builder.temporary()
        builder.out.append(pyast.assign_name(builder.store(total), builder.value(node.first), builder.line))
        number = is_number(builder, node.first)
        for operator in node.rest:
            mark = builder.context.temporaries
            left = pyast.name(total, builder.line)
            if isinstance(node, nodes.Arithmetic):
                made = operate(builder, left, number, operator)
                number = number and is_number(builder, operator.operand)
            else:
                made = truth_value(builder, compare(builder, left, operator))
            builder.out.append(pyast.assign_name(total, made, builder.line))
            builder.context.temporaries = mark
        builder.out.append(pyast.return_(pyast.name(total, builder.line), builder.line))

    return builder.outlined(body)


def arithmetic(builder: FunctionBuilder, node: nodes.Arithmetic) -> ast.expr:
    """A chain of arithmetic operators, which leans to the left."""
    builder.take(node)
    if len(node.rest) > MAX_CHAIN:
        return long_chain(builder, node)
    left: Operand = node.first
    number = is_number(builder, node.first)
    for operator in node.rest:
        left = operate(builder, left, number, operator)
        number = number and is_number(builder, operator.operand)
    return left_operand(builder, left)


def operate(builder: FunctionBuilder, left: Operand, left_is_number: bool, operator: nodes.Operator) -> ast.expr:
    """One arithmetic operator."""
    saved, builder.line = builder.line, builder.operands_at(operator.line, left, operator.operand)
    if isinstance(left, ast.expr):
        builder.height += 1  # each step of a chain is one level higher
    result = operate_here(builder, left, left_is_number, operator.symbol, operator.operand)
    builder.line = saved
    return result


def operate_here(
    builder: FunctionBuilder, left: Operand, left_is_number: bool, symbol: str, right: nodes.Expression
) -> ast.expr:
    line = builder.line
    sign, slow = _ARITHMETIC[symbol]
    right_is_number = is_number(builder, right)
    numbers = left_is_number and right_is_number
    late = builder.is_late(left, right)
    first, second = left_operand(builder, left), builder.value(right)
    if numbers and symbol in "+-*" and not late:
        return pyast.binary(first, sign, second, line)
    left_simple, right_simple = builder.is_simple(left), builder.is_simple(right)
    a_once, a_again = builder.mentions(left, first, late)
    b_once, b_again = builder.mentions(right, second)
    fast = fast_arithmetic(builder, symbol, a_again, b_again)
    tests: list[ast.expr] = []
    if numbers and not late:
        if not left_simple:
            tests.append(pyast.is_class(a_once, "float", line))
        if not right_simple:
            tests.append(pyast.is_class(b_once, "float", line))
    else:
        b_known = right_simple and right_is_number
        tests.append(are_numbers(builder, a_once, b_once, late, left_simple and left_is_number, b_known))
    if symbol in "/%" and not (isinstance(right, nodes.Number) and right.value != 0.0):
        tests.append(b_again())
    if not tests:
        return fast
    return pyast.choose(pyast.both(tests, line), fast, builder.helper(slow, a_again(), b_again()), line)


def fast_arithmetic(builder: FunctionBuilder, symbol: str, a: Again, b: Again) -> ast.expr:
    """The operator on two floats; the divisor is not zero."""
    line = builder.line
    if symbol == "^":
        return pyast.call("power", [a(), b()], line)
    if symbol == "%":
        # luai_nummod rounds as a - floor(a / b) * b does; Python's % is exact and so differs.
        floor = pyast.binary(pyast.binary(a(), _DIVIDE, b(), line), _FLOOR, pyast.constant(1.0, line), line)
        return pyast.binary(a(), pyast.SUB, pyast.binary(floor, _MULTIPLY, b(), line), line)
    return pyast.binary(a(), _ARITHMETIC[symbol][0], b(), line)


def comparison(builder: FunctionBuilder, node: nodes.Comparison) -> ast.expr:
    """A chain of comparisons as a Lua value."""
    if len(node.rest) > MAX_CHAIN:
        builder.take(node)
        return long_chain(builder, node)
    made = truth_value(builder, comparison_test(builder, node))
    for operator in node.rest[1:]:
        builder.height += 1
        made = truth_value(builder, compare(builder, made, operator))
    return made


def comparison_test(builder: FunctionBuilder, node: nodes.Comparison) -> ast.expr:
    """The first comparison of a chain, which pays for all."""
    builder.take(node)
    return compare(builder, node.first, node.rest[0])


def compare(builder: FunctionBuilder, left: Operand, operator: nodes.Operator) -> ast.expr:
    """One comparison as a Python truth."""
    saved, builder.line = builder.line, builder.at(operator.line)
    compare = partial(equality, builder) if operator.symbol in ("==", "~=") else partial(order, builder)
    result = compare(left, operator)
    builder.line = saved
    return result


def equality(builder: FunctionBuilder, left: Operand, operator: nodes.Operator) -> ast.expr:
    """``==`` and ``~=``: by identity or by Python's equality as far as one operand's kind allows."""
    line = builder.line
    right = operator.operand
    equal = operator.symbol == "=="
    identity, sign = (pyast.IS, _EQUAL) if equal else (pyast.IS_NOT, _DIFFERENT)
    if isinstance(left, CONSTANTS) and not isinstance(right, CONSTANTS):
        left, right = right, left  # a constant has no effect: test the other operand against it
    first = left_operand(builder, left)
    if isinstance(right, (nodes.Nil, nodes.Boolean)):
        return pyast.compare(first, identity, builder.value(right), line)
    if isinstance(right, nodes.Number) or (isinstance(right, nodes.String) and len(right.value) < LONG_STRING):
        if isinstance(first, ast.Constant):
            first = pyast.call("itself", [first], line)
        return pyast.compare(first, sign, builder.value(right), line)
    kinds = {builder.kinds.of(operand) for operand in (right, left) if isinstance(operand, nodes.Expression)}
    second = builder.value(right)
    late = builder.is_late(left, right)
    if kinds & {NUMBER, BOOLEAN, NIL}:
        one, two = (second, first) if late else (first, second)
        return pyast.compare(one, sign if NUMBER in kinds else identity, two, line)
    return unknown_equality(builder, first, second, equal, late)


def unknown_equality(builder: FunctionBuilder, first: ast.expr, second: ast.expr, equal: bool, late: bool) -> ast.expr:
    """Numbers and short strings are compared inline; long strings have a price, tables may have a metamethod."""
    line = builder.line
    a_once, a = builder.hold(first)
    b_once, b = builder.hold(second)
    one, two = (b_once, a_once) if late else (a_once, b_once)
    short = pyast.compare(pyast.length(a(), line), _LESS, pyast.constant(LONG_STRING, line), line)
    short_string = pyast.both([pyast.is_class(a(), "str", line), short], line)
    plain = pyast.either([pyast.is_class(a(), "float", line), short_string], line)
    result: ast.expr = pyast.choose(
        pyast.both([pyast.compare(one, pyast.IS_NOT, two, line), plain], line),
        pyast.compare(a(), _EQUAL, b(), line),
        builder.helper("equal", a(), b()),
        line,
    )
    return result if equal else pyast.negation(result, line)


def order(builder: FunctionBuilder, left: Operand, operator: nodes.Operator) -> ast.expr:
    """``<``, ``<=``, ``>``, ``>=``; operations know the first two, with the operands swapped if need be."""
    line = builder.line
    sign, slow = _ORDER[operator.symbol]
    right = operator.operand
    left_is_number, right_is_number = is_number(builder, left), is_number(builder, right)
    late = builder.is_late(left, right)
    first = left_operand(builder, left)
    if left_is_number and right_is_number and not late:
        return pyast.compare(first, sign, builder.value(right), line)
    a_once, a_again = builder.mentions(left, first, late)
    b_once, b_again = builder.mentions(right, builder.value(right))
    a_known, b_known = left_is_number and builder.is_simple(left), right_is_number and builder.is_simple(right)
    test = are_numbers(builder, a_once, b_once, late, a_known, b_known)
    operands = [a_again(), b_again()]
    if operator.symbol in (">", ">="):
        operands.reverse()
    fast = pyast.compare(a_again(), sign, b_again(), line)
    if not (left_is_number or right_is_number):
        short = pyast.compare(pyast.length(a_again(), line), _LESS, pyast.constant(LONG_STRING, line), line)
        texts = pyast.both([pyast.both_class(a_again(), b_again(), "str", line), short], line)
        test = pyast.either([test, texts], line)
    return pyast.choose(test, fast, builder.helper(slow, *operands), line)


def not_test(builder: FunctionBuilder, node: nodes.Unary) -> ast.expr:
    builder.take(node)
    return pyast.negation(builder.test(node.operand), builder.line)


def logical_test(builder: FunctionBuilder, node: nodes.Logical) -> ast.expr:
    """``and`` and ``or`` of truths are Python's."""
    builder.take(node)
    tests = conditions(builder, node.operands)
    return pyast.both(tests, builder.line) if node.symbol == "and" else pyast.either(tests, builder.line)


def conditions(builder: FunctionBuilder, operands: tuple[nodes.Expression, ...]) -> list[ast.expr]:
    """Tests of which all but the first may not be reached."""
    first = builder.test(operands[0])
    builder.conditional += 1
    rest = [builder.test(operand) for operand in operands[1:]]
    builder.conditional -= 1
    return [first, *rest]


def logical(builder: FunctionBuilder, node: nodes.Logical) -> ast.expr:
    """``and`` and ``or`` as values: the first operand that decides."""
    is_short = len(node.operands) <= MAX_CHAIN
    if (
        is_short
        and node.symbol == "and"
        and all(builder.kinds.of(o) == BOOLEAN and not isinstance(o, CONSTANTS) for o in node.operands)
    ):
        return truth_value(builder, builder.test(node))
    builder.take(node)
    return logical_from(builder, node.symbol, node.operands) if is_short else long_logical(builder, node)


def logical_from(builder: FunctionBuilder, symbol: str, operands: tuple[nodes.Expression, ...]) -> ast.expr:
    """The first of ``operands`` that decides, or the last."""
    operand, rest = operands[0], operands[1:]
    if not rest:
        return builder.value(operand)
    line = builder.line
    if isinstance(operand, CONSTANTS):  # decided here: compile() warns about `"x" is not None`
        is_true = operand.value if isinstance(operand, nodes.Boolean) else not isinstance(operand, nodes.Nil)
        if is_true != (symbol == "or"):
            return logical_from(builder, symbol, rest)
        for never in rest:  # every operand is charged, reached or not
            builder.charge(*builder.pricing.total(never))
        return builder.value(operand)
    if symbol == "and" and builder.kinds.of(operand) == BOOLEAN:
        test = builder.test(operand)
        chosen: ast.expr = pyast.name("FALSE", line)
    else:
        once, again = builder.named(operand)
        test, chosen = builder.truth(once, again), again()
    builder.conditional += 1
    builder.height += 1
    other = logical_from(builder, symbol, rest)
    builder.conditional -= 1
    return pyast.choose(test, other, chosen, line) if symbol == "and" else pyast.choose(test, chosen, other, line)


def long_logical(builder: FunctionBuilder, node: nodes.Logical) -> ast.expr:
    """Many operands: a nested function that returns the first that decides."""

    def body() -> None:
        result = builder.stored_temporary()

        def mention() -> ast.expr:
            return pyast.name(result, builder.line)

        for operand in node.operands:
            mark = builder.context.temporaries
            builder.conditional += 1
            made = builder.value(operand)
            builder.conditional -= 1
            builder.out.append(pyast.assign_name(result, made, builder.line))
            test = builder.truth(mention(), mention)
            if node.symbol == "and":
                test = pyast.negation(test, builder.line)
            builder.out.append(pyast.if_(test, [pyast.return_(mention(), builder.line)], [], builder.line))
            builder.context.temporaries = mark
        builder.out.append(pyast.return_(mention(), builder.line))

    return builder.outlined(body)


def unary(builder: FunctionBuilder, node: nodes.Unary) -> ast.expr:
    """``not``, ``-`` and ``#``."""
    if node.symbol == "not":
        return truth_value(builder, builder.test(node))
    saved, builder.line = builder.line, builder.operands_at(node.line, node.operand)
    builder.take(node)
    made = negate(builder, node.operand) if node.symbol == "-" else length(builder, node.operand)
    builder.line = saved
    return made


def negate(builder: FunctionBuilder, operand: nodes.Expression) -> ast.expr:
    """``-a``."""
    line = builder.line
    if isinstance(operand, nodes.Number):
        return pyast.constant(-operand.value, line)
    if is_number(builder, operand):
        return pyast.opposite(builder.value(operand), line)
    once, again = builder.named(operand)
    fast = pyast.opposite(again(), line)
    return pyast.choose(pyast.is_class(once, "float", line), fast, builder.helper("negate", again()), line)


def length(builder: FunctionBuilder, operand: nodes.Expression) -> ast.expr:
    """``#o``."""
    line = builder.line
    if builder.kinds.of(operand) == STRING:
        return pyast.float_length(builder.value(operand), line)
    once, again = builder.named(operand)
    return length_of(builder, once, again, builder.helper("length", again()))


def length_of(builder: FunctionBuilder, once: ast.expr, again: Again, slow: ast.expr) -> ast.expr:
    """The length of a list, of a table whose number of entries is a border, or of a string; else ``slow``."""
    line = builder.line
    entries, count = builder.hold(pyast.float_length(again(), line))
    after = pyast.binary(count(), pyast.ADD, pyast.constant(1.0, line), line)
    fits = pyast.both(
        [
            pyast.is_class(again(), "Table", line),
            pyast.compare(entries, pyast.IN, again(), line),
            pyast.compare(after, pyast.NOT_IN, again(), line),
        ],
        line,
    )
    is_text = pyast.is_class(again(), "str", line)
    other = pyast.choose(fits, count(), pyast.choose(is_text, pyast.float_length(again(), line), slow, line), line)
    return pyast.choose(pyast.is_class(once, "ListTable", line), pyast.float_length(again(), line), other, line)


def concat(builder: FunctionBuilder, node: nodes.Concat) -> ast.expr:
    """``a .. b .. c``."""
    builder.take(node)
    saved, builder.line = builder.line, builder.operands_at(node.line, *node.operands)
    is_short = len(node.operands) <= _INLINE_OPERANDS
    made = short_concat(builder, node.operands) if is_short else concat_call(builder, node.operands)
    builder.line = saved
    return made


def concat_call(builder: FunctionBuilder, operands: tuple[nodes.Expression, ...]) -> ast.expr:
    return builder.helper("concat", *[builder.value(operand) for operand in operands])


def short_concat(builder: FunctionBuilder, operands: tuple[nodes.Expression, ...]) -> ast.expr:
    """Strings and known whole numbers joined inline: ``a + b if they fit else concat(...)``."""
    line = builder.line
    literals = [operand.value for operand in operands if isinstance(operand, nodes.String)]
    fixed = sum(map(len, literals))
    if len(literals) == len(operands) or fixed >= LONG_STRING:
        return concat_call(builder, operands)
    pieces: list[Again] = []
    values: list[Again] = []
    parts: list[tuple[ast.expr, Again]] = []
    """What is no literal."""
    unknown: list[tuple[ast.expr, Again]] = []
    """What may be no string."""
    for operand in operands:
        if is_number(builder, operand):
            number, value = builder.named(operand)  # what a metamethod gets
            once, again = builder.hold(pyast.call("whole_text", [number], line))
        else:
            once, again = builder.named(operand)
            value = again
        pieces.append(again)
        values.append(value)
        if not isinstance(operand, nodes.String):
            parts.append((once, again))
            if builder.kinds.of(operand) != STRING:
                unknown.append((once, again))
    tests: list[ast.expr] = []
    tested = [once for once, _ in unknown]
    mentioned = [again() for _, again in parts]
    if not unknown:
        mentioned = [once for once, _ in parts]
    elif parts != unknown or any(isinstance(once, ast.NamedExpr) for once in tested[1:]):
        # All operands are evaluated before any is tested.
        tests = [pyast.evaluated(once, line) for once, _ in parts if isinstance(once, ast.NamedExpr)]
        tested = [again() for _, again in unknown]
    if unknown:
        classes = [*(pyast.class_of(value, line) for value in tested), pyast.name("str", line)]
        same = [pyast.IS] * len(unknown)
        tests.append(pyast.comparison(classes[0], list[ast.cmpop](same), classes[1:], line))
    tests.extend(paid_text(builder, fixed, mentioned))
    joined = pieces[0]()
    for piece in pieces[1:]:
        joined = pyast.binary(joined, pyast.ADD, piece(), line)
    slow = builder.helper("concat", *[value() for value in values])
    return pyast.choose(pyast.both(tests, line), joined, slow, line)


def paid_text(builder: FunctionBuilder, fixed: int, strings: list[ast.expr]) -> list[ast.expr]:
    """Tests that ``fixed`` bytes and ``strings`` are a short string, and that its bytes are left."""
    line = builder.line
    builder.store("alloc")
    lengths = [pyast.length(string, line) for string in strings]
    size: ast.expr = pyast.constant(fixed, line) if fixed else lengths.pop(0)
    for length in lengths:
        size = pyast.binary(size, pyast.ADD, length, line)
    once, total = builder.hold(size)
    price = pyast.binary(total(), pyast.ADD, pyast.constant(costs.STRING, line), line)
    left = pyast.walrus("alloc", pyast.binary(pyast.name("alloc", line), pyast.SUB, price, line), line)
    return [
        pyast.compare(once, _LESS, pyast.constant(LONG_STRING, line), line),
        pyast.either(
            [
                pyast.compare(left, ast.GtE(), pyast.constant(0, line), line),
                pyast.call("refilled", [builder.run()], line),
            ],
            line,
        ),
    ]


EXPRESSIONS: Final[dict[type, Maker]] = {
    nodes.Arithmetic: arithmetic,
    nodes.Comparison: comparison,
    nodes.Logical: logical,
    nodes.Unary: unary,
    nodes.Concat: concat,
}
