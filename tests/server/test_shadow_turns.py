"""What shadow decisions take: no tenant's wait for another's, and what waits is bounded by its bytes."""

from __future__ import annotations

import asyncio
import sys
from types import SimpleNamespace
from typing import Any, cast

import pytest

from keystone_lua.interpreter import compile_program
from keystone_lua.routing.decision import decide
from keystone_lua.routing.request import request_of
from keystone_lua.server.decisions import shadow
from keystone_lua.server.decisions.purse import BURST_SECONDS, Purse
from keystone_lua.server.offload.pool import Lanes
from keystone_lua.server.outcome import Outcome
from keystone_lua.server.settings.config import ServerConfig
from keystone_lua.server.telemetry.metrics import Counts


def test_who_spends_much_waits_alone_and_all_spend_no_more_than_is_earned() -> None:
    now = 0.0
    purse = Purse(0.05, lambda: now)
    pieces = {"heavy": 5.0, "long": 0.5, "light": 0.001, "other": 0.001}
    spent = dict.fromkeys(pieces, 0.0)
    waited = dict.fromkeys(pieces, 0.0)
    turns = list(pieces)
    while now < 2_000:
        now += 0.01
        tenant = next(filter(purse.may_spend, turns), None)
        if tenant is not None:
            turns.remove(tenant)
            turns.append(tenant)
            purse.spent(tenant, pieces[tenant])
            spent[tenant] += pieces[tenant]
            waited[tenant] = now
    assert sum(spent.values()) <= 0.05 * now + BURST_SECONDS + 5.5
    assert sum(spent.values()) > 0.8 * 0.05 * now
    assert now - waited["light"] < 1
    assert now - waited["other"] < 1
    assert min(spent["light"], spent["other"]) > 10


def test_another_tenant_has_its_turn_soon_after_a_run_of_five_seconds() -> None:
    now = 0.0
    purse = Purse(0.05, lambda: now)
    now = 10.0
    assert purse.may_spend("heavy")
    purse.spent("heavy", 5.0)
    now += 1.0
    assert purse.may_spend("light")
    assert not purse.may_spend("heavy")
    now += 2 * 5.0 / 0.05
    assert purse.may_spend("heavy")


LARGE = "function on_route_request(r) local t = ('a'):rep(%d) return {selected_backend = t, reject_reason = t} end"


def waiting(answered: list[tuple[str, str, dict[str, Any]]]) -> tuple[shadow.Shadow, Counts]:
    """A shadow that has heard of these decisions, tenant, script, request, and has had no turn yet."""
    counts = Counts(1)
    counts.shadow.shadow_percent = 100.0
    programs = {tenant: compile_program(b"return 1", "next.lua") for tenant, _, _ in answered}
    for tenant in programs:
        counts.tenants.setdefault(tenant, 0)
    candidates = SimpleNamespace(programs=lambda: programs, version="2")
    lanes = cast("Lanes", SimpleNamespace(waiting=0, running=0))

    async def hear() -> shadow.Shadow:
        made = shadow.Shadow(ServerConfig(), counts, 0, cast("shadow.Candidates", candidates), lanes)
        for tenant, script, fields in answered:
            request = request_of(
                {"method": "GET", "path": "/", "host": "h", "headers": {}, "body": "", "backends": [], **fields}
            )
            program = compile_program(script.encode(), "now.lua")
            decision = decide(program, request)
            made.decided(Outcome(tenant, decision.answer, None, program, decision), request, "id", 0.0)
        assert made._task is not None
        made._task.cancel()
        return made

    return asyncio.run(hear()), counts


@pytest.mark.parametrize(
    ("script", "fields"),
    [
        (LARGE % 64_000, {}),
        (
            "function on_route_request() for i = 1, 90 do log(('x'):rep(700)) end return {selected_backend = 'a'} end",
            {},
        ),
        (LARGE % 1, {"body": "\U0001f600" * 50_000}),
        (LARGE % 1, {"path": "/" + "a" * 200_000}),
        (LARGE % 1, {"headers": {f"h{n}": "v" * 90 for n in range(1_000)}}),
    ],
)
def test_what_waits_is_bounded_by_its_bytes(script: str, fields: dict[str, Any]) -> None:
    made, _ = waiting([(f"t{number % 40}", script, fields) for number in range(300)])
    kept = 0
    while (answered := made._queue.take(lambda tenant: True)) is not None:
        kept += sum(map(sys.getsizeof, [*texts(answered.request), *texts(answered.decision)]))
    assert 0 < kept <= shadow.WAITING_BYTES


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else []
    return [text for part in parts for text in texts(part)]


def test_a_tenant_that_asks_much_leaves_places_and_turns() -> None:
    few = "function on_route_request() return {} end"
    made, _ = waiting([("busy", few, {})] * 300 + [("quiet", few, {})])
    first = made._queue.take(lambda tenant: True)
    second = made._queue.take(lambda tenant: True)
    assert first is not None
    assert second is not None
    assert {first.tenant, second.tenant} == {"busy", "quiet"}


def test_a_decision_that_is_too_large_is_skipped() -> None:
    made, counts = waiting([("t", LARGE % 1, {}), ("t", LARGE % 1, {"body": "a" * shadow.LARGEST})])
    assert made._queue.items == 1
    assert counts.shadow.totals(0)["skipped"] == 1
