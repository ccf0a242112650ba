"""Fixtures for all tests."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job: what tests start would be deaf to it
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def bundled_scripts(tmp_path: Path) -> Path:
    """The bundled scripts in ``tmp_path``, with their ``lib`` and ``tests``, to be changed or run."""
    return Path(shutil.copytree(Path(__file__).parents[1] / "scripts", tmp_path / "scripts"))
