"""An accounted program answers and costs what the plain one does, and its recorder says for what, line by line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import programs
from keystone_lua.interpreter import DEFAULT, Limits, compile_program, costs, execute
from keystone_lua.interpreter.codegen.attribution import Price
from keystone_lua.interpreter.execution.execute import result_of
from keystone_lua.interpreter.profiling.recorder import AccountedRun, CountedRun, Profile, Spent
from keystone_lua.routing.decision import decide, decision_of
from keystone_lua.routing.scripts_folder import shared_modules

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "scripts"
WIDE = Limits(instructions=100_000_000, memory=1 << 30, log=64 << 20)
REQUEST = {
    "method": "GET",
    "path": "/api",
    "host": "h",
    "headers": {"X-User-ID": "4711", "X-Canary-Percent": "50"},
    "body": "",
    "backends": [{"name": name, "url": "", "health": True} for name in ("blue", "version-a", "version-b", "stable")],
}


def profiled(source: str, limits: Limits = DEFAULT) -> Profile:
    """A plain script's profile, after its answer and totals were compared with the plain run's."""
    plain = execute(compile_program(source.encode(), "x"), limits)
    run = AccountedRun(compile_program(source.encode(), "x", accounted=True), limits)
    assert result_of(run) == plain
    profile = run.profile()
    assert totals(profile) == (plain.instructions, plain.allocated_bytes)
    return profile


def totals(profile: Profile) -> tuple[int, int]:
    spent = [*profile.lines.values(), profile.base]
    return sum(part.instructions for part in spent), sum(part.bytes for part in spent)


def by_line(profile: Profile) -> dict[int, tuple[int, int]]:
    return {line: (spent.instructions, spent.hits) for (_, line), spent in profile.lines.items()}


@pytest.mark.parametrize("name", programs.load())
def test_a_benchmarks_totals_are_the_plain_runs(name: str) -> None:
    program = programs.load()[name]
    size = max(1, program.small // 8) if name not in ("ackermann", "queens") else program.small
    profiled(program.source(size).decode("latin-1"), WIDE)


@pytest.mark.parametrize("name", [path.stem for path in SCRIPTS.glob("*.lua")])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_bundled_scripts_totals_are_the_plain_runs(name: str, seed: int) -> None:
    source, modules = (SCRIPTS / f"{name}.lua").read_bytes(), shared_modules(SCRIPTS)
    plain = decide(compile_program(source, name, modules), REQUEST, seed=seed)
    run = AccountedRun(compile_program(source, name, modules, accounted=True), DEFAULT, seed)
    assert decision_of(run, REQUEST) == plain
    assert totals(run.profile()) == (plain.instructions, plain.allocated_bytes)


def test_a_plain_program_is_not_accounted() -> None:
    program = compile_program(b"local a = 1 a = a + 1", "x")
    assert program.accounts is None
    with pytest.raises(ValueError, match="without accounts"):
        AccountedRun(program, DEFAULT).profile()


# who pays


def test_each_line_of_a_segment_pays_its_part() -> None:
    lines = by_line(profiled("local a = 1\nlocal b = a + 1\nlocal c = b * 2 + b ^ 2\nreturn c"))
    assert lines == {1: (1 + 2, 1), 2: (2, 1), 3: (1 + 1 + 1 + 6, 1), 4: (1, 1)}  # line 1 enters the chunk


def test_a_loops_rounds_are_paid_by_their_lines() -> None:
    source = "local s = 0\nfor i = 1, 5000 do\n  s = s + i\nend\nlocal n = 0\nwhile n < 10 do\n  n = n + 1\nend"
    lines = by_line(profiled(source))
    assert lines[3] == (5000 * 2, 5000)
    assert lines[7] == (10 * 2, 10)
    assert lines[6] == (11 * (1 + 2), 1)
    assert lines[2] == (5 + 5000 * 2, 1)


def test_a_loop_of_few_rounds_that_is_paid_ahead() -> None:
    lines = by_line(profiled("local s = 0\nfor i = 1, 3 do\n  s = s + i\nend"))
    assert lines[3] == (3 * 2, 3)


def test_a_library_function_is_paid_by_the_line_that_calls_it() -> None:
    profile = profiled("local s = ('x'):rep(1000)\nlocal t = {}\nlocal u = table.concat({s, s})\nreturn #u")
    assert profile.functions.keys() == {"string.rep", "table.concat"}
    for line, name in ((1, "string.rep"), (3, "table.concat")):
        function, spent = profile.functions[name], profile.lines["x", line]
        assert 0 < function.instructions < spent.instructions
        assert 1000 < function.bytes <= spent.bytes


def test_a_long_search_looks_at_what_is_left_and_books_nothing_else() -> None:
    source = "local s = ('ab'):rep(100000)\nreturn s:find(('.'):rep(33) .. '~'), s:match(('.'):rep(33) .. 'b'), (s:gsub(('%a'):rep(20) .. '~', ''))"
    profiled(source, WIDE)
    stopped = Limits(instructions=50_000)
    plain = execute(compile_program(source.encode(), "x"), stopped)
    assert result_of(AccountedRun(compile_program(source.encode(), "x", accounted=True), stopped)) == plain


def test_functions_that_share_their_code_are_told_apart() -> None:
    functions = profiled("return math.sin(1) + math.cos(1) + math.sin(2)").functions
    assert {name: spent.instructions for name, spent in functions.items()} == {"math.sin": 20, "math.cos": 10}


def test_functions_done_in_place_are_booked_as_such() -> None:
    source = "local s, n = 'abc', 0\nfor i = 1, 3 do\n  n = n + s:byte(i) + math.floor(i / 2)\nend\nreturn s:sub(1, 2)"
    functions = profiled(source).functions
    assert functions["string.byte"] == Spent(3 * 12, 0)
    assert functions["math.floor"] == Spent(3 * 10, 0)
    assert functions["string.sub"] == Spent(20, 49 + 2)


def test_an_iterator_belongs_to_the_function_that_made_it() -> None:
    functions = profiled("local n = 0\nfor w in ('a b c'):gmatch('%a') do\n  n = n + 1\nend").functions
    assert functions.keys() == {"string.gmatch"}
    assert functions["string.gmatch"].instructions > 4 * 10


def test_a_functions_callback_pays_for_itself() -> None:
    profile = profiled("local t = {3, 1, 2}\ntable.sort(t, function(a, b)\n  return a < b\nend)")
    assert profile.lines["x", 3].instructions == profile.lines["x", 3].hits * (1 + 1)
    assert profile.functions["table.sort"].instructions < profile.lines["x", 2].instructions


def test_a_function_called_through_pcall() -> None:
    functions = profiled("pcall(string.rep, 'x', 10)").functions
    assert functions["string.rep"].instructions == costs.LIBRARY["string.rep"]
    assert functions["pcall"].instructions >= 30


def test_the_request_is_nobodys() -> None:
    program = compile_program(b"function on_route_request() end", "x", accounted=True)
    run = AccountedRun(program, DEFAULT)
    decision_of(run, REQUEST)
    base = run.profile().base
    assert base.bytes > 4096
    assert base.instructions > 30


def test_modules_pay_under_their_own_name() -> None:
    program = compile_program(b"local m = require 'm'\nm.f()", "x", {"m": b"return { f = function() end }"}, 1000, True)
    run = AccountedRun(program, DEFAULT)
    result_of(run)
    assert {place for place, spent in run.profile().lines.items() if spent.instructions} == {
        ("lib/m.lua", 1),
        ("x", 1),
        ("x", 2),
    }


# budgets


@pytest.mark.parametrize("limit", [20, 21, 22, 23, 24, 25, 1000, 1001])
def test_a_stopped_run_has_spent_exactly_its_budget(limit: int) -> None:
    source = "local n = 0\nwhile true do\n  n = n + 1\n  n = n * 2\nend"
    profile = profiled(source, Limits(instructions=limit))
    assert totals(profile)[0] == limit
    assert all(spent.instructions >= 0 for spent in profile.lines.values())


@pytest.mark.parametrize("limit", [6000, 9001, 9999, 100_000])
def test_a_run_out_of_memory_has_spent_exactly_its_budget(limit: int) -> None:
    profile = profiled("local s = 'x'\nwhile true do\n  s = s .. s\n  local t = {s}\nend", Limits(memory=limit))
    assert totals(profile)[1] == limit


def test_an_overdrawn_budget_is_known_in_the_end() -> None:
    profiled("local s = ('x'):rep(3000) error(s)", Limits(memory=7000))


def test_frames_are_paid_where_the_depth_is_new() -> None:
    source = "local function f(n)\n  if n > 0 then return f(n - 1) + 1 end\n  return 0\nend\nreturn f(50)"
    profiled(source)


# counts


def test_hits_count_statements_that_ran() -> None:
    source = "local n = 0\nrepeat\n  n = n + 1\n  if n == 2 then\n    n = n + 0\n  end\nuntil n == 4\npcall(function()\n  error('x')\n  n = 0\nend)"
    program = compile_program(source.encode(), "x", accounted=True)
    run = CountedRun(program, DEFAULT)
    result = result_of(run)
    assert result == execute(compile_program(source.encode(), "x"), DEFAULT)
    assert program.accounts is not None
    hits: dict[int, int] = {}
    for site in program.accounts.statements:
        line = program.sites[site].line
        hits[line] = hits.get(line, 0) + run.hits[site]
    assert hits == {1: 1, 2: 1, 3: 4, 4: 4, 5: 1, 8: 1, 9: 1, 10: 0}


def test_deep_loops_and_jumps_are_counted() -> None:
    source = (
        "local n = 0\n" + "for i = 1, 2 do\n" * 18 + "n = n + 1\n" + "if n > 100 then goto out end\n" + "end\n" * 18
    )
    profiled(source + "::out::\nreturn n")


def test_a_long_segment_is_compiled_in_linear_time() -> None:
    count = 3_000
    profile = profiled("local a = 1\n" + "a = a + 1\n" * count, WIDE)
    assert by_line(profile)[count + 1] == (2, 1)


def test_prices_remember_their_parts() -> None:
    price = (Price.at(3, 1) + Price.at(4, 2)) * 2 + 5
    assert (price, price.parts(), price.loose) == (19, {1: 6, 2: 8}, 5)
    assert Price.at(price, 7).parts() == {1: 6, 2: 8, 7: 5}
    assert Price.at(Price.at(4, 1), 9).parts() == {1: 4}
    assert (0 + Price.at(4, 1)).parts() == {1: 4}
    assert json.dumps(Price.at(4, 1)) == "4"
