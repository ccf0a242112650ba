"""The command line: which commands there are, and what a wrong usage looks like.

Input: arguments. Output: the exit code: 0 good, 1 trouble in a script, 2 wrong usage. A module here adds its commands
with ``add_commands`` and imports what they need when they run; none decides anything.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from ..interpreter import COST_VERSION, ENGINE_VERSION
from . import checking, diffing, gateway, profiling, programs, replaying, serving, testing
from .options import UsageError

MODULES = (serving, programs, checking, testing, profiling, replaying, diffing, gateway)
"""In the order in which ``--help`` lists their commands."""


def main(arguments: Sequence[str] | None = None) -> int:
    """``keystone-lua``. Returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.command(options)
    except UsageError as error:
        print(f"keystone-lua: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    return code


def lua_engine(arguments: Sequence[str] | None = None) -> int:
    """``lua-engine``: the Go engine's command line, the same as ``keystone-lua serve``."""
    return main(["serve", *(sys.argv[1:] if arguments is None else arguments)])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="keystone-lua", description="Routing decisions by sandboxed Lua scripts.")
    parser.add_argument("--version", action="version", version=f"keystone-lua {ENGINE_VERSION} (costs {COST_VERSION})")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in MODULES:
        module.add_commands(commands)
    return parser
