"""Envoy's side of ext_authz, written from its published messages alone: HTTP/2 by h2, protobuf by hand."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    DataReceived,
    Event,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    TrailersReceived,
)

from .support import LOOPBACK, WAIT

CHECK = "/envoy.service.auth.v3.Authorization/Check"
GOAWAY = 7
HEALTH = "/grpc.health.v1.Health/Check"


def varint(value: int) -> bytes:
    made = b""
    while value >= 128:
        made += bytes([value & 127 | 128])
        value >>= 7
    return made + bytes([value])


def packed(content: Mapping[int, Any]) -> bytes:
    """A message by the numbers of its fields; a list is a repeated field."""
    made = b""
    for number, value in content.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, int):
                made += varint(number << 3) + varint(each)
                continue
            data = packed(each) if isinstance(each, dict) else each.encode() if isinstance(each, str) else each
            made += varint(number << 3 | 2) + varint(len(data)) + data
    return made


def entries(content: Mapping[str, str]) -> list[dict[int, str]]:
    """A map."""
    return [{1: name, 2: value} for name, value in content.items()]


def unpacked(data: bytes) -> dict[int, list[Any]]:
    """The fields of a message by their numbers; what is in them stays bytes."""
    made: dict[int, list[Any]] = {}
    at = 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        tag = number()
        if tag & 7 == 0:
            made.setdefault(tag >> 3, []).append(number())
        else:
            size = 8 if tag & 7 == 1 else number()
            made.setdefault(tag >> 3, []).append(data[at : at + size])
            at += size
    return made


def asked(
    path: str = "/",
    tenant: str | None = "all",
    headers: Mapping[str, str] | None = None,
    extensions: Mapping[str, str] | None = None,
    more: Mapping[int, Any] | None = None,
    method: str = "GET",
) -> bytes:
    """A CheckRequest; ``more`` are fields of its HttpRequest."""
    sent = {":path": path, ":method": method, ":authority": "shop.example.com", **(headers or {})}
    http = {
        1: "17", 2: method, 3: entries(sent), 4: path, 5: "shop.example.com", 6: "https", 9: 0, 10: "HTTP/2",
        **(more or {}),
    }  # fmt: skip
    peer = {1: {1: {2: "10.1.2.3", 3: 4711}}, 4: "spiffe://someone"}
    given = {**({"tenant": tenant} if tenant is not None else {}), **(extensions or {})}
    return packed({1: {1: peer, 2: peer, 4: {1: {1: 1, 2: 2}, 2: http}, 10: entries(given), 11: {1: b""}}})


@dataclass
class Told:
    """A CheckResponse in plain words."""

    code: int = 0
    status: int = 0
    body: str = ""
    headers: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, value, what to do: set, append, or join."""
    removed: list[str] = field(default_factory=list)
    response: list[tuple[str, str, str]] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def set(self) -> dict[str, str]:
        """Headers that take the place of others."""
        return {name: value for name, value, how in self.headers if how == "set"}


def told(message: bytes) -> Told:
    """Read a CheckResponse."""
    made = Told()
    fields = unpacked(message)
    made.code = first(unpacked(first(fields, 1, b"")), 1, 0)
    if 2 in fields:
        denied = unpacked(fields[2][0])
        made.status = first(unpacked(first(denied, 1, b"")), 1, 0)
        made.headers = [_option(data) for data in denied.get(2, [])]
        made.body = first(denied, 3, b"").decode()
    if 3 in fields:
        passed = unpacked(fields[3][0])
        made.headers = [_option(data) for data in passed.get(2, [])]
        made.removed = [name.decode() for name in passed.get(5, [])]
        made.response = [_option(data) for data in passed.get(6, [])]
    made.metadata = _struct(first(fields, 4, b""))
    return made


def first(fields: Mapping[int, list[Any]], number: int, default: Any) -> Any:
    return fields.get(number, [default])[0]


def _option(data: bytes) -> tuple[str, str, str]:
    fields = unpacked(data)
    header = unpacked(fields[1][0])
    how = {0: "append", 2: "set"}[first(fields, 3, 0)]
    if 2 in fields:
        how = "join" if first(unpacked(fields[2][0]), 1, 0) else "set"
    return first(header, 1, b"").decode(), first(header, 2, b"").decode(), how


def _struct(data: bytes) -> dict[str, Any]:
    pairs = [unpacked(entry) for entry in unpacked(data).get(1, [])]
    return {pair[1][0].decode(): _value(first(pair, 2, b"")) for pair in pairs}


def _value(data: bytes) -> Any:
    import struct

    [(number, [value])] = unpacked(data).items()
    if number == 2:
        return struct.unpack("<d", value)[0]
    if number == 3:
        return value.decode()
    if number == 4:
        return bool(value)
    return _struct(value) if number == 5 else [_value(each) for each in unpacked(value).get(1, [])]


@dataclass
class Heard:
    """An answer to a call."""

    fields: dict[str, str] = field(default_factory=dict)
    data: bytes = b""
    whole: bool = False
    reset: int | None = None

    @property
    def status(self) -> int:
        """gRPC's."""
        return int(self.fields.get("grpc-status", -1))

    @property
    def message(self) -> bytes:
        """What stands behind the prefix."""
        assert self.data[:1] == b"\0"
        assert int.from_bytes(self.data[1:5], "big") == len(self.data) - 5
        return self.data[5:]


class Envoy:
    """A connection."""

    def __init__(self, where: int | str, *, silent: bool = False) -> None:
        """``where`` is a port, or the path of a Unix socket; one that is ``silent`` says nothing by itself."""
        if isinstance(where, str):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(WAIT)
            self.socket.connect(where)
        else:
            self.socket = socket.create_connection((LOOPBACK, where), timeout=WAIT)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.http = H2Connection(H2Configuration(header_encoding="utf-8"))
        self.silent = silent
        if not silent:
            self.http.initiate_connection()
        self.heard: dict[int, Heard] = {}
        self.received = b""
        self.goodbyes: list[tuple[int, int]] = []
        """Last streams and codes of GOAWAYs."""
        self.flush()

    def __enter__(self) -> Envoy:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def flush(self) -> None:
        """Send what h2 has to send."""
        if (data := self.http.data_to_send()) and not self.silent:
            self.socket.sendall(data)

    def call(
        self, message: bytes, path: str = CHECK, *, end: bool = True, prefix: bytes | None = None, **fields: str
    ) -> int:
        """Begin a call; return its stream. ``fields`` are metadata, ``_`` for ``-``."""
        stream = self.http.get_next_available_stream_id()
        head = {
            ":method": "POST", ":scheme": "http", ":path": path, ":authority": "keystone", "te": "trailers",
            "content-type": "application/grpc",
            **{name.replace("_", "-"): value for name, value in fields.items()},
        }  # fmt: skip
        self.http.send_headers(stream, list(head.items()))
        data = (b"\0" + len(message).to_bytes(4, "big") if prefix is None else prefix) + message
        self.heard[stream] = Heard()
        self.pour(stream, data, end=end)
        return stream

    def pour(self, stream: int, data: bytes, *, end: bool) -> None:
        """Send data as there is room for it."""
        while data:
            room = min(self.http.local_flow_control_window(stream), self.http.max_outbound_frame_size)
            if room > 0:
                self.http.send_data(stream, data[:room])
                data = data[room:]
                self.flush()
            elif not self.listen() or self.heard[stream].whole:
                return
        if end:
            self.http.end_stream(stream)
        self.flush()

    def listen(self) -> bool:
        """Take what has arrived; False at the end."""
        try:
            data = self.socket.recv(1 << 16)
        except ConnectionError:
            return False
        if not data:
            return False
        self.received += data
        while len(self.received) >= 9 and len(self.received) >= (end := 9 + int.from_bytes(self.received[:3], "big")):
            frame, self.received = self.received[:end], self.received[end:]
            if frame[3] == GOAWAY:  # after which h2 would hear no more answers
                self.goodbyes.append((int.from_bytes(frame[9:13], "big"), int.from_bytes(frame[13:17], "big")))
                continue
            for event in self.http.receive_data(frame):
                self.take(event)
        with contextlib.suppress(ConnectionError):  # there may be more to read
            self.flush()
        return True

    def take(self, event: Event) -> None:
        """Note one event."""
        if isinstance(event, ResponseReceived | TrailersReceived):
            self.heard[event.stream_id].fields.update(event.headers)
        elif isinstance(event, DataReceived):
            self.heard[event.stream_id].data += event.data
            self.http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, StreamEnded):
            self.heard[event.stream_id].whole = True
        elif isinstance(event, StreamReset):
            self.heard[event.stream_id].reset = int(event.error_code)

    def wait(self, stream: int) -> Heard:
        """The whole answer to a call."""
        heard = self.heard[stream]
        while not heard.whole and heard.reset is None:
            assert self.listen(), "the connection ended"
        return heard

    def ask(self, message: bytes, **fields: str) -> Told:
        """A Check and its answer."""
        heard = self.wait(self.call(message, **fields))
        assert (heard.fields[":status"], heard.status) == ("200", 0), heard
        return told(heard.message)

    def ended(self) -> int:
        """Wait for the end; the code of the last GOAWAY."""
        while self.listen():
            pass
        return self.goodbyes[-1][1]
