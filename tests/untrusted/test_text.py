"""Text that acts on a terminal, and that every line of the command line goes through the one function against it."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from keystone_lua.untrusted.text import json_printable, printable

PACKAGE = Path(__file__).parents[2] / "keystone_lua"

ACTING = {
    "clear the screen": ("\x1b[2J", r"\x1b[2J"),
    "C1": ("\x9b31m\x85", r"\x9b31m\x85"),
    "delete": ("\x7f\x08", r"\x7f\x08"),
    "lines": ("a\r\nb\tc", r"a\r\nb\tc"),
    "bidi": ("\u202eevil\u2066x\u200f\u061c", r"\u202eevil\u2066x\u200f\u061c"),
    "invisible": ("\u200b\ufeff\u2028\xad", r"\u200b\ufeff\u2028\xad"),
    "lone surrogate": ("\ud800", r"\ud800"),
    "a byte of a file name": ("\udcff.lua", r"\xff.lua"),
    "a tag": ("\U000e0041", r"\U000e0041"),
}


@pytest.mark.parametrize("name", ACTING)
def test_what_acts_is_shown_as_an_escape(name: str) -> None:
    text, shown = ACTING[name]
    assert printable(f"ä {text} ö") == f"ä {shown} ö"
    assert printable(text).isprintable()


@pytest.mark.parametrize("name", ACTING)
def test_json_stays_the_same_value(name: str) -> None:
    value = {f"ü{ACTING[name][0]}": [ACTING[name][0]]}
    text = json_printable(json.dumps(value, ensure_ascii=False))
    assert text.isprintable()
    assert json.loads(text) == value
    assert "ü" in text


def test_what_is_kept_is_kept() -> None:
    assert printable("a\tb\nc\x1b", "\t\n") == "a\tb\nc\\x1b"


OWN_WORDS = {
    "audit/anchoring.py": "what a command of the operator's said, read and made printable",
    "authoring/language_server/pipe.py": "messages of the protocol alone",
    "cli/editing.py": "whether standard output is there",
    "cli/output.py": "the one place",
    "gateway/demo.py": "a demonstration with its own requests",
    "gateway/echo.py": "JSON in ASCII for the demonstration",
    "gateway/app.py": "an address and the system's reason",
    "server/api/openapi.py": "the API's description, which is ours",
    "server/process/app.py": "the server's own reasons",
}
"""Modules that print, or name a standard stream, and why that is all they do."""


def test_every_print_of_the_command_line_goes_through_one_place() -> None:
    found: dict[str, list[int]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            prints = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
            names = isinstance(node, ast.Attribute) and node.attr in ("stdout", "stderr", "__stdout__", "__stderr__")
            if (prints or names) and ast.unparse(node) not in ("sys.stderr.isatty", "sys.stderr"):
                found.setdefault(path.relative_to(PACKAGE).as_posix(), []).append(node.lineno)
    assert found.keys() <= OWN_WORDS.keys(), found
