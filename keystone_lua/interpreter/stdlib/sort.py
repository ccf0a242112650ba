"""``table.sort`` (manual 5.5), in the order in which PUC 5.1 does it.

The order of equal elements, what a comparison function gets to see and where it is found out to be
inconsistent are those of PUC 5.1's quicksort, comparison for comparison: median of three, partition from
both ends, the smaller part by recursion (so at most log2 n deep). A comparison function may look at the
table, change it or fail, so every swap is written to the table at once, with the values that PUC would write.

Without such a function nothing sees the steps. Numbers or strings whose equal values cannot be told apart are then
left to Python's sort, since every correct algorithm gives the same result; NaNs, which have no order, and zeros of
both signs are not such numbers. The price depends on n log2 n for n values.

Input: a table and its length. Output: the table, sorted. Refuses what cannot be compared, and
comparison functions that no order agrees with, if that is noticed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..costs import COPY, RESULTS, VALUE, WORK
from ..runtime.comparison import less
from ..runtime.metatables import first, truth
from ..runtime.tables import rawset
from ..runtime.tracebacks import library_error
from ..runtime.values import FALSE, TRUE, ListTable, LuaValue, Table

if TYPE_CHECKING:
    from ..runtime.context import RunContext

Compare = Callable[[int, LuaValue, LuaValue], LuaValue]
"""A Lua function of two arguments, after the call depth."""

_ELEMENT: Final = WORK["sort.element"]
_COMPARISON: Final = WORK["sort.comparison"]
_PARTITION: Final = WORK["sort.partition"]


def sort(run: RunContext, d: int, t: Table, size: float, compare: Compare | None) -> None:
    """Sort the elements 1 to ``size`` by ``<`` or by ``compare``."""
    if size < 2.0:
        return
    if compare is not None:
        _quicksort(run, d + run.native_call_depth, t, 1.0, size, compare)
    elif not _sorted_unwatched(run, t, int(size)):
        _quicksort(run, d, t, 1.0, size, lambda d, a, b: TRUE if less(run, d, a, b) else FALSE)


def _sorted_unwatched(run: RunContext, t: Table, size: int) -> bool:
    """Sort by Python's sort if its result cannot differ."""
    doublings = size.bit_length()
    run.charge(size * (_ELEMENT + doublings), RESULTS + 2 * VALUE * size)
    values: list[Any] = list(t.values() if t.__class__ is ListTable else map(t.get, range(1, size + 1)))
    kinds = set(map(type, values))
    if kinds == {str}:
        run.charge(sum(map(len, values)) // COPY * doublings)
    elif kinds != {float} or _is_delicate(values):
        return False
    values.sort()
    if t.__class__ is ListTable:
        for key, value in zip(t, values, strict=True):
            t[key] = value
    else:
        t.update(zip(range(1, size + 1), values, strict=True))
    return True


def _is_delicate(numbers: list[float]) -> bool:
    """Whether the algorithm shows: NaNs, or equal numbers that are not the same."""
    if any(map(math.isnan, numbers)):
        return True
    return numbers.count(0.0) > 1 and len({math.copysign(1.0, x) for x in numbers if x == 0.0}) > 1


def _put(run: RunContext, t: Table, k: float, v: LuaValue) -> None:
    if v is not None and k in t:
        t[k] = v
    else:  # the comparison function has cleared fields, or there were holes
        rawset(run, t, k, v)


def _quicksort(run: RunContext, d: int, t: Table, low: float, high: float, compare: Compare) -> None:
    """``auxsort`` of ltablib.c."""
    while low < high:
        run.charge(_PARTITION + _COMPARISON * int(high - low))
        a, b = t.get(low), t.get(high)
        if truth(first(compare(d, b, a))):
            _put(run, t, low, b)
            _put(run, t, high, a)
        if high - low == 1.0:
            return
        middle = (low + high) // 2.0
        a, b = t.get(middle), t.get(low)
        if truth(first(compare(d, a, b))):
            _put(run, t, middle, b)
            _put(run, t, low, a)
        else:
            b = t.get(high)
            if truth(first(compare(d, b, a))):
                _put(run, t, middle, b)
                _put(run, t, high, a)
        if high - low == 2.0:
            return
        middle = _partition(run, d, t, low, high, middle, compare)
        if middle - low < high - middle:
            _quicksort(run, d, t, low, middle - 1.0, compare)
            low = middle + 1.0
        else:
            _quicksort(run, d, t, middle + 1.0, high, compare)
            high = middle - 1.0


def _partition(run: RunContext, d: int, t: Table, low: float, high: float, middle: float, compare: Compare) -> float:
    """Move what is less than the median of three before it and the rest behind it; answers its place."""
    pivot, b = t.get(middle), t.get(high - 1.0)
    _put(run, t, middle, b)
    _put(run, t, high - 1.0, pivot)
    i, j = low, high - 1.0
    while True:
        i += 1.0
        a = t.get(i)
        while (r := compare(d, a, pivot)) is TRUE or (r is not FALSE and truth(first(r))):
            if i > high:
                raise library_error("invalid order function for sorting")
            i += 1.0
            a = t.get(i)
        j -= 1.0
        b = t.get(j)
        while (r := compare(d, pivot, b)) is TRUE or (r is not FALSE and truth(first(r))):
            if j < low:
                raise library_error("invalid order function for sorting")
            j -= 1.0
            b = t.get(j)
        if j < i:
            break
        if a is not None and b is not None and i in t and j in t:
            t[i], t[j] = b, a
        else:
            _put(run, t, i, b)
            _put(run, t, j, a)
    a, b = t.get(high - 1.0), t.get(i)
    _put(run, t, high - 1.0, b)
    _put(run, t, i, a)
    return i
