"""What requests took over HTTP, by call; and of sampled ones, the trace beside the bucket, where OpenMetrics is asked for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from keystone_lua.server.telemetry import exemplars
from keystone_lua.server.telemetry.exemplars import Exemplar, Exemplars
from keystone_lua.server.telemetry.metrics import CALLS, SECONDS, Counts, WorkerMetrics
from keystone_lua.server.telemetry.tracing import Traces
from tests.server.scraped import OPEN_METRICS, Scraped, scrape
from tests.server.support import Client, constant, server_in_thread, write_scripts

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SAMPLED = f"00-{TRACE}-00f067aa0ba902b7-01"
UNSAMPLED = f"00-{'a' * 32}-00f067aa0ba902b7-00"
REQUESTS = "keystone_http_request_duration_seconds"
DECISIONS = "keystone_script_duration_seconds"
SCRIPTS: dict[str, str | bytes] = {
    "a.lua": constant("blue"),
    "long.lua": 'function on_route_request() for i = 1, 1e5 do end return {selected_backend = "b"} end',
}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with server_in_thread(write_scripts(tmp_path, SCRIPTS)) as running:
        yield running


def counted(seen: Scraped) -> dict[str, float]:
    return {call: seen.total(f"{REQUESTS}_count", call=call) for call in CALLS}


def traces(seen: Scraped, name: str) -> dict[tuple[str, str], float]:
    """Of a histogram's exemplars, the trace and the bucket, and the value."""
    return {
        (sample.exemplar.labels["trace_id"], sample.labels["le"]): sample.exemplar.value
        for family in seen.families.values()
        for sample in family.samples
        if sample.name == f"{name}_bucket" and sample.exemplar
    }


# what requests took


def test_every_request_is_counted_once_by_its_call(client: Client) -> None:
    for _ in range(3):  # the first by aiohttp's parser, then at once
        assert client.route("a", {}).status == 200
    client.route("long", {})
    client.route("a", b"no request")
    client.send("GET", "/route/a")
    client.send("POST", "/route/a/batch", b"[{}, {}]")
    client.send("GET", "/forward/a")
    client.send("POST", "/forward/a?body=1", b"x")
    client.send("GET", "/health")
    client.send("GET", "/nowhere")
    assert counted(scrape(client)) == {"route": 6, "batch": 1, "forward": 2, "other": 2}
    assert counted(scrape(client)) == {"route": 6, "batch": 1, "forward": 2, "other": 3}, "the scrape before"


def test_many_on_one_connection_are_counted_one_by_one(client: Client) -> None:
    request = b"POST /route/a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
    last = request.replace(b"Host: x", b"Host: x\r\nConnection: close")
    assert client.raw(request * 20 + last).count(b"HTTP/1.1 200 OK") == 21
    assert counted(scrape(client))["route"] == 21


def test_a_request_takes_its_decision_and_its_body(client: Client) -> None:
    body = b"{" + b" " * 100 + b"}"
    with client.connect() as connection:
        connection.sendall(b"POST /route/a HTTP/1.1\r\nHost: x\r\nContent-Length: 102\r\n\r\n{")
        time.sleep(0.3)
        connection.sendall(body[1:])
        assert connection.recv(100).startswith(b"HTTP/1.1 200 OK")
    seen = scrape(client)
    assert 0.29 <= seen.total(f"{REQUESTS}_sum", call="route") < 10
    assert seen.total(f"{DECISIONS}_sum", tenant="a") < 0.3


# exemplars


def test_the_trace_of_a_sampled_request_stands_beside_its_bucket(client: Client) -> None:
    before = time.time()
    for parent in (UNSAMPLED, SAMPLED):
        for _ in range(2):
            client.route("a", {}, traceparent=parent)
    seen = scrape(client, OPEN_METRICS)
    for name in (REQUESTS, DECISIONS):
        found = traces(seen, name)
        assert {trace for trace, _ in found} == {TRACE}
        for (_, bound), value in found.items():
            assert value <= float(bound), "it belongs to its bucket"
    stamps = [
        sample.exemplar.timestamp
        for family in seen.families.values()
        for sample in family.samples
        if sample.exemplar
    ]  # fmt: skip
    assert all(before - 1 <= float(stamp) <= time.time() + 1 for stamp in stamps)


def test_the_classic_format_has_none(client: Client) -> None:
    client.route("a", {}, traceparent=SAMPLED)
    for accept in ("", "text/plain", "text/plain;version=0.0.4", "*/*"):
        text = client.send("GET", "/metrics", None, {"Accept": accept}).body
        assert TRACE.encode() not in text
        assert b"# {" not in text
    assert TRACE.encode() in client.send("GET", "/metrics", None, {"Accept": OPEN_METRICS}).body


@pytest.mark.parametrize(
    ("path", "method", "body", "call"),
    [
        ("/route/a/batch", "POST", b"[{}]", "batch"),
        ("/forward/a", "GET", None, "forward"),
        ("/health", "GET", None, "other"),
        ("/route/long", "POST", b"{}", "route"),
    ],
)
def test_each_call_has_its_own(client: Client, path: str, method: str, body: bytes | None, call: str) -> None:
    client.send(method, path, body, {"traceparent": SAMPLED})
    seen = scrape(client, OPEN_METRICS)
    (family,) = (family for name, family in seen.families.items() if name == REQUESTS)
    assert {sample.labels["call"] for sample in family.samples if sample.exemplar} == {call}


def test_a_tenant_that_goes_takes_its_own_along(tmp_path: Path) -> None:
    counts = Counts()
    block = counts.assign(["a"])["a"]
    WorkerMetrics(counts).sampled("a", 0.001, Traces().named("r", SAMPLED))
    assert any(counts.exemplars.of(block))
    counts.assign([])
    counts.assign([])
    assert counts.assign(["b"])["b"] == block
    assert counts.exemplars.of(block) == []


def made(at: float, seconds: float = 0.001) -> Exemplar:
    return Exemplar(TRACE, "00f067aa0ba902b7", seconds, at)


def test_the_newest_of_all_workers_is_shown() -> None:
    kept = Exemplars(3, 2, len(SECONDS) + 1)
    for worker, at in ((0, 5.0), (1, 9.0), (2, 7.0)):
        kept.put(worker, 1, 4, made(at))
    kept.put(2, 1, 0, made(1.0))
    assert [each and each.at for each in kept.of(1)] == [1.0, None, None, None, 9.0, *[None] * 8]
    assert kept.of(0) == []


def test_one_that_is_half_written_is_none() -> None:
    kept = Exemplars(1, 1, 2)
    kept.put(0, 0, 0, made(1.0))
    kept.put(0, 0, 1, made(1.0))
    kept._map[3] ^= 1
    assert kept.of(0) == [None, made(1.0)]
    assert exemplars._FACTS.size + 4 <= exemplars._SIZE


def test_a_request_that_is_told_of_by_others_is_no_request_over_http(client: Client) -> None:
    async def told() -> None:
        counts = Counts()
        worker = WorkerMetrics(counts)
        assert worker.answered([(None, b"", None, "")]) == []
        assert counts.call("route") == ([0.0] * (len(SECONDS) + 1), 0.0)

    asyncio.run(told())
