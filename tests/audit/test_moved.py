"""A log that others move, remove or truncate while it is written: it goes on, and says once what happened."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from keystone_lua.audit import Masks, Recorder, replay_logs
from keystone_lua.audit import writer as writing

from ..waiting import until
from .support import KEY, LIMITS, lines, programs, record, request

MASKS = Masks([], KEY)


@pytest.fixture(autouse=True)
def look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "LOOK_SECONDS", 0.05)


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    """To be closed by the test."""
    return Recorder(tmp_path / "log" / "decisions.log", MASKS)


def ask(recorder: Recorder, count: int) -> None:
    for number in range(count):
        recorder.record("nobody", request(), None, None, {"reject": True}, None, limits=LIMITS, request_id=str(number))


def written(recorder: Recorder, count: int) -> None:
    """Record, and wait until it is in the file."""
    already = recorder.stats.lines
    ask(recorder, count)
    until(lambda: recorder.stats.lines >= already + count)


def gaps(file: Path) -> list[str]:
    return [line.decode() for line in lines(file) if line.startswith(b'{"kind":"gap"')]


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_moved_log_goes_on_in_a_new_file(recorder: Recorder, caplog: pytest.LogCaptureFixture) -> None:
    file = recorder.file
    written(recorder, 5)
    moved = file.with_name("decisions.log.1")
    file.rename(moved)
    until(file.exists)  # without a record
    written(recorder, 5)
    recorder.look()
    assert recorder.dropped == 0
    recorder.close()
    assert len(gaps(file)) == 1
    assert '"dropped":0,"reason":"the log was moved"' in gaps(file)[0]
    assert warnings(caplog) == [f"decision log: {file}: the log was moved; it goes on in the file of this name"]
    for order in ([moved, file], [file, moved]):
        result = replay_logs(order)
        assert (result.good, result.records, len(result.heads)) == (True, 10, 1), result.breaks
    assert "does not begin here" in replay_logs([file]).breaks[0].problem
    assert len(replay_logs([moved]).breaks) == 0


def test_logrotate_creates_the_new_file(recorder: Recorder) -> None:
    file = recorder.file
    written(recorder, 5)
    moved = file.with_name("decisions.log-20261130")
    file.rename(moved)
    file.touch()
    recorder.reopen()
    written(recorder, 5)
    recorder.close()
    result = replay_logs([moved, file])
    assert (result.good, result.records) == (True, 10), result.breaks


def test_a_removed_log(recorder: Recorder, caplog: pytest.LogCaptureFixture) -> None:
    file = recorder.file
    written(recorder, 5)
    file.unlink()
    until(file.exists)
    written(recorder, 2)
    recorder.look()
    assert recorder.dropped == 6  # five, and the start
    recorder.close()
    reason = "the log was removed: 6 records of this process are gone with it"
    assert f'"dropped":6,"reason":"{reason}"' in gaps(file)[0]
    assert warnings(caplog) == [f"decision log: {file}: {reason}; it goes on in the file of this name"]
    assert replay_logs([file]).findings.dropped == 6


def test_a_removed_folder(recorder: Recorder) -> None:
    compiled = {name: program for name, program in programs().items() if name == "silent"}
    record(recorder, compiled, [("silent", request())])
    until(lambda: recorder.stats.lines == 2)
    shutil.rmtree(recorder.file.parent)
    until(recorder.file.exists)
    recorder.look()
    record(recorder, compiled, [("silent", request())])
    recorder.close()
    assert replay_logs([recorder.file]).findings.same == 1  # its script is archived again
    assert recorder.file.with_name("decisions.log.lock").exists()


@pytest.mark.parametrize("copied", [False, True])
def test_a_truncated_log(recorder: Recorder, copied: bool, caplog: pytest.LogCaptureFixture) -> None:
    file = recorder.file
    written(recorder, 5)
    size = file.stat().st_size
    if copied:
        shutil.copy(file, file.with_name("decisions.log.1"))
    with file.open("r+b") as stream:
        stream.truncate()
    written(recorder, 5)
    recorder.look()
    recorder.close()
    reason = f"the log was truncated from {size} to 0 bytes: 6 records of this process were cut off"
    assert warnings(caplog) == [f"decision log: {file}: {reason}; it goes on in the file of this name"]
    assert f'"dropped":6,"reason":"{reason}"' in gaps(file)[0]
    assert b"\0" not in file.read_bytes()
    assert recorder.dropped == 6
    if copied:
        result = replay_logs([file.with_name("decisions.log.1"), file])
        assert (result.good, result.records) == (True, 10), result.breaks


def test_a_log_cut_in_the_middle_of_a_line(recorder: Recorder) -> None:
    file = recorder.file
    written(recorder, 5)
    whole = lines(file)
    with file.open("r+b") as stream:
        stream.truncate(len(whole[0]) + len(whole[1]) + 10)
    written(recorder, 5)
    recorder.close()
    assert lines(file)[:2] == whole[:2]
    result = replay_logs([file])
    assert not result.findings.problems  # no torn line, no hole
    assert result.findings.dropped == 4
    assert [found.problem for found in result.breaks] == ["before this line records 3 to 6 are missing"]


def test_a_place_where_no_file_can_be(recorder: Recorder, caplog: pytest.LogCaptureFixture) -> None:
    """Lines wait; nothing is lost once there is a place again."""
    file = recorder.file
    written(recorder, 5)
    moved = file.parent.with_name("moved")
    file.parent.rename(moved)
    file.parent.write_text("in the way")
    until(lambda: len(warnings(caplog)) == 1)
    ask(recorder, 5)
    file.parent.unlink()
    until(lambda: recorder.stats.lines >= 11)
    recorder.close()
    result = replay_logs([moved / file.name, file])
    assert (result.good, result.records) == (True, 10), result.breaks


def test_settle_writes_in_the_callers_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "INTERVAL", 60)
    recorder = Recorder(tmp_path / "decisions.log", MASKS)
    ask(recorder, 1)
    assert len(lines(recorder.file)) == 0
    for count in range(1, 4):
        ask(recorder, 1)
        recorder.settle()
        assert len(lines(recorder.file)) == 2 + count
    recorder.close()
    assert replay_logs([recorder.file]).good
