"""Table constructors to Python ast.

Input: Table nodes. Output: an expression that makes the table. A nil or NaN key is an error at run
time, of operations.

Positions and constant keys become one dict display, whose Table loses its nils afterwards if there may be some; up to
three fields are given to a function that stores them one by one, which takes less time than to copy a dict. If a key
is computed, operations stores all fields, in order. The price of the table and its entries is in the segment; where
the constructor may not be reached, it is paid on the spot instead. Hundreds of fields are a nested function's
statements, since CPython's compiler keeps a display on its stack.
"""

from __future__ import annotations

import ast
from typing import Final

from ..analysis.kinds import BOOLEAN, NUMBER, TRUE_KINDS
from ..analysis.pricing import constant_keys
from ..runtime.array_part import size_of_operand
from ..syntax import nodes
from ..syntax.control_flow import MULTI
from . import expressions, pyast
from .builder import Again, FunctionBuilder, Maker

MAX_FIELDS: Final = 200
MAX_KEYED: Final = 100
"""Fields of one Python expression, with constant keys and with computed ones."""

MAX_RECORD: Final = 3
"""Fields that operations' record functions know."""

NEVER_BAD: Final = frozenset({*TRUE_KINDS, BOOLEAN} - {NUMBER})
"""Kinds of keys that are neither nil nor NaN."""

MAX_TESTED: Final = 8
"""Fields that are tested one by one for nil, at 5 ns each; looking over a table takes 250."""


def constructor(builder: FunctionBuilder, node: nodes.Table) -> ast.expr:
    """``{...}``, with its price and what the last field spreads."""
    fields = node.fields
    line = builder.line
    builder.take(node)
    last = fields[-1].value if fields and fields[-1].key is None else None
    spreads = isinstance(last, MULTI) and not builder.kinds.is_single(last)
    items = fields[:-1] if spreads else fields
    size = builder.pricing.tables[node]  # keyed_table charges other entries as it stores them
    if builder.conditional:
        paid = pyast.call("paid", [builder.run(), pyast.constant(size, line)], line)
        made: ast.expr = pyast.tuple_of([paid, field_list(builder, node, items)], line)
        made = pyast.subscript(made, pyast.constant(1, line), line)
    else:
        builder.charge(0, size)
        made = field_list(builder, node, items)
    if last is not None and spreads:
        start = pyast.constant(sum(item.key is None for item in items) + 1.0, line)
        made = pyast.call("table_of", [builder.run(), made, start, expressions.spread(builder, last)], line)
    return made


def field_list(builder: FunctionBuilder, node: nodes.Table, items: tuple[nodes.Field, ...]) -> ast.expr:
    """A new table with the fields that do not spread."""
    line = builder.line
    is_list = all(item.key is None for item in items)
    if not items:
        begins = is_list and (node in builder.kinds.lists or bool(node.fields))  # with what a call or `...` gives
        return pyast.call("ListTable" if begins else "Table", (), line)
    keys = constant_keys(items)
    if keys is None:
        return keyed(builder, node, items)
    may_be_nil = [builder.kinds.of(item.value) not in (*TRUE_KINDS, BOOLEAN) for item in items]
    if len(items) > MAX_FIELDS:
        return many_fields(builder, keys, items, any(may_be_nil))
    made_keys = [pyast.constant(key, line) for key in keys]
    values = [builder.value(item.value) for item in items]
    if len(items) <= MAX_RECORD - (not any(may_be_nil)) and len(set(keys)) == len(keys):
        if is_list:
            return pyast.call(f"positions{len(items)}", [builder.run(), *values], line)
        if sum(item.key is None for item in items) < 2 or not any(may_be_nil):
            pairs = [part for pair in zip(made_keys, values, strict=True) for part in pair]
            return pyast.call(f"record{len(items)}", pairs, line)
    tests: list[ast.expr] = []
    if len(items) <= MAX_TESTED:
        for place, (value, may_be) in enumerate(zip(values, may_be_nil, strict=True)):
            if may_be:
                values[place], again = builder.hold(value)
                tests.append(pyast.is_not_nil(again(), line))
    display = ast.Dict([*made_keys], values, lineno=line, col_offset=0)
    made = pyast.call("ListTable" if is_list else "Table", [display], line)
    if not tests:
        return without_nil(builder, made, any(may_be_nil), items)
    once, table = builder.hold(made)
    full = pyast.both([pyast.is_not_nil(once, line), *tests], line)
    return pyast.choose(full, table(), without_nil(builder, table(), True, items), line)


def without_nil(builder: FunctionBuilder, made: ast.expr, maybe_nil: bool, items: tuple[nodes.Field, ...]) -> ast.expr:
    """The table, from which nils are removed if there may be some."""
    if not maybe_nil:
        return made
    named = size_of_operand(sum(item.key is not None for item in items))
    sizes = [pyast.constant(size, builder.line) for size in (array_size(items), named)]
    return pyast.call("without_nil", [builder.run(), made, *sizes], builder.line)


def many_fields(
    builder: FunctionBuilder, keys: list[float | str], items: tuple[nodes.Field, ...], maybe_nil: bool
) -> ast.expr:
    """Hundreds of fields: a nested function that fills the table piece by piece."""

    def body() -> None:
        line = builder.line
        result = builder.stored_temporary()
        builder.out.append(pyast.assign_name(result, pyast.call("Table", (), line), line))
        for key, item in zip(keys, items, strict=True):
            mark = builder.context.temporaries
            value = builder.value(item.value)
            where = pyast.subscript(pyast.name(result, line), pyast.constant(key, line), line, pyast.STORE)
            builder.out.append(pyast.assign(where, value, line))
            builder.context.temporaries = mark
        builder.out.append(pyast.return_(without_nil(builder, pyast.name(result, line), maybe_nil, items), line))

    return builder.outlined(body)


def keyed(builder: FunctionBuilder, node: nodes.Table, items: tuple[nodes.Field, ...]) -> ast.expr:
    """Computed keys: everything is evaluated in order, then operations.keyed_table stores and charges entries."""
    if len(items) > MAX_KEYED:
        return many_keyed(builder, items)
    arguments: list[ast.expr] = [builder.run(), pyast.constant(array_size(items), builder.line)]
    for place, item in enumerate(items):
        arguments.extend(pair_of(builder, item, tells_itself(builder, node, items, place)))
    return pyast.call("keyed_table", arguments, builder.at(node.line))


def tells_itself(builder: FunctionBuilder, node: nodes.Table, items: tuple[nodes.Field, ...], place: int) -> bool:
    """Whether a key that is none is an error before the fields behind it are evaluated, or on another line than theirs.

    PUC stores each keyed field when it has its value; operations, which stores them all, would come too late.
    """
    item = items[place]
    if item.key is None or builder.kinds.of(item.key) in NEVER_BAD or isinstance(item.key, nodes.Number):
        return False
    if item.end_line != node.line:
        return True
    behind = [part for later in items[place + 1 :] for part in (later.key, later.value)]
    return not all(part is None or builder.is_simple(part) for part in behind)


def pair_of(builder: FunctionBuilder, item: nodes.Field, tells: bool) -> list[ast.expr]:
    """A field's key, ABSENT for a position, and its value, which a key that is none prevents if it ``tells``."""
    if item.key is None:
        return [pyast.name("ABSENT", builder.line), builder.value(item.value)]
    if builder.is_late(item.key, item.value):
        once, again = builder.hold(builder.value(item.value))
        pair = pyast.tuple_of([once, builder.value(item.key)], builder.line)
        key: ast.expr = pyast.subscript(pair, pyast.constant(1, builder.line), builder.line)
        value: Again = again
    else:
        key, value = builder.value(item.key), lambda: builder.value(item.value)
    if not tells:
        return [key, value()]
    key, known = builder.mentions(item.key, key)
    return [key, pyast.call("with_key", [known(), value()], builder.at(item.end_line))]


def many_keyed(builder: FunctionBuilder, items: tuple[nodes.Field, ...]) -> ast.expr:
    """Hundreds of fields, some with computed keys: a nested function that collects them in a list."""

    def body() -> None:
        line = builder.line
        collected = builder.stored_temporary()
        builder.out.append(pyast.assign_name(collected, pyast.list_of([], line), line))
        for item in items:
            mark = builder.context.temporaries
            tells = item.key is not None and builder.kinds.of(item.key) not in NEVER_BAD
            pair = pyast.tuple_of(pair_of(builder, item, tells), line)
            add = pyast.method(pyast.name(collected, line), "extend", [pair], line)
            builder.out.append(pyast.statement(add, line))
            builder.context.temporaries = mark
        size = pyast.constant(array_size(items), line)
        made = pyast.call("keyed_table", [builder.run(), size, pyast.starred(pyast.name(collected, line), line)], line)
        builder.out.append(pyast.return_(made, line))

    return builder.outlined(body)


def array_size(items: tuple[nodes.Field, ...]) -> int:
    """Places that PUC gives the array of these fields' table; a call at the end comes later than the rest."""
    positions = sum(item.key is None for item in items)
    is_open = items[-1].key is None and isinstance(items[-1].value, MULTI)
    return max(positions, size_of_operand(positions - is_open))


EXPRESSIONS: Final[dict[type, Maker]] = {nodes.Table: constructor}
