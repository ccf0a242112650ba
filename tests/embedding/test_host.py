"""Host functions: their arguments, answers, prices and errors, and that they are no way out."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from keystone_lua import (
    DEFAULT,
    EngineError,
    HostFunction,
    Limits,
    LuaError,
    LuaTable,
    MemoryExceeded,
    Result,
    compile_program,
    execute,
)


def run(source: str, function: Callable[..., Any] = lambda *a: None, limits: Limits = DEFAULT, **more: Any) -> Result:
    return execute(compile_program(source, "x.lua"), limits, host={"f": HostFunction(function, 10), **more})


@pytest.mark.parametrize(
    ("function", "call", "seen"),
    [
        (lambda *a: [len(a), a[1] is None], "f(1, nil, 'x')", [3, True]),
        (lambda a, b: [a is None, b is None], "f()", [True, True]),
        (lambda a, b=5: [a, b], "f(1)", [1, 5]),
        (lambda a: [a], "f(1, 2, 3)", [1]),
        (functools.partial(lambda a, b: [a, b], "first"), "f('second')", ["first", "second"]),
        (divmod, "f(7, 2)", 3),
        (str.upper, "f('x')", "X"),
    ],
)
def test_it_gets_as_many_arguments_as_it_takes(function: Callable[..., Any], call: str, seen: Any) -> None:
    value = run(f"return {call}", function).raise_for_failure().value
    assert (value.to_python() if isinstance(value, LuaTable) else value) == seen


@pytest.mark.parametrize(
    ("answer", "values"),
    [(None, (None,)), ((), ()), ((1, "x", None), (1, "x", None)), ([1, 2], None), (5, (5,)), (b"\xff", ("\udcff",))],
)
def test_its_answer(answer: Any, values: tuple[Any, ...] | None) -> None:
    result = run("return f()", lambda: answer).raise_for_failure()
    assert result.values == values if values is not None else result.value.to_python() == answer


def test_it_may_give_back_what_it_got() -> None:
    assert run("return f(print) == print, f({1})[1]", lambda a: a).values == (True, 1)


def test_functions_in_tables_and_from_functions() -> None:
    source = "local counter = make(5) return db.get('a'), counter(), counter()"
    counter = iter(range(5, 9))
    host = {"db": {"get": HostFunction(lambda key: f"<{key}>", 10)}}
    result = run(source, make=HostFunction(lambda n: HostFunction(lambda: next(counter), 1), 1), **host)
    assert result.values == ("<a>", 5, 6)


@pytest.mark.parametrize(
    "source",
    [
        "if not f then function f() return 'own' end end return f()",
        "f = f or function() return 'own' end return f()",
        "local n = f() function f() return 0 end return n .. ''",
        "local n = f() f = 5 return n",
    ],
)
def test_a_script_that_assigns_a_lent_name_sees_it_first(source: str) -> None:
    assert run(source, lambda: "lent").raise_for_failure().value == "lent"


def test_a_lent_table_under_a_name_that_the_script_defines() -> None:
    result = run("local limit = config.limit function config() end return limit", config={"limit": 3})
    assert result.value == 3


@pytest.mark.parametrize("name", ["print", "string", "_G", "require"])
def test_the_librarys_names_are_not_to_be_lent(name: str) -> None:
    with pytest.raises(ValueError, match=f"'{name}' is a name of the Lua library"):
        run("", **{name: 1})


def test_a_name_that_the_library_leaves_out_is() -> None:
    assert run("return dofile('x')", dofile=HostFunction(str.upper, 5)).value == "X"


def test_what_a_script_loads_sees_what_was_lent() -> None:
    source = (
        "local before = load('return f()')() load('f = 5')() load('function g() return f end')() return before, g()"
    )
    assert run(source, lambda: "lent", Limits(load=True)).raise_for_failure().values == ("lent", 5)


# prices


def test_the_price_is_charged_before_the_call() -> None:
    calls: list[int] = []
    program = compile_program("f() f()")
    host = {"f": HostFunction(lambda: calls.append(1), 1000)}
    used = execute(program, host=host).instructions
    assert 2000 < used < 2100
    calls.clear()
    assert execute(program, Limits(instructions=used - 100), host=host).status == "budget"
    assert len(calls) == 1


def test_a_price_may_follow_from_the_arguments() -> None:
    host = {"f": HostFunction(str.upper, lambda text: 100 * len(text))}
    one, ten = (execute(compile_program(f"f('{'x' * n}')"), host=host).instructions for n in (1, 10))
    assert ten - one == 900


@pytest.mark.parametrize("price", [0, -1, 1.5, None, "x"])
def test_a_price_that_is_none(price: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="price"):
        run("f('x')", f=HostFunction(str.upper, lambda text: price))
    with pytest.raises((TypeError, ValueError), match="price"):
        HostFunction(str.upper, price)


# errors


def test_its_lua_errors_are_the_scripts() -> None:
    def refuse(name: Any) -> None:
        raise LuaError(f"no user {name}")

    result = run("local ok, message = pcall(f, 'a') print(ok, message)\nf('b')", refuse)
    assert result.log[0].text == "false\tno user a"
    assert result.failure is not None
    assert (result.failure.message, result.failure.position) == ("x.lua:2: no user b", "x.lua:2")
    with pytest.raises(LuaError, match="no user b"):
        result.raise_for_failure()


def test_an_error_may_be_a_table() -> None:
    def refuse() -> None:
        raise LuaError({"code": 404})

    assert run("local _, e = pcall(f) return e.code", refuse).value == 404
    error = run("f()", refuse).error
    assert isinstance(error, LuaError)
    assert (error.value["code"], error.message) == (404, "(error object is a table value)")


@pytest.mark.parametrize("raised", [TypeError("mine"), KeyError("mine"), MemoryExceeded(5), EngineError("mine")])
@pytest.mark.parametrize("source", ["f()", "pcall(f)", "coroutine.wrap(function() f() end)()",
    "setmetatable({}, {__index = f}).x()", "table.sort({1, 2}, f)", "for a in f do end", "('x'):gsub('x', f)"])  # fmt: skip
def test_any_other_error_is_the_hosts_own(source: str, raised: Exception) -> None:
    def fail(*arguments: Any) -> None:
        raise raised

    with pytest.raises(type(raised)) as caught:
        run(source, fail)
    assert caught.value is raised
    assert caught.value.__cause__ is None
    assert run("return 1").value == 1


def test_an_answer_that_is_no_lua_value() -> None:
    def answer() -> Any:
        return {"users": [{1, 2}]}

    with pytest.raises(TypeError, match=r"the answer of .*answer.users\[0\]: set is no Lua value"):
        run("pcall(f)", answer)


def test_an_async_function_is_refused() -> None:
    async def fetch() -> None: ...

    with pytest.raises(TypeError, match="must not be async"):
        HostFunction(fetch, 1)


# no way out


class Secret:
    token = "secret"

    def __call__(self, value: Any) -> Any:
        return value


@pytest.mark.parametrize(
    "expression",
    [
        "f.token", "f.__self__", "f.__globals__", "f['__closure__']", "#f", "f .. ''", "f + 1", "f < f",
        "getmetatable(f).__index", "next(f)", "pairs(f)", "string.dump(f)", "debug.getinfo(f).func.token",
        "('x'):format(f).token.x", "setmetatable(f, {})", "tostring(f).__class__.x", "f().__class__.x",
    ],
)  # fmt: skip
def test_no_attribute_of_a_host_function_is_in_reach(expression: str) -> None:
    result = run(f"return {expression}", Secret())
    assert result.status == "error"
    assert "secret" not in str(result)


def test_a_host_function_is_a_function_to_lua() -> None:
    result = run("return type(f), tostring(f), f == f, tostring(f) == tostring(print)", Secret())
    assert result.values == ("function", "function: 0x00000001", True, False)


def test_tables_have_no_python_in_them() -> None:
    source = "local n = 0 for k, v in pairs(config) do n = n + 1 end return n, config.keys, config.__class__, config[1]"
    assert run(source, config={"a": 1}).values == (1, None, None, None)


def test_deep_recursion_through_a_host_function_is_a_lua_error() -> None:
    def deeper(n: Any) -> Any:
        return n

    result = run("local function g(n) return f(g(n + 1)) end return g(1)", deeper, Limits(memory=1 << 30))
    assert result.failure is not None
    assert result.failure.kind == "depth"


def test_a_script_may_run_another() -> None:
    def inner(source: Any) -> Any:
        return execute(compile_program(source)).raise_for_failure().value

    assert run("return f('return 6 * 7'), select(2, pcall(f, 'error(\"inside\", 0)'))", inner).values == (42, "inside")
