"""A server for each test that wants one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .client import Client


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    """A client whose folder is ``tmp_path``; its server has begun."""
    made = Client(tmp_path)
    try:
        yield made
    finally:
        made.kill()


@pytest.fixture(scope="module")
def living(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """One that has begun, and lives through all tests of a file."""
    made = Client(tmp_path_factory.mktemp("living"))
    try:
        made.begin()
        yield made
        assert made.end() == 0
    finally:
        made.kill()
