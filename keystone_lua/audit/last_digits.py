"""Answers that differ only in the last digits of numbers, as the C library's functions may.

Input: a program, and the outcomes of two runs of it. Output: whether they differ in no other way. IEEE 754 says what
+ - * / % and sqrt give, to the last bit; of sin, exp, pow and the like the C library decides the last one, so glibc,
musl and another processor may differ. Everything else must be the same: the text between the numbers, whole numbers,
instructions.
"""

from __future__ import annotations

import re
from typing import Any, Final

from ..interpreter import Program
from .notes import encode

INEXACT: Final = re.compile(
    rb"\^|\bmath\s*\.\s*(?:acos|asin|atan2?|cosh?|exp|log(?:10)?|pow|sinh?|tanh?)\b|\bmath\b(?!\s*\.\s*\w)"
)
"""What a source has that can come to such a function: it by name, the operator, or the library as a value."""

CLOSE: Final = 1e-12
"""The most that two numbers may differ by, as a share of the larger: some thousand times the last bit."""

_NUMERAL: Final = re.compile(r"\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


def only_last_digits(program: Program, recorded: dict[str, Any], outcome: dict[str, Any]) -> bool:
    """Whether two outcomes differ in last digits only, and the program may have asked the C library for them."""
    if recorded.get("instructions", outcome["instructions"]) != outcome["instructions"]:
        return False
    was, now = (encode([facts["answer"], facts["error"]]) for facts in (recorded, outcome))
    sources = (program.source, *program.sources.values())
    return any(map(INEXACT.search, sources)) and was != now and _close(was, now)


def _close(was: str, now: str) -> bool:
    if _NUMERAL.split(was) != _NUMERAL.split(now):
        return False
    pairs = zip(_NUMERAL.findall(was), _NUMERAL.findall(now), strict=True)
    return all(one == other or _are_close(one, other) for one, other in pairs)


def _are_close(one: str, other: str) -> bool:
    if one.isdigit() or other.isdigit():
        return False
    return abs(float(one) - float(other)) <= CLOSE * max(float(one), float(other))
