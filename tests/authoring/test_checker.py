"""Every rule finds what its bad file shows, in the words of its golden file, and nothing in its good file.

``python -m tests.authoring.test_checker`` writes the golden files anew, to be read before they are committed.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from keystone_lua.authoring.checker import Finding, Kind, check_source
from keystone_lua.authoring.checker.rules import RULES
from keystone_lua.authoring.checker.sarif import sarif_log
from keystone_lua.cli import main

from . import rules_page

ROOT = Path(__file__).parents[2]
CHECKS = Path(__file__).parent / "checks"
CODES = ["syntax", *(rule.CODE for rule in RULES)]


def check(name: str) -> list[Finding]:
    modules = {"words": (CHECKS / "lib" / "words.lua").read_bytes()}
    return check_source((CHECKS / name).read_bytes(), name, modules)


def text_output(name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(CHECKS)
    main(["check", name])
    return capsys.readouterr().out


@pytest.mark.parametrize("code", CODES)
def test_a_rule_finds_what_it_is_for(
    code: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = text_output(f"{code}.bad.lua", capsys, monkeypatch)
    assert f"[{code}]" in shown
    assert (CHECKS / f"{code}.bad.txt").exists(), "python -m tests.authoring.test_checker writes it"
    assert shown == (CHECKS / f"{code}.bad.txt").read_text()


@pytest.mark.parametrize("code", CODES)
def test_a_rule_finds_nothing_else(code: str) -> None:
    assert check(f"{code}.good.lua") == []


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("-- Å\n-- \x0b\x0c\r\n\n", "", "print(unknown_thing)"),
        ("local t = {" + "1," * 3000 + "} ", " t = 2 " + "-- x" * 100, "1,1,1,1,} print(unknown_thing) t = 2 -- x"),
    ],
)
def test_the_line_is_shown_as_lua_counts_lines_and_in_part_if_it_is_long(
    before: str, after: str, shown: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "x.lua"
    script.write_bytes((before + "print(unknown_thing)" + after).encode())
    main(["check", str(script)])
    lines = capsys.readouterr().out.split("\n")
    place = next(place for place, line in enumerate(lines) if "[undefined-global]" in line)
    head, line, caret = lines[place : place + 3]
    assert f"x.lua:{before.count(chr(10)) + 1}:" in head
    assert shown in line
    assert line[caret.index("^") :].startswith("unknown_thing")
    assert len(line) <= 164


def test_the_page_of_the_rules_shows_what_they_say() -> None:
    assert rules_page.PAGE.read_text() == rules_page.text(), "python -m tests.authoring.rules_page"


def test_every_file_belongs_to_a_rule() -> None:
    names = {path.name for path in CHECKS.glob("*.lua")}
    assert names == {f"{code}.{which}.lua" for code in CODES for which in ("bad", "good")}


def test_the_bundled_scripts_give_no_alarm(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["check", "--strict", "--json", "scripts"]) == 0
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [(finding["file"], finding["rule"]) for finding in findings] == [("scripts/canary.lua", "seed-dependent")]


@pytest.mark.parametrize(
    ("source", "line", "column", "name"),
    [
        ("local x\nfunction on_route_req() return x end", 2, 10, "on_route_req"),
        ("  onRouteRequest = print", 1, 3, "onRouteRequest"),
    ],
)
def test_a_misspelt_entry_point_is_told_where_it_is(source: str, line: int, column: int, name: str) -> None:
    (found,) = check_source(source.encode(), "x.lua")
    assert (found.rule, found.severity, found.line, found.column) == ("no-entry-point", "error", line, column)
    assert found.message == f"on_route_request is not defined: is '{name}' meant to be it?"


def test_one_line_is_silenced_and_no_other() -> None:
    source = b"local a = 1 -- keystone: ignore unused-local\nlocal b = 2\n"
    assert [(found.line, found.rule) for found in check_source(source, "x", kind=Kind.PLAIN)] == [(2, "unused-local")]


def test_only_the_named_rule_is_silenced() -> None:
    source = b"local a = b -- keystone: ignore unused-local"
    assert [found.rule for found in check_source(source, "x", kind=Kind.PLAIN)] == ["undefined-global"]


@pytest.mark.parametrize(
    ("kind", "rules"),
    [(Kind.TENANT, ["no-entry-point"]), (Kind.MODULE, []), (Kind.TEST, []), (Kind.PLAIN, [])],
    ids=lambda value: value.value if isinstance(value, Kind) else "",
)
def test_only_a_tenants_script_needs_an_entry_point(kind: Kind, rules: list[str]) -> None:
    assert [found.rule for found in check_source(b"return 1", "x", kind=kind)] == rules


def test_lent_globals_are_known() -> None:
    source = b"route('canary', {})"
    assert [found.rule for found in check_source(source, "x", kind=Kind.TEST)] == ["undefined-global"]
    assert check_source(source, "x", kind=Kind.TEST, injected=frozenset({"route"})) == []


def test_an_error_in_a_module_names_the_module() -> None:
    (found,) = check_source(b"require 'm'", "x.lua", {"m": b"\nx ="})
    assert (found.file, found.line, found.rule) == ("lib/m.lua", 2, "syntax")


def test_a_missing_module_is_found_at_its_name() -> None:
    (found,) = check_source(b"local a = 1\nlocal m = require 'nowhere'", "x.lua")
    assert (found.line, found.column, found.message) == (2, 20, "module 'nowhere' not found in lib/")


def test_a_file_with_computed_globals_has_no_undefined_ones() -> None:
    assert check_source(b"for _, n in ipairs({'a'}) do _G[n] = 1 end return a", "x", kind=Kind.PLAIN) == []


@pytest.mark.parametrize(("arguments", "code"), [([], 0), (["--strict"], 1)], ids=["as it comes", "strict"])
def test_warnings_fail_only_when_strict(
    arguments: list[str], code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.lua").write_text("local a = 1")
    assert main(["check", "--plain", *arguments, str(tmp_path)]) == code
    assert capsys.readouterr().out.endswith("1 file checked, 0 with errors, 1 warning\n")


def test_control_characters_and_tabs_in_a_line_do_not_reach_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.lua").write_bytes(b"\tlocal caf\x1b = 1")
    assert main(["check", str(tmp_path / "x.lua")]) == 1
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "        local caf? = 1\n                 ^" in shown


# SARIF


def test_sarif_holds_every_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CHECKS)
    main(["check", "shadowing.bad.lua", "syntax.bad.lua", "--sarif", str(tmp_path / "out.sarif")])
    log = json.loads((tmp_path / "out.sarif").read_text())
    findings = [*check("shadowing.bad.lua"), *check("syntax.bad.lua")]
    assert len(log["runs"][0]["results"]) == len(findings) > 3
    for result, finding in zip(log["runs"][0]["results"], findings, strict=True):
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == finding.file
        assert place["region"] == {"startLine": finding.line, "startColumn": finding.column}
        assert (result["ruleId"], result["message"]["text"]) == (finding.rule, finding.message)


def test_sarif_is_what_the_standard_requires() -> None:
    """The parts of the 2.1.0 schema that our log uses: required properties, types, enumerations, ranges."""
    findings = [found for code in CODES for found in check(f"{code}.bad.lua")]
    findings.append(Finding("a b/ü.lua", 1, 1, "syntax", "error", "x"))
    log = sarif_log(findings)
    assert log.keys() == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    assert run.keys() == {"tool", "columnKind", "results"}
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    driver = run["tool"]["driver"]
    assert isinstance(driver["name"], str)
    rules = driver["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules) == len(CODES)
    for rule in rules:
        assert rule.keys() == {"id", "shortDescription", "defaultConfiguration"}
        assert rule["shortDescription"].keys() == {"text"}
        assert rule["defaultConfiguration"]["level"] in ("none", "note", "warning", "error")
    for result in run["results"]:
        assert result.keys() == {"ruleId", "ruleIndex", "level", "message", "locations"}
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region["startLine"] >= 1
        assert region["startColumn"] >= 1
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri)
    assert json.loads(json.dumps(log)) == log


if __name__ == "__main__":
    import contextlib
    import io
    import os

    os.chdir(CHECKS)
    for code in CODES:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            main(["check", f"{code}.bad.lua"])
        (CHECKS / f"{code}.bad.txt").write_text(out.getvalue())


def test_a_comment_that_names_many_rules_is_read_once() -> None:
    from keystone_lua.authoring.checker.suppression import MAX_CODES, ignored

    assert list(ignored("x = 1 -- keystone: ignore " + "a," * 32_000)) == [(27, "a")]
    assert list(ignored("-- keystone: ignore unused-local,shadowing , a b c, D")) == [
        (21, "unused-local"), (34, "shadowing"), (46, "a"), (48, "b"), (50, "c"),
    ]  # fmt: skip
    names = [f"r{'x' * number}" for number in range(MAX_CODES + 1)]
    for count in (MAX_CODES, MAX_CODES + 1):
        assert [code for _, code in ignored(f"-- keystone: ignore {','.join(names[:count])}")] == names[:MAX_CODES]
    assert list(ignored("-- keystone: ignore")) == list(ignored("keystone: ignore a")) == []


@pytest.mark.parametrize(
    ("source", "column", "shown"),
    [
        ("local x = “a”", 11, 'near U+201C, left double quotation mark; Lua writes a plain "'),
        ("return 1 – 2", 10, "near U+2013, en dash; Lua writes a plain -"),  # noqa: RUF001
        ("local é = 1", 7, "near U+00E9, latin small letter e with acute"),
        ("return\u00a01", 7, "near U+00A0, no-break space; Lua writes a plain space"),
        ("x = 'ok' ≠ 1", 10, "near U+2260, not equal to; Lua writes ~="),
        ("x = 1 \U0001f600", 7, "near U+1F600, grinning face"),
        ("x = \u202e", 5, "near U+202E, right-to-left override"),
    ],
)
def test_a_character_that_is_none_of_lua_s_is_named(
    source: str, column: int, shown: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.lua").write_text(source)
    (tmp_path / "good.lua").write_text("x = 1")
    assert main(["check", "--plain", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert f"bad.lua:1:{column}: error: " in out
    assert shown in out
    assert "2 files checked, 1 with errors" in out


@pytest.mark.parametrize("byte", range(0x80, 0x100))
def test_a_byte_that_is_no_character_is_no_traceback(byte: int) -> None:
    found = check_source(b"x = " + bytes([byte]), "x.lua")
    assert [finding.rule for finding in found] == ["syntax"]
    found[0].message.encode("latin-1")


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        ('if r.method = "GET" then x = "=" end', 1, 13),
        ("local a = b = c", 1, 13),
        ("x = (1 + 2)) + (3)", 1, 12),
        ("f(1,, 2, 3)", 1, 5),
        ("return 1 ~ 2", 1, 10),
        ("x = 1 != 2 -- !", 1, 7),
        ("\tx = = y = z", 1, 6),
        ("for i = 1 do end -- do", 1, 11),
        ("a.b:c = 1 = 2", 1, 7),
        ("x = {1 2} -- 2", 1, 8),
        ("-- é\nlocal ü_x = 'é' x = = 1", 2, 7),
        ("x = 'é' y = = 1", 1, 14),
        ("local t = {\n a = 1\n b = 2\n}", 3, 2),
    ],
)
def test_a_syntax_error_is_at_its_token(source: str, line: int, column: int) -> None:
    (finding,) = check_source(source.encode(), "x.lua", kind=Kind.PLAIN)
    assert (finding.line, finding.column, finding.rule) == (line, column, "syntax"), finding.message


def test_columns_in_sarif_are_characters(tmp_path: Path) -> None:
    (tmp_path / "a.lua").write_text("x = 'é–\U0001f600' y = = 1")  # noqa: RUF001
    assert main(["check", "--plain", "--sarif", str(tmp_path / "out"), str(tmp_path)]) == 1
    (result,) = json.loads((tmp_path / "out").read_text())["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 1, "startColumn": 15}


@pytest.mark.parametrize("calls", [1, 15, 16, 17, 18, 40, 300])
def test_rules_see_every_step_of_a_chain(calls: int) -> None:
    for step in (":a({0})", ".a({0}).b", "[{0}]"):
        used = f"local used = 1 local b = f() return b{step.format(1) * (calls - 1)}{step.format('used')}"
        assert "unused-local" not in {found.rule for found in check_source(used.encode(), "x.lua", kind=Kind.PLAIN)}
        wrong = f"local b = f() return b{step.format(1) * (calls - 1)}{step.format('mispelt')}{step.format(1)}"
        found = [f.message for f in check_source(wrong.encode(), "x.lua", kind=Kind.PLAIN)]
        assert any("'mispelt'" in message for message in found)


def test_all_missing_modules_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from keystone_lua.authoring.checker import MAX_MISSING

    source = b'require("a") local b = require "b.c"\nrequire("there") require("a")\nreturn require("d")'
    found = check_source(source, "x.lua", {"there": b"require('e')"}, Kind.PLAIN)
    assert [(f.line, re.findall("'(.*)'", f.message)[0]) for f in found] == [(1, "a"), (1, "b.c"), (1, "e"), (3, "d")]
    assert found[2].file == "lib/there.lua"
    many = "".join(f"require('m{number}')\n" for number in range(MAX_MISSING + 1)).encode()
    assert len(check_source(many, "x.lua")) == MAX_MISSING


def test_a_script_is_parsed_and_linked_and_not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("compiled")

    monkeypatch.setattr("keystone_lua.interpreter.compile._compile", fail)
    assert check_source(b"local x = 1", "x.lua", kind=Kind.PLAIN)[0].rule == "unused-local"


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"x = = 1")))
    assert main(["check", "-"]) == 1
    assert capsys.readouterr().out.startswith("-:1:5: error: unexpected symbol near '=' [syntax]\n    x = = 1\n")
