"""Sampled requests become spans at a collector; others become none, and nothing waits for the collector."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.hidden import Hidden
from keystone_lua.server.outcome import LANE, Outcome
from keystone_lua.server.settings.config import Address, ServerConfig, SpanExport
from keystone_lua.server.telemetry import spans as spans_module
from keystone_lua.server.telemetry.spans import BATCH, QUEUE, Spans
from keystone_lua.server.telemetry.tracing import Trace, Traces
from tests.server import collector as collectors
from tests.server.collector import Collector, Got, collector
from tests.server.scraped import scrape
from tests.server.spoe import HAProxy
from tests.server.support import LOOPBACK, constant, server_in_thread, server_process, write_scripts
from tests.server.test_spoe import asked

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"
SAMPLED = f"00-{TRACE}-{PARENT}-01"
SCRIPTS: dict[str, str | bytes] = {
    "a.lua": constant("blue"),
    "reject.lua": "function on_route_request() return {reject = true} end",
    "fails.lua": 'function on_route_request() error("no " .. 1) end',
    "long.lua": 'function on_route_request() for i = 1, 1e5 do end return {selected_backend = "b"} end',
    "shows.lua": "function on_route_request(r) return {selected_backend = r.headers.Authorization} end",
}
MASKED = Hidden()
REQUEST: Any = {"headers": {}, "method": "", "path": "", "host": "", "body": "", "backends": []}


def config(url: str, **more: Any) -> ServerConfig:
    return ServerConfig(spans=SpanExport(url), **more)


def named(got: Sequence[Got], name: str) -> Got:
    (found,) = (each for each in got if each.name == name)
    return found


def ids(got: Got) -> tuple[str, str, str]:
    return got.span.trace_id.hex(), got.span.span_id.hex(), got.span.parent_span_id.hex()


# which are sampled


@pytest.mark.parametrize(
    ("parent", "sampled"),
    [
        (None, False),
        ("", False),
        (f"00-{TRACE}-{PARENT}-00", False),
        (f"00-{TRACE}-{PARENT}-01", True),
        (f"00-{TRACE}-{PARENT}-02", False),  # random trace id, not sampled
        (f"00-{TRACE}-{PARENT}-03", True),
        (f"00-{TRACE}-{PARENT}-fe", False),
        (f"00-{TRACE}-{PARENT}-ff", True),
        (f"cc-{TRACE}-{PARENT}-01-more", True),  # a later version: by its first four fields
        (f"cc-{TRACE}-{PARENT}-00-01", False),
        (f"00-{TRACE}-{PARENT}-01-more", False),  # no traceparent at all
        (f"00-{TRACE}-{'0' * 16}-01", False),
        (f"00-{TRACE.upper()}-{PARENT}-01", False),
    ],
)
def test_the_flag_of_the_trace_is_obeyed(parent: str | None, sampled: bool) -> None:
    trace = Traces().named("r", parent)
    assert bool(trace.span) is sampled
    if sampled:
        assert (trace.trace_id, trace.parent_span) == (TRACE, PARENT)
        assert len(trace.span) == 16
        assert Traces().named("r", parent).span != trace.span


# the spans


def test_a_request_its_decision_and_its_lane(tmp_path: Path) -> None:
    with collector() as there, server_in_thread(write_scripts(tmp_path, SCRIPTS), config(there.url)) as client:
        before = time.time()
        for tenant in ("a", "long"):
            client.route(tenant, {}, traceparent=SAMPLED, **{"X-Request-Id": tenant})
        client.route("a", {}, traceparent=f"00-{TRACE}-{PARENT}-00")
        client.route("a", {})
        got = there.wait(lambda got: len(got) >= 5)
        after = time.time()
    assert sorted(each.name for each in got) == ["POST /route/{tenant}"] * 2 + ["decision"] * 2 + ["lane"]
    assert {each.resource["service.name"] for each in got} == {"keystone-lua"}
    for request in (each for each in got if each.name.startswith("POST")):
        trace, own, parent = ids(request)
        (decision,) = (each for each in got if each.name == "decision" and each.span.parent_span_id.hex() == own)
        assert (trace, parent, ids(decision)[0]) == (TRACE, PARENT, TRACE)
        assert (request.span.kind, decision.span.kind) == (2, 1)
        assert (request.span.flags, decision.span.flags) == (0x301, 0x101), "sampled; remote and not"
        assert request.attributes == {"http.route": "/route/{tenant}", "http.response.status_code": 200}
        assert before - 1 < request.span.start_time_unix_nano / 1e9 <= decision.span.start_time_unix_nano / 1e9
        assert decision.span.end_time_unix_nano <= request.span.end_time_unix_nano <= (after + 1) * 1e9
        assert decision.attributes["keystone.tenant"] == decision.attributes["keystone.request_id"]
        assert decision.attributes["keystone.instructions"] > 0
    lane = named(got, "lane")
    (long,) = (each for each in got if each.attributes.get("keystone.tenant") == "long")
    assert ids(lane)[2] == ids(long)[1]
    assert long.attributes["keystone.lane"] == LANE
    assert 0 <= lane.attributes["keystone.lane.wait_seconds"] <= long.seconds
    assert lane.seconds <= long.seconds


def test_what_came_of_a_decision(tmp_path: Path) -> None:
    with collector() as there, server_in_thread(write_scripts(tmp_path, SCRIPTS), config(there.url)) as client:
        for tenant in ("a", "reject", "fails", "nobody"):
            client.route(tenant, {}, traceparent=SAMPLED)
        got = there.wait(lambda got: len(got) >= 8)
    decisions = {each.attributes["keystone.tenant"]: each for each in got if each.name == "decision"}
    assert decisions["a"].attributes["keystone.backend"] == "blue"
    assert decisions["reject"].attributes["keystone.rejected"] is True
    assert decisions["nobody"].attributes["keystone.rejected"] is True
    assert decisions["fails"].attributes["error.type"] == "runtime"
    assert [tenant for tenant, each in decisions.items() if each.span.status.code] == ["fails"]
    statuses = [each.attributes["http.response.status_code"] for each in got if each.name != "decision"]
    assert sorted(statuses) == [200, 200, 200, 500]
    assert sorted(each.span.status.code for each in got if each.name != "decision") == [0, 0, 0, 2]


def test_each_way_to_ask(tmp_path: Path) -> None:
    write_scripts(tmp_path, SCRIPTS)
    sampled = {"traceparent": SAMPLED}
    with collector() as there:
        asking = config(there.url, spoe_address=Address(LOOPBACK, 0))
        with server_in_thread(tmp_path, asking) as client:
            assert client.send("POST", "/route/a/batch", b"[{}, {}]", sampled).status == 200
            client.send("GET", "/forward/a", None, sampled)
            client.send("POST", "/forward/a?body=1", b"x", sampled)
            client.send("GET", "/health", None, sampled)
            client.send("GET", "/nothing", None, sampled)
            client.route("a", b"no request", **sampled)
            client.route("a", b"no request", **sampled, Expect="100-continue")
            with HAProxy(client.spoe_port) as haproxy:
                haproxy.ask(asked("/", "a", hdrs=f"traceparent: {SAMPLED}\r\n\r\n"))
            got = there.wait(lambda got: sum(each.name != "decision" for each in got) >= 8)
    names = sorted(each.name for each in got if each.name != "decision")
    assert names == sorted(
        [
            "POST /route/{tenant}/batch", "/forward/{tenant}", "/forward/{tenant}", "HTTP", "HTTP", "POST /route/{tenant}",
            "POST /route/{tenant}", "SPOE notify",
        ]
    )  # fmt: skip
    batch = ids(named(got, "POST /route/{tenant}/batch"))[1]
    assert sum(ids(each)[2] == batch for each in got if each.name == "decision") == 2
    assert sum(each.name == "decision" for each in got) == 5, "none of what was refused"
    statuses = sorted(each.attributes.get("http.response.status_code", 0) for each in got if each.name != "decision")
    assert statuses[:1] == [0], "SPOE has none"
    assert statuses.count(400) == 2
    assert statuses.count(404) == 1


def test_no_span_shows_what_is_masked(tmp_path: Path) -> None:
    with collector() as there, server_in_thread(write_scripts(tmp_path, SCRIPTS), config(there.url)) as client:
        headers = {"Authorization": "Bearer s3cr3tt0k3n"}
        client.route("shows", {"headers": headers}, traceparent=SAMPLED, **{"X-Request-Id": "id:s3cr3tt0k3n"})
        got = there.wait(lambda got: len(got) >= 2)
    assert "s3cr3tt0k3n" not in f"{got}"
    assert named(got, "decision").attributes["keystone.backend"] == "[masked]"


# the collector and its trouble


def sending(there: Collector, count: int, **more: Any) -> Spans:
    """Spans of so many requests, on their way."""
    made = Spans(SpanExport(there.url, **more), MASKED)
    for _ in range(count):
        made.answered(Trace("r", SAMPLED, time.perf_counter(), "00f067aa0ba902b8"), "other", 200)
    made.start()
    return made


def settled(made: Spans, count: int) -> tuple[int, int]:
    until = time.monotonic() + 20
    while made.sent + made.dropped < count:
        assert time.monotonic() < until
        time.sleep(0.01)
    made.close()
    return made.sent, made.dropped


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans_module, "FIRST_DELAY", 0.01)
    monkeypatch.setattr(spans_module, "INTERVAL", 0.01)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_the_protocol_says_is_sent_again(status: int) -> None:
    with collector(answers=[(status, b"", {})] * 2) as there:
        assert settled(sending(there, 3), 3) == (3, 0)
        assert len(there.heads) == 3
    assert len(there.got) == 3


@pytest.mark.parametrize("status", [301, 400, 401, 404, 413, 500])
def test_what_it_does_not_is_dropped(status: int) -> None:
    elsewhere = {"Location": "http://127.0.0.1:1/"}
    with collector(answers=[(status, b"", elsewhere)]) as there:
        assert settled(sending(there, 3), 3) == (0, 3)
        assert len(there.heads) == 1


def test_a_collector_that_never_takes_them_is_given_up() -> None:
    with collector(answers=[(503, b"", {})] * 100) as there:
        assert settled(sending(there, BATCH + 1), BATCH + 1) == (0, BATCH + 1)
        assert len(there.heads) == 2 * spans_module.ATTEMPTS
    assert settled(sending(Collector(url="http://127.0.0.1:1/v1/traces"), 2), 2) == (0, 2)


def test_a_collector_says_when_to_come_again() -> None:
    with collector(answers=[(429, b"", {"Retry-After": "1"}), (503, b"", {"Retry-After": "-9"})]) as there:
        began = time.monotonic()
        assert settled(sending(there, 1), 1) == (1, 0)
        assert time.monotonic() - began >= 1


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        (b'{"partialSuccess": {"rejectedSpans": "2", "errorMessage": "too old"}}', 1),
        (b'{"partialSuccess": {"rejectedSpans": 2}}', 1),
        (b'{"partialSuccess": {"rejectedSpans": "99"}}', 0),
        (b'{"partialSuccess": {"rejectedSpans": "-1"}}', 3),
        (b'{"partialSuccess": {"errorMessage": "a warning"}}', 3),
        (b'{"partialSuccess": null}', 3),
        (b"[[[[" * 50_000, 3),
        (b"\xff\x00 no JSON", 3),
        (b"", 3),
    ],
)
def test_what_a_collector_has_not_taken_is_counted(said: bytes, taken: int) -> None:
    with collector(answers=[(200, said, {})]) as there:
        assert settled(sending(there, 3), 3) == (taken, 3 - taken)


def test_no_more_wait_than_there_is_room_for() -> None:
    made = Spans(SpanExport("http://127.0.0.1:1/"), MASKED)
    trace = Trace("r", SAMPLED, 0.0, "00f067aa0ba902b8")
    for _ in range(QUEUE):
        made.answered(trace, "other", 200)
    assert made.dropped == 0
    made.decided(Outcome("a", {"selected_backend": "x"}, lane=LANE), REQUEST, trace, 0.1)
    assert made.dropped == 2


def test_a_slow_collector_holds_nobody_up(tmp_path: Path) -> None:
    with collector(pause=0.5) as there, server_in_thread(write_scripts(tmp_path, SCRIPTS), config(there.url)) as client:
        client.route("a", {}, traceparent=SAMPLED)
        began = time.monotonic()
        while not there.heads:
            time.sleep(0.01)
        client.route("a", {}, traceparent=SAMPLED)
        assert not there.got, "it has not answered yet"
        assert time.monotonic() - began < 10


def test_the_header_goes_along_and_is_shown_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    export = {"header": ("Authorization", "Bearer hush")}
    with collector(answers=[(401, b"no hush", {})]) as there:
        settled(sending(there, 1, **export), 1)
        settled(sending(there, 1, **export), 1)
        assert [head["Authorization"] for head in there.heads] == ["Bearer hush"] * 2
    assert "Bearer hush" not in caplog.text + repr(SpanExport("http://x/", ("Authorization", "Bearer hush")))


def test_trouble_is_logged_once_and_its_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "keystone.spans")
    with collector(answers=[(400, b"bad\x1b[2J", {})] * 2) as there:
        made = sending(there, 1)
        for count in (1, 2, 3):
            until = time.monotonic() + 20
            while made.sent + made.dropped < count and time.monotonic() < until:
                time.sleep(0.01)
            made.answered(Trace("r", SAMPLED, 0.0, "00f067aa0ba902b8"), "other", 200)
        settled(made, 4)
    assert [record.getMessage() for record in caplog.records] == ["spans are dropped", "spans are sent again"]
    assert caplog.records[0].__dict__["facts"]["error"] == "400 bad\\x1b[2J"


def test_a_stopping_server_sends_what_waits(tmp_path: Path) -> None:
    with collector() as there:
        arguments = ["--otlp-endpoint", there.url, "--otlp-service", "edge", "--workers", "2"]
        with server_process(write_scripts(tmp_path, SCRIPTS), *arguments) as server:
            for _ in range(20):
                server.client.route("a", {}, traceparent=SAMPLED)
            assert server.terminate() == 0
        assert len(there.got) == 40
    assert {each.resource["service.name"] for each in there.got} == {"edge"}


def test_metrics_count_them(tmp_path: Path) -> None:
    with collector() as there, server_process(
        write_scripts(tmp_path, SCRIPTS), "--otlp-endpoint", there.url
    ) as server:  # fmt: skip
        server.client.route("a", {}, traceparent=SAMPLED)
        until = time.monotonic() + 20
        while scrape(server.client).total("keystone_spans_sent_total") < 2:
            assert time.monotonic() < until
            time.sleep(0.05)
        assert scrape(server.client).total("keystone_spans_dropped_total") == 0


def test_threads_are_none_without_a_collector(tmp_path: Path) -> None:
    with server_in_thread(write_scripts(tmp_path, SCRIPTS)) as client:
        client.route("a", {}, traceparent=SAMPLED)
        assert "spans" not in {thread.name for thread in threading.enumerate()}


# the collector of these tests


def test_the_collector_reads_what_the_protocol_shows_and_nothing_else() -> None:
    """The example of the protocol's own repository, examples/trace.json, shortened."""
    span = {
        "traceId": "5B8EFFF798038103D269B633813FC60C", "spanId": "EEE19B7EC3C1B174", "parentSpanId": "EEE19B7EC3C1B173",
        "name": "I'm a server span", "startTimeUnixNano": "1544712660000000000", "endTimeUnixNano": "1544712661000000000",
        "kind": 2, "attributes": [{"key": "my.span.attr", "value": {"stringValue": "some value"}}],
    }  # fmt: skip

    def sent(**changed: Any) -> bytes:
        return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [{**span, **changed}]}]}]}).encode()

    assert collectors.read(sent()).resource_spans[0].scope_spans[0].spans[0].name == span["name"]
    for wrong in (
        {"kind": "SPAN_KIND_SERVER"},
        {"traceId": "0" * 32},
        {"spanId": "12"},
        {"nonsense": 1},
        {"trace_state": ""},
    ):
        with pytest.raises((ValueError, collectors.json_format.ParseError)):
            collectors.read(sent(**wrong))
