"""As much of WebSockets (RFC 6455) as the gateways are tried with: short text frames, both ends.

In: a request handler, or an address. Out: a conversation. The service answers each text with its name before it.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import BinaryIO

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE = 0x81, 0x88
SHORT = 125
"""Bytes of a frame, at most."""


def accept_key(key: str) -> str:
    """What the key of a handshake is answered with."""
    return base64.b64encode(hashlib.sha1((key + _GUID).encode()).digest()).decode()


def serve(handler: BaseHTTPRequestHandler, name: str) -> None:
    """Answer a handshake, then texts, until the client goes."""
    handler.close_connection = True
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
    lines += [f"Sec-WebSocket-Accept: {accept_key(handler.headers['Sec-WebSocket-Key'])}", "", ""]
    handler.wfile.write("\r\n".join(lines).encode())
    while (said := _read(handler.rfile)) is not None:
        handler.wfile.write(_frame(f"{name}: {said}"))


def _read(file: BinaryIO) -> str | None:
    head = file.read(2)
    if len(head) < 2 or head[0] != TEXT:
        return None
    size = head[1] & 0x7F
    mask = file.read(4) if head[1] & 0x80 else bytes(4)
    return bytes(byte ^ mask[place % 4] for place, byte in enumerate(file.read(size))).decode()


def _frame(text: str, mask: bytes = b"") -> bytes:
    data = text.encode()
    assert len(data) <= SHORT
    if not mask:
        return bytes([TEXT, len(data)]) + data
    return bytes([TEXT, 0x80 | len(data)]) + mask + bytes(byte ^ mask[n % 4] for n, byte in enumerate(data))


@dataclass(frozen=True)
class Talk:
    """A handshake's answer; ``said`` has what the service answered, empty if it was none."""

    status: int
    said: list[str]


def talk(port: int, path: str, headers: Mapping[str, str], texts: list[str], wait: float = 10.0) -> Talk:
    """Ask for a WebSocket, and say ``texts`` one after another."""
    key = base64.b64encode(os.urandom(16)).decode()
    asked = {"Host": "shop.example", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in {**asked, **headers}.items())]
    with contextlib.closing(socket.create_connection(("127.0.0.1", port), timeout=wait)) as opened:
        opened.sendall("\r\n".join([*lines, f"Sec-WebSocket-Key: {key}", "", ""]).encode())
        file = opened.makefile("rb")
        status = int(file.readline().split()[1])
        accepted = ""
        while (line := file.readline().strip()) != b"":
            name, _, value = line.decode().partition(":")
            accepted = value.strip() if name.lower() == "sec-websocket-accept" else accepted
        if status != 101:
            return Talk(status, [])
        assert accepted == accept_key(key), accepted
        said = []
        for text in texts:
            opened.sendall(_frame(text, os.urandom(4)))
            said.append(_read(file) or "")
        return Talk(status, said)
