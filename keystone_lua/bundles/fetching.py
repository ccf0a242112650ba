"""A bundle fetched from an address and put into the place of a scripts folder.

In: an address, keys, a folder. Out: after each attempt the folder as it was, or as the bundle has it, in one step of
the file system; and a `Status` that says which. What was in force stays so, over restarts too, until a bundle is right
as a whole: its size, members, hashes, signature, number and scripts, which are all compiled before.

It asks with the ETag of what it has (RFC 9110, 13.1.2), and offers to wait for news (``Prefer: wait``, RFC 7240).
Redirects are not followed: nobody should learn where else this host can reach.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from ..interpreter import Limits
from ..routing.bundle_status import Status, read_status, status_file
from ..untrusted.outgoing import connection_to, replace_file, within
from ..untrusted.text import printable
from .contents import MAX_PACKED, BundleError
from .placing import put_in_place
from .signatures import Verifier

CONNECT_SECONDS: Final = 10.0
FETCH_SECONDS: Final = 60.0
"""For a bundle to arrive, from its first byte on."""
MAX_ETAG: Final = 256
_READ: Final = 1 << 16
_NOT_MODIFIED: Final = 304


@dataclass(frozen=True, slots=True)
class Source:
    """Where bundles come from, and who must have signed them."""

    url: str
    keys: Sequence[Verifier] = ()
    """Empty for bundles that need no signature."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    ca: Path | None = None
    """Certificates in PEM that the server's must be signed by; else those of the system."""
    wait: float = 0.0
    """How long the server may wait for something new before it answers, in seconds."""


@dataclass(frozen=True, slots=True)
class _Fetched:
    data: bytes
    etag: str


class Fetcher:
    """Keeps one scripts folder as its source has it. One process may do so at a time."""

    def __init__(self, source: Source, folder: Path, limits: Limits = Limits()) -> None:  # noqa: B008  # a fact
        self._source = source
        self._folder = Path(os.path.normpath(Path.cwd() / folder))
        self._limits = limits
        found = read_status(folder)
        self.status = found if found is not None and self._folder.is_dir() else Status()
        if self.status.url != source.url:
            self.status = replace(self.status, url=source.url, etag="")

    def once(self) -> Status:
        """Try once. Returns the status, which is written too. Raises `OSError` if that cannot be done."""
        now = time.time()
        try:
            fetched = self._fetch()
            if fetched is not None:
                self._put_in_force(fetched, now)
            self.status = replace(self.status, tried_at=now, failures=0, error="")
        except BundleError as error:
            failures = self.status.failures + 1
            self.status = replace(self.status, tried_at=now, failures=failures, error=printable(str(error))[:1000])
        replace_file(status_file(self._folder), json.dumps(asdict(self.status)) + "\n")
        return self.status

    # over the network

    def _fetch(self) -> _Fetched | None:
        """What the source has; None if it is what is in force. Raises `BundleError`."""
        connection = connection_to(self._source.url, CONNECT_SECONDS, self._source.ca)
        parts = urlsplit(self._source.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            with within(connection, CONNECT_SECONDS + self._source.wait + FETCH_SECONDS):
                connection.request("GET", target, headers=self._asked())
                if connection.sock is not None:
                    connection.sock.settimeout(CONNECT_SECONDS + self._source.wait)
                response = connection.getresponse()
                if response.status == _NOT_MODIFIED:
                    if not self.status.etag:
                        raise BundleError("the server says 304 to who has nothing")
                    return None
                if response.status != 200:
                    raise BundleError(f"the server says {response.status} {response.reason}")
                data = _body(connection, response)
        except (OSError, http.client.HTTPException) as error:
            raise BundleError(f"cannot be fetched: {str(error) or type(error).__name__}") from None
        finally:
            connection.close()
        etag = response.getheader("ETag", "")
        return _Fetched(data, etag if len(etag) <= MAX_ETAG and etag.isascii() and etag.isprintable() else "")

    def _asked(self) -> dict[str, str]:
        headers = {"Accept": "application/gzip", **self._source.headers}
        if self.status.etag:
            headers["If-None-Match"] = self.status.etag
            if self._source.wait:
                headers["Prefer"] = f"wait={self._source.wait:g}"
        return headers

    # into force

    def _put_in_force(self, fetched: _Fetched, now: float) -> None:
        """Raises `BundleError`, and then nothing has changed."""
        placed = put_in_place(fetched.data, self._source.keys, self._folder, self._limits.source, self.status, now)
        self.status = replace(placed, etag=fetched.etag)


def _body(connection: http.client.HTTPConnection, response: http.client.HTTPResponse) -> bytes:
    """The body, as long as it was said to be, within MAX_PACKED and FETCH_SECONDS. Raises `BundleError`, `OSError`."""
    until = time.monotonic() + FETCH_SECONDS
    pieces: list[bytes] = []
    size = 0
    while True:
        left = until - time.monotonic()
        if left <= 0:
            raise BundleError(f"did not arrive within {FETCH_SECONDS:g} seconds")
        if connection.sock is not None:
            connection.sock.settimeout(min(left, CONNECT_SECONDS))
        piece = response.read1(_READ)
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
        if size > MAX_PACKED:
            raise BundleError(f"the bundle has more than {MAX_PACKED} bytes")
    said = response.getheader("Content-Length")
    with contextlib.suppress(ValueError):
        if said is not None and int(said) != size:
            raise BundleError(f"the bundle ends after {size} of {said} bytes")
    return b"".join(pieces)
