"""Random programs answer as real Lua does: recorded ones everywhere, fresh ones where lua5.1 is installed."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from . import golden
from .assignments import generate_assignments
from .compare import Difference, compare, engine_answer, shrink
from .coroutines import generate_coroutines
from .generator import generate
from .reference import Reference
from .tokens import generate_layouts, generate_refusals
from .tree import Node

FRESH = 100
PER_TEST = 50


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, golden.PROGRAMS, PER_TEST))
def test_recorded_programs(first: int) -> None:
    programs = list(golden.programs())[first : first + PER_TEST]
    for source, loose, expected in programs:
        got = engine_answer(source.encode("latin-1"), loose=loose)
        assert got == expected, Difference(source, expected, got).report()
    print(f"{len(programs)} recorded programs compared")


def test_enough_are_recorded() -> None:
    assert len(list(golden.programs())) == golden.PROGRAMS >= 300


@pytest.mark.slow
@pytest.mark.skipif(not Reference.available("lua5.1"), reason="lua5.1 is not installed; recorded programs are compared")
def test_fresh_programs() -> None:
    """The same programs in every run, others than the recorded ones."""
    compared = 0
    with Reference("lua5.1") as lua:
        for number in range(FRESH):
            tree = generate(random.Random(f"fresh/{number}"))
            result = compare(tree.text(), lua)
            assert not isinstance(result, Difference), shrink(tree, lua).report()
            compared += result
    print(f"{compared} fresh programs compared")
    assert compared > FRESH * 0.9


@pytest.mark.skipif(not Reference.available("lua5.1"), reason="lua5.1 is not installed; recorded programs are compared")
def test_fresh_assignments() -> None:
    with Reference("lua5.1") as lua:
        for number in range(FRESH):
            tree = generate_assignments(random.Random(f"fresh/{number}"))
            result = compare(tree.text(), lua)
            assert not isinstance(result, Difference), shrink(tree, lua).report()


@pytest.mark.slow
@pytest.mark.skipif(not Reference.available("lua5.1"), reason="lua5.1 is not installed; recorded programs are compared")
def test_fresh_coroutines() -> None:
    compared = 0
    with Reference("lua5.1") as lua:
        for number in range(FRESH):
            tree = generate_coroutines(random.Random(f"fresh/{number}"))
            result = compare(tree.text(), lua)
            assert not isinstance(result, Difference), shrink(tree, lua).report()
            compared += result
    assert compared > FRESH * 0.9


@pytest.mark.skipif(not Reference.available("lua5.1"), reason="lua5.1 is not installed; recorded programs are compared")
@pytest.mark.parametrize("draw", [generate_layouts, generate_refusals], ids=["layouts", "refusals"])
def test_fresh_tokens(draw: Callable[[random.Random], Node]) -> None:
    """Lines of errors wherever a program has its line breaks; what refuses one that is damaged, and where."""
    refused = 0
    with Reference("lua5.1") as lua:
        for number in range(FRESH):
            tree = draw(random.Random(f"fresh/{number}"))
            result = compare(tree.text(), lua)
            assert not isinstance(result, Difference), shrink(tree, lua).report()
            refused += lua.run(tree.text().encode("latin-1"))[0] == "syntax"
    assert refused > FRESH * 0.8 if draw is generate_refusals else refused < FRESH * 0.2


@pytest.mark.skipif(not Reference.available("lua5.1"), reason="lua5.1 is not installed; recorded programs are compared")
def test_programs_that_hypothesis_draws() -> None:
    """Hypothesis draws the generator's choices, and makes them simpler where a program differs."""
    with Reference("lua5.1") as lua:

        @settings(
            max_examples=30, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(st.randoms(use_true_random=False))
        def same(source: random.Random) -> None:
            result = compare(generate(source).text(), lua)
            assert not isinstance(result, Difference), result.report()

        same()
