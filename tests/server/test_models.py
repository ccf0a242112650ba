"""The declared models and the hand-written reader accept the same bodies and read the same from them.

Both pydantic generations are tried: the installed one, and, where that is pydantic 2, the 1.10 that it
carries as ``pydantic.v1``.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keystone_lua.routing import request, request_fields
from keystone_lua.server.api import models
from tests.server.support import Client, constant, server_in_thread, write_scripts


def models_under_pydantic_1() -> ModuleType | None:
    """Return the models built by pydantic 1.10, if the installed pydantic 2 carries one that works here."""
    if models.PYDANTIC_1 or sys.version_info >= (3, 14):
        return None
    import pydantic.v1 as pydantic_1

    spec = importlib.util.spec_from_file_location("keystone_lua.server.api.models_1", models.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    installed = sys.modules["pydantic"]
    sys.modules["pydantic"], sys.modules[spec.name] = pydantic_1, module
    try:
        spec.loader.exec_module(module)
    finally:
        sys.modules["pydantic"] = installed
    assert module.PYDANTIC_1
    return module


GENERATIONS = [module for module in (models, models_under_pydantic_1()) if module is not None]


def generation_name(module: ModuleType) -> str:
    return "pydantic 1" if module.PYDANTIC_1 else "pydantic 2"


texts = st.text(max_size=5) | st.sampled_from(["", "true", "1", "GET"])
scalars = st.none() | st.booleans() | st.integers(-2, 2) | st.floats(allow_nan=False, allow_infinity=False) | texts
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)
# Mostly right, so that the accepted side is tried as much as the refused one.
text_fields = st.none() | texts | texts | texts | anything
flags = st.none() | st.booleans() | anything
wholes = (
    st.none()
    | st.integers(-1, 3)
    | st.sampled_from([64, 65, 120.0, 1.5, 1000, 1001, 1_000_000, 1_000_001, 10**30])
    | anything
)
lists = st.lists(st.none() | texts, max_size=3) | st.just(["x"] * 64) | st.just(["x"] * 65) | anything
objects = st.dictionaries(texts, st.none() | texts | anything, max_size=3) | st.just([["a", "b"]]) | anything
multi = st.dictionaries(texts, st.none() | lists | st.just("ab"), max_size=3) | st.just([["a", []]]) | anything
limited = text_fields | st.sampled_from(["x" * size for size in (32, 33, 64, 65, 255, 256)])
bodies = st.none() | st.sampled_from(["YQ==", "YQ=", "YQ", "Y Q=", "é"]) | anything
NEWER = {
    request_fields.TEXT: limited,
    request_fields.FLAG: flags,
    request_fields.WHOLE: wholes,
    request_fields.LIST: lists,
    request_fields.LABELS: objects,
    request_fields.MULTI: multi,
}


def newer(fields: tuple[request_fields.RequestField, ...]) -> dict[str, st.SearchStrategy[Any]]:
    """A strategy for each of the newer fields."""
    return {field.name: bodies if field.name == "body_base64" else NEWER[field.kind] for field in fields}


backends = st.fixed_dictionaries(
    {},
    optional={"name": text_fields, "url": text_fields, "health": flags, "x": anything}
    | newer(request_fields.BACKEND_MORE),
)
headers = st.dictionaries(texts, st.none() | texts | texts | anything, max_size=4)
requests = st.fixed_dictionaries(
    {},
    optional={
        "method": text_fields,
        "path": text_fields,
        "host": text_fields,
        "body": text_fields,
        "headers": headers | headers | st.none() | anything | st.just([["a", "b"]]),
        "backends": st.lists(backends | st.none(), max_size=3) | st.none() | anything | st.just([[["name", "x"]]]),
        "unknown": anything,
    }
    | newer(request_fields.MORE),
)


def location(error: pydantic.ValidationError) -> str:
    """Return the first error's place in the notation of our messages."""
    path = ""
    for part in error.errors()[0]["loc"]:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if path else str(part)
    return path


def by_hand(data: Any) -> tuple[Any, str]:
    try:
        return request.read_request(json.dumps(data).encode()), ""
    except request.BadRequest as error:
        return None, error.field


def by_model(module: ModuleType, data: Any) -> tuple[Any, str]:
    try:
        return module.RouteRequest(**(data or {})).plain(), ""
    except ValueError as error:
        return None, location(error)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("module", GENERATIONS, ids=generation_name)
@given(data=st.none() | requests)
@settings(max_examples=400, deadline=None)
def test_the_reader_and_the_model_agree(module: ModuleType, data: Any) -> None:
    assert by_hand(data) == by_model(module, data)


@pytest.mark.parametrize("module", GENERATIONS, ids=generation_name)
@pytest.mark.parametrize(
    "data",
    [
        {"backends": [{"health": "true"}]},
        {"backends": [{"health": 1}]},
        {"backends": [{"health": 0}]},
        {"backends": [{"health": "yes"}]},
        {"backends": [[]]},
        {"backends": [[["name", "x"]]]},
        {"backends": {}},
        {"backends": ""},
        {"headers": [["a", "b"]]},
        {"headers": []},
        {"headers": {"a": 1}},
        {"headers": {"a": True}},
        {"method": 1},
        {"path": True},
        {"body": 1.5},
        {"query": 1},
        {"raw_path": "x" * 65537},
        {"scheme": "x" * 33},
        {"headers_multi": {"a": "b"}},
        {"headers_multi": {"a": [1]}},
        {"headers_multi": [["a", ["b"]]]},
        {"body_base64": "a"},
        {"body_truncated": 1},
        {"attempt": True},
        {"attempt": 1.5},  # 1.0 is a whole number to JSON Schema
        {"attempt": -1},
        {"attempt": 1001},
        {"failed": "ab"},
        {"failed": ["a"] * 65},
        {"failed": ["a", 1]},
        {"backends": [{}, {"weight": "1"}]},
        {"backends": [{"priority": -1}]},
        {"backends": [{"labels": {"a": 1}}]},
        {"backends": [{"labels": [["a", "b"]]}]},
        {"backends": [{"zone": []}]},
    ],
)
def test_nothing_is_coerced(module: ModuleType, data: Any) -> None:
    read, field = by_hand(data)
    assert read is None
    assert field
    assert by_model(module, data) == (None, field)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder: Path = write_scripts(
        tmp_path_factory.mktemp("scripts"),
        {
            "good.lua": constant("stable"),
            "full.lua": 'function on_route_request() return {selected_backend = "b", modified_path = "/x", '
            'modified_headers = {A = "b"}, reject = true, reject_reason = "why"} end',
            "bad.lua": "x =",
            "runtime.lua": 'function on_route_request() error("no") end',
        },
    )
    with server_in_thread(folder) as client:
        yield client


@pytest.mark.parametrize("module", GENERATIONS, ids=generation_name)
@pytest.mark.parametrize(
    ("method", "path", "body", "status", "model"),
    [
        ("POST", "/route/good", b"{}", 200, "RouteAnswer"),
        ("POST", "/route/full", b"{}", 200, "RouteAnswer"),
        ("POST", "/route/nobody", b"{}", 200, "RouteAnswer"),
        ("POST", "/route/bad", b"{}", 500, "ScriptFailure"),
        ("POST", "/route/runtime", b"{}", 500, "ScriptFailure"),
        ("POST", "/route/good", b"{", 400, "Refusal"),
        ("POST", "/route/good", b'{"path":1}', 400, "Refusal"),
        ("POST", "/route/", b"{}", 400, "Refusal"),
        ("GET", "/route/good", None, 405, "Refusal"),
        ("GET", "/nothing", None, 404, "Refusal"),
        ("GET", "/health", None, 200, "Health"),
        ("POST", "/reload", None, 422, "ReloadAnswer"),
    ],
)
def test_every_answer_fits_its_model(
    client: Client, module: ModuleType, method: str, path: str, body: bytes | None, status: int, model: str
) -> None:
    answer = client.send(method, path, body)
    assert answer.status == status
    declared = getattr(module, model)
    fields = declared.__fields__ if module.PYDANTIC_1 else declared.model_fields
    assert answer.json.keys() <= fields.keys()
    declared(**answer.json)
