"""The order in which `pairs`, `next` and `foreach` go over a table: positions first, as PUC does.

Input: the run and a table. Output: its keys: 1 to n, where n + 1 is the first position without a value, then the
others in the order in which they came.

PUC walks a table's array before its hash part. What its array holds depends on all keys that there ever were; 1 to n is
what programs see of it. A table that was filled from 1 on, or has no 1, has this order already: to find that out takes
twice as long as the copy of its keys, and is charged. Where keys must move the walk begins with more work.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from .. import costs
from .values import COUNT, DOUBLE, ListTable, LuaValue, ScatteredTable, Table

if TYPE_CHECKING:
    from .context import RunContext

INSERTION: Final = "insertion order"
"""In a run's ``library_state``: keys go in the order in which they came, as with cost tables before 3."""

_CHUNK: Final = 256
"""Keys that are compared at once."""
_MOST: Final = 1 << 16
"""Keys that can be compared with what is at hand: 1.5 MB, once a process has met a table of so many."""

_places = list(COUNT[1:])

_there: Final = dict.__contains__  # what a table of another class makes of `in` may note or charge a read


def has(t: Table, k: float) -> bool:
    """Whether a number is a key, at no price."""
    return _there(t, DOUBLE.pack(k) if t.__class__ is ScatteredTable else k)


def keys_of(run: RunContext, t: Table) -> list[LuaValue]:
    """The keys in their order. The copy is for the caller to charge."""
    return ordered(run, t, list(t))


def ordered(run: RunContext, t: Table, keys: list[LuaValue]) -> list[LuaValue]:
    """The keys, which are given as they came, in their order: the same list if that is theirs."""
    if not has(t, 1.0) or INSERTION in run.library_state:
        return keys
    run.charge(len(keys) // costs.IN_ORDER)
    return keys if t.__class__ is ListTable else in_order(run.charge, t, keys)


def in_order(charge: Callable[..., None], t: Table, keys: list[LuaValue]) -> list[LuaValue]:
    """Likewise, of a table that has a 1 or none."""
    leading = _leading(keys)
    if leading == len(keys) or not has(t, leading + 1.0):
        return keys
    charge(costs.SETTLING * (len(keys) - leading), costs.RESULTS + costs.VALUE * len(keys))
    end = leading + 1.0
    while has(t, end + 1.0):
        charge(costs.STEP)
        end += 1.0
    others = [key for key in keys[leading:] if key.__class__ is not float or not 1.0 <= key <= end or key % 1.0]
    return [*keys[:leading], *map(float, range(leading + 1, int(end) + 1)), *others]


def first_key(run: RunContext, t: Table) -> LuaValue:
    """The first of the keys, or None."""
    for key in t:
        return 1.0 if key != 1.0 and has(t, 1.0) and INSERTION not in run.library_state else key
    return None


def _leading(keys: list[LuaValue]) -> int:
    """How many of the keys are 1, 2, 3 and so on, from the first key on."""
    while len(_places) < len(keys) and len(_places) < _MOST:
        _places.extend(map(float, range(len(_places) + 1, 2 * len(_places) + 1)))
    done, count = 0, len(keys)
    while (end := done + _CHUNK) <= count and keys[done:end] == (
        _places[done:end] if end < len(_places) else list(map(float, range(done + 1, end + 1)))
    ):
        done = end
    if count < end and keys[done:] == _places[done:count]:
        return count
    for place, key in enumerate(keys[done:end], done + 1):
        if key != place:
            return place - 1
    return count
