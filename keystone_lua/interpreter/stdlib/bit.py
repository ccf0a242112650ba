"""The bit library, as LuaJIT has it: operations on 32-bit integers.

Input: numbers and numerals. Output: numbers in the signed 32-bit range; ``tohex`` answers text. A number is rounded
to the nearest integer, ties to even, and cut to its low 32 bits. LuaJIT does so by adding 2^52 + 2^51: the integer
then stands in the low bits of the double. That works up to 2^51 in either direction; beyond it the low bits hold
something else, and that is the answer, as in LuaJIT. Refuses other values.
"""

from __future__ import annotations

import operator
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..costs import LIBRARY, VALUE, WORK, WORK_BYTES
from ..runtime.values import ABSENT, LuaValue
from .args import check_number

if TYPE_CHECKING:
    from ..runtime.context import RunContext

_TOHEX: Final = LIBRARY["bit.tohex"]
_ARGUMENT: Final = WORK["bit.argument"]

_MAGIC: Final = 6755399441055744.0  # 2^52 + 2^51; its own low 32 bits are zero
_EXACT: Final = 2.0**51
_MASK: Final = 0xFFFFFFFF
_SIGN: Final = 0x80000000
_TWICE: Final = 0x100000001

_double = struct.Struct("<d").pack
_low_word = struct.Struct("<I4x").unpack


def to_bits(run: RunContext, value: LuaValue, index: int) -> int:
    """An integer whose low 32 bits are those of the argument."""
    x = value if value.__class__ is float else check_number(run, value, index)
    if -_EXACT <= x <= _EXACT:
        return int(x + _MAGIC)
    return _low_word(_double(x + _MAGIC))[0] if x == x else 0


def _signed(bits: int) -> int:
    return (bits + _SIGN & _MASK) - _SIGN


def _swapped(bits: int) -> int:
    return int.from_bytes((bits & _MASK).to_bytes(4, "little"), "big")


def _shift_right(bits: int, count: int) -> int:
    return (bits & _MASK) >> count


def _shift_signed(bits: int, count: int) -> int:
    return _signed(bits) >> count


def _rotate_left(bits: int, count: int) -> int:
    return (bits & _MASK) * _TWICE >> 32 - count


def _rotate_right(bits: int, count: int) -> int:
    return (bits & _MASK) * _TWICE >> count


def _combined(run: RunContext, combine: Callable[[int, int], int], bits: int, rest: tuple[LuaValue, ...]) -> int:
    run.charge(_ARGUMENT * len(rest), 2 * VALUE * len(rest))
    for index, value in enumerate(rest, 3):
        bits = combine(bits, to_bits(run, value, index)) & _MASK
    return bits


def _hex(bits: int, width: int) -> str:
    """``tohex`` of LuaJIT 2.1, whose precision is one byte that it keeps increased by one."""
    size = abs(width) & _MASK >> 1
    digits = f"{bits & (1 << 4 * min(size, 8)) - 1:x}"
    precision = (size + 1 & 255) - 1
    text = "" if precision == 0 and digits == "0" else digits.rjust(precision, "0")
    return text.upper() if width < 0 else text


def unary_for(run: RunContext, fuel: int, alloc: int, name: str, compute: Callable[[int], int]) -> Any:
    price = LIBRARY["bit." + name]

    def apply(d: int, x: LuaValue = ABSENT, *_: LuaValue) -> float:
        nonlocal fuel
        fuel -= price
        if fuel < 0:
            run.refuel(0)
        return float((compute(to_bits(run, x, 1)) + _SIGN & _MASK) - _SIGN)

    return apply


def variadic_for(run: RunContext, fuel: int, alloc: int, name: str, combine: Callable[[int, int], int]) -> Any:
    price = LIBRARY["bit." + name]

    def apply(d: int, x: LuaValue = ABSENT, y: LuaValue = ABSENT, *rest: LuaValue) -> float:
        nonlocal fuel
        fuel -= price
        if fuel < 0:
            run.refuel(0)
        bits = int(x + _MAGIC) if x.__class__ is float and -_EXACT <= x <= _EXACT else to_bits(run, x, 1)
        if y is not ABSENT:
            other = int(y + _MAGIC) if y.__class__ is float and -_EXACT <= y <= _EXACT else to_bits(run, y, 2)
            bits = combine(bits, other)
        if rest:
            bits = _combined(run, combine, bits, rest)
        return float((bits + _SIGN & _MASK) - _SIGN)

    return apply


def shift_for(run: RunContext, fuel: int, alloc: int, name: str, compute: Callable[[int, int], int]) -> Any:
    price = LIBRARY["bit." + name]

    def apply(d: int, x: LuaValue = ABSENT, count: LuaValue = ABSENT, *_: LuaValue) -> float:
        nonlocal fuel
        fuel -= price
        if fuel < 0:
            run.refuel(0)
        bits = int(x + _MAGIC) if x.__class__ is float and -_EXACT <= x <= _EXACT else to_bits(run, x, 1)
        return float((compute(bits, to_bits(run, count, 2) & 31) + _SIGN & _MASK) - _SIGN)

    return apply


def tohex_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def tohex(d: int, x: LuaValue = ABSENT, width: LuaValue = ABSENT, *_: LuaValue) -> str:
        run.charge(_TOHEX, WORK_BYTES["bit.tohex"])
        bits = to_bits(run, x, 1)
        return _hex(bits, 8 if width is ABSENT else _signed(to_bits(run, width, 2)))

    return tohex


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Callable[..., Any]]:
    """The functions of ``bit``. Inside an operation integers may be wider; its end cuts them."""
    return {
        "arshift": shift_for(run, fuel, alloc, "arshift", _shift_signed),
        "band": variadic_for(run, fuel, alloc, "band", operator.and_),
        "bnot": unary_for(run, fuel, alloc, "bnot", operator.invert),
        "bor": variadic_for(run, fuel, alloc, "bor", operator.or_),
        "bswap": unary_for(run, fuel, alloc, "bswap", _swapped),
        "bxor": variadic_for(run, fuel, alloc, "bxor", operator.xor),
        "lshift": shift_for(run, fuel, alloc, "lshift", operator.lshift),
        "rol": shift_for(run, fuel, alloc, "rol", _rotate_left),
        "ror": shift_for(run, fuel, alloc, "ror", _rotate_right),
        "rshift": shift_for(run, fuel, alloc, "rshift", _shift_right),
        "tobit": unary_for(run, fuel, alloc, "tobit", int),
        "tohex": tohex_for(run, fuel, alloc),
    }
