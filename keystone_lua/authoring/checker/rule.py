"""Rule and Place: what a check rule is, and a place in a script where it found something."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from .findings import Severity
from .script import Script


class Place(NamedTuple):
    """Where a rule found something, and its advice."""

    line: int
    column: int
    message: str


class Rule(Protocol):
    """What a module in rules declares."""

    CODE: str
    SEVERITY: Severity
    TEXT: str
    """One sentence: what is wrong with what the rule finds."""

    def places(self, script: Script) -> Iterable[Place]:
        """Every place in the script's main chunk."""
