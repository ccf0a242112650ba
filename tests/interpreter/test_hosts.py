"""Functions that an embedder injects to scripts, and calls of a script's globals from outside."""

from __future__ import annotations

from typing import Any

import pytest

from keystone_lua.interpreter import DEFAULT, Limits, Result, compile_program
from keystone_lua.interpreter.execution.host_functions import HostFunction, call_global, global_functions, inject
from keystone_lua.interpreter.execution.run import Run
from keystone_lua.interpreter.runtime.tracebacks import library_error
from keystone_lua.interpreter.stdlib.args import check_string


def run_with(source: str, limits: Limits = DEFAULT) -> Run:
    def double(run: Run, d: int, arguments: tuple[Any, ...]) -> Any:
        if not arguments:
            raise library_error("nothing to double")
        return check_string(arguments[0], 1) * 2

    run = Run(compile_program(source.encode(), "x.lua"), limits)
    inject(run, {"double": HostFunction(1000, double)})
    return run


def called(source: str, name: str = "f", limits: Limits = DEFAULT) -> Result:
    return call_global(run_with(source, limits), name)


def test_a_host_function_answers() -> None:
    assert called("function f() return double('a'), type(double) end").values == ("aa", "function")


def test_its_price_is_charged_before_each_call() -> None:
    source = "function f() double('a') double('b') end"
    used = called(source).instructions
    assert 2000 < used < 2100
    assert called(source, limits=Limits(instructions=used)).failure is None
    failure = called(source, limits=Limits(instructions=used - 1)).failure
    assert failure is not None
    assert failure.kind == "instructions"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("double()", "x.lua:2: nothing to double"),
        ("double({})", "x.lua:2: bad argument #1 to 'double' (string expected, got table)"),
        ("local t = {d = double} t.d()", "x.lua:2: nothing to double"),
    ],
)
def test_its_errors_are_at_the_callers_line(call: str, message: str) -> None:
    failure = called(f"function f()\n{call}\nend").failure
    assert failure is not None
    assert failure.message == message


def test_a_script_can_catch_them() -> None:
    assert called("function f() return pcall(double) end").values == ("false", "nothing to double")


def test_globals_are_what_the_main_chunk_left() -> None:
    assert called("n = 1 function f() n = n + 1 return n end n = 5").values == ("6",)


def test_the_functions_that_a_script_defines_in_their_order() -> None:
    result, names = global_functions(run_with("function b() end a = 1 function a2() end function a() end"))
    assert (result.failure, names) == (None, ("b", "a", "a2"))


def test_a_main_chunk_that_fails() -> None:
    result, names = global_functions(run_with("function b() end error('x')"))
    assert result.failure is not None
    assert names == ()


@pytest.mark.parametrize("assigned", ["double = double or f", "if not double then double = f end"])
def test_a_script_that_assigns_the_name_sees_what_was_lent(assigned: str) -> None:
    source = f"local function f() return 'own' end {assigned} function g() return double('a') end"
    assert called(source, "g").values == ("aa",)
