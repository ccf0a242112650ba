"""Closed segments of a decision log, sent elsewhere: each once, in order, and nothing lost on the way.

In: a log, and a place that takes files by HTTP. Out: the segments there, compressed, and the scripts that decided. How
far each chain has come stands in ``FILE.shipped``, which is replaced as a whole after each segment: whoever ends this
process, the next one goes on there. A segment whose arrival was not confirmed is sent again under the same name and
with the same hash, so that a receiver that keeps files by name has it once.

Refuses to go past a segment that does not arrive, with `NotShipped`. Nothing is removed here that was not confirmed,
and never the last closed segment: the log goes on from its end.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import quote, urlsplit

from ..untrusted.outgoing import connection_to, replace_file, within
from . import compressed, reading, segments
from .chain import line_hash
from .records import RecordError, read_record
from .shipped import read_state, state_file

SECONDS: Final = 60.0
"""For connecting, and for each read and write."""

FILE_SECONDS: Final = 900.0
"""For one file: a segment is 256 MiB before it is compressed."""

_TYPES: Final = {".gz": "application/gzip", ".zst": "application/zstd"}

SAID: Final = 4096
"""Bytes of a receiver's answer that are read."""


class NotShipped(Exception):
    """A file did not arrive. The text says which and why; ``retry_after`` is in seconds, as the receiver asked for."""

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where files go. ``url`` ends where their names begin."""

    url: str
    method: str = "PUT"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    ca: Path | None = None
    """Certificates in PEM that the receiver's must be signed by; else those of the system."""
    suffix: str = compressed.SUFFIX
    """One of `compressed.SUFFIXES`: how segments are compressed that are not yet."""

    def send(self, name: str, body: BinaryIO, size: int, more: Mapping[str, str]) -> None:
        """Send one file and wait for its confirmation, a status of 2xx. Raises `NotShipped`."""
        parts = urlsplit(self.url)
        connection = connection_to(self.url, SECONDS, self.ca)
        path = f"{parts.path.rstrip('/')}/{quote(name)}" + (f"?{parts.query}" if parts.query else "")
        headers = {"Content-Length": str(size), **self.headers, **more}
        try:
            with within(connection, FILE_SECONDS):
                connection.request(self.method, path, body, headers)
                response = connection.getresponse()
                said = response.read(SAID).decode("utf-8", "replace").strip()
        except (OSError, http.client.HTTPException) as error:
            raise NotShipped(f"{name}: {str(error) or type(error).__name__}") from None
        finally:
            connection.close()
        if not 200 <= response.status < 300:
            shown = "".join(c if c.isprintable() else " " for c in said)[:200]
            text = f"{name}: {response.status} {response.reason}{': ' + shown if shown else ''}"
            raise NotShipped(text, _seconds(response.getheader("Retry-After")))


@dataclass(frozen=True, slots=True)
class Shipped:
    """One segment that has arrived."""

    name: str
    records: int
    size: int
    """Bytes, compressed."""


def _seconds(text: str | None) -> float:
    return min(float(text), 3600.0) if text is not None and text.isascii() and text.isdigit() else 0.0


def lock_of(file: Path) -> Path:
    """What a process that ships ``file`` locks."""
    return file.with_name(f"{file.name}.shipped.lock")


def ship(
    file: Path, receiver: Receiver, keep: int | None = None, goes_on: Callable[[], bool] = lambda: True
) -> Iterator[Shipped]:
    """Send what is closed of every chain of ``file``, oldest first, and yield each segment that has arrived.

    ``keep`` is how many closed segments of a chain stay here, 1 or more; None keeps all. ``goes_on`` is asked before
    each. Raises `NotShipped` once every chain has been tried, and `OSError`.
    """
    trouble: NotShipped | None = None
    for chain in segments.chains(file):
        head = segments.head_of(chain[0])
        if not state_file(head).exists():  # who watches the log sees that somebody ships it
            _put_state(head, read_state(head))
        try:
            yield from _ship_chain(head, receiver, goes_on)
        except NotShipped as error:
            trouble = error
        if keep is not None:
            _remove(head, max(1, keep))
    if trouble is not None:
        raise trouble


def _ship_chain(head: Path, receiver: Receiver, goes_on: Callable[[], bool]) -> Iterator[Shipped]:
    for segment in segments.segments(head):
        state = read_state(head)
        if segments.number_of(segment) <= state["number"]:
            continue
        if not goes_on():
            return
        packed = segment
        if not compressed.is_compressed(segment.name):
            packed = compressed.compress(segment, receiver.suffix)
        facts = _facts(packed)
        _ship_scripts(head, receiver, facts.scripts)
        with packed.open("rb") as body:
            digest = base64.b64encode(hashlib.file_digest(body, "sha256").digest()).decode()
            size = body.seek(0, os.SEEK_END)
            body.seek(0)
            receiver.send(packed.name, body, size, {
                "Content-Type": _TYPES[packed.suffix],
                "Content-Digest": f"sha-256=:{digest}:",
                "X-Keystone-Records": str(facts.records),
                "X-Keystone-First": str(facts.first),
                "X-Keystone-After": facts.after,
                "X-Keystone-Head": facts.head,
            })  # fmt: skip
        _put_state(head, {"number": segments.number_of(packed), "head": facts.head})
        yield Shipped(packed.name, facts.records, size)


@dataclass(slots=True)
class _Facts:
    """What a segment holds: so many records from number ``first`` on, after the hash ``after``, up to ``head``."""

    records: int = 0
    first: int = 0
    after: str = ""
    head: str = ""
    scripts: dict[str, None] = field(default_factory=dict)


def _facts(packed: Path) -> _Facts:
    found = _Facts()
    last = b""
    for piece in reading.pieces(packed):
        for _, line, _, _ in piece.lines():
            found.records += 1
            if found.records == 1:
                with contextlib.suppress(RecordError):
                    link, _record = read_record(line)
                    found.first, found.after = link.number, link.prev
            mark = line.find(b'"script":"')
            if mark >= 0:
                found.scripts[line[mark + 10 : mark + 74].decode("ascii", "replace")] = None
            last = line
    found.head = line_hash(last)
    return found


def _ship_scripts(head: Path, receiver: Receiver, hashes: Mapping[str, None]) -> None:
    """Send the scripts of a segment that have not been sent yet, before it."""
    folder = segments.archive_folder(head)
    noted = head.with_name(f"{folder.name}.shipped")
    sent = set(noted.read_text("ascii").split()) if noted.exists() else set()
    for found in hashes:
        if found in sent or len(found) != 64 or not found.isalnum() or not (folder / found).is_dir():
            continue
        for path in sorted((folder / found).rglob("*")):
            if path.is_file() and not path.is_symlink():
                with path.open("rb") as body:
                    more = {"Content-Type": "text/x-lua"}
                    receiver.send(
                        f"{folder.name}/{path.relative_to(folder).as_posix()}", body, path.stat().st_size, more
                    )
        sent.add(found)
        replace_file(noted, "".join(f"{one}\n" for one in sorted(sent)))


def _remove(head: Path, keep: int) -> None:
    shipped = read_state(head)["number"]
    for segment in segments.segments(head)[:-keep]:
        if segments.number_of(segment) <= shipped:
            segment.unlink()


def _put_state(head: Path, state: Mapping[str, Any]) -> None:
    replace_file(state_file(head), json.dumps(state) + "\n")
