"""The generated Python is what is kept; ``python -m tests.snapshots.renew`` after a change that means to change it."""

from __future__ import annotations

from pathlib import Path

import pytest

from .renew import FOLDER, snapshot

FILES = sorted(FOLDER.glob("*.lua"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_snapshot(path: Path) -> None:
    assert snapshot(path) == path.with_suffix(".txt").read_text(), "python -m tests.snapshots.renew, and read the diff"


def test_every_text_has_its_script() -> None:
    assert len(FILES) >= 40
    assert {path.stem for path in FOLDER.glob("*.txt")} == {path.stem for path in FILES}
