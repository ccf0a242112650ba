"""``-- keystone: ignore`` with a name that no rule has."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from ..findings import Severity
from ..rule import Place
from ..script import Script
from ..suppression import ignored

CODE: Final = "bad-ignore"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "The comment silences nothing: no rule has that name."


def places(script: Script) -> Iterator[Place]:
    """Each unknown name."""
    from . import RULES

    codes = sorted(rule.CODE for rule in RULES)
    for number, line in enumerate(script.lines, 1):
        for column, code in ignored(line) if "keystone:" in line else ():
            if code not in codes:
                close = get_close_matches(code, codes, 1, 0.6)
                advice = f"did you mean '{close[0]}'?" if close else f"the rules are {', '.join(codes)}"
                yield Place(number, column, f"no rule is called '{code}': {advice}")
