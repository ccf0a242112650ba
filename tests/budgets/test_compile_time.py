"""What a program may ask of the compiler: both sides of each limit, and that what is refused is refused by name.

``python -m tests.budgets compile`` measures the time and the memory that the limits stand for.
"""

from __future__ import annotations

import re

import pytest

from keystone_lua.interpreter import LuaSyntaxError, compile_program
from keystone_lua.interpreter.analysis.compile_cost import cost_of
from keystone_lua.interpreter.limits import MAX_COMPILE_COST, MAX_TOKENS
from keystone_lua.interpreter.syntax.parser import parse

from .shapes import SHAPES

MEGABYTE = 1 << 20
CHEAP = [
    "blank lines",
    "a comment that looks like blocks",
    "long string",
    "escapes",
    "many comments",
    "unfinished long string",
    "brackets",
    "digits",
]


def message(source: str) -> str:
    try:
        compile_program(source.encode("latin-1"), "t")
    except LuaSyntaxError as error:
        return error.message
    return ""


def test_tokens() -> None:
    """``return``, braces and pairs of a field and a comma: with the end of the source exactly the limit, and one more."""
    fields = "1," * ((MAX_TOKENS - 4) // 2)
    parse(f"return{{{fields}}}".encode(), "t")
    with pytest.raises(LuaSyntaxError, match="t:1: chunk has more than 200000 tokens near '<eof>'"):
        parse(f"return{{{fields}1}}".encode(), "t")


def test_weight() -> None:
    unit = cost_of(parse(b"f'' f''", "t")) - cost_of(parse(b"f''", "t"))
    most = MAX_COMPILE_COST // unit
    assert message("f'' " * (most // 4)) == ""
    refused = message("f'' " * (most + 1))
    assert re.match(rf"t:1: chunk has too many operations \(\d+ units, limit is {MAX_COMPILE_COST}\)$", refused)


def test_modules_count_as_well() -> None:
    half = b"f'' " * (MAX_COMPILE_COST // 2 // 13)
    program = b"require 'a' require 'b' require 'c'"
    with pytest.raises(LuaSyntaxError, match=r"lib/[abc]\.lua:1: chunk has too many operations"):
        compile_program(program, "t", {"a": half, "b": half, "c": half})


def test_a_module_counts_even_if_it_is_empty() -> None:
    """12,000 of them took 9 s."""
    program = " ".join(f"require 'm{number}'" for number in range(5000)).encode()
    with pytest.raises(LuaSyntaxError, match=r"lib/m\d+\.lua:1: chunk has too many operations"):
        compile_program(program, "t", {f"m{number}": b"" for number in range(5000)})


@pytest.mark.parametrize("shape", CHEAP)
def test_a_megabyte_without_many_tokens(shape: str) -> None:
    message(SHAPES[shape](MEGABYTE))


@pytest.mark.parametrize("shape", [name for name in SHAPES if name not in CHEAP])
def test_a_megabyte_of_the_others_is_refused(shape: str) -> None:
    """Sixteenth parts of a megabyte are enough to know: the cost of a shape is linear in its length."""
    source = SHAPES[shape](MEGABYTE // 64).encode("latin-1")
    try:
        cost = cost_of(parse(source, "t"))
    except LuaSyntaxError:
        return
    tokens = len(re.findall(rb"\w+|[^\w\s]", source))
    assert cost * 64 > MAX_COMPILE_COST or tokens * 64 > MAX_TOKENS or len(source) > 64 * tokens
