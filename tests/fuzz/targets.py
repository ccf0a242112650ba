"""What is fuzzed: strategies that draw inputs, and the checks that every input must pass.

A check raises AssertionError, or whatever the engine should not have raised.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
from collections.abc import Callable
from typing import Any, Final

from hypothesis import strategies as st

from keystone_lua.interpreter import Limits, LuaSyntaxError, compile_program, execute
from keystone_lua.routing.request import BadRequest, read_request

LIMITS: Final = Limits(instructions=200_000, memory=1 << 20, depth=200, log=4096)
LUA: Final = shutil.which("lua5.1")

WORDS: Final = (
    "and break do else elseif end false for function goto if in local nil not or repeat return then true until while "
    "a b t f x _G self ... .. . : :: , ; = == ~= <= >= < > + - * / % ^ # ( ) [ ] { } '' \"x\" [[y]] 1 0 2.5 1e3 0x1F -- "
    "--[[ ]] [==[ ]==] pcall error pairs next setmetatable tostring string.rep string.format table.concat table.sort print "
    "select unpack math.huge __index __newindex __call __concat \n"
).split(" ")

BYTES: Final = st.characters(max_codepoint=255)
_WORD = st.sampled_from(WORDS)
sources: Final = st.one_of(
    st.lists(_WORD, max_size=40).map(" ".join),
    st.lists(st.one_of(_WORD, st.text(BYTES, max_size=3)), max_size=30).map("".join),
    st.text(BYTES, max_size=60),
)

_expression = st.deferred(lambda: _expressions)
_name = st.sampled_from(["a", "b", "t", "f", "print", "string", "math.huge", "next"])
_expressions: Final = st.one_of(
    _name,
    st.sampled_from(["nil", "true", "1", "0", "-1", "2^53", "'x'", "'10'", "{}", "...", "1e308", "0/0"]),
    st.tuples(
        _expression, st.sampled_from(["+", "-", "*", "/", "%", "^", "..", "==", "<", "<=", "and", "or"]), _expression
    ).map(lambda x: f"({x[0]} {x[1]} {x[2]})"),
    st.tuples(st.sampled_from(["-", "not ", "#"]), _expression).map(lambda x: f"{x[0]}({x[1]})"),
    st.tuples(_expression, _expression).map(lambda x: f"({x[0]})[{x[1]}]"),
    st.tuples(_expression, st.lists(_expression, max_size=3)).map(lambda x: f"({x[0]})({', '.join(x[1])})"),
    st.lists(_expression, max_size=3).map(lambda x: "{" + ", ".join(x) + "}"),
    st.tuples(_expression, _expression).map(lambda x: f"{{[{x[0]}] = {x[1]}}}"),
    _expression.map(lambda x: f"function(a, ...) return {x} end"),
    _expression.map(lambda x: f"pcall(function() return {x} end)"),
    st.tuples(_expression, _expression).map(lambda x: f"setmetatable({{}}, {{__index = {x[0]}, __call = {x[1]}}})"),
)
_statement = st.deferred(lambda: _statements)
_block = st.lists(_statement, max_size=3).map("\n".join)
_statements: Final = st.one_of(
    st.tuples(_name, _expression).map(lambda x: f"local a = {x[1]}"),
    st.tuples(st.sampled_from(["a", "b", "t", "t.x", "t[a]", "f"]), _expression).map(lambda x: f"{x[0]} = {x[1]}"),
    st.tuples(_expression, _block, _block).map(lambda x: f"if {x[0]} then {x[1]} else {x[2]} end"),
    st.tuples(_expression, _expression, _block).map(lambda x: f"for a = {x[0]}, {x[1]} do {x[2]} end"),
    st.tuples(_expression, _block).map(lambda x: f"for a, b in {x[0]} do {x[1]} end"),
    st.tuples(_expression, _block).map(lambda x: f"for a, b in pairs({x[0]}) do {x[1]} end"),
    st.tuples(_expression, _block).map(lambda x: f"while {x[0]} do {x[1]} break end"),
    st.tuples(_expression, _block).map(lambda x: f"repeat {x[1]} until {x[0]}"),
    st.tuples(_block).map(lambda x: f"function f(a, b, ...) {x[0]} end"),
    _expression.map(lambda x: f"print({x})"),
    _expression.map(lambda x: f"do return {x} end"),
)
programs: Final = st.lists(_statement, max_size=6).map(lambda x: "local t, a, b, f = {}, 1\n" + "\n".join(x))

_piece = st.sampled_from(
    ["a", "b", ".", "%a", "%d", "%s", "%w", "%p", "%z", "%A", "%b()", "%b''", "%f[%w]", "%f[^a]", "%1", "%2", "(", ")", "()",
     "[ab]", "[^a]", "[%a-]", "[a-c]", "[]", "[^", "%", "*", "+", "-", "?", "^", "$", "\0", "\xff", "%%", "=", "x"]
)  # fmt: skip
patterns: Final = st.tuples(
    st.lists(
        st.sampled_from(["a", "b", "ab", "1", " ", "(", ")", "=", "'", "\0", "\xff", "x", "aaaa"]), max_size=12
    ).map("".join),
    st.lists(_piece, max_size=8).map("".join),
    st.sampled_from(["", "x", "%0", "%1%1", "%%", "%2", "%"]),
)

formats: Final = st.tuples(
    st.one_of(
        st.text(BYTES, max_size=20),
        st.lists(st.tuples(st.text("-+ #0", max_size=6), st.text("0123456789", max_size=3), st.sampled_from(["", ".", ".0", ".5", ".20", ".99", ".100"]),
                           st.sampled_from("cdeEfgGiouxXqsaAp%\0")).map(lambda x: "%" + "".join(x)), max_size=4).map(" ".join),
    ),
    st.lists(
        st.sampled_from(["1", "-1", "0", "-0", "1.5", "1e15", "1e300", "-1e-300", "0/0", "1/0", "2^31", "2^53", "-2^63", "2^64", "'x'", "'12'",
                         "'a\\0b'", "''", "('y'):rep(120)", "nil", "true"]),
        max_size=5,
    ),
)  # fmt: skip

_json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)
_fields = {name: st.one_of(st.text(max_size=10), _json) for name in ("method", "path", "host", "body")}
_bodies = st.fixed_dictionaries(
    {},
    optional={
        **_fields,
        "headers": st.one_of(_json, st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=3)),
        "backends": st.one_of(
            _json, st.lists(st.dictionaries(st.sampled_from(["name", "url", "health"]), _json), max_size=3)
        ),
    },
)
bodies: Final = st.one_of(
    st.binary(max_size=80),
    _json.map(json.dumps).map(lambda x: x.encode("utf-8", "surrogatepass")),
    _bodies.map(json.dumps).map(str.encode),
    st.tuples(st.text('[{"', min_size=1, max_size=3), st.integers(1, 5000)).map(lambda x: (x[0] * x[1]).encode()),
)


def check_source(source: str) -> None:
    """Compiles or is refused; what compiles ends within its budgets, twice the same."""
    try:
        program = compile_program(source.encode("latin-1"), "fuzz")
    except LuaSyntaxError:
        return
    first, second = (execute(program, LIMITS) for _ in range(2))
    assert first == second
    assert first.instructions <= LIMITS.instructions
    assert first.allocated_bytes <= LIMITS.memory


def quoted(text: str) -> str:
    return '"' + "".join([f"\\{ord(c):03d}" for c in text]) + '"'


def pattern_script(case: tuple[str, str, str]) -> str:
    """find, match, gmatch and gsub, each answer in a line."""
    subject, pattern, replacement = map(quoted, case)
    return (
        f"local s, p, r = {subject}, {pattern}, {replacement}\n"
        "local function show(...) local t = {} for i = 1, select('#', ...) do t[i] = tostring((select(i, ...))) end\n"
        "io_line(table.concat(t, '|')) end\n"
        "show(pcall(string.find, s, p)) show(pcall(string.find, s, p, 3)) show(pcall(string.match, s, p))\n"
        "show(pcall(string.gsub, s, p, r)) show(pcall(string.gsub, s, p, {a = 1, ab = 'z'}, 2))\n"
        "show(pcall(function() local n = 0 for a, b in string.gmatch(s, p) do n = n + 1 show(a, b) if n > 20 then break end end end))\n"
    )


def format_script(case: tuple[str, list[str]]) -> str:
    """string.format with some values."""
    template, values = case
    return f"io_line(tostring(select(2, pcall(string.format, {', '.join([quoted(template), *values])}))))\n"


def ours(script: str) -> str:
    """The output of a script, one character per byte."""
    program = compile_program(("local io_line = print " + script).encode("latin-1"), "fuzz")
    result = execute(program, Limits(log=1 << 20))
    assert result.failure is None or result.status == "budget", result.failure
    return "".join([line.text + "\n" for line in result.log])


def reference(scripts: list[str]) -> list[str]:
    """What lua5.1 prints for each script, in one process."""
    assert LUA is not None
    mark = "<end of one>"
    whole = "local function io_line(s) io.write(s, '\\n') end\n"
    whole += "".join([f"do {script} end io.write('{mark}')\n" for script in scripts])
    done = subprocess.run([LUA, "-"], input=whole.encode("latin-1"), capture_output=True, timeout=120, check=True)
    return done.stdout.decode("latin-1").split(mark)[:-1]


def check_pattern(case: tuple[str, str, str]) -> None:
    """No exception; compared with lua5.1 in batches by the command."""
    ours(pattern_script(case))


def check_format(case: tuple[str, list[str]]) -> None:
    ours(format_script(case))


def check_body(body: bytes) -> None:
    """Read, or refused with a field or a message."""
    with contextlib.suppress(BadRequest):
        read_request(body)


TARGETS: Final[dict[str, tuple[Any, Callable[[Any], None]]]] = {
    "sources": (sources, check_source),
    "programs": (programs, check_source),
    "patterns": (patterns, check_pattern),
    "formats": (formats, check_format),
    "bodies": (bodies, check_body),
}
