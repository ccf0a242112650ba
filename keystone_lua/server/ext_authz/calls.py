"""What of gRPC is spoken over HTTP/2: calls of one message and one answer.

In: the header fields of a call; its bytes. Out: what is called, and its metadata; its message; an answer's fields and
bytes. Refuses, with `BadCall` and gRPC's status: what is no call, another method, a message that is compressed or not
whole (github.com/grpc/grpc, doc/PROTOCOL-HTTP2.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from ..http.forward import OURS

CHECK: Final = b"/envoy.service.auth.v3.Authorization/Check"
HEALTH: Final = b"/grpc.health.v1.Health/Check"
"""How gateways ask whether a server wants calls (doc/health-checking.md)."""

SERVING: Final = b"\x08\x01"
NOT_SERVING: Final = b"\x08\x02"
"""HealthCheckResponse: its field 1, the status."""

UNKNOWN: Final = 2
INVALID_ARGUMENT: Final = 3
RESOURCE_EXHAUSTED: Final = 8
UNIMPLEMENTED: Final = 12

PREFIX: Final = 5
"""Bytes before a message: whether it is compressed, its length."""

Fields = list[tuple[str, str]]

_TYPE: Final = ("content-type", "application/grpc")
HEADERS: Final[Fields] = [(":status", "200"), _TYPE]
TRAILERS: Final[Fields] = [("grpc-status", "0")]
NO_CALL: Final[Fields] = [(":status", "415")]
_OURS: Final = OURS.encode()


class BadCall(Exception):
    """A call that has no answer. ``status`` is gRPC's."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def called(fields: Iterable[tuple[bytes, bytes]]) -> tuple[bytes, dict[str, str]] | None:
    """The method that is called, and what of the metadata is for us; None if these are no call's fields."""
    path, method, kind = b"", b"", b""
    metadata: dict[str, str] = {}
    for name, value in fields:
        if name == b":path":
            path = value
        elif name == b":method":
            method = value
        elif name == b"content-type":
            kind = value
        elif name.startswith(_OURS):
            metadata[name.decode("ascii", "replace")] = value.decode("utf-8", "replace")
    return (path, metadata) if method == b"POST" and kind.startswith(b"application/grpc") else None


def message_of(data: bytes | bytearray) -> bytes:
    """The one message of a call. Raises `BadCall`."""
    if len(data) < PREFIX or int.from_bytes(data[1:PREFIX], "big") != len(data) - PREFIX:
        raise BadCall(INVALID_ARGUMENT, "expected one whole message")
    if data[0]:
        raise BadCall(UNIMPLEMENTED, "messages are not compressed here")
    return bytes(data[PREFIX:])


def framed(message: bytes) -> bytes:
    """A message behind its prefix."""
    return b"\0" + len(message).to_bytes(4, "big") + message


def error(status: int, text: str) -> Fields:
    """The only fields of an answer that is none."""
    return [*HEADERS, ("grpc-status", str(status)), ("grpc-message", quote(text, safe=" ,:;='()/"))]
