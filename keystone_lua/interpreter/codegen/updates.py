"""Assignments to places that the same statement reads: ``o[k] = o[k] + v`` and exchanges.

Input: an assignment, and what emits it with all guards. Output: the statement tried without them, the other in the
handler; or False, and nothing is emitted.

A field that a table was found to have itself is set whatever its metatable says, and is no new entry (manual 2.8). So
these places are not looked for a second time. A value that is not there, or that only a metatable knows, reads as nil
and ends the attempt before anything is changed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from ..analysis.kinds import NUMBER
from ..runtime.values import LONG_STRING
from ..syntax import nodes
from . import pyast, stores
from .builder import FunctionBuilder
from .speculated_calls import attempt

Emit = Callable[[], None]
"""Emits the statement with its guards."""


def untried(builder: FunctionBuilder, emit: Emit) -> list[ast.stmt]:
    """The statements of a handler, in which nothing is tried again."""
    outer, builder.out = builder.out, []
    left, builder.attempts_left = builder.attempts_left - 1, 0
    emit()
    builder.attempts_left = left
    made, builder.out = builder.finish(builder.out, builder.context), outer
    return made


def update(builder: FunctionBuilder, target: nodes.Index, value: nodes.Expression, emit: Emit) -> bool:
    """``o[k] = o[k] + v`` of a local o."""
    if (
        not isinstance(value, nodes.Arithmetic)
        or not isinstance(value.first, nodes.Index)
        or not stores.is_repeated(builder)
        or builder.variable(target.object) is None
        or not builder.is_simple(target.object)
        or not builder.is_simple(target.key)
        or not is_same(builder, target, value.first)
        or (fast := attempt(builder, value, own=value.first)) is None
        or fast.prices
    ):
        return False
    line = builder.line
    place = pyast.subscript(builder.value(target.object), builder.value(target.key), line, pyast.STORE)
    guarded = untried(builder, emit)
    builder.out.append(pyast.try_([pyast.assign(place, fast.value, line)], "GuardFailure", guarded, line))
    return True


def exchange(builder: FunctionBuilder, node: nodes.Assign, emit: Emit) -> bool:
    """``a[i], a[j] = a[j], a[i]``: two fields of locals, whose keys are numbers."""
    targets = [target for target in node.targets if isinstance(target, nodes.Index)]
    values = [value for value in node.values if isinstance(value, nodes.Index)]
    if (
        len(targets) != 2
        or len(values) != 2
        or len(node.targets) != 2
        or len(node.values) != 2
        or not builder.level.speculation
        or not stores.is_repeated(builder)
        or not is_same(builder, targets[0], values[1])
        or not is_same(builder, targets[1], values[0])
    ):
        return False
    line, mark = builder.line, builder.context.temporaries
    body: list[ast.stmt] = []
    places = []
    for target in targets:
        key = number_key(builder, target.key)
        if key is None or builder.variable(target.object) is None or not builder.is_simple(target.object):
            builder.context.temporaries = mark
            return False
        if not isinstance(key, (ast.Constant, ast.Name)):
            name = builder.stored_temporary()
            body.append(pyast.assign_name(name, key, line))
            key = pyast.name(name, line)
        places.append((target.object, key))

    def mention(place: int, context: ast.expr_context = pyast.LOAD) -> ast.expr:
        table, key = places[place]
        return pyast.subscript(builder.value(table), key, line, context)

    second, first = builder.stored_temporary(), builder.stored_temporary()
    absent = [pyast.is_nil(pyast.name(name, line), line) for name in (second, first)]
    body += [
        pyast.assign_name(second, mention(1), line),
        pyast.assign_name(first, mention(0), line),
        pyast.if_(pyast.either(absent, line), [pyast.statement(pyast.guard_failure(line), line)], [], line),
        pyast.assign(mention(1, pyast.STORE), pyast.name(first, line), line),
        pyast.assign(mention(0, pyast.STORE), pyast.name(second, line), line),
    ]
    builder.out.append(pyast.try_(body, "GuardFailure", untried(builder, emit), line))
    return True


def number_key(builder: FunctionBuilder, key: nodes.Expression) -> ast.expr | None:
    """A key that is a number, or fails; a short text. None for others."""
    line = builder.line
    if isinstance(key, nodes.Number) or (isinstance(key, nodes.String) and len(key.value) < LONG_STRING):
        return builder.value(key)
    if isinstance(key, nodes.Name) and builder.is_simple(key):
        made = builder.value(key)
        return made if builder.kinds.of(key) == NUMBER else pyast.positive(made, line)
    fast = attempt(builder, key, least=0) if isinstance(key, nodes.Arithmetic) else None
    return fast.value if fast is not None and not fast.prices else None


def is_same(builder: FunctionBuilder, one: nodes.Expression, other: nodes.Expression) -> bool:
    """Whether two expressions are the same place or key by their text: of locals, constants and sums of these."""
    if isinstance(one, (nodes.Number, nodes.String)):
        return type(one) is type(other) and one.value == other.value
    if isinstance(one, nodes.Index):
        return (
            isinstance(other, nodes.Index)
            and is_same(builder, one.object, other.object)
            and is_same(builder, one.key, other.key)
        )
    if isinstance(one, nodes.Arithmetic):
        return (
            isinstance(other, nodes.Arithmetic)
            and len(one.rest) == len(other.rest) == 1
            and one.rest[0].symbol == other.rest[0].symbol in ("+", "-")
            and is_same(builder, one.first, other.first)
            and is_same(builder, one.rest[0].operand, other.rest[0].operand)
        )
    variable = builder.variable(one)
    return variable is not None and variable is builder.variable(other)
