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

from keystone_lua.routing import request
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
backends = st.fixed_dictionaries(
    {},
    optional={"name": text_fields, "url": text_fields, "health": st.none() | st.booleans() | anything, "x": anything},
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
    },
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
