"""What other languages write: told with Lua's way, at its place; and no advice where the error is another."""

from __future__ import annotations

import pytest

from keystone_lua.authoring.checker import Kind, check_source

TOLD = {
    "if a != b then end": "Lua writes ~=",
    "if !a then end": "Lua writes not",
    "n += 1": "Lua has no '+=': write n = n + ...",
    "t.n -= 1": "Lua has no '-=': write t.n = t.n - ...",
    "s ..= 'a'": "Lua has no '..=': write s = s .. ...",
    "n++": "Lua has no '++': write n = n + 1",
    "for i = 1, 3 do if i then continue end end": "Lua has no continue: write goto next, and ::next:: at the end of the loop's body",
    "for i = 1, 3 do\n  continue\nend": "Lua has no continue: write goto next, and ::next:: at the end of the loop's body",
    "for i = 1, 3 do goto continue end": "put ::continue:: at the end of the loop's body",
    "x = 7 // 2": "Lua 5.1 has no '//': write math.floor(a / b); a comment begins with --",
    "// a comment": "a comment in Lua begins with --",
    "/* a comment */": "a comment in Lua is --[[ ... ]]",
    "x = a & b": "Lua 5.1 has no '&': for bits write bit.band(a, b), for conditions and",
    "x = a && b": "Lua writes and",
    "x = a | b": "Lua 5.1 has no '|': for bits write bit.bor(a, b), for conditions or",
    "x = a || b": "Lua writes or",
    "x = ~a": "Lua 5.1 has no '~': for bits write bit.bxor(a, b) or bit.bnot(a), for conditions not",
    "x = 1 << 2": "Lua 5.1 has no '<<': write bit.lshift(a, n)",
    "x = 8 >> 2": "Lua 5.1 has no '>>': write bit.rshift(a, n)",
    "x = a ? 1 : 2": "Lua has no '?:': write condition and a or b",
    "x = a ?? 1": "Lua writes or",
    "x = a <> b": "Lua writes ~=",
    "x = a === b": "Lua writes ==",
    "if x = 1 then end": "a comparison is written ==",
    "while x = 1 do end": "a comparison is written ==",
    "local x := 1": "Lua writes =",
    "let x = 1": "Lua writes local",
    "const x = 1": "Lua writes local",
    "if a then b() elsif c then d() end": "Lua writes elseif",
    "if a then b() else if c then d() end": "'else if' begins another if, which wants an end of its own: write elseif",
    "def f() end": "Lua writes function",
    "f(x => 1)": "Lua writes function(a) return ... end",
    "x = [1, 2]": "a list is written {1, 2}",
    "x = {a: 1}": "a field is written name = value",
    "if (a) { b() }": "a block is written if ... then ... end",
    "while true { b() }": "a block is written do ... end",
    "for i = 1; i < 3; i++ do end": "a loop is written for i = 1, n do ... end",
    "function f(a = 1) end": "a parameter has no default: write a = a or 1 in the function",
    "function f() return 1 x = 2 end": "return must be the last statement of its block: write do return ... end",
    "x = `a`": "Lua writes texts in \", ' or [[ ]]",
}


@pytest.mark.parametrize("source", TOLD)
def test_lua_s_way_is_told(source: str) -> None:
    (finding,) = check_source(source.encode(), "x.lua", kind=Kind.PLAIN)
    assert finding.rule == "syntax"
    message, _, advice = finding.message.partition("; ")
    assert "near " in message or "label" in message
    assert advice == TOLD[source]


@pytest.mark.parametrize(
    "source",
    [
        "x = = 1", "f(1,, 2)", "x = (1 + 2))", "end", "if x then", "a.b:c = 1 = 2", "x = {1 2}", "for i = 1 do end", "print 'a' 'b",
        "local continued = 1 2", "x = 'a != b' y", "-- a += 1\nx y", "return x)", "x = a ^^ b", "goto done",
    ],
)  # fmt: skip
def test_other_errors_get_no_advice_about_other_languages(source: str) -> None:
    (finding,) = check_source(source.encode(), "x.lua", kind=Kind.PLAIN)
    assert "Lua writes" not in finding.message
    assert "Lua has no" not in finding.message
    assert "is written" not in finding.message


@pytest.mark.parametrize(
    ("name", "lua"),
    [("null", "nil"), ("None", "nil"), ("True", "true"), ("FALSE", "false"), ("throw", "error(message)")],
)
def test_names_that_other_languages_have(name: str, lua: str) -> None:
    (finding,) = check_source(f"return {name}".encode(), "x.lua", kind=Kind.PLAIN)
    assert finding.message == f"undefined global '{name}': Lua writes {lua}"
    assert check_source(f"local {name} = 1 return {name}".encode(), "x.lua", kind=Kind.PLAIN) == []


def test_advice_is_of_the_file_that_has_the_error() -> None:
    (finding,) = check_source(b"require 'm'", "x.lua", {"m": b"\nif a != b then end"})
    assert (finding.file, finding.line) == ("lib/m.lua", 2)
