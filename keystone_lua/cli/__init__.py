"""The command line: which commands there are, and what a wrong usage looks like.

Input: arguments. Output: the exit code: 0 good, 1 trouble in a script, 2 wrong usage or a Python that cannot run the
engine. A module here adds its commands with ``add_commands`` and imports what they need when they run; none decides
anything.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Final

from ..interpreter import UnsuitablePython, require_suitable
from .options import UsageError

MODULES: Final = {
    "serving": ("serve", "config", "health"),
    "programs": ("run", "exec"),
    "checking": ("check",),
    "testing": ("test",),
    "profiling": ("profile",),
    "replaying": ("replay",),
    "diffing": ("diff",),
    "gateway": ("gateway",),
}
"""Module to its commands, in the order in which ``--help`` lists them. Only the one that is asked for is imported: all
of them would take a fifth of the time in which a server gives its first answer."""


def main(arguments: Sequence[str] | None = None) -> int:
    """``keystone-lua``. Returns the exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        require_suitable()
    except UnsuitablePython as error:
        print(f"keystone-lua: {error}", file=sys.stderr)
        return 2
    options = _parser(given).parse_args(given)
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


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of the command that is asked for, or of all if none is."""
    from ..interpreter import COST_VERSION, ENGINE_VERSION

    parser = argparse.ArgumentParser(prog="keystone-lua", description="Routing decisions by sandboxed Lua scripts.")
    parser.add_argument("--version", action="version", version=f"keystone-lua {ENGINE_VERSION} (costs {COST_VERSION})")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    asked = arguments[0] if arguments else ""
    for name in [name for name, own in MODULES.items() if asked in own] or MODULES:
        importlib.import_module(f".{name}", __name__).add_commands(commands)
    return parser
