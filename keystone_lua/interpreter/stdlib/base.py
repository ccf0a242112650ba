"""The base library (manual 5.1), without the functions that read or compile other code.

Input: Lua values; ``print`` and ``log`` write to the run's log. Output: Lua values. pcall and xpcall are the only
places that catch a LuaError; a budget stop passes through both. What signatures.LEFT_OUT lists is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

from .. import costs
from ..costs import LIBRARY
from ..numerals import number_to_string, string_to_number
from ..runtime import metatables, operations, tables
from ..runtime.errors import LuaError
from ..runtime.places import HANDLERS
from ..runtime.tracebacks import argument_error, from_python, library_error, position
from ..runtime.values import (
    ABSENT,
    FALSE,
    LONG_STRING,
    NO_METATABLE,
    TRUE,
    ListTable,
    LuaValue,
    MetaTable,
    Table,
    type_name,
)
from .args import check_any, check_int, check_string, check_table, opt_int
from .loading import load_for, loadstring_for
from .raw import rawequal_for, rawget_for, rawset_for

if TYPE_CHECKING:
    from ..runtime.context import RunContext

HEADER_LOOKUP = "(header)"
"""The __index of a request's headers: any-case match (RFC 9110 5.1). No script can name it."""

IPAIRS_STEP = "(ipairs)"
CONSTANT_LOOKUP = "(constant)"

HANDLER_ERRORS = 196
"""Errors of a handler in itself: PUC's 200 C levels (LUAI_MAXCCALLS), less those that lead there."""

NUMERAL = costs.STRING + 24
_UNSCATTERED = {Table, ListTable, MetaTable}
"""Classes of tables of which reading a field costs nothing more."""
_RESULT = costs.RESULTS + costs.VALUE

_HANDLED = costs.WORK["xpcall.handled"]
_LARGE = 1 << 16
"""Bytes of a numeral, as `LARGE_NUMERAL` of the run."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LARGEST = (1 << 64) - 1
"""ULONG_MAX."""


_ASSERT_PRICE, _ERROR_PRICE, _PCALL_PRICE = LIBRARY["assert"], LIBRARY["error"], LIBRARY["pcall"]
_NEXT_PRICE, _TYPE_PRICE, _SELECT_PRICE = LIBRARY["next"], LIBRARY["type"], LIBRARY["select"]
_CONSTANT_PRICE: Final = LIBRARY["constant"]
_LOOKUP_PRICE: Final = LIBRARY["(constant)"]
_META_PRICE, _TOSTRING_PRICE = LIBRARY["setmetatable"], LIBRARY["tostring"]
_IPAIRS_PRICE, _PRINT_PRICE, _TONUMBER_PRICE = LIBRARY["ipairs"], LIBRARY["print"], LIBRARY["tonumber"]
_HEADER_PRICE = LIBRARY["(header)"]
_PAIR_MEMORY = costs.RESULTS + 2 * costs.VALUE


def assert_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def assert_(d: int, value: LuaValue = ABSENT, message: LuaValue = ABSENT, *rest: LuaValue) -> LuaValue:
        run.charge(_ASSERT_PRICE + len(rest) // 8, costs.VALUE * len(rest))
        if value is ABSENT:
            raise argument_error(1, "value expected")
        if value is None or value is FALSE:
            text = "assertion failed!" if message is ABSENT or message is None else check_string(message, 2)
            run.charge(len(text) // costs.COPY, len(text))
            raise library_error(text)
        return value if message is ABSENT else (value, message, *rest)

    return assert_


def collectgarbage_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def collectgarbage(d: int, option: LuaValue = None, argument: LuaValue = None, *_: LuaValue) -> LuaValue:
        run.charge(_ASSERT_PRICE)
        what = "collect" if option is None else check_string(option, 1)
        if what not in ("collect", "stop", "restart", "count", "step", "setpause", "setstepmul"):
            run.charge(len(what) // costs.COPY, 2 * len(what))
            raise argument_error(1, f"invalid option '{what}'")
        return TRUE if what == "step" else 0.0

    return collectgarbage


def error_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def error(d: int, message: LuaValue = None, level: LuaValue = None, *_: LuaValue) -> LuaValue:
        run.charge(_ERROR_PRICE)
        where = opt_int(run, level, 2, 1)
        if where > 1:
            run.charge(costs.STEP * min(where, d))  # the stack is walked, and there are at most d levels
        if message.__class__ is float:
            message = number_to_string(message) if where > 0 else message
        if message.__class__ is str and where > 0:
            place = position(where)
            run.charge(len(message) // costs.COPY, costs.STRING + len(place) + len(message))
            message = place + message
        raise LuaError(message)

    return error


def getmetatable_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def getmetatable(d: int, value: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_META_PRICE)
        check_any(value, 1)
        meta = metatables.metatable(run, value)
        if meta is None:
            return None
        protected = meta.get("__metatable")
        return meta if protected is None else protected

    return getmetatable


def constant_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def constant(d: int, *_: LuaValue) -> LuaValue:
        run.charge(_CONSTANT_PRICE)
        raise library_error(
            "constant(function() ... end) must stand at a file's top level, as in local NAME = constant(...)"
        )

    return constant


def constant_lookup_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def constant(d: int, number: LuaValue, *_: LuaValue) -> LuaValue:
        run.charge(_LOOKUP_PRICE)
        return run.constants[int(number)]

    return constant


def header_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def header(d: int, t: LuaValue, name: LuaValue, *_: LuaValue) -> LuaValue:
        nonlocal fuel
        fuel -= _HEADER_PRICE + 4 * len(t)
        if fuel < 0:
            run.refuel(0)
        if name.__class__ is not str or len(name) >= LONG_STRING or not name.isascii():
            return None  # names of fields are ASCII; the case of other letters takes CPython 10 ns a byte
        size = len(name)
        if t.__class__ is MetaTable:
            try:
                if size not in map(len, t):  # most misses, in a third of the loop's time
                    return None
            except TypeError:
                pass  # a key that is no string
        wanted = name.lower()
        for key in t:
            if key.__class__ is str and len(key) == size and key.isascii() and key.lower() == wanted:
                return t.get(key)
        return None

    return header


def ipairs_step_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def ipairs_step(d: int, t: LuaValue = ABSENT, i: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_NEXT_PRICE, costs.RESULTS + 2 * costs.VALUE)
        place = check_int(run, i, 2) + 1.0
        value = check_table(t, 1).get(place)
        return None if value is None else (place, value)

    return ipairs_step


def ipairs_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def ipairs(d: int, t: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_IPAIRS_PRICE, costs.RESULTS + 3 * costs.VALUE)
        return run.member("", IPAIRS_STEP), check_table(t, 1), 0.0

    return ipairs


def log_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def log(d: int, message: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        check_any(message, 1)
        run.write(operations.tostring(run, d, message), _PRINT_PRICE)
        return ()

    return log


def next_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def next_(d: int, t: LuaValue = ABSENT, key: LuaValue = None, *_: LuaValue) -> LuaValue:
        nonlocal fuel, alloc
        fuel -= _NEXT_PRICE
        alloc -= _PAIR_MEMORY
        if fuel < 0 or alloc < 0:
            run.refuel(0)
        if key is not None and t.__class__ in _UNSCATTERED:
            try:
                order = t.order
            except AttributeError:
                order = None
            if order.__class__ is tables.Order:  # the usual step of next_entry in half the time
                keys = order.keys
                place = order.cursor
                if 0 <= place < len(keys) - 1 and keys[place] is key:
                    place += 1
                    key = keys[place]
                    value = t.get(key)
                    if value is not None:
                        order.cursor = place
                        return key, value
                    key = keys[place - 1]
        return tables.next_entry(run, check_table(t, 1), key)

    return next_


def pairs_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def pairs(d: int, t: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_IPAIRS_PRICE, costs.RESULTS + 3 * costs.VALUE)
        return run.next_function(), check_table(t, 1), None

    return pairs


def pcall_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def pcall(d: int, f: LuaValue = ABSENT, *arguments: LuaValue) -> LuaValue:
        nonlocal fuel, alloc
        fuel -= _PCALL_PRICE + len(arguments) // 8
        alloc -= _RESULT + costs.VALUE * len(arguments)
        if fuel < 0 or alloc < 0:
            run.refuel(0)
        if f is ABSENT:
            check_any(f, 1)
        try:
            if f.__class__ is FunctionType:  # operations.call in place, spread arguments go through C
                d += run.native_call_depth
                if d > run.depth_limit:
                    run.refuel(d)
                if not arguments:
                    result = f(d)
                elif len(arguments) == 1:
                    result = f(d, arguments[0])
                else:
                    result = f(d, *arguments)
            else:
                result = operations.call(run, f, d, *arguments)
        except LuaError as caught:
            return FALSE, run.caught(caught)
        except TypeError as caught:
            return FALSE, run.caught(from_python(caught))
        if result.__class__ is tuple:
            fuel -= len(result) // 8
            alloc -= costs.VALUE * len(result)
            if fuel < 0 or alloc < 0:
                run.refuel(0)
            return (TRUE, *result)
        return TRUE, result

    return pcall


def print_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def print_(d: int, *arguments: LuaValue) -> LuaValue:
        run.charge(_PRINT_PRICE)
        texts = [operations.tostring(run, d, value) for value in arguments]
        size = sum(map(len, texts)) + len(texts)
        run.charge(size // costs.COPY + 4 * len(texts), costs.STRING + size)
        run.write("\t".join(texts), 0)
        return ()

    return print_


def require_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def require(d: int, name: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_ASSERT_PRICE)
        return run.require(d, check_string(name, 1))

    return require


def select_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def select(d: int, n: LuaValue = ABSENT, *arguments: LuaValue) -> LuaValue:
        nonlocal fuel, alloc
        fuel -= _SELECT_PRICE + len(arguments) // 8
        alloc -= costs.RESULTS + costs.VALUE * len(arguments)
        if fuel < 0 or alloc < 0:
            run.refuel(0)
        if n == "#":
            return float(len(arguments))
        place = int(n) if n.__class__ is float and 1.0 <= n < 65536.0 else check_int(run, n, 1)
        if place < 0:
            place += len(arguments)
            if place < 0:
                raise argument_error(1, "index out of range")
            return arguments[place:]
        if place == 0:
            raise argument_error(1, "index out of range")
        return arguments[place - 1 :]

    return select


def setmetatable_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def setmetatable(d: int, t: LuaValue = ABSENT, meta: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        nonlocal fuel
        fuel -= _META_PRICE
        if fuel < 0:
            run.refuel(0)
        if (t.__class__ is Table or t.__class__ is ListTable) and meta.__class__ in _UNSCATTERED:
            t.meta = meta
            t.run = run
            t.__class__ = MetaTable
            return t
        check_table(t, 1)
        if meta is not None and not isinstance(meta, Table):
            raise argument_error(2, "nil or table expected")
        is_plain = t.__class__ is Table or t.__class__ is ListTable
        if not is_plain and t.meta["__metatable"] is not None:
            raise library_error("cannot change a protected metatable")
        t.meta = NO_METATABLE if meta is None else meta
        t.run = run
        if is_plain:
            t.__class__ = MetaTable
        return t

    return setmetatable


def tonumber_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def tonumber(d: int, value: LuaValue = ABSENT, base: LuaValue = None, *_: LuaValue) -> LuaValue:
        nonlocal fuel
        fuel -= _TONUMBER_PRICE
        if value.__class__ is str:
            fuel -= len(value) // costs.SCAN * costs.STEP
            if len(value) > _LARGE:
                run.charge(0, 2 * len(value))  # copies that the conversion takes, see RunContext.number_of
        if fuel < 0:
            run.refuel(0)
        if base is None and value is None:
            return None
        radix = 10 if base is None else opt_int(run, base, 2, 10)
        if radix == 10:
            if value.__class__ is str:
                return string_to_number(value)
            check_any(value, 1)
            return value if value.__class__ is float else None
        text = check_string(value, 1)
        if not 2 <= radix <= 36:
            raise argument_error(2, "base out of range")
        return digits_to_number(text.partition("\0")[0], radix)  # a C string, as strtoul sees it

    return tonumber


def tostring_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def tostring(d: int, value: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        nonlocal fuel, alloc
        fuel -= _TOSTRING_PRICE
        alloc -= NUMERAL
        if fuel < 0 or alloc < 0:
            run.refuel(0)
        if value.__class__ is float:
            return number_to_string(value)
        check_any(value, 1)
        if isinstance(value, MetaTable) and (handler := value.meta["__tostring"]) is not None:
            return metatables.first(operations.call(run, handler, d, value))  # of any type: only print insists
        return operations.tostring(run, d, value)

    return tostring


def type_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def type_(d: int, value: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        nonlocal fuel
        fuel -= _TYPE_PRICE
        if fuel < 0:
            run.refuel(0)
        if value is ABSENT:
            raise argument_error(1, "value expected")
        return type_name(value)

    return type_


def xpcall_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def xpcall(d: int, f: LuaValue = ABSENT, handler: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_PCALL_PRICE, costs.RESULTS + costs.VALUE)
        check_any(handler, 2)
        try:
            result = operations.call(run, f, d)
        except LuaError as caught:
            return handle(run, d, handler, caught)
        except TypeError as caught:
            return handle(run, d, handler, from_python(caught))
        if result.__class__ is tuple:
            run.charge(len(result) // 8, costs.VALUE * len(result))
            return (TRUE, *result)
        return TRUE, result

    return xpcall


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Any]:
    """The functions' templates; see registry.Recipe."""
    return {
        "_VERSION": "Lua 5.1",
        "assert": assert_for(run, fuel, alloc),
        "collectgarbage": collectgarbage_for(run, fuel, alloc),
        "constant": constant_for(run, fuel, alloc),
        CONSTANT_LOOKUP: constant_lookup_for(run, fuel, alloc),
        "error": error_for(run, fuel, alloc),
        "getmetatable": getmetatable_for(run, fuel, alloc),
        "ipairs": ipairs_for(run, fuel, alloc),
        IPAIRS_STEP: ipairs_step_for(run, fuel, alloc),
        HEADER_LOOKUP: header_for(run, fuel, alloc),
        "load": load_for(run, fuel, alloc),
        "loadstring": loadstring_for(run, fuel, alloc),
        "log": log_for(run, fuel, alloc),
        "next": next_for(run, fuel, alloc),
        "pairs": pairs_for(run, fuel, alloc),
        "pcall": pcall_for(run, fuel, alloc),
        "print": print_for(run, fuel, alloc),
        "rawequal": rawequal_for(run, fuel, alloc),
        "rawget": rawget_for(run, fuel, alloc),
        "rawset": rawset_for(run, fuel, alloc),
        "require": require_for(run, fuel, alloc),
        "select": select_for(run, fuel, alloc),
        "setmetatable": setmetatable_for(run, fuel, alloc),
        "tonumber": tonumber_for(run, fuel, alloc),
        "tostring": tostring_for(run, fuel, alloc),
        "type": type_for(run, fuel, alloc),
        "xpcall": xpcall_for(run, fuel, alloc),
    }


def handle(run: RunContext, d: int, handler: LuaValue, caught: LuaError) -> LuaValue:
    """Call xpcall's handler. As in luaG_errormsg, an error in it goes to the handler again, until C's stack is full."""
    value = run.caught(caught)
    if handler.__class__ is not FunctionType:
        return FALSE, "error in error handling"
    failing: LuaError | None = caught  # see places.HANDLERS
    try:
        for nested in range(HANDLER_ERRORS):
            run.charge(costs.METAMETHOD + (_HANDLED if nested else 0), costs.RESULTS)
            try:
                return FALSE, metatables.first(operations.call(run, handler, d, value))
            except LuaError as again:
                failing = again
            except TypeError as again:
                failing = from_python(again)
            value = run.caught(failing)
            if nested == HANDLER_ERRORS - 2:
                value = "C stack overflow"
    finally:
        failing = None  # an error of the handler came through this frame, which would keep it in a cycle
    return FALSE, "error in error handling"


HANDLERS.append(handle.__code__)


def digits_to_number(text: str, radix: int) -> float | None:
    """``strtoul`` in bases other than 10 (luaB_tonumber): white space, a sign, digits; modulo nothing, rounded once."""
    body = text.strip(" \t\n\v\f\r")
    negative = body[:1] == "-"
    body = body[1:] if body[:1] in ("-", "+") else body
    body = body.lower()
    if radix == 16 and body[:2] == "0x":
        body = body[2:]
    if not body or body.strip(_DIGITS[:radix]):
        return None
    digits = body.lstrip("0")
    value = int(digits or "0", radix) if len(digits) <= 64 else _LARGEST + 1
    if value > _LARGEST:
        return float(_LARGEST)
    return float((1 << 64) - value) if negative and value else float(value)
