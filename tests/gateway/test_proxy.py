"""Messages as bytes: what gets through the gateway, and what does not."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest
from aiohttp import ClientSession

from keystone_lua.gateway.health import TIMEOUTS_IN_ROW, Services
from keystone_lua.gateway.stack import LOOPBACK
from keystone_lua.gateway.tenant_file import parse_tenant_file
from tests.gateway.raw import (
    WAIT,
    Peer,
    decision,
    exchange,
    gateway,
    listening,
    ok,
    peer,
    read_message,
    request,
    status,
)


def through(
    sent: bytes, answer: Any = None, engine: Any = None, *, mode: str = "refuse", **bounds: Any
) -> tuple[bytes, Peer, Peer]:
    """Send ``sent`` through a gateway; return what came back, and the service and the engine with what they heard."""

    async def run() -> tuple[bytes, Peer, Peer]:
        async with (
            peer(ok() if answer is None else answer) as service,
            peer(engine or b"") as asked,
            gateway(service.url, asked.url if engine is not None else None, mode, **bounds) as port,
        ):
            return await exchange(port, sent), service, asked

    return asyncio.run(run())


# what gets through


def test_a_message_goes_there_and_back() -> None:
    answer, service, _ = through(
        request("POST /a%20b?c=%2F HTTP/1.1", "Content-Length: 4", "X-One: 1", "X-One: 2", "Cookie: a=b", body=b"body"),
        ok(b"hello", "Set-Cookie: x=1", "Set-Cookie: y=2", "Content-Type: text/x"),
    )
    ((head, body),) = service.heard
    lines = head.split("\r\n")
    assert (lines[0], body) == ("POST /a%20b?c=%2F HTTP/1.1", b"body")
    assert {"X-One: 1", "X-One: 2", "Cookie: a=b", f"Host: {LOOPBACK}:{service.port}"} <= set(lines)
    assert {"X-Forwarded-For: 127.0.0.1", "X-Forwarded-Host: a", "X-Forwarded-Proto: http"} <= set(lines)
    assert not any(line.startswith(("Accept", "User-Agent", "Content-Type", "Connection")) for line in lines)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\nhello")
    for line in (b"Set-Cookie: x=1", b"Set-Cookie: y=2", b"Content-Type: text/x", b"Content-Length: 5"):
        assert b"\r\n" + line + b"\r\n" in answer


def test_hop_by_hop_fields_stay_behind_both_ways() -> None:
    answer, service, _ = through(
        request(
            "GET / HTTP/1.1",
            "Connection: x-mine",
            "X-Mine: 1",
            "TE: trailers",
            "Proxy-Authorization: p",
            "Upgrade: h2c",
        ),
        ok(b"", "Connection: x-theirs", "X-Theirs: 1", "Proxy-Authenticate: Basic", "Keep-Alive: timeout=1"),
    )
    sent = service.heard[0][0].lower()
    assert not any(name in sent for name in ("x-mine", "te:", "proxy-authorization", "upgrade"))
    assert not any(name in answer.lower() for name in (b"x-theirs", b"proxy-authenticate", b"keep-alive"))


@pytest.mark.parametrize(
    ("first", "answer", "ends"),
    [
        ("HEAD / HTTP/1.1", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"\r\n\r\n"),
        ("GET / HTTP/1.1", b"HTTP/1.1 204 No Content\r\n\r\n", b"\r\n\r\n"),
        ("GET / HTTP/1.1", b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", b"\r\n\r\n"),
        (
            "GET / HTTP/1.1",
            b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n",
            b"\r\n\r\n",
        ),
        ("GET / HTTP/1.1", b"HTTP/1.1 200 OK\r\n\r\nuntil close", b"0\r\n\r\n"),
        ("GET / HTTP/1.0", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", b"\r\n\r\nhi"),
        ("GET / HTTP/1.1", ok(b"\x1f\x8bpacked", "Content-Encoding: gzip"), b"\r\n\r\n\x1f\x8bpacked"),
        ("GET / HTTP/1.1", b"HTTP/1.1 299 \xff\r\nX-A: caf\xe9\r\nContent-Length: 0\r\n\r\n", b"\r\n\r\n"),
    ],
)
def test_answers_of_every_shape(first: str, answer: bytes, ends: bytes) -> None:
    got, _, _ = through(request(first), answer)
    assert status(got) == status(answer)
    assert got.endswith(ends)


@pytest.mark.parametrize("chunked", [True, False])
@pytest.mark.parametrize("size", [0, 1, 10, 11, 300_000])
def test_the_script_sees_a_body_s_beginning_and_the_service_all_of_it(size: int, chunked: bool) -> None:
    content = bytes(range(256)) * (size // 256) + b"\xff" * (size % 256)
    lines, body = [f"Content-Length: {size}"], content
    if chunked:
        lines, body = (
            ["Transfer-Encoding: chunked"],
            (b"%x\r\n%b\r\n" % (size, content) if size else b"") + b"0\r\n\r\n",
        )
    answer, service, engine = through(request("PUT / HTTP/1.1", *lines, body=body), engine=decision(), script_body=10)
    assert status(answer) == 200
    assert service.heard[0][1] == content
    asked = json.loads(engine.heard[0][1])
    seen = base64.b64decode(asked["body_base64"]) if "body_base64" in asked else asked["body"].encode()
    assert seen == content[:10]
    assert asked.get("body_truncated", False) == (size > 10)


def test_a_client_may_wait_for_100() -> None:
    async def run() -> None:
        async with peer(ok()) as service, gateway(service.url) as port:
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            writer.write(request("PUT / HTTP/1.1", "Expect: 100-continue", "Content-Length: 4"))
            assert await reader.readexactly(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
            writer.write(b"body")
            assert status(await reader.read()) == 200
            writer.close()
            assert service.heard[0][1] == b"body"
            assert "expect" not in service.heard[0][0].lower()

    asyncio.run(run())


def test_the_script_s_changes_reach_the_service() -> None:
    answer, service, engine = through(
        request("GET /old%20path?q=1 HTTP/1.1", "X-Kind: client", "X-Forwarded-For: 6.6.6.6"),
        engine=decision(modified_path="/new path/100%#ü", modified_headers={"x-kind": "script", "X-New": "1"}),
    )
    assert status(answer) == 200
    lines = service.heard[0][0].split("\r\n")
    assert lines[0] == "GET /new%20path/100%25%23%C3%BC?q=1 HTTP/1.1"
    assert [line.lower() for line in lines if "x-kind" in line.lower()] == ["x-kind: script"]
    assert "X-New: 1" in lines
    asked = json.loads(engine.heard[0][1])
    assert engine.heard[0][0].startswith("POST /route/x HTTP/1.1\r\n")
    assert (asked["method"], asked["path"], asked["host"]) == ("GET", "/old path", "a")
    assert asked["headers"]["X-Kind"] == "client"
    assert asked["headers"]["X-Forwarded-For"] == "127.0.0.1"  # the gateway's word, not the client's
    assert asked["backends"] == [{"name": "s", "url": service.url, "health": True}]


def test_a_reject_is_a_403_with_the_reason() -> None:
    answer, service, _ = through(request(), engine=decision(reject=True, reject_reason='not "you"\r\nX: y'))
    assert status(answer) == 403
    assert json.loads(answer.partition(b"\r\n\r\n")[2]) == {"error": 'not "you"\r\nX: y'}
    assert service.heard == []


# what does not


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (request("GET /ws HTTP/1.1", "Connection: Upgrade", "Upgrade: WebSocket", close=False), 400),
        (request("POST /ws HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", close=False), 400),
        (request("CONNECT a:443 HTTP/1.1"), 501),
        (request("TRACE / HTTP/1.1"), 501),
        (request("GET /a/../b HTTP/1.1"), 400),
        (request("GET /a/%2e%2e/b HTTP/1.1"), 400),
        (request("GET /a%5c..%5cb HTTP/1.1"), 400),
        (request("OPTIONS * HTTP/1.1"), 400),
        (request("GET http://other/ HTTP/1.1"), 400),
        (request("GET / HTTP/1.1", host=""), 400),
        (request("GET / HTTP/1.1", "Host: b"), 400),
        (request("GET / HTTP/1.1", "X-A: b\nX-B: c\r", host="Host: a"), 400),
        (request("GET / HTTP/1.1", "X-A : b"), 400),
        (request("GET / HTTP/1.1", "X-A: b\0c"), 400),
        (request("GET / HTTP/1.1", "X-A: " + "b" * (33 << 10)), 400),
        (request("POST / HTTP/1.1", "Content-Length: 3", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"), 400),
        (request("POST / HTTP/1.1", "Content-Length: 3", "Content-Length: 4", body=b"abcd"), 400),
        (request("POST / HTTP/1.1", "Content-Length: +3", body=b"abc"), 400),
        (request("POST / HTTP/1.1", "Transfer-Encoding: xchunked", body=b"0\r\n\r\n"), 400),
        (request("POST / HTTP/1.1", "Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n"), 501),
        (request("POST / HTTP/1.0", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"), 400),
        (request("POST / HTTP/1.1", "Transfer-Encoding: chunked", body=b"x\r\n\r\n"), 400),
        (request("POST / HTTP/1.1", "Expect: tea", "Content-Length: 1", body=b"x"), 417),
        (b"nonsense\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n", 400),
    ],
)  # fmt: skip
def test_refused_before_anybody_is_asked(sent: bytes, expected: int) -> None:
    answer, service, engine = through(sent, engine=decision())
    assert status(answer) == expected, answer
    assert b'{"error": ' in answer
    assert answer.count(b"\r\nContent-Type: ") == 1  # nothing after it was taken for a request
    assert (service.heard, engine.heard) == ([], [])


def test_a_line_of_32_kib_passes() -> None:
    answer, service, _ = through(request("GET / HTTP/1.1", "Cookie: " + "b" * (31 << 10)))
    assert status(answer) == 200
    assert "b" * (31 << 10) in service.heard[0][0]


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"nonsense\r\n\r\n", ok(b"nonsense"), ok(b"[]"), ok(b'{"selected_backend": 5}'), decision(selected_backend="other"),
        decision(selected_backend=""), decision(modified_headers={"X-A": "b\r\nX-Injected: 1"}), decision(modified_path="/../x"),
        decision(modified_headers={"Host": "evil"}), b"HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", ok(b" " * (1 << 20) + b"{}"), lambda _: None,
    ],
)  # fmt: skip
@pytest.mark.parametrize(("mode", "expected"), [("refuse", 503), ("round_robin", 200)])
def test_an_engine_that_is_no_help(answer: Any, mode: str, expected: int) -> None:
    got, service, _ = through(request("POST / HTTP/1.1", "Content-Length: 4", body=b"body"), engine=answer, mode=mode)
    assert status(got) == expected
    assert [body for _, body in service.heard] == ([b"body"] if expected == 200 else [])
    assert b"X-Injected" not in (service.heard or [("", b"")])[0][0].encode()


def test_an_engine_that_fails_is_left_alone_for_a_while() -> None:
    async def run() -> None:
        async with peer(b"nonsense") as engine, peer(ok()) as service, gateway(service.url, engine.url) as port:
            assert [status(await exchange(port, request())) for _ in range(12)] == [503] * 12
            assert len(engine.heard) < 12

    asyncio.run(run())


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(b"", 502), (b"nonsense\r\n\r\n", 502), (b"HTTP/1.1 101 Sure\r\nUpgrade: x\r\n\r\n", 502), (lambda _: None, 504)],
)
def test_a_service_that_is_no_help(answer: Any, expected: int) -> None:
    got, _, _ = through(request(), answer, stall_seconds=0.3)
    assert status(got) == expected


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nnonsense\r\n",
    ],
)
def test_an_answer_that_breaks_off_does_not_look_whole(answer: bytes) -> None:
    got, _, _ = through(request(), answer)
    assert status(got) in (0, 200, 502)
    head, _, body = got.partition(b"\r\n\r\n")
    assert not body.endswith(b"0\r\n\r\n")
    assert b"Content-Length: 100" in head or b"chunked" in head or status(got) != 200


def test_a_length_beside_chunks_is_not_passed_on() -> None:
    got, _, _ = through(
        request(), b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    )
    assert status(got) in (200, 502)
    assert b"Content-Length: 1\r\n" not in got


@pytest.mark.parametrize("engine", [None, decision()], ids=["streamed", "shown to the script"])
def test_a_body_that_breaks_off_is_not_passed_on_as_whole(engine: bytes | None) -> None:
    async def run() -> None:
        heads: list[bytes] = []
        ended = asyncio.Event()

        async def service(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            data = await reader.read()
            heads.append(data)
            assert not data.endswith(b"0\r\n\r\n")
            writer.close()
            ended.set()

        async with listening(service) as port, peer(engine or b"") as asked:
            async with gateway(f"http://{LOOPBACK}:{port}", asked.url if engine else None, script_body=2) as front:
                _, writer = await asyncio.open_connection(LOOPBACK, front)
                writer.write(request("POST / HTTP/1.1", "Content-Length: 100", body=b"half"))
                await writer.drain()
                await asyncio.sleep(0.2)
                writer.close()
                await asyncio.wait_for(ended.wait(), 5)
            assert len(heads) == 1

    asyncio.run(run())


def test_a_slow_upload_is_not_taken_for_a_silent_service() -> None:
    async def run() -> None:
        async with peer(ok()) as service, gateway(service.url, stall_seconds=0.4) as port:
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            writer.write(request("POST / HTTP/1.1", "Content-Length: 5"))
            for byte in b"hello":
                await asyncio.sleep(0.2)
                writer.write(bytes([byte]))
            assert status(await reader.read()) == 200
            assert service.heard[0][1] == b"hello"
            writer.close()

    asyncio.run(run())


@pytest.mark.parametrize("engine", [None, decision()], ids=["streamed", "shown to the script"])
def test_an_upload_that_stalls_is_given_up(engine: bytes | None) -> None:
    got, service, _ = through(
        request("POST / HTTP/1.1", "Content-Length: 5", body=b"he"), engine=engine, stall_seconds=0.3, body_seconds=0.3
    )
    assert status(got) == 408
    assert service.heard == []


def test_a_body_is_never_sent_twice() -> None:
    """A kept-alive connection that the service closes under a PUT: the rest of a stream is no second body."""

    async def run() -> None:
        bodies: list[bytes] = []

        async def service(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for number in range(2):
                try:
                    _, body = await read_message(reader)
                except asyncio.IncompleteReadError:
                    break
                bodies.append(body)
                if number == 0:
                    writer.write(ok())
            writer.close()

        async with listening(service) as port, gateway(f"http://{LOOPBACK}:{port}") as front:
            assert status(await exchange(front, request())) == 200
            got = await exchange(front, request("PUT / HTTP/1.1", "Content-Length: 200000", body=b"x" * 200_000))
            assert bodies[1:] == [b"x" * 200_000]
            assert status(got) == 502

    asyncio.run(run())


def test_an_answer_before_the_end_of_the_body() -> None:
    """The rest of the body must not reach the service as the next request."""

    async def run() -> None:
        heard: list[bytes] = []

        async def service(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heard.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(b"HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno")
            heard.append(await reader.read())
            writer.close()

        async with listening(service) as port, gateway(f"http://{LOOPBACK}:{port}") as front:
            reader, writer = await asyncio.open_connection(LOOPBACK, front)
            writer.write(request("POST /1 HTTP/1.1", "Content-Length: 100000", body=b"x" * 1000))
            assert status(await reader.readuntil(b"no")) == 413
            assert status(await exchange(front, request("GET /2 HTTP/1.1"))) == 413
            writer.close()
            assert [data[:8] for data in heard] == [b"POST /1 ", b"x" * 8, b"GET /2 H"]

    asyncio.run(run())


def test_a_request_that_comes_back_is_a_loop() -> None:
    async def run() -> None:
        ports: list[int] = []

        async def back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head, _ = await read_message(reader)
            writer.write(
                await exchange(ports[0], head.encode("latin-1").replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
            )
            writer.close()

        async with listening(back) as port, gateway(f"http://{LOOPBACK}:{port}") as front:
            ports.append(front)
            assert status(await exchange(front, request())) == 508

    asyncio.run(run())


def test_pipelined_requests_keep_their_order() -> None:
    def name(facts: Peer) -> bytes:
        return ok(facts.heard[-1][0].split(" ")[1].encode())

    got, service, _ = through(
        request("GET /1 HTTP/1.1", close=False) + request("GET /2 HTTP/1.1", close=False) + request("GET /3 HTTP/1.1"),
        name,
    )
    assert [head.split(" ")[1] for head, _ in service.heard] == ["/1", "/2", "/3"]
    assert got.count(b"HTTP/1.1 200") == 3
    assert got.index(b"/1") < got.index(b"/2") < got.index(b"/3")


def test_one_probe_without_an_answer_is_no_death() -> None:
    async def run() -> None:
        async with peer(lambda facts: ok() if len(facts.heard) == 1 else None) as service:
            (tenant,) = parse_tenant_file(
                json.dumps(
                    {
                        "tenants": [
                            {
                                "name": "t",
                                "path_prefix": "/",
                                "health_interval": "100ms",
                                "services": [{"name": "s", "url": service.url, "health": "/"}],
                            }
                        ]
                    }
                ).encode(),
                "t",
            ).tenants
            async with ClientSession() as session:
                services = Services([tenant], session, 0.1)
                await services.start()
                while len(service.heard) < 1 + TIMEOUTS_IN_ROW:
                    assert services.is_healthy(tenant, tenant.services[0])
                    assert services.in_turn(tenant) is tenant.services[0]
                    await asyncio.sleep(0.01)
                async with asyncio.timeout(WAIT):
                    while services.is_healthy(tenant, tenant.services[0]):  # noqa: ASYNC110  # has no event to wait for
                        await asyncio.sleep(0.01)
                assert (services.in_turn(tenant), services.count()) == (None, (1, 0))
                await services.stop()

    asyncio.run(run())
