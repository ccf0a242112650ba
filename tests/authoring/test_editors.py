"""What editors, linters and shells are told: everything that there is, in their own languages."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from keystone_lua import compile_program, execute
from keystone_lua.authoring.editors import definitions, luacheckrc, routing_library
from keystone_lua.authoring.testing.stage import FUNCTIONS
from keystone_lua.cli import MODULES, main, whole_parser
from keystone_lua.cli.completion import script_for
from keystone_lua.interpreter.modules import catalogue
from keystone_lua.interpreter.stdlib.registry import LIBRARIES
from keystone_lua.routing import answer, request_fields

ROOT = Path(__file__).parents[2]
EDITORS = ROOT / "keystone_lua" / "authoring" / "editors"
TABLES = {routing_library.FILE: "library.md", routing_library.LANGUAGE: "language.md"}
"""Files and the pages whose tables they have."""
NEWER = {"ngx": {"ctx", "header", "location", "re", "req", "resp", "shared", "var"}}
"""Members that stand for what is not there: they only say what to use instead."""

FILES = definitions()


def tables(page: str) -> str:
    return routing_library.tables_of((ROOT / "docs" / page).read_text())


@pytest.mark.parametrize("file", TABLES)
def test_the_tables_are_those_of_their_pages(file: str) -> None:
    """After a change of docs/library.md or docs/language.md: .venv/bin/python -m tests.authoring.test_editors"""
    assert (EDITORS / file).read_text() == tables(TABLES[file])


def test_every_member_of_the_language_is_there() -> None:
    found = routing_library.entries(routing_library.LANGUAGE)
    made_by_a_run = {"package": {"loaded", "preload"}}
    for library, members in LIBRARIES.items():
        names = [entry.name for entry in found[library or "base"]]
        assert len(names) == len(set(names))
        there = {name for name in members if name.isidentifier()} | made_by_a_run.get(library, set())
        assert set(names) == there, library
    assert len(found) == len(LIBRARIES)


@pytest.mark.parametrize("module", sorted(set(catalogue.FILES.values())))
def test_every_member_of_the_library_is_there(module: str) -> None:
    found = {entry.name: entry for entry in routing_library.entries()[module]}
    members = {name.rpartition(":")[2]: member for name, member in catalogue.members(module).items()}
    assert found.keys() == members.keys() - NEWER.get(module, set())


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_lua(name: str) -> None:
    source = FILES[name]
    result = execute(compile_program(source, name))
    assert result.failure is None, result.failure
    if name != "keystone.lua":
        assert source.startswith(f"---@meta {name.removesuffix('.lua')}\n")
        assert len(result.values) == 1


def test_every_name_that_require_knows_has_a_file() -> None:
    assert {f"{name}.lua" for name in catalogue.FILES} | {"keystone.lua"} == FILES.keys()


def test_every_field_and_global_is_there() -> None:
    text = FILES["keystone.lua"]
    fields = set(re.findall(r"^---@field (\w+)", text, re.MULTILINE))
    lists = (request_fields.FIELDS, request_fields.OWN, request_fields.BACKEND_FIELDS, answer.FIELDS)
    assert {field.name for each in lists for field in each} <= fields
    functions = set(re.findall(r"^function (\w+)\(", text, re.MULTILINE))
    assert functions == {"on_route_request", "log", "constant", *FUNCTIONS}


def test_types_prints_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["types"]) == 0
    assert capsys.readouterr().out == FILES["keystone.lua"]
    assert main(["types", "--folder", str(tmp_path / "a" / "b")]) == 0
    assert {path.name: path.read_text() for path in (tmp_path / "a" / "b").iterdir()} == FILES
    assert main(["types", "--luacheck"]) == 0
    assert capsys.readouterr().out.endswith(luacheckrc())


def test_luacheck_is_told_of_every_global() -> None:
    program = compile_program(luacheckrc() + "return stds.keystone, stds.keystone_tests.read_globals")
    result = execute(program, host={"stds": {}, "files": {}}).raise_for_failure()
    std, tests = (value.to_python() for value in result.values)
    assert std["globals"] == ["on_route_request"]
    known = std["read_globals"]
    assert {name for name in LIBRARIES[""] if name.isidentifier()} <= known.keys()
    for library in LIBRARIES.keys() - {""}:
        assert LIBRARIES[library].keys() <= known[library]["fields"].keys()
    assert set(tests) == FUNCTIONS


# new


def test_a_new_tenant_is_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "beta"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:3] == [
        f"wrote {file}" for file in ("scripts/beta.lua", "scripts/tests/beta_test.lua", "requests/beta/first.json")
    ]
    assert main(told[4].split()[1:]) == 0
    assert main(["test", "scripts", "--coverage", "--fail-under", "100"]) == 0
    assert main(["check", "--strict", "scripts"]) == 0
    assert main(["diff", "scripts", "scripts", "--requests", "requests", "--processes", "1"]) == 0
    capsys.readouterr()
    (tmp_path / "scripts" / "beta.lua").write_text("mine")
    assert main(["new", "beta"]) == 2
    assert capsys.readouterr().err == "keystone-lua: scripts/beta.lua is there already; nothing was written\n"
    assert (tmp_path / "scripts" / "beta.lua").read_text() == "mine"


@pytest.mark.parametrize("name", ["", "../x", "a/b", "-x", "a b", "é", "a.lua", "x" * 101])
def test_a_name_that_is_none(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["new", "--folder", str(tmp_path), "--", name]
    assert main(arguments) == 2
    assert "a tenant's name has letters" in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == []


# completion

TRIED = """
COMP_WORDS=(%s)
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_keystone_lua
echo "${COMPREPLY[@]}"
"""


def completed(*words: str, folder: Path = ROOT) -> list[str]:
    text = script_for("bash", whole_parser()) + TRIED % " ".join(f"'{word}'" for word in ("keystone-lua", *words))
    done = subprocess.run(["bash", "-c", text], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.split()


def test_bash_completes(tmp_path: Path) -> None:
    (tmp_path / "canary.lua").touch()
    assert set(completed("")) == {command for commands in MODULES.values() for command in commands}
    assert completed("re") == ["replay"]
    assert completed("test", "--w") == ["--watch"]
    assert completed("run", "can", folder=tmp_path) == ["canary.lua"]
    assert completed("completion", "z") == ["zsh"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_is_told_of_every_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    text = capsys.readouterr().out
    assert text == script_for(shell, whole_parser())
    for command in (command for commands in MODULES.values() for command in commands):
        assert re.search(rf"\b{command}\b", text)
    checker = {"bash": ["bash", "-n"], "zsh": ["bash", "-n"]}.get(shell)
    if checker is not None:
        subprocess.run(checker, input=text, text=True, check=True)


if __name__ == "__main__":
    for file, page in TABLES.items():
        (EDITORS / file).write_text(tables(page))
