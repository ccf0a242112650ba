"""The math library (manual 5.6): C's double functions, and a random stream of each run's own.

Input: numbers and numerals. Output: numbers; what C answers with an infinity or a NaN is answered
so here, where Python would raise. Refuses other values, and empty intervals of ``random``.

Random numbers are the upper 53 bits of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
generators", 2014) and, for a script that draws many, of the Mersenne twister: that one is four times as fast
per number, but to seed it takes as long as a quarter of a decision, and most decisions draw once. Either is
integer arithmetic, so a seed gives the same numbers on every machine and Python.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Any, Final

from ..costs import LIBRARY, RESULTS, VALUE, WORK, WORK_BYTES
from ..runtime.arithmetic import power
from ..runtime.tracebacks import argument_error, library_error
from ..runtime.values import ABSENT, LuaValue
from .args import check_int, check_number

if TYPE_CHECKING:
    from ..runtime.context import RunContext

_ABS: Final = LIBRARY["math.abs"]
_CEIL: Final = LIBRARY["math.ceil"]
_FLOOR: Final = LIBRARY["math.floor"]
_FREXP: Final = LIBRARY["math.frexp"]
_LDEXP: Final = LIBRARY["math.ldexp"]
_MAX: Final = LIBRARY["math.max"]
_MIN: Final = LIBRARY["math.min"]
_MODF: Final = LIBRARY["math.modf"]
_RANDOM: Final = LIBRARY["math.random"]
_RANDOMSEED: Final = LIBRARY["math.randomseed"]
_ARGUMENT: Final = WORK["math.max.argument"]

_RADIANS_PER_DEGREE: Final = math.pi / 180.0
_PAIR: Final = RESULTS + 2 * VALUE  # bytes of two results

STREAM: Final = "math.random"  # the key in RunContext.library_state

PLAIN_SEEDS: Final = "math.randomseed"
"""In the same, for a run whose ``math.randomseed`` starts the same numbers whatever the run's own seed: as it was until
cost table 3. Now both seeds count. Scripts write ``math.randomseed(os.time())`` to have other numbers each time, and
all requests of a second chose the same side."""

_SPREAD: Final = 0xBF58476D1CE4E5B9
"""Odd, so that two seeds of runs are two streams; of the run's seed 0 the script's seed is left as it is."""

_STREAM_BYTES: Final = WORK_BYTES["math.random.stream"]
_CHEAP_DRAWS: Final = 16
_GAMMA: Final = 0x9E3779B97F4A7C15
_MASK: Final = (1 << 64) - 1
_UNIT: Final = 2.0**-53


def modulus(dividend: float, divisor: float) -> float:
    """C's ``fmod``: the result has the dividend's sign."""
    try:
        return math.fmod(dividend, divisor)
    except ValueError:
        return math.nan


class Stream:
    """The numbers in [0, 1) that belong to a seed. No generator: to free one that has not ended takes a microsecond."""

    __slots__ = ("left", "state", "twister")

    def __init__(self, seed: int) -> None:
        self.state = (seed ^ seed >> 64) & _MASK
        self.left = _CHEAP_DRAWS
        self.twister: Callable[[], float]

    def draw(self) -> float:
        """The next number."""
        left = self.left
        if not left:
            return self.twister()
        state = self.state = self.state + _GAMMA & _MASK
        self.left = left - 1
        if left == 1:
            self.twister = Random(state).random
        mixed = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & _MASK
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & _MASK
        return ((mixed ^ mixed >> 31) >> 11) * _UNIT


def reseed(run: RunContext, seed: int) -> Callable[[], float]:
    """Start the run's stream at ``seed``; its next number comes from the function returned."""
    run.charge(0, _STREAM_BYTES)
    draw: Callable[[], float] = Stream(seed).draw
    run.library_state[STREAM] = draw
    return draw


def _nan(_: float) -> float:
    return math.nan


def _infinite(_: float) -> float:
    return math.inf


def _signed_infinite(x: float) -> float:
    return math.copysign(math.inf, x)


def _logarithm_failed(x: float) -> float:
    return math.nan if x else -math.inf


def _frexp(x: float) -> tuple[float, float]:
    fraction, exponent = math.frexp(x)
    return fraction, float(exponent)


def _ldexp(x: float, exponent: int) -> float:
    try:
        return math.ldexp(x, exponent)
    except OverflowError:
        return math.copysign(math.inf, x)


def many_price(count: int) -> tuple[int, int]:
    """What max and min of other than two arguments cost more: instructions and bytes (rest, values, a growing list)."""
    return _ARGUMENT * count, RESULTS + 4 * VALUE * count


_MANY: Final = tuple(map(many_price, range(16)))


def _checked(run: RunContext, values: tuple[LuaValue, ...]) -> list[float]:
    """The arguments of max and min in the general case."""
    return [v if v.__class__ is float else check_number(run, v, index) for index, v in enumerate(values, 1)]


def _whole(run: RunContext, value: LuaValue, index: int) -> float:
    """``check_int`` as a float."""
    if value.__class__ is float and -2147483648.0 <= value < 2147483648.0 and value // 1.0 == value:
        return value
    return float(check_int(run, value, index))


def unary_for(
    run: RunContext,
    fuel: int,
    alloc: int,
    name: str,
    compute: Callable[[float], float],
    failed: Callable[[float], float] = _nan,
) -> Any:
    price = LIBRARY["math." + name]

    def apply(d: int, x: LuaValue = ABSENT, *_: LuaValue) -> float:
        nonlocal fuel
        fuel -= price
        if fuel < 0:
            run.refuel(0)
        if x.__class__ is not float:
            x = check_number(run, x, 1)
        try:
            return compute(x)
        except (ValueError, OverflowError):
            return failed(x)

    return apply


def absolute_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def absolute(d: int, x: LuaValue = ABSENT, *_: LuaValue) -> float:
        nonlocal fuel
        fuel -= _ABS
        if fuel < 0:
            run.refuel(0)
        return abs(x if x.__class__ is float else check_number(run, x, 1))

    return absolute


def floor_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def floor(d: int, x: LuaValue = ABSENT, *_: LuaValue) -> float:
        nonlocal fuel
        fuel -= _FLOOR
        if fuel < 0:
            run.refuel(0)
        if x.__class__ is not float:
            x = check_number(run, x, 1)
        whole: float = x // 1.0  # unlike math.floor it keeps -0.0 and never raises
        return whole if whole == whole else x  # infinities give NaN

    return floor


def ceil_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def ceil(d: int, x: LuaValue = ABSENT, *_: LuaValue) -> float:
        nonlocal fuel
        fuel -= _CEIL
        if fuel < 0:
            run.refuel(0)
        if x.__class__ is not float:
            x = check_number(run, x, 1)
        whole: float = -(-x // 1.0)
        return whole if whole == whole else x

    return ceil


def maximum_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def maximum(d: int, x: LuaValue = ABSENT, y: LuaValue = ABSENT, *rest: LuaValue) -> float:
        nonlocal fuel, alloc
        fuel -= _MAX
        if fuel < 0:
            run.refuel(0)
        if x.__class__ is float and y.__class__ is float:
            best = y if y > x else x
            if rest:
                count = 2 + len(rest)
                price, size = _MANY[count] if count < len(_MANY) else many_price(count)
                fuel -= price
                alloc -= size
                if fuel < 0 or alloc < 0:
                    run.refuel(0)
                for value in rest:
                    if value.__class__ is not float:
                        return max(_checked(run, (x, y, *rest)))
                    if value > best:
                        best = value
            return best
        values = (x, y, *rest) if y is not ABSENT else (x,)
        run.charge(*many_price(len(values)))
        return max(_checked(run, values))  # compares as the C code does, so NaNs come out alike

    return maximum


def minimum_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def minimum(d: int, x: LuaValue = ABSENT, y: LuaValue = ABSENT, *rest: LuaValue) -> float:
        nonlocal fuel, alloc
        fuel -= _MIN
        if fuel < 0:
            run.refuel(0)
        if x.__class__ is float and y.__class__ is float:
            best = y if y < x else x
            if rest:
                count = 2 + len(rest)
                price, size = _MANY[count] if count < len(_MANY) else many_price(count)
                fuel -= price
                alloc -= size
                if fuel < 0 or alloc < 0:
                    run.refuel(0)
                for value in rest:
                    if value.__class__ is not float:
                        return min(_checked(run, (x, y, *rest)))
                    if value < best:
                        best = value
            return best
        values = (x, y, *rest) if y is not ABSENT else (x,)
        run.charge(*many_price(len(values)))
        return min(_checked(run, values))

    return minimum


def binary_for(run: RunContext, fuel: int, alloc: int, name: str, compute: Callable[[float, float], float]) -> Any:
    price = LIBRARY["math." + name]

    def apply(d: int, x: LuaValue = ABSENT, y: LuaValue = ABSENT, *_: LuaValue) -> float:
        nonlocal fuel
        fuel -= price
        if fuel < 0:
            run.refuel(0)
        if y.__class__ is not float:  # before x, as gcc compiles PUC's: the error names this one
            y = check_number(run, y, 2)
        if x.__class__ is not float:
            x = check_number(run, x, 1)
        return compute(x, y)

    return apply


def frexp_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def frexp(d: int, x: LuaValue = ABSENT, *_: LuaValue) -> tuple[float, float]:
        run.charge(_FREXP, _PAIR)
        return _frexp(check_number(run, x, 1))

    return frexp


def ldexp_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def ldexp(d: int, x: LuaValue = ABSENT, exponent: LuaValue = ABSENT, *_: LuaValue) -> float:
        run.charge(_LDEXP)
        right = check_int(run, exponent, 2)
        return _ldexp(check_number(run, x, 1), right)

    return ldexp


def modf_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def modf(d: int, x: LuaValue = ABSENT, *_: LuaValue) -> tuple[float, float]:
        run.charge(_MODF, _PAIR)
        fraction, whole = math.modf(check_number(run, x, 1))
        return whole, fraction

    return modf


def random_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def random(d: int, low: LuaValue = ABSENT, high: LuaValue = ABSENT, *more: LuaValue) -> float:
        nonlocal fuel, alloc
        fuel -= _RANDOM
        if fuel < 0:
            run.refuel(0)
        draw = run.library_state.get(STREAM)
        if draw is None:  # reseed in place: many runs draw once
            alloc -= _STREAM_BYTES
            if alloc < 0:
                run.refuel(0)
            draw = run.library_state[STREAM] = Stream(run.seed).draw
        if low is ABSENT:
            return draw()
        if more:
            raise library_error("wrong number of arguments")
        first = low if low.__class__ is float and 0.0 < low < 65536.0 and low // 1.0 == low else _whole(run, low, 1)
        if high is ABSENT:
            if first < 1.0:
                raise argument_error(1, "interval is empty")
            return draw() * first // 1.0 + 1.0
        last = _whole(run, high, 2)
        if last < first:
            raise argument_error(2, "interval is empty")
        return draw() * (last - first + 1.0) // 1.0 + first

    return random


def randomseed_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def randomseed(d: int, seed: LuaValue = ABSENT, *_: LuaValue) -> tuple[()]:
        run.charge(_RANDOMSEED)
        given = check_int(run, seed, 1)
        reseed(run, given if PLAIN_SEEDS in run.library_state else given ^ (run.seed * _SPREAD & _MASK))
        return ()

    return randomseed


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Any]:
    """The functions and constants of ``math``."""
    fmod = binary_for(run, fuel, alloc, "fmod", modulus)
    return {
        "abs": absolute_for(run, fuel, alloc),
        "acos": unary_for(run, fuel, alloc, "acos", math.acos),
        "asin": unary_for(run, fuel, alloc, "asin", math.asin),
        "atan": unary_for(run, fuel, alloc, "atan", math.atan),
        "atan2": binary_for(run, fuel, alloc, "atan2", math.atan2),
        "ceil": ceil_for(run, fuel, alloc),
        "cos": unary_for(run, fuel, alloc, "cos", math.cos),
        "cosh": unary_for(run, fuel, alloc, "cosh", math.cosh, _infinite),
        "deg": unary_for(run, fuel, alloc, "deg", lambda x: x / _RADIANS_PER_DEGREE),
        "exp": unary_for(run, fuel, alloc, "exp", math.exp, _infinite),
        "floor": floor_for(run, fuel, alloc),
        "fmod": fmod,
        "frexp": frexp_for(run, fuel, alloc),
        "huge": math.inf,
        "ldexp": ldexp_for(run, fuel, alloc),
        "log": unary_for(run, fuel, alloc, "log", math.log, _logarithm_failed),
        "log10": unary_for(run, fuel, alloc, "log10", math.log10, _logarithm_failed),
        "max": maximum_for(run, fuel, alloc),
        "min": minimum_for(run, fuel, alloc),
        "mod": fmod,
        "modf": modf_for(run, fuel, alloc),
        "pi": math.pi,
        "pow": binary_for(run, fuel, alloc, "pow", power),
        "rad": unary_for(run, fuel, alloc, "rad", lambda x: x * _RADIANS_PER_DEGREE),
        "random": random_for(run, fuel, alloc),
        "randomseed": randomseed_for(run, fuel, alloc),
        "sin": unary_for(run, fuel, alloc, "sin", math.sin),
        "sinh": unary_for(run, fuel, alloc, "sinh", math.sinh, _signed_infinite),
        "sqrt": unary_for(run, fuel, alloc, "sqrt", math.sqrt),
        "tan": unary_for(run, fuel, alloc, "tan", math.tan),
        "tanh": unary_for(run, fuel, alloc, "tanh", math.tanh),
    }
