"""A Python that computes otherwise is named, and the command line stops with one line."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from keystone_lua.interpreter import self_test

ROOT = Path(__file__).resolve().parents[2]


def test_this_python_is_suitable() -> None:
    assert self_test.fault() is None


@pytest.mark.parametrize("name", ["_TOKENS", "_NUMERALS", "_TEXTS", "_OPERANDS", "FALSE", "_LINE", "Table"])
def test_each_part_is_looked_at(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each expectation, made wrong, is a fault."""
    wrong = {"_TOKENS": (), "_NUMERALS": {"1": 2.0}, "_TEXTS": {0.1: "1"}, "_OPERANDS": (0.1, 0.3, 1.0, 5.5),
             "FALSE": 0.0, "_LINE": 2, "Table": dict}[name]  # fmt: skip
    monkeypatch.setattr(self_test, name, wrong)
    if name == "_LINE":
        monkeypatch.setattr(self_test, "_sample", lambda value: value)
    assert self_test.fault() is not None


def test_possessive_groups_that_take_what_they_only_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """As CPython 3.11.0 to 3.11.3 read a pattern with such a group: one place too far."""
    monkeypatch.setattr(self_test.lexer, "_PIECE", re.compile(r"--\[\[[^\]]*\][\s\S]|[\s\S]"))
    assert "regular expressions" in str(self_test.fault())


def test_the_command_line_stops() -> None:
    code = """
import re, sys
real = re.compile
re.compile = lambda text, *flags: real("x" if "0[xX]" in str(text) else text, *flags)
from keystone_lua.cli import main
sys.exit(main(["exec", "nothing.lua"]))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert re.fullmatch(r"keystone-lua: c?py\w+ 3\.\d+\.\d+ at .* cannot run this engine: regular .*\n", done.stderr)
