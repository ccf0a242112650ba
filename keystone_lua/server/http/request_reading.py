"""The usual request body, read by pydantic's core: in half of the time that the json module and our own check take.

In: a request's body. Out: the same `RequestData` that `routing.request` makes of it. Whatever is not a complete and
plain request is left to `routing.request`, which says what is wrong, knows what null means and has the limits.
Without pydantic 2, as in the pure install, all bodies are left to it; on PyPy too, where each call of native code keeps
2 kB for good and a request takes three times as long.
"""

from __future__ import annotations

from typing import Any, Final, cast

from ...implementation import CPYTHON
from ...routing import request, request_fields
from ...routing.request import BadRequest, RequestData

LONGEST: Final = request.MAX_VALUES
"""Bytes. In so many there are no more values than a body may have."""


def _validator() -> Any:
    """What reads JSON that has all fields of the first version, and newer ones of any type; None without pydantic 2."""
    if not CPYTHON:
        return None
    try:
        from pydantic_core import SchemaValidator, core_schema
    except ImportError:
        return None
    text, field = core_schema.str_schema(strict=True), core_schema.typed_dict_field

    def fields(declared: tuple[request_fields.RequestField, ...]) -> dict[str, Any]:
        flag = core_schema.bool_schema(strict=True)
        return {each.name: field(flag if each.kind == request_fields.FLAG else text) for each in declared}

    backend = core_schema.typed_dict_schema(fields(request_fields.BACKEND_USUAL), extra_behavior="forbid")
    usual = fields(request_fields.USUAL)
    usual["headers"] = field(core_schema.dict_schema(text, text, strict=True))
    usual["backends"] = field(core_schema.list_schema(backend, strict=True))
    newer = {each.name: field(core_schema.any_schema(), required=False) for each in request_fields.MORE}
    return SchemaValidator(core_schema.typed_dict_schema({**usual, **newer}, extra_behavior="forbid", strict=True))


_VALIDATOR: Final = _validator()
_USUAL: Final = len(request_fields.USUAL)


def read_request(body: bytes) -> RequestData:
    """Return the request in ``body``. Raises `BadRequest`."""
    if _VALIDATOR is None or len(body) > LONGEST:
        return request.read_request(body)
    try:
        data: dict[str, Any] = _VALIDATOR.validate_json(body)
        if len(data) == _USUAL:
            return cast(RequestData, data)
        made: Any = {each.name: data[each.name] for each in request_fields.USUAL}
        request_fields.read_more(data, made)
    except (ValueError, BadRequest):
        return request.read_request(body)
    return cast(RequestData, made)
