"""Every conformance file prints what real Lua printed into its ``-->`` comments."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ..lua import expectations
from .engine import ROOMY, run

FILES = expectations.files()
SHOWN = 10


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_file(path: Path) -> None:
    case = expectations.read(path)
    source = path.read_bytes()
    outcome = run(source, path.name, replace(ROOMY, **expectations.switches(source)))
    found = expectations.differences(case, outcome.output, outcome.error)
    assert not found, f"{len(found)} of {case.assertions} assertions fail:\n" + "\n".join(found[:SHOWN])


def test_enough_assertions() -> None:
    by_reference: dict[str | None, int] = {}
    for path in FILES:
        case = expectations.read(path)
        by_reference[case.reference] = by_reference.get(case.reference, 0) + case.assertions
    engine_only = by_reference.pop(None, 0)
    verified = sum(by_reference.values())
    print(f"{verified} assertions written by {' and '.join(sorted(map(str, by_reference)))}, {engine_only} by people")
    assert verified >= 1_500


def test_no_file_asserts_nothing() -> None:
    assert [path.name for path in FILES if not expectations.read(path).assertions] == []
