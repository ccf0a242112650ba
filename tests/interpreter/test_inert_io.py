"""The inert ``io``: where it is there, whose it is, that nothing is paid where nobody calls it.

What its functions answer is in tests/lua/engine/inert_io.lua.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from keystone_lua.interpreter import Limits, compile_program, execute
from keystone_lua.interpreter.execution.run import Run
from keystone_lua.routing.decision import decide

ON = Limits(inert_io=True)
REQUEST: dict[str, object] = {"method": "GET", "path": "/", "host": "", "headers": {}, "body": "", "backends": []}


def values(source: bytes, limits: Limits, **modules: bytes) -> tuple[str, ...]:
    result = execute(compile_program(source, "t", modules), limits)
    assert result.failure is None, result.failure.message
    return result.values


@pytest.mark.parametrize(
    "source",
    [
        b"return type(io)",
        b"return type(_G.io)",
        b"local n = 'io' return type(_G[n])",
        b"return type(package.loaded.io)",
        b"local ok, found = pcall(require, 'io') return ok and type(found) or 'nil'",
        b"if io then return 'table' end return 'nil'",
        b"return type(loadstring('return io')())",
        b"local io = io return type(io)",
    ],
)
def test_it_is_there_where_the_limits_say_so_whatever_way_a_script_asks(source: bytes) -> None:
    loading = Limits(load=True)
    assert values(source, loading) == ("nil",)
    assert values(source, replace(loading, inert_io=True)) == ("table",)


def test_one_that_must_be_there_fails_when_it_is_reached() -> None:
    failure = execute(compile_program(b"print(1) require 'io'", "t")).failure
    assert failure is not None
    assert failure.message.startswith("t:1: module 'io' not found:")


def test_a_module_of_the_scripts_own_comes_first() -> None:
    assert values(b"return require 'io'", ON, io=b"return 'own'") == ("own",)


def test_runs_with_and_without_share_a_program() -> None:
    """An idle run of one is never the other's."""
    program = compile_program(b"function on_route_request() return {selected_backend = type(io)} end", "t")
    for limits, shown in ((Limits(), "nil"), (ON, "table"), (Limits(), "nil"), (ON, "table")):
        assert decide(program, REQUEST, limits=limits, seed=0, now=0.0).answer == {"selected_backend": shown}


@pytest.mark.parametrize(
    "change", ["io.kept = 1", "io.stdout.kept = 1", "getmetatable(io.stdout).kept = 1", "local t = io t.kept = 1"]
)
def test_no_run_leaves_anything_in_it(change: str) -> None:
    """Start-up of these programs is constant: the next run goes on where their start-up ended."""
    source = f"""
        function on_route_request()
          local found = io.kept or io.stdout.kept or getmetatable(io.stdout).kept
          {change}
          return {{selected_backend = tostring(found)}}
        end
    """
    program = compile_program(source.encode(), "t")
    for _ in range(3):
        assert decide(program, REQUEST, limits=ON, seed=0, now=0.0).answer == {"selected_backend": "nil"}


@pytest.mark.parametrize("source", [b"return 1", b"local t = {} for i = 1, 9 do t[i] = _G end return #t"])
def test_nothing_is_paid_for_one_that_nobody_calls(source: bytes) -> None:
    off, on = (execute(compile_program(source, "t"), limits) for limits in (Limits(), ON))
    assert (on.instructions, on.allocated_bytes) == (off.instructions, off.allocated_bytes)


def test_a_run_of_a_program_keeps_its_functions() -> None:
    program = compile_program(b"return io.write", "t")
    runs = []
    for _ in range(2):
        run = Run.of(program, ON, 0, 0.0, None)
        runs.append(run.chunk()(1))
        run.close(reusable=True)
    assert runs[0] is runs[1]
