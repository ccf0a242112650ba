"""Two versions of the scripts side by side: shadow decisions, shares, promotion and rollback, over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from keystone_lua.audit import Masks, Recorder
from keystone_lua.interpreter import Limits
from keystone_lua.routing.folder_versions import next_of
from keystone_lua.routing.given_fields import TenantData
from keystone_lua.routing.scripts import ScriptStore
from keystone_lua.server.decisions.shadow import Candidates, Share
from keystone_lua.server.http.admin_endpoints import AdminEndpoints
from keystone_lua.server.http.connection_limits import Admission
from keystone_lua.server.http.lifecycle import Lifecycle
from keystone_lua.server.http.responses import Refusal
from keystone_lua.server.scripts.reload import local_reloads
from keystone_lua.server.scripts.versions import objection
from keystone_lua.server.settings.config import Address, Guard, ServerConfig
from keystone_lua.server.telemetry.exposition import Exposition
from keystone_lua.server.telemetry.metrics import Counts, WorkerMetrics
from keystone_lua.server.telemetry.shadow_counts import EXAMPLE_BYTES, EXAMPLES, ShadowCounts
from keystone_lua.server.telemetry.tracing import CURRENT, Trace
from tests.server.support import WAIT, Client, constant, run, server_in_thread, server_process, write_scripts
from tests.server.test_workers import workers_of

BY_PATH = """
function on_route_request(request)
  if request.path:find("^/api/") then return {{selected_backend = "{api}"}} end
  log("seen " .. request.path)
  return {{selected_backend = "web"}}
end
"""

SHADOWED = ServerConfig(shadow_percent=100.0, shadow_seconds=1.0)


def two_versions(tmp_path: Path, now: str, later: str) -> Path:
    """A scripts folder with one tenant ``t`` of two versions, and a tenant that stays."""
    scripts = write_scripts(tmp_path / "scripts", {"t.lua": now, "other.lua": constant("o")})
    write_scripts(next_of(scripts), {"t.lua": later, "other.lua": constant("o")})
    return scripts


def standing(client: Client) -> dict[str, Any]:
    answer = client.send("GET", "/versions")
    assert answer.status == 200
    return dict(answer.json)


def settled(client: Client, decisions: int) -> dict[str, Any]:
    """How both stand once so many decisions have been compared."""
    until = time.monotonic() + WAIT
    while sum((found := standing(client))["compared"].values()) < decisions:
        assert time.monotonic() < until, found["compared"]
        time.sleep(0.01)
    return found


def test_a_shadow_finds_what_a_planned_change_moves_and_nothing_else(tmp_path: Path) -> None:
    scripts = two_versions(tmp_path, BY_PATH.format(api="api"), BY_PATH.format(api="api-2"))
    with server_in_thread(scripts, SHADOWED) as client:
        client.send("POST", "/reload")
        paths = [f"/api/{n}" if n % 7 == 0 else f"/page/{n}" for n in range(70)]
        for path in paths:
            assert client.route("t", {"path": path}).json["selected_backend"] == ("api" if "api" in path else "web")
            assert client.route("other", {"path": path}).status == 200
        found = settled(client, 70)
    assert found["next"] == {
        "version": found["next"]["version"], "scripts": 2, "errors": [], "added": [], "changed": ["t"], "removed": [],
    }  # fmt: skip
    assert found["tenants"] == {"t": found["compared"]}
    assert found["compared"] == {"same": 60, "moved": 10, "altered": 0, "error": 0, "dearer": 0, "skipped": 0}
    assert {example["request"]["path"] for example in found["examples"]} == {path for path in paths if "api" in path}
    assert found["objection"] == "10 of 70 compared decisions went elsewhere: 14.3 %, and 1 % is allowed"


WORK = "local x = 0 for i = 1, 5000 do x = x + i end\n"
RESULTS = {
    "same": ("return {selected_backend = 'a'}", "return {selected_backend = 'a'}  -- as before"),
    "moved": ("return {selected_backend = 'a'}", "return {selected_backend = 'a', reject = true}"),
    "altered": ("return {selected_backend = 'a'}", "return {selected_backend = 'a', modified_path = '/x'}"),
    "error": ("return {selected_backend = 'a'}", "error('no')"),
    "dearer": ("return {selected_backend = 'a'}", WORK + "return {selected_backend = 'a'}"),
}


@pytest.mark.parametrize("result", RESULTS)
def test_what_a_difference_is_called(result: str, tmp_path: Path) -> None:
    now, later = (f"function on_route_request()\n{body}\nend" for body in RESULTS[result])
    scripts = two_versions(tmp_path, now, later)
    with server_in_thread(scripts, SHADOWED) as client:
        client.send("POST", "/reload")
        client.route("t", {})
        found = settled(client, 1)
        scraped = client.send("GET", "/metrics").body.decode()
    assert {name for name, count in found["compared"].items() if count} == {result}
    assert [example["result"] for example in found["examples"]] == ([] if result == "same" else [result])
    assert f'keystone_shadow_decisions_total{{result="{result}",tenant="t"}} 1.0' in scraped


def test_a_shadow_has_the_same_seed_clock_and_data_and_no_consequence(tmp_path: Path) -> None:
    told = "return {selected_backend = tostring(request.sequence) .. math.random() .. os.time() .. request.config.a}"
    body = f"function on_route_request(request) log('once') {told} end"
    scripts = two_versions(tmp_path, body, body + "\n-- another file with the same meaning")
    given = {"t": TenantData({"a": "1"})}
    with server_in_thread(scripts, replace(SHADOWED, tenants=given)) as client:
        client.send("POST", "/reload")
        answers = [client.route("t", {}).json["selected_backend"] for _ in range(20)]
        found = settled(client, 20)
        scraped = client.send("GET", "/metrics").body.decode()
    assert found["compared"]["same"] == 20
    assert [answer.split("0.")[0] for answer in answers] == [str(n) for n in range(1, 21)]
    assert 'keystone_decisions_total{outcome="routed",tenant="t"} 20.0' in scraped


def test_a_long_run_is_compared_in_a_lane_and_one_that_is_endless_is_an_error(tmp_path: Path) -> None:
    long = "function on_route_request() for i = 1, 100000 do end return {selected_backend = 'a'} end"
    scripts = two_versions(tmp_path, long, "function on_route_request() while true do end end")
    config = replace(SHADOWED, limits=Limits(instructions=1_000_000, seconds=5.0))
    with server_in_thread(scripts, config) as client:
        client.send("POST", "/reload")
        assert client.route("t", {}).status == 200
        found = settled(client, 1)
    assert found["compared"]["error"] == 1
    assert found["examples"][0]["next"]["kind"] == "instructions"


def test_what_does_not_fit_is_counted(tmp_path: Path) -> None:
    long = "function on_route_request() for i = 1, 2000 do end return {selected_backend = 'a'} end"
    scripts = two_versions(tmp_path, long, long + "\n")
    with server_in_thread(scripts, replace(SHADOWED, shadow_seconds=0.001)) as client:
        client.send("POST", "/reload")
        requests = json.dumps([{}] * 1000)
        assert client.send("POST", "/route/t/batch", requests).status == 200
        assert client.route("t", {"body": "x" * 70_000}).status == 200
        found = standing(client)
    assert found["compared"]["skipped"] > 500
    assert sum(found["compared"].values()) <= 1001


def test_examples_show_no_secret(tmp_path: Path) -> None:
    leak = (
        "function on_route_request(request) return {selected_backend = 'a', reject_reason = request.headers.Cookie} end"
    )
    scripts = two_versions(tmp_path, leak, leak.replace("'a'", "'b'"))
    with server_in_thread(scripts, SHADOWED) as client:
        client.send("POST", "/reload")
        client.route("t", {"headers": {"Cookie": "session=hush-hush-hush"}})
        settled(client, 1)
        said = client.send("GET", "/versions").body
    assert b"hush" not in said
    assert b"[masked]" in said


def test_a_share_is_stable_and_of_its_size(tmp_path: Path) -> None:
    scripts = two_versions(tmp_path, constant("a"), constant("b"))
    store = ScriptStore(scripts)
    waiting = store.side_by_side()
    store.reload()
    waiting.reload()
    counts = Counts()
    by_id, by_header = (Share(counts, Candidates(store, waiting), header) for header in ("", "x-user"))
    request: Any = {"headers": {"X-User": ""}}

    def chosen(share: Share, tenant: str = "t") -> list[bool]:
        found = []
        for number in range(20_000):
            CURRENT.set(Trace(f"id-{number}", ""))
            request["headers"]["X-User"] = f"user-{number}"
            found.append(share.program(tenant, request) is not None)
        return found

    assert not any(chosen(by_id))
    counts.shadow.share_percent = 10.0
    for share in (by_id, by_header):
        first = chosen(share)
        assert abs(sum(first) / 200 - 10.0) <= 0.5
        assert chosen(share) == first
    assert chosen(by_id) != chosen(by_header)
    assert not any(chosen(by_id, "other")), "a script that is the same is not shared"
    counts.shadow.share_percent = 100.0
    assert all(chosen(by_id))


def test_a_share_is_answered_by_the_next_version_until_the_versions_change(tmp_path: Path) -> None:
    scripts = two_versions(tmp_path, constant("a"), constant("b"))
    with server_in_thread(scripts, SHADOWED) as client:
        client.send("POST", "/reload")
        assert client.send("POST", "/versions?share=50&shadow=0").json["share_percent"] == 50.0
        scraped = client.send("GET", "/metrics").body.decode()
        assert "keystone_share_ratio 0.5\n" in scraped
        assert "keystone_shadow_ratio 0.0\n" in scraped
        seen = Counter(client.route("t", {}).json["selected_backend"] for _ in range(200))
        assert set(seen) == {"a", "b"}
        assert {client.route("t", {}, **{"X-Request-Id": "same"}).json["selected_backend"] for _ in range(20)} < {
            "a",
            "b",
        }
        write_scripts(next_of(scripts), {"t.lua": constant("c")})
        client.send("POST", "/reload")
        found = standing(client)
        assert (found["share_percent"], found["shadow_percent"]) == (0.0, 0.0)
        assert {client.route("t", {}).json["selected_backend"] for _ in range(50)} == {"a"}
        for bad in ("share=101", "share=x", "shadow=-1", "shadow=1e1"):
            assert client.send("POST", f"/versions?{bad}").status == 400


def test_an_answer_holds_for_nobody_else_while_two_versions_answer(tmp_path: Path) -> None:
    held = "function on_route_request() return {selected_backend = 'a', cache = {seconds = 60}} end"
    long = held.replace("return", "for i = 1, 20000 do end return")
    scripts = two_versions(tmp_path, held, held.replace("'a'", "'b'"))
    write_scripts(scripts, {"lane.lua": long})
    write_scripts(next_of(scripts), {"lane.lua": long + "\n"})
    with server_in_thread(scripts, replace(SHADOWED, shadow_percent=0.0)) as client:
        client.send("POST", "/reload")
        for tenant in ("t", "lane"):
            address = f"/forward/{tenant}?cache=host,uri,headers"
            assert client.route(tenant, {}).json["cache"] == {"seconds": 60, "vary": []}
            assert client.send("GET", address).headers["cache-control"] == "max-age=60"
            client.send("POST", "/versions?share=50")
            withheld = {"seconds": 0, "because": "two versions of the scripts answer"}
            assert {str(client.route(tenant, {}).json["cache"]) for _ in range(20)} == {str(withheld)}
            assert {client.send("GET", address).headers["cache-control"] for _ in range(20)} == {"no-store"}
            client.send("POST", "/versions?share=0")


def test_promote_and_rollback(tmp_path: Path) -> None:
    scripts = two_versions(tmp_path, constant("a"), constant("b"))
    config = replace(SHADOWED, guard=Guard(0.0, 100.0))
    with server_in_thread(scripts, config) as client:
        assert client.send("POST", "/promote").json == {"error": "there is no next version"}
        client.send("POST", "/reload")
        refused = client.send("POST", "/promote")
        assert refused.status == 409
        assert "no decision has been compared" in refused.json["error"]
        client.route("t", {})
        before = settled(client, 1)
        done = client.send("POST", "/promote?who=ops").json
        assert (done["act"], done["who"], done["forced"], done["changed"]) == ("promote", "ops", False, ["t"])
        assert (done["before"], done["after"]) == (before["current"]["version"], before["next"]["version"])
        assert done["shadow"]["moved"] == 1
        assert client.route("t", {}).json["selected_backend"] == "b"
        assert standing(client)["next"] is None
        back = client.send("POST", "/rollback").json
        assert (back["before"], back["after"]) == (done["after"], done["before"])
        assert client.route("t", {}).json["selected_backend"] == "a"


def test_what_was_written_after_the_comparing_is_not_promoted(tmp_path: Path) -> None:
    scripts = two_versions(tmp_path, constant("a"), constant("a") + "-- later")
    with server_in_thread(scripts, SHADOWED) as client:
        client.send("POST", "/reload")
        client.route("t", {})
        assert settled(client, 1)["objection"] == ""
        (next_of(scripts) / "t.lua").write_text(constant("unseen"))
        refused = client.send("POST", "/promote", b"{}")
        assert refused.status != 200
        assert b"has changed since it was loaded" in refused.body
        assert client.route("t", {}).json["selected_backend"] == "a"


def test_a_next_version_in_error_is_promoted_by_force_alone(tmp_path: Path) -> None:
    scripts = two_versions(tmp_path, constant("a"), "x =")
    with server_in_thread(scripts, SHADOWED) as client:
        client.send("POST", "/reload")
        assert standing(client)["next"]["errors"][0].startswith("t.lua:1: ")
        assert "files in error: t.lua:1: " in client.send("POST", "/promote").json["error"]
        assert client.send("POST", "/promote?force=1").status == 422
        assert client.route("t", {}).json["selected_backend"] == "a", "the last good version stays in force"


def test_the_guard_on_both_sides_of_its_limits(tmp_path: Path) -> None:
    store = ScriptStore(two_versions(tmp_path, constant("a"), constant("b")))
    waiting = store.side_by_side().reload()
    none = dict.fromkeys(("same", "moved", "altered", "error", "dearer", "skipped"), 0)
    assert objection(waiting, {**none, "same": 99, "moved": 1}, Guard(0.0, 1.0)) == ""
    assert "went elsewhere" in objection(waiting, {**none, "same": 98, "moved": 1}, Guard(0.0, 1.0))
    assert "failed" in objection(waiting, {**none, "same": 999, "error": 1}, Guard(0.0, 1.0))
    assert objection(waiting, {**none, "same": 999, "error": 1, "skipped": 5}, Guard(0.1, 1.0)) == ""
    assert "no decision" in objection(waiting, {**none, "skipped": 5}, Guard(100.0, 100.0))


def test_a_switch_stands_in_the_chain_of_the_log(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "log.jsonl", Masks(()))
    counts = {"same": 5, "moved": 1}
    recorder.note_switch(
        {"act": "promote", "who": "ops", "before": "12", "after": "ab", "forced": True, "shadow": counts}
    )
    assert b'"version"' in (tmp_path / "log.jsonl").read_bytes(), "a process that is killed now takes nothing with it"
    recorder.close()
    ended = run("replay", tmp_path / "log.jsonl")
    assert ended.returncode == 0, ended.stderr
    (line,) = [line for line in (tmp_path / "log.jsonl").read_bytes().splitlines() if b'"version"' in line]
    assert json.loads(line)["shadow"] == counts
    (tmp_path / "log.jsonl").write_bytes((tmp_path / "log.jsonl").read_bytes().replace(b'"ops"', b'"eve"'))
    assert run("replay", tmp_path / "log.jsonl").returncode == 1


def test_examples_that_are_too_long_or_half_written_are_left_out() -> None:
    counts = ShadowCounts(1, 1)
    counts.add_example(0, {"n": "x" * EXAMPLE_BYTES})
    assert list(counts.examples()) == []
    for number in range(EXAMPLES + 3):
        counts.add_example(0, {"n": number})
    assert sorted(example["n"] for example in counts.examples()) == list(range(3, EXAMPLES + 3))
    counts._examples[4:6] = b"}}"
    assert len(list(counts.examples())) == EXAMPLES - 1


def test_the_command(tmp_path: Path) -> None:
    scripts = two_versions(tmp_path, constant("a"), constant("b"))
    with server_process(scripts, "--admin-token", "hush", "--shadow-percent", "100") as server:
        server.client.route("t", {})

        def ask(*arguments: str, token: str = "hush") -> tuple[int, str]:
            given = ("--addr", f"127.0.0.1:{server.client.port}", "--admin-token", token)
            ended = run("versions", *arguments, *given)
            return ended.returncode, ended.stdout + ended.stderr

        assert ask(token="other") == (1, "keystone-lua: this call needs the admin token\n")
        until = time.monotonic() + WAIT
        while "1 moved" not in (said := ask()[1]):
            assert time.monotonic() < until, said
        assert "2 scripts: 1 changed" in said
        assert "promote   refused: 1 of 1 compared decisions went elsewhere: 100 %, and 1 % is allowed" in said
        assert ask("promote") == (
            1,
            "keystone-lua: 1 of 1 compared decisions went elsewhere: 100 %, and 1 % is allowed\n",
        )
        assert "share     25 %" in ask("share", "25")[1]
        assert "shadow    0.5 %" in ask("shadow", "0.5")[1]
        code, said = ask("promote", "--force", "--who", "me")
        assert (code, said.partition(", ")[2]) == (0, "2 scripts in force\n")
        assert server.client.route("t", {}).json["selected_backend"] == "b"
        assert ask("rollback")[0] == 0
        assert json.loads(ask("show", "--json")[1])["previous"] is True
    assert run("versions", "--addr", f"127.0.0.1:{server.client.port}").returncode == 2


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_promotion_and_rollback_under_fire_lose_and_mix_nothing(workers: int, tmp_path: Path) -> None:
    scripts = two_versions(tmp_path, constant("a"), constant("b"))
    log = tmp_path / "log.jsonl"
    more = ("--promote-moves", "100", "--decision-log", str(log), "--shadow-percent", "100")
    with server_process(scripts, "--workers", str(workers), *more) as server:
        client, stop = server.client, threading.Event()
        seen: list[str] = []
        lost: list[object] = []

        def fire() -> None:
            while not stop.is_set():
                try:
                    answer = client.route("t", {})
                    seen.append(answer.json["selected_backend"] if answer.status == 200 else f"status {answer.status}")
                except OSError as error:
                    lost.append(error)

        threads = [threading.Thread(target=fire) for _ in range(4)]
        for thread in threads:
            thread.start()
        expected, killed = "a", 0
        for turn in range(10):
            time.sleep(0.1)
            act = "promote?force=1" if turn == 0 else "rollback"
            assert client.send("POST", f"/{act}").status == 200
            expected = "b" if expected == "a" else "a"
            assert {client.route("t", {}).json["selected_backend"] for _ in range(20)} == {expected}
            if workers == 2 and turn in (3, 6):
                os.kill(workers_of(server.process.pid)[0], signal.SIGKILL)
                until_served(client, expected)
                killed += 1
        stop.set()
        for thread in threads:
            thread.join(WAIT)
    assert len(lost) <= 4 * killed, "no more than what a killed worker had in hand"
    assert set(seen) == {"a", "b"}
    assert len(seen) > 200


def until_served(client: Client, expected: str) -> None:
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            if client.route("t", {}).json["selected_backend"] == expected:
                return
        time.sleep(0.02)
    raise AssertionError("not served again")


async def checked(config: ServerConfig, store: ScriptStore) -> None:
    counts = Counts()
    lifecycle = Lifecycle(WorkerMetrics(counts), Admission(1, 1.0, 1.0))
    endpoints = AdminEndpoints(config, store, local_reloads(store, counts), Exposition(counts, store), lifecycle)
    request: Any = SimpleNamespace(headers={}, query={})
    endpoints._check_guard(request)


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({}, 403),
        ({"admin_token": "hush"}, 401),
        ({"address": Address("127.0.0.2", 1)}, 200),
        ({"address": Address("localhost", 1)}, 200),
        ({"address": Address("", 0, "/run/x")}, 200),
        ({"admin_address": Address("", 1)}, 200),
    ],
)
def test_an_address_that_others_reach_shows_and_changes_no_versions(
    more: dict[str, Any], status: int, tmp_path: Path
) -> None:
    store = ScriptStore(two_versions(tmp_path, constant("a"), constant("b")))
    if status == 200:
        asyncio.run(checked(ServerConfig(**more), store))
    else:
        with pytest.raises(Refusal) as refused:
            asyncio.run(checked(ServerConfig(**more), store))
        assert refused.value.status == status


def test_what_waited_when_the_versions_changed_counts_for_neither(tmp_path: Path) -> None:
    scripts = two_versions(tmp_path, constant("a"), constant("b"))
    with server_in_thread(scripts, replace(SHADOWED, shadow_seconds=0.001)) as client:
        client.send("POST", "/reload")
        assert client.send("POST", "/route/t/batch", json.dumps([{}] * 200)).status == 200
        write_scripts(next_of(scripts), {"t.lua": constant("a") + "-- again\n"})
        client.send("POST", "/reload")
        time.sleep(0.5)
        found = standing(client)["compared"]
    assert (found["moved"], found["skipped"]) == (0, 0)


def test_with_one_lane_a_shadow_takes_none(tmp_path: Path) -> None:
    long = "function on_route_request() for i = 1, 100000 do end return {selected_backend = 'a'} end"
    scripts = two_versions(tmp_path, long, long + "\n")
    with server_in_thread(scripts, replace(SHADOWED, lanes=1)) as client:
        client.send("POST", "/reload")
        assert client.route("t", {}).status == 200
        assert settled(client, 1)["compared"]["skipped"] == 1
