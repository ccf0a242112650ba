"""Secrets of a request: found by name wherever they can be, and gone from every text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from keystone_lua.hidden import HEADERS, MASK, Hidden, Secret, Secrets

HIDDEN = Hidden(query=frozenset({"token", "x y"}), fields=frozenset({"password", "card"}))


def request(**fields: Any) -> dict[str, Any]:
    return {"headers": {}, "path": "/", "body": "", **fields}


def secrets_of(parts: list[str | Secret]) -> list[str]:
    return [part.value for part in parts if isinstance(part, Secret)]


def whole(parts: list[str | Secret]) -> str:
    return "".join(part.value if isinstance(part, Secret) else part for part in parts)


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("/a?token=s3cret&b=1", ["s3cret"]),
        ("/a?b=1;TOKEN=s3cret", ["s3cret"]),
        ("/a?t%6Fken=s%33cret", ["s%33cret"]),
        ("/a?x+y=1&x%20y=2&token=", ["1", "2", ""]),
        ("/a?token=a=b&token=c?d", ["a=b", "c?d"]),
        ("/token=1", []),
        ("/a?tokens=1&token", []),
    ],
)
def test_parameters(path: str, values: list[str]) -> None:
    parts = HIDDEN.path(path)
    assert secrets_of(parts) == values
    assert whole(parts) == path


@pytest.mark.parametrize(
    ("body", "values"),
    [
        ('{"password": "s3cret", "b": 1}', ['"s3cret"']),
        ('{"a": [{"Password" : 12.5}, {"password":null}]}', ["12.5", "null"]),
        ('{"p\\u0061ssword": "s3\\"cret"}', ['"s3\\"cret"']),
        ('{"card": {"number": "1", "password": "2"}, "password": "3"}', ['{"number": "1", "password": "2"}', '"3"']),
        ('{"a": "the \\"password\\": is", "b": "password"}', []),
        ('{"password": "never ends', ['"never ends']),
        ('{"password": ' + "[" * 100_000, ["[" * 100_000]),
        ("password=1", []),
        ('\\"' * 500_000, []),  # each quote was looked from to the end: a body of 80 kB took 20 s
        ('{"\\"password": 1}', ["1"]),
        ('{"a\\\\": 1, "password" :\n2}', ["2"]),
        ("", []),
    ],
)
def test_fields(body: str, values: list[str]) -> None:
    parts = HIDDEN.body(body)
    assert secrets_of(parts) == values
    assert whole(parts) == body


def test_all_that_is_secret() -> None:
    found = HIDDEN.secrets(
        request(headers={"X-CSRF-token": "csrf-value"}, path="/?token=a%20b", body=json.dumps({"password": "pä\n"}))
    )
    assert found is not None
    text = found.without('csrf-value, a%20b, a b, pä\n, "p\\u00e4\\n"')
    assert text == f"{MASK}, {MASK}, {MASK}, {MASK}, {MASK}"
    assert HIDDEN.secrets(request(headers={"Accept": "x"}, path="/?a=b", body="{}")) is None


def test_the_default_headers() -> None:
    for name in ("X-Amz-Security-Token", "X-Goog-Api-Key", "Api-Key", "X-CSRF-Token", "Authorization", "Cookie"):
        assert name.lower() in HEADERS


def test_a_text_that_ends_within_a_secret() -> None:
    found = Secrets(["Bearer abcdefghijklmnop"])
    assert found.without("no: Bearer abcdefghij") == f"no: {MASK}"
    assert found.without("no: Bearer abcdefghij... (10008 bytes)") == f"no: {MASK}"
    assert found.without("no: Bearer abcdefghij… (1200 characters)") == f"no: {MASK}"
    assert found.without("no: Bearer") == "no: Bearer"
    assert found.without("part abcdefghijklmnop") == f"part {MASK}"


def test_plain_data() -> None:
    found = Secrets(["longsecret"])
    assert found.in_data({"longsecret": ["x"], "a": {"b": "is longsecret"}, "c": True}) == {
        MASK: ["x"], "a": {"b": f"is {MASK}"}, "c": True,
    }  # fmt: skip
