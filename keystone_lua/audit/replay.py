"""Takes every decision of a log again and compares the answers.

In: the files of a log and its archive of scripts. Out: a `Replay`: how many records gave the same answer, error,
instructions and bytes; each that did not, by file and line; each break in the chain. A file may hold anything: a bad
line is a finding, never an exception.

Not replayable, and so neither same nor different: a record of which no script ran, of the kinds ``timeout`` and
``engine``, of a script that read a masked header, one that needs more than the auditor allows (`Caps`), one that
differs in the last digits of numbers alone (`last_digits`), one that differs and read time zones of another version
of tzdata, and, written under another cost table, one that a budget ended. One of these that contradicts itself is a
finding.
"""

from __future__ import annotations

import functools
import re
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from ..interpreter import COST_VERSION, DEFAULT, EngineError, Limits, Program
from ..interpreter.execution.run import Run
from ..interpreter.numerals import number_to_string
from ..interpreter.runtime.key_order import INSERTION
from ..interpreter.stdlib.math import PLAIN_SEEDS
from ..routing.answer import MOST_WHOLE
from ..routing.decision import decision_of
from ..routing.reads import shared
from . import reading, segments
from .anchored import judge
from .anchors import read_anchors, read_heads
from .archive import Archive, ArchiveError
from .chain import GENESIS, Break, Chain, Seen, add_line, line_hash
from .consistency import contradiction
from .findings import Difference, Findings, Head, Replay
from .last_digits import only_last_digits
from .masking import Secrets
from .notes import Note, encode
from .reading import Piece, Progress, Workers
from .records import MAX_LINE, DecisionRecord, RecordError, error_fields, read_record
from .vault import read_vaults


@dataclass(frozen=True, slots=True)
class Caps:
    """What the auditor allows one run, whatever the record says of its limits: who wrote the log chose those."""

    instructions: int = DEFAULT.instructions
    memory: int = DEFAULT.memory
    seconds: float = 20.0
    """The dearest instructions take 0.4 µs and the slowest machines are five times slower than ours."""


CAPS: Final = Caps()

MAX_OUTPUT: Final = 64 << 20
"""Bytes of a run's log; what a run may print is kept until its end."""

MAX_CAPPED: Final = 20
"""Runs of one piece of a log that end at a cap: each took up to 5 s for 700 bytes of log; one more tells nothing."""

SHOWN: Final = 4096
"""Characters of a value, as JSON, that a difference keeps: there may be one for each record."""

NO_SCRIPT: Final = "no script ran"
CAPPED: Final = "it needs more than this replay allows (--max-instructions, --max-memory, --max-seconds)"
MASKED: Final = "the script read a masked header or a secret"
OLDER_COSTS: Final = ("1", "2")
"""Cost tables of engines that did some things in another way, as replay does them for their records too: the seed of
``math.randomseed`` was the script's alone, and ``pairs`` took positions in the order in which they came. Their answers
had numbers of 14 digits."""

LAST_DIGITS: Final = "only last digits differ, which the C library's sin, exp, pow and the like decide"
VEILED: Final = "a masked parameter or field has made a difference"
NO_ARCHIVE: Final = "the script is not to be had"
OTHER_COSTS: Final = "a budget ended the run, and budgets were counted by another cost table"
BUDGET_KINDS: Final = {"instructions", "memory", "depth", "log"}
OTHER_ZONES: Final = "the script read time zones of tzdata {}, and here is {}"
UNREPEATABLE: Final = {
    "timeout": "the wall clock ended the run",
    "engine": "the engine failed",
}


@dataclass(frozen=True, slots=True)
class Replayer:
    """The `reading.Task` of a replay. ``scripts`` is the archive, else the one beside each file."""

    scripts: Path | None = None
    caps: Caps = CAPS
    vaults: tuple[Path, ...] = ()
    anchors: tuple[Path, ...] = ()
    run: str = ""
    """What tells one replay from the next in a process that works for several."""

    def __call__(self, piece: Piece) -> Findings:
        """Replay the lines of one piece."""
        found = Findings()
        vault, heads = _known(self.run, self.vaults, self.anchors)
        archive = archive_of(self.scripts or segments.scripts_of(Path(piece.file)))
        for number, data, whole, long in piece.lines():
            found.lines = number
            if long:
                found.problems.append(Break(piece.file, number, f"no record: a line of more than {MAX_LINE} bytes"))
                add_line(found.stretches, Seen(piece.file, number, long, None))
                continue
            if not whole:
                found.problems.append(Break(piece.file, number, f"a torn line of {len(data)} bytes, without its end"))
                continue
            try:
                link, record = read_record(data, vault)
            except RecordError as error:
                found.problems.append(Break(piece.file, number, f"no record: {error}"))
                add_line(found.stretches, Seen(piece.file, number, line_hash(data), None))
                continue
            digest = line_hash(data)
            add_line(found.stretches, Seen(piece.file, number, digest, link))
            if digest in heads:
                found.anchored[digest] = link.number
            if isinstance(record, Note):
                if record.kind == "gap":
                    found.gaps += 1
                    found.dropped += record.dropped
            else:
                _compare(found, archive, record, Break(piece.file, number, ""), self.caps)
        return found


@functools.lru_cache(2)
def _known(run: str, vaults: tuple[Path, ...], anchors: tuple[Path, ...]) -> tuple[dict[str, str], frozenset[str]]:
    """What is in vaults, and the heads that were anchored, read once in each process for one ``run`` of a replay: a
    cluster's workers live longer than that."""
    for archive in [*_archives.values()]:
        archive.forget()
    return read_vaults(vaults), read_heads(anchors)


_archives: dict[Path, Archive] = {}


def archive_of(folder: Path) -> Archive:
    """The archive in ``folder``, with what this process has compiled of it so far."""
    return _archives.setdefault(folder.absolute(), Archive(folder))


def replay_logs(
    files: Sequence[Path],
    *,
    scripts: Path | None = None,
    after: str = GENESIS,
    expected: Sequence[str] = (),
    vaults: Sequence[Path] = (),
    anchors: Sequence[Path] = (),
    seal_key: bytes | None = None,
    caps: Caps = CAPS,
    processes: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Replay:
    """Replay the logs in ``files``, each with its closed segments and its other processes' files.

    ``after`` is the hash that the first record of a log follows, if the beginning is kept elsewhere; ``expected`` the
    heads that were noted, one for each chain; ``vaults`` have the values that are masked; ``anchors`` are files of
    heads that were noted while it was written, sealed if there is the first ``seal_key``. ``executor`` works, whose
    workers see the same files, or ``processes`` of this machine, all processors by default. Of two files of which one
    goes on where the other ends, the first has no head of its own. Raises `OSError` for a file that cannot be read, or
    is no regular file.
    """
    given = read_anchors(anchors, seal_key)
    checks: list[Chain] = []
    owners: dict[str, Chain] = {}
    parts: list[Piece] = []
    for found in (chain for file in files for chain in segments.chains(file) or [[file]]):
        if str(found[0]) not in owners:
            checks.append(Chain(after, str(found[0])))
            owners.update((str(path), checks[-1]) for path in found)
            parts += [piece for path in found for piece in reading.pieces(path)]
    result = Replay(expected=bool(expected))
    replayer = Replayer(scripts, caps, tuple(vaults), tuple(anchors), secrets.token_hex(8))
    made = reading.work(replayer, parts, Workers(processes, executor), progress)
    anchored = _gather(result.findings, parts, made, owners)
    for check in checks:
        check.end()
    followed = [other for check in checks for other in checks if other is not check and check.follows(other)]
    for check in checks:
        result.breaks += check.breaks
        if check not in followed:
            result.heads.append(Head(check.file, check.lines, check.head))
        if not check.lines:
            result.breaks.append(Break(check.file, 0, "nothing to read: the log is empty"))
    result.breaks += result.findings.problems
    result.breaks.sort(key=lambda found: (found.file, found.line))
    result.unexpected = _unexpected(result.heads, expected)
    if anchors:
        result.anchored = judge(given, [check for check in checks if check.lines], anchored, expected)
    return result


def _gather(
    total: Findings, parts: Sequence[Piece], made: Iterable[Findings], owners: Mapping[str, Chain]
) -> dict[str, tuple[Chain, int]]:
    """Put together what pieces came to. Returns where the heads are that were anchored: the chain and the number."""
    before: Counter[str] = Counter()
    """Lines of each file so far."""
    anchored: dict[str, tuple[Chain, int]] = {}
    for part, found in zip(parts, made, strict=True):
        chain, lines = owners[part.file], before[part.file]
        for stretch in found.stretches:
            chain.add(stretch.shifted(lines))
        total.add(found, lines)
        anchored.update((head, (chain, number)) for head, number in found.anchored.items())
        before[part.file] += found.lines
    return anchored


def _unexpected(heads: Sequence[Head], expected: Sequence[str]) -> list[str]:
    if not expected:
        return []
    missing = [f"no chain ends at {noted}" for noted in expected if noted not in {head.hash for head in heads}]
    others = [f"{head.file} ends at {head.hash}, which is not expected" for head in heads if head.hash not in expected]
    return missing + others


def _leave(found: Findings, record: DecisionRecord, at: Break, reason: str) -> None:
    """Count a record as not replayable; if it contradicts itself, that is no excuse but a finding."""
    if problem := contradiction(record):
        found.contradictory += 1
        found.problems.append(replace(at, problem=f"contradicts itself: {problem}"))
    else:
        found.not_replayable[reason] += 1


def _compare(found: Findings, archive: Archive, record: DecisionRecord, at: Break, caps: Caps) -> None:
    kind = record.error["kind"] if record.error is not None else ""
    if not record.ran or record.script is None:
        _leave(found, record, at, UNREPEATABLE.get(kind, NO_SCRIPT))
        return
    if kind in UNREPEATABLE:
        _leave(found, record, at, UNREPEATABLE[kind])
        return
    asks = record.limits.instructions > caps.instructions or record.limits.memory > caps.memory
    if asks and found.capped >= MAX_CAPPED:
        _leave(found, record, at, CAPPED)
        return
    try:
        program = archive.program(record.script, record.name)
        outcome = outcome_of(program, record, caps)
    except ArchiveError as error:
        found.problems.append(replace(at, problem=str(error)))
        found.not_replayable[NO_ARCHIVE] += 1
        return
    if outcome["capped"]:
        found.capped += 1
        _leave(found, record, at, CAPPED)
        return
    # What a script does before it first reads a masked value does not depend on the value.
    if bool(record.read) != bool(outcome["read"]):
        read = {"read": (list(record.read), list(outcome["read"]))}
        found.differences.append(Difference(at.file, at.line, record.id, record.tenant, read))
    elif any(name.lower() in record.closed for name in record.read):
        _leave(found, record, at, MASKED)
    else:
        _judge(found, record, program, _shown(outcome, record), at)


def _shown(outcome: dict[str, Any], record: DecisionRecord) -> dict[str, Any]:
    """The outcome as a record shows it: without the values that a vault had."""
    values = [value for name, value in record.opened if not name or name in record.read]
    if not values:
        return outcome
    found = Secrets(values)
    error = outcome["error"]
    if error is not None:
        error = {**error, "message": found.without(error["message"])}
    return {**outcome, "answer": found.answer(outcome["answer"]), "error": error}


def _judge(found: Findings, record: DecisionRecord, program: Program, outcome: dict[str, Any], at: Break) -> None:
    recorded = {
        "answer": record.answer,
        "error": record.error,
        "instructions": record.instructions,
        "bytes": record.bytes,
    }
    if record.costs != COST_VERSION:
        kinds = {error["kind"] for error in (record.error, outcome["error"]) if error is not None}
        if kinds & BUDGET_KINDS:
            _leave(found, record, at, OTHER_COSTS)
            return
        del recorded["instructions"], recorded["bytes"]
    if record.costs in OLDER_COSTS and _with_14_digits(record.answer) == _with_14_digits(outcome["answer"]):
        outcome = {**outcome, "answer": record.answer}
    if outcome["answer"] is not None and record.answer == shared(outcome["answer"]):
        outcome = {**outcome, "answer": record.answer}
    fields = {name: (_bounded(was), _bounded(outcome[name])) for name, was in recorded.items() if was != outcome[name]}
    if bool(record.zones) != bool(outcome["zones"]):
        fields["zones"] = record.zones, outcome["zones"]
    elif fields and record.zones != outcome["zones"]:
        _leave(found, record, at, OTHER_ZONES.format(record.zones, outcome["zones"]))
        return
    if fields and record.veiled:
        _leave(found, record, at, VEILED)
        return
    if fields and "zones" not in fields and only_last_digits(program, recorded, outcome):
        _leave(found, record, at, LAST_DIGITS)
        return
    found.answers_only += record.costs != COST_VERSION
    if fields:
        found.differences.append(Difference(at.file, at.line, record.id, record.tenant, fields))
    else:
        found.same += 1


def _with_14_digits(value: Any) -> Any:
    """An answer with whole numbers as engines of OLDER_COSTS wrote them into texts."""
    if isinstance(value, dict):
        return {name: _with_14_digits(content) for name, content in value.items()}
    if isinstance(value, list):
        return [_with_14_digits(item) for item in value]
    is_long = isinstance(value, str) and _LONG_WHOLE.match(value) and abs(int(value)) <= MOST_WHOLE
    return number_to_string(float(value)) if is_long else value


_LONG_WHOLE: Final = re.compile(r"-?[1-9][0-9]{14,15}\Z")


def _bounded(value: Any) -> Any:
    text = encode(value)
    return value if len(text) <= SHOWN else f"{text[:SHOWN]}... ({len(text)} characters)"


@functools.lru_cache(256)
def limits_within(own: Limits, caps: Caps) -> Limits:
    """A record's limits, as far as the auditor allows them."""
    return replace(
        own,
        instructions=min(own.instructions, caps.instructions),
        memory=min(own.memory, caps.memory),
        log=min(own.log, MAX_OUTPUT),
        seconds=caps.seconds,
    )


def outcome_of(program: Program, record: DecisionRecord, caps: Caps) -> dict[str, Any]:
    """Run ``program`` on the recorded request, seed, clock and limits: answer, error, instructions, bytes, read, and
    whether it ended at a cap and not at a limit of its own."""
    own = record.limits
    limits = limits_within(own, caps)
    try:
        run = Run.of(program, limits, record.seed, record.clock, None)
        if record.costs in OLDER_COSTS:
            run.library_state |= {PLAIN_SEEDS: True, INSERTION: True}
        decision = decision_of(run, record.request, record.masked)
    except (
        Exception
    ) as bug:  # EngineError, or what the engine should have made one of: a bug of ours, and no finding's end
        failed = {"kind": "engine", "message": str(bug) if isinstance(bug, EngineError) else repr(bug), "position": ""}
        return {
            "answer": None,
            "error": failed,
            "instructions": 0,
            "bytes": 0,
            "read": (),
            "zones": "",
            "capped": False,
        }
    failure = decision.failure
    kind = failure.kind if failure is not None else ""
    return {
        "answer": decision.answer,
        "error": None if failure is None else error_fields(failure),
        "instructions": decision.instructions,
        "bytes": decision.allocated_bytes,
        "read": decision.read,
        "zones": decision.zones,
        "capped": kind == "timeout"
        or (kind == "instructions" and limits.instructions < own.instructions)
        or (kind == "memory" and limits.memory < own.memory)
        or (kind == "log" and limits.log < own.log),
    }
