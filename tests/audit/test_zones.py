"""Decisions that read time zones: the record says of which tzdata, and a replay beside another one says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.audit import Archive
from keystone_lua.audit.records import RecordError, decision_text, line, read_record
from keystone_lua.audit.replay import Findings, replay_logs
from keystone_lua.interpreter import compile_program
from keystone_lua.interpreter.modules.zones import VERSION
from keystone_lua.routing.decision import decide
from keystone_lua.server.offload.messages import from_plain, to_plain

from .support import LIMITS, NOW, request

ASKS = b"""local time = require "time"
function on_route_request(request)
  if request.method == "GET" then return {selected_backend = time.in_zone("Europe/Berlin").zone} end
  return {selected_backend = tostring(time.now())}
end"""
PROGRAM = compile_program(ASKS, "zones.lua")


def recorded(method: str) -> bytes:
    """The line of a decision."""
    asked = request(method=method)
    decision = decide(PROGRAM, asked, limits=LIMITS, seed=1, now=NOW)
    assert decision.failure is None
    text = decision_text("a", NOW, "zones", asked, PROGRAM, decision, decision.answer, None, LIMITS, "inline")
    return line("decision", 1, "0" * 64, text)


def replayed(tmp_path: Path, data: bytes, **fields: Any) -> Findings:
    """What a log of one record comes to, with other fields; one that is None is taken out."""
    value = {
        name: field for name, field in {**json.loads(data), **fields}.items() if field is not None or name == "error"
    }
    (tmp_path / "log").write_text(json.dumps(value, separators=(",", ":")) + "\n")
    Archive(tmp_path / "scripts").put(PROGRAM)
    return replay_logs([tmp_path / "log"], scripts=tmp_path / "scripts").findings


def test_the_version_is_in_records_of_decisions_that_read_a_zone_alone() -> None:
    assert json.loads(recorded("GET"))["zones"] == VERSION
    assert read_record(recorded("GET"))[1].zones == VERSION  # type: ignore[union-attr]
    assert "zones" not in json.loads(recorded("POST"))
    assert read_record(recorded("POST"))[1].zones == ""  # type: ignore[union-attr]


def test_the_same_tables_give_the_same(tmp_path: Path) -> None:
    for method in ("GET", "POST"):
        found = replayed(tmp_path, recorded(method))
        assert (found.same, found.differences, found.problems) == (1, [], [])


def test_another_version_is_named_where_something_differs(tmp_path: Path) -> None:
    other = {"zones": "2020.1", "answer": {"selected_backend": "CEDT"}}
    found = replayed(tmp_path, recorded("GET"), **other)
    assert dict(found.not_replayable) == {f"the script read time zones of tzdata 2020.1, and here is {VERSION}": 1}
    assert found.differences == []
    assert replayed(tmp_path, recorded("GET"), zones="2020.1").same == 1


def test_the_same_version_excuses_nothing(tmp_path: Path) -> None:
    (difference,) = replayed(tmp_path, recorded("GET"), answer={"selected_backend": "CEDT"}).differences
    assert list(difference.fields) == ["answer"]


def test_a_version_that_the_script_did_not_ask_for_is_no_excuse(tmp_path: Path) -> None:
    (difference,) = replayed(tmp_path, recorded("POST"), zones="2020.1", answer={"selected_backend": "x"}).differences
    assert difference.fields["zones"] == ("2020.1", "")
    (difference,) = replayed(tmp_path, recorded("GET"), zones=None).differences
    assert difference.fields["zones"] == ("", VERSION)


@pytest.mark.parametrize("zones", ["", "2026", "2026.6; rm", "x" * 100, 2026, ["2026.6"]])
def test_what_is_no_version_is_no_record(zones: Any) -> None:
    value = {**json.loads(recorded("GET")), "zones": zones}
    with pytest.raises(RecordError, match="no version of tzdata"):
        read_record(json.dumps(value, separators=(",", ":")).encode())


def test_a_lane_tells_it() -> None:
    decision = decide(PROGRAM, request(), limits=LIMITS, seed=1, now=NOW)
    assert from_plain(json.loads(json.dumps(to_plain(decision)))).zones == VERSION
