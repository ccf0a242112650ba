"""What the for statements go over (manual 2.4.5): counters, a table's entries, whatever an iterator answers.

Input: the values behind ``in`` or ``=``. Output: Python iterators of Lua values; the generated code charges each round.
Refuses bounds that are no numbers, and iterators that cannot be called, with Lua's own messages.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import count, islice, repeat
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

from .. import costs
from .key_order import keys_of
from .metatables import metamethod
from .operations import call
from .tracebacks import operand_error, operation_error
from .values import COUNT, LuaValue, ScatteredTable, Table

if TYPE_CHECKING:
    from .context import RunContext


def pairs_items(run: RunContext, d: int, t: LuaValue) -> Iterator[tuple[LuaValue, LuaValue]]:
    """The entries of ``pairs(t)`` for a for statement: keys as they are now, values as they will be.

    A value of None means that the field was cleared on the way.
    """
    if not isinstance(t, Table):
        raise run.not_a_table(t)
    keys = _snapshot(run, t)
    return zip(keys, map(t.get, keys), strict=False)


def _snapshot(run: RunContext, t: Table) -> list[LuaValue]:
    run.charge(costs.LIBRARY["pairs"] + len(t) // costs.COPY, costs.RESULTS + costs.VALUE * len(t))
    return keys_of(run, t)


def late(t: Table, k: LuaValue) -> LuaValue:
    """A value that the ``t.get`` of a loop did not find, since ``t`` has become a ScatteredTable meanwhile."""
    return t.get(k) if t.__class__ is ScatteredTable else None


def pairs_live(run: RunContext, d: int, t: LuaValue) -> tuple[bool, Iterator[tuple[LuaValue, LuaValue]]]:
    """What ``for_iterator`` answers for ``pairs(t)``; cleared fields are skipped here."""
    return False, _live(t, pairs_items(run, d, t))


def _live(t: Any, items: Iterator[tuple[LuaValue, LuaValue]]) -> Iterator[tuple[LuaValue, LuaValue]]:
    for k, v in items:
        if v is not None or (v := late(t, k)) is not None:
            yield k, v


def ipairs_getter(run: RunContext, d: int, t: LuaValue) -> Callable[[float], LuaValue]:
    """The raw getter that an ipairs loop calls."""
    if not isinstance(t, Table):
        raise run.not_a_table(t)
    run.charge(costs.LIBRARY["ipairs"])
    return t.get


def ipairs_live(run: RunContext, d: int, t: LuaValue) -> tuple[bool, Iterator[tuple[float, LuaValue]]]:
    """What ``for_iterator`` answers for ``ipairs(t)``."""
    return False, _counted(t, ipairs_getter(run, d, t))


def _counted(t: Any, get: Callable[[float], LuaValue]) -> Iterator[tuple[float, LuaValue]]:
    place = 0.0
    while True:
        place += 1.0
        v = get(place)
        if v is None and (v := late(t, place)) is None:
            return
        yield place, v


def for_iterator(run: RunContext, d: int, values: tuple[LuaValue, ...], count: int) -> tuple[bool, Iterator[Any]]:
    """The general for statement (manual 2.4.5): whether values are live (see pairs_items), and an iterator.

    It yields tuples of ``count`` values (the value itself when ``count`` is 1).
    """
    f, s, control = (*values, None, None, None)[:3]
    if f is run.next and isinstance(s, Table) and control is None and count == 2:
        keys = _snapshot(run, s)
        return True, zip(keys, map(_read, repeat(s), keys), strict=False)
    step = f if f.__class__ is FunctionType else _callable(run, f)
    return False, _ONE(run, d, step, s, control) if count == 1 else _MANY(run, d, step, s, control, count)


def _read(t: Table, k: LuaValue) -> LuaValue:
    return t.get(k) if t.__class__ is ScatteredTable else t[k]


def _callable(run: RunContext, f: LuaValue) -> Callable[..., LuaValue]:
    if metamethod(run, f, "__call") is None:
        raise operand_error("call", f)
    return lambda d, *arguments: call(run, f, d, *arguments)


def _one(run: RunContext, d: int, f: Callable[..., LuaValue], s: LuaValue, control: LuaValue) -> Iterator[LuaValue]:
    d += run.native_call_depth
    while True:
        control = f(d, s, control)
        if control.__class__ is tuple:
            control = control[0] if control else None
        if control is None:
            return
        yield control


def _many(
    run: RunContext, d: int, f: Callable[..., LuaValue], s: LuaValue, control: LuaValue, count: int
) -> Iterator[tuple[LuaValue, ...]]:
    d += run.native_call_depth
    padding = (None,) * count
    while True:
        result = f(d, s, control)
        if result.__class__ is not tuple:
            result = (result, *padding[1:])
        elif len(result) != count:
            result = (result + padding)[:count]
        control = result[0]
        if control is None:
            return
        yield result


_ONE: Final = _one
_MANY: Final = _many


def for_number(run: RunContext, d: int, value: LuaValue, what: str) -> float:
    """A bound of a numeric for statement; a numeral's length is paid for."""
    number = run.number_of(value)
    if number is None:
        raise operation_error(f"'for' {what} must be a number")
    return number


_WHOLE: Final = 9007199254740992.0
"""2^53: up to here whole numbers are counted exactly."""


def counting(start: float, stop: float, step: float) -> Iterator[float]:
    """The values of a for statement's counter."""
    if start >= 0.0 and stop <= 4096.0 and step == 1.0 and start % 1.0 == 0.0:
        # rounding the limit up by one makes it exclusive
        return islice(COUNT, int(start), int(stop) + 1) if stop >= start else iter(())
    if start % 1.0 == 0.0 == step % 1.0 and step and -_WHOLE < start < _WHOLE and -_WHOLE < stop < _WHOLE:
        rounds = int((stop - start) // step) + 1
        return islice(count(start + 0.0, step), rounds) if rounds > 0 else iter(())
    return _steps(start, stop, step)


def _steps(start: float, stop: float, step: float) -> Iterator[float]:
    """PUC's forprep: the counter starts one step early, and each round adds the step and tests."""
    counter = start - step
    while True:
        counter += step
        if not (counter <= stop if step > 0.0 else counter >= stop):
            return
        yield counter


def chunks(start: float, stop: float, step: float) -> Iterable[tuple[int, Iterator[float]]]:
    """The counter in chunks of up to ROUNDS values, each with its size. ``start`` and ``step`` are whole, step > 0."""
    if not stop >= start:
        return ()
    rounds = int((stop - start) // step) + 1 if stop < math.inf else 1 << 60
    if rounds <= costs.ROUNDS and stop <= 4096.0 and step == 1.0 and start >= 0.0:
        first = int(start)
        return ((rounds, islice(COUNT, first, first + rounds)),)
    return _chunks(count(start, step), rounds)


class _Kept(dict[float, Iterable[Any]]):
    """What a loop from ``start`` to n goes over, ready for small n: most loops are short, and a call costs 400 ns."""

    def __init__(self, start: int, make: Callable[[float, float, float], Iterable[Any]], small: Iterable[Any]) -> None:
        super().__init__((float(n), values) for n, values in enumerate(small))
        self.start = float(start)
        self.make = make

    def __missing__(self, stop: float) -> Iterable[Any]:
        return self.make(self.start, stop, 1.0)


SHORT_LOOP: Final = 64
"""The last value of a loop whose values are kept."""

STARTS: Final = (0, 1, 2, 3)
"""First values of loops by 1 that are kept for small limits, 17 kB each."""


def _kept() -> Iterator[tuple[str, _Kept]]:
    for start in STARTS:
        values = [COUNT[start : n + 1] for n in range(SHORT_LOOP + 1)]
        yield f"COUNTED_{start}", _Kept(start, counting, values)
        yield f"CHUNKED_{start}", _Kept(start, chunks, [((len(each), each),) if each else () for each in values])


KEPT: Final = dict(_kept())
"""By the names that generated code has for them."""


def _chunks(values: Iterator[float], rounds: int) -> Iterator[tuple[int, Iterator[float]]]:
    while rounds:
        now = min(rounds, costs.ROUNDS)
        yield now, islice(values, now)
        rounds -= now
