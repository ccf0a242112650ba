"""Frozen tables: what a constant is made of. All runs share them, in several threads; nobody can change one.

Input: values. Output: the same values of frozen tables. Refuses
functions, coroutines, tables with metatables, keys of LONG_STRING bytes or more and scattered number keys: the first
three belong to a run, the others would be paid for by what a run has done before.

To generated code and the library a frozen table is a MetaTable without a metatable. Its order is there from the start,
so that ``next`` never has to make one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NoReturn

from ..costs import WORK, WORK_BYTES
from .errors import LuaError
from .key_order import in_order
from .tables import Order
from .tracebacks import operand_error, operation_error
from .values import (
    LONG_STRING,
    NO_METATABLE,
    Coroutine,
    LuaValue,
    MetaTable,
    ScatteredTable,
    Table,
    type_name,
    unpredictable,
)


class Unfit(Exception):
    """Why a value cannot be a constant."""


def refused() -> LuaError:
    """The error of a write."""
    return operation_error("attempt to change a constant")


def _refuse(*_: Any) -> NoReturn:
    raise refused()


class FrozenTable(MetaTable):
    """A table that nothing changes."""

    __slots__ = ()

    meta = property(lambda self: NO_METATABLE, _refuse)
    dead = property(lambda self: 0, _refuse)
    __class__ = property(lambda self: MetaTable, _refuse)

    def __call__(self, d: int, *arguments: LuaValue) -> LuaValue:
        """It has no metatable that could make it callable."""
        raise operand_error("call", self)

    def __setitem__(self, key: LuaValue, value: LuaValue) -> None:
        raise refused()

    def __delitem__(self, key: LuaValue) -> None:
        raise refused()

    clear = pop = popitem = setdefault = update = _refuse  # type: ignore[assignment]


def _child(value: LuaValue, found: dict[int, FrozenTable], left: list[tuple[Table, FrozenTable]]) -> LuaValue:
    """What stands for a value inside of a frozen table; a table is filled later."""
    if not isinstance(value, Table):
        if value.__class__ in _BELONG_TO_A_RUN:
            raise Unfit(f"a {type_name(value)} cannot be part of a constant")
        return value
    if type(value) is FrozenTable:
        return value
    if id(value) in found:
        return found[id(value)]
    if isinstance(value, ScatteredTable):
        raise Unfit("number keys that lie scattered cannot be part of a constant; use texts")
    if isinstance(value, MetaTable) and value.meta is not NO_METATABLE:
        raise Unfit("a table with a metatable cannot be part of a constant")
    made = found[id(value)] = FrozenTable()
    left.append((value, made))
    return made


_TABLE: Final = WORK["constant.table"]
_TABLE_BYTES: Final = WORK_BYTES["constant.table"]
_ENTRY: Final = WORK["constant.entry"]
_ENTRY_BYTES: Final = WORK_BYTES["constant.entry"]


def frozen(values: tuple[LuaValue, ...], charge: Callable[..., None]) -> list[LuaValue]:
    """Copies of values that nothing changes, paid for; what they share they still share. Raises Unfit."""
    found: dict[int, FrozenTable] = {}
    left: list[tuple[Table, FrozenTable]] = []
    results = [_child(value, found, left) for value in values]
    while left:
        table, made = left.pop()
        charge(_TABLE + _ENTRY * len(table), _TABLE_BYTES + _ENTRY_BYTES * len(table))
        for key in in_order(charge, table, list(table)):
            item = table.get(key)
            if key.__class__ is str and len(key) >= LONG_STRING:
                raise Unfit(f"a key of {LONG_STRING} bytes or more cannot be part of a constant")
            if isinstance(key, Table):
                raise Unfit("a table as a key cannot be part of a constant")
            dict.__setitem__(made, _child(key, found, left), _child(item, found, left))
        made.order = _order(made)
    return results


def _order(table: FrozenTable) -> Order:
    order = Order.__new__(Order)
    order.keys = list(table)
    order.dead = order.start = 0
    order.moved = False
    order.cursor = -1
    order.places = {unpredictable(key): place for place, key in enumerate(order.keys)}
    return order


_FUNCTION: Final = type(frozen)
_BELONG_TO_A_RUN: Final = (_FUNCTION, Coroutine)
