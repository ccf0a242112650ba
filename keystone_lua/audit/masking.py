"""Header values that a record must not show, and what stands there instead.

In: a request's headers; after a run, what the script made of them. Out: the same with a keyed hash in place of each
masked value: who has the key can say whether a record is about a value that they know, nobody can go from the hash to
the value. The length stays, since a run is charged for it.

A script that read a masked value may have put it into its answer: whole, or in parts that stand between separators,
it is masked there too. What a script computes from it (a decoded token) is beyond this module.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Any, Final

from ..interpreter import Failure
from ..interpreter.decision import watched_names
from ..interpreter.execution import from_text

MIN_KEY: Final = 16
"""Bytes of a key."""

MASK: Final = "[masked]"

_PART: Final = re.compile(r"[^\s;,=:/&?]+")
_SHORT: Final = 8
"""Characters. A shorter part of a secret is none."""


class Masks:
    """Which headers to mask, and the key of the hashes."""

    def __init__(self, names: Iterable[str], key: bytes | None = None) -> None:
        """``names`` in any case; ``key`` of at least `MIN_KEY` bytes, None for one that nobody keeps.

        Raises `ValueError`.
        """
        if key is None:
            key = secrets.token_bytes(32)
        if len(key) < MIN_KEY:
            raise ValueError(f"the key has {len(key)} bytes; it needs at least {MIN_KEY}")
        self.names = frozenset(name.lower() for name in names)
        self._key = key

    def request(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """The request as the record shows it, which is the request itself if nothing is to be masked."""
        headers: Mapping[str, str] = request["headers"]
        names = watched_names(headers, self.names)
        if not names:
            return request
        masked: dict[str, Any] = dict(headers)
        for name in names:
            masked[name] = {"hmac": self.hash(name, headers[name]), "bytes": len(from_text(headers[name]))}
        return {**request, "headers": masked}

    def hash(self, name: str, value: str) -> str:
        """HMAC-SHA-256 (RFC 2104) of the header's name in lower case, a zero byte and the value in UTF-8."""
        message = f"{name.lower()}\0{value}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, message, "sha256").hex()


class Secrets:
    """Values that a script has read and that its answer must not show in a record."""

    def __init__(self, values: Iterable[str]) -> None:
        self._values = [value for value in values if value]
        self._parts = {part for value in self._values for part in _PART.findall(value) if len(part) >= _SHORT}

    def without(self, text: str) -> str:
        """``text`` with ``[masked]`` for each value, and for each longer part of one."""
        for value in self._values:
            text = text.replace(value, MASK)
        return _PART.sub(lambda part: MASK if part[0] in self._parts else part[0], text)

    def answer(self, answer: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """A wire answer likewise."""
        return None if answer is None else {name: self._value(value) for name, value in answer.items()}

    def failure(self, failure: Failure | None) -> Failure | None:
        """An error likewise."""
        if failure is None:
            return None
        return Failure(failure.kind, self.without(failure.message), failure.position)

    def _value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self.without(name): self.without(text) for name, text in value.items()}
        return self.without(value) if isinstance(value, str) else value
