"""What is refused and in which words: lua5.1's, recorded in messages.json, and those of our own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from keystone_lua.interpreter.errors import LuaSyntaxError
from keystone_lua.interpreter.syntax.parser import parse

RECORDED: list[tuple[str, str]] = [
    (source, message) for source, message in json.loads(Path(__file__).with_name("messages.json").read_text())
]


def message_of(source: str | bytes, name: str = "x.lua") -> str:
    """What the parser says; "" where it takes the source."""
    try:
        parse(source, name)
    except LuaSyntaxError as caught:
        error = caught
    else:
        return ""
    assert error.kind == "syntax"
    assert error.message.startswith(f"{name}:{error.line}: ")
    return error.message


def test_the_record_is_large_enough() -> None:
    assert sum(1 for _, message in RECORDED if message) > 300
    assert len({re.sub(r"\d+|near .*", "", message, flags=re.DOTALL) for _, message in RECORDED}) > 35


@pytest.mark.parametrize(("source", "message"), RECORDED)
def test_message_is_that_of_lua(source: str, message: str) -> None:
    assert message_of(source) == message


@pytest.mark.parametrize(
    "source",
    [
        "while 1 do break x = 1 end",
        "goto x ::x::",
        "x = 1;;",
        ";",
        "x = [[a [[b]]",
        "x = 0x.8",
        "x = 0xA.8p-1",
        "x = 0x1p4",
        "goto = 1 goto.goto = goto goto() local goto function goto() end x = {goto = 1}",
        "x = goto goto x ::x::",
        "::goto::",
        "#!/usr/bin/lua\nx = 1",
        "\xef\xbb\xbfx = 1",
        "\xef\xbb\xbf#!/usr/bin/lua\nx = 1",
        "x = " + "..".join(["a"] * 5000),
        ",".join(["a"] * 250) + " = 1",
        "f(" + ",".join(["1"] * 300) + ")",
    ],
    ids=lambda source: source[:20],
)
def test_taken_beyond_lua51(source: str) -> None:
    assert message_of(source) == ""


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = '\\xzz'", "x.lua:1: invalid escape sequence near '''"),
        ("x = 'ab\\x4'", "x.lua:1: invalid escape sequence near ''ab'"),
        ("goto goto", "x.lua:1: '=' expected near 'goto'"),
        ("goto 1", "x.lua:1: '=' expected near '1'"),
        ("::1::", "x.lua:1: '<name>' expected near '1'"),
        ("::a b", "x.lua:1: '::' expected near 'b'"),
        ("while 1 do break 1 end", "x.lua:1: unexpected symbol near '1'"),
        ("x = 1\0", "x.lua:1: unexpected symbol"),
        ("#!\nx y", "x.lua:2: '=' expected near 'y'"),
        ("\xef\xbb\xbf#!\nx y", "x.lua:2: '=' expected near 'y'"),
        ("#!", ""),
        ("\n#!", "x.lua:2: unexpected symbol near '#'"),
        ("x = 0x1p", "x.lua:1: malformed number near '0x1p'"),
        ("x = 0x1.2.3", "x.lua:1: malformed number near '0x1.2.3'"),
        ("\x1bLua", "x.lua:1: unexpected symbol near 'char(27)'"),
        ("x =\r\ny\r\r\nz = =", "x.lua:4: unexpected symbol near '='"),
        ("x =\n\r\n\r=", "x.lua:3: unexpected symbol near '='"),
    ],
)
def test_messages_of_our_own(source: str, message: str) -> None:
    assert message_of(source) == message


def test_long_tokens_are_cut_in_messages() -> None:
    assert message_of("x y" + "z" * 1000) == "x.lua:1: '=' expected near 'y" + "z" * 199 + "...'"


def test_the_name_is_given_as_it_is() -> None:
    assert message_of("x", name="a:b [c]") == "a:b [c]:1: '=' expected near '<eof>'"


def test_line_ends_count_once_in_every_form() -> None:
    for end in ("\n", "\r", "\r\n", "\n\r"):
        assert message_of(end.join(["x = 1", "--[[", "]] y = 'a\\", "b'", "", "="])) == (
            "x.lua:6: unexpected symbol near '='"
        )
