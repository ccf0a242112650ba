"""A log of any size, cut into pieces that all processors work on, and put together again in order.

In: files, and a `Task` that makes something of a piece's lines. Out: what it made, piece by piece, in order. A worker
process reads its piece itself, so nothing large goes between processes; a small log is read in this one.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

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

    def lines(self) -> Iterator[tuple[int, bytes, bool]]:
        """Each line's number, its bytes without the newline, and whether it is whole."""
        with Path(self.file).open("rb") as file:
            file.seek(self.offset)
            data = file.read(self.size)
        number = self.line
        start = 0
        while start < len(data):
            end = data.find(b"\n", start)
            yield number, data[start : end if end >= 0 else len(data)], end >= 0
            start = end + 1 if end >= 0 else len(data)
            number += 1


class Task(Protocol[Made]):
    """What is done with a piece. Goes to other processes, so it is plain data."""

    def __call__(self, piece: Piece) -> Made:
        """Work on one piece."""


def pieces(file: Path, size: int = PIECE) -> Iterator[Piece]:
    """Cut a file at the ends of lines. What is written to it meanwhile is left out. Raises `OSError`."""
    with file.open("rb") as stream:
        end = os.fstat(stream.fileno()).st_size
        offset, line = 0, 1
        while offset < end:
            length, lines = 0, 0
            while offset + length < end and not lines:
                if length > MAX_LINE:
                    raise OSError(f"{file}:{line}: a line of more than {MAX_LINE} bytes")
                stream.seek(offset + length)
                data = stream.read(min(size, end - offset - length))
                cut = data.rfind(b"\n") + 1
                lines = data.count(b"\n")
                length += cut or len(data)
            yield Piece(str(file), offset, length, line)
            offset += length
            line += lines


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
    with ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(task,)) as pool:
        yield from pool.map(_run, parts)


_task: list[Task[Any]] = []


def _begin(task: Task[Any]) -> None:
    _task[:] = [task]


def _run(piece: Piece) -> Any:
    return _task[0](piece)
