"""Builds the parse tables: what Lark makes of grammar.lark, in a form that can be saved.

Input: the grammar's text. Output: the contents of parse_tables.json. Raises Lark's GrammarError. ``python -m
keystone_lua.interpreter.syntax.build_parse_tables`` writes parse_tables.json, and nothing else does.
"""

from __future__ import annotations

import json
from typing import Any, Final

import lark

from .grammar import SAVED, Rule, checksum, grammar

START: Final = "chunk"
OPTIONS: Final[dict[str, Any]] = {
    "parser": "lalr",
    "start": START,
    "keep_all_tokens": True,
    "maybe_placeholders": False,
}


def build(text: str) -> dict[str, Any]:
    """Lark's tables as plain data.

    Lark numbers states and rules by hash order, another one in each process; here they are numbered as a walk
    from the first state in name order comes to them.
    """
    parser: Any = lark.Lark(text, lexer="basic", **OPTIONS)
    table = parser.parser.parser._parse_table
    literals = {terminal.name: terminal.pattern.value for terminal in parser.terminals}
    rows: list[dict[str, int]] = []
    rules: dict[Any, int] = {}
    order = [table.start_states[START]]
    numbers = {order[0]: 0}
    for state in order:
        actions = {literals.get(name, str(name)): action for name, action in table.states[state].items()}
        row: dict[str, int] = {}
        for symbol in sorted(actions):
            action, target = actions[symbol]
            if action.name == "Reduce":
                row[symbol] = ~rules.setdefault(target, len(rules))
                continue
            if target not in numbers:
                numbers[target] = len(order)
                order.append(target)
            row[symbol] = numbers[target]
        rows.append(row)
    rows[numbers[table.end_states[START]]]["$END"] = len(rows)
    rows.append({})
    return {
        "grammar": checksum(text),
        "lark": lark.__version__,
        "literals": sorted(literals.values()),
        "rules": [_plain(rule) for rule in rules],
        "rows": rows,
    }


def _plain(rule: Any) -> Rule:
    made, size = str(rule.origin.name), len(rule.expansion)
    hands_on = rule.options.expand1 and not rule.alias and size == 1
    return made, size, None if hands_on else str(rule.alias or made)


def text_form(data: dict[str, Any]) -> str:
    """``data`` as JSON, a row or rule a line."""
    heads = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in data.items() if key not in ("rules", "rows")]
    bodies = [
        f"{json.dumps(key)}: [\n" + ",\n".join(json.dumps(item, separators=(",", ":")) for item in data[key]) + "\n]"
        for key in ("rules", "rows")
    ]
    return "{\n" + ",\n".join(heads + bodies) + "\n}\n"


if __name__ == "__main__":
    SAVED.write_text(text_form(build(grammar())), encoding="utf-8")
