"""``playground``: a page on this machine where scripts are written, checked, run and asked "what if"."""

from __future__ import annotations

import argparse
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..interpreter import MAX_DEPTH, Limits
from .options import UsageError, add_switches, at_least, need
from .output import say

if TYPE_CHECKING:
    from .options import Commands

PORT: Final = 8085
LOOPBACK: Final = "127.0.0.1"


def add_commands(commands: Commands) -> None:
    """Add this module's command."""
    limits = Limits()
    parser = commands.add_parser("playground", help="try scripts in the browser, on this machine alone")
    parser.add_argument("scripts", nargs="?", metavar="SCRIPTS", help="a scripts folder to open scripts from")
    parser.add_argument("--log", metavar="FILE", help='a decision log to open decisions from: "what if"')
    parser.add_argument(
        "--port", type=at_least(0, 65535), default=PORT, metavar="N", help="default %(default)s; 0: any"
    )
    count = at_least(0)
    parser.add_argument("--max-instructions", type=count, default=limits.instructions, metavar="N")
    parser.add_argument("--max-memory", type=count, default=limits.memory, metavar="BYTES")
    parser.add_argument("--max-depth", type=at_least(1, MAX_DEPTH), default=limits.depth, metavar="N")
    parser.add_argument("--max-log", type=count, default=limits.log, metavar="BYTES")
    add_switches(parser)
    parser.set_defaults(command=_playground)


def _playground(options: argparse.Namespace) -> int:
    need("playground", "server", "aiohttp")
    scripts, log = (None if text is None else Path(text) for text in (options.scripts, options.log))
    if scripts is not None and not scripts.is_dir():
        raise UsageError(f"no such folder: {scripts}")
    if log is not None and not log.is_file():
        raise UsageError(f"no such file: {log}")
    from ..playground.app import serve
    from ..playground.calls import Playground

    limits = Limits(
        instructions=options.max_instructions,
        memory=options.max_memory,
        depth=options.max_depth,
        log=options.max_log,
        load=options.allow_load,
        inert_io=options.inert_io,
    )
    try:
        listening = socket.create_server((LOOPBACK, options.port))
    except OSError as error:
        raise UsageError(f"cannot listen on {LOOPBACK}:{options.port}: {os.strerror(error.errno or 0)}") from None
    with listening:
        serve(Playground(scripts, log, limits), listening, _told)
    return 0


def _told(address: str) -> None:
    say(f"playground at {address}")
    say("The address has the key: who has it can run scripts here. Ctrl-C ends it.", flush=True)
