"""The values of a record's fields, checked as they are read.

In: a value that was read from JSON. Out: the same value, known to be of the type that the format wants. Raises
TypeError for any other, which says what belongs there; `records` turns it into a `RecordError`.
"""

from __future__ import annotations

import re
from typing import Any, Final

MAX_WHOLE: Final = 1 << 64
"""Every number of the format is below."""

_HASH: Final = re.compile(r"[0-9a-f]{64}\Z")

_ZONES: Final = re.compile(r"20[0-9]{2}\.[0-9]{1,2}(?:\.post[0-9])?\Z")


def text_of(value: Any) -> str:
    """A text."""
    if value.__class__ is not str:
        raise TypeError("a field that is no text where text belongs")
    return str(value)


def hash_of(value: Any) -> str:
    """A SHA-256 in hexadecimal."""
    if value.__class__ is not str or not _HASH.match(value):
        raise TypeError("a field that is no SHA-256 where one belongs")
    return str(value)


def zones_of(value: Any) -> str:
    """A version of the tables of time zones."""
    if value.__class__ is not str or not _ZONES.match(value):
        raise TypeError("a field that is no version of tzdata where one belongs")
    return str(value)


def whole_of(value: Any) -> int:
    """A whole number below MAX_WHOLE."""
    if value.__class__ is not int or not 0 <= value < MAX_WHOLE:
        raise TypeError("a field that is no whole number where one belongs")
    return int(value)


def number_of(value: Any) -> float:
    """A number, as a float."""
    if value.__class__ not in (int, float) or not abs(value) < 1e15:
        raise TypeError("a field that is no number where one belongs")
    return float(value)


def object_of(value: Any) -> dict[str, Any]:
    """An object, as a dict."""
    if not isinstance(value, dict):
        raise TypeError("a field that is no object where one belongs")
    return value


def list_of(value: Any) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise TypeError("a field that is no list where one belongs")
    return value
