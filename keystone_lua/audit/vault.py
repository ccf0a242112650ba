"""Masked values by their keyed hashes, in a separate file: what replay needs for scripts that read such values.

In: hashes and values, from the recorder; a file, from replay. Out: lines of JSON, ``{"hmac":…,"value":…}``, each
value once for each process and file; and back, a dictionary. Refuses a file that others can read or write (it must
have mode 0600).
"""

from __future__ import annotations

import errno
import json
import logging
import os
import stat
from collections.abc import Iterable
from json.encoder import encode_basestring_ascii
from pathlib import Path
from typing import Final

logger = logging.getLogger("keystone.audit")

MOST_WAITING: Final = 16 << 20
"""Bytes that wait for a disk in trouble. A value for which there is no room is not kept, this time."""

MOST_KNOWN: Final = 20_000
"""Hashes of which a process remembers that they are in the file; others are written again."""


class Vault:
    """Appends to one file. `keep` is for one thread, `write` for another."""

    def __init__(self, file: Path) -> None:
        """Raises `OSError` for a file that cannot be used."""
        self.file = file
        self._known: dict[str, None] = {}
        self._pending: list[bytes] = []
        # Two counters, each written by one thread: what waits is their difference.
        self._kept_bytes = self._written_bytes = 0
        self._asked = False
        self._full = False
        self._inode = 0
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(self._open())

    def ask(self) -> bool:
        """Whether `write` is to be called, and nobody has been told so: of all that asks there is one at a time."""
        asks = bool(self._pending) and not self._asked
        self._asked = self._asked or asks
        return asks

    def keep(self, digest: str, value: str) -> None:
        """Note a value; `write` must follow."""
        if digest in self._known:
            return
        line = f'{{"hmac":"{digest}","value":{encode_basestring_ascii(value)}}}\n'.encode("ascii")
        full = self._kept_bytes + len(line) - self._written_bytes > MOST_WAITING
        if full and not self._full:
            logger.error("vault: %s: no room for what waits; masked values are not kept", self.file)
        self._full = full
        if full:
            return
        self._kept_bytes += len(line)
        if len(self._known) >= MOST_KNOWN:
            del self._known[next(iter(self._known))]
        self._known[digest] = None
        self._pending.append(line)

    def write(self) -> None:
        """Append what was noted. Raises `OSError`, and may then be called again."""
        self._asked = False
        count = len(self._pending)
        if not count:
            return
        descriptor = self._open()
        try:
            data = b"".join(self._pending[:count])
            if os.write(descriptor, data) != len(data):
                os.write(descriptor, b"\n")  # ends the line that was cut, which is then no entry
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.file))
        finally:
            os.close(descriptor)
        del self._pending[:count]
        self._written_bytes += len(data)

    def _open(self) -> int:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        descriptor = os.open(self.file, flags, 0o600)
        try:
            status = os.fstat(descriptor)
            check_private(self.file, status)
            if status.st_ino != self._inode:  # the file was moved: each holds all that its time needs
                self._inode = status.st_ino
                self._known.clear()
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor


def read_vaults(files: Iterable[Path]) -> dict[str, str]:
    """Hash to value. Lines that are no entries are left out. Raises `OSError`."""
    found: dict[str, str] = {}
    for file in files:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as stream:
            check_private(file, os.fstat(descriptor))
            for line in stream:
                try:
                    entry = json.loads(line)
                    digest, value = entry["hmac"], entry["value"]
                except (ValueError, TypeError, KeyError, RecursionError):
                    continue
                if isinstance(digest, str) and isinstance(value, str):
                    found[digest] = value
    return found


def check_private(file: Path, status: os.stat_result) -> None:
    """Refuse a file that others can read or write. Raises `OSError`."""
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "is no regular file", str(file))
    if status.st_mode & 0o077 or status.st_uid != os.geteuid():
        mode = stat.S_IMODE(status.st_mode)
        raise OSError(errno.EPERM, f"must be this user's alone, mode 0600 (it is {mode:04o})", str(file))
