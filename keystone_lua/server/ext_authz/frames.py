"""What h2 is given: whole frames, of a usual size, whose heads are bounded.

In: bytes as they arrive. Out: bytes of whole frames. Refuses, with `BadFrames`, what does not begin as HTTP/2 does, a
frame that claims to be larger than was agreed, a head that is too large, frames without end that make no call.

By itself h2 collects as many bytes as a frame's length claims, 16 MiB, before it looks whether that was agreed; and 64
pieces of a head, 1 MiB, before it unpacks them.
"""

from __future__ import annotations

from typing import Final

FRAME_BYTES: Final = 1 << 14
"""Of a frame: HTTP/2's own limit unless it is raised (RFC 9113, 4.2)."""

FIELDS_BYTES: Final = 1 << 14
"""Of the header fields of a call, packed and unpacked. Those of the request that is asked about are in its message."""

TOGETHER: Final = 1 << 16
MOST_FRAMES: Final = 128
"""Bytes that are given at a time, and a frame more; frames. Others have a turn of the event loop in between: 64 KiB of
settings held it for 0.3 s."""

MOST_IDLE: Final = 10_000
"""Frames without a whole call: settings, pings, calls that are taken back."""

PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
"""What a client's bytes begin with (RFC 9113, 3.4)."""

_HEAD: Final = 9
"""Bytes before a frame: length, type, flags, stream."""
_HEADERS: Final = 1
_CONTINUATION: Final = 9
_END_HEADERS: Final = 4


class BadFrames(Exception):
    """Bytes that h2 is not given."""


class Frames:
    """The bytes of one connection. `len` is how many wait for the rest of their frame."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._greeted = False
        self._head = 0
        """Bytes of the head of which pieces are missing."""
        self._idle = 0

    def __len__(self) -> int:
        return len(self._received)

    def add(self, data: bytes) -> None:
        """More has arrived."""
        self._received += data

    def called(self) -> None:
        """They made a whole call."""
        self._idle = 0

    def take(self) -> bytes:
        """Whole frames, if there are any. Raises `BadFrames`."""
        received = self._received
        size, at = len(received), 0
        if not self._greeted:
            if not PREFACE.startswith(received[: len(PREFACE)]):
                raise BadFrames("no HTTP/2")
            if size < len(PREFACE):
                return b""
            self._greeted, at = True, len(PREFACE)
        for _ in range(MOST_FRAMES):
            if size - at < _HEAD or at >= TOGETHER:
                break
            length = received[at] << 16 | received[at + 1] << 8 | received[at + 2]
            if length > FRAME_BYTES:
                raise BadFrames(f"a frame of {length} bytes")
            end = at + _HEAD + length
            if end > size:
                break
            self._count(received[at + 3], received[at + 4], length)
            at = end
        data = bytes(received[:at])
        del received[:at]
        return data

    def _count(self, kind: int, flags: int, length: int) -> None:
        self._idle += 1
        if self._idle > MOST_IDLE:
            raise BadFrames(f"{MOST_IDLE} frames and no call")
        if kind in (_HEADERS, _CONTINUATION):
            self._head += length + _HEAD
            if self._head > FIELDS_BYTES:
                raise BadFrames(f"header fields of more than {FIELDS_BYTES} bytes")
            if flags & _END_HEADERS:
                self._head = 0
        elif self._head:
            raise BadFrames(f"a frame of type {kind} between the pieces of a head")
