"""A request's fields: all of them declared, and the newer ones read.

In: members of a decoded JSON object. Out: plain data, without what is null or empty. Raises `BadRequest`, which names
the field, for another type or more than the field's limit.

FIELDS and BACKEND_FIELDS are the lists. OWN has the fields that the engine adds itself: it takes them from no client,
only from tests and recorded requests. The model for OpenAPI, the check rule and the documentation's table are made
from them or compared with them by tests/routing/test_request_fields.py. `request` reads the fields of the first
version by hand.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

TEXT: Final = "text"
FLAG: Final = "flag"
WHOLE: Final = "whole number"
LIST: Final = "list"
"""Of texts."""
HEADERS: Final = "headers"
"""Header name to text."""
MULTI: Final = "header lists"
"""Header name to a list of texts."""
LABELS: Final = "texts by name"
BACKENDS: Final = "backends"
SETTINGS: Final = "settings"
"""Values by name: texts, numbers, true and false, lists and tables of them."""

MOST_SETTINGS: Final = 1000
"""Values of one field of SETTINGS, tables and lists included."""

SETTINGS_NESTING: Final = 8
SETTINGS_CHARACTERS: Final = 64 << 10
"""Of all of its texts and names together."""

BODY_BYTES: Final = 1 << 30
"""Where the limit is that of the whole message (``--max-body``)."""

_SHOWN_NAME: Final = 100
"""Characters of a header name that an error message repeats."""


class BadRequest(Exception):
    """A body that is no request. ``field`` is a path such as ``backends[0].health``, empty for the whole body."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field


class WrongType(BadRequest):
    """A field of another type."""


@dataclass(frozen=True, slots=True)
class RequestField:
    """One field of a request or of a backend. ``most`` is in characters of a text, entries of a list, or the largest
    number."""

    name: str
    kind: str
    meaning: str
    most: int = BODY_BYTES


USUAL: Final = (
    RequestField("method", TEXT, "the method"),
    RequestField("path", TEXT, "the path, unescaped"),
    RequestField("host", TEXT, "the Host"),
    RequestField("headers", HEADERS, "header fields; found in any case; of a repeated one the first"),
    RequestField("body", TEXT, "the body, as far as the gateway tells it"),
    RequestField("backends", BACKENDS, "where the request can go"),
)
"""What the first version of the wire format had; always there, empty if not sent."""

MORE: Final = (
    RequestField("query", TEXT, "what stands behind `?`, as sent; `request.args` has its parameters", 64 << 10),
    RequestField("raw_path", TEXT, "the path as sent, with its escapes", 64 << 10),
    RequestField("scheme", TEXT, "`http` or `https`", 32),
    RequestField("protocol", TEXT, "such as `HTTP/1.1`", 32),
    RequestField("client_ip", TEXT, "the client's address, as the gateway vouches for it", 64),
    RequestField("headers_multi", MULTI, "the values of headers that came more than once"),
    RequestField("body_base64", TEXT, "a body that is no UTF-8; the script has its bytes as `request.body`"),
    RequestField("body_truncated", FLAG, "the body is only begun"),
    RequestField("attempt", WHOLE, "of a retry: which one, from 1", 1000),
    RequestField("failed", LIST, "of a retry: the backends that failed", 64),
)

FIELDS: Final = (*USUAL, *MORE)

OWN: Final = (
    RequestField("config", SETTINGS, "the tenant's table `config` in the engine's settings", MOST_SETTINGS),
    RequestField("secrets", LABELS, "the tenant's secrets; no log or record shows their values"),
    RequestField("sequence", WHOLE, "the number of the tenant's request in this process, from 1", 2**53),
)
"""What the engine adds for a script that has the field's name in its text: see `given_fields`."""

BACKEND_USUAL: Final = (
    RequestField("name", TEXT, "what `selected_backend` names"),
    RequestField("url", TEXT, "where it is"),
    RequestField("health", FLAG, "whether it takes requests"),
)
BACKEND_MORE: Final = (
    RequestField("weight", WHOLE, "its share of the requests", 1_000_000),
    RequestField("priority", WHOLE, "the lower, the sooner", 1_000_000),
    RequestField("labels", LABELS, "the operator's own names and values"),
    RequestField("zone", TEXT, "where it stands", 255),
)
BACKEND_FIELDS: Final = (*BACKEND_USUAL, *BACKEND_MORE)

NAMES: Final = frozenset(field.name for field in MORE)
OWN_NAMES: Final = frozenset(field.name for field in OWN)
BACKEND_NAMES: Final = frozenset(field.name for field in BACKEND_MORE)

ARGS: Final = "args"
"""What a script finds in the request besides: the parameters of ``query``."""


def table_row(field: RequestField) -> str:
    """The field's row in the documentation's table."""
    unit = {TEXT: " characters", LIST: " texts", SETTINGS: " values"}.get(field.kind, "")
    most = "" if field.most == BODY_BYTES else f"{field.most:,}{unit}"
    return f"| `{field.name}` | {field.kind} | {most} | {field.meaning} |"


def unknown(data: Any) -> BadRequest | None:
    """The first field of a request's plain data that no field is called, if there is one. Gateways may send others;
    in a test one is a mistake."""
    if not isinstance(data, Mapping):
        return None
    for name in data:
        if name not in _KNOWN:
            return _unknown(name, _KNOWN, "")
    backends = data.get("backends")
    for place, backend in enumerate(backends if isinstance(backends, list) else ()):
        for name in backend if isinstance(backend, Mapping) else ():
            if name not in _KNOWN_OF_BACKENDS:
                return _unknown(name, _KNOWN_OF_BACKENDS, f"backends[{place}].")
    return None


def _unknown(name: str, known: tuple[str, ...], parent: str) -> BadRequest:
    from difflib import get_close_matches  # here, since few commands need it

    close = get_close_matches(name, known, 1, 0.5)
    advice = f"did you mean '{close[0]}'?" if close else f"there are {', '.join(known)}"
    return BadRequest(f"no such field: {advice}", f"{parent}{name[:_SHOWN_NAME]}")


_KNOWN: Final = tuple(field.name for field in (*FIELDS, *OWN))
_KNOWN_OF_BACKENDS: Final = tuple(field.name for field in BACKEND_FIELDS)


# reading


def read_more(data: Mapping[str, Any], made: dict[str, Any]) -> None:
    """Put into ``made`` what of MORE a request's object has. Raises `BadRequest`."""
    _read(MORE, data, made, "")


def read_own(data: Mapping[str, Any], made: dict[str, Any]) -> None:
    """The same of OWN: for requests of tests and records, never for those of a gateway."""
    _read(OWN, data, made, "")


def read_backend_more(data: Mapping[str, Any], made: dict[str, Any], parent: str) -> None:
    """The same of a backend; ``parent`` is its place, with a dot behind it."""
    _read(BACKEND_MORE, data, made, parent)


def _read(fields: tuple[RequestField, ...], data: Mapping[str, Any], made: dict[str, Any], parent: str) -> None:
    for field in fields:
        value = data.get(field.name)
        if value is not None:
            read = _READERS[field.kind](field, value, parent + field.name)
            if read or field.kind == WHOLE:
                made[field.name] = read


def _read_text(field: RequestField, value: Any, where: str) -> str:
    if value.__class__ is not str:
        raise wrong_type(where, "a string", value)
    if len(value) > field.most:
        raise BadRequest(f"more than {field.most} characters", where)
    if field.name == "body_base64":
        decoded(value)
    return str(value)


def _read_flag(field: RequestField, value: Any, where: str) -> bool:
    if value.__class__ is not bool:
        raise wrong_type(where, "a boolean", value)
    return bool(value)


def _read_whole(field: RequestField, value: Any, where: str) -> int:
    if value.__class__ is float and value.is_integer():  # 120.0 is one to JSON Schema, and to what writes it so
        value = int(value)
    if value.__class__ is not int:
        raise wrong_type(where, "a whole number", value)
    if not 0 <= value <= field.most:
        raise BadRequest(f"expected a whole number from 0 to {field.most}", where)
    return int(value)


def _read_list(field: RequestField, value: Any, where: str) -> list[str]:
    if value.__class__ is not list:
        raise wrong_type(where, "an array", value)
    if len(value) > field.most:
        raise BadRequest(f"more than {field.most} entries", where)
    return [_inner_text(item, f"{where}[{place}]") for place, item in enumerate(value)]


def _read_labels(field: RequestField, value: Any, where: str) -> dict[str, str]:
    if value.__class__ is not dict:
        raise wrong_type(where, "an object", value)
    return {name: _inner_text(item, f"{where}.{name}") for name, item in value.items()}


def _read_multi(field: RequestField, value: Any, where: str) -> dict[str, list[str]]:
    if value.__class__ is not dict:
        raise wrong_type(where, "an object", value)
    made = {name: _read_list(field, item, f"{where}.{name}") for name, item in value.items() if item is not None}
    return {name: texts for name, texts in made.items() if texts}


def _read_settings(field: RequestField, value: Any, where: str) -> dict[str, Any]:
    if value.__class__ is not dict:
        raise wrong_type(where, "an object", value)
    left = [field.most, SETTINGS_CHARACTERS]
    return {name: _setting(item, f"{where}.{name}", 1, left) for name, item in _spent(value, where, left).items()}


def _setting(value: Any, where: str, depth: int, left: list[int]) -> Any:
    """One value of settings; ``left`` says how many values and characters may come."""
    if value.__class__ in (dict, list) and depth >= SETTINGS_NESTING:
        raise BadRequest(f"nested deeper than {SETTINGS_NESTING} levels", where)
    if value.__class__ is dict:
        entries = _spent(value, where, left).items()
        return {name: _setting(item, f"{where}.{name}", depth + 1, left) for name, item in entries}
    if value.__class__ is list:
        entries = enumerate(_spent(value, where, left))
        return [_setting(item, f"{where}[{place}]", depth + 1, left) for place, item in entries]
    if value.__class__ is str:
        return _spent(value, where, left)
    if value.__class__ in (bool, int, float) and (
        abs(value) <= 2**53 if value.__class__ is int else math.isfinite(value)
    ):
        return value
    raise BadRequest("expected text, a number, true, false, a list or an object", where)


def _spent(value: Any, where: str, left: list[int]) -> Any:
    """``value``, once there is known to be room for it."""
    if value.__class__ is str:
        left[1] -= len(value)
    else:
        left[0] -= len(value)
        left[1] -= sum(map(len, value)) if value.__class__ is dict else 0
    if min(left) < 0:
        raise BadRequest(f"more than {MOST_SETTINGS} values, or {SETTINGS_CHARACTERS} characters in all", where)
    return value


def _inner_text(value: Any, where: str) -> str:
    """A text within a list or an object; null is the empty one, as everywhere."""
    if value is None:
        return ""
    if value.__class__ is not str:
        raise wrong_type(where, "a string", value)
    return str(value)


_READERS: Final[Mapping[str, Callable[[RequestField, Any, str], Any]]] = {
    TEXT: _read_text, FLAG: _read_flag, WHOLE: _read_whole, LIST: _read_list, LABELS: _read_labels, MULTI: _read_multi,
    SETTINGS: _read_settings,
}  # fmt: skip


def decoded(value: str) -> bytes:
    """The bytes of a ``body_base64``. Raises `BadRequest`."""
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest("expected base64", "body_base64") from None


_JSON_NAMES: Final = {
    dict: "object", list: "array", str: "string", bool: "boolean", float: "number", int: "number", type(None): "null",
}  # fmt: skip


def wrong_type(field: str, expected: str, value: Any) -> WrongType:
    """What to say of a value of the wrong type; ``field`` is shortened."""
    parent, dot, name = field.partition(".")
    if len(name) > _SHOWN_NAME:
        field = f"{parent}{dot}{name[:_SHOWN_NAME]}…"
    kind = _JSON_NAMES.get(value.__class__, "something else")
    problem = f"expected {expected}, got {kind}"
    return WrongType(problem if field else f"request body: {problem}", field)
