"""The request's newer fields: what scripts find, what it costs, and the same in every place that has a list of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from keystone_lua.hidden import Hidden
from keystone_lua.interpreter import Limits, compile_program
from keystone_lua.routing import request_fields
from keystone_lua.routing.decision import Decision, decide
from keystone_lua.routing.request import BackendData, BadRequest, RequestData, read_request, read_whole_request
from keystone_lua.routing.request_fields import BACKEND_FIELDS, FIELDS, MORE, OWN, table_row, unknown
from keystone_lua.routing.request_tables import MOST_ARGS
from keystone_lua.server.api import models

DOCUMENT = (Path(__file__).parents[2] / "docs" / "scripts.md").read_text()


def decided(request: dict[str, Any], body: str, limits: Limits | None = None, watched: str = "") -> Decision:
    """What a script of this body decides on a request."""
    source = f"function on_route_request(request, backends) {body} end"
    program = compile_program(source.encode(), "t.lua", {})
    made = read_request(json.dumps(request).encode())
    return decide(program, made, limits=limits or Limits(), watched=frozenset(watched.split()))


def found(request: dict[str, Any], expression: str) -> str:
    """What a script makes of a request: the text of a Lua expression."""
    decision = decided(request, f"return {{selected_backend = tostring({expression})}}")
    assert decision.failure is None, decision.failure
    assert decision.answer is not None
    return str(decision.answer["selected_backend"])


SENT = {
    "query": ("a=1", "request.query", "a=1"),
    "raw_path": ("/a%2Fb", "request.raw_path", "/a%2Fb"),
    "scheme": ("https", "request.scheme", "https"),
    "protocol": ("HTTP/2", "request.protocol", "HTTP/2"),
    "client_ip": ("2001:db8::1", "request.client_ip", "2001:db8::1"),
    "headers_multi": ({"X-Tag": ["a", "ä"]}, "#request.headers_multi['x-tag'] .. request.headers_multi['X-TAG'][2]", "2ä"),
    "body_base64": ("AP9h", "#request.body .. request.body:byte(2)", "3255"),
    "body_truncated": (True, "request.body_truncated", "true"),
    "attempt": (2, "request.attempt + 1", "3"),
    "failed": (["a", "b"], "table.concat(request.failed, ' ')", "a b"),
}  # fmt: skip


def test_every_field_is_tried() -> None:
    assert list(SENT) == [field.name for field in MORE]


@pytest.mark.parametrize("name", SENT)
def test_a_script_finds_what_was_sent(name: str) -> None:
    value, expression, text = SENT[name]
    assert found({name: value}, expression) == text
    assert found({}, f"request.{name}") == "nil"  # the gateway does not tell


@pytest.mark.parametrize("name", [name for name in SENT if name != "attempt"])
@pytest.mark.parametrize("empty", [None, "", [], {}, False])
def test_what_is_empty_is_left_out(name: str, empty: Any) -> None:
    if empty is None or type(empty) is type(SENT[name][0]):
        assert read_request(json.dumps({name: empty}).encode()) == read_request(b"{}")


def test_backends_have_more() -> None:
    backend = {"name": "n", "weight": 0, "priority": 2, "labels": {"colour": "blue"}, "zone": "a"}
    first = "local b = backends[1] "
    text = "b.weight .. b.priority .. b.labels.colour .. b.zone .. tostring(request.query)"
    decision = decided({"backends": [backend]}, f"{first} return {{selected_backend = {text}}}")
    assert decision.answer == {"selected_backend": "02blueanil"}


@pytest.mark.parametrize(
    ("query", "expression", "text"),
    [
        ("a=1&b=2", "request.args.a .. request.args.b", "12"),
        ("a=1&a=2", "request.args.a", "1"),
        ("a", "#request.args.a", "0"),
        ("a=", "#request.args.a", "0"),
        ("=1", "request.args['']", "1"),
        ("a=b=c", "request.args.a", "b=c"),
        ("a%20b=%C3%A4+%41", "request.args['a b']", "ä A"),
        ("a=%", "request.args.a", "%"),
        ("a=%zz%4", "request.args.a", "%zz%4"),
        ("a=%00%ff", "request.args.a:byte(2)", "255"),
        ("ä=ö", "request.args['ä']", "ö"),
        ("&&a=1&", "request.args.a", "1"),
        ("x=" + "y" * 600, "#request.args.x", "600"),
        ("k" * 600 + "=v", "request.args[('k'):rep(600)]", "v"),
        ("a=1", "getmetatable(request)", "false"),
        ("a=1", "request.arg", "nil"),
        ("a=1", "rawget(request, 'args')", "nil"),
        ("a=1", "pcall(setmetatable, request, {})", "false"),
    ],
)
def test_parameters(query: str, expression: str, text: str) -> None:
    assert found({"query": query}, expression) == text


def test_a_gateway_that_tells_more_and_no_query_tells_an_empty_one() -> None:
    assert found({"scheme": "http"}, "#request.query .. tostring(next(request.args))") == "0nil"


def test_parameters_are_made_once_and_are_the_scripts_own() -> None:
    body = "request.args.a = 'mine' return {selected_backend = request.args.a}"
    assert decided({"query": "a=1"}, body).answer == {"selected_backend": "mine"}
    body = "request.query = 'a=other' return {selected_backend = request.args.a}"
    assert decided({"query": "a=1"}, body).answer == {"selected_backend": "other"}
    body = "request.query = print return {selected_backend = tostring(request.args)}"
    assert decided({"query": "a=1"}, body).answer == {"selected_backend": "nil"}


def test_parameters_are_paid_for_when_they_are_read() -> None:
    query = "&".join(f"k{n}=v" for n in range(2 * MOST_ARGS))
    quiet = decided({"query": query}, "return {}")
    counted = "local n = 0 for _ in pairs(request.args) do n = n + 1 end return {retries = n - 1000 + 1}"
    read = decided({"query": query}, counted)
    assert read.answer == {"selected_backend": "", "retries": 1}
    assert read.instructions > quiet.instructions + 10 * MOST_ARGS
    assert read.allocated_bytes > quiet.allocated_bytes + len(query)
    within = Limits(instructions=quiet.instructions + 100)
    failure = decided({"query": query}, counted, within).failure
    assert failure is not None
    assert failure.kind == "instructions"


def test_escapes_of_parameters_are_paid_for() -> None:
    """Each took 0.3 µs and 230 bytes, and a script can have them made again and again: 31 times the mean an instruction."""
    escapes = 20_000
    plain = decided({"query": "a=" + "abc" * escapes}, "local _ = request.args return {}")
    escaped = decided({"query": "a=" + "%41" * escapes}, "local _ = request.args return {}")
    assert escaped.instructions - plain.instructions == 12 * escapes
    assert escaped.allocated_bytes - plain.allocated_bytes >= 230 * escapes


def test_what_is_sent_is_paid_for() -> None:
    plain = decided({}, "return {}")
    for name, value in {"raw_path": "/" * 5000, "failed": ["a"] * 60, "headers_multi": {"a": ["b" * 5000]}}.items():
        assert decided({name: value}, "return {}").allocated_bytes > plain.allocated_bytes + 3000
    backend = {"name": "n", "labels": {"a": "b" * 5000}}
    assert decided({"backends": [backend]}, "return {}").allocated_bytes > plain.allocated_bytes + 5000


def test_the_first_version_costs_what_it_did() -> None:
    request = {"path": "/a", "headers": {"A": "b"}, "backends": [{"name": "n", "health": True}]}
    assert decided(request, "return {}") == decided({**request, "query": "", "x": 1}, "return {}")


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"query": 1}, "query: expected a string, got number"),
        ({"query": "x" * 65_537}, "query: more than 65536 characters"),
        ({"attempt": 1001}, "attempt: expected a whole number from 0 to 1000"),
        ({"attempt": -1}, "attempt: expected a whole number from 0 to 1000"),
        ({"attempt": "1"}, "attempt: expected a whole number, got string"),
        ({"attempt": True}, "attempt: expected a whole number, got boolean"),
        ({"attempt": 10**5000}, "attempt: expected a whole number, got number"),
        ({"failed": "a"}, "failed: expected an array, got string"),
        ({"failed": ["a"] * 65}, "failed: more than 64 entries"),
        ({"headers_multi": {"a": ["b", 1]}}, "headers_multi.a[1]: expected a string, got number"),
        ({"body_base64": "a"}, "body_base64: expected base64"),
        ({"backends": [{}, {"weight": 1_000_001}]}, "backends[1].weight: expected a whole number from 0 to 1000000"),
        ({"backends": [{"labels": {"a": 1}}]}, "backends[0].labels.a: expected a string, got number"),
    ],
)
def test_mistakes_name_the_field(sent: dict[str, Any], message: str) -> None:
    text = json.dumps(sent) if sent.get("attempt") != 10**5000 else '{"attempt":1' + "0" * 5000 + "}"
    with pytest.raises(BadRequest) as caught:
        read_request(text.encode())
    assert str(caught.value) == message


def test_texts_of_other_classes_become_plain() -> None:
    class Name(str):
        __slots__ = ()

    request = {**read_request(b"{}"), "headers_multi": {Name("A"): [Name("b")]}, "failed": (Name("c"),)}
    body = "return {candidates = {request.headers_multi.a[1], request.failed[1]}}"
    program = compile_program(f"function on_route_request(request) {body} end".encode(), "t.lua", {})
    assert decide(program, request).answer == {"selected_backend": "", "candidates": ["b", "c"]}


def test_a_watched_header_that_came_twice_counts_as_read() -> None:
    sent = {"headers": {"Cookie": "a", "X": "b"}, "headers_multi": {"Cookie": ["a", "b"], "X": ["b", "c"]}}
    assert decided(sent, "return {}", watched="cookie").read == ("Cookie",)


def test_a_header_beyond_ascii_is_found_as_sent_only() -> None:
    """In any case it took 5 µs for each of a script's own long names, and bytes were taken for Latin letters."""
    sent = {"headers": {"Ä-X": "a", "X-Y": "b"}}
    headers = "request.headers['\\195\\132-X'], request.headers['\\195\\132-x'] or 'none'"
    assert decided(sent, f"local a, b = {headers} return {{candidates = {{a, b, request.headers['x-y']}}}}").answer == {
        "selected_backend": "",
        "candidates": ["a", "none", "b"],
    }


def test_secrets_are_found_in_the_newer_fields() -> None:
    hidden = Hidden(frozenset({"cookie"}), frozenset({"token"}), frozenset({"password"}))
    sent = {
        "headers_multi": {"COOKIE": ["first-secret", "second-secret"]},
        "query": "a=b&token=third-secret",
        "raw_path": "/x?token=fourth-secret",
        "body_base64": "eyJwYXNzd29yZCI6ICJmaWZ0aC1zZWNyZXQifQ==",
    }
    secrets = hidden.secrets(read_request(json.dumps(sent).encode()))
    assert secrets is not None
    text = "first-secret second-secret third-secret fourth-secret fifth-secret"
    assert secrets.without(text) == " ".join(["[masked]"] * 5)


def test_a_test_may_not_misspell_a_field() -> None:
    assert unknown({"path": "/", "backends": [{"name": "a", "zone": "b"}], "query": "a"}) is None
    assert str(unknown({"qurey": "a"})) == "qurey: no such field: did you mean 'query'?"
    assert (
        str(unknown({"backends": [{}, {"wieght": 1}]})) == "backends[1].wieght: no such field: did you mean 'weight'?"
    )


# every list of the fields


def test_the_documentation_has_a_row_for_each() -> None:
    for fields in (FIELDS, OWN, BACKEND_FIELDS):
        rows = "\n".join(map(table_row, fields))
        assert f"| field | kind | at most | meaning |\n|---|---|---|---|\n{rows}\n\n" in DOCUMENT


def test_the_types_and_the_models_have_them_in_the_same_order() -> None:
    for fields, kind, model in (
        (FIELDS, RequestData, models.RouteRequest),
        (BACKEND_FIELDS, BackendData, models.Backend),
    ):
        names = [field.name for field in fields]
        own = [field.name for field in OWN] if kind is RequestData else []
        assert list(get_type_hints(kind)) == names + own
        assert list(model.__fields__ if models.PYDANTIC_1 else model.model_fields) == names


OWN_SENT: dict[str, Any] = {
    "config": {"share": 20, "on": True, "of": [{"name": "ä"}, 1.5]},
    "secrets": {"key": "hush", "other": "still"},
    "sequence": 7,
}
OWN_READ = "request.config.of[1].name .. request.config.of[2] + request.config.share .. request.secrets.key .. request.sequence"


def test_what_the_engine_adds_is_no_gateways_to_send() -> None:
    sent = json.dumps(OWN_SENT).encode()
    assert read_request(sent) == read_request(b"{}")
    assert read_whole_request(sent) == {**read_request(b"{}"), **OWN_SENT}


def test_a_script_finds_what_the_engine_adds() -> None:
    body = f"return {{selected_backend = {OWN_READ}, tags = {{q = tostring(request.query)}}}}"
    program = compile_program(f"function on_route_request(request) {body} end".encode(), "t.lua", {})
    decision = decide(program, read_whole_request(json.dumps(OWN_SENT).encode()))
    assert decision.answer == {"selected_backend": "ä21.5hush7", "tags": {"q": "nil"}}
    assert decision.read == ("secrets.key",)


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"config": []}, "config: expected an object, got array"),
        ({"config": {"a": None}}, "config.a: expected text, a number, true, false, a list or an object"),
        ({"config": {"a": 2**53 + 1}}, "config.a: expected text, a number, true, false, a list or an object"),
        ({"config": {"a": [0] * 1000}}, "config.a: more than 1000 values, or 65536 characters in all"),
        ({"config": {"a": "x" * 65_536}}, "config.a: more than 1000 values, or 65536 characters in all"),
        ({"config": {"a": [[[[[[[[1]]]]]]]]}}, "config.a[0][0][0][0][0][0][0]: nested deeper than 8 levels"),
        ({"secrets": {"a": 1}}, "secrets.a: expected a string, got number"),
        ({"sequence": -1}, f"sequence: expected a whole number from 0 to {2**53}"),
    ],
)
def test_mistakes_in_what_the_engine_adds(sent: dict[str, Any], message: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read_whole_request(json.dumps(sent).encode())
    assert str(caught.value) == message


def test_settings_of_every_size_that_is_allowed_are_read() -> None:
    for config in ({"a": [0] * 999}, {"a": "x" * 65_535}, {"a": [[[[[[[1]]]]]]]}):
        assert read_whole_request(json.dumps({"config": config}).encode())["config"] == config


def test_no_name_is_both_a_field_and_made_of_one() -> None:
    assert request_fields.ARGS not in {field.name for field in FIELDS}
