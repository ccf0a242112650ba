"""The wire format, declared.

Pydantic models of every body that a client sends or receives; OpenAPI is made from them. They mean the same under
pydantic 2 and 1.10: no coercion, null and missing are the zero value, unknown fields are ignored. `routing.request`
and `server.http.request_reading` read requests; tests compare them with `RouteRequest`, and every answer of the real
server with its model here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pydantic
from pydantic import BaseModel, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from ...routing import answer, request_fields
from ...routing.request_fields import RequestField

PYDANTIC_1 = pydantic.VERSION.startswith("1.")


def _object_or_null(value: Any) -> Any:
    """Refuse what pydantic 1 would turn into a dict: a list of pairs."""
    if value is not None and not isinstance(value, dict):
        raise ValueError("expected an object")
    return value


def _whole_or_other(value: Any) -> Any:
    """120.0 is a whole number to JSON Schema."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _before(field: str) -> Callable[[Callable[[Any], Any]], Any]:
    """Run a check of ``field`` before pydantic's own, in the words of the installed version."""

    def decorate(check: Callable[[Any], Any]) -> Any:
        def method(cls: type[BaseModel], value: Any) -> Any:
            return check(value)

        if PYDANTIC_1:
            return pydantic.validator(field, pre=True, allow_reuse=True)(method)
        return pydantic.field_validator(field, mode="before")(method)  # type: ignore[attr-defined,unused-ignore]

    return decorate


_LIST_LIMIT = "max_items" if PYDANTIC_1 else "max_length"


def _request_type(field: RequestField) -> Any:
    """The type of one of a request's newer fields, null included."""
    limited = field.most != request_fields.BODY_BYTES
    if field.kind == request_fields.TEXT:
        return (pydantic.constr(strict=True, max_length=field.most) if limited else StrictStr) | None
    if field.kind == request_fields.WHOLE:
        return pydantic.conint(strict=True, ge=0, le=field.most) | None
    if field.kind == request_fields.LIST:
        item, limit = cast(Any, StrictStr | None), cast(Any, {_LIST_LIMIT: field.most})
        return pydantic.conlist(item, **limit) | None
    return {
        request_fields.FLAG: StrictBool | None,
        request_fields.LABELS: dict[StrictStr, StrictStr | None] | None,
        request_fields.MULTI: dict[StrictStr, list[StrictStr | None] | None] | None,
    }[field.kind]


def _base64_or_null(value: Any) -> Any:
    if isinstance(value, str):
        try:
            request_fields.decoded(value)
        except request_fields.BadRequest as error:
            raise ValueError(str(error)) from None
    return value


_BASE64 = {"pattern": r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"}
"""For the description alone."""


def _described(field: RequestField) -> Any:
    more: Any = {"json_schema_extra": _BASE64} if field.name == "body_base64" and not PYDANTIC_1 else {}
    return Field(None, description=field.meaning, **more)


def _extended(name: str, base: type[BaseModel], fields: tuple[RequestField, ...]) -> Any:
    """``base`` and the newer fields."""
    members: Any = {each.name: (_request_type(each), _described(each)) for each in fields}
    objects = [each.name for each in fields if each.kind in (request_fields.LABELS, request_fields.MULTI)]
    checks = {f"{each}_is_an_object": _before(each)(_object_or_null) for each in objects}
    whole = [each.name for each in fields if each.kind == request_fields.WHOLE]
    checks |= {f"{each}_is_whole": _before(each)(_whole_or_other) for each in whole}
    if "body_base64" in members:
        checks["body_is_base64"] = _before("body_base64")(_base64_or_null)
    made = pydantic.create_model(name, __base__=base, __validators__=checks, **members)
    made.__doc__ = base.__doc__
    return made


def _newer(model: BaseModel, fields: tuple[RequestField, ...]) -> dict[str, Any]:
    """The newer fields of ``model`` that are not empty, as scripts see them."""
    made = {}
    for field in fields:
        value = getattr(model, field.name)
        if field.kind == request_fields.LIST and value:
            value = [item or "" for item in value]
        elif field.kind == request_fields.LABELS and value:
            value = {name: item or "" for name, item in value.items()}
        elif field.kind == request_fields.MULTI and value:
            value = {name: [item or "" for item in items] for name, items in value.items() if items}
        if value or (field.kind == request_fields.WHOLE and value is not None):
            made[field.name] = value
    return made


class _FirstBackend(BaseModel):
    """A place that a request can be sent to."""

    name: StrictStr | None = None
    url: StrictStr | None = None
    health: StrictBool | None = None

    if PYDANTIC_1:

        @classmethod
        def validate(cls, value: Any) -> _FirstBackend:
            if not isinstance(value, (dict, cls)):
                raise ValueError("expected an object")
            return super().validate(value)

    def plain(self) -> dict[str, Any]:
        """Return the backend as scripts see it."""
        first = {"name": self.name or "", "url": self.url or "", "health": bool(self.health)}
        return first | _newer(self, request_fields.BACKEND_MORE)


Backend = _extended("Backend", _FirstBackend, request_fields.BACKEND_MORE)


class _FirstRequest(BaseModel):
    """Body of ``POST /route/{tenant}``: the HTTP request that the gateway asks about."""

    method: StrictStr | None = None
    path: StrictStr | None = None
    host: StrictStr | None = None
    headers: dict[StrictStr, StrictStr | None] | None = None
    body: StrictStr | None = None
    backends: list[Backend | None] | None = None  # type: ignore[valid-type]  # it is made, above

    headers_are_an_object = _before("headers")(_object_or_null)

    def plain(self) -> dict[str, Any]:
        """Return the request as scripts see it."""
        first = {
            "method": self.method or "",
            "path": self.path or "",
            "host": self.host or "",
            "headers": {name: value or "" for name, value in (self.headers or {}).items()},
            "body": self.body or "",
            "backends": [(backend or Backend()).plain() for backend in self.backends or []],
        }
        return first | _newer(self, request_fields.MORE)


RouteRequest = _extended("RouteRequest", _FirstRequest, request_fields.MORE)


class Holds(BaseModel):
    """For how many seconds an answer may be given again, to requests with the same values of the fields in ``vary``.

    With 0 seconds it is this request's alone, and ``because`` says why.
    """

    seconds: StrictInt
    vary: list[StrictStr] | None = None
    because: StrictStr | None = None


_TYPES: dict[str, Any] = {
    answer.LINE: StrictStr,
    answer.TEXT: StrictStr,
    answer.FLAG: StrictBool,
    answer.HEADERS: dict[StrictStr, StrictStr],
    answer.LINES: dict[StrictStr, StrictStr | list[StrictStr]],
    answer.NAMES: list[StrictStr],
    answer.LIST: list[StrictStr],
    answer.TAGS: dict[StrictStr, StrictStr],
    answer.WHOLE: StrictInt,
    answer.NUMBER: StrictInt | StrictFloat,
    answer.HOLDS: Holds,
}
"""Of each kind of answer field."""


def _answer_members() -> dict[str, Any]:
    first, *others = answer.FIELDS
    members: dict[str, Any] = {first.name: (_TYPES[first.kind], Field(..., description=first.meaning))}
    for field in others:
        members[field.name] = (_TYPES[field.kind] | None, Field(None, description=field.meaning))
    return members


RouteAnswer: type[BaseModel] = pydantic.create_model("RouteAnswer", **_answer_members())
RouteAnswer.__doc__ = """Body of a 200 to ``POST /route/{tenant}``. All but the first are left out when not given."""


class SpentLine(BaseModel):
    """A line that a budget went to, such as ``canary.lua:12``."""

    line: StrictStr
    spent: StrictInt


class SpentFunction(BaseModel):
    """A library function that a budget went to, as part of the lines that called it."""

    function: StrictStr
    spent: StrictInt


class Top(BaseModel):
    """What used a budget up, dearest first; ``spent`` and ``total`` are in ``unit``, instructions or bytes."""

    unit: StrictStr
    total: StrictInt
    lines: list[SpentLine]
    functions: list[SpentFunction]


class ScriptFailure(BaseModel):
    """Body of a 500 to ``POST /route/{tenant}``: the script's trouble, not the server's."""

    error: StrictStr
    kind: StrictStr
    tenant: StrictStr
    script: StrictStr
    instructions: StrictInt
    allocated_bytes: StrictInt
    traceback: list[StrictStr] | None = None
    top: Top | None = None


class BatchTrouble(BaseModel):
    """What stands for an item of a batch that could not be decided: the single call's error body, and its status.

    ``kind`` is also ``request``, ``overloaded`` or ``batch``.
    """

    error: StrictStr
    kind: StrictStr
    status: StrictInt
    field: StrictStr | None = None
    tenant: StrictStr | None = None
    script: StrictStr | None = None
    instructions: StrictInt | None = None
    allocated_bytes: StrictInt | None = None
    traceback: list[StrictStr] | None = None
    top: Top | None = None


class Refusal(BaseModel):
    """Body of a 4xx. ``field`` names the offending field of the request, where there is one."""

    error: StrictStr
    field: StrictStr | None = None


class BundleStatus(BaseModel):
    """The bundle that the scripts came with, and the last attempt at another: ``error`` is why it came to nothing."""

    revision: StrictStr
    number: StrictInt
    at: StrictFloat | StrictInt
    key: StrictStr
    tried_at: StrictFloat | StrictInt
    failures: StrictInt
    error: StrictStr


class Health(BaseModel):
    """Body of ``GET /health``. ``load_errors`` has a line for every bad file of the last load, ``wire`` the fields of
    requests, backends and answers that this engine knows."""

    status: StrictStr
    loaded_scripts: StrictInt
    scripts: list[StrictStr]
    version: StrictStr
    cost_version: StrictStr
    uptime_seconds: StrictInt
    load_errors: list[StrictStr]
    wire: list[StrictStr]
    bundle: BundleStatus | None = None


class ReloadAnswer(BaseModel):
    """Body of ``POST /reload``: strings only, as existing clients decode it so. ``error`` comes with a 422."""

    status: StrictStr
    count: StrictStr
    error: StrictStr | None = None


class Finding(BaseModel):
    """What looks wrong at a place of a script, as ``keystone-lua check`` has it."""

    file: StrictStr
    line: StrictInt
    column: StrictInt
    rule: StrictStr
    severity: StrictStr
    message: StrictStr


class DryRunAnswer(BaseModel):
    """Body of ``POST /reload?dry_run=1``: what a reload would do. ``errors`` come with a 422.

    ``findings`` are those of the scripts that would be added or changed.
    """

    status: StrictStr
    count: StrictInt
    errors: list[StrictStr]
    added: list[StrictStr]
    changed: list[StrictStr]
    removed: list[StrictStr]
    findings: list[Finding]


class Results(BaseModel):
    """What shadow decisions came to, by result."""

    same: StrictInt
    moved: StrictInt
    altered: StrictInt
    error: StrictInt
    dearer: StrictInt
    skipped: StrictInt


class Version(BaseModel):
    """The scripts in force, by a hash of all of them."""

    version: StrictStr
    scripts: StrictInt


class NextVersion(Version):
    """The scripts that wait, beside those in force: tenants by name."""

    errors: list[StrictStr]
    added: list[StrictStr]
    changed: list[StrictStr]
    removed: list[StrictStr]


class BundleTaken(BaseModel):
    """A bundle that has become the next version."""

    revision: StrictStr
    number: StrictInt
    key: StrictStr


class VersionsAnswer(BaseModel):
    """Body of ``GET /versions``: how both versions stand. ``objection`` is why a promotion would be refused;
    ``examples`` are decisions that differ, secrets masked; ``taken`` is there after a bundle was brought."""

    current: Version
    next: NextVersion | None
    previous: StrictBool
    shadow_percent: StrictFloat | StrictInt
    share_percent: StrictFloat | StrictInt
    compared: Results
    tenants: dict[StrictStr, Results]
    objection: StrictStr
    examples: list[dict[StrictStr, Any]]
    taken: BundleTaken | None = None


class SwitchAnswer(BaseModel):
    """Body of ``POST /promote`` and ``POST /rollback``: what was done, and what `ReloadAnswer` tells."""

    status: StrictStr
    act: StrictStr
    who: StrictStr
    before: StrictStr
    after: StrictStr
    forced: StrictBool
    shadow: Results
    count: StrictInt
    errors: list[StrictStr]
    added: list[StrictStr]
    changed: list[StrictStr]
    removed: list[StrictStr]


class Status(BaseModel):
    """Body of ``GET /health/live`` and ``GET /health/ready``: ``live``, ``ready``, ``loading`` or ``draining``."""

    status: StrictStr


class Description(BaseModel):
    """Body of ``GET /openapi.json``, in short."""

    openapi: StrictStr
    info: dict[StrictStr, Any]
    paths: dict[StrictStr, Any]
    components: dict[StrictStr, Any]


BODIES: tuple[type[BaseModel], ...] = (
    RouteRequest, RouteAnswer, ScriptFailure, BatchTrouble, Refusal, Health, ReloadAnswer, DryRunAnswer, Status,
    Description, VersionsAnswer, SwitchAnswer, Results, Version, NextVersion, BundleStatus,
    BundleTaken,
)  # fmt: skip
"""Every body, of requests and of answers."""
