"""What a tenant may ask for in a second: decisions and processor time, on both sides of the limit."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from keystone_lua.server.decisions import allowances
from keystone_lua.server.decisions.allowances import Allowances
from keystone_lua.server.settings.config import Rates, ServerConfig
from tests.server.support import constant, run, server_in_thread, write_scripts

LOOP = "function on_route_request() for i = 1, {n} do end return {{selected_backend = 'a'}} end\n"


class Clock:
    """Time that passes when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(allowances.time, "monotonic", lambda: self.now)


def test_a_rate_of_decisions(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, limited = Clock(monkeypatch), Counter[str]()
    kept = Allowances(
        Rates(requests=10.0), {"free": Rates(), "slow": Rates(requests=0.5)}, 1, lambda t: limited.update([t])
    )
    assert [kept.wait("a") for _ in range(10)] == [0.0] * 10
    assert kept.wait("a") == pytest.approx(0.1)
    clock.now += 0.05
    assert kept.wait("a") == pytest.approx(0.05)
    clock.now += 0.0500001
    assert kept.wait("a") == 0.0
    clock.now += 100.0
    assert [kept.wait("a") > 0 for _ in range(12)] == [False] * 10 + [True] * 2
    assert not any(kept.wait("free") for _ in range(1000))
    assert kept.wait("slow") == 0.0
    assert kept.wait("slow") == pytest.approx(2.0)
    assert limited == {"a": 4, "slow": 1}


def test_a_rate_of_processor_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    kept = Allowances(Rates(processor=0.1), {}, 2)
    assert kept.wait("a") == 0.0
    kept.took("a", 0.04)
    assert kept.wait("a") == 0.0
    kept.took("a", 0.11)
    assert kept.wait("a") == pytest.approx(2.0, abs=0.001), "half of the rate is each worker's"
    clock.now += 2.001
    assert kept.wait("a") == 0.0


def test_tenants_without_end_take_no_memory_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowances, "MOST", 10)
    kept = Allowances(Rates(requests=1.0), {}, 1)
    for number in range(100):
        kept.wait(str(number))
    assert len(kept._buckets) <= 10


def test_without_a_limit_nothing_is_kept() -> None:
    assert not Allowances(Rates(), {"a": Rates()}, 1).any
    assert Allowances(Rates(), {"a": Rates(processor=0.1)}, 1).any


def test_over_http(tmp_path: Path) -> None:
    scripts = write_scripts(tmp_path, {"a.lua": constant("x"), "b.lua": constant("x")})
    config = ServerConfig(tenant_rates={"a": Rates(requests=0.001)})
    with server_in_thread(scripts, config) as client:
        assert client.route("a", {}).status == 200
        for _ in range(2):
            refused = client.route("a", {})
            assert refused.status == 429
            assert 990 <= int(refused.headers["retry-after"]) <= 1000
            assert refused.json["error"].startswith("more than the tenant may ask for; it may again in ")
        batch = client.send("POST", "/route/a/batch", json.dumps([{}]))
        assert [(item["status"], item["kind"]) for item in batch.json] == [(429, "limited")]
        forwarded = client.send("GET", "/forward/a")
        assert forwarded.status == 503
        assert not any(name.startswith("x-keystone-backend") for name in forwarded.headers)
        assert all(client.route("b", {}).status == 200 for _ in range(20))
        scraped = client.send("GET", "/metrics").body.decode()
    assert 'keystone_decisions_total{outcome="limited",tenant="a"} 4.0' in scraped
    assert 'keystone_http_refusals_total{status="429"} 3.0' in scraped
    assert 'outcome="limited",tenant="b"' not in scraped


@pytest.mark.parametrize("rounds", [500, 100_000])  # in the event loop, in a lane
def test_processor_time_over_http(rounds: int, tmp_path: Path) -> None:
    scripts = write_scripts(tmp_path, {"a.lua": LOOP.format(n=rounds)})
    with server_in_thread(scripts, ServerConfig(rates=Rates(processor=0.00001))) as client:
        assert client.route("a", {}).status == 200
        assert client.route("a", {}).status == 429


def test_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "keystone.toml"
    file.write_text("requests-per-second = 50\n[tenants.a]\nrequests-per-second = 5\nprocessor-per-second = 0.25\n")
    shown = json.loads(run("config", "--config", file, "--json").stdout)
    assert shown["requests-per-second"]["value"] == "50"
    assert shown["tenants.a.processor-per-second"]["value"] == "0.25"
    for bad in ("x", "-1", "1e3", "1000001"):
        assert run("config", "--requests-per-second", bad).returncode == 2
