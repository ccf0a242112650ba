"""Bodies in, plain requests out: the edges that the HTTP table does not show."""

from __future__ import annotations

import contextlib
import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystone_lua.routing import request
from keystone_lua.routing.answer import answer_text
from keystone_lua.routing.request import MAX_NESTING, MAX_VALUES, BadRequest, RequestData, read_json, read_request
from keystone_lua.server.http.json_text import json_bytes, json_text

ZERO: RequestData = {"method": "", "path": "", "host": "", "headers": {}, "body": "", "backends": []}


def nested(levels: int) -> bytes:
    """Return an object whose ignored field makes it ``levels`` deep."""
    return b'{"x":' + b"[" * (levels - 1) + b"0" + b"]" * (levels - 1) + b"}"


@pytest.mark.parametrize("body", [b"null", b"{}", b" \t\r\n{} \n", b'{"x":[[[]]]}'])
def test_everything_missing_is_the_zero_request(body: bytes) -> None:
    assert read_request(body) == ZERO


def test_every_field_is_kept() -> None:
    request = {
        "method": "POST",
        "path": "/a",
        "host": "h",
        "headers": {"b": "2", "A": "1"},
        "body": "text",
        "backends": [{"name": "n", "url": "u", "health": True}, {"name": "m", "url": "", "health": False}],
    }
    read = read_request(json.dumps(request).encode())
    assert read == request
    assert list(read["headers"]) == ["b", "A"]


@pytest.mark.parametrize("levels", [1, 2, MAX_NESTING - 1, MAX_NESTING])
def test_nesting_up_to_the_limit(levels: int) -> None:
    assert read_request(nested(levels)) == ZERO


@pytest.mark.parametrize("levels", [MAX_NESTING + 1, MAX_NESTING + 2, 900, 5_000, 500_000])
def test_nesting_beyond_the_limit(levels: int) -> None:
    with pytest.raises(BadRequest, match=r"nested deeper than 64 levels"):
        read_request(nested(levels))


@pytest.mark.parametrize(
    "prefix",
    [
        b"",
        b'{"x":',
        b'["\\"",',
        b'["\\\\",',
        b'["[]]]",',
        b"[[],[[]],",
        b'{"a":"}}","b":',
        b"\n\t [0,",
        '["ä€😀",'.encode(),
    ],
)
@pytest.mark.parametrize("opening", [b"[", b'{"x":', b'[{"x":'])
def test_depth_is_bounded_before_the_decoder_sees_it(prefix: bytes, opening: bytes) -> None:
    """With the recursion limit that deep scripts need, the decoder alone would run out of C stack."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10**6)
    try:
        with pytest.raises(BadRequest, match=r"nested deeper|more than 20000 values"):
            read_json(prefix + opening * 150_000)
    finally:
        sys.setrecursionlimit(limit)


@pytest.mark.parametrize("body", [b"]" * 999 + b"[" * 70, b'"' + b"[" * 999, b'"\\' + b"[" * 999, b"}" + b"{" * 64])
def test_brackets_after_a_mistake(body: bytes) -> None:
    with pytest.raises(BadRequest):
        read_json(body)


def test_many_brackets_side_by_side_are_not_deep() -> None:
    assert read_request(b'{"x":[' + b"[],{}," * 4_000 + b"0]}") == ZERO


def test_brackets_in_text_are_text() -> None:
    assert read_request(b'{"path":"' + b"[" * 1000 + b'"}')["path"] == "[" * 1000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\ud800", "\ufffd"),
        (r"\udfff", "\ufffd"),
        (r"\uD83D\uDE00", "😀"),
        (r"\ude00\ud83d", "\ufffd\ufffd"),
        (r"\ud800\ud83d\ude00", "\ufffd😀"),
        (r"a\ud800\n", "a\ufffd\n"),
        (r"\\ud800", r"\ud800"),
        (r"\u0000", "\0"),
    ],
)
def test_surrogates(text: str, expected: str) -> None:
    body = f'{{"path":"{text}","headers":{{"{text}":"{text}"}},"backends":[{{"name":"{text}"}}]}}'
    request = read_request(body.encode())
    assert request["path"] == expected
    assert request["headers"] == {expected: expected}
    assert request["backends"][0]["name"] == expected


@pytest.mark.parametrize("number", ["0", "-1", "1e999", "-0.0", "9" * 100_000, "0." + "1" * 100_000, "1" + "0" * 5000])
def test_numbers_in_ignored_fields(number: str) -> None:
    assert read_request(f'{{"x":{number}}}'.encode()) == ZERO


@pytest.mark.parametrize("number", ["01", "+1", ".5", "1.", "0x10", "1e", "NaN", "-Infinity", "Infinity", "nan"])
def test_what_json_calls_no_number(number: str) -> None:
    with pytest.raises(BadRequest, match="not JSON"):
        read_json(number.encode())


def test_the_first_wrong_field_is_named() -> None:
    with pytest.raises(BadRequest, match=r"^path: expected a string, got number$") as caught:
        read_request(b'{"backends":5,"path":5}')
    assert caught.value.field == "path"


def test_a_long_header_name_is_shortened_in_the_message() -> None:
    with pytest.raises(BadRequest) as caught:
        read_request(json.dumps({"headers": {"x" * 5000: 1}}).encode())
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "body",
    [
        b'{"backends":[' + b"null," * 200_000 + b"0]}",
        b'{"headers":{' + b'"a":null,' * 100_000 + b'"b":1}}',
        b'{"path":"' + b"\\" * 1_000_000,
        b'{"path":"' + b'\\"' * 500_000,
        b'{"path":"' + b"\\ud800" * 170_000 + b'"}',
        b"[" * 1_000_000,
        b"[]" * 500_000,
        b'"' * 1_000_000,
        b'["",' * 250_000,
        b"[" * 100 + b'"' + b"\\a" * 500_000,
        b"[" * 100 + b'"' + b'\\"' * 500_000 + b"\\",
        b"[[]," * 250_000,
        b'{"x":' + b"9" * 1_000_000 + b"}",
        b'{"x":[' + b"{}," * 300_000 + b"0]}",
        b'{"x":[' + b"[[[[[[]]]]]]," * 70_000 + b"0]}",
    ],
)
def test_a_hostile_mebibyte_is_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(BadRequest):
        read_request(body)


@pytest.mark.parametrize(
    "value", [{}, {"a": "ä€😀"}, {"a": "\r\n\0\x7f\u2028"}, {"lone": "\ud800"}, {"a": [1, True, None]}]
)
def test_what_is_written_is_one_ascii_line(value: Any) -> None:
    written = json_bytes(value)
    assert written.isascii()
    assert written.endswith(b"\n")
    assert written.count(b"\n") == 1
    assert json.loads(written) == value


@pytest.mark.parametrize("form", ["[%s]", '{"headers":{%s}}', '{"body":",[{","x":[%s]}'])
def test_the_number_of_values_is_bounded_on_both_sides(form: str) -> None:
    outside = form.replace(",[{", "")
    items = MAX_VALUES - outside.count(",") - outside.count("[") - outside.count("{")
    unit = '"a":"\\",["' if "headers" in form else "1"
    body = (form % ",".join([unit] * (items + 1))).encode()
    assert read_json(body) is not None
    with pytest.raises(BadRequest, match="more than 20000 values"):
        read_json((form % ",".join([unit] * (items + 2))).encode())


@pytest.mark.parametrize("body", [b"[" * 70 + b'""' * 500_000, b"[" * 70 + b'"\\\\"' * 250_000, b"[]," * 340_000])
def test_a_megabyte_of_small_things_is_refused_before_it_is_decoded(
    body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request, "_DECODER", None)
    with pytest.raises(BadRequest, match=r"more than 20000 values|nested deeper"):
        read_json(body)


def test_text_may_hold_any_number_of_commas_and_brackets() -> None:
    text = "[{,}]" * 200_000
    assert read_request(b'{"body":"%b"}' % text.encode())["body"] == text


ANSWERS = st.fixed_dictionaries(
    {"selected_backend": st.text()},
    optional={
        "modified_headers": st.dictionaries(st.text(min_size=1), st.text(), min_size=1),
        "modified_path": st.text(min_size=1),
        "reject": st.just(True),
        "reject_reason": st.text(min_size=1),
    },
)


@given(ANSWERS)
def test_answers_are_written_as_by_the_json_module(answer: dict[str, Any]) -> None:
    assert answer_text(answer) + "\n" == json_text(answer)
