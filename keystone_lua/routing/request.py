"""The wire format, read and written.

In: the bytes of a request body. Out: the plain request that the interpreter takes, every zero value filled in. Raises
`BadRequest` for what is not JSON or has a field of the wrong type; it names the first such field.

This module decides what is accepted. `server.api.models` declares the same format for people and for OpenAPI; tests
compare the two on generated bodies under pydantic 2 and 1.10. It is written by hand because it costs 6 µs a request
in every install, where a pydantic 1.10 model in pure Python costs 60, one of pydantic 2 with its way back to plain
data 12, and a hostile body (a megabyte of wrong backends, each an error object) holds the event loop for seconds.
Where pydantic 2 is installed, its core reads the usual bodies for the server (`server.http.request_reading`).
"""

from __future__ import annotations

import json
import re
from itertools import accumulate
from math import inf
from typing import Any, Final, NotRequired, TypedDict

from .request_fields import (
    BACKEND_NAMES,
    NAMES,
    BadRequest,
    read_backend_more,
    read_more,
    read_own,
    wrong_type,
)  # fmt: skip

__all__ = [
    "BackendData", "BadRequest", "RequestData", "read_batch", "read_json", "read_request", "read_whole_request",
    "request_of",
]  # fmt: skip

MAX_NESTING: Final = 64
"""Objects and arrays within each other. The format needs 3; a fixed bound is the same on every Python."""

MAX_VALUES: Final = 20_000
"""Commas and opening brackets outside of strings: members, elements, objects and arrays of a body. Bounds the time that
one body takes."""

MAX_BATCH_VALUES: Final = 60_000
"""The same of a batch: a thousand requests with three headers and two backends have 25,000."""

DIGITS: Final = 20
"""Characters of a number. The format has none beyond a million."""

_WHITESPACE: Final = " \t\n\r"


class BackendData(TypedDict):
    """One backend, as scripts see it."""

    name: str
    url: str
    health: bool
    weight: NotRequired[int]
    priority: NotRequired[int]
    labels: NotRequired[dict[str, str]]
    zone: NotRequired[str]


class RequestData(TypedDict):
    """One request, as scripts see it: of the first version's fields none missing, none null, no lone surrogate.

    The newer ones are there if they are not empty: see `request_fields.MORE`.
    """

    method: str
    path: str
    host: str
    headers: dict[str, str]
    body: str
    backends: list[BackendData]
    query: NotRequired[str]
    raw_path: NotRequired[str]
    scheme: NotRequired[str]
    protocol: NotRequired[str]
    client_ip: NotRequired[str]
    headers_multi: NotRequired[dict[str, list[str]]]
    body_base64: NotRequired[str]
    body_truncated: NotRequired[bool]
    attempt: NotRequired[int]
    failed: NotRequired[list[str]]
    config: NotRequired[dict[str, Any]]
    secrets: NotRequired[dict[str, str]]
    sequence: NotRequired[int]


def read_request(body: bytes) -> RequestData:
    """Return the request in ``body``. Raises `BadRequest`."""
    return request_of(read_json(body))


def read_whole_request(body: bytes) -> RequestData:
    """The same with what the engine adds of its own: for requests in files and tests. Raises `BadRequest`."""
    data = read_json(body)
    request = request_of(data)
    if data is not None:
        read_own(data, request)  # type: ignore[arg-type]  # a TypedDict is a dict
    return request


def read_batch(body: bytes, limit: int) -> list[Any]:
    """Return the values of the list in ``body``, at most ``limit``, each for `request_of`. Raises `BadRequest`."""
    value = read_json(body, MAX_BATCH_VALUES)
    if value.__class__ is not list:
        raise wrong_type("", "an array", value)
    if len(value) > limit:
        raise BadRequest(f"request body: {len(value)} requests are more than the {limit} of one batch")
    return list(value)


def read_json(body: bytes, most: int = MAX_VALUES) -> Any:
    """Return the value of one JSON text in UTF-8, of at most ``most`` values (see MAX_VALUES).

    A number of more than DIGITS characters is read as infinity: converting a long one is work for nothing.
    The last of duplicate keys wins; a lone surrogate becomes U+FFFD. Raises `BadRequest`.
    """
    try:
        text = body.decode("utf-8").strip(_WHITESPACE)
    except UnicodeDecodeError as error:
        raise BadRequest(f"request body is not UTF-8 (byte {error.start})") from None
    _check_structure(body, most)
    try:
        value, end = _DECODER.raw_decode(text)
        if end != len(text):
            raise json.JSONDecodeError("Extra data", text, end)
    except json.JSONDecodeError as error:
        raise BadRequest(f"request body is not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
    return _without_surrogates(value) if b"\\u" in body else value


def request_of(data: Any) -> RequestData:
    """Return a decoded value as a request. Raises `BadRequest`."""
    if data is None:
        data = {}
    elif data.__class__ is not dict:
        raise wrong_type("", "an object", data)
    try:
        method, path, host, body = data["method"], data["path"], data["host"], data["body"]
        headers, backends = data["headers"], data["backends"]
        more = len(data) > _USUAL
    except KeyError:
        more = True
        method = path = host = body = None
        headers, backends = data.get("headers"), data.get("backends")
    if not (method.__class__ is path.__class__ is host.__class__ is str):
        method, path, host = _text(data, "method"), _text(data, "path"), _text(data, "host")
    made = _headers(headers)
    if body.__class__ is not str:
        body = _text(data, "body")
    request: RequestData = {
        "method": method,
        "path": path,
        "host": host,
        "headers": made,
        "body": body,
        "backends": _backends(backends),
    }
    if more and not NAMES.isdisjoint(data):
        read_more(data, request)  # type: ignore[arg-type]  # a TypedDict is a dict
    return request


_USUAL: Final = 6
"""Fields of the first version."""


def _text(data: dict[str, Any], key: str, parent: str = "") -> str:
    value = data.get(key)
    if value.__class__ is str:
        return value
    if value is None:
        return ""
    raise wrong_type(parent + key, "a string", value)


def _headers(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if value.__class__ is not dict:
        raise wrong_type("headers", "an object", value)
    if set(map(type, value.values())) - _STRINGS:
        return {name: _text(value, name, "headers.") for name in value}
    return value


def _backends(value: Any) -> list[BackendData]:
    if value is None:
        return []
    if value.__class__ is not list:
        raise wrong_type("backends", "an array", value)
    made: list[BackendData] = []
    for item in value:
        try:
            name, url, health = item["name"], item["url"], item["health"]
        except (KeyError, TypeError):
            name = None
        if name.__class__ is str and url.__class__ is str and health.__class__ is bool and len(item) == _BACKEND_USUAL:
            made.append({"name": name, "url": url, "health": health})
        else:
            made.append(_backend(item, len(made)))
    return made


def _backend(item: Any, index: int) -> BackendData:
    """A backend that has not all of its fields, or one of a wrong type."""
    if item is None:
        return {"name": "", "url": "", "health": False}
    if item.__class__ is not dict:
        raise wrong_type(f"backends[{index}]", "an object", item)
    health = item.get("health")
    parent = f"backends[{index}]."
    name, url = _text(item, "name", parent), _text(item, "url", parent)
    if health is not None and health.__class__ is not bool:
        raise wrong_type(parent + "health", "a boolean", health)
    made: BackendData = {"name": name, "url": url, "health": bool(health)}
    if not BACKEND_NAMES.isdisjoint(item):
        read_backend_more(item, made, parent)  # type: ignore[arg-type]  # a TypedDict is a dict
    return made


_BACKEND_USUAL: Final = 3
"""Fields of a backend of the first version."""

_STRINGS: Final = {str}

_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
"""A JSON string, or what there is of one. Always matches at a quote, and never goes back: linear on any input."""

_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_STEPS: Final = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


def _check_structure(body: bytes, most: int) -> None:
    """Raise `BadRequest` if a decoder would go too deep, or make too much, before it meets a mistake or the end.

    Asked before decoding: Python's decoder recurses in C, and scripts need a recursion limit that would
    let it run out of stack; and a megabyte of empty arrays takes it 50 ms and more.
    """
    opened = body.count(b"[") + body.count(b"{")
    if opened <= MAX_NESTING and opened + body.count(b",") <= most:
        return
    too_many = BadRequest(f"request body has more than {most} values")
    if body.count(b'"') - body.count(b'\\"') > 4 * most:  # a name and a text for each, and more
        raise too_many
    outside = _STRING.sub(b"", body)
    brackets = outside.translate(None, _NOT_BRACKETS)
    if any(depth > MAX_NESTING for depth in accumulate(map(_STEPS.__getitem__, brackets[: 2 * most]))):
        raise BadRequest(f"request body is nested deeper than {MAX_NESTING} levels")
    if outside.count(b",") + outside.count(b"[") + outside.count(b"{") > most:
        raise too_many


_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def _without_surrogates(value: Any) -> Any:
    """Return a copy with U+FFFD for lone surrogates; the decoder has already joined pairs. Nesting is bounded."""
    if value.__class__ is str:
        return _SURROGATE.sub("\ufffd", value)
    if value.__class__ is list:
        return [_without_surrogates(item) for item in value]
    if value.__class__ is dict:
        return {_without_surrogates(name): _without_surrogates(item) for name, item in value.items()}
    return value


def _whole(text: str) -> int | float:
    return int(text) if len(text) <= DIGITS else inf


def _fraction(text: str) -> float:
    return float(text) if len(text) <= DIGITS else inf


def _refuse_constant(name: str) -> float:
    raise BadRequest(f"request body is not JSON: {name} is no JSON value")


_DECODER: Final = json.JSONDecoder(parse_float=_fraction, parse_int=_whole, parse_constant=_refuse_constant)
