"""Helpers: the functions that generated code calls by name, in one table.

Output: HELPERS, the globals of all generated code. It has no builtins.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import FunctionType, MappingProxyType
from typing import Any, Final

from ..limits import GUARD_FAILURES
from ..numerals import number_to_string, string_to_number, whole_text
from ..patterns.items import LATIN
from ..runtime import arithmetic, comparison, constructors, iteration, metatables, operations
from ..runtime.coroutines import REQUESTS
from ..runtime.values import ABSENT, CODES, FALSE, TRUE, TYPE_NAMES, ListTable, MetaTable, Table


def _itself(value: Any) -> Any:
    return value


def _adjust(result: Any, count: int) -> tuple[Any, ...]:
    """Results adjusted to ``count`` values (manual 2.5)."""
    values = result if result.__class__ is tuple else (result,)
    return (values + (None,) * count)[:count]


def _paid(run: Any, size: int) -> None:
    run.charge(0, size)


def _selected(run: Any, n: Any, values: tuple[Any, ...]) -> Any:
    """``select(n, ...)`` as one value, in the cases that are not done inline."""
    return metatables.first(run.member("", "select")(0, n, *values))


def _refilled(run: Any) -> bool:
    """More bytes are granted, or the run ends."""
    run.refuel(0)
    return True


def _is_own(run: Any, name: str, function: Any, *_: Any) -> bool:
    """Whether a value is the base library's function; what else is given was only to be evaluated before."""
    return function is run.member("", name)


def _select_one(run: Any, n: Any, values: tuple[Any, ...], literal: bool) -> Any:
    """``select(n, ...)`` as one value; ``literal`` if n is "#" by the text."""
    if literal:
        return float(len(values))
    if n.__class__ is float and 1.0 <= n <= len(values):
        return values[int(n) - 1]
    return _selected(run, n, values)


HELPERS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "__builtins__": {},
        "GuardFailure": GUARD_FAILURES,
        "ABSENT": ABSENT,
        "REQUESTS": REQUESTS,
        "FALSE": FALSE,
        "TRUE": TRUE,
        "CODES": CODES,
        "ListTable": ListTable,
        "MetaTable": MetaTable,
        "Table": Table,
        "first": metatables.first,
        "float": float,
        "int": int,
        "len": len,
        "str": str,
        "tuple": tuple,
        "add": arithmetic.add,
        "adjust": _adjust,
        "arg_table": constructors.arg_table,
        "FunctionType": FunctionType,
        "callable_of": operations.callable_of,
        "concat": arithmetic.concat,
        "divide_values": arithmetic.divide_values,
        "equal": comparison.equal,
        "for_iterator": iteration.for_iterator,
        "for_number": iteration.for_number,
        "ipairs_getter": iteration.ipairs_getter,
        "itself": _itself,
        "keyed_table": constructors.keyed_table,
        "late": iteration.late,
        "is_own": _is_own,
        "refilled": _refilled,
        "select_one": _select_one,
        "pairs_live": iteration.pairs_live,
        "ipairs_live": iteration.ipairs_live,
        "length": operations.length,
        "less": comparison.less,
        "less_equal": comparison.less_equal,
        "modulo_values": arithmetic.modulo_values,
        "multiply": arithmetic.multiply,
        "negate": arithmetic.negate,
        "number_to_string": number_to_string,
        "pairs_items": iteration.pairs_items,
        "paid": _paid,
        "TYPE_NAMES": TYPE_NAMES,
        "LATIN": LATIN,
        "abs": abs,
        "string_to_number": string_to_number,
        "sqrt": math.sqrt,
        "pure_equal": comparison.pure_equal,
        "pure_index": operations.pure_index,
        "power": arithmetic.power,
        "power_values": arithmetic.power_values,
        "selected": _selected,
        **iteration.KEPT,
        "chunks": iteration.chunks,
        "counting": iteration.counting,
        "positions1": constructors.positions1,
        "positions2": constructors.positions2,
        "positions3": constructors.positions3,
        "record1": constructors.record1,
        "record2": constructors.record2,
        "record3": constructors.record3,
        "setindex": operations.setindex,
        "spread": constructors.spread,
        "subtract": arithmetic.subtract,
        "table_of": constructors.table_of,
        "whole_text": whole_text,
        "with_key": constructors.with_key,
        "without_nil": constructors.without_nil,
    }
)
"""Everything that generated code can name besides its own slots and cells."""
