"""What ``#`` answers of a table with holes, as PUC 5.1 does.

Input: a table, when it is made with nils between its positions, when a key is new in such a table, and when its length
is asked for. Output: the border that PUC finds.

PUC keeps the positions from 1 on in an array and other keys in a hash part. If the last place of the array has a value,
``#`` answers its size or looks on in the hash part; else a binary search in the array decides. A constructor makes the
array as large as its positions are many, nils included; when a new key finds the hash part full, the array becomes the
largest power of two of whose places more than half are used (luaH_getn, rehash in ltable.c).

A table that is made with a hole is a HoledTable, which keeps both sizes, so that its answers are PUC's until a key is
removed from its hash part. Others keep nothing: what a table of few keys would look like in PUC is worked out when it
is asked for, from the order in which its keys came, and for an array that has lost an element from how long it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .. import costs
from .values import NO_METATABLE, HoledTable, LuaValue, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .context import RunContext

FEW: Final = 16
"""Keys up to which a plain table's array is worked out. Beyond, any border will do."""

_LARGEST: Final = 1 << 26
"""MAXASIZE: places that PUC gives an array at most."""


def size_of_operand(count: int) -> int:
    """A constructor's count as an instruction holds it: exact up to 15, then rounded up (luaO_int2fb)."""
    exponent = 0
    while count >= 16:
        count = (count + 1) >> 1
        exponent += 1
    return count << exponent


def made(run: RunContext, t: Table, size: int, fields: int | None) -> None:
    """``t`` was made with ``size`` positions, some of them nil, and room for ``fields`` other keys (None: as it has).

    To look at each is in the price of the fields, so that it does not matter to a count which way a table was made.
    """
    numbers = [key for key in t if key.__class__ is float]
    if not numbers:
        return
    if t.__class__ is Table:
        for place in range(1, len(numbers) + 1):
            if place not in t:
                _hold(run, t, size, size_of_operand(len(t) - len(numbers)) if fields is None else fields, numbers)
                return
    t.array = [size]


def extended(run: RunContext, t: Table, positions: int, values: int) -> None:
    """``t``, which was made with ``positions``, got ``values`` more, of which or before which some are nil."""
    if values > 1:
        run.charge(costs.SETTLING * values)
    size = max(size_of_operand(positions), positions + values)
    if type(t) is HoledTable:
        t.array[0] = max(t.array[0], size)
    else:
        made(run, t, size, None)


def packed(run: RunContext, t: Table, fields: int, values: int) -> None:
    """`extended` of a table with no other field than a named one, in a quarter of the time: ``{n = 2, ...}``."""
    if values > 1:
        run.charge(costs.SETTLING * values)
    numbers = len(t) - fields
    if not numbers:
        return
    if numbers + 0.0 in t and (numbers == 1 or all(map(t.__contains__, range(1, numbers)))):
        t.array = [values]
        return
    t.meta, t.run = NO_METATABLE, run
    t.array = [values, fields, fields]
    t.__class__ = HoledTable


def hold(run: RunContext, t: Table, size: int, room: int) -> None:
    """Keep the sizes of a table with holes from now on: its array's, and for how many other keys it was made."""
    _hold(run, t, size, room, [key for key in t if key.__class__ is float])


def _hold(run: RunContext, t: Table, size: int, room: int, numbers: list[float]) -> None:
    t.meta, t.run = NO_METATABLE, run
    others = len(t)
    for key in numbers:
        if 1.0 <= key <= size and key % 1.0 == 0.0:
            others -= 1
    t.array = [size, _power(max(room, others)), others]
    t.__class__ = HoledTable


def inserted(run: RunContext, t: Table, k: LuaValue) -> None:
    """``k`` is new in a HoledTable. PUC makes room for it even if its value is nil."""
    size, room, used = t.array
    if k.__class__ is float and 1.0 <= k <= size and k % 1.0 == 0.0:
        return
    if used < room:
        t.array[2] = used + 1
        return
    run.charge(costs.SETTLING * (len(t) + 2))
    keys = list(t) if k in t else [*t, k]
    size, inside = _array(keys)
    t.array = [size, _power(len(keys) - inside), len(keys) - inside]


def length(run: RunContext, t: Table) -> float:
    """``#`` of a HoledTable."""
    size, room, _ = t.array
    return _border(run, t, size, room > 0)


def removed(run: RunContext, t: Table, k: float) -> None:
    """An array of few elements has lost one before its last: how long it was is noted, once."""
    if len(t) >= FEW or t.__class__ is not Table:
        return
    end = k + 1.0
    try:
        end = float(t.array[0])
    except AttributeError:
        run.charge(costs.STEP * FEW)
        while end + 1.0 in t:
            end += 1.0
        others = sum([key.__class__ is float for key in t])
        keys = list(t)
        keys.insert(keys.index(k - 1.0) + 1 if k - 1.0 in t else 0, k)
        if others + 1 == end:
            t.array = [int(end)]
        else:
            run.charge(costs.SETTLING * 4 * len(keys))
            t.array = [_replayed(keys)]
        end = float(t.array[0])
    count = len(t) + 0.0
    if count != end and count in t and count + 1.0 not in t and end in t:
        hold(run, t, int(end), 0)


def noted(run: RunContext, t: Table) -> float | None:
    """``#`` of a table whose array was noted; None if nothing was."""
    try:
        return _border(run, t, t.array[0], True)
    except AttributeError:
        return None


def few(run: RunContext, t: Table) -> float | None:
    """``#`` of a plain table of few keys that has more than one border; None if it cannot be worked out."""
    try:
        size = t.array[0]
    except AttributeError:
        run.charge(costs.SETTLING * 4 * len(t))
        return _border(run, t, _replayed(t), True)
    return _border(run, t, size, True) if float(size) in t or size > len(t) else None


def _replayed(t: Iterable[LuaValue]) -> int:
    """The array's size if the keys were stored in this order and none was removed."""
    size = room = used = 0
    before: list[LuaValue] = []
    for key in t:
        before.append(key)
        if key.__class__ is float and 1.0 <= key <= size and key % 1.0 == 0.0:
            continue
        if used < room:
            used += 1
            continue
        size, inside = _array(before)
        used = len(before) - inside
        room = _power(used)
    return size


def _array(keys: Iterable[LuaValue]) -> tuple[int, int]:
    """The array's size for these keys, and how many of them it holds (computesizes in ltable.c)."""
    counts = [0] * 28
    for key in keys:
        if key.__class__ is float and 1.0 <= key <= _LARGEST and key % 1.0 == 0.0:
            counts[(int(key) - 1).bit_length()] += 1
    total = size = inside = 0
    for place, count in enumerate(counts):
        total += count
        if count and total > (1 << place) // 2:
            size, inside = 1 << place, total
    return size, inside


def _power(count: int) -> int:
    """The least power of two that is not below ``count``; none for none."""
    return 1 << (count - 1).bit_length() if count else 0


def _border(run: RunContext, t: Table, size: int, has_hash: bool) -> float:
    """luaH_getn."""
    low, high = 0.0, size + 0.0
    if not size or high in t:
        if not has_hash:
            return high
        low, high = high, high + 1.0
        while high in t:
            run.charge(costs.STEP)
            low, high = high, high + high
    while high - low > 1.0:
        run.charge(costs.STEP)
        middle = (low + high) // 2.0
        if middle in t:
            low = middle
        else:
            high = middle
    return low
