"""Messages from and to HAProxy: a NOTIFY read as a request, an outcome written as variables to set.

In: the payload of a NOTIFY. Out: an `Asked`; of an outcome the payload of its ACK. Raises `BadFrame` for what is no
payload, `BadArguments` for arguments that make no request; its text names the first.

Every decision sets ``decided``. A configuration that lets only requests with it pass fails closed.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from ...routing.request import BackendData, RequestData
from ..http.forward import target_of
from ..http.forward_cache import Uncarried
from ..http.json_text import json_text
from ..http.responses import Refusal
from ..http.route_path import tenant_name
from ..outcome import Outcome
from .frames import LONG, TRUE_VALUE, BadFrame, Value, bytes_at, string_value, text, values_at, whole_value

MESSAGE: Final = b"decide"
MOST_MESSAGES: Final = 16
"""Of a NOTIFY: HAProxy sends one for each that is defined for an event."""

MOST_HEADERS: Final = 1000
"""Header lines. HAProxy's own limit is 101 unless it is raised (tune.http.maxhdr)."""

BACKEND: Final = "be_"
"""The names of arguments that are backends begin so; their value says whether it is healthy."""

ARGUMENTS: Final = (
    "tenant", "method", "path", "query", "hdrs", "body", "body_size", "src", "ssl", "version", "attempt",
)  # fmt: skip


_ARGUMENTS: Final = frozenset(ARGUMENTS)

_MEMORABLE: Final = 256
"""Characters of a tenant's name of which it is remembered that it is one."""


class BadArguments(Exception):
    """A message that makes no request. The text says what is wrong, and names the argument."""


class Asked(NamedTuple):
    """A request that a tenant's script is asked about."""

    tenant: str
    data: RequestData


# asked


def arguments_of(data: bytes, at: int) -> dict[str, Value] | None:
    """The arguments of the one message ``decide`` of a NOTIFY; None without. Raises `BadFrame`."""
    found: dict[str, Value] | None = None
    for _ in range(MOST_MESSAGES):
        if at >= len(data):
            return found
        name, at = bytes_at(data, at)
        if at >= len(data):
            raise BadFrame("a message without a count of arguments")
        arguments, at = values_at(data, at + 1, data[at])
        if name == MESSAGE:
            if found is not None:
                raise BadFrame("two messages decide")
            found = arguments
    if at < len(data):
        raise BadFrame(f"more than {MOST_MESSAGES} messages")
    return found


def asked_of(arguments: Mapping[str, Value]) -> Asked:
    """The request that the arguments tell of. Raises `BadArguments`."""
    backends: list[BackendData] = []
    for name, value in arguments.items():
        if name in _ARGUMENTS:
            continue
        if name.startswith(BACKEND):
            if isinstance(value, str | bytes):
                raise BadArguments(f"{name[:40]}: expected a number or a boolean")
            backends.append({"name": name[len(BACKEND) :], "url": "", "health": bool(value)})
        else:
            raise BadArguments(f"{name[:40]!r} is no argument; there are {', '.join(ARGUMENTS)} and {BACKEND}NAME")
    given = arguments.get
    method, raw_path = _text(arguments, "method"), _text(arguments, "path")
    query = _text(arguments, "query") if "query" in arguments else ""
    if not method or not raw_path:
        raise BadArguments(f"{'path' if method else 'method'}: expected a text")
    tenant = _text(arguments, "tenant")
    if not (_known_tenant if len(tenant) < _MEMORABLE else _is_tenant)(tenant):
        raise BadArguments("tenant: expected the name of one")
    headers, several, host = _headers(_pairs(given("hdrs")))
    data: RequestData = {
        "method": method,
        "path": unquote(raw_path, errors="replace") if "%" in raw_path else raw_path,
        "host": host,
        "headers": headers,
        "body": "",
        "backends": backends,
        "raw_path": raw_path,
    }
    if query:
        data["query"] = query
    if several:
        data["headers_multi"] = several
    if (body := given("body")) is not None:
        _tell_body(data, body, given("body_size"))
    if "ssl" in arguments:
        data["scheme"] = "https" if given("ssl") else "http"
    if "version" in arguments and (version := _text(arguments, "version")):
        data["protocol"] = f"HTTP/{version[:27]}"
    if "src" in arguments and (source := _text(arguments, "src")):
        data["client_ip"] = source[:64]
    if attempt := given("attempt"):
        if not isinstance(attempt, int) or not 0 < attempt <= 1000:
            raise BadArguments("attempt: expected a whole number up to 1000")
        data["attempt"] = attempt
    return Asked(tenant, data)


def _is_tenant(name: str) -> bool:
    try:
        tenant_name(name, "tenant=")
    except Refusal:
        return False
    return True


_known_tenant: Final = lru_cache(256)(_is_tenant)


def _text(arguments: Mapping[str, Value], name: str) -> str:
    """A text, empty if HAProxy had none."""
    value = arguments.get(name)
    if isinstance(value, str):
        return value if value.isascii() else _whole(value)
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    raise BadArguments(f"{name}: expected a text")


def _whole(value: str) -> str:
    """A text without what stands for bytes that are no UTF-8."""
    return value if value.isascii() else _ESCAPED.sub("\ufffd", value)


_ESCAPED: Final = re.compile("[\ud800-\udfff]")


def _pairs(value: Value) -> list[tuple[str, str]]:
    """Header lines as HAProxy writes them: ``req.hdrs``, or ``req.hdrs_bin``."""
    if value is None:
        return []
    if isinstance(value, bytes):
        return _binary_pairs(value)
    if not isinstance(value, str):
        raise BadArguments("hdrs: expected req.hdrs or req.hdrs_bin")
    lines = _whole(value).split("\r\n", MOST_HEADERS + 2)
    pairs = []
    for line in lines:
        if line:
            name, _, content = line.partition(":")
            pairs.append((name, content.strip(" \t")))
    if len(pairs) > MOST_HEADERS:
        raise BadArguments(f"hdrs: more than {MOST_HEADERS} lines")
    return pairs


def _binary_pairs(value: bytes) -> list[tuple[str, str]]:
    """Those of less than 240 bytes without a call for each number and text: half of the time."""
    pairs: list[tuple[str, str]] = []
    at, last = 0, len(value) - 1
    for _ in range(MOST_HEADERS + 1):
        middle = at + 1 + value[at] if at < last else last + 1
        if middle <= last and value[at] < LONG and value[middle] < LONG:
            end = middle + 1 + value[middle]
            if end > last + 1:
                break
            name, content = value[at + 1 : middle], value[middle + 1 : end]
            at = end
        else:
            try:
                name, at = bytes_at(value, at)
                content, at = bytes_at(value, at)
            except BadFrame:
                break
        if not name and not content:
            return pairs
        known = _HEADER_NAMES.get(name) or _header_name(name)
        try:
            pairs.append((known, content.decode()))  # a third of the time of the same with a word on errors
        except UnicodeDecodeError:
            pairs.append((known, content.decode("utf-8", "replace")))
    else:
        raise BadArguments(f"hdrs: more than {MOST_HEADERS} lines")
    raise BadArguments("hdrs: expected req.hdrs or req.hdrs_bin")


_HEADER_NAMES: Final[dict[bytes, str]] = {}
"""Names of headers, as they were sent."""
_MOST_NAMES: Final = 1024


def _header_name(data: bytes) -> str:
    name = data.decode("utf-8", "replace")
    if len(data) <= _MEMORABLE:
        if len(_HEADER_NAMES) >= _MOST_NAMES:
            _HEADER_NAMES.clear()
        _HEADER_NAMES[data] = name
    return name


def _headers(pairs: list[tuple[str, str]]) -> tuple[dict[str, str], dict[str, list[str]], str]:
    """Headers, the first of each name; all values of those that came more than once; the host."""
    headers: dict[str, str] = {}
    names: dict[str, str] = {}
    several: dict[str, list[str]] = {}
    for name, content in pairs:
        lower = name.lower()
        if lower in names:
            first = names[lower]
            several.setdefault(first, [headers[first]]).append(content)
        else:
            names[lower] = name
            headers[name] = content
    return headers, several, headers.get(names.get("host", ""), "")


def _tell_body(data: RequestData, body: Value, size: Value) -> None:
    sent = body.encode("utf-8", "surrogateescape") if isinstance(body, str) else body
    if not isinstance(sent, bytes):
        raise BadArguments("body: expected req.body")
    try:
        data["body"] = sent.decode("utf-8")
    except UnicodeDecodeError:
        data["body_base64"] = base64.b64encode(sent).decode("ascii")
    if isinstance(size, int) and size > len(sent):
        data["body_truncated"] = True


# answered

_SET: Final = b"\x01\x03\x02"
"""An action: set a variable, three arguments, of the transaction."""

_NO_NAME: Final = re.compile("[^a-z0-9]")


def _assign(name: str) -> bytes:
    return _SET + text(name.encode())


DECIDED: Final = _assign("decided") + TRUE_VALUE
_BACKEND: Final = _assign("backend")
_PATH: Final = _assign("path")
_TARGET: Final = _assign("target")
_REJECT: Final = _assign("reject") + TRUE_VALUE + _assign("status")
_REASON: Final = _assign("reason")
_BODY: Final = _assign("body")
_ERROR: Final = _assign("error")


def no_decision(why: str) -> bytes:
    """The actions where there is no decision: ``error`` says why, ``decided`` stays unset."""
    return _ERROR + string_value(why)


def actions_of(outcome: Outcome, data: RequestData) -> bytes:
    """The actions that tell an outcome. Raises `Uncarried` for a path that is none."""
    answer = outcome.answer
    if answer is None:
        return no_decision(outcome.failure.kind if outcome.failure is not None else "error")
    made = [DECIDED]
    if answer.get("reject"):
        reason = answer.get("reject_reason", "")
        body = answer.get("reject_body") or json_text({"error": reason or "rejected"}).rstrip("\n")
        made += [_REJECT, whole_value(answer.get("reject_status", 403))]
        made += [_REASON, string_value(reason), _BODY, string_value(body)]
    elif answer["selected_backend"]:
        made += [_BACKEND, string_value(answer["selected_backend"])]
    if "modified_path" in answer or "modified_query" in answer:
        path, target = target_of(answer, data)
        made += [_PATH, string_value(path), _TARGET, string_value(target)]
    if len(answer) > 1:
        for name, value in answer.items():
            told = _TOLD.get(name)
            if told is not None:
                made += told(_PREFIXES[name], value)
    return b"".join(made)


def _lines(prefix: str, value: Mapping[str, str | list[str]]) -> list[bytes]:
    """A variable for each header; of several lines with one name, one text with commas."""
    made = []
    for name, content in value.items():
        written = content if isinstance(content, str) else ", ".join(content)
        made += [_variable(prefix, name), string_value(written)]
    return made


def _names(prefix: str, value: list[str]) -> list[bytes]:
    return [_variable(prefix, name) + TRUE_VALUE for name in value]


def _one(name: str, value: Any) -> list[bytes]:
    return [_variable("", name), string_value(value)]


def _number(name: str, value: Any) -> list[bytes]:
    return [_variable("", name), whole_value(int(value))]


def _listed(name: str, value: list[str]) -> list[bytes]:
    return [_variable("", name), string_value(",".join(value))]


@lru_cache(1024)
def _variable(prefix: str, name: str) -> bytes:
    """The beginning of a variable's action: ``h_x_routed_by`` for the header X-Routed-By."""
    return _assign(prefix + _NO_NAME.sub("_", name.lower()))


_PREFIXES: Final = {
    "modified_headers": "h_",
    "append_headers": "add_",
    "remove_headers": "del_",
    "reject_headers": "reject_",
    "response_headers": "res_",
    "append_response_headers": "res_add_",
    "remove_response_headers": "res_del_",
    "tags": "tag_",
    "modified_host": "host",
    "modified_method": "method",
    "mirror": "mirror",
    "mirror_percent": "mirror_percent",
    "candidates": "candidates",
    "retries": "retries",
    "timeout_ms": "timeout_ms",
}
"""Of the answer's fields that are told one by one: what their variables begin with, or are called."""

_TOLD: Final[Mapping[str, Callable[[str, Any], list[bytes]]]] = {
    **dict.fromkeys(("modified_headers", "append_headers", "reject_headers", "response_headers"), _lines),
    **dict.fromkeys(("append_response_headers", "tags"), _lines),
    **dict.fromkeys(("remove_headers", "remove_response_headers"), _names),
    **dict.fromkeys(("modified_host", "modified_method", "mirror"), _one),
    **dict.fromkeys(("mirror_percent", "retries", "timeout_ms"), _number),
    "candidates": _listed,
}

__all__ = ["Asked", "BadArguments", "Uncarried", "actions_of", "arguments_of", "asked_of", "no_decision"]
