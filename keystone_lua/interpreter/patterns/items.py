"""A Lua pattern's text read into a flat list of items over sets of characters.

Input: a pattern's text. Output: items, and what is known of its captures. What Lua refuses becomes a FAULT item,
since Lua refuses it only when the matcher comes to it.

A set is an integer with one bit for each of the 256 bytes: that makes sets cheap to combine and compare, and the other
forms that a matcher wants (characters, regular expression, functions that run over members) are made on demand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

MAX_CAPTURES: Final = 32
CACHED_SETS: Final = 256
"""Sets whose forms the process keeps, about 1.5 kB each."""


class PatternError(Exception):
    """What luaL_error would say about the pattern."""


# Character classes: sets of bytes as bits of an integer.

LATIN: Final = "".join(map(chr, range(256)))
ALL: Final = (1 << 256) - 1


def _range(low: int, high: int) -> int:
    return (1 << high + 1) - (1 << low) if low <= high else 0


_DIGIT, _UPPER, _LOWER = _range(48, 57), _range(65, 90), _range(97, 122)
_CLASSES: Final = {
    "a": _UPPER | _LOWER,
    "c": _range(0, 31) | 1 << 127,
    "d": _DIGIT,
    "l": _LOWER,
    "p": _range(33, 47) | _range(58, 64) | _range(91, 96) | _range(123, 126),
    "s": _range(9, 13) | 1 << 32,
    "u": _UPPER,
    "w": _UPPER | _LOWER | _DIGIT,
    "x": _DIGIT | _range(65, 70) | _range(97, 102),
    "z": 1,
}
CLASSES: Final = _CLASSES | {name.upper(): ALL ^ mask for name, mask in _CLASSES.items()}
"""The classes of the C locale, by the letter after ``%``."""


def _class(letter: str) -> int:
    return CLASSES[letter] if letter in CLASSES else 1 << ord(letter)


def _ranges(mask: int) -> Iterator[tuple[int, int]]:
    """The set's maximal ranges, in order."""
    low = 0
    while mask:
        skip = (mask & -mask).bit_length() - 1
        low += skip
        mask >>= skip
        length = (~mask & mask + 1).bit_length() - 1
        yield low, low + length - 1
        low += length
        mask >>= length


@lru_cache(CACHED_SETS)
def members(mask: int) -> str:
    """The set's characters. Looking one up in a string is as fast as in a frozenset, which takes 16 kB."""
    return "".join([LATIN[low : high + 1] for low, high in _ranges(mask)])


@lru_cache(CACHED_SETS)
def runner(mask: int) -> Callable[[str, int], int]:
    """A function for the end of the run of members that begins at a position."""
    if mask == ALL:
        return lambda subject, start: len(subject)
    if mask == 0:
        return lambda subject, start: start
    if mask.bit_count() == 255:
        stop = LATIN[(ALL ^ mask).bit_length() - 1]

        def until(subject: str, start: int) -> int:
            end = subject.find(stop, start)
            return len(subject) if end < 0 else end

        return until
    match = re.compile(regex_of(mask) + "*+", re.DOTALL).match
    return lambda subject, start: match(subject, start).end()  # type: ignore[union-attr]


@lru_cache(CACHED_SETS)
def finder(mask: int) -> Callable[[str, int], int]:
    """A function for the place of the first member at or after a position, or -1."""
    search = re.compile(regex_of(mask), re.DOTALL).search

    def find(subject: str, start: int) -> int:
        return found.start() if (found := search(subject, start)) else -1

    return find


@lru_cache(CACHED_SETS)
def regex_of(mask: int) -> str:
    """A set as ``re`` writes it; never a character of the script's as it stands."""
    if mask == ALL:
        return "."
    if mask == 0:
        return "(?!)"
    negated = mask.bit_count() > 128
    ranges = list(_ranges(ALL ^ mask if negated else mask))
    text = "".join(_escape(low) if low == high else f"{_escape(low)}-{_escape(high)}" for low, high in ranges)
    return text if mask.bit_count() == 1 else f"[{'^' if negated else ''}{text}]"


def _escape(code: int) -> str:
    return chr(code) if chr(code).isalnum() and code < 128 else f"\\x{code:02x}"


# Reading a pattern.

SINGLE, OPEN, CLOSE, POSITION, BACKREF, BALANCE, FRONTIER, END, NEVER, FAULT = range(10)
"""Kinds of items."""
GREEDY, LAZY, DETERMINED, TRIM, EMPTY = range(5)
"""Modes of repetition. DETERMINED: as much as possible, giving nothing back. TRIM: ``.-`` of ``(.-)%s*$``
or ``(.-)%s*x``.
EMPTY: a lazy one before something that always succeeds."""


@dataclass(slots=True, eq=False)
class Item:
    """One item of a pattern. ``low`` and ``many`` say how often a SINGLE matches: ``+`` is 1, True."""

    kind: int
    mask: int = 0
    low: int = 1
    many: bool = False
    lazy: bool = False
    argument: Any = None
    """OPEN, CLOSE, POSITION, BACKREF: the capture's index; BALANCE: the two characters; FAULT: the message."""
    mode: int = 0
    """How an optional or repeated SINGLE is matched; set by the survey in pattern.py."""


class Reader:
    """One pass over a pattern's text, as ``match`` in lstrlib.c walks it."""

    def __init__(self, text: str) -> None:
        self.text = text.split("\0", 1)[0]  # for lstrlib.c the pattern ends there
        self.items: list[Item] = []
        self.open: list[int] = []
        self.kinds: list[bool] = []  # per capture: is it a position?
        self.nested = False  # a capture within another

    def read(self) -> None:
        at = 0
        try:
            while at < len(self.text):
                at = self.item(at)
        except PatternError as fault:
            self.items.append(Item(FAULT, argument=str(fault)))

    def item(self, at: int) -> int:
        """Reads the item at ``at`` and returns where the next one begins."""
        text = self.text
        c = text[at]
        if c == "(":
            return self.capture(at)
        if c == ")":
            if not self.open:
                raise PatternError("invalid pattern capture")
            self.items.append(Item(CLOSE, argument=self.open.pop()))
            return at + 1
        if c == "$" and at + 1 == len(text):
            self.items.append(Item(END))
            return at + 1
        if c == "%" and at + 1 < len(text) and text[at + 1] in "bf0123456789":
            return self.special(at)
        return self.single(at)

    def capture(self, at: int) -> int:
        if len(self.kinds) == MAX_CAPTURES:
            raise PatternError("too many captures")
        self.nested |= bool(self.open)
        is_position = self.text.startswith(")", at + 1)
        index = len(self.kinds)
        self.kinds.append(is_position)
        self.items.append(Item(POSITION if is_position else OPEN, argument=index))
        if not is_position:
            self.open.append(index)
        return at + 1 + is_position

    def special(self, at: int) -> int:
        text = self.text
        c = text[at + 1]
        if c == "b":
            pair = text[at + 2 : at + 4]
            if len(pair) < 2:
                raise PatternError("unbalanced pattern")
            self.items.append(Item(BALANCE, 1 << ord(pair[0]), argument=pair))
            return at + 4
        if c == "f":
            if not text.startswith("[", at + 2):
                raise PatternError("missing '[' after '%f' in pattern")
            mask, end = self.bracket(at + 2)
            self.items.append(Item(FRONTIER, mask))
            return end
        index = ord(c) - ord("1")
        if not 0 <= index < len(self.kinds) or index in self.open:
            raise PatternError("invalid capture index")
        # A position capture has length -2, which as size_t is longer than any subject.
        self.items.append(Item(NEVER) if self.kinds[index] else Item(BACKREF, ALL, argument=index))
        return at + 2

    def single(self, at: int) -> int:
        text = self.text
        c = text[at]
        if c == "[":
            mask, at = self.bracket(at)
        elif c == "%":
            if at + 1 == len(text):
                raise PatternError("malformed pattern (ends with '%')")
            mask, at = _class(text[at + 1]), at + 2
        else:
            mask, at = ALL if c == "." else 1 << ord(c), at + 1
        sign = text[at : at + 1]
        if not sign or sign not in "*+-?":
            self.items.append(Item(SINGLE, mask))
            return at
        self.items.append(Item(SINGLE, mask, low=int(sign == "+"), many=sign != "?", lazy=sign == "-"))
        return at + 1

    def bracket(self, at: int) -> tuple[int, int]:
        """``classend`` and ``matchbracketclass``: the set at ``at`` and what follows it."""
        text = self.text
        first = at + 1 + text.startswith("^", at + 1)
        end = first
        while True:
            if end >= len(text):
                raise PatternError("malformed pattern (missing ']')")
            end += 1 + (text[end] == "%" and end + 1 < len(text))
            if text.startswith("]", end):
                break
        mask = 0
        place = first
        while place < end:
            c = text[place]
            if c == "%":
                mask |= _class(text[place + 1])
                place += 2
            elif place + 2 < end and text[place + 1] == "-":
                mask |= _range(ord(c), ord(text[place + 2]))
                place += 3
            else:
                mask |= 1 << ord(c)
                place += 1
        return (ALL ^ mask if first > at + 1 else mask), end + 1
