"""``string.format`` (manual 5.4): C's printf for doubles, 64-bit integers and strings.

Input: a format and the values for its directives. Output: the text that ``str_format`` of lstrlib.c makes with
glibc. Refuses, when it comes to the directive and not before, what 5.1 refuses: a missing or wrong value, an unknown
directive, more than two digits of width or precision, more than five flags.

A format is taken apart once; script text never becomes a Python format: those are built from the parsed flags, width,
precision and letter. Integers are laid out here, since Python's ``%05.3d`` and ``%#o`` are not C's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from ..costs import SCAN, STRING, VALUE, WORK, WORK_BYTES
from ..numerals import NAN
from ..runtime.tracebacks import argument_error, library_error
from ..runtime.values import LuaValue
from .args import check_number, check_string, to_integer

if TYPE_CHECKING:
    from ..runtime.context import RunContext

Convert = Callable[["RunContext", LuaValue, int], str]
"""From a value and its argument number to text."""

_DIRECTIVE: Final = WORK["format.directive"]
_LONG_NUMBER: Final = WORK["format.long_number"]
_TINY_NUMBER: Final = WORK["format.tiny_number"]
_DIRECTIVE_MEMORY: Final = WORK_BYTES["format.directive"]
_PIECE: Final = STRING + 2 * VALUE + 32
"""Bytes of a converted value without width and precision; longer ones are charged as they are made."""
KEPT_LENGTH: Final = 256
"""Bytes. Longer formats are not kept."""
_KEPT: Final = 512
_FLAGS: Final = "-+ #0"
_WHOLE: Final = 100
"""Bytes. From this length on ``%s`` without precision copies the string as it is, NULs included."""


class Spec(NamedTuple):
    """A directive's parts. ``precision`` is -1 without a point."""

    flags: frozenset[str]
    width: int
    precision: int
    letter: str


class Format(NamedTuple):
    """A format taken apart."""

    directives: tuple[tuple[str, Convert], ...]
    """Each with the literal text before it."""
    tail: str
    """The text after the last one."""
    price: int
    """Instructions, whatever the values are."""
    memory: int
    """Bytes of the result and its pieces, without the result's text."""


def long_format(run: RunContext, template: str) -> Format:
    """A format that is not kept; charges for reading it."""
    escapes = template.count("%")
    run.charge(len(template) // SCAN + 4 * _DIRECTIVE * escapes, len(template) + _DIRECTIVE_MEMORY * (escapes + 1))
    return parse(template)


def format_pieces(run: RunContext, form: Format, values: tuple[LuaValue, ...]) -> list[str]:
    """The result's text in pieces; those that are long have been charged."""
    pieces: list[str] = []
    for index, (literal, convert) in enumerate(form.directives):
        if index == len(values):
            raise argument_error(index + 2, "no value")
        if literal:
            pieces.append(literal)
        pieces.append(convert(run, values[index], index + 2))
    pieces.append(form.tail)
    return pieces


def parse(template: str) -> Format:
    """Take a format apart, up to its end or to the first directive that cannot be."""
    directives: list[tuple[str, Convert]] = []
    literal: list[str] = []
    start = padding = 0
    while (place := template.find("%", start)) >= 0:
        literal.append(template[start:place])
        if template.startswith("%", place + 1):
            literal.append("%")
            start = place + 2
            continue
        try:
            spec, start = scan(template, place + 1)
        except FormatError as error:
            directives.append(("".join(literal), _refusal(str(error))))
            literal = []
            start = len(template)
            break
        directives.append(("".join(literal), _CONVERTERS[spec.letter](spec)))
        padding += spec.width + max(spec.precision, 0)
        literal = []
    literal.append(template[start:])
    price = len(template) // SCAN + _DIRECTIVE * len(directives)
    memory = STRING + _PIECE * len(directives) + padding
    return Format(tuple(directives), "".join(literal), price, memory)


@lru_cache(_KEPT)
def kept_format(template: str) -> Format:
    """A short format, read once per process."""
    return parse(template)


class FormatError(Exception):
    """What luaL_error would say about a directive."""


def scan(template: str, start: int) -> tuple[Spec, int]:
    """``scanformat``: the directive after the ``%`` before ``start``, and where it ends."""
    place = start
    while template[place : place + 1] and template[place] in _FLAGS:
        place += 1
    if place - start > len(_FLAGS):
        raise FormatError("invalid format (repeated flags)")
    flags = frozenset(template[start:place])
    width, place = _digits(template, place)
    precision = -1
    if template.startswith(".", place):
        precision, place = _digits(template, place + 1)
    letter = template[place : place + 1]
    if letter and letter in "0123456789":
        raise FormatError("invalid format (width or precision too long)")
    if letter not in _CONVERTERS:
        raise FormatError(f"invalid option '%{'' if letter == chr(0) else letter}' to 'format'")
    return Spec(flags, width, precision, letter), place + 1


def _digits(template: str, place: int) -> tuple[int, int]:
    """At most two digits, and where they end."""
    end = place
    while end < place + 2 and template[end : end + 1] and template[end] in "0123456789":
        end += 1
    return int(template[place:end] or "0"), end


def _refusal(message: str) -> Convert:
    def refuse(run: RunContext, value: LuaValue, index: int) -> str:
        raise library_error(message)

    return refuse


def _pad(text: str, spec: Spec) -> str:
    return text.ljust(spec.width) if "-" in spec.flags else text.rjust(spec.width)


def _before_nul(text: str) -> str:
    """What a C function sees of a string."""
    return text.partition("\0")[0]


def _character(spec: Spec) -> Convert:
    def convert(run: RunContext, value: LuaValue, index: int) -> str:
        code = check_number(run, value, index)
        # A double that is no 32-bit integer becomes INT_MIN, whose last byte is 0.
        byte = int(code) & 0xFF if -2147483649.0 < code < 2147483648.0 else 0
        return _before_nul(_pad(chr(byte), spec))

    return convert


def _string(spec: Spec) -> Convert:
    plain = not spec.width and spec.precision < 0

    def convert(run: RunContext, value: LuaValue, index: int) -> str:
        text: str = value if value.__class__ is str else check_string(value, index)
        if spec.precision < 0:
            if len(text) >= _WHOLE:
                run.charge(0, len(text))
                return text
            if plain and "\0" not in text:
                return text
        elif len(text) > spec.precision:
            text = text[: spec.precision]
        return _pad(_before_nul(text), spec)

    return convert


def _quoted(spec: Spec) -> Convert:
    def convert(run: RunContext, value: LuaValue, index: int) -> str:
        text = check_string(value, index)
        size = len(text) + 2 + 3 * text.count("\0") + sum(map(text.count, ('"', "\\", "\n", "\r")))
        run.charge(6 * len(text) // SCAN, 2 * (STRING + size))
        text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\\n")
        return f'"{text}"'.replace("\r", "\\r").replace("\0", "\\000")

    return convert


def _python(spec: Spec, flags: str, letter: str) -> str:
    """What Python's ``%`` takes for an integer's directive without precision, where it means the same; else ""."""
    if spec.precision >= 0 or "#" in spec.flags:
        return ""
    return f"%{''.join(flag for flag in flags if flag in spec.flags)}{spec.width or ''}{letter}"


def _signed(spec: Spec) -> Convert:
    pattern = _python(spec, _FLAGS, "d")

    def convert(run: RunContext, value: LuaValue, index: int) -> str:
        whole = to_integer(value if value.__class__ is float else check_number(run, value, index))
        if pattern:
            return pattern % whole
        sign = "-" if whole < 0 else "+" if "+" in spec.flags else " " if " " in spec.flags else ""
        return _layout(str(abs(whole)), sign, spec)

    return convert


def _unsigned(spec: Spec) -> Convert:
    base = {"o": "o", "u": "d", "x": "x", "X": "X"}[spec.letter]
    pattern = _python(spec, "-0", base)

    def convert(run: RunContext, value: LuaValue, index: int) -> str:
        whole = to_unsigned(value if value.__class__ is float else check_number(run, value, index))
        if pattern:
            return pattern % whole
        digits = format(whole, base)
        if base == "o" and "#" in spec.flags and whole:
            digits = "0" + digits.rjust(spec.precision - 1, "0")
        prefix = "0" + base if base in "xX" and "#" in spec.flags and whole else ""
        if base == "o" and "#" in spec.flags and not whole and spec.precision == 0:
            return _pad("0", spec)
        return _layout(digits, prefix, spec)

    return convert


def to_unsigned(value: float) -> int:
    """A double as ``unsigned long``, as gcc converts it on x86-64."""
    if 0.0 <= value < 4503599627370496.0:
        return int(value)
    if value < 9223372036854775808.0 or value != value:
        return to_integer(value) % (1 << 64)
    return int(value) if value < 18446744073709551616.0 else 0


def _layout(digits: str, prefix: str, spec: Spec) -> str:
    """Precision, sign or base prefix, and width of an integer."""
    if spec.precision >= 0:
        digits = digits.rjust(spec.precision, "0") if spec.precision or digits != "0" else ""
    elif "0" in spec.flags and "-" not in spec.flags:
        digits = digits.rjust(spec.width - len(prefix), "0")
    return _pad(prefix + digits, spec)


def _floating(spec: Spec) -> Convert:
    flags = "".join(flag for flag in _FLAGS if flag in spec.flags)
    precision = f".{spec.precision}" if spec.precision >= 0 else ""
    pattern = f"%{flags}{spec.width or ''}{precision}{spec.letter}"
    # The same again: PyPy's % has exponents in %f from 1e50 on.
    layout = "<" if "-" in flags else ""
    layout += next((sign for sign in "+ " if sign in flags), "") + ("#" if "#" in flags else "")
    layout += f"{'0' if '0' in flags and not layout.startswith('<') else ''}{spec.width or ''}{precision}{spec.letter}"

    def convert(run: RunContext, value: LuaValue, index: int) -> str:
        real: float = value if value.__class__ is float else check_number(run, value, index)
        if -1e30 < real < 1e30:
            if -1e-30 < real < 1e-30 and real:
                run.charge(_TINY_NUMBER)
            return pattern % real
        if real - real == 0.0:
            run.charge(_LONG_NUMBER, WORK_BYTES["format.long_number"])
            return f"{real:{layout}}"
        name = NAN if real != real else "inf" if real > 0.0 else "-inf"
        if real > 0.0:
            name = ("+" if "+" in spec.flags else " " if " " in spec.flags else "") + name
        return _pad(name.upper() if spec.letter.isupper() else name, spec)

    return convert


_CONVERTERS: Final[dict[str, Callable[[Spec], Convert]]] = {
    "c": _character,
    "d": _signed,
    "i": _signed,
    "o": _unsigned,
    "u": _unsigned,
    "x": _unsigned,
    "X": _unsigned,
    "e": _floating,
    "E": _floating,
    "f": _floating,
    "g": _floating,
    "G": _floating,
    "q": _quoted,
    "s": _string,
}
