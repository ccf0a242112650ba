"""Who may run where and when: the queue, what is remembered of tenants, and both over HTTP."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from keystone_lua.interpreter import Limits
from keystone_lua.routing.request import RequestData
from keystone_lua.server.decisions import heavy_tenants, service
from keystone_lua.server.decisions.heavy_tenants import HeavyTenants
from keystone_lua.server.http import handlers
from keystone_lua.server.offload import fair_queue
from keystone_lua.server.offload.fair_queue import FairQueue, QueueFull
from keystone_lua.server.outcome import Outcome
from keystone_lua.server.settings.config import ServerConfig
from tests.server.support import WAIT, constant, server_in_thread, write_scripts

# the queue


@dataclass(eq=False)
class Item:
    tenant: str
    number: int = 0
    size: int = 1


def anyone(_: str) -> bool:
    return True


def test_tenants_take_turns() -> None:
    queue: FairQueue[Item] = FairQueue()
    for tenant, count in (("a", 4), ("b", 1), ("c", 2)):
        for number in range(count):
            queue.add(Item(tenant, number))
    taken = []
    while (item := queue.take(anyone)) is not None:
        taken.append(f"{item.tenant}{item.number}")
    assert taken == ["a0", "b0", "c0", "a1", "c1", "a2", "a3"]
    assert (queue.items, queue.bytes) == (0, 0)


def test_who_may_not_run_is_passed_over_and_keeps_its_turn() -> None:
    queue: FairQueue[Item] = FairQueue()
    for tenant in ("a", "b"):
        queue.add(Item(tenant))
    first = queue.take(lambda tenant: tenant != "a")
    assert first is not None
    assert first.tenant == "b"
    assert queue.take(lambda tenant: tenant != "a") is None
    assert queue.items == 1


def test_a_tenants_places_are_bounded_on_both_sides() -> None:
    queue: FairQueue[Item] = FairQueue()
    for _ in range(fair_queue.DEPTH):
        queue.add(Item("a"))
    with pytest.raises(QueueFull):
        queue.add(Item("a"))
    queue.add(Item("b"))
    queue.take(anyone)
    queue.add(Item("a"))


def test_all_places_are_bounded_on_both_sides() -> None:
    queue: FairQueue[Item] = FairQueue()
    for number in range(fair_queue.TOTAL_ITEMS):
        queue.add(Item(str(number)))
    with pytest.raises(QueueFull):
        queue.add(Item("x"))
    queue.take(anyone)
    queue.add(Item("x"))


def test_bytes_are_bounded_on_both_sides_and_one_item_always_fits() -> None:
    queue: FairQueue[Item] = FairQueue()
    half = fair_queue.TOTAL_BYTES // 2
    queue.add(Item("a", size=half))
    queue.add(Item("b", size=half))
    with pytest.raises(QueueFull):
        queue.add(Item("c", size=1))
    queue.take(anyone)
    queue.take(anyone)
    queue.add(Item("d", size=10 * fair_queue.TOTAL_BYTES))


def test_a_place_can_be_given_up_and_had_back() -> None:
    queue: FairQueue[Item] = FairQueue()
    items = [Item("a", number) for number in range(fair_queue.DEPTH)]
    for item in items:
        queue.add(item)
    queue.remove(items[1])
    queue.remove(items[1])
    first = queue.take(anyone)
    assert first is items[0]
    queue.add(Item("a"))
    queue.add(Item("a"))
    queue.put_back(first)
    assert queue.items == fair_queue.DEPTH + 1
    assert queue.take(anyone) is first


# what is remembered


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_tenant_stopped_by_a_budget_starts_in_a_lane_until_a_run_ends_well(clock: Clock) -> None:
    known = HeavyTenants(clock)
    assert known.may_start_inline("a", "v1")
    known.ended("a", by_budget=True)
    clock.now += 1e6
    assert not known.may_start_inline("a", "v1")
    assert not known.may_start_inline("a", "v2")
    assert known.may_start_inline("b", "v1")
    known.ended("a", by_budget=False)
    assert known.may_start_inline("a", "v1")


def test_wasted_time_is_an_allowance_that_comes_back(clock: Clock) -> None:
    known = HeavyTenants(clock)
    known.wasted("a", "v1", heavy_tenants.ALLOWANCE * 0.9)
    assert known.may_start_inline("a", "v1")
    known.wasted("a", "v1", heavy_tenants.ALLOWANCE * 0.2)
    known.ended("a", by_budget=False)
    assert not known.may_start_inline("a", "v1")
    assert known.may_start_inline("a", "v2")
    clock.now += 0.2 * heavy_tenants.ALLOWANCE / heavy_tenants.RETURNED
    assert known.may_start_inline("a", "v1")


def test_a_new_version_starts_with_a_whole_allowance(clock: Clock) -> None:
    known = HeavyTenants(clock)
    known.wasted("a", "v1", heavy_tenants.ALLOWANCE)
    known.wasted("a", "v2", heavy_tenants.ALLOWANCE / 2)
    assert known.may_start_inline("a", "v2")


def test_memory_is_bounded_and_nothing_is_kept_of_the_well_behaved(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heavy_tenants, "KEPT", 10)
    known = HeavyTenants(clock)
    for number in range(100):
        known.ended(f"good{number}", by_budget=False)
    assert len(known._records) == 0
    for number in range(100):
        known.ended(f"t{number}", by_budget=True)
    assert list(known._records) == [f"t{number}" for number in range(90, 100)]
    known.wasted("t95", "v", heavy_tenants.ALLOWANCE)
    clock.now += heavy_tenants.ALLOWANCE / heavy_tenants.RETURNED + 1
    known.ended("t95", by_budget=False)
    assert "t95" not in known._records


# over HTTP

BUSY = "function on_route_request(r) local n = 0 for i = 1, tonumber(r.body) do n = n + i % 7 end return {} end"
ENDLESS = "function on_route_request() while true do end end"


@pytest.fixture
def outcomes(monkeypatch: pytest.MonkeyPatch) -> list[Outcome]:
    """The outcomes that handlers see of tenants with a script."""
    seen: list[Outcome] = []
    ended = service.DecisionService._ended

    def record(self: service.DecisionService, outcome: Outcome, request: RequestData) -> None:
        seen.append(outcome)
        ended(self, outcome, request)

    monkeypatch.setattr(service.DecisionService, "_ended", record)
    return seen


def test_the_lane_is_chosen_by_the_slice_and_its_log_is_the_only_one(
    tmp_path: Path, outcomes: list[Outcome], caplog: pytest.LogCaptureFixture
) -> None:
    write_scripts(tmp_path, {"a.lua": BUSY.replace("local n", "log('once') local n")})
    with server_in_thread(tmp_path) as client, caplog.at_level("INFO"):
        for size in ("10", "100000"):
            assert client.route("a", {"body": size}).status == 200
    assert [outcome.lane for outcome in outcomes] == ["inline", "lane"]
    logged = [record.__dict__["facts"] for record in caplog.records if record.name == "keystone.script"]
    assert logged == [{"tenant": "a", "script": "a.lua:1", "text": "once"}] * 2


def test_a_run_of_exactly_a_slice_stays_inline(tmp_path: Path, outcomes: list[Outcome]) -> None:
    write_scripts(tmp_path, {"a.lua": BUSY})
    with server_in_thread(tmp_path) as client:
        for rounds in range(1200, 2600, 50):
            instructions = int(client.route("a", {"body": str(rounds)}).headers["x-keystone-instructions"])
            assert outcomes[-1].lane == ("inline" if instructions <= service.SLICE else "lane")
    assert {outcome.lane for outcome in outcomes} == {"inline", "lane"}


def test_budget_stops_send_a_tenant_to_a_lane_until_one_ends_well(tmp_path: Path, outcomes: list[Outcome]) -> None:
    bomb = "function on_route_request(r) return {selected_backend = ('x'):rep(tonumber(r.body))} end"
    write_scripts(tmp_path, {"a.lua": bomb, "b.lua": constant("b")})
    with server_in_thread(tmp_path) as client:
        for size in ("10", "1e9", "1e9", "10", "10"):
            client.route("a", {"body": size})
            client.route("b", {})
    assert [outcome.lane for outcome in outcomes if outcome.tenant == "a"] == [
        "inline", "inline", "lane", "lane", "inline",
    ]  # fmt: skip
    assert {outcome.lane for outcome in outcomes if outcome.tenant == "b"} == {"inline"}


def test_overload_is_a_503_with_retry_after_and_others_are_served(tmp_path: Path) -> None:
    write_scripts(tmp_path, {"bad.lua": ENDLESS, "busy.lua": BUSY, "good.lua": constant("b")})
    config = replace(ServerConfig(), limits=Limits(instructions=1 << 60, seconds=1.5))
    with server_in_thread(tmp_path, config) as client, ThreadPoolExecutor(12) as pool:
        bad = [pool.submit(client.route, "bad", {}) for _ in range(12)]
        time.sleep(0.3)
        assert client.route("good", {}).status == 200
        assert client.route("busy", {"body": "100000"}).status == 200
        answers = [answer.result() for answer in bad]
    refused = [answer for answer in answers if answer.status == 503]
    assert 12 - 1 - fair_queue.DEPTH <= len(refused) < 12
    for answer in refused:
        assert answer.headers["retry-after"] == "1"
        assert answer.json["error"].startswith("overloaded: ")
    assert {answer.json["kind"] for answer in answers if answer.status == 500} == {"timeout"}


def test_a_client_that_goes_away_frees_its_place(tmp_path: Path) -> None:
    write_scripts(tmp_path, {"bad.lua": ENDLESS})
    config = replace(ServerConfig(), limits=Limits(instructions=1 << 60, seconds=3))
    request = b"POST /route/bad HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
    with server_in_thread(tmp_path, config) as client:
        connections: list[socket.socket] = [client.connect() for _ in range(1 + fair_queue.DEPTH)]
        for connection in connections:
            connection.sendall(request)
            time.sleep(0.05)
        assert client.route("bad", {}).status == 503
        for connection in connections[1:]:
            connection.close()
        time.sleep(0.2)
        with client.connect() as connection:
            connection.sendall(request)
            connection.settimeout(0.3)
            with pytest.raises(TimeoutError):
                connection.recv(1)  # it waits: a refusal would have come at once
        connections[0].close()


@pytest.mark.slow
def test_a_run_in_a_lane_keeps_the_version_that_it_began_with(tmp_path: Path) -> None:
    text = BUSY.replace("return {}", 'return {selected_backend = "1"}')
    write_scripts(tmp_path, {"a.lua": text})
    with server_in_thread(tmp_path, replace(ServerConfig(), limits=Limits(instructions=1 << 60))) as client:
        answers = []
        asker = threading.Thread(target=lambda: answers.append(client.route("a", {"body": "3000000"})))
        asker.start()
        time.sleep(0.3)
        write_scripts(tmp_path, {"a.lua": text.replace('"1"', '"2"')})
        assert client.send("POST", "/reload").status == 200
        assert client.route("a", {"body": "10"}).json == {"selected_backend": "2"}
        asker.join(WAIT)
    assert answers[0].json == {"selected_backend": "1"}


def test_refusals_wait_a_little_but_only_so_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "HOLD_SECONDS", 1000.0)
    monkeypatch.setattr(handlers, "HELD_REFUSALS", 1)
    write_scripts(tmp_path, {"bad.lua": ENDLESS})
    config = replace(ServerConfig(), limits=Limits(instructions=1 << 60, seconds=3), drain_seconds=0.1)
    request = b"POST /route/bad HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
    with server_in_thread(tmp_path, config) as client, ExitStack() as stack:
        for _ in range(1 + fair_queue.DEPTH + 1):
            connection = stack.enter_context(client.connect())
            connection.sendall(request)
            time.sleep(0.05)
        connection.settimeout(0.2)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        assert client.route("bad", {}).status == 503
