"""Lua patterns (manual 5.4.1): from a pattern's text to something that finds matches at a known price.

Input: a pattern and a subject, one character per byte. Output: a match with span, captures and the
``re.Match`` methods that the string library uses. Refuses, when the matcher comes to it and not before,
what Lua refuses: PatternError("malformed pattern (ends with '%')"). Pure: charges through a callable.

A Lua pattern is flat: a sequence of items, each one character class with an optional ``* + - ?``, and of
captures around runs of them. There is no alternation and no repeated group, so what can follow an item
is known when the pattern is read. Two engines work on the same sequence:

* ``re``, for patterns of character classes, frontiers, anchors and captures. For such a sequence greedy and
  lazy repetition in ``re`` try the same lengths in the same order as Lua, so the first success is the same.
* the stepper, a backtracking matcher with an explicit stack: for ``%b``, back references, errors, and whatever
  ``re`` could do only in more than linear time. A sequence passes each item once, so the stack is never
  longer than the pattern.

**When is re linear?** ``_Survey`` walks the items from the last to the first and keeps, for what follows:
the characters it can begin with, whether it always succeeds, and the degree in the subject's length of the work of an
attempt and of a failing attempt. A repetition is *determined* if nothing that follows can begin with a character
of its class (or if what follows always succeeds): giving characters back can then not help, and it becomes possessive.
Two more rewritings: ``.-x`` where nothing after x can fail is ``[^x]*x``; ``(.-)%s*$`` takes the longest
``.*[^%s]``. A search tries many starts. It stays linear if failing attempts are short; if the
pattern begins with a determined run, since only the run's first character is worth trying (a look-behind says
so); or if some fixed first character cannot occur in the runs that failing attempts scan.
Patterns of degree 1 go to ``re`` for any subject, of degree 2 for short ones (SHORT), where n² is small change.

**Price.** A function of pattern and subject alone. For ``re``: bytes from the start to the match's end (to the
subject's end if there is no match, or if a repetition had to look that far), times ``scan`` / 16, which grows
with the number of items. For the stepper: _MOVE for each item tried and one for SCAN bytes run over. Reading a
pattern is paid by its length on its first use in a run, whether or not this process knows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Protocol

from .costs import SCAN, STEP

_SCAN: Final = SCAN.bit_length() - 1
_MOVE: Final = 2 * STEP
"""Instructions for one item tried by the stepper."""

SHORT: Final = 64
"""Bytes. Up to this length work of degree 2 is done by ``re`` at a linear price: at most about 20 µs."""
UNLIMITED: Final = 1 << 62
CHUNK: Final = 4096
"""Instructions that the stepper gathers before it charges them."""
MAX_CAPTURES: Final = 32
MAX_ITEMS: Final = 100
"""Longer patterns are stepped: ``re`` would spend up to that many comparisons a byte."""
MAX_BRANCHES: Final = 3
"""Undetermined ``?``: each doubles the work."""
CACHED_LENGTH: Final = 100
"""Bytes. Longer patterns are not kept between runs."""
CACHED_PATTERNS: Final = 512
CACHED_SETS: Final = 256
"""What the process keeps: at most 20 kB for each pattern, 1.5 kB for each set."""

Charge = Callable[[int, int], object]
"""Takes instructions and bytes; raises when the budget does not reach."""


class PatternError(Exception):
    """What luaL_error would say about the pattern."""


class Match(Protocol):
    """What the library needs of a match; ``re.Match`` has it. A position capture is an empty group."""

    def start(self, group: int = 0, /) -> int: ...
    def end(self, group: int = 0, /) -> int: ...
    def span(self, group: int = 0, /) -> tuple[int, int]: ...
    def groups(self) -> tuple[str | Any, ...]: ...
    def __getitem__(self, group: int, /) -> str | Any: ...


# Character classes: sets of bytes as bits of an integer.

LATIN: Final = "".join(map(chr, range(256)))
ALL: Final = (1 << 256) - 1


def _mask(characters: str) -> int:
    return sum(1 << ord(c) for c in set(characters))


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
    match = re.compile(_regex_of(mask) + "*+", re.DOTALL).match
    return lambda subject, start: match(subject, start).end()  # type: ignore[union-attr]


@lru_cache(CACHED_SETS)
def finder(mask: int) -> Callable[[str, int], int]:
    """A function for the place of the first member at or after a position, or -1."""
    search = re.compile(_regex_of(mask), re.DOTALL).search

    def find(subject: str, start: int) -> int:
        return found.start() if (found := search(subject, start)) else -1

    return find


@lru_cache(CACHED_SETS)
def _regex_of(mask: int) -> str:
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
"""Modes of repetition. DETERMINED: as much as possible, giving nothing back. TRIM: ``.-`` of ``(.-)%s*$``.
EMPTY: a lazy one before something that always succeeds."""


@dataclass(slots=True)
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
    """How an optional or repeated SINGLE is matched; set by _Survey."""


class _Reader:
    """One pass over a pattern's text, as ``match`` in lstrlib.c walks it."""

    def __init__(self, text: str) -> None:
        self.text = text.split("\0", 1)[0]  # for lstrlib.c the pattern ends there
        self.items: list[Item] = []
        self.open: list[int] = []
        self.kinds: list[bool] = []  # per capture: is it a position?

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


# What can be said about a pattern before there is a subject.


class _Survey:
    """Facts about the rest of a pattern, gathered backwards; see the module's docstring.

    Sets the items' modes and rewrites ``.-x``. ``degree`` and ``failing`` are powers of the subject's
    length: the work of any attempt, and of one that fails (-1: none does).
    """

    def __init__(self, items: list[Item]) -> None:
        self.work = [item for item in items if item.kind not in (OPEN, CLOSE, POSITION)]
        self.eligible = True  # for re, whatever the degree
        self.always = True  # succeeds wherever it starts
        self.at_end = True  # succeeds at the subject's end
        self.follows = 0  # the characters that it can begin with
        self.degree = 0
        self.failing = -1
        self.branches = 0
        self.gives_back = False  # a greedy repetition may look beyond the match's end
        self.length = 0  # the least that it matches
        self.runs: list[Item] = []  # repetitions after which an attempt can still fail
        self.steady = True  # all of those are determined
        self.after_head = (-1, 0, True)  # failing, number of runs and steady of what follows the first item
        self.trim = self._find_trim()
        for place in range(len(self.work) - 1, -1, -1):
            self.after_head = (self.failing, len(self.runs), self.steady)
            self._add(self.work[place], place)

    def _find_trim(self) -> Item | None:
        """The X of ``X-C*$``: the shortest X before nothing but C is the longest one that ends outside of C."""
        if len(self.work) < 3:
            return None
        shortest, rest, end = self.work[-3:]
        if end.kind == END and shortest.lazy and rest.many and not rest.lazy and not rest.low:
            return shortest
        return None

    def _add(self, item: Item, place: int) -> None:
        if item.kind != SINGLE:
            self._add_special(item)
        elif item.many:
            self._add_repetition(item, place)
        elif item.low:
            self._require(item.mask)
            self.length += 1
        else:
            item.mode = DETERMINED if self.always or not item.mask & self.follows else GREEDY
            self.branches += item.mode == GREEDY
            self.follows |= item.mask

    def _require(self, mask: int) -> None:
        """Something that fails at once where it does not fit."""
        self.always = self.at_end = False
        self.follows = mask
        self.failing = max(0, self.failing)

    def _add_special(self, item: Item) -> None:
        self.eligible &= item.kind in (END, FRONTIER)
        if item.kind == END:
            self.always = False
            self.failing = 0
        elif item.kind != FAULT:  # which ends the match as surely as success does
            self._require(item.mask)

    def _add_repetition(self, item: Item, place: int) -> None:
        if item.lazy and self.always:
            item.mode = EMPTY
            return
        if item.lazy and self._stops_at_first(place):
            item.mask &= ~self.work[place + 1].mask
        if self.always or not item.mask & self.follows:
            item.mode = DETERMINED
        elif item is self.trim:
            item.mode = TRIM
        else:
            item.mode = LAZY if item.lazy else GREEDY
            self.gives_back |= not item.lazy
        failing = max(1, self.failing) if item.mode in (DETERMINED, TRIM) else 1 + max(0, self.failing)
        self.always = self.always or (item.mask == ALL and self.at_end)
        self.degree = max(self.degree, 1, failing)
        self.failing = -1 if self.always else failing
        if not self.always:
            self.runs.append(item)
            self.steady &= item.mode == DETERMINED
        self.follows |= item.mask
        if item.low:
            self._require(item.mask)
            self.length += 1

    def _stops_at_first(self, place: int) -> bool:
        """Whether the item after the lazy one at ``place`` is a single x, and nothing after x can fail."""
        following, *later = self.work[place + 1 :]
        return (
            following.kind == SINGLE
            and following.low == 1
            and not following.many
            and all(item.kind == SINGLE and not item.low for item in later)
        )

    def search(self, pinned: bool) -> tuple[int, bool]:
        """The degree of a search, and whether that takes a look-behind: only starts of the first run are tried."""
        if pinned or self.failing <= 0:
            return max(1, self.degree), False
        head = self.work[0]
        failing, runs, steady = self.after_head
        if head.many and head.mode == DETERMINED and steady:
            nested = (run.mask & ~head.mask == 0 or run.mask & head.mask == 0 for run in self.runs[:runs])
            if failing <= 0 or all(nested):
                return max(1, self.degree), True
        if self.steady and self._separated():
            return max(1, self.degree), False
        return max(self.degree, 1 + self.failing), False

    def _separated(self) -> bool:
        """Some character that every match begins with occurs in no run of a failing attempt."""
        for item in self.work:
            if item.kind != SINGLE or not item.low:
                return False
            if not any(run.mask & item.mask for run in self.runs):
                return True
            if item.many:
                return False
        return False


class Found:
    """The stepper's match, with the methods of ``re.Match`` that the library uses."""

    __slots__ = ("_spans", "_subject")

    def __init__(self, subject: str, spans: list[tuple[int, int]]) -> None:
        self._subject = subject
        self._spans = spans

    def span(self, group: int = 0, /) -> tuple[int, int]:
        return self._spans[group]

    def start(self, group: int = 0, /) -> int:
        return self._spans[group][0]

    def end(self, group: int = 0, /) -> int:
        return self._spans[group][1]

    def __getitem__(self, group: int, /) -> str:
        start, end = self._spans[group]
        return self._subject[start:end]

    def groups(self) -> tuple[str, ...]:
        return tuple(self._subject[start:end] for start, end in self._spans[1:])


class Pattern:
    """A pattern that has been read.

    The fast way, for callers that inline it: if the rest ``len(subject) - start`` is at most ``limit``, call
    ``apply(subject, start)``; for a match charge ``(end - start) * scan >> 4`` instructions, or the whole
    rest if not ``local``; without one charge ``rest * fail_scan >> 4`` if the rest is at most ``fail_limit``, else
    call ``step``, which charges. ``find`` does all this. ``regex.finditer(subject)`` gives what Lua's gsub and gmatch
    see if the subject is at most ``whole_limit`` long.
    """

    __slots__ = (
        "_guarded", "_items", "_program", "anchored", "apply", "captures", "fail_limit", "fail_scan", "limit",
        "local", "pinned", "plain", "positions", "regex", "scan", "simple", "textual",
        "unclosed", "whole_limit",
    )  # fmt: skip

    def __init__(self, text: str) -> None:
        self.anchored = text.startswith("^")
        self.plain = find_special(text) is None
        reader = _Reader(text[1:] if self.anchored else text)
        reader.read()
        self.captures = len(reader.kinds)
        self.positions = tuple(index for index, is_position in enumerate(reader.kinds) if is_position)
        """The captures that are positions."""
        self.textual = not self.positions and not reader.open
        """Every capture is text."""
        self.simple = self.textual and self.captures < 2
        """All that a match yields is the text of group number ``captures``."""
        self.unclosed = frozenset(reader.open)
        """Captures that are never closed: an error once somebody wants their value."""
        self.limit = self.fail_limit = self.whole_limit = -1
        self.scan = self.fail_scan = 0
        self.local = True
        self.apply: Callable[[str, int], Match | None] = _never
        self.regex: re.Pattern[str] | None = None
        self._items = reader.items
        self._program: _Program | None = None
        self._guarded: _Guarded | None = None
        survey = _Survey(self._items)
        head = survey.work[0] if survey.work else None
        # If `.*x` fails somewhere it fails everywhere after it.
        self.pinned = self.anchored or (head is not None and head.many and head.mask == ALL and not head.low)
        if survey.eligible and not self.unclosed and len(survey.work) <= MAX_ITEMS:
            self._use_regex(survey)

    def _use_regex(self, survey: _Survey) -> None:
        """Leaves to ``re`` what it does in linear time, and short subjects."""
        degree, guarded = survey.search(self.pinned)
        if degree > 2 or survey.branches > MAX_BRANCHES:
            return
        short = SHORT >> (survey.branches > 0)
        self.scan = (3 + len(survey.work) + 4 * (degree == 2)) << survey.branches
        self.local = not survey.gives_back
        self.limit = UNLIMITED if degree == 1 and not guarded else short
        self.fail_limit, self.fail_scan = UNLIMITED, self.scan
        if self.pinned and survey.failing > 0:
            self.fail_limit = short  # nobody knows how far it went
        elif self.pinned:
            self.fail_scan = 0
        if survey.length and survey.degree < 2 and not self.pinned:
            self.whole_limit = self.limit if self.local else short
        text = _regex_text(self._items, survey)
        self.regex = re.compile(text, re.DOTALL)
        self.apply = self.regex.match if self.pinned else self.regex.search
        if guarded and degree == 1:
            self._guarded = _Guarded(self.regex, f"(?<!{_regex_of(survey.work[0].mask)}){text}")

    def find(self, subject: str, start: int, charge: Charge) -> Match | None:
        """The first match at or after ``start``; charges for the work."""
        rest = len(subject) - start
        if rest <= self.limit:
            found = self.apply(subject, start)
            if found is None and rest > self.fail_limit:
                return self.step(subject, start, charge)
        elif self._guarded is not None:
            found = self._guarded.find(subject, start)
        else:
            return self.step(subject, start, charge)
        if found is None:
            charge(rest * self.fail_scan >> 4, 0)
        else:
            charge((found.end() - start if self.local else rest) * self.scan >> 4, 0)
        return found

    def step(self, subject: str, start: int, charge: Charge) -> Match | None:
        """The same by the stepper, whatever the subject."""
        if self._program is None:
            self._program = _Program(self._items, self.captures, self.pinned)
        spans = _walk(self._program, subject, start, charge)
        return None if spans is None else Found(subject, spans)

    def matches(self, subject: str, charge: Charge) -> Iterator[Match]:
        """All matches as gsub and gmatch see them; charges for the work."""
        start = 0
        while start <= len(subject):
            found = self.find(subject, start, charge)
            if found is None:
                return
            yield found
            start = found.end() + (found.end() == found.start())


class _Guarded:
    """A search that tries only the first place of each run of the pattern's first item.

    The look-behind also sees what lies before ``start``, which may be inside of a run: that place is tried apart.
    """

    __slots__ = ("match", "search", "text")

    def __init__(self, regex: re.Pattern[str], text: str) -> None:
        self.match = regex.match
        self.text = text
        self.search: Callable[[str, int], Match | None] | None = None

    def find(self, subject: str, start: int) -> Match | None:
        if self.search is None:
            self.search = re.compile(self.text, re.DOTALL).search
        if start and (found := self.match(subject, start)):
            return found
        return self.search(subject, start + (start > 0))


def _never(subject: str, start: int) -> None:
    """``apply`` of a pattern that ``re`` may not touch."""


def _regex_text(items: list[Item], survey: _Survey) -> str:
    """The items as a regular expression. Nothing in it is the script's text: sets are written anew."""
    parts = {OPEN: "(", CLOSE: ")", POSITION: "()", END: r"\Z"}
    text = ""
    for item in items:
        if item.kind == SINGLE:
            last = survey.work[-2].mask if item.mode == TRIM else 0
            text += _single_text(item, last)
        elif item.kind == FRONTIER:
            text += _frontier_text(item.mask)
        else:
            text += parts[item.kind]
    return text


def _single_text(item: Item, trimmed: int) -> str:
    text = _regex_of(item.mask)
    if item.mode == EMPTY or not item.mask:
        return text if item.low else ""
    if item.mode == TRIM:
        return f"(?:{text}*{_regex_of(item.mask & ~trimmed)})?"
    if not item.many:
        return text if item.low else text + ("?+" if item.mode == DETERMINED else "?")
    sign = "+" if item.low else "*"
    return text + sign + {GREEDY: "", LAZY: "?", DETERMINED: "+"}[item.mode]


def _frontier_text(mask: int) -> str:
    """``%f``; the byte before the subject and the one after it are NUL."""
    inside, outside = _regex_of(mask), _regex_of(ALL ^ mask)
    return f"(?<={outside})(?!{outside})" if mask & 1 else f"(?<!{inside})(?={inside})"


# The stepper.

LITERAL, ONE, MAYBE, MOST, LEAST, BEGIN, FINISH, SAME, BALANCED, BORDER, LAST, NOWHERE, RAISE, ACCEPT = range(14)
"""Its operations."""
_PLAIN: Final = {OPEN: BEGIN, POSITION: BEGIN, CLOSE: FINISH, BACKREF: SAME, END: LAST, NEVER: NOWHERE, FAULT: RAISE}

Operation = tuple[Any, ...]
"""An operation and what it needs, see _operation."""


class _Program:
    """What the stepper executes."""

    __slots__ = ("captures", "find_start", "operations", "pinned")

    def __init__(self, items: list[Item], captures: int, pinned: bool) -> None:
        self.captures = captures
        self.pinned = pinned
        self.find_start = None if pinned else _starter(items)
        self.operations: list[Operation] = []
        place = 0
        while place < len(items):
            if literal := _literal(items, place):
                self.operations.append((LITERAL, literal, len(literal)))
            else:
                self.operations.append(_operation(items, place))
            place += len(literal) or 1
        self.operations.append((ACCEPT, None))


def _starter(items: list[Item]) -> Callable[[str, int], int] | None:
    """A function for the next place where a match could begin."""
    for place, item in enumerate(items):
        if literal := _literal(items, place):
            return lambda subject, start: subject.find(literal, start)
        if item.kind == BALANCE or (item.kind == SINGLE and item.low):
            return finder(item.mask)
        if item.kind not in (OPEN, POSITION, CLOSE):
            break
    return lambda subject, start: start


def _literal(items: list[Item], place: int) -> str:
    """The single characters that follow one another from ``place`` on."""
    codes = []
    while place < len(items):
        item = items[place]
        if item.kind != SINGLE or item.many or not item.low or item.mask.bit_count() != 1:
            break
        codes.append(item.mask.bit_length() - 1)
        place += 1
    return "".join(map(chr, codes))


def _operation(items: list[Item], place: int) -> Operation:
    item = items[place]
    if item.kind == SINGLE:
        return _repetition(items, place) if item.many else (ONE if item.low else MAYBE, members(item.mask))
    if item.kind == BALANCE:
        opening, closing = item.argument
        return (BALANCED, opening, closing, re.compile(_regex_of(item.mask | 1 << ord(closing))).finditer)
    if item.kind == FRONTIER:
        return (BORDER, members(item.mask))
    return (_PLAIN[item.kind], item.argument)


def _repetition(items: list[Item], place: int) -> Operation:
    """With the run's end, the least number, whether it keeps all, and the literal that must follow, if one must."""
    item = items[place]
    following = place + 1
    while following < len(items) and items[following].kind in (OPEN, CLOSE, POSITION):
        following += 1
    lazy = item.mode in (LAZY, TRIM)
    run = runner(0 if item.mode == EMPTY else item.mask)
    return (LEAST if lazy else MOST, run, item.low, item.mode in (DETERMINED, EMPTY), _literal(items, following))


def _walk(program: _Program, subject: str, start: int, charge: Charge) -> list[tuple[int, int]] | None:
    """The spans of the first match at or after ``start`` and of its captures.

    One loop for all starts and all items. ``choices`` holds, for the repetitions and optional items that can still
    go another way, the place after them in the program and two positions in the subject. Captures
    need no undoing: whatever goes on from a choice passes the captures after it once more.
    """
    operations = program.operations
    find_start = program.find_start
    size = len(subject)
    begins = [0] * program.captures
    ends = [0] * program.captures
    choices: list[tuple[int, int, int]] = []
    cost = 0
    while True:
        if find_start is not None:
            found = find_start(subject, start)
            cost += (found if found >= 0 else size) - start >> _SCAN
            if found < 0:
                break
            start = found
        at = start
        place = 0
        while True:
            cost += _MOVE
            if cost > CHUNK:
                charge(cost, 0)
                cost = 0
            operation = operations[place]
            place += 1
            code = operation[0]
            if code == LITERAL:
                if subject.startswith(operation[1], at):
                    at += operation[2]
                    continue
            elif code == ONE:
                if at < size and subject[at] in operation[1]:
                    at += 1
                    continue
            elif code == MOST:
                stop = operation[1](subject, at)
                cost += stop - at >> _SCAN
                least = at + operation[2]
                if stop >= least:
                    if stop > least and not operation[3]:
                        choices.append((place, least, stop))
                    at = stop
                    continue
            elif code == LEAST:
                stop = operation[1](subject, at)
                cost += stop - at >> _SCAN
                choices.append((place, at, stop))  # nothing is tried yet, so that the literal is looked for below
            elif code == MAYBE:
                if at < size and subject[at] in operation[1]:
                    choices.append((place, at, at))
                    at += 1
                continue
            elif code == BEGIN:
                begins[operation[1]] = ends[operation[1]] = at
                continue
            elif code == FINISH:
                ends[operation[1]] = at
                continue
            elif code == ACCEPT:
                charge(cost, 0)
                return [(start, at), *zip(begins, ends, strict=True)]
            elif code == LAST:
                if at == size:
                    continue
            elif code == SAME:
                index = operation[1]
                same = subject[begins[index] : ends[index]]
                cost += len(same) >> _SCAN
                if subject.startswith(same, at):
                    at += len(same)
                    continue
            elif code == BALANCED:
                if subject.startswith(operation[1], at):
                    stop = _balance(operation, subject, at, charge)
                    if stop >= 0:
                        at = stop
                        continue
            elif code == BORDER:
                before = subject[at - 1] if at else "\0"
                after = subject[at] if at < size else "\0"
                if before not in operation[1] and after in operation[1]:
                    continue
            elif code == RAISE:
                charge(cost, 0)
                raise PatternError(operation[1])
            # It does not fit: the youngest choice goes another way.
            while choices:
                place, low, high = choices.pop()
                operation = operations[place - 1]
                code = operation[0]
                if code == MAYBE:
                    at = low
                elif code == MOST:
                    at = high - 1
                    if literal := operation[4]:
                        at = subject.rfind(literal, low, at + len(literal))
                        cost += high - max(at, low) >> _SCAN
                        if at < 0:
                            continue
                    if at > low:
                        choices.append((place, low, at))
                else:
                    at = low
                    if literal := operation[4]:
                        at = subject.find(literal, low, high + len(literal))
                        cost += (high if at < 0 else at) - low >> _SCAN
                        if at < 0:
                            continue
                    if at < high:
                        choices.append((place, at + 1, high))
                break
            else:
                break
        if program.pinned or start >= size:
            break
        start += 1
    charge(cost, 0)
    return None


def _balance(operation: Operation, subject: str, at: int, charge: Charge) -> int:
    """Where the balanced text that begins at ``at`` ends, or -1."""
    _, _, closing, brackets = operation
    depth = cost = 0
    for bracket in brackets(subject, at):
        cost += STEP
        if cost > CHUNK:
            charge(cost, 0)
            cost = 0
        place = bracket.start()
        if depth == 0 or subject[place] != closing:
            depth += 1
        elif depth > 1:
            depth -= 1
        else:
            charge(cost + (place - at >> _SCAN), 0)
            return place + 1  # type: ignore[no-any-return]
    charge(cost + (len(subject) - at >> _SCAN), 0)
    return -1


# What the library calls.


@lru_cache(CACHED_PATTERNS)
def _cached(text: str) -> Pattern:
    return Pattern(text)


def compile_pattern(text: str) -> Pattern:
    """The pattern that ``text`` is, read once per process if it is short. Holds no values but the text."""
    return _cached(text) if len(text) <= CACHED_LENGTH else Pattern(text)


find_special: Final = re.compile(r"[^\0^$*+?.(\[%-]*[\^$*+?.(\[%-]").match
"""Finds what makes ``string.find`` take a text for a pattern (``strpbrk(p, SPECIALS)``, which stops at a NUL)."""
