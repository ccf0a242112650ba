"""Equality and order (manual 2.5.2, 2.8); the answers are Python bools.

Texts are compared byte by byte and paid for by length.
"""

from __future__ import annotations

from types import FunctionType

from .. import costs
from .context import RunContext
from .metatables import metamethod, truth
from .tracebacks import comparison_error
from .values import FALSE, LONG_STRING, LuaValue, MetaTable


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
