"""Targets, tenants, header fields, answers of the engine: the parts that only look at data."""

from __future__ import annotations

import ipaddress
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from keystone_lua.gateway import fields
from keystone_lua.gateway.config import GatewayConfig, Service, Tenant
from keystone_lua.gateway.decision import MAX_PATH, Changes, EngineFailure, Mirror, Reject, Route, read_decision
from keystone_lua.gateway.matching import TenantTable
from keystone_lua.gateway.target import BadTarget, escape, has_tricks, read_target, unescape


def test_a_target_is_taken_apart() -> None:
    target = read_target("/a%20b/%C3%BC?x=/../y", ["API.Example.com.:8080"])
    assert (target.host, target.authority) == ("api.example.com", "API.Example.com.:8080")
    assert (target.path, target.raw_path, target.query) == ("/a b/ü", "/a%20b/%C3%BC", "?x=/../y")
    assert read_target("http://a:1/x", ["A:1"]).path == "/x"
    assert read_target("http://a", ["a"]).raw_path == "/"
    assert read_target("/", ["[::1]:80"]).host == "[::1]"


@pytest.mark.parametrize(
    "path",
    [
        "/a/../b", "/a/./b", "/..", "/a/..", "/%2e%2e/b", "/a/%2E./b", "/a/..%2fb", "/a%5c..%5cb", "/a\\b", "/a/..;x/b",
        "/%00", "/a%0d%0aX: y", "/%7f", "/%zz", "/%", "/%ff", "/%c0%ae%c0%ae/", "/#a", "a", "*", "", "/a b", "/\x7f",
        "http://other/x", "ftp://a/x", "//host/../x",
    ],
)  # fmt: skip
def test_tricks_in_targets(path: str) -> None:
    with pytest.raises(BadTarget):
        read_target(path, ["a"])


@pytest.mark.parametrize("path", ["/...", "/.a", "/a..b/", "/..a", "//", "/a//b", "/a;x=..", "/%252e%252e/", "/a%2fb"])
def test_no_tricks_in_targets(path: str) -> None:
    assert read_target(path, ["a"]).raw_path == path


@pytest.mark.parametrize(
    "hosts", [[], ["a", "a"], [""], ["a b"], ["a/b"], ["a@b"], ["a:"], ["a:99999"], ["a,b"], ["ü"]]
)
def test_bad_hosts(hosts: list[str]) -> None:
    with pytest.raises(BadTarget):
        read_target("/", hosts)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_escaped_is_read_back(text: str) -> None:
    escaped = escape("/" + text)
    assert unescape(escaped) == "/" + text
    assert escaped.isascii()
    assert not set("?# \r\n") & set(escaped)
    # No decoding of what a script returns makes a dot segment that was not seen.
    assert has_tricks(escaped) <= has_tricks("/" + text)


def tenant(name: str, *domains: str, prefix: str = "/") -> Tenant:
    return Tenant(name, (Service("s", "http://s"),), domains, prefix)


def test_tenants_are_found_by_domain_then_by_longest_prefix() -> None:
    table = TenantTable(
        [
            tenant("any", prefix="/"),
            tenant("any-deep", prefix="/v1/x/"),
            tenant("a", "a", "b"),
            tenant("a-v1", "a", prefix="/v1/"),
        ]
    )
    found = {
        (host, path): getattr(table.find(host, path), "name", None)
        for host in ("a", "b", "c")
        for path in ("/", "/v1", "/v1/x/y", "/v10")
    }
    assert found == {
        ("a", "/"): "a", ("a", "/v1"): "a-v1", ("a", "/v1/x/y"): "a-v1", ("a", "/v10"): "a",
        ("b", "/"): "a", ("b", "/v1"): "a", ("b", "/v1/x/y"): "a", ("b", "/v10"): "a",
        ("c", "/"): "any", ("c", "/v1"): "any", ("c", "/v1/x/y"): "any-deep", ("c", "/v10"): "any",
    }  # fmt: skip
    assert TenantTable([tenant("a", "a", prefix="/v1/")]).find("a", "/v2") is None


def test_hop_by_hop_fields_stay_behind() -> None:
    sent = CIMultiDict(
        [("Connection", "close, X-Secret"), ("connection", "x-other"), ("X-Secret", "1"), ("X-OTHER", "2"), ("TE", "trailers"),
         ("Keep-Alive", "1"), ("Upgrade", "h2c"), ("Transfer-Encoding", "chunked"), ("Proxy-Authorization", "p"),
         ("Set-Cookie", "a"), ("Set-Cookie", "b"), ("X-Raw", "caf\udce9")]
    )  # fmt: skip
    assert list(fields.end_to_end(sent).items()) == [("Set-Cookie", "a"), ("Set-Cookie", "b"), ("X-Raw", "caf\ufffd")]


def test_scripts_see_one_value_for_each_name() -> None:
    sent = CIMultiDict([("Accept", "a"), ("cookie", "x=1"), ("ACCEPT", "b"), ("Cookie", "y=2")])
    assert fields.as_text(sent) == {"Accept": "a, b", "cookie": "x=1; y=2"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-A", "a\r\nX-B: c"), ("X-A", "a\nb"), ("X-A", "\0"), ("X-A", "\x7f"), ("X-A", "\ud800"), ("X A", "v"), ("X-A:", "v"), ("", "v"),
        ("X-\u00fc", "v"), ("Host", "evil"), ("content-length", "0"), ("Transfer-Encoding", "chunked"), ("Connection", "x"),
        ("X-Forwarded-For", "1.2.3.4"), ("Via", "x"), ("Expect", "x"), ("X-A", "v" * (fields.MAX_VALUE + 1)),
    ],
)  # fmt: skip
def test_what_a_script_must_not_set(name: str, value: str) -> None:
    with pytest.raises(fields.BadField):
        fields.check_settable([(name, value)])
    with pytest.raises(EngineFailure):
        read_decision(json.dumps({"selected_backend": "a", "modified_headers": {name: value}}).encode())


def test_what_a_script_may_set() -> None:
    many = [(f"X-{number}", "v" * fields.MAX_VALUE) for number in range(fields.MAX_SET)]
    assert fields.check_settable(many) == tuple(many)
    with pytest.raises(fields.BadField):
        fields.check_settable([*many, ("X-Last", "v")])
    assert fields.check_settable([("X-A", " ü\t b ")]) == (("X-A", "ü\t b"),)


FORGED = {
    "X-Forwarded-For": "6.6.6.6",
    "X-Forwarded-Host": "forged",
    "X-Forwarded-Proto": "https",
    "Forwarded": "for=6.6.6.6",
}


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("192.0.2.1", ["192.0.2.1", "a:80", "http", None]),
        ("10.1.2.3", ["6.6.6.6, 10.1.2.3", "forged", "https", "for=6.6.6.6"]),
        ("::ffff:10.1.2.3", ["6.6.6.6, ::ffff:10.1.2.3", "forged", "https", "for=6.6.6.6"]),
        ("unknown", ["unknown", "a:80", "http", None]),
    ],
)
def test_forwarded_fields_are_believed_from_trusted_proxies_only(peer: str, expected: list[str | None]) -> None:
    config = GatewayConfig((), trusted_proxies=(ipaddress.ip_network("10.0.0.0/8"),))
    forwarding = fields.Forwarding(config, "me")
    sent = CIMultiDict(FORGED)
    forwarding.apply(sent, read_target("/", ["a:80"]), peer, "http", "1.1")
    assert [sent.get(name) for name in FORGED] == expected
    assert sent["Via"] == "1.1 me"
    assert forwarding.is_loop(sent)


@pytest.mark.parametrize(
    ("answer", "decision"),
    [
        ({"selected_backend": "a"}, Route("a")),
        ({"selected_backend": "a", "modified_headers": None, "modified_path": None, "reject": None}, Route("a")),
        ({"selected_backend": "a", "modified_path": "/v2/x y?"}, Route("a", path="/v2/x y", query="")),
        ({"selected_backend": "a", "modified_headers": {"X-B": "c"}}, Route("a", Changes(set=(("X-B", "c"),)))),
        ({"selected_backend": "a", "reject": True, "reject_reason": "no"}, Route("", reject=Reject(reason="no"))),
        ({"reject": True}, Route("", reject=Reject())),
        (
            {
                "reject": True, "reject_status": 302, "reject_body": "x", "tags": {"a": "b"},
                "reject_headers": {"Location": "/login", "Set-Cookie": ["a=1", "b=2"]},
            },
            Route(
                "", tags=(("a", "b"),),
                reject=Reject(302, "rejected", (("Location", "/login"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")), "x"),
            ),
        ),
        ({"reject": True, "reject_reason": []}, Route("", reject=Reject())),  # a reject stays one
        ({"reject": True, "reject_status": "x", "tags": 1}, Route("", reject=Reject())),
        ({"reject": True, "reject_headers": {"A": "b\r\nC: d"}, "reject_status": 302}, Route("", reject=Reject())),
        (
            {
                "selected_backend": "a", "remove_headers": ["Cookie"], "append_headers": {"X-T": ["1", "2"]},
                "response_headers": {"Cache-Control": "no-store"}, "append_response_headers": {"Set-Cookie": "c"},
                "remove_response_headers": ["Server"], "modified_host": "b:80", "modified_method": "PUT",
                "modified_path": "/x?y=%20 z", "candidates": ["b", "a"], "retries": 2, "timeout_ms": 250,
                "mirror": "m", "mirror_percent": 0.5, "tags": {"t": "u"},
            },
            Route(
                "a", Changes(("Cookie",), (), (("X-T", "1"), ("X-T", "2"))),
                Changes(("Server",), (("Cache-Control", "no-store"),), (("Set-Cookie", "c"),)),
                "/x", "?y=%20%20z", "b:80", "PUT", ("b", "a"), 2, 0.25, Mirror("m", 0.5), (("t", "u"),),
            ),
        ),
        ({"modified_path": "/x?y", "modified_query": ""}, Route("", path="/x", query="")),
        ({"modified_query": "q=ä"}, Route("", query="?q=%C3%A4")),
        ({"mirror": "m"}, Route("", mirror=Mirror("m", 100))),
        ({}, Route("")),
    ],
)  # fmt: skip
def test_answers_of_the_engine(answer: dict[str, object], decision: Route) -> None:
    assert read_decision(json.dumps(answer).encode()) == decision


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"nonsense", b"[]", b"null", b'"text"', b"\xff", b"[" * 100_000, b"1" * 10_000, b'{"reject": "yes"}', b'{"reject": 1}',
        b'{"selected_backend": 1}', b'{"modified_headers": [], "modified_headers": [1]}',
        b'{"modified_headers": {"a": 1}}', b'{"modified_path": 1}', b'{"modified_path": "x"}', b'{"modified_path": "/a/../b"}',
        b'{"modified_path": "http://evil/"}', b'{"modified_path": "/a\\\\b"}', b'{"modified_path": "/a\\u0000"}',
        b'{"candidates": "a"}', b'{"candidates": [1]}', b'{"retries": 17}', b'{"retries": true}', b'{"timeout_ms": 0}',
        b'{"modified_method": "HEAD"}', b'{"modified_method": "GET /"}', b'{"modified_host": "a b"}', b'{"modified_path": "?a"}',
        b'{"response_headers": {"Transfer-Encoding": "chunked"}}', b'{"response_headers": {"A": "b\\r\\nC: d"}}',
        b'{"remove_headers": ["a b"]}', b'{"mirror_percent": 101}', b'{"tags": {"a": 1}}', b'{"response_headers": {"a": [1]}}',
        b'{"modified_path": "/a\\r\\nb"}', b'{"modified_path": "/' + b"a" * MAX_PATH + b'"}',
    ],
)  # fmt: skip
def test_answers_that_are_none(answer: bytes) -> None:
    with pytest.raises(EngineFailure):
        read_decision(answer)
