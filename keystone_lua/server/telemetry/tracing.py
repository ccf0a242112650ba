"""How a request is identified: its id, and its place in a distributed trace.

In: a request's headers. Out: a `Trace`. An id that is not plain text of reasonable length is replaced, and what is no
``traceparent`` (W3C Trace Context, section 3.2) is left out; neither is ever an error.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Mapping
from contextvars import ContextVar
from typing import NamedTuple

_REQUEST_ID = re.compile(r"[A-Za-z0-9._~+/=:@-]{1,128}", re.ASCII)
_PARENT = re.compile(r"(?!ff)([0-9a-f]{2})-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-[!-~]{0,200})?")


class Trace(NamedTuple):
    """What answers and log lines say a request is called."""

    request_id: str
    parent: str
    """Its ``traceparent``, as sent; empty if none was."""

    @property
    def headers(self) -> str:
        """Header lines of the answer."""
        named = f"X-Request-Id: {self.request_id}\r\n"
        return f"{named}traceparent: {self.parent}\r\n" if self.parent else named


CURRENT: ContextVar[Trace | None] = ContextVar("CURRENT", default=None)
"""The trace of the request that is being answered, for log lines."""


class Traces:
    """Names requests. Those that came without an id get a random part of this process, and a count."""

    def __init__(self) -> None:
        self._prefix = os.urandom(8).hex()
        self._count = itertools.count(1)

    def of(self, headers: Mapping[str, str]) -> Trace:
        """Return what a request with ``headers`` is called."""
        return self.named(headers.get("X-Request-Id"), headers.get("traceparent"))

    def named(self, sent: str | None, parent: str | None) -> Trace:
        """Return what a request is called that has sent these; an id of up to 128 sane characters is kept."""
        if sent is None or not _REQUEST_ID.fullmatch(sent):
            sent = f"{self._prefix}-{next(self._count):x}"
        return Trace(sent, parent if parent is not None and is_parent(parent) else "")


def is_parent(text: str) -> bool:
    """Say whether ``text`` is a ``traceparent``: version 00 exactly, a later one by its first four fields."""
    match = _PARENT.fullmatch(text)
    return match is not None and (match[1] != "00" or match[2] is None)
