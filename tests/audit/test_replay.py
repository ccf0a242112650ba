"""Decisions taken again: what is the same, what differs, what cannot be said; and the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.audit import Masks, Recorder, Replay, reading, replay_logs
from keystone_lua.audit.records import encode
from keystone_lua.cli import main

from .support import KEY, LIMITS, lines, programs, request, write_log


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("log") / "decisions.log"
    write_log(file, 220)
    return file


def altered(log: Path, tmp_path: Path, tenant: str, **fields: Any) -> Replay:
    """Replay a log of one record, the first of a tenant's, with other fields."""
    value = next(value for value in map(json.loads, lines(log)) if value.get("tenant") == tenant)
    file = tmp_path / "altered.log"
    file.write_text(encode({**value, "number": 1, "prev": "0" * 64, **fields}) + "\n")
    return replay_logs([file], scripts=Path(f"{log}.scripts"))


def test_a_log_gives_the_same_again(log: Path) -> None:
    result = replay_logs([log])
    found = result.findings
    assert (result.good, result.records, found.differences, result.breaks) == (True, 220, [], [])
    assert sorted(found.not_replayable) == ["no script ran", "the script read a masked header"]
    assert found.not_replayable["no script ran"] == 20
    assert found.same == 220 - found.not_replayable.total()
    kinds = {value["error"]["kind"] for value in map(json.loads, lines(log)) if value.get("error")}
    assert kinds == {"runtime", "instructions", "memory"}


def test_other_processes_find_the_same(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = replay_logs([log], processes=1)
    monkeypatch.setattr(reading, "SMALL", 0)
    told: list[tuple[int, int]] = []
    pieces = list(reading.pieces(log, 20_000))
    assert len(pieces) > 5
    monkeypatch.setattr("keystone_lua.audit.reading.pieces", lambda _: pieces)
    there = replay_logs([log], processes=2, progress=lambda *done: told.append(done))
    assert (there.records, there.findings.same, there.heads) == (here.records, here.findings.same, here.heads)
    assert there.good
    assert len(told) == len(pieces)
    assert told[-1] == (log.stat().st_size, log.stat().st_size)


@pytest.mark.parametrize("size", [1, 100, 5000, 1 << 20])
def test_pieces_are_whole_lines(log: Path, size: int, tmp_path: Path) -> None:
    torn = tmp_path / "torn.log"
    torn.write_bytes(log.read_bytes()[:-9])
    pieces = list(reading.pieces(torn, size))
    found = [line for piece in pieces for line in piece.lines()]
    assert [data for _, data, _ in found] == torn.read_bytes().split(b"\n")
    assert [number for number, _, _ in found] == list(range(1, len(found) + 1))
    assert [whole for _, _, whole in found] == [True] * (len(found) - 1) + [False]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("answer", {"selected_backend": "elsewhere"}), ("answer", None), ("instructions", 1), ("bytes", 1),
        ("error", {"kind": "runtime", "message": "no", "position": ""}), ("seed", 1), ("clock", 0.0),
        ("limits", {"instructions": 10, "memory": 9999, "depth": 200, "log": 0, "seconds": None}),
    ],
)  # fmt: skip
def test_a_record_that_says_something_else_differs(log: Path, tmp_path: Path, field: str, value: Any) -> None:
    result = altered(log, tmp_path, "dice", **{field: value})
    assert (len(result.findings.differences), result.good) == (1, False)
    difference = result.findings.differences[0]
    assert (difference.line, difference.tenant, difference.id) == (1, "dice", "req-3")
    if field in difference.fields:
        assert difference.fields[field][0] == value


def test_an_error_is_compared_to_the_letter(log: Path, tmp_path: Path) -> None:
    error = {"kind": "runtime", "message": "broken.lua:2: attempt to…", "position": "broken.lua:1"}
    result = altered(log, tmp_path, "broken", error=error)
    assert list(result.findings.differences[0].fields) == ["error"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"error": {"kind": "timeout", "message": "", "position": ""}}, "the wall clock ended the run"),
        ({"error": {"kind": "engine", "message": "", "position": ""}}, "the engine failed"),
        ({"seed": None, "clock": None}, "no script ran"),
        ({"read": ["Cookie"]}, "the script read a masked header"),
    ],
)
def test_what_cannot_be_replayed(log: Path, tmp_path: Path, fields: dict[str, Any], reason: str) -> None:
    result = altered(log, tmp_path, "dice", **fields)
    assert result.findings.not_replayable == {reason: 1}
    assert result.good


def test_under_another_cost_table_counts_are_not_compared(log: Path, tmp_path: Path) -> None:
    result = altered(log, tmp_path, "dice", costs="0", instructions=1, bytes=1)
    assert (result.findings.same, result.findings.answers_only, result.good) == (1, 1, True)
    result = altered(log, tmp_path, "dice", costs="0", answer={"selected_backend": "x"})
    assert list(result.findings.differences[0].fields) == ["answer"]
    result = altered(log, tmp_path, "endless", costs="0")
    assert list(result.findings.not_replayable.values()) == [1]
    assert "another cost table" in next(iter(result.findings.not_replayable))


def test_a_script_that_is_gone_or_changed_is_trouble(log: Path, tmp_path: Path) -> None:
    value = next(value for value in map(json.loads, lines(log)) if value.get("tenant") == "dice")
    result = replay_logs([log], scripts=tmp_path)
    assert not result.good
    assert f"script {value['script']} is not in {tmp_path}" in [found.problem for found in result.breaks]
    assert result.findings.not_replayable["the script is not to be had"] == len(result.breaks)


def test_a_run_without_end_ends(log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keystone_lua.audit.replay.BACKSTOP_SECONDS", 0.1)
    limits = {"instructions": 1 << 60, "memory": 200_000, "depth": 200, "log": 0, "seconds": None}
    result = altered(log, tmp_path, "endless", limits=limits)
    assert list(result.findings.not_replayable) == ["it ran for more than 0.1 s here"]


def test_a_bug_of_ours_is_a_difference(log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from keystone_lua.interpreter import EngineError

    def fail(*_: Any, **__: Any) -> None:
        raise EngineError("oops")

    monkeypatch.setattr("keystone_lua.audit.replay.decide", fail)
    result = altered(log, tmp_path, "dice")
    assert result.findings.differences[0].fields["error"][1]["kind"] == "engine"


def test_a_log_on_which_nothing_happened(tmp_path: Path) -> None:
    file = tmp_path / "decisions.log"
    Recorder(file, Masks([], KEY)).close()
    result = replay_logs([file])
    assert (result.good, result.records, result.heads[0].lines) == (True, 0, 2)


# the command


def run(capsys: pytest.CaptureFixture[str], *arguments: Any) -> tuple[int, list[str], str]:
    """The exit code, the lines of standard output, and standard error."""
    try:
        code = main(["replay", *map(str, arguments)])
    except SystemExit as stop:
        code = int(str(stop.code))
    out, err = capsys.readouterr()
    return code, out.splitlines(), err


def test_the_command_on_a_good_log(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = replay_logs([log])
    head = result.heads[0].hash
    masked = result.findings.not_replayable["the script read a masked header"]
    assert run(capsys, log, "--expect-head", head) == (0, [
        "not replayable: 20, no script ran",
        f"not replayable: {masked}, the script read a masked header",
        f"head {head} {log} (222 lines)",
        f"220 records: {200 - masked} same, 0 different, {20 + masked} not replayable, chain ok",
    ], "")  # fmt: skip


def test_the_command_on_a_bad_log(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = lines(log)
    value = next(value for value in map(json.loads, changed) if value.get("tenant") == "silent")
    place = value["number"] - 1
    value["answer"]["reject_reason"] = "x" * 1000
    changed[place] = encode(value).encode()
    file = tmp_path / "decisions.log"
    file.write_bytes(b"\n".join([*changed, b""]))
    code, out, err = run(capsys, file, "--scripts", f"{log}.scripts", "--expect-head", "0" * 64)
    assert (code, err) == (1, "")
    assert out[0].startswith(f'{file}:{place + 1}: {value["id"]}: answer was {{"selected_backend": "", "reject": true')
    assert len(out[0]) < 700
    assert out[1].startswith(f"{file}:{place + 1}: this line was changed")
    assert out[2] == f"no chain ends at {'0' * 64}"
    assert out[-1].startswith("220 records: ")
    assert out[-1].endswith("not replayable, chain broken at 1 place, head not as expected")


def test_the_command_in_json(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, log, "--json", "--processes", "1")
    facts = json.loads("".join(out))
    assert (code, facts["good"], facts["records"], facts["differences"], facts["breaks"]) == (0, True, 220, [], [])
    assert facts["heads"] == [{"file": str(log), "lines": 222, "hash": replay_logs([log]).heads[0].hash}]
    assert facts["same"] + sum(facts["not_replayable"].values()) == 220


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.log"], "cannot read nowhere.log: No such file or directory"),
        (["."], "Is a directory"),
        (["x.log", "--expect-head", "abc"], "no SHA-256"),
        ([], "required"),
        (["x.log", "--processes", "0"], "whole number from 1"),
    ],
)
def test_wrong_usage(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, [])
    assert message in err


def test_scripts_that_were_reloaded_meanwhile_are_each_in_the_archive(tmp_path: Path) -> None:
    from keystone_lua.interpreter import compile_program, decide

    file = tmp_path / "decisions.log"
    recorder = Recorder(file, Masks([], KEY))
    for version in "abc":
        source = f'function on_route_request() return {{selected_backend = "{version}"}} end'
        program = compile_program(source.encode(), "t.lua")
        made = decide(program, request(), limits=LIMITS)
        recorder.record("t", request(), program, made, made.answer, None, limits=LIMITS)
    recorder.close()
    assert len(list(Path(f"{file}.scripts").iterdir())) == 3
    assert replay_logs([file]).findings.same == 3
    assert programs()["canary"].sources.keys() == {"backends"}
