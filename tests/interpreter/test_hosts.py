"""Functions that an embedder injects to scripts, and calls of a script's globals from outside."""

from __future__ import annotations

from typing import Any

import pytest

from keystone_lua.interpreter import DEFAULT, EngineError, Limits, Result, compile_program, execute
from keystone_lua.interpreter.execution.host_functions import HostFunction, call_global, global_functions, inject
from keystone_lua.interpreter.execution.run import Run
from keystone_lua.interpreter.levels import LEVEL_0, LEVEL_1
from keystone_lua.interpreter.runtime.tracebacks import library_error
from keystone_lua.interpreter.stdlib.args import check_string


def run_with(source: str, limits: Limits = DEFAULT) -> Run:
    def double(run: Run, d: int, arguments: tuple[Any, ...]) -> Any:
        if not arguments:
            raise library_error("nothing to double")
        return check_string(arguments[0], 1) * 2

    run = Run(compile_program(source.encode(), "x.lua", hosted=True), limits)
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


def test_a_function_that_the_script_defines_after_it_was_lent_is_another() -> None:
    """The call before the definition reached the host's function and was compiled for the script's: a Python error."""
    source = "local n = double('a') function double(x) return 1 end function g() return n .. '', double(2) + n end"
    failure = called(source, "g").failure
    assert failure is not None
    assert failure.message == "x.lua:1: attempt to perform arithmetic on upvalue 'n' (a string value)"


def test_a_function_that_the_host_calls_may_get_nothing() -> None:
    """Its only call in the script gives it a number, so that its parameter was taken for one: a Python error."""
    failure = called("function f(x) return x + 1 end f(1)").failure
    assert failure is not None
    assert failure.message == "x.lua:1: attempt to perform arithmetic on local 'x' (a nil value)"


def test_a_global_that_the_script_reads_too_is_found() -> None:
    """It lived in a cell of the code's own, where nobody else looked."""
    assert called("function f() return 1 end function g() return f() end").values == ("1",)
    _, names = global_functions(run_with("function f() return 1 end function g() return f() end"))
    assert names == ("f", "g")


@pytest.mark.parametrize("name", ["print", "string", "_G", "helper", "other"])
def test_names_that_a_host_cannot_set_or_call_are_told(name: str) -> None:
    source = b"helper = helper or 1 function other() end other()"
    run = Run(compile_program(source, "x.lua"), DEFAULT)
    message = "compiled with hosted=True" if name in ("helper", "other") else "a name of the Lua library"
    with pytest.raises(ValueError, match=message):
        inject(run, {name: HostFunction(1, lambda run, d, arguments: None)})
    with pytest.raises(ValueError, match=message):
        call_global(run, name)


@pytest.mark.parametrize("level", [0, 1])
def test_it_costs_the_same(level: int) -> None:
    source = b"n = 1 function f(x) n = n + x return n end for i = 1, 5 do f(i) end return n"
    levels = [LEVEL_0, LEVEL_1]
    results = {
        hosted: execute(compile_program(source, "x.lua", level=levels[level], hosted=hosted))
        for hosted in (False, True)
    }
    assert results[False] == results[True]


@pytest.mark.parametrize("error", [UnboundLocalError, KeyError, ZeroDivisionError, AttributeError])
def test_a_fault_of_ours_is_an_engine_error(error: type[Exception]) -> None:
    def broken(run: Run, d: int, arguments: tuple[Any, ...]) -> Any:
        raise error("oops")

    run = Run(compile_program(b"function f() broken() end", "x.lua", hosted=True), DEFAULT)
    inject(run, {"broken": HostFunction(1, broken)})
    with pytest.raises(EngineError, match="oops"):
        call_global(run, "f")
