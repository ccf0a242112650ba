"""What happens below one request: keep-alive, pipelining, old clients, slow ones, and those that send no HTTP."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from keystone_lua.server.http import responses
from keystone_lua.server.settings.config import ServerConfig
from tests.server.support import ECHO, Client, constant, read_to_end, server_in_thread, write_scripts

BIG = 'local s = string.rep("x", 60000)\nfunction on_route_request() return {selected_backend = s} end\n'
ROUTE = b"POST /route/a HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = write_scripts(
        tmp_path_factory.mktemp("scripts"), {"a.lua": constant("b"), "echo.lua": ECHO, "big.lua": BIG}
    )
    with server_in_thread(folder, replace(ServerConfig(), body_seconds=0.5, idle_seconds=1.0)) as client:
        yield client


def with_body(body: bytes, *headers: bytes) -> bytes:
    lines = [ROUTE.rstrip(b"\r\n"), b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def answers_in(data: bytes) -> list[tuple[int, dict[str, str], bytes]]:
    """Split a byte stream into (status, headers, body), by Content-Length."""
    answers = []
    while data:
        head, _, rest = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("ascii").split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        size = int(headers["content-length"])
        answers.append((int(first.split(" ")[1]), headers, rest[:size]))
        data = rest[size:]
    return answers


def test_many_requests_over_one_connection(client: Client) -> None:
    with client.connect() as connection:
        stream = connection.makefile("rb")
        for number in range(50):
            body = json.dumps({"path": f"/{number}"}).encode()
            connection.sendall(with_body(body).replace(b"/route/a", b"/route/echo"))
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                line = stream.readline()
                assert line, "closed in between"
                head += line
            size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            assert json.loads(stream.read(size))["modified_path"] == f"/{number}"
        stream.close()


def test_pipelined_requests_are_answered_in_order(client: Client) -> None:
    requests = [with_body(b'{"path":"/%d"}' % n).replace(b"/route/a", b"/route/echo") for n in range(20)]
    requests[7] = with_body(b"bad")
    requests.append(with_body(b"{}", b"Connection: close"))
    answers = answers_in(client.raw(b"".join(requests)))
    assert [status for status, _, _ in answers] == [200] * 7 + [400] + [200] * 13
    assert [json.loads(body).get("modified_path") for _, _, body in answers[:7]] == [f"/{n}" for n in range(7)]


def test_connection_close_and_http_1_0_are_honoured(client: Client) -> None:
    for data in (with_body(b"{}", b"Connection: close"), with_body(b"{}").replace(b"HTTP/1.1", b"HTTP/1.0")):
        ((status, headers, body),) = answers_in(client.raw(data))
        assert (status, body) == (200, b'{"selected_backend":"b"}\n')
        assert headers["x-keystone-instructions"]
    assert b"keep-alive" in _first_answer(client, b"HTTP/1.0", b"Connection: keep-alive")


def _first_answer(client: Client, version: bytes, *headers: bytes) -> bytes:
    with client.connect() as connection:
        connection.sendall(with_body(b"{}", *headers).replace(b"HTTP/1.1", version))
        return connection.recv(65536)


def test_a_target_with_scheme_and_host(client: Client) -> None:
    data = with_body(b"{}", b"Connection: close").replace(b" /route/a", b" http://gateway:1/route/a")
    assert answers_in(client.raw(data))[0][0] == 200


def test_expect_100_continue(client: Client) -> None:
    with client.connect() as connection:
        connection.sendall(ROUTE + b"Content-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n")
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"{}")
        assert answers_in(read_to_end(connection))[0][0] == 200


def test_expect_100_continue_for_a_body_that_is_too_large(client: Client) -> None:
    answer = client.raw(ROUTE + b"Content-Length: 99999999\r\nExpect: 100-continue\r\n\r\n")
    assert answers_in(answer)[0][0] == 413


def test_another_expectation_is_refused(client: Client) -> None:
    assert answers_in(client.raw(ROUTE + b"Content-Length: 2\r\nExpect: miracles\r\n\r\n"))[0][0] == 417


def test_a_body_that_comes_in_pieces(client: Client) -> None:
    data = with_body(b'{"path":"/x"}', b"Connection: close").replace(b"/route/a", b"/route/echo")
    with client.connect() as connection:
        for byte in data:
            connection.sendall(bytes([byte]))
        assert json.loads(answers_in(read_to_end(connection))[0][2])["modified_path"] == "/x"


def test_a_body_that_does_not_come_is_a_408(client: Client) -> None:
    started = time.monotonic()
    with client.connect() as connection:
        connection.sendall(ROUTE + b"Content-Length: 10\r\n\r\n{")
        status, headers, body = answers_in(read_to_end(connection))[0]
    assert status == 408
    assert headers["connection"] == "close"
    assert json.loads(body)["error"] == "request body did not arrive within 0.5 s"
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("sent", [b"", b"POST", ROUTE, with_body(b"{}") + b"POST /ro"])
def test_an_idle_or_half_sent_connection_is_closed(client: Client, sent: bytes) -> None:
    started = time.monotonic()
    client.raw(sent)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "data",
    [
        b"garbage\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        *(b"POST /route/a HTTP/%b\r\nHost: x\r\n\r\n" % version for version in (b"9.9", b"2.0", b"1.2", b"0.9")),
        ROUTE + b"Content-Length: x\r\n\r\n",
        ROUTE + b"Content-Length: -1\r\n\r\n",
        ROUTE + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        ROUTE + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        ROUTE + b"A: " + b"x" * 100_000 + b"\r\n\r\n",
        ROUTE + b"".join(b"H%d: x\r\n" % n for n in range(100_000)) + b"\r\n",
        ROUTE + b"No colon\r\n\r\n",
        ROUTE + b"Bad\0name: x\r\n\r\n",
        b"POST /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n",
        ROUTE + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
    ],
)
def test_what_is_no_http_gets_a_400_and_no_exception_in_the_log(
    client: Client, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answer = client.raw(data)
        time.sleep(0.05)
    assert answer.split(b" ")[1] in (b"400", b"408", b"431"), answer
    assert json.loads(answers_in(answer)[0][2])["error"]
    assert caplog.records == []
    assert client.route("a", {}).status == 200


CHUNKED = ROUTE + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "pieces",
    [
        [CHUNKED, b"zz\r\n{}\r\n"],
        [CHUNKED, b"2\r\n{}\r\n", b"-1\r\n"],
        [CHUNKED + b"2\r\n{}", b"XX0\r\n\r\n"],
        [CHUNKED + b"2\r\n{}\r\n0\r\n", b"No colon\r\n\r\n"],
        [CHUNKED, b"f" * 21 + b"\r\n{}"],
        [CHUNKED + b"2\r\n{}\r\n", b"f" * 17, b"\r\n"],
    ],
)
def test_a_malformed_chunk_is_a_400_at_once(
    quiet_client: Client, pieces: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    """Without native code it was a 500 and a traceback, with it a 408 when the time for the body was over."""
    with caplog.at_level(logging.INFO), quiet_client.connect() as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(0.05)
        ((status, headers, body),) = answers_in(read_to_end(connection))
    assert (status, headers["connection"]) == (400, "close")
    assert json.loads(body)["error"] == "the request's body is malformed"
    assert caplog.records == []


@pytest.mark.parametrize("size", [b"1" + b"0" * 16, b"f" * 21])
def test_a_chunk_beyond_all_bounds_is_a_400_at_once(quiet_client: Client, size: bytes) -> None:
    """Without native code it was waited for, and was a 408 after 10 s."""
    started = time.monotonic()
    assert quiet_client.raw(CHUNKED + size + b"\r\n{}").split(b" ")[1] == b"400"
    assert time.monotonic() - started < 5  # half of the time that a body has


def test_what_follows_a_whole_body_is_not_its_trouble(quiet_client: Client) -> None:
    with quiet_client.connect() as connection:
        connection.sendall(CHUNKED.replace(b"Host: x", b"Host: x\r\nConnection: close"))
        time.sleep(0.05)
        connection.sendall(b"2\r\n{}\r\n0\r\n\r\nGET /health/live HTTP/1.1\r\n\r\n")
        assert answers_in(read_to_end(connection))[0][0] == 200


@pytest.mark.parametrize("version", [b"2.0", b"0.9"])
def test_no_answer_claims_a_version_that_is_not_spoken(client: Client, version: bytes) -> None:
    answer = client.raw(with_body(b"{}").replace(b"HTTP/1.1", b"HTTP/" + version))
    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("body", [b"{}", b'{"path":"/x"}'])
@pytest.mark.parametrize("apart", [False, True])
def test_an_expectation_is_refused_wherever_the_packets_end(client: Client, body: bytes, apart: bool) -> None:
    data = with_body(body, b"Expect: foo")
    size = len(body) if apart else 0
    with client.connect() as connection:
        connection.sendall(data[: len(data) - size])
        time.sleep(0.05)
        with contextlib.suppress(ConnectionError):  # answered by now
            connection.sendall(data[len(data) - size :])
        assert answers_in(read_to_end(connection))[0][0] == 417


@pytest.mark.parametrize("primed", [False, True])
@pytest.mark.parametrize("count", [1, 3])
def test_a_client_that_closes_its_half_is_answered(quiet_client: Client, primed: bool, count: int) -> None:
    if primed:
        with quiet_client.connect() as connection:
            connection.sendall(with_body(b"{}"))
            assert connection.recv(65536)
    with quiet_client.connect() as connection:
        connection.sendall(with_body(b"{}") * count)
        connection.shutdown(socket.SHUT_WR)
        assert [status for status, _, _ in answers_in(read_to_end(connection))] == [200] * count


@pytest.mark.parametrize("sent", [b"", ROUTE, with_body(b"{}")[:-1]])
def test_a_client_that_closes_its_half_within_a_request_is_not_waited_for(quiet_client: Client, sent: bytes) -> None:
    with quiet_client.connect() as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        started = time.monotonic()
        assert read_to_end(connection) == b""
    assert time.monotonic() - started < 5


def test_clients_that_go_away_leave_no_exception_in_the_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        for data in (ROUTE + b"Content-Length: 10\r\n\r\n{", with_body(b"{}"), ROUTE, with_body(b"{}") * 50):
            connection = client.connect()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.sendall(data)
            connection.close()
        time.sleep(0.2)
    assert caplog.records == []
    assert client.route("a", {}).status == 200


def test_a_client_that_reads_late_gets_every_byte(client: Client) -> None:
    """The answers fill every buffer on the way; the server must wait and lose nothing."""
    count = 200
    with client.connect() as connection:
        request = with_body(b"{}").replace(b"/route/a", b"/route/big")
        last = with_body(b"{}", b"Connection: close").replace(b"/route/a", b"/route/big")
        sender = threading.Thread(target=connection.sendall, args=(request * (count - 1) + last,))
        sender.start()
        time.sleep(0.3)
        answers = answers_in(read_to_end(connection))
        sender.join()
    assert [(status, len(body)) for status, _, body in answers] == [(200, 60_024)] * count


def test_a_ready_answer_says_what_an_ordinary_one_says(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = client.route("a", {})

    def only_ordinary(
        _: web.BaseRequest, status: int, body: bytes, extra: str = "", *, close: bool = False
    ) -> web.StreamResponse:
        return responses.ordinary_answer(status, body, extra, close=close)

    monkeypatch.setattr("keystone_lua.server.http.handlers.answer", only_ordinary)
    ordinary = client.route("a", {})
    changing = {"x-keystone-seed", "x-keystone-clock", "x-request-id", "date"}
    assert ready.body == ordinary.body
    assert ready.headers.keys() == ordinary.headers.keys()
    for name in ready.headers.keys() - changing:
        assert ready.headers[name] == ordinary.headers[name], name


def test_a_compressed_body_is_not_inflated(client: Client) -> None:
    answer = client.send("POST", "/route/a", b"\x1f\x8b\x08\x00", {"Content-Encoding": "gzip"})
    assert answer.status == 400


def test_echoed_text_cannot_add_headers(client: Client) -> None:
    data = with_body(b"{}", b"X-Request-Id: a\tb", b"Connection: close")
    _, headers, _ = answers_in(client.raw(data))[0]
    assert "\t" not in headers["x-request-id"]
    assert set(headers) == {
        "content-type",
        "content-length",
        "date",
        "server",
        "connection",
        "x-keystone-script",
        "x-keystone-instructions",
        "x-keystone-bytes",
        "x-keystone-seed",
        "x-keystone-clock",
        "x-request-id",
    }


def test_a_client_that_does_not_read_holds_up_nobody_else(client: Client) -> None:
    with client.connect() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.settimeout(0.5)
        with contextlib.suppress(TimeoutError):
            slow.sendall(with_body(b"{}").replace(b"/route/a", b"/route/big") * 200)
        started = time.monotonic()
        assert client.route("a", {}).status == 200
        assert time.monotonic() - started < 2


@pytest.fixture
def quiet_client(tmp_path: Path) -> Iterator[Client]:
    """A server that no other test has left work for."""
    with server_in_thread(write_scripts(tmp_path, {"a.lua": constant("b")})) as client:
        yield client


def test_a_bug_in_a_handler_is_a_500_and_ends_its_connection_only(
    quiet_client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: bytes) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("keystone_lua.server.http.handlers.read_request", fail)
        answer = quiet_client.route("a", {})
    assert (answer.status, answer.json) == (500, {"error": "internal error"})
    assert answer.headers["connection"] == "close"
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert quiet_client.route("a", {}).status == 200


def test_a_bug_in_the_engine_is_that_requests_failure(
    quiet_client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RecursionError

    with monkeypatch.context() as patch:
        patch.setattr("keystone_lua.server.decisions.service.decide", fail)
        answer = quiet_client.route("a", {})
    assert answer.status == 500
    assert answer.json == {
        "error": "the engine failed: RecursionError",
        "kind": "engine",
        "tenant": "a",
        "script": "",
        "instructions": 0,
        "allocated_bytes": 0,
    }
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert quiet_client.route("a", {}).status == 200


@pytest.mark.parametrize(
    ("version", "connection", "kept"), [(b"1.1", b"", True), (b"1.1", b"close", False), (b"1.0", b"", False)]
)
def test_a_large_answer_is_whole_however_its_connection_goes_on(
    client: Client, version: bytes, connection: bytes, kept: bool
) -> None:
    """It is written piece by piece, to a client that reads late."""
    data = with_body(b"[" + b",".join([b"{}"] * 100) + b"]", *[b"Connection: " + connection] * bool(connection))
    data = data.replace(b"HTTP/1.1", b"HTTP/" + version, 1).replace(b"/route/a", b"/route/big/batch")
    with client.connect() as opened:
        opened.sendall(data + with_body(b"{}", b"Connection: close") * kept)
        time.sleep(0.2)
        answers = answers_in(read_to_end(opened))
    assert [status for status, _, _ in answers] == [200] * (1 + kept)
    assert [len(item["selected_backend"]) for item in json.loads(answers[0][2])] == [60_000] * 100
    assert answers[0][1].get("connection") == (None if kept else "close")
