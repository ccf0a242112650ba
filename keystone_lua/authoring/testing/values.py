"""Plain data (JSON's) as Lua values, and back.

Input: text, numbers, booleans, None, lists, objects; Lua values. Output: the other kind. Refuses, as a Lua error,
values that JSON cannot express and tables nested deeper than MAX_DEPTH.
"""

from __future__ import annotations

from typing import Any, Final

from ...interpreter import costs
from ...interpreter.execution.run import Run
from ...interpreter.runtime.tracebacks import library_error
from ...interpreter.runtime.values import FALSE, TRUE, LuaBoolean, LuaValue, Table, type_name
from ...interpreter.text import from_text, to_text

MAX_DEPTH: Final = 20

_LISTS: Final = ("backends", "failed")
"""Fields of a request that are lists."""

_WHOLE: Final = 2.0**53
"""From here on not every whole number is one of Lua's."""

_NODE: Final = 20
"""Instructions for one value on its way."""


def to_lua(run: Run, data: Any) -> LuaValue:
    """A Lua value of plain data, at the run's cost. JSON's null is nil."""
    if data is None:
        return None
    if isinstance(data, bool):
        return TRUE if data else FALSE
    if isinstance(data, (int, float)):
        return float(data)
    if isinstance(data, str):
        run.charge(_NODE + len(data) // costs.COPY, costs.STRING + len(data))
        return from_text(data)
    items = data.items() if isinstance(data, dict) else ((float(n), item) for n, item in enumerate(data, 1))
    run.charge(_NODE * (len(data) + 1), costs.TABLE + costs.ENTRY * len(data))
    table = Table()
    for key, item in items:
        value = to_lua(run, item)
        if value is not None:
            table[from_text(key) if isinstance(key, str) else key] = value
    return table


def to_plain(run: Run, value: LuaValue, where: str, depth: int = 0) -> Any:
    """Plain data of a Lua value; ``where`` names it in messages. A table with the key 1, or an empty one called
    backends or failed, is a list."""
    run.charge(_NODE)
    if value is None:
        return value
    if value.__class__ is float:
        return int(value) if abs(value) < _WHOLE and value == int(value) else value
    if value.__class__ is str:
        run.charge(len(value) // costs.COPY)
        return to_text(value)
    if value.__class__ is LuaBoolean:
        return value is TRUE
    if not isinstance(value, Table):
        raise library_error(f"{where}: a {type_name(value)} is no data")
    if depth == MAX_DEPTH:
        raise library_error(f"{where}: tables nest deeper than {MAX_DEPTH}")
    if 1.0 in value or (not value and where.endswith(_LISTS)):
        return _to_list(run, value, where, depth)
    made = {}
    for key, item in value.items():
        if key.__class__ is not str:
            raise library_error(f"{where}: a key must be a string, got a {type_name(key)}")
        name = to_text(key)
        made[name] = to_plain(run, item, f"{where}.{name[:40]}", depth + 1)
    return made


def _to_list(run: Run, table: Table, where: str, depth: int) -> list[Any]:
    made = []
    for place in range(1, len(table) + 1):
        if float(place) not in table:
            raise library_error(f"{where}: a list's keys must be 1, 2, 3 and so on")
        made.append(to_plain(run, table[float(place)], f"{where}[{place}]", depth + 1))
    return made
