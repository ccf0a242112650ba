"""Lua values that modules of the library take and return: lists, lists of pairs, keys, records.

Input and output: Python's lists and dicts, and tables. The caller has charged for what is made; reading a script's
table is charged here. A list ends at its first hole.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from ..costs import VALUE, WORK
from ..numerals import number_to_string
from ..runtime.tables import rawget
from ..runtime.tracebacks import argument_error
from ..runtime.values import ListTable, LuaValue, Table, type_name

if TYPE_CHECKING:
    from ..runtime.context import RunContext

_ITEM: Final = WORK["list.item"]


def list_of(values: Iterable[LuaValue]) -> Table:
    """A list."""
    return ListTable({float(place): value for place, value in enumerate(values, 1)})


def items_of(run: RunContext, table: Table) -> list[LuaValue]:
    """The items of a list up to the first hole, paid for. They are read without metamethods."""
    values: list[LuaValue] = []
    while (value := rawget(run, table, len(values) + 1.0)) is not None:
        run.charge(_ITEM, 2 * VALUE)
        values.append(value)
    return values


def key_of(value: LuaValue, index: int) -> str:
    """A text or a number as text: what is hashed."""
    if value.__class__ is str:
        return value
    if value.__class__ is float:
        return number_to_string(value)
    raise argument_error(index, f"string expected, got {type_name(value)}")
