"""What fits at a place, what a name is, which argument it is at, where it was made: whole scripts, and broken ones."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

import pytest

from keystone_lua.authoring.editors import routing_library
from keystone_lua.authoring.language_server import answers
from keystone_lua.authoring.language_server.document import Document
from keystone_lua.authoring.language_server.knowledge import KEYWORDS
from keystone_lua.authoring.language_server.meaning import Script
from keystone_lua.interpreter.modules import catalogue
from keystone_lua.routing import answer, request_fields

ROOT = Path(__file__).parents[2]
ENTRY = "function on_route_request(request, backends)\n"

CHOOSER = """
local M = { limit = 3 }
local function hidden(x) end
function M.choose(list, key) return list[1] end
M.count = function(list) return #list end
function M:method(a) end
return M
"""
RETURNED = "return { first = 1, second = function(a, b) local inner = 1 return {third = 1} end }"


def asked(text: str, is_test: bool = False) -> tuple[Script, int]:
    """The script without the mark ``|``, and the mark's offset."""
    before, _, after = text.partition("|")
    modules = {
        name: Script(Document(f"file:///s/lib/{name}.lua", source))
        for name, source in {"chooser": CHOOSER, "returned": RETURNED}.items()
    }
    script = Script(Document("file:///s/a.lua", before + after), modules.get, is_test)
    return script, len(before.encode())


def fitting(text: str, is_test: bool = False) -> list[str]:
    script, offset = asked(text, is_test)
    return [thing.name for thing in answers.completions(script, offset, ["chooser", "returned"])]


def told(text: str) -> str:
    script, offset = asked(text)
    found = answers.hover(script, offset)
    return found.text if found is not None else ""


# completion

REQUEST = [*(f.name for f in request_fields.FIELDS), *(f.name for f in request_fields.OWN), request_fields.ARGS]
BACKEND = [field.name for field in request_fields.BACKEND_FIELDS]
ANSWER = [field.name for field in answer.FIELDS]


@pytest.mark.parametrize(
    "text",
    [
        "request.|",
        "function on_route_request(r, b)\n  if r.|",
        "function on_route_request(r, b)\n  if r.| then return end\nend",
        "local r = request\nreturn r.|",
        "local function f(request) return request.| end",
        "on_route_request = function(request) return request.|",
        "function on_route_request(r)\n  return helper(r.|, 1)\nend",
        "function on_route_request(r)\n  local s = 'unfinished\n  return r.|\nend",
        "if broken (\nfunction on_route_request(r)\n  local x = r.|\nend",
    ],
)
def test_the_fields_of_a_request(text: str) -> None:
    assert fitting(text) == REQUEST


@pytest.mark.parametrize(
    "text",
    [
        "backends[1].|",
        ENTRY + "for _, b in ipairs(backends) do b.|",
        ENTRY + "for i, b in ipairs(request.backends) do\n  if b.| then end\nend",
        ENTRY + "local b = backends[i] or backends[1]\nreturn b.|",
        "local function pick(backend) return backend.|",
    ],
)
def test_the_fields_of_a_backend(text: str) -> None:
    assert fitting(text) == BACKEND


@pytest.mark.parametrize(
    "text",
    [
        ENTRY + "return { | }",
        ENTRY + "return {\n  sel|",
        ENTRY + "local answer = { | }\nreturn answer\nend",
        ENTRY + "local answer = {}\nanswer.|\nreturn answer\nend",
        "local a = route('canary', {}) a.|",
    ],
)
def test_the_fields_of_an_answer(text: str) -> None:
    assert fitting(text, is_test=True)[: len(ANSWER)] == ANSWER


def test_fields_that_an_answer_has_are_not_offered_again() -> None:
    assert fitting(ENTRY + "return { reject = true, | }")[: len(ANSWER) - 1] == [n for n in ANSWER if n != "reject"]
    assert "reject" in fitting(ENTRY + "return { reject| = true }")
    assert fitting("local t = { reject = true, retry|")[0] == ANSWER[0]
    assert "selected_backend" not in fitting("local t = { other = true, |")
    assert "selected_backend" not in fitting(ENTRY + "return { reject = | }")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("local json = require 'json'\njson.|", ["decode", "decode_safe", "get"]),
        ("require('jwt').|", ["decode", "verify"]),
        ("local m = require 'chooser'\nm.|", ["limit", "choose", "count", "method"]),
        ("local m = require 'returned'\nm.|", ["first", "second"]),
        ("local t = { a = 1 }\nt.b = 2\nfunction t.c() end\nt.|", ["a", "b", "c"]),
        ("string.|", ["byte", "char", "find"]),
        ("local s = string s.|", ["byte", "char", "find"]),
        ("('x'):|", ["byte", "char", "find"]),
        ("request.path:|", ["byte", "char", "find"]),
        ("anything:|", ["byte", "char", "find"]),
        ("local ip = require 'ip'\nlocal m = ip.matcher{'10.0.0.0/8'}\nm:|", ["match"]),
        ("local x = require '|", ["chooser", "returned", "accept"]),
        ('local x = require("|")', ["chooser", "returned", "accept"]),
        ("x = 1 -- keystone: ignore |", ["no-entry-point", "unknown-hook"]),
        ("local |", ["function"]),
    ],
)
def test_what_fits_first(text: str, first: list[str]) -> None:
    assert fitting(text)[: len(first)] == first


@pytest.mark.parametrize(
    "text",
    [
        "local x = 'request.|'", "-- request.|", "--[[ request.\n|", "x = 1.|", "x = 12|", "anything.|", "goto |", "for |",
        "function |", "local a = backends and backends[1]\na.|", "x = 'require|'", "f().|", "nil.|", "|" * 0 + "x = [[ |",
    ],
)  # fmt: skip
def test_where_nothing_fits_nothing_is_offered(text: str) -> None:
    assert fitting(text) == []


def test_names_nearest_first_then_what_everybody_has() -> None:
    found = fitting(
        "local outer = 1\nlocal function f(parameter)\n  local inner = 2\n  do local gone = 1 end\n  return |\nend"
    )
    assert found[:4] == ["inner", "parameter", "f", "outer"]
    assert "gone" not in found
    assert {"string", "request", "constant", *KEYWORDS} <= set(found)
    assert "route" not in found
    assert "route" in fitting("|", is_test=True)
    assert "x" not in fitting("local x = |")


def test_a_global_function_of_the_file_is_offered() -> None:
    assert "helper" in fitting("function helper(a) end\nlimit = 3\n|")
    assert "limit" in fitting("function helper(a) end\nlimit = 3\n|")


# hover


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ENTRY + "return request.he|aders", "request.headers: table<string, string>"),
        ("local json = require 'json'\njson.dec|ode(x)", "json.decode(text)"),
        ("local json = require 'json'\njson.dec|ode(x)", "From 120 instructions"),
        ("local safe = require 'cjson.safe'\nsafe.dec|ode(x)", "nil and the message"),
        ("string.su|b(x)", "string.sub(s, from, to)"),
        ("local sub = string.sub\nsu|b(x)", "string.sub(s, from, to)"),
        ("request.path:fi|nd('x')", "string.find(s, pattern, from, plain)"),
        (ENTRY + "return { rej|ect = true }", "the request goes nowhere"),
        ("local function f(a, b) end\nf|(1)", "f(a, b)"),
        ("local m = require 'chooser'\nm.cho|ose()", "chooser" * 0 + "choose(list, key)"),
        ("require 'js|on'", "a module of the routing library"),
        ("local m = require('choo|ser')", "a module of lib/"),
        ("x = 1 -- keystone: ignore unused-lo|cal", "A local that is never read can go"),
        ("const|ant(f)", "made once when the script is loaded"),
    ],
)
def test_a_name_is_told(text: str, words: str) -> None:
    assert words in told(text)


@pytest.mark.parametrize(
    "text",
    ["un|known.field", "'te|xt'", "1|2", "-- com|ment", "local t = { tags| = 1 }", "a = b.un|known", "|", "retur|n"],
)
def test_what_nobody_knows_is_not_told(text: str) -> None:
    assert told(text) == ""


# signatures


@pytest.mark.parametrize(
    ("text", "signature", "active"),
    [
        ("string.sub(x, |", "string.sub(s, from, to)", 1),
        ("('x'):sub(1, |)", "string.sub(s, from, to)", 2),
        ("local function f(a, b) end\nf(g(1, 2), |", "f(a, b)", 1),
        ("print(1, 2, 3, |", "print(...)", 0),
        ("local json = require 'json'\njson.get(x, '/a', |", "json.get(text, pointer)", 2),
        ("local m = require 'chooser'\nm.choose({1, 2}, |", "choose(list, key)", 1),
    ],
)
def test_the_argument_is_told(text: str, signature: str, active: int) -> None:
    script, offset = asked(text)
    found = answers.signature(script, offset)
    assert found is not None
    assert found.thing.signature.removeprefix("M.") == signature
    assert found.active == active


@pytest.mark.parametrize(
    "text", ["f(|", "function g(a, |", "print{|", "print(function() local x = |", "|print()", "local function g(|"]
)
def test_what_is_no_known_call_has_no_signature(text: str) -> None:
    script, offset = asked(text)
    assert answers.signature(script, offset) is None


# places


@pytest.mark.parametrize(
    ("text", "uri", "line", "name"),
    [
        ("local x = 1\nreturn x|", "file:///s/a.lua", 0, "x"),
        ("local x = 1\ndo\n  local x = 2\n  return |x\nend", "file:///s/a.lua", 2, "x"),
        ("local x = 1\nlocal x = x|", "file:///s/a.lua", 0, "x"),
        ("local function f(a)\n  return a|\nend", "file:///s/a.lua", 0, "a"),
        ("repeat\n  local done = true\nuntil do|ne", "file:///s/a.lua", 1, "done"),
        ("for i = 1, 3 do\n  print(i|)\nend", "file:///s/a.lua", 0, "i"),
        ("function helper() end\nhelp|er()", "file:///s/a.lua", 0, "helper"),
        ("limit = 3\nreturn lim|it", "file:///s/a.lua", 0, "limit"),
        ("local t = {}\nfunction t.go() end\nt.g|o()", "file:///s/a.lua", 1, "go"),
        ("local m = require 'chooser'\nm.cho|ose()", "file:///s/lib/chooser.lua", 3, "choose"),
        ("local m = require 'chooser'\nm.lim|it", "file:///s/lib/chooser.lua", 1, "limit"),
        ("local m = require 'returned'\nm.sec|ond()", "file:///s/lib/returned.lua", 0, "second"),
        ("local m = require 'choo|ser'", "file:///s/lib/chooser.lua", 0, ""),
        ("return later|\nlocal later = 1\n", "", 0, ""),
        ("return request|", "", 0, ""),
        ("local json = require 'json'\njson.dec|ode()", "", 0, ""),
    ],
)
def test_where_a_name_was_made(text: str, uri: str, line: int, name: str) -> None:
    script, offset = asked(text)
    found = answers.definition(script, offset)
    if not uri:
        assert found is None
        return
    assert found is not None
    assert (found.document.uri, found.document.place(found.start)[0]) == (uri, line)
    assert found.document.source[found.start : found.end].decode() == name


def test_the_functions_of_a_file() -> None:
    script, _ = asked(
        "local function a(x) end\nfunction M.b:c() end\nM.d = function(...) end\nlocal e = function() end\nf(function() end)\nfunction g(|"
    )
    assert [(symbol.name, symbol.detail) for symbol in answers.symbols(script)] == [
        ("a", "(x)"), ("M.b:c", "()"), ("M.d", "(...)"), ("e", "()"), ("g", "()"),
    ]  # fmt: skip


# everything there is


@pytest.mark.parametrize("name", sorted(catalogue.FILES))
def test_every_module_is_completed(name: str) -> None:
    entries = routing_library.entries()[catalogue.FILES[name]]
    wanted = {entry.name for entry in entries if not entry.object} | set(catalogue.RENAMED.get(name, ()))
    assert set(fitting(f"require '{name}'.|")) == wanted


SOURCES = [*sorted((ROOT / "scripts").rglob("*.lua")), *sorted((ROOT / "tests" / "authoring" / "checks").glob("*.lua"))]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_prefix_of_a_script_can_be_asked_of(path: Path) -> None:
    """As if it were typed: at each place something is answered, and nothing fails."""
    text = path.read_text()
    step = max(1, len(text) // 60)
    for end in range(0, len(text) + 1, step):
        script = Script(Document("file:///s/a.lua", text[:end]))
        offset = len(text[:end].encode())
        answers.completions(script, offset)
        answers.symbols(script)
        for place in (offset, offset // 2):
            answers.hover(script, place)
            answers.signature(script, place)
            answers.definition(script, place)


def test_whole_scripts_have_their_functions() -> None:
    script = Script(Document("file:///s/a.lua", (ROOT / "scripts" / "canary.lua").read_text()))
    assert "on_route_request" in [symbol.name for symbol in answers.symbols(script)]


# work

GROWING = {
    "locals": ("{}|", "local x = 1\n"),
    "locals by others": ("local x = request {}x.|", "local x = x\n"),
    "closed blocks": ("local x {}x.|", "do local x = 1 end x = 1\n"),
    "fields": ("local t = {{}} {} t.|", "t.a = 1\n"),
    "items": ("local t = {{ {} }} t.|", "a = 1, "),
    "functions": ("{}|", "function f(a) "),
    "answers": ("{} local x = {{}} x.|", "function on_route_request(r) return x end\n"),
    "steps": ("x{}.|", ".a"),
    "calls": ("x{}.|", "(1)"),
    "brackets": ("{}|", "f({"),
    "quotes": ("{}|", "x = '\n"),
}


def lines_run(text: str) -> int:
    script, offset = asked(text)
    count = 0

    def local(frame: FrameType, event: str, _: object) -> object:
        nonlocal count
        count += event == "line"
        return local

    def trace(frame: FrameType, event: str, _: object) -> object:
        return local if "language_server" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        answers.completions(script, offset)
        answers.hover(script, offset)
        answers.signature(script, offset)
        answers.symbols(script)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("name", GROWING)
def test_work_grows_with_the_length(name: str) -> None:
    """Four times the script, at most six times the lines of ours that run, where work by pairs takes sixteen."""
    form, repeated = GROWING[name]
    few, many = (lines_run(form.format(repeated * count)) for count in (400, 1600))
    assert few > 200
    assert many < 6 * few
