"""Forty-two mistakes that authors and operators make, fifteen of patterns, twelve of fields: each told, at its place, with advice.

An author's mistake is a script; ``^`` stands right before the place that the message must name. An operator's is a folder
and a command.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from keystone_lua.authoring.checker import Finding, Kind, check_source
from keystone_lua.authoring.checker.placing import Placed, placed
from keystone_lua.cli import main
from keystone_lua.routing.scripts import ScriptStore


class Mistake(NamedTuple):
    """``source`` is a script with the mark, ``told`` what must stand in the message."""

    what: str
    source: str
    told: str


def inside(body: str) -> str:
    return f"function on_route_request(request, backends)\n  {body}\nend\n"


AUTHORS = (
    Mistake("a curly quote", inside("return { selected_backend = ^\u201ca\u201d }"), 'U+201C, left double quotation mark; Lua writes a plain "'),
    Mistake("!=", inside("if request.path ^!= '/' then return nil end"), "Lua writes ~="),
    Mistake("+=", inside("local n = 1 n ^+= 1"), "write n = n + ..."),
    Mistake("continue", inside("for _, b in ipairs(backends) do if b.health then continue ^end end"), "write goto next"),
    Mistake("a comment with //", "^// where requests go\n" + inside("return nil"), "a comment in Lua begins with --"),
    Mistake("&&", inside("if request.path ^&& request.host then return nil end"), "Lua writes and"),
    Mistake("null", inside("if request.query == ^null then return nil end"), "Lua writes nil"),
    Mistake("else if", inside("if request.path == 'a' then log(1) else if request.path == 'b' then log(2) end") + "^", "write elseif"),
    Mistake("= for ==", inside("if request.path ^= '/' then return nil end"), "a comparison is written =="),
    Mistake("a list in brackets", inside("return { candidates = ^['a', 'b'] }"), "a list is written {1, 2}"),
    Mistake("a missing comma", inside("return { selected_backend = 'a' ^reject = false }"), "separated by commas"),
    Mistake("a conditional expression", inside("return { selected_backend = request.path ^? 'a' : 'b' }"), "write condition and a or b"),
    Mistake("a misspelt global", inside("return { selected_backend = ^bakends[1].name }"), "did you mean 'backends'?"),
    Mistake("a missing local", inside("^name = backends[1].name return { selected_backend = name }"), "write 'local name'"),
    Mistake("a misspelt entry point", "function ^on_route_req(request) return nil end", "is 'on_route_req' meant to be it?"),
    Mistake("a local entry point", "local function ^on_route_request(request) return nil end", "remove 'local'"),
    Mistake("another gateway's hook", inside("return nil") + "function ^on_response(response) end", "response_headers"),
    Mistake("an answer that is a name", inside("return ^backends[1].name"), "write return {selected_backend = ...}"),
    Mistake("a path without a return", "function on_route_request(request)\n  if request.path == '/' then return nil end\n^end", "return an answer, or nil if that is meant"),
    Mistake("a result that is dropped", inside("local path = request.path ^path:lower() return { modified_path = path }"), "use its result"),
    Mistake("a method that strings do not have", inside("return { modified_path = ^request.path:trim() }"), 'write require("text").trim(s)'),
    Mistake("a counter between requests", "local count = 0\n" + inside("^count = count + 1 return { selected_backend = backends[count].name }"), "for turns use request.sequence"),
    Mistake("a write to the request", inside("^request.headers['X-A'] = 'a' return { selected_backend = 'a' }"), "return modified_headers"),
    Mistake("a computed require", inside("return require(^'rules.' .. request.host)"), "write the names out"),
    Mistake("a misspelt module", "local json = require '^jsn'\n" + inside("return json.decode(request.body)"), "did you mean 'json'?"),
    Mistake("a socket", "local http = require '^socket.http'\n" + inside("return http"), "a decision calls nobody"),
    Mistake("OpenResty's ngx", inside("return { selected_backend = ^ngx.var.arg_id }"), "use on_route_request's request"),
    Mistake("the environment", inside("return { selected_backend = ^os.getenv('REGION') }"), "settings are request.config"),
    Mistake("a file", inside("return { selected_backend = ^io.read() }"), "left out for safety"),
    Mistake("the first backend at 0", inside("return { selected_backend = ^backends[0].name }"), "the first backend is backends[1]"),
    Mistake("a loop without an end", inside("^while true do log('again') end"), "it has no break, return or error"),
    Mistake("a token that nobody verified", "local jwt = require 'jwt'\n" + inside("local t = ^jwt.decode(request.body) return t and { selected_backend = t.payload.sub }"), "with the keys of who issues it"),
)  # fmt: skip

PATTERNS = (
    Mistake("an unfinished capture", "^'^/users/(%d+'", "unfinished capture"),
    Mistake("a set without its end", "^'[abc'", "malformed pattern (missing ']')"),
    Mistake("a % at the end", "^'100%'", "malformed pattern (ends with '%')"),
    Mistake("a capture that is not there", "^'%1a'", "invalid capture index"),
    Mistake("a bracket too many", "^'a)'", "invalid pattern capture"),
    Mistake(r"\d", r"^'/v\\d+'", r"write '%d' for '\d'"),
    Mistake("{1,3}", "^'^/v[0-9]{1,3}/'", "'{1,3}' is plain text in it"),
    Mistake("(a|b)", "^'^/(api|admin)/'", "'|' is a plain sign in it"),
    Mistake("(?:", "^'(?:api)'", "it has no groups such as '(?:'"),
    Mistake(".*?", "^'^/.*?/x'", "the fewest are '.-'"),
    Mistake("[[:alpha:]]", "^'^[[:alpha:]]+'", "write '%a'"),
    Mistake("dots in a host's name", "^'api.example.com'", "write 'api%.example%.com'"),
    Mistake("a dot before a domain", "^'.example.com$'", "write '%.example%.com'"),
    Mistake("a dash", "^'version-a'", "write '%-' for a dash"),
    Mistake("a name as a pattern", "^backends[1].name", "use find(text, 1, true)"),
)

FIELDS = (
    Mistake("a misspelt field", "request.^qurey", "did you mean 'query'?"),
    Mistake("a missing letter", "request.^header.Host", "did you mean 'headers'?"),
    Mistake("a capital", "request.^Path", "did you mean 'path'?"),
    Mistake("the whole address", "request.^url", "use request.path and request.query"),
    Mistake("who asks", "request.^remote_addr", "use request.client_ip"),
    Mistake("cookies", "request.^cookies.session", "use require('cookie').parse(request.headers.Cookie)"),
    Mistake("parameters", "request.^params.id", "use request.args"),
    Mistake("a backend's health", "backends[1].^healthy", "use health"),
    Mistake("a backend's address", "backends[1].^address", "use url"),
    Mistake("an answer's backend", "'a', ^backend = 'b'", "did you mean 'selected_backend'?"),
    Mistake("an answer's headers", "'a', ^headers = {}", "use modified_headers"),
    Mistake("an answer's status", "'a', reject = true, ^status = 404", "use reject_status"),
)


def place_of(marked: str) -> tuple[str, int, int]:
    """The script without the mark, and the line and the column, in bytes, that it stood at."""
    before, mark, after = marked.partition("^")
    assert mark
    last = before.rpartition("\n")[2]
    return before + after, before.count("\n") + 1, len(last.encode()) + 1


def held(mistake: Mistake, marked: str) -> None:
    source, line, column = place_of(marked)
    found = check_source(source.encode(), "a.lua")
    told = [each.message for each in found if (each.line, each.column) == (line, column)]
    assert any(mistake.told in message for message in told), found


def numbered(mistakes: tuple[Mistake, ...], first: int = 1) -> list[object]:
    return [pytest.param(each, id=f"{number}. {each.what}") for number, each in enumerate(mistakes, first)]


@pytest.mark.parametrize("mistake", numbered(AUTHORS))
def test_an_author_s_mistake_is_told(mistake: Mistake) -> None:
    held(mistake, mistake.source)


@pytest.mark.parametrize("mistake", numbered(PATTERNS))
def test_a_mistake_in_a_pattern_is_told(mistake: Mistake) -> None:
    held(mistake, inside(f"return {{ selected_backend = request.host:match({mistake.source}) }}"))


@pytest.mark.parametrize("mistake", numbered(FIELDS))
def test_a_mistaken_field_is_told(mistake: Mistake) -> None:
    held(mistake, inside(f"return {{ selected_backend = {mistake.source} }}"))


# operators

GOOD = inside("return { selected_backend = backends[1].name }")
REQUEST = json.dumps({"path": "/", "backends": [{"name": "blue", "url": "http://b", "health": True}]})


class Trial(NamedTuple):
    """Files, a command, what must be told of it, and its exit code."""

    what: str
    files: dict[str, str]
    command: str
    told: str
    code: int


OPERATORS = (
    Trial("a request that is no JSON", {"r.json": '{"path": /}'}, "run s/a.lua --request r.json", "r.json: request body is not JSON: Expecting value (line 1, column 10)", 2),
    Trial("a misspelt field of a request", {"r.json": '{"pth": "/"}'}, "run s/a.lua --request r.json", "r.json: pth: no such field: did you mean 'path'?", 2),
    Trial("a backend that was not offered", {"s/a.lua": inside("return { selected_backend = 'bleu' }")}, "run s/a.lua --request r.json", "selected_backend: no backend 'bleu' was offered: did you mean 'blue'?", 0),
    Trial("an answer that is none", {"s/a.lua": inside("return 'blue'")}, "run s/a.lua --request r.json", "a.lua:2: it is returned here", 1),
    Trial("a test that is called otherwise", {"s/tests/a_test.lua": "function test_a() end\nfunction testB() end"}, "test s", "s/tests/a_test.lua: testB is not run", 1),
    Trial("a misspelt assertion", {"s/tests/a_test.lua": "function test_a()\n  assert_equals(1, 1)\nend"}, "test s", "a_test.lua:2: attempt to call global 'assert_equals' (a nil value): did you mean assert_equal?", 1),
    Trial("a folder without tests", {}, "test s", "no tests in s: *_test.lua", 1),
    Trial("an ignore comment without a rule", {"s/a.lua": GOOD.replace("return", "return --keystone: ignore unusd-local\n")}, "check --strict s", "s/a.lua:2:29: warning: no rule is called 'unusd-local': did you mean 'unused-local'?", 1),
    Trial("a misspelt setting", {"k.toml": "worker = 2\n"}, "config --config k.toml", "k.toml: worker: no such setting; workers is one", 2),
)  # fmt: skip


@pytest.mark.parametrize("trial", [pytest.param(t, id=f"{n}. {t.what}") for n, t in enumerate(OPERATORS, 33)])
def test_an_operator_s_mistake_is_told(
    trial: Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in {"s/a.lua": GOOD, "r.json": REQUEST, **trial.files}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert main(trial.command.split()) == trial.code
    told = capsys.readouterr()
    assert trial.told in told.out + told.err


def test_42_two_files_for_one_tenant_are_told_at_reload(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    for name in ("a.lua", "more/a.lua"):
        (tmp_path / name).write_text(GOOD)
    (error,) = ScriptStore(tmp_path).reload().errors
    assert error == "a.lua, more/a.lua: several files for one tenant, 'a'"


def test_there_are_as_many_as_are_promised() -> None:
    assert (len(AUTHORS) + len(OPERATORS) + 1, len(PATTERNS), len(FIELDS)) == (42, 15, 12)


# right scripts

ROOT = Path(__file__).parents[2]
CHECKS = ROOT / "tests" / "authoring" / "checks"
WITH_A_FAULT = {"shop.lua"}
"""Examples that are to fail: this one shows what a budget is for."""
FILES = sorted(
    path
    for path in (*(ROOT / "scripts").rglob("*.lua"), *(ROOT / "examples").rglob("*.lua"), *CHECKS.glob("*.good.lua"))
    if path.name not in WITH_A_FAULT
)
SHOWN = [
    block
    for page in ("library", "coming-from")
    for block in re.findall(r"```lua\n(.*?)```", (ROOT / "docs" / f"{page}.md").read_text(), re.DOTALL)
    if "function on_route_request" in block
]


def alarms(source: bytes, name: str, where: Placed, modules: dict[str, bytes]) -> list[Finding]:
    found = check_source(source, name, modules, where.kind, where.injected)
    return [each for each in found if each.severity != "note"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_right_script_gets_no_alarm(path: Path) -> None:
    where = Placed(CHECKS, Kind.TENANT) if path.parent == CHECKS else placed(path)
    library = where.folder / "lib"
    modules = {module.stem: module.read_bytes() for module in library.glob("*.lua")}
    assert alarms(path.read_bytes(), path.name, where, modules) == []


@pytest.mark.parametrize("source", SHOWN, ids=range(len(SHOWN)))
def test_what_the_pages_show_gets_no_alarm(source: str) -> None:
    assert alarms(source.encode(), "page.lua", Placed(Path(), Kind.TENANT), {}) == []


def test_there_are_forty_right_ones() -> None:
    assert len(FILES) + len(SHOWN) >= 40
