"""The syntax tree: what a script says, before its meaning is worked out.

The parser builds nodes; analysis and codegen read them. Nodes never change: whatever a later stage learns about a
node it keeps in a table of its own, keyed by the node (nodes compare and hash by identity).

``line`` and ``column`` count from 1. ``line`` is the line that Lua 5.1 would name in
an error at that operation: the ``(`` of a call, the last token of the right operand
of a binary operator, the last token of an index's key, or the operator, comma, bracket
or method's name behind it that makes Lua read it; the last token of an assignment. String values hold one
character per byte (latin-1), like every Lua string in this engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar, dataclass_transform

_Node = TypeVar("_Node")


@dataclass_transform(frozen_default=True, eq_default=False)
def _node(cls: type[_Node]) -> type[_Node]:
    """A frozen dataclass to the type checker; at run time frozen ones take 3.5 times as long to make."""
    return dataclass(slots=True, eq=False)(cls)


@_node
class Node:
    """Anything with a place in the source."""

    line: int
    column: int


class Expression(Node):
    """A node that yields values."""

    __slots__ = ()


class Statement(Node):
    """A node that is executed."""

    __slots__ = ()


@_node
class Block(Node):
    """A sequence of statements with a scope of its own (manual 2.4.2)."""

    statements: tuple[Statement, ...]


@_node
class Nil(Expression):
    """``nil``."""


@_node
class Boolean(Expression):
    """``true`` or ``false``."""

    value: bool


@_node
class Number(Expression):
    """A numeral's value."""

    value: float


@_node
class String(Expression):
    """A string literal's value."""

    value: str


@_node
class Vararg(Expression):
    """``...``."""


@_node
class Function(Expression):
    """``function (parameters) body end``; ``name`` serves tracebacks only ("" when anonymous)."""

    name: str
    parameters: tuple[str, ...]
    is_vararg: bool
    body: Block
    end_line: int


@_node
class Name(Expression):
    """A variable, local or global."""

    name: str


@_node
class Index(Expression):
    """``object[key]`` and ``object.key``."""

    object: Expression
    key: Expression


@_node
class Call(Expression):
    """``function(arguments)``."""

    function: Expression
    arguments: tuple[Expression, ...]


@_node
class MethodCall(Expression):
    """``object:method(arguments)``."""

    object: Expression
    method: str
    arguments: tuple[Expression, ...]


Step = Index | Call | MethodCall


@_node
class Chain(Expression):
    """The owner of the last step of a long chain such as ``a.b(c).d``: ``first``, and the steps behind it.

    The owner of each step is a Prior. Flat, so that a chain makes no tree high. The parser adds steps.
    """

    first: Expression
    steps: list[Step]


@_node
class Prior(Expression):
    """What a Chain's steps have come to; ``key`` is that of the step before, if it is an Index."""

    key: Expression | None


@_node
class Paren(Expression):
    """``(expression)`` around a call or ``...``: exactly one value. The parser drops other parentheses."""

    expression: Expression


@_node
class Operator:
    """One step of a left-associative chain: operator, its line and column, right operand."""

    symbol: str
    line: int
    column: int
    operand: Expression


@_node
class Arithmetic(Expression):
    """A left-associative chain, flat: ``first + a - b`` is ``first, (+ a), (- b)``.

    Symbols: + - * / %. One chain holds operators of one precedence level; ``^`` associates
    to the right, so it is a chain with a single operator whose operand may be another one.
    """

    first: Expression
    rest: tuple[Operator, ...]


@_node
class Comparison(Expression):
    """Also flat and left-associative. Symbols: == ~= < <= > >=."""

    first: Expression
    rest: tuple[Operator, ...]


@_node
class Concat(Expression):
    """``a .. b .. c``, flat, in source order (the operator associates to the right)."""

    operands: tuple[Expression, ...]


@_node
class Logical(Expression):
    """``and`` or ``or`` (``symbol``) over two or more operands, flat."""

    symbol: str
    operands: tuple[Expression, ...]


@_node
class Unary(Expression):
    """Symbols: ``-`` ``not`` ``#``."""

    symbol: str
    operand: Expression


@_node
class Field:
    """A table constructor's item: positional when ``key`` is None; ``end_line`` is that of its last token."""

    key: Expression | None
    value: Expression
    end_line: int


@_node
class Table(Expression):
    """``{fields}``."""

    fields: tuple[Field, ...]


@_node
class Local(Statement):
    """``local names = values``."""

    names: tuple[str, ...]
    values: tuple[Expression, ...]


@_node
class LocalFunction(Statement):
    """``local function name() end``; the body sees the name."""

    name: str
    function: Function


@_node
class Assign(Statement):
    """Targets are Name or Index. ``function a.b:c() end`` is an Assign whose function has ``self`` first."""

    targets: tuple[Expression, ...]
    values: tuple[Expression, ...]


@_node
class CallStatement(Statement):
    """A call for its effects; ``call`` is a Call or MethodCall."""

    call: Expression


@_node
class Do(Statement):
    """``do body end``."""

    body: Block


@_node
class While(Statement):
    """``while condition do body end``."""

    condition: Expression
    body: Block


@_node
class Repeat(Statement):
    """The condition sees the body's locals (manual 2.4.4)."""

    body: Block
    condition: Expression


@_node
class Branch:
    """An ``if`` or ``elseif`` with its block."""

    condition: Expression
    body: Block


@_node
class If(Statement):
    """``if``; ``orelse`` is None without ``else``."""

    branches: tuple[Branch, ...]
    orelse: Block | None


@_node
class NumericFor(Statement):
    """``for name = start, stop, step do body end``."""

    name: str
    start: Expression
    stop: Expression
    step: Expression | None
    body: Block


@_node
class GenericFor(Statement):
    """``for names in values do body end``."""

    names: tuple[str, ...]
    values: tuple[Expression, ...]
    body: Block


@_node
class Return(Statement):
    """``return values``."""

    values: tuple[Expression, ...]


@_node
class Break(Statement):
    """``break``."""


@_node
class Goto(Statement):
    """``goto label`` (Lua 5.2)."""

    label: str


@_node
class Label(Statement):
    """``::name::``."""

    name: str


@_node
class Chunk(Node):
    """A whole source file; its body is that of a vararg function. ``name`` is the chunk's display name."""

    name: str
    body: Block


_PARTS: Final[dict[type, Callable[[Any], Sequence[Any]]]] = {
    Block: lambda node: node.statements,
    Function: lambda node: (node.body,),
    Index: lambda node: (node.object, node.key),
    Call: lambda node: (node.function, *node.arguments),
    MethodCall: lambda node: (node.object, *node.arguments),
    Chain: lambda node: (node.first, *node.steps),
    Prior: lambda node: () if node.key is None else (node.key,),
    Paren: lambda node: (node.expression,),
    Operator: lambda node: (node.operand,),
    Arithmetic: lambda node: (node.first, *node.rest),
    Comparison: lambda node: (node.first, *node.rest),
    Concat: lambda node: node.operands,
    Logical: lambda node: node.operands,
    Unary: lambda node: (node.operand,),
    Field: lambda node: (node.value,) if node.key is None else (node.key, node.value),
    Table: lambda node: node.fields,
    Local: lambda node: node.values,
    LocalFunction: lambda node: (node.function,),
    Assign: lambda node: (*node.targets, *node.values),
    CallStatement: lambda node: (node.call,),
    Do: lambda node: (node.body,),
    While: lambda node: (node.condition, node.body),
    Repeat: lambda node: (node.body, node.condition),
    Branch: lambda node: (node.condition, node.body),
    If: lambda node: node.branches if node.orelse is None else (*node.branches, node.orelse),
    NumericFor: lambda node: (
        (node.start, node.stop, node.body) if node.step is None else (node.start, node.stop, node.step, node.body)
    ),
    GenericFor: lambda node: (*node.values, node.body),
    Return: lambda node: node.values,
    Chunk: lambda node: (node.body,),
}
"""The others have no parts."""


def children(node: Any) -> Sequence[Any]:
    """The nodes and parts of nodes right below one, in the order of its fields."""
    parts = _PARTS.get(node.__class__)
    return () if parts is None else parts(node)
