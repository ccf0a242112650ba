"""The parts of a request that must stay secret, and texts without them.

In: a request as plain data, and the names of headers, query parameters and fields of JSON bodies whose values are
secret. Out: the values; a path or a body cut at them; a text in which they are masked. If it cannot be known where a
secret in a body ends, the rest of the body is secret.

A value is recognised whole, as it was sent and decoded; by its longer parts between separators; and where the end of
a text has cut it off. What a script computes from it is not recognised.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote_plus

HEADERS: Final = (
    "api-key", "authorization", "cookie", "proxy-authorization", "set-cookie", "x-amz-security-token", "x-api-key",
    "x-auth-token", "x-csrf-token", "x-goog-api-key",
)  # fmt: skip
"""Headers that are secret unless an operator says otherwise."""

MASK: Final = "[masked]"

_PART: Final = re.compile(r"[^\s;,=:/&?]+")
_SHORT: Final = 8
"""Characters. A shorter part of a secret is none."""

_CUT: Final = re.compile(r"(?:\.\.\.|…)[^.…]*\Z")
"""How a text ends that was cut at a limit, maybe within a secret: ``... (10008 bytes)``."""

_END_OF_NAME: Final = re.compile(r'"\s*+:\s*+')
_LONGEST_ESCAPE: Final = 12
"""Characters of one in a JSON string: two surrogates, \\ud83d\\ude00."""
_DECODER: Final = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that was found, and what it is the value of, in lower case: ``query:token``, ``field:password``."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Hidden:
    """The names of what is secret, in lower case."""

    headers: frozenset[str] = frozenset(HEADERS)
    query: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()

    def secrets(self, request: Mapping[str, Any]) -> Secrets | None:
        """All that is secret in a request; None if nothing is."""
        values = [value for name, value in request["headers"].items() if name.lower() in self.headers]
        for name, several in request.get("headers_multi", {}).items():
            values += several if name.lower() in self.headers else []
        values += self.in_texts(request)
        values += request.get("secrets", {}).values()
        return Secrets(values) if any(values) else None

    def in_texts(self, request: Mapping[str, Any]) -> list[str]:
        """The secret values in the paths, the query and the body."""
        if not self.query and not self.fields:
            return []
        parts = [*self.path(request["path"]), *self.body(request["body"])]
        parts += [*self.path(request.get("raw_path", "")), *self.parameters(request.get("query", ""))]
        if "body_base64" in request:
            parts += self.body(base64.b64decode(request["body_base64"]).decode("utf-8", "replace"))
        return [part.value for part in parts if isinstance(part, Secret)]

    def path(self, path: str) -> list[str | Secret]:
        """A path, cut at the values of secret parameters."""
        before, mark, query = path.partition("?")
        if not self.query or not mark:
            return [path]
        return _joined([before + mark, *self.parameters(query)])

    def parameters(self, query: str) -> list[str | Secret]:
        """A query likewise."""
        if not self.query:
            return [query]
        parts: list[str | Secret] = []
        for place, pair in enumerate(re.split("([&;])", query)):
            name, equals, value = pair.partition("=")
            key = unquote_plus(name).lower()
            if place % 2 == 0 and equals and key in self.query:
                parts += [name + equals, Secret(f"query:{key}", value)]
            else:
                parts.append(pair)
        return _joined(parts)

    def encoded_body(self, body: str) -> list[str | Secret]:
        """A body in base64: secret as a whole where fields of bodies are, since a cut cannot be shown in it."""
        return [Secret("body_base64", body)] if self.fields and body else [body]

    def body(self, body: str) -> list[str | Secret]:
        """A JSON body, cut at the values of secret fields, at any depth."""
        if not self.fields or '"' not in body:
            return [body]
        parts: list[str | Secret] = []
        done = 0
        for found in _END_OF_NAME.finditer(body):
            key = self._field(body, done, found.start())
            if key is not None:
                end = _end_of_value(body, found.end())
                parts += [body[done : found.end()], Secret(f"field:{key}", body[found.end() : end])]
                done = end
        return _joined([*parts, body[done:]])

    def _field(self, body: str, start: int, quote: int) -> str | None:
        """The secret field whose name ends at ``quote`` and begins at or after ``start``.

        Looked for backwards, and no further than a name reaches: forwards, each quote of a body of quotes that are
        escaped took a look at all that follow.
        """
        first = max(start, quote - 1 - _LONGEST_ESCAPE * max(map(len, self.fields)))
        if quote < start or _is_escaped(body, first, quote):
            return None
        begin = quote
        while (begin := body.rfind('"', first, begin)) >= 0:
            key = _decoded(body[begin + 1 : quote]).lower()
            if key in self.fields:
                return key
            if not _is_escaped(body, first, begin):
                return None
        return None


class Secrets:
    """Values that a text must not show."""

    def __init__(self, values: Iterable[str]) -> None:
        self._values = sorted({form for value in values for form in _forms(value)}, key=len, reverse=True)
        self._parts = {part for value in self._values for part in _PART.findall(value) if len(part) >= _SHORT}

    def without(self, text: str) -> str:
        """``text`` with ``[masked]`` for each value, and for each longer part of one."""
        for value in self._values:
            text = text.replace(value, MASK)
        for value in self._values:
            start = text.rfind(value[:_SHORT]) if len(value) > _SHORT else -1
            if start >= 0 and value.startswith(_CUT.sub("", text[start:])):
                text = text[:start] + MASK
        return _PART.sub(lambda part: MASK if part[0] in self._parts else part[0], text)

    def in_data(self, value: Any) -> Any:
        """Plain data likewise, names of fields included."""
        if isinstance(value, dict):
            return {self.without(name): self.in_data(content) for name, content in value.items()}
        if isinstance(value, list):
            return [self.in_data(item) for item in value]
        return self.without(value) if isinstance(value, str) else value


def _forms(value: str) -> Iterator[str]:
    """A value as it was sent, and as a script may have it."""
    yield from (form for form in {value, unquote_plus(value)} if form)
    if len(value) > 2 and value[0] == value[-1] == '"':
        yield from (form for form in {value[1:-1], _decoded(value[1:-1])} if form)


def _is_escaped(body: str, first: int, place: int) -> bool:
    """Whether an odd number of backslashes stands before ``place``, as far as ``first``."""
    before = place
    while before > first and body[before - 1] == "\\":
        before -= 1
    return (place - before) % 2 == 1


def _decoded(content: str) -> str:
    """The text of a JSON string without its quotes; as it is if that is none."""
    if "\\" not in content:
        return content
    try:
        return str(json.loads(f'"{content}"', strict=False))
    except ValueError:
        return content


def _end_of_value(body: str, start: int) -> int:
    try:
        return int(_DECODER.raw_decode(body, start)[1])
    except (ValueError, RecursionError):
        return len(body)


def _joined(parts: list[str | Secret]) -> list[str | Secret]:
    """Without empty texts, and texts that follow each other as one."""
    joined: list[str | Secret] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return joined or [""]
