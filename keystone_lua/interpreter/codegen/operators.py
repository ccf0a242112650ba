"""Operators to Python ast: arithmetic, comparison, ``and``, ``or``, ``not``, ``-``, ``#`` and ``..``.

Input: operator nodes, chains flat as the parser makes them. Output: expressions; where a truth is wanted, tests.
Refuses to decide semantics: two floats (or strings, or plain tables) are done inline, everything else by operations.

The guards of a fast path name each operand at its first mention, in the order of evaluation. A local that evaluating
the right operand may change is *late*: PUC reads it from its register when the operator runs, so it is tested second.
What kinds proves is not tested. A chain that is too long becomes the statements of a nested function.
"""

from __future__ import annotations

import ast
from typing import Final, TypeGuard

from .. import costs
from ..analysis.builtins import Seal
from ..analysis.scope import Resolution
from ..analysis.types import BOOLEAN, NIL, NUMBER, STRING, TRUE_KINDS, Kinds
from ..runtime.values import LONG_STRING
from ..syntax import nodes
from ..syntax.control_flow import CONSTANTS
from . import pyast
from .builder import MAX_CHAIN, Again, Operand
from .expressions import ExpressionEmitter

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


class OperatorEmitter(ExpressionEmitter):
    """Knows Arithmetic, Comparison, Logical, Unary and Concat."""

    def __init__(self, resolution: Resolution, kinds: Kinds, seal: Seal) -> None:
        super().__init__(resolution, kinds, seal)
        self.expressions |= {
            nodes.Arithmetic: self.arithmetic,
            nodes.Comparison: self.comparison,
            nodes.Logical: self.logical,
            nodes.Unary: self.unary,
            nodes.Concat: self.concat,
        }

    def test(self, node: nodes.Expression) -> ast.expr:
        """Operators that answer a truth are not made into a value first."""
        if isinstance(node, nodes.Comparison) and len(node.rest) == 1:
            return self.bounded(self.comparison_test, node)
        if isinstance(node, nodes.Unary) and node.symbol == "not":
            return self.bounded(self.not_test, node)
        if isinstance(node, nodes.Logical) and len(node.operands) <= MAX_CHAIN:
            return self.bounded(self.logical_test, node)
        return super().test(node)

    def truth_value(self, test: ast.expr) -> ast.expr:
        """``TRUE if test else FALSE``."""
        return pyast.choose(test, pyast.name("TRUE", self.line), pyast.name("FALSE", self.line), self.line)

    def left(self, left: Operand) -> ast.expr:
        """A left operand's value."""
        return left if isinstance(left, ast.expr) else self.value(left)

    def is_number(self, operand: Operand) -> bool:
        """Whether an operand is surely a number; nothing is known of what is emitted already."""
        return isinstance(operand, nodes.Expression) and self.kinds.of(operand) == NUMBER

    def are_numbers(self, a: ast.expr, b: ast.expr, late: bool, a_known: bool, b_known: bool) -> ast.expr:
        """A test that evaluates both operands, except one that is known: then that is one load."""
        line = self.line
        if late:
            return pyast.both_class(b, a, "float", line)
        if b_known:
            return pyast.is_class(a, "float", line)
        return pyast.is_class(b, "float", line) if a_known else pyast.both_class(a, b, "float", line)

    def long_chain(self, node: nodes.Arithmetic | nodes.Comparison) -> ast.expr:
        """A chain of many operators: a nested function with one statement each."""

        def body() -> None:
            total = self.temporary()
            self.out.append(pyast.assign_name(self.store(total), self.value(node.first), self.line))
            number = self.is_number(node.first)
            for operator in node.rest:
                mark = self.context.temporaries
                left = pyast.name(total, self.line)
                if isinstance(node, nodes.Arithmetic):
                    made = self.operate(left, number, operator)
                    number = number and self.is_number(operator.operand)
                else:
                    made = self.truth_value(self.compare(left, operator))
                self.out.append(pyast.assign_name(total, made, self.line))
                self.context.temporaries = mark
            self.out.append(pyast.return_(pyast.name(total, self.line), self.line))

        return self.outlined(body)

    # arithmetic

    def arithmetic(self, node: nodes.Arithmetic) -> ast.expr:
        """A chain of arithmetic operators, which leans to the left."""
        if len(node.rest) > MAX_CHAIN:
            return self.long_chain(node)
        left: Operand = node.first
        number = self.is_number(node.first)
        for operator in node.rest:
            left = self.operate(left, number, operator)
            number = number and self.is_number(operator.operand)
        return self.left(left)

    def operate(self, left: Operand, left_is_number: bool, operator: nodes.Operator) -> ast.expr:
        """One arithmetic operator."""
        self.charge(costs.POWER if operator.symbol == "^" else costs.ARITHMETIC)
        saved, self.line = self.line, self.operands_at(operator.line, left, operator.operand)
        if isinstance(left, ast.expr):
            self.height += 1  # each step of a chain is one level higher
        result = self.operate_here(left, left_is_number, operator.symbol, operator.operand)
        self.line = saved
        return result

    def operate_here(self, left: Operand, left_is_number: bool, symbol: str, right: nodes.Expression) -> ast.expr:
        line = self.line
        sign, slow = _ARITHMETIC[symbol]
        right_is_number = self.is_number(right)
        numbers = left_is_number and right_is_number
        late = self.is_late(left, right)
        first, second = self.left(left), self.value(right)
        if numbers and symbol in "+-*" and not late:
            return pyast.binary(first, sign, second, line)
        left_simple, right_simple = self.is_simple(left), self.is_simple(right)
        a_once, a_again = self.mentions(left, first, late)
        b_once, b_again = self.mentions(right, second)
        fast = self.fast_arithmetic(symbol, a_again, b_again)
        tests: list[ast.expr] = []
        if numbers and not late:
            if not left_simple:
                tests.append(pyast.is_class(a_once, "float", line))
            if not right_simple:
                tests.append(pyast.is_class(b_once, "float", line))
        else:
            b_known = right_simple and right_is_number
            tests.append(self.are_numbers(a_once, b_once, late, left_simple and left_is_number, b_known))
        if symbol in "/%" and not (isinstance(right, nodes.Number) and right.value != 0.0):
            tests.append(b_again())
        if not tests:
            return fast
        return pyast.choose(pyast.both(tests, line), fast, self.helper(slow, a_again(), b_again()), line)

    def fast_arithmetic(self, symbol: str, a: Again, b: Again) -> ast.expr:
        """The operator on two floats; the divisor is not zero."""
        line = self.line
        if symbol == "^":
            return pyast.call("power", [a(), b()], line)
        if symbol == "%":
            # luai_nummod rounds as a - floor(a / b) * b does; Python's % is exact and so differs.
            floor = pyast.binary(pyast.binary(a(), _DIVIDE, b(), line), _FLOOR, pyast.constant(1.0, line), line)
            return pyast.binary(a(), pyast.SUB, pyast.binary(floor, _MULTIPLY, b(), line), line)
        return pyast.binary(a(), _ARITHMETIC[symbol][0], b(), line)

    # comparison

    def comparison(self, node: nodes.Comparison) -> ast.expr:
        """A chain of comparisons as a Lua value."""
        if len(node.rest) > MAX_CHAIN:
            return self.long_chain(node)
        made = self.truth_value(self.comparison_test(node))
        for operator in node.rest[1:]:
            self.height += 1
            made = self.truth_value(self.compare(made, operator))
        return made

    def comparison_test(self, node: nodes.Comparison) -> ast.expr:
        """The first comparison of a chain."""
        return self.compare(node.first, node.rest[0])

    def compare(self, left: Operand, operator: nodes.Operator) -> ast.expr:
        """One comparison as a Python truth."""
        self.charge(costs.COMPARE)
        saved, self.line = self.line, self.at(operator.line)
        compare = self.equality if operator.symbol in ("==", "~=") else self.order
        result = compare(left, operator)
        self.line = saved
        return result

    def equality(self, left: Operand, operator: nodes.Operator) -> ast.expr:
        """``==`` and ``~=``: by identity or by Python's equality as far as one operand's kind allows."""
        line = self.line
        right = operator.operand
        equal = operator.symbol == "=="
        identity, sign = (pyast.IS, _EQUAL) if equal else (pyast.IS_NOT, _DIFFERENT)
        if isinstance(left, CONSTANTS) and not isinstance(right, CONSTANTS):
            left, right = right, left  # a constant has no effect: test the other operand against it
        first = self.left(left)
        if isinstance(right, (nodes.Nil, nodes.Boolean)):
            return pyast.compare(first, identity, self.value(right), line)
        if isinstance(right, nodes.Number) or (isinstance(right, nodes.String) and len(right.value) < LONG_STRING):
            if isinstance(first, ast.Constant):
                first = pyast.call("itself", [first], line)
            return pyast.compare(first, sign, self.value(right), line)
        kinds = {self.kinds.of(operand) for operand in (right, left) if isinstance(operand, nodes.Expression)}
        second = self.value(right)
        late = self.is_late(left, right)
        if kinds & {NUMBER, BOOLEAN, NIL}:
            one, two = (second, first) if late else (first, second)
            return pyast.compare(one, sign if NUMBER in kinds else identity, two, line)
        return self.unknown_equality(first, second, equal, late)

    def unknown_equality(self, first: ast.expr, second: ast.expr, equal: bool, late: bool) -> ast.expr:
        """Numbers and short strings are compared inline; long strings have a price, tables may have a metamethod."""
        line = self.line
        a_once, a = self.hold(first)
        b_once, b = self.hold(second)
        one, two = (b_once, a_once) if late else (a_once, b_once)
        short = pyast.compare(pyast.length(a(), line), _LESS, pyast.constant(LONG_STRING, line), line)
        short_string = pyast.both([pyast.is_class(a(), "str", line), short], line)
        plain = pyast.either([pyast.is_class(a(), "float", line), short_string], line)
        result: ast.expr = pyast.choose(
            pyast.both([pyast.compare(one, pyast.IS_NOT, two, line), plain], line),
            pyast.compare(a(), _EQUAL, b(), line),
            self.helper("equal", a(), b()),
            line,
        )
        return result if equal else pyast.negation(result, line)

    def order(self, left: Operand, operator: nodes.Operator) -> ast.expr:
        """``<``, ``<=``, ``>``, ``>=``; operations know the first two, with the operands swapped if need be."""
        line = self.line
        sign, slow = _ORDER[operator.symbol]
        right = operator.operand
        left_is_number, right_is_number = self.is_number(left), self.is_number(right)
        late = self.is_late(left, right)
        first = self.left(left)
        if left_is_number and right_is_number and not late:
            return pyast.compare(first, sign, self.value(right), line)
        a_once, a_again = self.mentions(left, first, late)
        b_once, b_again = self.mentions(right, self.value(right))
        a_known, b_known = left_is_number and self.is_simple(left), right_is_number and self.is_simple(right)
        test = self.are_numbers(a_once, b_once, late, a_known, b_known)
        operands = [a_again(), b_again()]
        if operator.symbol in (">", ">="):
            operands.reverse()
        fast = pyast.compare(a_again(), sign, b_again(), line)
        if not (left_is_number or right_is_number):
            short = pyast.compare(pyast.length(a_again(), line), _LESS, pyast.constant(LONG_STRING, line), line)
            texts = pyast.both([pyast.both_class(a_again(), b_again(), "str", line), short], line)
            test = pyast.either([test, texts], line)
        return pyast.choose(test, fast, self.helper(slow, *operands), line)

    # and, or, not

    def not_test(self, node: nodes.Unary) -> ast.expr:
        self.charge(costs.NOT)
        return pyast.negation(self.test(node.operand), self.line)

    def logical_test(self, node: nodes.Logical) -> ast.expr:
        """``and`` and ``or`` of truths are Python's."""
        self.charge(costs.LOGIC * len(node.operands))
        tests = self.conditions(node.operands)
        return pyast.both(tests, self.line) if node.symbol == "and" else pyast.either(tests, self.line)

    def conditions(self, operands: tuple[nodes.Expression, ...]) -> list[ast.expr]:
        """Tests of which all but the first may not be reached."""
        first = self.test(operands[0])
        self.conditional += 1
        rest = [self.test(operand) for operand in operands[1:]]
        self.conditional -= 1
        return [first, *rest]

    def logical(self, node: nodes.Logical) -> ast.expr:
        """``and`` and ``or`` as values: the first operand that decides."""
        is_short = len(node.operands) <= MAX_CHAIN
        if (
            is_short
            and node.symbol == "and"
            and all(self.kinds.of(o) == BOOLEAN and not isinstance(o, CONSTANTS) for o in node.operands)
        ):
            return self.truth_value(self.test(node))
        self.charge(costs.LOGIC * len(node.operands))
        return self.logical_from(node.symbol, node.operands) if is_short else self.long_logical(node)

    def logical_from(self, symbol: str, operands: tuple[nodes.Expression, ...]) -> ast.expr:
        """The first of ``operands`` that decides, or the last."""
        operand, rest = operands[0], operands[1:]
        if not rest:
            return self.value(operand)
        if symbol == "or" and self.is_choice(operand):
            return self.ternary(operand, rest)
        line = self.line
        if isinstance(operand, CONSTANTS):  # decided here: compile() warns about `"x" is not None`
            is_true = operand.value if isinstance(operand, nodes.Boolean) else not isinstance(operand, nodes.Nil)
            return self.value(operand) if is_true == (symbol == "or") else self.logical_from(symbol, rest)
        if symbol == "and" and self.kinds.of(operand) == BOOLEAN:
            test = self.test(operand)
            chosen: ast.expr = pyast.name("FALSE", line)
        else:
            once, again = self.named(operand)
            test, chosen = self.truth(once, again), again()
        self.conditional += 1
        self.height += 1
        other = self.logical_from(symbol, rest)
        self.conditional -= 1
        return pyast.choose(test, other, chosen, line) if symbol == "and" else pyast.choose(test, chosen, other, line)

    def is_choice(self, node: nodes.Expression) -> TypeGuard[nodes.Logical]:
        """``a and b`` where ``b`` is surely true."""
        return (
            isinstance(node, nodes.Logical)
            and node.symbol == "and"
            and len(node.operands) <= MAX_CHAIN
            and self.kinds.of(node.operands[-1]) in TRUE_KINDS
            and not any(isinstance(o, CONSTANTS) for o in node.operands[:-1])
        )

    def ternary(self, both: nodes.Logical, rest: tuple[nodes.Expression, ...]) -> ast.expr:
        """``a and b or c`` where ``b`` is surely true: a choice by ``a``."""
        self.charge(costs.LOGIC * len(both.operands))
        tests = self.conditions(both.operands[:-1])
        self.conditional += 1
        self.height += 1
        chosen = self.value(both.operands[-1])
        other = self.logical_from("or", rest)
        self.conditional -= 1
        return pyast.choose(pyast.both(tests, self.line), chosen, other, self.line)

    def long_logical(self, node: nodes.Logical) -> ast.expr:
        """Many operands: a nested function that returns the first that decides."""

        def body() -> None:
            result = self.stored_temporary()

            def mention() -> ast.expr:
                return pyast.name(result, self.line)

            for operand in node.operands:
                mark = self.context.temporaries
                self.conditional += 1
                made = self.value(operand)
                self.conditional -= 1
                self.out.append(pyast.assign_name(result, made, self.line))
                test = self.truth(mention(), mention)
                if node.symbol == "and":
                    test = pyast.negation(test, self.line)
                self.out.append(pyast.if_(test, [pyast.return_(mention(), self.line)], [], self.line))
                self.context.temporaries = mark
            self.out.append(pyast.return_(mention(), self.line))

        return self.outlined(body)

    # unary operators

    def unary(self, node: nodes.Unary) -> ast.expr:
        """``not``, ``-`` and ``#``."""
        if node.symbol == "not":
            return self.truth_value(self.test(node))
        saved, self.line = self.line, self.operands_at(node.line, node.operand)
        made = self.negate(node.operand) if node.symbol == "-" else self.length(node.operand)
        self.line = saved
        return made

    def negate(self, operand: nodes.Expression) -> ast.expr:
        """``-a``."""
        line = self.line
        if isinstance(operand, nodes.Number):
            return pyast.constant(-operand.value, line)
        self.charge(costs.ARITHMETIC)
        if self.is_number(operand):
            return pyast.opposite(self.value(operand), line)
        once, again = self.named(operand)
        fast = pyast.opposite(again(), line)
        return pyast.choose(pyast.is_class(once, "float", line), fast, self.helper("negate", again()), line)

    def length(self, operand: nodes.Expression) -> ast.expr:
        """``#o``: the number of entries, if the last of them is the border."""
        line = self.line
        self.charge(costs.LENGTH)
        if self.kinds.of(operand) == STRING:
            return pyast.float_length(self.value(operand), line)
        once, again = self.named(operand)
        entries, count = self.hold(pyast.float_length(again(), line))
        after = pyast.binary(count(), pyast.ADD, pyast.constant(1.0, line), line)
        fits = pyast.both(
            [
                pyast.is_class(once, "Table", line),
                pyast.compare(entries, pyast.IN, again(), line),
                pyast.compare(after, pyast.NOT_IN, again(), line),
            ],
            line,
        )
        is_text = pyast.is_class(again(), "str", line)
        other = pyast.choose(is_text, pyast.float_length(again(), line), self.helper("length", again()), line)
        return pyast.choose(fits, count(), other, line)

    # concatenation

    def concat(self, node: nodes.Concat) -> ast.expr:
        """``a .. b .. c``."""
        self.charge(costs.CONCAT * len(node.operands))
        saved, self.line = self.line, self.operands_at(node.line, *node.operands)
        is_short = len(node.operands) <= _INLINE_OPERANDS
        made = self.short_concat(node.operands) if is_short else self.concat_call(node.operands)
        self.line = saved
        return made

    def concat_call(self, operands: tuple[nodes.Expression, ...]) -> ast.expr:
        return self.helper("concat", *[self.value(operand) for operand in operands])

    def short_concat(self, operands: tuple[nodes.Expression, ...]) -> ast.expr:
        """Strings and known numbers joined inline: ``a + b if they fit else concat(...)``."""
        line = self.line
        literals = [operand.value for operand in operands if isinstance(operand, nodes.String)]
        fixed = sum(map(len, literals))
        if len(literals) == len(operands) or fixed >= LONG_STRING:
            return self.concat_call(operands)
        pieces: list[Again] = []
        values: list[Again] = []
        unknown: list[tuple[ast.expr, Again]] = []
        for operand in operands:
            if self.is_number(operand):
                number, value = self.named(operand)  # what a metamethod gets
                once, again = self.hold(pyast.call("number_to_string", [number], line))
            else:
                once, again = self.named(operand)
                value = again
            pieces.append(again)
            values.append(value)
            if not isinstance(operand, nodes.String):
                unknown.append((once, again))
        tests: list[ast.expr] = []
        tested = [once for once, _ in unknown]
        if any(isinstance(once, ast.NamedExpr) for once in tested[1:]):
            # All operands are evaluated before any is tested.
            tests = [pyast.evaluated(once, line) for once in tested if isinstance(once, ast.NamedExpr)]
            tested = [again() for _, again in unknown]
        classes = [*(pyast.class_of(value, line) for value in tested), pyast.name("str", line)]
        same = [pyast.IS] * len(unknown)
        tests.append(ast.Compare(classes[0], list[ast.cmpop](same), classes[1:], lineno=line, col_offset=0))
        tests.extend(self.paid_text(fixed, [again for _, again in unknown]))
        joined = pieces[0]()
        for piece in pieces[1:]:
            joined = pyast.binary(joined, pyast.ADD, piece(), line)
        slow = self.helper("concat", *[value() for value in values])
        return pyast.choose(pyast.both(tests, line), joined, slow, line)

    def paid_text(self, fixed: int, strings: list[Again]) -> list[ast.expr]:
        """Tests that ``fixed`` bytes and ``strings`` are a short string, and that its bytes are left."""
        line = self.line
        self.store("alloc")
        size: ast.expr = pyast.constant(fixed, line)
        for again in strings:
            size = pyast.binary(size, pyast.ADD, pyast.length(again(), line), line)
        once, total = self.hold(size)
        price = pyast.binary(total(), pyast.ADD, pyast.constant(costs.STRING, line), line)
        left = pyast.walrus("alloc", pyast.binary(pyast.name("alloc", line), pyast.SUB, price, line), line)
        return [
            pyast.compare(once, _LESS, pyast.constant(LONG_STRING, line), line),
            pyast.either(
                [
                    pyast.compare(left, ast.GtE(), pyast.constant(0, line), line),
                    pyast.call("refilled", [self.run()], line),
                ],
                line,
            ),
        ]
