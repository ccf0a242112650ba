"""Secret values of a request: in no line of the server's log, in no metric, and where they are kept, kept apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.audit import replay_logs
from keystone_lua.audit.vault import Vault, read_vaults
from keystone_lua.cli import main

from .support import server_process, write_scripts

SECRETS = {
    "Authorization": "Bearer s3cr3t-bearer-value",
    "X-Amz-Security-Token": "s3cr3t-amazon-value",
    "X-Goog-Api-Key": "s3cr3t-google-value",
    "Api-Key": "s3cr3t-api-value",
    "X-CSRF-Token": "s3cr3t-csrf-value",
}
REQUEST: dict[str, Any] = {
    "path": "/pay?token=s3cr3t-token-value&page=2",
    "headers": SECRETS,
    "body": '{"user": "ann", "password": "s3cr3t-password-value", "card": {"number": "s3cr3t-card-value"}}',
}
ALL = """
    local all = r.path .. " " .. r.body
    for name, value in pairs(r.headers) do all = all .. " " .. name .. "=" .. value end
"""
SCRIPTS: dict[str, str | bytes] = {
    "says.lua": f"function on_route_request(r) {ALL} log(all) print(all) return {{selected_backend = 'b'}} end",
    "fails.lua": f"function on_route_request(r) {ALL} error('no: ' .. all) end",
    "long.lua": f"function on_route_request(r) {ALL} error(('x'):rep(9970) .. r.headers.Authorization) end",
    "lane.lua": f"""function on_route_request(r) {ALL}
        local n = 0 for i = 1, 100000 do n = n + i end log(all) error(all) end""",
    "forwards.lua": """function on_route_request(r)
        return {selected_backend = "b", modified_headers = {["X-Auth"] = r.headers.Authorization, ["X-Path"] = r.path}}
    end""",
    "compares.lua": """function on_route_request(r)
        local good = r.headers["Api-Key"] == "s3cr3t-api-value" and r.body:find("s3cr3t-password-value", 1, true)
        return {selected_backend = good and "inside" or "outside"}
    end""",
}  # fmt: skip
MASKS = ["--decision-log-mask-query", "token", "--decision-log-mask-fields", "password,card"]


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    return write_scripts(tmp_path / "scripts", SCRIPTS)


@pytest.mark.parametrize(
    "options", [[], ["--log-format", "json"], ["--decision-log", "d.log"]], ids=["", "json", "log"]
)
def test_no_log_line_and_no_metric_shows_a_secret(
    tmp_path: Path, scripts: Path, options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with server_process(scripts, *options, *MASKS, "--log-level", "debug") as server:
        trace = "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-s3cr3t-csrf-value"
        for tenant in ("says", "fails", "long", "lane", "forwards", "compares"):
            sent = {"X-Request-Id": "s3cr3t-api-value", "traceparent": trace}
            assert server.client.route(tenant, REQUEST, **sent).status in (200, 500)
        scraped = server.client.send("GET", "/metrics").body
        assert server.terminate() == 0
    said = "".join(server.logged())
    assert "s3cr3t" not in said
    assert b"s3cr3t" not in scraped
    assert said.count("[masked]") > 20
    assert "page=2" in said
    assert "ann" in said
    for file in tmp_path.glob("d.log"):
        assert b"s3cr3t" not in file.read_bytes()


def test_a_vault_makes_what_reads_secrets_replayable(
    tmp_path: Path, scripts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, vault, key = tmp_path / "d.log", tmp_path / "secret" / "vault", tmp_path / "key"
    key.write_text("a key of sixteen bytes or more")
    with server_process(
        scripts, "--decision-log", str(file), "--decision-log-key", str(key), "--vault", str(vault), *MASKS
    ) as server:
        for tenant in ("forwards", "compares", "fails", "compares", "says"):
            server.client.route(tenant, REQUEST)
        assert server.terminate() == 0
    assert b"s3cr3t" not in file.read_bytes()
    assert vault.stat().st_mode & 0o777 == 0o600
    assert sorted(read_vaults([vault]).values()) == sorted(
        [*SECRETS.values(), "s3cr3t-token-value", '"s3cr3t-password-value"', '{"number": "s3cr3t-card-value"}']
    )
    with_vault = replay_logs([file], vaults=[vault])
    assert (with_vault.good, with_vault.findings.same) == (True, 5), with_vault.findings
    without = replay_logs([file])
    assert without.good
    assert without.findings.not_replayable == {"the script read a masked header or a secret": 5}
    assert main(["replay", str(file), "--vault", str(vault)]) == 0
    assert "5 records: 5 same" in capsys.readouterr().out
    vault.write_text(vault.read_text().replace("s3cr3t-api-value", "another-v-value."))  # of the same length
    vault.chmod(0o600)
    assert len(replay_logs([file], vaults=[tmp_path / "secret" / ".." / "secret" / "vault"]).findings.differences) >= 2
    vault.chmod(0o640)
    assert main(["replay", str(file), "--vault", str(vault)]) == 2
    assert "must be this user's alone, mode 0600 (it is 0640)" in capsys.readouterr().err


def test_masked_parts_of_no_consequence_are_replayed_without_a_vault(tmp_path: Path, scripts: Path) -> None:
    write_scripts(scripts, {"path.lua": "function on_route_request(r) return {selected_backend = #r.path} end"})
    write_scripts(scripts, {"shows.lua": "function on_route_request(r) return {selected_backend = r.path} end"})
    file = tmp_path / "d.log"
    with server_process(scripts, "--decision-log", str(file), *MASKS) as server:
        for tenant in ("path", "shows"):
            server.client.route(tenant, {**REQUEST, "headers": {}})
        assert server.terminate() == 0
    shown = [value["request"] for value in map(json.loads, file.read_text().splitlines()) if "request" in value]
    assert shown[0]["path"][0] == "/pay?token="
    assert shown[0]["path"][1]["bytes"] == len("s3cr3t-token-value")
    assert shown[0]["path"][2] == "&page=2"
    found = replay_logs([file]).findings
    assert (found.same, found.not_replayable) == (1, {"a masked parameter or field has made a difference": 1})


def test_a_vault_that_others_can_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "vault").touch(0o644)
    (tmp_path / "vault").chmod(0o644)
    with pytest.raises(OSError, match="must be this user's alone"):
        Vault(tmp_path / "vault")


def test_a_vault_that_is_moved_goes_on_whole(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault")
    for name in ("one", "two"):
        vault.keep("a" * 64, "x")
        vault.keep("a" * 64, "x")
        vault.keep("b" * 64, "y")
        vault.write()
        assert not vault.ask()
        (tmp_path / "vault").rename(tmp_path / name)
        vault.keep("c" * 64, "z")
        vault.write()
    assert read_vaults([tmp_path / "one"]) == {"a" * 64: "x", "b" * 64: "y"}
    assert read_vaults([tmp_path / "two"]) == {"a" * 64: "x", "b" * 64: "y", "c" * 64: "z"}
