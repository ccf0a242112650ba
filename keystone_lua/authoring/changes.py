"""What may be tried of one field of a request, to see whether a decision hangs on it.

In: a field's name as routing.reads has it, the request, the texts of the script, other requests. Out: `Change`s, the
likely ones first, each of one field alone. Texts are tried as a whole, as parts of what is there (a cookie, a
parameter, a member of JSON), as what a pattern of the script matches, as numbers beside those that it names, by
their lengths.

A text that is tried has at most LONGEST characters, or what was there and a few more.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, product
from types import CodeType
from typing import Any, Final

from ..interpreter import Program
from ..interpreter.text import to_text
from ..routing.reads import CLOCK, HEADER, RANDOM, SEQUENCE, WHOLE
from .samples import samples
from .structures import bodies

MOST_CONSTANTS: Final = 200
CONSTANT_LENGTH: Final = 200
LONGEST: Final = 70_000
"""Where the script compares with a length."""

TEXTS: Final = ("method", "path", "host", "body", "query", "raw_path", "scheme", "protocol", "client_ip")
_USUAL: Final = ("", "0", "1", "100", "true", "false")
_USUAL_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "method": ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"),
    "scheme": ("http", "https"),
    "protocol": ("HTTP/1.1", "HTTP/2.0"),
    "client_ip": ("10.0.0.1", "203.0.113.7", "127.0.0.1", "2001:db8::1"),
}
_HOURS: Final = (*range(1, 24), 24, 48, 72, 96, 120, 144, 168, 24 * 30, 24 * 180, 24 * 365)
_SEEDS: Final = 128
_NEIGHBOURS: Final = 4
"""A name and its value stand this near to each other among a script's texts."""

MOST_PIECES: Final = 100
"""Of a list in a text, and of backends that are added."""

_PARTS: Final = 12
"""Parts of a text that are changed."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$&'*+.^_`|~-]{1,64}\Z")
_WORD: Final = re.compile(r"[A-Za-z0-9_\-]+|(?<==)(?=[;&]|$)")
_DIGITS: Final = re.compile(r"\d{1,15}")
_NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d{1,15})?\Z")

Change = tuple[Any, Any, Mapping[str, Any]]
"""What was, what is tried, and the fields of the request that are others then, ``random`` and ``clock`` among them."""


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of a script."""

    texts: tuple[str, ...]
    """As they stand in it, one after the other."""
    matching: tuple[str, ...]
    """What its patterns match."""
    numbers: tuple[float, ...]

    @property
    def whole(self) -> Iterator[str]:
        """Texts, what patterns match, and numbers as texts."""
        yield from self.texts
        yield from self.matching
        for number in self.numbers:
            if number.is_integer():
                yield str(int(number))

    @property
    def lengths(self) -> Iterator[int]:
        """Lengths that a script may compare with, and their neighbours."""
        for number in self.numbers:
            if number.is_integer() and 0 <= number <= LONGEST:
                yield from (int(number), int(number) + 1, max(0, int(number) - 1))

    @property
    def amounts(self) -> Iterator[str]:
        """Numbers beside those of the script, as texts."""
        for number in self.numbers:
            if number.is_integer():
                yield from (str(int(number) + step) for step in (0, 1, -1))
            else:
                yield from (str(number), str(round(number * 2, 6)), str(round(number / 2, 6)))
        for text in self.texts:
            if re.fullmatch(r"\d{1,15}", text):
                yield from (str(int(text) + step) for step in (0, 1, -1))

    @property
    def pairs(self) -> Iterator[tuple[str, str]]:
        """Texts that stand near each other: perhaps a name and its value."""
        words = list(dict.fromkeys((*self.texts, *self.amounts, "1", "true")))
        for place, word in enumerate(words):
            for other in (*words[max(0, place - _NEIGHBOURS) : place + 1 + _NEIGHBOURS], "1", "true"):
                if other != word:
                    yield word, other
        amounts = list(dict.fromkeys(self.amounts))
        yield from ((word, amount) for word in self.texts if _TOKEN.match(word) for amount in amounts)


def words_of(program: Program) -> Words:
    """The texts and numbers in a script and its modules."""
    texts: dict[str, None] = {}
    numbers: dict[float, None] = {}
    waiting: list[Any] = [program.main, *program.modules.values()]
    while waiting and len(texts) + len(numbers) < MOST_CONSTANTS:
        value = waiting.pop()
        if isinstance(value, CodeType):
            waiting += value.co_consts
        elif isinstance(value, tuple | frozenset):
            waiting += value
        elif isinstance(value, str) and 0 < len(value) <= CONSTANT_LENGTH:
            texts[to_text(value)] = None
        elif isinstance(value, float) and abs(value) < 1e15:
            numbers[value] = None
    matching = dict.fromkeys(sample for text in texts for sample in samples(text))
    return Words(tuple(texts), tuple(matching), tuple(numbers))


def constants(program: Program) -> tuple[str, ...]:
    """The texts and whole numbers in a script and its modules, and of a pattern what it matches, too."""
    return tuple(dict.fromkeys(word for word in words_of(program).whole if word))


def changes(
    name: str,
    request: Mapping[str, Any],
    seed: int,
    now: float,
    words: Words,
    others: tuple[Mapping[str, Any], ...],
) -> Iterator[Change]:
    """What may be tried of one field."""
    if name == RANDOM:
        yield from ((seed, other, {RANDOM: other}) for other in range(seed + 1, seed + 1 + _SEEDS))
    elif name == CLOCK:
        yield from _times(now, words)
    elif name == SEQUENCE:
        was = request.get(SEQUENCE, 0)
        yield from ((was, other, {SEQUENCE: other}) for other in range(was + 1, was + 1 + _SEEDS))
    elif name == "attempt":
        was = request.get(name, 0)
        yield from ((was, other, {name: other}) for other in range(6) if other != was)
    elif name == "failed":
        yield from _failed(request)
    elif name == "backends":
        yield from _backends(request["backends"], words)
    elif name.startswith(HEADER) or name == "headers":
        yield from _headers(name, request["headers"], words, others)
    elif name in TEXTS:
        yield from _texts(name, request.get(name, ""), words, others)
        if name == "body":
            was = request.get("body_truncated", False)
            yield was, not was, {"body_truncated": not was}
    elif name == WHOLE:
        for each in TEXTS:
            if each in request:
                yield from _texts(each, request[each], words, others)


def _times(now: float, words: Words) -> Iterator[Change]:
    for hours, sign in product(_HOURS, (1, -1)):
        yield now, now + 3600.0 * hours * sign, {CLOCK: now + 3600.0 * hours * sign}
    for number in words.numbers:
        if number > 1e8:
            for other in (number, number + 1, number - 1):
                yield now, other, {CLOCK: other}
    for seconds, sign in product((1, 60, 600), (1, -1)):
        yield now, now + seconds * sign, {CLOCK: now + seconds * sign}


def _failed(request: Mapping[str, Any]) -> Iterator[Change]:
    was = list(request.get("failed", ()))
    for name in was:
        becomes = [each for each in was if each != name]
        yield was, becomes, {"failed": becomes}
    for backend in request["backends"]:
        if backend["name"] not in was:
            yield was, [*was, backend["name"]], {"failed": [*was, backend["name"]]}


def _texts(name: str, was: str, words: Words, others: tuple[Mapping[str, Any], ...]) -> Iterator[Change]:
    elsewhere = (other[name] for other in others if isinstance(other.get(name), str))
    more: Iterator[str] = iter(())
    if name == "query":
        more = _parameters(was, words, "&")
    elif name == "body":
        more = chain(bodies(was, words.texts, tuple(words.amounts), words.pairs), _parameters(was, words, "&"))
    for becomes in _once(was, chain(_USUAL_OF.get(name, ()), _near(was, words), elsewhere, _inside(was, words), more)):
        yield was, becomes, {name: becomes}


def _once(was: str | None, values: Iterator[str]) -> Iterator[str]:
    tried = {was}
    for value in values:
        if value not in tried:
            tried.add(value)
            yield value


def _headers(
    name: str, headers: Mapping[str, str], words: Words, others: tuple[Mapping[str, Any], ...]
) -> Iterator[Change]:
    if name == "headers":
        yield from _all_headers(headers, words)
        return
    wanted = name.removeprefix(HEADER)
    present = next((each for each in headers if each.lower() == wanted), None)
    was = headers[present] if present is not None else None
    spelled = present or wanted.title()
    if present is not None:
        yield was, None, {"headers": {key: value for key, value in headers.items() if key != present}}
    elsewhere = (v for other in others for k, v in other.get("headers", {}).items() if k.lower() == wanted)
    old = was or ""
    more: Iterator[str] = _parameters(old, words, "; ") if wanted == "cookie" else iter(())
    for becomes in _once(
        was, chain(_near(old, words), elsewhere, _inside(old, words), more, _parameters(old, words, ", "))
    ):
        yield was, becomes, {"headers": {**headers, spelled: becomes}}


def _all_headers(headers: Mapping[str, str], words: Words) -> Iterator[Change]:
    for each in headers:
        yield headers[each], None, {"headers": {key: value for key, value in headers.items() if key != each}}
    for word in filter(_TOKEN.match, words.whole):
        yield None, f"{word}: true", {"headers": {**headers, word: "true"}}
    for each, was in headers.items():
        for becomes in _once(was, chain(_near(was, words), _inside(was, words))):
            yield was, becomes, {"headers": {**headers, each: becomes}}
    for word in words.whole:
        yield None, f"x-any: {word}", {"headers": {**headers, "x-any": word}}
    for word, value in words.pairs:
        if _TOKEN.match(word):
            yield None, f"{word}: {value}", {"headers": {**headers, word: value}}
    for length in words.lengths:
        if length <= 100:
            many = {f"x-{number}": "1" for number in range(length)}
            yield None, f"{length} more", {"headers": {**headers, **many}}


def _backends(backends: list[Mapping[str, Any]], words: Words) -> Iterator[Change]:
    for place, backend in enumerate(backends):
        turned = {**backend, "health": not backend["health"]}
        what = f"{backend['name']} {'healthy' if turned['health'] else 'unhealthy'}"
        yield None, what, {"backends": [*backends[:place], turned, *backends[place + 1 :]]}
    for place, backend in enumerate(backends):
        yield None, f"without {backend['name']}", {"backends": [*backends[:place], *backends[place + 1 :]]}
    if len(backends) > 1:
        yield None, "in reverse order", {"backends": backends[::-1]}
        for health, what in ((True, "healthy"), (False, "unhealthy")):
            yield None, f"all {what}", {"backends": [{**each, "health": health} for each in backends]}
            for place, backend in enumerate(backends):
                others: list[Mapping[str, Any]] = [{**each, "health": health} for each in backends]
                others[place] = backend
                yield None, f"all {what} but {backend['name']}", {"backends": others}
        yield None, "none", {"backends": []}
    for word in words.texts:
        yield None, f"with {word}", {"backends": [*backends, {"name": word, "url": "", "health": True}]}
    for count in dict.fromkeys(chain((1,), (length - less for length in words.lengths for less in (0, len(backends))))):
        if 0 < count <= MOST_PIECES:
            more = [{"name": f"more-{number}", "url": "", "health": True} for number in range(count)]
            yield None, f"{count} more", {"backends": [*backends, *more]}
    for place, backend in enumerate(backends):
        for what, other in _others(backend, words):
            yield None, f"{backend['name']} {what}", {"backends": [*backends[:place], other, *backends[place + 1 :]]}


def _others(backend: Mapping[str, Any], words: Words) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name in ("weight", "priority"):
        if name in backend:
            for number in (0, 1, 100, *words.lengths):
                yield f"of {name} {number}", {**backend, name: number}
    for word in words.texts:
        yield f"called {word}", {**backend, "name": word}
        if "zone" in backend:
            yield f"in {word}", {**backend, "zone": word}
        for label in backend.get("labels", ()):
            yield f"with {label}={word}", {**backend, "labels": {**backend["labels"], label: word}}
        if "url" in words.texts:
            yield f"at {word}", {**backend, "url": word}


def _near(was: str, words: Words) -> Iterator[str]:
    """Texts that may make a difference in the place of one."""
    yield from (was.lower(), was.upper(), was.title(), *_USUAL)
    for word in words.whole:
        yield word
        yield from (word.upper(), word.lower(), word.title())
        if word not in was:
            yield from (word + was, was + word)
        else:
            yield was.replace(word, "")
        yield from _addresses(word)
    if _NUMBER.match(was) and "." not in was:
        yield from (str(int(was) + step) for step in (1, -1, 10, -10))
    yield from words.amounts
    for length in words.lengths:
        if length <= MOST_PIECES:
            yield from (between.join("x" * length) for between in (",", ";", " ", "/", "."))
        yield (was + "x" * (length - len(was)))[:length]
        yield ("/" + "x" * length)[:length]


def _addresses(word: str) -> Iterator[str]:
    """Of a network, an address in it."""
    if "/" in word and len(word) < 50:
        try:
            network = ipaddress.ip_network(word, strict=False)
        except ValueError:
            return
        yield str(network[0])
        yield str(network[-1])


def _inside(was: str, words: Words) -> Iterator[str]:
    """A part of a text changed: its words, and its numbers."""
    texts = list(_once(None, chain(words.texts, words.amounts, _USUAL)))
    for text in (was, *words.matching):
        for part in list(_DIGITS.finditer(text))[:_PARTS]:
            begin, end = part.span()
            for number in (*words.amounts, str(int(part[0]) + 1), str(int(part[0]) - 1)):
                yield text[:begin] + number + text[end:]
        for part in list(_WORD.finditer(text))[:_PARTS]:
            begin, end = part.span()
            yield text[:begin] + text[end:]
            for word in texts:
                yield text[:begin] + word + text[end:]


def _parameters(was: str, words: Words, between: str) -> Iterator[str]:
    """A parameter more."""
    for name, value in words.pairs:
        yield f"{was}{between if was else ''}{name}={value}"
    for word in words.texts:
        yield f"{was}{between if was else ''}{word}"
