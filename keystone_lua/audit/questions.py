"""Questions to a decision log: which records, how many of what, the dearest ones.

In: a log's files and a `Filter`. Out: lines, a `Summary`, or the first of an order. Every piece of the log is looked at
where it is read, on all processors (see reading), and what comes home is small. Lines are read as JSON and not proved:
that is what `replay` is for. A line that is none is counted.
"""

from __future__ import annotations

import heapq
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ..untrusted.documents import misshapen
from . import reading, segments
from .reading import Piece, Progress
from .records import MAX_NESTING, MAX_VALUES

ROUTED: Final = "routed"
REJECTED: Final = "rejected"
ERROR: Final = "error"
OUTCOMES: Final = (ROUTED, REJECTED, ERROR)

MOST_NAMES: Final = 1000
"""Tenants, and backends of one, that a summary names; the others are counted under OTHERS."""
OTHERS: Final = "(others)"

DIGITS: Final = 3
"""Significant digits of the amounts that percentiles are made of."""

LATEST: Final = 253_402_300_799
"""The last second that has a date: of the year 9999."""
MOST_AMOUNT: Final = (1 << 63) - 1
"""Instructions or bytes of a record, and what a column of Parquet holds."""

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """What a record must be; "" and None are any."""

    tenant: str = ""
    backend: str = ""
    outcome: str = ""
    kind: str = ""
    """Of an error."""
    script: str = ""
    """The first digits of the script's hash."""
    id: str = ""
    """How the request's id begins."""
    costs: str = ""
    since: float | None = None
    until: float | None = None
    """Unix time; the first is in, the second is not."""
    least: int = 0
    """Instructions."""

    def takes(self, record: Record) -> bool:
        """Whether ``record``, a decision, is one of those."""
        answer, error = record["answer"] or {}, record["error"] or {}
        return (
            (not self.tenant or record["tenant"] == self.tenant)
            and (not self.backend or answer.get("selected_backend") == self.backend)
            and (not self.outcome or outcome_of(record) == self.outcome)
            and (not self.kind or error.get("kind") == self.kind)
            and (not self.script or (record["script"] or "").startswith(self.script))
            and (not self.id or record["id"].startswith(self.id))
            and (not self.costs or record["costs"] == self.costs)
            and (self.since is None or record["time"] >= self.since)
            and (self.until is None or record["time"] < self.until)
            and record["instructions"] >= self.least
        )


def outcome_of(record: Record) -> str:
    """What came of a decision: one of OUTCOMES."""
    if record["error"] is not None or record["answer"] is None:
        return ERROR
    return REJECTED if record["answer"].get("reject") else ROUTED


@dataclass(slots=True)
class Amounts:
    """How much of something decisions took."""

    total: int = 0
    most: int = 0
    counts: Counter[int] = field(default_factory=Counter)
    """Amounts, rounded to DIGITS, and how many decisions took so much."""

    def add(self, amount: int) -> None:
        """Count one decision."""
        self.total += amount
        self.most = max(self.most, amount)
        self.counts[_rounded(amount)] += 1

    def join(self, other: Amounts) -> None:
        """Count all that ``other`` has."""
        self.total += other.total
        self.most = max(self.most, other.most)
        self.counts.update(other.counts)

    def percentile(self, percent: float) -> int:
        """The amount that so many of a hundred decisions did not go beyond, to DIGITS."""
        wanted = percent / 100.0 * self.counts.total()
        seen = 0
        for amount in sorted(self.counts):
            seen += self.counts[amount]
            if seen >= wanted:
                return min(amount, self.most)
        return 0


def _rounded(amount: int) -> int:
    unit = int(10 ** max(0, len(str(amount)) - DIGITS))
    return (amount + unit // 2) // unit * unit


@dataclass(slots=True)
class Tenant:
    """What a summary says of one tenant."""

    outcomes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    backends: Counter[str] = field(default_factory=Counter)
    scripts: Counter[str] = field(default_factory=Counter)
    lanes: int = 0
    instructions: Amounts = field(default_factory=Amounts)
    bytes: Amounts = field(default_factory=Amounts)

    def add(self, record: Record) -> None:
        """Count a record."""
        outcome = outcome_of(record)
        self.outcomes[outcome] += 1
        if outcome == ERROR:
            _count(self.kinds, str((record["error"] or {}).get("kind", "")))
        elif outcome == ROUTED:
            _count(self.backends, str(record["answer"].get("selected_backend", "")))
        _count(self.scripts, record["script"] or "")
        self.lanes += record["lane"] != "inline"
        self.instructions.add(record["instructions"])
        self.bytes.add(record["bytes"])

    def join(self, other: Tenant) -> None:
        """Count all that ``other`` has."""
        self.outcomes.update(other.outcomes)
        pairs = (self.kinds, other.kinds), (self.backends, other.backends), (self.scripts, other.scripts)
        for mine, theirs in pairs:
            for name, count in theirs.items():
                _count(mine, name, count)
        self.lanes += other.lanes
        self.instructions.join(other.instructions)
        self.bytes.join(other.bytes)


def _count(counts: Counter[str], name: str, count: int = 1) -> None:
    counts[name if name in counts or len(counts) < MOST_NAMES else OTHERS] += count


@dataclass(slots=True)
class Summary:
    """What is in a log."""

    first: float = 0.0
    last: float = 0.0
    """The times of the first and the last record; 0 if there is none."""
    tenants: dict[str, Tenant] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)
    """Records that are no decisions, by kind."""
    unreadable: int = 0

    def of(self, tenant: str) -> Tenant:
        """A tenant's part, made if need be."""
        if tenant not in self.tenants and len(self.tenants) >= MOST_NAMES:
            tenant = OTHERS
        return self.tenants.setdefault(tenant, Tenant())

    def saw(self, first: float, last: float) -> None:
        """Records are there from ``first`` to ``last``."""
        self.first = min(self.first or first, first)
        self.last = max(self.last, last)

    def join(self, other: Summary) -> None:
        """Count all that ``other`` has."""
        if other.last:
            self.saw(other.first, other.last)
        for name, tenant in other.tenants.items():
            self.of(name).join(tenant)
        for kind, count in other.notes.items():
            _count(self.notes, kind, count)
        self.unreadable += other.unreadable


def read_line(line: bytes) -> Record | None:
    """A line as a record; None if it is none."""
    if misshapen(line, MAX_NESTING, MAX_VALUES) is not None:
        return None
    try:
        value = json.loads(line)
        if value["kind"] == "decision":
            amounts = value["instructions"], value["bytes"]
            whole = all(amount.__class__ is int and 0 <= amount <= MOST_AMOUNT for amount in amounts)
            texts = value["tenant"].__class__ is value["id"].__class__ is value["costs"].__class__ is str
            plain = all(value[name] is None or isinstance(value[name], dict) for name in ("answer", "error"))
            if not (whole and texts and plain and isinstance(value["script"], str | None) and "lane" in value):
                return None
        timed = isinstance(value["time"], int | float) and 0 <= value["time"] <= LATEST
        return value if timed and isinstance(value["kind"], str) else None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


@dataclass(frozen=True, slots=True)
class _Find:
    """The `reading.Task` of a search: matching lines, at most so many."""

    wanted: Filter
    most: int

    def __call__(self, piece: Piece) -> list[bytes]:
        found: list[bytes] = []
        for _, line, whole, _ in piece.lines():
            record = read_line(line) if whole else None
            if record is not None and record["kind"] == "decision" and self.wanted.takes(record):
                found.append(line)
                if self.most and len(found) >= self.most:
                    break
        return found


@dataclass(frozen=True, slots=True)
class _Sum:
    """The `reading.Task` of a summary."""

    wanted: Filter

    def __call__(self, piece: Piece) -> Summary:
        summary = Summary()
        for _, line, whole, _ in piece.lines():
            record = read_line(line) if whole else None
            if record is None:
                summary.unreadable += 1
            elif record["kind"] != "decision":
                _count(summary.notes, record["kind"])
            elif self.wanted.takes(record):
                summary.saw(record["time"], record["time"])
                summary.of(record["tenant"]).add(record)
        return summary


@dataclass(frozen=True, slots=True)
class _Top:
    """The `reading.Task` of an order: the ``most`` records with the largest ``by``."""

    wanted: Filter
    by: str
    most: int

    def __call__(self, piece: Piece) -> list[tuple[int, bytes]]:
        found = (
            (record[self.by], line)
            for _, line, whole, _ in piece.lines()
            if whole and (record := read_line(line)) is not None and record["kind"] == "decision"
            and self.wanted.takes(record)
        )  # fmt: skip
        return heapq.nlargest(self.most, found)


def find(files: Sequence[Path], wanted: Filter, most: int, progress: Progress | None = None) -> Iterator[bytes]:
    """The lines of the records that ``wanted`` takes, in the order of the files, at most so many; 0 for all."""
    left = most
    for lines in reading.work(_Find(wanted, most), _pieces(files), progress=progress):
        for line in lines:
            yield line
            left -= 1
            if not left:
                return


def summary(files: Sequence[Path], wanted: Filter, progress: Progress | None = None) -> Summary:
    """What is in the files. Raises `OSError`."""
    whole = Summary()
    for part in reading.work(_Sum(wanted), _pieces(files), progress=progress):
        whole.join(part)
    return whole


def top(files: Sequence[Path], wanted: Filter, by: str, most: int, progress: Progress | None = None) -> list[bytes]:
    """The lines of the records with the largest ``by``, "instructions" or "bytes", the largest first."""
    best: list[tuple[int, bytes]] = []
    for found in reading.work(_Top(wanted, by, most), _pieces(files), progress=progress):
        best = heapq.nlargest(most, [*best, *found])
    return [line for _, line in best]


def _pieces(files: Sequence[Path]) -> list[Piece]:
    paths = dict.fromkeys(path for file in files for chain in segments.chains(file) or [[file]] for path in chain)
    return [piece for path in paths for piece in reading.pieces(path)]
