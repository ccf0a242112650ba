"""Forward auth: a gateway passes on the head of a client's request, and acts on status and headers of the answer.

In: a method, a target ``/forward/{tenant}...`` and header fields. Out: the request that the script decides; for an
outcome, the status, header lines and body. Raises `Refusal` for a target without a tenant, options and backends that
cannot be read, and a trusted header that came twice (one of them may be the client's).

It fails closed: where there is no decision the answer is a 503, unless the gateway's own address says
``on_error=allow``. The path behind the tenant and its query come from the client: no option is taken from them, nor
from any other query that may be the client's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, quote, unquote

from ...routing.request import BackendData, RequestData
from ..offload.errors import RETRY_AFTER
from ..outcome import Outcome
from ..settings.config import Network
from .client_address import client_of
from .forward_cache import KEYS, NO_STORE, Uncarried, cache_lines
from .json_text import json_text
from .responses import Refusal
from .route_path import tenant_name

FORWARD: Final = "/forward/"

FIELD_BYTES: Final = 32 << 10
"""Of one line of a request's head: cookies and tokens of 8 KiB and more are sent on with it."""

Fields = Iterable[tuple[str, str]]

OURS: Final = "x-keystone-"
"""What names of headers begin with that gateways and engine tell each other, and no client."""

_TOLD: Final = frozenset({
    "x-forwarded-method", "x-forwarded-uri", "x-original-method", "x-original-uri", "x-original-url", "host",
    "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "content-length",
    "expect",
})  # fmt: skip
"""Headers that are about this message, or that the request's other fields tell."""

_TRUSTED: Final = (
    "x-keystone-backends", "x-forwarded-method", "x-forwarded-uri", "x-original-method", "x-original-uri",
)  # fmt: skip
"""Of which there may be one: another one would be a client's."""

_FRAMING: Final = frozenset({
    "connection", "content-length", "date", "host", "keep-alive", "proxy-connection", "server", "te",
    "trailer", "transfer-encoding", "upgrade", "x-request-id", "traceparent",
})  # fmt: skip
"""Headers of the answer itself, in which no script has a say."""

_BACKEND: Final = re.compile(r"([^=,\s]{1,255})(?:=([01]))?")
MOST_BACKENDS: Final = 256

_METHOD: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}")
_PATH_SAFE: Final = "/:@!$&'()*+,;=~-._"
_NAME_SAFE: Final = "".join(map(chr, range(0x21, 0x7F))).translate(dict.fromkeys(map(ord, '%,"\\<>')))
_REASON_SAFE: Final = _NAME_SAFE + " ,"

MOST_OPTIONS: Final = 10
_OPTIONS: Final = {"on_error": ("deny", "allow"), "body": ("0", "1"), "reject": ("", "401", "403"), "cache": KEYS}


class Options(NamedTuple):
    """What the gateway's operator has written into the address."""

    allow: bool = False
    """Whether a request passes when there is no decision."""
    body: bool = False
    """Whether the script is told the body."""
    reject: int = 0
    """The status of all rejects, for gateways that know one; 0 for the script's own."""
    cache: frozenset[str] = frozenset()
    """Of what the gateway's cache tells requests apart, KEYS; nothing if it has none."""


NO_OPTIONS: Final = Options()


class Asked(NamedTuple):
    """A request, and how to answer it."""

    tenant: str
    data: RequestData
    options: Options


# asked


def asked_of(method: str, target: str, fields: Fields, proxies: tuple[Network, ...] = ()) -> Asked:
    """Read what a gateway asks; ``proxies`` are those before it that say who the client is. Raises `Refusal`."""
    path, tenant, own_query = address_of(target)
    headers: dict[str, str] = {}
    several: dict[str, list[str]] = {}
    told: dict[str, str] = {}
    names: dict[str, str] = {}
    for name, value in fields:
        lower, is_told = _KINDS.get(name) or _kind(name)
        if is_told:
            if lower in told and lower in _TRUSTED:
                raise Refusal(400, f"{lower} came twice, and one of them may be the client's", field=lower)
            told.setdefault(lower, value)
        elif lower in names:
            first = names[lower]
            several.setdefault(first, [headers[first]]).append(value)
        else:
            names[lower] = name
            headers[name] = value
    get = told.get
    uri = get("x-forwarded-uri") or get("x-original-uri") or path or "/"
    raw_path, mark, query = uri.partition("?")
    options = NO_OPTIONS
    if own_query and own_query != query:  # Caddy sends the client's query on behind the operator's address
        options = (_options if len(own_query) > _MEMORABLE else _known_options)(own_query)
    asked_method = get("x-forwarded-method") or get("x-original-method") or method
    if not is_method(asked_method):
        raise Refusal(400, "the method that is asked about is none", field="x-forwarded-method")
    backends = get("x-keystone-backends", "")
    data: RequestData = {
        "method": asked_method,
        "path": unquote(raw_path, errors="replace") if "%" in raw_path else raw_path,
        "host": _of(headers, names, "x-forwarded-host") or _of(headers, names, "x-original-host") or get("host", ""),
        "headers": headers,
        "body": "",
        "backends": backends_of(backends),
        "raw_path": raw_path,
    }
    if mark:
        data["query"] = query
    if several:
        data["headers_multi"] = several
    if scheme := _of(headers, names, "x-forwarded-proto"):
        data["scheme"] = scheme[:32]
    if "x-forwarded-for" in names:
        name = names["x-forwarded-for"]
        if client := client_of(several[name] if name in several else [headers[name]], proxies):
            data["client_ip"] = client
    return Asked(tenant, data, options)


def is_method(method: str) -> bool:
    """Whether a text is a method's name."""
    return method in _METHODS or _METHOD.fullmatch(method) is not None


_METHODS: Final = frozenset("GET HEAD POST PUT DELETE PATCH OPTIONS".split())

_MEMORABLE: Final = 256
"""Characters of a text of which it is remembered what it says: operators write few."""

_KINDS: Final[dict[str, tuple[str, bool]]] = {}
"""Names of fields, as they were sent: in lower case, and whether the request's other fields tell what they do."""
_KNOWN_NAMES: Final = 1024


def kind_of(name: str) -> tuple[str, bool]:
    """A header's name in lower case, and whether a request's other fields tell what it does."""
    return _KINDS.get(name) or _kind(name)


def _kind(name: str) -> tuple[str, bool]:
    lower = name.lower()
    kind = lower, lower.startswith(OURS) or lower in _TOLD
    if len(name) <= _MEMORABLE:
        if len(_KINDS) >= _KNOWN_NAMES:
            _KINDS.clear()
        _KINDS[name] = kind
    return kind


def _of(headers: Mapping[str, str], names: Mapping[str, str], lower: str) -> str:
    """A header's value, by its name in lower case."""
    name = names.get(lower)
    return "" if name is None else headers[name]


def address_of(target: str) -> tuple[str, str, str]:
    """The client's target behind the tenant (empty if there is none), the tenant, and the address's own query."""
    rest = target[len(FORWARD) :]
    tenant, slash, behind = rest.partition("/")
    query = ""
    if not slash or "?" in tenant:
        tenant, _, query = rest.partition("?")
        slash = behind = ""
    return slash + behind, tenant_of(tenant, FORWARD), query


def tenant_of(tenant: str, call: str) -> str:
    """`tenant_name`, remembered. Raises `Refusal`."""
    return (tenant_name if len(tenant) > _MEMORABLE else _known_tenant)(tenant, call)


_known_tenant: Final = lru_cache(256)(tenant_name)


def _options(query: str) -> Options:
    given: dict[str, str] = {}
    try:
        fields = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_OPTIONS)
    except ValueError:
        raise Refusal(400, f"more than {MOST_OPTIONS} options") from None
    for name, value in fields:
        values = value.split(",") if name == "cache" else [value]
        if not set(values).issubset(_OPTIONS.get(name, ())) or name in given:
            known = ", ".join(f"{option}={'|'.join(filter(None, those))}" for option, those in _OPTIONS.items())
            raise Refusal(400, f"{name[:40]}: no such option, or no such value; there are {known}", field=name[:40])
        given[name] = value
    keys = frozenset(given["cache"].split(",")) if "cache" in given else frozenset()
    return Options(given.get("on_error") == "allow", given.get("body") == "1", int(given.get("reject") or 0), keys)


_known_options: Final = lru_cache(256)(_options)


def _backends(text: str) -> list[BackendData]:
    """The backends in ``old=1,new=0``; one without ``=`` is healthy."""
    made: list[BackendData] = []
    for item in text.split(",", MOST_BACKENDS) if text.strip() else ():
        found = _BACKEND.fullmatch(item.strip())
        if found is None or len(made) == MOST_BACKENDS:
            raise Refusal(400, "expected name=1,other=0", field="x-keystone-backends")
        made.append({"name": found[1], "url": "", "health": found[2] != "0"})
    return made


_known_backends: Final = lru_cache(256)(_backends)


def backends_of(text: str) -> list[BackendData]:
    """The backends that a gateway names. Raises `Refusal`."""
    return _backends(text) if len(text) > _MEMORABLE else _known_backends(text)


# answered


class Reply(NamedTuple):
    """Status, whole header lines, body."""

    status: int
    lines: str
    body: str


def no_decision(options: Options) -> Reply:
    """What is told where there is no decision: the log says why, a client need not know."""
    never = NO_STORE if options.cache else ""
    if options.allow:
        return Reply(200, f"X-Keystone-Error: no decision\r\n{never}", "")
    body = json_text({"error": "no decision"})
    return Reply(503, f"Retry-After: {RETRY_AFTER}\r\nContent-Type: application/json\r\n{never}", body)


def plain_reject(options: Options) -> Reply:
    """What is told of a reject that cannot be told whole."""
    never = NO_STORE if options.cache else ""
    return Reply(403, f"Content-Type: application/json\r\n{never}", '{"error":"rejected"}\n')


def reply_of(outcome: Outcome, asked: Asked, most: int) -> Reply:
    """How to tell an outcome, its header lines in ``most`` bytes. Raises `Uncarried` if that cannot be done."""
    answer = outcome.answer
    if answer is None:
        return no_decision(asked.options)
    reply = _reject(answer, asked.options) if answer.get("reject") else Reply(200, _passed(answer, asked.data), "")
    if asked.options.cache:
        reply = reply._replace(lines=reply.lines + cache_lines(answer, asked.options.body, asked.options.cache))
    size = len(reply.lines) if reply.lines.isascii() else len(reply.lines.encode())
    if size > most:
        raise Uncarried(f"the answer's headers have {size} bytes, more than {most}")
    return reply


def _reject(answer: Mapping[str, Any], options: Options) -> Reply:
    status = answer.get("reject_status", 403)
    reason = answer.get("reject_reason", "")
    lines = [f"X-Keystone-Reason: {quote(reason, safe=_REASON_SAFE)}\r\n"] if reason else []
    if options.reject and status != options.reject:
        lines.append(f"X-Keystone-Status: {status}\r\n")
        status = options.reject
    headers = answer.get("reject_headers", {})
    lines.extend(_lines(headers))
    typed = any(name.lower() == "content-type" for name in headers)
    if "reject_body" in answer:
        body = answer["reject_body"]
        lines.append("" if typed else "Content-Type: text/plain; charset=utf-8\r\n")
    else:
        body = "" if typed or 300 <= status < 400 else json_text({"error": reason or "rejected"})
        lines.append("Content-Type: application/json\r\n" if body else "")
    return Reply(status, "".join(lines), body)


def _passed(answer: Mapping[str, Any], data: RequestData) -> str:
    lines = []
    if answer["selected_backend"]:
        name = answer["selected_backend"]
        lines.append(f"X-Keystone-Backend: {name if name.isalnum() and name.isascii() else _quoted_name(name)}\r\n")
    if "modified_path" in answer or "modified_query" in answer:
        path, target = target_of(answer, data)
        lines.append(f"X-Keystone-Path: {path}\r\n" if path else "")
        lines.append(f"X-Keystone-Target: {target}\r\n")
    changed = answer.get("modified_headers")
    if changed:
        lines.extend(_lines(changed))
        lines.append(f"X-Keystone-Headers: {', '.join(changed)}\r\n")
    if "remove_headers" in answer:
        lines.append(f"X-Keystone-Remove-Headers: {', '.join(answer['remove_headers'])}\r\n")
    if "modified_host" in answer:
        lines.append(f"X-Keystone-Host: {quote(answer['modified_host'], safe=_NAME_SAFE)}\r\n")
    if "modified_method" in answer:
        lines.append(f"X-Keystone-Method: {quote(answer['modified_method'], safe=_NAME_SAFE)}\r\n")
    if "candidates" in answer:
        names = ", ".join([quote(name, safe=_NAME_SAFE) for name in answer["candidates"]])
        lines.append(f"X-Keystone-Candidates: {names}\r\n")
    return "".join(lines)


def target_of(answer: Mapping[str, Any], data: RequestData) -> tuple[str, str]:
    """The path that the backend is to get, escaped, empty for the client's; and with the query that then belongs to it.

    Raises `Uncarried`.
    """
    path, mark, query = answer.get("modified_path", "").partition("?")
    raw = quote(path, safe=_PATH_SAFE) if path else data["raw_path"]
    if not raw.startswith("/"):
        raise Uncarried("a path that does not begin with /")
    query = answer.get("modified_query", query if mark else data.get("query", ""))
    query = quote(query, safe=_PATH_SAFE + "?%[]")
    return raw if path else "", f"{raw}{'?' if query else ''}{query}"


def _quoted_name(name: str) -> str:
    return (quote if len(name) > _MEMORABLE else _known_quoted)(name, safe=_NAME_SAFE)


_known_quoted: Final = lru_cache(256)(quote)


@lru_cache(1024)
def _is_carried(name: str) -> bool:
    lower = name.lower()
    return not lower.startswith(OURS) and lower not in _FRAMING


def _lines(headers: Mapping[str, str | list[str]]) -> list[str]:
    made = []
    for name, content in headers.items():
        if len(name) > _MEMORABLE or not _is_carried(name):
            raise Uncarried(f"{name[:40]} is no header that an answer can carry")
        made.extend([f"{name}: {text}\r\n" for text in ([content] if isinstance(content, str) else content)])
    return made


# heads that need no parser

PLAIN: Final = re.compile(
    rb"[A-Z]{1,32} /forward/[!-~]+ HTTP/1\.1(?:\r\n[!#$%&'*+.^_`|~0-9A-Za-z-]++:[ \t]*+(?:[!-~\x80-\xff]++[ \t]*+)*+)++"
)
"""As head_cache.PLAIN, of this call: what no parser can see anything else in."""

_SPECIAL: Final = frozenset({"transfer-encoding", "expect", "upgrade", "trailer", "te"})
"""Fields that ask for more than an answer, or announce a body."""

_HARMLESS: Final = {"connection": "keep-alive", "content-length": "0"}
"""Fields that do so unless they have these values."""


def plain_head(head: bytes) -> tuple[str, str, list[tuple[str, str]]] | None:
    """Method, target and fields of a plain head that leaves its connection open; None of any other."""
    if PLAIN.fullmatch(head) is None:
        return None
    start, *lines = head.decode("utf-8", "replace").split("\r\n")
    method, target, _ = start.split(" ")
    if method in _UNUSUAL:
        return None
    fields = []
    for line in lines:
        name, _, value = line.partition(":")
        value = value.strip(" \t")
        lower, is_told = _KINDS.get(name) or _kind(name)
        if is_told and (lower in _SPECIAL or (lower in _HARMLESS and value.lower() != _HARMLESS[lower])):
            return None
        fields.append((name, value))
    return method, target, fields


_UNUSUAL: Final = frozenset({"HEAD", "CONNECT"})
