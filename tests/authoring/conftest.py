"""A folder with one script, and ``keystone-lua test`` in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from .runner import SCRIPT, Runner


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "scripts"
    (folder / "tests").mkdir(parents=True)
    (folder / "name.lua").write_text(SCRIPT)
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def run(scripts: Path, capsys: pytest.CaptureFixture[str]) -> Runner:
    return Runner(scripts, capsys)
