"""HAProxy's side of its protocol, written from its documentation alone: frames out, frames in."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .support import LOOPBACK, WAIT

HELLO = {"supported-versions": "2.0", "max-frame-size": 16380, "capabilities": "pipelining"}
"""What HAProxy 2.6 says."""


def varint(value: int) -> bytes:
    if value < 240:
        return bytes([value])
    made = [value & 15 | 240]
    value = (value - 240) >> 4
    while value >= 128:
        made.append(value & 127 | 128)
        value = (value - 128) >> 7
    return bytes([*made, value])


def text(value: str | bytes) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return varint(len(data)) + data


def typed(value: Any) -> bytes:
    """A value with its type: bytes are BINARY, a tuple is an address."""
    if value is None:
        return b"\0"
    if isinstance(value, bool):
        return b"\x11" if value else b"\x01"
    if isinstance(value, int):
        return b"\x03" + varint(value)
    if isinstance(value, tuple):
        return (b"\x06" if len(value) == 4 else b"\x07") + bytes(value)
    return (b"\x08" if isinstance(value, str) else b"\x09") + text(value)


def frame(kind: int, payload: bytes, stream: int = 0, number: int = 0, flags: int = 1) -> bytes:
    body = bytes([kind]) + flags.to_bytes(4, "big") + varint(stream) + varint(number) + payload
    return len(body).to_bytes(4, "big") + body


def pairs(values: Mapping[str, Any]) -> bytes:
    return b"".join(text(name) + typed(value) for name, value in values.items())


def message(arguments: Mapping[str, Any], name: str = "decide") -> bytes:
    return text(name) + bytes([len(arguments)]) + pairs(arguments)


def notify(arguments: Mapping[str, Any], stream: int = 1, number: int = 1) -> bytes:
    return frame(3, message(arguments), stream, number)


@dataclass
class Heard:
    """A frame of the agent's."""

    kind: int
    stream: int
    number: int
    said: dict[str, Any] = field(default_factory=dict)
    """Of a HELLO or DISCONNECT its names; of an ACK the variables that it sets."""


class Reader:
    """Reads values from bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def take(self, size: int) -> bytes:
        assert len(self.data) >= size
        taken, self.data = self.data[:size], self.data[size:]
        return taken

    def varint(self) -> int:
        value = self.take(1)[0]
        if value < 240:
            return value
        shift = 4
        while True:
            byte = self.take(1)[0]
            value += byte << shift
            if byte < 128:
                return value
            shift += 7

    def text(self) -> str:
        return self.take(self.varint()).decode()

    def typed(self) -> Any:
        kind = self.take(1)[0]
        if kind & 15 == 1:
            return kind == 0x11
        if kind == 3:
            return self.varint()
        assert kind == 8
        return self.text()


class HAProxy:
    """One connection to an agent."""

    def __init__(self, port: int, hello: Mapping[str, Any] | None = HELLO) -> None:
        self.socket = socket.create_connection((LOOPBACK, port), timeout=WAIT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hello is not None:
            self.send(frame(1, pairs(hello)))
            self.hello = self.hear()

    def __enter__(self) -> HAProxy:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def ask(self, arguments: Mapping[str, Any], stream: int = 1, number: int = 1) -> dict[str, Any]:
        """The variables that the answer sets."""
        self.send(notify(arguments, stream, number))
        heard = self.hear()
        assert (heard.kind, heard.stream, heard.number) == (103, stream, number)
        return heard.said

    def hear(self) -> Heard:
        """The next frame. Raises `EOFError` if there is none."""
        reader = Reader(self._read(int.from_bytes(self._read(4), "big")))
        kind, flags = reader.take(1)[0], reader.take(4)
        assert flags == b"\0\0\0\1"
        heard = Heard(kind, reader.varint(), reader.varint())
        while reader.data:
            if kind == 103:
                assert reader.take(3) == b"\x01\x03\x02"  # set a variable of the transaction
            name = reader.text()
            heard.said[name] = reader.typed()
        return heard

    def ended(self) -> Heard:
        """The DISCONNECT, after which nothing comes."""
        heard = self.hear()
        assert heard.kind == 102
        with contextlib.suppress(ConnectionResetError):  # it was still being told things
            assert self.socket.recv(1) == b""
        return heard

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            piece = self.socket.recv(size - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data
