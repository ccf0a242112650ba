"""Metatables: which one a value has, and its handler for an event (manual 2.8); one result, one truth."""

from __future__ import annotations

from .context import RunContext
from .values import FALSE, NO_METATABLE, LuaValue, MetaTable, Table


def first(result: LuaValue) -> LuaValue:
    """The first of a call's results."""
    if result.__class__ is tuple:
        return result[0] if result else None
    return result


def truth(value: LuaValue) -> bool:
    """False for nil and false only (manual 2.4.4)."""
    return value is not None and value is not FALSE


def metamethod(run: RunContext, value: LuaValue, event: str) -> LuaValue:
    """The handler of ``event`` in the value's metatable, or None."""
    meta = metatable(run, value)
    return meta.get(event) if meta is not None else None


def metatable(run: RunContext, value: LuaValue) -> Table | None:
    """The value's metatable; strings share one per run."""
    if isinstance(value, MetaTable):
        return value.meta if value.meta is not NO_METATABLE else None
    return run.string_metatable() if value.__class__ is str else None
