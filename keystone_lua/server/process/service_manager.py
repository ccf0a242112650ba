"""What systemd and the like are told by a service, without a package (sd_notify(3)).

In: lines. Out: a datagram to NOTIFY_SOCKET; without a manager nothing is sent.
"""

from __future__ import annotations

import contextlib
import os
import socket


def notify(*lines: str) -> None:
    """Tell the manager, if there is one: ``READY=1``, ``STOPPING=1``, ``STATUS=...``."""
    where = os.environ.get("NOTIFY_SOCKET", "")
    if not where.startswith(("/", "@")):
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
        line.connect("\0" + where[1:] if where.startswith("@") else where)
        line.sendall("\n".join(lines).encode())
