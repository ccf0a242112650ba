"""Speculation: expressions without guards, to be tried before the guarded form.

Input: an expression node. Output: an Attempt, whose Python expression has the node's value, or raises one of
GUARD_FAILURES and has changed nothing; None where there is no such form or no guard to save. Calls, constructors and
concatenation have no such form, since they could run Lua code or charge for work.

**Why it is right.** Statements emit ``try: x = attempt; except GuardFailure: x = guarded``. In CPython 3.11 a ``try``
costs nothing until something is raised, so the guards of the usual case are gone (matrix x 0.6), and the guarded
form, which knows strings as numbers, metatables and errors, starts again from the operands. An operand is needed in
one of two ways:

* as an *operand*, where only a number (or, of an index, a table) will do. Any other value makes Python raise TypeError:
  ``None * 2.0``, ``"2" * 2.0``, ``"x"["k"]``. So a field that only the metatable knows may be read as None. Where
  Python would accept a wrong pair (``"a" + "b"``) a unary plus, which costs 2 ns, refuses what is no number.
* as a *value*, where nil is as good as anything. A field that is not there is looked up in the metatable by
  ``operations.pure_index``, which raises TypeError if that would run Lua code or cost something.

Keys are numbers or short constants: finding a long string has a price, and only MetaTables hold long ones. A key that
may be a string is read from plain tables only.

**When it is wise.** An exception takes about 500 ns. So a field that a class may provide is not taken for granted, nor
tried where no function of the program gives it to an object, nor what a function that is ``__index`` may answer; and an
operator whose metamethod the program mentions is not tried on plain names. This is a guess about time alone.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from .. import costs
from ..analysis.kinds import BOOLEAN, NIL, NUMBER, STRING, TABLE
from ..analysis.scope import BOX
from ..runtime.values import LONG_STRING
from ..syntax import nodes
from . import expressions, operators, pyast
from .builder import FunctionBuilder

if TYPE_CHECKING:
    from collections.abc import Callable


MAX_NODES: Final = 40
"""Nodes of an attempt: its code comes on top of the guarded form's."""

SPARSE: Final = 100.0
"""A factor that keys are taken to lie so far apart by: a grid's rows are seldom full."""

_EVENTS: Final = {"+": "__add", "-": "__sub", "*": "__mul", "/": "__div", "%": "__mod", "^": "__pow"}
_ORDER: Final[dict[str, ast.cmpop]] = {"<": ast.Lt(), "<=": ast.LtE(), ">": ast.Gt(), ">=": ast.GtE()}
_SIGNS: Final[dict[str, ast.operator]] = {"+": ast.Add(), "-": ast.Sub(), "*": ast.Mult(), "/": ast.Div()}
_LE, _LESS = ast.LtE(), ast.Lt()


@dataclass(slots=True)
class Price:
    """What the calls of a library function cost: the length of new strings is added to ``bytes``."""

    instructions: int = 0
    bytes: int = 0
    texts: list[ast.expr] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Charged:
    """An expression, and by library function what is to be charged once it has its value."""

    value: ast.expr
    prices: dict[str, Price]


class Unsuited(Exception):
    """There is no form without guards."""


CallForm = Callable[..., ast.expr]
"""Emits a call of a library function: of an attempt and the arguments' nodes."""


class Attempt:
    """One expression without guards; ``prices`` are to be charged once it has its value."""

    def __init__(self, builder: FunctionBuilder, functions: Mapping[tuple[str, str, int], CallForm]) -> None:
        self.builder = builder
        self.kinds = builder.kinds
        self.events = builder.events
        self.saved = 0
        self.nodes = 0
        self.prices: dict[str, Price] = {}
        self.price = Price()
        """Of the function whose call is being emitted."""
        self.conditional = 0
        self.functions = functions
        self.own: nodes.Index | None = None
        """A field that must be the object's own: it is to be set."""

    # the ways to ask

    def value(self, node: nodes.Expression) -> ast.expr:
        """The node's value, nil included."""
        self.nodes += 1
        form = _FORMS.get(node.__class__)
        if form is None or self.nodes > MAX_NODES:
            raise Unsuited
        return form(self, node)

    def operand(self, node: nodes.Expression) -> ast.expr:
        """The node's value where nil would not do."""
        if isinstance(node, nodes.Paren):
            return self.operand(node.expression)
        if isinstance(node, nodes.Index):
            self.nodes += 1
            may_inherit = "__index" in self.events and isinstance(node.key, nodes.String)
            return self.index(node, may_inherit and node is not self.own)
        return self.value(node)

    def test(self, node: nodes.Expression) -> ast.expr:
        """A Python truth."""
        line = self.builder.line
        if isinstance(node, nodes.Comparison) and len(node.rest) == 1:
            return self.compare(node)
        if isinstance(node, nodes.Unary) and node.symbol == "not":
            return pyast.negation(self.test(node.operand), line)
        if isinstance(node, nodes.Logical):
            first = self.test(node.operands[0])
            self.conditional += 1
            tests = [first, *(self.test(operand) for operand in node.operands[1:])]
            self.conditional -= 1
            return pyast.both(tests, line) if node.symbol == "and" else pyast.either(tests, line)
        if self.kinds.of(node) == BOOLEAN:
            return pyast.compare(self.value(node), pyast.IS, pyast.name("TRUE", line), line)
        return self.builder.truth(*self.mentions(self.value(node)))

    def is_number(self, node: nodes.Expression) -> bool:
        """Whether a node is surely a number once it has a value: arithmetic answers nothing else here."""
        if isinstance(node, nodes.Paren):
            return self.is_number(node.expression)
        if isinstance(node, (nodes.Call, nodes.MethodCall)):
            return self.is_numeric_call(node)
        is_operator = isinstance(node, nodes.Arithmetic) or (isinstance(node, nodes.Unary) and node.symbol != "not")
        return is_operator or self.kinds.of(node) == NUMBER

    def library_path(self, node: nodes.Expression) -> tuple[str, str] | None:
        """The library function that a call reaches."""
        if isinstance(node, nodes.MethodCall):
            return ("string", node.method) if self.builder.builtins.method(node.method) is not None else None
        fixed = expressions.fixed_function(self.builder, node.function) if isinstance(node, nodes.Call) else None
        return self.builder.builtins.path(fixed) if fixed is not None else None

    def is_numeric_call(self, node: nodes.Expression) -> bool:
        """Of a call that has a form: whether it answers a number."""
        path = self.library_path(node)
        return path is not None and (path[0] == "math" or path == ("string", "byte"))

    def is_short_text(self, node: nodes.Expression) -> bool:
        """Whether a node is a string that is compared at no price."""
        if isinstance(node, nodes.String):
            return len(node.value) < LONG_STRING
        return self.library_path(node) in (("string", "sub"), ("string", "char"), ("", "type"))

    def mentions(self, value: ast.expr) -> tuple[ast.expr, Callable[[], ast.expr]]:
        """The first mention and a maker of later ones. Nothing here changes a variable, so a load can be repeated."""
        line = self.builder.line
        if isinstance(value, ast.Name):
            return value, lambda: pyast.name(value.id, line)
        if isinstance(value, ast.Constant):
            return value, lambda: pyast.constant(value.value, line)
        return self.builder.hold(value)

    # names and fields

    def constant(self, node: nodes.Number | nodes.String) -> ast.expr:
        return pyast.constant(node.value, self.builder.line)

    def name(self, node: nodes.Name) -> ast.expr:
        builder = self.builder
        variable = builder.variable(node)
        if variable is not None:
            slot = pyast.name(variable.slot, builder.line)
            if variable.storage == BOX:
                return pyast.subscript(slot, pyast.constant(0, builder.line), builder.line)
            return slot
        cell = builder.builtins.global_cells.get(node.name)
        if cell is None:
            raise Unsuited
        return pyast.name(cell, builder.line)

    def field(self, node: nodes.Index) -> ast.expr:
        if self.builder.hosted and isinstance(node.key, nodes.String):
            raise Unsuited  # a request's headers are found by a function
        return self.index(node, self.builder.metatables)

    def index(self, node: nodes.Index, may_inherit: bool) -> ast.expr:
        """``o[k]``; ``may_inherit``: what is not there is looked up in the metatable."""
        builder, line = self.builder, self.builder.line
        if expressions.fixed_function(builder, node) is not None:
            raise Unsuited
        key = node.key
        short = isinstance(key, nodes.String) and len(key.value) < LONG_STRING
        if not self.is_likely_own(node):
            raise Unsuited
        if is_sparse(key):
            raise Unsuited
        o = self.operand(node.object)
        likely = not short and self.kinds.is_likely_number(key)
        if not short and not likely and not self.is_number(key):
            once, again = self.mentions(o)
            there = pyast.subscript(again(), self.value(key), line)
            return pyast.choose(pyast.is_plain(once, again(), False, line), there, pyast.guard_failure(line), line)
        self.saved += 1
        place = self.number(key) if likely else self.value(key)
        if not may_inherit:
            return pyast.subscript(o, place, line)
        once, again = self.mentions(o)
        key_once, key_again = self.mentions(place)
        found, found_again = builder.hold(pyast.subscript(once, key_once, line))
        absent = pyast.call("pure_index", [again(), key_again()], line)
        return pyast.choose(pyast.is_not_nil(found, line), found_again(), absent, line)

    def is_likely_own(self, node: nodes.Index) -> bool:
        """Whether a field may be expected in the table itself, where the program has classes and proxies."""
        if isinstance(node.key, nodes.String):
            return "__index" not in self.events or node.key.value in self.kinds.found.fields
        return not self.builder.computes or self.kinds.of(node.object) == TABLE

    # operators

    def doubtful(self, event: str, *operands: nodes.Expression) -> None:
        """A plain name may well be an object if the program has such a metamethod."""
        if event in self.events and any(
            isinstance(operand, nodes.Name) and not self.is_number(operand) for operand in operands
        ):
            raise Unsuited

    def arithmetic(self, node: nodes.Arithmetic) -> ast.expr:
        left, known = self.operand(node.first), self.is_number(node.first)
        before: nodes.Expression = node.first
        for operator in node.rest:
            self.doubtful(_EVENTS[operator.symbol], before, operator.operand)
            left = self.operate(left, known, operator)
            before, known = node, True
        return left

    def operate(self, left: ast.expr, known: bool, operator: nodes.Operator) -> ast.expr:
        line = self.builder.line
        right, right_known = self.operand(operator.operand), self.is_number(operator.operand)
        symbol = operator.symbol
        self.saved += not (known and self.kinds.of(operator.operand) == NUMBER)
        if symbol == "^":
            return pyast.call("power", [left, right], line)
        if symbol == "%":  # luai_nummod, see operators.fast_arithmetic
            a_once, a = self.mentions(left)
            b_once, b = self.mentions(right)
            quotient = pyast.binary(a(), _SIGNS["/"], b_once, line)
            floor = pyast.binary(quotient, ast.FloorDiv(), pyast.constant(1.0, line), line)
            return pyast.binary(a_once, pyast.SUB, pyast.binary(floor, _SIGNS["*"], b(), line), line)
        if symbol == "+" and not known and not right_known:
            left = pyast.positive(left, line)
        return pyast.binary(left, _SIGNS[symbol], right, line)

    def unary(self, node: nodes.Unary) -> ast.expr:
        line = self.builder.line
        if node.symbol == "not":
            return self.truth_value(node)
        if node.symbol == "-":
            self.doubtful("__unm", node.operand)
            self.saved += not self.is_number(node.operand)
            return pyast.opposite(self.operand(node.operand), line)
        once, again = self.mentions(self.operand(node.operand))
        if self.kinds.of(node.operand) == STRING:
            return pyast.float_length(once, line)
        return operators.length_of(self.builder, once, again, pyast.guard_failure(line))

    def truth_value(self, node: nodes.Expression) -> ast.expr:
        return operators.truth_value(self.builder, self.test(node))

    def logical(self, node: nodes.Logical) -> ast.expr:
        """Two operands."""
        if len(node.operands) != 2:
            raise Unsuited
        line = self.builder.line
        one, two = node.operands
        once, again = self.mentions(self.value(one))
        test = self.builder.truth(once, again)
        self.conditional += 1
        other = self.value(two)
        self.conditional -= 1
        return (
            pyast.choose(test, other, again(), line)
            if node.symbol == "and"
            else pyast.choose(test, again(), other, line)
        )

    def compare(self, node: nodes.Comparison) -> ast.expr:
        line = self.builder.line
        left, operator = node.first, node.rest[0]
        right = operator.operand
        if operator.symbol in _ORDER:
            self.doubtful("__lt", left, right)
            self.doubtful("__le", left, right)
            sign = _ORDER[operator.symbol]
            one, two = self.operand(left), self.operand(right)
            known = self.is_number(left), self.is_number(right)
            if any(known):
                self.saved += not all(known)
                return pyast.compare(one, sign, two, line)
            a_once, a = self.mentions(one)
            b_once, b = self.mentions(two)
            floats = pyast.both_class(a_once, b_once, "float", line)
            texts = pyast.both_class(a(), b(), "str", line)
            short = pyast.compare(pyast.length(a(), line), ast.Lt(), pyast.constant(LONG_STRING, line), line)
            fits = pyast.either([floats, pyast.both([texts, short], line)], line)
            return pyast.choose(fits, pyast.compare(a(), sign, b(), line), pyast.guard_failure(line), line)
        equal = operator.symbol == "=="
        if isinstance(left, (nodes.Number, nodes.String, nodes.Nil, nodes.Boolean)):
            left, right = right, left
        if isinstance(left, (nodes.Number, nodes.String, nodes.Nil, nodes.Boolean)):
            raise Unsuited
        is_text = self.is_short_text(left) or self.is_short_text(right)
        if isinstance(right, (nodes.Nil, nodes.Boolean)) or {self.kinds.of(left), self.kinds.of(right)} & {
            NIL,
            BOOLEAN,
        }:
            sign = pyast.IS if equal else pyast.IS_NOT
        elif is_text or self.is_number(left) or self.is_number(right):
            sign = ast.Eq() if equal else ast.NotEq()
        else:
            return self.unknown_equality(left, right, equal)
        return pyast.compare(self.value(left), sign, self.value(right), line)

    def unknown_equality(self, left: nodes.Expression, right: nodes.Expression, equal: bool) -> ast.expr:
        """As the guarded form does it, with a helper that may not charge or call."""
        line = self.builder.line
        if "__eq" in self.events:
            raise Unsuited
        a_once, a = self.builder.hold(self.value(left))
        b_once, b = self.builder.hold(self.value(right))
        short = pyast.compare(pyast.length(a(), line), ast.Lt(), pyast.constant(LONG_STRING, line), line)
        text = pyast.both([pyast.is_class(a(), "str", line), short], line)
        plain = pyast.either([pyast.is_class(a(), "float", line), text], line)
        result: ast.expr = pyast.choose(
            pyast.both([pyast.compare(a_once, pyast.IS_NOT, b_once, line), plain], line),
            pyast.compare(a(), ast.Eq(), b(), line),
            pyast.call("pure_equal", [a(), b()], line),
            line,
        )
        return result if equal else pyast.negation(result, line)

    # library functions

    def number(self, node: nodes.Expression) -> ast.expr:
        """An operand that is a number: text would pass where texts can be compared."""
        operand = self.operand(node)
        line = self.builder.line
        return operand if self.is_number(node) else pyast.positive(operand, line)

    def call(self, node: nodes.Call | nodes.MethodCall) -> ast.expr:
        path = self.library_path(node)
        if path is None:
            raise Unsuited
        receiver = (node.object,) if isinstance(node, nodes.MethodCall) else ()
        return self.library(path, (*receiver, *node.arguments))

    def library(self, path: tuple[str, str], arguments: tuple[nodes.Expression, ...]) -> ast.expr:
        """Functions of a fixed price, which is due only if the call is reached."""
        form = self.functions.get((*path, len(arguments)))
        if form is None or self.conditional:
            raise Unsuited
        name = ".".join(path).strip(".")
        outer, self.price = self.price, self.prices.setdefault(name, Price())
        self.price.instructions += costs.LIBRARY[name]
        self.saved += 1
        made = form(self, *arguments)
        self.price = outer
        return made


_FORMS: Final[Mapping[type, Callable[[Attempt, Any], ast.expr]]] = {
    nodes.Number: Attempt.constant,
    nodes.String: Attempt.constant,
    nodes.Nil: lambda self, node: pyast.nil(self.builder.line),
    nodes.Boolean: lambda self, node: pyast.name("TRUE" if node.value else "FALSE", self.builder.line),
    nodes.Paren: lambda self, node: self.value(node.expression),
    nodes.Name: Attempt.name,
    nodes.Index: Attempt.field,
    nodes.Arithmetic: Attempt.arithmetic,
    nodes.Unary: Attempt.unary,
    nodes.Comparison: Attempt.truth_value,
    nodes.Logical: Attempt.logical,
    nodes.Call: Attempt.call,
    nodes.MethodCall: Attempt.call,
}


def is_sparse(key: nodes.Expression) -> bool:
    """``i * 1000 + j``: numbers that most likely lie scattered, which an attempt does not find (see hash_defence)."""
    if not isinstance(key, nodes.Arithmetic):
        return isinstance(key, nodes.Paren) and is_sparse(key.expression)
    factors = [key.first, *(o.operand for o in key.rest)] if any(o.symbol == "*" for o in key.rest) else []
    wide = any(isinstance(factor, nodes.Number) and factor.value >= SPARSE for factor in factors)
    return wide or is_sparse(key.first)


def is_negative(node: nodes.Expression) -> bool:
    """``-1``, ``-n``."""
    return (isinstance(node, nodes.Unary) and node.symbol == "-") or (
        isinstance(node, nodes.Number) and node.value < 0.0
    )
