"""``keystone-lua test`` tells what would go wrong in silence: tests that are not run, answers that are none."""

from __future__ import annotations

import pytest

from .runner import Runner, lua_failure, passes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "function test_a() end function testB() end",
            "testB is not run: tests are global functions whose names begin with test_",
        ),
        ("function test_a() end function Test_b() end", "Test_b is not run"),
        ("function test_a() end function tets_b() end", "tets_b is not run"),
        ("function test_a() end function b_test() end", "b_test is not run"),
        ("function test_a() end\nlocal function test_b() end", "the local test_b is not run"),
        ("function check_it() end", "no tests: they are global functions whose names begin with test_"),
    ],
)
def test_a_function_that_looks_like_a_test_and_is_none_is_told(run: Runner, text: str, message: str) -> None:
    run.write("x_test.lua", text)
    code, shown = run()
    assert code == 1
    assert f"scripts/tests/x_test.lua: {message}" in shown


def test_helpers_are_no_tests(run: Runner) -> None:
    run.write(
        "x_test.lua", "function testament() end function latest() end function contest(x) end function test_a() end"
    )
    assert run()[0] == 0


def test_a_file_with_tests_that_is_called_otherwise_is_told(run: Runner) -> None:
    run.write("test_x.lua", "function test_a() end")
    run.write("data.lua", "return {}")
    run.write("y_test.lua", "function test_a() end")
    code, shown = run()
    assert code == 1
    assert "scripts/tests/test_x.lua: not run: files of tests are called *_test.lua, *.json, *.yaml, *.yml\n" in shown
    assert "data.lua" not in shown


@pytest.mark.parametrize(
    ("call", "meant"),
    [
        ("assert_equals(1, 1)", "assert_equal"),
        ("assertEqual(1, 1)", "assert_equal"),
        ("assert_route_to(1)", "assert_routes_to"),
        ("routes('x')", "route"),
    ],
)
def test_an_assertion_that_there_is_not_names_the_one_that_there_is(run: Runner, call: str, meant: str) -> None:
    name = call.partition("(")[0]
    assert (
        lua_failure(run, call) == f"x_test.lua:2: attempt to call global '{name}' (a nil value): did you mean {meant}?"
    )


def test_route_s_second_result_is_no_reason(run: Runner) -> None:
    passes(run, "assert_rejects(route('name'))")
    assert lua_failure(run, "assert_rejects(route('name', {headers = {['x-name'] = 'a'}}))").startswith(
        "x_test.lua:2: expected a reject, got "
    )


def test_a_backend_that_was_not_offered_is_a_warning(run: Runner) -> None:
    run.write(
        "x_test.lua",
        "function test_it() for i = 1, 3 do route('name', {headers = {['x-name'] = 'aple'}, backends = {{name = 'apple'}, {name = 'b'}}}) end end",
    )
    code, shown = run()
    assert code == 0
    assert shown.count("name: selected_backend: no backend 'aple' was offered: did you mean 'apple'?\n") == 1
    run.write(
        "x_test.lua",
        "function test_it() route('name', {headers = {['x-name'] = 'b'}, backends = {{name = 'b'}}}) route('name', {headers = {['x-name'] = 'zz'}}) end",
    )
    assert "offered" not in run()[1]


def test_a_result_that_is_no_answer_is_placed(run: Runner) -> None:
    (run.scripts / "bad.lua").write_text(
        "function on_route_request(r)\n  if r.path == '/a' then\n    return 'x'\n  end\n  return 5\nend\n"
    )
    for path, line in {"/a": 3, "/b": 5}.items():
        kind = "string" if line == 3 else "number"
        words = f"on_route_request must return a table or nil, got {kind}, returned at bad.lua:{line}"
        assert lua_failure(run, f"route('bad', {{path = '{path}'}})") == f"x_test.lua:2: bad failed (result): {words}"


LIBRARY = "local M = require 'chooser' function on_route_request(r) return {selected_backend = M.choose(r.path)} end"


def test_modules_of_a_test_stand_in_place_of_those_in_lib(run: Runner) -> None:
    (run.scripts / "lib").mkdir()
    (run.scripts / "lib" / "chooser.lua").write_text("return {choose = function() return 'real' end}")
    (run.scripts / "uses.lua").write_text(LIBRARY)
    passes(
        run,
        """
        local other = { chooser = "return {choose = function(path) return 'mock' .. path end}" }
        assert_routes_to(route("uses", { path = "/a" }, { modules = other }), "mock/a")
        assert_routes_to(route("uses", { path = "/a" }), "real")
        """,
    )
    assert "expected the modules' sources by their names" in lua_failure(
        run, "route('uses', {}, {modules = {chooser = {}}})"
    )
    assert "lib/chooser.lua:1: " in lua_failure(run, "route('uses', {}, {modules = {chooser = 'return ='}})")


def test_random_numbers_of_a_test_are_drawn_in_their_order(run: Runner) -> None:
    (run.scripts / "dice.lua").write_text(
        "local b = require 'bucket' function on_route_request() return {selected_backend = math.random(6) .. '-' .. math.random(6) .. b.random{{'a', 1}, {'b', 1}}} end"
    )
    passes(
        run,
        """
        assert_routes_to(route("dice", {}, { random = { 0, 0.99, 0.7 } }), "1-6b")
        assert_equal(route("dice", {}, { seed = 3 }), route("dice", {}, { seed = 3 }))
        """,
    )
    assert "math.random was asked for more than the 2 numbers of the test" in lua_failure(
        run, "route('dice', {}, {random = {0, 0}})"
    )
    assert "random: expected numbers from 0 on, below 1" in lua_failure(run, "route('dice', {}, {random = {1}})")
