"""Tables and tuples that generated code makes at once: constructors, ``...`` and results that are spread."""

from __future__ import annotations

from typing import Final

from .. import costs
from . import array_part
from .context import RunContext
from .hash_defence import FEW_HOLES, filled, rebuild
from .tables import FEW_REMOVED, check_key, rawset
from .values import ABSENT, LONG_STRING, HoledTable, ListTable, LuaValue, Table


def spread(run: RunContext, values: LuaValue) -> tuple[LuaValue, ...]:
    """A call's results as arguments or results of another; copying many is paid for."""
    if values.__class__ is not tuple:
        return (values,)
    if len(values) > costs.FREE_VALUES:
        run.charge(len(values) // 8, costs.VALUE * len(values))
    return values


_NIL: Final = (None,)


def table_of(run: RunContext, t: Table, start: float, values: tuple[LuaValue, ...]) -> Table:
    """Add ``values`` to a new table from index ``start`` on: ``{..., f()}``."""
    if len(values) > 1:
        run.charge(len(values) // 2, costs.ENTRY * (len(values) - 1))
    elif not t and values == _NIL:
        return t  # a match that fails, mostly; no array either
    before, first = len(t), start
    for value in values:
        if value is not None:
            t[start] = value
        start += 1.0
    holes = before + len(values) - len(t)
    if not holes and first == 1.0:
        return t
    if (holes or first != before + 1.0) and t.__class__ is ListTable:
        t.__class__ = Table  # type: ignore[assignment]
    if 0 < holes <= FEW_HOLES and first == 1.0 and (not before or (before == 1 and next(iter(t)).__class__ is str)):
        array_part.packed(run, t, before, len(values))
        return t
    if holes:
        filled(run, t, holes)
    if holes or (first > 1.0 and (type(t) is HoledTable or first - 1.0 not in t)):
        array_part.extended(run, t, int(first) - 1, len(values))
    return t


def arg_table(run: RunContext, values: tuple[LuaValue, ...]) -> Table:
    """The table ``arg`` that Lua 5.0 gave vararg functions and 5.1 still does: the extra arguments and ``n``."""
    run.charge(costs.TABLE_OP, costs.TABLE + costs.ENTRY * (2 if values else 1))
    t = table_of(run, Table(), 1.0, values)
    t["n"] = float(len(values))
    if type(t) is HoledTable:
        t.array[1:] = 1, 1
    return t


def record1(k: LuaValue, v: LuaValue) -> Table:
    """``{k = v}``. Tables of a few fields are made in half the time that a dict of theirs takes, which is copied."""
    t = Table()
    if v is not None:
        t[k] = v
    return t


def record2(k: LuaValue, v: LuaValue, k2: LuaValue, v2: LuaValue) -> Table:
    """``{k = v, k2 = v2}`` of different keys."""
    t = Table()
    if v is not None:
        t[k] = v
    if v2 is not None:
        t[k2] = v2
    return t


def positions1(run: RunContext, v: LuaValue) -> Table:
    """``{v}``."""
    t = ListTable()
    if v is not None:
        t[1.0] = v
    return t


def positions2(run: RunContext, v: LuaValue, v2: LuaValue) -> Table:
    """``{v, v2}``."""
    t: Table = ListTable()
    if v is not None:
        t[1.0] = v
        if v2 is not None:
            t[2.0] = v2
    elif v2 is not None:
        t = Table()
        t[2.0] = v2
        array_part.hold(run, t, 2, 0)
    return t


def positions3(run: RunContext, v: LuaValue, v2: LuaValue, v3: LuaValue) -> Table:
    """``{v, v2, v3}``."""
    if v is not None and v2 is not None and v3 is not None:
        t: Table = ListTable()
        t[1.0] = v
        t[2.0] = v2
        t[3.0] = v3
        return t
    t = Table()
    if v is not None:
        t[1.0] = v
    if v2 is not None:
        t[2.0] = v2
    if v3 is not None:
        t[3.0] = v3
        if v is None or v2 is None:
            array_part.hold(run, t, 3, 0)
    elif v is None and v2 is not None:
        array_part.hold(run, t, 3, 0)
    return t


def record3(k: LuaValue, v: LuaValue, k2: LuaValue, v2: LuaValue, k3: LuaValue, v3: LuaValue) -> Table:
    """Likewise."""
    t = Table()
    if v is not None:
        t[k] = v
    if v2 is not None:
        t[k2] = v2
    if v3 is not None:
        t[k3] = v3
    return t


def without_nil(run: RunContext, t: Table, size: int, fields: int) -> Table:
    """A new table without the fields whose value is nil; ``size`` and ``fields`` are what PUC makes it for."""
    if None not in t.values():  # mostly; a third of the time of looking at each
        return t
    if t.__class__ is ListTable:
        t.__class__ = Table  # type: ignore[assignment]
    nils = [key for key, value in t.items() if value is None]
    for key in nils:
        del t[key]
    if len(nils) > FEW_REMOVED and len(nils) > len(t):
        rebuild(t)
    filled(run, t, len(nils))
    if size > 1 and any(key.__class__ is float for key in nils):
        array_part.made(run, t, size, fields)
    return t


def with_key(key: LuaValue, value: LuaValue) -> LuaValue:
    """A constructor's field, whose key must be one before the next field is evaluated."""
    check_key(key)
    return value


def keyed_table(run: RunContext, size: int, *items: LuaValue) -> Table:
    """A constructor with computed keys: key, value, key, value; the key of a positional item is ABSENT.

    Positional items are stored last, as PUC 5.1 does for up to 50 of them. ``size`` is its array's.
    """
    t = Table()
    parts = iter(items)
    for key in parts:  # pairs, in a third of the time of the general loop below
        value = next(parts)
        if key.__class__ is not str or value is None or len(key) >= LONG_STRING:
            break
        t[key] = value
    else:
        run.charge(0, costs.ENTRY * len(t))
        return t
    for key in items[::2]:  # what is no key is told before anything is charged, as where a field tells it itself
        check_key(key)
    t = Table()
    positional = []
    made = 0
    for place in range(0, len(items), 2):
        key, value = items[place], items[place + 1]
        if key.__class__ is str and value is not None and len(key) < LONG_STRING:
            if key not in t:
                made += 1
            t[key] = value
        elif key is ABSENT:
            positional.append(value)
        else:
            run.charge(costs.KEYED)
            rawset(run, t, key, value)
            if t.__class__ is ListTable:  # what follows is stored without asking
                t.__class__ = Table  # type: ignore[assignment]
    holes = positional.count(None)
    run.charge(costs.HOLED if holes else 0, costs.ENTRY * made)
    for place, value in enumerate(positional, 1):
        if value is not None:
            t[float(place)] = value
        elif place in t:
            del t[float(place)]
    if holes > FEW_REMOVED:
        rebuild(t)
    filled(run, t, holes)
    if holes:
        array_part.made(run, t, size, array_part.size_of_operand(len(items) // 2 - len(positional)))
    return t
