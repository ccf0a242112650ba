"""``lsp``: the language server, for editors to start.

Input: messages on standard input. Output: messages on standard output. Refuses, with `UsageError`, a terminal, and an
install without the extra.
"""

from __future__ import annotations

import argparse
import os
import stat
import sys
from typing import TYPE_CHECKING

from .options import UsageError, add_switches, need

if TYPE_CHECKING:
    from .options import Commands


def add_commands(commands: Commands) -> None:
    """Add this module's command."""
    lsp = commands.add_parser("lsp", help="the language server, for an editor to start")
    lsp.add_argument("--stdio", action="store_true", help="as some editors ask for; there is no other way")
    lsp.add_argument("--plain", action="store_true", help="scripts are for exec: they need no on_route_request")
    add_switches(lsp)
    lsp.set_defaults(command=_lsp)


def _lsp(options: argparse.Namespace) -> int:
    need("lsp", "lsp", "pygls")
    if sys.stdin is None or sys.stdout is None or not _is_pipe(sys.stdin.fileno()):
        raise UsageError("lsp is for editors to start, which speak to it through a pipe: docs/editors.md")
    from ..authoring.language_server.pipe import serve
    from ..authoring.language_server.server import Server

    return serve(Server(options.plain, (options.allow_load, options.inert_io)))


def _is_pipe(descriptor: int) -> bool:
    mode = os.fstat(descriptor).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
