"""The campaign over regular expressions: what it looks at is there, and it finds what it looks for."""

from __future__ import annotations

import re

from .regexes import BOUNDED, patterns, slow


def test_what_is_bounded_elsewhere_is_a_pattern_of_the_package() -> None:
    there = {place for place, _ in patterns()}
    assert BOUNDED.keys() <= there
    assert len(there) > 100


def test_patterns_that_were_slow_are_found() -> None:
    for text in (r"\b(?:if|while|for)\b[^\n]*\)\s*\{", r"%.|\[\^?\]?(?:%.|[^\]%])*\]", r'"((?:[^"\\]++|\\.)*+)"\s*+:'):
        assert slow(re.compile(text)) is not None, text
    assert slow(re.compile(r'"\s*+:\s*+')) is None
