"""What other languages write: told with Lua's way, at its place; and no advice where the error is another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from keystone_lua import LuaSyntaxError, compile_program, execute
from keystone_lua.authoring.checker import Kind, check_source
from keystone_lua.cli import main
from keystone_lua.interpreter import DEFAULT
from keystone_lua.routing.scripts import ScriptStore

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
    "function f() return {a = 1 b = 2} end": "fields of a table are separated by commas",
    "x = {'a' 'b' 1}": "fields of a table are separated by commas",
    "function f()\nif a then\nb()\nelse if c then\nd()\nend\nend": "'else if' begins another if, which wants an end of its own: write elseif",
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
    assert finding.message.endswith("near '!'; Lua writes ~=")


# the same advice, whoever compiles

BAD = "function on_route_request(r)\n  r.n += 1\nend\n"
ADVICE = "bad.lua:2: '=' expected near '+'; Lua has no '+=': write r.n = r.n + ..."


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "scripts/bad.lua", "--request", "r.json"),
        ("run", "scripts/bad.lua", "--request", "r.json", "--json"),
        ("exec", "scripts/bad.lua"),
        ("profile", "scripts/bad.lua", "--request", "r.json"),
        ("dump", "--tree", "scripts/bad.lua"),
        ("test", "scripts"),
    ],
    ids=lambda arguments: " ".join(arguments[::4]),
)
def test_every_command_tells_it(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scripts" / "tests").mkdir(parents=True)
    (tmp_path / "scripts" / "bad.lua").write_text(BAD)
    (tmp_path / "scripts" / "tests" / "a_test.lua").write_text("function test_a() route('bad') end")
    (tmp_path / "r.json").write_text('{"path": "/"}')
    assert main(arguments) in (1, 2)
    told = capsys.readouterr()
    assert ADVICE in told.out + told.err


def test_the_server_tells_it(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "bad.lua").write_text(BAD)
    (tmp_path / "lib" / "m.lua").write_text("return \u201cx\u201d")
    snapshot = ScriptStore(tmp_path).reload()
    assert snapshot.never_compiled == {"bad": ADVICE}
    quote = 'unexpected symbol near U+201C, left double quotation mark; Lua writes a plain "'
    assert snapshot.errors == (ADVICE, f"lib/m.lua:1: {quote}")


def test_a_python_program_has_both(tmp_path: Path) -> None:
    with pytest.raises(LuaSyntaxError) as caught:
        compile_program(BAD, "bad.lua")
    assert caught.value.told == ADVICE
    assert caught.value.message == ADVICE.partition(";")[0]
    with pytest.raises(LuaSyntaxError, match="undefined label 'done'") as caught:
        compile_program("while true do goto done end")
    assert caught.value.told.endswith("; put ::done:: at the end of the loop's body")


def test_what_a_script_sees_are_lua_s_words() -> None:
    source = "return select(2, load('x += 1')), select(2, pcall(require, 'm'))"
    result = execute(compile_program(source, "x.lua", {"m": b"x += 1"}), limits=replace(DEFAULT, load=True))
    texts = result.raise_for_failure().values
    assert [str(text).endswith("'=' expected near '+'") for text in texts] == [True, True]
