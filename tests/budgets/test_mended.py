"""Holes whose file in tests/lua/security ends by a budget with or without the mend: the price that mends each, by the file's name."""

from __future__ import annotations

import gc
from collections.abc import Callable
from types import CodeType

import pytest

from keystone_lua.interpreter import compile_program
from keystone_lua.interpreter.modules import accept, ip
from keystone_lua.interpreter.runtime import lines

from .suites import ROOMY, again


def price(call: str, before: str = "") -> int:
    """Instructions of an expression."""
    with_call, without = (
        again(compile_program(f"{before} local x = {text}".encode(), "t"), ROOMY) for text in (call, "nil")
    )
    assert with_call.failure is None
    return with_call.instructions - without.instructions


def test_k26_digits_of_a_number_that_many_zeros_stand_before() -> None:
    for form in ("%.99e", "%.99f", "%.99g"):
        assert price(f"('{form}'):format(5e-324)") >= price(f"('{form}'):format(1.5)") + 60


@pytest.mark.parametrize("call", ["#debug.traceback('x', DEPTH - 5)", "debug.getinfo(DEPTH - 5).currentline"])
def test_k28_levels_that_debug_passes_over(call: str) -> None:
    def spent(depth: int) -> int:
        before = (
            f"local DEPTH = {depth} local function down(n) if n > 0 then return 0 + down(n - 1) end return ANSWER end"
        )
        return price("down(DEPTH)", before.replace("ANSWER", call)) - price(
            "down(DEPTH)", before.replace("ANSWER", "1")
        )

    assert spent(400) - spent(100) >= 300 * 48


def test_k29_computed_keys_and_holes() -> None:
    """4 µs were 12 instructions, as for a constructor without computed keys."""
    assert price("{[k] = 1, nil}", "local k = 2") >= 2 * price("{1, nil}")
    assert price("{[k + 0.5] = 1, [k / 3] = 2, 5, nil, 6}", "local k = 2") >= 4 * price("{5, nil, 6}")


@pytest.mark.parametrize("walk", ["for k in pairs(t) do break end", "local _ = next(t, 1)", "table.foreach(t, type)"])
def test_k32_the_order_of_keys(walk: str) -> None:
    def spent(size: int, walk: str) -> int:
        text = f"local t = {{}} for i = 1, {size} do t[i] = i end {walk}"
        return again(compile_program(text.encode(), "t"), ROOMY).instructions

    walked = [spent(size, walk) - spent(size, "") for size in (800, 8_000)]
    assert walked[1] - walked[0] >= (8_000 - 800) // 8


def test_k34_small_tables_with_keys_that_lie_apart() -> None:
    def spent(text: str) -> int:
        return again(compile_program(f"local t = {{1, 2, 3, 4, 5, 6, 7}} {text}".encode(), "t"), ROOMY).instructions

    sparse = "t[20] = 1 t[30] = 1 t[40] = 1 "
    assert spent(sparse + "t[3] = nil") - spent(sparse) >= spent("t[3] = nil") - spent("") + 16 * 10
    assert spent("t[20] = 1") == spent("t[8] = 1") + 4


@pytest.mark.cpython
@pytest.mark.parametrize("name", ["_G", "load", "package"])
def test_what_a_runs_start_takes_is_bounded(name: str) -> None:
    """Library functions of all names: nobody pays for them."""
    program = compile_program(f"return {name} and 1".encode(), "t")
    again(program, ROOMY)
    gc.collect()
    import tracemalloc

    tracemalloc.start()
    again(program, ROOMY)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 48_000


class Uncopied(str):
    """A text that is long."""

    __slots__ = ()

    def __add__(self, other: str) -> str:
        raise AssertionError("a copy")

    def partition(self, separator: str) -> tuple[str, str, str]:
        raise AssertionError("a copy")

    def removeprefix(self, prefix: str) -> str:
        raise AssertionError("a copy")


@pytest.mark.parametrize("rank", [accept.language_rank, accept.type_rank, accept.encoding_rank])
def test_l01_an_offer_makes_no_copy_of_a_range(rank: Callable[[accept.Range, accept.Offer], int]) -> None:
    value = Uncopied("abc")
    wanted = accept.Range(value, (), 1000, "abc")
    for text in ("abcd", "ab", "x-abc", ""):
        rank(wanted, accept.Offer(text, frozenset()))


class Unscanned(str):
    """A text of megabytes."""

    __slots__ = ()

    def __contains__(self, piece: object) -> bool:
        raise AssertionError("looked through")

    def __len__(self) -> int:
        return 9_000_000


def test_m05_nothing_is_looked_for_in_what_is_too_long_for_an_address() -> None:
    assert ip.address_of(Unscanned("10.0.0.1")) is None
    assert ip.network_of("10.0.0.1") is not None


def test_m06_each_value_pays_for_its_copy_of_the_name() -> None:
    text = "local t = {} for i = 1, 100 do t[i] = '' end return #require('ngx').encode_args{[('a'):rep(10000)] = t}"
    found = again(compile_program(text.encode(), "t"), ROOMY)
    assert found.values == (str(100 * 10_002 - 1),)
    assert found.allocated_bytes > 2 * 100 * 10_000


@pytest.mark.parametrize("key", ["k * 2 ^ 61", "k * 2 ^ -122"])
def test_t20_t21_keys_that_have_no_neighbour(key: str) -> None:
    """Less 1 they are what they were, or all of them -1, so that each seemed to stand above another."""

    def spent(text: str) -> int:
        before = "local t = {[-1] = 1} local function store(k, v) t[k] = v end"
        return again(compile_program(f"{before} {text} local x = t[7] return x".encode(), "t"), ROOMY).instructions

    far = f"for k = 3, 90, 3 do store({key}, k) t[{key}] = k end"
    near = "for k = 3, 90, 3 do store(k * 1 + 0, k) t[k * 1 + 0] = k end"
    assert abs(spent(far) - spent(near)) < 30 * 12  # both have become tables of scattered keys


def test_k38_long_functions_keep_a_table_of_their_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    table = lines._table

    def noted(code: CodeType) -> lines._Table:
        made.append(code.co_name)
        return table(code)

    monkeypatch.setattr(lines, "_table", noted)
    body = "\n".join(f"x = y + {n}" for n in range(600))
    text = f"local function late(x)\nlocal y = 2\nif x then\n{body}\nend\nreturn y.y.z\nend\nlocal a, b"
    text += "\nfor i = 1, 5 do a, b = pcall(late) end\nlocal _, c = pcall(late, {})\nreturn b, c"
    result = again(compile_program(text.encode(), "t"), ROOMY)
    assert result.values == ("t:605: attempt to index local 'y' (a number value)",) * 2
    assert len(made) == 1


def test_lines_are_cpythons() -> None:
    body = "\n".join(f"x = y + {n}" for n in range(600))
    code = compile_program(f"local x, y = 1, 2\n{body}".encode(), "t").main
    assert lines.is_long(code)
    for start, end, line in code.co_lines():
        assert {lines.line_of(code, offset, {}) for offset in (start, end - 2)} == {line or 0}
