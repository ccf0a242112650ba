"""The API's description says what the server does: every documented status is seen, every answer is as described."""

from __future__ import annotations

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from keystone_lua.interpreter import Limits
from keystone_lua.routing.folder_versions import next_of, previous_of
from keystone_lua.server.api import models, openapi
from keystone_lua.server.http.responses import Refusal
from keystone_lua.server.http.route_path import tenant_of
from keystone_lua.server.scripts.uploads import MAX_UPLOAD
from keystone_lua.server.settings.config import Rates, ServerConfig
from tests.server.schema import problems
from tests.server.support import (
    WAIT,
    Answer,
    Client,
    constant,
    server_in_thread,
    server_process,
    write_scripts,
)

FILE = resources.files("keystone_lua.server.api") / "openapi.json"
DOCUMENT: dict[str, Any] = json.loads(FILE.read_text())
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]

SCRIPTS: dict[str, str | bytes] = {
    "good.lua": constant("b"),
    "full.lua": """
        function on_route_request()
          return {selected_backend = "b", modified_headers = {["X-A"] = "1"}, modified_path = "/x", reject = true,
                  reject_reason = "no"}
        end
    """,
    "bad.lua": 'local function f() error("no") end\nfunction on_route_request() f() end\n',
    "endless.lua": "function on_route_request() while true do end end\n",
}
TOKEN = {"Authorization": "Bearer hush"}
GUARD = b"Authorization: Bearer hush\r\n"


def test_the_file_is_made_from_the_models() -> None:
    if models.PYDANTIC_1:  # which writes another dialect: what can be compared are the names
        with pytest.raises(RuntimeError):
            openapi.document()
        for model in models.BODIES:
            assert SCHEMAS[model.__name__]["properties"].keys() == model.__fields__.keys()
    else:
        write = "python -m keystone_lua.server.api.openapi > keystone_lua/server/api/openapi.json"
        assert FILE.read_text() == openapi.text(), write


def test_the_server_serves_the_file(tmp_path: Path) -> None:
    with server_in_thread(write_scripts(tmp_path, SCRIPTS)) as client:
        assert client.send("GET", "/openapi.json").json == DOCUMENT


def described(method: str, path: str) -> tuple[str, dict[str, Any]]:
    """The documented path and call that a request is to."""
    path = path.partition("?")[0]
    name = path
    if path.startswith("/route/"):
        name = "/route/{tenant}/batch" if path.endswith("/batch") else "/route/{tenant}"
    elif path.startswith("/forward/"):
        name = "/forward/{tenant}"
    calls = DOCUMENT["paths"][name]
    return name, calls.get(method.lower()) or next(iter(calls.values()))


def check(method: str, path: str, answer: Answer) -> tuple[str, int]:
    """Hold an answer to the description; return what was seen."""
    name, call = described(method, path)
    response = call["responses"][str(answer.status)]
    ((media_type, content),) = response.get("content", {"": {}}).items()
    assert answer.headers.get("content-type", "").partition(";")[0] == media_type
    if media_type == "application/json":
        assert [*problems(answer.json, content["schema"], DOCUMENT)] == []
    documented = {header.lower() for header in response["headers"]}
    assert documented >= {header for header in answer.headers if header.startswith(("x-", "trace"))}
    return name, answer.status


def sent_without_its_body(client: Client, path: str, header: bytes) -> Answer:
    received = client.raw(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n".encode() + header + b"\r\n")
    head, _, body = received.partition(b"\r\n\r\n")
    lines = [line.partition(": ") for line in head.decode().split("\r\n")[1:]]
    return Answer(int(head.split()[1]), {name.lower(): value for name, _, value in lines}, body)


def many_at_once(client: Client) -> list[Answer]:
    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(lambda _: client.route("endless", {}), range(16)))


@pytest.mark.slow
def test_every_documented_status_is_seen(tmp_path: Path) -> None:
    seen: set[tuple[str, int]] = set()
    scripts = write_scripts(tmp_path / "scripts", SCRIPTS)
    config = ServerConfig(
        lanes=1, limits=Limits(instructions=10**9, seconds=0.5), max_body=1000, body_seconds=0.2, admin_token="hush"
    )
    with server_in_thread(scripts, config) as client:

        def ask(method: str, path: str, body: bytes | None = None, **headers: str) -> None:
            answer = client.send(method, path, body, headers)
            seen.add(check(method, path, answer))

        for tenant in ("good", "full", "nobody", "bad"):
            ask("POST", f"/route/{tenant}", b"{}")
        ask("POST", "/route/good", b'{"backends": [{"health": "yes"}]}')
        ask("POST", "/route/", b"{}")
        ask("POST", "/route/good", b" " * 1001)
        for body in (b'[{}, {"path": 1}]', b"{}", b" " * 1001):
            ask("POST", "/route/good/batch", body)
        ask("POST", "/route/bad/batch", b"[{}]")
        for path in DOCUMENT["paths"]:
            ask("DELETE", path.replace("{tenant}", "good"))
        for tenant in ("good", "full", "bad", "nobody", ""):
            ask("GET", f"/forward/{tenant}")
        ask("POST", "/forward/good?body=1", b" " * 1001)
        ask("POST", "/forward/bad?on_error=allow&reject=403")
        for path in ("/health", "/health/live", "/health/ready", "/openapi.json", "/metrics"):
            ask("GET", path)
        ask("POST", "/reload")
        ask("GET", "/metrics", **TOKEN)
        ask("POST", "/reload?dry_run=x", **TOKEN)
        ask("POST", "/reload?dry_run=1", **TOKEN)
        ask("POST", "/reload", **TOKEN)
        for path in (
            "/versions",
            "/versions?shadow=1",
            "/versions?share=1",
            "/versions?share=x",
            "/promote",
            "/rollback",
        ):
            ask("POST", path)
            ask("POST", path, **TOKEN)
        ask("GET", "/versions")
        ask("GET", "/versions", **TOKEN)
        for bundle in (b"no bundle", b" " * (MAX_UPLOAD + 1)):
            ask("POST", "/versions", bundle, **TOKEN)
        for bad in ({}, {"good.lua": "x ="}):
            write_scripts(next_of(scripts), {**SCRIPTS, **bad})
            ask("POST", "/reload", **TOKEN)
            ask("POST", "/versions?share=1", **TOKEN)
            ask("POST", "/promote?force=x", **TOKEN)
            ask("POST", "/promote?force=1", **TOKEN)
            ask("POST", "/rollback?who=%07", **TOKEN)
            ask("POST", "/rollback", **TOKEN)
        write_scripts(previous_of(scripts), {"good.lua": "x ="})
        ask("POST", "/rollback", **TOKEN)
        write_scripts(scripts, {"good.lua": "x ="})
        ask("POST", "/reload?dry_run=1", **TOKEN)
        ask("POST", "/reload", **TOKEN)
        for head in (b"", b"Expect: magic\r\n"):  # the body is late, the expectation cannot be met
            for path in ("/route/good", "/route/good/batch", "/forward/good?body=1"):
                seen.add(check("POST", path, sent_without_its_body(client, path, head)))
            seen.add(check("POST", "/versions", sent_without_its_body(client, "/versions", head + GUARD)))
        for answer in many_at_once(client):
            seen.add(check("POST", "/route/endless", answer))
            assert answer.status != 503 or int(answer.headers["retry-after"]) > 0
    with server_process(scripts, "--addr", ":0") as public:
        client = public.client
        for method, path in (("GET", "/versions"), ("POST", "/versions"), ("POST", "/promote"), ("POST", "/rollback")):
            seen.add(check(method, path, client.send(method, path)))
    limited = ServerConfig(rates=Rates(requests=0.001))
    with server_in_thread(scripts, limited) as client:
        for _ in range(2):
            answer = client.route("full", {})
        seen.add(check("POST", "/route/full", answer))
    with server_process(scripts, "--notice-seconds", "1") as server:
        server.process.terminate()
        deadline = time.monotonic() + WAIT
        while (answer := server.client.send("GET", "/health/ready")).status != 503:
            assert time.monotonic() < deadline
        seen.add(check("GET", "/health/ready", answer))
        assert server.client.route("full", {}).status == 200, "served as before until the notice is over"
        assert server.process.wait(11) == 0
    documented = {
        (path, int(status))
        for path, calls in DOCUMENT["paths"].items()
        for call in calls.values()
        for status in call["responses"]
        if status != "default"
    }
    assert seen == documented


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        (1, {"type": "string"}),
        (True, {"type": "integer"}),
        ({}, {"required": ["a"]}),
        ({"a": 1}, {"properties": {"a": {"type": "null"}}}),
        ({"a": 1}, {"additionalProperties": {"type": "string"}}),
        ([1, "x"], {"items": {"type": "integer"}}),
        ([1, 2], {"maxItems": 1}),
        (1, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ("c", {"enum": ["a", "b"]}),
        (1, {"$ref": "#/text"}),
    ],
)
def test_the_checker_finds_problems(value: object, schema: dict[str, Any]) -> None:
    assert [*problems(value, schema, {"text": {"type": "string"}})]


def body_of(path: str) -> dict[str, Any]:
    """The documented schema of a call's body."""
    schema: dict[str, Any] = DOCUMENT["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    return schema


@pytest.mark.parametrize("value", [None, {}, {"path": None}, 1, "x", [], {"path": 1}, {"backends": [1]}])
def test_a_body_is_described_as_it_is_treated(value: object, tmp_path: Path) -> None:
    with server_in_thread(write_scripts(tmp_path, SCRIPTS)) as client:
        good = client.route("good", value).status == 200
        batch = client.send("POST", "/route/good/batch", json.dumps([{}, value]))
    assert good == (not [*problems(value, body_of("/route/{tenant}"), DOCUMENT)])
    assert batch.status == 200
    assert not [*problems([{}, value], body_of("/route/{tenant}/batch"), DOCUMENT)]


def test_a_tenant_is_described_as_it_is_treated() -> None:
    ((parameter,),) = [DOCUMENT["paths"][path]["post"]["parameters"] for path in ("/route/{tenant}",)]
    pattern = re.compile(parameter["schema"]["pattern"])
    names = [chr(code) for code in range(0x180)] + [
        "a.b",
        ".",
        "..",
        "...",
        "",
        "é",
        "a b",
        "..a",
        "a\nb",
        "\u2028",
        "😀",
    ]
    for name in [*names, *(f"a{name}b" for name in names)]:
        try:
            named = tenant_of(f"/route/{quote(name, safe='')}") == name
        except Refusal:
            named = False
        assert (pattern.search(name) is not None) == named, repr(name)
