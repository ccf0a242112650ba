"""The string library: against real lua5.1, and its prices."""

from __future__ import annotations

import pytest

from keystone_lua.interpreter import Limits, compile_program, execute
from keystone_lua.interpreter.stdlib.matching import RUN_PATTERNS

from .sweeps import ROOMY, check, peak_and_bytes, printed, run


def test_sweep() -> None:
    check("strings", "beb3ab5c86527719")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("('abc'):find('', 10)", "4 3"),
        ("('abc'):find('()', 10)", "4 3 4"),
        ("('a.b'):find('.', 2, true)", "2 2"),
        ("('a+b'):find('+')", "2 2"),
        ("('x'):find('x', 1, false)", "1 1"),
        ("('hello'):gsub('', '-')", "-h-e-l-l-o- 6"),
        ("('hello'):gsub('l*', 'x')", "xhxexxox 5"),
        ("('abc'):gsub('%w', '%0%0', 2)", "aabbc 2"),
        ("('abc'):gsub('^%w', 'x')", "xbc 1"),
        ("('abc'):gsub('^', 'x')", "xabc 1"),
        ("('abc'):gsub('$', 'x')", "abcx 1"),
        ("('abc'):gsub('()', '%1')", "1a2b3c4 4"),
        ("('abc'):gsub('a()', {[2] = 'two'})", "twobc 1"),
        ("('abc'):gsub('%w', {a = 1, b = false})", "1bc 3"),
        ("('abc'):gsub('b', '%x')", "axc 1"),
        ("#('abc'):gsub('b', '%')", "3"),
        ("('abc'):gsub('%w', 'x', -1)", "abc 0"),
        ("('a\\\\b'):gsub('b', '\\\\1')", "a\\\\1 1"),
        ("(' x '):gsub('^%s*(.-)%s*$', '%1')", "x 1"),
        ("('a,b'):gsub(',', function() end)", "a,b 1"),
        ("('abc'):byte(1, -1)", "97 98 99"),
        ("select('#', ('abc'):byte(10))", "0"),
        ("('abc'):sub(0 / 0)", "abc"),
        ("#('ab'):rep(3), ('x'):rep(-1), ('x'):rep(0 / 0)", "6  "),
        ("('a\\228z'):upper():byte(1, -1)", "65 228 90"),
        ("('A\\196Z'):lower():byte(1, -1)", "97 196 122"),
        ("string.rep(5, 2), string.len(12), string.find(121, 2)", "55 2 2 2"),
        ("string.gfind('ab', '.')()", "a"),
        ("('^a^a'):gmatch('^a')()", "^a"),
        ("string.dump", "nil"),
    ],
)
def test_results(expression: str, expected: str) -> None:
    assert " ".join(run(f"return {expression}").values) == expected


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("('x'):rep()", "bad argument #1 to 'rep' (number expected, got no value)"),
        ("('x'):rep({})", "bad argument #1 to 'rep' (number expected, got table)"),
        ("string.rep()", "bad argument #1 to 'rep' (string expected, got no value)"),
        ("string.char(65, 256)", "bad argument #2 to 'char' (invalid value)"),
        ("string.char(-1)", "bad argument #1 to 'char' (invalid value)"),
        ("string.char(0 / 0)", "VALUE"),
        ("('x'):rep(9000):byte(1, -1)", "stack overflow (string slice too long)"),
        ("('x'):gsub('x', true)", "bad argument #2 to 'gsub' (string/function/table expected)"),
        ("('x'):gsub('x')", "bad argument #2 to 'gsub' (string/function/table expected)"),
        ("('x'):gsub('x', 'y', 'z')", "bad argument #3 to 'gsub' (number expected, got string)"),
        ("('x'):gsub('x', {x = {}})", "invalid replacement value (a table)"),
        ("('x'):gsub('x', function() return true end)", "invalid replacement value (a boolean)"),
        ("('x'):gsub('x', '%2')", "invalid capture index"),
        ("('x'):gsub('(', '%1')", "unfinished capture"),
        ("('x'):find('(x')", "unfinished capture"),
        ("('x'):gmatch('%')()", "malformed pattern (ends with '%')"),
    ],
)
def test_errors(call: str, message: str) -> None:
    result = run(f"return pcall(function() return {call} end)")
    if message == "VALUE":  # a NaN is the lowest integer, of which 32 bits are 0
        assert result.values == ("true", "\0")
    else:
        assert result.values == ("false", f"stdin:1: {message}")


def test_an_iterator_called_by_pcall_has_no_position() -> None:
    assert run("return pcall(('x'):gmatch('%'))").values == ("false", "malformed pattern (ends with '%')")


def test_replacement_functions_may_use_the_library_and_fail() -> None:
    source = """
    local outer = ("a-b-c"):gsub("%a", function(c) return (c:rep(2):gsub(c, function(x) return x:upper() end)) end)
    print(outer)
    print(pcall(string.gsub, "abc", "b", function() error("stop", 0) end))
    local t = setmetatable({}, {__index = function(_, k) return k .. "!" end})
    print(("a b"):gsub("%a", t))
    """
    assert printed(run(source)) == ["AA-BB-CC", "false\tstop", "a! b!\t2"]


def test_rep_past_32_bits_is_beyond_the_budget() -> None:
    # PUC 5.1 cuts the number to 32 bits and answers "".
    result = run("return pcall(string.rep, 'x', 2 ^ 31)", memory=1 << 20)
    assert result.failure is not None
    assert result.failure.kind == "memory"
    assert run("return #(''):rep(1e300), #(''):rep(2 ^ 40), #('x'):rep(1e300)").values == ("0", "0", "0")


@pytest.mark.parametrize(
    "work",
    [
        "s:upper():lower():reverse()",
        "s:sub(2)",
        "s:rep(2)",
        "s:find('y', 1, true)",
        "s:find('y')",
        "s:find('%d')",
        "s:match('(%w+)=')",
        "s:match('^%w+=')",
        "s:gsub('x', 'y')",
        "s:gsub('x', '%0%0')",
        "s:gsub('x', {x = 'y'})",
        "s:gsub('x', string.upper)",
        "s:gsub('', '-')",
        "for c in s:gmatch('.') do end",
        "('%q'):format(s)",
        "('%s%s'):format(s, s)",
        "s:byte(1, -1)",
        "s:byte(s)",
    ],
)
def test_work_in_proportion_to_length_is_paid_for(work: str) -> None:
    body = work if work.startswith("for") else f"local _ = {work}"
    source = f"local s = ('x'):rep(7000) while true do pcall(function() {body} end) end"
    stopped = run(source, instructions=1_000_000)
    assert stopped.failure is not None
    assert stopped.failure.kind == "instructions"
    assert stopped.instructions == 1_000_000


def test_slices_do_not_change_the_counts() -> None:
    source = """for i = 1, 2000 do
      for k, v in ("a=1; b=2"):gmatch("(%w+)=(%w+)") do local _ = k:gsub("%a", string.upper) .. v:format(i) end
      pcall(pcall, string.sub, "abc", 2)
    end"""
    program = compile_program(source.encode(), "slices")
    whole = execute(program, Limits(**ROOMY))
    sliced = execute(program, Limits(**ROOMY, seconds=100.0))
    assert whole.instructions > 300_000
    assert (whole.instructions, whole.allocated_bytes) == (sliced.instructions, sliced.allocated_bytes)


def test_a_run_pays_once_for_a_pattern() -> None:
    def cost(rounds: int) -> int:
        return run(f"for i = 1, {rounds} do local _ = ('x'):match('%d+%s*%a') end").instructions

    assert cost(1) - cost(0) > 400
    assert cost(1000) - cost(999) < 100


def test_a_run_that_uses_many_patterns_pays_again() -> None:
    source = "for i = 1, {} do local _ = ('x'):match('%d' .. i % {}) end"
    few = run(source.format(2000, RUN_PATTERNS)).instructions
    many = run(source.format(2000, RUN_PATTERNS + 1)).instructions
    assert many > few + 1000 * 200


@pytest.mark.cpython
@pytest.mark.parametrize(
    "work",
    [
        "s:upper()",
        "h:lower()",
        "s:rep(3)",
        "s:byte(1, 7000)",
        "string.char(s:byte(1, 7000))",
        "s:gsub('x', 'yy')",
        "s:gsub('x', ('y'):rep(40))",
        "s:gsub('x', '%0%0')",
        "s:gsub('x', function(c) return c .. c end)",
        "s:gsub('xx', {})",
        "s:gsub('', '-')",
        "s:match('(((.*)))')",
        "('%q'):format(('\\0'):rep(20000))",
        "('%s %s'):format(s, s)",
        "('%99.99f'):rep(50):format(unpack(n))",
    ],
)
def test_memory_taken_stays_under_the_bytes_charged(work: str) -> None:
    build = """local s, h, n = ('x'):rep(20000), ('\\233'):rep(20000), {}
               for i = 1, 50 do n[i] = 1e300 end local _ = """
    peak, charged = peak_and_bytes(build + work)
    assert peak < charged
