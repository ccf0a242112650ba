"""Decisions of a log, to be asked "what if": the newest in short, and one whole with the script that took it.

Input: a job with the log's file, from the command line. Output: parts of an answer, as `jobs` has them. A log is read
from its end, a bounded part of it, in a job's process: its lines are hostile. What is no record is passed over.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from ..audit import segments
from ..audit.archive import Archive, ArchiveError
from ..audit.records import DecisionRecord, RecordError, read_record
from ..interpreter.text import to_text
from ..untrusted.files import FileError, open_regular

TAIL: Final = 4 << 20
"""Bytes of a file's end that are looked at."""

MOST: Final = 200
"""Decisions that are listed."""

ASKED: Final = ("instructions", "memory", "depth", "log")
"""Limits of which a run may be given less than the command line allows."""

Job = Mapping[str, Any]


def listed(job: Job) -> Iterator[dict[str, Any]]:
    """The newest decisions in short."""
    newest: list[tuple[float, dict[str, Any]]] = []
    try:
        for place, file in enumerate(_files(job)):
            found = ((number, record) for number, record in _newest(file) if record.ran and record.script is not None)
            for (number, record), _ in zip(found, range(MOST), strict=False):
                newest.append((record.time, _short(record) | {"file": place, "number": number}))
    except (FileError, OSError) as error:
        yield {"error": f"{job['log']}: {error}"}
    for _, short in sorted(newest, key=lambda item: item[0], reverse=True)[:MOST]:
        yield {"record": short}


def opened(job: Job) -> Iterator[dict[str, Any]]:
    """The decision ``number`` of the log's file ``file``, and its script."""
    try:
        file = _files(job)[job["file"]]
        record = next((record for number, record in _newest(file) if number == job["number"]), None)
        if record is None or record.script is None:
            yield {"error": "this decision is no longer among the log's newest"}
            return
        program = Archive(segments.scripts_of(file)).program(record.script, record.name)
    except (ArchiveError, FileError, OSError, IndexError) as error:
        yield {"error": str(error)}
        return
    yield {
        "decision": {
            **_short(record),
            "name": record.name,
            "script": _text(program.source),
            "modules": {to_text(name): _text(source) for name, source in program.sources.items()},
            "request": record.request,
            "seed": str(record.seed),
            "now": record.clock,
            "asked": {name: value for name, value in asdict(record.limits).items() if name in ASKED},
            "switches": [name for name in ("load", "inert_io") if asdict(record.limits)[name]],
            "answer": record.answer,
            "error": record.error,
            "instructions": record.instructions,
            "bytes": record.bytes,
            "costs": record.costs,
            "masked": sorted(record.masked),
            "veiled": record.veiled,
        }
    }


def _files(job: Job) -> list[Path]:
    """The files that are being written, or were last: the log's, and those of a server's further processes."""
    return [chain[-1] for chain in segments.chains(Path(job["log"]))]


def _newest(file: Path) -> Iterator[tuple[int, DecisionRecord]]:
    """Decisions with their numbers, the last first. Raises `FileError`, `OSError`."""
    with open_regular(file) as stream:
        size = os.fstat(stream.fileno()).st_size
        stream.seek(max(0, size - TAIL))
        lines = stream.read(TAIL).split(b"\n")
    for line in reversed(lines[:-1] if size <= TAIL else lines[1:-1]):
        try:
            link, record = read_record(line)
        except RecordError:
            continue
        if isinstance(record, DecisionRecord):
            yield link.number, record


def _short(record: DecisionRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "time": record.time,
        "tenant": record.tenant,
        "method": record.request["method"],
        "path": record.request["path"],
        "came": _came(record),
    }


def _came(record: DecisionRecord) -> str:
    """What came of it, in few words."""
    if record.error is not None:
        return f"failed: {record.error['kind']}"
    answer = record.answer or {}
    return "rejected" if answer.get("reject") else str(answer.get("selected_backend"))


def _text(source: bytes) -> str:
    return source.decode("utf-8", "replace")
