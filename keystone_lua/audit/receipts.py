"""Receipts of runs: what two machines, or two versions of the engine, did in one decision, and where they part.

In: records, and their scripts. Out: a `Receipt` of each, a line of JSON: the sequence of statements that ran, by
line, and what each line paid. Two receipts of one record are compared, and the first line at which they differ is
named: the first statement that another followed, or, where the statements are the same, the first line that paid
something else.

A receipt is made by taking the decision again with a program that is compiled for it, never while a request waits: a
server pays nothing for it. A receipt may be anybody's: what is unpacked of it is bounded.
"""

from __future__ import annotations

import base64
import binascii
import functools
import json
import zlib
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..interpreter import EngineError, LuaSyntaxError, Program, compile_program
from ..interpreter.profiling.steps import SteppedRun
from ..interpreter.text import to_text
from ..routing.decision import decision_of
from ..untrusted.documents import misshapen
from . import reading, segments
from .archive import MAX_SOURCE, ArchiveError
from .records import DecisionRecord, RecordError, read_record
from .replay import CAPS, Caps, archive_of, limits_within

MOST_STEPS: Final = 64 << 20
"""Bytes of a sequence that are unpacked, four a step: no run within the usual limits has as many."""

MAX_RECEIPT: Final = 64 << 20
MAX_PLACES: Final = 2_000_000
"""Values in a receipt's line of JSON."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a run did."""

    record: str
    """Its id, and its place in the log."""
    steps: int
    packed: bytes
    """The places' numbers, compressed."""
    places: tuple[str, ...]
    """Lines, such as ``canary.lua:7``, by number."""
    spent: Mapping[str, tuple[int, int]]
    """Instructions and bytes by line, in order of the file; ``""`` for what no line pays."""

    def to_json(self) -> str:
        """A line of JSON."""
        return json.dumps({
            "record": self.record, "steps": self.steps, "places": self.places, "spent": self.spent,
            "packed": base64.b64encode(self.packed).decode(),
        })  # fmt: skip

    def lines(self) -> Iterator[str]:
        """The lines of its statements, in order. Raises ValueError for what is no receipt."""
        unpacker, left = zlib.decompressobj(), MOST_STEPS
        data = self.packed
        try:
            while data and not unpacker.eof:
                made = unpacker.decompress(data, 1 << 16)
                left -= len(made)
                if left < 0:
                    raise ValueError(f"no receipt: more than {MOST_STEPS >> 2} steps")
                data = unpacker.unconsumed_tail
                made += b"\0" * (-len(made) % 4)
                yield from (self.places[number] for number in array("I", made))
        except (zlib.error, IndexError) as error:
            raise ValueError(f"no receipt: {error}") from None


def read_receipt(line: bytes) -> Receipt:
    """A line of JSON. Raises ValueError."""
    if len(line) > MAX_RECEIPT or misshapen(line, 8, MAX_PLACES) is not None:
        raise ValueError("no receipt: its form")
    try:
        value = json.loads(line)
        spent = {str(name): (int(paid[0]), int(paid[1])) for name, paid in value["spent"].items()}
        packed = base64.b64decode(value["packed"], validate=True)
        places = tuple(map(str, value["places"]))
        return Receipt(str(value["record"]), int(value["steps"]), packed, places, spent)
    except (TypeError, KeyError, IndexError, AttributeError, RecursionError, binascii.Error, ValueError) as error:
        raise ValueError(f"no receipt: {error!r}") from None


@functools.lru_cache(16)
def _accounted(program: Program) -> Program:
    return compile_program(program.source, program.name, program.sources, MAX_SOURCE, accounted=True)


def receipt_of(program: Program, record: DecisionRecord, name: str, caps: Caps = CAPS) -> Receipt:
    """Take a decision again and keep what it did. Raises EngineError, LuaSyntaxError."""
    run = SteppedRun(_accounted(program), limits_within(record.limits, caps), record.seed, record.clock)
    decision_of(run, record.request, record.masked)
    steps, packed = run.steps.end()
    profile = run.profile()
    places = tuple(f"{to_text(site.chunk)}:{site.line}" for site in run.program.sites)
    spent = {
        f"{to_text(chunk)}:{line}": (paid.instructions, paid.bytes) for (chunk, line), paid in profile.lines.items()
    }
    spent[""] = profile.base.instructions, profile.base.bytes
    return Receipt(name, steps, packed, places, spent)


@dataclass(frozen=True, slots=True)
class Missed:
    """A record of which no receipt can be made, and why."""

    record: str
    why: str


def receipts(log: Path, *, scripts: Path | None = None, caps: Caps = CAPS) -> Iterator[Receipt | Missed]:
    """Of each decision of a log that a script took. Raises OSError."""
    for file in (path for chain in segments.chains(log) or [[log]] for path in chain):
        archive = archive_of(scripts or segments.scripts_of(file))
        for piece in reading.pieces(file):
            for _, data, whole, _ in piece.lines():
                name = "a line that is no record"
                try:
                    link, record = read_record(data) if whole else (None, None)
                    if isinstance(record, DecisionRecord) and link and record.ran and record.script is not None:
                        name = f"{record.id} (record {link.number})"
                        program = archive.program(record.script, record.name)
                        yield receipt_of(program, record, name, caps)
                except (RecordError, ArchiveError, EngineError, LuaSyntaxError) as error:
                    yield Missed(name, str(error))


def parting(was: Receipt, now: Receipt) -> str | None:
    """Where two runs part, as a sentence; None if they did the same. Raises ValueError for what is no receipt."""
    before = ""
    mine, theirs = now.lines(), was.lines()
    step = 0
    while True:
        step += 1
        there, here = next(theirs, None), next(mine, None)
        if there != here:
            after = f" after {before}" if before else ""
            return f"step {step}{after}: was {there or 'the end'} and is {here or 'the end'}"
        if here is None:
            break
        before = here
    for place in dict.fromkeys((*now.lines(), *now.spent, *was.spent)):
        old, new = was.spent.get(place, (0, 0)), now.spent.get(place, (0, 0))
        if tuple(old) != tuple(new):
            where = place or "no line, the request's tables"
            return f"{where}: paid {old[0]} instructions and {old[1]} bytes, and pays {new[0]} and {new[1]}"
    return None
