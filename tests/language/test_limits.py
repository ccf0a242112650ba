"""Deep and long but legal programs work, the same on every Python; beyond the limits a Lua error."""

from __future__ import annotations

import sys

import pytest

from keystone_lua.interpreter import DEFAULT, MAX_DEPTH, Limits

from .engine import ROOMY, run


def values(source: str, limits: Limits = ROOMY) -> tuple[str, ...]:
    outcome = run(source.encode(), "t", limits)
    assert (outcome.status, outcome.error) == ("ok", None)
    return outcome.values


def nested(opener: str, inner: str, closer: str, count: int) -> str:
    return opener * count + inner + closer * count


# 5.1 refuses more than 200 C levels; a function body, a block and an expression each take one.
LEGAL = {
    "blocks": (nested("do ", "x = 7 ", "end ", 190) + "return x", "7"),
    "ifs": (nested("if true then ", "x = 7 ", "end ", 190) + "return x", "7"),
    "whiles": (nested("while true do ", "x = 7 ", "break end ", 190) + "return x", "7"),
    "fors": (nested("for i = 1, 1 do ", "x = i ", "end ", 49) + "return x", "1"),
    "generic fors": (nested("for _, v in ipairs({7}) do ", "x = v ", "end ", 39) + "return x", "7"),
    "repeats": (nested("repeat ", "x = 7 ", "until true ", 190) + "return x", "7"),
    "functions": ("return " + nested("(function() return ", "7", " end)()", 60), "7"),
    "parentheses": ("return " + nested("(", "7", ")", 190), "7"),
    "tables": ("local t = " + nested("{", "7", "}", 190) + " for _ = 1, 190 do t = t[1] end return t", "7"),
    "indexes": ("local t = {1} return " + nested("t[", "1", "]", 190), "1"),
    "calls": ("local function f(x) return x + 1 end return " + nested("f(", "0", ")", 190), "190"),
    "closures in loops": (
        "local fs = {} " + nested("for i = 1, 1 do local v = i ", "fs[1] = function() return v end ", "end ", 35)
        + "return fs[1]()",
        "1",
    ),
    "loops with locals of each level": (
        "local n = 0 "
        + "".join(f"for i{k} = 1, 2 do local a{k} = i{k} if a{k} == 2 then break end " for k in range(39))
        + "n = n + "
        + " + ".join(f"a{k}" for k in range(39))
        + " end" * 39
        + " return n",
        "39",
    ),
    "left chain": ("return " + " + ".join(["1"] * 20_000), "20000"),
    "left chain of a variable": ("local a = 1 return " + " + ".join(["a"] * 19_900), "19900"),
    "mixed left chain": ("local a = 2 return " + "a" + " - 1 + 1" * 10_000, "2"),
    "and chain": ("local a = 1 return " + " and ".join(["a"] * 20_000), "1"),
    "or chain": ("local a = nil return " + " or ".join(["a"] * 20_000) + " or 7", "7"),
    "comparison chain": ("local a = 1 return " + "a" + " == a" * 11_800, "false"),
    "concat chain": ('local a = "x" return #(' + " .. ".join(["a"] * 150) + ")", "150"),
    "elseifs": (
        "local n = 6299 if n == 0 then return 0 "
        + " ".join(f"elseif n == {i} then return {i}" for i in range(1, 6_300))
        + " end",
        "6299",
    ),
    "constructor fields": ("local t = {" + ", ".join(map(str, range(79_000))) + "} return t[1], #t", "79000"),
    "constructor names": ("local t = {" + ", ".join(f"k{i} = {i}" for i in range(10_000)) + "} return t.k9999", "9999"),
    "statements": ("local a = 0 " + "a = a + 1 " * 10_000 + "return a", "10000"),
    "steps of one kind": (
        "local t, n = {}, 0 t.t = t function t:s() n = n + 1 return t.s end function t:m() n = n + 1 return self end "
        "local a, b, c = t" + ".t" * 300 + ", t" + "['t']" * 300 + ", t" + ":m()" * 300 + " t:s()" + "(t)" * 300 + " t"
        + ".t" * 299 + ".z = n return t.z == n and a == t and b == t and c == t and n",
        "601",
    ),
    "steps": (
        "local n, t = 0 t = setmetatable({m = function(s, v) n = n + (v or 1) return s end}, {__call = function(s, v) "
        "n = n + v return s end}) t.t = t local k = 't' t" + ".t:m()(2)[k]:m(3)" * 1_800 + " return n",
        "10800",
    ),
    "fields": ("local t = {} t.t = t return t" + ".t" * 200 + " == t", "true"),
    "calls behind each other": ("local function f() return f_ end f_ = f return f" + "()" * 150 + " == f", "true"),
    "arguments": ("return select('#', " + ", ".join(["1"] * 240) + ")", "240"),
    "parameters": (
        (f"local function f({', '.join(f'p{i}' for i in range(190))}) return p189 end "
        f"return f({', '.join(map(str, range(190)))})"),
        "189",
    ),
    "locals": ("".join(f"local v{i} = {i} " for i in range(199)) + "return v198", "198"),
    "upvalues": (
        "".join(f"local v{i} = {i} " for i in range(59))
        + "local function f() return "
        + " + ".join(f"v{i}" for i in range(59))
        + " end return f()",
        str(sum(range(59))),
    ),
    "more upvalues than PUC takes": (
        "local n = 0 "
        + "".join(f"local v{i} = {i} " for i in range(150))
        + "local function f() return "
        + " + ".join(f"v{i}" for i in range(150))
        + " end return f()",
        str(sum(range(150))),
    ),
    "more operands of .. than PUC takes": ('local a = "x" return #(' + " .. ".join(["a"] * 5_000) + ")", "5000"),
    "long string": ('return #"' + "x" * 200_000 + '"', "200000"),
    "long name": (f"local {'n' * 50_000} = 7 return {'n' * 50_000}", "7"),
    "comment": ("--" + "x" * 100_000 + "\nreturn 7", "7"),
    "lines": ("\n" * 100_000 + "return 7", "7"),
    "gotos": (
        "local n = 0 " + " ".join(f"do goto l{i} n = 1 ::l{i}:: end" for i in range(500)) + " return n",
        "0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LEGAL)
def test_legal(name: str) -> None:
    source, expected = LEGAL[name]
    assert values(source)[-1] == expected


TOO_DEEP = {
    "parentheses": "return " + nested("(", "7", ")", 5_000),
    "blocks": nested("do ", "", "end ", 5_000),
    "functions": "return " + nested("function() return ", "7", " end", 5_000),
    "tables": "return " + nested("{", "", "}", 5_000),
    "unary": "return " + "- " * 5_000 + "1",
    "not": "return " + "not " * 5_000 + "1",
    "powers": "return " + " ^ ".join(["1"] * 5_000),
    "loops": nested("while x do ", "", "end ", 5_000),
    "calls": "return " + nested("f(", "1", ")", 5_000),
    "indexes": "return " + nested("t[", "1", "]", 5_000),
    "open parentheses": "return " + "(" * 5_000,
}


@pytest.mark.parametrize("name", TOO_DEEP)
def test_too_deep_is_a_syntax_error(name: str) -> None:
    outcome = run(TOO_DEEP[name].encode(), "t")
    assert outcome.status == "syntax"
    assert outcome.error is not None
    assert "syntax levels" in outcome.error


RECURSION = "local function r(n) if n == 0 then return 0 end return 1 + r(n - 1) end return r({})"


@pytest.mark.parametrize("depth", [190, 1_000, 5_000])
def test_recursion_by_default(depth: int) -> None:
    assert values(RECURSION.format(depth), DEFAULT) == (str(depth),)


def test_recursion_as_deep_as_limits_allow() -> None:
    assert (16_000 if sys.implementation.name == "cpython" else 8_000) == MAX_DEPTH
    deepest = Limits(depth=MAX_DEPTH, memory=1 << 30)
    assert values(RECURSION.format(MAX_DEPTH - 100), deepest) == (str(MAX_DEPTH - 100),)
    outcome = run(RECURSION.format(MAX_DEPTH + 100).encode(), "t", deepest)
    assert outcome.status == "error"
    assert outcome.error is not None
    assert "stack overflow" in outcome.error


CALLBACKS = {
    "pcall": "local function r(n) if n == 0 then return 0 end local _, v = pcall(r, n - 1) return 1 + v end return r(150)",
    "index": "local t = setmetatable({}, {__index = function(t, n) if n == 0 then return 0 end return 1 + t[n - 1] end}) "
    "return t[150]",
    "call": "local t = setmetatable({}, {__call = function(t, n) if n == 0 then return 0 end return 1 + t(n - 1) end}) "
    "return t(150)",
    "concat": "local n = 150 local t = setmetatable({}, {__concat = function(a, b) n = n - 1 if n == 0 then return 'x' end "
    "return a .. b end}) return n - 150 + #(t .. t) + 149",
    "gsub": "local function r(n) if n == 0 then return 'x' end return (('y'):gsub('y', function() return r(n - 1) end)) end "
    "return r(100) == 'x' and 150 or 0",
    "sort": "local function r(n) if n == 0 then return 0 end local v table.sort({2, 1}, function(a, b) v = v or r(n - 1) "
    "return a < b end) return 1 + v end return r(100) + 50",
    "tostring": "local n = 100 local t t = setmetatable({}, {__tostring = function() n = n - 1 if n == 0 then return 'x' end "
    "return tostring(t) end}) return tostring(t) == 'x' and 150",
}


@pytest.mark.parametrize("name", CALLBACKS)
def test_recursion_through_the_library(name: str) -> None:
    """C Lua allows 200 C calls; so must we, at least."""
    assert values(CALLBACKS[name], DEFAULT) in (("150",), ("149",))


@pytest.mark.parametrize("name", CALLBACKS)
def test_endless_recursion_through_the_library(name: str) -> None:
    source = CALLBACKS[name].replace("n == 0", "false")
    outcome = run(source.encode(), "t", DEFAULT)
    assert outcome.status in ("ok", "error", "budget"), outcome
    assert outcome.status != "ok" or name == "pcall"
