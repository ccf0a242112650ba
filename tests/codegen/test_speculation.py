"""Speculation: which expressions are tried without guards, and what is charged for them afterwards."""

from __future__ import annotations

import pytest

from keystone_lua.interpreter import costs
from keystone_lua.interpreter.codegen.speculated_calls import attempt
from keystone_lua.interpreter.codegen.speculation import Charged
from keystone_lua.interpreter.levels import LEVEL_0, LEVEL_1, Level
from keystone_lua.interpreter.syntax import nodes

from .support import each, entered, tree


def tried(expression: str, before: str = "", test: bool = False, level: Level = LEVEL_1) -> Charged | None:
    """What would be tried for an expression of parameters that nothing is known of."""
    source = (
        f"{before} local function f(a, b, i) while i do local x = {expression} end end f() f(1, 2, 3) f({{}}, '', nil)"
    )
    _, builder, chunk = tree(source, level)
    node = next(local.values[0] for local in each(chunk, nodes.Local) if local.names == ("x",))
    function = next(each(chunk, nodes.Function))
    builder.out = []
    return attempt(entered(builder, builder.resolution.scopes[function]), node, test)


@pytest.mark.parametrize(
    "expression", ["a.x + 1", "a[i] * b[i]", "a + b", "a.x.y", "-a", "math.floor(a / 2)", "string.byte(a, i)"]
)
def test_tried(expression: str) -> None:
    assert tried(expression) is not None


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("a", "there is no guard to save"),
        ("1 + 2", "likewise"),
        ("#a + 1", "likewise: the length is tested in either form"),
        ("g(a)", "a call may run Lua code"),
        ("a:m()", "likewise"),
        ("{a}", "a table has a price"),
        ("a .. b", "joining has a price"),
        ("function() end", "so has a closure"),
        ("a[i * 1000 + b]", "such keys lie scattered"),
        ("a and string.byte(b, 1) + 1", "a price that may not be due"),
        ("string.rep(a, 2)", "the function has no such form"),
    ],
)  # fmt: skip
def test_not_tried(expression: str, why: str) -> None:
    assert tried(expression) is None, why


def test_a_metamethod_in_the_program_makes_plain_names_doubtful() -> None:
    meta = "local m = {__add = function() end}"
    assert tried("a + b") is not None
    assert tried("a + b", meta) is None
    assert tried("a - b", meta) is not None


def test_a_field_that_no_function_sets_is_not_looked_for_where_there_are_classes() -> None:
    classes = "local m = {} m.__index = m"
    assert tried("a.x + 1", classes) is None
    assert tried("a.x + 1", classes + " function m.set(o) o.x = 1 end") is not None


def test_a_library_functions_price_is_due_once_it_has_its_value() -> None:
    made = tried("string.byte(a, i) + 1")
    assert made is not None
    assert {name: (price.instructions, price.bytes) for name, price in made.prices.items()} == {
        "string.byte": (costs.LIBRARY["string.byte"], 0)
    }
    made = tried("string.sub(a, i, i) == b")
    assert made is not None
    assert made.prices["string.sub"].bytes == costs.STRING + 1


def test_a_function_that_may_have_been_replaced_is_not_tried() -> None:
    assert tried("math.floor(a)", "math.floor = nil") is None


def test_without_speculation_nothing_is_tried() -> None:
    assert tried("a.x + 1", level=LEVEL_0) is None


def test_a_test_must_save_two_guards() -> None:
    assert tried("a < b", test=True) is None
    assert tried("a.x < b.x", test=True) is not None
