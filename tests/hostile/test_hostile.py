"""Every hostile file at its verdict, with the same counts in two runs, in bounded time.

The files run in one process beside the tests: one that hangs or crashes fails its own test only.
``python -m tests.hostile`` runs them through the command line, each in a process of its own.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from . import verdicts

SECONDS = 30.0
"""For two runs of a file; one run at default limits takes less than 5 s on the machine that prices were made for."""

FILES = verdicts.files([verdicts.OWN, *([verdicts.SHARED] if verdicts.SHARED.is_dir() else [])])


class Worker:
    """The process that runs the files, started again after a hang."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None

    def ask(self, path: Path) -> dict[str, Any]:
        if self.process is None:
            root = Path(__file__).resolve().parents[2]
            command = [sys.executable, "-m", "tests.hostile.worker"]
            self.process = subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(str(path).encode() + b"\n")
        stdin.flush()
        ready, _, _ = select.select([stdout], [], [], SECONDS)
        line = stdout.readline() if ready else b""
        if not line:
            self.stop()
            pytest.fail(f"{path.name}: no answer in {SECONDS:g} s" if not ready else f"{path.name}: the process died")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    running = Worker()
    yield running
    running.stop()


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_verdict(worker: Worker, path: Path) -> None:
    expected = verdicts.expected(path)
    answer = worker.ask(path)
    assert expected.agrees(answer["status"], answer["values"]), f"expected {expected.text()}, got {answer}"
    assert answer["again"] == answer["counts"]


def test_there_are_files() -> None:
    assert len(FILES) >= 60
