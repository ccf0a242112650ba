"""What the manual says of every operator, beyond the fast path (section 2.8).

Generated code does the usual case inline behind an exact class test and calls here for the
rest: strings as numbers, metatables, errors. The standard library calls here too and decides nothing again.

Input: the run, the call depth, operands. Output: a Lua value; the comparisons answer a Python bool.
Metamethods are called at depth ``d + run.crossing``. Refuses with Lua's own messages.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

from .. import costs
from ..numerals import number_to_string, whole_text
from . import array_part
from .hash_defence import filled, rebuild, removed, stored
from .tracebacks import UNNAMED, comparison_error, operand_error, operation_error
from .values import (
    ABSENT,
    FALSE,
    LONG_STRING,
    NO_METATABLE,
    Coroutine,
    HoledTable,
    LuaValue,
    MetaTable,
    Native,
    ScatteredTable,
    Table,
    unpredictable,
)

if TYPE_CHECKING:
    from .context import RunContext

FEW_REMOVED: Final = 64
"""Places of removed keys that a walk over a table may pass for nothing: 0.1 µs."""

LOOP_LIMIT: Final = 100
"""Steps of an __index or __newindex chain (MAXTAGLOOP)."""


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


def call(run: RunContext, function: LuaValue, d: int, *arguments: LuaValue) -> LuaValue:
    """Call from the library: any value, ``__call`` included; all results."""
    d += run.crossing
    if d > run.depth_limit:
        run.refuel(d)  # library functions do not look at their depth themselves
    if function.__class__ is FunctionType:
        return function(d, *arguments)
    handler = metamethod(run, function, "__call")
    if handler.__class__ is not FunctionType:
        raise operand_error("call", function)
    run.charge(costs.METAMETHOD + len(arguments) // 8, costs.RESULTS + costs.VALUE * len(arguments))
    return handler(d, function, *arguments)


def callable_of(run: RunContext, d: int, value: LuaValue) -> LuaValue:
    """What to call for ``value``: strings can have ``__call`` too, but Python's str cannot."""
    if value.__class__ is str and metamethod(run, value, "__call").__class__ is FunctionType:
        return lambda d, *arguments: call(run, value, d, *arguments)
    return value


# indexing


def index(run: RunContext, d: int, o: LuaValue, k: LuaValue) -> LuaValue:
    """``o[k]``, in the cases that ``run.index`` leaves."""
    for step in range(LOOP_LIMIT):
        if o.__class__ is Table:
            return o.get(k)
        if o.__class__ is MetaTable or o.__class__ is ScatteredTable:
            if k.__class__ is str and len(k) >= LONG_STRING:
                run.charge(len(k) // costs.COPY)
            value = o.get(k)
            if value is not None:
                return value
            handler = o.meta["__index"]
            if handler.__class__ is Table and not step:
                return handler.get(k)  # the first step is in the price of indexing
            if handler is None:
                return None
        elif o.__class__ is str:
            if run.strings is None:
                if step:
                    run.charge(costs.HOP)
                return run.string_function(k)
            handler = run.string_metatable().get("__index")
            if handler is None:
                raise operand_error("index", o, UNNAMED if step else 0)
        elif o.__class__ is Native:
            if step:
                run.charge(costs.HOP)
            return run.method(o, k)
        else:
            raise operand_error("index", o, UNNAMED if step else 0)
        if handler.__class__ is FunctionType:
            return run.invoke(d, handler, o, k)
        o = handler
        if step:
            run.charge(costs.HOP)
    raise operation_error("loop in gettable")


def pure_index(o: Table, k: LuaValue) -> LuaValue:
    """``o[k]`` of a table that has no ``k`` itself. Raises TypeError if that would call or cost something."""
    handler = o.meta.get("__index") if isinstance(o, MetaTable) else None
    if handler is None:
        return None
    if handler.__class__ is Table:
        return handler.get(k)
    if handler.__class__ is MetaTable:
        value = handler.get(k)
        if value is not None or handler.meta["__index"] is None:
            return value
    raise TypeError


def setindex(run: RunContext, d: int, o: LuaValue, k: LuaValue, v: LuaValue) -> None:
    """``o[k] = v``. PUC 5.1 looks at the key before the metatable."""
    if o.__class__ is MetaTable:
        if (k.__class__ is float and k == k) or (k.__class__ is str and len(k) < LONG_STRING):
            handler = o.meta["__newindex"]
            if handler.__class__ is FunctionType and o.get(k) is None:
                return run.assign(d, handler, o, k, v)
    elif v is None and o.__class__ is Table and k in o:
        return delete(run, o, k)  # t[#t] = nil
    for step in range(LOOP_LIMIT):
        if o.__class__ is Table:
            return rawset(run, o, k, v)
        if o.__class__ is MetaTable or o.__class__ is ScatteredTable:
            check_key(k)
            handler = o.meta["__newindex"]
            if handler is None or rawget(run, o, k) is not None:
                return rawset(run, o, k, v)
        else:
            handler = metamethod(run, o, "__newindex")
            if handler is None:
                raise operand_error("index", o, UNNAMED if step else 0)
        if handler.__class__ is FunctionType:
            return run.assign(d, handler, o, k, v)
        o = handler
        run.charge(costs.HOP)
    raise operation_error("loop in settable")


def rawget(run: RunContext, t: Table, k: LuaValue) -> LuaValue:
    """The raw value; a long key is paid for by its length, since its bytes are compared."""
    if k.__class__ is str and len(k) >= LONG_STRING:
        run.charge(len(k) // costs.COPY)
    return t.get(k)


def rawset(run: RunContext, t: Table, k: LuaValue, v: LuaValue) -> None:
    """The raw assignment: charges a new entry, removes on nil, refuses nil and NaN as keys."""
    if k.__class__ is str and len(k) >= LONG_STRING:
        run.charge(len(k) // costs.COPY)
        if t.__class__ is Table:
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
        t[0.0 if k == 0.0 else k] = v
    if type(t) is HoledTable:
        array_part.inserted(run, t, k)
    if v is not None and k.__class__ is float and k - 1.0 not in t:
        stored(run, t, k + 0.0)


def check_key(k: LuaValue) -> None:
    """Refuse the two values that are no keys."""
    if k is None:
        raise operation_error("table index is nil")
    if k.__class__ is float and k != k:
        raise operation_error("table index is NaN")


def make_slow(run: RunContext, t: Table) -> None:
    """Take a plain table off the fast path (see MetaTable)."""
    t.meta = NO_METATABLE
    t.run = run
    t.__class__ = MetaTable


class Order:
    """The keys that ``next`` walks: a snapshot, so that fields may be cleared on the way (manual 5.1, next)."""

    __slots__ = ("cursor", "dead", "keys", "places", "start")

    def __init__(self, run: RunContext, t: Table) -> None:
        run.charge(len(t) // costs.COPY, costs.RESULTS + costs.VALUE * len(t))
        self.keys = list(t)
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
        removed(run, t, k)
        if k + 1.0 in t:
            array_part.removed(run, t, k)


def next_entry(run: RunContext, t: Table, k: LuaValue) -> tuple[LuaValue, LuaValue] | None:
    """The entry after key ``k``, the first one after nil; None at the end (manual 5.1, next).

    Insertion order. The first call only looks; a snapshot is taken by the second, or by a
    removal in between. Removed entries that a scan must pass are bounded by compacting.
    """
    try:
        order = t.order
    except AttributeError:
        t.dead = 0
        order = t.order = None
    if k is None:
        if order.__class__ is Order and order.covers(t):
            return _advance(run, t, order, order.start, True)
        if t.dead > FEW_REMOVED:
            run.charge(len(t) // 4 + 8)
            _compact(t)
        for key in t:
            t.order = (key,)
            return key, t.get(key)
        return None
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


def length(run: RunContext, d: int, o: LuaValue) -> float:
    """``#o`` (manual 2.5.5)."""
    if o.__class__ is str:
        return float(len(o))
    if isinstance(o, Table):
        return border(run, o)
    raise operand_error("get length of", o)


def border(run: RunContext, t: Table) -> float:
    """An n with t[n] not nil and t[n + 1] nil, or 0 if t[1] is nil: the one that PUC finds, where that is known."""
    if type(t) is HoledTable:
        return array_part.length(run, t)
    n = len(t) + 0.0
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


# arithmetic


def power(a: float, b: float) -> float:
    """C's ``pow``."""
    try:
        return math.pow(a, b)
    except OverflowError:
        return -math.inf if a < 0.0 and b % 2.0 == 1.0 else math.inf
    except ValueError:
        if a == 0.0:
            return math.copysign(math.inf, a) if b % 2.0 == 1.0 else math.inf
        return -math.nan


def divide(a: float, b: float) -> float:
    """C's division."""
    if b:
        return a / b
    if a != a or a == 0.0:
        return -math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def modulo(a: float, b: float) -> float:
    """``a - floor(a / b) * b``, as luai_nummod computes it, rounding included."""
    if not b:
        return math.nan
    quotient = a / b
    return a - (quotient if quotient in (math.inf, -math.inf) else quotient // 1.0) * b


def _arithmetic(
    event: str, compute: Callable[[float, float], float]
) -> Callable[[RunContext, int, Any, Any], LuaValue]:
    def operate(run: RunContext, d: int, a: LuaValue, b: LuaValue) -> LuaValue:
        if a.__class__ is MetaTable and b.__class__ is not str and (handler := a.meta[event]) is not None:
            return run.invoke(d, handler, a, b)
        left, right = run.number_of(a), run.number_of(b)
        if left is not None and right is not None:
            return compute(left, right)
        handler = metamethod(run, a, event)
        if handler is None:
            handler = metamethod(run, b, event)
        if handler is None:
            raise (
                operand_error("perform arithmetic on", a, 0)
                if left is None
                else operand_error("perform arithmetic on", b, 1)
            )
        return run.invoke(d, handler, a, b)

    return operate


add = _arithmetic("__add", lambda a, b: a + b)
subtract = _arithmetic("__sub", lambda a, b: a - b)
multiply = _arithmetic("__mul", lambda a, b: a * b)
divide_values = _arithmetic("__div", divide)
modulo_values = _arithmetic("__mod", modulo)
power_values = _arithmetic("__pow", power)
_negate = _arithmetic("__unm", lambda a, b: -a)


def negate(run: RunContext, d: int, a: LuaValue) -> LuaValue:
    """``-a``; its metamethod gets the operand twice, as in PUC 5.1."""
    return _negate(run, d, a, a)


def concat(run: RunContext, d: int, *values: LuaValue) -> LuaValue:
    """``a .. b .. c``: one string for a run of strings and numbers, metamethods from the right."""
    if len(values) == 2 and values[0].__class__ is MetaTable:
        handler = values[0].meta["__concat"]
        if handler is not None:
            return run.invoke(d, handler, *values)
    texts = [v if v.__class__ is str else _written(run, v) for v in values if v.__class__ in _TEXT]
    if len(texts) == len(values):
        return _join(run, texts)
    result = values[-1]
    place = len(values) - 1
    while place > 0:
        left = values[place - 1]
        if left.__class__ in _TEXT and result.__class__ in _TEXT:
            start = place - 1
            while start > 0 and values[start - 1].__class__ in _TEXT:
                start -= 1
            parts = [*values[start:place], result]
            result = _join(run, [v if v.__class__ is str else _written(run, v) for v in parts])
            place = start
            continue
        handler = metamethod(run, left, "__concat")
        if handler is None:
            handler = metamethod(run, result, "__concat")
        if handler is None:
            # A handler's result stands in the register of the operand that it began with, and goes by its name.
            raise (
                operand_error("concatenate", result, place)
                if left.__class__ in _TEXT
                else operand_error("concatenate", left, place - 1)
            )
        result = run.invoke(d, handler, left, result)
        place -= 1
    return result


_TEXT: Final[tuple[Any, ...]] = (str, float)


def _written(run: RunContext, number: float) -> str:
    text = whole_text(number)
    if text.__class__ is float:
        run.charge(costs.NUMERAL)
        return number_to_string(number)
    return text  # type: ignore[return-value]


def _join(run: RunContext, texts: list[str]) -> str:
    size = sum(map(len, texts))
    run.charge(size // costs.COPY if size >= LONG_STRING else 0, costs.STRING + size)
    return "".join(texts)


# comparison


def equal(run: RunContext, d: int, a: LuaValue, b: LuaValue) -> bool:
    """``a == b`` (manual 2.5.2)."""
    if a is b:
        return a.__class__ is not float or bool(a == a)  # of a table Python would compare the entries
    if a.__class__ is MetaTable and b.__class__ is MetaTable:
        handler = a.meta["__eq"]
        if handler.__class__ is FunctionType and handler is b.meta["__eq"]:
            result = run.invoke(d, handler, a, b)
            return result is not None and result is not FALSE
    if a.__class__ is str:
        if b.__class__ is not str or len(a) != len(b):
            return False
        if len(a) >= LONG_STRING:
            run.charge(len(a) // costs.COPY)
        return bool(a == b)
    if a.__class__ is float:
        return b.__class__ is float and bool(a == b)
    if isinstance(a, MetaTable) and isinstance(b, MetaTable):
        handler = a.meta["__eq"]
        if handler is not None and raw_equal(run, handler, b.meta["__eq"]):
            return truth(run.invoke(d, handler, a, b))
    return False


def pure_equal(a: LuaValue, b: LuaValue) -> bool:
    """``a == b``. Raises TypeError if that would call or cost something."""
    if a is b:
        return a.__class__ is not float or bool(a == a)
    if (a.__class__ is str and b.__class__ is str) or (isinstance(a, MetaTable) and isinstance(b, MetaTable)):
        raise TypeError
    return a.__class__ is float and b.__class__ is float and bool(a == b)


def raw_equal(run: RunContext, a: LuaValue, b: LuaValue) -> bool:
    """``rawequal``."""
    if a.__class__ is str or a.__class__ is float:
        return equal(run, 0, a, b)
    return a is b


def less(run: RunContext, d: int, a: LuaValue, b: LuaValue) -> bool:
    """``a < b``."""
    if a.__class__ is MetaTable and b.__class__ is MetaTable:
        handler = a.meta["__lt"]
        if handler.__class__ is FunctionType and handler is b.meta["__lt"]:
            result = run.invoke(d, handler, a, b)
            return result is not None and result is not FALSE
    if a.__class__ is float and b.__class__ is float:
        return bool(a < b)
    if a.__class__ is str and b.__class__ is str:
        _charge_comparison(run, a, b)
        return bool(a < b)
    handler = _order_handler(run, a, b, "__lt")
    if handler is None:
        raise comparison_error(a, b)
    return truth(run.invoke(d, handler, a, b))


def less_equal(run: RunContext, d: int, a: LuaValue, b: LuaValue) -> bool:
    """``a <= b``; without ``__le`` it is ``not (b < a)``."""
    if a.__class__ is MetaTable and b.__class__ is MetaTable:
        handler = a.meta["__le"]
        if handler.__class__ is FunctionType and handler is b.meta["__le"]:
            result = run.invoke(d, handler, a, b)
            return result is not None and result is not FALSE
    if a.__class__ is float and b.__class__ is float:
        return bool(a <= b)
    if a.__class__ is str and b.__class__ is str:
        _charge_comparison(run, a, b)
        return bool(a <= b)
    handler = _order_handler(run, a, b, "__le")
    if handler is not None:
        return truth(run.invoke(d, handler, a, b))
    handler = _order_handler(run, b, a, "__lt")
    if handler is None:
        raise comparison_error(a, b)
    return not truth(run.invoke(d, handler, b, a))


def _charge_comparison(run: RunContext, a: str, b: str) -> None:
    if len(a) >= LONG_STRING and len(b) >= LONG_STRING:
        run.charge(min(len(a), len(b)) // costs.COPY)


def _order_handler(run: RunContext, a: LuaValue, b: LuaValue, event: str) -> LuaValue:
    handler = metamethod(run, a, event)
    if handler is None or not raw_equal(run, handler, metamethod(run, b, event)):
        return None
    return handler


# results and arguments


def spread(run: RunContext, values: LuaValue) -> tuple[LuaValue, ...]:
    """A call's results as arguments or results of another; copying many is paid for."""
    if values.__class__ is not tuple:
        return (values,)
    if len(values) > costs.FREE_VALUES:
        run.charge(len(values) // 8, costs.VALUE * len(values))
    return values


def table_of(run: RunContext, t: Table, start: float, values: tuple[LuaValue, ...]) -> Table:
    """Add ``values`` to a new table from index ``start`` on: ``{..., f()}``."""
    if len(values) > 1:
        run.charge(len(values) // 2, costs.ENTRY * (len(values) - 1))
    before, first = len(t), start
    for value in values:
        if value is not None:
            t[start] = value
        start += 1.0
    holes = before + len(values) - len(t)
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


def positions2(run: RunContext, v: LuaValue, v2: LuaValue) -> Table:
    """``{v, v2}``."""
    t = Table()
    if v is not None:
        t[1.0] = v
        if v2 is not None:
            t[2.0] = v2
    elif v2 is not None:
        t[2.0] = v2
        array_part.hold(run, t, 2, 0)
    return t


def positions3(run: RunContext, v: LuaValue, v2: LuaValue, v3: LuaValue) -> Table:
    """``{v, v2, v3}``."""
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
    nils = [key for key, value in t.items() if value is None]
    for key in nils:
        del t[key]
    if len(nils) > FEW_REMOVED and len(nils) > len(t):
        rebuild(t)
    filled(run, t, len(nils))
    if size > 1 and any(key.__class__ is float for key in nils):
        array_part.made(run, t, size, fields)
    return t


def keyed_table(run: RunContext, size: int, *items: LuaValue) -> Table:
    """A constructor with computed keys: key, value, key, value; the key of a positional item is ABSENT.

    Positional items are stored last, as PUC 5.1 does for up to 50 of them. ``size`` is its array's.
    """
    t = Table()
    parts = iter(items)
    for key, value in zip(parts, parts, strict=True):  # pairs; half of the time of the general loop below
        if key.__class__ is not str or value is None or len(key) >= LONG_STRING:
            break
        t[key] = value
    else:
        run.charge(0, costs.ENTRY * len(t))
        return t
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


def tostring(run: RunContext, d: int, value: LuaValue) -> str:
    """``tostring``: ``__tostring`` first; addresses are numbered in order of asking, per run."""
    if value.__class__ is str:
        return value
    if value.__class__ is float:
        return number_to_string(value)
    if value is None:
        return "nil"
    if isinstance(value, MetaTable):
        handler = metamethod(run, value, "__tostring")
        if handler is not None:
            run.charge(costs.METAMETHOD)
            text = first(call(run, handler, d, value))
            if text.__class__ is float:
                return number_to_string(text)
            if text.__class__ is not str:
                raise run.library_error("'tostring' must return a string to 'print'")
            return text
    if isinstance(value, Table):
        return run.address("table", value)
    if value.__class__ is Coroutine:
        return run.address("thread", value)
    if value.__class__ is Native:
        return run.address("userdata", value)
    return run.address("function", value) if value.__class__ is FunctionType else str(value.name)
