"""``serve --decision-log``: what is asked over HTTP is in the log, and the log can be replayed."""

from __future__ import annotations

import json
import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.audit import replay_logs
from keystone_lua.audit.anchors import make_key
from keystone_lua.audit.segments import worker_file
from keystone_lua.cli import main
from keystone_lua.interpreter import Limits
from tests.waiting import until

from .support import ServerProcess, server_process, write_scripts

SCRIPTS: dict[str, str | bytes] = {
    "dice.lua": "function on_route_request() return {selected_backend = math.random(1000000), modified_path = os.time()} end",
    "slow.lua": """function on_route_request(request)
        local n = 0 for i = 1, 100000 do n = (n * 31 + i) % 65537 end
        return {selected_backend = n, modified_headers = {["X-Seen"] = request.headers.Cookie}}
    end""",
    "endless.lua": "function on_route_request() while true do end end",
    "bad.lua": "function on_route_request(request) return request.nothing.here end",
    "never.lua": "?",
}  # fmt: skip


def records(file: Path) -> list[dict[str, Any]]:
    """A log's decisions."""
    return [value for value in map(json.loads, file.read_text().splitlines()) if value["kind"] == "decision"]


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    return write_scripts(tmp_path / "scripts", SCRIPTS)


def children(pid: int) -> list[str]:
    """The processes that ``pid`` has started."""
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def ask_everything(server: ServerProcess) -> int:
    """Ask for decisions of all sorts; return how many."""
    client = server.client
    for number in range(5):
        assert client.route("dice", {"path": f"/{number}"}, **{"X-Request-Id": f"dice-{number}"}).status == 200
    for headers in ({}, {"Cookie": "session=s3cr3ts3cr3t"}):
        assert client.route("slow", {"headers": headers}).status == 200
    assert client.route("endless", {}).status == 500
    assert client.route("bad", {}).status == 500
    assert client.route("never", {}).status == 500
    assert client.route("nobody", {}).status == 200
    batch = client.send("POST", "/route/dice/batch", "[{}, {}, 3]", {"X-Request-Id": "many"})
    assert [answer.get("status", 200) for answer in batch.json] == [200, 200, 400]
    assert client.route("dice", b"no request").status == 400
    return 13


@pytest.mark.slow
def test_a_log_of_everything(tmp_path: Path, scripts: Path) -> None:
    file = tmp_path / "log" / "decisions.log"
    key = tmp_path / "key"
    key.write_text("0123456789abcdef\n")
    options = ["--decision-log", str(file), "--decision-log-key", str(key), "--max-instructions", "1000000"]
    with server_process(scripts, *options) as server:
        count = ask_everything(server)
        assert server.terminate() == 0
    found = records(file)
    assert len(found) == count
    assert [value["id"] for value in found[:5]] == [f"dice-{number}" for number in range(5)]
    assert [value["id"] for value in found[-2:]] == ["many/0", "many/1"]
    by_tenant = {value["tenant"]: value for value in found}
    assert {tenant: value["lane"] for tenant, value in by_tenant.items()} == {
        "dice": "inline", "slow": "lane", "endless": "lane", "bad": "inline", "never": "inline", "nobody": "inline",
    }  # fmt: skip
    assert [value["read"] for value in found if value["tenant"] == "slow"] == [[], ["Cookie"]]
    assert by_tenant["slow"]["answer"]["modified_headers"] == {"X-Seen": "[masked]"}
    assert by_tenant["endless"]["error"]["kind"] == "instructions"
    assert by_tenant["endless"]["limits"]["instructions"] == 1_000_000
    assert b"s3cr3t" not in file.read_bytes()
    result = replay_logs([file])
    assert (result.good, result.records) == (True, count)
    assert result.findings.not_replayable == {"no script ran": 2, "the script read a masked header or a secret": 1}


def test_workers_have_a_chain_each_and_a_restart_goes_on(tmp_path: Path, scripts: Path) -> None:
    file = tmp_path / "decisions.log"
    for round_ in (1, 2):
        with server_process(scripts, "--workers", "2", "--decision-log", str(file)) as server:
            for _ in range(20):
                assert server.client.route("dice", {}).status == 200
            assert server.terminate() == 0
        result = replay_logs([file])
        assert (result.good, result.records, len(result.heads)) == (True, 20 * round_, 2)


def test_two_workers_seal_what_they_write(tmp_path: Path, scripts: Path) -> None:
    file, notes = tmp_path / "decisions.log", tmp_path / "elsewhere" / "anchors"
    key = make_key(tmp_path / "seal")
    options = ["--decision-log", str(file), "--decision-log-anchors", str(notes), "--decision-log-seal"]
    with server_process(
        scripts, "--workers", "2", *options, str(tmp_path / "seal"),
        "--decision-log-anchor-seconds", "0.2", "--anchor-command", "/bin/false",
    ) as server:  # fmt: skip
        for _ in range(20):
            assert server.client.route("dice", {}).status == 200
        until(lambda: b"keystone_anchor_failures_total{worker=" in server.client.send("GET", "/metrics").body)
        failures = re.compile(rb"^keystone_anchor_failures_total\S* ([1-9]\S*)", re.M)
        until(lambda: failures.search(server.client.send("GET", "/metrics").body) is not None)
        assert server.terminate() == 0
    result = replay_logs([file], anchors=[notes], seal_key=bytes.fromhex(key))
    assert (result.good, result.records, result.anchored.problems) == (True, 20, [])  # type: ignore[union-attr]
    assert [covered.after for covered in result.anchored.covered] == [0, 0]  # type: ignore[union-attr]
    said = [line for line in server.logged() if "cannot be anchored: /bin/false: exit code 1" in line]
    assert len(said) == 2  # once each, however often it failed


def test_a_killed_servers_log_is_whole_lines_and_goes_on(tmp_path: Path, scripts: Path) -> None:
    file = tmp_path / "decisions.log"
    with server_process(scripts, "--decision-log", str(file)) as server:
        assert server.client.route("dice", {}).status == 200
        server.process.send_signal(signal.SIGKILL)
        server.process.wait(10)
    with server_process(scripts, "--decision-log", str(file)) as server:
        assert server.client.route("dice", {}).status == 200
        assert server.terminate() == 0
    result = replay_logs([file])
    assert result.good
    assert result.records in (1, 2)  # what was asked in the last 50 ms may be lost with the process


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_moved_log_is_reopened_at_sighup(tmp_path: Path, scripts: Path, workers: str) -> None:
    """As logrotate moves it."""
    file = tmp_path / "decisions.log"
    files = [file, worker_file(file, 1)][: int(workers)]

    def written() -> bool:
        return all(path.exists() and path.stat().st_size for path in files)

    with server_process(scripts, "--workers", workers, "--decision-log", str(file)) as server:
        moved = []
        for round_ in range(3):
            for _ in range(10):
                assert server.client.route("dice", {}).status == 200
            until(written)
            for path in files:
                moved.append(path.with_name(f"{path.name}-2026113{round_}"))
                path.rename(moved[-1])
            server.process.send_signal(signal.SIGHUP)
            until(lambda: all(path.exists() for path in files))
        assert server.client.route("dice", {}).status == 200
        assert server.terminate() == 0
    result = replay_logs([*moved, file])
    assert (result.good, result.records, len(result.heads)) == (True, 31, int(workers)), result.breaks
    said = [line for line in server.logged() if "the log was moved" in line]
    assert len(said) == 3 * int(workers)
    assert sum("scripts loaded" in line for line in server.logged()) >= 2  # SIGHUP reloads too


def test_what_was_removed_is_counted(tmp_path: Path, scripts: Path) -> None:
    file = tmp_path / "decisions.log"
    with server_process(scripts, "--decision-log", str(file)) as server:
        for _ in range(10):
            assert server.client.route("dice", {}).status == 200
        until(lambda: len(records(file)) == 10)
        file.unlink()
        counted = 'keystone_decisions_not_recorded_total{worker="0"} 11.0'  # with the start
        until(lambda: counted in server.client.send("GET", "/metrics").body.decode())
        assert server.client.route("dice", {}).status == 200
        assert server.terminate() == 0
    result = replay_logs([file])
    assert (result.records, result.findings.dropped) == (1, 11)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_log_in_step_loses_nothing_to_a_kill(tmp_path: Path, scripts: Path, workers: str) -> None:
    file = tmp_path / "decisions.log"
    answered = 0
    options = ["--workers", workers, "--decision-log", str(file), "--decision-log-sync"]
    with server_process(scripts, *options) as server:
        for tenant in ("dice", "slow", "bad"):
            for _ in range(5):
                assert server.client.route(tenant, {}).status in (200, 500)
                answered += 1
        assert len(server.client.send("POST", "/route/dice/batch", "[{}, {}]").json) == 2
        killed = [int(pid) for pid in children(server.process.pid)] if workers == "2" else [server.process.pid]
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        files = [path for path in (file, worker_file(file, 1)) if path.exists()]
        assert sum(len(records(path)) for path in files) == answered + 2


def test_tenants_own_budgets_are_in_their_records(tmp_path: Path, scripts: Path) -> None:
    file = tmp_path / "decisions.log"
    settings = tmp_path / "settings.toml"
    settings.write_text("[tenants.endless]\nmax-instructions = 1234\n")
    with server_process(scripts, "--decision-log", str(file), "--config", str(settings)) as server:
        for tenant in ("endless", "dice"):
            server.client.route(tenant, {})
        assert server.terminate() == 0
    assert [value["limits"]["instructions"] for value in records(file)] == [1234, Limits().instructions]
    assert replay_logs([file]).findings.same == 2


def test_what_cannot_be_used_is_said_at_the_start(
    tmp_path: Path, scripts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").mkdir()
    short = tmp_path / "short"
    short.write_text("fifteen bytes..\n")
    log = str(tmp_path / "decisions.log")
    for options, message in (
        (["--decision-log", str(tmp_path / "folder")], f"cannot write {tmp_path}/folder: Is a directory"),
        (["--decision-log", log, "--decision-log-key", str(short)], f"{short}: the key has 15 bytes"),
        (["--decision-log", log, "--decision-log-key", f"{log}.no"], f"cannot read {log}.no: No such file"),
        (["--decision-log", log, "--decision-log-mask", "a,b c"], "has 'b c', which is no header name"),
        (["--decision-log", log, "--decision-log-bytes", "1"], "is no whole number from 4096"),
        (["--decision-log", log, "--anchor-command", "no-such-command"], "no-such-command: no such command"),
        (["--decision-log", log, "--anchor-command", "'"], "No closing quotation"),
        (["--decision-log", log, "--decision-log-anchors", str(tmp_path / "folder")], f"cannot use {tmp_path}/folder"),
        (["--decision-log", log, "--decision-log-seal", str(short)], "decision-log-seal needs decision-log-anchors"),
        (
            ["--decision-log", log, "--decision-log-anchors", f"{log}.a", "--decision-log-seal", str(short)],
            f"cannot use {short}: must be this user's alone",
        ),
    ):
        assert main(["serve", "-addr", "127.0.0.1:0", "-scripts", str(scripts), *options]) == 2
        said = capsys.readouterr().err
        assert message in said
        assert said.count("\n") == 1
