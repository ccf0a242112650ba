"""The format of a line: what is written can be read, and nothing else can."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.audit import DecisionRecord, Note, RecordError, read_record, records
from keystone_lua.audit.records import MAX_COMMON, MAX_COMMON_NAME, MAX_MASKED, decision_text, encode
from keystone_lua.interpreter import MAX_DEPTH, Limits

from .support import LIMITS, NOW, lines, programs, write_log

FIELDS = [
    "kind", "number", "prev", "id", "time", "tenant", "script", "name", "lane", "engine", "costs", "limits", "seed",
    "clock", "request", "answer", "error", "read", "instructions", "bytes",
]  # fmt: skip


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    file = tmp_path_factory.mktemp("log") / "decisions.log"
    write_log(file)
    return lines(file)


def decisions(log: list[bytes], tenant: str) -> list[dict[str, Any]]:
    """The decoded records of a tenant."""
    return [value for value in map(json.loads, log) if value.get("tenant") == tenant]


def test_the_fields_and_their_order(log: list[bytes]) -> None:
    assert {tuple(json.loads(line)) for line in log[1:-1]} == {tuple(FIELDS)}
    assert list(json.loads(log[0])) == ["kind", "number", "prev", "time", "engine", "costs", "python", "masked"]
    assert [json.loads(line)["kind"] for line in (log[0], log[-1])] == ["start", "stop"]


def test_a_decision_reads_as_it_was(log: list[bytes]) -> None:
    link, record = read_record(log[1])
    assert link.number == 2
    assert isinstance(record, DecisionRecord)
    program = programs()["ab-testing"]
    assert (record.id, record.tenant, record.script, record.name) == ("req-0", "ab-testing", program.hash, program.name)
    assert (record.seed, record.clock, record.lane) == (0, NOW, "inline")
    assert record.limits == LIMITS
    assert record.request["path"] == "/p/0"


def test_headers_keep_their_order_which_scripts_can_see(log: list[bytes]) -> None:
    for value in decisions(log, "order"):
        assert value["answer"]["selected_backend"] == " ".join(value["request"]["headers"])
        _, record = read_record(encode(value).encode())
        assert isinstance(record, DecisionRecord)
        assert list(record.request["headers"]) == list(value["request"]["headers"])


def test_an_error_has_kind_message_and_position(log: list[bytes]) -> None:
    value = decisions(log, "broken")[0]
    assert value["answer"] is None
    assert value["error"] == {
        "kind": "runtime",
        "message": "broken.lua:1: attempt to index field 'nothing' (a nil value)",
        "position": "broken.lua:1",
    }


def test_without_a_script_there_is_no_run(log: list[bytes]) -> None:
    value = decisions(log, "nobody")[0]
    assert [value[name] for name in ("script", "seed", "clock", "instructions", "bytes")] == [None, None, None, 0, 0]


def altered(line: bytes, **fields: Any) -> bytes:
    """A line with other fields, canonical again."""
    return encode({**json.loads(line), **fields}).encode()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", -1), ("number", 1.0), ("number", True), ("prev", "0"), ("prev", "G" * 64), ("id", 3), ("time", "now"),
        ("time", 1e300), ("tenant", None), ("script", "../x"), ("script", None), ("limits", []), ("limits", {}),
        ("seed", "1"), ("clock", None), ("request", None), ("request", {}), ("answer", "yes"), ("error", {}),
        ("read", "Cookie"), ("instructions", None), ("bytes", -5), ("kind", "rumour"), ("kind", None),
    ],
)  # fmt: skip
def test_a_field_of_the_wrong_type_is_refused(log: list[bytes], name: str, value: Any) -> None:
    with pytest.raises(RecordError):
        read_record(altered(log[1], **{name: value}))


@pytest.mark.parametrize("name", [name for name in FIELDS if name not in ("engine",)])
def test_a_missing_field_is_refused(log: list[bytes], name: str) -> None:
    value = json.loads(log[1])
    del value[name]
    with pytest.raises(RecordError):
        read_record(encode(value).encode())


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda line: b" " + line, "canonical"),
        (lambda line: line.replace(b":", b": ", 1), "canonical"),
        (lambda line: line.replace(b'"tenant"', b'"tenant":"x","tenant"'), "canonical"),
        (lambda line: line.replace(b'"instructions":', b'"instructions":0'), "not JSON"),
        (lambda line: line.replace(b"api", b"\\u0061pi", 1), "canonical"),
        (lambda line: line[:-1], "not JSON"),
        (lambda line: line.replace(b"api", b"\xc3\xa4"), "not JSON"),
        (lambda line: b"", "not JSON"),
        (lambda line: b"[]", "canonical"),
        (lambda line: b"[" * 100_000, "nested"),
        (lambda line: b'[{"":' * 100_000, "nested"),
        (lambda line: b'"' + b"\\" * 100_001, "not JSON"),
        (lambda line: b"9" * 10_000, "not JSON"),
    ],
)
def test_a_line_that_is_not_as_it_was_written_is_refused(log: list[bytes], change: Any, why: str) -> None:
    with pytest.raises(RecordError, match=why):
        read_record(change(log[1]))


def test_a_record_cannot_ask_for_more_than_a_run_can_have(log: list[bytes]) -> None:
    value = json.loads(log[1])
    deep = {**value["limits"], "depth": 10**9}
    _, record = read_record(altered(log[1], limits=deep))
    assert isinstance(record, DecisionRecord)
    assert record.limits.depth == MAX_DEPTH
    wide = {**value["request"], "headers": {"Cookie": {"hmac": "", "bytes": MAX_MASKED + 1}}}
    with pytest.raises(RecordError, match="masked value"):
        read_record(altered(log[1], request=wide))


def test_notes(tmp_path: Path, log: list[bytes]) -> None:
    _, start = read_record(log[0])
    assert isinstance(start, Note)
    assert start.kind == "start"
    gap = {"kind": "gap", "number": 1, "prev": "0" * 64, "time": 1.5, "dropped": 3, "reason": "no room"}
    assert read_record(encode(gap).encode())[1] == Note("gap", 1.5, 3, "no room")


def unknown(tenant: str, limits: Limits) -> str:
    """The text of a record of a tenant without a script."""
    asked = {"method": "", "path": "", "host": "", "headers": {}, "body": "", "backends": []}
    return decision_text("", 1.5, tenant, asked, None, None, {}, None, limits, "inline")


def test_what_records_have_in_common_is_each_one_s_own() -> None:
    for _ in range(2):
        for instructions in (5, 6):
            assert f'"limits":{{"instructions":{instructions},' in unknown("a", Limits(instructions=instructions))
        assert '"tenant":"b"' in unknown("b", LIMITS)


@pytest.mark.parametrize(("size", "remembered"), [(MAX_COMMON_NAME, 1), (MAX_COMMON_NAME + 1, 0)])
def test_no_more_of_it_is_remembered_than_may_be(size: int, remembered: int) -> None:
    records._COMMON.clear()
    assert f'"{"t" * size}"' in unknown("t" * size, LIMITS)
    assert len(records._COMMON) == remembered
    for number in range(MAX_COMMON + 5):
        unknown(str(number), LIMITS)
        assert len(records._COMMON) <= MAX_COMMON
