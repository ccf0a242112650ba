"""``keystone-lua test``: what tests can do, how a failure reads, and what the exit code says."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from keystone_lua.authoring.testing import suite
from keystone_lua.cli import main
from keystone_lua.interpreter import Limits

from .runner import Runner, lua_failure, passes

# decisions


def test_route_answers_as_the_gateway_would_see_it(run: Runner) -> None:
    passes(
        run,
        """
        local answer, used = route("name", { headers = { ["x-name"] = "a" } }, { seed = 5, now = 1000 })
        assert_equal(answer.modified_headers["X-Now"], "1000")
        assert_routes_to(answer, "a")
        assert_equal(used.log, { "asked for a" })
        assert(used.instructions > 50 and used.allocated_bytes > 4096)
        assert_equal(route("name", {}), { selected_backend = "", reject = true, reject_reason = "no name" })
        assert_rejects(route("name"), "no name")
        """,
    )


def test_seed_and_clock_are_fixed_and_settable(run: Runner) -> None:
    passes(
        run,
        """
        local request = { headers = { ["X-Name"] = "a" } }
        local function seed(n) return route("name", request, { seed = n }).modified_headers["X-Seed"] end
        assert_equal(seed(3), seed(3))
        assert(seed(3) ~= seed(4))
        assert_equal(route("name", request).modified_headers["X-Now"], "1767225600")
        """,
    )


def test_the_command_line_sets_the_default_seed_and_clock(run: Runner) -> None:
    run.write(
        "x_test.lua",
        """
        function test_it()
          local request = { headers = { ["X-Name"] = "a" } }
          local plain, chosen = route("name", request), route("name", request, { seed = 9, now = 77 })
          assert_equal(plain, chosen)
        end
        """,
    )
    assert run()[0] == 1
    assert run("--seed", "9", "--now", "77")[0] == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ('route("nme", {})', "no script 'nme' here; there are name"),
        ("route()", "bad argument #1 to 'route' (string expected, got nil)"),
        ('route("name", 1)', "bad argument #2 to 'route' (table expected, got number)"),
        ('route("name", { method = 1 })', "request: method: expected a string, got number"),
        ('route("name", { headers = { a = {} } })', "request: headers.a: expected a string, got object"),
        ('route("name", { body = print })', "request.body: a function is no data"),
        ('route("name", {}, { sed = 1 })', "route knows no option 'sed'"),
        ('route("name", { headers = { ["X-Name"] = "boom" } })', "name failed (runtime): name.lua:4: no such name"),
        (
            'route("name", { headers = { ["X-Name"] = "loop" } }, { max_instructions = 1000 })',
            "name failed (instructions): instruction budget exceeded (1000)",
        ),
    ],
)
def test_what_route_refuses_is_an_error_at_the_tests_line(run: Runner, call: str, message: str) -> None:
    assert f"x_test.lua:2: {message}" in lua_failure(run, call)


def test_a_script_that_uses_up_its_budget_does_not_use_up_the_tests(run: Runner) -> None:
    passes(
        run,
        """
        local request = { headers = { ["X-Name"] = "loop" } }
        for _ = 1, 3 do
          assert_error(function() route("name", request, { max_instructions = 20000 }) end, "budget exceeded %(20000%)")
        end
        """,
    )


def test_what_scripts_use_is_charged_to_the_test(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "LIMITS", Limits(instructions=50_000))
    message = lua_failure(
        run,
        """
        local request = { headers = { ["X-Name"] = "loop" } }
        while true do pcall(route, "name", request, { max_instructions = 20000 }) end
        """,
    )
    assert message == "instruction budget exceeded (50000)"


def test_a_request_with_cycles_is_refused(run: Runner) -> None:
    assert "tables nest deeper than 20" in lua_failure(run, 'local t = {} t.headers = t route("name", t)')


# assertions


@pytest.mark.parametrize(
    "body",
    [
        "assert_equal({ 1, { a = 'x' } }, { 1, { a = 'x' } })",
        "assert_equal(nil, nil)",
        "assert_match('api-canary', '^api')",
        "assert_equal(assert_error(function() error({ code = 1 }) end).code, 1)",
        "assert_error(function() error('a-b', 0) end, '^a%-b$')",
        "assert_routes_to({ selected_backend = 'a', reject = false }, 'a')",
        "assert_rejects({ reject = true })",
    ],
)
def test_an_assertion_that_holds(run: Runner, body: str) -> None:
    passes(run, body)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("assert_equal(1, '1')", 'x_test.lua:2: values differ\n  value: expected "1", got 1'),
        ("assert_equal(1, 2, 'sum')", "x_test.lua:2: values differ (sum)\n  value: expected 2, got 1"),
        (
            "assert_equal({ a = { 1, 3 }, c = true }, { a = { 1, 2 }, b = {} })",
            (
                "x_test.lua:2: values differ\n  .a[2]: expected 2, got 3\n  .b: expected {}, got nil\n"
                "  .c: expected nothing, got true"
            ),
        ),
        (
            "assert_equal({ ['X-A'] = 'q\"\\n' }, {})",
            'x_test.lua:2: values differ\n  ["X-A"]: expected nothing, got "q\\"\\10"',
        ),
        ("assert_match('abc', '^b')", 'x_test.lua:2: "abc" does not match "^b"'),
        ("assert_error(function() end)", "x_test.lua:2: no error"),
        ("assert_error(function() error('a', 0) end, 'b')", 'x_test.lua:2: "a" does not match "b"'),
        (
            "assert_routes_to({ selected_backend = 'a' }, 'b')",
            'x_test.lua:2: expected a route to "b", got {selected_backend = "a"}',
        ),
        (
            "assert_routes_to({ selected_backend = 'a', reject = true }, 'a')",
            'x_test.lua:2: expected a route to "a", got {selected_backend = "a", reject = true}',
        ),
        ("assert_rejects({ selected_backend = 'a' })", 'x_test.lua:2: expected a reject, got {selected_backend = "a"}'),
        (
            "assert_rejects({ reject = true, reject_reason = 'x' }, 'y')",
            'x_test.lua:2: expected a reject with reason "y", got {reject = true, reject_reason = "x"}',
        ),
    ],
)
def test_an_assertion_that_fails(run: Runner, body: str, message: str) -> None:
    assert lua_failure(run, body) == message


def test_tables_that_hold_themselves_are_compared_to_a_bound(run: Runner) -> None:
    message = lua_failure(run, "local a, b = {}, {} a.x, b.x = a, b assert_equal(a, b)")
    assert message.splitlines()[1].startswith("  .x.x.x.x.")


def test_many_differences_are_cut(run: Runner) -> None:
    message = lua_failure(run, "local t = {} for i = 1, 50 do t[i] = i end assert_equal(t, {})")
    assert message.endswith("[20]: expected nothing, got 20\n  and more")


def test_each_test_has_fresh_globals(run: Runner) -> None:
    run.write("x_test.lua", "function test_a() seen = true end\nfunction test_b() assert(not seen) end\n")
    assert run()[0] == 0


def test_what_a_failed_test_logged_is_shown(run: Runner) -> None:
    run.write("x_test.lua", 'function test_a() print("here") error("x") end\nfunction test_b() print("hidden") end\n')
    _, shown = run()
    assert "------ log ------" in shown
    assert "\nhere\n" in shown
    assert "hidden" not in shown


# cases


def case_failure(run: Runner, case: str) -> str:
    run.write("name.yaml", f"- {case}\n")
    code, shown = run()
    assert code == 1
    start = shown.index("name.yaml\n", shown.index("___")) + len("name.yaml\n")
    return shown[start : shown.index("\n===", start)].partition("\n-----")[0]


def test_cases_in_yaml_and_json(run: Runner) -> None:
    run.write(
        "name.yaml",
        """
        request: {headers: {X-Name: a}}
        now: 5
        seed: 1
        cases:
          - name: named
            expect: {includes: {selected_backend: a, modified_headers: {X-Now: "5"}}, log: [asked for a]}
          - request: {headers: {}}
            expect: {answer: {selected_backend: "", reject: true, reject_reason: no name}}
          - request: {headers: {X-Name: boom}}
            expect: {error: runtime, message: no such name}
          - request: {headers: {X-Name: loop}}
            max_instructions: 500
            expect: {error: instructions}
        """,
    )
    run.write("j.json", '[{"script": "name", "request": {"path": "/"}, "expect": {"includes": {"reject": true}}}]')
    code, shown = run("-v")
    assert code == 0
    assert "scripts/tests/name.yaml::named PASSED" in shown
    assert "scripts/tests/name.yaml::case 4 PASSED" in shown
    assert "5 passed" in shown


@pytest.mark.parametrize(
    ("case", "message"),
    [
        (
            "expect: {answer: {selected_backend: a}}",
            (
                'the answer is not what was expected\n  .selected_backend: expected "a", got ""\n'
                '  .reject: expected nothing, got true\n  .reject_reason: expected nothing, got "no name"'
            ),
        ),
        (
            "expect: {includes: {reject: false}}",
            "the answer is not what was expected\n  .reject: expected false, got true",
        ),
        (
            "expect: {error: runtime}",
            (
                "expected the script to fail (runtime), got an answer: "
                "{'selected_backend': '', 'reject': True, 'reject_reason': 'no name'}"
            ),
        ),
        ("{script: nme, expect: {error: runtime}}", "no script 'nme' here"),
        ("{request: {path: 1}, expect: {error: runtime}}", "request: path: expected a string, got number"),
        (
            "{request: {headers: {X-Name: true}}, expect: {error: runtime}}",
            "request: headers.X-Name: expected a string, got boolean",
        ),
        (
            "{request: {headers: {X-Name: a}}, expect: {log: [b]}}",
            "the answer is not what was expected\n  .log: expected ['b'], got ['asked for a']",
        ),
    ],
)
def test_a_case_that_fails(run: Runner, case: str, message: str) -> None:
    assert case_failure(run, case) == message


def test_a_script_that_fails_unexpectedly(run: Runner) -> None:
    message = case_failure(run, "{request: {headers: {X-Name: boom}}, expect: {includes: {}}}")
    assert message.startswith("the script failed (runtime): name.lua:4: no such name\n    name.lua:4:")
    message = case_failure(run, "{request: {headers: {X-Name: boom}}, expect: {error: memory, message: other}}")
    assert ".error: expected memory, got runtime: name.lua:4: no such name" in message
    assert ".message: expected a text with 'other', got 'name.lua:4: no such name'" in message


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", "{", "a.json: not JSON: "),
        ("a.json", "{}", "a.json: cases: expected a list of cases"),
        ("a.json", '{"case": []}', "a.json: unknown field 'case'"),
        ("a.json", "[1]", "a.json: cases[0]: expected an object"),
        ("a.json", "[{}]", "a.json: cases[0].expect: expected at least one of answer, includes, error, message, log"),
        ("a.json", '[{"expect": {"answr": {}}}]', "a.json: cases[0].expect.answr: unknown field"),
        ("a.json", '[{"expect": {"answer": 1}}]', "a.json: cases[0].expect.answer: expected an object"),
        ("a.json", '[{"seed": true, "expect": {"error": "x"}}]', "a.json: cases[0]: seed: expected a whole number"),
        ("a.json", '[{"expect": {"answer": {}, "error": "x"}}]', "an answer and an error exclude each other"),
        ("a.yaml", "a: [", "a.yaml: not YAML: while parsing a flow node"),
        ("a_test.lua", "x =", "a_test.lua:1: unexpected symbol near '<eof>'"),
        ("a_test.lua", "error('at load')", "a_test.lua:1: at load"),
    ],
)
def test_a_file_that_cannot_be_used(run: Runner, name: str, text: str, message: str) -> None:
    run.write(name, text)
    run.write("good_test.lua", "function test_a() end")
    code, shown = run()
    assert code == 1
    assert message in shown
    assert "1 passed, 1 error" in shown


def test_yaml_without_the_package_says_what_to_install(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    run.write("a.yaml", "[]")
    monkeypatch.setitem(sys.modules, "ruamel.yaml", None)
    assert (
        "scripts/tests/a.yaml: reading YAML needs the package ruamel.yaml (pip install 'keystone-lua[yaml]')\n"
        in run()[1]
    )


# the runner


def test_progress_and_summary(run: Runner) -> None:
    run.write("a_test.lua", "function test_a() end\nfunction test_b() error('x') end\n")
    run.write("b_test.lua", "function test_c() end\nfunction helper() end\n")
    code, shown = run()
    lines = shown.splitlines()
    assert code == 1
    assert lines[0] == "scripts/tests/a_test.lua .F" + " " * 47 + "[ 66%]"
    assert lines[1] == "scripts/tests/b_test.lua ." + " " * 48 + "[100%]"
    assert lines[2].strip("=") == " FAILURES "
    assert lines[-1].strip("=").startswith(" 1 failed, 2 passed in ")


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("canary", "test_canary test_canary_off"),
        ("CANARY and not off", "test_canary"),
        ("off or blue", "test_canary_off test_blue"),
        ("a_test.lua", "test_canary test_canary_off test_blue"),
    ],
)
def test_tests_are_chosen_by_words(run: Runner, words: str, names: str) -> None:
    run.write("a_test.lua", "function test_canary() end function test_canary_off() end function test_blue() end")
    code, shown = run("-v", "-k", words)
    assert code == 0
    assert [line.partition("::")[2].partition(" ")[0] for line in shown.splitlines()[:-1]] == names.split()


def test_nothing_to_run_is_a_failure(run: Runner) -> None:
    code, shown = run()
    assert shown.startswith(
        "no tests in scripts: *_test.lua, *.json, *.yaml, *.yml in folders called tests are looked for\n"
    )
    assert (code, shown.splitlines()[-1].strip("=").partition(" in ")[0]) == (1, " no tests ran")
    run.write("a_test.lua", "function test_a() end")
    code, shown = run("-k", "nothing")
    assert shown.startswith("no test's name has what -k asks for: nothing\n")
    assert (code, shown.splitlines()[-1].strip("=").partition(" in ")[0]) == (1, " no tests ran, 1 deselected")


def test_one_file_and_no_such_file(run: Runner, capsys: pytest.CaptureFixture[str]) -> None:
    run.write("a_test.lua", "function test_a() end")
    assert run("scripts/tests/a_test.lua")[0] == 0
    assert run("scripts/tests")[0] == 0
    assert main(["test", "nowhere"]) == 2
    assert "no such file or folder: nowhere" in capsys.readouterr().err


def test_coverage_names_the_lines_of_an_untested_branch(run: Runner) -> None:
    (run.scripts / "other.lua").write_text("local a = 1\nlocal b = 2\n")
    run.write("name.json", '[{"request": {"headers": {"X-Name": "a"}}, "expect": {"includes": {}}}]')
    code, shown = run("--coverage")
    assert code == 0
    rows = {line.split()[0]: line.split(maxsplit=4)[1:] for line in shown.splitlines() if line[:1] not in "=s"}
    assert rows["name.lua"] == ["8", "3", "62%", "4, 6, 8"]
    assert rows["other.lua"] == ["2", "2", "0%", "1-2"]
    assert rows["Total"] == ["10", "5", "50%"]


def test_an_error_ends_what_is_covered(run: Runner) -> None:
    (run.scripts / "name.lua").write_text("function on_route_request()\n  error('x')\n  print('after')\nend\n")
    run.write("name.json", '[{"expect": {"error": "runtime"}}]')
    assert "name.lua      3       1    66%   3" in run("--coverage")[1]


@pytest.mark.parametrize(("least", "code"), [("62.5", 0), ("62.6", 1)])
def test_too_little_coverage_fails(run: Runner, least: str, code: int) -> None:
    run.write("name.json", '[{"request": {"headers": {"X-Name": "a"}}, "expect": {"includes": {}}}]')
    got, shown = run("--fail-under", least)
    assert got == code
    assert ("coverage 62.50% is below 62.6%" in shown) == bool(code)


def test_coverage_changes_no_count(run: Runner) -> None:
    run.write(
        "x_test.lua",
        """
        function test_it()
          local _, used = route("name", { headers = { ["X-Name"] = "a" } })
          assert_equal(used.instructions .. " " .. used.allocated_bytes, "?")
        end
        """,
    )
    plain, covered = run()[1], run("--coverage")[1]
    message = plain[plain.index("values differ") : plain.index("\n    x_test")]
    assert message in covered


def test_junit_report(run: Runner, tmp_path: Path) -> None:
    run.write("a_test.lua", "function test_a() end\nfunction test_b() print('<\\1>') error('x & y') end\n")
    run.write("bad.json", "{")
    run("--junit", str(tmp_path / "out.xml"))
    suite = ElementTree.parse(tmp_path / "out.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    bad, passed, failed = suite
    assert bad[0].tag == "error"
    assert (passed.get("classname"), passed.get("name"), len(passed)) == ("scripts/tests/a_test.lua", "test_a", 0)
    assert failed[0].get("message") == "a_test.lua:2: x & y"
    assert failed[1].text == "<\ufffd>\n"


def test_a_report_that_cannot_be_written_is_wrong_usage(run: Runner, capsys: pytest.CaptureFixture[str]) -> None:
    run.write("a_test.lua", "function test_a() end")
    assert main(["test", "--junit", "nowhere/out.xml"]) == 2
    assert "cannot write nowhere/out.xml" in capsys.readouterr().err
