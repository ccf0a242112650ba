"""Every decision of a log taken again, and compared.

In: the files of a log and its archive of scripts. Out: a `Replay`: how many records gave the same answer, error,
instructions and bytes; each that did not, by file and line; each break in the chain. Refuses nothing that a file may
hold: a bad line is a finding.

Not replayable, and so neither same nor different: a record of which no script ran, of the kinds ``timeout`` and
``engine``, of a script that read a masked header, and, written under another cost table, one that a budget ended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from ..interpreter import COST_VERSION, EngineError, Program, decide
from . import reading, segments
from .archive import Archive, ArchiveError
from .chain import GENESIS, Break, Chain, Seen, line_hash
from .reading import Piece, Progress
from .records import DecisionRecord, Note, RecordError, error_fields, read_record

BACKSTOP_SECONDS: Final = 60.0
"""For one run. A log that was tampered with may ask for any budget."""

NO_SCRIPT: Final = "no script ran"
MASKED: Final = "the script read a masked header"
NO_ARCHIVE: Final = "the script is not to be had"
OTHER_COSTS: Final = "a budget ended the run, and budgets were counted by another cost table"
BUDGET_KINDS: Final = {"instructions", "memory", "depth", "log"}
UNREPEATABLE: Final = {
    "timeout": "the wall clock ended the run",
    "engine": "the engine failed",
}


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

    seen: list[Seen] = field(default_factory=list)
    same: int = 0
    answers_only: int = 0
    """Of ``same``, those of another cost table, whose counts were not compared."""
    differences: list[Difference] = field(default_factory=list)
    not_replayable: Counter[str] = field(default_factory=Counter)
    problems: list[Break] = field(default_factory=list)
    """Lines that are no records, and records whose script is not to be had."""
    gaps: int = 0
    dropped: int = 0


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

    @property
    def records(self) -> int:
        """Decisions in the log, replayable or not."""
        found = self.findings
        return found.same + len(found.differences) + found.not_replayable.total()

    @property
    def good(self) -> bool:
        """Nothing differs, nothing is broken, nothing is missing."""
        return not (self.findings.differences or self.breaks or self.unexpected)


@dataclass(frozen=True, slots=True)
class Replayer:
    """The `reading.Task` of a replay. ``scripts`` is the archive, else the one beside each file."""

    scripts: Path | None = None

    def __call__(self, piece: Piece) -> Findings:
        """Replay the lines of one piece."""
        found = Findings()
        archive = archive_of(self.scripts or segments.archive_folder(Path(piece.file)))
        for number, data, whole in piece.lines():
            if not whole:
                found.problems.append(Break(piece.file, number, f"a torn line of {len(data)} bytes, without its end"))
                continue
            try:
                link, record = read_record(data)
            except RecordError as error:
                found.problems.append(Break(piece.file, number, f"no record: {error}"))
                found.seen.append(Seen(piece.file, number, line_hash(data), None))
                continue
            found.seen.append(Seen(piece.file, number, line_hash(data), link))
            if isinstance(record, Note):
                if record.kind == "gap":
                    found.gaps += 1
                    found.dropped += record.dropped
            else:
                _compare(found, archive, record, piece.file, number)
        return found


_archives: dict[Path, Archive] = {}


def archive_of(folder: Path) -> Archive:
    """The archive in ``folder``, with what this process has compiled of it so far."""
    return _archives.setdefault(folder, Archive(folder))


def replay_logs(
    files: Sequence[Path],
    *,
    scripts: Path | None = None,
    after: str = GENESIS,
    expected: Sequence[str] = (),
    processes: int | None = None,
    progress: Progress | None = None,
) -> Replay:
    """Replay the logs in ``files``, each with its closed segments and its other processes' files.

    ``after`` is the hash that the first record of a log follows, if the beginning is kept elsewhere; ``expected`` the
    heads that were noted, one for each chain. Raises `OSError` for a file that cannot be read.
    """
    checks: list[Chain] = []
    owners: dict[str, Chain] = {}
    parts: list[Piece] = []
    for found in (chain for file in files for chain in segments.chains(file) or [[file]]):
        if str(found[0]) not in owners:
            checks.append(Chain(after))
            owners.update((str(path), checks[-1]) for path in found)
            parts += [piece for path in found for piece in reading.pieces(path)]
    result = Replay()
    for findings in reading.work(Replayer(scripts), parts, processes, progress):
        for seen in findings.seen:
            owners[seen.file].add(seen)
        _add(result.findings, findings)
    for check in checks:
        check.end()
        result.breaks += check.breaks
        result.heads.append(Head(check.file, check.lines, check.head))
    result.breaks += result.findings.problems
    result.breaks.sort(key=lambda found: (found.file, found.line))
    result.unexpected = _unexpected(result.heads, expected)
    return result


def _unexpected(heads: Sequence[Head], expected: Sequence[str]) -> list[str]:
    if not expected:
        return []
    missing = [f"no chain ends at {noted}" for noted in expected if noted not in {head.hash for head in heads}]
    others = [f"{head.file} ends at {head.hash}, which is not expected" for head in heads if head.hash not in expected]
    return missing + others


def _add(total: Findings, part: Findings) -> None:
    total.same += part.same
    total.answers_only += part.answers_only
    total.differences += part.differences
    total.not_replayable += part.not_replayable
    total.problems += part.problems
    total.gaps += part.gaps
    total.dropped += part.dropped


def _compare(found: Findings, archive: Archive, record: DecisionRecord, file: str, line: int) -> None:
    kind = record.error["kind"] if record.error is not None else ""
    if record.script is None:
        found.not_replayable[UNREPEATABLE.get(kind, NO_SCRIPT)] += 1
        return
    if kind in UNREPEATABLE or record.read:
        found.not_replayable[UNREPEATABLE.get(kind, MASKED)] += 1
        return
    try:
        outcome = outcome_of(archive.program(record.script, record.name), record)
    except ArchiveError as error:
        found.problems.append(Break(file, line, str(error)))
        found.not_replayable[NO_ARCHIVE] += 1
        return
    if outcome["error"] is not None and outcome["error"]["kind"] == "timeout":
        found.not_replayable[f"it ran for more than {BACKSTOP_SECONDS:g} s here"] += 1
        return
    recorded = {
        "answer": record.answer,
        "error": record.error,
        "instructions": record.instructions,
        "bytes": record.bytes,
    }
    if record.costs != COST_VERSION:
        kinds = {error["kind"] for error in (record.error, outcome["error"]) if error is not None}
        if kinds & BUDGET_KINDS:
            found.not_replayable[OTHER_COSTS] += 1
            return
        del recorded["instructions"], recorded["bytes"]
        found.answers_only += 1
    fields = {name: (was, outcome[name]) for name, was in recorded.items() if was != outcome[name]}
    if fields:
        found.differences.append(Difference(file, line, record.id, record.tenant, fields))
    else:
        found.same += 1


def outcome_of(program: Program, record: DecisionRecord) -> dict[str, Any]:
    """Run ``program`` on the recorded request, seed, clock and limits: answer, error, instructions, bytes, read."""
    limits = replace(record.limits, seconds=BACKSTOP_SECONDS)
    try:
        decision = decide(
            program, record.request, limits=limits, seed=record.seed, now=record.clock, watched=record.masked
        )
    except EngineError as bug:
        failed = {"kind": "engine", "message": str(bug), "position": ""}
        return {"answer": None, "error": failed, "instructions": 0, "bytes": 0, "read": ()}
    failure = decision.failure
    return {
        "answer": decision.answer,
        "error": None if failure is None else error_fields(failure),
        "instructions": decision.instructions,
        "bytes": decision.allocated_bytes,
        "read": decision.read,
    }
