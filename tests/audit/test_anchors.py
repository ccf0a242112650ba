"""Heads noted elsewhere: what the server notes and when, what a replay says of it, and what nobody can forge."""

from __future__ import annotations

import json
import shutil
import stat
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.audit import Anchorage, Masks, Recorder, anchors, replay_logs, segments
from keystone_lua.audit.anchoring import Anchoring
from keystone_lua.audit.anchors import AnchorFile, make_key, next_key, read_anchors
from keystone_lua.audit.compressed import compress
from keystone_lua.cli import main
from tests.waiting import until

from .support import KEY, lines, mixed_requests, programs, record, write_log
from .test_tampering import anew, changed

HOUR = 3600.0


def noted(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines(file)]


# what is noted


def test_the_last_line_of_a_log_is_anchored(tmp_path: Path) -> None:
    recorder = write_log(tmp_path / "decisions.log", 3, anchorage=Anchorage(tmp_path / "notes" / "anchors"))
    (anchor,) = noted(tmp_path / "notes" / "anchors")
    assert (anchor["log"], anchor["number"], anchor["head"]) == ("decisions.log", 5, recorder.head)
    assert stat.S_IMODE((tmp_path / "notes" / "anchors").stat().st_mode) == 0o640


def test_heads_are_anchored_while_the_log_is_written(tmp_path: Path) -> None:
    file, notes = tmp_path / "decisions.log", tmp_path / "anchors"
    recorder = Recorder(file, Masks([], KEY), anchorage=Anchorage(notes, seconds=0.01))
    for count in (1, 2, 3):
        before = len(lines(notes))
        record(recorder, programs(), mixed_requests(1))
        until(lambda before=before: len(lines(notes)) > before)  # type: ignore[misc]
        assert count  # what is not written any more is not anchored again
    until(lambda: noted(notes)[-1]["head"] == recorder.head)
    count = len(lines(notes))
    recorder.close()
    assert len(lines(notes)) == count + 1
    result = replay_logs([file], anchors=[notes])
    assert result.good
    assert result.anchored is not None
    assert result.anchored.held == count + 1


@pytest.mark.parametrize("packed", [False, True])
def test_the_end_of_each_segment_is_anchored(packed: bool, tmp_path: Path) -> None:
    file, notes = tmp_path / "decisions.log", tmp_path / "anchors"
    for _ in range(4):
        write_log(file, 5, rotate_bytes=100)
    closed = segments.segments(file)
    for path in closed:
        path.rename(path.with_name(f"later-{path.name}"))
    anchoring = Anchoring(file, Anchorage(notes, seconds=HOUR))
    for path in closed:
        path.with_name(f"later-{path.name}").rename(path)
        if packed:
            compress(path)
    anchoring.close()
    ends = [segments.tail_of(path).last for path in segments.segments(file)]
    numbers = [json.loads(line)["number"] for line in ends]
    assert len(numbers) > 3
    assert [anchor["number"] for anchor in noted(notes)][: len(numbers)] == numbers
    for path in segments.segments(file):  # a segment is proved to its end by itself
        after = json.loads(next(iter_lines(path)))["prev"]
        found = replay_logs([path], after=after, anchors=[notes]).anchored
        assert found is not None
        assert [covered.after for covered in found.covered] == [0]


def iter_lines(path: Path) -> object:
    from keystone_lua.audit import reading

    return (line.data for piece in reading.pieces(path) for line in piece.lines())


# commands


def script(tmp_path: Path, text: str) -> str:
    """A command that runs ``text`` in Python."""
    file = tmp_path / "the command.py"
    file.write_text(text)
    return f"'{sys.executable}' '{file}' 'one argument; $(touch {tmp_path}/shell)'"


def test_a_command_gets_each_anchor_on_its_standard_input(tmp_path: Path) -> None:
    command = script(
        tmp_path,
        f"import sys\nopen({str(tmp_path / 'given')!r}, 'a').write(sys.stdin.read())\n"
        f"open({str(tmp_path / 'words')!r}, 'w').write(sys.argv[1])",
    )
    notes = tmp_path / "anchors"
    recorder = write_log(tmp_path / "decisions.log", 3, anchorage=Anchorage(notes, command=command))
    assert (tmp_path / "given").read_bytes() == notes.read_bytes()
    assert (tmp_path / "words").read_text() == f"one argument; $(touch {tmp_path}/shell)"
    assert not (tmp_path / "shell").exists()
    assert recorder.anchor_failures == 0


def test_what_a_command_has_not_taken_it_is_given_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    command = script(
        tmp_path,
        "import os, sys\n"
        f"if os.path.exists({str(tmp_path / 'up')!r}):\n"
        f"    open({str(tmp_path / 'given')!r}, 'a').write(sys.stdin.read())\n"
        "else:\n"
        "    sys.exit('the receiver is down\\nand more')",
    )
    file = tmp_path / "decisions.log"
    recorder = Recorder(file, Masks([], KEY), anchorage=Anchorage(command=command, seconds=0.01))
    until(lambda: recorder.anchor_failures > 0)
    record(recorder, programs(), mixed_requests(2))
    until(lambda: recorder.anchor_failures > 3)
    (tmp_path / "up").touch()
    until((tmp_path / "given").exists)
    recorder.close()
    anchored = noted(tmp_path / "given")
    assert [anchor["number"] for anchor in anchored] == sorted({int(str(anchor["number"])) for anchor in anchored})
    assert anchored[-1]["head"] == recorder.head
    told = [record.getMessage() for record in caplog.records if "anchored" in record.getMessage()]
    assert "exit code 1: the receiver is down; it is tried again" in told[0]
    assert told[1].endswith("is anchored again")
    assert len(told) == 2


def test_a_command_that_does_not_end_is_ended_with_what_it_started(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keystone_lua.audit.anchoring.LAST_SECONDS", 3.0)
    sleeper = tmp_path / "sleeper.py"
    sleeper.write_text(
        f"import os, time\nopen({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)"
    )
    command = script(tmp_path, f"import subprocess, sys\nsubprocess.run([sys.executable, {str(sleeper)!r}])")
    recorder = write_log(tmp_path / "decisions.log", 1, anchorage=Anchorage(command=command))
    assert recorder.anchor_failures == 1
    assert "took more than 3 s" in caplog.text
    pid = (tmp_path / "pid").read_text()
    until(lambda: not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text())


def test_a_file_that_cannot_be_written_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    notes = tmp_path / "notes" / "anchors"
    recorder = Recorder(tmp_path / "decisions.log", Masks([], KEY), anchorage=Anchorage(notes, seconds=0.01))
    until(notes.exists)
    shutil.rmtree(notes.parent)
    notes.parent.touch()
    record(recorder, programs(), mixed_requests(2))
    until(lambda: recorder.anchor_failures > 2)
    notes.parent.unlink()
    notes.parent.mkdir()
    recorder.close()
    assert noted(notes)[-1]["head"] == recorder.head
    assert caplog.text.count("it cannot be anchored") == 1


@pytest.mark.parametrize("command", ["no-such-command-anywhere x", "'unclosed"])
def test_what_is_no_command_is_refused_at_once(command: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no such command|No closing quotation"):
        Recorder(tmp_path / "decisions.log", Masks([], KEY), anchorage=Anchorage(command=command))


# seals


@pytest.fixture
def sealed(tmp_path: Path) -> tuple[Path, bytes]:
    """A file of five sealed anchors, and the key that checks them."""
    key = make_key(tmp_path / "seal")
    notes = AnchorFile(tmp_path / "anchors", tmp_path / "seal")
    for number in range(1, 6):
        notes.put("decisions.log", number, f"{number:064x}")
    return tmp_path / "anchors", bytes.fromhex(key)


def test_seals_hold(sealed: tuple[Path, bytes]) -> None:
    file, key = sealed
    found = read_anchors([file], key)
    assert (found.problems, found.unread, found.sealed, found.first) == ([], 0, True, 0)
    assert [(anchor.place, anchor.number) for anchor in found.anchors] == [(n, n + 1) for n in range(5)]
    state = json.loads((file.parent / "seal").read_text())
    assert state["place"] == 5
    for _ in range(5):
        assert state["key"] != key.hex()
        key = next_key(key)
    assert state["key"] == key.hex()
    assert stat.S_IMODE((file.parent / "seal").stat().st_mode) == 0o600


FORGERIES: dict[str, tuple[Callable[[list[bytes], Path], list[bytes]], str]] = {
    "changed": (lambda log, _: [*log[:2], changed(log[2], number=9), *log[3:]], "a seal that does not hold"),
    "its time": (lambda log, _: [*log[:2], changed(log[2], time=1.0), *log[3:]], "a seal that does not hold"),
    "one gone": (lambda log, _: [*log[:2], *log[3:]], "before anchor 3 anchor 2 is missing"),
    "two gone": (lambda log, _: [log[0], *log[3:]], "before anchor 3 anchors 1 to 2 are missing"),
    "one twice": (lambda log, _: [*log[:3], log[2], *log[3:]], "an anchor of place 2, and 3 was to come"),
    "exchanged": (lambda log, _: [log[1], log[0], *log[2:]], "an anchor of place 0, and 2 was to come"),
    "without its seal": (
        lambda log, _: [*log[:2], json.dumps({k: v for k, v in json.loads(log[2]).items() if k not in ("place", "seal")},
                                              separators=(",", ":")).encode(), *log[3:]],
        "an anchor without a seal",
    ),
    "sealed with a later key": (lambda log, folder: [*log[:2], later(folder, place=2), *log[3:]], "does not hold"),
    "far ahead": (lambda log, _: [*log[:2], *[changed(log[2], place=99_999_999)] * 9, *log[3:]], "an anchor of place 99999999, and 2 was to come"),
    "no anchor": (lambda log, _: [*log[:2], b"{}", *log[3:]], "before anchor 3 anchor 2 is missing"),
}  # fmt: skip


def later(folder: Path, place: int) -> bytes:
    """What somebody makes who has taken the machine over, and with it the key of the next place."""
    key = bytes.fromhex(json.loads((folder / "seal").read_text())["key"])
    text = f'{{"log":"decisions.log","number":9,"head":"{9:064x}","time":1.0,"place":{place}'
    return f'{text},"seal":"{anchors.seal_of(key, text)}"}}'.encode()


@pytest.mark.parametrize("name", FORGERIES)
def test_what_a_seal_shows(name: str, sealed: tuple[Path, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anchors, "MAX_PLACE", 1000)
    file, key = sealed
    forge, problem = FORGERIES[name]
    forged = forge(lines(file), file.parent)
    assert forged != lines(file)
    file.write_bytes(b"".join(line + b"\n" for line in forged))
    found = read_anchors([file], key)
    assert any(problem in text for text in found.problems)
    assert all(anchor.head == f"{anchor.number:064x}" and anchor.number < 6 for anchor in found.anchors)


def test_another_key_checks_nothing(sealed: tuple[Path, bytes]) -> None:
    file, key = sealed
    assert read_anchors([file], next_key(key)).anchors == []


def test_a_file_whose_beginning_is_kept_elsewhere(sealed: tuple[Path, bytes]) -> None:
    file, key = sealed
    log = lines(file)
    first, rest = file.with_name("first"), file.with_name("rest")
    first.write_bytes(b"\n".join([*log[:2], b""]))
    rest.write_bytes(b"\n".join([*log[2:], b""]))
    assert (read_anchors([rest], key).first, read_anchors([rest], key).problems) == (2, [])
    assert len(read_anchors([first, rest], key).anchors) == 5
    assert read_anchors([rest, first], key).problems


def test_a_stop_between_file_and_key_leaves_no_gap(sealed: tuple[Path, bytes]) -> None:
    file, key = sealed
    state = file.with_name("seal")
    before = state.read_text()
    notes = AnchorFile(file, state)
    notes.put("decisions.log", 6, f"{6:064x}")
    state.write_text(before)  # the key's file was not yet on disk
    with file.open("ab") as stream:
        stream.write(b'{"log":"decisi')  # and a line was torn
    notes.put("decisions.log", 7, f"{7:064x}")
    found = read_anchors([file], key)
    assert [anchor.number for anchor in found.anchors] == [1, 2, 3, 4, 5, 6, 7]
    assert (found.problems, found.unread) == ([], 1)


def test_processes_that_share_a_key_leave_no_gap(tmp_path: Path) -> None:
    key = make_key(tmp_path / "seal")

    def note(log: str) -> None:
        notes = AnchorFile(tmp_path / "anchors", tmp_path / "seal")
        for number in range(20):
            notes.put(log, number, f"{number:064x}")

    threads = [threading.Thread(target=note, args=(f"decisions.log.w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = read_anchors([tmp_path / "anchors"], bytes.fromhex(key))
    assert (len(found.anchors), found.problems) == (80, [])


def test_the_key_is_its_owners_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["seal", str(tmp_path / "seal")]) == 0
    assert len(capsys.readouterr().out.strip()) == 64
    assert main(["seal", str(tmp_path / "seal")]) == 2
    assert "File exists" in capsys.readouterr().err
    (tmp_path / "seal").chmod(0o640)
    with pytest.raises(OSError, match="must be this user's alone"):
        AnchorFile(tmp_path / "anchors", tmp_path / "seal")
    (tmp_path / "seal").write_text("{}")
    (tmp_path / "seal").chmod(0o600)
    with pytest.raises(OSError, match="is no sealing key"):
        AnchorFile(tmp_path / "anchors", tmp_path / "seal")


# what is done to a whole log


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of two processes, with closed segments and sealed anchors, and another log beside it."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "key").write_text(make_key(folder / "seal"))
    where = Anchorage(folder / "anchors", folder / "seal", seconds=HOUR)
    for name, count in (("log/decisions.log", 30), ("other/decisions.log", 50)):
        own = where if name.startswith("log") else None
        first = Recorder(folder / name, Masks(["Cookie"], KEY), rotate_bytes=4096, anchorage=own)
        second = Recorder(folder / name, Masks(["Cookie"], KEY), rotate_bytes=4096, anchorage=own)
        for recorder, seed in ((first, 1), (second, 2)):
            for asked in batched(mixed_requests(count, seed), 5):
                record(recorder, programs(), asked)
                recorder.settle()
            recorder.close()
    return folder


def batched(items: Iterable[tuple[str, dict[str, Any]]], size: int) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    left = iter(items)
    while some := list(islice(left, size)):
        yield some


def exchange(one: Path, other: Path) -> None:
    aside = one.with_name("aside")
    one.rename(aside)
    other.rename(one)
    aside.rename(other)


def replaced(file: Path, other: Path) -> None:
    shutil.copy(other, file)


def part(folder: Path, number: int) -> Path:
    return folder / f"decisions.log.{number:06d}"


def scripts(folder: Path) -> list[Path]:
    return sorted((folder / "decisions.log.scripts").iterdir())


def rewritten(folder: Path) -> None:
    """The whole chain of one process written anew, with another time in its first segment."""
    files = [*segments.segments(folder / "decisions.log"), folder / "decisions.log"]
    sizes = [len(lines(file)) for file in files]
    log = [line for file in files for line in lines(file)]
    log = anew([*log[:3], changed(log[3], time=1.0), *log[4:]])
    for file, size in zip(files, sizes, strict=True):
        file.write_bytes(b"".join(line + b"\n" for line in log[:size]))
        log = log[size:]


def edit(file: Path) -> None:
    file.chmod(0o600)
    file.write_bytes(file.read_bytes() + b" ")


def swap_sources(folder: Path) -> None:
    """The sources of two scripts, each under the other's hash."""
    one, other = (next(place.glob("*.lua")) for place in scripts(folder)[:2])
    exchange(one, other)


WHOLE: dict[str, Callable[[Path, Path], object]] = {
    "the last segment gone": lambda folder, _: segments.segments(folder / "decisions.log")[-1].unlink(),
    "a segment gone": lambda folder, _: part(folder, 2).unlink(),
    "the first segment gone": lambda folder, _: part(folder, 1).unlink(),
    "the open file gone": lambda folder, _: (folder / "decisions.log").unlink(),
    "the open file emptied": lambda folder, _: (folder / "decisions.log").write_bytes(b""),
    "a segment emptied": lambda folder, _: part(folder, 2).write_bytes(b""),
    "two segments exchanged": lambda folder, _: exchange(part(folder, 1), part(folder, 2)),
    "a segment in the place of another": lambda folder, _: replaced(part(folder, 2), part(folder, 1)),
    "a segment once more": lambda folder, _: replaced(part(folder, 999), part(folder, 2)),
    "another log's segment": lambda folder, other: replaced(part(folder, 2), part(other, 2)),
    "a worker's file gone": lambda folder, _: [path.unlink() for path in folder.glob("decisions.log.w1*")],
    "two workers exchanged": lambda folder, _: exchange(folder / "decisions.log", folder / "decisions.log.w1"),
    "another log in its place": lambda folder, other: [
        shutil.rmtree(folder), shutil.copytree(other, folder),
    ],
    "all of it written anew": lambda folder, _: rewritten(folder),
    "scripts exchanged": lambda folder, _: exchange(*scripts(folder)[:2]),
    "scripts' sources exchanged": lambda folder, _: swap_sources(folder),
    "a script changed": lambda folder, _: edit(next(scripts(folder)[0].glob("*.lua"))),
    "a module changed": lambda folder, _: edit(next((folder / "decisions.log.scripts").glob("*/lib/*.lua"))),
    "a script gone": lambda folder, _: shutil.rmtree(scripts(folder)[0]),
}  # fmt: skip

ANCHORS_ALONE = {
    "the open file gone", "the open file emptied", "a worker's file gone", "another log in its place", "all of it written anew",
}  # fmt: skip
"""What leaves whole chains."""


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_done_to_a_whole_log_shows(
    name: str, whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("log", "other"):
        shutil.copytree(whole / folder, tmp_path / folder)
    command = ["replay", f"{tmp_path}/log/decisions.log", "--processes", "1"]
    anchored = ["--anchors", f"{whole}/anchors", "--seal-key", f"{whole}/key"]
    assert main([*command, *anchored]) == 0
    good = capsys.readouterr().out
    assert f", {len(lines(whole / 'anchors'))} anchors hold" in good
    assert "0 records after it" in good
    WHOLE[name](tmp_path / "log", tmp_path / "other")
    assert main(command) == (0 if name in ANCHORS_ALONE else 1), capsys.readouterr().out
    capsys.readouterr()
    assert main([*command, *anchored]) == 1
    assert name not in ANCHORS_ALONE or "not as anchored" in capsys.readouterr().out


# what a replay says


def test_what_is_not_excluded(whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = whole / "log" / "decisions.log"
    assert main(["replay", str(log), "--anchors", f"{whole}/anchors"]) == 0
    out = capsys.readouterr().out
    assert "not excluded: other anchors: no seal was checked" in out
    assert "no head was expected" not in out
    one = tmp_path / "anchors"
    one.write_bytes(lines(whole / "anchors")[0] + b"\nno anchor\n")
    assert main(["replay", str(log), "--anchors", str(one)]) == 0
    out = capsys.readouterr().out
    assert f"not excluded: anything in {log}.w1" in out
    assert "anchors: 1 line is none" in out
    assert main(["replay", str(log), "--anchors", str(one), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["anchors"]["held"], facts["anchors"]["unread"], facts["anchors"]["sealed"]) == (1, 1, False)
    heads = [text.split()[1] for text in good_heads(log, capsys)]
    assert main(["replay", str(log), *(word for head in heads for word in ("--expect-head", head))]) == 0
    assert "not excluded: a cut tail" not in capsys.readouterr().out


def good_heads(log: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert main(["replay", str(log)]) == 0
    return [text for text in capsys.readouterr().out.splitlines() if text.startswith("head ")]


def test_a_log_that_goes_on_after_its_last_anchor_is_covered_to_there(tmp_path: Path) -> None:
    file, notes = tmp_path / "decisions.log", tmp_path / "anchors"
    write_log(file, 5, anchorage=Anchorage(notes))
    write_log(file, 4)
    found = replay_logs([file], anchors=[notes]).anchored
    assert found is not None
    assert [(covered.number, covered.after) for covered in found.covered] == [(7, 6)]
    assert "6 records after it" in found.not_excluded[0]


def test_the_part_before_an_expected_head_may_end_before_the_last_anchor(tmp_path: Path) -> None:
    file, notes = tmp_path / "decisions.log", tmp_path / "anchors"
    head = write_log(file, 5, anchorage=Anchorage(notes)).head
    early = tmp_path / "decisions.log.000001"
    early.write_bytes(file.read_bytes())
    write_log(file, 4, anchorage=Anchorage(notes))
    scripts = Path(f"{file}.scripts")
    assert not replay_logs([early], scripts=scripts, anchors=[notes]).good
    assert replay_logs([early], scripts=scripts, anchors=[notes], expected=[head]).good


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--seal-key", "x"], "--seal-key is of --anchors"),
        (["--anchors", "nowhere"], "nowhere"),
        (["--anchors", "decisions.log", "--seal-key", "nowhere"], "nowhere"),
        (["--anchors", "decisions.log", "--seal-key", "decisions.log"], "is no sealing key of 64 hexadecimal digits"),
    ],
)
def test_wrong_usage_is_told(
    arguments: list[str],
    problem: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_log(tmp_path / "decisions.log", 1)
    assert main(["replay", "decisions.log", *arguments]) == 2
    assert problem in capsys.readouterr().err
