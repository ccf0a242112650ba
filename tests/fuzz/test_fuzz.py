"""A short fuzz of each target, and the corpus; ``python -m tests.fuzz --minutes M`` goes on."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from .__main__ import corpus, restored
from .targets import (
    TARGETS,
    bodies,
    check_body,
    check_format,
    check_pattern,
    check_source,
    formats,
    patterns,
    programs,
    sources,
)

# The engine raises the recursion limit while hypothesis watches it.
pytestmark = pytest.mark.filterwarnings("ignore:The recursion limit will not be reset")

SHORT = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@SHORT
@given(sources)
def test_sources(source: str) -> None:
    check_source(source)


@pytest.mark.slow
@settings(SHORT, max_examples=20)
@given(programs)
def test_programs(source: str) -> None:
    check_source(source)


@SHORT
@given(patterns)
def test_patterns(case: tuple[str, str, str]) -> None:
    check_pattern(case)


@SHORT
@given(formats)
def test_formats(case: tuple[str, list[str]]) -> None:
    check_format(case)


@SHORT
@given(bodies)
def test_bodies(body: bytes) -> None:
    check_body(body)


@pytest.mark.parametrize("target", TARGETS)
def test_corpus(target: str) -> None:
    check: Any = TARGETS[target][1]
    for value in corpus().get(target, []):
        check(restored(target, value))
