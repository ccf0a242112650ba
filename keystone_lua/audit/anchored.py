"""What anchors say of chains: how far each is proved to be as it was, and where it is not.

In: anchors, the chains that were read, and which of the anchored heads were found in them. Out: an `Anchored`. An
anchor whose record is there must be of that record; one of a record behind the end shows that the end was cut off,
unless the chain ends at a head that was expected. One of a record before the beginning says nothing: `chain` tells of a
beginning that is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from . import segments
from .anchors import Anchor, Anchors
from .chain import Chain


@dataclass(frozen=True, slots=True)
class Covered:
    """Up to record ``number`` a chain is as it was at ``time``; ``after`` records follow."""

    file: str
    number: int
    time: float
    after: int

    @property
    def when(self) -> str:
        """The time, for people."""
        return _when(self.time)


@dataclass(slots=True)
class Anchored:
    """What anchors have shown."""

    held: int = 0
    """Anchors whose record is as it was."""
    problems: list[str] = field(default_factory=list)
    covered: list[Covered] = field(default_factory=list)
    uncovered: list[str] = field(default_factory=list)
    """Files of chains that no anchor is of."""
    sealed: bool = False
    first: int = 0
    """The place of the first, if they are sealed."""
    unread: int = 0
    """Lines of their files that are none."""

    @property
    def not_excluded(self) -> list[str]:
        """What may have been done to the log that these anchors do not show."""
        facts = [
            f"a cut tail, or other records, after record {each.number} of {each.file}, the last that is anchored "
            f"(at {each.when}, {each.after} records after it)"
            for each in self.covered
        ]
        facts += [f"anything in {file}: no anchor is of it" for file in self.uncovered]
        if not self.sealed:
            facts.append("other anchors: no seal was checked, so they prove what the place does that they were kept in")
        if self.first:
            facts.append(f"anchors before the first one, which has place {self.first}")
        return facts


def judge(
    given: Anchors, chains: Sequence[Chain], found: Mapping[str, tuple[Chain, int]], expected: Iterable[str]
) -> Anchored:
    """``found`` has, for the anchored heads that are in the log, the chain and the number of the record."""
    made = Anchored(problems=[*given.problems], sealed=given.sealed, first=given.first, unread=given.unread)
    missing: dict[str, list[Anchor]] = {}
    last: dict[str, Anchor] = {}
    for anchor in given.anchors:
        chain, number = found.get(anchor.head, (None, 0))
        if chain is None:
            missing.setdefault(anchor.log, []).append(anchor)
        elif number != anchor.number:
            made.problems.append(f"record {number} of {chain.file} was anchored as record {anchor.number}")
        else:
            made.held += 1
            before = last.get(chain.file)
            last[chain.file] = anchor if before is None or anchor.number > before.number else before
    for log, anchors in missing.items():
        made.problems += _missing(log, anchors, [each for each in chains if _name(each) == log], set(expected))
    for chain in chains:
        if (best := last.get(chain.file)) is not None:
            made.covered.append(Covered(chain.file, best.number, best.time, max(0, chain.numbers[1] - best.number)))
        else:
            made.uncovered.append(chain.file)
    return made


def _missing(log: str, anchors: Sequence[Anchor], chains: Sequence[Chain], expected: set[str]) -> list[str]:
    """What anchors of one log show whose heads no line has."""
    if not chains:
        return [f"{len(anchors)} anchors are of {log}, which is not here"]
    first, last = min(each.numbers[0] for each in chains), max(each.numbers[1] for each in chains)
    problems = []
    if others := [each for each in anchors if first <= each.number <= last]:
        within = [each for each in chains if each.numbers[0] <= others[0].number <= each.numbers[1]]
        file = (within or chains)[0].file
        more = f", and so it is with {len(others) - 1} more" if len(others) > 1 else ""
        when = _when(others[0].time)
        problems.append(f"record {others[0].number} of {file} is not the one that was anchored at {when}{more}")
    ending = max(chains, key=lambda each: each.numbers[1])
    cut = [each for each in anchors if each.number > last]
    if cut and ending.head not in expected:
        known = max(cut, key=lambda each: each.number)
        problems.append(
            f"{ending.file} ends with record {last}, and record {known.number} was anchored at {_when(known.time)}: "
            "the end was cut off, or is kept elsewhere"
        )
    return problems


def _name(chain: Chain) -> str:
    return segments.log_name(Path(chain.file))


def _when(time: float) -> str:
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M:%S} UTC"
