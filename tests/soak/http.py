"""A small HTTP client over plain sockets, for load: it costs less than the server that it measures."""

from __future__ import annotations

import contextlib
import http.client
import socket
import subprocess
import sys
import time
from pathlib import Path

LOOPBACK = "127.0.0.1"


def get(port: int, path: str, *, wait: float) -> bytes:
    """GET until the server is there."""
    deadline = time.monotonic() + wait
    while True:
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=wait)
        with contextlib.closing(connection):
            try:
                connection.request("GET", path)
                return connection.getresponse().read()
            except ConnectionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)


def served(scripts: Path, port: int, log: Path) -> subprocess.Popen[bytes]:
    """A server of these scripts, which writes its errors into ``log``; `get` waits for it."""
    command = [sys.executable, "-m", "keystone_lua", "serve", "-addr", f"{LOOPBACK}:{port}", "-scripts"]
    with log.open("wb") as errors:
        return subprocess.Popen([*command, str(scripts), "--log-level", "error"], stderr=errors)


def request(path: str, body: bytes) -> bytes:
    """A POST as it goes over the wire."""
    return b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (path.encode(), len(body), body)


class Connection:
    """One kept-alive connection. Raises `OSError` for whatever goes wrong."""

    def __init__(self, port: int, timeout: float = 15.0) -> None:
        self.socket = socket.create_connection((LOOPBACK, port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._left = b""

    def ask(self, data: bytes) -> tuple[int, bytes]:
        """Send a whole request; status and body of the answer."""
        self.socket.sendall(data)
        received = self._left
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head = received[:end].lower()
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        pieces, have = [received[end + 4 :]], len(received) - end - 4
        while have < length:
            pieces.append(self._more())
            have += len(pieces[-1])
        body = b"".join(pieces)
        self._left = body[length:]
        return int(head[9:12]), body[:length]

    def _more(self) -> bytes:
        data = self.socket.recv(262144)
        if not data:
            raise ConnectionError("the server closed the connection")
        return data

    def close(self) -> None:
        self.socket.close()
