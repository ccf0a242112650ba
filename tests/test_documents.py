"""What the pages say is true: commands print what is shown, links lead somewhere, names of files, commands and functions exist."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from keystone_lua import compile_program
from keystone_lua.interpreter import COST_VERSION
from keystone_lua.interpreter.stdlib.registry import LIBRARIES
from tests.documents import check_console
from tests.server.support import server_process

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = {path.relative_to(ROOT).as_posix(): path.read_text() for path in (*ROOT.glob("*.md"), *DOCS.glob("*.md"))}
SCREEN = 60
"""Lines of the README: what it is for, two commands, one example, links."""


@pytest.mark.parametrize("page", ["README.md", "docs/api.md"])
def test_every_request_is_answered_as_shown(page: str, tmp_path: Path) -> None:
    with server_process(ROOT / "scripts") as server:
        check_console(PAGES[page].replace("localhost:8081", f"127.0.0.1:{server.client.port}"), tmp_path, ROOT)


@pytest.mark.parametrize("page", ["docs/command-line.md", "docs/language.md"])
def test_every_command_prints_what_is_shown(page: str, tmp_path: Path, bundled_scripts: Path) -> None:
    check_console(PAGES[page], tmp_path, ROOT)


def test_the_readme_fits_on_a_screen_and_has_the_two_commands() -> None:
    assert len(PAGES["README.md"].splitlines()) <= SCREEN
    (command,) = re.findall(r"^make .*", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert {"make run", command} <= {line.partition("#")[0].strip() for line in PAGES["README.md"].splitlines()}


def test_every_page_is_in_the_index() -> None:
    for path in DOCS.glob("*.md"):
        assert path.name == "index.md" or f"]({path.name})" in PAGES["docs/index.md"], path.name


def anchors(text: str) -> set[str]:
    """The names by which the headings of a page can be linked to."""
    headings = re.findall(r"^#+ (.*)", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", PAGES[page]):
        if re.match(r"https?:", target):
            continue
        name, _, anchor = target.partition("#")
        path = ((ROOT / page).parent / name).resolve() if name else ROOT / page
        assert path.exists(), target
        assert not anchor or anchor in anchors(path.read_text()), target


@pytest.mark.parametrize("page", [page for page in PAGES if page != "CHANGELOG.md"])
def test_files_that_are_named_exist(page: str) -> None:
    """Names with a folder, such as `server/http/protocol.py`, from the root, from the package or from its interpreter."""
    bases = (ROOT, ROOT / "keystone_lua", ROOT / "keystone_lua" / "interpreter", ROOT / "tests" / "lua", ROOT / "tests")
    for name in re.findall(r"`((?:[a-z_]+/)+[a-z_0-9]+\.(?:py|lua|lark))`", PAGES[page]):
        assert any((base / name).exists() for base in bases) or name.startswith(("lib/", "scripts/")), name


def test_folders_that_engineers_are_sent_to_exist() -> None:
    """`tests/lua/strings/` and the like, from the root or from the package."""
    bases = (ROOT, ROOT / "keystone_lua", ROOT / "keystone_lua" / "interpreter")
    named = set(re.findall(r"`((?:[a-z_]+/){2,})`", PAGES["CONTRIBUTING.md"] + PAGES["docs/architecture.md"]))
    assert "tests/lua/strings/" in named
    assert [name for name in sorted(named) if not any((base / name).is_dir() for base in bases)] == []


@pytest.mark.parametrize("page", PAGES)
def test_commands_of_make_exist(page: str) -> None:
    there = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z0-9-]+)", PAGES[page])) <= there


@pytest.mark.parametrize("page", [page for page in PAGES if page != "CHANGELOG.md"])
def test_the_cost_tables_version_is_the_one_in_force(page: str) -> None:
    assert set(re.findall(r"\bcosts (\d+)$", PAGES[page], re.MULTILINE)) <= {COST_VERSION}


MADE_BY_A_RUN = {"": {"_G"}, "package": {"loaded", "preload"}}
"""Tables that every run has of its own."""


def test_the_list_of_library_functions_is_the_librarys() -> None:
    rows = dict(re.findall(r"^\| (\w+)(?: \(.*?\))? \| (.*?) \|$", PAGES["docs/language.md"], re.MULTILINE))
    for library, members in LIBRARIES.items():
        listed = re.sub(r"\(.*?\)|`", "", rows[library or "base"].partition(";")[0])
        there = {name for name in members if name.isidentifier()} | MADE_BY_A_RUN.get(library, set())
        assert set(re.findall(r"\w+", listed)) == there, library


def test_configurations_of_editors_are_what_editors_read() -> None:
    blocks = re.findall(r"```(\w+)\n(.*?)```", PAGES["docs/editors.md"], re.DOTALL)
    assert {kind for kind, _ in blocks} == {"lua", "json", "toml", "elisp"}
    for kind, text in blocks:
        assert kind == "json" or "keystone-lua" in text
        if kind == "json":
            json.loads(text)
        elif kind == "toml":
            assert tomllib.loads(text)["language-server"]["keystone-lua"] == {
                "command": "keystone-lua",
                "args": ["lsp"],
            }
        elif kind == "lua":
            compile_program(text)
        else:
            assert text.count("(") == text.count(")")
