"""The head of a log that is being written, noted elsewhere now and then, off the event loop.

In: the log's file, where anchors go, how often. Out: anchors (see anchors), of the end of each segment that has been
closed and of what is in the file, in a file, to a command's standard input, or both. What could not be noted is tried
again; trouble is logged once and counted. Nothing here raises once it has begun.

A command is given as its words: no shell reads it, and nothing of a log is among them. It has COMMAND_SECONDS, and one
runs at a time.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from . import segments
from .anchors import AnchorFile
from .chain import line_hash
from .records import RecordError, read_record
from .segments import Tail

logger = logging.getLogger("keystone.audit")

COMMAND_SECONDS: Final = 10.0
LAST_SECONDS: Final = 2.0
"""For all that a stopping server still has to note."""
MOST_UNSENT: Final = 1000
"""Anchors that wait for a command that fails: half a day of them at one a minute."""
SHOWN: Final = 300
"""Bytes of what a command says of its failure."""


@dataclass(frozen=True, slots=True)
class Anchorage:
    """Where anchors go: a file, sealed with the key in ``state`` if there is one; a command; both."""

    file: Path | None = None
    state: Path | None = None
    command: str = ""
    seconds: float = 60.0
    """Between anchors, unless nothing was written."""

    def words(self) -> list[str]:
        """The command's words. Raises `ValueError` for what is no command of this machine's."""
        words = shlex.split(self.command)
        if words and shutil.which(words[0]) is None:
            raise ValueError(f"{words[0]}: no such command")
        return words


def check_anchorage(where: Anchorage | None) -> None:
    """Find out whether heads can be noted there. Raises `OSError`, `ValueError`."""
    if where is not None:
        where.words()
        AnchorFile(where.file, where.state)


class Anchoring:
    """Notes the head of one file, with a thread of its own."""

    def __init__(self, log: Path, where: Anchorage) -> None:
        """Raises `OSError` and `ValueError` for what cannot be used."""
        self.failures = 0
        """Anchors that could not be written, and commands that failed."""
        self._log = log
        self._seconds = where.seconds
        self._notes = AnchorFile(where.file, where.state)
        self._words = where.words()
        self._closed = max(map(segments.number_of, segments.segments(log)), default=0)
        self._anchored = ""
        self._unsent: deque[bytes] = deque(maxlen=MOST_UNSENT)
        self._in_trouble = False
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="decision-log-anchors", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Note the last line of all and end, after LAST_SECONDS at the latest."""
        self._closing.set()
        self._thread.join(LAST_SECONDS + 1.0)

    def _run(self) -> None:
        while not self._closing.wait(self._seconds):
            self._work(COMMAND_SECONDS)
        self._work(LAST_SECONDS)

    def _work(self, seconds: float) -> None:
        try:
            for segment in segments.segments(self._log):
                if segments.number_of(segment) > self._closed:
                    self._note(segments.tail_of(segment, flushed=True))
                    self._closed = segments.number_of(segment)
            with contextlib.suppress(FileNotFoundError):  # it was moved, and nothing has been written since
                self._note(segments.tail_of(self._log, flushed=True))
            if self._words and self._unsent:
                self._send(seconds)
        except OSError as error:
            self._trouble(f"{error.filename or self._log}: {error.strerror or error}")
        except RecordError as error:
            self._trouble(f"{self._log}: the last line is no record: {error}")
        else:
            if self._in_trouble:
                self._in_trouble = False
                logger.warning("decision log: %s is anchored again", self._log)

    def _note(self, tail: Tail) -> None:
        if not tail.last or (head := line_hash(tail.last)) == self._anchored:
            return
        link, _ = read_record(tail.last)
        line = self._notes.put(self._log.name, link.number, head)
        self._anchored = head
        if self._words:
            self._unsent.append(line)

    def _send(self, seconds: float) -> None:
        """Give the command all that it has not taken yet. Raises `OSError`."""
        waiting = len(self._unsent)
        with tempfile.TemporaryFile() as given:
            given.writelines(self._unsent)
            given.seek(0)
            with subprocess.Popen(
                self._words, stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
            ) as process:
                try:
                    code = process.wait(seconds)
                except subprocess.TimeoutExpired:
                    code = None
                    os.killpg(process.pid, signal.SIGKILL)  # whatever it has started ends with it
                said = _said(process)
        if code:
            raise OSError(0, f"exit code {code}{said}", self._words[0])
        if code is None:
            raise OSError(0, f"it took more than {seconds:g} s{said}", self._words[0])
        for _ in range(waiting):
            self._unsent.popleft()

    def _trouble(self, problem: str) -> None:
        self.failures += 1
        if not self._in_trouble:
            self._in_trouble = True
            logger.error("decision log: it cannot be anchored: %s; it is tried again", problem)


def _said(process: subprocess.Popen[bytes]) -> str:
    """The first line of a command's complaint."""
    assert process.stderr is not None
    os.set_blocking(process.stderr.fileno(), False)
    with contextlib.suppress(BlockingIOError):
        text = os.read(process.stderr.fileno(), SHOWN).decode("utf-8", "replace").strip()
        line = "".join(c if c.isprintable() else " " for c in text.partition("\n")[0])
        return f": {line}" if line else ""
    return ""
