"""What the manual says of every operator, beyond the fast path (section 2.8).

Generated code does the usual case inline behind an exact class test and calls this module for the rest: strings as
numbers, metatables, errors. The standard library calls it too, so that each operator's meaning stands here alone.

Input: the run, the call depth, operands. Output: a Lua value; the comparisons answer a Python bool.
Metamethods are called at depth ``d + run.native_call_depth``. Refuses with Lua's own messages.
"""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING, Final

from .. import costs
from ..numerals import number_to_string, whole_text
from .metatables import first, metamethod
from .tables import border, check_key, delete, rawget, rawset, remove_last
from .tracebacks import UNNAMED, operand_error, operation_error
from .values import LONG_STRING, Coroutine, ListTable, LuaValue, MetaTable, Native, ScatteredTable, Table

if TYPE_CHECKING:
    from .context import RunContext


LOOP_LIMIT: Final = 100
"""Steps of an __index or __newindex chain (MAXTAGLOOP)."""


def call(run: RunContext, function: LuaValue, d: int, *arguments: LuaValue) -> LuaValue:
    """Call from the library: any value, ``__call`` included; all results."""
    d += run.native_call_depth
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
        if o.__class__ is Table or o.__class__ is ListTable:
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
        elif o.__class__ is Native and o.module:
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
    elif v is None:
        if o.__class__ is ListTable and k.__class__ is float and 0.0 < k == len(o):
            remove_last(run, o)  # t[#t] = nil
            return None
        if (o.__class__ is Table or o.__class__ is ListTable) and k in o:
            return delete(run, o, k)
    for step in range(LOOP_LIMIT):
        if o.__class__ is Table or o.__class__ is ListTable:
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


def length(run: RunContext, d: int, o: LuaValue) -> float:
    """``#o`` (manual 2.5.5)."""
    if o.__class__ is str:
        return float(len(o))
    if isinstance(o, Table):
        return border(run, o)
    raise operand_error("get length of", o)


# arithmetic


def _written(run: RunContext, number: float) -> str:
    text = whole_text(number)
    if text.__class__ is float:
        run.charge(costs.NUMERAL)
        return number_to_string(number)
    return text  # type: ignore[return-value]


# comparison


# results and arguments


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
        return run.address("userdata", value) if value.module else f"userdata: {value.kind}"
    return run.address("function", value) if value.__class__ is FunctionType else str(value.name)
