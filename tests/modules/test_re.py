"""re: against Python's own engine, which takes the same ways where both are defined; captures as ngx.re's; what is
refused, and that the worst patterns take linear time."""

from __future__ import annotations

import random
import re

import pytest

from keystone_lua.interpreter import Limits, compile_program, execute
from keystone_lua.interpreter.patterns.regex_machine import Search
from keystone_lua.interpreter.patterns.regex_program import MAX_PROGRAM, Program
from keystone_lua.interpreter.patterns.regex_syntax import MAX_GROUPS, MAX_NESTED, RegexError, read_regex

from .support import lua, quoted

ATOMS = [
    "a",
    "b",
    "c",
    "ab",
    "[ab]",
    "[^a]",
    ".",
    "(?i:A)",
    r"\w",
    r"\d",
    "[a-b1]",
    "x?",
    "b*",
    "^",
    "$",
    r"\b",
    "[[:alpha:]]",
]
QUANTIFIERS = ["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,3}?", "{2,}"]


def made(chance: random.Random, depth: int = 0) -> str:
    kind = chance.randrange(12)
    if depth > 3 or kind < 4:
        return chance.choice(ATOMS)
    if kind < 6:
        return made(chance, depth + 1) + made(chance, depth + 1)
    if kind < 8:
        return f"(?:{made(chance, depth + 1)}|{made(chance, depth + 1)})"
    if kind < 10:
        return f"({made(chance, depth + 1)})"
    return f"(?:{made(chance, depth + 1)}){chance.choice(QUANTIFIERS)}"


def searched(pattern: str, subject: str) -> list[int] | None:
    return Search(Program(read_regex(pattern)), subject, 0, lambda instructions, size: None).run(0)


def by_python(pattern: str, subject: str) -> list[int] | None:
    # Python's "$" is PCRE's, where no newline is before it; its "\b" and "^" are the same.
    found = re.compile(pattern.replace("[[:alpha:]]", "[A-Za-z]"), re.ASCII).search(subject)
    return None if found is None else [edge for group in range(found.re.groups + 1) for edge in found.span(group)]


@pytest.mark.cpython
def test_matches_are_those_of_pythons_engine() -> None:
    chance = random.Random(11)
    whole = captures = tried = 0
    for _ in range(6000):
        pattern = made(chance)
        subject = "".join(chance.choice("abcA1 \n") for _ in range(chance.randrange(12)))
        try:
            mine = searched(pattern, subject)
        except RegexError as error:
            assert str(error).startswith("nothing to repeat")  # noqa: PT017  # of an assertion, which Python allows
            continue
        tried += 1
        theirs = by_python(pattern, subject)
        whole += (mine and mine[:2]) != (theirs and theirs[:2])
        captures += mine != theirs
    assert tried > 5000
    # Loops in loops whose bodies can match nothing: the way that is taken a second time differs.
    assert whole <= tried // 2000
    assert captures <= tried // 400


CASES = {
    r"re.match('/api/v2/users', [[^/api/v(\d+)/(?<kind>\w+)]])": {
        "0": "/api/v2/users",
        "1": "2",
        "2": "users",
        "kind": "users",
    },
    r"re.match('ab', '(x)?(b)')": {"0": "b", "1": "false", "2": "b"},
    r"re.match('AB', 'a(?-i)B', 'i')": {"0": "AB"},
    r"re.match('a\nb', '^b$', 'm')": {"0": "b"},
    r"re.match('a\nb', 'a.b', 's')": {"0": "a\nb"},
    r"re.match('ab', ' a # one \n b', 'x')": {"0": "ab"},
    r"re.match('ab\n', 'b$')": {"0": "b"},
    r"re.match('a.b', [[\Qa.\Eb]])": {"0": "a.b"},
    r"re.match('a]b', '[]]')": {"0": "]"},
    r"re.match('a-b', [[[\w-]+]])": {"0": "a-b"},
    r"re.match('x{1', 'x{')": {"0": "x{"},
    r"re.match('A', [[\x41]])": {"0": "A"},
    r"re.match('\233', [[\xe9]])": {"0": "\xe9"},
    r"re.match('a b', '(?#a comment)a[[:space:]]b')": {"0": "a b"},
    r"re.match('foobar', 'foo|foobar')": {"0": "foo"},
    r"re.match('aXbX', '.*?X')": {"0": "aX"},
    r"re.match('abc', 'b', nil, {pos = 3}) or {}": {},
    r"re.match('b', 'a', 'a') or {}": {},
    r"re.match('ba', 'a', 'a', {pos = 2})": {"0": "a"},
}


@pytest.mark.parametrize("call", CASES)
def test_captures(call: str) -> None:
    source = f"local re = require 're' local m = {call} local r = {{}} for k, v in pairs(m) do r[#r + 1] = k .. '\\0' .. tostring(v) end return unpack(r)"
    assert dict(item.split("\0") for item in lua(source)) == CASES[call]


RESULTS = {
    "re.find('hello world', 'o w')": ("5", "7"),
    "re.find('abc', '(b)(x)?', '', nil, 1)": ("2", "2"),
    "re.find('abc', '(b)(x)?', '', nil, 2)": ("nil",),
    "re.find('abc', 'x')": ("nil",),
    "re.find('', '')": ("1", "0"),
    "re.gsub('hello', 'l+', '<$0>')": ("he<ll>o", "1"),
    "re.gsub('aaa', 'a*', 'x')": ("xx", "2"),
    "re.gsub('abc', '', '-')": ("-a-b-c-", "4"),
    "re.gsub('abc', '(b)', '$1${1}0$$')": ("abb0$c", "1"),
    "re.gsub('ab', '(x)?b', '[$1]')": ("a[]", "1"),
    "re.sub('aXbx', 'x', '-', 'i')": ("a-bx", "1"),
    "re.gsub('a.b.c', [[\\.]], function(m) return '[' .. m[0] .. ']' end)": ("a[.]b[.]c", "2"),
    "re.gsub('a1', [[(?<d>\\d)]], function(m) return m.d + 1 end)": ("a2", "1"),
}


@pytest.mark.parametrize("call", RESULTS)
def test_answers(call: str) -> None:
    assert lua(f"local re = require 're' return {call}") == RESULTS[call]


def test_gmatch_and_positions() -> None:
    source = "local re, r = require 're', {} for m in re.gmatch('a1 b22', [[([a-z])(\\d+)]]) do r[#r + 1] = m[1] .. m[2] end return unpack(r)"
    assert lua(source) == ("a1", "b22")
    source = "local re, c = require 're', {pos = 1} re.match('ab ab', 'b', '', c) local one = c.pos re.match('ab ab', 'b', '', c) return one, c.pos"
    assert lua(source) == ("3", "6")
    assert lua("local it = require('re').gmatch('a', 'a') it() return it(), it()") == ("nil", "nil")


REFUSED = {
    "(?=a)": "look-ahead '(?=' is not supported at byte 1",
    "a(?!b)": "look-ahead '(?!' is not supported at byte 2",
    "(?<=a)": "look-behind '(?<=' is not supported at byte 1",
    "(?<!a)": "look-behind '(?<!' is not supported at byte 1",
    r"(a)\1": r"back reference '\1' is not supported at byte 4",
    r"(?<n>a)\k<n>": r"back reference '\k' is not supported at byte 8",
    "(?P=n)": "back reference '(?P=' is not supported at byte 1",
    "(?>a)": "atomic group '(?>' is not supported at byte 1",
    "a++": "possessive quantifier '++' is not supported at byte 2",
    "a{2}+": "possessive quantifier '{2}+' is not supported at byte 2",
    "(?R)": "recursion '(?R' is not supported at byte 1",
    "(?1)": "recursion '(?1' is not supported at byte 1",
    "(?(1)a)": "condition '(?(' is not supported at byte 1",
    "(*SKIP)": "verb '(*' is not supported at byte 1",
    r"\p{L}": r"Unicode property '\p' is not supported at byte 1",
    r"a\K": r"match start '\K' is not supported at byte 2",
    r"\y": r"unknown escape '\y' at byte 1",
    "a**": "nothing to repeat at byte 3",
    "*": "nothing to repeat at byte 1",
    "^*": "nothing to repeat at byte 2",
    "[a": "missing ']' at byte 1",
    "[b-a]": "range out of order in a class at byte 2",
    "[[:x:]]": "unknown POSIX class at byte 2",
    "(a": "missing ')' at byte 1",
    "a)": "unmatched ')' at byte 2",
    "\\": "'\\' at the end at byte 1",
    "x{1001}": "a number above 1000 in '{}' at byte 2",
    "x{2,1}": "numbers out of order in '{}' at byte 2",
    "(?<a>x)(?<a>y)": "two captures have the name 'a' at byte 8",
    "(?<1>x)": "a capture's name must be up to 32 letters, digits and '_' at byte 1",
    "(?<>x)": "a capture's name must be up to 32 letters, digits and '_' at byte 1",
    "(?z:x)": "option 'z' is not supported at byte 3",
    "(?": "unknown kind of group at byte 1",
    r"\x{100}": r"'\x' needs up to two hexadecimal digits at byte 1",
    "(?:a{900}){900}": f"more than {MAX_PROGRAM} operations, repetitions written out, at byte 1",
}  # fmt: skip


@pytest.mark.parametrize("pattern", REFUSED)
def test_what_is_left_out_is_refused_by_name(pattern: str) -> None:
    found = lua(f"local re = require 're' return pcall(function() re.match('', {quoted(pattern)}) end)")
    assert found == ("false", f"t:1: bad argument #2 to 'match' ({REFUSED[pattern]} of the regular expression)")


def test_options_that_are_left_out() -> None:
    assert "option 'u' (UTF-8 mode) is not supported" in lua("return pcall(require('re').match, 'x', 'x', 'u')")[1]
    assert "unknown option 'q'" in lua("return pcall(require('re').match, 'x', 'x', 'q')")[1]
    assert lua("return require('re').find('X', 'x', 'joi')") == ("1", "1")


def test_limits_on_both_sides() -> None:
    for fits, refused in (
        ("(" * MAX_NESTED + "a" + ")" * MAX_NESTED, "(" * (MAX_NESTED + 1) + "a" + ")" * (MAX_NESTED + 1)),
        ("(a)" * MAX_GROUPS, "(a)" * (MAX_GROUPS + 1)),
        ("x{1000}", "x{1001}"),
    ):
        Program(read_regex(fits))
        with pytest.raises(RegexError):
            Program(read_regex(refused))
    assert (
        lua("local re = require 're' re.find('', ('a?'):rep(600)) return pcall(re.find, '', ('a'):rep(8193))")[0]
        == "false"
    )


HOSTILE = [
    "(a*)*b", "(a|aa)+$", "(.*)(.*)(.*)x", "(?:a?){50}a{50}b", "a*a*a*a*b", "(?:a+a+)+b", "(?:aa)*a*b", "(?:(?:a*)*)*c", "[^b]*c",
    "(?:a|a|a|a)*b", "(?:a{0,9}){9}b", r"\w+\d+b", "((a+)+)+!", "(?i)(?:A|aa|aaa)*?b", "(?:a*?)*?b", "a{1,99}b", "(?:.*.*)*!",
]  # fmt: skip


@pytest.mark.parametrize("pattern", HOSTILE)
def test_the_worst_patterns_take_linear_time(pattern: str) -> None:
    counts = []
    for size in (500, 1000, 2000):
        source = f"local re, s = require 're', ('a'):rep({size}) .. 'c' return re.find(s, [[{pattern}]])"
        result = execute(compile_program(source.encode(), "t"), Limits(instructions=100_000_000, memory=1 << 28))
        assert result.failure is None, result.failure
        counts.append(result.instructions)
    assert counts[2] - counts[1] <= 2.2 * (counts[1] - counts[0]) + 5000


def test_many_matches_take_linear_time() -> None:
    counts = []
    for size in (2000, 4000, 8000):
        source = f"local re, s = require 're', ('ab'):rep({size}) return select(2, re.gsub(s, '(?:a|x)*?b', ''))"
        result = execute(compile_program(source.encode(), "t"), Limits(instructions=100_000_000, memory=1 << 28))
        assert result.values == (str(size),)
        counts.append(result.instructions)
    assert counts[2] - counts[1] <= 2.2 * (counts[1] - counts[0])


def test_a_replacement_that_asks_for_too_much() -> None:
    for text, words in {
        "$2": "the replacement asks for capture 2 of 1",
        "$": "'$' in the replacement needs a number; '$$' is '$'",
        "${1": "'$' in the replacement needs a number; '$$' is '$'",
    }.items():
        found = lua(f"local re = require 're' return pcall(function() re.sub('x', '(x)', '{text}') end)")
        assert found == ("false", f"t:1: bad argument #3 to 'sub' ({words})")
    assert lua("return pcall(require('re').gsub, 'x', 'x', function() end)")[1] == "invalid replacement value (a nil)"
