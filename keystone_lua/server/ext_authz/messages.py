"""What Envoy asks and is told: a CheckRequest as a request, an outcome as a CheckResponse.

In: the bytes of a CheckRequest, and the metadata of its call. Out: an `Asked`; of an outcome the bytes of a
CheckResponse. Refuses, with `Refusal`: bytes that are none, what makes no request, options that are none.

The tenant, its backends and what happens without a decision are told by Envoy's configuration, in context extensions or
in metadata of the call; a client has no say in either. Whatever is no decision is denied with 503, and what makes no
request with 400: not by an error of gRPC, which ``failure_mode_allow`` would let pass.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from ...routing.request import BackendData, RequestData
from ..http.forward import OURS, backends_of, is_method, kind_of, target_of, tenant_of
from ..http.forward_cache import Uncarried
from ..http.json_text import json_text
from ..http.responses import Refusal
from ..offload.errors import RETRY_AFTER
from ..outcome import Outcome
from .declared import APPEND, OVERWRITE, CheckRequest, CheckResponse, DecodeError

MOST_HEADERS: Final = 1000
"""Header lines. Envoy's own limit is 100 unless it is raised (max_headers_count)."""

MOST_TARGET: Final = 1 << 16
"""Characters of a path with its query. Envoy's own limit is 60 KiB of all headers; a megabyte takes 0.1 s to decode."""

MOST_TENANT: Final = 1024
"""Characters of a tenant's name as it is told: that of a file, encoded."""

OPTIONS: Final = ("tenant", "backends", "on_error")
"""What Envoy's configuration says: ``context_extensions`` by these names, metadata such as ``x-keystone-on-error``."""

MOST_OPTIONS: Final = 16
_PARTIAL: Final = "x-envoy-auth-partial-body"

DENIED: Final = 7
"""PERMISSION_DENIED: any status but OK denies."""

_FRAMING: Final = frozenset({
    "connection", "content-length", "host", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding",
    "upgrade",
})  # fmt: skip
"""Headers that no answer can set: they frame messages, or name the host, which has a field of its own."""


class Asked(NamedTuple):
    """A request that a tenant's script is asked about."""

    tenant: str
    data: RequestData
    allow: bool
    """Whether a request passes when there is no decision."""
    claims: list[str]
    """Names of headers that no client has to send, and this one did."""


# asked


def asked_of(message: bytes, metadata: Mapping[str, str]) -> Asked:
    """The request that a CheckRequest tells of. Raises `Refusal`."""
    try:
        attributes = CheckRequest.FromString(message).attributes
    except (DecodeError, ValueError):  # the latter without native code, for what is no UTF-8
        raise Refusal(400, "no CheckRequest, or texts in it that are no UTF-8") from None
    given = _options(metadata, attributes.context_extensions)
    http = attributes.request.http
    if len(http.path) > MOST_TARGET:
        raise Refusal(400, f"a path of more than {MOST_TARGET} characters", field="path")
    raw_path, mark, query = (http.path or "/").partition("?")
    if not is_method(http.method):
        raise Refusal(400, "the method that is asked about is none", field="method")
    headers, several, claims = _headers(http)
    data: RequestData = {
        "method": http.method,
        "path": unquote(raw_path, errors="replace") if "%" in raw_path else raw_path,
        "host": http.host,
        "headers": headers,
        "body": "",
        "backends": _backends(given),
        "raw_path": raw_path,
    }
    if mark:
        data["query"] = query
    if several:
        data["headers_multi"] = several
    if http.scheme:
        data["scheme"] = http.scheme[:32]
    if http.protocol:
        data["protocol"] = http.protocol[:32]
    if address := attributes.source.address.socket_address.address:
        data["client_ip"] = address[:64]
    if body := http.raw_body:
        try:
            data["body"] = body.decode()
        except UnicodeDecodeError:
            data["body_base64"] = base64.b64encode(body).decode("ascii")
    elif http.body:
        data["body"] = http.body
    if (body or http.body) and headers.get(_PARTIAL) == "true":
        data["body_truncated"] = True
    return Asked(_tenant(given), data, given.get("on_error") == "allow", claims)


def _options(metadata: Mapping[str, str], extensions: Mapping[str, str]) -> dict[str, str]:
    """What the configuration says; a route's context extensions before the metadata of all calls."""
    if len(extensions) > MOST_OPTIONS:
        raise Refusal(400, f"more than {MOST_OPTIONS} context extensions")
    given = {name[len(OURS) :].replace("-", "_"): value for name, value in metadata.items()}
    given.update(extensions.items())
    for name in given:
        if name not in OPTIONS:
            raise Refusal(400, f"{name[:40]}: no such option; there are {', '.join(OPTIONS)}", field=name[:40])
    if given.get("on_error", "deny") not in ("deny", "allow"):
        raise Refusal(400, "expected deny or allow", field="on_error")
    return given


def _tenant(given: Mapping[str, str]) -> str:
    tenant = given.get("tenant", "")
    try:
        return tenant_of(tenant if len(tenant) <= MOST_TENANT else "", "tenant=")
    except Refusal:
        where = "in context_extensions, or in metadata as x-keystone-tenant"
        raise Refusal(400, f"tenant: expected the name of one, {where}", field="tenant") from None


def _backends(given: Mapping[str, str]) -> list[BackendData]:
    try:
        return backends_of(given.get("backends", ""))
    except Refusal as error:
        raise Refusal(400, str(error), field="backends") from None


def _headers(http: Any) -> tuple[dict[str, str], dict[str, list[str]], list[str]]:
    """Headers, the first of each name; all values of those that came more than once; what a client claims."""
    headers: dict[str, str] = {}
    several: dict[str, list[str]] = {}
    claims: list[str] = []
    if len(http.headers or http.header_map.headers) > MOST_HEADERS:
        raise Refusal(400, f"more than {MOST_HEADERS} header lines", field="headers")
    lines = http.headers.items() or [
        (line.key, line.raw_value.decode("utf-8", "replace") or line.value) for line in http.header_map.headers
    ]
    for name, value in lines:
        lower, is_told = kind_of(name)
        if is_told or lower.startswith(":"):
            if lower.startswith(OURS):
                claims.append(lower)
        elif lower in headers:
            several.setdefault(lower, [headers[lower]]).append(value)
        else:
            headers[lower] = value
    return headers, several, claims


# answered


def no_decision(why: str, asked: Asked | None = None) -> bytes:
    """What is told where there is no decision. Metadata say why, for Envoy's log; a client need not know."""
    if asked is not None and asked.allow:
        made = CheckResponse()
        made.ok_response.headers_to_remove.extend(asked.claims)
        _tell(made.dynamic_metadata, {"error": why})
        return _bytes(made)
    return denied(503, "no decision", why)


def denied(status: int, reason: str, why: str) -> bytes:
    """A request that makes none, or that nobody decides."""
    made = CheckResponse()
    made.status.code = DENIED
    _deny(made.denied_response, status, json_text({"error": reason}))
    _set(made.denied_response.headers, {"content-type": "application/json"})
    if status == 503:
        _set(made.denied_response.headers, {"retry-after": str(RETRY_AFTER)})
    _tell(made.dynamic_metadata, {"error": why})
    return _bytes(made)


def response_of(outcome: Outcome, asked: Asked) -> bytes:
    """How to tell an outcome. Raises `Uncarried` if that cannot be done."""
    answer = outcome.answer
    if answer is None:
        return no_decision(outcome.failure.kind if outcome.failure is not None else "error", asked)
    made = CheckResponse()
    if answer.get("reject"):
        _reject(made, answer)
    else:
        _pass(made, answer, asked)
    return _bytes(made)


def plain_reject() -> bytes:
    """A reject of which nothing else can be told."""
    return denied(403, "rejected", "answer")


def _bytes(made: Any) -> bytes:
    data: bytes = made.SerializeToString()
    return data


def _reject(made: Any, answer: Mapping[str, Any]) -> None:
    reason, status = answer.get("reject_reason", ""), answer.get("reject_status", 403)
    headers = answer.get("reject_headers", {})
    typed = any(name.lower() == "content-type" for name in headers)
    body, kind = answer.get("reject_body", ""), "text/plain; charset=utf-8"
    if "reject_body" not in answer and not typed and not 300 <= status < 400:
        body, kind = json_text({"error": reason or "rejected"}), "application/json"
    made.status.code = DENIED
    _deny(made.denied_response, status, body)
    _set(made.denied_response.headers, _carried(headers))
    if body and not typed:
        _set(made.denied_response.headers, {"content-type": kind})
    _tell(made.dynamic_metadata, {"reject": True, "reason": reason, "tags": answer.get("tags")})


def _deny(denied_response: Any, status: int, body: str) -> None:
    denied_response.status.code = status
    denied_response.body = body


def _pass(made: Any, answer: Mapping[str, Any], asked: Asked) -> None:
    passed = made.ok_response
    backend = answer["selected_backend"]
    told = {"x-keystone-backend": backend} if backend else {}
    if len(answer) == 1:
        _set(passed.headers, told)
        passed.headers_to_remove.extend(_removed(asked.claims, told))
        _tell(made.dynamic_metadata, {"backend": backend})
        return
    if "modified_path" in answer or "modified_query" in answer:
        told[":path"] = target_of(answer, asked.data)[1]
    if "modified_method" in answer:
        told[":method"] = answer["modified_method"]
    if "modified_host" in answer:
        told[":authority"] = answer["modified_host"]
    if "timeout_ms" in answer:
        told["x-envoy-upstream-rq-timeout-ms"] = str(answer["timeout_ms"])
    changed, added = answer.get("modified_headers", {}), answer.get("append_headers", {})
    removed = [name.lower() for name in answer.get("remove_headers", ())]
    _set(passed.headers, told)
    _set(passed.headers, _carried(changed))
    afresh = set(removed).difference(map(str.lower, changed))
    for name, content in _carried(added).items():
        _add(passed.headers, name, content, first=name.lower() in afresh)
    named = {*told, *map(str.lower, changed), *map(str.lower, added)}
    passed.headers_to_remove.extend(_removed([*asked.claims, *removed], named))
    for name, content in _carried(answer.get("response_headers", {})).items():
        if isinstance(content, str):
            _set(passed.response_headers_to_add, {name: content})
        elif name.lower() == "set-cookie":  # which lets no values be joined (RFC 9110, 5.3)
            _add(passed.response_headers_to_add, name, content, first=False, joined=False)
        else:  # Envoy 1.40 sets after it has added, whatever the order
            _set(passed.response_headers_to_add, {name: ", ".join(content)})
    for name, content in _carried(answer.get("append_response_headers", {})).items():
        _add(passed.response_headers_to_add, name, content, first=False, joined=False)
    _tell(made.dynamic_metadata, {"backend": backend, **{name: answer.get(name) for name in METADATA_FIELDS}})


METADATA_FIELDS: Final = (
    "tags", "candidates", "retries", "timeout_ms", "mirror", "mirror_percent", "remove_response_headers",
)  # fmt: skip
"""Fields of an answer that are told in dynamic metadata: for Envoy's log, and for filters behind."""


def _removed(names: list[str], named: Any) -> list[str]:
    return [name for name in dict.fromkeys(names) if name not in named]


def _carried(headers: Mapping[str, Any]) -> Mapping[str, Any]:
    """``headers``, if an answer can carry each. Raises `Uncarried`."""
    for name in headers:
        lower = name.lower()
        if lower in _FRAMING or lower.startswith(OURS):
            raise Uncarried(f"{name[:40]} is no header that an answer can carry")
    return headers


def _set(options: Any, headers: Mapping[str, str | list[str]]) -> None:
    for name, content in headers.items():
        if isinstance(content, str):
            made = options.add()
            made.header.key, made.header.value, made.append_action = name, content, OVERWRITE
        else:
            _add(options, name, content, first=True, joined=False)


def _add(options: Any, name: str, content: str | list[str], *, first: bool, joined: bool = True) -> None:
    """Add lines; the ``first`` of them takes the place of what is there. Only the older way joins them to one."""
    for text in [content] if isinstance(content, str) else content:
        made = options.add()
        made.header.key, made.header.value = name, text
        if first:
            made.append_action = OVERWRITE
        elif joined:
            made.append.value = True
        else:
            made.append_action = APPEND
        first = False


def _tell(struct: Any, content: Mapping[str, Any]) -> None:
    """Write what is there of ``content`` into a Struct."""
    for name, value in content.items():
        if value or isinstance(value, bool):
            _tell_value(struct.fields[name], value)


def _tell_value(made: Any, value: Any) -> None:
    if isinstance(value, str):
        made.string_value = value
    elif isinstance(value, bool):
        made.bool_value = value
    elif isinstance(value, int | float):
        made.number_value = value
    elif isinstance(value, dict):
        _tell(made.struct_value, value)
    else:
        for text in value:
            made.list_value.values.add().string_value = text
