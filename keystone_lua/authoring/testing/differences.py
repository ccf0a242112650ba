"""Differences between an expected and an actual Lua value, one line each.

Input: two values. Output: lines such as ``.headers["X-A"]: expected "1", got nil``. Takes any values: cycles and deep
tables are compared by identity below MAX_DEPTH. Metatables are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ...interpreter.execution.run import Run
from ...interpreter.numerals import number_to_string
from ...interpreter.runtime.values import LuaValue, Table, type_name
from ...interpreter.text import to_text

MAX_DEPTH: Final = 20
MAX_LINES: Final = 20
"""Differences that are shown."""

_VISIT: Final = 20
"""Instructions for comparing one pair of values."""

_SHOWN: Final = 200
"""Characters of a string that are shown."""

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def differences(run: Run, actual: LuaValue, expected: LuaValue, subset: bool = False) -> list[str]:
    """Lines, none if the values are equal. ``subset``: fields that are not expected may be there."""
    lines: list[str] = []
    for line in _differences(run, actual, expected, subset, "", 0):
        if len(lines) == MAX_LINES:
            return [*lines, "and more"]
        lines.append(line)
    return lines


def _differences(run: Run, actual: LuaValue, expected: LuaValue, subset: bool, where: str, depth: int) -> Iterator[str]:
    run.charge(_VISIT)
    if actual is expected or (actual.__class__ in (str, float) and actual == expected):
        return
    if not (isinstance(actual, Table) and isinstance(expected, Table)) or depth == MAX_DEPTH:
        yield f"{where or 'value'}: expected {shown(expected)}, got {shown(actual)}"
        return
    for key in expected:
        yield from _differences(run, actual.get(key), expected[key], subset, where + _step(key), depth + 1)
    if not subset:
        for key in actual:
            if key not in expected:
                run.charge(_VISIT)
                yield f"{where}{_step(key)}: expected nothing, got {shown(actual[key])}"


def _step(key: LuaValue) -> str:
    return f".{key}" if key.__class__ is str and _NAME.match(key) else f"[{shown(key)}]"


def shown(value: LuaValue, depth: int = 2) -> str:
    """A value as Lua would write it, shortened."""
    if value.__class__ is str:
        text = to_text(value[:_SHOWN]).replace("\\", "\\\\").replace('"', '\\"')
        quoted = "".join(c if c.isprintable() else f"\\{ord(c)}" for c in text)
        return f'"{quoted}"' + ("..." if len(value) > _SHOWN else "")
    if value.__class__ is float:
        return number_to_string(value)
    if isinstance(value, Table):
        if not value:
            return "{}"
        if not depth:
            return "{...}"
        items = [f"{_label(key)}{shown(item, depth - 1)}" for key, item in list(value.items())[:10]]
        return "{" + ", ".join(items) + (", ..." if len(value) > 10 else "") + "}"
    return "nil" if value is None else str(value) if type_name(value) == "boolean" else type_name(value)


def _label(key: LuaValue) -> str:
    if key.__class__ is float:
        return ""
    return f"{key} = " if key.__class__ is str and _NAME.match(key) else f"[{shown(key)}] = "
