"""Peers that send without end, fields that mean more than they say, paths that servers read in different ways."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from typing import Any

import pytest

from keystone_lua.gateway.app import RunningGateway
from keystone_lua.gateway.config import Bounds
from keystone_lua.gateway.fields import _OURS
from keystone_lua.gateway.matching import TenantTable
from keystone_lua.gateway.overhead import FRAME, MAX_FRAMES, MAX_HEAD, MAX_INTERIM, Overhead
from keystone_lua.gateway.stack import LOOPBACK
from keystone_lua.gateway.tenant_file import parse_tenant_file
from tests.gateway.raw import WAIT, decision, exchange, gateway, listening, ok, peer, request, status
from tests.gateway.test_proxy import through

ENDLESS = {
    "1xx": (b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 100),
    "1xx with fields": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"),
    "a status line": (b"HTTP/1.1 200 ", b"O" * 1000),
    "a field": (b"HTTP/1.1 200 OK\r\nX: ", b"x" * 1000),
    "fields": (b"HTTP/1.1 200 OK\r\n", b"X: x\r\n" * 100),
    "a chunk extension": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=", b"x" * 10_000),
    "chunk extensions": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1;" + b"x" * 9_000 + b"\r\na\r\n"),
    "trailers": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: x\r\n" * 100),
}


class Flood:
    """A peer that says one thing and then another for ever; ``left`` is set when its connection ends."""

    def __init__(self, first: bytes, then: bytes, pause: float = 0.0) -> None:
        self.first, self.then, self.pause = first, then, pause
        self.sent = 0
        self.left = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await reader.readuntil(b"\r\n\r\n")
                writer.write(self.first)
                while True:
                    writer.write(self.then)
                    self.sent += len(self.then)
                    await writer.drain()
                    await asyncio.sleep(self.pause)
            self.left.set()
        finally:
            writer.transport.abort()


@pytest.mark.parametrize("name", ENDLESS)
@pytest.mark.parametrize("who", ["service", "engine"])
def test_what_is_sent_without_end_is_cut(name: str, who: str) -> None:
    async def run() -> None:
        flood = Flood(*ENDLESS[name])
        async with listening(flood) as port, peer(ok()) as good:
            url = f"http://{LOOPBACK}:{port}"
            service, engine = (url, None) if who == "service" else (good.url, url)
            async with gateway(service, engine) as at, asyncio.timeout(WAIT):
                answer = await exchange(at, request())
                await flood.left.wait()
        if who == "engine":
            assert status(answer) == 503
        elif name in ("a chunk extension", "chunk extensions", "trailers"):
            assert not answer.endswith(b"0\r\n\r\n")
        else:
            assert status(answer) == 502
        assert flood.sent < 8 << 20  # what the sockets hold, and what was read

    asyncio.run(run())


@pytest.mark.parametrize("name", ["1xx with fields", "a field", "a chunk extension"])
def test_a_trickle_has_a_time_in_all(name: str) -> None:
    """A byte now and then keeps no timeout between two bytes from beginning anew."""

    async def run() -> bytes:
        first, then = ENDLESS[name]
        async with (
            listening(Flood(first, then[:1] if name != "1xx with fields" else b"", 0.05)) as port,
            gateway(f"http://{LOOPBACK}:{port}", stall_seconds=0.3, queue_seconds=0.3) as at,
            asyncio.timeout(WAIT),
        ):
            return await exchange(at, request())

    answer = asyncio.run(run())
    assert status(answer) == (504 if name != "a chunk extension" else 200)


@pytest.mark.parametrize("name", ["nothing", "a body"])
def test_a_service_is_left_when_the_client_has_gone(name: str) -> None:
    async def run() -> None:
        flood = Flood(
            b"" if name == "nothing" else b"HTTP/1.1 200 OK\r\n\r\n", b"" if name == "nothing" else b"x", 0.02
        )
        async with listening(flood) as port, gateway(f"http://{LOOPBACK}:{port}") as at:
            _, writer = await asyncio.open_connection(LOOPBACK, at)
            writer.write(request())
            await asyncio.sleep(0.3)
            assert not flood.left.is_set()
            writer.close()
            await writer.wait_closed()
            async with asyncio.timeout(WAIT):
                while not flood.left.is_set():
                    flood.then = b"x"  # to notice that nobody reads
                    await asyncio.sleep(0.02)

    asyncio.run(run())


def test_the_bounds_of_overhead_on_both_sides() -> None:
    class Body:
        total_bytes = 10

    head = Overhead()
    assert [head.add(MAX_HEAD), head.add(1)] == [False, True]
    head.begin(Body())
    assert [head.add(MAX_FRAMES + 10 * (FRAME + 1)), head.add(1)] == [False, True]


def test_a_few_interim_answers_and_many_small_chunks_pass() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"
    for count, expected in ((MAX_INTERIM, 200), (MAX_INTERIM + 1, 502)):
        answer, _, _ = through(request(), early * count + ok())
        assert status(answer) == expected
    chunks = b"1\r\na\r\n" * 400_000
    answer, _, _ = through(request(), b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n")
    assert answer.endswith(b"0\r\n\r\n")


# clients


def test_a_head_that_does_not_end() -> None:
    async def run() -> None:
        async with peer(ok()) as service, gateway(service.url, head=10_000) as port:
            fields = [f"X-{number}: {'x' * 1000}" for number in range(9)]
            assert status(await exchange(port, request("GET / HTTP/1.1", *fields))) == 200
            long = request("GET / HTTP/1.1", *fields, *fields)[:-2]
            assert status(await exchange(port, long)) == 431
            # after a request on the same connection, and after a body
            for first in (
                request(close=False),
                request("PUT / HTTP/1.1", "Content-Length: 3", body=b"abc", close=False),
            ):
                reader, writer = await asyncio.open_connection(LOOPBACK, port)
                writer.write(first)
                assert b"200 OK" in await reader.readuntil(b"hello")
                await asyncio.sleep(0.05)
                writer.write(long)
                async with asyncio.timeout(WAIT):
                    assert status(await reader.read()) == 431
                writer.close()
            body = b"x" * 300_000
            large = request("PUT / HTTP/1.1", f"Content-Length: {len(body)}", body=body)
            assert status(await exchange(port, large)) == 200

    asyncio.run(run())


def test_connections_are_bounded() -> None:
    async def run() -> None:
        async with peer(ok()) as service, gateway(service.url, clients=3) as port:
            held = [await asyncio.open_connection(LOOPBACK, port) for _ in range(3)]
            await asyncio.sleep(0.05)
            assert status(await exchange(port, b"")) == 503
            last = held.pop()[1]
            last.close()
            await last.wait_closed()
            await asyncio.sleep(0.05)
            assert status(await exchange(port, request())) == 200
            for _, writer in held:
                writer.close()
                await writer.wait_closed()

    asyncio.run(run())


# fields


@pytest.mark.parametrize("field", ["X: a\x01b", "X: a\x00b", "X: a\x7f", "X: \x1b[2J", "X\x01: a"])
def test_control_characters_of_a_service_are_a_502_of_one_line(field: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        answer, _, _ = through(request(), ok(b"hello", field))
    assert status(answer) == 502
    assert all(record.exc_info is None and "\n" not in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize(
    "coding", ["gzip", "gzip, chunked", "identity", "chunked, chunked", "xchunked", "chunked, gzip"]
)
def test_a_transfer_coding_that_is_not_understood_is_a_502(coding: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nTransfer-Encoding: {coding}\r\n\r\n".encode()
    answer, _, _ = through(request(), head + b"2\r\nhi\r\n0\r\n\r\n")
    assert status(answer) == 502


def test_underscores_are_no_way_around_what_is_ours() -> None:
    names = [name.replace("-", "_").title() for name in sorted(_OURS) if "-" in name]
    mixed = ["X_Forwarded-For", "x-forwarded_host"]
    _, service, _ = through(request("GET / HTTP/1.1", *[f"{name}: 6.6.6.6" for name in [*names, *mixed]], "X_Own: 1"))
    sent = service.heard[0][0]
    assert "6.6.6.6" not in sent
    assert "X_Own: 1" in sent


@pytest.mark.parametrize("change", [{"modified_headers": {"X-Routed-By": "us"}}, {"remove_headers": ["X-Routed-By"]}])
def test_underscores_are_no_way_around_what_a_script_sets_or_removes(change: dict[str, object]) -> None:
    spelled = ["X_Routed_By", "x_routed-by", "X-Routed_By", "X-Routed-By"]
    asked = request("GET / HTTP/1.1", *[f"{name}: me" for name in spelled], "X_Own: me too")
    _, service, _ = through(asked, engine=decision(**change))
    sent = service.heard[0][0].lower().split("\r\n")
    assert not [line for line in sent if line.endswith(": me")]
    assert "x_own: me too" in sent
    assert ("x-routed-by: us" in sent) == ("modified_headers" in change)


@pytest.mark.parametrize(
    "name", ["X-Request-Id", "x-request-id", "X_Request_Id", "X_Forwarded_For", "Transfer_Encoding"]
)
def test_a_script_cannot_set_what_is_ours(name: str) -> None:
    answer, service, _ = through(request(), engine=decision(modified_headers={name: "mine"}))
    assert status(answer) == 503
    assert not service.heard


def test_the_request_id_is_the_gateway_s_own_for_everybody() -> None:
    answer, service, engine = through(
        request("GET / HTTP/1.1", "X-Request-Id: one", "X-Request-Id: two"), ok(b"", "X-Request-Id: theirs"), decision()
    )
    (own,) = [line for line in answer.decode().split("\r\n") if line.lower().startswith("x-request-id")]
    for head in (service.heard[0][0], engine.heard[0][0]):
        assert [line for line in head.split("\r\n") if line.lower().startswith("x-request-id")] == [own]


# paths

TENANTS = {
    "tenants": [
        {"name": name, "path_prefix": prefix, "services": [{"name": "s", "url": "http://s"}]}
        for name, prefix in {"all": "/", "admin": "/admin", "Shop": "/Shop", "shop": "/shop", "deep": "/a/b"}.items()
    ]
}


@pytest.mark.parametrize(
    "path",
    [
        "//admin/x", "/admin;v=1/x", "/Admin/x", "/ADMIN", "/admin;", "//admin", "/admin//", "/;x/admin", "///admin",
        "/a//b", "/a;x/b", "/A/b/c", "/SHOP/x", "/\uff41dmin/x", "/ad\u017fmin", "/\uff0fadmin/x", "/;/;/admin/x",
    ],
)  # fmt: skip
def test_a_path_that_may_be_another_tenant_s_is_doubtful(path: str) -> None:
    table = TenantTable(parse_tenant_file(json.dumps(TENANTS).encode(), "t").tenants)
    found = table.find("a", path)
    assert found is not None
    expected = found.name == "all" and path != "/ad\u017fmin"
    assert table.is_doubtful("a", path, found) == expected, found.name


@pytest.mark.parametrize(
    ("path", "tenant"),
    [
        ("/", "all"), ("//", "all"), ("/x//y", "all"), ("/x;v=1/y", "all"), ("/X/Admin", "all"), ("/administrator", "all"),
        ("/admin/X;v=1//y", "admin"), ("/admin", "admin"), ("/Shop/x", "Shop"), ("/shop/X", "shop"), ("/a/b/C", "deep"),
    ],
)  # fmt: skip
def test_a_path_that_is_nobody_else_s_is_none(path: str, tenant: str) -> None:
    table = TenantTable(parse_tenant_file(json.dumps(TENANTS).encode(), "t").tenants)
    found = table.find("a", path)
    assert found is not None
    assert (found.name, table.is_doubtful("a", path, found)) == (tenant, False)


@pytest.mark.parametrize("path", ["//admin/x", "/admin;v=1/x", "/Admin/x", "/%61dmin;/x", "/%2Fadmin/x", "/;%2fadmin"])
def test_a_doubtful_path_is_refused(path: str) -> None:
    async def run() -> bytes:
        async with peer(ok()) as service:
            facts = json.loads(json.dumps(TENANTS).replace("http://s", service.url))
            async with RunningGateway(parse_tenant_file(json.dumps(facts).encode(), "t")) as running:
                port = await running.listen(LOOPBACK, 0)
                assert status(await exchange(port, request("GET /other//x;v=1 HTTP/1.1"))) == 200
                return await exchange(port, request(f"GET {path} HTTP/1.1"))

    assert status(asyncio.run(run())) == 400


@pytest.mark.parametrize("target", ["/x?", "/x", "/?", "/x?a", "/x??", "/x%3F", "/x?a="])
def test_a_target_arrives_as_it_was_sent(target: str) -> None:
    _, service, _ = through(request(f"GET {target} HTTP/1.1"))
    assert service.heard[0][0].split("\r\n")[0] == f"GET {target} HTTP/1.1"


def test_others_are_served_while_a_service_floods() -> None:
    """Not by how long it takes: by that it is served at all while the flood goes on."""

    async def run() -> None:
        flood = Flood(*ENDLESS["1xx"])
        async with listening(flood) as bad, peer(ok()) as good:
            facts: dict[str, Any] = {
                "tenants": [
                    {
                        "name": "bad",
                        "path_prefix": "/bad",
                        "services": [{"name": "s", "url": f"http://{LOOPBACK}:{bad}"}],
                    },
                    {"name": "good", "path_prefix": "/good", "services": [{"name": "s", "url": good.url}]},
                ]
            }
            async with RunningGateway(parse_tenant_file(json.dumps(facts).encode(), "t")) as running:
                port = await running.listen(LOOPBACK, 0)
                floods = [asyncio.create_task(exchange(port, request("GET /bad HTTP/1.1"))) for _ in range(5)]
                for _ in range(10):
                    assert status(await exchange(port, request("GET /good HTTP/1.1"))) == 200
                assert [status(answer) for answer in await asyncio.gather(*floods)] == [502] * 5

    asyncio.run(run())


def test_the_default_bounds_hold_what_they_promise() -> None:
    bounds = Bounds()
    assert bounds.clients * bounds.head <= 64 << 20


SENT_TWICE = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}


@pytest.mark.parametrize("body", [b"", b"x"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH"])
def test_what_a_service_dies_of_is_sent_once_more_at_most(method: str, body: bytes) -> None:
    """aiohttp sends it again, as the document says; nothing with a body, and no method that may not be repeated."""

    async def run() -> int:
        async with peer(b"") as service, gateway(service.url) as at, asyncio.timeout(WAIT):
            length = f"Content-Length: {len(body)}\r\n" if body or method in ("PUT", "POST") else ""
            head = f"{method} / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n{length}\r\n"
            assert status(await exchange(at, head.encode() + body)) == 502
            return len(service.heard)

    assert asyncio.run(run()) == (2 if method in SENT_TWICE and not body else 1)
