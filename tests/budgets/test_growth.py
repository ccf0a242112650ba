"""Everything that a script can call declares what its work grows with, and is charged for it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from keystone_lua.interpreter import compile_program, costs
from keystone_lua.interpreter.execution import fast_paths
from keystone_lua.interpreter.execution.helpers import HELPERS
from keystone_lua.interpreter.execution.run import Run

from ..lua import expectations
from . import growth, modules
from .suites import ROOMY, again

ROOT = Path(__file__).resolve().parents[2]
SMALL, LARGE = 400, 4000
LEAST = 1 / 32
"""Instructions for one of N, at least: 0.5 ns."""
BYTES = 8
"""Or bytes, of which the memory budget lets nobody charge many."""
CLAIMS = [
    (f"{name} {place}", work)
    for name, works in (growth.WORK | modules.WORK).items()
    for place, work in enumerate(works)
    if work.call
]


def price(work: growth.Work, size: int) -> tuple[int, int]:
    """Instructions and bytes of the call."""
    counts = []
    for call in (work.call, ""):
        text = f"{work.before}\n{_statement(call)}".replace("N", str(size))
        result = again(compile_program(text.encode(), "case"), ROOMY)
        assert result.failure is None, (text, result.failure)
        counts.append((result.instructions, result.allocated_bytes))
    (full, full_size), (empty, empty_size) = counts
    return full - empty, full_size - empty_size


def _statement(call: str) -> str:
    is_value = re.match(r"(\(|'|\w+[.:(])(?!.*\bdown\(N\)$)", call) and not re.match(r"(for|local|if|t\.k1)\b", call)
    return f"local _ = {call}" if is_value else call


def test_every_function_declares_what_its_work_grows_with() -> None:
    assert growth.LIBRARY.keys() == costs.LIBRARY.keys(), "LIBRARY of tests/budgets/growth.py"
    assert modules.WORK.keys() == costs.MODULES.keys()


def test_every_helper_does() -> None:
    named = {name for name, value in HELPERS.items() if callable(value)}
    made = {recipe.code.co_name for recipe in fast_paths._RECIPES}
    assert growth.HELPERS.keys() == named | made


@pytest.mark.parametrize(("name", "work"), CLAIMS, ids=[name for name, _ in CLAIMS])
def test_it_is_charged(name: str, work: growth.Work) -> None:
    (many, large), (few, small) = price(work, LARGE), price(work, SMALL)
    more = LARGE - SMALL
    assert many - few >= more * LEAST or large - small >= more * BYTES


REMOVALS = {
    "values": "for i = 1, 20000 do t[i] = 1 end for i = 1, 19990 do t[i] = nil end return t",
    "names": "for i = 1, 20000 do t['k' .. i] = 1 end for i = 1, 19990 do t['k' .. i] = nil end return t",
    "table.remove": "for i = 1, 20000 do t[i] = 1 end for i = 1, 19990 do table.remove(t) end return t",
    "rawset": "for i = 1, 20000 do t[i] = 1 end for i = 1, 19990 do rawset(t, i, nil) end return t",
    "while walked": "for i = 1, 20000 do t[i] = 1 end for k in pairs(t) do if k > 10 then t[k] = nil end end return t",
    "with a metatable": "setmetatable(t, {}) for i = 1, 20000 do t[i] = 1 end for i = 1, 19990 do t[i] = nil end return t",
    "of a constructor": f"t = {{{'nil, ' * 3000}1}} return t",
}


@pytest.mark.cpython
@pytest.mark.parametrize("name", REMOVALS)
def test_removed_keys_leave_no_places(name: str) -> None:
    run = Run(compile_program(f"local t = {{}} {REMOVALS[name]}".encode(), "t"), ROOMY)
    left = run.chunk()(1)
    assert len(left) in (1, 10)
    assert sys.getsizeof(left) < 20_000


def test_the_document_has_the_table() -> None:
    assert growth.table() in (ROOT / "docs" / "security.md").read_text()


def test_the_table_names_files_that_are_there() -> None:
    names = {path.stem.split("_")[0] for path in (expectations.ROOT / "security").glob("*.lua")}
    for kind in growth.KINDS.values():
        for found in re.findall(r"\b[a-z]\d\d\b", kind.tested_by):
            assert found in names, found
