"""Heads of requests that have been parsed before: a gateway sends the same one again and again.

In: the bytes of a head, and what aiohttp's parser made of them the first time. Out: the same facts for equal bytes,
in a fraction of the parser's time (docs/performance.md). It does not parse: it knows nothing of a head that it has
not seen. Only the value of a VARYING line may differ, if it is text that every parser reads as the plain value. It
learns only PLAIN heads of up to LONGEST bytes, keeps KEPT of each kind, and drops the oldest.

Equal bytes from the start of a message are equal messages; `protocol` knows where messages start.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any, Final, NamedTuple, TypeVar

from aiohttp.http import RawRequestMessage

from .responses import Refusal
from .route_path import ROUTE, tenant_of

END: Final = b"\r\n\r\n"

KEPT: Final = 1024
LONGEST: Final = 2048

PLAIN: Final = re.compile(
    rb"[A-Z]{1,32} [!-~]+ HTTP/1\.1(?:\r\n[!#$%&'*+.^_`|~0-9A-Za-z-]++:[ \t]*+(?:[!-~\x80-\xff]++[ \t]*+)*+)*+"
)
"""One request line and its fields, and nothing else: no empty line, no folded one, no control character, no other
spacing (RFC 9112, 3 and 5). Of a head that is written otherwise parsers may think as they like: what it says, and
where the next message starts, is not remembered."""

_SPECIAL: Final = ("Expect", "Transfer-Encoding", "Upgrade", "Trailer", "TE")
"""Fields that ask for more than an answer, or that say in another way where a body ends."""

VARYING: Final = re.compile(
    rb"\r\n(Content-Length|X-Request-Id|traceparent): ([!-~]{1,128}+)(?=\r\n[^ \t]|\Z)", re.IGNORECASE
)
"""A line of a head that no other continues (RFC 9112, 5.2), and its value."""

_NAMES: Final = (b"content-length", b"x-request-id", b"traceparent")
_DIGITS: Final = 9

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Head(NamedTuple):
    """What the head of a ``POST /route/{tenant}`` says that leaves its connection open and asks for nothing special."""

    tenant: str
    length: int
    """Bytes of the body."""
    request_id: str | None
    parent: str | None


class _Shape(NamedTuple):
    """A head with VARYING lines, and which of their values is what; -1 for none."""

    tenant: str
    length: int
    request_id: int
    parent: int


class HeadCache:
    """See the module's docstring."""

    def __init__(self) -> None:
        self._same: dict[bytes, Head] = {}
        self._alike: dict[tuple[bytes, ...], _Shape] = {}

    def find(self, head: bytes) -> Head | None:
        """What is known of a head, given without its END."""
        found = self._same.get(head)
        if found is None and self._alike and len(head) <= LONGEST:
            texts, values = _split(head)
            shape = self._alike.get(texts)
            if shape is not None:
                tenant, length, request_id, parent = shape
                digits = values[length] if length >= 0 else b"0"
                if len(digits) <= _DIGITS and digits.isdigit():
                    return Head(tenant, int(digits), _text(values, request_id), _text(values, parent))
        return found

    def learn(self, head: bytes, message: Any) -> int | None:
        """Remember what the parser made of a whole head, if it is plain.

        Returns the length of the body that belongs to it, or None if the head does not tell.
        """
        if not isinstance(message, RawRequestMessage) or message.chunked or message.upgrade:
            return None
        if message.method == "CONNECT":  # what follows is no message; only the native parser calls it an upgrade
            return None
        if len(head) > LONGEST or PLAIN.fullmatch(head) is None:
            return None
        headers = message.headers
        digits = headers.get("Content-Length", "0")
        if len(digits) > _DIGITS or not (digits.isascii() and digits.isdigit()):
            return None
        if any(name in headers for name in _SPECIAL):
            return None
        length = int(digits)
        if message.method == "POST" and not message.should_close and message.path.startswith(ROUTE):
            with suppress(Refusal):
                names = headers.get("X-Request-Id"), headers.get("traceparent")
                self._learn(head, Head(tenant_of(message.path), length, *names))
        return length

    def _learn(self, head: bytes, known: Head) -> None:
        if known.request_id is None and known.parent is None:
            _put(self._same, head, known)
            return
        texts, _ = _split(head)
        names = b"".join(texts).lower()
        found = [name.lower() for name in texts[1::2]]
        if all(names.count(name) == (name in found) for name in _NAMES):
            places = [found.index(name) if name in found else -1 for name in _NAMES]
            _put(self._alike, texts, _Shape(known.tenant, *places))


def _split(head: bytes) -> tuple[tuple[bytes, ...], list[bytes]]:
    """The text around the VARYING values, every second part the name of a line, and the values."""
    parts = VARYING.split(head)
    values = parts[2::3]
    del parts[2::3]
    return tuple(parts), values


def _text(values: list[bytes], place: int) -> str | None:
    return values[place].decode("ascii") if place >= 0 else None


def _put(kept: dict[_Key, _Value], key: _Key, value: _Value) -> None:
    if len(kept) >= KEPT:
        del kept[next(iter(kept))]
    kept[key] = value
