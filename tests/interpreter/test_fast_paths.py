"""The run's fast paths: what each finds, what it pays, and what it leaves to operations."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from keystone_lua.interpreter import costs
from keystone_lua.interpreter.execution import fast_paths
from keystone_lua.interpreter.runtime.values import MetaTable, Table

FUEL, BYTES = 1000, 5000


class Refuelled(Exception):
    pass


class Run:
    """What fast paths ask of a run; nothing is granted."""

    native_call_depth = 14
    depth_limit = 100

    def refuel(self, depth: int) -> None:
        raise Refuelled(depth)


def made(factory: Callable[..., Any], fuel: int = FUEL) -> tuple[Any, Callable[[], tuple[int, int]]]:
    """A fast path, and what it has charged so far."""
    path = factory(Run(), fuel, BYTES)

    def charged() -> tuple[int, int]:
        cells = inspect.getclosurevars(path).nonlocals
        return fuel - cells["fuel"], BYTES - cells.get("alloc", BYTES)

    return path, charged


def meta(index: Any = None, call: Any = None) -> MetaTable:
    """An object whose metatable has these handlers."""
    o = Table()
    o.meta = Table({"__index": index, "__call": call})
    o.__class__ = MetaTable
    assert isinstance(o, MetaTable)
    return o


def classes(count: int) -> MetaTable:
    """An object below ``count`` classes, of which the last has ``x``."""
    level: Any = Table({"x": 1.0})
    for _ in range(count - 1):
        level = meta(level)
    return meta(level)


def test_charge() -> None:
    charge, charged = made(fast_paths.charge_for)
    charge(7)
    charge(1, 30)
    assert charged() == (8, 30)
    with pytest.raises(Refuelled):
        charge(FUEL)
    with pytest.raises(Refuelled):
        charge(0, BYTES)


def test_pay_takes_both_or_neither() -> None:
    pay, charged = made(fast_paths.pay_for)
    assert pay(10, 20)
    assert not pay(FUEL, 1)
    assert not pay(1, BYTES)
    assert charged() == (10, 20)


@pytest.mark.parametrize(("levels", "hops"), [(1, 0), (2, 1), (4, 3)])
def test_a_field_of_a_class_costs_a_hop_for_each_further_class(levels: int, hops: int) -> None:
    index, charged = made(fast_paths.index_for)
    assert index(0, classes(levels), "x") == 1.0
    assert charged() == (costs.HOP * hops, 0)


def test_an_own_field_and_none_are_free() -> None:
    index, charged = made(fast_paths.index_for)
    o = meta(Table({"x": 1.0}))
    dict.__setitem__(o, "x", 2.0)
    assert index(0, o, "x") == 2.0
    assert index(0, meta(None), "x") is None
    assert charged() == (0, 0)


def test_a_function_that_is_index_is_a_native_call() -> None:
    index, charged = made(fast_paths.index_for)
    assert index(1, meta(lambda d, o, k: (d, k)), "x") == 1 + Run.native_call_depth
    assert index(1, meta(lambda d, o, k: ()), "x") is None
    assert charged() == (2 * costs.METAMETHOD, 0)
    with pytest.raises(Refuelled):
        index(Run.depth_limit, meta(lambda d, o, k: k), "x")


def test_inherited_looks_above_the_first_class() -> None:
    inherited, charged = made(fast_paths.inherited_for)
    o = classes(3)
    assert inherited(0, o, o.meta["__index"], "x") == 1.0
    assert charged() == (2 * costs.HOP, 0)


def test_invoke_answers_the_first_result() -> None:
    invoke, charged = made(fast_paths.invoke_for)
    assert invoke(0, lambda d, a, b: (a, b), 1.0, 2.0) == 1.0
    assert invoke(0, lambda d, a, b: (), 1.0, 2.0) is None
    assert charged() == (2 * costs.METAMETHOD, 0)


def test_assign_calls_its_handler() -> None:
    assign, charged = made(fast_paths.assign_for)
    seen: list[Any] = []
    assign(2, lambda *given: seen.append(given), "o", "k", "v")
    assert seen == [(2 + Run.native_call_depth, "o", "k", "v")]
    assert charged() == (costs.METAMETHOD, 0)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 17])
def test_a_called_table_pays_for_its_arguments(count: int) -> None:
    call_meta, charged = made(fast_paths.call_meta_for)
    o = meta(call=lambda d, table, *rest: len(rest))
    assert call_meta(o, 0, tuple(range(count))) == count
    assert charged() == (costs.METAMETHOD + count // 8, costs.RESULTS + costs.VALUE * count)


def test_a_budget_ends_before_the_handler_runs() -> None:
    def never(*_: Any) -> None:
        raise AssertionError

    for factory, arguments in {
        fast_paths.invoke_for: (0, never, 1, 2),
        fast_paths.index_for: (0, meta(never), "x"),
        fast_paths.assign_for: (0, never, 1, 2, 3),
        fast_paths.call_meta_for: (meta(call=never), 0, ()),
    }.items():
        path, _ = made(factory, costs.METAMETHOD - 1)
        with pytest.raises(Refuelled):
            path(*arguments)
