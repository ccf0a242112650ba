"""The one reader of files that others wrote: scripts, cases, logs, archives, tenant files, requests.

In: a path. Out: its bytes, or an open file. Raises `FileError` for what is no regular file (a FIFO would hang, a
device has no end) and for a file that is larger than the caller allows, before anything is read. ``found_in`` lists a
folder's files by the same rules and says what it passed over.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

MAX_FILE: Final = 16 << 20
"""Bytes of a file where its reader has no limit of its own: the largest request that a server is usually told to take
is a sixteenth of it."""

_FLAGS: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY  # opening a FIFO would wait for a writer


class FileError(Exception):
    """A file that cannot be used. The text says why, in one line, and does not name it."""


def open_regular(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a regular file to read it, unbuffered. Raises `FileError`."""
    try:
        descriptor = os.open(path, _FLAGS)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise FileError(reason(error)) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        os.close(descriptor)
        raise FileError(os.strerror(errno.EISDIR) if is_folder else "is no regular file")
    return open(descriptor, "rb", buffering=0)  # noqa: PTH123  # the caller closes it


def read_regular(path: str | os.PathLike[str], limit: int = MAX_FILE) -> bytes:
    """A regular file's bytes, at most ``limit``. Raises `FileError`."""
    with open_regular(path) as file:
        if os.fstat(file.fileno()).st_size > limit:
            raise FileError(f"is larger than {limit} bytes")
        return read_stream(file, limit)


def read_stream(stream: BinaryIO, limit: int = MAX_FILE) -> bytes:
    """All that a stream has to give, at most ``limit`` bytes. Raises `FileError`."""
    parts: list[bytes] = []
    left = limit + 1
    try:
        while left and (part := stream.read(min(left, 1 << 20))):
            parts.append(part)
            left -= len(part)
    except OSError as error:
        raise FileError(reason(error)) from None
    if not left:
        raise FileError(f"is larger than {limit} bytes")
    return b"".join(parts)


def reason(error: Exception) -> str:
    """Why the system refused, without the file's name."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


@dataclass(frozen=True, slots=True)
class Found:
    """The files of a folder, sorted, and what was passed over with the reason."""

    files: list[Path] = field(default_factory=list)
    odd: list[tuple[Path, str]] = field(default_factory=list)


def found_in(folder: Path, suffixes: tuple[str, ...], skipped: frozenset[str] = frozenset()) -> Found:
    """The regular files below ``folder`` whose names end so, without hidden ones and folders called as in ``skipped``.

    Linked folders are not entered. Raises `FileError` if the folder itself cannot be listed.
    """
    found = Found()
    for path in _named(folder, suffixes, skipped, found.odd):
        if not path.name.isprintable():
            found.odd.append((path, "the file name is no printable UTF-8"))
            continue
        try:
            mode = path.stat().st_mode
        except OSError as error:
            found.odd.append((path, f"cannot be read: {reason(error)}"))
            continue
        if stat.S_ISREG(mode):
            found.files.append(path)
        else:
            found.odd.append((path, "is no regular file"))
    return found


def _named(
    folder: Path, suffixes: tuple[str, ...], skipped: frozenset[str], odd: list[tuple[Path, str]]
) -> Iterator[Path]:
    def cannot_list(error: OSError) -> None:
        if Path(error.filename) == folder:
            raise FileError(f"cannot be listed: {reason(error)}")
        odd.append((Path(error.filename), f"cannot be listed: {reason(error)}"))

    listed: list[Path] = []
    for place, folders, files in os.walk(folder, onerror=cannot_list):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in skipped]
        odd += [
            (Path(place, name), "linked folders are not followed") for name in folders if Path(place, name).is_symlink()
        ]
        listed += [Path(place, name) for name in files if name.endswith(suffixes) and not name.startswith(".")]
    yield from sorted(listed)
