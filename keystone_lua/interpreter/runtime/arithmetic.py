"""Arithmetic and concatenation off the fast path (manual 2.5.1, 2.5.4, 2.8): numerals, metamethods, errors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from .. import costs
from .context import RunContext
from .metatables import metamethod
from .operations import _written
from .tracebacks import operand_error
from .values import LONG_STRING, LuaValue, MetaTable


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


def _join(run: RunContext, texts: list[str]) -> str:
    size = sum(map(len, texts))
    run.charge(size // costs.COPY if size >= LONG_STRING else 0, costs.STRING + size)
    return "".join(texts)
