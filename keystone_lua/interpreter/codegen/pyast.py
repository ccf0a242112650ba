"""Short constructors for the Python ast nodes that the compiler builds.

Every node's ``lineno`` is a site (see tracebacks), never a line of text. Identifiers are the
compiler's own slots and helper names; script text enters as constants only.

The kinds that there are most of are classes of their own, with slots: one takes a third of the time and memory of what
``ast`` makes. They have the names of ast's, by which visitors and ``ast.unparse`` find their methods.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Final

LOAD = ast.Load()
STORE = ast.Store()
IS, IS_NOT, IN, NOT_IN = ast.Is(), ast.IsNot(), ast.In(), ast.NotIn()
ADD, SUB = ast.Add(), ast.Sub()
AND, OR = ast.And(), ast.Or()
NOT, NEGATE, POSITIVE = ast.Not(), ast.USub(), ast.UAdd()
NO_KEYWORDS: Final[list[ast.keyword]] = []
"""Of all calls: nobody changes it."""


class Name(ast.Name):
    """``NAME``, read unless said otherwise."""

    __slots__ = ("ctx", "id", "lineno")
    col_offset = 0

    def __init__(self, identifier: str, at: int, context: ast.expr_context = LOAD) -> None:
        self.id = identifier
        self.ctx = context
        self.lineno = at


class Constant(ast.Constant):
    """A literal."""

    __slots__ = ("lineno", "value")
    col_offset = 0

    def __init__(self, value: object, at: int) -> None:
        self.value = value  # type: ignore[assignment]
        self.lineno = at


class Call(ast.Call):
    """``function(arguments)``."""

    __slots__ = ("args", "func", "lineno")
    col_offset = 0
    keywords = NO_KEYWORDS

    def __init__(self, function: ast.expr, arguments: Sequence[ast.expr], at: int) -> None:
        self.func = function
        self.args = list(arguments)
        self.lineno = at


class LuaCall(Call):
    """A call of whatever a script's expression answers: it may be a function of the script's (see twins)."""

    __slots__ = ()


class Attribute(ast.Attribute):
    """``value.NAME``."""

    __slots__ = ("attr", "ctx", "lineno", "value")
    col_offset = 0

    def __init__(self, value: ast.expr, attribute: str, at: int, context: ast.expr_context = LOAD) -> None:
        self.value = value
        self.attr = attribute
        self.ctx = context
        self.lineno = at


class Subscript(ast.Subscript):
    """``value[key]``."""

    __slots__ = ("ctx", "lineno", "slice", "value")
    col_offset = 0

    def __init__(self, value: ast.expr, key: ast.expr, at: int, context: ast.expr_context = LOAD) -> None:
        self.value = value
        self.slice = key
        self.ctx = context
        self.lineno = at


class NamedExpr(ast.NamedExpr):
    """``(NAME := value)``."""

    __slots__ = ("lineno", "target", "value")
    col_offset = 0

    def __init__(self, identifier: str, value: ast.expr, at: int) -> None:
        self.target = Name(identifier, at, STORE)
        self.value = value
        self.lineno = at


class IfExp(ast.IfExp):
    """``body if test else orelse``."""

    __slots__ = ("body", "lineno", "orelse", "test")
    col_offset = 0

    def __init__(self, test: ast.expr, body: ast.expr, orelse: ast.expr, at: int) -> None:
        self.test = test
        self.body = body
        self.orelse = orelse
        self.lineno = at


class Compare(ast.Compare):
    """``left operator value operator ...``."""

    __slots__ = ("comparators", "left", "lineno", "ops")
    col_offset = 0

    def __init__(self, left: ast.expr, operators: list[ast.cmpop], values: list[ast.expr], at: int) -> None:
        self.left = left
        self.ops = operators
        self.comparators = values
        self.lineno = at


class BoolOp(ast.BoolOp):
    """Values joined by ``and`` or ``or``."""

    __slots__ = ("lineno", "op", "values")
    col_offset = 0

    def __init__(self, operator: ast.boolop, values: list[ast.expr], at: int) -> None:
        self.op = operator
        self.values = values
        self.lineno = at


class UnaryOp(ast.UnaryOp):
    """``operator value``."""

    __slots__ = ("lineno", "op", "operand")
    col_offset = 0

    def __init__(self, operator: ast.unaryop, operand: ast.expr, at: int) -> None:
        self.op = operator
        self.operand = operand
        self.lineno = at


class BinOp(ast.BinOp):
    """``left operator right`` of arithmetic."""

    __slots__ = ("left", "lineno", "op", "right")
    col_offset = 0

    def __init__(self, left: ast.expr, operator: ast.operator, right: ast.expr, at: int) -> None:
        self.left = left
        self.op = operator
        self.right = right
        self.lineno = at


class Assign(ast.Assign):
    """``target = value``."""

    __slots__ = ("lineno", "targets", "value")
    col_offset = 0

    def __init__(self, to: ast.expr, value: ast.expr, at: int) -> None:
        self.targets = [to]
        self.value = value
        self.lineno = at


class AugAssign(ast.AugAssign):
    """``target operator= value``."""

    __slots__ = ("lineno", "op", "target", "value")
    col_offset = 0

    def __init__(self, to: ast.Name | ast.Subscript, operator: ast.operator, value: ast.expr, at: int) -> None:
        self.target = to
        self.op = operator
        self.value = value
        self.lineno = at


class Expr(ast.Expr):
    """An expression as a statement."""

    __slots__ = ("lineno", "value")
    col_offset = 0

    def __init__(self, value: ast.expr, at: int) -> None:
        self.value = value
        self.lineno = at


name = Name
constant = Constant
lua_call = LuaCall
call_value = Call
subscript = Subscript
attribute = Attribute
walrus = NamedExpr
choose = IfExp
comparison = Compare
binary = BinOp
assign = Assign
augment = AugAssign
statement = Expr


def target(identifier: str, at: int) -> ast.Name:
    """``NAME``, assigned."""
    return Name(identifier, at, STORE)


def nil(at: int) -> ast.Constant:
    """``None``, which is Lua's nil."""
    return constant(None, at)


def call(function: str, arguments: Sequence[ast.expr], at: int) -> ast.Call:
    """``FUNCTION(arguments)`` of a name."""
    return Call(Name(function, at), arguments, at)


def method(value: ast.expr, attribute: str, arguments: Sequence[ast.expr], at: int) -> ast.Call:
    """``value.attribute(arguments)``."""
    return Call(Attribute(value, attribute, at), arguments, at)


def compare(left: ast.expr, operator: ast.cmpop, right: ast.expr, at: int) -> ast.Compare:
    """``left operator right``."""
    return Compare(left, [operator], [right], at)


def class_of(value: ast.expr, at: int, context: ast.expr_context = LOAD) -> ast.Attribute:
    """``value.__class__``."""
    return Attribute(value, "__class__", at, context)


def is_nil(value: ast.expr, at: int) -> ast.Compare:
    """``value is None``."""
    return compare(value, IS, nil(at), at)


def is_not_nil(value: ast.expr, at: int) -> ast.Compare:
    """``value is not None``."""
    return compare(value, IS_NOT, nil(at), at)


def evaluated(value: ast.expr, at: int) -> ast.Compare:
    """A test that is always true, for the sake of evaluating ``value`` here."""
    return compare(value, IS_NOT, name("ABSENT", at), at)


def within(low: ast.expr, signs: Sequence[ast.cmpop], value: ast.expr, high: ast.expr, at: int) -> ast.Compare:
    """``low sign value sign high``."""
    return Compare(low, list(signs), [value, high], at)


def is_class(value: ast.expr, class_name: str, at: int) -> ast.Compare:
    """``value.__class__ is NAME``."""
    return compare(class_of(value, at), IS, name(class_name, at), at)


def is_plain(once: ast.expr, again: ast.expr, is_list: bool, at: int) -> ast.expr:
    """Whether a value is a table without a metatable; ``is_list``: a ListTable, most likely."""
    one, two = ("ListTable", "Table") if is_list else ("Table", "ListTable")
    return either([is_class(once, one, at), is_class(again, two, at)], at)


def both_class(left: ast.expr, right: ast.expr, class_name: str, at: int) -> ast.Compare:
    """``left.__class__ is right.__class__ is NAME``."""
    return within(class_of(left, at), [IS, IS], class_of(right, at), name(class_name, at), at)


def both(values: Sequence[ast.expr], at: int) -> ast.expr:
    """``values`` joined by ``and``."""
    return BoolOp(AND, list(values), at) if len(values) > 1 else values[0]


def either(values: Sequence[ast.expr], at: int) -> ast.expr:
    """``values`` joined by ``or``."""
    return BoolOp(OR, list(values), at) if len(values) > 1 else values[0]


def negation(value: ast.expr, at: int) -> ast.expr:
    """``not value``."""
    return UnaryOp(NOT, value, at)


def opposite(value: ast.expr, at: int) -> ast.UnaryOp:
    """``-value``."""
    return UnaryOp(NEGATE, value, at)


def length(value: ast.expr, at: int) -> ast.Call:
    """``len(value)``."""
    return call("len", [value], at)


def float_length(value: ast.expr, at: int) -> ast.BinOp:
    """``len(value) + 0.0``, which takes half the time of ``float(len(value))``."""
    return binary(length(value, at), ADD, constant(0.0, at), at)


def first_of(identifier: str, at: int) -> ast.IfExp:
    """The first value of a tuple: ``NAME[0] if NAME else None``."""
    return choose(name(identifier, at), subscript(name(identifier, at), constant(0, at), at), nil(at), at)


def list_of(values: Sequence[ast.expr], at: int) -> ast.List:
    """``[values]``."""
    return ast.List(list(values), LOAD, lineno=at, col_offset=0)


def tuple_of(values: Sequence[ast.expr], at: int) -> ast.Tuple:
    """``(values,)``."""
    return ast.Tuple(list(values), LOAD, lineno=at, col_offset=0)


def starred(value: ast.expr, at: int) -> ast.Starred:
    """``*value``."""
    return ast.Starred(value, LOAD, lineno=at, col_offset=0)


def targets(identifiers: Sequence[str], at: int) -> ast.Tuple:
    """``(NAMES,)``, assigned."""
    return ast.Tuple([target(identifier, at) for identifier in identifiers], STORE, lineno=at, col_offset=0)


def assign_name(identifier: str, value: ast.expr, at: int) -> ast.Assign:
    """``NAME = value``."""
    return assign(target(identifier, at), value, at)


def subtract(identifier: str, value: ast.expr, at: int) -> ast.AugAssign:
    """``NAME -= value``."""
    return AugAssign(Name(identifier, at, STORE), SUB, value, at)


def if_(test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt], at: int) -> ast.If:
    """``if``; ``orelse`` may be empty."""
    return ast.If(test, body, orelse, lineno=at, col_offset=0)


def try_(body: list[ast.stmt], exceptions: str, handler: list[ast.stmt], at: int) -> ast.Try:
    """``try: body; except EXCEPTIONS: handler``."""
    caught = ast.ExceptHandler(name(exceptions, at), None, handler, lineno=at, col_offset=0)
    return ast.Try(body, [caught], [], [], lineno=at, col_offset=0)


def positive(value: ast.expr, at: int) -> ast.UnaryOp:
    """``+value``: a float as it is, TypeError for any other value."""
    return UnaryOp(POSITIVE, value, at)


def guard_failure(at: int) -> ast.UnaryOp:
    """``+None``, which raises TypeError."""
    return positive(nil(at), at)


def while_(test: ast.expr, body: list[ast.stmt], at: int) -> ast.While:
    """``while test``."""
    return ast.While(test, body, [], lineno=at, col_offset=0)


def for_(to: ast.expr, iterator: ast.expr, body: list[ast.stmt], at: int) -> ast.For:
    """``for to in iterator``."""
    return ast.For(to, iterator, body, [], None, lineno=at, col_offset=0)


def break_(at: int) -> ast.Break:
    """``break``."""
    return ast.Break(lineno=at, col_offset=0)


def continue_(at: int) -> ast.Continue:
    """``continue``."""
    return ast.Continue(lineno=at, col_offset=0)


def return_(value: ast.expr, at: int) -> ast.Return:
    """``return value``."""
    return ast.Return(value, lineno=at, col_offset=0)


def nonlocal_(names: list[str], at: int) -> ast.Nonlocal:
    """``nonlocal names``."""
    return ast.Nonlocal(names, lineno=at, col_offset=0)


def function(
    identifier: str,
    parameters: Sequence[str],
    optional: int,
    vararg: str | None,
    body: list[ast.stmt],
    at: int,
) -> ast.FunctionDef:
    """``def``; the last ``optional`` parameters default to None."""
    arguments = ast.arguments(
        posonlyargs=[],
        args=[ast.arg(p, None, lineno=at, col_offset=0) for p in parameters],
        vararg=ast.arg(vararg, None, lineno=at, col_offset=0) if vararg else None,
        kwonlyargs=[],
        kw_defaults=[],
        kwarg=None,
        defaults=[constant(None, at)] * optional,
    )
    definition = ast.FunctionDef(identifier, arguments, body, [], None, None, lineno=at, col_offset=0)
    definition.type_params = []  # type: ignore[attr-defined,unused-ignore]  # a field from 3.12 on
    return definition


class TextsApart(ast.NodeTransformer):
    """Puts names in place of texts that CPython would intern as constants, as it does with what looks like a name."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        """By text."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        """A text becomes a name."""
        if node.value.__class__ is str and _INTERNED(node.value):
            return name(self.names.setdefault(node.value, f"_k{len(self.names)}"), node.lineno)
        return node


_INTERNED: Final = re.compile(r"[A-Za-z0-9_]{2,}", re.ASCII).fullmatch
