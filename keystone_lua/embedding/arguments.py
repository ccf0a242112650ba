"""Arguments of the public functions, checked before anything else happens.

In: an argument and its name. Out: its checked value. Raises a TypeError or ValueError that begins with the name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..interpreter import Limits, Program
from .text import inside


def wrong(name: str, expected: str, value: object, advice: str = "") -> TypeError:
    """What to raise for a value of another type."""
    return TypeError(f"{name} must be {expected}, not {type(value).__name__}{advice}")


def program(value: object) -> Program:
    """A program."""
    if not isinstance(value, Program):
        raise wrong("program", "a Program", value, "; compile_program makes one")
    return value


def limits(value: object) -> Limits:
    """Limits, which have looked at their own values."""
    if not isinstance(value, Limits):
        raise wrong("limits", "Limits", value)
    return value


def whole(name: str, value: object, least: int = 0) -> int:
    """A whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong(name, "an int", value)
    if value < least:
        raise ValueError(f"{name} must be at least {least}, not {value}")
    return int(value)


def clock(value: object) -> float:
    """Unix time in seconds."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise wrong("now", "a number of seconds", value)
    if not abs(value) < 1e15:
        raise ValueError(f"now must be seconds since 1970, not {value}")
    return float(value)


def text(name: str, value: object) -> str:
    """A short text, as the Lua string that it is inside."""
    if not isinstance(value, str):
        raise wrong(name, "a str", value)
    if not value:
        raise ValueError(f"{name} must not be empty")
    return inside(value, name)


def source(name: str, value: object) -> bytes:
    """A script's bytes: text is UTF-8."""
    if isinstance(value, str):
        return inside(value, name).encode("latin-1")
    if not isinstance(value, bytes):
        raise wrong(name, "str or bytes", value)
    return value


def mapping(name: str, value: object) -> Mapping[Any, Any]:
    """A mapping."""
    if not isinstance(value, Mapping):
        raise wrong(name, "a mapping", value)
    return value
