"""The builder: names, operands, sites, segments, height."""

from __future__ import annotations

from keystone_lua.interpreter.codegen.builder import MAX_HEIGHT
from keystone_lua.interpreter.codegen.segments import Segment
from keystone_lua.interpreter.levels import LEVEL_0
from keystone_lua.interpreter.syntax import nodes

from .support import body, charged, each, entered, tree


def test_temporaries_are_used_again_by_the_next_statement() -> None:
    first, second = body("local x, y x = b.y.z y = b.y.z", level=LEVEL_0)[-3:-1]
    assert first.replace("v5", "v6") == second
    assert "t1 :=" in first


def test_an_operand_that_is_needed_twice_is_emitted_once() -> None:
    (line,) = body("return a.b.c.d, nil")
    assert line.count("'b'") == 3  # of a table, an object, or by the run
    assert line.count("v2['b']") == 2


def test_a_tall_expression_is_a_function_and_its_calls_run_one_deeper() -> None:
    def tall(height: int) -> list[str]:
        return body(f"return {'g(' * height}1{')' * height}, nil", "g")

    assert not any(line.startswith("def x") for line in tall(MAX_HEIGHT - 2))
    lines = tall(MAX_HEIGHT + 4)
    assert sum(line.startswith("def x") for line in lines) == 1
    (inner,) = [line for line in lines if line.startswith("    return ")]
    assert "v2(d + 2" in inner


def test_sites_tell_lines_and_operands() -> None:
    _, builder, _ = tree("local t = {}\nlocal x = t.a\n  + g")
    described = {(site.line, site.names) for site in builder.sites if site.names}
    assert (3, ("field 'a'", "global 'g'")) in described
    assert (3, ("local 't'",)) in described  # as lua5.1 has it
    assert len(builder.sites) == len(set(builder.sites))


def test_what_a_local_may_become_while_an_operand_is_evaluated() -> None:
    _, builder, chunk = tree("local n, m, c = 0, 0, 0 local function g() n = c end return n, m, c, g()")
    names = {node.name: node for node in each(chunk.body.statements[-1], nodes.Name)}
    call = next(each(chunk.body.statements[-1], nodes.Call))
    entered(builder, builder.resolution.scopes[chunk])
    assert [builder.is_simple(names[name]) for name in "nmc"] == [False, True, True]
    assert [builder.is_late(names[name], call) for name in "nmc"] == [True, False, False]
    assert not builder.is_late(names["n"], names["m"])


def test_a_segment_that_charges_for_others_knows_what_is_whose() -> None:
    before = Segment(5, 100)
    later = before.moved()
    assert not before.is_due()
    inner = Segment(7)
    inner.add(later)
    assert (inner.instructions, inner.bytes, inner.own()) == (12, 100, (7, 0))
    assert [price for price in inner.due if any(price)] == [(5, 100)]
    assert [price for price in inner.with_price(3).due if any(price)] == [(5, 100), (7, 0)]


def test_neighbours_are_charged_together_and_what_may_leave_ends_a_segment() -> None:
    def count(statements: str) -> int:
        return sum(line.lstrip().startswith("fuel -=") for line in charged(statements))

    assert count("local x = a local y = g(b) local z = y") == 1
    assert count("local x = a if x.y then return x end local z = x") == 3
