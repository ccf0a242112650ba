"""text: strings taken apart, put together and compared as plain text; nothing here is a pattern.

Input: strings of bytes. Output: strings, lists of strings, booleans. Lower case and white space are those of the C
locale. A separator has at most MAX_SEPARATOR bytes, since CPython may compare all of it at each place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..costs import COPY, MODULES, SCAN, STRING, TABLE, VALUE, WORK, WORK_BYTES
from ..numerals import number_to_string
from ..patterns.plain_search import SHORT_NEEDLE, find_long, is_cheap
from ..runtime.tracebacks import argument_error
from ..runtime.values import ABSENT, FALSE, TRUE, LuaValue, type_name
from ..stdlib.args import check_int, check_string, check_table
from ..stdlib.string import ascii_lower
from .lists import items_of, list_of

if TYPE_CHECKING:
    from ..runtime.context import RunContext

MAX_SEPARATOR: Final = 63
"""Bytes; see SHORT_NEEDLE."""
_PIECE: Final = WORK["text.piece"]
_PIECE_BYTES: Final = WORK_BYTES["text.piece"]
_BLANK: Final = " \t\n\v\f\r"
_PRICES: Final = {
    name: MODULES[f"text.{name}"]
    for name in ("contains", "ends_with", "join", "lines", "lower", "split", "starts_with", "trim")
}


def lines_of(text: str) -> list[str]:
    """The lines without their ends, ``\\n`` or ``\\r\\n``; a last end begins no line."""
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def split_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def split(d: int, s: LuaValue = ABSENT, separator: LuaValue = ABSENT, most: LuaValue = None, *_: LuaValue) -> Any:
        run.charge(_PRICES["split"], TABLE)
        text = s if s.__class__ is str else check_string(s, 1)
        separator = check_string(separator, 2)
        if not separator:
            raise argument_error(2, "a separator is needed")
        if len(separator) > MAX_SEPARATOR:
            raise argument_error(2, f"separator longer than {MAX_SEPARATOR} bytes")
        limit = -1 if most is None else check_int(run, most, 3)
        if limit == 0:
            raise argument_error(3, "at least one piece")
        run.charge(len(text) * len(separator) // SCAN)
        count = text.count(separator) + 1
        count = min(count, limit) if limit > 0 else count
        run.charge(_PIECE * count, _PIECE_BYTES * count + len(text))
        return list_of(text.split(separator, count - 1))

    return split


def lines_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def lines(d: int, s: LuaValue = ABSENT, *_: LuaValue) -> Any:
        text = s if s.__class__ is str else check_string(s, 1)
        run.charge(_PRICES["lines"] + len(text) // SCAN, TABLE)
        count = text.count("\n") + 1
        run.charge(2 * _PIECE * count, 2 * _PIECE_BYTES * count + 2 * len(text))
        return list_of(lines_of(text))

    return lines


def join_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def join(d: int, pieces: LuaValue = ABSENT, separator: LuaValue = None, *_: LuaValue) -> str:
        run.charge(_PRICES["join"])
        between = "" if separator is None else check_string(separator, 2)
        values = items_of(run, check_table(pieces, 1))
        run.charge(_PIECE * len(values), VALUE * len(values))
        texts: list[str] = []
        for place, value in enumerate(values, 1):
            if value.__class__ is float:
                run.charge(_PIECE, 2 * STRING)
                texts.append(number_to_string(value))
            elif value.__class__ is str:
                texts.append(value)
            else:
                raise argument_error(1, f"string expected at place {place} of the list, got {type_name(value)}")
        size = sum(map(len, texts)) + len(between) * max(0, len(texts) - 1)
        run.charge(size // COPY, STRING + size)
        return between.join(texts)

    return join


def trim_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def trim(d: int, s: LuaValue = ABSENT, *_: LuaValue) -> str:
        text = s if s.__class__ is str else check_string(s, 1)
        run.charge(_PRICES["trim"] + len(text) // SCAN, STRING + len(text))
        return text.strip(_BLANK)

    return trim


def lower_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def lower(d: int, s: LuaValue = ABSENT, *_: LuaValue) -> str:
        text = s if s.__class__ is str else check_string(s, 1)
        run.charge(_PRICES["lower"] + len(text) // SCAN, STRING + 3 * len(text))
        return ascii_lower(text)

    return lower


def contains_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def contains(d: int, s: LuaValue = ABSENT, piece: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        text = s if s.__class__ is str else check_string(s, 1)
        needle = piece if piece.__class__ is str else check_string(piece, 2)
        rest, size = len(text), len(needle)
        run.charge(_PRICES["contains"] + rest * min(size, SHORT_NEEDLE) // COPY + rest // SCAN)
        if size > rest:
            return FALSE
        found = text.find(needle) if is_cheap(rest, size) else find_long(text, needle, 0, run.charge)
        return TRUE if found >= 0 else FALSE

    return contains


def border_for(run: RunContext, fuel: int, alloc: int, name: str, matches: Callable[[str, str], bool]) -> Any:
    price = _PRICES[name]

    def apply(d: int, s: LuaValue = ABSENT, piece: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        text = s if s.__class__ is str else check_string(s, 1)
        border = piece if piece.__class__ is str else check_string(piece, 2)
        run.charge(price + len(border) // COPY)
        return TRUE if matches(text, border) else FALSE

    return apply


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Any]:
    """The functions of ``text``."""
    return {
        "contains": contains_for(run, fuel, alloc),
        "ends_with": border_for(run, fuel, alloc, "ends_with", str.endswith),
        "join": join_for(run, fuel, alloc),
        "lines": lines_for(run, fuel, alloc),
        "lower": lower_for(run, fuel, alloc),
        "split": split_for(run, fuel, alloc),
        "starts_with": border_for(run, fuel, alloc, "starts_with", str.startswith),
        "trim": trim_for(run, fuel, alloc),
    }
