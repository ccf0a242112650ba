"""``gateway``: the reference gateway."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ..server.settings.config import LOG_FORMATS, LOG_LEVELS, Address
from ..server.settings.reader import tcp_address
from .options import UsageError, need
from .output import counted, say

if TYPE_CHECKING:
    from .options import Commands


def add_commands(commands: Commands) -> None:
    """Add this module's commands."""
    gateway = commands.add_parser("gateway", help="route requests to tenants' services", allow_abbrev=False)
    gateway.add_argument("--config", required=True, metavar="FILE", help="tenant file, YAML")
    gateway.add_argument(
        "--addr", metavar="[HOST]:PORT", default=":8080", help="where to listen (default %(default)s: every address)"
    )
    gateway.add_argument("--check", action="store_true", help="read the tenant file, say whether it is good, and end")
    gateway.add_argument("--log-level", choices=LOG_LEVELS, default="info", help="default %(default)s")
    gateway.add_argument("--log-format", choices=LOG_FORMATS, default="console", help="default %(default)s")
    gateway.add_argument(
        "--metrics-addr", metavar="[HOST]:PORT", help="where to answer GET /metrics, which names tenants and services"
    )
    gateway.set_defaults(command=_gateway)


def _gateway(options: argparse.Namespace) -> int:
    need("gateway", "gateway", "aiohttp", "ruamel.yaml")
    from ..gateway.tenant_file import TenantFileError, read_tenant_file

    address = _address("--addr", options.addr)
    metrics = None if options.metrics_addr is None else _address("--metrics-addr", options.metrics_addr)
    try:
        config = read_tenant_file(Path(options.config))
    except TenantFileError as error:
        raise UsageError(str(error)) from None
    if options.check:
        say(f"{options.config}: {counted(len(config.tenants), 'tenant')}")
        return 0
    from ..gateway.app import Place, run

    shown = None if metrics is None else Place(metrics.host, metrics.port)
    return run(config, address.host, address.port, options.log_level, options.log_format, shown)


def _address(flag: str, text: str) -> Address:
    try:
        return tcp_address(text)
    except ValueError as error:
        raise UsageError(f"{flag}: {text!r} {error}") from None
