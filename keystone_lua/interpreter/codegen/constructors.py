"""Table constructors to Python ast.

Input: Table nodes. Output: an expression that makes the table. Refuses nothing; a nil or NaN key is an error at run
time, of operations.

Positions and constant keys become one dict display, whose Table loses its nils afterwards if there may be some; up to
three fields are given to a function that stores them one by one, which takes less time than to copy a dict. A computed
key sends all fields, in order, to operations. The price of the table and its entries is in the segment; where the
constructor may not be reached, it is paid on the spot instead. Hundreds of fields are a nested function's statements,
since CPython's compiler keeps a display on its stack.
"""

from __future__ import annotations

import ast
from typing import Final

from .. import costs
from ..analysis.builtins import Seal
from ..analysis.scope import Resolution
from ..analysis.types import BOOLEAN, TRUE_KINDS, Kinds
from ..runtime.array_part import size_of_operand
from ..runtime.values import LONG_STRING
from ..syntax import nodes
from ..syntax.control_flow import MULTI
from . import pyast
from .operators import OperatorEmitter

MAX_FIELDS: Final = 200
MAX_KEYED: Final = 100
"""Fields of one Python expression, with constant keys and with computed ones."""

MAX_RECORD: Final = 3
"""Fields that operations' record functions know."""

MAX_TESTED: Final = 8
"""Fields that are tested one by one for nil, at 5 ns each; looking over a table takes 250."""


class ConstructorEmitter(OperatorEmitter):
    """Knows Table."""

    def __init__(self, resolution: Resolution, kinds: Kinds, seal: Seal) -> None:
        super().__init__(resolution, kinds, seal)
        self.expressions[nodes.Table] = self.constructor

    def constructor(self, node: nodes.Table) -> ast.expr:
        """``{...}``, with its price and what the last field spreads."""
        fields = node.fields
        line = self.line
        self.charge(costs.TABLE_OP + costs.FIELD * len(fields))
        last = fields[-1].value if fields and fields[-1].key is None else None
        spreads = isinstance(last, MULTI) and not self.kinds.is_single(last)
        items = fields[:-1] if spreads else fields
        entries = len(fields)
        if constant_keys(fields) is None:  # keyed_table charges the others as it stores them
            entries = sum(field.key is None for field in fields)
        size = costs.TABLE + costs.ENTRY * entries
        if self.conditional:
            paid = pyast.call("paid", [self.run(), pyast.constant(size, line)], line)
            made: ast.expr = pyast.tuple_of([paid, self.fields(node, items)], line)
            made = pyast.subscript(made, pyast.constant(1, line), line)
        else:
            self.charge(0, size)
            made = self.fields(node, items)
        if last is not None and spreads:
            start = pyast.constant(sum(item.key is None for item in items) + 1.0, line)
            made = pyast.call("table_of", [self.run(), made, start, self.spread(last)], line)
        return made

    def fields(self, node: nodes.Table, items: tuple[nodes.Field, ...]) -> ast.expr:
        """A new table with the fields that do not spread."""
        line = self.line
        if not items:
            return pyast.call("Table", (), line)
        keys = constant_keys(items)
        if keys is None:
            return self.keyed(node, items)
        may_be_nil = [self.kinds.of(item.value) not in (*TRUE_KINDS, BOOLEAN) for item in items]
        if len(items) > MAX_FIELDS:
            return self.many_fields(keys, items, any(may_be_nil))
        made_keys = [pyast.constant(key, line) for key in keys]
        values = [self.value(item.value) for item in items]
        if len(items) <= MAX_RECORD - (not any(may_be_nil)) and len(set(keys)) == len(keys):
            positions = sum(item.key is None for item in items)
            if positions < 2 or not any(may_be_nil):
                pairs = [part for pair in zip(made_keys, values, strict=True) for part in pair]
                return pyast.call(f"record{len(items)}", pairs, line)
            if positions == len(items):
                return pyast.call(f"positions{positions}", [self.run(), *values], line)
        tests: list[ast.expr] = []
        if len(items) <= MAX_TESTED:
            for place, (value, may_be) in enumerate(zip(values, may_be_nil, strict=True)):
                if may_be:
                    values[place], again = self.hold(value)
                    tests.append(pyast.is_not_nil(again(), line))
        made = pyast.call("Table", [ast.Dict([*made_keys], values, lineno=line, col_offset=0)], line)
        if not tests:
            return self.without_nil(made, any(may_be_nil), items)
        once, table = self.hold(made)
        full = pyast.both([pyast.is_not_nil(once, line), *tests], line)
        return pyast.choose(full, table(), self.without_nil(table(), True, items), line)

    def without_nil(self, made: ast.expr, maybe_nil: bool, items: tuple[nodes.Field, ...]) -> ast.expr:
        """The table, from which nils are removed if there may be some."""
        if not maybe_nil:
            return made
        named = size_of_operand(sum(item.key is not None for item in items))
        sizes = [pyast.constant(size, self.line) for size in (array_size(items), named)]
        return pyast.call("without_nil", [self.run(), made, *sizes], self.line)

    def many_fields(self, keys: list[float | str], items: tuple[nodes.Field, ...], maybe_nil: bool) -> ast.expr:
        """Hundreds of fields: a nested function that fills the table piece by piece."""

        def body() -> None:
            line = self.line
            result = self.stored_temporary()
            self.out.append(pyast.assign_name(result, pyast.call("Table", (), line), line))
            for key, item in zip(keys, items, strict=True):
                mark = self.context.temporaries
                value = self.value(item.value)
                where = pyast.subscript(pyast.name(result, line), pyast.constant(key, line), line, pyast.STORE)
                self.out.append(pyast.assign(where, value, line))
                self.context.temporaries = mark
            self.out.append(pyast.return_(self.without_nil(pyast.name(result, line), maybe_nil, items), line))

        return self.outlined(body)

    def keyed(self, node: nodes.Table, items: tuple[nodes.Field, ...]) -> ast.expr:
        """Computed keys: everything is evaluated in order, then operations.keyed_table stores and charges entries."""
        if len(items) > MAX_KEYED:
            return self.many_keyed(items)
        arguments: list[ast.expr] = [self.run(), pyast.constant(array_size(items), self.line)]
        for item in items:
            arguments.extend(self.pair(item))
        return pyast.call("keyed_table", arguments, self.at(node.line))

    def pair(self, item: nodes.Field) -> list[ast.expr]:
        """A field's key, ABSENT for a position, and its value."""
        if item.key is None:
            return [pyast.name("ABSENT", self.line), self.value(item.value)]
        if self.is_late(item.key, item.value):
            once, again = self.hold(self.value(item.value))
            pair = pyast.tuple_of([once, self.value(item.key)], self.line)
            return [pyast.subscript(pair, pyast.constant(1, self.line), self.line), again()]
        return [self.value(item.key), self.value(item.value)]

    def many_keyed(self, items: tuple[nodes.Field, ...]) -> ast.expr:
        """Hundreds of fields, some with computed keys: a nested function that collects them in a list."""

        def body() -> None:
            line = self.line
            collected = self.stored_temporary()
            self.out.append(pyast.assign_name(collected, pyast.list_of([], line), line))
            for item in items:
                mark = self.context.temporaries
                pair = pyast.tuple_of(self.pair(item), line)
                add = pyast.method(pyast.name(collected, line), "extend", [pair], line)
                self.out.append(pyast.statement(add, line))
                self.context.temporaries = mark
            size = pyast.constant(array_size(items), line)
            made = pyast.call("keyed_table", [self.run(), size, pyast.starred(pyast.name(collected, line), line)], line)
            self.out.append(pyast.return_(made, line))

        return self.outlined(body)


def array_size(items: tuple[nodes.Field, ...]) -> int:
    """Places that PUC gives the array of these fields' table; a call at the end comes later than the rest."""
    positions = sum(item.key is None for item in items)
    is_open = items[-1].key is None and isinstance(items[-1].value, MULTI)
    return max(positions, size_of_operand(positions - is_open))


def constant_keys(items: tuple[nodes.Field, ...]) -> list[float | str] | None:
    """The keys of all fields; None if one is computed, or a long string, which has a price of its own."""
    keys: list[float | str] = []
    place = 0.0
    for item in items:
        if item.key is None:
            place += 1.0
            keys.append(place)
        elif isinstance(item.key, nodes.String) and len(item.key.value) < LONG_STRING:
            keys.append(item.key.value)
        else:
            return None
    return keys
