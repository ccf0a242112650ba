"""Values on their way between Python and Lua: what they become, what is refused, what they cost."""

from __future__ import annotations

import math
import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keystone_lua import HostFunction, Limits, LuaObject, LuaTable, compile_program, execute
from keystone_lua.embedding import values
from keystone_lua.embedding.text import inside, outside

BACK = compile_program("return ...")
execute(BACK)  # the first run raises Python's limit of recursion, which hypothesis would take for an example's doing


def back(*given: Any) -> tuple[Any, ...]:
    """Values to Lua and back."""
    return execute(BACK, arguments=given).raise_for_failure().values


def ran(source: str | bytes, **host: Any) -> Any:
    return execute(compile_program(source), host=host).raise_for_failure().value


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, min_size=1) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)


@given(PLAIN)
@settings(max_examples=150, deadline=None)
def test_plain_data_comes_back_as_it_went(data: Any) -> None:
    (value,) = back(data)
    assert (value.to_python() if isinstance(value, LuaTable) else value) == data


@given(st.binary())
@settings(max_examples=100, deadline=None)
def test_no_byte_is_lost(data: bytes) -> None:
    text = outside(inside(data, "x"))
    assert text.encode("utf-8", "surrogateescape") == data
    assert inside(text, "x") == data.decode("latin-1")


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("nil", None), ("true", True), ("1", 1), ("1.5", 1.5), ("2^53", 2**53), ("2^54", 2.0**54),
        ("'é'", "é"), (r"'\255'", "\udcff"), ("1/0", math.inf),
    ],
)  # fmt: skip
def test_lua_values_as_python_has_them(source: str, value: Any) -> None:
    made = ran(f"return {source}")
    assert (made, type(made)) == (value, type(value))


def test_no_values_and_several() -> None:
    assert back() == ()
    assert back(1, None, "x") == (1, None, "x")


def test_a_table_is_read_by_luas_keys() -> None:
    table = ran("return {10, 20, name = 'x', [true] = 'yes', [0.5] = {}, [5] = 50}")
    assert (table[1], table[2.0], table["name"], table[True], table[5]) == (10, 20, "x", "yes", 50)
    assert len(table) == 6
    assert set(table) == {1, 2, "name", 0.5, 5}
    assert table.array() == [10, 20]
    assert (table.get("nothing"), 3 in table, False in table) == (None, False, False)
    with pytest.raises(KeyError):
        table[3]
    with pytest.raises(TypeError):
        table[1] = 2
    assert (repr(table), repr(ran("return {1}"))) == ("<LuaTable of 6 entries>", "<LuaTable of 1 entry>")


def test_what_a_table_is_in_python() -> None:
    assert ran("return {}").to_python() == {}
    assert ran("return {1, {2, x = {3}}}").to_python() == [1, {1: 2, "x": [3]}]
    assert ran("return {1, nil, 3}").to_python() == {1: 1, 3: 3}
    with pytest.raises(ValueError, match="True and 1 are both keys"):
        ran("return {1, [true] = 2}").to_python()


def test_scattered_numbers_and_long_texts_are_keys_too() -> None:
    table = ran("local t = {} for i = 1, 40 do t[i * 1000] = i end t[('x'):rep(600)] = 'long' return t")
    assert table.to_python() == {**{i * 1000: i for i in range(1, 41)}, "x" * 600: "long"}
    assert back({**{i * 1000: i for i in range(1, 41)}, "x" * 600: "long"})[0].to_python() == table.to_python()


def test_what_a_script_has_twice_is_there_once() -> None:
    table = ran("local t = {} t.self, t.other = t, {} t.again = t.other return t")
    assert table["self"] is table
    assert table["again"] is table["other"]
    with pytest.raises(ValueError, match="in a circle"):
        table.to_python()


def test_a_small_table_that_is_huge_when_written_out() -> None:
    table = ran("local t = {1} for i = 1, 60 do t = {t, t} end return t")
    with pytest.raises(ValueError, match="more than 1000000 values"):
        table.to_python()


def test_a_deep_table() -> None:
    table = ran("local t = {} for i = 1, 20000 do t = {t} end return t")
    assert len(table) == 1
    with pytest.raises(ValueError, match="deeper than 100 levels"):
        table.to_python()


def test_a_long_text_in_many_places_is_made_once() -> None:
    table = ran("local s, t = ('é'):rep(100000), {} for i = 1, 1000 do t[i] = s end return t")
    assert all(text is table[1] for text in table.array())


def test_a_global_table_outlives_the_run() -> None:
    assert ran("t = {1, {2}} return t").to_python() == [1, [2]]


def test_values_that_python_can_only_hold() -> None:
    found = execute(
        compile_program("return print, coroutine.create(function() end), require('ip').matcher({'10.0.0.0/8'})")
    ).values
    assert [repr(value) for value in found] == [
        "<LuaObject: a function>",
        "<LuaObject: a thread>",
        "<LuaObject: a userdata>",
    ]
    with pytest.raises(ValueError, match=r"arguments\[0\]: a Lua function of another run"):
        back(found[0])


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        (2**53 + 1, ValueError, "does not hold 9007199254740993"),
        (10**400, ValueError, "give it as text"),
        ([1, None], ValueError, r"arguments\[0\]\[1\]: None would be a hole"),
        ({"a": {"b": object()}}, TypeError, r"arguments\[0\].a.b: object is no Lua value"),
        ({None: 1}, TypeError, "a key must be str, a number or bool, not NoneType"),
        ({b"x": 1}, TypeError, "a key must be str"),
        ({math.nan: 1}, ValueError, "NaN is no key"),
        ({1, 2}, TypeError, "set is no Lua value"),
        (print, TypeError, r"wrap it as HostFunction\(function, price=...\)"),
        ("\ud800", ValueError, "U\\+D800 is half of a character"),
    ],
)
def test_what_lua_has_no_word_for(value: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        back(value)


def test_a_list_within_itself() -> None:
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(ValueError, match="nests deeper than 100 levels, or in a circle"):
        back(circle)


def test_python_data_is_copied() -> None:
    data = {"list": [1, 2]}
    assert ran("config.list[1] = 9 config.more = 1 return config.list[1]", config=data) == 9
    assert data == {"list": [1, 2]}


def test_tables_can_be_pickled() -> None:
    table = pickle.loads(pickle.dumps(ran("return {1, f = print}")))
    assert table[1] == 1
    assert isinstance(table["f"], LuaObject)


# what they cost


@pytest.mark.parametrize("data", [["x"] * 1000, {str(n): n for n in range(1000)}, "é" * 100_000, b"x" * 200_000])
def test_what_a_host_gives_is_paid_for(data: Any) -> None:
    nothing, given = (execute(BACK, arguments=[value]) for value in ("", data))
    assert given.allocated_bytes - nothing.allocated_bytes > 100_000
    failure = execute(BACK, Limits(memory=given.allocated_bytes - 1), arguments=[data]).failure
    assert failure is not None
    assert failure.kind == "memory"


def test_what_a_script_gives_is_paid_for() -> None:
    """A host function of one instruction that is given a table of 10,000 entries costs as many copies."""
    source = "local t = {} for i = 1, 10000 do t[i] = i end for i = 1, N do f(t) end"
    none, ten = (
        execute(compile_program(source.replace("N", n)), Limits(memory=1 << 30), host={"f": HostFunction(len, 1)})
        for n in ("0", "10")
    )
    assert ten.instructions - none.instructions > 10 * 10_000 * values.NODE
    assert ten.allocated_bytes - none.allocated_bytes > 10 * 10_000 * 100
