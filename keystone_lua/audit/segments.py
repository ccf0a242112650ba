"""The files of a decision log: their names, which of them belong together, and how each ends.

``FILE`` is being written; ``FILE.000001`` and so on are what it was before, oldest first, and never change, but that
each may become ``FILE.000001.gz`` or ``.zst`` (see compressed). The other workers of a server write ``FILE.w1``,
``FILE.w2`` and so on, with segments of their own; each is a chain. Scripts are in ``FILE.scripts``, shared by all.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from . import compressed
from .records import MAX_LINE

_BLOCK: Final = 1 << 16
_SEGMENT: Final = re.compile(r"(.+)\.(\d{6,})(?:\.gz|\.zst)?\Z")
_MOVED: Final = re.compile(r"(.+)[.-]\d+\Z")
_WORKER: Final = re.compile(r"(.+)\.w[1-9]\d*\Z")


def worker_file(file: Path, worker: int) -> Path:
    """The file that the server's process number ``worker`` writes, from 0."""
    return file.with_name(f"{file.name}.w{worker}") if worker else file


def archive_folder(file: Path) -> Path:
    """The folder of the scripts of any file of a log."""
    name = file.name
    if found := _SEGMENT.fullmatch(name):
        name = found[1]
    if found := _WORKER.fullmatch(name):
        name = found[1]
    return file.with_name(f"{name}.scripts")


def head_of(file: Path) -> Path:
    """The file that is written, of the chain that ``file`` is of."""
    found = _SEGMENT.fullmatch(file.name)
    return file.with_name(found[1]) if found else file


def scripts_of(file: Path) -> Path:
    """The folder of the scripts of a file that may have been moved: ``FILE.1``, ``FILE-20261130``."""
    folder = archive_folder(file)
    name = file.name
    while not folder.is_dir() and (found := _MOVED.fullmatch(name)):
        name = found[1]
        folder = archive_folder(file.with_name(name))
    return folder if folder.is_dir() else archive_folder(file)


def log_name(file: Path) -> str:
    """What the log's file was called when it was written: of a closed segment, and of one that has been moved."""
    name = head_of(file).name
    while found := _MOVED.fullmatch(name):
        name = found[1]
    return name


def segment(file: Path, number: int) -> Path:
    """Where ``file`` goes as segment ``number``, from 1."""
    return file.with_name(f"{file.name}.{number:06d}")


def segments(file: Path) -> list[Path]:
    """The closed segments of ``file``, oldest first. Of one that is just being compressed the file that was first."""
    found = [(_SEGMENT.fullmatch(path.name), path) for path in file.parent.glob(f"{_literal(file.name)}.*")]
    numbered = {int(match[2]): path for match, path in sorted(found, key=_longest) if match and match[1] == file.name}
    return [path for _, path in sorted(numbered.items())]


def _longest(found: tuple[re.Match[str] | None, Path]) -> int:
    return -len(found[1].name)


def number_of(segment: Path) -> int:
    """The number of a closed segment."""
    match = _SEGMENT.fullmatch(segment.name)
    assert match is not None
    return int(match[2])


def chains(file: Path) -> list[list[Path]]:
    """The chains of a log, each as its files in order. A closed segment stands for itself alone."""
    if _SEGMENT.fullmatch(file.name):
        return [[file]]
    # Where files were shipped to there is no file that is written: what is closed tells of a worker, too.
    others = {head_of(path) for path in file.parent.glob(f"{_literal(file.name)}.w*")}
    workers = [path for path in others if (match := _WORKER.fullmatch(path.name)) and match[1] == file.name]
    heads = [file, *sorted(workers, key=lambda path: int(path.name.rpartition(".w")[2]))]
    found = [[*segments(head), *([head] if head.exists() else [])] for head in heads]
    return [chain for chain in found if chain]


def _literal(name: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", name)


@dataclass(frozen=True, slots=True)
class Tail:
    """How a file ends: ``size`` bytes of whole lines, the ``last`` of them without its newline, ``torn`` bytes more."""

    size: int
    last: bytes
    torn: int


def tail(descriptor: int) -> Tail:
    """Read the end of an open file."""
    end = os.fstat(descriptor).st_size
    data = b""
    start = end
    while start and data.count(b"\n") < 2 and len(data) < MAX_LINE:
        step = min(_BLOCK, start)
        start -= step
        data = os.pread(descriptor, step, start) + data
    whole = data.rfind(b"\n") + 1
    last = data[: whole - 1].rpartition(b"\n")[2] if whole else b""
    torn = len(data) - whole
    return Tail(end - torn, last, torn)


def tail_of(file: Path, *, flushed: bool = False) -> Tail:
    """The same of a file, compressed or not; ``flushed``: once all of it is on disk. Raises `OSError`."""
    if compressed.is_compressed(file.name):
        return _compressed_tail(file)
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if flushed:
            os.fsync(descriptor)
        return tail(descriptor)
    finally:
        os.close(descriptor)


def _compressed_tail(file: Path) -> Tail:
    with file.open("rb") as stream:
        parts = list(compressed.members(stream, str(file)))
        data = b""
        for block in compressed.unpacked(stream, str(file), parts[-1].offset, parts[-1].size) if parts else ():
            kept = data[data.rfind(b"\n", 0, -1) + 1 :] if len(data) > MAX_LINE else data
            data = kept + block
        whole = data.rfind(b"\n") + 1
        return Tail(0, data[: whole - 1].rpartition(b"\n")[2] if whole else b"", len(data) - whole)


def count_lines(descriptor: int, start: int, end: int) -> int:
    """The newlines between two places of an open file."""
    count = 0
    while start < end and (data := os.pread(descriptor, min(_BLOCK, end - start), start)):
        count += data.count(b"\n")
        start += len(data)
    return count
