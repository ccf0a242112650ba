"""Known heads: what they are taken for is what the parser says, wherever their bytes are split."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
from pathlib import Path

import pytest
from aiohttp.http import HttpRequestParser
from aiohttp.http_parser import HttpRequestParserPy

from keystone_lua.server.http import protocol
from keystone_lua.server.http.head_cache import KEPT, LONGEST, Head, HeadCache
from tests.server.support import ECHO, Client, server_in_thread, write_scripts

PARENT = "00-" + "1" * 32 + "-" + "2" * 16 + "-01"
BODY = json.dumps({"method": "PUT", "path": "/x", "headers": {"Host": "a\r\n\r\nPOST /route/echo HTTP/1.1"}}).encode()


def head(*lines: str, path: str = "/route/shop") -> bytes:
    """A head, less its end."""
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: x", *lines]).encode("latin-1")


class Protocol:
    """What aiohttp's parser asks of a protocol."""

    _reading_paused = False

    def pause_reading(self) -> None: ...

    def resume_reading(self, resume_parser: bool = True) -> None: ...


def parsed(data: bytes, kind: type[HttpRequestParser] = HttpRequestParser) -> object:
    """The message that aiohttp's parser makes of a head."""
    loop = asyncio.new_event_loop()
    try:
        parser = kind(Protocol(), loop, 65536)  # type: ignore[arg-type]
        return parser.feed_data(data + b"\r\n\r\n")[0][0][0]
    finally:
        loop.close()


def learned(heads: HeadCache, data: bytes) -> int | None:
    """The length of the body, after ``head_cache`` was shown a head."""
    return heads.learn(data, parsed(data))


def test_the_same_bytes_are_known() -> None:
    heads, data = HeadCache(), head("Content-Length: 12")
    assert heads.find(data) is None
    assert learned(heads, data) == 12
    assert heads.find(data) == Head("shop", 12, None, None)
    assert heads.find(data + b" ") is None


def test_values_that_vary() -> None:
    heads = HeadCache()
    learned(heads, head("X-Request-Id: first", "Content-Length: 12", "Accept: */*", f"traceparent: {PARENT}"))
    other = head("X-Request-Id: second", "Content-Length: 7", "Accept: */*", "traceparent: none")
    assert heads.find(other) == Head("shop", 7, "second", "none")
    assert heads.find(other.replace(b"*/*", b"text/*")) is None
    assert heads.find(other.replace(b"7", b"7x")) is None
    assert heads.find(other.replace(b"second", b"")) is None
    assert heads.find(other.replace(b"second", b"a b")) is None
    assert heads.find(other.replace(b"X-Request-Id", b"x-request-id")) is None, "it has not been parsed"


@pytest.mark.parametrize(
    "line",
    [
        "X-Request-Id: a\r\nX-Request-Id: b",
        "X-Request-Id:a\r\nX-Request-Id: a",
        "X-Request-Id: a\r\nX-Other: x-request-id",
        "X-Request-Id: a b",
        "X-Request-Id: \xe9",
        "X-Request-Id: " + "a" * 129,
        "X-Request-Id: a\r\nX-Long: " + "a" * LONGEST,
    ],
)
def test_heads_that_vary_in_another_way_are_not_learned(line: str) -> None:
    heads, data = HeadCache(), head("Content-Length: 3", line)
    assert learned(heads, data) == (3 if len(data) <= LONGEST else None)
    assert heads.find(data) is None


def test_as_long_as_may_be() -> None:
    heads = HeadCache()
    long_id = head("Content-Length: 3", "X-Request-Id: " + "a" * 128)
    assert learned(heads, long_id) == 3
    assert heads.find(long_id) == Head("shop", 3, "a" * 128, None)
    for size, known in ((LONGEST, True), (LONGEST + 1, False)):
        data = head("Content-Length: 3", "X-Long: ")
        data += b"a" * (size - len(data))
        assert learned(heads, data) == (3 if known else None)
        assert (heads.find(data) is not None) == known
    many = head("Content-Length: 999999999", "X-Request-Id: a")
    learned(heads, head("Content-Length: 3", "X-Request-Id: b"))
    assert heads.find(many) == Head("shop", 999_999_999, "a", None)
    assert heads.find(many.replace(b"999", b"1999", 1)) is None


@pytest.mark.parametrize(
    ("data", "length"),
    [
        (head("Content-Length: 3", path="/health"), 3),
        (head("Content-Length: 3", path="/route/"), 3),
        (head("Content-Length: 3", "Connection: close"), 3),
        (head("Content-Length: 3").replace(b"POST", b"PUT"), 3),
        (head("Content-Length: 3").replace(b"1.1", b"1.0"), None),
        (head("Content-Length: 3", "Expect: 100-continue"), None),
        (head("Content-Length: 3", "Trailer: X"), None),
        (head("Transfer-Encoding: chunked"), None),
        (head("Connection: Upgrade", "Upgrade: websocket"), None),
    ],
)
def test_what_is_not_plain_is_not_learned(data: bytes, length: int | None) -> None:
    heads = HeadCache()
    assert learned(heads, data) == length
    assert heads.find(data) is None


@pytest.mark.parametrize("kind", [HttpRequestParser, HttpRequestParserPy], ids=["native", "python"])
def test_what_follows_connect_is_no_message(kind: type[HttpRequestParser]) -> None:
    data = b"CONNECT shop:1 HTTP/1.1\r\nHost: shop:1"
    assert HeadCache().learn(data, parsed(data, kind)) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n" + head("Content-Length: 3"),
        b"\r\n\r\n" + head("Content-Length: 3"),
        head("Content-Length: 3").replace(b"\r\n", b"\n"),
        head("Content-Length: 3") + b"\r\n",
        head("Content-Length: 3", "X-Long: a\r\n b"),
        head("Content-Length: 3", "X-Bad: a\0b"),
        head("Content-Length: 3", "X-Bad: a\rb"),
        head("Content-Length: 3", "X-Bad : a"),
        head("Content-Length: 3").replace(b"POST ", b"POST  "),
        head("Content-Length: 3").replace(b" HTTP", b"\tHTTP"),
        head("Content-Length: 3").replace(b"HTTP/1.1", b"HTTP/2.0"),
        head("Content-Length: 3").replace(b"shop", b"sh\xc3\xb6p"),
    ],
)
def test_what_is_no_request_line_and_its_fields_is_not_learned(data: bytes) -> None:
    """Whatever a parser made of it: the message is that of another head."""
    heads = HeadCache()
    assert heads.learn(data, parsed(head("Content-Length: 3"))) is None
    assert heads.find(data) is None


def test_the_oldest_go_when_too_many_are_known() -> None:
    heads = HeadCache()
    message = parsed(head("Content-Length: 3"))
    for number in range(KEPT + 10):
        heads.learn(head("Content-Length: 3", f"X-Number: {number}"), message)
    known = [heads.find(head("Content-Length: 3", f"X-Number: {number}")) is not None for number in range(KEPT + 10)]
    assert known == [False] * 10 + [True] * KEPT


def test_what_another_client_sent_before_its_message_answers_nobody(tmp_path: Path) -> None:
    """An empty head was learned of ``CRLF CRLF POST ...``: any stray CRLF CRLF then had an answer of its own."""
    with server_in_thread(write_scripts(tmp_path, {"echo.lua": ECHO})) as client:
        for prefix in (b"\r\n", b"\r\n\r\n", b"\r\n\r\n\r\n"):
            with client.connect() as connection:
                connection.sendall(prefix + request("echo", BODY, "X-Request-Id: z"))
                assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        for stray in (b"\r\n\r\n", b"\r\n\r\n{}"):
            with client.connect() as connection:
                connection.sendall(stray)
                connection.settimeout(0.2)
                with contextlib.suppress(TimeoutError):
                    assert not connection.recv(65536).startswith(b"HTTP/1.1 200")


def request(tenant: str, body: bytes, *lines: str) -> bytes:
    return head(f"Content-Length: {len(body)}", *lines, path=f"/route/{tenant}") + b"\r\n\r\n" + body


PARTS = [
    request("echo", BODY),
    request("echo", BODY, "X-Request-Id: one"),
    request("echo", BODY.replace(b"/x", b"/longer"), "X-Request-Id: two"),
    request("nobody", BODY, f"traceparent: {PARENT}"),
    request("echo", b"{"),
    request("echo", b""),
    b"\r\n" + request("echo", BODY),
    b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n",
    head("Transfer-Encoding: chunked", path="/route/echo") + b"\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
]
LAST = b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
DIFFERENT = rb"X-Request-Id: [0-9a-f]{16}-[^\r]*|X-Keystone-(Seed|Clock): [^\r]*|Date: [^\r]*"


def conversation(client: Client, pieces: list[bytes]) -> bytes:
    """All that comes back for a connection's bytes, less what differs between any two answers."""
    received = b""
    with client.connect() as connection:
        for piece in pieces:
            connection.sendall(piece)
            if piece.endswith(b"}"):  # let the server see where it ends
                connection.settimeout(0.01)
                with contextlib.suppress(TimeoutError):
                    received += connection.recv(65536)
                connection.settimeout(10)
        while chunk := connection.recv(65536):
            received += chunk
    return re.sub(DIFFERENT, b"", received)


@pytest.mark.parametrize("seed", range(25))
def test_any_bytes_in_any_pieces_are_answered_as_ever(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    pieces = []
    for data in [*chance.choices(PARTS, k=12), LAST]:
        cuts = sorted(chance.sample(range(1, len(data)), chance.choice([0, 0, 0, 1, 2])))
        pieces += [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]
        if chance.random() < 0.2 and len(pieces) > 1:
            pieces[-2:] = [pieces[-2] + pieces[-1]]
    with server_in_thread(write_scripts(tmp_path, {"echo.lua": ECHO})) as client:
        known = conversation(client, pieces)
        monkeypatch.setattr(protocol, "KNOWN", False)
        assert conversation(client, pieces) == known
    assert known.count(b"HTTP/1.1 ") == 13
