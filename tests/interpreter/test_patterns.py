"""Patterns: against real lua5.1, the two engines against each other, and what they may cost."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from keystone_lua.interpreter.patterns.backtracker import CHUNK
from keystone_lua.interpreter.patterns.items import PatternError
from keystone_lua.interpreter.patterns.pattern import SHORT, UNLIMITED, Match, Pattern, compile_pattern, find_special

from .sweeps import check, run


class Meter:
    """Counts what is charged, and stops at a limit."""

    def __init__(self, limit: int = UNLIMITED) -> None:
        self.instructions = 0
        self.largest = 0
        self.limit = limit

    def charge(self, instructions: int, size: int) -> None:
        self.instructions += instructions
        self.largest = max(self.largest, instructions)
        if self.instructions > self.limit:
            raise TimeoutError


Spans = list[tuple[int, int]] | None


def spans(found: Match | None, pattern: Pattern) -> Spans:
    return None if found is None else [found.span(group) for group in range(pattern.captures + 1)]


def found(text: str, subject: str, start: int = 0) -> Spans:
    pattern = Pattern(text)
    return spans(pattern.find(subject, start, Meter().charge), pattern)


def stepped(text: str, subject: str, start: int = 0) -> Spans:
    pattern = Pattern(text)
    return spans(pattern.step(subject, start, Meter().charge), pattern)


BOTH = pytest.mark.parametrize("find", [found, stepped])
Find = Callable[..., Spans]


def test_sweep() -> None:
    check("patterns", "a1bb955a6f98a407")


@BOTH
@pytest.mark.parametrize(
    ("pattern", "subject", "expected"),
    [
        ("", "abc", [(0, 0)]),
        ("$", "abc", [(3, 3)]),
        ("^", "abc", [(0, 0)]),
        ("b", "abc", [(1, 2)]),
        ("^b", "abc", None),
        ("^^", "a^", None),
        ("a$b", "a$b", [(0, 3)]),
        ("%w+", "  ab1_ ", [(2, 5)]),
        ("(%w+)=(%w+)", "a, key=value;", [(3, 12), (3, 6), (7, 12)]),
        ("()ll()", "hello", [(2, 4), (2, 2), (4, 4)]),
        ("^%s*(.-)%s*$", "  two words \t", [(0, 13), (2, 11)]),
        ("^%s*(.-)%s*$", "   ", [(0, 3), (3, 3)]),
        ("<(.-)>", "<<a>b>", [(0, 4), (1, 3)]),
        ('"(.-)":', '"a" "b":', [(0, 8), (1, 6)]),
        ("(.*)%.(.*)", "a.b.c", [(0, 5), (0, 3), (4, 5)]),
        ("(.-)%.(.*)", "a.b.c", [(0, 5), (0, 1), (2, 5)]),
        ("%b()", "x(a(b)c)d)", [(1, 8)]),
        ("%b''", "'a'b'", [(0, 3)]),
        ("%b()", "((", None),
        ("%f[%w]%w+", "  the end", [(2, 5)]),
        ("%f[%z]", "abc", [(3, 3)]),
        ("%f[^%w]", "ab c", [(2, 2)]),
        ("(%a)%1", "hello", [(2, 4), (2, 3)]),
        ("(.*)%.%1", "ab.b", [(1, 4), (1, 2)]),
        ("()%1", "a", None),
        ("[]]", "a]", [(1, 2)]),
        ("[^]]", "]a", [(1, 2)]),
        ("[a-]+", "x-a", [(1, 3)]),
        ("[%a-z]+", "1-b", [(1, 3)]),
        ("[a-%%]", "a-%", None),
        ("[z-a]", "az", None),
        ("[%]]", "]", [(0, 1)]),
        ("%z", "a\0b", [(1, 2)]),
        ("b\0ignored", "abc", [(1, 2)]),
        ("[^a]", "\xe9", [(0, 1)]),
        ("%a", "\xe9a", [(1, 2)]),
        ("a-b", "aaab", [(0, 4)]),
        ("a-", "aaab", [(0, 0)]),
        ("a?a?aa", "aa", [(0, 2)]),
        ("-", "a-b", [(1, 2)]),
        ("*a", "*a", [(0, 2)]),
        ("(a*)b", "(a*)b", [(4, 5), (4, 4)]),
        ("(a)*", "a*", [(0, 2), (0, 1)]),
        ("a|b", "a|b", [(0, 3)]),
        ("x{2}\\", "x{2}\\", [(0, 5)]),
    ],
)
def test_matches(find: Find, pattern: str, subject: str, expected: Spans) -> None:
    assert find(pattern, subject) == expected


@BOTH
@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("%", "malformed pattern (ends with '%')"),
        ("[a", "malformed pattern (missing ']')"),
        ("[", "malformed pattern (missing ']')"),
        ("[]", "malformed pattern (missing ']')"),
        ("[^]", "malformed pattern (missing ']')"),
        ("[a%", "malformed pattern (missing ']')"),
        ("[a\0]", "malformed pattern (missing ']')"),
        ("%f", "missing '[' after '%f' in pattern"),
        ("%fa", "missing '[' after '%f' in pattern"),
        ("%b", "unbalanced pattern"),
        ("%b(", "unbalanced pattern"),
        ("x)", "invalid pattern capture"),
        ("%1", "invalid capture index"),
        ("(%1)", "invalid capture index"),
        ("%0", "invalid capture index"),
        ("()" * 33, "too many captures"),
    ],
)
def test_refusals(find: Find, pattern: str, message: str) -> None:
    with pytest.raises(PatternError) as caught:
        find(pattern, "x")
    assert str(caught.value) == message


@BOTH
def test_what_the_matcher_does_not_come_to_is_not_refused(find: Find) -> None:
    assert find("y%", "x") is None
    assert find("^$[", "x") is None


def random_pattern(draw: random.Random) -> str:
    text = "^" * (draw.random() < 0.2)
    opened = 0
    for _ in range(draw.randint(1, 6)):
        if draw.random() < 0.15:
            text, opened = text + "(", opened + 1
        text += draw.choice(["%w", "%d", "%s", "a", "b", "=", "[ab]", "[^a]", "[^=;]", ".", "%S", "[^%s]"])
        text += draw.choice(["", "", "+", "*", "*", "-", "?"])
        text += draw.choice(["", "", "", "", "", "()", "%f[%w]"])
        if opened and draw.random() < 0.4:
            text, opened = text + ")", opened - 1
    return text + ")" * opened + "$" * (draw.random() < 0.3)


def random_subject(draw: random.Random) -> str:
    pieces = draw.sample(["a", "b", "ab", "=", ";", " ", "1", "aaaaaaa", "     ", "a1=", "\n", "\xe9", "\0"], 3)
    size = draw.choice([3, 10, 30, SHORT, SHORT + 1, 90])
    return "".join(draw.choice(pieces) for _ in range(size))[:size]


def test_engines_agree() -> None:
    draw = random.Random(1)
    compared = guarded = 0
    while compared < 4000:
        pattern = Pattern(random_pattern(draw))
        subject = random_subject(draw)
        start = draw.randint(0, len(subject))
        if pattern.regex is None:
            continue
        try:
            expected = spans(pattern.step(subject, start, Meter(2_000_000).charge), pattern)
        except TimeoutError:
            continue
        assert spans(pattern.apply(subject, start), pattern) == expected
        assert spans(pattern.find(subject, start, Meter().charge), pattern) == expected
        if pattern.fail_limit > pattern.limit > 0:
            assert spans(pattern.far(subject, start, UNLIMITED), pattern) == expected
            guarded += 1
        compared += 1
    assert guarded > 200


def cost(pattern: Pattern, found: Match | None, start: int, rest: int) -> int:
    """What a search by ``re`` is charged, as callers do it."""
    if found is None:
        return rest * pattern.fail_scan >> 4
    return (found.end() - start if pattern.local else rest) * pattern.scan >> 4


def test_a_search_that_ends_where_what_is_left_is_spent_finds_the_same() -> None:
    """`k33`: whatever is left, a match that it reaches is found, and anything else costs more."""
    draw = random.Random(5)
    compared = 0
    while compared < 2000:
        pattern = Pattern(random_pattern(draw))
        subject = random_subject(draw)
        start = draw.randint(0, len(subject) // 2)
        rest = len(subject) - start
        if pattern.far("", 0, 0) is None and pattern.pinned:
            continue
        whole = pattern.far(subject, start, UNLIMITED)
        price = cost(pattern, whole, start, rest)
        if pattern.pinned or rest > pattern.fail_limit:
            continue
        for left in {price, max(0, price - 1), draw.randint(0, price)}:
            found = pattern.far(subject, start, left)
            if price <= left:
                assert spans(found, pattern) == spans(whole, pattern)
            else:
                assert cost(pattern, found, start, rest) > left
        compared += 1


@pytest.mark.parametrize("text", ["." * 96 + "z", "a?a?a?" + "." * 40 + "z", "%a" * 50 + "z", "%a+%dz", "a.-b.-c"])
def test_no_search_is_much_longer_than_what_is_left(text: str) -> None:
    """A megabyte took 0.34 s of the event loop: its price was charged afterwards."""
    pattern, looked_at = Pattern(text), []
    pattern.near = lambda subject, start, end=UNLIMITED: looked_at.append(end)
    subject = "a" * 1_000_000
    assert len(subject) > pattern.limit
    assert pattern.far(subject, 0, 10_000) is None
    assert all(end * pattern.scan >> 4 < 11_000 for end in looked_at)


@pytest.mark.parametrize(
    "text",
    [
        "^/api/v(%d+)/",
        "(%w+)=(%w+)",
        "%s+",
        "[^&=]+",
        "([^=;%s]+)=([^;]*)",
        "%%(%x%x)",
        "^%s*(.-)%s*$",
        "%s+$",
        "^%s+",
        "[^,]+",
        "^(%a+)://([^/:]+):?(%d*)(/?.*)$",
        "(%d+)%.(%d+)%.(%d+)%.(%d+)",
        "^-?%d+%.?%d*[eE]?[+-]?%d*",
        '"([^"\\]*)"',
        "%f[%w]%w+",
        "(.*)/(.*)",
        "Mozilla/(%d+)",
    ],
)
def test_usual_patterns_are_linear_and_use_re(text: str) -> None:
    pattern = compile_pattern(text)
    assert pattern.limit == UNLIMITED or pattern.fail_limit == UNLIMITED


@pytest.mark.parametrize(
    "text", [".-.-.-.-b$", "%b()", "(a)%1", "(a", "a%", "x.*" * 5 + "y", "x?" * 10 + "x" * 10, "x" * 200]
)
def test_the_rest_is_stepped(text: str) -> None:
    assert compile_pattern(text).regex is None


def test_patterns_of_degree_two_use_re_for_short_subjects() -> None:
    assert compile_pattern("<(.-)>").limit == SHORT
    assert compile_pattern('"(.-)":').limit == SHORT
    assert compile_pattern("[ab]-[a=]x").limit == SHORT


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("%d+", "word "),
        ("(%w+)=(%w+)", "word "),
        ("(%w+)=(%w+)", "x"),
        ("%s+$", " x" + " " * 50),
        ("^%d+x", "1"),
        ('"([^"]*)"x', '"abc":1,'),
        ("[ab][ab][ab][ab][ab]c", "ab"),
        ("[^=]*=x", "a="),
        ("x?x?y", "x"),
        ("%f[%d]%d", "word "),
        ("b*%s-$", "  a"),
        ("a-[^ab]*b-$", " "),
        ("%b()", "()"),
        ("(%w+) %1!", "the end "),
    ],
)
def test_time_is_in_proportion_to_the_price(text: str, piece: str) -> None:
    """Ten times the subject may take more, but then it costs more."""
    pattern = Pattern(text)
    best = []
    for size in (2_000, 20_000):
        subject = (piece * size)[:size]
        times = []
        for _ in range(3):
            meter = Meter(30_000_000)
            start = time.thread_time()
            pattern.find(subject, 0, meter.charge)
            times.append((time.thread_time() - start) / (34 + meter.instructions))
        best.append(min(times))
    assert max(best) < 2e-6  # about 50e-9 on a quiet machine


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("x?" * 100 + "x" * 100, "x" * 100),
        (".-.-.-.-b$", "a" * 10_000),
        ("x.*" * 100 + "y", "x" * 1000),
        ("%b()", "(" * 200_000),
        ("(.-)(.-)(.-)%1x", "ab" * 1000),
        ("[^b]-[^b]-[^b]-b", "a" * 5000),
    ],
)
def test_bombs_stop_at_the_limit(text: str, subject: str) -> None:
    meter = Meter(3_000_000)
    with pytest.raises(TimeoutError):
        Pattern(text).find(subject, 0, meter.charge)
    assert meter.instructions < 3_100_000


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("a" * 1247 + "baa", "a" * 3_000),
        ("a" * 200 + "[bc]", "a" * 3_000),
        ("(a)b%1", "a" * 3_000),
        ("x.-y.-z%f[a]", "xy" * 600),
        ("x.-y.-z%f[a]", "xy" * 40 + "a" * 50_000),
        ("(x*)y%1", "x" * 400),
        ("%b()", "(" * 1_000),
    ],
)
def test_steps_are_paid_for_while_a_search_goes_on(text: str, subject: str) -> None:
    """`k30`: a search of a megabyte is a million failing starts, each too short to be paid for alone."""
    meter = Meter()
    assert Pattern(text).step(subject, 0, meter.charge) is None
    assert meter.largest < 3 * CHUNK < meter.instructions


def test_the_price_does_not_depend_on_what_came_before() -> None:
    source = "local s = ('k=v; '):rep(30) for k, v in s:gmatch('(%w+)=(%w*)') do s:find(k .. '(.-)' .. v) end"
    first = run(source)
    for index in range(600):
        compile_pattern(f"{index}%d+")
    second = run(source)
    assert (first.instructions, first.allocated_bytes) == (second.instructions, second.allocated_bytes)


@pytest.mark.parametrize(
    ("text", "special"),
    [
        ("abc", False),
        ("a.c", True),
        ("a)", False),
        ("a]", False),
        ("(", True),
        ("\0+", False),
        ("+\0", True),
        ("", False),
    ],
)
def test_find_special(text: str, special: bool) -> None:
    assert bool(find_special(text)) == special
