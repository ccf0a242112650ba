"""Numerals: numbers as text and text as numbers, as Lua writes and reads them (manual 2.1, 2.2.1).

Input and output: floats and byte strings. The caller charges; see costs.py.
"""

from __future__ import annotations

import math
import re
from typing import Final

NAN: Final = "-nan"
"""How every NaN is written: as C on x86 writes that of ``0/0``. Its sign is the processor's and the compiler's choice:
CPython's adds two of them in either order, depending on how often a line ran."""


_SMALL: Final = {float(number): str(number) for number in range(1, 1000)}
"""The texts of the numbers that scripts write most."""
_small: Final = _SMALL.get


def number_to_string(number: float) -> str:
    """``%.14g`` as C prints it (manual 2.2.1; LUAI_NUMFFORMAT)."""
    if 0.0 < number < 1000.0:
        return _small(number) or f"{number:.14g}"
    if -1e14 < number < 1e14 and number // 1.0 == number and number:
        return str(int(number))
    return f"{number:.14g}" if number == number else NAN


def whole_text(number: float) -> str | float:
    """The text of a whole number of up to 14 digits; any other number itself, whose text takes longer."""
    if 0.0 < number < 1000.0:
        return _small(number, number)
    if -1e14 < number < 1e14 and number // 1.0 == number:
        if number:
            return str(int(number))
        if math.copysign(1.0, number) > 0.0:
            return "0"
    return number


# Possessive: "1" * 100_000 + "x" must not be tried at every length. A NUL ends a numeral: strtod
# reads a C string.
_DECIMAL = re.compile(
    r"[ \t\n\v\f\r]*+([-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?)[ \t\n\v\f\r]*+(?:\Z|\0)"
)


_HEX = re.compile(
    r"[ \t\n\v\f\r]*+([-+]?)0[xX]([0-9a-fA-F]*+)(?:\.([0-9a-fA-F]*+))?(?:[pP]([-+]?[0-9]++))?[ \t\n\v\f\r]*+(?:\Z|\0)"
)


def string_to_number(text: str) -> float | None:
    """A numeral with optional white space around it, or None (manual 2.2.1, luaO_str2d).

    "inf" and "nan", which some C libraries take, are no numerals here.
    """
    if len(text) < 16 and text.isascii() and text.isdigit():
        return float(text)  # the usual case in half the time
    if found := _DECIMAL.match(text):
        return float(found[1])
    if found := _HEX.match(text):
        return hex_to_number(*found.groups())
    return None


def hex_to_number(sign: str, whole: str, fraction: str | None, exponent: str | None) -> float | None:
    """A hexadecimal numeral's value, rounded once; None without any digit."""
    digits = whole + (fraction or "")
    if not digits:
        return None
    scale = max(-1 << 20, min(1 << 20, int((exponent or "0")[:12]))) - 4 * len(fraction or "")
    try:
        value = math.ldexp(float(int(digits, 16)), scale) if len(digits) < 14 else _wide_hex(digits, scale)
    except OverflowError:
        value = math.inf
    return -value if sign == "-" else value


def _wide_hex(digits: str, scale: int) -> float:
    return float.fromhex(f"0x{digits}p{scale}")
