"""Size and depth: what must be taken, what is refused, and that nothing takes more than linear work."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from keystone_lua.interpreter.syntax import nodes
from keystone_lua.interpreter.syntax.parser import MAX_LEVELS, parse
from keystone_lua.interpreter.syntax.tree_builder import MAX_HEIGHT

from .test_messages import message_of

TOO_DEEP = "x.lua:1: chunk has too many syntax levels"
MEGABYTE = 1 << 20

NESTED = {
    "parentheses": ("x = ", "(", "1", ")"),
    "tables": ("x = ", "{", "", "}"),
    "keys": ("x = ", "{[", "1", "] = 1}"),
    "indices": ("x = ", "a[", "1", "]"),
    "calls": ("x = ", "f(", "1", ")"),
    "functions": ("x = ", "function() return ", "1", " end"),
    "statement functions": ("", "function f() ", "", " end"),
    "local functions": ("", "local function f() ", "", " end"),
    "blocks": ("", "do ", "", " end"),
    "whiles": ("", "while x do ", "", " end"),
    "repeats": ("", "repeat ", "", " until x"),
    "ifs": ("", "if x then ", "", " end"),
    "elses": ("", "if x then elseif y then else ", "", " end"),
    "not": ("x = ", "not ", "1", ""),
    "minus": ("x = ", "- ", "1", ""),
    "length": ("x = ", "#", "1", ""),
    "powers": ("x = ", "a ^ ", "1", ""),
    "additions": ("x = ", "a + b * (", "1", ")"),
    "subtractions": ("x = ", "a - (", "1", ")"),
}


@pytest.mark.parametrize("shape", NESTED)
def test_two_hundred_levels_are_taken_and_more_refused(shape: str) -> None:
    before, opening, middle, closing = NESTED[shape]
    for depth in (1, 200, MAX_LEVELS - 1):
        chunk = parse(before + opening * depth + middle + closing * depth, "x.lua")
        assert height(chunk) <= MAX_HEIGHT
    for depth in (MAX_LEVELS + 1, 5000):
        assert message_of(before + opening * depth + middle + closing * depth) == TOO_DEEP
        assert message_of(before + opening * depth) == TOO_DEEP


def test_levels_are_counted_where_they_are_open() -> None:
    assert message_of("x = " + "(" * 100 + "(1) + {2}" * 1 + ")" * 100 + "\n" + "f((a), (b), {c[1]})\n" * 500) == ""
    crowded = "do " * (MAX_LEVELS - 2) + "f((a), (b), {}, -c)\n" * 300 + " end" * (MAX_LEVELS - 2)
    assert message_of(crowded) == ""


@pytest.mark.parametrize("step", [".b", "[1]", "()", ":b()", "''", "{}"])
def test_chains_of_steps(step: str) -> None:
    end = " = 1" if step in (".b", "[1]") else ""
    for count in (1, 15, 16, 17, 18, 50, 20_000):
        assert height(parse("a" + step * count + end, "x.lua")) <= 24


@pytest.mark.slow
@pytest.mark.parametrize(
    ("around", "highest"),
    [("f({})", 1000), ("({} + 1 and 2)", 1000), ("g[{}]", 1000), ("({} .. (1))", 1000), ("({})", 25), ("not {}", 250)],
)
def test_no_tree_is_higher_than_said(around: str, highest: int) -> None:
    """No chain is long and few levels are open, but each is inside the next."""
    source = "a"
    heights = []
    while not message_of("x = " + source):
        heights.append(height(parse("x = " + source, "x.lua")))
        source = around.replace("{}", source) + (".b" * 15 if around[-1] in ")]" else "")
    assert message_of("x = " + source) == TOO_DEEP
    assert highest - 30 <= heights[-1] <= highest


def height(tree: object) -> int:
    level: list[object] = [tree]
    count = 0
    while level:
        count += 1
        level = [child for node in level for child in children(node)]
    return count


def children(node: Any) -> Iterator[object]:
    for name in type(node).__match_args__:
        value = getattr(node, name)
        yield from (
            child for child in (value if isinstance(value, tuple | list) else (value,)) if hasattr(child, "__slots__")
        )


def test_long_flat_things_stay_flat() -> None:
    for operator, node in {
        "+": nodes.Arithmetic,
        "..": nodes.Concat,
        "and": nodes.Logical,
        "<": nodes.Comparison,
    }.items():
        (assignment,) = parse("x = a" + f" {operator} a" * 20_000, "x.lua").body.statements
        assert isinstance(assignment, nodes.Assign)
        assert isinstance(assignment.values[0], node)
    (branches,) = parse("if a then b() " + "elseif a then b() " * 5000 + "end", "x.lua").body.statements
    assert isinstance(branches, nodes.If)
    assert len(branches.branches) == 5001


LINEAR = {
    "statements": ("local x = 0\n", "x = x + 1\n", "", 12_500),
    "positional fields": ("x = {", "1,", "}", 25_000),
    "named fields": ("x = {", "a = b;", "}", 12_500),
    "operands": ("x = a", " + a", "", 25_000),
    "elseifs": ("if a then", " elseif a then b()", " end", 5_000),
    "arguments": ("f(a", ", a", ")", 25_000),
    "targets": ("a", ", a", " = 1", 25_000),
    "error at the end": ("", "a = b\n", "=", 12_500),
}


@pytest.mark.parametrize("shape", LINEAR)
def test_work_is_linear(shape: str) -> None:
    before, unit, after, count = LINEAR[shape]
    parse_work(before + unit * 100 + after)  # the tables are loaded now
    small = parse_work(before + unit * (count // 8) + after)
    large = parse_work(before + unit * (count // 2) + after)
    assert large < 4.5 * small


def parse_work(source: str) -> int:
    """Calls of Python and C functions that a parse takes: the same number each time."""
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        message_of(source)
    finally:
        sys.setprofile(None)
    return calls


HUGE = {
    "comment openers": "--[[" * (MEGABYTE // 4),
    "string openers": "[" * MEGABYTE,
    "level openers": "[=" * (MEGABYTE // 2),
    "one long opener": "[" + "=" * (MEGABYTE - 1),
    "comment": "--" + "x" * (MEGABYTE - 2),
    "comments": "--\n" * (MEGABYTE // 3),
    "almost closed": "--[==[" + "]=" * (MEGABYTE // 2 - 3),
    "almost closed string": "x=[====[" + "]===" * (MEGABYTE // 4 - 2),
    "spaces": " " * MEGABYTE,
    "line ends": "\r\n" * (MEGABYTE // 2),
    "quotes": '"' * MEGABYTE,
    "escaped quotes": '"' + '\\"' * (MEGABYTE // 2 - 1),
    "unfinished lines": '"\\\n' * (MEGABYTE // 3),
    "skipped space": 'x="\\z' + " " * (MEGABYTE - 6) + '"',
    "digits": "x=" + "9" * (MEGABYTE - 2),
    "hexadecimal digits": "x=0x" + "F" * (MEGABYTE - 4),
    "fraction": "x=." + "1" * (MEGABYTE - 3),
    "dots": "." * MEGABYTE,
    "name": "x=" + "a" * (MEGABYTE - 2),
    "NULs": "\0" * MEGABYTE,
    "parentheses": "x=" + "(" * (MEGABYTE - 2),
    "calls": "f" + "()" * (MEGABYTE // 2 - 1),
    "minus": "x=" + "- " * (MEGABYTE // 2 - 1),
}


@pytest.mark.parametrize("shape", HUGE)
def test_a_megabyte_of_anything_is_soon_done_with(shape: str) -> None:
    message_of(HUGE[shape])  # quadratic work would take hours


def test_the_limit_is_in_bytes_and_exact() -> None:
    assert parse("x = 1", "x.lua", limit=5).name == "x.lua"
    for source in ("x = 12", b"x = 12", "é" * 6):
        with pytest.raises(Exception, match=r"^x\.lua:0: chunk is too long \(6 bytes, limit is 5\)$"):
            parse(source, "x.lua", limit=5)
    with pytest.raises(Exception, match="limit is 1048576"):
        parse(b" " * (MEGABYTE + 1), "x.lua")


def local_variables(count: int) -> str:
    return "".join(f"local v{number} " for number in range(count))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (local_variables(200), ""),
        (local_variables(201), "main function has more than 200 local variables"),
        ("do local a, b end " + local_variables(200), ""),
        (local_variables(200) + "f(function(a) " + local_variables(199) + " end)", ""),
        (local_variables(200) + "local function f() end", "main function has more than 200 local variables"),
        (local_variables(196) + "for i = 1, 2 do end for i = 1, 2 do end", ""),
        (local_variables(197) + "for i = 1, 2 do end", "main function has more than 200 local variables"),
        (local_variables(195) + "for k, v in f do end while x do local a end repeat local b until b", ""),
        (local_variables(196) + "for k, v in f do end", "main function has more than 200 local variables"),
        ("\nfunction f() " + local_variables(201) + " end", "function at line 2 has more than 200 local variables"),
    ],
    ids=lambda text: text[-60:],
)
def test_local_variables_are_limited_as_in_lua(source: str, message: str) -> None:
    assert message_of(source).partition(": ")[2] == message
