"""The API's description: OpenAPI 3.1, made from `models`.

    python -m keystone_lua.server.api.openapi > keystone_lua/server/api/openapi.json

In: the models, under pydantic 2. Out: the document. Refuses pydantic 1.10, which writes another dialect of JSON
Schema. That is why the document is kept as a file, which the server serves with either; a test compares it with the
models.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from pydantic import BaseModel

from ...interpreter import ENGINE_VERSION
from ..http.admin_endpoints import WHO
from ..http.batch import MAX_ITEMS
from ..http.forward_cache import KEYS
from ..scripts.uploads import MAX_UPLOAD
from . import models

SCHEMAS = "#/components/schemas/"

Answers = dict[int, tuple[str, type[BaseModel] | str]]
"""Status to what it means, and its body: a model, or a media type that is not JSON."""

_NO_TOKEN: Answers = {401: ("An admin token is set, and the request does not carry it.", models.Refusal)}
_WRONG_METHOD: Answers = {405: ("Another method; Allow names those that there are.", models.Refusal)}

ROUTE_ANSWERS: Answers = {
    200: ("The decision, a reject included; a tenant without a script is rejected.", models.RouteAnswer),
    400: ("The body is no request, or the path names no tenant. The connection may be closed.", models.Refusal),
    **_WRONG_METHOD,
    408: ("The body did not arrive in time.", models.Refusal),
    413: ("The body is larger than max-body.", models.Refusal),
    417: ("An Expect header other than 100-continue.", models.Refusal),
    429: ("The tenant has asked for more than it may; Retry-After says when it may again.", models.Refusal),
    500: ("The script failed, or was stopped at a budget.", models.ScriptFailure),
    503: ("No lane is free for a long run; Retry-After says when to ask again.", models.Refusal),
}

_TENANT = {
    "name": "tenant",
    "in": "path",
    "required": True,
    "description": "The name of a script under the scripts folder, without .lua: no separator, no control character.",
    "schema": {"type": "string", "pattern": r"^(?!\.{1,2}$)[^/\\\u0000-\u001f\u007f]+$"},
}
_NULL = {"type": "null", "description": "The zero value of every field."}
_ANYTHING = {"description": "Anything else: its place in the answer has the error, and status 400."}
_DRY_RUN = {
    "name": "dry_run",
    "in": "query",
    "description": "1 says what a reload would do, and changes nothing.",
    "schema": {"type": "string", "enum": ["0", "1"], "default": "0"},
}

ID_HEADERS = {
    "X-Request-Id": "The request's own id if it sent a sane one, else a new one.",
    "traceparent": "The request's own, if it sent a valid one.",
}
DECISION_HEADERS = {
    "X-Keystone-Script": "Hash of the script and its modules.",
    "X-Keystone-Instructions": "Instructions used.",
    "X-Keystone-Bytes": "Bytes charged.",
    "X-Keystone-Seed": "The run's seed.",
    "X-Keystone-Clock": "The run's clock, Unix time.",
}


METHODS = ("get", "head", "post", "put", "patch", "delete", "options", "trace")
"""What OpenAPI can say of any method."""

FORWARD_HEADERS = {
    "X-Keystone-Backend": "The selected backend, percent-encoded.",
    "X-Keystone-Target": "The path and query that the backend is to get, if the script says.",
    "X-Keystone-Path": "The path alone.",
    "X-Keystone-Headers": "Names of the headers that the script changes; they stand beside it.",
    "X-Keystone-Remove-Headers": "Names of headers to take out.",
    "X-Keystone-Host": "The Host that the backend is to get, percent-encoded.",
    "X-Keystone-Method": "The method that the backend is to get.",
    "X-Keystone-Candidates": "Backends in the order in which to try them.",
    "Cache-Control": "With cache=: for how long a cache may keep it.",
    "Vary": "With cache=: by which of the client's headers.",
    "X-Keystone-Error": "With on_error=allow: there is no decision.",
}
REJECT_HEADERS = {
    "X-Keystone-Reason": "Why, percent-encoded.",
    "X-Keystone-Status": "With reject=: the script's own status.",
}

FORWARD_ANSWERS: Answers = {
    400: ("The path names no tenant, or an option or a trusted header cannot be read.", models.Refusal),
    403: ("Rejected, with the script's own body if it has one.", models.Refusal),
    408: ROUTE_ANSWERS[408],
    413: ROUTE_ANSWERS[413],
    417: ROUTE_ANSWERS[417],
    503: ("No decision: the script failed, or no lane is free. Retry-After says when to ask again.", models.Refusal),
}


def _option(name: str, values: list[str], text: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": text, "schema": {"type": "string", "enum": values}}


def _told(name: str, text: str, pattern: str | None = None) -> dict[str, Any]:
    schema = {"type": "string"} if pattern is None else {"type": "string", "pattern": pattern}
    return {"name": name, "in": "header", "description": text, "schema": schema}


_CACHE = {
    "name": "cache",
    "in": "query",
    "description": "What the gateway's cache tells requests apart by; answers then say whether they may be kept.",
    "style": "form",
    "explode": False,
    "schema": {"type": "array", "minItems": 1, "items": {"type": "string", "enum": [*KEYS]}},
}

_FORWARD_PARAMETERS = [
    _TENANT,
    _option("on_error", ["deny", "allow"], "What to answer where there is no decision."),
    _option("body", ["0", "1"], "Whether the script is told the body."),
    _option("reject", ["401", "403"], "One status for all rejects."),
    _CACHE,
    _told("X-Forwarded-Method", "The client's method; else X-Original-Method, or this call's.", "^[A-Z]{1,32}$"),
    _told("X-Forwarded-Uri", "The client's target; else X-Original-URI, or what stands behind the tenant."),
    _told(
        "X-Keystone-Backends", "The backends, and which are up.", "^[A-Za-z0-9]{1,255}=[01](,[A-Za-z0-9]{1,255}=[01])*$"
    ),
]


def document() -> dict[str, Any]:
    """Return the description. Raises `RuntimeError` under pydantic 1.10."""
    if models.PYDANTIC_1:
        raise RuntimeError("pydantic 2 is needed")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Keystone Lua Engine",
            "description": "Routing decisions by Lua scripts. Health, metrics, reload and this description move to the "
            "admin address where one is set.",
            "version": ENGINE_VERSION,
        },
        "paths": {
            "/route/{tenant}": {"post": _route()},
            "/route/{tenant}/batch": {"post": _batch()},
            "/forward/{tenant}": dict.fromkeys(METHODS, _forward()),
            "/health": {
                "get": _call("The scripts in force", {200: ("The server answers.", models.Health), **_WRONG_METHOD})
            },
            "/health/live": {"get": _call("Is the process alive", {200: ("It is.", models.Status), **_WRONG_METHOD})},
            "/health/ready": {
                "get": _call(
                    "Should it be sent requests",
                    {
                        200: ("It should.", models.Status),
                        **_WRONG_METHOD,
                        503: ("It is stopping, or has not loaded its scripts.", models.Status),
                    },
                )
            },
            "/metrics": {
                "get": _call(
                    "Metrics of all workers, for Prometheus",
                    {200: ("In the format that Accept asks for.", "text/plain"), **_NO_TOKEN, **_WRONG_METHOD},
                    admin=True,
                )
            },
            "/reload": {"post": _reload()},
            **_versions(),
            "/openapi.json": {
                "get": _call("This description", {200: ("OpenAPI 3.1.", models.Description), **_WRONG_METHOD})
            },
        },
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"admin": {"type": "http", "scheme": "bearer", "description": "Where one is set."}},
        },
    }


def _route() -> dict[str, Any]:
    call = _call("Decide where a request goes", ROUTE_ANSWERS)
    call["parameters"] = [_TENANT]
    request = {"anyOf": [_reference(models.RouteRequest), _NULL]}
    call["requestBody"] = {"required": True, "content": {"application/json": {"schema": request}}}
    for status in ("200", "500"):
        call["responses"][status]["headers"] |= _headers(DECISION_HEADERS)
    return call


def _forward() -> dict[str, Any]:
    call = _call("Forward auth, by any method: may a request pass, and where does it go", FORWARD_ANSWERS)
    call["parameters"] = _FORWARD_PARAMETERS
    passed = {"description": "It may pass.", "headers": _headers({**FORWARD_HEADERS, **ID_HEADERS})}
    rejected = {
        "description": "Rejected with the script's own status.",
        "headers": _headers({**REJECT_HEADERS, **ID_HEADERS}),
    }
    call["responses"] = {"200": passed, **call["responses"], "default": rejected}
    call["responses"]["403"]["headers"] |= _headers(REJECT_HEADERS)
    return call


def _batch() -> dict[str, Any]:
    answers: Answers = {
        200: ("The single call's answers, in order; for an item in trouble its error.", models.RouteAnswer),
        400: ("The body is no list of up to 1,000 values, or the path names no tenant.", models.Refusal),
        **{status: ROUTE_ANSWERS[status] for status in (405, 408, 413, 417)},
    }
    call = _call("Decide where many requests go", answers)
    call["parameters"] = [_TENANT]
    item = {"anyOf": [_reference(models.RouteRequest), _NULL, _ANYTHING]}
    requests = {"type": "array", "maxItems": MAX_ITEMS, "items": item}
    call["requestBody"] = {"required": True, "content": {"application/json": {"schema": requests}}}
    either = {"anyOf": [_reference(models.RouteAnswer), _reference(models.BatchTrouble)]}
    call["responses"]["200"]["content"]["application/json"]["schema"] = {"type": "array", "items": either}
    return call


def _reload() -> dict[str, Any]:
    answers: Answers = {
        200: ("In force in every worker.", models.ReloadAnswer),
        400: ("dry_run is neither 0 nor 1.", models.Refusal),
        **_NO_TOKEN,
        **_WRONG_METHOD,
        422: ("The same, but for the files in error.", models.ReloadAnswer),
    }
    call = _call("Load the scripts folder again", answers, admin=True)
    call["parameters"] = [_DRY_RUN]
    for status in ("200", "422"):
        call["responses"][status]["content"]["application/json"]["schema"] = {
            "anyOf": [_reference(models.ReloadAnswer), _reference(models.DryRunAnswer)]
        }
    return call


_NOT_GUARDED: Answers = {403: ("Everybody can reach the address, and there is no admin token.", models.Refusal)}
_NOT_DONE: Answers = {409: ("Not done; the error says why.", models.Refusal)}


def _versions() -> dict[str, Any]:
    told: Answers = {200: ("How both stand.", models.VersionsAnswer), **_NO_TOKEN, **_NOT_GUARDED, **_WRONG_METHOD}
    bad: Answers = {400: ("An option that cannot be read.", models.Refusal)}
    brought: Answers = {
        **{status: ROUTE_ANSWERS[status] for status in (408, 417)},
        413: (f"The bundle is larger than {MAX_UPLOAD} bytes.", models.Refusal),
        422: ("The bundle is not right as a whole; the error says why. Nothing has changed.", models.Refusal),
    }
    change = _call(
        "Bring the next version, and set how much it takes too, or answers",
        {**told, **bad, **_NOT_DONE, **brought},
        admin=True,
    )
    number = {"type": "number", "minimum": 0, "maximum": 100}
    who = {"type": "string", "maxLength": WHO, "pattern": "^[ -~]*$"}
    named = {"name": "who", "in": "query", "description": "Who says so, for the decision log.", "schema": who}
    change["parameters"] = [
        {"name": name, "in": "query", "description": f"Of a hundred decisions, how many it {what}.", "schema": number}
        for name, what in (("shadow", "takes too, after the answer"), ("share", "answers"))
    ] + [{**named, "description": "Who brings the bundle, for the server's log."}]
    bundle = {"application/gzip": {"schema": {"type": "string", "format": "binary"}}}
    change["requestBody"] = {"required": False, "content": bundle}
    show = _call("The next version of the scripts beside the one in force", told, admin=True)
    switch: Answers = {
        200: ("Done, and in force in every worker.", models.SwitchAnswer),
        **bad,
        **_NO_TOKEN,
        **_NOT_GUARDED,
        **_WRONG_METHOD,
        **_NOT_DONE,
        422: ("Done, but for the files in error.", models.SwitchAnswer),
    }
    promote = _call("Put the next version of the scripts in force", switch, admin=True)
    rollback = _call("Put the previous version of the scripts in force", switch, admin=True)
    promote["parameters"] = [named, _option("force", ["0", "1"], "1 promotes whatever the comparing has come to.")]
    rollback["parameters"] = [named]
    return {
        "/versions": {"get": show, "post": change}, "/promote": {"post": promote}, "/rollback": {"post": rollback},
    }  # fmt: skip


def _call(summary: str, answers: Answers, *, admin: bool = False) -> dict[str, Any]:
    call: dict[str, Any] = {
        "summary": summary,
        "responses": {
            str(status): {
                "description": description,
                "headers": _headers(ID_HEADERS),
                "content": {body: {"schema": {"type": "string"}}} if isinstance(body, str) else _json(body),
            }
            for status, (description, body) in answers.items()
        },
    }
    if admin:
        call["security"] = [{}, {"admin": []}]
    return call


def _headers(described: dict[str, str]) -> dict[str, Any]:
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in described.items()}


def _json(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": _reference(model)}}


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": SCHEMAS + model.__name__}


def _schemas() -> dict[str, Any]:
    made: dict[str, Any] = {}
    for model in models.BODIES:
        schema = model.model_json_schema(ref_template=SCHEMAS + "{model}", mode="validation")
        made |= schema.pop("$defs", {})
        made[model.__name__] = schema
    return dict(sorted(made.items()))


def text() -> str:
    """The document as the file has it."""
    return json.dumps(document(), indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
