"""What a log must not show, and what can be said all the same."""

from __future__ import annotations

import hmac
import json
from pathlib import Path

import pytest

from keystone_lua.audit import Masks, Recorder, read_record
from keystone_lua.audit.masking import MIN_KEY, Secrets
from keystone_lua.interpreter import Failure, compile_program
from keystone_lua.routing.decision import decide

from .support import KEY, LIMITS, lines, request, write_log

MASKS = Masks(["Authorization", "cookie"], KEY)


def test_values_give_way_to_a_keyed_hash_and_their_length() -> None:
    asked = request(headers={"A": "1", "COOKIE": "sessiön=1", "B": "2"})
    shown = MASKS.request(asked, MASKS.cut(asked))
    digest = hmac.new(KEY, "cookie\0sessiön=1".encode(), "sha256").hexdigest()
    assert list(shown["headers"].items()) == [("A", "1"), ("COOKIE", {"hmac": digest, "bytes": 10}), ("B", "2")]
    assert asked["headers"]["COOKIE"] == "sessiön=1"
    assert {**shown, "headers": {}} == {**asked, "headers": {}}


def test_nothing_to_mask_is_the_request_itself() -> None:
    asked = request(headers={"A": "1", "Cookies": "2"})
    assert MASKS.request(asked, MASKS.cut(asked)) is asked


def test_the_hash_depends_on_key_and_name() -> None:
    other = Masks([], KEY[::-1])
    hashes = {MASKS.hash("Cookie", "v"), MASKS.hash("Authorization", "v"), other.hash("Cookie", "v")}
    assert len(hashes) == 3
    assert MASKS.hash("Cookie", "v") == MASKS.hash("COOKIE", "v")


def test_a_short_key_is_refused() -> None:
    Masks([], b"k" * MIN_KEY)
    with pytest.raises(ValueError, match="15 bytes; it needs at least 16"):
        Masks([], b"k" * (MIN_KEY - 1))


def test_no_secret_is_in_the_log(tmp_path: Path) -> None:
    file = tmp_path / "decisions.log"
    write_log(file, 200)
    data = file.read_bytes()
    assert b"s3cr3t" not in data
    assert b"[masked]" in data


def test_a_script_that_read_one_says_so(tmp_path: Path) -> None:
    file = tmp_path / "decisions.log"
    write_log(file, 200)
    values = [json.loads(line) for line in lines(file)[1:-1]]
    with_cookie = [value for value in values if "Cookie" in value["request"]["headers"]]
    assert len(with_cookie) > 50
    for value in values:
        read = value["tenant"] in ("session", "order") and "Cookie" in value["request"]["headers"]
        assert value["read"] == (["Cookie"] if read else []), value
    for line in lines(file)[1:-1]:
        record = read_record(line)[1]
        assert record.masked <= {"cookie"}


def test_what_a_script_made_of_it_is_masked_too() -> None:
    secrets = Secrets(["Bearer abcdefgh12345678", "a=b; token=xyzzyxyzzy"])
    assert secrets.without("got Bearer abcdefgh12345678!") == "got [masked]!"
    assert secrets.without("got abcdefgh12345678, b and token") == "got [masked], b and token"
    assert secrets.without("/x?token=xyzzyxyzzy&a=b") == "/x?token=[masked]&a=b"
    answer = {"selected_backend": "xyzzyxyzzy", "modified_headers": {"X": "abcdefgh12345678"}, "reject": True}
    assert secrets.answer(answer) == {
        "selected_backend": "[masked]", "modified_headers": {"X": "[masked]"}, "reject": True,
    }  # fmt: skip
    assert secrets.failure(Failure("runtime", "no xyzzyxyzzy", "x.lua:1")) == Failure(
        "runtime", "no [masked]", "x.lua:1"
    )
    assert secrets.answer(None) is None
    assert secrets.failure(None) is None


def test_a_short_value_is_masked_where_it_stands_alone_in_full() -> None:
    assert Secrets(["ab", ""]).without("cab") == "c[masked]"


def test_without_a_key_hashes_tell_nothing_across_processes(tmp_path: Path) -> None:
    shown = []
    for name in ("a.log", "b.log"):
        recorder = Recorder(tmp_path / name, Masks(["Authorization", "X-Api-Key"]))
        asked = request(headers={"Authorization": "Basic c2VjcmV0", "X-Api-Key": "secret"})
        recorder.record("nobody", asked, None, None, {}, None, limits=LIMITS)
        recorder.close()
        shown.append(json.loads(lines(tmp_path / name)[1])["request"]["headers"])
    assert [value["bytes"] for value in shown[0].values()] == [14, 6]
    assert shown[0] != shown[1]


def test_a_masked_request_costs_a_script_what_the_request_did() -> None:
    program = compile_program(b"function on_route_request(r) return {selected_backend = #r.path} end", "x.lua")
    asked = request(headers={"Cookie": "sessiön=1234", "Host": "ü"})
    line = json.dumps(MASKS.request(asked, MASKS.cut(asked)))
    filled = json.loads(line)
    filled["headers"]["Cookie"] = "*" * filled["headers"]["Cookie"]["bytes"]
    was, now = decide(program, asked), decide(program, filled)
    assert (was.instructions, was.allocated_bytes) == (now.instructions, now.allocated_bytes)
