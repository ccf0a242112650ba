"""Every row of the HTTP table, over a real connection."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.interpreter.limits import MIB
from keystone_lua.server.settings.config import ServerConfig
from tests.server.support import ECHO, Answer, Client, constant, server_in_thread, write_scripts

SCRIPTS: dict[str, str | bytes] = {
    "echo.lua": ECHO,
    "constant.lua": constant("stable"),
    "nothing.lua": "function on_route_request() return nil end\n",
    "reject.lua": 'function on_route_request() return {reject = true, reject_reason = "no"} end\n',
    "runtime.lua": "function on_route_request()\n  local x\n  return x.y\nend\n",
    "result.lua": "function on_route_request() return {selected_backend = {}} end\n",
    "endless.lua": "function on_route_request() while true do end end\n",
    "broken.lua": "function on_route_request()\n  local = 5\nend\n",
    "teams/nested.lua": constant("nested"),
    "lib/shared.lua": "return {}\n",
    "tests/canary_test.lua": "this is not loaded",
    "späti.lua": constant("näher"),
}
LOADED = sorted(["echo", "constant", "nothing", "reject", "runtime", "result", "endless", "nested", "späti"])


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = write_scripts(tmp_path_factory.mktemp("scripts"), SCRIPTS)
    config = ServerConfig()
    with server_in_thread(folder, replace(config, limits=replace(config.limits, instructions=200_000))) as client:
        yield client


def test_a_decision(client: Client) -> None:
    request = {
        "method": "GET",
        "path": "/users",
        "host": "example.com",
        "headers": {"X-A": "b"},
        "body": "",
        "backends": [{"name": "stable", "url": "http://127.0.0.1:9001", "health": True}],
    }
    answer = client.route("echo", request)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json == {
        "selected_backend": "stable",
        "modified_headers": {"X-Method": "GET", "X-Health": "true"},
        "modified_path": "/users",
    }


def test_empty_and_false_fields_are_left_out(client: Client) -> None:
    assert client.route("constant", {}).body == b'{"selected_backend":"stable"}\n'


def test_a_reject(client: Client) -> None:
    assert client.route("reject", {}).json == {"selected_backend": "", "reject": True, "reject_reason": "no"}


@pytest.mark.parametrize(
    "body",
    [
        "null",
        "{}",
        '{"method":null,"path":null,"host":null,"headers":null,"body":null,"backends":null}',
        '{"headers":{"A":null},"backends":[null]}',
        '{"backends":[{"name":null,"url":null,"health":null},{}]}',
        ' {"unknown":{"deep":[1,2.5e3,"x",null,true]},"big":123456789012345678901234567890} ',
        '{"Method":"GET","HEADERS":5,"backendS":"x"}',
        '{"method":5,"method":"GET"}',
    ],
)
def test_missing_null_and_unknown_fields_are_accepted(client: Client, body: str) -> None:
    assert client.route("constant", body.encode()).status == 200


def test_zero_values(client: Client) -> None:
    # A table without entries drops out of the answer, and so does an empty path.
    assert client.route("echo", {"backends": [None]}).json == {
        "selected_backend": "",
        "modified_headers": {"X-Method": "", "X-Health": "false"},
    }


def test_the_last_duplicate_wins(client: Client) -> None:
    answer = client.route("echo", b'{"path":"/first","path":"/second"}')
    assert answer.json["modified_path"] == "/second"


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", "nonsense"])
def test_content_type_is_not_looked_at(client: Client, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    assert client.send("POST", "/route/constant", b"{}", headers).status == 200


def test_text_is_utf8_both_ways(client: Client) -> None:
    assert client.route("echo", {"path": "/größe/€/😀"}).json["modified_path"] == "/größe/€/😀"


def test_unknown_tenant(client: Client) -> None:
    answer = client.route("nobody", {})
    assert answer.status == 200
    assert answer.json == {
        "selected_backend": "",
        "reject": True,
        "reject_reason": "No script found for tenant: nobody",
    }
    assert "x-keystone-script" not in answer.headers


def test_script_returns_nil(client: Client) -> None:
    answer = client.route("nothing", {})
    assert answer.status == 200
    assert answer.json == {"selected_backend": "", "reject": True, "reject_reason": "Script returned nil"}


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ('{"backends":[{"health":"true"}]}', "backends[0].health", "expected a boolean, got string"),
        ('{"backends":[{},{"health":1}]}', "backends[1].health", "expected a boolean, got number"),
        ('{"backends":[{"name":5}]}', "backends[0].name", "expected a string, got number"),
        ('{"backends":[{"url":{}}]}', "backends[0].url", "expected a string, got object"),
        ('{"backends":[[]]}', "backends[0]", "expected an object, got array"),
        ('{"backends":{}}', "backends", "expected an array, got object"),
        ('{"headers":{"X-A":5}}', "headers.X-A", "expected a string, got number"),
        ('{"headers":{"X-A":true}}', "headers.X-A", "expected a string, got boolean"),
        ('{"headers":[]}', "headers", "expected an object, got array"),
        ('{"headers":""}', "headers", "expected an object, got string"),
        ('{"method":false}', "method", "expected a string, got boolean"),
        ('{"path":0}', "path", "expected a string, got number"),
        ('{"host":[]}', "host", "expected a string, got array"),
        ('{"body":{}}', "body", "expected a string, got object"),
    ],
)
def test_a_wrong_type_names_the_field(client: Client, body: str, field: str, words: str) -> None:
    answer = client.route("constant", body.encode())
    assert answer.status == 400
    assert answer.json == {"error": f"{field}: {words}", "field": field}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b'{"a":1} x',
        b"{}{}",
        b'{"a":',
        b"[]",
        b'"text"',
        b"5",
        b"false",
        b'{"path":NaN}',
        b'{"x":Infinity}',
        b'{"x":-Infinity}',
        b"{'path':'x'}",
        b'{"path":"a\nb"}',
        b'{"path":"\xff"}',
        b'{"path":"\xed\xa0\x80"}',
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b'{"x":' + b"[" * 100 + b"]" * 100 + b"}",
        b"[" * 500_000,
        b'{"x":' * 100_000,
    ],
)
def test_what_is_no_request_is_refused(client: Client, body: bytes) -> None:
    answer = client.route("constant", body)
    assert answer.status == 400
    assert answer.json["error"].startswith("request body")
    assert answer.headers["content-type"] == "application/json"


def test_a_lone_surrogate_becomes_the_replacement_character(client: Client) -> None:
    assert client.route("echo", b'{"path":"/\\ud800x"}').json["modified_path"] == "/\ufffdx"


@pytest.mark.parametrize(
    ("tenant", "kind", "script"),
    [
        ("broken", "syntax", "broken.lua:2"),
        ("runtime", "runtime", "runtime.lua:3"),
        ("endless", "instructions", "endless.lua:1"),
        ("result", "result", ""),
    ],
)
def test_script_trouble_is_a_500(client: Client, tenant: str, kind: str, script: str) -> None:
    answer = client.route(tenant, {})
    assert answer.status == 500
    body = answer.json
    assert set(body) - {"traceback", "top"} == {"error", "kind", "tenant", "script", "instructions", "allocated_bytes"}
    assert (body["kind"], body["tenant"]) == (kind, tenant)
    assert body["error"]
    if script:
        assert body["script"] == script
    if kind != "syntax":
        assert answer.headers["x-keystone-instructions"] == str(body["instructions"])
        assert answer.headers["x-keystone-bytes"] == str(body["allocated_bytes"])


def test_a_sub_folder_and_a_name_that_is_not_ascii(client: Client) -> None:
    assert client.route("nested", {}).json["selected_backend"] == "nested"
    assert client.route("sp%C3%A4ti", {}).json["selected_backend"] == "näher"


def test_a_trailing_slash_and_a_query_are_accepted(client: Client) -> None:
    for path in ("/route/constant/", "/route/constant?x=/y", "/route/constant/?x=1", "/route/%63onstant"):
        assert client.send("POST", path, b"{}").json == {"selected_backend": "stable"}, path


@pytest.mark.parametrize(
    "path",
    [
        "/route/",
        "/route//",
        "/route/a/b",
        "/route/a//",
        "/route//constant",
        "/route/a%2Fb",
        "/route/..",
        "/route/.",
        "/route/%2e%2e",
        "/route/../scripts/constant",
        "/route/..%2fconstant",
        "/route/..%5cconstant",
        "/route/constant%00",
        "/route/a%0d%0aX-Evil:%201",
        "/route/%ff",
        "/route/?x=1",
    ],
)
def test_a_path_without_one_tenant_is_a_400(client: Client, path: str) -> None:
    answer = client.send("POST", path, b"{}")
    assert answer.status == 400
    assert answer.json["error"]


def test_library_and_tests_are_no_tenants(client: Client) -> None:
    for tenant in ("shared", "canary_test", "lib", "tests", "teams"):
        assert client.route(tenant, {}).json["reject_reason"] == f"No script found for tenant: {tenant}"


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/route/constant", "POST"),
        ("PUT", "/route/constant", "POST"),
        ("DELETE", "/route/constant", "POST"),
        ("POST", "/health", "GET, HEAD"),
        ("GET", "/reload", "POST"),
        ("OPTIONS", "/reload", "POST"),
    ],
)
def test_a_wrong_method_is_a_405(client: Client, method: str, path: str, allow: str) -> None:
    answer = client.send(method, path)
    assert answer.status == 405
    assert answer.headers["allow"] == allow
    assert answer.json["error"]


@pytest.mark.parametrize("path", ["/", "/route", "/routes/x", "/health/", "/Health", "/favicon.ico", "/reload/x"])
def test_any_other_path_is_a_404(client: Client, path: str) -> None:
    answer = client.send("POST", path, b"{}")
    assert answer.status == 404
    assert answer.json["error"]


def padded(size: int) -> bytes:
    """Return a good body of exactly ``size`` bytes."""
    empty = b'{"pad":""}'
    return b'{"pad":"' + b"x" * (size - len(empty)) + b'"}'


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_a_mebibyte_passes_and_one_byte_more_does_not(client: Client, chunked: bool) -> None:
    def send(size: int) -> Answer:
        body: Any = padded(size)
        if chunked:
            body = iter([body[:1000], body[1000:]])
        return client.send("POST", "/route/constant", body)

    assert send(MIB).status == 200
    assert send(MIB + 1).status == 413


def test_max_body_is_exact_for_small_bodies_too(tmp_path: Path) -> None:
    write_scripts(tmp_path, {"a.lua": constant("b")})
    with server_in_thread(tmp_path, ServerConfig(max_body=20)) as client:
        assert client.route("a", padded(20)).status == 200
        answer = client.route("a", padded(21))
        assert answer.status == 413
        assert answer.json == {"error": "request body is larger than 20 bytes"}


def test_health(client: Client) -> None:
    answer = client.send("GET", "/health")
    assert answer.status == 200
    body = answer.json
    assert body["status"] == "healthy"
    assert body["loaded_scripts"] == len(LOADED)
    assert body["scripts"] == LOADED
    assert isinstance(body["version"], str)
    assert [error for error in body["load_errors"] if error.startswith("broken.lua:2: ")]


def test_health_by_head(client: Client) -> None:
    answer = client.send("HEAD", "/health")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


def test_headers_of_a_decision(client: Client) -> None:
    first, second = client.route("constant", {}), client.route("constant", {})
    for answer in (first, second):
        headers = answer.headers
        assert re.fullmatch(r"[0-9a-f]{64}", headers["x-keystone-script"])
        assert int(headers["x-keystone-instructions"]) > 0
        assert int(headers["x-keystone-bytes"]) > 0
        assert 0 <= int(headers["x-keystone-seed"]) < 1 << 63
        assert float(headers["x-keystone-clock"]) > 1e9
        assert headers["date"].endswith("GMT")
    assert first.headers["x-keystone-seed"] != second.headers["x-keystone-seed"]
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


@pytest.mark.parametrize("sent", ["abc", "a" * 128, "7f3e-1/2:3=4@5+6~7._"])
def test_a_sane_request_id_is_kept(client: Client, sent: str) -> None:
    for answer in (
        client.send("POST", "/route/constant", b"{}", {"X-Request-Id": sent}),
        client.send("POST", "/route/constant", b"bad", {"X-Request-Id": sent}),
        client.send("GET", "/health", None, {"X-Request-Id": sent}),
    ):
        assert answer.headers["x-request-id"] == sent


@pytest.mark.parametrize("sent", ["", "a" * 129, "a b", 'a"b', "<script>", "a;b", "é"])
def test_any_other_request_id_is_replaced(client: Client, sent: str) -> None:
    answer = client.send("POST", "/route/constant", b"{}", {"X-Request-Id": sent})
    assert answer.status == 200
    assert re.fullmatch(r"[0-9a-f]{16}-[0-9a-f]+", answer.headers["x-request-id"])


def test_all_answers_are_one_line_of_json(client: Client) -> None:
    for answer in (
        client.route("constant", {}),
        client.route("runtime", {}),
        client.route("constant", b"bad"),
        client.send("GET", "/health"),
        client.send("GET", "/nothing"),
    ):
        assert answer.headers["content-type"] == "application/json"
        assert answer.body.endswith(b"\n")
        assert answer.body.count(b"\n") == 1
        json.loads(answer.body)
