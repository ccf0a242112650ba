"""A short form of ``python -m tests.fuzz pairs``: compositions compile and run, and one that is too dear is reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from keystone_lua.interpreter import Limits, compile_program, execute

from . import pairs

LIMITS = Limits(instructions=3_000_000, load=True)


def test_compositions_compile_and_their_values_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs.grid, "mean", lambda: 14.0)
    campaign = pairs.Campaign(1)
    assert len(campaign.functions) > 150
    for _ in range(60):
        composition = campaign.composition()
        result = execute(compile_program(composition.source(30, "1").encode("latin-1"), "pairs"), LIMITS)
        assert result.failure is None, composition.text()


def test_what_is_too_dear_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A watch that sees nothing would find nothing."""
    monkeypatch.setattr(pairs.grid, "mean", lambda: 1e-9)
    campaign = pairs.Campaign(1)
    composition = pairs.Composition((("string.upper", ("'a'",)),), True)
    monkeypatch.setattr(campaign, "composition", lambda: composition)
    campaign.step(tmp_path / "here.lua")
    assert campaign.failures == 1
