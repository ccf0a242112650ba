"""Closed segments compressed, in members that can be read each by itself: gzip (RFC 1952), or zstd (see zstd_members).

In: a segment. Out: the same lines in ``FILE.000001.gz``, which any gzip reads; and back, its bytes block by block. What
``compress`` writes has in each member's extra field how long the member is and how many lines are in it, so that a log
is cut into pieces without being unpacked. Others' gzip files have no such field and are one piece.

Refuses what is not what its name says, or not whole, with `OSError` that names the file. Whatever a file unpacks to,
no more than BLOCK bytes of it are held here at a time.
"""

from __future__ import annotations

import contextlib
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from . import zstd_members

SUFFIX: Final = ".gz"
SUFFIXES: Final = (SUFFIX, zstd_members.SUFFIX)
"""Of compressed files, by which each is known."""

MEMBER: Final = 1 << 20
"""Bytes of lines in a member, but for one line that is longer. A piece of a log: a tenth of a second of replay."""

BLOCK: Final = 1 << 20
"""Bytes that are unpacked at a time."""

LEVEL: Final = 6

_READ: Final = 1 << 16
_GZIP: Final = 31
"""zlib's window bits for gzip with the largest window."""

_HEAD: Final = struct.Struct("<4sIBBH2sHII")
"""Magic, method and flags; no time; no hint; unknown system; the extra field: its length, its name, the length of its
content: bytes of the member, lines."""
_MAGIC: Final = b"\x1f\x8b\x08\x04"
_NAME: Final = b"KL"
_CONTENT: Final = 8
_TRAILER: Final = struct.Struct("<II")


@dataclass(frozen=True, slots=True)
class Member:
    """A part of a compressed file that can be read by itself: ``size`` bytes from ``offset`` on.

    ``lines`` is 0 where nobody has noted it: then it is all that is left of the file.
    """

    offset: int
    size: int
    lines: int


def is_compressed(name: str) -> bool:
    """Whether a file of that name is."""
    return name.endswith(SUFFIXES)


def compress(source: Path, suffix: str = SUFFIX) -> Path:
    """Write ``source``, a closed segment, as ``source.gz``, flush it to disk, remove ``source``; return the new one.

    ``suffix`` is one of SUFFIXES. At any moment one of both is whole. Raises `OSError`.
    """
    target = source.with_name(source.name + suffix)
    member = zstd_members.member if suffix == zstd_members.SUFFIX else _member
    draft = source.with_name(f"{source.name}.new")
    with source.open("rb") as given, draft.open("wb") as made:
        os.fchmod(made.fileno(), 0o640)
        for lines, data in _parts(given):
            made.write(member(data, lines))
        made.flush()
        os.fsync(made.fileno())
    draft.rename(target)
    _flush_folder(target.parent)
    source.unlink()
    return target


def members(file: BinaryIO, name: str) -> Iterator[Member]:
    """The members of an open file, in order. Raises `OSError`."""
    end = os.fstat(file.fileno()).st_size
    read_head, longest = (
        (zstd_members.read_head, zstd_members.HEAD) if name.endswith(zstd_members.SUFFIX) else (_read_head, _HEAD.size)
    )
    offset = 0
    while offset < end:
        file.seek(offset)
        found = read_head(file.read(longest))
        if found is None:
            yield Member(offset, end - offset, 0)
            return
        size, lines = found
        if not longest < size <= end - offset:
            raise OSError(f"{name}: is not whole: a part of {size} bytes at byte {offset}")
        yield Member(offset, size, lines)
        offset += size


def unpacked(file: BinaryIO, name: str, offset: int, size: int) -> Iterator[bytes]:
    """The bytes that ``size`` bytes from ``offset`` on are made of, block by block. Raises `OSError`."""
    file.seek(offset)
    if name.endswith(zstd_members.SUFFIX):
        yield from zstd_members.unpacked(file, name, size, BLOCK)
        return
    machine, begun = zlib.decompressobj(_GZIP), False
    waiting, left = b"", size
    while left or waiting:
        if not waiting:
            waiting = file.read(min(left, _READ))
            if not waiting:
                raise OSError(f"{name}: became shorter while it was read")
            left -= len(waiting)
        try:
            begun = True
            made = machine.decompress(waiting, BLOCK)
        except zlib.error as error:
            raise OSError(f"{name}: is damaged, or no gzip: {error}") from None
        waiting = machine.unconsumed_tail
        if machine.eof:
            waiting, machine, begun = machine.unused_data, zlib.decompressobj(_GZIP), False
        if made:
            yield made
    if begun:
        raise OSError(f"{name}: is not whole: it ends within a part")


def _parts(given: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Whole lines, some MEMBER bytes at a time, with their number."""
    lines: list[bytes] = []
    size = 0
    for line in given:
        lines.append(line)
        size += len(line)
        if size >= MEMBER:
            yield len(lines), b"".join(lines)
            lines, size = [], 0
    if lines:
        yield len(lines), b"".join(lines)


def _read_head(head: bytes) -> tuple[int, int] | None:
    """Bytes and lines of the member that begins with ``head``; None for one of others."""
    found = _HEAD.unpack(head) if len(head) == _HEAD.size else None
    if found is None or found[0] != _MAGIC or found[5:7] != (_NAME, _CONTENT):
        return None
    return int(found[7]), int(found[8])


def _member(data: bytes, lines: int) -> bytes:
    machine = zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
    packed = machine.compress(data) + machine.flush()
    size = _HEAD.size + len(packed) + _TRAILER.size
    head = _HEAD.pack(_MAGIC, 0, 0, 255, 4 + _CONTENT, _NAME, _CONTENT, size, lines)
    return head + packed + _TRAILER.pack(zlib.crc32(data), len(data) & 0xFFFFFFFF)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):  # some file systems cannot
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
