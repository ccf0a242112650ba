"""A log of any size, read in pieces by all processors; what they find comes back in order.

In: files, and a `Task` that makes something of a piece's lines. Out: what it made, piece by piece, in order. A worker
process reads its piece itself, so nothing large passes between processes; a small log is read in this process.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol, TypeVar

from ..untrusted.files import FileError, open_regular
from . import compressed
from .records import MAX_LINE

PIECE: Final = 1 << 19
"""Bytes: some 600 records."""

SMALL: Final = 1 << 20
"""Bytes of a log that are read sooner than other processes start."""

Progress = Callable[[int, int], None]
"""Told the bytes done and the bytes in all."""

Made = TypeVar("Made", covariant=True)


@dataclass(frozen=True, slots=True)
class Piece:
    """``size`` bytes of whole lines, but for a torn last one; ``line`` is the number of the first, from 1."""

    file: str
    offset: int
    size: int
    line: int
    too_long: bool = False
    """Whether it is one line of more than MAX_LINE bytes: nobody has to hold that, and ``hash`` is what it is for."""
    packed: bool = False
    """Whether the bytes are gzip."""

    def lines(self) -> Iterator[tuple[int, bytes, bool]]:
        """Each line's number, its bytes without the newline, and whether it is whole. Raises `OSError`."""
        if self.packed:
            yield from self._packed_lines()
            return
        data = b"".join(self._blocks(self.size))
        number = self.line
        start = 0
        while start < len(data):
            end = data.find(b"\n", start)
            yield number, data[start : end if end >= 0 else len(data)], end >= 0
            start = end + 1 if end >= 0 else len(data)
            number += 1

    def _packed_lines(self) -> Iterator[tuple[int, bytes, bool]]:
        number, rest = self.line, b""
        with _opened(self.file) as file:
            for block in compressed.unpacked(file, self.file, self.offset, self.size):
                *lines, rest = (rest + block).split(b"\n")
                for line in lines:
                    yield number, line, True
                    number += 1
                if len(rest) > MAX_LINE:
                    raise OSError(f"{self.file}: line {number} has more than {MAX_LINE} bytes")
        if rest:
            yield number, rest, False

    def hash(self) -> str:
        """SHA-256 of the bytes without the last newline, read block by block. Raises `OSError`."""
        digest = hashlib.sha256()
        block = b""
        for following in self._blocks(PIECE):
            digest.update(block)
            block = following
        digest.update(block.removesuffix(b"\n"))
        return digest.hexdigest()

    def _blocks(self, size: int) -> Iterator[bytes]:
        with _opened(self.file) as file:
            file.seek(self.offset)
            left = self.size
            while left:
                data = file.read(min(left, size))
                if not data:
                    raise OSError(f"{self.file}: became shorter while it was read")
                yield data
                left -= len(data)


class Task(Protocol[Made]):
    """What is done with a piece. Goes to other processes, so it is plain data."""

    def __call__(self, piece: Piece) -> Made:
        """Work on one piece."""


def pieces(file: Path, size: int = PIECE) -> Iterator[Piece]:
    """Cut a file at the ends of lines. What is written to it meanwhile is left out. Raises `OSError`."""
    with _opened(str(file)) as stream:
        if file.name.endswith(compressed.SUFFIX):
            yield from _packed_pieces(stream, str(file))
            return
        end = os.fstat(stream.fileno()).st_size
        offset, line = 0, 1
        while offset < end:
            length, lines = 0, 0
            while offset + length < end and not lines:
                stream.seek(offset + length)
                data = stream.read(min(size, end - offset - length))
                if not data:
                    raise OSError(f"{file}: became shorter while it was read")
                # Of what follows the begin of a long line, only that line's own end: it is a piece for itself.
                cut = (data.find(b"\n") if length + size > MAX_LINE else data.rfind(b"\n")) + 1
                lines = data.count(b"\n", 0, cut)
                length += cut or len(data)
            yield Piece(str(file), offset, length, line, too_long=length > MAX_LINE + 1 and lines <= 1)
            offset += length
            line += lines


def _packed_pieces(stream: BinaryIO, file: str) -> Iterator[Piece]:
    line = 1
    for member in compressed.members(stream, file):
        yield Piece(file, member.offset, member.size, line, packed=True)
        line += member.lines


def _opened(file: str) -> BinaryIO:
    """A regular file: of a pipe nobody knows the size, and it can be read only once. Raises `OSError`."""
    try:
        return open_regular(file)
    except FileError as error:
        raise OSError(f"cannot read {file}: {error}") from None


def work(
    task: Task[Made], parts: Sequence[Piece], processes: int | None = None, progress: Progress | None = None
) -> Iterator[Made]:
    """Give every piece to ``task``, on all processors unless ``processes`` says otherwise. Results come in order."""
    total = sum(part.size for part in parts)
    done = 0
    for part, made in zip(parts, _made(task, parts, processes, total), strict=True):
        yield made
        done += part.size
        if progress is not None:
            progress(done, total)


def _made(task: Task[Made], parts: Sequence[Piece], processes: int | None, total: int) -> Iterator[Made]:
    count = min(processes or os.cpu_count() or 1, len(parts))
    if count <= 1 or total <= SMALL:
        yield from map(task, parts)
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(task,))
    try:
        yield from pool.map(_run, parts)
    except BrokenProcessPool:
        raise OSError("a process that read the log was ended from outside; it may have had too little memory") from None
    except BaseException:  # Ctrl-C above all: nobody waits for the pieces that are under way
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


_task: list[Task[Any]] = []


def _begin(task: Task[Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the terminal sends it to every process; one traceback is too many
    _task[:] = [task]


def _run(piece: Piece) -> Any:
    return _task[0](piece)
