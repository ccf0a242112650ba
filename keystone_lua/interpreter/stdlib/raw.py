"""Functions of the base library that bypass metamethods: rawequal, rawget, rawset (manual 5.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ..costs import LIBRARY
from ..runtime import comparison, tables
from ..runtime.context import RunContext
from ..runtime.values import ABSENT, FALSE, TRUE, LuaValue
from .args import check_any, check_table

_RAW_PRICE: Final = LIBRARY["rawget"]


def rawequal_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def rawequal(d: int, a: LuaValue = ABSENT, b: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_RAW_PRICE)
        check_any(a, 1)
        check_any(b, 2)
        return TRUE if comparison.raw_equal(run, a, b) else FALSE

    return rawequal


def rawget_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def rawget(d: int, t: LuaValue = ABSENT, key: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        nonlocal fuel
        fuel -= _RAW_PRICE
        if fuel < 0:
            run.refuel(0)
        check_table(t, 1)
        check_any(key, 2)
        return tables.rawget(run, t, key)

    return rawget


def rawset_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def rawset(
        d: int, t: LuaValue = ABSENT, key: LuaValue = ABSENT, value: LuaValue = ABSENT, *_: LuaValue
    ) -> LuaValue:
        nonlocal fuel
        fuel -= _RAW_PRICE
        if fuel < 0:
            run.refuel(0)
        check_table(t, 1)
        check_any(key, 2)
        check_any(value, 3)
        tables.rawset(run, t, key, value)
        return t

    return rawset
