"""The Makefile's own decisions, seen in what it would run."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("version", "named", "anew"),
    [
        (platform.python_version(), [f"PYTHON={sys.executable}"], False),
        ("3.11.0rc1", [f"PYTHON={sys.executable}"], True),
        ("3.11.0rc1", [], False),
    ],
)
def test_another_python_is_noticed(version: str, named: list[str], anew: bool, tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / ".venv").mkdir()
    for name in ("pyproject.toml", "setup.py", ".venv/.installed"):
        (tmp_path / name).touch()
    (tmp_path / ".venv" / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}\n")
    done = subprocess.run(["make", "-n", "lint", *named], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert (f".venv was made with Python {version}" in done.stdout) is anew
    assert ("-m venv .venv" in done.stdout) is anew
