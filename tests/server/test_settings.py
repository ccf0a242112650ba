"""Flags, environment and file in, settings out; bad ones make one line that names where they stand."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from keystone_lua.server.settings.config import Address, ServerConfig, Tls
from keystone_lua.server.settings.reader import SETTINGS, ConfigError, Settings, add_arguments, read_settings
from tests.server.support import run


def settings(*arguments: str, **environment: str) -> Settings:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return read_settings(vars(parser.parse_args(arguments)), environment)


def configured(*arguments: str, **environment: str) -> ServerConfig:
    return settings(*arguments, **environment).config()


def test_the_defaults() -> None:
    assert configured() == ServerConfig()


@pytest.mark.parametrize(
    "arguments",
    [
        ("-addr", ":9000", "-scripts", "./x"),
        ("--addr", ":9000", "--scripts", "./x"),
        ("-addr=:9000", "-scripts=./x"),
        ("--addr=:9000", "--scripts=./x"),
    ],
)
def test_one_dash_and_two(arguments: tuple[str, ...]) -> None:
    config = configured(*arguments)
    assert (config.address, config.scripts) == (Address("", 9000), Path("x"))


# single values


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (":8081", Address("", 8081)),
        (":0", Address("", 0)),
        (":65535", Address("", 65535)),
        ("127.0.0.1:8081", Address("127.0.0.1", 8081)),
        ("localhost:1", Address("localhost", 1)),
        ("[::1]:8081", Address("::1", 8081)),
        ("[::]:8081", Address("::", 8081)),
        ("unix:/run/keystone.sock", Address("", 0, "/run/keystone.sock")),
        ("unix:" + "x" * 107, Address("", 0, "x" * 107)),
    ],
)
def test_addresses(text: str, address: Address) -> None:
    assert configured("-addr", text).address == address
    assert str(address) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "8081", ":", ":x", ":65536", ":-1", "::1:80", "[::1]", "[::1:80", "a b:80", "http://x:80", ":٣", ":80\n",
        "unix:", "unix:" + "x" * 108, "unix:a\0b",
    ],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^--addr: .* is no address; use "):
        configured(f"--addr={text}")


def test_limits() -> None:
    config = configured(
        "--max-body", "1", "--max-instructions", "2", "--max-memory", "3", "--max-depth", "4", "--max-log", "0"
    )  # fmt: skip
    limits = config.limits
    assert (config.max_body, limits.instructions, limits.memory, limits.depth, limits.log) == (1, 2, 3, 4, 0)
    assert limits.seconds == 5.0


NUMBERS = ["--max-body", "--max-instructions", "--max-memory", "--max-depth", "--max-log", "--workers"]


@pytest.mark.parametrize("flag", NUMBERS)
@pytest.mark.parametrize("value", ["-1", "1.5", "x", "", "1e3", "9" * 30, "٣"])
def test_bad_numbers(flag: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"^{flag}: "):
        configured(f"{flag}={value}")


@pytest.mark.parametrize("flag", ["--max-body", "--max-instructions", "--max-memory", "--max-depth", "--workers"])
def test_zero_is_no_budget(flag: str) -> None:
    with pytest.raises(ConfigError):
        configured(flag, "0")


@pytest.mark.parametrize(
    ("flag", "good", "bad"),
    [
        ("--max-depth", "16000", "16001"),
        ("--workers", "256", "257"),
        ("--drain-seconds", "4", "4.1"),
        ("--notice-seconds", "0", "601"),
        ("--body-seconds", "0.5", "0"),
        ("--idle-seconds", "86400", "86401"),
        ("--log-level", "debug", "loud"),
        ("--log-format", "json", "xml"),
        ("--watch", "on", "maybe"),
        ("--admin-token", "aZ09-._~+/==", "two words"),
        ("--scripts", "x", ""),
    ],
)
def test_both_sides_of_a_bound(flag: str, good: str, bad: str) -> None:
    configured(f"{flag}={good}")
    with pytest.raises(ConfigError, match=f"^{flag}: "):
        configured(f"{flag}={bad}")


def test_a_switch_needs_no_value() -> None:
    assert configured("--watch").watch
    assert not configured("--watch=false").watch
    assert configured(KEYSTONE_LUA_WATCH="1").watch


def test_tls_needs_both_files() -> None:
    assert configured("--tls-cert", "c", "--tls-key", "k").tls == Tls(Path("c"), Path("k"))
    with pytest.raises(ConfigError, match=r"^--tls-cert: tls-cert needs tls-key"):
        configured("--tls-cert", "c")
    with pytest.raises(ConfigError, match=r"^KEYSTONE_LUA_TLS_CLIENT_CA: tls-client-ca needs tls-cert"):
        configured(KEYSTONE_LUA_TLS_CLIENT_CA="c")


# where values come from


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "keystone.toml"
    path.write_text(
        'addr = ":1"\nmax-body = 100\nmax-log = 7\nwatch = true\nbody-seconds = 2.5\nadmin-token = "hush"\n'
        '[tenants.canary]\nmax-instructions = 5\n[tenants."a b"]\nmax-memory = "6"\n'
    )
    return path


def test_flags_beat_the_environment_and_that_the_file(file: Path) -> None:
    given = settings(
        "--config", str(file), "--addr", ":3", KEYSTONE_LUA_ADDR=":2", KEYSTONE_LUA_MAX_BODY="200"
    )  # fmt: skip
    shown = {value.name: (value.text, value.source) for value in given.all_values()}
    assert shown["addr"] == (":3", "--addr")
    assert shown["max-body"] == ("200", "KEYSTONE_LUA_MAX_BODY")
    assert shown["max-log"] == ("7", f"{file}: max-log")
    assert shown["log-level"] == ("info", "default")
    assert shown["tenants.canary.max-instructions"] == ("5", f"{file}: tenants.canary.max-instructions")
    config = given.config()
    assert (config.address, config.max_body, config.limits.log) == (Address("", 3), 200, 7)
    assert (config.watch, config.body_seconds, config.admin_token) == (True, 2.5, "hush")


def test_the_environment_names_the_file(file: Path) -> None:
    assert configured(KEYSTONE_LUA_CONFIG=str(file)).max_body == 100


def test_a_tenants_budgets_are_the_servers_but_for_its_own(file: Path) -> None:
    config = configured("--config", str(file), "--max-memory", "50", "--max-depth", "9")
    canary, other = config.limits_of("canary"), config.limits_of("nobody")
    assert (canary.instructions, canary.memory, canary.depth, canary.log, canary.seconds) == (5, 50, 9, 7, 5.0)
    assert config.limits_of("a b").memory == 6
    assert other == config.limits


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("adr = ':1'", "adr: no such setting; addr is one"),
        ("zzz = 1", "zzz: no such setting"),
        ("config = 'x'", "config: no such setting"),
        ("max-body = 1.5", "max-body: a fraction does not go here"),
        ("max-body = true", "max-body: true or false does not go here"),
        ("max-body = -1", "max-body: '-1' is no whole number from 1"),
        ("scripts = 5", "scripts: a number does not go here"),
        ("scripts = ['x']", "scripts: an array does not go here"),
        ("scripts = 2020-01-01", "scripts: a date or time does not go here"),
        ("[scripts]", "scripts: a table does not go here"),
        ("watch = 'maybe'", "watch: 'maybe' is neither true nor false"),
        ("tenants = 5", "tenants: is no table; use [tenants.NAME]"),
        ("[tenants]\na = 5", "tenants.a: is no table"),
        ("[tenants.a]\nmax-body = 5", "tenants.a.max-body: no such setting"),
        ("[tenants.a]\nallow-load = 1", "tenants.a.allow-load: a number does not go here"),
        ("[tenants.a]\nmax-depth = 16001", "tenants.a.max-depth: '16001' is no whole number from 1 to 16000"),
        ("addr = ", "Invalid value (at end of document)"),
        ("admin-token = 'a b'", "admin-token: the value is no bearer token"),
    ],
)
def test_a_mistake_in_the_file_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "keystone.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        configured("--config", str(path))
    assert str(caught.value).startswith(f"{path}: {message}")
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^KEYSTONE_LUA_CONFIG: cannot read .*missing: No such file"):
        configured(KEYSTONE_LUA_CONFIG=str(tmp_path / "missing"))
    (tmp_path / "latin").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        configured("--config", str(tmp_path / "latin"))


def test_a_value_of_the_environment_is_checked_like_any() -> None:
    with pytest.raises(ConfigError, match=r"^KEYSTONE_LUA_WORKERS: 'many' is no whole number"):
        configured(KEYSTONE_LUA_WORKERS="many")


def test_variables_that_are_none_are_named_but_for_those_of_kubernetes() -> None:
    given = settings(
        KEYSTONE_LUA_ADR=":1",
        KEYSTONE_LUA_PORT="tcp://10.0.0.1:8081",
        KEYSTONE_LUA_SERVICE_HOST="10.0.0.1",
        KEYSTONE_LUA_PORT_8081_TCP_ADDR="10.0.0.1",
        KEYSTONE_LUA_SERVICE_PORT_HTTP="8081",
        PATH="/bin",
    )
    assert given.unknown == ("KEYSTONE_LUA_ADR",)


# the command


def test_config_prints_every_value_with_its_source_and_no_secret(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYSTONE_LUA_LOG_LEVEL", "debug")
    done = run("config", "--config", file, "--workers", "2")
    assert (done.returncode, done.stderr) == (0, "")
    rows = {name: rest.split(None, 1) for name, _, rest in (line.partition(" ") for line in done.stdout.splitlines())}
    assert rows["workers"] == ["2", "--workers"]
    assert rows["log-level"] == ["debug", "KEYSTONE_LUA_LOG_LEVEL"]
    assert rows["max-body"] == ["100", f"{file}: max-body"]
    assert rows["admin-token"] == ["********", f"{file}: admin-token"]
    assert rows["idle-seconds"] == ["120", "default"]
    assert {setting.name for setting in SETTINGS} <= rows.keys()
    assert "hush" not in done.stdout
    as_json = json.loads(run("config", "--config", file, "--json").stdout)
    assert as_json["tenants.canary.max-instructions"]["value"] == "5"


@pytest.mark.parametrize("command", ["serve", "config", "health"])
def test_a_bad_value_is_one_line_and_exit_code_2(command: str) -> None:
    done = run(command, "--max-body", "lots")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "keystone-lua: --max-body: 'lots' is no whole number from 1\n"


def test_a_secret_is_not_repeated_in_its_error() -> None:
    done = run("config", "--admin-token", "my secret")
    assert done.returncode == 2
    assert "secret" not in done.stderr
