"""From memory to disk: rotation, restart, torn lines, a full disk, a second writer. Nothing is written twice."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.audit import Masks, Recorder, replay_logs
from keystone_lua.audit import writer as writing
from keystone_lua.audit.segments import archive_folder, chains, segments, worker_file
from keystone_lua.audit.writer import LogInUse, Writer
from keystone_lua.interpreter import compile_program
from keystone_lua.routing.decision import decide

from .support import KEY, LIMITS, lines, mixed_requests, programs, record, request, write_log

MASKS = Masks([], KEY)


def kinds(file: Path) -> list[str]:
    """The kinds of a file's records."""
    return [json.loads(line)["kind"] for line in lines(file)]


def ask(recorder: Recorder, count: int, **fields: Any) -> None:
    """Record ``count`` decisions of nobody's."""
    for number in range(count):
        recorder.record(
            "nobody", request(**fields), None, None, {"reject": True}, None, limits=LIMITS, request_id=str(number)
        )


# restart and rotation


def test_a_chain_goes_on_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "decisions.log"
    first = write_log(file, 5)
    second = write_log(file, 5)
    assert kinds(file) == ["start", *["decision"] * 5, "stop"] * 2
    assert [json.loads(line)["number"] for line in lines(file)] == list(range(1, 15))
    assert json.loads(lines(file)[7])["prev"] == first.head
    result = replay_logs([file], expected=[second.head])
    assert (result.good, result.records) == (True, 10)


def test_a_chain_goes_on_over_rotation(tmp_path: Path) -> None:
    file = tmp_path / "decisions.log"
    last = ""
    for _ in range(3):
        last = write_log(file, 8, rotate_bytes=1000).head
    closed = segments(file)
    assert [path.name for path in closed] == [f"decisions.log.{number:06d}" for number in range(1, len(closed) + 1)]
    assert len(closed) >= 3
    assert all(path.stat().st_size >= 1000 for path in closed)
    assert not file.with_name("decisions.log.new").exists()
    result = replay_logs([file], expected=[last])
    assert (result.good, result.records, len(result.heads)) == (True, 24, 1)
    closed[1].unlink()
    assert [found.file for found in replay_logs([file]).breaks] == [str(closed[2])]


def test_segments_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for name in ("a.log", "a.log.1000000", "a.log.000002", "a.log.999999", "a.log.lock", "a.log.new", "b.log.000001"):
        (tmp_path / name).touch()
    assert [path.name for path in segments(tmp_path / "a.log")] == ["a.log.000002", "a.log.999999", "a.log.1000000"]


def test_an_empty_file_after_a_rotation_is_no_new_beginning(tmp_path: Path) -> None:
    file = tmp_path / "decisions.log"
    write_log(file, 5, rotate_bytes=1)
    file.write_bytes(b"")
    write_log(file, 5)
    assert replay_logs([file]).good


def test_each_process_has_its_file_and_its_chain(tmp_path: Path) -> None:
    file = tmp_path / "decisions[1].log"  # a name that a pattern would take for one
    recorders = [Recorder(file, MASKS, rotate_bytes=4000) for _ in range(4)]
    for recorder in recorders:
        record(recorder, programs(), mixed_requests(6))
        recorder.close()
    assert [recorder.file.name.removeprefix(file.name) for recorder in recorders] == ["", ".w1", ".w2", ".w3"]
    assert [chain[-1] for chain in chains(file)] == [recorder.file for recorder in recorders]
    heads = [recorder.head for recorder in recorders]
    result = replay_logs([file], expected=heads)
    assert (result.good, result.records) == (True, 24)
    assert {archive_folder(path) for chain in chains(file) for path in chain} == {tmp_path / "decisions[1].log.scripts"}
    assert replay_logs([recorders[2].file], expected=[heads[2]]).good


# trouble


def test_a_torn_line_is_cut_off_and_said_to_be(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "decisions.log"
    write_log(file, 5)
    whole = file.read_bytes()
    file.write_bytes(whole + b'{"kind":"decision","numb')
    write_log(file, 2)
    assert "ended in a torn line of 24 bytes" in caplog.text
    assert kinds(file) == ["start", *["decision"] * 5, "stop", "gap", "start", "decision", "decision", "stop"]
    result = replay_logs([file])
    assert (result.good, result.findings.gaps, result.findings.dropped) == (True, 1, 1)


def test_a_file_that_is_one_torn_line(tmp_path: Path) -> None:
    file = tmp_path / "decisions.log"
    file.write_bytes(b'{"kind":"sta')
    write_log(file, 1)
    assert kinds(file) == ["gap", "start", "decision", "stop"]
    assert replay_logs([file]).good


def test_a_log_that_was_not_closed_has_a_gap(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A killed process: what it had not written yet is missing, and nobody can say how much."""
    file = tmp_path / "decisions.log"
    write_log(file, 5)
    file.write_bytes(b"".join(line + b"\n" for line in lines(file)[:4]))
    write_log(file, 1)
    assert "was not closed" in caplog.text
    assert kinds(file) == ["start", *["decision"] * 3, "gap", "start", "decision", "stop"]
    result = replay_logs([file])
    assert (result.good, result.findings.gaps, result.findings.dropped) == (True, 1, 0)


def test_a_last_line_that_is_no_record_is_kept_and_followed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "decisions.log"
    file.write_bytes(b"not ours\n")
    write_log(file, 1)
    assert "the last line of" in caplog.text
    assert [(found.line, found.problem[:9]) for found in replay_logs([file]).breaks] == [(1, "no record")]


def test_one_writer_a_file(tmp_path: Path) -> None:
    file = tmp_path / "decisions.log"
    recorder = Recorder(file, MASKS)
    with pytest.raises(LogInUse, match="another process writes"):
        Writer(file, 1000)
    recorder.close()
    Recorder(file, MASKS).close()
    assert kinds(file) == ["start", "stop"] * 2


def test_a_process_takes_over_the_file_of_one_that_ended(tmp_path: Path) -> None:
    file = tmp_path / "decisions.log"
    first, second = (Recorder(file, MASKS) for _ in range(2))
    first.close()
    third = Recorder(file, MASKS)
    assert (second.file, third.file) == (worker_file(file, 1), file)
    for recorder in (second, third):
        recorder.close()
    assert replay_logs([file], expected=[second.head, third.head]).good


def test_chains_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for name in ("a.w10", "a", "a.w2", "a.w1.000001", "a.w1", "a.w1.lock", "a.wx", "b.w1"):
        (tmp_path / name).touch()
    found = [[path.name for path in chain] for chain in chains(tmp_path / "a")]
    assert found == [["a"], ["a.w1.000001", "a.w1"], ["a.w2"], ["a.w10"]]


def test_what_does_not_fit_into_memory_leaves_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = threading.Event()
    write = os.pwrite

    def slow(*arguments: Any) -> int:
        held.wait(20)
        return write(*arguments)

    monkeypatch.setattr(os, "pwrite", slow)
    file = tmp_path / "decisions.log"
    recorder = Recorder(file, MASKS, memory=10_000)
    ask(recorder, 3)
    ask(recorder, 1, body="x" * 10_000)
    ask(recorder, 20)
    lost = recorder.dropped
    assert 10 < lost < 24
    held.set()
    recorder.close()
    found = [json.loads(line) for line in lines(file)]
    assert [value["dropped"] for value in found if value["kind"] == "gap"][-1:] != []
    assert sum(value["dropped"] for value in found if value["kind"] == "gap") == lost
    assert sum(value["kind"] == "decision" for value in found) == 24 - lost
    result = replay_logs([file])
    assert (result.good, result.findings.dropped) == (True, lost)


def test_a_disk_in_trouble_fails_nobody_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The first write is cut short, the next fail; then there is room again."""
    monkeypatch.setattr(writing, "RETRY_SECONDS", 0.01)
    write = os.pwrite
    calls: list[int] = []

    def full(descriptor: int, data: bytes, offset: int) -> int:
        calls.append(len(data))
        if len(calls) == 1:
            return write(descriptor, data[:100], offset)
        if len(calls) < 6:
            raise OSError(28, "No space left on device")
        return write(descriptor, data, offset)

    monkeypatch.setattr(os, "pwrite", full)
    file = tmp_path / "decisions.log"
    recorder = write_log(file, 20)
    assert recorder.stats.failures == 4
    assert recorder.dropped == 0
    assert recorder.stats.lines == 22
    assert len(re.findall("No space left on device", caplog.text)) == 1
    assert replay_logs([file], expected=[recorder.head]).good


def test_a_script_that_cannot_be_archived_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "RETRY_SECONDS", 0.01)
    rename = Path.rename
    failures = iter([True, True])

    def full(path: Path, target: Path) -> Path:
        if next(failures, False):
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", full)
    file = tmp_path / "decisions.log"
    recorder = write_log(file, 20)
    assert recorder.stats.failures == 2
    assert replay_logs([file]).good


def test_a_script_that_can_never_be_archived_holds_up_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A module whose name is too long for a file: its decisions are recorded, and replay says what is missing."""
    module = "m" * 300
    program = compile_program(f"local x = require('{module}')".encode(), "x.lua", {module: b"return 1"})
    made = decide(program, request(), limits=LIMITS)
    file = tmp_path / "decisions.log"
    recorder = Recorder(file, MASKS)
    recorder.record("x", request(), program, made, made.answer, made.failure, limits=LIMITS)
    recorder.close()
    assert "a script cannot be archived" in caplog.text
    assert kinds(file) == ["start", "decision", "stop"]
    assert [found.problem[:7] for found in replay_logs([file]).breaks] == ["script "]


FULL_DISK = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.audit.support import write_log
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
recorder = write_log(Path(sys.argv[1]), 60)
print(recorder.stats.failures > 0, recorder.stats.lines)
"""


def test_a_limit_of_the_systems_leaves_whole_lines(tmp_path: Path) -> None:
    """A file that may not grow past 20,000 bytes: a short write, then errors, to the end."""
    file = tmp_path / "decisions.log"
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, file, root], capture_output=True, text=True, check=True, timeout=60
    )
    failed, written = done.stdout.split()
    assert failed == "True"
    assert "could not be written" in done.stderr
    data = file.read_bytes()
    assert data.count(b"\n") == int(written)
    assert not data or data.endswith(b"\n")
    assert not [found for found in replay_logs([file]).breaks if "torn" in found.problem]


def test_a_record_that_cannot_be_made_is_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "decisions.log"
    recorder = Recorder(file, MASKS)
    recorder.record("nobody", {"headers": None}, None, None, None, None, limits=LIMITS)
    ask(recorder, 1)
    recorder.close()
    assert recorder.dropped == 1
    assert "a record of tenant 'nobody' was lost" in caplog.text
    assert kinds(file) == ["start", "gap", "decision", "stop"]


@pytest.mark.parametrize("place", ["folder", "full"])
def test_a_file_that_cannot_be_written_is_refused_at_once(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    file = tmp_path / "folder" if place == "folder" else Path("/dev/full/decisions.log")
    with pytest.raises(OSError, match=r"directory|exists"):
        Recorder(file, MASKS)


def test_a_pipe_is_no_log(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "decisions.log")
    with pytest.raises(OSError, match="is no regular file"):
        Recorder(tmp_path / "decisions.log", MASKS)


def test_nothing_is_written_twice_when_a_thread_records_while_another_writes(tmp_path: Path) -> None:
    file = tmp_path / "decisions.log"
    recorder = Recorder(file, MASKS, rotate_bytes=20_000)
    compiled = programs()
    for part in range(10):
        record(recorder, compiled, mixed_requests(20, part))
        threading.Event().wait(0.02)
    recorder.close()
    result = replay_logs([file], expected=[recorder.head])
    assert (result.good, result.records) == (True, 200)


def test_a_segment_is_closed_by_its_age(tmp_path: Path) -> None:
    file = tmp_path / "decisions.log"
    recorder = Recorder(file, MASKS, rotate_seconds=0.1)
    ask(recorder, 2)
    until = time.monotonic() + 10
    while not segments(file):
        assert time.monotonic() < until
        time.sleep(0.01)
    assert kinds(segments(file)[0]) == ["start", "decision", "decision"]
    time.sleep(0.3)
    assert len(segments(file)) == 1, "an empty file is not closed"
    recorder.close()
    assert replay_logs([file]).good
