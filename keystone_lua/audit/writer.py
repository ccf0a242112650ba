"""From memory to disk, off the event loop.

In: lines, in order, from one thread. Out: a file that grows by one ``pwrite`` a batch, is flushed to disk once a
second, and becomes a closed segment when it is long enough. `Writer.put` neither blocks nor raises: it answers False
when memory is full, and trouble with the disk is kept in ``stats`` and logged once.

On a full disk a write is cut short first, and the next one fails. So the writer remembers where its last whole batch
ended, truncates the file to there, keeps the batch and tries again: at any time the file holds whole lines, and none
twice.

Others may move, remove or truncate the file. Before each batch, and once a second, the writer looks whether the file
of that name still is the one that it has open; if not, it goes on in a new file, and a `Change` says so.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import logging
import os
import stat
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from . import segments
from .segments import Tail

logger = logging.getLogger("keystone.audit")

MIB: Final = 1 << 20
INTERVAL: Final = 0.05
"""Seconds between batches."""
FLUSH_SECONDS: Final = 1.0
"""How much a power cut may take."""
RETRY_SECONDS: Final = 1.0
"""Between attempts at a disk in trouble."""
CLOSE_SECONDS: Final = 2.0
"""How long a stopping server waits for a disk in trouble."""
BATCH: Final = 4 * MIB
"""Bytes of one write."""
LOOK_SECONDS: Final = 1.0
"""Between looks at a file to which nothing is written."""
FILE_MODE: Final = 0o640

PASSING: Final = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE}
"""Errors that may be gone at the next attempt: lines wait for their chore. Others would hold up the log for ever."""

Chore = Callable[[], None]
"""Something else to do in order, such as archiving a script. May raise OSError."""


class LogInUse(OSError):
    """Another process writes this file."""


@dataclass(slots=True)
class Stats:
    """What a writer has done, for metrics. ``failures`` counts failed writes, flushes and chores."""

    lines: int = 0
    bytes: int = 0
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody else did to the file. ``lost``: this writer's lines that the log no longer has."""

    reason: str
    lost: int


class Writer:
    """Appends lines to one file."""

    def __init__(self, file: Path, rotate_bytes: int, memory: int = 64 * MIB, rotate_seconds: float = 0.0) -> None:
        """Open the file, which must be nobody else's. ``memory`` is in bytes of lines not yet written.

        It is closed from so many bytes on, or after so many seconds; 0 seconds are for ever.

        Raises `OSError`, `LogInUse` among them.
        """
        self.changes: deque[Change] = deque()
        """What was found, oldest first, for the recorder to take."""
        self.file = file
        self.stats = Stats()
        self._rotate_bytes = rotate_bytes
        self._rotate_seconds = rotate_seconds
        self._opened_at = time.monotonic()
        self._memory = memory
        file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(file)
        self._descriptor = _open(file)
        self.tail = self._tail()
        """What was there before; its torn line has been cut off."""
        self._offset = self.tail.size
        if os.fstat(self._descriptor).st_size != self._offset:
            os.ftruncate(self._descriptor, self._offset)
        if not self.tail.last and (closed := segments.segments(file)):
            self.tail = segments.tail_of(closed[-1])
        self._queue: deque[bytes | Chore] = deque()
        # Two counters, each written by one thread: the memory in use is their difference.
        self._put_bytes = 0
        self._done_bytes = 0
        self._chores: list[Chore] = []
        self._batch = b""
        self._batch_lines = 0
        self._unflushed = False
        self._flushed_at = time.monotonic()
        self._in_trouble = False
        self._look_at = 0.0
        self._lines_here = 0
        """Lines that this writer has put into the file that is open."""
        self._begun_at = self._offset
        """Where they begin."""
        self._working = threading.Lock()
        """Held for whatever touches the queue's other end or the file, but for flushes, which may take long."""
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="decision-log", daemon=True)
        self._thread.start()

    @staticmethod
    def check(file: Path) -> None:
        """Open and close what a writer would. Raises `OSError`."""
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(_open(file))
        os.close(_open(_lock_file(file)))

    def put(self, line: bytes, *, last: bool = False) -> bool:
        """Take one line, its newline included; False when there is no room, unless it is one of the ``last``.

        Called by one thread only.
        """
        if not last and self._put_bytes - self._done_bytes + len(line) > self._memory:
            return False
        self._put_bytes += len(line)
        self._queue.append(line)
        return True

    def then(self, chore: Chore) -> None:
        """Have ``chore`` done after the lines taken so far and before those to come."""
        self._queue.append(chore)

    def settle(self) -> None:
        """Write what was put, now and in the caller's thread, which is the one that puts. Does not flush or raise.

        With a disk in trouble lines wait for the writer's own thread; chores always do.
        """
        with self._working:
            if not self._in_trouble and self._look():
                while self._batch or self._queue:
                    if not self._batch:
                        self._fill()
                    if not self._write():
                        return

    def look(self) -> None:
        """Find out within `INTERVAL` whether the file is still there."""
        self._look_at = 0.0

    def close(self) -> bool:
        """Write what there is, flush it and let go of the file; say whether that could be done.

        With a disk in trouble it gives up after 2 s.
        """
        self._closing.set()
        self._thread.join(CLOSE_SECONDS + 1)
        if not self._thread.is_alive():
            os.close(self._descriptor)
            os.close(self._lock)
        return not (self._batch or self._queue)

    # in the writer's thread

    def _run(self) -> None:
        while not self._closing.wait(RETRY_SECONDS if self._in_trouble else INTERVAL):
            self._work()
        give_up = time.monotonic() + CLOSE_SECONDS
        while not self._work() and time.monotonic() < give_up:
            time.sleep(INTERVAL)
        self._flush()
        if self._batch or self._queue:
            left = self._batch_lines + sum(isinstance(item, bytes) for item in self._queue)
            logger.error("decision log: %d records could not be written to %s", left, self.file)

    def _work(self) -> bool:
        """Do what can be done; say whether nothing is left."""
        with self._working:
            if (self._batch or self._queue or time.monotonic() >= self._look_at) and not self._look():
                return False
        while True:
            with self._working:
                if not self._batch:
                    self._fill()
            if not self._do_chores():
                return False
            with self._working:
                if not self._write():
                    return False
                if not self._queue:
                    break
        now = time.monotonic()
        if self._unflushed and now - self._flushed_at >= FLUSH_SECONDS:
            self._flush()
        if self._rotate_seconds and self._offset and now - self._opened_at >= self._rotate_seconds:
            with self._working:
                self._opened_at = now
                self._rotate()
        return True

    def _fill(self) -> None:
        lines: list[bytes] = []
        size = 0
        while self._queue and size < BATCH:
            item = self._queue.popleft()
            if isinstance(item, bytes):
                lines.append(item)
                size += len(item)
            else:
                self._chores.append(item)  # before the lines of its batch, and so before those that follow it
        self._batch = b"".join(lines)
        self._batch_lines = len(lines)

    def _do_chores(self) -> bool:
        while self._chores:
            try:
                self._chores[0]()
            except OSError as error:
                if error.errno in PASSING:
                    self._trouble(error)
                    return False
                self.stats.failures += 1
                logger.error("decision log: %s: a script cannot be archived: %s", self.file, error)
            del self._chores[0]
        return True

    def _write(self) -> bool:
        if not self._batch:
            return True
        written = 0
        try:
            while written < len(self._batch):
                written += os.pwrite(self._descriptor, self._batch[written:], self._offset + written)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self._offset)
            self._trouble(error)
            return False
        if self._in_trouble:
            self._in_trouble = False
            logger.warning("decision log: %s can be written again", self.file)
        self._offset += written
        self._done_bytes += written
        self._lines_here += self._batch_lines
        self.stats.lines += self._batch_lines
        self.stats.bytes += written
        self._batch = b""
        self._unflushed = True
        if self._offset >= self._rotate_bytes:
            self._rotate()
        return True

    def _rotate(self) -> None:
        """Close the segment. The new file is made first: without room for it the old one goes on."""
        closed = segments.segments(self.file)
        number = segments.number_of(closed[-1]) + 1 if closed else 1
        draft = self.file.with_name(f"{self.file.name}.new")
        try:
            if self._unflushed:
                os.fdatasync(self._descriptor)
                self._unflushed = False
            draft.unlink(missing_ok=True)
            descriptor = _open(draft)
            target = segments.segment(self.file, number)
            self.file.rename(target)
            draft.rename(self.file)
        except OSError as error:
            self._trouble(error)
            return
        self._use(descriptor, 0)
        logger.info("decision log: closed %s", target)

    def _use(self, descriptor: int, offset: int) -> None:
        """Go on in another file, from ``offset``."""
        os.close(self._descriptor)
        self._descriptor = descriptor
        self._offset = self._begun_at = offset
        self._lines_here = 0
        self._opened_at = time.monotonic()

    def _flush(self) -> None:
        if not self._unflushed:
            return
        with self._working:
            descriptor = os.dup(self._descriptor)  # another may take its place meanwhile
            self._unflushed = False
        try:
            os.fdatasync(descriptor)
        except OSError as error:
            self._unflushed = True
            self._trouble(error)
        finally:
            os.close(descriptor)
        self._flushed_at = time.monotonic()

    # what others do to the file

    def _look(self) -> bool:
        """Go on in a new file if the one that is open is no longer the log; say whether there is one to write to."""
        self._look_at = time.monotonic() + LOOK_SECONDS
        try:
            ours = os.fstat(self._descriptor)
            there = _status(self.file)
            if there is None or (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino):
                self._move_on(gone=not ours.st_nlink)
            elif ours.st_size < self._offset:
                self._cut(ours.st_size)
            elif ours.st_size > self._offset:  # half a batch that could not be cut off when it failed
                os.ftruncate(self._descriptor, self._offset)
        except OSError as error:
            self._trouble(error)
            return False
        return True

    def _move_on(self, *, gone: bool) -> None:
        """Go on in a new file. ``gone``: the one before has no name any more."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        lock_file = _status(_lock_file(self.file))
        locked = os.fstat(self._lock)
        if lock_file is None or (lock_file.st_dev, lock_file.st_ino) != (locked.st_dev, locked.st_ino):
            lock = _lock(self.file)
            os.close(self._lock)
            self._lock = lock
        descriptor = _open(self.file)
        tail = segments.tail(descriptor)
        if tail.torn:
            os.ftruncate(descriptor, tail.size)
        lost = self._lines_here if gone else 0
        self._use(descriptor, tail.size)
        self._changed(
            f"the log was removed: {lost} records of this process are gone with it" if gone else "the log was moved",
            lost,
        )

    def _cut(self, size: int) -> None:
        """The file was truncated, to ``size``: go on after its last whole line."""
        before = self._offset
        tail = segments.tail(self._descriptor)
        if tail.torn:
            os.ftruncate(self._descriptor, tail.size)
        lost = self._lines_here
        if size > self._begun_at:
            lost -= segments.count_lines(self._descriptor, self._begun_at, tail.size)
        self._lines_here -= lost
        self._offset, self._begun_at = tail.size, min(self._begun_at, tail.size)
        self._changed(
            f"the log was truncated from {before} to {size} bytes: {lost} records of this process were cut off", lost
        )

    def _changed(self, reason: str, lost: int) -> None:
        self.changes.append(Change(reason, lost))
        logger.warning("decision log: %s: %s; it goes on in the file of this name", self.file, reason)

    def _trouble(self, error: OSError) -> None:
        self.stats.failures += 1
        if not self._in_trouble:
            self._in_trouble = True
            logger.error("decision log: %s: %s; records wait in memory", self.file, error.strerror or error)

    def _tail(self) -> Tail:
        return segments.tail(self._descriptor)


def _status(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except FileNotFoundError:
        return None


def _open(file: Path) -> int:
    # To append, so that a file which is truncated at the wrong moment gets no hole.
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK | os.O_APPEND
    descriptor = os.open(file, flags, FILE_MODE)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "is no regular file", str(file))
    return descriptor


def _lock_file(file: Path) -> Path:
    return file.with_name(f"{file.name}.lock")


def _lock(file: Path) -> int:
    """Lock ``file.lock``: the file itself changes its name. The system lets go of the lock when the process ends."""
    descriptor = _open(_lock_file(file))
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise LogInUse(errno.EAGAIN, "another process writes this log", str(file)) from None
    return descriptor
