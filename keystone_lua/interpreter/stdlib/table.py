"""The table library (manual 5.5; pack and unpack as in 5.2).

Input: tables and positions. Output: the tables changed in place, or values. All access is raw, as in 5.1.
Refuses what 5.1 refuses: values that are no text in ``concat``, a wrong number of arguments, too many results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from ..costs import COPY, ENTRY, LIBRARY, RESULTS, STRING, TABLE, VALUE, WORK, WORK_BYTES
from ..numerals import number_to_string
from ..runtime.array_part import inserted, made
from ..runtime.hash_defence import filled
from ..runtime.key_order import keys_of
from ..runtime.metatables import first
from ..runtime.tables import border, delete, place_new, rawset, remove_last
from ..runtime.tracebacks import library_error
from ..runtime.values import ABSENT, HoledTable, ListTable, LuaValue, ScatteredTable, Table, type_name
from .args import check_function, check_int, check_integer, check_table, opt_string
from .sort import sort as sort_table

if TYPE_CHECKING:
    from ..runtime.context import RunContext

_CONCAT: Final = LIBRARY["table.concat"]
_FOREACH: Final = LIBRARY["table.foreach"]
_FOREACHI: Final = LIBRARY["table.foreachi"]
_GETN: Final = LIBRARY["table.getn"]
_INSERT: Final = LIBRARY["table.insert"]
_MAXN: Final = LIBRARY["table.maxn"]
_PACK: Final = LIBRARY["table.pack"]
_REMOVE: Final = LIBRARY["table.remove"]
_SETN: Final = LIBRARY["table.setn"]
_SORT: Final = LIBRARY["table.sort"]
_UNPACK: Final = LIBRARY["table.unpack"]

# Instructions for one element.
_SHIFTED: Final = WORK["table.shifted"]
_JOINED: Final = WORK["table.concat.item"]
_NUMERAL: Final = WORK["table.concat.numeral"]
_UNPACKED: Final = WORK["table.unpack.value"]
_PACKED: Final = WORK["table.pack.value"]
_SCANNED: Final = WORK["table.maxn.key"]
_CALLED: Final = WORK["table.foreach.call"]

_MAX_RESULTS: Final = 8000
"""LUAI_MAXCSTACK: slots that a C function of PUC 5.1 may use, its arguments included."""
_PASSED: Final = 4
"""Elements of a list that may be passed for one that is wanted: 5 ns each."""

_ALL_STRINGS: Final = {str}
_LEADING: Final = {count: itemgetter(*map(float, range(1, count + 1))) for count in range(2, 17)}
"""How to read the first few elements fastest."""
_NUMERAL_BYTES: Final = WORK_BYTES["table.concat.numeral"]


def _shift(run: RunContext, t: Table, key: float, stop: float, step: float) -> None:
    """``t[key] = t[key + step]``, then for the next key in the same direction, up to ``stop``."""
    count = int(abs(stop - key))
    run.charge(_SHIFTED * count)
    place = int(min(key, stop))
    if t.__class__ is ListTable and 1 <= place <= _PASSED * count:
        _shift_list(run, t, place, step)
        return
    while key != stop:
        source = key + step
        value = t.get(source)
        if value is not None and key in t:
            t[key] = value
        else:
            rawset(run, t, key, value)
        key = source
        if value is not None and t.__class__ is not ScatteredTable:
            # The key is there, since its value was read: no need to look for it, as long as there is no hole.
            while key != stop:
                source = key + step
                value = t.get(source)
                if value is None:
                    break
                t[key] = value
                key = source


def _shift_list(run: RunContext, t: Table, place: int, step: float) -> None:
    """Likewise of a list, from or down to ``place`` as far as it goes: in one pass, by the keys that it has."""
    if step > 0.0:
        for key, value in zip(islice(t, place - 1, None), islice(t.values(), place, None), strict=False):
            t[key] = value
        return
    run.charge(0, ENTRY)
    carried = None
    for key, value in zip(islice(t, place - 1, None), islice(t.values(), place - 1, None), strict=True):
        if carried is not None:
            t[key] = carried
        carried = value
    t[len(t) + 1.0] = carried


def _values(t: Table, begin: int, count: int) -> Iterable[LuaValue]:
    """``count`` values from ``begin`` on; None for those that are not there."""
    if t.__class__ is ListTable and 1 <= begin <= _PASSED * count and begin + count <= len(t) + 1:
        return islice(t.values(), begin - 1, begin - 1 + count)
    return map(t.get, range(begin, begin + count))


def _texts(run: RunContext, values: Sequence[LuaValue], start: int) -> list[str]:
    """The elements from index ``start`` on as text, numbers converted."""
    run.charge(_NUMERAL * len(values), RESULTS + (VALUE + _NUMERAL_BYTES) * len(values))
    texts = []
    for index, value in enumerate(values, start):
        if value.__class__ is str:
            texts.append(value)
        elif value.__class__ is float:
            texts.append(number_to_string(value))
        else:
            raise library_error(f"invalid value ({type_name(value)}) at index {index} in table for 'concat'")
    return texts


def _insert_at(run: RunContext, t: Table, end: float, position: LuaValue, value: LuaValue) -> None:
    place = float(check_int(run, position, 2))
    if place < end:
        _shift(run, t, end, place, -1.0)
    rawset(run, t, 0.0 if place == 0.0 else place, value)


def _check_results(count: int, arguments: int) -> None:
    if count > _MAX_RESULTS - arguments:
        raise library_error("too many results to unpack")


def concat_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def concat(d: int, t: Any = ABSENT, separator: Any = None, start: Any = None, last: Any = None, *_: Any) -> str:
        nonlocal fuel
        fuel -= _CONCAT
        if fuel < 0:
            run.refuel(0)
        if separator.__class__ is not str:
            separator = opt_string(separator, 2, "")
        is_list = t.__class__ is ListTable
        if not is_list and t.__class__ is not Table:
            t = check_table(t, 1)
        # Not cut to 32 bits as PUC does: a range to 2^53 is an error there is no reason to hide.
        begin = 1 if start is None else check_integer(run, start, 3)
        end = check_integer(run, last, 4) if last is not None else len(t) if is_list else int(border(run, t))
        # A range longer than the table has a nil among its first len(t) + 1 elements: no need to look further.
        count = min(end - begin + 1, len(t) + 1)
        if count <= 0:
            return ""
        run.charge(_JOINED * count, RESULTS + 2 * VALUE * count)
        if is_list and begin == 1 and count == len(t):
            values = list(t.values())
        elif begin == 1 and count in _LEADING and t.__class__ is not ScatteredTable:
            values = _LEADING[count](t)
        else:
            values = list(_values(t, begin, count))
        if set(map(type, values)) != _ALL_STRINGS:
            values = _texts(run, values, begin)
        size = sum(map(len, values)) + len(separator) * (count - 1)
        run.charge(size // COPY, STRING + size)
        return separator.join(values)  # type: ignore[no-any-return]

    return concat


def foreach_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def foreach(d: int, t: LuaValue = ABSENT, f: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_FOREACH)
        t, f = check_table(t, 1), check_function(f, 2)
        run.charge(len(t) // COPY, RESULTS + VALUE * len(t))
        for key in keys_of(run, t):
            run.charge(_CALLED)
            value = t.get(key)
            if value is not None:
                result = first(f(d + run.native_call_depth, key, value))
                if result is not None:
                    return result
        return ()

    return foreach


def foreachi_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def foreachi(d: int, t: LuaValue = ABSENT, f: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_FOREACHI)
        t = check_table(t, 1)
        size = border(run, t)
        f = check_function(f, 2)
        place = 1.0
        while place <= size:
            run.charge(_CALLED)
            result = first(f(d + run.native_call_depth, place, t.get(place)))
            if result is not None:
                return result
            place += 1.0
        return ()

    return foreachi


def getn_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def getn(d: int, t: LuaValue = ABSENT, *_: LuaValue) -> float:
        run.charge(_GETN)
        return border(run, check_table(t, 1))

    return getn


def insert_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def insert(d: int, t: LuaValue = ABSENT, a: LuaValue = ABSENT, b: LuaValue = ABSENT, *more: LuaValue) -> tuple[()]:
        nonlocal fuel, alloc
        fuel -= _INSERT
        if fuel < 0:
            run.refuel(0)
        if t.__class__ is ListTable and b is ABSENT and a is not ABSENT and a is not None:
            alloc -= ENTRY
            if alloc < 0:
                run.refuel(0)
            t[len(t) + 1.0] = a
            return ()
        if t.__class__ is not Table:
            t = check_table(t, 1)
        end = len(t) + 1.0
        if end in t or end - 1.0 not in t or type(t) is HoledTable:
            end = border(run, t) + 1.0
        if b is ABSENT and a is not ABSENT:
            if a is not None:
                alloc -= ENTRY
                if alloc < 0:
                    run.refuel(0)
                place_new(t, end)
                t[end] = a
                if type(t) is HoledTable:
                    inserted(run, t, end)
        elif b is ABSENT or more:
            raise library_error("wrong number of arguments to 'insert'")
        else:
            _insert_at(run, t, end, a, b)
        return ()

    return insert


def maxn_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def maxn(d: int, t: LuaValue = ABSENT, *_: LuaValue) -> float:
        run.charge(_MAXN)
        t = check_table(t, 1)
        run.charge(_SCANNED * len(t))
        largest = 0.0
        for key in t:
            if key.__class__ is float and key > largest:
                largest = key
        return largest

    return maxn


def pack_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def pack(d: int, *values: LuaValue) -> Table:
        run.charge(_PACK + _PACKED * len(values), TABLE + ENTRY * (len(values) + 1))
        t = Table()
        place = 1.0
        for value in values:
            if value is not None:
                t[place] = value
            place += 1.0
        if holes := len(values) - len(t):
            filled(run, t, holes)
            made(run, t, len(values), 1)
        t["n"] = place - 1.0
        return t

    return pack


def remove_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def remove(d: int, t: LuaValue = ABSENT, position: LuaValue = None, *_: LuaValue) -> LuaValue:
        nonlocal fuel
        fuel -= _REMOVE
        if fuel < 0:
            run.refuel(0)
        if t.__class__ is ListTable:
            if position is None:
                return remove_last(run, t) if t else ()
            if position == 1.0 and t:  # a queue's first: all of the shift in C, as no key is new
                fuel -= _SHIFTED * (len(t) - 1)
                if fuel < 0:
                    run.refuel(0)
                values = iter(t.values())
                value = next(values)
                dict.update(t, zip(t, values, strict=False))
                remove_last(run, t)
                return value
        if t.__class__ is not Table:
            t = check_table(t, 1)
        end = len(t) + 0.0
        if end + 1.0 in t or end not in t or type(t) is HoledTable:
            end = border(run, t)
        place = end if position is None else float(check_int(run, position, 2))
        if not 1.0 <= place <= end:
            return ()
        value = t.get(place)
        if place < end:
            _shift(run, t, place, end, 1.0)
        delete(run, t, end)
        return value

    return remove


def setn_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def setn(d: int, t: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_SETN)
        check_table(t, 1)
        raise library_error("'setn' is obsolete")

    return setn


def sort_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def sort(d: int, t: LuaValue = ABSENT, compare: LuaValue = None, *_: LuaValue) -> tuple[()]:
        run.charge(_SORT)
        t = check_table(t, 1)
        size = border(run, t)
        sort_table(run, d, t, size, None if compare is None else check_function(compare, 2))
        return ()

    return sort


def unpack_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def unpack(
        d: int, t: LuaValue = ABSENT, start: LuaValue = ABSENT, last: LuaValue = ABSENT, *more: LuaValue
    ) -> LuaValue:
        nonlocal fuel, alloc
        fuel -= _UNPACK
        if fuel < 0:
            run.refuel(0)
        is_list = t.__class__ is ListTable
        if not is_list and t.__class__ is not Table:
            t = check_table(t, 1)
        begin = 1 if start is None or start is ABSENT else check_int(run, start, 2)
        if last is None or last is ABSENT:
            end = len(t) if is_list else int(border(run, t))
        else:
            end = check_int(run, last, 3)
        count = end - begin + 1
        if count <= 0:
            return ()
        if count > _MAX_RESULTS - 3:
            _check_results(count, 1 + (start is not ABSENT) + (last is not ABSENT) + len(more))
        # While it grows, Python's tuple is up to a quarter too long.
        fuel -= _UNPACKED * count
        alloc -= RESULTS + VALUE * count * 5 // 4
        if fuel < 0 or alloc < 0:
            run.refuel(0)
        if is_list and begin == 1 and count == len(t) and count > 1:
            return tuple(t.values())
        if begin == 1 and count in _LEADING and t.__class__ is not ScatteredTable:
            return _LEADING[count](t)
        return tuple(_values(t, begin, count)) if count > 1 else t.get(float(begin))

    return unpack


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Callable[..., Any]]:
    """The functions of ``table``; ``unpack`` is the base library's as well."""
    return {
        "concat": concat_for(run, fuel, alloc),
        "foreach": foreach_for(run, fuel, alloc),
        "foreachi": foreachi_for(run, fuel, alloc),
        "getn": getn_for(run, fuel, alloc),
        "insert": insert_for(run, fuel, alloc),
        "maxn": maxn_for(run, fuel, alloc),
        "pack": pack_for(run, fuel, alloc),
        "remove": remove_for(run, fuel, alloc),
        "setn": setn_for(run, fuel, alloc),
        "sort": sort_for(run, fuel, alloc),
        "unpack": unpack_for(run, fuel, alloc),
    }
