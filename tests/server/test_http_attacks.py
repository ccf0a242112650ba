"""Clients that attack below and above HTTP: each gets a clear answer or is closed, and the log says nothing."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from keystone_lua.server.http import connection_limits
from keystone_lua.server.settings.config import ServerConfig
from keystone_lua.server.telemetry.logs import Console, Json
from tests.server.support import ECHO, LOOPBACK, WAIT, Client, constant, read_to_end, server_in_thread, write_scripts

POST = b"POST /route/a HTTP/1.1\r\nHost: x\r\n"
GOOD = POST + b"Content-Length: 2\r\n\r\n{}"
SCRIPTS: dict[str, str | bytes] = {"a.lua": constant("b"), "echo.lua": ECHO}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = write_scripts(tmp_path_factory.mktemp("scripts"), SCRIPTS)
    with server_in_thread(folder, replace(ServerConfig(), body_seconds=0.5, idle_seconds=1.0)) as client:
        yield client


# request smuggling (RFC 9112 section 11.2): one request or none, never two readings of it


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 2\r\nContent-Length: 2\r\n",
        b"Content-Length: 2\r\nContent-Length: 40\r\n",
        b"Content-Length: 2, 2\r\n",
        b"Content-Length: +2\r\n",
        b"Content-Length: 0x2\r\n",
        b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Content-Length : 2\r\n",
        b" Content-Length: 2\r\n",
        b"X: y\r\n Content-Length: 2\r\n",
        b"X: y\r\n\tz\r\nContent-Length: 2\r\n",
        b"X\0: y\r\nContent-Length: 2\r\n",
        b"X: y\0z\r\nContent-Length: 2\r\n",
        b"X: y\rContent-Length: 2\r\n",
    ],
)
def test_a_request_that_can_be_read_in_two_ways_is_read_in_none(
    client: Client, head: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    hidden = b"POST /route/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 15\r\n\r\n"
    with caplog.at_level(logging.INFO):
        answer = client.raw(POST + head + b"\r\n{}" + hidden + b'{"path":"/two"}')
    assert answer.startswith(b"HTTP/1.0 400 "), answer  # aiohttp's own version for what is no request
    assert answer.count(b"HTTP/1.") == 1
    assert b"/two" not in answer
    assert caplog.records == []


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\n", b"\r\r"])
def test_lines_that_end_otherwise_hide_nothing(client: Client, end: bytes) -> None:
    answer = client.raw(b"POST /route/a HTTP/1.1\r\nHost: x" + end + GOOD)
    assert answer == b"" or answer.startswith(b"HTTP/1.0 400 ")


@pytest.mark.parametrize(
    "chunks", [b"2;" + b"x" * 100_000, b"-2\r\n{}", b"2\r\n{}XX0\r\n\r\n", b"fffffffffffffffff\r\n{}", b"2\n{}\n0\n\n"]
)
def test_bad_chunks(client: Client, chunks: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        answer = client.raw(POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"\r\n")
    assert answer.split(b" ")[1] in (b"400", b"408", b"413"), answer
    assert answer.count(b"HTTP/1.") == 1
    assert caplog.records == []


# names and texts that would like to be something else


@pytest.mark.parametrize(
    ("tenant", "status"),
    [
        ("..%2f..%2fetc%2fpasswd", 400),
        ("%2e%2e", 400),
        ("..", 400),
        ("a%00.lua", 400),
        ("a%0d%0aX-Evil:%20yes", 400),
        ("a%5c..%5cb", 400),
        ("%ff%fe", 400),
        ("lib%2fbackends", 400),
        ("a.lua", 200),
        ("%E2%80%AE", 200),
        ("a%0", 200),
        ("x" * 4000, 200),
    ],
)
def test_a_tenant_is_a_key_and_nothing_else(
    client: Client, tenant: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "keystone"):
        answer = client.route(tenant, {})
    assert answer.status == status
    assert "x-evil" not in answer.headers
    if status == 200:
        assert answer.json["reject_reason"].startswith("No script found for tenant: ")
    assert one_line_each(caplog)


@pytest.mark.parametrize("evil", ["a\r\nX-Evil: yes", "a\nb", "a\0b", "a\rb"])
@pytest.mark.parametrize("field", ["selected_backend", "modified_path", "reject_reason", "header value", "header name"])
def test_control_characters_of_a_script_reach_no_answer(
    tmp_path: Path, field: str, evil: str, caplog: pytest.LogCaptureFixture
) -> None:
    text = '"' + "".join(f"\\{ord(c):03d}" for c in evil) + '"'
    forms = {
        "header value": f"modified_headers = {{X = {text}}}",
        "header name": f"modified_headers = {{[{text}] = 'y'}}",
    }
    entry = forms.get(field, f"{field} = {text}")
    write_scripts(tmp_path, {"a.lua": f"function on_route_request() log({text}) return {{{entry}}} end"})
    with server_in_thread(tmp_path) as client, caplog.at_level(logging.DEBUG, "keystone"):
        answer = client.route("a", {})
    assert (answer.status, answer.json["kind"]) == (500, "result")
    assert "x-evil" not in answer.headers
    assert caplog.records
    assert one_line_each(caplog)


def test_an_answer_has_a_largest_size_on_both_sides(tmp_path: Path) -> None:
    size = 64 << 10
    write_scripts(
        tmp_path,
        {
            "text.lua": "function on_route_request(r) return {selected_backend = ('x'):rep(tonumber(r.body))} end",
            "headers.lua": """
                local shared = ("x"):rep(1022)
                function on_route_request(r)
                  local headers = {}
                  for i = 1, tonumber(r.body) do headers[("%02d"):format(i)] = shared end
                  return {modified_headers = headers}
                end""",
        },
    )
    with server_in_thread(tmp_path) as client:
        for tenant, most in (("text", size), ("headers", size >> 10)):
            assert client.route(tenant, {"body": str(most)}).status == 200
            answer = client.route(tenant, {"body": str(most + 1)})
            assert (answer.status, answer.json["kind"]) == (500, "result")
            assert "more than 65536 bytes" in answer.json["error"]


def test_a_long_error_is_shortened(tmp_path: Path) -> None:
    write_scripts(tmp_path, {"a.lua": "function on_route_request() error(('x'):rep(1e6), 0) end"})
    with server_in_thread(tmp_path) as client:
        error = client.route("a", {}).json["error"]
    assert error == "x" * 10_000 + "... (1000000 bytes)"


def one_line_each(caplog: pytest.LogCaptureFixture) -> bool:
    lines = [form.format(record) for record in caplog.records for form in (Console(), Json())]
    return not any(set(line) & set("\r\n\0") for line in lines)


# floods


def test_a_flood_of_pipelined_requests_is_answered_in_full(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    count = 3000
    with caplog.at_level(logging.INFO), client.connect() as connection:
        connection.sendall(GOOD * (count - 1) + GOOD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert read_to_end(connection).count(b"HTTP/1.1 200 ") == count
    assert caplog.records == []


@contextlib.contextmanager
def guarded(tmp_path: Path, **settings: object) -> Iterator[Client]:
    config = replace(ServerConfig(), **settings)  # type: ignore[arg-type]
    with server_in_thread(write_scripts(tmp_path, {**SCRIPTS, "big.lua": BIG}), config) as client:
        yield client


BIG = "function on_route_request() return {selected_backend = ('x'):rep(60000)} end"


def closed(connection: socket.socket) -> bool:
    connection.settimeout(0.05)
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionResetError:
        return True


def reset_by(connection: socket.socket, data: bytes) -> bool:
    time.sleep(0.05)
    try:
        connection.sendall(data)
    except ConnectionError:
        return True
    return False


def ask(connection: socket.socket) -> bytes:
    connection.settimeout(WAIT)
    connection.sendall(GOOD)
    return connection.recv(4096)


def test_connections_without_a_request_go_first_when_there_are_too_many(tmp_path: Path) -> None:
    with guarded(tmp_path, max_connections=10) as client, contextlib.ExitStack() as stack:
        good = stack.enter_context(client.connect())
        assert ask(good).startswith(b"HTTP/1.1 200 ")
        silent = [stack.enter_context(client.connect()) for _ in range(9)]
        for connection in silent[5:]:
            connection.sendall(b"POST /route/a HT")
        late = stack.enter_context(client.connect())
        assert ask(late).startswith(b"HTTP/1.1 200 ")
        assert closed(silent[0])
        assert not any(closed(connection) for connection in silent[1:])
        assert ask(good).startswith(b"HTTP/1.1 200 ")


def test_with_nobody_to_miss_a_new_connection_is_told_503(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_limits, "RECENT_SECONDS", 1000.0)
    with guarded(tmp_path, max_connections=3) as client, contextlib.ExitStack() as stack:
        good = [stack.enter_context(client.connect()) for _ in range(3)]
        for connection in good:
            assert ask(connection).startswith(b"HTTP/1.1 200 ")
        with client.connect() as late:
            answer = read_to_end(late)
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"\r\nRetry-After: 1\r\n" in answer
        assert json.loads(answer.partition(b"\r\n\r\n")[2]) == {"error": "overloaded: too many connections"}
        good.pop().close()
        time.sleep(0.1)
        assert client.route("a", {}).status == 200


def test_a_connection_that_sends_no_first_request_is_closed_in_time(tmp_path: Path) -> None:
    with guarded(tmp_path, head_seconds=0.3) as client, client.connect() as silent, client.connect() as good:
        silent.sendall(b"POST /route/a HTTP/1.1\r\nHo")
        assert ask(good).startswith(b"HTTP/1.1 200 ")
        time.sleep(0.3 + 2 * connection_limits.SWEEP_SECONDS)
        assert closed(silent)
        assert ask(good).startswith(b"HTTP/1.1 200 ")


def test_a_client_that_never_reads_is_dropped_in_time(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with guarded(tmp_path, write_seconds=0.3) as client, socket.socket() as deaf, caplog.at_level(logging.INFO):
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect((LOOPBACK, client.port))
        deaf.settimeout(0.5)
        request = GOOD.replace(b"/route/a", b"/route/big")
        with contextlib.suppress(TimeoutError, ConnectionError):
            deaf.sendall(request * 2000)
        time.sleep(0.3 + 2 * connection_limits.SWEEP_SECONDS)
        with contextlib.suppress(TimeoutError):
            deaf.recv(1 << 20)  # what had arrived
        assert any(reset_by(deaf, request) for _ in range(10))
        assert client.route("a", {}).status == 200
    assert caplog.records == []


def test_bodies_under_way_are_bounded_together(tmp_path: Path) -> None:
    with guarded(tmp_path, max_bodies=300_000) as client, contextlib.ExitStack() as stack:
        head = POST + b"Content-Length: 500000\r\n\r\n"
        first = stack.enter_context(client.connect())
        first.sendall(head + b" " * 250_000)
        time.sleep(0.2)
        second = stack.enter_context(client.connect())
        second.sendall(head + b" " * 100_000)
        answer = read_to_end(second)
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"\r\nRetry-After: 1\r\n" in answer
        first.sendall(b" " * 249_998)
        time.sleep(0.1)
        first.close()
        time.sleep(0.1)
        assert client.route("a", b"{}" + b" " * 290_000).status == 200


# the token of /reload


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 401),
        ("Bearer secret-1", 200),
        ("bearer secret-1", 200),
        ("Bearer secret-2", 401),
        ("Bearer secret-", 401),
        ("Bearer", 401),
        ("Basic secret-1", 401),
        ("secret-1", 401),
        ("Bearer \u00e4", 401),
    ],
)
def test_reload_wants_its_token(tmp_path: Path, header: str | None, status: int) -> None:
    with guarded(tmp_path, admin_token="secret-1") as client:
        headers = {} if header is None else {"Authorization": header}
        answer = client.send("POST", "/reload", headers=headers)
        assert answer.status == status
        if status == 401:
            assert answer.headers["www-authenticate"] == "Bearer"
            assert "secret" not in answer.json["error"]
        assert client.send("GET", "/health").status == 200
        assert client.route("a", {}).status == 200
