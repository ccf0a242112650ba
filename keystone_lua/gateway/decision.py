"""What the engine's answer asks of the gateway, checked as if a stranger had sent it.

In: the bytes of a 200. Out: a `Route`. Raises `EngineFailure` for what is no answer, and for what the gateway must
not or cannot carry out: a header that frames the message or that the gateway sets itself, a path that others may read
differently, a method that changes what an answer's body means.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from .fields import BadField, check_settable, check_told
from .target import has_tricks

MAX_PATH: Final = 4096
"""Characters of a changed path, or of a changed query; escaped it may be three times as long or more."""
MAX_REASON: Final = 1000
"""Characters of a reject's reason that are passed on."""
MAX_REJECT_BODY: Final = 64 << 10
MAX_NAMES: Final = 64
"""Candidates, and headers to remove."""
MAX_RETRIES: Final = 16
MAX_TIMEOUT: Final = 3_600_000
MAX_HOLDS: Final = 86_400
"""Seconds that a decision may hold."""
MAX_TAGS: Final = 4096
"""Characters of all tags together."""

REJECTED: Final = "rejected"
"""What a client is told where the script gives no reason."""

Fields = tuple[tuple[str, str], ...]

_METHOD: Final = re.compile(r"[A-Z][A-Z0-9_-]{0,31}", re.ASCII)
_HOST: Final = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?", re.ASCII)
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}", re.ASCII)
_QUERY_SAFE: Final = "/:@!$&'()*+,;=~-._?%[]"


class EngineFailure(Exception):
    """No usable answer. ``counts`` says whether it speaks against the engine itself, and not one script."""

    def __init__(self, message: str, *, counts: bool) -> None:
        super().__init__(message)
        self.counts = counts


@dataclass(frozen=True, slots=True)
class Reject:
    """What a rejected client gets."""

    status: int = 403
    reason: str = REJECTED
    fields: Fields = ()
    body: str | None = None
    """None: the reason, in JSON."""


@dataclass(frozen=True, slots=True)
class Changes:
    """To a message's fields: taken out, set, added; in this order."""

    remove: tuple[str, ...] = ()
    set: Fields = ()
    append: Fields = ()


NO_CHANGES: Final = Changes()


class Mirror(NamedTuple):
    """Who gets a copy, of how many requests in a hundred."""

    name: str
    percent: float


@dataclass(frozen=True, slots=True)
class Holds:
    """For how long a decision may be given again, and by which fields of the question."""

    seconds: int
    vary: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """What a script wants done."""

    backend: str
    """A service's name; of no meaning with a ``reject``."""

    request: Changes = NO_CHANGES
    response: Changes = NO_CHANGES

    path: str | None = None
    """The new path, unescaped; None: as it came."""

    query: str | None = None
    """The new query with its ``?``, escaped, or empty; None: as it came."""

    host: str | None = None
    method: str | None = None
    candidates: tuple[str, ...] = ()
    retries: int | None = None
    seconds: float | None = None
    mirror: Mirror | None = None
    tags: Fields = ()
    reject: Reject | None = None
    holds: Holds | None = None
    kept: bool = False
    """Whether it was given before, to another request."""


def read_decision(answer: bytes) -> Route:
    """Return the decision in ``answer``, the wire format's 200. Raises `EngineFailure`."""
    try:
        data = json.loads(answer)
    except (ValueError, RecursionError):
        raise EngineFailure("its answer is not JSON", counts=True) from None
    if not isinstance(data, dict):
        raise EngineFailure("its answer is no object", counts=True)
    if data.get("reject") is True:
        return Route("", reject=_reject(data), tags=_tags_of_reject(data), holds=_holds(data))
    if data.get("reject") not in (None, False):
        raise EngineFailure("reject is no boolean", counts=True)
    if data.keys() == {"selected_backend"}:  # most answers
        return Route(_text(data, "selected_backend"))
    path, query = _target(data)
    milliseconds = _number(data, "timeout_ms", 1, MAX_TIMEOUT)
    retries = _number(data, "retries", 0, MAX_RETRIES)
    return Route(
        _text(data, "selected_backend"),
        Changes(
            _names(data, "remove_headers"),
            _checked("modified_headers", _fields(data, "modified_headers")),
            _checked("append_headers", _fields(data, "append_headers")),
        ),
        Changes(
            _names(data, "remove_response_headers"),
            _told("response_headers", _fields(data, "response_headers")),
            _told("append_response_headers", _fields(data, "append_response_headers")),
        ),
        path,
        query,
        _matching(data, "modified_host", _HOST),
        _method(data),
        tuple(_list(data, "candidates")),
        None if retries is None else int(retries),
        None if milliseconds is None else milliseconds / 1000,
        _mirror(data),
        _tags(data),
        holds=_holds(data),
    )


def _reject(data: dict[str, Any]) -> Reject:
    """A reject stays one: what of it cannot be told to the client is left out."""
    status = data.get("reject_status")
    if not isinstance(status, int) or not 300 <= status <= 599:
        status = 403
    try:
        reason = _text(data, "reject_reason")[:MAX_REASON] or REJECTED
    except EngineFailure:
        reason = REJECTED
    try:
        fields = _told("reject_headers", _fields(data, "reject_headers"))
        body = _text(data, "reject_body")[:MAX_REJECT_BODY] if "reject_body" in data else None
    except EngineFailure:
        return Reject(403, reason)
    return Reject(status, reason, fields, body)


def _target(data: dict[str, Any]) -> tuple[str | None, str | None]:
    """Path and query: a ``?`` in the path begins a query, unless there is one of its own."""
    path, mark, query = _text(data, "modified_path").partition("?")
    if path and (not path.startswith("/") or has_tricks(path)):
        raise EngineFailure("modified_path is no path that can be sent", counts=False)
    if mark and not path:
        raise EngineFailure("modified_path is a query alone; modified_query changes that", counts=False)
    own = data.get("modified_query")
    given = _text(data, "modified_query") if own is not None else query
    if len(path) > MAX_PATH or len(given) > MAX_PATH:
        raise EngineFailure(f"modified_path or modified_query is longer than {MAX_PATH} characters", counts=False)
    if own is None and not mark:
        return path or None, None
    return path or None, f"?{quote(given, safe=_QUERY_SAFE, errors='replace')}" if given else ""


def _method(data: dict[str, Any]) -> str | None:
    method = _matching(data, "modified_method", _METHOD)
    if method in ("HEAD", "CONNECT", "TRACE"):
        raise EngineFailure(f"modified_method: {method} is not a script's to choose", counts=False)
    return method


def _mirror(data: dict[str, Any]) -> Mirror | None:
    name = _text(data, "mirror")
    percent = _number(data, "mirror_percent", 0, 100)
    return Mirror(name, 100 if percent is None else percent) if name else None


def _holds(data: dict[str, Any]) -> Holds | None:
    """``cache``, if it says that others may have the answer; nobody has to take it up."""
    given = data.get("cache")
    if not isinstance(given, dict):
        return None
    seconds, vary = given.get("seconds"), given.get("vary")
    if not isinstance(seconds, int) or not 0 < seconds <= MAX_HOLDS or not isinstance(vary, list):
        return None
    if len(vary) > MAX_NAMES or not all(isinstance(name, str) for name in vary):
        return None
    return Holds(seconds, tuple(vary))


def _tags(data: dict[str, Any]) -> Fields:
    given = data.get("tags") or {}
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise EngineFailure("tags is no object of texts", counts=True)
    if sum(len(name) + len(value) for name, value in given.items()) > MAX_TAGS:
        raise EngineFailure(f"tags have more than {MAX_TAGS} characters", counts=False)
    return tuple(given.items())


def _tags_of_reject(data: dict[str, Any]) -> Fields:
    try:
        return _tags(data)
    except EngineFailure:
        return ()


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise EngineFailure(f"{key} is no text", counts=True)
    return value


def _matching(data: dict[str, Any], key: str, pattern: re.Pattern[str]) -> str | None:
    text = _text(data, key)
    if text and not pattern.fullmatch(text):
        raise EngineFailure(f"{key} is none that can be sent", counts=False)
    return text or None


def _number(data: dict[str, Any], key: str, least: float, most: float) -> float | None:
    value = data.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise EngineFailure(f"{key} is no number from {least} to {most}", counts=True)
    return value


def _list(data: dict[str, Any], key: str) -> list[str]:
    value = data.get(key) or []
    if not isinstance(value, list) or len(value) > MAX_NAMES or not all(isinstance(item, str) for item in value):
        raise EngineFailure(f"{key} is no list of at most {MAX_NAMES} texts", counts=True)
    return value


def _names(data: dict[str, Any], key: str) -> tuple[str, ...]:
    names = _list(data, key)
    if not all(map(_TOKEN.fullmatch, names)):
        raise EngineFailure(f"{key} has what is no header's name", counts=False)
    return tuple(names)


def _fields(data: dict[str, Any], key: str) -> Iterable[tuple[str, str]]:
    """Names and values, one for each line."""
    given = data.get(key) or {}
    if not isinstance(given, dict):
        raise EngineFailure(f"{key} is no object", counts=True)
    made = []
    for name, content in given.items():
        for value in content if isinstance(content, list) else [content]:
            if not isinstance(value, str):
                raise EngineFailure(f"{key} is no object of texts", counts=True)
            made.append((name, value))
    return made


def _checked(key: str, fields: Iterable[tuple[str, str]]) -> Fields:
    try:
        return check_settable(fields)
    except BadField as error:
        raise EngineFailure(f"{key}: {error}", counts=False) from None


def _told(key: str, fields: Iterable[tuple[str, str]]) -> Fields:
    try:
        return check_told(fields)
    except BadField as error:
        raise EngineFailure(f"{key}: {error}", counts=False) from None
