"""The quick reader of requests: what it reads is what `routing.request` reads, to the order of the names."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keystone_lua.routing import request, request_fields
from keystone_lua.routing.request import BadRequest
from keystone_lua.server.http import request_reading
from tests.server.test_models import newer, requests, texts

WHOLE: dict[str, Any] = {
    "method": "GET", "path": "/a", "host": "h", "headers": {"A": "1", "a": "2"}, "body": "",
    "backends": [{"name": "x", "url": "u", "health": True}],
}  # fmt: skip


def outcome(read: Any, body: bytes) -> tuple[str, str]:
    try:
        return json.dumps(read(body)), ""
    except BadRequest as error:
        return "", f"{error.field}: {error}"


def same(body: bytes) -> str:
    """Both readers' value, as text; empty if it is none."""
    quick = outcome(request_reading.read_request, body)
    assert quick == outcome(request.read_request, body), body
    return quick[0]


def encoded(**changes: Any) -> bytes:
    return json.dumps({**WHOLE, **changes}).encode()


@pytest.mark.parametrize(
    "body",
    [
        encoded(),
        b" \t\r\n" + encoded() + b"\n ",
        encoded(query="a=b", attempt=2, failed=["x"], headers_multi={"A": ["1", "2"]}, body_truncated=True),
        encoded(query=None, attempt=0, failed=[], body_truncated=False),
        encoded(path="\u00e9\U0001f600\0\n", headers={"": "", "\u00e9": "\U0001f600"}),
        json.dumps({**WHOLE, "path": "\u00e9\U0001f600"}, ensure_ascii=False).encode(),
        encoded(attempt=2.0),
        encoded(backends=[]),
        encoded(backends=[{"name": "x", "url": "u", "health": False, "weight": 3}]),
    ],
)
def test_good_bodies(body: bytes) -> None:
    assert same(body)


@pytest.mark.parametrize(
    "body",
    [
        encoded()[:-1] + b',"method":"PUT"}',
        encoded()[:-1] + b',"method":1}',
        encoded()[:-1] + b',"method":null}',
        encoded()[:-1] + b',"headers":{"b":"1"}}',
        b'{"method":1,' + encoded()[1:],
        encoded(headers={}).replace(b'"headers": {}', b'"headers": {"b": "1", "a": "2", "b": "3"}'),
        encoded(headers={}).replace(b'"headers": {}', b'"headers": {"b": 1, "a": "2", "b": "3"}'),
        encoded(path="\ud800"),
        encoded(headers={"\udc00": "x"}),
        encoded(query="\ud800"),
        encoded(failed=["\udfff"]),
        b"\xef\xbb\xbf" + encoded(),
        encoded().replace(b'"/a"', b'"/\xff"'),
        encoded().replace(b'"/a"', b'"/\x01"'),
        encoded().replace(b'"/a"', b'"\\x"'),
        encoded().replace(b'"/a"', b"'/a'"),
        encoded() + b"x",
        encoded() + b"{}",
        encoded()[:-1] + b",}",
        encoded()[:-1],
        encoded().replace(b"true", b"1"),
        encoded().replace(b"true", b'"true"'),
        *(encoded(attempt=0).replace(b'"attempt": 0', b'"attempt": ' + number) for number in
          (b"NaN", b"Infinity", b"1e999", b"1" + b"0" * 30, b"1" * 5000, b"-0", b"0.0", b"1E0", b"01", b"1.", b"+1", b"2e0")),
        encoded(attempt=True),
        encoded(body_base64="a"),
        encoded(failed=1, query=1),
        encoded(failed=[[[[]]]]),
        encoded()[:-1] + b',"failed":' + b"[" * 70 + b"]" * 70 + b"}",
        encoded()[:-1] + b',"failed":' + b"[" * 5000 + b"]" * 5000 + b"}",
        encoded()[:-1] + b',"x":' + b"[" * 70 + b"]" * 70 + b"}",
        encoded(x=1),
        encoded(config={"a": 1}, secrets={"b": "c"}, sequence=1),
        encoded(headers=[["a", "b"]]),
        encoded(backends=[[]]),
        encoded(backends={}),
        encoded(headers={str(number): "" for number in range(3000)}),
        encoded(headers={"x": "y" * 40_000}),
        b"[]", b"null", b"1", b"", b"{}", b"{", b'"', b"\0",
    ],
)  # fmt: skip
def test_odd_bodies(body: bytes) -> None:
    same(body)


parts = {
    "method": texts, "path": texts, "host": texts, "headers": st.dictionaries(texts, texts, max_size=4), "body": texts,
    "backends": st.lists(st.fixed_dictionaries({"name": texts, "url": texts, "health": st.booleans()}), max_size=3),
}  # fmt: skip


@given(data=st.fixed_dictionaries(parts, optional=newer(request_fields.MORE)) | requests)
@settings(max_examples=300, deadline=None)
def test_generated_bodies(data: Any) -> None:
    same(json.dumps(data).encode())


def test_broken_bodies() -> None:
    chance = random.Random(11)
    whole = encoded(query="q", attempt=1, path="\u00e9\n", headers={"a": "1", "b": "\U0001f600"})
    pieces = [b'"', b"\\", b"\\u", b"{", b"}", b"[", b"]", b",", b":", b"null", b"1", b"\xff", b"\0", b" ", b"\\ud83d"]
    read = 0
    for _ in range(20_000):
        body = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            place = chance.randrange(len(body))
            if chance.random() < 0.5:
                body[place : place + chance.randint(0, 3)] = chance.choice(pieces)
            else:
                del body[place : place + chance.randint(1, 4)]
        read += bool(same(bytes(body)))
    assert read > 1000  # not all of them were refused


def test_the_usual_body_takes_the_quick_way(monkeypatch: pytest.MonkeyPatch) -> None:
    if request_reading._VALIDATOR is None:
        return  # an install without native code
    monkeypatch.setattr(request, "read_request", lambda _body: pytest.fail("the other way"))
    assert request_reading.read_request(encoded()) == WHOLE
    assert request_reading.read_request(encoded(query="a"))["query"] == "a"


def test_without_pydantic_2_it_is_the_other_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_reading, "_VALIDATOR", None)
    assert request_reading.read_request(encoded()) == WHOLE
