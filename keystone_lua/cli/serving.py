"""``serve``: the HTTP server; ``config``: shows its settings; ``health``: whether a running one is ready."""

from __future__ import annotations

import argparse
import os
import re
import time
from typing import TYPE_CHECKING

from ..server.settings.reader import ConfigError, Settings, add_arguments, read_settings
from .options import UsageError, need, seconds
from .output import columns, complain, say, say_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..server.decisions.observers import ObserverFactory
    from .options import Commands


_COLUMN = 36
"""Characters of a name or value that `config` makes room for. A line with a longer one is longer."""


def add_commands(commands: Commands) -> None:
    """Add this module's commands."""
    serve = commands.add_parser("serve", help="answer gateways over HTTP", allow_abbrev=False)
    add_arguments(serve)
    serve.set_defaults(command=_serve)

    config = commands.add_parser("config", help="print serve's settings and where each comes from", allow_abbrev=False)
    add_arguments(config)
    config.add_argument("--json", action="store_true", help="one JSON object on standard output")
    config.set_defaults(command=_config)

    health = commands.add_parser(
        "health", help="ask a server with these settings whether it is ready: exit code 0, else 1", allow_abbrev=False
    )
    add_arguments(health)
    health.add_argument("--wait", type=seconds, default=0.0, metavar="SECONDS", help="ask again until it is, this long")
    health.add_argument("--path", metavar="PATH", help="what to ask, such as /-/health of the reference gateway")
    health.set_defaults(command=_health)


def _settings(options: argparse.Namespace) -> Settings:
    try:
        return read_settings(vars(options), os.environ)
    except ConfigError as error:
        raise UsageError(str(error)) from None


def _serve(options: argparse.Namespace) -> int:
    settings = _settings(options)
    try:
        config = settings.config()
    except ConfigError as error:
        raise UsageError(str(error)) from None
    need("serve", "server", "aiohttp", "prometheus_client", "pydantic")
    if config.grpc_address is not None:
        need("serve --grpc-addr", "server,grpc", "h2", "google.protobuf")
    if config.bundle_keys is not None:
        from .bundling import keys_in

        keys_in(str(config.bundle_keys))
    from ..server.process.lean_start import lean_start

    with lean_start():
        from ..server.process.app import serve
        from .checking import findings_of

    observers: Sequence[ObserverFactory] = ()
    if config.decision_log is not None:
        from .recording import decision_log

        observers = decision_log(config)
    notes = [f"{name}: no such setting, ignored" for name in settings.unknown]
    return serve(config, observers, check=findings_of(config.limits_of), notes=notes)


def _config(options: argparse.Namespace) -> int:
    settings = _settings(options)
    try:
        settings.config()
    except ConfigError as error:
        raise UsageError(str(error)) from None
    rows = [(value.name, value.shown, value.source) for value in settings.all_values()]
    if options.json:
        say_json({name: {"value": shown, "source": source} for name, shown, source in rows})
        return 0
    names, values = (max(len(row[column]) for row in rows if len(row[column]) <= _COLUMN) for column in (0, 1))
    width = columns()
    for name, shown, source in rows:
        room = 0 if width is None else max(values, width - names - len(source) - 4)
        first, *others = _wrapped(shown, room) if room else [shown]
        say(f"{name:{names}}  {first:{values}}  {source}")
        for part in others:
            say(f"{'':{names}}  {part}")
    for name in settings.unknown:
        complain(f"keystone-lua: {name}: no such setting, ignored")
    return 0


def _wrapped(text: str, width: int) -> list[str]:
    """A list's text in lines of a terminal, each as many entries as ``width`` has room for; a pipe gets one line."""
    lines = [""]
    for entry in re.findall("[^,]*,|[^,]+", text):
        if lines[-1] and len(lines[-1]) + len(entry) > width:
            lines.append("")
        lines[-1] += entry
    return lines


def _health(options: argparse.Namespace) -> int:
    from ..server.process.probe import READY, ask

    settings = _settings(options)
    try:
        config = settings.config()
    except ConfigError as error:
        raise UsageError(str(error)) from None
    asked = settings.values["addr"].source == "--addr" and settings.values["admin-addr"].source != "--admin-addr"
    address = config.address if asked else config.admin_address or config.address
    until = time.monotonic() + options.wait
    path = options.path or READY
    healthy, said = ask(address, path, tls=config.tls is not None)
    while not healthy and time.monotonic() < until:
        time.sleep(0.05)
        healthy, said = ask(address, path, tls=config.tls is not None)
    (say if healthy else complain)(said)
    return 0 if healthy else 1
