"""Decisions into a chain of lines.

In: the outcome of each decision, a call for each, from the thread of the event loop. Out: lines for a `Writer`, each
with the hash of the one before. A record for which there is no room is dropped and counted; a ``gap`` record says how
many once there is room again. It does not start if the writer does not; after that nothing here raises.

Lines are made in the event loop's thread and not in the writer's. Python runs one thread at a time, so a thread that
encodes a whole batch would hold up the loop for as long as that takes.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ..interpreter import Failure, Limits, Program
from ..routing.decision import Decision
from . import notes, records
from .anchoring import Anchorage, Anchoring
from .archive import Archive
from .chain import GENESIS, line_hash
from .masking import Masks
from .records import RecordError
from .segments import archive_folder, worker_file
from .writer import MIB, LogInUse, Stats, Writer

logger = logging.getLogger("keystone.audit")

NO_ROOM: Final = "no room: the disk was full or slow"
MAX_WRITERS: Final = 256
"""Processes that may write one log at a time."""

ROTATE_BYTES: Final = 256 * MIB


class Recorder:
    """Writes one chain of records."""

    def __init__(
        self,
        file: Path,
        masks: Masks,
        *,
        rotate_bytes: int = ROTATE_BYTES,
        rotate_seconds: float = 0.0,
        memory: int = 64 * MIB,
        anchorage: Anchorage | None = None,
    ) -> None:
        """Go on with the chain in ``file``, or begin it; where another process writes it, ``file.w1``, and so on.

        ``memory`` is in bytes of lines that wait, ``anchorage`` where heads are noted. Raises `OSError`, and
        `ValueError` for a command that is none.
        """
        self.masks = masks
        self.dropped = 0
        """Records that the log does not have: there was no room, or somebody removed them."""
        self._writer = _first_free(file, rotate_bytes, memory, rotate_seconds)
        self._archive = Archive(archive_folder(file))
        self._archived: set[str] = set()
        self._missing = 0
        tail = self._writer.tail
        self.head = line_hash(tail.last) if tail.last else GENESIS
        """The hash of the last line."""
        self._number, closed = _last_record(tail.last, self._writer.file)
        if tail.torn:
            logger.warning("decision log: %s ended in a torn line of %d bytes", self._writer.file, tail.torn)
            self._chain("gap", notes.gap_text(time.time(), 1, f"a torn line of {tail.torn} bytes was cut off"))
        elif not closed:
            logger.warning("decision log: %s was not closed; its last records may be missing", self._writer.file)
            self._chain("gap", notes.gap_text(time.time(), 0, "the log was not closed: records may be missing"))
        self._chain("start", notes.start_text(time.time(), self.masks.names))
        self._anchoring = None if anchorage is None else Anchoring(self._writer.file, anchorage)

    @property
    def file(self) -> Path:
        """What this recorder writes."""
        return self._writer.file

    @property
    def stats(self) -> Stats:
        """What has been written so far."""
        return self._writer.stats

    @property
    def anchor_failures(self) -> int:
        """Attempts at noting a head elsewhere that failed."""
        return self._anchoring.failures if self._anchoring is not None else 0

    def record(
        self,
        tenant: str,
        request: Mapping[str, Any],
        program: Program | None,
        decision: Decision | None,
        answer: Mapping[str, Any] | None,
        failure: Failure | None,
        *,
        limits: Limits,
        request_id: str = "",
        lane: str = "inline",
        answered: str = "",
    ) -> None:
        """Record one decision; ``answer`` or ``failure`` is what the caller was told. Does not block or raise.

        ``answered`` is the answer's JSON if somebody has made it already, see `answer_text`.

        ``decision`` must have been made with ``masks.names`` watched, or the record cannot say what was read.
        """
        try:
            if program is not None and program.hash not in self._archived:
                self._archived.add(program.hash)
                self._writer.then(lambda: self._archive.put(program))
            cut = self.masks.cut(request)
            found = self.masks.secrets(request, decision.read, cut) if decision is not None else None
            if found is not None:
                answer, failure, answered = found.answer(answer), found.failure(failure), ""
            shown, request_id = self.masks.request(request, cut), self.masks.name(request_id, request)
            vault = self.masks.vault
            if vault is not None and vault.ask():
                self._writer.then(vault.write)
            text = records.decision_text(
                request_id, time.time(), tenant, shown, program, decision, answer, failure, limits, lane, answered
            )
            self._tell_changes()
            if self._missing:
                if not self._chain("gap", notes.gap_text(time.time(), self._missing, NO_ROOM)):
                    self._drop()
                    return
                self._missing = 0
            if not self._chain("decision", text):
                self._drop()
        except Exception as error:
            where = "".join(traceback.format_tb(error.__traceback__))  # not the error's text: it may quote values
            logger.error("decision log: a record of tenant %r was lost: %s\n%s", tenant, type(error).__name__, where)
            self._drop()

    def note_switch(self, switch: Mapping[str, Any]) -> None:
        """Record that the scripts in force have changed places with another version; see `notes.version_text`.

        It is in the file when this returns, if the disk takes it: whoever ordered it is told afterwards.
        """
        self._chain("version", notes.version_text(time.time(), switch), last=True)
        self.settle()

    def settle(self) -> None:
        """Have all records so far written before this returns, if the disk takes them. Does not raise."""
        self._writer.settle()

    def look(self) -> None:
        """Take note of what others did to the log's files. To be called once a second."""
        if not self._archive.folder.is_dir():
            self._archived.clear()  # they are archived again when they decide again
        self._tell_changes()

    def reopen(self) -> None:
        """The log may have been moved: find out now."""
        self._writer.look()

    def _tell_changes(self) -> None:
        while self._writer.changes:
            change = self._writer.changes.popleft()
            self.dropped += change.lost
            self._archived.clear()
            self._chain("gap", notes.gap_text(time.time(), change.lost, change.reason), last=True)

    def close(self) -> None:
        """Write the last records and let go of the file."""
        self._tell_changes()
        if self._missing:
            self._chain("gap", notes.gap_text(time.time(), self._missing, NO_ROOM), last=True)
        self._chain("stop", notes.stop_text(time.time()), last=True)
        if self._writer.close():
            logger.info("decision log: %s ends at number %d, head %s", self._writer.file, self._number, self.head)
        if self._anchoring is not None:
            self._anchoring.close()

    def _chain(self, kind: str, text: str, *, last: bool = False) -> bool:
        line = records.line(kind, self._number + 1, self.head, text)
        if not self._writer.put(line + b"\n", last=last):
            return False
        self._number += 1
        self.head = line_hash(line)
        return True

    def _drop(self) -> None:
        self._missing += 1
        self.dropped += 1


def _first_free(file: Path, rotate_bytes: int, memory: int, rotate_seconds: float) -> Writer:
    """A server's processes, and one that is being replaced by another, each find a file of their own."""
    for worker in range(MAX_WRITERS):
        with contextlib.suppress(LogInUse):
            return Writer(worker_file(file, worker), rotate_bytes, memory, rotate_seconds)
    raise LogInUse(errno.EAGAIN, f"{MAX_WRITERS} processes write this log", str(file))


def _last_record(line: bytes, file: Path) -> tuple[int, bool]:
    """The number of a log's last record, and whether it says that the log was closed."""
    if not line:
        return 0, True
    try:
        link, record = records.read_record(line)
    except RecordError as error:
        logger.error("decision log: the last line of %s is no record: %s", file, error)
        return 0, False
    return link.number, isinstance(record, notes.Note) and record.kind == "stop"


def check_log(file: Path) -> None:
    """Find out whether a `Recorder` can be made for ``file``, without making one. Raises `OSError`."""
    Writer.check(file)
