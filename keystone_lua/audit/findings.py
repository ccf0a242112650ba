"""What a replay found: of one piece of a log, of all of it, and what that proves.

In: what `replay` says of each record. Out: a `Findings` for each piece, which is small where the log is as it should
be; all of them as a `Replay`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, Final

from .anchored import Anchored
from .chain import Break, Stretch

NO_HEAD: Final = "a cut tail, or a log written anew from some line on: no head was expected"


@dataclass(frozen=True, slots=True)
class Difference:
    """A record that does not give what it says. ``fields`` has what was recorded and what came now, by name."""

    file: str
    line: int
    id: str
    tenant: str
    fields: dict[str, tuple[Any, Any]]


@dataclass(slots=True)
class Findings:
    """What one piece of a log came to."""

    lines: int = 0
    stretches: list[Stretch] = field(default_factory=list)
    same: int = 0
    answers_only: int = 0
    """Of ``same``, those of another cost table, whose counts were not compared."""
    differences: list[Difference] = field(default_factory=list)
    not_replayable: Counter[str] = field(default_factory=Counter)
    contradictory: int = 0
    """Records that contradict themselves, each of which is one of ``problems`` too."""
    problems: list[Break] = field(default_factory=list)
    """Lines that are no records, and records that contradict themselves or whose script is not to be had."""
    capped: int = 0
    """Runs that ended at a cap."""
    gaps: int = 0
    dropped: int = 0
    anchored: dict[str, int] = field(default_factory=dict)
    """Of the heads that were anchored, those that lines have, and the lines' numbers in the chain."""

    def add(self, part: Findings, lines: int) -> None:
        """Add what the next piece came to, but for its stretches; in its file so many lines are before it."""
        self.same += part.same
        self.answers_only += part.answers_only
        self.differences += [replace(found, line=found.line + lines) for found in part.differences]
        self.not_replayable += part.not_replayable
        self.problems += [replace(found, line=found.line + lines) for found in part.problems]
        self.contradictory += part.contradictory
        self.capped += part.capped
        self.gaps += part.gaps
        self.dropped += part.dropped


@dataclass(frozen=True, slots=True)
class Head:
    """The end of one chain: the hash of its last line, and how many lines there are."""

    file: str
    lines: int
    hash: str


@dataclass(slots=True)
class Replay:
    """What a log came to."""

    findings: Findings = field(default_factory=Findings)
    breaks: list[Break] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    """Of the heads that were expected, what does not fit."""
    expected: bool = False
    """Whether a head was expected at all."""
    anchored: Anchored | None = None
    """What anchors have shown, if there were some."""

    @property
    def records(self) -> int:
        """Decisions in the log, replayable or not."""
        found = self.findings
        return found.same + len(found.differences) + found.not_replayable.total() + found.contradictory

    @property
    def good(self) -> bool:
        """Something was read; nothing differs, nothing is broken, nothing is missing."""
        problems = self.anchored.problems if self.anchored is not None else ()
        return not (self.findings.differences or self.breaks or self.unexpected or problems)

    @property
    def proved(self) -> bool:
        """Good, and every decision could be taken again in full."""
        found = self.findings
        return self.good and not (found.not_replayable or found.answers_only or found.gaps)

    @property
    def not_excluded(self) -> list[str]:
        """What may have been done to the log that this replay could not have seen."""
        found = self.findings
        facts = [
            (self.anchored is None and not self.expected, NO_HEAD),
            *((not self.expected, text) for text in (self.anchored.not_excluded if self.anchored else ())),
            (found.not_replayable, f"other answers where a record is not replayable ({found.not_replayable.total()})"),
            (found.answers_only, f"other counts where a record is of another cost table ({found.answers_only})"),
            (found.gaps, f"any decisions in gaps ({found.gaps})"),
        ]
        return [text for is_so, text in facts if is_so]
