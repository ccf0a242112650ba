"""What ``require`` answers, what is linked for it, and what is refused at load."""

from __future__ import annotations

import pytest

from keystone_lua.interpreter import LuaSyntaxError, Program, compile_program, execute
from keystone_lua.interpreter.linking import link_program, links_otherwise
from keystone_lua.interpreter.packing import pack, unpack


def output(program: Program) -> list[str]:
    """What a program prints, and how it fails."""
    result = execute(program)
    return [line.text for line in result.log] + ([result.failure.message] if result.failure else [])


@pytest.mark.parametrize(
    ("module", "answer"), [(b"", "true"), (b"return nil", "true"), (b"return false", "false"), (b"return 1, 2", "1")]
)
def test_a_module_runs_once_and_answers_its_first_value_or_true(module: bytes, answer: str) -> None:
    source = b"print(require('m'), require('m')) print(runs)"
    program = compile_program(source, "x.lua", {"m": b"runs = (runs or 0) + 1 " + module})
    twice = answer == "false"  # package.loaded asks for what is true (ll_require)
    assert output(program) == [f"{answer}\t{answer}", "2" if twice else "1"]


FOUND = {
    "below pcall": b"print(select(2, pcall(require, 'a.b')).n)",
    "by a local name": b"local require = require print(require('a.b').n)",
    "by a local function": b"local function get(name) return require(name) end print(get('a.b').n)",
    "of a list": b"for _, name in ipairs{'a.b'} do print(require(name).n) end",
    "by two literals": b"for _, name in ipairs{'b'} do print(require('a.' .. name).n) end",
    "by halves with the dot behind": b"for _, name in ipairs{'.b'} do print(require('a' .. name).n) end",
    "by halves without a dot": b"local dot = '.' for _, name in ipairs{'b'} do print(require('a' .. dot .. name).n) end",
    "by a table's field": b"local at = {need = require} print(at.need('a.b').n)",
    "below a pcall of its own": b"pcall = function(f, name) return f(name) end print(pcall(require, 'a.b').n)",
    "below a pcall that gets another name": b"pcall = function(f) return f('a.' .. 'b') end print(pcall(require, 'c').n)"
    b" local _ = 'a.b'",
    "with more arguments": b"print(require('a.b', 1).n)",
}


@pytest.mark.parametrize("source", FOUND.values(), ids=FOUND)
def test_literals_are_linked(source: bytes) -> None:
    program = compile_program(source, "x.lua", {"a.b": b"return {n = ...}", "c": b"return {}"})
    assert output(program) == ["a.b"]
    assert output(unpack(pack(program), program.source, program.sources)) == ["a.b"]


def test_strings_are_no_names_of_modules_where_require_is_called_with_literals() -> None:
    program = compile_program(
        b"local a = require 'a' local t = {'b'} return t.c", "x.lua", {"a": b"", "b": b"", "c": b""}
    )
    assert list(program.sources) == ["a"]


def test_init_files() -> None:
    modules = {"a.init": b"n = (n or 0) + 1 return debug.getinfo(1, 'S').source", "b": b"return 'b'", "b.init": b"x ="}
    program = compile_program(b"print(require 'a', require 'a.init', require 'b') print(n)", "x.lua", modules)
    assert output(program) == ["@lib/a/init.lua\t@lib/a/init.lua\tb", "2"]
    assert list(program.sources) == ["a.init", "b"]
    assert "a" in program.sought


NOT_SURE = {
    "never": b"if false then require 'm' end print('on')",
    "in a function": b"local function f() require 'm' end print('on')",
    "below pcall": b"pcall(require, 'm') print('on')",
    "in a function below pcall": b"pcall(function() return require 'm' end) print('on')",
    "behind and": b"local m = never and require 'm' print('on')",
    "in a loop": b"for _ = 1, 0 do require 'm' end print('on')",
    "behind a return": b"print('on') do return end require 'm'",
    "behind a return in a branch": b"print('on') if 1 then return end local m = require 'm'",
    "behind a goto": b"print('on') goto out require 'm' ::out::",
    "found by a loader": b"package.preload.m = function() print('on') end require 'm'",
    "there already": b"package.loaded.m = 'on' print(require 'm')",
    "with another require": b"require = print require 'on' local _ = 'm'",
}


@pytest.mark.parametrize("module", [{}, {"m": b"\nx ="}], ids=["missing", "broken"])
@pytest.mark.parametrize("source", NOT_SURE.values(), ids=NOT_SURE)
def test_what_may_not_run_is_not_refused(source: bytes, module: dict[str, bytes]) -> None:
    assert output(compile_program(source, "x.lua", module)) == ["on"]


SURE = {
    "a statement": b"local x = 1 require 'm'",
    "a local": b"local m = require 'm'",
    "in a block": b"do do local m = {require('m').x} end end",
    "a condition": b"if require 'm' then end",
    "the first operand": b"local m = require 'm' or 1",
    "returned": b"return require('m'):new()",
    "by a module": b"local other = require 'other'",
    "by a module that is first required elsewhere": b"pcall(require, 'other') require 'other'",
    "a name with dots": b"require('m')",
}


@pytest.mark.parametrize("source", SURE.values(), ids=SURE)
def test_what_surely_runs_is_refused_at_load(source: bytes) -> None:
    other = b"return require 'm'"
    with pytest.raises(LuaSyntaxError, match=r":1: module 'm' not found in lib/$"):
        compile_program(source, "x.lua", {"other": other})
    with pytest.raises(LuaSyntaxError, match=r"^lib/m.lua:2: unexpected symbol near '<eof>'$"):
        compile_program(source, "x.lua", {"other": other, "m": b"\nx ="})


FAILS = {
    "print(pcall(require, 'no.where'))": "module 'no.where' not found:\n\tno field package.preload['no.where']\n"
    "\tno file 'lib/no/where.lua'\n\tno file 'lib/no/where/init.lua'",
    "print(pcall(require, 'bad'))": "error loading module 'bad' from file 'lib/bad.lua':\n\t"
    "lib/bad.lua:1: unexpected symbol near '<eof>'",
    "print(pcall(require, 'no' .. 'where'))": "module 'nowhere' is not linked: modules are linked before a script runs, "
    "by the names that it has as literals; write its name out somewhere, as in require 'nowhere'",
    "print(pcall(require, 'nowhere' .. ''))": "module 'nowhere' not found:\n\tno field package.preload['nowhere']\n"
    "\tno file 'lib/nowhere.lua'\n\tno file 'lib/nowhere/init.lua'",
}


@pytest.mark.parametrize("source", FAILS)
def test_the_rest_fails_where_it_is_reached(source: str) -> None:
    assert output(compile_program(source.encode(), "x.lua", {"bad": b"x ="})) == [f"false\t{FAILS[source]}"]


def test_modules_that_require_each_other() -> None:
    later = {"a": b"local b = require 'b' return {go = function() return b.go() end, n = 'a'}"}
    later["b"] = b"return {go = function() return require('a').n end}"
    assert output(compile_program(b"print(require('a').go())", "x.lua", later)) == ["a"]
    at_once = {"a": b"return require 'b'", "b": b"return require 'a'"}
    with pytest.raises(LuaSyntaxError, match=r"^lib/b.lua:1: modules require each other: a -> b -> a$"):
        compile_program(b"require 'a'", "x.lua", at_once)
    assert output(compile_program(b"print(pcall(require, 'a'))", "x.lua", at_once)) == [
        "false\tlib/b.lua:1: loop or previous error loading module 'a'"
    ]


def test_what_is_missing_is_named() -> None:
    linked = link_program(b"\npcall(require, 'm')\nif x then require 'n' end require 'o'", "x.lua", {"o": b""})
    assert [(missing.name, missing.chunk, missing.line) for missing in linked.missing] == [
        ("m", "x.lua", 2),
        ("n", "x.lua", 3),
    ]


def test_a_chain_of_thousands_of_modules_links() -> None:
    modules = {f"m{number}": f"return require 'm{number + 1}'".encode() for number in range(3000)}
    modules["m3000"] = b"return 1"
    assert len(link_program(b"require 'm0'", "x.lua", modules).chunks) == 3002
    with pytest.raises(LuaSyntaxError, match=r"^lib/m3000.lua:1: modules require each other: m0 -> "):
        link_program(b"require 'm0'", "x.lua", {**modules, "m3000": b"require 'm0'"})


def test_package_is_the_one_that_require_goes_by() -> None:
    source = b"""
        print(package.loaded.string == string, package.loaded._G == _G, package.loaded.package == package)
        print(require 'package' == package, package.loaded.m)
        local m = require 'm'
        print(package.loaded.m == m, m.name)
        package.loaded.m = nil
        print(require 'm' ~= m)
        package.loaded.m = 'other'
        print(require 'm')
        package.preload.n = function(name) return name .. '!' end
        print(require 'n', package.loaded.n)
        print(package.config:sub(1, 1), package.path, package.cpath == '')
        package.path = './?.lua;' .. package.path
        print(package.path, package.loadlib, package.seeall)
        print(pcall(require, 'failing')) print(pcall(require, 'failing'))
        package.loaded.failing = nil print(pcall(require, 'failing'))
    """
    modules = {"m": b"local M = {name = ...} package.loaded[...] = M", "failing": b"error('no', 0)"}
    loop = "loop or previous error loading module 'failing'"
    assert output(compile_program(source, "x.lua", modules)) == [
        "true\ttrue\ttrue",
        "true\tnil",
        "true\tm",
        "true",
        "other",
        "n!\tn!",
        "/\t./lib/?.lua;./lib/?/init.lua\ttrue",
        "./?.lua;./lib/?.lua;./lib/?/init.lua\tnil\tnil",
        "false\tno",
        f"false\t{loop}",
        "false\tno",
    ]


LARGE = b"local function f() " + b"f() " * 28_200 + b"end return 1"


def test_a_module_that_only_a_literal_names_is_left_where_it_does_not_fit() -> None:
    """It may never be wanted; requiring it says why it is not there."""
    source = b"local name = 'large' local ok, why = pcall(require, name .. '') return ok, why"
    ok, why = execute(compile_program(source, "t", {"large": LARGE, "other": b"return 2", "large2": LARGE})).values
    assert ok == "false"
    assert why.startswith(
        "error loading module 'large' from file 'lib/large.lua':\n\tlib/large.lua:1: chunk has too many operations"
    )
    with pytest.raises(LuaSyntaxError, match="too many operations"):
        compile_program(b"require 'large'", "t", {"large": LARGE})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("i18n", b"local path = (...):gsub('%.init$', '') return require(path .. '.plural')"),
        ("i18n", b"return require(... .. '.plural')"),
        ("lib.i18n", b"local path = (...):match('(.-)[^%.]+$') return require(path .. 'i18n.plural')"),
        ("lib.i18n", b"local path = (...):match('(.-)[^%.]+$') return require(path .. 'i18n' .. '.' .. 'plural')"),
        ("lib.i18n.part", b"local path = (...):match('(.-)[^%.]+$') return require(path .. 'plural')"),
        ("lib.i18n.part", b"return require((...):gsub('%.[^%.]+$', '') .. '.plural')"),
        ("lib.i18n.deep.part", b"return require((...):gsub('%.deep%.part$', '') .. '.plural')"),
        ("lib/i18n/part", b"return require(((...):gsub('/[^/]+$', '') .. '/plural'))"),
    ],
)
def test_a_module_that_finds_its_parts_by_its_own_name(name: str, text: bytes) -> None:
    """They are linked: a literal follows the name of a linked module, or of its folder."""
    folder = "lib.i18n" if name.startswith("lib") else "i18n"
    file = name.replace("/", ".")
    modules = {f"{file}.init" if file == folder else file: text, f"{folder}.plural": b"return 'plural of ' .. ..."}
    assert output(compile_program(f"print(require '{name}')".encode(), "x.lua", modules)) == [
        f"plural of {folder.replace('.', '/') if '/' in name else folder}{'/' if '/' in name else '.'}plural"
    ]


def test_a_module_that_requires_the_folder_around_it() -> None:
    part = b"local all = require((string.gsub(..., '%.%w+$', ''))) return all.name"
    modules = {"silva.part": part, "silva": b"return {name = ...}"}
    assert output(compile_program(b"print(require 'silva.part')", "x.lua", modules)) == ["silva"]
    assert links_otherwise(compile_program(b"require 'silva.part'", "x.lua", {"silva.part": part}), modules)


def test_a_file_for_a_name_that_could_be_made_makes_another_program() -> None:
    """A reload compiles again where one has come."""
    modules = {"a.b": b"local path = ... return pcall(require, path .. '.c')"}
    program = compile_program(b"require 'a.b'", "x.lua", modules)
    for file in ("a.b.c", "a.b.c.init", "a.c", "d"):
        assert links_otherwise(program, {**modules, file: b""}) == (file != "d")
    many = b"local path = ... local t = {" + b",".join(b"'t%d'" % n for n in range(4000)) + b"} require(path)"
    linked = link_program(b"require 'a.b'", "x.lua", {"a.b": many})
    assert len(linked.sought) + len(linked.parts) < 5_000
    assert links_otherwise(compile_program(b"require 'a.b'", "x.lua", {"a.b": many}), {"a.b": many, "a.t3999": b""})


def test_a_library_of_many_literals_finds_its_files_by_its_own_name() -> None:
    literals = b",".join(b"'t%d'" % n for n in range(4000))
    part = (
        b"local folder = (...):gsub('%.[^%.]+$', '') .. '.' local t = {"
        + literals
        + b"} return require(folder .. 'two')"
    )
    modules = {"modules.one": part, "modules.two": b"return 2"}
    assert output(compile_program(b"print(require 'modules.one')", "x.lua", modules)) == ["2"]


@pytest.mark.parametrize("name", ["./a/b", "a//b", "a/.b", ".a.b", "./a.b"])
@pytest.mark.parametrize("computed", [False, True])
def test_names_as_paths(name: str, computed: bool) -> None:
    """PUC makes slashes of dots and opens the file: slashes next to each other are one."""
    source = f"local name = '{name}' print(require(name))" if computed else f"print(require '{name}')"
    program = compile_program(source.encode(), "x.lua", {"a.b": b"return ..."})
    assert output(program) == [name]
    assert links_otherwise(compile_program(f"local n = '{name}' pcall(require, n)".encode(), "x.lua"), {"a.b": b""})


HALVES = {
    "the dot before": b"local name = 'c' return require('a.b.' .. name)",
    "the dot behind": b"local name = '.c' return require('a.b' .. name)",
    "several parts": b"local name = 'b.c' return require('a.' .. name)",
    "slashes": b"local name = 'c' return require('a/b/' .. name)",
    "with dots between": b"return require(table.concat({'a', 'b.c'}, '.'))",
    "of a module": b"return require 'made'",
}


@pytest.mark.parametrize("file", ["a.b.c", "a.b.c.init"])
@pytest.mark.parametrize("source", HALVES.values(), ids=HALVES)
def test_names_that_literals_make_together(source: bytes, file: str) -> None:
    """A file that comes under such a name makes another program, which a reload compiles."""
    known = {"made": b"local name = 'c' return require('a.b.' .. name)", "other": b"return 2"}
    before = compile_program(source, "x.lua", known)
    before = unpack(pack(before), before.source, before.sources)
    assert not links_otherwise(before, known)
    assert not links_otherwise(before, {**known, "a.x": b"", "x.b.c": b""})
    assert links_otherwise(before, {**known, file: b"return 1"})
    after = compile_program(source, "x.lua", {**known, file: b"return 1"})
    assert execute(after).values == ("1",)
    assert not links_otherwise(after, {**known, file: b"return 1"})


def test_where_no_name_is_computed_literals_make_none() -> None:
    program = compile_program(b"require 'm' return 'a.' .. 'b'", "x.lua", {"m": b""})
    assert not links_otherwise(program, {"m": b"", "a.b": b""})


def test_slashes_are_dots_in_a_file_s_name_and_not_in_the_module_s() -> None:
    source = b"print(require 'a/b', require 'a.b', package.loaded['a/b'] == package.loaded['a.b'])"
    assert output(compile_program(source, "x.lua", {"a.b": b"return {}"}))[0].endswith("false")


@pytest.mark.parametrize("units", [100_000, 200_000])
def test_what_no_run_surely_requires_is_left_out_where_the_whole_is_too_much(units: int) -> None:
    """It fails where it is reached; what surely runs is linked first, wherever it stands."""
    large = b"local function f() " + b"f() " * (units // 11) + b"end return 1"
    modules = {"large": large, "large2": large, "sure": large if units < 125_000 else b"return 1"}
    source = (
        b"if x then require 'large' require 'large2' end local s = require 'sure' return s, pcall(require, 'large2')"
    )
    s, ok, why = execute(compile_program(source, "t", modules)).values
    assert (s, ok) == ("1", "false")
    assert "chunk has too many operations" in why
