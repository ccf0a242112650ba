"""The parts of a request that must stay secret, and texts without them.

In: a request as plain data, and the names of headers, query parameters and fields of JSON bodies whose values are
secret. Out: the values; a path or a body cut at them; a text in which they are masked. If it cannot be known where a
secret in a body ends, the rest of the body is secret.

A value is recognised whole, as it was sent and decoded; by its longer parts between separators; and where the end of
a text has cut it off. What a script computes from it is not recognised.

All of it is done in the event loop, for requests that anybody may have made: names and values are found by regular
expressions that pass over the rest in C, and counted. Beyond what is counted nothing is looked for: the rest of a body
or a query is one secret, a text in which there may be any of too many is masked as a whole.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice
from typing import Any, Final
from urllib.parse import unquote_plus

HEADERS: Final = (
    "api-key", "authorization", "cookie", "proxy-authorization", "set-cookie", "x-amz-security-token", "x-api-key",
    "x-auth-token", "x-csrf-token", "x-goog-api-key",
)  # fmt: skip
"""Headers that are secret unless an operator says otherwise."""

MASK: Final = "[masked]"

_PART: Final = re.compile("[^\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000;,=:/&?]{8,}+")
"""With white space spelled out: \\s takes half as long again."""
_SHORT: Final = 8
"""Characters. A shorter part of a secret is none."""

MOST_FOUND: Final = 1_000
"""Secrets of a body or a query, and names that have to be decoded first."""
MOST_VALUES: Final = 2_000
MOST_ESCAPES: Final = 20_000
MOST_PARTS: Final = 20_000
"""Values that are looked for, their percent signs, their parts: each takes up to 1 µs before anything is found."""
MOST_WORK: Final = 4_000_000
"""Values times characters of texts, of which each has some more, for the secrets of one request: 10 ms."""
_EACH: Final = 200
"""Characters of a text that take as long as to begin with it."""
_LONGEST: Final = 1 << 16
"""Characters of a query, and of an array or object that is a secret. If it is longer, all that follows is secret."""
_GONE: Final = "\udfff"
"""Stands for a value that was found, so that none is found in what stands for another. No request has it."""

_CUT: Final = re.compile(r"(?:\.\.\.|…)[^.…]*\Z")
"""How a text ends that was cut at a limit, maybe within a secret: ``... (10008 bytes)``."""

_LONGEST_ESCAPE: Final = 12
"""Characters of one in a JSON string, two surrogates, \\ud83d\\ude00; or in a query, four bytes, %F0%9F%98%80."""
_DECODER: Final = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that was found, and what it is the value of, in lower case: ``query:token``, ``field:password``."""

    name: str
    value: str


Cut = Mapping[str, list["str | Secret"]]
"""Those of a request's texts that have secrets, by their fields: the texts between them, and they."""

ENCODED: Final = "body_base64"
"""The field whose secrets stand in what it encodes."""


def in_texts(cut: Cut) -> list[str]:
    """The secret values in a request's texts."""
    return [part.value for parts in cut.values() for part in parts if isinstance(part, Secret)]


def without_values(text: str, values: Iterable[str]) -> str:
    """``text`` with ``[masked]`` for each of some values, the first first, none of which is looked for in that."""
    for value in values:
        text = text.replace(value, _GONE)
    return text.replace(_GONE, MASK)


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
        values += in_texts(self.cut(request))
        values += request.get("secrets", {}).values()
        return Secrets(values) if any(values) else None

    def cut(self, request: Mapping[str, Any]) -> Cut:
        """The paths, the query and the body in which there are secrets, cut at them.

        Who logs and who records ask about the same texts, one after the other: the last answer is kept.
        """
        if not self.query and not self.fields:
            return {}
        texts = self, *map(request.get, _TEXTS)
        last = _LAST[0]
        if last is None or last[0] != texts:
            _LAST[0] = last = texts, self._cut(request)
        return last[1]

    def _cut(self, request: Mapping[str, Any]) -> Cut:
        found: dict[str, list[str | Secret]] = {}
        if self.query:
            found = {"path": self.path(request["path"]), "raw_path": self.path(request.get("raw_path", ""))}
            found["query"] = self.parameters(request.get("query", ""))
        if self.fields:
            found["body"] = self.body(request["body"])
            if ENCODED in request:
                body = base64.b64decode(request[ENCODED]).decode("utf-8", "replace")
                found[ENCODED] = self.body(body)
        return {field: parts for field, parts in found.items() if any(isinstance(part, Secret) for part in parts)}

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
        done = place = count = 0
        longest = _LONGEST_ESCAPE * max(map(len, self.query))
        following = _parameter_of(self.query).match
        while found := following(query, place, _LONGEST):
            name, value = found[2], found.start(3)
            count += 1
            if count > MOST_FOUND:
                return _joined([*parts, query[done:value], Secret("query", query[value:])])
            place = found.end()
            if len(name) <= longest and (key := unquote_plus(name).lower()) in self.query:
                parts += [query[done:value], Secret(f"query:{key}", found[3])]
                done = place
        parts.append(query[done:_LONGEST])
        return _joined(parts if len(query) <= _LONGEST else [*parts, Secret("query", query[_LONGEST:])])

    def encoded_body(self, body: str) -> list[str | Secret]:
        """A body in base64: secret as a whole where fields of bodies are, since a cut cannot be shown in it."""
        return [Secret(ENCODED, body)] if self.fields and body else [body]

    def body(self, body: str) -> list[str | Secret]:
        """A JSON body, cut at the values of secret fields, at any depth."""
        if not self.fields or '"' not in body:
            return [body]
        parts: list[str | Secret] = []
        done = place = count = 0
        following = _name_of(self.fields).match
        while found := following(body, place):
            place = found.end()
            count += 1
            key = self._field(body, done, found.start(1))
            if key is not None:
                end = len(body) if count > MOST_FOUND else _end_of_value(body, place)
                parts += [body[done:place], Secret(f"field:{key}", body[place:end])]
                done = place = end
            elif count > MOST_FOUND:
                return _joined([*parts, body[done:place], Secret("field", body[place:])])
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


_TEXTS: Final = ("path", "raw_path", "query", "body", ENCODED)
_LAST: Final[list[tuple[tuple[Any, ...], Cut] | None]] = [None]


class Secrets:
    """Values that a text must not show."""

    def __init__(self, values: Iterable[str]) -> None:
        self._given: list[str] | None = list(values)
        """Until they are looked at: the log's thread does that, not who logs."""
        self._values: list[str] = []
        self._parts: set[str] = set()
        self._left = MOST_WORK
        self._anything = False
        """Whether there are too many of them to look for."""

    def _look(self, values: list[str]) -> None:
        self._given = None
        self._anything = len(values) > MOST_VALUES or sum([value.count("%") for value in values]) > MOST_ESCAPES
        if not self._anything:
            self._values = sorted({form for value in values for form in _forms(value)}, key=len, reverse=True)
            parts = (part[0] for value in self._values for part in _PART.finditer(value))
            self._parts.update(islice(parts, MOST_PARTS + 1))
            self._anything = len(self._parts) > MOST_PARTS

    def without(self, text: str) -> str:
        """``text`` with ``[masked]`` for each value, and for each longer part of one."""
        cleaned: str = self.in_data(text)
        return cleaned

    def in_data(self, value: Any) -> Any:
        """Plain data likewise, names of fields included."""
        texts = list(_texts(value))
        cleaner = self._cleaner("\n".join(texts), len(texts))
        return value if cleaner is None else _mapped(value, cleaner)

    def _cleaner(self, text: str, count: int) -> Callable[[str], str] | None:
        """What masks ``count`` texts that together are ``text``; None if there is nothing to mask."""
        if self._given is not None:
            self._look(self._given)
        if self._anything or not self._affords(len(self._values) * (len(text) + _EACH)):
            return _masked
        values = [value for value in self._values if value[:_SHORT] in text]
        if values and not self._affords(len(values) * (len(text) + _EACH * count)):
            return _masked
        parts = self._parts.intersection(_PART.findall(text)) if self._parts else set()
        return partial(_without, values, parts) if values or parts else None

    def _affords(self, work: int) -> bool:
        """Whether so much is left of what all texts together may take."""
        self._left -= work
        return self._left >= 0


def _without(values: list[str], parts: set[str], text: str) -> str:
    text = without_values(text, values)
    for value in values:
        start = text.rfind(value[:_SHORT]) if len(value) > _SHORT else -1
        if start >= 0 and value.startswith(_CUT.sub("", text[start:])):
            text = text[:start] + MASK
    return _PART.sub(lambda part: MASK if part[0] in parts else part[0], text) if parts else text


def _masked(text: str) -> str:
    return MASK if text else text


def _texts(value: Any) -> Iterator[str]:
    """All that is text in plain data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, content in value.items():
            yield name
            yield from _texts(content)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    """Plain data with its texts changed."""
    if isinstance(value, dict):
        return {change(name): _mapped(content, change) for name, content in value.items()}
    if isinstance(value, list):
        return [_mapped(item, change) for item in value]
    return change(value) if isinstance(value, str) else value


@lru_cache(16)
def _parameter_of(names: frozenset[str]) -> re.Pattern[str]:
    """Each parameter that may have one of the names: those, in any case, and what has to be decoded first."""
    pair = rf"({_any_of(names)}|[^&;=%+]*+[%+][^&;=]*+)="
    return re.compile(rf"(?:[&;]++|(?!{pair})[^&;]++)*+{pair}([^&;]*+)", re.IGNORECASE)


@lru_cache(16)
def _name_of(names: frozenset[str]) -> re.Pattern[str]:
    """What stands before the value of a field that may have one of the names: they, in any case, or one with escapes.

    Its group begins at the quote behind the name. A backslash takes with it what follows up to the next quote, which
    may end a name or begin one.
    """
    name, end = _any_of(names), r'"\s*+:\s*+'
    return re.compile(
        rf'(?:[^"\\]++|"(?!(?:{name}){end})|\\.(?:[^"\\]++|\\.)*+(?!{end})|\\\Z)*+'
        rf'(?:"(?:{name})|\\.(?:[^"\\]++|\\.)*+)({end})',
        re.IGNORECASE | re.DOTALL,
    )


def _any_of(names: frozenset[str]) -> str:
    # The one letter that is two in lower case.
    return "|".join([re.escape(name).replace("i\u0307", "(?:i\u0307|\u0130)") for name in sorted(names)])


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
        if body[start : start + 1] in ("[", "{"):
            return start + int(_DECODER.raw_decode(body[start : start + _LONGEST])[1])
        return int(_DECODER.raw_decode(body, start)[1])
    except (ValueError, RecursionError):
        return len(body)


def _joined(parts: list[str | Secret]) -> list[str | Secret]:
    """Without empty texts, and texts that follow each other as one."""
    joined: list[str | Secret] = []
    texts: list[str] = []
    for part in [*parts, None]:
        if isinstance(part, str):
            texts.append(part)
            continue
        if text := "".join(texts):
            joined.append(text)
        texts.clear()
        if part is not None:
            joined.append(part)
    return joined or [""]
