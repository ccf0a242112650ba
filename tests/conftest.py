"""Fixtures for all tests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def bundled_scripts(tmp_path: Path) -> Path:
    """The bundled scripts in ``tmp_path``, with their ``lib`` and ``tests``, to be changed or run."""
    return Path(shutil.copytree(Path(__file__).parents[1] / "scripts", tmp_path / "scripts"))
