"""Parse tables: the LALR(1) tables of grammar.lark.

Input: grammar.lark and parse_tables.json beside it. Output: an Automaton, plain data. If the saved tables are of
another grammar, they are made anew, in memory.

The saved form is JSON in a fixed order. It depends on neither Python's version nor Lark's, and spares each start the
import of Lark.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .grammar import SAVED, Rule, checksum, grammar


@dataclass(frozen=True, slots=True, eq=False)
class Automaton:
    """State 0 is the first, the one that nothing leaves the last.

    ``rows[state][symbol]`` is the next state, or ``~rule`` where that rule is complete. A rule is the
    symbol it makes, the number of symbols it takes, and Builder's method, None where it hands on its only one.
    ``literals``: keywords and operators, which are symbols by their text.
    """

    rows: list[dict[str, int]]
    rules: list[Rule]
    literals: frozenset[str]


def load(saved: Path = SAVED) -> Automaton:
    """The saved automaton if it is that of the grammar, otherwise a new one."""
    text = grammar()
    data = _read(saved)
    if data.get("grammar") != checksum(text):
        from .build_parse_tables import build

        data = build(text)
    rules = [(made, size, method) for made, size, method in data["rules"]]
    return Automaton(data["rows"], rules, frozenset(data["literals"]))


def _read(path: Path) -> dict[str, Any]:
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data
