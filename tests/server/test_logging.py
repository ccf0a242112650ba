"""What is logged of a decision, and in what form."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from keystone_lua.server.decisions import LOGGED_CHARACTERS, LOGGED_LINES, escape
from tests.server.support import constant, server_in_thread, write_scripts


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
    assert escape("x" * LOGGED_CHARACTERS) == "x" * LOGGED_CHARACTERS
    assert escape("x" * 10**6) == "x" * LOGGED_CHARACTERS + "… (1000000 characters)"


def test_a_scripts_lines_carry_tenant_and_position(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_scripts(
        tmp_path,
        {
            "a.lua": """
                function on_route_request()
                  log("one\\nINFO forged \\27[31m größe")
                  print("two")
                  return {}
                end
            """,
            "loud.lua": 'function on_route_request()\n  for i = 1, 150 do log("x") end\n  return {}\nend\n',
        },
    )
    with server_in_thread(tmp_path) as client, caplog.at_level(logging.INFO):
        client.route("a", {})
        lines = [record.getMessage() for record in caplog.records if record.name == "keystone.script"]
        assert [line.split(" ", 2)[0] for line in lines] == ["tenant=a"] * 2
        assert all(line.split(" ", 2)[1].startswith("script=a.lua:") for line in lines)
        assert [line.split(" ", 2)[2] for line in lines] == ["one\\nINFO forged \\x1b[31m größe", "two"]
        caplog.clear()
        client.route("loud", {})
        lines = [record.getMessage() for record in caplog.records if record.name == "keystone.script"]
        assert len(lines) == LOGGED_LINES + 1
        assert lines[-1] == "tenant=loud 50 more lines"


def test_decisions_are_logged_at_debug_and_failures_always(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_scripts(tmp_path, {"a.lua": constant("b"), "bad.lua": 'function on_route_request()\n  error("no")\nend\n'})
    with server_in_thread(tmp_path) as client:
        with caplog.at_level(logging.INFO):
            client.route("a", {})
            assert caplog.records == []
            client.route("bad", {})
        (record,) = caplog.records
        assert record.levelno == logging.WARNING
        assert "tenant=bad kind=runtime script=bad.lua:2 bad.lua:2: no" in record.getMessage()
        caplog.clear()
        with caplog.at_level(logging.DEBUG, "keystone.decision"):
            client.route("a", {})
        assert "selected_backend" in caplog.records[-1].getMessage()
