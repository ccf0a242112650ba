"""text: plain text taken apart and put together."""

from __future__ import annotations

import pytest

from .support import lua

CASES = {
    "join(split('a,b,,c', ','), '|')": "a|b||c",
    "join(split('', ','), '|') .. #split('', ',')": "1",
    "join(split('a--b-c--', '--'), '|')": "a|b-c|",
    "join(split('a,b,c', ',', 2), '|')": "a|b,c",
    "join(split('a,b', ',', 1), '|')": "a,b",
    "join(split('a.b', '.'), '|')": "a|b",
    "join(lines('a\\nb\\r\\n\\nc'), '|')": "a|b||c",
    "#lines('')": "0",
    "#lines('\\n')": "1",
    "join(lines('a\\n'), '|')": "a",
    "trim(' \\t\\n\\v\\f\\rx y\\0 ')": "x y\0",
    "trim('\\160x')": "\xa0x",
    "trim(5)": "5",
    "starts_with('a.b', 'a.')": "true",
    "starts_with('ab', 'a.')": "false",
    "starts_with('a', '')": "true",
    "ends_with('x.lua', '.lua')": "true",
    "ends_with('xlua', '.lua')": "false",
    "contains('a%b', '%')": "true",
    "contains('ab', '.')": "false",
    "contains('', '')": "true",
    "contains('a', 'ab')": "false",
    "lower('A\\196Z')": "a\xc4z",
    "join({}, ',')": "",
    "join({1, 'x', 2.5}, ', ')": "1, x, 2.5",
}


@pytest.mark.parametrize("call", CASES)
def test_answers(call: str) -> None:
    head = "local t = require 'text' local split, join, lines, trim, lower, contains = t.split, t.join, t.lines, t.trim, t.lower, t.contains "
    head += "local starts_with, ends_with = t.starts_with, t.ends_with "
    assert lua(head + "return " + call) == (CASES[call],)


ERRORS = {
    "t.split('a', '')": "bad argument #2 to 'split' (a separator is needed)",
    "t.split('a', ('x'):rep(64))": "bad argument #2 to 'split' (separator longer than 63 bytes)",
    "t.split('a', ',', 0)": "bad argument #3 to 'split' (at least one piece)",
    "t.split(nil, ',')": "bad argument #1 to 'split' (string expected, got nil)",
    "t.join({'a', {}})": "bad argument #1 to 'join' (string expected at place 2 of the list, got table)",
    "t.trim()": "bad argument #1 to 'trim' (string expected, got no value)",
    "t.contains('a')": "bad argument #2 to 'contains' (string expected, got no value)",
}


@pytest.mark.parametrize("call", ERRORS)
def test_errors(call: str) -> None:
    found = lua(f"local t = require 'text' return pcall(function() return {call} end)")
    assert found == ("false", "t:1: " + ERRORS[call])


def test_the_longest_separator() -> None:
    assert lua("return #require('text').split('a' .. ('x'):rep(63) .. 'b', ('x'):rep(63))") == ("2",)


def test_a_long_needle_takes_linear_time() -> None:
    source = "local s, p = ('a'):rep(200000), ('a'):rep(99990) .. 'b' return require('text').contains(s, p)"
    assert lua(source) == ("false",)
