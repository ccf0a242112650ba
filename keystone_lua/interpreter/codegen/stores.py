"""Values put into names and tables, to Python ast.

Input: expressions, and the tables and keys that they are stored under.
Output: Python statements in the builder's ``out``.

Where an expression has a form without guards (see speculation) it is tried first. A field that is there is stored at
once; a new one after the charge for the entry. ``t[#t + 1] = v`` and ``table.insert(t, v)`` store behind the last
entry.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Final

from .. import costs
from ..analysis.kinds import ANY, NIL, NUMBER
from ..runtime.values import LONG_STRING
from ..syntax import nodes
from . import expressions, pyast
from .builder import FunctionBuilder
from .speculated_calls import attempt
from .speculation import Charged

TEXT: Final = "text"
"""A key that can be stored without a test: it is surely neither NaN nor -0."""

POSITION: Final = "position"
"""A counter from 1 or more on, ``#t + 1``: the very key that is stored."""

Mention = Callable[[ast.expr_context], ast.expr]
"""Makes a subscript, to be read or set."""

Place = tuple[ast.expr, ast.expr]
"""A target's table and key, both of which may be mentioned often."""


def put(builder: FunctionBuilder, identifier: str, value: ast.expr) -> None:
    """``NAME = value``."""
    builder.out.append(pyast.assign_name(builder.store(identifier), value, builder.line))


def put_away_value(builder: FunctionBuilder, node: nodes.Expression) -> ast.Name:
    """``t1 = value``; yields ``t1``."""
    name = builder.temporary()
    put_value(builder, name, node)
    return pyast.name(name, builder.line)


def put_away(builder: FunctionBuilder, value: ast.expr) -> ast.Name:
    """``t1 = value``; yields ``t1``."""
    name = builder.temporary()
    put(builder, name, value)
    return pyast.name(name, builder.line)


def put_value(builder: FunctionBuilder, identifier: str, node: nodes.Expression) -> None:
    """``NAME = value``; where guards can be saved that way, without them first (see speculation)."""
    fast = attempt(builder, node) if is_repeated(builder) else None
    if fast is None:
        put(builder, identifier, builder.value(node))
    else:
        put_attempt(builder, identifier, fast, builder.value(node))


def put_attempt(builder: FunctionBuilder, identifier: str, fast: Charged, guarded: ast.expr) -> None:
    """``try: NAME = fast; fuel -= price; except GuardFailure: NAME = guarded``."""
    body = attempted(builder, identifier, fast)
    builder.attempts_left -= 1
    builder.out.append(
        pyast.try_(body, "GuardFailure", [pyast.assign_name(identifier, guarded, builder.line)], builder.line)
    )


def attempted(builder: FunctionBuilder, identifier: str, fast: Charged) -> list[ast.stmt]:
    """``NAME = fast`` and what its library functions cost, each at a site that names it."""
    line = builder.line
    body: list[ast.stmt] = [pyast.assign_name(builder.store(identifier), fast.value, line)]
    for path, price in fast.prices.items():
        at = builder.at(builder.sites[line].line, is_call=True, inlined=path)
        amount: ast.expr = pyast.constant(price.bytes, at)
        for text in price.texts:
            amount = pyast.binary(amount, pyast.ADD, pyast.length(text, at), at)
        body.append(pyast.subtract(builder.store("fuel"), pyast.constant(price.instructions, at), at))
        if price.bytes:
            body.append(pyast.subtract(builder.store("alloc"), amount, at))
    return body


def is_repeated(builder: FunctionBuilder) -> bool:
    """Whether the current statement is worth trying: it may run more than once, and few have been tried so far."""
    return builder.attempts_left > 0 and (builder.context.nesting > 0 or builder.context.scope.parent is not None)


def key_kind(builder: FunctionBuilder, key: nodes.Expression) -> str:
    """TEXT, POSITION or what is known of the key's kind."""
    if isinstance(key, nodes.Name) and builder.variable(key) in builder.counters:
        return POSITION
    if isinstance(key, nodes.Arithmetic):
        first = key.first
        if (
            isinstance(first, nodes.Unary)
            and first.symbol == "#"
            and all(o.symbol == "+" and isinstance(o.operand, nodes.Number) for o in key.rest)
        ):
            return POSITION
    if isinstance(key, nodes.String):
        return TEXT if len(key.value) < LONG_STRING else ANY
    return builder.kinds.of(key)


def store_index(
    builder: FunctionBuilder,
    target: nodes.Index | nodes.Name,
    place: Place,
    value: ast.expr,
    kinds: tuple[str, str],
    line: int,
) -> None:
    """``o[k] = value``. All three are names or constants; ``kinds`` are the value's and the key's."""
    kind, key_kind = kinds
    described = target.object if isinstance(target, nodes.Index) else target
    saved, builder.line = builder.line, builder.operands_at(line, described)
    sure = isinstance(target, nodes.Name) and not builder.builtins.dynamic and len(target.name) < LONG_STRING
    is_list = key_kind != ANY and builder.kinds.is_likely_list(described)
    builder.out.extend(guarded_store(builder, place, value, kind not in (ANY, NIL), key_kind, sure, is_list))
    builder.line = saved


def guarded_store(
    builder: FunctionBuilder,
    place: Place,
    value: ast.expr,
    not_nil: bool,
    key_kind: str,
    sure: bool,
    is_list: bool,
) -> list[ast.stmt]:
    """Nil values, and new keys of unknown kinds, go to setindex. ``sure``: ``o`` is the globals' table."""
    line = builder.line
    o, k = place
    slow: list[ast.stmt] = [pyast.statement(builder.helper("setindex", o, k, value), line)]
    if isinstance(o, ast.Constant) or (isinstance(value, ast.Constant) and not not_nil):
        return slow
    store: list[ast.stmt] = [pyast.assign(pyast.subscript(o, k, line, pyast.STORE), value, line)]
    nil_test = [] if not_nil else [pyast.is_not_nil(value, line)]
    is_table = pyast.is_class(o, "Table", line) if is_text(k) else pyast.is_plain(o, o, is_list, line)
    plain = pyast.both([is_table, *nil_test], line)
    if key_kind not in (TEXT, NUMBER, POSITION):
        return [pyast.if_(plain, store_unknown(builder, place, value, store, slow), slow, line)]
    present = pyast.compare(k, pyast.IN, o, line)
    if not is_text(k) and not (isinstance(k, ast.Constant) and k.value == 1.0):
        new_number = store if key_kind == POSITION else zeroed_store(builder, place, value)
        next_to = has_neighbour(builder, place, key_kind == POSITION)
        is_next = pyast.either([next_to, begins_list(builder, place)], line)
        new = pyast.if_(is_next, [*entry_charge(builder), *new_number], slow, line)
        return [pyast.if_(plain, [pyast.if_(present, store, [new], line)], slow, line)]
    charge = entry_charge(builder) if is_text(k) else [*entry_charge(builder), *begin_list(builder, o)]
    body = [pyast.if_(pyast.compare(k, pyast.NOT_IN, o, line), charge, [], line), *store]
    if sure:
        return [pyast.if_(nil_test[0], body, slow, line)] if nil_test else body
    # A field that an object has already is set whatever its metatable says (manual 2.8, __newindex).
    own = pyast.both([pyast.is_class(o, "MetaTable", line), present, *nil_test], line)
    return [pyast.if_(plain, body, [pyast.if_(own, store, slow, line)], line)]


def has_neighbour(builder: FunctionBuilder, place: Place, is_position: bool = False) -> ast.expr:
    """A new number key is stored at once next to the one below it (see hash_defence), which NaN has not.

    From 1 on, that is: 1 may be lost in the subtraction from a fraction.
    """
    o, k = place
    line = builder.line
    below = pyast.compare(pyast.binary(k, pyast.SUB, pyast.constant(1.0, line), line), pyast.IN, o, line)
    if is_position:
        return below
    return pyast.both([pyast.compare(pyast.constant(1.0, line), ast.LtE(), k, line), below], line)


def begins_list(builder: FunctionBuilder, place: Place) -> ast.expr:
    """A new number key that is 1 is the first of a list."""
    o, k = place
    line = builder.line
    is_first = pyast.compare(k, ast.Eq(), pyast.constant(1.0, line), line)
    return pyast.both([is_first, pyast.is_class(o, "ListTable", line)], line)


def zeroed_store(builder: FunctionBuilder, place: Place, value: ast.expr) -> list[ast.stmt]:
    """``+ 0.0`` turns -0 into 0."""
    o, k = place
    line = builder.line
    zeroed = pyast.binary(k, pyast.ADD, pyast.constant(0.0, line), line)
    return [pyast.assign(pyast.subscript(o, zeroed, line, pyast.STORE), value, line)]


def begin_list(builder: FunctionBuilder, o: ast.expr) -> list[ast.stmt]:
    """``if not o: o.__class__ = ListTable``, before position 1 is stored."""
    line = builder.line
    kind = pyast.assign(pyast.class_of(o, line, pyast.STORE), pyast.name("ListTable", line), line)
    return [pyast.if_(pyast.negation(o, line), [kind], [], line)]


def entry_charge(builder: FunctionBuilder) -> list[ast.stmt]:
    """The bytes of a new key."""
    line = builder.line
    builder.store("alloc")
    charge = pyast.subtract("alloc", pyast.constant(costs.ENTRY, line), line)
    return [charge, builder.refuel_if(builder.is_negative("alloc"))]


def store_unknown(
    builder: FunctionBuilder, place: Place, value: ast.expr, store: list[ast.stmt], slow: list[ast.stmt]
) -> list[ast.stmt]:
    """A key that may be new and may be anything: short text and neighbours are charged here."""
    line = builder.line
    o, k = place
    if isinstance(k, ast.Constant):
        return slow
    short = pyast.compare(pyast.length(k, line), ast.Lt(), pyast.constant(LONG_STRING, line), line)
    new_text = pyast.both([pyast.is_class(k, "str", line), short, pyast.is_class(o, "Table", line)], line)
    is_next = pyast.either([has_neighbour(builder, place), begins_list(builder, place)], line)
    next_number = pyast.both([pyast.is_class(k, "float", line), is_next], line)
    new_number = [*entry_charge(builder), *zeroed_store(builder, place, value)]
    number = pyast.if_(next_number, new_number, slow, line)
    new = pyast.if_(new_text, [*entry_charge(builder), *store], [number], line)
    return [pyast.if_(pyast.compare(k, pyast.IN, o, line), store, [new], line)]


def insert(builder: FunctionBuilder, call: nodes.Call) -> None:
    """``table.insert(t, v)``: a new last entry, if the number of entries tells the end."""
    line = builder.line
    table, item = call.arguments
    t = put_away_value(builder, table)
    builder.take(call)
    given: ast.expr
    first: list[ast.stmt] = []
    if builder.kinds.is_single(item):
        given = v = put_away_value(builder, item)
    else:
        several = put_away(builder, expressions.spread(builder, item))
        v = pyast.name(builder.stored_temporary(), line)
        first.append(pyast.assign(pyast.targets([v.id], line), several, line))  # raises unless it is one value
        given = pyast.starred(several, line)
    function = builder.value(call.function)
    at = builder.line = builder.call_at(call, "table.insert")
    slow = pyast.call_value(function, [builder.depth(bool(first)), t, given], at)
    price = pyast.subtract(builder.store("fuel"), pyast.constant(costs.LIBRARY["table.insert"], at), at)
    body = [*first, *appended(builder, t, v, [price])]
    builder.out.append(pyast.try_(body, "GuardFailure", [pyast.statement(slow, at)], at))
    builder.line = line


def appended(builder: FunctionBuilder, t: ast.Name, v: ast.expr, price: list[ast.stmt]) -> list[ast.stmt]:
    """Statements that store ``v`` behind the last entry of ``t`` or, before anything is done, raise a GuardFailure.

    Of a list the length is the end. Of another table two lookups tell that the number of entries n is a border:
    t[n + 1] is nil and t[n] is not.
    """
    line = builder.line
    place = builder.stored_temporary()

    def key() -> ast.expr:
        return pyast.name(place, line)

    one = pyast.constant(1.0, line)
    end = pyast.binary(pyast.length(t, line), pyast.ADD, one, line)
    before = pyast.compare(pyast.binary(key(), pyast.SUB, one, line), pyast.NOT_IN, t, line)
    not_first = pyast.compare(key(), ast.NotEq(), one, line)
    unfit: list[ast.expr] = [
        pyast.compare(pyast.class_of(t, line), pyast.IS_NOT, pyast.name("Table", line), line),
        pyast.compare(key(), pyast.IN, t, line),
        pyast.both([before, not_first], line),
    ]
    other = pyast.if_(
        pyast.either(unfit, line), [pyast.statement(pyast.guard_failure(line), line)], begin_list(builder, t), line
    )
    not_list = pyast.compare(pyast.class_of(t, line), pyast.IS_NOT, pyast.name("ListTable", line), line)
    none = pyast.if_(pyast.is_nil(v, line), [pyast.statement(pyast.guard_failure(line), line)], [], line)
    return [
        pyast.assign_name(place, end, line),
        *([none] if not isinstance(v, ast.Constant) else []),
        pyast.if_(not_list, [other], [], line),
        *price,
        *entry_charge(builder),
        pyast.assign(pyast.subscript(t, key(), line, pyast.STORE), v, line),
    ]


def is_text(key: ast.expr) -> bool:
    """A string constant."""
    return isinstance(key, ast.Constant) and isinstance(key.value, str)
