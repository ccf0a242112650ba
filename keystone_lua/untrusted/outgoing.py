"""HTTP to others: connections that end in time, and one process at a time where two would be in each other's way.

In: addresses that an operator has given. Out: connections. Nothing here follows redirects or reads proxies' variables.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import http.client
import os
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit


def is_http_url(text: str) -> bool:
    """Whether ``text`` is an address of HTTP, with no password in it."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    plain = text.isascii() and text.isprintable() and " " not in text and not parts.fragment
    return (
        plain and parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc and port != 0
    )


HEADER_LINE: Final = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([ -~]*)")
"""A line of a request's head that an operator wants to be sent along."""


def connection_to(url: str, seconds: float, ca: Path | None) -> http.client.HTTPConnection:
    """A connection that takes so many seconds for connecting, and for each read and write.

    ``ca`` has certificates in PEM that the other's must be signed by; None for those of the system.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=ca)
        return http.client.HTTPSConnection(host, port, timeout=seconds, context=context)
    return http.client.HTTPConnection(host, port, timeout=seconds)


@contextlib.contextmanager
def within(connection: http.client.HTTPConnection, seconds: float) -> Iterator[None]:
    """Connect, and end it all after so many seconds: who sends a byte now and then meets every timeout of a read.

    Raises `OSError`; what is read or written afterwards fails as of a connection that the other has closed.
    """
    connection.connect()
    line = connection.sock

    def end() -> None:
        with contextlib.suppress(OSError):
            socket.socket.shutdown(line, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextlib.contextmanager
def only_one(lock: Path, what: str) -> Iterator[None]:
    """Let no other process do the same meanwhile; ``what`` it does is said to it. Raises `OSError`."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise OSError(errno.EAGAIN, f"another process {what}", str(lock)) from None
        yield
    finally:
        os.close(descriptor)


def replace_file(path: Path, text: str) -> None:
    """Put ``text``, which is ASCII, in the place of what was there, flushed to disk. Raises `OSError`."""
    draft = path.with_name(f"{path.name}.new")
    with draft.open("w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
