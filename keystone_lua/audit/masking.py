"""Values that a record must not show, and what stands there instead.

In: a request, and after a run the script's answer to it. Out: the same with a keyed hash in place of each masked
value. With the key one can tell whether a record is about a value that one knows; nobody can get from the hash to the
value. The length stays, since a run is charged for it. A path or a body with masked values becomes a list of its
parts.

A script that read a masked value may have put it into its answer. There it is masked too, whole or in parts that
stand between separators. What a script computes from it (a decoded token) is beyond this module.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Mapping
from typing import Any, Final

from .. import hidden
from ..hidden import ENCODED, MASK, Cut, Hidden, Secret
from ..interpreter import Failure
from ..interpreter.text import from_text
from ..routing.watched_headers import SECRET, watched_names
from .vault import Vault

__all__ = ["MASK", "MIN_KEY", "Masks", "Secrets"]

MIN_KEY: Final = 16
"""Bytes of a key."""

_USUAL: Final = 6
"""Fields of a request of the first version of the wire format."""


class Masks:
    """What to mask, and the key of the hashes."""

    def __init__(self, names: Iterable[str] | Hidden, key: bytes | None = None, vault: Vault | None = None) -> None:
        """``names`` of headers in any case, or all that is hidden; ``key`` of at least `MIN_KEY` bytes, None for one
        that nobody keeps; ``vault`` keeps the values.

        Raises `ValueError`.
        """
        if key is None:
            key = secrets.token_bytes(32)
        if len(key) < MIN_KEY:
            raise ValueError(f"the key has {len(key)} bytes; it needs at least {MIN_KEY}")
        self.hidden = names if isinstance(names, Hidden) else Hidden(frozenset(name.lower() for name in names))
        self.names = self.hidden.headers
        self.vault = vault
        self._key = key

    def cut(self, request: Mapping[str, Any]) -> Cut:
        """Where there are secrets in the request's texts, for `request` and `secrets`: it takes longest."""
        return self.hidden.cut(request)

    def request(self, request: Mapping[str, Any], cut: Cut) -> Mapping[str, Any]:
        """The request as the record shows it, which is the request itself if nothing is to be masked."""
        headers: Mapping[str, str] = request["headers"]
        names = watched_names(headers, self.names)
        if names:
            masked: dict[str, Any] = dict(headers)
            for name in names:
                masked[name] = self._masked(name, headers[name])
            request = {**request, "headers": masked}
        for field, parts in cut.items():
            if field != ENCODED:
                request = {**request, field: self._shown(parts)}
        return self._newer(request) if len(request) > _USUAL else request

    def _newer(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """What of the newer fields is to be masked."""
        several: Mapping[str, list[str]] = request.get("headers_multi", {})
        if names := watched_names(several, self.names):
            shown: dict[str, Any] = dict(several)
            for name in names:
                shown[name] = [self._masked(name, value) for value in several[name]]
            request = {**request, "headers_multi": shown}
        if self.hidden.fields and request.get(ENCODED):
            request = {**request, ENCODED: self._shown(self.hidden.encoded_body(request[ENCODED]))}
        if "secrets" in request:
            own = {name: self._masked(SECRET + name, value) for name, value in request["secrets"].items()}
            request = {**request, "secrets": own}
        return request

    def name(self, request_id: str, request: Mapping[str, Any]) -> str:
        """A request's id, which a client may have made of a masked header's value."""
        headers: Mapping[str, str] = request["headers"]
        values = {headers[name] for name in watched_names(headers, self.names)}
        several: Mapping[str, list[str]] = request.get("headers_multi", {})
        for name in watched_names(several, self.names):
            values.update(several[name])
        return hidden.without_values(request_id, [value for value in values if value])

    def secrets(self, request: Mapping[str, Any], read: Iterable[str], cut: Cut) -> Secrets | None:
        """What an answer may show of a request of which these masked headers were read."""
        several = request.get("headers_multi", {})
        values = [request["headers"][name] for name in read if name in request["headers"]]
        values += [value for name in read for value in several.get(name, ())]
        values += hidden.in_texts(cut)
        own = request.get("secrets", {})
        values += [value for name, value in own.items() if SECRET + name in read]
        return Secrets(values) if values else None

    def hash(self, name: str, value: str) -> str:
        """HMAC-SHA-256 (RFC 2104) of the header's name in lower case, a zero byte and the value in UTF-8."""
        message = f"{name.lower()}\0{value}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, message, "sha256").hex()

    def _masked(self, name: str, value: str) -> dict[str, Any]:
        digest = self.hash(name, value)
        if self.vault is not None:
            self.vault.keep(digest, value)
        return {"hmac": digest, "bytes": len(from_text(value))}

    def _shown(self, parts: list[str | Secret]) -> list[Any]:
        return [self._masked(part.name, part.value) if isinstance(part, Secret) else part for part in parts]


class Secrets(hidden.Secrets):
    """Values that a script has read and that its answer must not show in a record."""

    def answer(self, answer: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """A wire answer without them."""
        return None if answer is None else {name: self.in_data(value) for name, value in answer.items()}

    def failure(self, failure: Failure | None) -> Failure | None:
        """An error likewise."""
        if failure is None:
            return None
        return Failure(failure.kind, self.without(failure.message), failure.position)
