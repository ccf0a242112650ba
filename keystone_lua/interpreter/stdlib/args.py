"""Argument checks of library functions, worded as lauxlib words them (manual 3.7).

Input: a Lua value and the argument's number; also the run, where a text may have to be converted, which is charged by
its length. Output: the value as the type that the function asked for. Refuses with "bad argument #1 to 'name' (number
expected, got nil)"; the position and the name come from the call site. Callers test the usual class inline and come
here only when it does not fit.
"""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING, Final

from ..numerals import number_to_string
from ..runtime.tracebacks import argument_error
from ..runtime.values import ABSENT, LuaValue, Table, type_name

if TYPE_CHECKING:
    from ..runtime.context import RunContext

_LOWEST: Final = -(1 << 63)


def expected(name: str, value: LuaValue) -> str:
    """``luaL_typerror``'s words."""
    return f"{name} expected, got {type_name(value)}"


def check_string(value: LuaValue, index: int) -> str:
    """A string, or a number as text."""
    if value.__class__ is str:
        return value
    if value.__class__ is float:
        return number_to_string(value)
    raise argument_error(index, expected("string", value))


def check_number(run: RunContext, value: LuaValue, index: int) -> float:
    """A number, or a numeral as a number, whose length is paid for."""
    number = run.number_of(value)
    if number is None:
        raise argument_error(index, expected("number", value))
    return number


def to_integer(number: float) -> int:
    """C's cast of a double to a 64-bit integer on x86-64: truncation; what does not fit is the lowest integer."""
    if -9.3e18 < number < 9.3e18:  # NaN and infinities are outside
        whole = int(number)
        return whole if _LOWEST <= whole < -_LOWEST else _LOWEST
    return _LOWEST


def to_int(number: float) -> int:
    """The same, cut to 32 bits (``luaL_checkint``)."""
    return (to_integer(number) + 0x80000000 & 0xFFFFFFFF) - 0x80000000


def check_integer(run: RunContext, value: LuaValue, index: int) -> int:
    """``luaL_checkinteger``."""
    return to_integer(value if value.__class__ is float else check_number(run, value, index))


def check_int(run: RunContext, value: LuaValue, index: int) -> int:
    """``luaL_checkint``."""
    return to_int(value if value.__class__ is float else check_number(run, value, index))


def check_table(value: LuaValue, index: int) -> Table:
    """A table."""
    if isinstance(value, Table):
        return value
    raise argument_error(index, expected("table", value))


def check_function(value: LuaValue, index: int) -> FunctionType:
    """A function."""
    if value.__class__ is FunctionType:
        return value
    raise argument_error(index, expected("function", value))


def check_any(value: LuaValue, index: int) -> LuaValue:
    """Any value, nil included, but one that was passed."""
    if value is ABSENT:
        raise argument_error(index, "value expected")
    return value


def opt_string(value: LuaValue, index: int, default: str) -> str:
    """A string, or ``default`` for nil and nothing."""
    return default if value is None or value is ABSENT else check_string(value, index)


def opt_int(run: RunContext, value: LuaValue, index: int, default: int) -> int:
    """``luaL_optint``."""
    return default if value is None or value is ABSENT else check_int(run, value, index)
