"""Who reads the pieces of a log: threads, processes that die, somebody else's workers. The report is the same."""

from __future__ import annotations

import os
import signal
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.audit import reading, replay_logs
from keystone_lua.audit.reading import Piece, Workers
from keystone_lua.audit.replay import Replayer

from .support import TENANTS, lines, write_log
from .test_tampering import anew, changed


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with something of each kind to report."""
    file = tmp_path_factory.mktemp("log") / "decisions.log"
    write_log(file, 20 * TENANTS)
    log = lines(file)
    place = next(n for n, line in enumerate(log) if b'"tenant":"dice"' in line and n > 60)
    log[place] = changed(log[place], answer={"selected_backend": "elsewhere"})
    log = anew(log, place)
    log[150] = changed(log[150], time=1.0)
    del log[170:173]
    log.insert(190, b"no record")
    file.write_bytes(b"".join(line + b"\n" for line in log) + b"torn")
    return file


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    cut = reading.pieces
    monkeypatch.setattr("keystone_lua.audit.reading.pieces", lambda file: cut(file, 20_000))
    monkeypatch.setattr(reading, "SMALL", 0)


@pytest.mark.usefixtures("small_pieces")
def test_threads_find_what_one_process_finds(log: Path) -> None:
    here = replay_logs([log], processes=1)
    assert [found.line for found in here.breaks] == [151, 171, 191, 192, 20 * TENANTS + 1]
    assert len(here.findings.differences) == 1
    with ThreadPoolExecutor(4) as executor:
        assert replay_logs([log], executor=executor) == here


@pytest.mark.parametrize("size", [300, 1100, 20_000, 1 << 20])
def test_pieces_of_any_size_make_one_report(log: Path, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    here = replay_logs([log], processes=1)
    cut = reading.pieces
    monkeypatch.setattr("keystone_lua.audit.reading.pieces", lambda file: cut(file, size))
    assert replay_logs([log], processes=1) == here


def test_a_piece_comes_home_as_its_first_and_last_line(log: Path) -> None:
    found = Replayer()(Piece(str(log), 0, 100_000, log.stat().st_size))
    (stretch,) = found.stretches
    assert (stretch.first.line, stretch.last.line, stretch.count) == (1, found.lines, found.lines)
    assert found.lines > 50


def _count(folder: Path) -> int:
    return len(list(folder.iterdir()))


@dataclass(frozen=True)
class Killer:
    """Ends its process, at one piece, so many times; else counts lines."""

    offset: int
    times: int
    notes: Path

    def __call__(self, piece: Piece) -> tuple[int, int]:
        if piece.offset == self.offset and _count(self.notes) < self.times:
            (self.notes / str(os.getpid())).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return piece.offset, len(list(piece.lines()))


@pytest.mark.usefixtures("small_pieces")
def test_a_process_that_dies_costs_its_pieces_again(log: Path, tmp_path: Path) -> None:
    parts = list(reading.pieces(log))
    (tmp_path / "notes").mkdir()
    task = Killer(parts[3].offset, 2, tmp_path / "notes")
    told: list[tuple[int, int]] = []
    made = list(reading.work(task, parts, Workers(2), lambda *done: told.append(done)))
    assert [offset for offset, _ in made] == [part.offset for part in parts]
    assert sum(count for _, count in made) == len(log.read_bytes().split(b"\n"))
    assert _count(tmp_path / "notes") == 2
    assert told == sorted(told)
    assert len(told) == len(parts)


@pytest.mark.usefixtures("small_pieces")
def test_a_piece_that_ends_every_process_ends_the_run(log: Path, tmp_path: Path) -> None:
    parts = list(reading.pieces(log))
    (tmp_path / "notes").mkdir()
    task = Killer(parts[1].offset, 1000, tmp_path / "notes")
    with pytest.raises(OSError, match="ended from outside"):
        list(reading.work(task, parts, Workers(2)))
    assert _count(tmp_path / "notes") == reading.MAX_DEATHS + 1


@pytest.mark.usefixtures("small_pieces")
def test_a_lent_executor_that_broke_is_told(log: Path) -> None:
    with ProcessPoolExecutor(1) as executor:
        executor.submit(os._exit, 1).exception()
        with pytest.raises(OSError, match="ended from outside"):
            replay_logs([log], executor=executor)


@pytest.mark.usefixtures("small_pieces")
def test_no_more_pieces_are_given_away_than_results_may_wait(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "AHEAD", 3)

    class Lazy(Executor):
        """Does its work when somebody waits for it."""

        def __init__(self) -> None:
            self.open = self.most = 0

        def submit(self, function: Any, /, *arguments: Any, **_: Any) -> Future[Any]:
            self.open += 1
            self.most = max(self.most, self.open)
            future: Future[Any] = Future()
            own = future.result

            def result(timeout: float | None = None) -> Any:
                self.open -= 1
                future.set_result(function(*arguments))
                return own(timeout)

            future.result = result  # type: ignore[method-assign]
            return future

    executor = Lazy()
    assert replay_logs([log], executor=executor) == replay_logs([log], processes=1)
    assert (executor.open, executor.most) == (0, 3)
