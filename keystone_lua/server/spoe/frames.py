"""Frames of HAProxy's Stream Processing Offload Protocol, version 2.0 (HAProxy's doc/SPOE.txt, section 3).

In: the bytes of one frame, or what a frame is to say. Out: a `Frame` with its payload, names and typed values; or
bytes. Raises `BadFrame` for what ends too soon, and for numbers of more than 64 bits. Every loop is bounded by a
count that the caller names or by the bytes that are there; nothing is allocated because a peer claims a length.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Final, NamedTuple

HAPROXY_HELLO: Final = 1
HAPROXY_DISCONNECT: Final = 2
NOTIFY: Final = 3
UNSET: Final = 0
"""The type of the later pieces of a NOTIFY in pieces."""
AGENT_HELLO: Final = 101
AGENT_DISCONNECT: Final = 102
ACK: Final = 103

FIN: Final = 1
"""A flag: the frame is whole, or the last piece."""
ABORT: Final = 2
"""A flag: the pieces before are void."""

NORMAL: Final = 0
TIMEOUT: Final = 2
TOO_BIG: Final = 3
INVALID: Final = 4
NO_VERSION: Final = 5
NO_FRAME_SIZE: Final = 6
NO_CAPABILITIES: Final = 7
BAD_VERSION: Final = 8
BAD_FRAME_SIZE: Final = 9
INTERLACED: Final = 11
UNKNOWN_FRAME: Final = 12
NO_RESOURCES: Final = 13
UNKNOWN: Final = 99
"""Reasons for the end of a connection, with the numbers of the protocol."""

LENGTH: Final = 4
"""Bytes of a frame's length, which stands before it."""

SHORTEST: Final = 7
"""Bytes of a frame: type, flags, two numbers."""

_LAST_SHIFT: Final = 60
"""Of the last byte of a number of 64 bits."""

Value = bool | int | str | bytes | None
"""What a typed value is: text for STRING, bytes for BINARY, an address as text."""


class BadFrame(Exception):
    """A frame that is none. ``code`` is the protocol's."""

    def __init__(self, text: str, code: int = INVALID) -> None:
        super().__init__(text)
        self.code = code


class Frame(NamedTuple):
    """One frame; ``data`` from ``at`` on is its payload."""

    kind: int
    flags: int
    stream: int
    number: int
    data: bytes
    at: int


def frame_of(data: bytes) -> Frame:
    """Read a frame, without its length. Raises `BadFrame`."""
    if len(data) < SHORTEST:
        raise BadFrame("a frame of less than 7 bytes")
    stream, at = number_at(data, 5)
    number, at = number_at(data, at)
    return Frame(data[0], int.from_bytes(data[1:5], "big"), stream, number, data, at)


def number_at(data: bytes, at: int) -> tuple[int, int]:
    """A number, and where it ends. Raises `BadFrame`."""
    try:
        byte = data[at]
        at += 1
        if byte < 240:
            return byte, at
        value, shift = byte, 4
        while True:
            byte = data[at]
            at += 1
            value += byte << shift
            if byte < 128:
                break
            shift += 7
            if shift > _LAST_SHIFT:
                raise BadFrame("a number of more than 64 bits")
    except IndexError:
        raise BadFrame("a number without an end") from None
    if value >> 64:
        raise BadFrame("a number of more than 64 bits")
    return value, at


def bytes_at(data: bytes, at: int) -> tuple[bytes, int]:
    """Bytes behind their length, and where they end. Raises `BadFrame`."""
    size, at = number_at(data, at)
    end = at + size
    if end > len(data):
        raise BadFrame("a text that is longer than its frame")
    return data[at:end], end


def value_at(data: bytes, at: int) -> tuple[Value, int]:
    """A typed value, and where it ends. Raises `BadFrame`."""
    if at >= len(data):
        raise BadFrame("a value without a type")
    kind = data[at] & 15
    at += 1
    if kind == 8:
        text, at = bytes_at(data, at)
        return text.decode("utf-8", "surrogateescape"), at
    if kind == 9:
        return bytes_at(data, at)
    if kind in _SIGNED:
        number, at = number_at(data, at)
        return (number - (1 << 64) if number >> 63 else number), at
    if kind in _UNSIGNED:
        return number_at(data, at)
    if kind == 1:
        return bool(data[at - 1] & 16), at
    if kind == 0:
        return None, at
    size = _ADDRESSES.get(kind)
    if size is None:
        raise BadFrame(f"a value of the unknown type {kind}")
    if at + size > len(data):
        raise BadFrame("an address that is longer than its frame")
    return _address(data[at : at + size]), at + size


_address: Final = lru_cache(1024)(lambda data: str(ipaddress.ip_address(data)))

_SIGNED: Final = frozenset({2, 4})
_UNSIGNED: Final = frozenset({3, 5})
_ADDRESSES: Final = {6: 4, 7: 16}


def values_at(data: bytes, at: int, count: int) -> tuple[dict[str, Value], int]:
    """So many names and values, and where they end. Raises `BadFrame`.

    The usual ones, texts of less than 240 bytes, without a call for each number and text: a third of the time.
    """
    made: dict[str, Value] = {}
    last = len(data) - 1
    for _ in range(count):
        if at >= last:
            raise BadFrame("fewer values than announced")
        end = at + 1 + data[at]
        if end >= last or data[at] >= LONG:
            named, end = bytes_at(data, at)
            made[_name(named)], at = value_at(data, end)
            continue
        name = _NAMES.get(data[at + 1 : end]) or _name(data[at + 1 : end])
        if data[end] == _STRING and (size := data[end + 1]) < LONG and end + 2 + size <= last + 1:
            at = end + 2 + size
            try:
                made[name] = data[end + 2 : at].decode()  # a third of the time of the same with a word on errors
            except UnicodeDecodeError:
                made[name] = data[end + 2 : at].decode("utf-8", "surrogateescape")
        else:
            made[name], at = value_at(data, end)
    return made, at


LONG: Final = 240
"""Of a length, the least that takes more than one byte."""
_STRING: Final = 8

_NAMES: Final[dict[bytes, str]] = {}
"""Names of values, as they were sent: configurations have few."""
_MOST_NAMES: Final = 1024


def _name(data: bytes) -> str:
    name = data.decode("utf-8", "replace")
    if len(data) < LONG:
        if len(_NAMES) >= _MOST_NAMES:
            _NAMES.clear()
        _NAMES[data] = name
    return name


def pairs_at(data: bytes, at: int, most: int) -> dict[str, Value]:
    """Names and values up to the end, at most ``most``. Raises `BadFrame`."""
    made: dict[str, Value] = {}
    while at < len(data):
        name, at = bytes_at(data, at)
        made[name.decode("ascii", "replace")], at = value_at(data, at)
        if len(made) > most:
            raise BadFrame(f"more than {most} names")
    return made


# written


def number(value: int) -> bytes:
    """A number as bytes."""
    if value < 240:
        return bytes((value,))
    made = bytearray((value & 15 | 240,))
    value = (value - 240) >> 4
    while value >= 128:
        made.append(value & 127 | 128)
        value = (value - 128) >> 7
    made.append(value)
    return bytes(made)


def text(value: bytes) -> bytes:
    """Bytes behind their length."""
    return number(len(value)) + value


def string_value(value: str) -> bytes:
    """A typed text."""
    return b"\x08" + text(value.encode())


def whole_value(value: int) -> bytes:
    """A typed number, not negative, of 32 bits."""
    return b"\x03" + number(value)


TRUE_VALUE: Final = b"\x11"

_HEAD: Final = b"\0\0\0\1"
"""The flags of a whole frame."""


def frame(kind: int, stream: int, count: int, payload: bytes) -> bytes:
    """A whole frame behind its length."""
    body = bytes((kind,)) + _HEAD + number(stream) + number(count) + payload
    return len(body).to_bytes(LENGTH, "big") + body


def hello(frame_size: int, capabilities: str) -> bytes:
    """The agent's HELLO."""
    payload = text(b"version") + string_value("2.0")
    payload += text(b"max-frame-size") + whole_value(frame_size)
    return frame(AGENT_HELLO, 0, 0, payload + text(b"capabilities") + string_value(capabilities))


def disconnect(code: int, reason: str) -> bytes:
    """The agent's DISCONNECT."""
    payload = text(b"status-code") + whole_value(code) + text(b"message") + string_value(reason)
    return frame(AGENT_DISCONNECT, 0, 0, payload)
