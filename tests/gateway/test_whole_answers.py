"""Every field of an answer, carried out: what the service gets, what the client gets, who is asked next."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, WSMsgType, web

from keystone_lua.gateway import logs
from keystone_lua.gateway.stack import LOOPBACK, free_ports
from tests.gateway.raw import (
    WAIT,
    Peer,
    decision,
    exchange,
    gateway,
    listening,
    ok,
    peer,
    request,
    running_gateway,
    status,
)  # fmt: skip


def through(sent: bytes, service_says: Any = None, **answer: Any) -> tuple[bytes, Peer, Peer]:
    """Send ``sent`` through a gateway whose engine answers with these fields."""

    async def run() -> tuple[bytes, Peer, Peer]:
        async with (
            peer(service_says or ok()) as service,
            peer(decision(**answer)) as engine,
            gateway(service.url, engine.url) as port,
        ):
            return await exchange(port, sent), service, engine

    return asyncio.run(run())


def lines_of(message: bytes | str) -> list[str]:
    text = message.decode("latin-1") if isinstance(message, bytes) else message
    return text.partition("\r\n\r\n")[0].split("\r\n")


def test_what_the_engine_is_told() -> None:
    sent = request(
        "PUT /a%20b?c=%64 HTTP/1.1",
        "X-Two: 1",
        "x-two: 2",
        "Content-Length: 2",
        "X-Keystone-Backend: s",
        body=b"\xff\x00",
    )
    _, service, engine = through(sent)
    asked = json.loads(engine.heard[0][1])
    assert {name: asked[name] for name in ("query", "raw_path", "scheme", "protocol", "client_ip", "body_base64")} == {
        "query": "c=%64", "raw_path": "/a%20b", "scheme": "http", "protocol": "HTTP/1.1", "client_ip": "127.0.0.1",
        "body_base64": "/wA=",
    }  # fmt: skip
    assert asked["headers_multi"] == {"X-Two": ["1", "2"]}
    assert "body_truncated" not in asked
    assert "keystone" not in service.heard[0][0].lower().replace("via: 1.1 keystone", "")  # a client has no say in it


def test_changes_of_the_request() -> None:
    _, service, _ = through(
        request("GET /a%2Fb?x=1 HTTP/1.1", "Cookie: secret", "X-Old: 1", "X-Tag: 0"),
        remove_headers=["cookie"], modified_headers={"x-old": "new"}, append_headers={"X-Tag": ["1", "2"]},
        modified_host="inner.example:81", modified_method="POST", modified_path="/v2/ä?y=2",
    )  # fmt: skip
    head = lines_of(service.heard[0][0])
    assert head[0] == "POST /v2/%C3%A4?y=2 HTTP/1.1"
    assert [line for line in head if line.startswith("Host:")] == ["Host: inner.example:81"]
    assert not any(line.lower().startswith("cookie") for line in head)
    assert [line.lower() for line in head if line.lower().startswith("x-old")] == ["x-old: new"]
    assert [line for line in head if line.startswith("X-Tag")] == ["X-Tag: 0", "X-Tag: 1", "X-Tag: 2"]


@pytest.mark.parametrize(
    ("answer", "target"),
    [
        ({}, "/a%2Fb?x=1"),
        ({"modified_query": ""}, "/a%2Fb"),
        ({"modified_query": "y=ü&z=%41"}, "/a%2Fb?y=%C3%BC&z=%41"),
        ({"modified_path": "/n"}, "/n?x=1"),
        ({"modified_path": "/n?"}, "/n"),
        ({"modified_path": "/n?a", "modified_query": "b"}, "/n?b"),
    ],
)
def test_what_has_not_been_changed_stays_as_it_was_sent(answer: dict[str, str], target: str) -> None:
    _, service, _ = through(request("GET /a%2Fb?x=1 HTTP/1.1"), **answer)
    assert service.heard[0][0].split(" ")[1] == target


def test_changes_of_the_response() -> None:
    answer, _, _ = through(
        request(), ok(b"x", "Server: theirs", "Set-Cookie: a=1", "Cache-Control: public", "X-Kept: 1"),
        remove_response_headers=["server"], response_headers={"cache-control": "no-store"},
        append_response_headers={"Set-Cookie": ["b=2", "c=3"]},
    )  # fmt: skip
    head = lines_of(answer)
    assert [line for line in head if line.startswith("Set-Cookie")] == [
        "Set-Cookie: a=1",
        "Set-Cookie: b=2",
        "Set-Cookie: c=3",
    ]
    assert [line.lower() for line in head if line.lower().startswith("cache")] == ["cache-control: no-store"]
    assert {"X-Kept: 1", "Server: keystone-lua-gateway"} <= set(head)


@pytest.mark.parametrize(
    ("answer", "code", "lines", "body"),
    [
        ({}, 403, {"Content-Type: application/json"}, b'{"error": "rejected"}\n'),
        ({"reject_status": 401, "reject_headers": {"WWW-Authenticate": "Basic"}, "reject_reason": "who?"},
         401, {"WWW-Authenticate: Basic"}, b'{"error": "who?"}\n'),
        ({"reject_status": 302, "reject_headers": {"Location": "/in", "Set-Cookie": ["a=1", "b=2"]}},
         302, {"Location: /in", "Set-Cookie: a=1", "Set-Cookie: b=2"}, b""),
        ({"reject_status": 429, "reject_headers": {"Retry-After": "7"}, "reject_body": "später"},
         429, {"Retry-After: 7", "Content-Type: text/plain; charset=utf-8"}, "später".encode()),
        ({"reject_body": "<p>", "reject_headers": {"content-type": "text/html"}}, 403, {"content-type: text/html"}, b"<p>"),
        ({"reject_status": 304, "reject_body": "x"}, 304, set(), b""),
        ({"reject_status": 599}, 599, set(), b'{"error": "rejected"}\n'),
    ],
)  # fmt: skip
def test_rejects(answer: dict[str, Any], code: int, lines: set[str], body: bytes) -> None:
    got, service, _ = through(request(), reject=True, **answer)
    assert status(got) == code
    assert lines <= set(lines_of(got))
    assert got.partition(b"\r\n\r\n")[2] == body
    assert service.heard == []


def test_no_decision_is_503_unless_it_is_asked_for() -> None:
    async def run() -> None:
        async with peer(ok()) as service:
            (dead,) = free_ports(1)
            async with gateway(service.url, f"http://{LOOPBACK}:{dead}") as port:
                assert status(await exchange(port, request())) == 503
            tenants = {
                "name": "t",
                "path_prefix": "/",
                "lua_script": "x",
                "services": [{"name": "s", "url": service.url}],
            }
            from keystone_lua.gateway.tenant_file import parse_tenant_file  # what is left out is the default

            text = json.dumps({"tenants": [tenants], "lua_engine": {"url": f"http://{LOOPBACK}:{dead}"}})
            assert parse_tenant_file(text.encode(), "t").tenants[0].on_engine_failure.value == "refuse"
            assert service.heard == []

    asyncio.run(run())


# who is asked next


@contextlib.asynccontextmanager
async def three(answer: dict[str, Any], *, first: bytes = b"") -> AsyncIterator[tuple[int, dict[str, Peer], Peer]]:
    """A gateway of services ``dead`` (nobody listens), ``breaks`` (says ``first``) and ``good``."""
    (dead,) = free_ports(1)
    async with peer(first) as breaks, peer(ok(b"good")) as good, peer(decision(**answer)) as engine:
        services = {"dead": f"http://{LOOPBACK}:{dead}", "breaks": breaks.url, "good": good.url}
        async with gateway(services, engine.url) as port:
            yield port, {"breaks": breaks, "good": good}, engine


def tried(
    answer: dict[str, Any], sent: bytes | None = None, *, first: bytes = b""
) -> tuple[bytes, dict[str, Peer], Peer]:
    async def run() -> tuple[bytes, dict[str, Peer], Peer]:
        async with three(answer, first=first) as (port, peers, engine):
            return await exchange(port, sent or request()), peers, engine

    return asyncio.run(run())


def test_candidates_are_tried_in_their_order() -> None:
    got, peers, engine = tried({"selected_backend": "dead", "candidates": ["dead", "good"]})
    assert (status(got), len(engine.heard), len(peers["breaks"].heard)) == (200, 1, 0)


def test_a_candidate_alone_is_enough_and_a_wrong_name_is_none() -> None:
    assert status(tried({"selected_backend": "", "candidates": ["nobody", "good"]})[0]) == 200
    assert status(tried({"selected_backend": "nobody", "candidates": ["good"]})[0]) == 503


def test_without_retries_the_script_is_asked_again_and_told_who_failed() -> None:
    got, _, engine = tried({"selected_backend": "dead"})
    assert status(got) == 502
    asked = [json.loads(body) for _, body in engine.heard]
    assert [each.get("failed") for each in asked] == [None, ["dead"]]
    assert asked[1]["attempt"] == 1
    assert asked[1]["backends"][0]["health"] is False


def test_retries_bound_the_tries() -> None:
    assert status(tried({"selected_backend": "dead", "candidates": ["good"], "retries": 0})[0]) == 502
    assert status(tried({"selected_backend": "dead", "candidates": ["good"], "retries": 1})[0]) == 200
    got, peers, engine = tried({"selected_backend": "dead", "retries": 2})  # no candidates: the others that are up
    assert (status(got), len(peers["breaks"].heard) > 0, len(engine.heard)) == (200, True, 1)


PUT = request("PUT / HTTP/1.1", "Content-Length: 4", body=b"body")


def test_what_has_been_sent_is_sent_again_only_if_it_may_be() -> None:
    answer = {"selected_backend": "breaks", "candidates": ["good"], "retries": 1}
    got, peers, _ = tried(answer, PUT)
    assert (status(got), [body for _, body in peers["good"].heard]) == (200, [b"body"])
    got, peers, _ = tried(answer, PUT.replace(b"PUT", b"POST"))  # it may have been done
    assert (status(got), peers["good"].heard) == (502, [])
    got, peers, _ = tried({**answer, "modified_method": "POST"}, PUT)
    assert (status(got), peers["good"].heard) == (502, [])
    got, peers, _ = tried({"selected_backend": "breaks", "candidates": ["good"]}, PUT)  # nobody asked for retries
    assert (status(got), peers["good"].heard) == (502, [])
    large = request("PUT / HTTP/1.1", "Content-Length: 200000", body=b"x" * 200_000)  # it is not kept
    got, peers, _ = tried(answer, large)
    assert (status(got), peers["good"].heard) == (502, [])


def test_a_service_has_the_time_that_the_script_gives_it() -> None:
    async def run() -> None:
        async with (
            peer(lambda _: None) as silent, peer(ok()) as good,
            peer(decision(selected_backend="silent", candidates=["good"], retries=1, timeout_ms=100)) as engine,
            gateway({"silent": silent.url, "good": good.url}, engine.url) as port,
        ):  # fmt: skip
            assert status(await exchange(port, request())) == 200
            assert status(await exchange(port, request("POST / HTTP/1.1"))) == 504

    asyncio.run(asyncio.wait_for(run(), WAIT))


def test_a_service_that_takes_nothing_is_left() -> None:
    """Its socket's buffers are full, nothing moves, and the client waits."""

    async def run() -> None:
        async def takes_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            try:
                await asyncio.sleep(WAIT)
            finally:
                writer.transport.abort()

        async with listening(takes_nothing) as port, gateway(f"http://{LOOPBACK}:{port}", stall_seconds=0.5) as front:
            reader, writer = await asyncio.open_connection(LOOPBACK, front)
            writer.write(request("PUT / HTTP/1.1", "Content-Length: 50000000"))

            async def send() -> None:
                with contextlib.suppress(ConnectionError):
                    for _ in range(500):
                        writer.write(b"x" * 100_000)
                        await writer.drain()

            sending = asyncio.create_task(send())
            async with asyncio.timeout(WAIT / 2):
                assert status(await reader.readuntil(b"\r\n\r\n")) == 504
            sending.cancel()
            writer.transport.abort()
            await asyncio.sleep(0.05)  # what has been aborted is closed a turn later

    asyncio.run(run())


# copies


def mirrored(answer: dict[str, Any], sent: bytes, wait: float = WAIT) -> list[tuple[str, bytes]]:
    async def run() -> list[tuple[str, bytes]]:
        async with (
            peer(ok()) as service, peer(ok()) as copy, peer(decision(**answer)) as engine,
            gateway({"s": service.url, "copy": copy.url}, engine.url) as port,
        ):  # fmt: skip
            assert status(await exchange(port, sent)) == 200  # whatever becomes of the copy
            for _ in range(int(wait / 0.01)):
                if copy.heard:
                    break
                await asyncio.sleep(0.01)
            return copy.heard

    return asyncio.run(run())


def test_a_copy_is_the_request() -> None:
    ((head, body),) = mirrored({"mirror": "copy", "modified_path": "/v2"}, PUT)
    assert (head.split(" ")[:2], body) == (["PUT", "/v2"], b"body")


def test_no_copy_of_some() -> None:
    assert mirrored({"mirror": "copy", "mirror_percent": 0}, PUT, 0.3) == []
    assert mirrored({"mirror": "nobody"}, PUT, 0.3) == []
    large = request("PUT / HTTP/1.1", "Content-Length: 200000", body=b"x" * 200_000)
    assert mirrored({"mirror": "copy"}, large, 0.3) == []


# WebSockets


async def _echo(request: web.BaseRequest) -> web.StreamResponse:
    socket = web.WebSocketResponse(protocols=("chat", "other"))
    await socket.prepare(request)
    await socket.send_str(f"{request.path_qs} {request.headers.get('X-Kind')} {request.headers.get('X-Forwarded-For')}")
    async for message in socket:
        if message.data == "close":
            await socket.close(code=4001, message=b"as you like")
        elif message.type is WSMsgType.TEXT:
            await socket.send_str(message.data[::-1])
        else:
            await socket.send_bytes(message.data[::-1])
    return socket


@contextlib.asynccontextmanager
async def websockets(**answer: Any) -> AsyncIterator[int]:
    runner = web.ServerRunner(web.Server(_echo))
    await runner.setup()
    site = web.TCPSite(runner, LOOPBACK, 0)
    await site.start()
    service = f"http://{LOOPBACK}:{runner.addresses[0][1]}"
    async with peer(decision(**answer)) as engine, gateway(service, engine.url, silent_seconds=2.0) as port:
        yield port
    await runner.cleanup()


def test_a_websocket_goes_through() -> None:
    async def run() -> None:
        answer = {"modified_path": "/v2", "modified_headers": {"X-Kind": "k"}, "response_headers": {"X-Told": "yes"}}
        async with (
            websockets(**answer) as port,
            ClientSession() as session,
            session.ws_connect(f"http://{LOOPBACK}:{port}/a?b=c", protocols=("chat",)) as socket,
        ):
            assert socket.protocol == "chat"
            assert socket._response.headers["X-Told"] == "yes"
            assert (await socket.receive()).data == "/v2?b=c k 127.0.0.1"
            for text in ("abc", "x" * 200_000, "ä"):
                await socket.send_str(text)
                assert (await socket.receive()).data == text[::-1]
            for _ in range(30):  # more bytes than a head may have
                await socket.send_bytes(b"\0\1" * 50_000)
                assert (await socket.receive()).data == b"\1\0" * 50_000
            await socket.send_str("close")
            message = await socket.receive()
            assert (message.type, message.data, message.extra) == (WSMsgType.CLOSE, 4001, "as you like")

    asyncio.run(asyncio.wait_for(run(), WAIT))


def test_a_message_that_is_too_large_ends_a_websocket() -> None:
    async def run() -> None:
        async with (
            websockets() as port,
            ClientSession() as session,
            session.ws_connect(f"http://{LOOPBACK}:{port}/", max_msg_size=0) as socket,
        ):
            await socket.receive()
            await socket.send_bytes(b"x" * ((1 << 20) + 1))
            assert (await socket.receive()).type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR)

    asyncio.run(asyncio.wait_for(run(), WAIT))


def test_a_silent_websocket_ends() -> None:
    async def run() -> None:
        async with (
            websockets() as port,
            ClientSession() as session,
            session.ws_connect(f"http://{LOOPBACK}:{port}/", autoping=False) as socket,
        ):
            await socket.receive()
            message = await socket.receive()
            assert (message.type, message.data) == (WSMsgType.CLOSE, 1001)

    asyncio.run(asyncio.wait_for(run(), WAIT))


UPGRADE = request(
    "GET / HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==", close=False,
)  # fmt: skip


def test_a_websocket_is_decided_as_any_request() -> None:
    got, service, _ = through(UPGRADE, reject=True, reject_status=401)
    assert (status(got), service.heard) == (401, [])
    got, _, _ = through(UPGRADE)  # the service answers 200
    assert status(got) == 502
    got, _, _ = through(UPGRADE, b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")
    assert status(got) == 404


def test_a_gateway_that_stops_tells_its_websockets() -> None:
    async def run() -> None:
        async with ClientSession() as session, websockets() as port:
            socket = await session.ws_connect(f"http://{LOOPBACK}:{port}/")
            await socket.receive()
            message = await socket.receive()
            assert (message.type, message.data) == (WSMsgType.CLOSE, 1001)

    asyncio.run(asyncio.wait_for(run(), WAIT))


# what is told of it


def test_metrics_stand_apart() -> None:
    async def run() -> None:
        async with (
            peer(ok()) as service,
            peer(decision(tags={"a": "b"})) as engine,
            running_gateway(service.url, engine.url) as running,
        ):
            port, shown = await running.listen(LOOPBACK, 0), await running.show_metrics(LOOPBACK, 0)
            await exchange(port, request())
            await exchange(port, request("GET /../x HTTP/1.1"))
            text = (await exchange(shown, request("GET /metrics HTTP/1.1"))).decode()
            assert status(await exchange(shown, request("GET / HTTP/1.1"))) == 404
            assert status(await exchange(port, request("GET /metrics HTTP/1.1"))) == 200  # the service's own
        assert 'keystone_gateway_requests_total{tenant="t",service="s",decided="script",status="200"} 1\n' in text
        assert 'keystone_gateway_requests_total{tenant="",service="",decided="-",status="400"} 1\n' in text
        assert 'keystone_gateway_request_seconds_count{tenant="t"} 1\n' in text
        assert 'keystone_gateway_service_up{tenant="t",service="s"} 1\n' in text

    asyncio.run(run())


def test_a_line_for_each_request(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "keystone.gateway"):
        through(request("GET /\x7f HTTP/1.1"))
        through(request("GET /a HTTP/1.1"), tags={"who": "me\u2028"})
    record = next(record for record in caplog.records if getattr(record, "facts", {}).get("tenant") == "t")
    line = json.loads(logs.Json().format(record))
    assert line["tags"] == {"who": "me\u2028"}
    expected = {"tenant": "t", "service": "s", "decided": "script", "status": 200, "method": "GET", "path": "a/a"}
    assert {name: line[name] for name in expected} == expected
    text = logs.Console().format(record)
    assert text.isprintable()
    assert text.isascii()
    assert "status=200" in text


def test_a_log_format_is_for_the_whole_process() -> None:
    stream, root = io.StringIO(), logging.getLogger()
    kept, level = root.handlers[:], root.level
    try:
        logs.start("info", "json")
        root.handlers[0].setStream(stream)  # type: ignore[attr-defined]
        logging.getLogger("keystone.gateway").info("hello\n", extra=logs.facts(a=1, b="", c=None))
    finally:
        root.handlers[:] = kept
        root.setLevel(level)
    line = json.loads(stream.getvalue())
    assert (line["message"], line["a"], "b" in line) == ("hello\n", 1, False)
    assert stream.getvalue().count("\n") == 1
