"""An editor's day: a real client with a real process, in the units that both have agreed on."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from keystone_lua.interpreter import ENGINE_VERSION

from .client import Client

SCRIPT = """\
local chooser = require "chooser"

function on_route_request(request, backends)
  local name = chooser.choose(backends)
  return { selected_backend = name }
end
"""
CHOOSER = "local M = {}\n\nfunction M.choose(backends)\n  return backends[1].name\nend\n\nreturn M\n"


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    folder = tmp_path / "scripts"
    (folder / "lib").mkdir(parents=True)
    (folder / "lib" / "chooser.lua").write_text(CHOOSER)
    (folder / "a.lua").write_text(SCRIPT)
    return folder


def test_it_begins_and_ends_as_the_protocol_has_it(client: Client) -> None:
    begun = client.begin()
    assert begun.server_info == types.ServerInfo("keystone-lua", ENGINE_VERSION)
    assert begun.capabilities.position_encoding == "utf-16"
    assert client.end() == 0
    assert client.errors() == ""


def test_a_client_that_goes_without_a_word_ends_it(client: Client) -> None:
    client.begin()
    assert client.process.stdin is not None
    client.process.stdin.close()
    assert client.process.wait(30) == 0
    client.process.stdin = None


def test_exit_without_shutdown_is_1(client: Client) -> None:
    client.begin()
    client.notify(types.EXIT)
    assert client.process.wait(30) == 1


def test_findings_follow_what_is_typed(client: Client, scripts: Path) -> None:
    client.begin()
    uri = client.open("scripts/a.lua", SCRIPT)
    assert client.findings(uri, 1) == []
    client.change(uri, SCRIPT.replace("{ selected", "{ selcted"), 2)
    (finding,) = client.findings(uri, 2)
    assert finding.code == "unknown-result-field"
    assert finding.message == "the gateway knows no result field 'selcted_backend': did you mean 'selected_backend'?"
    assert (finding.severity, finding.source) == (types.DiagnosticSeverity.Warning, "keystone-lua")
    assert finding.range == types.Range(types.Position(4, 11), types.Position(4, 26))
    client.change(uri, SCRIPT.replace("local name =", "local name +="), 3)
    (finding,) = client.findings(uri, 3)
    assert (finding.code, finding.severity) == ("syntax", types.DiagnosticSeverity.Error)
    assert finding.range == types.Range(types.Position(3, 13), types.Position(3, 14))
    client.change(uri, SCRIPT, 4)
    assert client.findings(uri, 4) == []


def test_only_what_stands_at_last_is_checked(client: Client) -> None:
    client.begin()
    uri = client.open("a.lua", SCRIPT)
    for version in range(2, 40):
        client.change(uri, f"-- {version}\n", version)
    found = client.findings(uri, 39)
    assert [finding.code for finding in found] == ["no-entry-point"]
    shown = [m["params"]["version"] for m in client.said if m["method"] == types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS]
    assert len(shown) < 5


def test_a_module_s_change_is_felt_by_what_requires_it(client: Client, scripts: Path) -> None:
    client.begin()
    script = client.open("scripts/a.lua", SCRIPT)
    assert client.findings(script, 1) == []
    module = client.open("scripts/lib/chooser.lua", CHOOSER)
    assert client.findings(module, 1) == []
    client.findings(script, 1)
    client.change(module, CHOOSER.replace("function", "functoin"), 2)
    (own,) = client.findings(module, 2)
    (felt,) = client.findings(script, 1)
    assert own.code == felt.code == "syntax"
    assert felt.message == f"lib/chooser.lua:3: {own.message}"
    assert felt.range == types.Range(types.Position(0, 24), types.Position(0, 33))


def test_a_module_that_is_written_meanwhile_is_read_again(client: Client, scripts: Path) -> None:
    (scripts / "lib" / "chooser.lua").rename(scripts / "chooser.txt")
    client.begin()
    uri = client.open("scripts/a.lua", SCRIPT)
    (finding,) = client.findings(uri, 1)
    assert finding.message.startswith("module 'chooser' not found in lib/")
    (scripts / "chooser.txt").rename(scripts / "lib" / "chooser.lua")
    client.notify(types.TEXT_DOCUMENT_DID_SAVE, {"textDocument": {"uri": uri}})
    assert client.findings(uri, 1) == []


def test_a_file_is_what_its_folder_says(client: Client, tmp_path: Path) -> None:
    client.begin()
    test = client.open("scripts/tests/a_test.lua", "function test_a() assert_equal(1, 1) end\n")
    assert client.findings(test, 1) == []
    module = client.open("scripts/lib/m.lua", "return {}\n")
    assert client.findings(module, 1) == []
    tenant = client.open("scripts/b.lua", "assert_equal(1, 1)\n")
    assert [finding.code for finding in client.findings(tenant, 1)] == ["no-entry-point", "undefined-global"]


def test_plain_scripts_and_load(tmp_path: Path) -> None:
    client = Client(tmp_path, "--stdio", "--plain", "--allow-load")
    try:
        client.begin()
        uri = client.open("a.lua", "print(load('return 1'))\n")
        assert client.findings(uri, 1) == []
        assert client.end() == 0
    finally:
        client.kill()


def test_a_closed_document_has_no_findings(client: Client) -> None:
    client.begin()
    uri = client.open("a.lua", "x +")
    assert client.findings(uri, 1) != []
    client.notify(types.TEXT_DOCUMENT_DID_CLOSE, {"textDocument": {"uri": uri}})
    assert client.findings(uri, None) == []
    assert client.at(types.TEXT_DOCUMENT_HOVER, uri, 0, 0) is None


def test_questions_are_answered_in_the_protocol_s_words(client: Client, scripts: Path) -> None:
    client.begin()
    uri = client.open("scripts/a.lua", SCRIPT)
    hover = client.at(types.TEXT_DOCUMENT_HOVER, uri, 4, 12)
    assert hover.contents.value.startswith("```lua\nanswer.selected_backend: string\n```\n\nthe name of the backend")
    assert hover.range == types.Range(types.Position(4, 11), types.Position(4, 27))
    items = client.at(types.TEXT_DOCUMENT_COMPLETION, uri, 3, 23).items
    assert [(item.label, item.kind) for item in items] == [("choose", types.CompletionItemKind.Function)]
    modules = client.at(types.TEXT_DOCUMENT_COMPLETION, uri, 0, 26).items
    assert {"chooser", "json", "jwt"} <= {item.label for item in modules}
    help_ = client.at(types.TEXT_DOCUMENT_SIGNATURE_HELP, uri, 3, 32)
    (signature,) = help_.signatures
    assert (signature.label, help_.active_parameter) == ("M.choose(backends)", 0)
    (parameter,) = signature.parameters
    assert signature.label[slice(*parameter.label)] == "backends"
    place = client.at(types.TEXT_DOCUMENT_DEFINITION, uri, 3, 24)
    assert place.uri == (scripts / "lib" / "chooser.lua").as_uri()
    assert place.range == types.Range(types.Position(2, 11), types.Position(2, 17))
    (symbol,) = client.call(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, {"textDocument": {"uri": uri}})
    assert (symbol.name, symbol.range.end) == ("on_route_request", types.Position(5, 3))


# columns

WIDE = '-- \U0001f600\nlocal s = "\U0001f600é€" local x = unknwon_thing return s, x\n'


@pytest.mark.parametrize(
    ("encodings", "chosen", "width"),
    [(None, "utf-16", 4), (["utf-8", "utf-16"], "utf-8", 9), (["utf-32"], "utf-32", 3), (["utf-7"], "utf-16", 4)],
)
def test_columns_are_in_the_units_agreed_on(
    client: Client, encodings: list[str] | None, chosen: str, width: int
) -> None:
    """``width`` is that of the three characters in the text."""
    begun = client.begin(encodings)
    assert begun.capabilities.position_encoding == chosen
    uri = client.open("a.lua", WIDE)
    finding = next(f for f in client.findings(uri, 1) if f.code == "undefined-global")
    start = 11 + width + 12
    assert finding.range == types.Range(types.Position(1, start), types.Position(1, start + 13))
    hover = client.at(types.TEXT_DOCUMENT_HOVER, uri, 1, start + 13 + 8)
    assert hover.contents.value == "```lua\nlocal s\n```"
    assert hover.range == types.Range(types.Position(1, start + 21), types.Position(1, start + 22))
    client.change(uri, "local s = '\U0001f600'\n\rreturn s\r\nlocal unused = 1", 2)
    unused = next(f for f in client.findings(uri, 2) if f.code == "unreachable-code" or f.code == "syntax")
    assert unused.range.start.line == 3  # as the protocol counts lines, of which "\n\r" is two
