"""Whatever is done to a log is named by file and line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.audit import Recorder, Replay, replay_logs
from keystone_lua.audit.records import encode

from .support import lines, write_log

Lines = list[bytes]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Recorder]:
    file = tmp_path_factory.mktemp("log") / "decisions.log"
    return file, write_log(file, 30)


def tampered(original: tuple[Path, Recorder], tmp_path: Path, change: Callable[[Lines], Lines]) -> Replay:
    """Replay the log after ``change`` was done to its lines."""
    file, _ = original
    copy = tmp_path / file.name
    copy.write_bytes(b"".join(line + b"\n" for line in change(lines(file))))
    return replay_logs([copy], scripts=Path(f"{file}.scripts"))


def places(result: Replay) -> list[int]:
    """The lines of the breaks."""
    return [found.line for found in result.breaks]


def altered(line: bytes, **fields: Any) -> bytes:
    """A line with other fields: still a good record, so that only the chain can tell."""
    return encode({**json.loads(line), **fields}).encode()


def later(line: bytes) -> bytes:
    """A line of another time."""
    return altered(line, time=json.loads(line)["time"] + 60)


def test_an_untouched_log_holds(original: tuple[Path, Recorder], tmp_path: Path) -> None:
    result = tampered(original, tmp_path, lambda log: log)
    assert (result.breaks, result.good, result.records) == ([], True, 30)
    assert [(head.hash, head.lines) for head in result.heads] == [(original[1].head, 32)]


@pytest.mark.parametrize("line", range(1, 32))
def test_a_changed_line_is_named(original: tuple[Path, Recorder], tmp_path: Path, line: int) -> None:
    def change(log: Lines) -> Lines:
        log[line - 1] = later(log[line - 1])
        return log

    result = tampered(original, tmp_path, change)
    assert places(result) == [line]
    assert "was changed" in result.breaks[0].problem


def test_a_changed_last_line_shows_in_the_head_alone(original: tuple[Path, Recorder], tmp_path: Path) -> None:
    result = tampered(original, tmp_path, lambda log: [*log[:-1], later(log[-1])])
    assert result.breaks == []
    assert result.heads[0].hash != original[1].head


@pytest.mark.parametrize("line", [2, 15, 31])
def test_a_line_with_another_prev_is_named(original: tuple[Path, Recorder], tmp_path: Path, line: int) -> None:
    def change(log: Lines) -> Lines:
        log[line - 1] = altered(log[line - 1], prev="5" * 64)
        return log

    assert places(tampered(original, tmp_path, change)) == [line]


@pytest.mark.parametrize("line", range(2, 32))
def test_a_removed_line_is_missed(original: tuple[Path, Recorder], tmp_path: Path, line: int) -> None:
    result = tampered(original, tmp_path, lambda log: log[: line - 1] + log[line:])
    assert places(result) == [line]
    assert result.breaks[0].problem == f"before this line record {line} is missing"


def test_several_removed_lines(original: tuple[Path, Recorder], tmp_path: Path) -> None:
    result = tampered(original, tmp_path, lambda log: log[:4] + log[9:])
    assert [str(found) for found in result.breaks] == [
        f"{tmp_path}/decisions.log:5: before this line records 5 to 9 are missing"
    ]


def test_a_removed_beginning(original: tuple[Path, Recorder], tmp_path: Path) -> None:
    result = tampered(original, tmp_path, lambda log: log[3:])
    assert places(result) == [1]
    assert "the log does not begin here: this is record 4" in result.breaks[0].problem


@pytest.mark.parametrize("line", [2, 10, 30])
def test_swapped_lines(original: tuple[Path, Recorder], tmp_path: Path, line: int) -> None:
    def swap(log: Lines) -> Lines:
        log[line - 1], log[line] = log[line], log[line - 1]
        return log

    found = set(places(tampered(original, tmp_path, swap)))
    assert {line, line + 1} <= found <= {line, line + 1, line + 2}


def test_a_line_twice(original: tuple[Path, Recorder], tmp_path: Path) -> None:
    result = tampered(original, tmp_path, lambda log: [*log[:7], log[6], *log[7:]])
    assert [str(found) for found in result.breaks] == [
        f"{tmp_path}/decisions.log:8: out of order: record 7 after record 7"
    ]


def test_a_line_that_is_garbage(original: tuple[Path, Recorder], tmp_path: Path) -> None:
    result = tampered(original, tmp_path, lambda log: [*log[:6], b"garbage", *log[7:]])
    assert [str(found) for found in result.breaks] == [f"{tmp_path}/decisions.log:7: no record: not JSON in ASCII"]


def test_a_cut_line_in_the_middle(original: tuple[Path, Recorder], tmp_path: Path) -> None:
    result = tampered(original, tmp_path, lambda log: [*log[:6], log[6][:-20], *log[7:]])
    assert places(result) == [7]


def test_a_torn_last_line(original: tuple[Path, Recorder], tmp_path: Path) -> None:
    file, _ = original
    copy = tmp_path / "torn.log"
    copy.write_bytes(file.read_bytes()[:-20])
    result = replay_logs([copy], scripts=Path(f"{file}.scripts"))
    size = len(lines(file)[-1]) - 19
    assert [str(found) for found in result.breaks] == [f"{copy}:32: a torn line of {size} bytes, without its end"]


def test_a_cut_tail_shows_in_the_head_alone(original: tuple[Path, Recorder], tmp_path: Path) -> None:
    file, recorder = original
    copy = tmp_path / "cut.log"
    copy.write_bytes(b"".join(line + b"\n" for line in lines(file)[:-5]))
    scripts = Path(f"{file}.scripts")
    assert replay_logs([copy], scripts=scripts).good
    result = replay_logs([copy], scripts=scripts, expected=[recorder.head])
    assert not result.good
    assert result.unexpected == [
        f"no chain ends at {recorder.head}", f"{copy} ends at {result.heads[0].hash}, which is not expected",
    ]  # fmt: skip
    assert replay_logs([file], expected=[recorder.head]).good


def test_a_log_whose_beginning_is_kept_elsewhere(original: tuple[Path, Recorder], tmp_path: Path) -> None:
    file, _ = original
    whole = lines(file)
    rest = tmp_path / "decisions.log.000002"
    rest.write_bytes(b"".join(line + b"\n" for line in whole[10:]))
    earlier = tmp_path / "decisions.log.000001"
    earlier.write_bytes(b"".join(line + b"\n" for line in whole[:10]))
    scripts = Path(f"{file}.scripts")
    head = replay_logs([earlier], scripts=scripts).heads[0].hash
    assert replay_logs([rest], scripts=scripts, after=head).good
    assert not replay_logs([rest], scripts=scripts).good
    assert not replay_logs([rest], scripts=scripts, after="5" * 64).good
