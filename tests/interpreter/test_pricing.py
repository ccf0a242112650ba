"""The pricing of a program: what nodes cost by their text, and that the code generator charges just that."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import keystone_lua.interpreter.codegen as codegen
from keystone_lua.interpreter import LuaSyntaxError, compile_program, costs, execute
from keystone_lua.interpreter.analysis.pricing import FREE, SPREAD, Ahead, Pricing, price
from keystone_lua.interpreter.codegen.builder import FunctionBuilder
from keystone_lua.interpreter.compile import compile_to_tree
from keystone_lua.interpreter.levels import LEVEL_0, LEVEL_1, Level
from keystone_lua.interpreter.linking import Linked, link_program
from keystone_lua.interpreter.syntax import nodes
from keystone_lua.interpreter.syntax.control_flow import CONSTANTS

from ..levels import corpus
from ..levels.compare import Case


def linked(source: str) -> Linked:
    return link_program(source.encode("latin-1"), "x.lua")


def priced(source: str, kind: type) -> tuple[Pricing, Any]:
    """The pricing of a source, and the first of its nodes of a kind."""
    found = linked(source)
    return price(found.resolution, found.chunks), next(part for part in below(*found.chunks) if isinstance(part, kind))


def below(*tops: Any) -> Iterator[Any]:
    """Nodes and all below them, in the order of the text."""
    waiting = list(reversed(tops))
    while waiting:
        yield (part := waiting.pop())
        waiting.extend(reversed(list(nodes.children(part))))


@pytest.mark.parametrize(
    ("expression", "kind", "instructions"),
    [
        ("1 + 2 * t", nodes.Arithmetic, costs.ARITHMETIC),
        ("t - s + 1", nodes.Arithmetic, 2 * costs.ARITHMETIC),
        ("2 ^ t", nodes.Arithmetic, costs.POWER),
        ("t == s", nodes.Comparison, costs.COMPARE),
        ("t and s and f", nodes.Logical, 3 * costs.LOGIC),
        ("not t", nodes.Unary, costs.NOT),
        ("-t", nodes.Unary, costs.ARITHMETIC),
        ("-1", nodes.Unary, 0),
        ("#t", nodes.Unary, costs.LENGTH),
        ("t .. s .. f", nodes.Concat, 3 * costs.CONCAT),
        ("t.x", nodes.Index, costs.INDEX),
        ("math.floor", nodes.Index, costs.INDEX - costs.GLOBAL),
        ("math.other", nodes.Index, costs.INDEX),
        ("f(1, 2)", nodes.Call, costs.CALL + 2 * costs.ARGUMENT),
        ("s:len(1)", nodes.MethodCall, costs.INDEX + costs.CALL + 2 * costs.ARGUMENT),
        ("select(1, ...)", nodes.Call, costs.CALL + 2 * costs.ARGUMENT + costs.SELECT),
        ("t", nodes.Name, 0),
        ("g", nodes.Name, costs.GLOBAL),
    ],
)
def test_an_expressions_own_price(expression: str, kind: type, instructions: int) -> None:
    source = f"local t, s, f, v = nil return function(...) return {expression}, nil end"
    pricing, function = priced(source, nodes.Function)
    (only,) = function.body.statements
    node = only.values[0]
    assert isinstance(node, kind)
    assert pricing.own.get(node, FREE) == (instructions, 0)


def test_several_values_are_spread_where_they_are_copied() -> None:
    for source, expected in {
        "return ...": FREE,
        "return 1, ...": SPREAD,
        "f(...)": SPREAD,
        "local a, b = ...": FREE,
        "local a = (...)": FREE,
        "local t = {...}": SPREAD,
        "local n = select(2, ...)": FREE,
        "f(select(2, ...))": SPREAD,
        "for k in ... do end": SPREAD,
    }.items():
        pricing, node = priced(source, nodes.Vararg)
        assert pricing.own.get(node, FREE) == expected, source


def test_a_call_that_is_asked_for_all_its_values_is_no_select() -> None:
    for source, count in {
        "return (select(2, ...))": 1,
        "return select(2, ...)": 0,
        "for k in pairs(select(1, ...)) do end": 0,
    }.items():
        assert len(priced(source, nodes.Chunk)[0].selects) == count, source


def test_targets() -> None:
    for source, expected in {
        "a = 1": costs.ASSIGN + costs.ASSIGN_INDEX,
        "local a a = 1": costs.ASSIGN,
        "local a a.x = 1": costs.ASSIGN_INDEX,
    }.items():
        pricing, node = priced(source, nodes.Assign)
        assert pricing.own[node.targets[0]] == (expected, 0), source


def test_a_rounds_price_and_how_it_is_paid() -> None:
    for source, kind, head, ahead in [
        ("while x do end", nodes.While, costs.LOOP, None),
        ("repeat until x", nodes.Repeat, costs.LOOP, None),
        ("for i = 1, 3 do end", nodes.NumericFor, costs.LOOP, Ahead(1.0, 1.0, 3)),
        ("for i = 5, 1 do end", nodes.NumericFor, costs.LOOP, Ahead(5.0, 1.0, 0)),
        ("for i = 0, n, 2 do end", nodes.NumericFor, costs.LOOP, Ahead(0.0, 2.0, 0)),
        ("for i = 1, n do if x then break end end", nodes.NumericFor, costs.LOOP, None),
        ("for i = 1, n do while x do break end end", nodes.NumericFor, costs.LOOP, Ahead(1.0, 1.0, 0)),
        ("for i = n, 1 do end", nodes.NumericFor, costs.LOOP, None),
        ("for i = 1, n do i = 2 end", nodes.NumericFor, costs.LOOP, None),
        ("for k, v in pairs(t) do end", nodes.GenericFor, costs.LOOP + costs.INDEX, None),
        ("for k, v, w in pairs(t) do end", nodes.GenericFor, costs.LOOP + costs.CALL, None),
        ("for k, v in pairs(...) do end", nodes.GenericFor, costs.LOOP + costs.CALL, None),
        ("for k, v in next, t do end", nodes.GenericFor, costs.LOOP + costs.CALL, None),
        ("local pairs for k, v in pairs(t) do end", nodes.GenericFor, costs.LOOP + costs.CALL, None),
    ]:  # fmt: skip
        pricing, node = priced(source, kind)
        assert (pricing.heads[node], pricing.ahead.get(node)) == ((head, 0), ahead), source


def test_what_closures_share_takes_bytes() -> None:
    pricing, loop = priced("for i = 1, 2 do local a = 1 f = function() a = a + i return a end end", nodes.NumericFor)
    (local, _) = loop.body.statements
    assert pricing.fresh[loop] == costs.UPVALUE
    assert pricing.own[local] == (costs.ASSIGN, costs.BOX)


def test_a_constructor_pays_for_its_entries_unless_a_key_is_computed() -> None:
    for source, entries in {"{1, 2, x = 3}": 3, "{1, [k] = 2}": 1, "{}": 0}.items():
        pricing, node = priced(f"return {source}", nodes.Table)
        assert pricing.tables[node] == costs.TABLE + costs.ENTRY * entries


def test_an_operand_behind_a_constant_that_decides_is_charged_too() -> None:
    """In a condition it always was; as a value it was not."""
    counts = {
        execute(compile_program(source, "x")).instructions
        for source in (b"local g = {} local x = g or g.x", b"local g = {} local x = true or g.x")
    }
    assert counts == {costs.FUNCTION + 2 * costs.ASSIGN + costs.TABLE_OP + 2 * costs.LOGIC + costs.INDEX}


class Taken(dict[Any, tuple[int, int]]):
    """A table of prices that counts who asks."""

    def __init__(self, prices: Any) -> None:
        super().__init__(prices)
        self.asked: Counter[Any] = Counter()

    def __getitem__(self, key: Any) -> tuple[int, int]:
        self.asked[key] += 1
        return super().__getitem__(key)

    def get(self, key: Any, default: Any = None) -> Any:
        self.asked[key] += key in self
        return super().get(key, default)


def uncharged(found: Linked, level: Level) -> list[str]:
    """Nodes whose prices the code generator takes any other number of times than once."""
    tables: list[Taken] = []

    class Builder(FunctionBuilder):
        def __init__(self, resolution: Any, pricing: Pricing, *rest: Any) -> None:
            tables.extend([Taken(pricing.own), Taken(pricing.heads), Taken(pricing.tables), Taken(pricing.fresh)])
            names = ("own", "heads", "tables", "fresh")
            super().__init__(resolution, replace(pricing, **dict(zip(names, tables, strict=True))), *rest)

    compile_to_tree(found, Builder, level)
    never = set(never_emitted(found))
    return [
        f"{type(node).__name__} in line {node.line}: {table.asked[node]} times"
        for table in tables
        for node in table
        if table.asked[node] != 1 and node not in never
    ]


def never_emitted(found: Linked) -> Iterator[Any]:
    """What a constant that decides keeps from being reached: bodies and tables. And labels: few need a part of code."""
    for part in below(*found.chunks):
        if isinstance(part, nodes.Label):
            yield part
        elif isinstance(part, nodes.Logical):
            place = next((n for n, each in enumerate(part.operands) if isinstance(each, CONSTANTS)), len(part.operands))
            for inner in below(*part.operands[place + 1 :]):
                if isinstance(inner, nodes.Table):
                    yield inner
                elif isinstance(inner, nodes.Function):
                    yield inner  # of which the head is not taken
                    yield from below(inner.body)


def programs() -> Iterator[Case]:
    yield from corpus.files()
    yield from corpus.bundled(0)
    yield from corpus.random_programs(range(100))
    yield from corpus.random_price_programs(range(100))


def check(cases: Iterable[Case]) -> int:
    count = 0
    for case in cases:
        try:
            found = link_program(case.source, case.name, case.modules)
        except LuaSyntaxError:
            continue
        count += 1
        for level in (LEVEL_0, LEVEL_1):
            assert uncharged(found, level) == [], case.name
    return count


def test_every_price_is_taken_once_at_every_level() -> None:
    assert check(case for number, case in enumerate(programs()) if number % 10 == 0) > 40


@pytest.mark.slow
def test_every_price_of_every_program_is_taken_once_at_every_level() -> None:
    assert check(programs()) > 400


AT_RUN_TIME = {"LIBRARY", "STRING", "ENTRY", "VALUE", "FREE_VALUES", "COPY", "SCAN"}
"""What the code generator may know of the cost table: what depends on values, and the sizes that its fast cases end at."""


def test_the_code_generator_decides_no_price() -> None:
    for path in Path(codegen.__path__[0]).glob("*.py"):
        tree = ast.parse(path.read_text())
        named = {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "costs"
        }
        assert named <= AT_RUN_TIME, path.name
