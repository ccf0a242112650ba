"""What tenants have in the settings besides budgets: read, given to scripts, recorded without secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.audit import replay_logs
from keystone_lua.routing.given_fields import TenantData
from keystone_lua.server.settings.reader import ConfigError, Settings, read_settings
from tests.server.support import server_process, write_scripts

SECRET = "hush-hush-4711"
SETTINGS = """
[tenants.shop]
config = {share = 20, names = ["a", "b"], on = true}
secrets = {key = {env = "SHOP_KEY"}, other = {file = "%s"}}
[[tenants.shop.backends]]
name = "old"
[[tenants.shop.backends]]
name = "new"
health = false
labels = {colour = "blue"}
"""


def read(folder: Path, text: str, environment: Mapping[str, str] | None = None) -> Settings:
    file = folder / "keystone.toml"
    file.write_text(text)
    return read_settings({"config": str(file)}, environment or {})


def test_all_of_it(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("other\n")
    settings = read(tmp_path, SETTINGS % (tmp_path / "secret"), {"SHOP_KEY": SECRET})
    assert settings.config().tenants["shop"] == TenantData(
        config={"share": 20, "names": ["a", "b"], "on": True},
        secrets={"key": SECRET, "other": "other"},
        backends=(
            {"name": "old", "url": "", "health": True},
            {"name": "new", "url": "", "health": False, "labels": {"colour": "blue"}},
        ),
    )
    shown = " ".join(f"{value.name} {value.shown} {value.source}" for value in settings.all_values())
    assert SECRET not in shown
    assert "tenants.shop.secrets.key env SHOP_KEY" in shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("config = 1", "config: is no table"),
        ("config = {a = 2026-01-01}", "config.a: expected text, a number, true, false, a list or an object"),
        ("config = {a = inf}", "config.a: expected text, a number, true, false, a list or an object"),
        ("secrets = 1", "secrets: is no table of at most 64 secrets"),
        ('secrets = {key = "x"}', 'secrets.key: use {file = "/run/secrets/x"} or {env = "X"}'),
        ('secrets = {"a b" = {env = "X"}}', "secrets.a b: is no name of a secret: letters, digits and _.-, 64 at most"),
        (
            'secrets = {key = {env = "NOT_THERE"}}',
            "secrets.key: env NOT_THERE has no text of 1 to 65536 bytes in UTF-8",
        ),
        ('secrets = {key = {file = "/nowhere"}}', "secrets.key: cannot read /nowhere: No such file or directory"),
        ("backends = [1]", "backends[0]: expected an object, got number"),
        ("backends = [2026-01-01]", "backends[0]: expected an object, got something else"),
        ('backends = [{name = "a", wieght = 1}]', "backends[0].wieght: no such field: did you mean 'weight'?"),
        ('backends = [{url = "a"}]', "backends[0].name: is empty, or is there already"),
        ('backends = [{name = "a"}, {name = "a"}]', "backends[1].name: is empty, or is there already"),
        ("confgi = {}", "confgi: no such setting; config is one"),
    ],
)
def test_mistakes_name_the_key(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, f"[tenants.shop]\n{text}")
    assert str(caught.value) == f"{tmp_path}/keystone.toml: tenants.shop.{message}"


SCRIPTS = {
    "shop.lua": """
function on_route_request(request, backends)
  for i = 1, tonumber(request.headers["X-Long"]) or 0 do end
  if request.path == "/leak" then print(request.secrets.key) return {tags = {key = request.secrets.key}} end
  return {
    selected_backend = request.config.names[request.sequence % 2 + 1], retries = #request.secrets.key,
    tags = {share = request.config.share},
  }
end""",
    "quiet.lua": """
function on_route_request(request, backends)
  return {selected_backend = backends[1] and backends[1].name or "none"}
end""",
}


def test_scripts_are_given_it_and_records_have_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_KEY", SECRET)
    folder = write_scripts(tmp_path / "scripts", SCRIPTS)
    settings = tmp_path / "keystone.toml"
    settings.write_text(
        '[tenants.shop]\nconfig = {share = 20, names = ["a", "b"]}\nsecrets = {key = {env = "SHOP_KEY"}}\n'
        '[tenants.quiet]\nconfig = {a = 1}\nbackends = [{name = "mine"}]\n'
    )
    log, vault = tmp_path / "decisions.log", tmp_path / "vault"
    recording = ("--decision-log", str(log), "--decision-log-vault", str(vault))
    with server_process(folder, "--config", str(settings), *recording) as server:
        sent: list[dict[str, Any]] = [{}, {"config": {"names": []}, "sequence": 4}, {"headers": {"X-Long": "20000"}}]
        answers = [server.client.send("POST", "/route/shop", json.dumps(each).encode()).json for each in sent]
        batch = server.client.send("POST", "/route/shop/batch", b"[{}, {}]").json
        leak = server.client.send("POST", "/route/shop", b'{"path": "/leak"}').json
        quiet = server.client.send("POST", "/route/quiet", b"{}").json
        forward = server.client.send("GET", "/forward/quiet", b"").headers
        assert server.terminate() == 0
    assert [answer["selected_backend"] for answer in [*answers, *batch]] == ["b", "a", "b", "a", "b"]
    assert answers[0] == {"selected_backend": "b", "retries": len(SECRET), "tags": {"share": "20"}}
    assert leak["tags"] == {"key": SECRET}  # what a script tells its gateway is its own to tell
    assert quiet == {"selected_backend": "none"}
    assert forward["x-keystone-backend"] == "mine"
    data = log.read_bytes()
    assert SECRET.encode() not in data
    logged = "".join(server.logged())
    assert SECRET not in logged
    assert "[masked]" in logged
    recorded = [json.loads(line) for line in data.splitlines()]
    requests = [each["request"] for each in recorded if each["kind"] == "decision"]
    assert [request.get("sequence") for request in requests] == [1, 2, 3, 4, 5, 6, None, None]
    assert "config" not in requests[-1]  # the script does not name it
    assert requests[0]["secrets"]["key"]["bytes"] == len(SECRET)
    closed, opened = replay_logs([log]), replay_logs([log], vaults=[vault])
    assert (closed.good, closed.findings.same, closed.findings.not_replayable.total()) == (True, 2, 6)
    assert (opened.good, opened.findings.same, opened.findings.not_replayable.total()) == (True, 8, 0)
