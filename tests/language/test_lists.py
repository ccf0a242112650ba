"""No program makes a list of other keys than 1 to n: a ListTable with another would answer wrong lengths and ends.

Each store into a list and each removal from one is looked at while the conformance files run. `table_of`, which stores
first and looks then, is left out.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.interpreter.runtime.values import ListTable

from ..lua import expectations
from .engine import ROOMY, run


class Broken(BaseException):
    """What nothing on the way takes for an error of the script."""


def _set(table: ListTable, key: Any, value: Any) -> None:
    before = len(table)
    dict.__setitem__(table, key, value)
    is_next = len(table) == before or key == before + 1.0
    if (key.__class__ is not float or value is None or not is_next) and sys._getframe(1).f_code.co_name != "table_of":
        raise Broken(f"{key!r} is stored in a list of {before}")


def _removed(table: ListTable, key: Any) -> None:
    raise Broken(f"{key!r} is removed from a list of {len(table)}")


@pytest.mark.parametrize("path", expectations.files(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_lists_stay_lists(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ListTable, "__setitem__", _set)
    monkeypatch.setattr(ListTable, "__delitem__", _removed)
    source = path.read_bytes()
    run(source, path.name, replace(ROOMY, **expectations.switches(source)))
