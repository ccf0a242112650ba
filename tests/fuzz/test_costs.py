"""A short form of ``python -m tests.fuzz costs``: exact budgets of random programs. Its bounds on time are the campaign's."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from keystone_lua.interpreter import compile_program, execute

from . import costs
from .cost_grammar import SHAPES, SURROUNDINGS, Grammar, Program, Statement
from .costs import LIMITS, inexact

pytestmark = pytest.mark.filterwarnings("ignore:The recursion limit will not be reset")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_budgets_are_exact(seed: int) -> None:
    grammar = Grammar(random.Random(seed))
    for _ in range(10):
        source = grammar.program().source("2").encode("latin-1")
        assert list(inexact(source, grammar.random)) == [], source


def test_every_shape_and_surrounding_compiles() -> None:
    grammar = Grammar(random.Random(0))
    wanted = set(SHAPES)
    for surroundings in SURROUNDINGS:
        compile_program(Program((grammar.statement(),), surroundings).source("1").encode("latin-1"), "fuzz")
    while wanted:
        statement = grammar.statement(3)
        if statement.shape in wanted:
            wanted.discard(statement.shape)
            compile_program(Program((statement,), "plain").source("1").encode("latin-1"), "fuzz")


def test_changed_programs_are_programs() -> None:
    grammar = Grammar(random.Random(2))
    program = grammar.program()
    for _ in range(60):
        program = grammar.changed(program)
        assert 1 <= len(program.statements) <= 5
    compile_program(program.source("1").encode("latin-1"), "fuzz")


def test_what_is_too_dear_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A watch that sees nothing would find nothing."""
    monkeypatch.setattr(costs.grid, "mean", lambda: 1e-9)
    campaign = costs.Campaign(1)
    statement = Statement("local x = $S", ("'x'",))
    monkeypatch.setattr(campaign, "next", lambda: Program((statement, statement), "deep"))
    campaign.step(tmp_path / "here.lua")
    assert campaign.tally.failures == 1


def test_a_handler_that_fails_pays_for_each_error() -> None:
    """`k25`."""
    source = b"xpcall(error, function() local x = nil; return x.y end)"
    assert execute(compile_program(source, "t"), LIMITS).instructions > 196 * 60


def test_a_number_that_is_written_pays_for_its_digits() -> None:
    """`k24`: in `..`, at any number of operands; not where it is whole and below 1e14."""

    def price(text: str) -> int:
        return execute(compile_program(f"local x = {text} local y = x .. x .. 'a'".encode(), "t"), LIMITS).instructions

    assert price("1e300") == price("1 / 3") - 1 == price("99") + 24
    assert price("99") == price("'99'") == price("-1e13")
