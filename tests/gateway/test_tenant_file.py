"""The tenant file: what it says, and how mistakes in it are told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from keystone_lua.gateway.config import Engine, OnEngineFailure, Service
from keystone_lua.gateway.tenant_file import MAX_BYTES, TenantFileError, parse_tenant_file, read_tenant_file

DOCUMENTED = b"""
# The whole format.
lua_engine:
  enabled: true
  url: "http://lua-engine:8081"
  timeout: "500ms"
  max_body: 1000
admin_base_path: /admin
trusted_proxies: [10.0.0.0/8, "fd00::/8"]
tenants:
  - name: my-api
    domains: [API.example.com, www.example.com]
    path_prefix: /api
    lua_script: canary
    lua_engine_url: http://other-engine:8081/
    on_engine_failure: refuse
    health_interval: 30
    services:
      - name: api-stable
        url: http://api-v1:8080
        health: /health
        labels: {version: stable}
      - {name: api-canary, url: "https://api-v2/base/"}
  - name: plain
    path_prefix: /
    services: [{name: only, url: "http://[::1]:80"}]
"""

MINIMAL = """
lua_engine: {url: http://e}
tenants:
  - name: t
    domains: [a.example]
    services:
      - name: s
        url: http://s
"""


def test_the_whole_format() -> None:
    config = parse_tenant_file(DOCUMENTED, "t.yaml")
    assert config.admin_base_path == "/admin"
    assert [str(network) for network in config.trusted_proxies] == ["10.0.0.0/8", "fd00::/8"]
    assert config.bounds.script_body == 1000
    api, plain = config.tenants
    assert (api.name, api.domains, api.path_prefix) == ("my-api", ("api.example.com", "www.example.com"), "/api/")
    assert (api.lua_script, api.engine) == ("canary", Engine("http://other-engine:8081", 0.5))
    assert (api.on_engine_failure, api.health_interval) == (OnEngineFailure.REFUSE, 30.0)
    assert api.services == (
        Service("api-stable", "http://api-v1:8080", "/health"),
        Service("api-canary", "https://api-v2/base", None),
    )
    assert (plain.domains, plain.path_prefix, plain.lua_script, plain.engine) == ((), "/", None, None)
    assert plain.services == (Service("only", "http://[::1]:80"),)


def test_an_engine_that_is_not_enabled_is_not_asked() -> None:
    text = DOCUMENTED.replace(b"enabled: true", b"enabled: false")
    assert [tenant.engine for tenant in parse_tenant_file(text, "t.yaml").tenants] == [None, None]


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("name: t", "name: t\n    colour: red", "5:5: unknown key 'colour'; there are name, services, domains,"),
        ("    domains: [a.example]\n", "", "4:5: a tenant needs domains, or a path_prefix, or both"),
        ("name: t\n", "name: 12\n", "4:11: expected text, got a number; put it into quotes"),
        ("name: t\n", "name: a/b\n", "4:11: 'a/b' is no name"),
        ("name: t\n", "name: t\n    name: u\n", "5:5: 'name' is here already"),
        ("name: t\n", "name: t\n    lua_script: ..\n", "5:17: '..' is no script's name"),
        ("name: t\n", "name: t\n    on_engine_failure: guess\n", "5:24: 'guess' is none of round_robin, refuse"),
        ("name: t\n", "name: t\n    health_interval: never\n", "5:22: expected a time from 0.1s to 3600s"),
        ("name: t\n", "name: t\n    path_prefix: api\n", "5:18: 'api' is no plain path"),
        ("name: t\n", "name: t\n    path_prefix: /a/../b\n", "5:18: '/a/../b' is no plain path"),
        ("[a.example]", "[]", "5:14: expected a list with at least one entry, got an empty list"),
        ("[a.example]", "[a.example:80]", "5:15: 'a.example:80' is no host name"),
        ("[a.example]", '["*.example"]', "5:15: '*.example' is no host name"),
        ("http://s", "ftp://s", "8:14: 'ftp://s' is no URL like http://host:port"),
        ("http://s", "s:80", "8:14: 's:80' is no URL like http://host:port"),
        ("http://s", "http://u:p@s", "8:14: a URL may hold no user or password"),
        ("http://s", "http://s?a=1", "8:14: 'http://s?a=1' may be http://host:port and a plain path"),
        ("http://s", "http://s:99999", "8:14: 'http://s:99999' is no URL: Port out of range"),
        ("http://s", "http://s\n        health: health", "9:17: 'health' is no plain path"),
        ("http://s\n", "http://s\n      - {name: s, url: http://s2}\n", "9:16: the tenant has a service 's' already"),
        ("      - name: s\n        url: http://s\n", "      - {}\n", "7:9: 'name' is missing"),
        ("{url: http://e}", "{timeout: 61s}", "2:23: expected a time from 0.001s to 60s"),
        ("{url: http://e}", "{max_body: 131073}", "2:24: expected a whole number from 0 to 131072"),
        ("{url: http://e}", "{enabled: maybe}", "2:23: expected true or false"),
        ("{url: http://e}", "on", "2:13: expected a mapping, got text"),
        ("{url: http://e}", "[", "4:3: expected the node content, but found '-'"),
        ("{url: http://e}", "*missing", "2:13: found undefined alias 'missing'"),
        ("lua_engine: {url: http://e}", "trusted_proxies: [10.0.0.1/8]", "2:19: 10.0.0.1/8 has host bits set"),
        ("- name: t\n", "- <<: {a: b}\n    name: t\n", "4:5: expected text, got a merge key"),
    ],
)
def test_mistakes_have_a_place(old: str, new: str, error: str) -> None:
    assert old in MINIMAL
    with pytest.raises(TenantFileError) as raised:
        parse_tenant_file(MINIMAL.replace(old, new, 1).encode(), "t.yaml")
    assert str(raised.value).startswith(f"t.yaml:{error}")
    assert "\n" not in str(raised.value)


def test_a_script_needs_an_engine() -> None:
    text = MINIMAL.replace("name: t", "name: t\n    lua_script: x").replace("{url: http://e}", "{timeout: 1s}")
    with pytest.raises(TenantFileError, match=r"^t.yaml:5:17: a lua_script needs lua_engine.url"):
        parse_tenant_file(text.encode(), "t.yaml")


@pytest.mark.parametrize(
    ("second", "error"),
    [
        ("name: t\n    path_prefix: /", "there is a tenant 't' already"),
        ("name: u\n    domains: [b.example, A.example]", "tenant 'u': tenant 't' has a.example/ already"),
    ],
)
def test_two_tenants_for_the_same_requests(second: str, error: str) -> None:
    text = f"{MINIMAL}  - {second}\n    services: [{{name: s, url: http://s}}]\n"
    with pytest.raises(TenantFileError) as raised:
        parse_tenant_file(text.encode(), "t.yaml")
    assert str(raised.value) == f"t.yaml:9:5: {error}"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "t.yaml:1:1: is empty; 'tenants' is needed"),
        (b"tenants: 1", "t.yaml:1:10: expected a list with at least one entry, got a number"),
        (b"a: 1\nb: \xff", "t.yaml:2:4: is not UTF-8"),
        (b"a: \x00", "t.yaml:1:1: unacceptable character #x0000: special characters are not allowed"),
        (b"[" * 600, "t.yaml:1:33: is nested deeper than 32"),
        (b"[" * 32 + b"]" * 32, "t.yaml:1:1: expected a mapping, got a list"),
        (b"tenants: !!python/object/apply:os.system [echo]", "t.yaml:1:43: expected a mapping, got text"),
    ],
)
def test_files_that_are_none(data: bytes, error: str) -> None:
    with pytest.raises(TenantFileError) as raised:
        parse_tenant_file(data, "t.yaml")
    assert str(raised.value) == error


def test_size(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_bytes(DOCUMENTED.ljust(MAX_BYTES, b"\n"))
    assert len(read_tenant_file(path).tenants) == 2
    path.write_bytes(DOCUMENTED.ljust(MAX_BYTES + 1, b"\n"))
    with pytest.raises(TenantFileError, match=f"is larger than {MAX_BYTES} bytes"):
        read_tenant_file(path)


@pytest.mark.parametrize(
    ("content", "arguments", "error"),
    [
        ("tenants: 1", (), "t.yaml:1:10: expected a list with at least one entry, got a number"),
        (None, (), "t.yaml: cannot be read: No such file or directory"),
        (MINIMAL, ("--addr", "nonsense"), "--addr: 'nonsense' is no address; use :8081, 127.0.0.1:8081 or [::1]:8081"),
        (MINIMAL, ("--addr", "192.0.2.1:1"), "cannot listen on 192.0.2.1:1: Cannot assign requested address"),
    ],
)
def test_the_command_says_it_in_one_line(
    content: str | None, arguments: tuple[str, ...], error: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "t.yaml").write_text(content)
    command = [
        sys.executable,
        "-m",
        "keystone_lua",
        "gateway",
        "--config",
        "t.yaml",
        "--log-level",
        "error",
        *arguments,
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"keystone-lua: {error}\n")
