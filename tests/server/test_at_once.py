"""Requests that are answered as they arrive, without a task: the same answers, and nothing else is different."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path

import pytest

from keystone_lua.server.http import protocol
from keystone_lua.server.http.handlers import Handlers
from keystone_lua.server.settings.config import ServerConfig
from tests.server.support import ECHO, Client, server_in_thread, write_scripts
from tests.server.test_observers import Recorder

SCRIPTS = {
    "echo.lua": ECHO,
    "bad.lua": "function on_route_request(request) return request.nothing.more end\n",
    "long.lua": "function on_route_request() local n = 0 for i = 1, 200000 do n = n + i % 7 end return {modified_path = '/' .. n} end\n",
}
BODY = json.dumps({"method": "PUT", "path": "/é", "backends": [{"name": "b", "url": "u", "health": True}]}).encode()


def request(tenant: str, body: bytes = BODY, head: str = "POST {} HTTP/1.1", *headers: str) -> bytes:
    """A whole request."""
    lines = [head.format(f"/route/{tenant}"), "Host: x", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


PLAIN = {
    "an answer": request("echo"),
    "an error": request("bad"),
    "an unknown tenant": request("nobody"),
    "a query": request("echo?x=/y"),
    "an escaped name": request("%65cho/"),
    "no JSON": request("echo", b"{"),
    "a wrong type": request("echo", b'{"path": 1}'),
    "no body": request("echo", b""),
    "names of its own": request("echo", BODY, "POST {} HTTP/1.1", "X-Request-Id: mine", "traceparent: 00-" + "1" * 32 + "-" + "2" * 16 + "-01"),
}  # fmt: skip

OTHER = {
    "another method": request("echo", BODY, "GET {} HTTP/1.1"),
    "another version": request("echo", BODY, "POST {} HTTP/1.0"),
    "a last request": request("echo", BODY, "POST {} HTTP/1.1", "Connection: close"),
    "no tenant": request(""),
    "too long a body": request("echo", b" " * 5000),
    "a run that outgrows its slice": request("long"),
    "two at a time": request("echo") + request("bad"),
    "an upgrade": request("echo", BODY, "POST {} HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket"),
    "no HTTP": b"no HTTP at all\r\n\r\n",
    "chunks": b"POST /route/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
    % (len(BODY), BODY),
}
"""What takes the usual way."""

ENDING = b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
DIFFERENT = rb"X-Request-Id: [0-9a-f]{16}-[^\r]*|X-Keystone-(Seed|Clock): [^\r]*|Date: [^\r]*|.uptime_seconds.:\d+"


def answers(client: Client, data: bytes) -> bytes:
    """What comes back for ``data`` and then a last request, less what differs between any two answers."""
    with client.connect() as connection:
        received = b""
        connection.sendall(data)
        while b"\r\n\r\n" not in received and (chunk := connection.recv(65536)):
            received += chunk
        with contextlib.suppress(ConnectionError):  # of those that ask for it the connection is closed by now
            connection.sendall(ENDING)
            while chunk := connection.recv(65536):
                received += chunk
    return re.sub(DIFFERENT, b"", received)


@pytest.mark.parametrize("data", [*PLAIN.values(), *OTHER.values()], ids=[*PLAIN, *OTHER])
def test_answers_are_the_same(data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_scripts(tmp_path, SCRIPTS)
    with server_in_thread(folder, ServerConfig(max_body=4096)) as client:
        first, at_once = answers(client, data), answers(client, data)
        assert first == at_once
        monkeypatch.setattr(protocol, "KNOWN", False)
        assert answers(client, data) == at_once
    assert at_once.startswith(b"HTTP/1.")


@pytest.mark.parametrize("data", PLAIN.values(), ids=PLAIN)
def test_plain_requests_need_no_task(data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called = []
    usual = Handlers.__call__

    async def count(self: Handlers, message: object) -> object:
        called.append(message)
        return await usual(self, message)  # type: ignore[arg-type]

    monkeypatch.setattr(Handlers, "__call__", count)
    with server_in_thread(write_scripts(tmp_path, SCRIPTS)) as client, client.connect() as connection:
        for _ in range(3):
            connection.sendall(data)
            assert connection.recv(65536).startswith(b"HTTP/1.1 ")
    assert len(called) == 1, "only the first, whose head was not known"


def test_a_run_for_a_lane_is_decided_once(tmp_path: Path) -> None:
    recorder = Recorder()
    with server_in_thread(write_scripts(tmp_path, SCRIPTS), observers=[recorder]) as client:
        assert client.route("long", {}).json["modified_path"] == "/599997"
    assert [outcome.lane for outcome, *_ in recorder.heard] == ["lane"]
