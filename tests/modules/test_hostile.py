"""The short form of the campaign: 400 random and hostile calls of each module, no Python exception."""

from __future__ import annotations

import pytest

from . import hostile


@pytest.mark.parametrize("module", hostile.MODULES)
def test_no_python_exception_comes_out(module: str) -> None:
    assert hostile.tried(module, 400, 7) == []
