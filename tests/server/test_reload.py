"""POST /reload, over HTTP."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from keystone_lua.cli.checking import findings_of
from keystone_lua.interpreter import Limits
from keystone_lua.routing.scripts import ScriptStore, Snapshot
from keystone_lua.routing.scripts_folder import Folder
from keystone_lua.server.api.models import DryRunAnswer
from keystone_lua.server.scripts.reload import Report, Watch, local_reloads
from keystone_lua.server.telemetry.metrics import Counts
from tests.server.support import WAIT, Client, constant, server_in_thread, server_process, write_scripts

BROKEN = "function on_route_request()\n  local = 5\nend\n"


def selected(client: Client, tenant: str) -> str:
    answer = client.route(tenant, {})
    assert answer.status == 200
    return str(answer.json["selected_backend"])


def test_a_good_reload_is_in_force_when_answered(tmp_path: Path) -> None:
    write_scripts(tmp_path, {"a.lua": constant("1"), "b.lua": constant("1"), "c.lua": constant("1")})
    with server_in_thread(tmp_path) as client:
        assert selected(client, "a") == "1"
        write_scripts(tmp_path, {"a.lua": constant("2"), "d.lua": constant("1")})
        (tmp_path / "b.lua").unlink()
        assert selected(client, "a") == "1"
        answer = client.send("POST", "/reload")
        assert answer.status == 200
        assert answer.body == b'{"status":"scripts reloaded","count":"3"}\n'
        assert selected(client, "a") == "2"
        assert selected(client, "d") == "1"
        assert client.route("b", {}).json["reject_reason"] == "No script found for tenant: b"
        assert client.send("GET", "/health").json["scripts"] == ["a", "c", "d"]


def test_a_bad_file_is_a_422_and_keeps_its_last_good_version(tmp_path: Path) -> None:
    write_scripts(tmp_path, {"a.lua": constant("1"), "b.lua": constant("1")})
    with server_in_thread(tmp_path) as client:
        write_scripts(tmp_path, {"a.lua": BROKEN, "b.lua": constant("2"), "new.lua": BROKEN, "two.lua": b"\xff"})
        answer = client.send("POST", "/reload")
        assert answer.status == 422
        body = answer.json
        assert all(isinstance(value, str) for value in body.values())
        assert body["count"] == "2"
        for part in ("a.lua:2: ", "new.lua:2: ", "two.lua: is not UTF-8"):
            assert part in body["error"]
        assert selected(client, "a") == "1"
        assert selected(client, "b") == "2"
        failure = client.route("new", {})
        assert failure.status == 500
        assert failure.json["kind"] == "syntax"
        assert failure.json["script"] == "new.lua:2"
        assert client.route("two", {}).json["kind"] == "syntax"
        write_scripts(tmp_path, {"a.lua": constant("3"), "new.lua": constant("3"), "two.lua": constant("3")})
        assert client.send("POST", "/reload").json == {"status": "scripts reloaded", "count": "4"}
        assert selected(client, "a") == "3"


def test_a_folder_that_goes_away_is_a_422(tmp_path: Path) -> None:
    folder = write_scripts(tmp_path / "scripts", {"a.lua": constant("1")})
    with server_in_thread(folder) as client:
        folder.rename(tmp_path / "gone")
        answer = client.send("POST", "/reload")
        assert answer.status == 422
        assert answer.json["count"] == "1"
        assert "no scripts folder" in answer.json["error"]
        assert selected(client, "a") == "1"


def test_concurrent_reloads_are_all_answered(tmp_path: Path) -> None:
    write_scripts(tmp_path, {f"t{n}.lua": constant(str(n)) for n in range(10)})
    with server_in_thread(tmp_path) as client, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.send("POST", "/reload"), range(40)))
        assert {(answer.status, answer.json["count"]) for answer in answers} == {(200, "10")}


def test_many_callers_cost_two_loads(tmp_path: Path) -> None:
    class SlowStore(ScriptStore):
        loads = 0
        gate = threading.Event()

        def load(self, folder: Folder, between: Callable[[], None] = lambda: None) -> Snapshot:
            self.loads += 1
            assert self.gate.wait(10)
            return super().load(folder, between)

    async def ask() -> int:
        store = SlowStore(tmp_path)
        reloads = local_reloads(store, Counts())
        first = asyncio.create_task(reloads.reload())
        await asyncio.sleep(0.05)
        rest = [asyncio.create_task(reloads.reload()) for _ in range(20)]
        await asyncio.sleep(0.05)
        store.gate.set()
        assert await asyncio.gather(first, *rest) == [Report(0)] * 21
        return store.loads

    assert asyncio.run(ask()) == 2


def test_decisions_go_on_while_reloading(tmp_path: Path) -> None:
    write_scripts(tmp_path, {"a.lua": constant("same")})
    stop = threading.Event()
    problems: list[object] = []

    def decide(client: Client) -> None:
        while not stop.is_set():
            answer = client.route("a", {})
            if (answer.status, answer.body) != (200, b'{"selected_backend":"same"}\n'):
                problems.append(answer)

    with server_in_thread(tmp_path) as client:
        threads = [threading.Thread(target=decide, args=(client,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for number in range(30):
            write_scripts(
                tmp_path, {"a.lua": BROKEN if number % 3 == 0 else constant("same"), f"x{number}.lua": BROKEN}
            )
            assert client.send("POST", "/reload").status == 422
        stop.set()
        for thread in threads:
            thread.join()
    assert problems == []


@pytest.mark.slow
def test_deep_recursion_is_not_disturbed_by_compiling(tmp_path: Path) -> None:
    """Python's recursion limit is one for the process; a reload must not lower it under a running script."""
    deep = """
    local function down(n) if n == 0 then return 0 end return 1 + down(n - 1) end
    function on_route_request() return {selected_backend = tostring(down(6000))} end
    """
    write_scripts(tmp_path, {"deep.lua": deep})
    stop = threading.Event()

    def reload(client: Client) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            write_scripts(tmp_path, {f"x{number % 5}.lua": constant(str(number))})
            client.send("POST", "/reload")

    with server_in_thread(tmp_path) as client:
        reloader = threading.Thread(target=reload, args=(client,))
        reloader.start()
        answers = [client.route("deep", {}) for _ in range(150)]
        stop.set()
        reloader.join()
    assert {answer.body for answer in answers} == {b'{"selected_backend":"6000"}\n'}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_post_reloads(tmp_path: Path, method: str) -> None:
    with server_in_thread(tmp_path) as client:
        assert client.send(method, "/reload").status == 405


def folder_state(client: Client) -> tuple[bytes, set[str]]:
    revisions = {line for line in client.send("GET", "/metrics").body.decode().splitlines() if "script_info{" in line}
    return client.route("a", {}).body, revisions


def test_a_dry_run_says_what_would_change_and_changes_nothing(tmp_path: Path) -> None:
    write_scripts(tmp_path, {name: constant("1") for name in ("a.lua", "b.lua", "gone.lua", "same.lua")})
    with server_in_thread(tmp_path) as client:
        before = folder_state(client)
        write_scripts(tmp_path, {"a.lua": constant("2"), "b.lua": BROKEN, "new.lua": constant("1")})
        (tmp_path / "gone.lua").unlink()
        for _ in range(2):
            answer = client.send("POST", "/reload?dry_run=1")
            assert answer.status == 422
            body = answer.json
            assert (body["status"], body["count"]) == ("dry run", 4)
            assert (body["added"], body["changed"], body["removed"]) == (["new"], ["a"], ["gone"])
            assert [error.partition(": ")[0] for error in body["errors"]] == ["b.lua:2"]
        assert folder_state(client) == before
        write_scripts(tmp_path, {"b.lua": constant("3")})
        answer = client.send("POST", "/reload?dry_run=1")
        assert (answer.status, answer.json["changed"]) == (200, ["a", "b"])
        assert client.send("POST", "/reload?dry_run=0").json == {"status": "scripts reloaded", "count": "4"}
        assert folder_state(client) != before
        assert client.send("POST", "/reload?dry_run=1").json["changed"] == []


def test_a_dry_run_tells_the_findings_of_what_it_would_bring(tmp_path: Path) -> None:
    write_scripts(tmp_path, {"same.lua": "local a = 1 " + constant("1"), "a.lua": constant("1")})
    with server_in_thread(tmp_path, check=findings_of(lambda _tenant: Limits())) as client:
        assert client.send("POST", "/reload?dry_run=1").json["findings"] == []
        write_scripts(
            tmp_path,
            {
                "a.lua": constant("2") + "\nlocal b = 2",
                "new.lua": "-- no on_route_request\nlocal c = 1",
                "bad.lua": BROKEN,
            },
        )
        body = client.send("POST", "/reload?dry_run=1").json
        findings = [(found["file"], found["line"], found["rule"], found["severity"]) for found in body["findings"]]
        assert findings == [
            ("a.lua", 3, "unused-local", "warning"),
            ("new.lua", 1, "no-entry-point", "error"),
            ("new.lua", 2, "unused-local", "warning"),
        ]
        DryRunAnswer(**body)


def test_a_dry_run_knows_what_a_tenant_may_do(tmp_path: Path) -> None:
    """``load`` and ``io`` are there for the one that has them, and findings for the other."""
    limits = {"free": Limits(load=True, inert_io=True)}
    write_scripts(tmp_path, {"same.lua": constant("1")})
    with server_in_thread(tmp_path, check=findings_of(lambda tenant: limits.get(tenant, Limits()))) as client:
        source = constant("2") + "\nprint(load('return 1'), io.read)"
        write_scripts(tmp_path, {"free.lua": source, "bound.lua": source})
        findings = client.send("POST", "/reload?dry_run=1").json["findings"]
        assert [(found["file"], found["rule"]) for found in findings] == [("bound.lua", "unavailable-library")] * 2


@pytest.mark.parametrize("value", ["", "yes", "2", "true"])
def test_a_dry_run_is_asked_for_by_1(tmp_path: Path, value: str) -> None:
    write_scripts(tmp_path, {"a.lua": constant("1")})
    with server_in_thread(tmp_path) as client:
        write_scripts(tmp_path, {"a.lua": constant("2")})
        answer = client.send("POST", f"/reload?dry_run={value}")
        assert (answer.status, answer.json["field"]) == (400, "dry_run")
        assert selected(client, "a") == "1"


def test_a_watch_waits_until_the_folder_is_at_rest(tmp_path: Path) -> None:
    write_scripts(tmp_path, {"a.lua": constant("1")})
    watch = Watch(tmp_path)
    assert [watch.changed() for _ in range(3)] == [False] * 3
    changes: list[dict[str, str | bytes]] = [
        {"a.lua": constant("22")}, {"sub/b.lua": constant("1")}, {"lib/c.lua": "return {}"}
    ]  # fmt: skip
    for change in changes:
        write_scripts(tmp_path, change)
        assert [watch.changed() for _ in range(3)] == [False, True, False]
    (tmp_path / "a.lua").unlink()
    write_scripts(tmp_path, {"b.txt": "no script"})
    assert not watch.changed()
    write_scripts(tmp_path, {"a.lua": constant("333")})
    assert [watch.changed() for _ in range(3)] == [False, True, False]


def test_a_watched_folder_is_loaded(tmp_path: Path) -> None:
    write_scripts(tmp_path, {"a.lua": constant("1")})
    with server_process(tmp_path, "--watch") as server:
        write_scripts(tmp_path, {"a.lua": constant("2")})
        deadline = time.monotonic() + WAIT
        while selected(server.client, "a") != "2":
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_sighup_reloads(tmp_path: Path) -> None:
    write_scripts(tmp_path, {"a.lua": constant("1")})
    with server_process(tmp_path) as server:
        write_scripts(tmp_path, {"a.lua": constant("2")})
        server.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + WAIT
        while selected(server.client, "a") != "2":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert server.terminate() == 0
