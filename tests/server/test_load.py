"""The settings ``allow-load`` and ``inert-io``: for whom they are on, in the event loop and in lanes, in the decision log
and its replay."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keystone_lua.audit import replay_logs
from tests.server.support import server_process, write_scripts

SCRIPT = """
local LONG = %s
function on_route_request(request)
  local f = loadstring("return ... .. '" .. request.path .. "'", "=made")
  if not f then return {selected_backend = "refused"} end
  for i = 1, LONG do f = loadstring("local x = " .. i .. " return ... .. '" .. request.path .. "'") end
  return {selected_backend = f("loaded ")}
end
"""
GUARDED = """
function on_route_request() return {selected_backend = type(loadstring)} end
"""


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    folder = tmp_path / "scripts"
    write_scripts(folder, {"short.lua": SCRIPT % 0, "long.lua": SCRIPT % 20, "guarded.lua": GUARDED})
    return folder


def records(log: Path) -> list[dict[str, object]]:
    return [value for value in map(json.loads, log.read_bytes().splitlines()) if value["kind"] == "decision"]


def test_one_tenant_may_and_the_others_may_not(scripts: Path, tmp_path: Path) -> None:
    settings = tmp_path / "keystone.toml"
    settings.write_text("[tenants.short]\nallow-load = true\n\n[tenants.long]\nallow-load = true\n")
    log = tmp_path / "decisions.log"
    with server_process(scripts, "--config", str(settings), "--decision-log", str(log)) as server:
        for tenant, selected in (("short", "loaded /a"), ("long", "loaded /a"), ("guarded", "nil")):
            assert server.client.route(tenant, {"path": "/a"}).json["selected_backend"] == selected
        assert server.terminate() == 0
    found = {str(value["tenant"]): value for value in records(log)}
    assert found["long"]["lane"] == "lane"
    loads = {tenant: value["limits"].get("load") for tenant, value in found.items()}  # type: ignore[attr-defined]
    assert loads == {"short": True, "long": True, "guarded": None}
    result = replay_logs([log])
    assert (result.good, result.findings.same) == (True, 3)


def test_all_may_but_one(scripts: Path, tmp_path: Path) -> None:
    settings = tmp_path / "keystone.toml"
    settings.write_text("allow-load = true\n\n[tenants.short]\nallow-load = false\n")
    log = tmp_path / "decisions.log"
    with server_process(scripts, "--config", str(settings), "--decision-log", str(log)) as server:
        assert server.client.route("guarded", {}).json["selected_backend"] == "function"
        answer = server.client.route("short", {})
        assert answer.status == 500
        assert "loadstring is there only with the setting allow-load" in answer.json["error"]
        server.terminate()
    assert replay_logs([log]).good


def test_what_was_allowed_is_part_of_what_is_proved(scripts: Path, tmp_path: Path) -> None:
    """A record that says otherwise is another decision: the replay finds it."""
    log = tmp_path / "decisions.log"
    with server_process(scripts, "--allow-load", "--decision-log", str(log)) as server:
        server.client.route("short", {"path": "/a"})
        server.terminate()
    (line,) = [line for line in log.read_bytes().splitlines() if b'"kind":"decision"' in line]
    value = json.loads(line)
    assert value["limits"].pop("load") is True
    other = tmp_path / "other.log"
    text = json.dumps({**value, "number": 1, "prev": "0" * 64}, separators=(",", ":"))
    other.write_text(f"{text}\n")
    result = replay_logs([other], scripts=Path(f"{log}.scripts"))
    assert len(result.findings.differences) == 1
    assert "answer" in result.findings.differences[0].fields


def test_an_io_that_does_nothing_is_for_those_who_may_have_it_and_recorded(tmp_path: Path) -> None:
    folder, log, settings = tmp_path / "scripts", tmp_path / "decisions.log", tmp_path / "keystone.toml"
    looks = (
        "local LONG = %s function on_route_request() for i = 1, LONG do end return {selected_backend = type(io)} end"
    )
    write_scripts(folder, {"short.lua": looks % 0, "long.lua": looks % 200_000, "without.lua": looks % 0})
    settings.write_text("[tenants.short]\ninert-io = true\n\n[tenants.long]\ninert-io = true\n")
    with server_process(folder, "--config", str(settings), "--decision-log", str(log)) as server:
        for tenant, selected in (("short", "table"), ("long", "table"), ("without", "nil")):
            assert server.client.route(tenant, {}).json["selected_backend"] == selected
        assert server.terminate() == 0
    found = {str(value["tenant"]): value for value in records(log)}
    assert found["long"]["lane"] == "lane"
    had = {tenant: value["limits"].get("inert_io") for tenant, value in found.items()}  # type: ignore[attr-defined]
    assert had == {"short": True, "long": True, "without": None}
    result = replay_logs([log])
    assert (result.good, result.findings.same) == (True, 3)
