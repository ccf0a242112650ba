"""How a request is identified: its id, and its place in a distributed trace.

In: a request's headers. Out: a `Trace`. An id that is not plain text of reasonable length is replaced, and what is no
``traceparent`` (W3C Trace Context, section 3.2) is left out; neither is ever an error. Whether a request is sampled is
for whoever began its trace to say, by the last bit of the flags (3.2.2.5): nothing is sampled here.
"""

from __future__ import annotations

import itertools
import os
import re
import time
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Final, NamedTuple

_REQUEST_ID = re.compile(r"[A-Za-z0-9._~+/=:@-]{1,128}", re.ASCII)
_PARENT = re.compile(r"(?!ff)([0-9a-f]{2})-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-[!-~]{0,200})?")

_FLAGS: Final = 54
"""The place of the flags' last digit in a ``traceparent``."""
_SAMPLED: Final = frozenset("13579bdf")


class Trace(NamedTuple):
    """What answers and log lines say a request is called."""

    request_id: str
    parent: str
    """Its ``traceparent``, as sent; empty if none was."""
    began: float = 0.0
    """When it was begun to be answered, by `time.perf_counter`."""
    span: str = ""
    """The id of its own span in the trace, if that is sampled; else empty."""

    @property
    def trace_id(self) -> str:
        """The trace that its parent is of."""
        return self.parent[3:35]

    @property
    def parent_span(self) -> str:
        """Its parent's id."""
        return self.parent[36:52]

    def item(self, place: int) -> Trace:
        """The trace of one of the requests of a list, from 0."""
        return Trace(f"{self.request_id}/{place}", self.parent, self.began, self.span)

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
        if parent is None or not is_parent(parent):
            return tuple.__new__(Trace, (sent, "", time.perf_counter(), ""))  # in half of the class's own time
        return Trace(sent, parent, time.perf_counter(), span_id() if parent[_FLAGS] in _SAMPLED else "")


def span_id() -> str:
    """A new span's id: 16 digits, not all of them 0."""
    return f"{int.from_bytes(os.urandom(8), 'big') or 1:016x}"


def is_parent(text: str) -> bool:
    """Say whether ``text`` is a ``traceparent``: version 00 exactly, a later one by its first four fields."""
    match = _PARENT.fullmatch(text)
    return match is not None and (match[1] != "00" or match[2] is None)
