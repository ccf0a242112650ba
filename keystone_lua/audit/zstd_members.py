"""Segments as zstd (RFC 8878): 0.87 of gzip's size, an eighth of its processor time, and a package of native code.

In: lines. Out: a member: a skippable frame (3.1.2), which every zstd passes over, that says how long the member is and
how many lines are in it, and a frame with the lines; and back. Others' files have no such frame and are one piece.

Needs Python 3.14, or the package ``backports.zstd``, which is the same. Refuses, with `OSError`, to do without.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

SUFFIX: Final = ".zst"

LEVEL: Final = 1
"""Of records, higher ones make no less until the ninth, which takes ten times as long."""

WINDOW_LOG: Final = 23
"""8 MiB of memory for a frame, whoever wrote it; what ``zstd`` writes without --long or --ultra needs no more."""

_READ: Final = 1 << 16

_HEAD: Final = struct.Struct("<II2sII")
"""Magic, the length of what follows: a name, bytes of the member, lines."""
HEAD: Final = _HEAD.size
_MAGIC: Final = 0x184D2A5A
_NAME: Final = b"KL"
_CONTENT: Final = _HEAD.size - 8


def member(data: bytes, lines: int) -> bytes:
    """A member of so many lines. Raises `OSError`."""
    library = _library("a .zst")
    options = {library.CompressionParameter.compression_level: LEVEL, library.CompressionParameter.checksum_flag: 1}
    packed: bytes = library.compress(data, options=options)
    return _HEAD.pack(_MAGIC, _CONTENT, _NAME, HEAD + len(packed), lines) + packed


def read_head(head: bytes) -> tuple[int, int] | None:
    """Bytes and lines of the member that begins with ``head``; None for one of others."""
    found = _HEAD.unpack(head) if len(head) == HEAD else None
    if found is None or found[:3] != (_MAGIC, _CONTENT, _NAME):
        return None
    return int(found[3]), int(found[4])


def unpacked(file: BinaryIO, name: str, size: int, block: int) -> Iterator[bytes]:
    """What the next ``size`` bytes are made of, ``block`` bytes at the most at a time. Raises `OSError`."""
    library = _library(name)
    options = {library.DecompressionParameter.window_log_max: WINDOW_LOG}
    machine, begun = library.ZstdDecompressor(options=options), False
    waiting, left = b"", size
    while waiting or left or not machine.needs_input:
        if not waiting and machine.needs_input:
            waiting = file.read(min(left, _READ))
            if not waiting:
                raise OSError(f"{name}: became shorter while it was read")
            left -= len(waiting)
        try:
            made, waiting, begun = machine.decompress(waiting, block), b"", True
        except library.ZstdError as error:
            raise OSError(f"{name}: is damaged, or no zstd: {error}") from None
        if machine.eof:
            waiting, begun = machine.unused_data, False
            machine = library.ZstdDecompressor(options=options)
        if made:
            yield made
    if begun:
        raise OSError(f"{name}: is not whole: it ends within a part")


def _library(name: str) -> Any:
    try:
        from compression import zstd  # Python 3.14
    except ImportError:
        try:
            from backports import zstd
        except ImportError:
            raise OSError(f"{name}: zstd needs Python 3.14, or pip install 'keystone-lua[zstd]'") from None
    return zstd
