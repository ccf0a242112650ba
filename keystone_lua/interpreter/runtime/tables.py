"""Tables without metamethods: reading, storing, removing, the order of keys, the border.

Input: the run, a table, keys and values. Output: a Lua value. Whatever grows with a table is charged here.
"""

from __future__ import annotations

from typing import Final

from .. import costs
from . import array_part
from .comparison import raw_equal
from .context import RunContext
from .hash_defence import has_above, has_below, rebuild, removed, stored
from .key_order import first_key, ordered
from .tracebacks import operation_error
from .values import (
    LONG_STRING,
    NO_METATABLE,
    HoledTable,
    ListTable,
    LuaValue,
    MetaTable,
    ScatteredTable,
    Table,
    unpredictable,
)

FEW_REMOVED: Final = 64
"""Places of removed keys that a walk over a table may pass for nothing: 0.1 µs."""


def rawget(run: RunContext, t: Table, k: LuaValue) -> LuaValue:
    """The raw value; a long key is paid for by its length, since its bytes are compared."""
    if k.__class__ is str and len(k) >= LONG_STRING:
        run.charge(len(k) // costs.COPY)
    return t.get(k)


def rawset(run: RunContext, t: Table, k: LuaValue, v: LuaValue) -> None:
    """The raw assignment: charges a new entry, removes on nil, refuses nil and NaN as keys."""
    if k.__class__ is str and len(k) >= LONG_STRING:
        run.charge(len(k) // costs.COPY)
        if t.__class__ is Table or t.__class__ is ListTable:
            make_slow(run, t)
    if k in t:
        if v is None:
            delete(run, t, k)
        else:
            t[k] = v
        return
    check_key(k)
    if v is not None:
        run.charge(0, costs.ENTRY)
        place_new(t, k)
        t[0.0 if k == 0.0 else k] = v
    if type(t) is HoledTable:
        array_part.inserted(run, t, k)
    if v is not None and k.__class__ is float and not has_below(t, k):
        stored(run, t, k + 0.0)


def place_new(t: Table, k: LuaValue) -> None:
    """A new key is about to be stored: is the table a list with it?"""
    if t.__class__ is ListTable:
        if k != len(t) + 1.0:
            t.__class__ = Table  # type: ignore[assignment]
    elif k == 1.0 and t.__class__ is Table and not t:
        t.__class__ = ListTable


def check_key(k: LuaValue) -> None:
    """Refuse the two values that are no keys."""
    if k is None:
        raise operation_error("table index is nil")
    if k.__class__ is float and k != k:
        raise operation_error("table index is NaN")


def make_slow(run: RunContext, t: Table) -> None:
    """Take a plain table off the fast path (see values.MetaTable)."""
    t.meta = NO_METATABLE
    t.run = run
    t.__class__ = MetaTable


class Order:
    """The keys that ``next`` walks: a snapshot, so that fields may be cleared on the way (manual 5.1, next).

    ``moved``: keys do not go in the order in which they came. ``start`` is where a walk begins; -1 if it needs another
    order, since it was moved and a position was removed from between.
    """

    __slots__ = ("cursor", "dead", "keys", "moved", "places", "start")

    def __init__(self, run: RunContext, t: Table) -> None:
        run.charge(len(t) // costs.COPY, costs.RESULTS + costs.VALUE * len(t))
        keys: list[LuaValue] = list(t)
        self.keys = ordered(run, t, keys)
        self.moved = self.keys is not keys
        self.dead = t.dead
        self.start = 0
        self.cursor = -1
        self.places: dict[LuaValue, int] | None = None

    def covers(self, t: Table) -> bool:
        """Whether no key was added since the snapshot."""
        return len(t) == len(self.keys) - (t.dead - self.dead)


def delete(run: RunContext, t: Table, k: LuaValue) -> None:
    """Remove a present key. A pending ``next`` must still find its place afterwards.

    CPython keeps a removed key's place, and whoever walks over the table passes it. Once there are more of them than
    entries the table is made anew: each removal pays for the one place, and no walk passes more than it is charged for.
    """
    if t.__class__ is ListTable:
        if k == len(t):
            remove_last(run, t)
            return
        t.__class__ = Table  # type: ignore[assignment]
    try:
        t.dead += 1
    except AttributeError:
        t.dead = 1
        t.order = None
    else:
        if t.order.__class__ is tuple:
            t.dead -= 1
            t.order = Order(run, t)
            t.dead += 1
    del t[k]
    if t.dead > FEW_REMOVED and t.dead > len(t):
        _compact(t)
    if k.__class__ is float:
        if has_above(t, k):
            removed(run, t, k)
            array_part.removed(run, t, k)
            if t.order.__class__ is Order and t.order.moved:
                t.order.start = -1
        elif k != 1.0 and t.__class__ is not ScatteredTable and not has_below(t, k):
            removed(run, t, k)


def remove_last(run: RunContext, t: Table) -> LuaValue:
    """Remove the last position of a ListTable that has one; its value. As `delete`."""
    try:
        t.dead += 1
    except AttributeError:
        t.dead = 1
        t.order = None
    else:
        if t.order.__class__ is tuple:
            t.dead -= 1
            t.order = Order(run, t)
            t.dead += 1
    value = t.popitem()[1]
    if t.dead > FEW_REMOVED and t.dead > len(t):
        _compact(t)
    return value


def next_entry(run: RunContext, t: Table, k: LuaValue) -> tuple[LuaValue, LuaValue] | None:
    """The entry after key ``k``, the first one after nil; None at the end (manual 5.1, next).

    In the order of key_order. The first call only looks; a snapshot is taken by the second, or by a
    removal in between. Removed entries that a scan must pass are bounded by compacting.
    """
    try:
        order = t.order
    except AttributeError:
        t.dead = 0
        order = t.order = None
    if k is None:
        if order.__class__ is Order and order.start >= 0 and order.covers(t):
            return _advance(run, t, order, order.start, True)
        if t.dead > FEW_REMOVED:
            run.charge(len(t) // 4 + 8)
            _compact(t)
        key = first_key(run, t)
        if key is None:
            return None
        t.order = (key,)
        return key, t.get(key)
    if order.__class__ is not Order:
        order = t.order = Order(run, t)
    keys = order.keys
    place = order.cursor
    if not (0 <= place < len(keys) and raw_equal(run, keys[place], k)):
        place = _place(run, t, order, k)
        order = t.order
    return _advance(run, t, order, place + 1, False)


def _place(run: RunContext, t: Table, order: Order, k: LuaValue) -> int:
    if order.keys and raw_equal(run, order.keys[0], k):
        return 0
    for _ in range(2):
        if order.places is None:
            run.charge(len(order.keys) // 4, costs.ENTRY * len(order.keys))
            order.places = {unpredictable(key): place for place, key in enumerate(order.keys)}
        if (place := order.places.get(unpredictable(k))) is not None:
            return place
        if order.covers(t):
            break
        order = t.order = Order(run, t)
    raise operation_error("invalid key to 'next'")


def _advance(run: RunContext, t: Table, order: Order, place: int, from_start: bool) -> tuple[LuaValue, LuaValue] | None:
    keys = order.keys
    while place < len(keys):
        value = t.get(keys[place])
        if value is not None:
            order.cursor = place
            if from_start:
                order.start = place
            return keys[place], value
        run.charge(costs.STEP)
        place += 1
    if from_start:
        order.start = place
    return None


def _compact(t: Table) -> None:
    """Make a table anew, without the places of removed keys. A pending ``next`` goes on."""
    rebuild(t)
    if t.order.__class__ is Order:
        t.order.dead -= t.dead
    t.dead = 0


def border(run: RunContext, t: Table) -> float:
    """An n with t[n] not nil and t[n + 1] nil, or 0 if t[1] is nil: the one that PUC finds, where that is known."""
    if type(t) is HoledTable:
        return array_part.length(run, t)
    n = len(t) + 0.0
    if t.__class__ is ListTable:
        return n
    if type(t) is ScatteredTable and (noted := array_part.noted(run, t)) is not None:
        return noted
    if n in t and n + 1.0 not in t:
        return n
    if n <= array_part.FEW and n and (found := array_part.few(run, t)) is not None:
        return found
    if n in t:
        low, high = n, n + n
        while high in t:
            run.charge(costs.STEP)
            low, high = high, high + high
    else:
        low, high = 0.0, n
    while high - low > 1.0:
        run.charge(costs.STEP)
        middle = (low + high) // 2.0
        if middle in t:
            low = middle
        else:
            high = middle
    return low
