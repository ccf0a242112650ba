"""Parsing, and parsing with compiling, of a script of 1,000 lines, and compiling of the bundled scripts."""

from __future__ import annotations

from typing import Any

import pytest

from keystone_lua.interpreter import compile_program
from keystone_lua.interpreter.syntax.parser import parse

from .programs import load
from .requests import NAMES, script

LINES = 1000


def thousand_lines() -> bytes:
    """Programs of the compute suite one after the other, each in a block of its own, then blank statements."""
    lines: list[str] = []
    for entry in load().values():
        text = entry.text.splitlines()
        if len(lines) + len(text) + 2 <= LINES:
            lines += ["do", *text, "end"]
    lines += ["local x = 1"] * (LINES - len(lines))
    return ("\n".join(lines) + "\n").encode()


def test_parse_1000_lines(benchmark: Any) -> None:
    source = thousand_lines()
    assert source.count(b"\n") == LINES
    benchmark.pedantic(parse, (source, "long.lua", len(source)), rounds=5, warmup_rounds=1)


def test_compile_1000_lines(benchmark: Any) -> None:
    source = thousand_lines()
    program = benchmark.pedantic(compile_program, (source, "long.lua"), rounds=5, warmup_rounds=1)
    assert program.name == "long.lua"


@pytest.mark.parametrize("name", NAMES)
def test_compile_bundled(benchmark: Any, name: str) -> None:
    program = benchmark.pedantic(script, (name,), rounds=10, warmup_rounds=1)
    assert program.name == f"{name}.lua"
