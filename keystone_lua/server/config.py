"""Settings of one server process.

In: parsed command-line arguments. Out: one frozen `ServerConfig`. Refuses: values out of range, with
`ConfigError`, whose text is one line fit for standard error. Imports the standard library and the
interpreter's limits only.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass, field
from pathlib import Path

from keystone_lua.interpreter.limits import MAX_DEPTH, MIB, Limits

LOG_LEVELS = ("debug", "info", "warning", "error")

WALL_CLOCK_SECONDS = 5.0
"""The backstop behind the instruction budget: no decision keeps a caller longer."""


MAX_LANES = 64


class ConfigError(Exception):
    """A setting that cannot be used. The text is one line."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen. An empty ``host`` means all addresses; port 0 lets the system choose."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """Everything that `keystone_lua.server.app.serve` needs to know."""

    scripts: Path = Path("scripts")
    """The scripts folder; tenants are the stems of the ``.lua`` files in it."""

    address: Address = Address("", 8081)

    limits: Limits = field(default_factory=lambda: Limits(seconds=WALL_CLOCK_SECONDS))
    """The budgets of every decision."""

    max_body: int = MIB
    """Bytes of one request body; a body of exactly this size passes."""

    lanes: int = 2
    """Processes for the runs that want more than a slice. With one, an endless run delays every other such run."""

    log_level: str = "info"
    """One of LOG_LEVELS. Decisions are logged at debug, scripts' own lines at info."""

    body_seconds: float = 10.0
    """How long one request body may take to arrive before the answer is 408."""

    idle_seconds: float = 120.0
    """How long a connection may stay without a whole request; a half-sent head counts as idle."""

    drain_seconds: float = 4.0
    """How long a request in flight may take after SIGTERM before its connection is dropped."""


def add_serve_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``serve`` to ``parser``, in the documented one-dash form and the usual one."""
    default = ServerConfig()
    parser.add_argument(
        "-addr",
        "--addr",
        metavar="[HOST]:PORT",
        default=str(default.address),
        help="where to listen: ':8081' is every address, '127.0.0.1:8081' one (default %(default)s)",
    )
    parser.add_argument(
        "-scripts",
        "--scripts",
        metavar="FOLDER",
        default=f"./{default.scripts}",
        help="folder of tenant scripts (default %(default)s)",
    )
    limits = default.limits
    _add_number(parser, "--max-body", default.max_body, "bytes of one request body")
    _add_number(parser, "--max-instructions", limits.instructions, "instructions of one decision")
    _add_number(parser, "--max-memory", limits.memory, "bytes allocated by one decision, cumulative")
    _add_number(parser, "--max-depth", limits.depth, "nested calls of one decision")
    _add_number(parser, "--max-log", limits.log, "bytes of log output of one decision")
    _add_number(parser, "--lanes", default.lanes, "processes for long runs")
    parser.add_argument(
        "--log-level",
        metavar="LEVEL",
        default=default.log_level,
        help=f"one of {', '.join(LOG_LEVELS)} (default %(default)s)",
    )


def config_from_arguments(arguments: argparse.Namespace) -> ServerConfig:
    """Return the settings that ``arguments`` ask for. Raises `ConfigError` for a value that cannot be used."""
    if arguments.log_level not in LOG_LEVELS:
        raise ConfigError(f"--log-level: {arguments.log_level!r} is none of {', '.join(LOG_LEVELS)}")
    return ServerConfig(
        scripts=Path(arguments.scripts),
        address=parse_address(arguments.addr),
        limits=Limits(
            instructions=_number(arguments, "max_instructions"),
            memory=_number(arguments, "max_memory"),
            depth=_number(arguments, "max_depth", maximum=MAX_DEPTH),
            log=_number(arguments, "max_log", minimum=0),
            seconds=WALL_CLOCK_SECONDS,
        ),
        max_body=_number(arguments, "max_body"),
        lanes=_number(arguments, "lanes", maximum=MAX_LANES),
        log_level=arguments.log_level,
    )


def parse_address(text: str) -> Address:
    """Read ``:8081``, ``127.0.0.1:8081``, ``localhost:8081`` or ``[::1]:8081``. Raises `ConfigError`."""
    match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+(?:%\w+)?)\]|([^:\[\]\s/]*)):([0-9]{1,5})", text, re.ASCII)
    if match is None or int(match[3]) > 65535:
        raise ConfigError(f"--addr: {text!r} is no address; use :8081, 127.0.0.1:8081 or [::1]:8081")
    return Address(match[1] or match[2] or "", int(match[3]))


def _add_number(parser: argparse.ArgumentParser, flag: str, default: int, what: str) -> None:
    # Kept as text: a bad value then becomes one line of ours and not argparse's usage text.
    parser.add_argument(flag, metavar="N", default=str(default), help=f"{what} (default %(default)s)")


def _number(arguments: argparse.Namespace, name: str, minimum: int = 1, maximum: int = 1 << 62) -> int:
    text = str(getattr(arguments, name))
    flag = "--" + name.replace("_", "-")
    if not re.fullmatch(r"[0-9]{1,19}", text, re.ASCII) or not minimum <= int(text) <= maximum:
        bound = f"from {minimum}" + (f" to {maximum}" if maximum < 1 << 62 else "")
        raise ConfigError(f"{flag}: {text!r} is no whole number {bound}")
    return int(text)
