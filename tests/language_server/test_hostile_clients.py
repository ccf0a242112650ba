"""What no editor sends, and documents that nobody writes by hand: the server answers, or says why not, and lives on."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from keystone_lua.authoring.language_server.workspace import MOST_DOCUMENTS, Workspace, path_of

from .client import Client

GOOD = "function on_route_request(request)\n  return { selected_backend = request.path }\nend\n"


NUMBERS = itertools.count()


def fresh() -> str:
    """A name of a document that no test has used."""
    return f"{next(NUMBERS)}.lua"


def lives(client: Client) -> None:
    """It has not lost its wits."""
    uri = client.open(fresh(), GOOD)
    assert client.findings(uri, 1) == []
    assert "request.path: string" in client.at(types.TEXT_DOCUMENT_HOVER, uri, 1, 40).contents.value


# messages


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe no UTF-8", b"not JSON", b"[]", b"null", b"17", b'"text"', b"{}", b'{"jsonrpc": "1.0"}', b'{"jsonrpc": "2.0"}',
        b'{"jsonrpc": "2.0", "id": 1}', b'{"jsonrpc": "2.0", "method": 5}', b"[" * 100_000, b'{"a":' * 100_000,
        b'{"jsonrpc": "2.0", "id": 5, "method": "textDocument/hover", "params": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_001,
        b'{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": {"uri": 5}}}',
        b'{"jsonrpc": "2.0", "method": "textDocument/didChange", "params": null}',
        b'{"jsonrpc": "2.0", "id": 1e400, "method": "textDocument/hover"}',
        b'{"jsonrpc": "2.0", "id": {}, "result": 1}', b'{"jsonrpc": "2.0", "id": 99, "result": 1}',
        b'{"jsonrpc": "2.0", "id": 99, "error": {"code": "x"}}', b'{"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 12345}}',
        b'{"jsonrpc": "2.0", "method": "$/cancelRequest"}', b'{"jsonrpc": "2.0", "method": "nobody/knows", "params": {"a": 1}}',
        b'{"jsonrpc": "2.0", "method": "workspace/didChangeWorkspaceFolders", "params": {"event": {"added": [{"uri": "file:///", "name": ""}], "removed": []}}}',
    ],
    ids=lambda body: body[:60].decode("latin-1"),
)  # fmt: skip
def test_what_is_no_message_is_passed_over(living: Client, body: bytes) -> None:
    living.body(body)
    lives(living)


@pytest.mark.parametrize(
    "data", [b"Content-Length: 99999999999\r\n\r\n", b"x" * 200_000, b"Content-Length: 1" + b"0" * 70_000]
)
def test_what_has_no_end_ends_it(client: Client, data: bytes) -> None:
    client.begin()
    with contextlib.suppress(BrokenPipeError):  # it may be gone before it has been sent the whole
        client.raw(data)
    assert client.process.wait(30) == 1
    assert "keystone-lua: the client sent a " in client.errors()


def test_headers_in_any_order(client: Client) -> None:
    client.begin()
    body = b'{"jsonrpc": "2.0", "id": 900, "method": "shutdown"}'
    client.raw(
        b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    )
    assert client.answer(900)["result"] is None


def test_a_message_that_is_cut_off_ends_it(client: Client) -> None:
    client.begin()
    client.raw(b'Content-Length: 500\r\n\r\n{"jsonrpc"')
    assert client.process.stdin is not None
    client.process.stdin.close()
    assert client.process.wait(30) == 0
    client.process.stdin = None


def test_an_unknown_request_is_refused(living: Client) -> None:
    assert living.answer(living.ask("textDocument/unheardOf", {}))["error"]["code"] == types.ErrorCodes.MethodNotFound
    assert "error" in living.answer(living.ask("workspace/executeCommand", {"command": "rm", "arguments": ["-rf"]}))
    lives(living)


def test_a_cancelled_request_is_answered_or_refused_once(living: Client) -> None:
    uri = living.open(fresh(), GOOD)
    place = {"textDocument": {"uri": uri}, "position": {"line": 1, "character": 40}}
    number = living.ask(types.TEXT_DOCUMENT_HOVER, place)
    living.notify("$/cancelRequest", {"id": number})
    answer = living.answer(number)
    assert "result" in answer or answer["error"]["code"] == types.LSPErrorCodes.RequestCancelled
    lives(living)


@pytest.mark.parametrize(
    "position", [(-1, 0), (0, -5), (10**9, 0), (0, 10**9), (2**31 - 1, 2**31 - 1), ("a", 0), (None, None), (0.5, 1e300)]
)
def test_places_that_there_are_not(living: Client, position: tuple[Any, Any]) -> None:
    uri = living.open(fresh(), GOOD)
    for method in (
        types.TEXT_DOCUMENT_HOVER,
        types.TEXT_DOCUMENT_COMPLETION,
        types.TEXT_DOCUMENT_SIGNATURE_HELP,
        types.TEXT_DOCUMENT_DEFINITION,
    ):
        params = {"textDocument": {"uri": uri}, "position": dict(zip(("line", "character"), position, strict=True))}
        answer = living.answer(living.ask(method, params))
        assert "result" in answer or answer["error"]["code"] == types.ErrorCodes.InvalidParams
    lives(living)


def test_changes_of_what_is_not_open(living: Client) -> None:
    uri = (living.folder / "never.lua").as_uri()
    living.change(uri, "x +", 2)
    living.notify(types.TEXT_DOCUMENT_DID_CLOSE, {"textDocument": {"uri": uri}})
    living.notify(types.TEXT_DOCUMENT_DID_SAVE, {"textDocument": {"uri": uri}})
    assert living.at(types.TEXT_DOCUMENT_HOVER, uri, 0, 0) is None
    lives(living)


def test_a_part_of_a_document_is_not_taken_for_the_whole(client: Client) -> None:
    client.begin()
    uri = client.open("a.lua", GOOD)
    client.findings(uri, 1)
    place = {"line": 0, "character": 0}
    change = {"range": {"start": place, "end": place}, "text": "x +"}
    identity = {"uri": uri, "version": 2}
    client.notify(types.TEXT_DOCUMENT_DID_CHANGE, {"textDocument": identity, "contentChanges": [change]})
    assert "request.path" in client.at(types.TEXT_DOCUMENT_HOVER, uri, 1, 40).contents.value


# documents


def test_a_file_too_large_for_a_script(living: Client) -> None:
    uri = living.open(fresh(), "local x = 1\n" * 200_000)
    (finding,) = living.findings(uri, 1)
    assert "chunk is too long" in finding.message
    assert living.at(types.TEXT_DOCUMENT_HOVER, uri, 5, 7) is None
    assert living.call(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, {"textDocument": {"uri": uri}}) == []
    lives(living)


LARGE = {
    "tokens": "x = 1;" * 120_000,
    "operations": "f(a + b * c)\n" * 60_000,
    "brackets": "return " + "(" * 300_000,
    "blocks": "do " * 100_000,
    "functions": "function f(a) " * 40_000,
    "quotes": "x = '\n" * 100_000,
    "long strings": "x = [==[\n" * 60_000,
    "comments": "--[==[\n" * 60_000,
    "a line": "x = '" + "\u20ac" * 250_000,
    "names": "local " + ", ".join(f"v{n}" for n in range(60_000)) + " = 1",
    "zeros": "\0" * 500_000,
}


@pytest.mark.parametrize("name", LARGE)
def test_what_is_as_large_as_may_be(living: Client, name: str) -> None:
    text = LARGE[name]
    uri = living.open(fresh(), text)
    lines = text.count("\n")
    for line in (0, lines // 2, lines):
        for method in (
            types.TEXT_DOCUMENT_HOVER,
            types.TEXT_DOCUMENT_COMPLETION,
            types.TEXT_DOCUMENT_SIGNATURE_HELP,
            types.TEXT_DOCUMENT_DEFINITION,
        ):
            living.at(method, uri, line, 4)
    living.call(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, {"textDocument": {"uri": uri}})
    assert 0 < len(living.findings(uri, 1)) <= 200
    lives(living)


def test_half_a_pair_of_surrogates(living: Client) -> None:
    uri = (living.folder / fresh()).as_uri()
    document = {"uri": uri, "languageId": "lua", "version": 1, "text": 'x = "\ud800" y = bad\ud800'}
    params = {"jsonrpc": "2.0", "method": types.TEXT_DOCUMENT_DID_OPEN, "params": {"textDocument": document}}
    living.body(json.dumps(params).encode())
    (finding,) = living.findings(uri, 1)
    assert finding.range.start == types.Position(0, 15)
    assert "U+FFFD" in finding.message
    lives(living)


def test_questions_are_answered_while_a_large_file_is_checked(client: Client) -> None:
    client.begin()
    large = client.open("large.lua", "local t = f(a.b[1], 'x')\n" * 8000)
    small = client.open("small.lua", GOOD)
    while not any(
        m["params"]["uri"] == large for m in client.said if m["method"] == types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS
    ):
        assert "request.path" in client.at(types.TEXT_DOCUMENT_HOVER, small, 1, 40).contents.value
    client.findings(small, 1)


# files


def test_nothing_but_modules_is_read(client: Client, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    (outside / "lib").mkdir(parents=True)
    (outside / "lib" / "m.lua").write_text("return { there = 1 }")
    (outside / "secret.lua").write_text("return { secret = 1 }")
    os.mkfifo(outside / "lib" / "pipe.lua")
    (outside / "lib" / "link.lua").symlink_to(tmp_path / "elsewhere.lua")
    (tmp_path / "elsewhere.lua").write_text("return { elsewhere = 1 }")
    (outside / "lib" / "bad.lua").write_bytes(b"\xff\xfe")
    client.begin()
    uri = (outside / "a.lua").as_uri()
    text = "local m = require 'm' m.x() require 'link'.x() require 'pipe'.x() require '../secret'.x() require 'bad'.x()"
    document = {"uri": uri, "languageId": "lua", "version": 1, "text": text}
    client.notify(types.TEXT_DOCUMENT_DID_OPEN, {"textDocument": document})

    def offered(after: str) -> list[str]:
        return [
            i.label for i in client.at(types.TEXT_DOCUMENT_COMPLETION, uri, 0, text.index(after) + len(after)).items
        ]

    assert offered("'m' m.") == ["there"]
    assert [offered(f"{name}'.") for name in ("link", "pipe", "secret", "bad")] == [[], [], [], []]
    named = offered("require '")
    assert "m" in named
    assert not {"link", "pipe", "bad", "secret"} & set(named)
    assert {f.message.split("'")[1] for f in client.findings(uri, 1)} == {"link", "pipe", "../secret", "bad"}


@pytest.mark.parametrize(
    "uri",
    ["", "untitled:Untitled-1", "http://example.org/a.lua", "file://server/share/a.lua", "file:///%00", "file:relative.lua", "file:///a%ff.lua", "file://[", "git:/a.lua?x", "file:///" + "a" * 5000, "data:,x"],
)  # fmt: skip
def test_names_of_documents_that_are_no_files(living: Client, uri: str) -> None:
    document = {"uri": uri, "languageId": "lua", "version": 1, "text": "return request.path, chooser"}
    living.notify(types.TEXT_DOCUMENT_DID_OPEN, {"textDocument": document})
    living.answer(
        living.ask(types.TEXT_DOCUMENT_HOVER, {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 16}})
    )
    lives(living)


def test_paths() -> None:
    assert path_of("file:///a/b%20c.lua") == Path("/a/b c.lua")
    assert path_of("file://localhost/a.lua") == Path("/a.lua")
    assert {path_of(uri) for uri in ("file://other/a.lua", "http:///a", "file:a", "", "file:///a%00b", "file://[")} == {
        None
    }


def test_more_documents_than_anybody_opens() -> None:
    workspace = Workspace()
    for number in range(MOST_DOCUMENTS):
        assert workspace.put(f"untitled:{number}", "", 1) is not None
    assert workspace.put("untitled:more", "", 1) is None
    assert workspace.put("untitled:0", "x", 2) is not None
    workspace.remove("untitled:0")
    assert workspace.put("untitled:more", "", 1) is not None
