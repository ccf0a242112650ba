"""Runs that overlap in several threads: each has its own answer, and the process is afterwards as it was."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from keystone_lua.interpreter import DEFAULT, Limits, compile_program, execute
from keystone_lua.interpreter.execution.execute import GC_OBJECTS, result_of
from keystone_lua.interpreter.execution.host_functions import HostFunction, inject
from keystone_lua.interpreter.execution.run import Run

LARGE = Limits(memory=65 << 20)
PROGRAM = compile_program(b"meet()", "x.lua", hosted=True)


def run(limits: Limits, meet: Callable[[], object]) -> None:
    """Run a program that calls ``meet`` in the middle."""
    made = Run(PROGRAM, limits)

    def called(run: Run, d: int, arguments: tuple[object, ...]) -> object:
        meet()
        return ()

    inject(made, {"meet": HostFunction(1, called)})
    assert result_of(made).failure is None


def overlap(first: Limits, second: Limits) -> None:
    """A run that begins first and ends first, and one that is under way when it ends."""
    begun, ended = threading.Event(), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        waiting = []

        def other() -> None:
            run(second, lambda: (begun.set(), ended.wait(10)))

        run(first, lambda: (waiting.append(pool.submit(other)), begun.wait(10)))
        ended.set()
        waiting[0].result(10)


@pytest.mark.cpython
@pytest.mark.parametrize("first", [DEFAULT, LARGE])
@pytest.mark.parametrize("second", [DEFAULT, LARGE])
def test_the_collector_is_afterwards_as_it_was(first: Limits, second: Limits) -> None:
    """Each large run put back what it had found: the second left the first one's threshold for ever."""
    before = gc.get_threshold()
    overlap(first, second)
    assert (gc.get_threshold(), gc.isenabled()) == (before, True)


def test_a_collector_that_is_off_stays_off() -> None:
    gc.disable()
    try:
        overlap(DEFAULT, LARGE)
        assert not gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.cpython
def test_a_threshold_that_a_run_finds_is_put_back_unless_somebody_has_set_another() -> None:
    before = gc.get_threshold()
    seen = []
    try:
        run(LARGE, lambda: seen.append(gc.get_threshold()[0]))
        assert seen == [GC_OBJECTS]
        run(LARGE, lambda: gc.set_threshold(1234))
        assert gc.get_threshold()[0] == 1234
    finally:
        gc.set_threshold(*before)


def test_one_program_serves_many_threads() -> None:
    program = compile_program(b"local n = 0 for i = 1, 3000 do n = n + i % 7 t = {n} end return t[1]", "x.lua")
    alone = execute(program)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: execute(program), range(40))) == {alone}
