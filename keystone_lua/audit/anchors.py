"""Anchors: heads of a log that are noted where whoever changes the log does not come, or sealed so that he cannot.

In: the number and hash of a log's last line. Out: a line of JSON, ``{"log":…,"number":…,"head":…,"time":…}``; sealed it
has ``"place":…,"seal":…`` too. And back: the anchors of files, and what is wrong with their seals.

A seal is an HMAC under a key of its own: after each seal the key is replaced by its hash, so that whoever takes the
machine over has no key of the past. Who keeps the first key can check all of them, and see whether one is missing. All
processes of a server share one key and one file of anchors; places count its seals.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from json.encoder import encode_basestring_ascii as quoted
from pathlib import Path
from typing import Any, Final

from ..untrusted.files import FileError, open_regular
from .fields import hash_of, number_of, text_of, whole_of
from .notes import encode
from .vault import check_private

MAX_LINE: Final = 4096
"""Bytes of an anchor. A file's name has 255, each written in 6 at most."""

MAX_ANCHORS: Final = 2_000_000
"""Anchors that a replay takes: 0.4 kB each while it reads. One a minute are half a million in a year."""

MAX_PLACE: Final = 100_000_000
"""Of a seal: each place before it takes half a microsecond. Seals that do not hold may take as much in all."""

MOST_LOST: Final = 1000
"""Seals of which a power cut may have taken the note that their keys are used up."""

LOCK_SECONDS: Final = 2.0
"""Another process has the key for as long as a write to disk takes."""

_PLAIN: Final = ("log", "number", "head", "time")
_SEALED: Final = (*_PLAIN, "place", "seal")
_KEY: Final = re.compile(r"[0-9a-f]{64}\s*\Z")


@dataclass(frozen=True, slots=True)
class Anchor:
    """Record ``number`` of a log hashes to ``head``, and so all before it is as it was at ``time``."""

    log: str
    number: int
    head: str
    time: float
    place: int | None = None


def next_key(key: bytes) -> bytes:
    """The key after ``key``, which cannot be had back from it."""
    return hashlib.sha256(b"keystone seal\0" + key).digest()


def seal_of(key: bytes, text: str) -> str:
    """The seal of a line that begins with ``text``."""
    return hmac.new(key, text.encode("ascii"), hashlib.sha256).hexdigest()


def make_key(state: Path) -> str:
    """Write a new key for a server to seal with, and return it, for whoever checks. Raises `OSError`."""
    key = secrets.token_hex(32)
    descriptor = os.open(state, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(_state(0, bytes.fromhex(key)))
    return key


def read_key(file: Path) -> bytes:
    """The first key, as `make_key` has returned it. Raises `OSError`."""
    try:
        with open_regular(str(file)) as stream:
            text = stream.read(200).decode("ascii", "replace")
    except FileError as error:
        raise OSError(errno.EINVAL, str(error), str(file)) from None
    if not _KEY.match(text):
        raise OSError(errno.EINVAL, "is no sealing key of 64 hexadecimal digits", str(file))
    return bytes.fromhex(text.strip())


class AnchorFile:
    """A file to which anchors are appended, sealed if there is a key's ``state``."""

    def __init__(self, file: Path | None, state: Path | None) -> None:
        """Without a ``file`` lines are made and not kept. Raises `OSError` for what cannot be used."""
        self._file = file
        self._key = state
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            os.close(self._open())
        if state is not None:
            _read_state(state)

    def put(self, log: str, number: int, head: str) -> bytes:
        """Append an anchor, flushed to disk, and return its line. Raises `OSError`."""
        text = f'{{"log":{quoted(log)},"number":{number},"head":"{head}","time":{int(time.time() * 1000) / 1000!r}'
        if self._key is None:
            line = f"{text}}}\n".encode("ascii")
            self._append(line)
            return line
        with _locked(self._key.with_name(f"{self._key.name}.lock")):
            place, key = _read_state(self._key)
            last = self._last_place()
            if last is not None and last < place + MOST_LOST:
                while place <= last:  # it was written, and then the machine stopped
                    place, key = place + 1, next_key(key)
            text = f'{text},"place":{place}'
            line = f'{text},"seal":"{seal_of(key, text)}"}}\n'.encode("ascii")
            self._append(line)
            _write_state(self._key, place + 1, next_key(key))
            return line

    def _open(self) -> int:
        assert self._file is not None
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
        return os.open(self._file, flags, 0o640)

    def _append(self, line: bytes) -> None:
        if self._file is None:
            return
        descriptor = self._open()
        try:
            size = os.fstat(descriptor).st_size
            torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
            data = b"\n" + line if torn else line
            if os.write(descriptor, data) != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._file))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _last_place(self) -> int | None:
        descriptor = self._open()
        try:
            size = os.fstat(descriptor).st_size
            lines = os.pread(descriptor, MAX_LINE, max(0, size - MAX_LINE)).splitlines()
        finally:
            os.close(descriptor)
        last = next((anchor for line in reversed(lines) if (anchor := _read(line)[0]) is not None), None)
        return last.place if last is not None else None


@contextlib.contextmanager
def _locked(lock: Path) -> Iterator[None]:
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        give_up = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > give_up:
                    raise OSError(errno.EAGAIN, "another process holds it", str(lock)) from None
                time.sleep(0.01)
        yield
    finally:
        os.close(descriptor)


def _state(place: int, key: bytes) -> str:
    return encode({"place": place, "key": key.hex()}) + "\n"


def _read_state(file: Path) -> tuple[int, bytes]:
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as stream:
        check_private(file, os.fstat(descriptor))
        data = stream.read(MAX_LINE)
    try:
        value = json.loads(data)
        return whole_of(value["place"]), bytes.fromhex(hash_of(value["key"]))
    except (ValueError, TypeError, KeyError):
        raise OSError(errno.EINVAL, "is no sealing key: keystone-lua seal makes one", str(file)) from None


def _write_state(file: Path, place: int, key: bytes) -> None:
    draft = file.with_name(f"{file.name}.new")
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(_state(place, key))
        stream.flush()
        os.fsync(descriptor)
    draft.rename(file)


# reading


@dataclass(slots=True)
class Anchors:
    """What files of anchors hold."""

    anchors: list[Anchor] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """Seals that do not hold, and places that are missing."""
    sealed: bool = False
    """Whether every one of them has a seal that holds."""
    unread: int = 0
    """Lines that are no anchors."""
    first: int = 0
    """The place of the first, if they are sealed."""


def read_anchors(files: Sequence[Path], first_key: bytes | None = None) -> Anchors:
    """The anchors in ``files``, oldest first; with ``first_key`` each must have its seal. Raises `OSError`."""
    found = Anchors(sealed=first_key is not None)
    seals = _Seals(found, first_key) if first_key is not None else None
    for file in files:
        for number, line in enumerate(_lines(file), 1):
            anchor, text, seal = _read(line)
            if anchor is None:
                found.unread += 1
                continue
            if len(found.anchors) >= MAX_ANCHORS:
                raise OSError(errno.EFBIG, f"more than {MAX_ANCHORS} anchors", str(file))
            if seals is None or seals.holds(f"{file}:{number}", anchor, text, seal):
                found.anchors.append(anchor)
    return found


def read_heads(files: Sequence[Path]) -> frozenset[str]:
    """The heads of all anchors, whether their seals hold or not. Raises `OSError`."""
    return frozenset(anchor.head for file in files for anchor, _, _ in map(_read, _lines(file)) if anchor is not None)


def _lines(file: Path) -> Iterator[bytes]:
    try:
        stream = open_regular(str(file))
    except FileError as error:
        raise OSError(errno.EINVAL, str(error), str(file)) from None
    with stream:
        while line := stream.readline(MAX_LINE):
            yield line.removesuffix(b"\n")


def _read(line: bytes) -> tuple[Anchor | None, str, str]:
    """A line's anchor, None if it is none; what its seal is of; its seal."""
    try:
        text = line.decode("ascii")
        value: Any = json.loads(text)
        names = tuple(value)
        if names not in (_PLAIN, _SEALED) or encode(value) != text:
            return None, "", ""
        place = whole_of(value["place"]) if names == _SEALED else None
        head, time = hash_of(value["head"]), number_of(value["time"])
        anchor = Anchor(text_of(value["log"]), whole_of(value["number"]), head, time, place)
        return (anchor, "", "") if place is None else (anchor, text.rpartition(',"seal":')[0], hash_of(value["seal"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None, "", ""


class _Seals:
    """Checks seals as they come by, each place after the one before."""

    def __init__(self, found: Anchors, key: bytes) -> None:
        self._found = found
        self._key = key
        self._place = 0
        self._begun = False
        self._steps = 0

    def holds(self, where: str, anchor: Anchor, text: str, seal: str) -> bool:
        problem = self._problem(anchor, text, seal)
        if problem:
            self._found.problems.append(f"{where}: {problem}")
        return not problem

    def _problem(self, anchor: Anchor, text: str, seal: str) -> str:
        place = anchor.place
        if place is None:
            return "an anchor without a seal"
        self._steps += place - self._place
        if place < self._place or place > MAX_PLACE or self._steps > 2 * MAX_PLACE:
            return f"an anchor of place {place}, and {self._place} was to come"
        key = self._key
        for _ in range(place - self._place):
            key = next_key(key)
        if not hmac.compare_digest(seal_of(key, text), seal):
            return "a seal that does not hold: the anchor was changed, or made with another key"
        missing = place - self._place
        if missing and self._begun:
            names = f"anchor {self._place} is" if missing == 1 else f"anchors {self._place} to {place - 1} are"
            self._found.problems.append(f"before anchor {place} {names} missing")
        elif not self._begun:
            self._found.first = place
        self._begun, self._place, self._key = True, place + 1, next_key(key)
        return ""
