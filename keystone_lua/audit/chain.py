"""Whether lines are a chain: each with the hash of the one before, numbers without a gap.

In: the lines of a log in order, as `Stretch`es of them: whoever reads a piece of a log keeps of lines that follow each
other the first and the last one. Out: the breaks, each with the file and line to look at. A chain alone
cannot show that its last lines were cut off, or that everything after some line was written anew. For that, compare
``head`` with one that was noted elsewhere.

Which line is at fault: numbers that do not follow each other mean that lines were removed or moved. Otherwise, a line
whose hash does not stand in the next line was changed; if its own ``prev`` is wrong as well, that was changed too.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Final

from .records import Link

GENESIS: Final = "0" * 64
"""What the first record of a chain has for the hash of the line before."""


def line_hash(data: bytes) -> str:
    """SHA-256 (FIPS 180-4) of a line without its newline, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Seen:
    """One line: where it is, its hash, its link; ``link`` is None if the line is no record."""

    file: str
    line: int
    hash: str
    link: Link | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines of which each follows the one before it."""

    first: Seen
    last: Seen
    count: int

    def shifted(self, lines: int) -> Stretch:
        """The same, so many lines further down."""
        first, last = (replace(seen, line=seen.line + lines) for seen in (self.first, self.last))
        return Stretch(first, last, self.count)


def add_line(stretches: list[Stretch], seen: Seen) -> None:
    """Add the next line of a piece to what is known of those before."""
    if stretches and seen.link is not None:
        before = stretches[-1].last
        if before.link is not None and seen.link == Link(before.link.number + 1, before.hash):
            stretches[-1] = Stretch(stretches[-1].first, seen, stretches[-1].count + 1)
            return
    stretches.append(Stretch(seen, seen, 1))


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a chain does not hold. ``line`` counts from 1; 0 is the file as a whole."""

    file: str
    line: int
    problem: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.problem}" if self.line else f"{self.file}: {self.problem}"


class Chain:
    """Checks one chain as its lines come by."""

    def __init__(self, after: str = GENESIS, file: str = "") -> None:
        """``after`` is the hash that the first record must name: of the line before, if that is kept elsewhere.

        ``file`` is where the chain begins.
        """
        self.breaks: list[Break] = []
        self.file = file
        """The file of the last line."""
        self.head = after
        """The hash of the last line."""
        self.lines = 0
        self.numbers = 0, -1
        """Of its first and its last record."""
        self._after = after
        self._last: Seen | None = None
        self._suspect: Seen | None = None
        """The line before the last, if the last does not have its hash."""
        self._unread = 0
        self._opening: tuple[str, Break] | None = None
        """The line that the first record follows and that is not here, and the break that this makes."""

    def follows(self, other: Chain) -> bool:
        """Whether this chain goes on where ``other`` ends; what was said of its beginning is then taken back."""
        if self._opening is None or self._opening[0] != other.head or not other.lines:
            return False
        self.breaks.remove(self._opening[1])
        self._opening = None
        return True

    def add(self, stretch: Stretch) -> None:
        """Take the next lines. A line that is no record is reported by whoever found that."""
        self._add(stretch.first)
        if stretch.count > 1:
            if self._suspect is not None:
                self._blame(self._suspect, stretch.first)
            self._last = stretch.last
            self._count(stretch.last)
            self.file, self.head = stretch.last.file, stretch.last.hash
            self.lines += stretch.count - 1

    def _count(self, seen: Seen) -> None:
        assert seen.link is not None
        self.numbers = self.numbers[0] if self._last is not None else seen.link.number, seen.link.number

    def _blame(self, suspect: Seen, after: Seen) -> None:
        assert after.link is not None
        self._suspect = None
        self._break(suspect, f"this line was changed: the next one (record {after.link.number}) has another hash")

    def _add(self, seen: Seen) -> None:
        self.file, self.head = seen.file, seen.hash
        self.lines += 1
        if seen.link is None:
            self._unread += 1
            return
        self._count(seen)
        if self._last is None:
            self._first(seen, seen.link)
        else:
            self._next(self._last, seen, seen.link)
        self._last, self._unread = seen, 0

    def end(self) -> None:
        """Say what the last line can tell."""
        if self._suspect is not None and self._last is not None:
            suspect, last = self._suspect, self._last
            self._suspect = None
            self._break(suspect, f"this line was changed, or the last one (line {last.line}) was")

    def _first(self, seen: Seen, link: Link) -> None:
        if self._unread:
            return
        if self._after == GENESIS and (link.prev != GENESIS or link.number != 1):
            self._break(seen, f"the log does not begin here: this is record {link.number}, after {link.prev}")
        elif link.prev != self._after:
            self._break(seen, f"this record follows {link.prev}, not {self._after}")
        if self.breaks:
            self._opening = link.prev, self.breaks[-1]

    def _next(self, last: Seen, seen: Seen, link: Link) -> None:
        assert last.link is not None
        step = link.number - last.link.number
        holds = step == 1 + self._unread and (self._unread > 0 or link.prev == last.hash)
        if self._suspect is not None:
            if not holds and step == 1:
                self._suspect = None
                self._break(last, "this line was changed")  # neither of its links holds
                return
            self._blame(self._suspect, last)
        if holds:
            return
        if step > 1 + self._unread:
            missing = step - 1 - self._unread
            first = link.number - missing
            names = f"record {first} is" if missing == 1 else f"records {first} to {link.number - 1} are"
            self._break(seen, f"before this line {names} missing")
        elif step < 1 + self._unread:
            self._break(seen, f"out of order: record {link.number} after record {last.link.number}")
        else:
            self._suspect = last

    def _break(self, seen: Seen, problem: str) -> None:
        self.breaks.append(Break(seen.file, seen.line, problem))
