"""Whatever the bytes, the parser answers with nodes or with a LuaSyntaxError, and leaves no trace of the last parse."""

from __future__ import annotations

import gc
import random
import sys
from pathlib import Path

import pytest

from keystone_lua.interpreter.errors import LuaSyntaxError
from keystone_lua.interpreter.syntax.parser import parse

SCRIPTS = sorted(Path(__file__).parents[2].glob("scripts/*.lua"))
SPELLING = """
    and break do else elseif end false for function goto if in local nil not or repeat return then true until while
    + - * / % ^ # == ~= <= >= < > = ( ) { } [ ] ; : :: , . .. ... a b c x 1 2.5 0x1F 'text' "text" [[text]]
    -- --[[ ]] [=[ ]=] \\ ' " \xe9 @ ~ ! 3x 0x 1..2 '\\999' '\\x4' '\\z \0 \x7f
"""
WORDS = [*SPELLING.split(), "\n", "\r\n", " "]


def attempt(source: bytes) -> None:
    try:
        parse(source, "noise.lua")
    except LuaSyntaxError as caught:
        error = caught
    else:
        return
    assert error.message.startswith(f"noise.lua:{error.line}: ")
    assert error.line >= 1


@pytest.mark.parametrize("seed", range(4))
def test_bytes(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(800):
        attempt(chance.randbytes(chance.randint(0, 60)))
        attempt(bytes(chance.choices(b"ab01.x\"'[]=-\\\n\r (){}+,;:#", k=chance.randint(0, 40))))


@pytest.mark.parametrize("seed", range(4))
def test_words(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(800):
        attempt(" ".join(chance.choices(WORDS, k=chance.randint(1, 25))).encode("latin-1"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_damaged_scripts(path: Path) -> None:
    chance = random.Random(path.stem)
    source = path.read_bytes()
    for _ in range(300):
        start, end = sorted(chance.choices(range(len(source)), k=2))
        attempt(source[:start])
        attempt(source[:start] + source[min(end, start + 20) :])
        attempt(source[:start] + chance.choice(WORDS).encode("latin-1") + source[start:])


def test_the_collector_is_as_it_was() -> None:
    for source in (b"x = 1", b"x = =", b"x"):
        attempt(source)
        assert gc.isenabled()
    gc.disable()
    try:
        attempt(b"x = 1")
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_interpreters_stack_is_not_used() -> None:
    """Nesting is on a list, so a caller that is itself deep can still parse."""
    source = b"x = " + b"(" * 200 + b"1" + b")" * 200

    def at_depth(depth: int) -> None:
        if depth:
            at_depth(depth - 1)
        else:
            parse(source, "x.lua")

    at_depth(sys.getrecursionlimit() - len_of_stack() - 30)


def len_of_stack() -> int:
    frame, depth = sys._getframe(), 0
    while frame.f_back:
        frame, depth = frame.f_back, depth + 1
    return depth


def test_wide_characters_are_the_callers_mistake() -> None:
    with pytest.raises(UnicodeEncodeError):
        parse("x = '\u20ac'", "x.lua")
