"""A log of any size, read in pieces by all processors, here or elsewhere; what they find comes back in order.

In: files, and a `Task` that makes something of a piece's lines. Out: what it made, piece by piece, in order. Whoever
works on a piece reads it, so nothing large passes between processes, and nobody reads a whole file to cut it: a piece
is a range of bytes, and its lines are those that begin there, numbered from 1. A small log is read in this process.

A process that dies costs its pieces again, and not the run. Raises `OSError`.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final, Generic, NamedTuple, Protocol, TypeVar

from ..untrusted.files import FileError, open_regular
from . import compressed
from .notes import VERSIONS
from .records import MAX_LINE

PIECE: Final = 1 << 19
"""Bytes: some 600 records."""

SMALL: Final = 1 << 20
"""Bytes of a log that are read sooner than other processes start."""

AHEAD: Final = 256
"""Pieces that are given away before the first of them is done: their results wait here until it is their turn."""

MAX_DEATHS: Final = 3
"""Processes that may end from outside before a piece is done; a piece that ends each of them is no accident."""

_BLOCK: Final = 1 << 16

Progress = Callable[[int, int], None]
"""Told the bytes done and the bytes in all."""

Made = TypeVar("Made", covariant=True)
Result = TypeVar("Result")


class Line(NamedTuple):
    """One line of a piece. ``number`` counts from 1; ``whole``: it has its newline, which ``data`` has not."""

    number: int
    data: bytes
    whole: bool = True
    long: str = ""
    """The hash of a line of more than MAX_LINE bytes, which nobody has to hold: ``data`` is empty then."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The lines that begin within ``size`` bytes from ``offset`` on. Of the file, ``end`` bytes are read."""

    file: str
    offset: int
    size: int
    end: int
    packed: bool = False
    """Whether the bytes are compressed: then they are all that is read of the file."""

    def lines(self) -> Iterator[Line]:
        """The lines, in order; the last one of a file may be torn. Raises `OSError`."""
        with _opened(self.file) as file:
            if self.packed:
                yield from _split(compressed.unpacked(file, self.file, self.offset, self.size))
            else:
                yield from _split(self._blocks(file))

    def _blocks(self, file: BinaryIO) -> Iterator[bytes]:
        """The bytes of the lines."""
        begun = not self.offset  # else the first line begins behind the first newline, from the byte before on
        file.seek(self.offset - (not begun))
        place, last = file.tell(), b""
        while place < self.offset + self.size:
            data = self._read(file, self.offset + self.size - place)
            place += len(data)
            if not begun:
                cut = data.find(b"\n") + 1
                begun, data = cut > 0, data[cut:] if cut else b""
            if data:
                last = data
                yield data
        while place < self.end and last and not last.endswith(b"\n"):
            last = self._read(file, min(_BLOCK, self.end - place))
            place += len(last)
            last = last[: last.find(b"\n") + 1] or last
            yield last

    def _read(self, file: BinaryIO, size: int) -> bytes:
        data = file.read(size)
        if not data:
            raise OSError(f"{self.file}: became shorter while it was read")
        return data


def _split(blocks: Iterator[bytes]) -> Iterator[Line]:
    number, rest = 1, b""
    digest = None
    """Of a line that is too long, what it hashes to so far."""
    for block in blocks:
        if digest is not None:
            end = block.find(b"\n")
            digest.update(block[: end if end >= 0 else len(block)])
            if end < 0:
                continue
            yield Line(number, b"", long=digest.hexdigest())
            number, digest, rest = number + 1, None, block[end + 1 :]
        else:
            rest += block
        *lines, rest = rest.split(b"\n")
        for line in lines:
            yield Line(number, line) if len(line) <= MAX_LINE else Line(number, b"", long=_hash(line))
            number += 1
        if len(rest) > MAX_LINE:
            digest, rest = hashlib.sha256(rest), b""
    if digest is not None:
        yield Line(number, b"", whole=False, long=digest.hexdigest())
    elif rest:
        yield Line(number, rest, whole=False)


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


class Task(Protocol[Made]):
    """What is done with a piece. Goes to other processes, so it is plain data."""

    def __call__(self, piece: Piece) -> Made:
        """Work on one piece."""


def pieces(file: Path, size: int = PIECE) -> Iterator[Piece]:
    """Cut a file. What is written to it meanwhile is left out. Raises `OSError`."""
    with _opened(str(file)) as stream:
        if compressed.is_compressed(file.name):
            for member in compressed.members(stream, str(file)):
                yield Piece(str(file), member.offset, member.size, member.offset + member.size, packed=True)
            return
        end = os.fstat(stream.fileno()).st_size
    for offset in range(0, end, size):
        yield Piece(str(file), offset, min(size, end - offset), end)


def _opened(file: str) -> BinaryIO:
    """A regular file: of a pipe nobody knows the size, and it can be read only once. Raises `OSError`."""
    try:
        return open_regular(file)
    except FileError as error:
        raise OSError(f"cannot read {file}: {error}") from None


@dataclass(frozen=True, slots=True)
class Workers:
    """Who works: ``executor``, whose workers see the same files under the same names; else processes of this machine,
    one for each processor unless ``processes`` says otherwise."""

    processes: int | None = None
    executor: Executor | None = None


def work(
    task: Task[Made], parts: Sequence[Piece], workers: Workers = Workers(), progress: Progress | None = None
) -> Iterator[Made]:
    """Give every piece to ``task``. Results come in order."""
    total = sum(part.size for part in parts)
    done = 0
    for part, made in zip(parts, _made(task, parts, workers, total), strict=True):
        yield made
        done += part.size
        if progress is not None:
            progress(done, total)


def _made(task: Task[Made], parts: Sequence[Piece], workers: Workers, total: int) -> Iterator[Made]:
    if workers.executor is not None:
        yield from _ordered(_Lent(workers.executor, task), parts)
        return
    count = min(workers.processes or os.cpu_count() or 1, len(parts))
    if count <= 1 or total <= SMALL:
        yield from map(task, parts)
        return
    yield from _ordered(_Local(count, task), parts)


class _Crew(Protocol[Result]):
    """Who may be given pieces."""

    def give(self, piece: Piece) -> Future[Result]:
        """Have somebody work on a piece."""

    def died(self) -> bool:
        """Some of them died: say whether there are others now."""

    def leave(self, *, at_once: bool) -> None:
        """There are no more pieces, or nobody wants the results."""


@dataclass(slots=True)
class _Given(Generic[Result]):
    """A piece that somebody works on, unless ``future`` is None: then it has to be given away again."""

    piece: Piece
    future: Future[Result] | None = None


def _ordered(crew: _Crew[Result], parts: Sequence[Piece]) -> Iterator[Result]:
    left, given = iter(parts), deque[_Given[Result]]()
    deaths, at_once = 0, True
    try:
        while True:
            given.extend(map(_Given, islice(left, AHEAD - len(given))))
            if not given:
                break
            try:
                for each in given:
                    each.future = each.future or crew.give(each.piece)
                made = given[0].future.result()  # type: ignore[union-attr]
            except (BrokenProcessPool, CancelledError):
                deaths += 1
                if deaths > MAX_DEATHS or not crew.died():
                    raise OSError(_DEATHS) from None
                for each in given:
                    each.future = each.future if _is_done(each.future) else None
                continue
            given.popleft()
            deaths = 0
            yield made
        at_once = False
    finally:
        for each in given:
            if each.future is not None:
                each.future.cancel()
        crew.leave(at_once=at_once)


_DEATHS: Final = (
    "processes that read the log were ended from outside, again and again; they may have had too little memory"
)


def _is_done(future: Future[Any] | None) -> bool:
    return future is not None and future.done() and not future.cancelled() and future.exception() is None


class _Lent:
    """Somebody else's executor, who mends it himself."""

    def __init__(self, executor: Executor, task: Task[Any]) -> None:
        self._executor = executor
        self._task = task

    def give(self, piece: Piece) -> Future[Any]:
        return self._executor.submit(_lent, VERSIONS, self._task, piece)

    def died(self) -> bool:
        return False

    def leave(self, *, at_once: bool) -> None:
        pass


def _lent(versions: str, task: Task[Any], piece: Piece) -> Any:
    if versions != VERSIONS:
        raise OSError(f"a worker has another version of the engine: {VERSIONS}, not {versions}")
    return task(piece)


class _Local:
    """Processes of this machine."""

    def __init__(self, count: int, task: Task[Any]) -> None:
        self._count = count
        self._task = task
        self._pool = self._begin()

    def _begin(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._count, mp_context=context, initializer=_begin, initargs=(self._task,))

    def give(self, piece: Piece) -> Future[Any]:
        return self._pool.submit(_run, piece)

    def died(self) -> bool:
        self._pool.shutdown(cancel_futures=True)
        self._pool = self._begin()
        return True

    def leave(self, *, at_once: bool) -> None:
        if at_once:  # Ctrl-C above all: nobody waits for the pieces that are under way
            for process in multiprocessing.active_children():
                process.terminate()
        self._pool.shutdown(cancel_futures=True)


_task: list[Task[Any]] = []


def _begin(task: Task[Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the terminal sends it to every process; one traceback is too many
    _task[:] = [task]


def _run(piece: Piece) -> Any:
    return _task[0](piece)
