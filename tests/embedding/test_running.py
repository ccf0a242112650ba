"""The public functions: results, errors, arguments that are none, pickling, threads."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest

import keystone_lua
from keystone_lua import (
    BudgetExceeded,
    HostFunction,
    InstructionsExceeded,
    Limits,
    LuaError,
    LuaSyntaxError,
    StackOverflow,
    compile_program,
    decide,
    embedding,
    execute,
)

SCRIPT = "function on_route_request(request, backends) log('é') return {selected_backend = backends[1].name} end"
REQUEST = {"method": "GET", "path": "/", "backends": [{"name": "a", "url": "http://a", "health": True}]}


def test_the_package_has_the_surface_and_no_more() -> None:
    assert set(keystone_lua.__all__) == {*embedding.__all__, "__version__"}
    assert set(keystone_lua.__all__) <= set(dir(keystone_lua))
    for name in embedding.__all__:
        assert getattr(keystone_lua, name) is getattr(embedding, name)
    with pytest.raises(AttributeError, match="nonsense"):
        keystone_lua.nonsense  # noqa: B018


def test_every_name_is_explained() -> None:
    for name in embedding.__all__:
        value = getattr(embedding, name)
        assert not callable(value) or (value.__doc__ or "").strip().endswith((".", ")")), name


def test_the_package_imports_nothing_before_a_name_is_asked_for() -> None:
    program = "import sys, keystone_lua; print(*(n for n in sys.modules if n.startswith('keystone_lua')));"
    program += "keystone_lua.execute; print(*sorted({'aiohttp', 'lark', 'pydantic', 'ruamel'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "keystone_lua\n\n"


# compiling


def test_text_and_bytes_are_the_same_program() -> None:
    text, data = compile_program("return 'é'"), compile_program("return 'é'".encode())
    assert text.hash == data.hash
    assert execute(text).value == "é"


def test_modules() -> None:
    program = compile_program("return require('lib.tax').rate", "x", {"lib.tax": "return {rate = 19}", "unused": b""})
    assert execute(program).value == 19
    assert repr(program) == f"<Program 'x', 2 files, {program.hash[:12]}>"


def test_a_source_that_is_no_program() -> None:
    with pytest.raises(LuaSyntaxError) as caught:
        compile_program("local x =\n  = 5", "tax.lua")
    assert (caught.value.message, caught.value.line, caught.value.column) == (
        "tax.lua:2: unexpected symbol near '='", 2, 3,
    )  # fmt: skip
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.message, again.line, again.column) == (caught.value.message, 2, 3)


def test_the_size_of_a_source_is_limited() -> None:
    compile_program("--" + "x" * 100, limits=Limits(source=102))
    with pytest.raises(LuaSyntaxError, match="limit is 102"):
        compile_program("--" + "x" * 101, limits=Limits(source=102))


# running


def test_a_result() -> None:
    result = execute(compile_program("print('é', ...) return 1, {}, 'x'"), arguments=[5], seed=3, now=1.5)
    assert (result.status, result.texts, result.value) == ("ok", ("1", "table: 0x00000001", "x"), 1)
    assert [(line.text, line.position) for line in result.log] == [("é\t5", "script:1")]
    assert repr(result).startswith("<Result ok, 3 values, ")
    assert result.raise_for_failure() is result


def test_the_clock_and_the_seed() -> None:
    program = compile_program("return os.time(), math.random(1000)")
    assert execute(program, seed=1, now=5.9).values == execute(program, seed=1, now=5.9).values
    assert execute(program, seed=1, now=5.9).values != execute(program, seed=2, now=5.9).values
    assert execute(program, now=5.9).value == 5


def test_nothing_is_left_for_the_next_run() -> None:
    program = compile_program("n = (n or 0) + 1 return n")
    assert [execute(program).value for _ in range(3)] == [1, 1, 1]


@pytest.mark.parametrize("source", ["function f(a, b) return a + b end", "function f(a, b) return a + b end f(1, 2)"])
def test_a_global_function_is_called(source: str) -> None:
    program = compile_program(source)
    assert execute(program, call="f", arguments=[3, 4]).value == 7
    assert execute(program, call="f", arguments=[3, 4]) == execute(program, call="f", arguments=(3, 4))
    failure = execute(program, call="f", arguments=["a"]).failure
    assert failure is not None
    assert failure.message == "script:1: attempt to perform arithmetic on local 'a' (a string value)"


@pytest.mark.parametrize("name", ["g", "print"])
def test_a_global_function_that_is_not_there(name: str) -> None:
    failure = execute(compile_program("local function g() end"), call=name).failure
    assert failure is not None
    assert failure.message == f"script: there is no global function '{name}'"


@pytest.mark.parametrize(
    ("source", "limits", "kind", "error"),
    [
        ("error('no')", Limits(), "runtime", LuaError),
        ("error({})", Limits(), "runtime", LuaError),
        ("local function f() return 1 + f() end f()", Limits(), "depth", StackOverflow),
        ("while true do end", Limits(instructions=1000), "instructions", InstructionsExceeded),
        ("local s = 'x' while true do s = s .. s end", Limits(), "memory", embedding.MemoryExceeded),
        ("while true do print('x') end", Limits(log=100), "log", embedding.LogExceeded),
        ("while true do end", Limits(instructions=1 << 60, seconds=0.01), "timeout", embedding.TimeExceeded),
    ],
)
def test_each_failure(source: str, limits: Limits, kind: str, error: type[Exception]) -> None:
    result = execute(compile_program(source), limits)
    assert result.failure is not None
    assert (result.failure.kind, result.values, result.texts) == (kind, (), ())
    assert "\n" not in repr(result)
    with pytest.raises(error) as caught:
        result.raise_for_failure()
    assert str(caught.value.message) == result.failure.message  # type: ignore[attr-defined]
    if isinstance(caught.value, LuaError):
        assert caught.value.traceback == result.failure.traceback
        assert caught.value.traceback[-1] == "script:1: in main chunk"
    again = pickle.loads(pickle.dumps(result))
    assert again == result
    assert type(again.error) is error
    if isinstance(caught.value, BudgetExceeded):
        assert again.error.limit == caught.value.limit


# deciding


def test_a_decision_is_the_servers() -> None:
    decision = decide(compile_program(SCRIPT), OrderedDict(REQUEST, headers={"X-É": "1"}), seed=1, now=2.0)
    assert decision.answer == {"selected_backend": "a"}
    assert (decision.log[0].text, decision.seed, decision.now) == ("é", 1, 2.0)


def test_a_decision_that_failed() -> None:
    decision = decide(compile_program("function on_route_request() return 5 end"), REQUEST)
    assert decision.answer is None
    assert decision.failure is not None
    assert decision.failure.kind == "result"


# arguments that are none

PROGRAM = compile_program(SCRIPT)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: compile_program(5), TypeError, "source must be str or bytes, not int"),
        (lambda: compile_program("", 5), TypeError, "name must be a str, not int"),
        (lambda: compile_program("", ""), ValueError, "name must not be empty"),
        (lambda: compile_program("", "x", ["a"]), TypeError, "modules must be a mapping, not list"),
        (lambda: compile_program("", "x", {"a": None}), TypeError, "module a must be str or bytes, not NoneType"),
        (lambda: compile_program("", limits=5), TypeError, "limits must be Limits, not int"),
        (lambda: execute("return 1"), TypeError, "program must be a Program, not str; compile_program makes one"),
        (lambda: execute(PROGRAM, 5), TypeError, "limits must be Limits, not int"),
        (lambda: execute(PROGRAM, host=[]), TypeError, "host must be a mapping, not list"),
        (lambda: execute(PROGRAM, host={1: 2}), TypeError, "a name in host must be a str, not int"),
        (lambda: execute(PROGRAM, host={"f": {"g": print}}), TypeError, r"host\['f'\].g: builtin.* is no Lua value"),
        (lambda: execute(PROGRAM, arguments="x"), TypeError, "arguments must be a list or tuple, not str"),
        (lambda: execute(PROGRAM, arguments=5), TypeError, "arguments must be a list or tuple, not int"),
        (lambda: execute(PROGRAM, call=print), TypeError, "call must be a str, not builtin_function_or_method"),
        (lambda: execute(PROGRAM, seed="x"), TypeError, "seed must be an int, not str"),
        (lambda: execute(PROGRAM, seed=-1), ValueError, "seed must be at least 0, not -1"),
        (lambda: execute(PROGRAM, now="x"), TypeError, "now must be a number of seconds, not str"),
        (lambda: execute(PROGRAM, now=float("nan")), ValueError, "now must be seconds since 1970, not nan"),
        (lambda: decide(PROGRAM, {}), ValueError, "request: method and path must be there"),
        (lambda: decide(PROGRAM, {"method": "GET"}), ValueError, "request: path must be there"),
        (lambda: decide(PROGRAM, "x"), TypeError, "request must be a mapping, not str"),
        (lambda: decide(PROGRAM, {**REQUEST, "path": 5}), TypeError, "request.path: expected a string, got number"),
        (
            lambda: decide(PROGRAM, {**REQUEST, "pth": ""}),
            ValueError,
            "request.pth: no such field: did you mean 'path'",
        ),
        (lambda: decide(PROGRAM, {**REQUEST, "body": b""}), TypeError, "request.body: bytes is nothing that a request"),
        (lambda: decide(PROGRAM, {**REQUEST, "headers": {1: "x"}}), TypeError, "request.headers: a name must be a str"),
        (lambda: decide(PROGRAM, {**REQUEST, "attempt": 5000}), ValueError, "request.attempt: expected a whole number"),
        (
            lambda: decide(PROGRAM, {**REQUEST, "backends": [{"health": 1}]}),
            TypeError,
            r"request.backends\[0\].health: ",
        ),
        (lambda: Limits(instructions=-1), ValueError, "instructions must be at least 0, not -1"),
        (lambda: Limits(memory=1.5), TypeError, "memory must be an int, not float"),
        (lambda: Limits(log=True), TypeError, "log must be an int, not bool"),
        (lambda: Limits(depth=16_001), ValueError, "depth must be at most 16000, not 16001"),
        (lambda: Limits(seconds=0), ValueError, "seconds must be more than 0, not 0"),
        (lambda: Limits(seconds=float("nan")), ValueError, "seconds must be more than 0, not nan"),
        (lambda: Limits(seconds="1"), TypeError, "seconds must be a number or None, not str"),
        (lambda: HostFunction(5, 1), TypeError, "function must be callable, not int"),
    ],
)
def test_what_is_wrong_is_named(call: Callable[[], Any], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        call()


def test_a_request_within_itself() -> None:
    request: dict[str, Any] = dict(REQUEST)
    request["headers"] = request
    with pytest.raises(ValueError, match="in a circle"):
        decide(PROGRAM, request)


# elsewhere


def test_a_program_is_pickled_by_its_sources() -> None:
    source = "local m = require('m') local c = constant(function() return {m = 1} end) f = f or 5 return m, c.m, f"
    program = compile_program(source, "x.lua", {"m": "return 7", "unused": "?"})
    again = pickle.loads(pickle.dumps(program))
    assert (again.name, again.hash, dict(again.sources)) == (program.name, program.hash, dict(program.sources))
    assert execute(again) == execute(program)
    assert again.main == program.main


def test_a_large_program_is_pickled_too() -> None:
    program = compile_program("--" + "x" * (2 << 20), limits=Limits(source=3 << 20))
    assert pickle.loads(pickle.dumps(program)).hash == program.hash


def test_other_processes() -> None:
    program = compile_program("return {(...) * 2}")
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        assert pool.submit(_doubled, program, 21).result(30) == [42]


def _doubled(program: keystone_lua.Program, n: int) -> Any:
    return execute(program, arguments=[n]).value.to_python()


def test_threads_share_a_program_and_a_host() -> None:
    program = compile_program("helper = helper or 1 local t = {} for i = 1, 200 do t[i] = helper(i) end return t[200]")
    host = {"helper": HostFunction(lambda n: n * 2, 5)}
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: execute(program, host=host), range(40)))
    assert {result.value for result in results} == {400}
    assert len({(result.instructions, result.allocated_bytes) for result in results}) == 1
