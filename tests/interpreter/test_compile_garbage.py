"""Compiling leaves nothing for the garbage collector: what is dropped goes at once.

A tree that refers to itself stays until a collection finds it. After 1,000 scripts such a collection held
the event loop for 20 ms.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from keystone_lua.interpreter import LuaSyntaxError, compile_program

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "tests/lua").rglob("*.lua"))[::4] + sorted((ROOT / "benchmarks/lua").rglob("*.lua"))


@pytest.fixture
def by_hand() -> Iterator[None]:
    """No collection but those that are asked for, of what is made from now on."""
    gc.collect()
    gc.freeze()
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


def compiled(path: Path) -> None:
    with contextlib.suppress(LuaSyntaxError):
        compile_program(path.read_bytes(), path.name)


@pytest.mark.cpython
def test_compiling_makes_no_circles(by_hand: None) -> None:
    for path in FILES:
        if b"require" in path.read_bytes():
            compiled(path)  # imports what of the routing library it requires, and imports leave circles
    gc.collect()
    found = {}
    for path in FILES:
        compiled(path)
        if count := gc.collect():
            found[path.name] = count
    assert len(FILES) > 100
    assert not found
