"""A scrape shows what was sent, in a form that prometheus_client's own parsers read."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from keystone_lua.audit.shipped import state_file
from keystone_lua.cli.recording import decision_log
from keystone_lua.interpreter import Limits, compile_program
from keystone_lua.routing.bundle_status import status_file
from keystone_lua.routing.decision import Decision
from keystone_lua.routing.folder_versions import next_of
from keystone_lua.server.outcome import Outcome
from keystone_lua.server.settings.config import DecisionLog, ServerConfig
from keystone_lua.server.telemetry import metrics
from keystone_lua.server.telemetry.metrics import KINDS, Counts, WorkerMetrics
from tests.server.scraped import OPEN_METRICS, scrape
from tests.server.support import WAIT, Answer, constant, server_in_thread, server_process, write_scripts

ROOT = Path(__file__).parents[2]
SCRIPTS: dict[str, str | bytes] = {
    "good.lua": constant("b"),
    "reject.lua": "function on_route_request() return {reject = true} end",
    "runtime.lua": 'function on_route_request() error("no") end',
    "endless.lua": "function on_route_request() while true do end end",
    "broken.lua": "x =",
}


@pytest.mark.parametrize("accept", ["", OPEN_METRICS])
def test_every_decision_is_counted_once(tmp_path: Path, accept: str) -> None:
    config = ServerConfig(limits=Limits(instructions=10_000, seconds=5.0))
    with server_in_thread(write_scripts(tmp_path, SCRIPTS), config) as client:
        answers: dict[str, list[Answer]] = {}
        for tenant in ("good", "good", "reject", "runtime", "endless", "broken", "nobody", "somebody"):
            answers.setdefault(tenant, []).append(client.route(tenant, {}))
        client.route("good", b"no request")
        client.send("GET", "/route/good")
        seen = scrape(client, accept)

    def count(tenant: str, outcome: str) -> float:
        return seen.total("keystone_decisions_total", tenant=tenant, outcome=outcome)

    assert [count(tenant, "routed") for tenant in ("good", "reject", "runtime")] == [2, 0, 0]
    assert (count("reject", "rejected"), count("runtime", "error"), count("", "unknown")) == (1, 1, 2)
    assert count("", "error") == 1, "a tenant that never compiled has no label of its own"
    assert seen.total("keystone_decisions_total") == 8
    assert seen.total("keystone_script_errors_total") == 3
    for tenant, kind in (("runtime", "runtime"), ("endless", "instructions"), ("", "syntax")):
        assert seen.total("keystone_script_errors_total", tenant=tenant, kind=kind) == 1
    assert seen.labels("keystone_decisions_total", "tenant") == {"", "good", "reject", "runtime", "endless"}
    for name, header in (("instructions", "instructions"), ("allocated_bytes", "bytes")):
        told = sum(int(answer.headers[f"x-keystone-{header}"]) for answer in answers["good"])
        assert seen.total(f"keystone_script_{name}_sum", tenant="good") == told
        assert seen.total(f"keystone_script_{name}_count", tenant="good") == 2
        assert seen.total(f"keystone_script_{name}_bucket", tenant="good", le="+Inf") == 2
    assert 0 < seen.total("keystone_script_duration_seconds_sum", tenant="good") < 5
    assert seen.total("keystone_http_refusals_total", status="400") == 1
    assert seen.total("keystone_http_refusals_total", status="405") == 1
    revision = answers["good"][0].headers["x-keystone-script"]
    assert seen.total("keystone_script_info", tenant="good", revision=revision) == 1
    assert seen.total("keystone_requests_in_flight") == 1, "the scrape itself"
    assert {"keystone_lanes", "keystone_lanes_busy", "keystone_decisions_shed"} <= seen.families.keys()


def test_reloads_are_counted_and_deleted_tenants_go(tmp_path: Path) -> None:
    write_scripts(tmp_path, {"a.lua": constant("1"), "b.lua": constant("1")})
    with server_process(tmp_path) as server:
        client = server.client
        first = scrape(client).total("keystone_last_successful_reload_timestamp_seconds")
        for tenant in ("a", "b", "b"):
            client.route(tenant, {})
        (tmp_path / "b.lua").unlink()
        write_scripts(tmp_path, {"c.lua": constant("1")})
        assert client.send("POST", "/reload").status == 200
        seen = scrape(client)
        assert seen.labels("keystone_decisions_total", "tenant") == {"", "a", "c"}
        assert seen.labels("keystone_script_info", "tenant") == {"a", "c"}
        assert seen.total("keystone_decisions_total", tenant="a") == 1
        assert seen.total("keystone_decisions_total", tenant="c") == 0
        good = seen.total("keystone_last_successful_reload_timestamp_seconds")
        assert good > first > 1e9
        write_scripts(tmp_path, {"a.lua": "x =", "b.lua": constant("1")})
        client.send("POST", "/reload")
        seen = scrape(client)
        assert seen.total("keystone_reloads_total", result="success") == 2
        assert seen.total("keystone_reloads_total", result="failure") == 1
        assert seen.total("keystone_last_successful_reload_timestamp_seconds") == good
        assert seen.total("keystone_decisions_total", tenant="b") == 0, "what is back begins anew"


@pytest.mark.parametrize("workers", [1, 2])
def test_a_scrape_during_load_shows_what_was_sent(tmp_path: Path, workers: int) -> None:
    write_scripts(tmp_path, {"a.lua": constant("b")})
    with server_process(tmp_path, "--workers", str(workers)) as server:
        sent = [0] * 4
        stop = threading.Event()

        def load(place: int) -> None:
            while not stop.is_set():
                assert server.client.route("a", {}).status == 200
                sent[place] += 1

        threads = [threading.Thread(target=load, args=(place,)) for place in range(4)]
        for thread in threads:
            thread.start()
        last = 0.0
        for _ in range(10):
            before = sum(sent)
            now = scrape(server.client).total("keystone_decisions_total", tenant="a")
            assert before <= now <= sum(sent) + len(sent)
            assert now >= last
            last = now
        stop.set()
        for thread in threads:
            thread.join()
        seen = scrape(server.client)
        assert seen.total("keystone_decisions_total", tenant="a") == sum(sent)
        assert seen.total("keystone_script_duration_seconds_count") == sum(sent)
        shares = [
            seen.total("keystone_worker_cpu_seconds_total", worker=str(number)) for number in range(workers)
        ]  # fmt: skip
        assert all(shares), "every worker has worked"


# the memory


def test_a_block_is_not_given_again_before_every_worker_knows() -> None:
    counts = Counts(workers=2)
    first = counts.assign(["a", "b"])
    assert sorted(first.values()) == [1, 2]
    second = counts.assign(["b", "c"])
    assert second["b"] == first["b"]
    assert second["c"] not in first.values()
    third = counts.assign(["b", "c", "d"])
    assert third["d"] == first["a"]


def test_a_block_that_is_given_again_is_empty() -> None:
    counts = Counts()
    counts.assign(["a"])
    block = counts.of_worker(0)
    start = counts.of_worker(0).nbytes // 8
    assert start == len(block)
    for cell in range(len(block)):
        block[cell] = 1.0
    counts.assign([])
    counts.assign([])
    counts.assign(["b"])
    assert [count for _, count in counts.block("b").outcomes()] == [0.0] * len(metrics.OUTCOMES)
    assert [count for _, count in counts.block("").outcomes()] == [1.0] * len(metrics.OUTCOMES)


def test_tenants_beyond_the_last_block_are_counted_together() -> None:
    counts = Counts()
    names = [f"t{number:05}" for number in range(metrics.MAX_TENANTS + 1)]
    assert len(counts.assign(names)) == metrics.MAX_TENANTS
    assert names[-1] not in counts.tenants
    assert names[-2] in counts.tenants


def test_gauges_of_a_dead_worker_do_not_stay() -> None:
    counts = Counts()
    WorkerMetrics(counts).set(metrics.IN_FLIGHT, 7)
    assert counts.worker(0, metrics.IN_FLIGHT) == 7
    WorkerMetrics(counts)
    assert counts.worker(0, metrics.IN_FLIGHT) == 0
    assert counts.worker(0, metrics.STARTS) == 2


def test_kinds_are_those_that_answers_name() -> None:
    named = set("syntax runtime result instructions memory depth log timeout engine".split())
    assert named | {"other"} == set(KINDS)


# the documentation


def test_the_table_of_metrics_is_what_a_scrape_shows(tmp_path: Path) -> None:
    """docs/operations.md: every family and its labels; ``le`` is every histogram's."""
    scripts = write_scripts(tmp_path / "scripts", SCRIPTS)
    write_scripts(next_of(scripts), {"good.lua": constant("other")})
    status_file(scripts).write_text('{"revision": "r1"}')
    state_file(tmp_path / "decisions.log").write_text('{"number": 0, "head": ""}\n')
    (tmp_path / "decisions.log").touch()
    config = ServerConfig(shadow_percent=100.0, decision_log=DecisionLog(tmp_path / "decisions.log"))
    with server_in_thread(scripts, config, [make() for make in decision_log(config)]) as client:
        client.send("POST", "/reload")
        for tenant in ("good", "runtime"):
            client.route(tenant, {})
        until = time.monotonic() + WAIT
        while "keystone_shadow_decisions_total{" not in client.send("GET", "/metrics").body.decode():
            assert time.monotonic() < until
        seen = scrape(client)
    shown: dict[str, set[str]] = {}
    for family in seen.families.values():
        name = family.name + ("_total" if family.type == "counter" else "")
        shown[name] = {label for sample in family.samples for label in sample.labels} - {"le"}
    table = (ROOT / "docs" / "operations.md").read_text().partition("| metric | labels |")[2].partition("\n\n")[0]
    documented: dict[str, set[str]] = {}
    for names, labels in re.findall(r"^\| (`keystone.*?) \| (.*?) ?\|", table, re.MULTILINE):
        for place, name in enumerate(re.findall(r"`(\w+)`", names)):
            but_the_first = labels.endswith("but for the first")
            documented[name] = (
                set() if but_the_first and place == 0 else set(re.findall(r"\w+", labels.split(" but")[0]))
            )
    assert documented == shown, "the table of docs/operations.md#metrics"


def test_no_two_numbers_of_a_worker_share_a_place() -> None:
    gauges = [value for name, value in vars(metrics).items() if name.isupper() and name in WORKER_PLACES]
    places = [*gauges, metrics._COUNTING, *metrics._REFUSED_PLACES.values()]
    assert sorted(places) == list(range(metrics._BEFORE)), (
        "WORKER_PLACES names the places of a worker's block in metrics.py"
    )


WORKER_PLACES = (
    "IN_FLIGHT", "LANES_BUSY", "LANES_WAITING", "LOG_DROPPED", "PROCESS", "STARTS", "CONNECTIONS", "NOT_RECORDED", "BEAT",
    "SPANS_SENT", "SPANS_DROPPED", "ANCHOR_FAILURES",
)  # fmt: skip
"""Those that are no refusals; a new one is named here."""


class _Dies(Decision):
    """A decision in the middle of whose counting the worker dies."""

    @property
    def allocated_bytes(self) -> int:  # type: ignore[override]
        raise KeyboardInterrupt


def test_half_a_decision_is_taken_back_when_its_worker_died() -> None:
    """It is counted before it is answered; 2,633 decisions stood beside 2,632 durations."""
    counts = Counts(2)
    counts.assign(["a", "b"])
    program = compile_program(b"", "a.lua")
    facts = ({"selected_backend": "x"}, None, 70, 700, (), 0, 0.0, ())
    worker = WorkerMetrics(counts, 1)
    whole = Outcome("a", facts[0], None, program, Decision(*facts))
    for _ in range(3):
        worker.decided(whole, {}, "", 0.001)  # type: ignore[typeddict-item]
    with pytest.raises(KeyboardInterrupt):
        worker.decided(replace(whole, decision=_Dies(*facts)), {}, "", 0.001)  # type: ignore[typeddict-item]
    assert sum(count for _, count in counts.block("a").outcomes()) == 4
    counts.repair(1)
    counts.repair(0)
    assert sum(count for _, count in counts.block("a").outcomes()) == 3
    assert sum(counts.block("a").instructions()[0]) == sum(counts.block("a").bytes()[0]) == 3
    worker.decided(whole, {}, "", 0.001)  # type: ignore[typeddict-item]
    counts.repair(1)
    assert sum(counts.block("a").seconds()[0]) == 4
