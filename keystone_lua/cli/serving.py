"""``serve``: the HTTP server."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ..server.config import ConfigError, add_serve_arguments, config_from_arguments
from .options import UsageError

if TYPE_CHECKING:
    from .options import Commands


def add_commands(commands: Commands) -> None:
    """Add this module's commands."""
    serve = commands.add_parser("serve", help="answer gateways over HTTP", allow_abbrev=False)
    add_serve_arguments(serve)
    serve.set_defaults(command=_serve)


def _serve(options: argparse.Namespace) -> int:
    try:
        config = config_from_arguments(options)
    except ConfigError as error:
        raise UsageError(str(error)) from None
    from ..server.app import serve

    return serve(config)
