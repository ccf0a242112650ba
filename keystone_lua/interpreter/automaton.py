"""Automaton: the LALR(1) tables of grammar.lark.

Input: grammar.lark and automaton.json beside it. Output: an Automaton, plain data. Refuses nothing: tables
that were saved from another grammar are made anew, in memory (build_automaton: 85 ms and Lark's import).

The saved form is JSON in a fixed order. It depends on neither Python's version nor Lark's, is read
in 1.5 ms, and spares every start Lark's import, 35 ms.
"""

from __future__ import annotations

import json
import os
import zlib
from dataclasses import dataclass
from typing import Any, Final

SAVED: Final = os.path.join(os.path.dirname(__file__), "automaton.json")
_GRAMMAR: Final = os.path.join(os.path.dirname(__file__), "grammar.lark")

Rule = tuple[str, int, str | None]


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


def grammar() -> str:
    """The text of grammar.lark."""
    with open(_GRAMMAR, encoding="utf-8") as file:
        return file.read()


def checksum(text: str) -> int:
    """What ties saved tables to their grammar."""
    return zlib.crc32(text.encode())


def load(saved: str = SAVED) -> Automaton:
    """The saved automaton if it is that of the grammar, otherwise a new one."""
    text = grammar()
    data = _read(saved)
    if data.get("grammar") != checksum(text):
        from .build_automaton import build  # imports Lark

        data = build(text)
    rules = [(made, size, method) for made, size, method in data["rules"]]
    return Automaton(data["rows"], rules, frozenset(data["literals"]))


def _read(path: str) -> dict[str, Any]:
    try:
        with open(path, encoding="utf-8") as file:
            data: dict[str, Any] = json.load(file)
    except (OSError, ValueError):
        return {}
    return data
