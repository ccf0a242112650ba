"""What is logged, in what form, and that nobody waits for it."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.server.decisions.service import LOGGED_LINES
from keystone_lua.server.telemetry.logs import CHARACTERS, QUEUE, Console, Json, StderrHandler, escape, facts
from keystone_lua.server.telemetry.tracing import CURRENT, Trace
from tests.server.support import WAIT, constant, server_in_thread, server_process, write_scripts

NASTY = 'a\r\nb" tenant=admin \\ \x1b[31m größe'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünïcödé €😀", "plain ünïcödé €😀"),
        ("a\r\nb\tc", "a\\r\\nb\\tc"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\0\x7f\x85\u2028\u202e\ud800", "\\x00\\x7f\\x85\\u2028\\u202e\\ud800"),
    ],
)
def test_escape(text: str, shown: str) -> None:
    assert escape(text) == shown


def test_escape_is_bounded() -> None:
    assert escape("x" * CHARACTERS) == "x" * CHARACTERS
    assert escape("x" * 10**6) == "x" * CHARACTERS + "… (1000000 characters)"


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    return dict(record.__dict__["facts"])


def test_a_scripts_lines_carry_tenant_and_position(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_scripts(
        tmp_path,
        {
            "a.lua": 'function on_route_request()\n  log("one größe")\n  print("two")\n  return {}\nend\n',
            "loud.lua": 'function on_route_request()\n  for i = 1, 150 do log("x") end\n  return {}\nend\n',
        },
    )
    with server_in_thread(tmp_path) as client, caplog.at_level(logging.INFO):
        client.route("a", {})
        lines = [facts_of(record) for record in caplog.records if record.name == "keystone.script"]
        assert lines == [
            {"tenant": "a", "script": "a.lua:2", "text": "one größe"},
            {"tenant": "a", "script": "a.lua:3", "text": "two"},
        ]
        caplog.clear()
        client.route("loud", {})
        lines = [facts_of(record) for record in caplog.records if record.name == "keystone.script"]
        assert len(lines) == LOGGED_LINES + 1
        assert lines[-1] == {"tenant": "loud", "count": 50}


def test_decisions_are_logged_at_debug_and_failures_always(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_scripts(tmp_path, {"a.lua": constant("b"), "bad.lua": 'function on_route_request()\n  error("no")\nend\n'})
    with server_in_thread(tmp_path) as client:
        with caplog.at_level(logging.INFO):
            client.route("a", {})
            assert caplog.records == []
            client.route("bad", {})
        (record,) = caplog.records
        assert record.levelno == logging.WARNING
        assert facts_of(record) == {
            "tenant": "bad", "kind": "runtime", "script": "bad.lua:2", "error": "bad.lua:2: no"
        }  # fmt: skip
        caplog.clear()
        with caplog.at_level(logging.DEBUG, "keystone.decision"):
            client.route("a", {})
        assert facts_of(caplog.records[-1])["answer"] == '{"selected_backend": "b"}'


# the form of a line


def record(message: str = "script failed", **named: object) -> logging.LogRecord:
    made = logging.LogRecord("keystone.decision", logging.WARNING, "", 0, message, (), None)
    made.created = 1_795_637_121.0625
    made.__dict__ |= facts(**named)
    return made


def test_a_line_for_people() -> None:
    made = record(tenant="a", count=3, error='it "failed"', empty="", missing=None)
    assert Console().format(made) == (
        "2026-11-25T20:05:21.062Z WARNING keystone.decision script failed"
        ' tenant=a count=3 error="it \\"failed\\""'
    )  # fmt: skip


def test_a_line_for_machines() -> None:
    made = record(tenant="a", count=3, error=NASTY)
    line = Json().format(made)
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line) == {
        "time": "2026-11-25T20:05:21.062Z",
        "level": "warning",
        "logger": "keystone.decision",
        "message": "script failed",
        "tenant": "a",
        "count": 3,
        "error": NASTY,
    }


def test_a_line_names_its_request() -> None:
    made = record(tenant="a")
    made.__dict__["trace"] = Trace("id-1", "00-x")
    assert Console().format(made).endswith(" tenant=a request_id=id-1 traceparent=00-x")
    assert json.loads(Json().format(made))["request_id"] == "id-1"


@pytest.mark.parametrize("text", [NASTY, 'x" y="z', "x\\", 'x\\" y=1', "", "x" * 10**5, '"' * 10**5])
def test_no_text_forges_a_fact_or_a_line(text: str) -> None:
    line = Console().format(record(before=1, text=text, after=2))
    assert line.isprintable()
    assert len(line) < 3 * CHARACTERS
    named = re.findall(r'(\w+)=("(?:[^"\\]|\\.)*"|[^" ]+)(?= |$)', line)
    assert [name for name, _ in named] == (["before", "text", "after"] if text else ["before", "after"])


def test_a_traceback_is_one_line() -> None:
    try:
        raise ZeroDivisionError
    except ZeroDivisionError as error:
        made = record()
        made.exc_info = (type(error), error, error.__traceback__)
    assert "\n" not in Console().format(made)
    assert "ZeroDivisionError" in Console().format(made)
    assert "ZeroDivisionError" in json.loads(Json().format(made))["traceback"]


# the way to standard error


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    for descriptor in (reading, writing):
        os.close(descriptor)


def test_nobody_waits_for_a_reader_who_does_not_read(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    handler = StderrHandler(writing)
    handler.setFormatter(Console())
    handler.start_thread()
    for number in range(2 * QUEUE):
        handler.handle(record(number=number))  # would hang here
    assert QUEUE - 2000 < handler.dropped <= QUEUE
    dropped = handler.dropped
    received = io.BytesIO()
    reader = threading.Thread(target=lambda: copy(reading, received))
    reader.start()
    deadline = time.monotonic() + WAIT
    while f"log lines dropped count={dropped}".encode() not in received.getvalue():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    handler.handle(record("last"))
    handler.close()
    os.write(writing, b"\0")
    reader.join(WAIT)
    lines = received.getvalue().decode().splitlines()
    numbers = [int(found[1]) for line in lines if (found := re.search(r" number=(\d+)$", line))]
    assert numbers == list(range(2 * QUEUE - dropped))
    assert lines[-1].endswith(" last")


def copy(descriptor: int, to: io.BytesIO) -> None:
    while not (data := os.read(descriptor, 1 << 16)).endswith(b"\0"):
        to.write(data)


def test_without_a_thread_a_line_is_written_or_dropped(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    handler = StderrHandler(writing)
    handler.setFormatter(Console())
    handler.handle(record("first"))
    assert os.read(reading, 1000).endswith(b" first\n")
    for _ in range(10_000):
        handler.handle(record("more"))
    assert handler.dropped > 0


def test_a_record_that_cannot_be_shown_does_not_end_the_thread(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    handler = StderrHandler(writing)
    handler.setFormatter(Console())
    handler.start_thread()
    broken = record("%d")
    broken.args = ("x",)
    handler.handle(broken)
    handler.handle(record("next"))
    handler.close()
    first, second = os.read(reading, 10_000).decode().splitlines()
    assert "a log line failed: TypeError" in first
    assert second.endswith(" next")


def test_the_request_is_that_of_the_caller(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    handler = StderrHandler(writing)
    handler.setFormatter(Console())
    token = CURRENT.set(Trace("mine", ""))
    handler.start_thread()
    handler.handle(record("x"))
    CURRENT.reset(token)
    handler.handle(record("y"))
    handler.close()
    first, second = os.read(reading, 10_000).decode().splitlines()
    assert first.endswith(" x request_id=mine")
    assert second.endswith(" y")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_real_process_logs_json(tmp_path: Path, workers: str) -> None:
    write_scripts(tmp_path, {"bad.lua": 'function on_route_request()\n  log("said")\n  error("no")\nend\n'})
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    with server_process(tmp_path, "--log-format", "json", "--workers", workers) as server:
        answer = server.client.send("POST", "/route/bad", b"{}", {"X-Request-Id": "r1", "traceparent": parent})
        assert (answer.headers["x-request-id"], answer.headers["traceparent"]) == ("r1", parent)
        assert server.terminate() == 0
        lines = [json.loads(line) for line in server.logged()]
    named = {"tenant": "bad", "request_id": "r1", "traceparent": parent}
    (said,) = [line for line in lines if line["logger"] == "keystone.script"]
    (failed,) = [line for line in lines if line["message"] == "script failed"]
    assert said.items() >= {**named, "level": "info", "script": "bad.lua:2", "text": "said"}.items()
    assert failed.items() >= {**named, "level": "warning", "script": "bad.lua:3", "kind": "runtime"}.items()
