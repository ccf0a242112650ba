"""How large a change of a text is, and the smallest part of it that still does what it does.

In: two texts, and a test of a third between them. Out: the distance in characters put in, left out or exchanged; a text
of which no single difference from the first can be taken back without failing the test.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher
from typing import Final

MOST_EDITS: Final = 64
"""More differences than that are not made fewer."""

MOST_COMPARED: Final = 4_000
"""Characters of both texts together whose change is made smaller: comparing takes their square, 0.6 s at worst."""

_COMPARED: Final = 64
"""Characters that are compared each with each; of longer ones the distance is an upper bound."""

Edit = tuple[int, int, str]
"""Begin and end of what is replaced in the first text, and by what."""


def distance(was: str, becomes: str) -> int:
    """Characters that are others."""
    begin = 0
    while begin < min(len(was), len(becomes)) and was[begin] == becomes[begin]:
        begin += 1
    end = 0
    while end < min(len(was), len(becomes)) - begin and was[-1 - end] == becomes[-1 - end]:
        end += 1
    one, other = was[begin : len(was) - end], becomes[begin : len(becomes) - end]
    if not one or not other or max(len(one), len(other)) > _COMPARED:
        return max(len(one), len(other))
    row = list(range(len(other) + 1))
    for above, letter in enumerate(one, 1):
        diagonal, row[0] = row[0], above
        for place, their in enumerate(other, 1):
            diagonal, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, diagonal + (letter != their)),
            )
    return row[-1]


def edits(was: str, becomes: str) -> list[Edit]:
    """Single characters put in, left out or exchanged that make the one text of the other."""
    found: list[Edit] = []
    for kind, a, b, c, d in SequenceMatcher(None, was, becomes, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        both = min(b - a, d - c)
        found += [(a + place, a + place + 1, becomes[c + place]) for place in range(both)]
        found += [(place, place + 1, "") for place in range(a + both, b)]
        found += [(b, b, becomes[place]) for place in range(c + both, d)]
    return found


def applied(was: str, made: list[Edit]) -> str:
    """The text with edits, which stand in order."""
    parts: list[str] = []
    at = 0
    for begin, end, text in made:
        parts += (was[at:begin], text)
        at = end
    return "".join((*parts, was[at:]))


def smallest(was: str, becomes: str, does: Callable[[str], bool]) -> str:
    """What is left of a change when all is taken back that ``does`` not need."""
    if len(was) + len(becomes) > MOST_COMPARED:
        return becomes
    kept = edits(was, becomes)
    if len(kept) > MOST_EDITS:
        return becomes
    size = max(1, len(kept) // 2)
    while kept:
        at, shorter = 0, False
        while at < len(kept):
            fewer = kept[:at] + kept[at + size :]
            if fewer and does(applied(was, fewer)):
                kept, shorter = fewer, True
            else:
                at += size
        if size == 1 and not shorter:
            break
        size = max(1, size // 2)
    return applied(was, kept)
