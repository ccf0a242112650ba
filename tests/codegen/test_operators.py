"""Operators: what is tested at run time, what is known, and who decides the rest."""

from __future__ import annotations

import pytest

from .support import body, value

NUMBERS = "local x, y = 1, 2 "


def test_what_is_known_is_not_tested() -> None:
    assert body(NUMBERS + "return x + y * x, nil")[-1] == "return (v5 + v6 * v5, None)"
    assert body(NUMBERS + "return x < y, nil")[-1] == "return (TRUE if v5 < v6 else FALSE, None)"
    assert value("-1") == "-1.0"


def test_two_floats_are_done_here_and_everything_else_by_operations() -> None:
    assert value("a + b") == "v2 + v3 if v2.__class__ is v3.__class__ is float else add(run, d, v2, v3)"
    assert value("-a") == "-v2 if v2.__class__ is float else negate(run, d, v2)"


def test_a_known_operand_leaves_one_test() -> None:
    assert value("a + 1") == "v2 + 1.0 if v2.__class__ is float else add(run, d, v2, 1.0)"
    assert value("2 * a") == "2.0 * v2 if v2.__class__ is float else multiply(run, d, 2.0, v2)"


def test_a_divisor_is_tested_unless_it_is_a_numeral_other_than_zero() -> None:
    assert " and v3 else divide_values(run, d, v2, v3)" in value("a / b")
    assert value("a / 2") == "v2 / 2.0 if v2.__class__ is float else divide_values(run, d, v2, 2.0)"
    assert "and 0.0 else" in value("a / 0")


def test_a_remainder_is_computed_as_c_does() -> None:
    """Python's % is exact, and PUC's luai_nummod is not."""
    assert value("a % b").startswith("v2 - v2 / v3 // 1.0 * v3 if")


@pytest.mark.parametrize(
    ("symbol", "slow"),
    [
        ("<", "less(run, d, v2, v3)"),
        ("<=", "less_equal(run, d, v2, v3)"),
        (">", "less(run, d, v3, v2)"),
        (">=", "less_equal(run, d, v3, v2)"),
    ],
)
def test_operations_know_two_orders(symbol: str, slow: str) -> None:
    assert f"v2 {symbol} v3 if" in value(f"a {symbol} b")
    assert f"else {slow}" in value(f"a {symbol} b")


def test_equality_by_identity_or_pythons_where_a_side_is_known() -> None:
    assert value("a == nil") == "TRUE if v2 is None else FALSE"
    assert value("false ~= a") == "TRUE if v2 is not FALSE else FALSE"
    assert value("a == 1") == "TRUE if v2 == 1.0 else FALSE"
    assert value("'x' == a") == "TRUE if v2 == 'x' else FALSE"
    assert "equal(run, d, " in value("a == b")
    assert "equal(run, d, " in value(f"a == '{'x' * 512}'")  # comparing it has a price


def test_a_local_that_the_right_operand_may_change_is_read_after_it() -> None:
    made = body("local n = 0 local function g() n = 1 return 1 end return n + g(), nil")[-1]
    assert made.startswith("return (v5 + t1 if (t1 := v6(d + 1)).__class__ is v5.__class__ is float else")


def test_conditions_are_pythons() -> None:
    lines = body("if a == nil and not b then return 1 end")
    assert "if v2 is None and (not (v3 is not None and v3 is not FALSE)):" in lines


def test_a_constant_that_decides_leaves_nothing_to_test() -> None:
    assert value("true or a") == "TRUE"
    assert value("nil and a") == "None"
    assert value("false or a") == "v2"


def test_a_long_chain_is_a_function_of_statements() -> None:
    lines = body(f"return {' + '.join(['a'] * 26)}, nil")
    assert [line for line in lines if line.startswith("def x")] != []
    assert len([line for line in lines if line.startswith("    t1 = ")]) == 26


def test_up_to_four_texts_are_joined_here() -> None:
    assert value("a .. b .. c .. a").startswith("v2 + v3 + v4 + v2 if")
    assert value("a .. b .. c .. a .. b") == "concat(run, d, v2, v3, v4, v2, v3)"
    assert value("'a' .. 'b'") == "concat(run, d, 'a', 'b')"
