"""Arguments in, settings out; bad ones make one line."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from keystone_lua.server.config import (
    Address,
    ConfigError,
    ServerConfig,
    add_serve_arguments,
    config_from_arguments,
    parse_address,
)


def configured(*arguments: str) -> ServerConfig:
    parser = argparse.ArgumentParser()
    add_serve_arguments(parser)
    return config_from_arguments(parser.parse_args(arguments))


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
    ],
)
def test_addresses(text: str, address: Address) -> None:
    assert parse_address(text) == address
    assert str(address) == text


@pytest.mark.parametrize(
    "text",
    ["", "8081", ":", ":x", ":65536", ":-1", "::1:80", "[::1]", "[::1:80", "a b:80", "http://x:80", ":٣", ":80\n"],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ConfigError, match="is no address"):
        parse_address(text)


def test_limits() -> None:
    config = configured(
        "--max-body", "1", "--max-instructions", "2", "--max-memory", "3", "--max-depth", "4", "--max-log", "0"
    )  # fmt: skip
    limits = config.limits
    assert (config.max_body, limits.instructions, limits.memory, limits.depth, limits.log) == (1, 2, 3, 4, 0)
    assert limits.seconds == 5.0


@pytest.mark.parametrize("flag", ["--max-body", "--max-instructions", "--max-memory", "--max-depth", "--max-log"])
@pytest.mark.parametrize("value", ["-1", "1.5", "x", "", "1e3", "9" * 30, "٣"])
def test_bad_numbers(flag: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"^{flag}: "):
        configured(f"{flag}={value}")


@pytest.mark.parametrize("flag", ["--max-body", "--max-instructions", "--max-memory", "--max-depth"])
def test_zero_is_no_budget(flag: str) -> None:
    with pytest.raises(ConfigError):
        configured(flag, "0")


def test_depth_has_a_ceiling() -> None:
    assert configured("--max-depth", "16000").limits.depth == 16000
    with pytest.raises(ConfigError):
        configured("--max-depth", "16001")


def test_log_levels() -> None:
    assert configured("--log-level", "debug").log_level == "debug"
    with pytest.raises(ConfigError, match="--log-level"):
        configured("--log-level", "loud")
