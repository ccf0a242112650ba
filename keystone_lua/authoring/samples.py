"""Texts that a Lua pattern matches: what `why` and `worst` try of a script's patterns.

In: any text of a script, which may be a pattern or none. Out: a few texts that it would match, the shortest first;
none where it has nothing of a pattern. Back references and balanced brackets are followed; frontiers are left to
chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..interpreter.patterns.items import BACKREF, BALANCE, CLOSE, FAULT, OPEN, SINGLE, Item, Reader, members
from ..interpreter.text import from_text, to_text

_MAGIC: Final = frozenset("^$*+?.([%-")
_LIKED: Final = "a1Aé/ -"
"""Members that are taken first, if a set has them."""


def samples(text: str) -> Iterator[str]:
    """Texts that ``text`` matches, if it is a pattern."""
    if _MAGIC.isdisjoint(text):
        return
    reader = Reader(from_text(text).removeprefix("^"))
    reader.read()
    if any(item.kind == FAULT for item in reader.items):
        return
    for optional, times, turn in ((0, 1, 0), (1, 1, 0), (1, 3, 1), (1, 20, 0)):
        made = _matched(reader.items, optional, times, turn)
        if made:
            yield to_text(made)


def _matched(items: list[Item], optional: int, times: int, turn: int) -> str:
    made = ""
    begins: dict[int, int] = {}
    captures: dict[int, str] = {}
    for item in items:
        if item.kind == SINGLE:
            count = max(item.low, optional)
            made += _member(item.mask, turn) * (count * times if item.many else count)
        elif item.kind == OPEN:
            begins[item.argument] = len(made)
        elif item.kind == CLOSE:
            captures[item.argument] = made[begins[item.argument] :]
        elif item.kind == BALANCE:
            made += item.argument
        elif item.kind == BACKREF:
            made += captures.get(item.argument, "")
    return made


def _member(mask: int, turn: int) -> str:
    if not mask:
        return ""
    liked = [letter for letter in _LIKED if ord(letter) < 256 and mask >> ord(letter) & 1]
    if liked:
        return liked[turn % len(liked)]
    known = members(mask)
    return known[-1 - turn % len(known)]
