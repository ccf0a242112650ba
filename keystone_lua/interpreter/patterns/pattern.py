"""Lua patterns (manual 5.4.1): from a pattern's text to something that finds matches at a known price.

Input: a pattern and a subject, one character per byte. Output: a match with span, captures and the
``re.Match`` methods that the string library uses. Refuses, when the matcher comes to it and not before,
what Lua refuses: PatternError("malformed pattern (ends with '%')"). Pure: charges through a callable.

A Lua pattern is flat: a sequence of items, each one character class with an optional ``* + - ?``, and of
captures around runs of them. There is no alternation and no repeated group, so what can follow an item
is known when the pattern is read. Two engines work on the same sequence:

* ``re``, for patterns of character classes, frontiers, anchors and captures. For such a sequence greedy and
  lazy repetition in ``re`` try the same lengths in the same order as Lua, so the first success is the same.
* the stepper (backtracker.py), a backtracking matcher with an explicit stack: for ``%b``, back references, errors,
  and whatever ``re`` could do only in more than linear time. A sequence passes each item once, so the stack is never
  longer than the pattern.

**When is re linear?** ``_Survey`` walks the items from the last to the first and keeps, for what follows:
the characters it can begin with, whether it always succeeds, and the degree in the subject's length of the work of an
attempt and of a failing attempt. A repetition is *determined* if nothing that follows can begin with a character
of its class (or if what follows always succeeds): giving characters back can then not help, and it becomes possessive.
Two more rewritings: ``.-x`` where nothing after x can fail is ``[^x]*x``; ``(.-)%s*$`` and ``(.-)%s*x`` take the
longest ``.*[^%s]``. A search tries many starts. It stays linear if failing attempts are short; if the
pattern begins with a determined run, since only the run's first character is worth trying (a look-behind says
so); or if some fixed first character cannot occur in the runs that failing attempts scan.
Patterns of degree 1 go to ``re`` for any subject, of degree 2 for short ones (SHORT), where n² is small change.

**Price.** A function of pattern and subject alone. For ``re``: bytes from the start to the match's end (to the
subject's end if there is no match, or if a repetition had to look that far), times ``scan`` / 16, which grows
with the number of items. For the stepper: 2 STEP for each item tried and one for SCAN bytes run over. Reading a
pattern is paid by its length on its first use in a run, whether or not this process knows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, Protocol

from .backtracker import Charge, Found, Program, walk
from .items import (
    ALL,
    BACKREF,
    CLOSE,
    DETERMINED,
    EMPTY,
    END,
    FAULT,
    FRONTIER,
    GREEDY,
    LAZY,
    OPEN,
    POSITION,
    SINGLE,
    TRIM,
    Item,
    Reader,
    regex_of,
)

SHORT: Final = 40
"""Bytes. Up to this length work of degree 2 is done by ``re``, at most 40 µs, at a linear price, which is higher."""
UNLIMITED: Final = 1 << 62
SOON: Final = 100_000
"""Instructions, 1.5 to 4 ms, up to which a search by ``re`` is paid for when it has ended. Before longer ones it is
looked at what the run has left."""
MAX_ITEMS: Final = 100
"""Longer patterns are stepped: ``re`` would spend up to that many comparisons a byte."""
MAX_BRANCHES: Final = 3
"""Undetermined ``?``: each doubles the work."""
CACHED_LENGTH: Final = 100
"""Bytes. Longer patterns are not kept between runs."""
CACHED_PATTERNS: Final = 512
"""Patterns that the process keeps, at most 20 kB each."""


class Match(Protocol):
    """What the library needs of a match; ``re.Match`` has it. A position capture is an empty group."""

    def start(self, group: int = 0, /) -> int: ...
    def end(self, group: int = 0, /) -> int: ...
    def span(self, group: int = 0, /) -> tuple[int, int]: ...
    def groups(self) -> tuple[str | Any, ...]: ...
    def __getitem__(self, group: int, /) -> str | Any: ...


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
        self.lazy = 0  # undetermined lazy repetitions
        self.looks_ahead = False  # an attempt may have looked beyond the end of the match that it finds
        self.length = 0  # the least that it matches
        self.runs: list[Item] = []  # repetitions after which an attempt can still fail
        self.steady = True  # all of those are determined
        self.after_head = (-1, 0, True)  # failing, number of runs and steady of what follows the first item
        self.follows_from: dict[int, int] = {}  # ``follows`` of what begins at a place
        self.always_from: dict[int, bool] = {len(self.work): True}
        for place in range(len(self.work) - 1, -1, -1):
            self.after_head = (self.failing, len(self.runs), self.steady)
            self._add(self.work[place], place)
            self.follows_from[place] = self.follows
            self.always_from[place] = self.always

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
            if item.mode == GREEDY:
                self.branches += 1
                self.looks_ahead = True
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
        item.mode = self._mode(item, place)
        if item.mode in (DETERMINED, TRIM) or (self.steady and self._separated(place + 1)):
            failing = max(1, self.failing)
        else:
            failing = 1 + max(0, self.failing)
        if item.mode in (LAZY, GREEDY):
            self.lazy += item.lazy
            self.looks_ahead |= not item.lazy or self.lazy > 1
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

    def _mode(self, item: Item, place: int) -> int:
        """How a repetition is to be matched; narrows the set of some lazy ones."""
        following = self.work[place + 1 : place + 3]
        if item.lazy and following:
            first, last = following[0], following[-1]
            if self._ends(first, place + 1):
                item.mask &= ~first.mask
            elif self._trims(item, first, last, place):
                item.mask &= ~last.mask
                return TRIM
        if self.always or not item.mask & self.follows or self._absorbed(item, place):
            return DETERMINED
        return LAZY if item.lazy else GREEDY

    def _ends(self, item: Item, place: int) -> bool:
        """Whether the item at ``place`` is an x after which nothing can fail: then ``.-x`` ends at the first x."""
        single = item.kind == SINGLE and item.low == 1 and not item.many
        return single and self.always_from[place + 1]

    def _trims(self, item: Item, rest: Item, last: Item, place: int) -> bool:
        """``X-C*$`` or ``X-C*x``: the shortest X before only C is the longest one that ends outside of C."""
        if rest is last or rest.lazy or rest.low or not rest.many or not item.mask & rest.mask:
            return False
        return last.kind == END or (self._ends(last, place + 2) and not last.mask & rest.mask)

    def _absorbed(self, item: Item, place: int) -> bool:
        """``C*X*`` before something that cannot begin with a C, or only with all of a run of them.

        Whatever C gives back, X takes, and meets the same end.
        """
        following = self.work[place + 1 : place + 3]
        if len(following) < 2 or item.lazy:
            return False
        wide, last = following
        if not wide.many or wide.low or item.mask & ~wide.mask:
            return False
        takes_all = last.many and not last.low and last.mode == DETERMINED and not item.mask & ~last.mask
        return takes_all or not item.mask & self.follows_from[place + 2]

    def search(self, pinned: bool) -> tuple[int, bool]:
        """The degree of a search, and whether that takes a look-behind: only starts of the first run are tried."""
        if pinned or self.failing <= 0:
            return max(1, self.degree), False
        head = self.work[0]
        failing, runs, steady = self.after_head
        if head.many and steady and self.degree < 2:
            # No start of the first run may lie within the other runs, unless where they begin.
            nested = (run.mask & ~head.mask == 0 or run.mask & head.mask == 0 for run in self.runs[:runs])
            if failing <= 0 or (head.low and all(nested)):
                return 1, True
        if self.steady and self._separated(0):
            return max(1, self.degree), False
        return max(self.degree, 1 + self.failing), False

    def _separated(self, place: int) -> bool:
        """Something that a match from ``place`` on must begin with occurs in no run of an attempt that fails."""
        for item in self.work[place:]:
            if item.kind != SINGLE or not item.low:
                return False
            if not any(run.mask & item.mask for run in self.runs):
                return True
            if item.many:
                return False
        return False


class Pattern:
    """A pattern that has been read.

    The fast way, for callers that inline it: with rest = ``len(subject) - start``, call ``apply(subject, start)``
    if rest is at most ``limit``, ``near(subject, start)`` if it is at most ``soon``, else ``far(subject, start,
    left)``, where ``left`` is how many instructions may be spent: a search that takes more is given up, and what is
    charged then is more, too. For a match charge ``(end - start) * scan >> 4`` instructions, or the whole rest for
    end - start if not ``local``. Without one, if rest is at most ``fail_limit``, charge ``rest * fail_scan >> 4``;
    else nothing is known and ``step`` must tell, which charges. So does ``find``. ``regex.finditer(subject)`` gives
    what Lua's gsub and gmatch see if the subject is at most ``whole_limit`` long.
    """

    __slots__ = (
        "_items", "_program", "anchored", "apply", "captures", "fail_limit", "fail_scan", "far", "flat",
        "limit", "local", "near", "pinned", "plain", "positions", "regex", "scan", "simple", "soon", "textual",
        "unclosed", "whole_limit",
    )  # fmt: skip

    def __init__(self, text: str) -> None:
        self.anchored = text.startswith("^")
        self.plain = find_special(text) is None
        reader = Reader(text[1:] if self.anchored else text)
        reader.read()
        self.captures = len(reader.kinds)
        self.positions = tuple(index for index, is_position in enumerate(reader.kinds) if is_position)
        """The captures that are positions."""
        self.textual = not self.positions and not reader.open
        """Every capture is text."""
        self.flat = self.textual and not reader.nested
        """And none lies in another, so that together they are no longer than the match."""
        self.simple = self.textual and self.captures < 2
        """All that a match yields is the text of group number ``captures``."""
        self.unclosed = frozenset(reader.open)
        """Captures that are never closed: an error once somebody wants their value."""
        self.limit = self.soon = self.fail_limit = self.whole_limit = -1
        self.scan = self.fail_scan = 0
        self.local = True
        self.apply: Callable[[str, int], Match | None] = _never
        self.far: Callable[[str, int, int], Match | None] = _never
        self.regex: re.Pattern[str] | None = None
        self.near: Callable[..., Match | None] = _never
        self._items = reader.items
        self._program: Program | None = None
        survey = _Survey(self._items)
        head = survey.work[0] if survey.work else None
        # If `.*x` fails somewhere it fails everywhere after it, unless it captures what is to come again.
        everywhere = head is not None and head.many and head.mask == ALL
        self.pinned = self.anchored or (everywhere and not any(item.kind == BACKREF for item in survey.work))
        if survey.eligible and not self.unclosed and len(survey.work) <= MAX_ITEMS:
            self._use_regex(survey)

    def _use_regex(self, survey: _Survey) -> None:
        """Leaves to ``re`` what it does in linear time, and short subjects."""
        degree, guarded = survey.search(self.pinned)
        if degree > 2 or survey.branches > MAX_BRANCHES:
            return
        # Both make a step slower.
        short = SHORT >> survey.branches >> any(item.kind == FRONTIER for item in survey.work)
        self.scan = (3 + len(survey.work) + 32 * (degree == 2)) << survey.branches
        self.local = not survey.looks_ahead
        self.limit = UNLIMITED if degree == 1 and not guarded else short
        self.fail_limit = UNLIMITED if degree == 1 else short
        self.fail_scan = self.scan
        if self.pinned and survey.failing > 0:
            self.fail_limit = short  # nobody knows how far it went
        elif self.pinned:
            self.fail_scan = 0
        if survey.length and survey.degree < 2 and not self.pinned:
            self.whole_limit = self.limit if self.local else short
        self.soon = (SOON << 4) // self.scan
        text = _regex_text(self._items, survey)
        self.regex = re.compile(text, re.DOTALL)
        self.apply = self.regex.match if self.pinned else self.regex.search
        if guarded:
            self.near = _Guarded(self.regex, f"(?<!{regex_of(survey.work[0].mask)}){text}").find
        elif degree == 1:
            self.near = self.regex.match if self.pinned else self.regex.search
        if degree == 1:
            self.far = self._far
        if not self.pinned:
            self.limit = min(self.limit, self.soon)

    def _far(self, subject: str, start: int, left: int) -> Match | None:
        """A search that is long, or that is done with a look-behind.

        If the whole rest costs more than is left, the search ends where that is spent. It finds what a search of the
        whole finds, if that lies before: an attempt has not looked beyond the end of the match that it finds.
        """
        rest = len(subject) - start
        if self.pinned or rest * self.scan >> 4 <= left:
            return self.near(subject, start)
        if not self.local:
            return None
        end = start + ((left + 1) << 4) // self.scan + 2
        if end >= len(subject):
            return self.near(subject, start)
        found = self.near(subject, start, end)
        return found if found is not None and found.end() < end else None

    def find(
        self, subject: str, start: int, charge: Charge, affordable: Callable[[], int] = UNLIMITED.__int__
    ) -> Match | None:
        """The first match at or after ``start``; charges for the work. ``affordable`` says how much can be paid for."""
        rest = len(subject) - start
        if rest <= self.limit:
            found = self.apply(subject, start)
        else:
            found = self.near(subject, start) if rest <= self.soon else self.far(subject, start, affordable())
        if found is not None:
            charge((found.end() - start if self.local else rest) * self.scan >> 4, 0)
        elif rest <= self.fail_limit:
            charge(rest * self.fail_scan >> 4, 0)
        else:
            return self.step(subject, start, charge)
        return found

    def step(self, subject: str, start: int, charge: Charge) -> Match | None:
        """The same by the stepper, whatever the subject."""
        if self._program is None:
            self._program = Program(self._items, self.captures, self.pinned)
        spans = walk(self._program, subject, start, charge)
        return None if spans is None else Found(subject, spans)


class _Guarded:
    """A search that tries only the first place of each run of the pattern's first item.

    The look-behind also sees what lies before ``start``, which may be inside of a run: that place is tried apart.
    """

    __slots__ = ("match", "search", "text")

    def __init__(self, regex: re.Pattern[str], text: str) -> None:
        self.match = regex.match
        self.text = text
        self.search: Callable[..., Match | None] | None = None

    def find(self, subject: str, start: int, end: int | None = None) -> Match | None:
        if self.search is None:
            self.search = re.compile(self.text, re.DOTALL).search
        if end is None:
            if start and (found := self.match(subject, start)):
                return found
            return self.search(subject, start + (start > 0))
        if start and (found := self.match(subject, start, end)):
            return found
        return self.search(subject, start + (start > 0), end)


def _never(subject: str, start: int, left: int = 0) -> None:
    """``apply`` and ``far`` of a pattern that ``re`` may not touch."""


def _regex_text(items: list[Item], survey: _Survey) -> str:
    """The items as a regular expression. Nothing in it is the script's text: sets are written anew."""
    parts = {OPEN: "(", CLOSE: ")", POSITION: "()", END: r"\Z"}
    text = ""
    for item in items:
        if item.kind == SINGLE:
            text += _single_text(item, survey)
        elif item.kind == FRONTIER:
            text += _frontier_text(item.mask)
        else:
            text += parts[item.kind]
    return text


def _single_text(item: Item, survey: _Survey) -> str:
    text = regex_of(item.mask)
    if item.mode == EMPTY or not item.mask:
        return text if item.low else ""
    if item.mode == TRIM:
        trimmed = survey.work[survey.work.index(item) + 1].mask
        return f"(?:{text}*{regex_of(item.mask & ~trimmed)})?"
    if not item.many:
        return text if item.low else text + ("?+" if item.mode == DETERMINED else "?")
    sign = "+" if item.low else "*"
    return text + sign + {GREEDY: "", LAZY: "?", DETERMINED: "+"}[item.mode]


def _frontier_text(mask: int) -> str:
    """``%f``; the byte before the subject and the one after it are NUL."""
    inside, outside = regex_of(mask), regex_of(ALL ^ mask)
    return f"(?<={outside})(?!{outside})" if mask & 1 else f"(?<!{inside})(?={inside})"


@lru_cache(CACHED_PATTERNS)
def _cached(text: str) -> Pattern:
    return Pattern(text)


def compile_pattern(text: str) -> Pattern:
    """The pattern that ``text`` is, read once per process if it is short. Holds no values but the text."""
    return _cached(text) if len(text) <= CACHED_LENGTH else Pattern(text)


find_special: Final = re.compile(r"[^\0^$*+?.(\[%-]*[\^$*+?.(\[%-]").match
"""Finds what makes ``string.find`` take a text for a pattern (``strpbrk(p, SPECIALS)``, which stops at a NUL)."""
