"""docs/rules.md: each rule of ``check`` with examples and what is said of them, from the files in checks.

``python -m tests.authoring.rules_page`` writes it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from keystone_lua.authoring.checker import Finding, Kind, check_source
from keystone_lua.authoring.checker import syntax as syntax_rule
from keystone_lua.authoring.checker.rules import RULES

from .test_foreign_syntax import TOLD

CHECKS: Final = Path(__file__).parent / "checks"
PAGE: Final = Path(__file__).parents[2] / "docs" / "rules.md"
EXAMPLES: Final = 4
"""Findings of a rule that are shown, each with another message."""
SHOWN: Final = 100
"""Characters of a line."""

HEAD: Final = """# The rules of check

Each rule of `keystone-lua check` with lines that it finds and what it says of them; [scripts.md](scripts.md#check) says in a line what each is for, and how to
silence one. Errors end with exit code 1, warnings with `--strict`, notes never do. The page is made from the files that test the rules
(`tests/authoring/checks`), where each rule has a script without findings too.
"""


def text() -> str:
    """The whole page."""
    parts = [HEAD, _section("syntax", syntax_rule.SEVERITY, syntax_rule.TEXT, _syntax_rows())]
    for rule in RULES:
        source = (CHECKS / f"{rule.CODE}.bad.lua").read_bytes()
        modules = {"words": (CHECKS / "lib" / "words.lua").read_bytes()}
        found = [each for each in check_source(source, "x.lua", modules) if each.rule == rule.CODE]
        parts.append(_section(rule.CODE, rule.SEVERITY, rule.TEXT, _rows(source, found)))
    return "\n".join(parts)


def _section(code: str, severity: str, about: str, rows: list[str]) -> str:
    return "\n".join(
        [f"## {code}", "", f"{about} ({severity})", "", "| example | what is said |", "|---|---|", *rows, ""]
    )


def _rows(source: bytes, found: list[Finding]) -> list[str]:
    """The first finding of each kind: messages that differ in more than the names."""
    lines = source.decode().split("\n")
    kinds: dict[str, str] = {}
    for each in found:
        kind = re.sub(r"'[^']*'|[0-9]+", "", each.message)
        kinds.setdefault(kind, _row(lines[each.line - 1], each.message))
    return list(kinds.values())[:EXAMPLES]


def _syntax_rows() -> list[str]:
    shown = (
        "if a != b then end",
        "n += 1",
        "for i = 1, 3 do if i then continue end end",
        "x = 7 // 2",
        "x = a & b",
        "x = a ? 1 : 2",
    )
    assert set(shown) <= TOLD.keys()
    return [_row(source, check_source(source.encode(), "x.lua", kind=Kind.PLAIN)[0].message) for source in shown]


def _row(line: str, message: str) -> str:
    code = line.strip()
    code = code if len(code) <= SHOWN else f"{code[:SHOWN]}..."
    return f"| `{_cell(code)}` | {_cell(message).replace('*', chr(92) + '*').replace('<', '&lt;')} |"


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(text())
