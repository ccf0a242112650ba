"""The command line: which commands there are, and what a wrong usage looks like.

Input: arguments. Output: the exit code: 0 good, 1 trouble in a script, 2 wrong usage or a Python that cannot run the
engine, 3 output that could not be written, 130 interrupted by the user. A module here adds its commands with
``add_commands`` and imports what they need when they run; none decides anything.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from ..implementation import below_large_frame
from ..interpreter import UnsuitablePython, require_suitable
from ..untrusted.text import printable
from . import output
from .options import UsageError

EXIT_USAGE: Final = 2
EXIT_WRITE: Final = 3
EXIT_INTERRUPTED: Final = 130
"""As shells report a process that SIGINT ended."""

MODULES: Final = {
    "serving": ("serve", "config", "health"),
    "programs": ("run", "exec"),
    "checking": ("check",),
    "testing": ("test",),
    "profiling": ("profile",),
    "reasons": ("why",),
    "dearest": ("worst",),
    "replaying": ("replay",),
    "diffing": ("diff",),
    "shipping": ("ship",),
    "sealing": ("seal",),
    "asking": ("log",),
    "dumping": ("dump",),
    "gateway": ("gateway",),
    "versions": ("versions",),
    "bundling": ("bundle",),
    "making": ("new", "types", "completion"),
    "playing": ("playground",),
    "editing": ("lsp",),
}
"""Module to its commands, in the order in which ``--help`` lists them. Only the one that is asked for is imported: all
of them would take a fifth of the time in which a server gives its first answer."""


def main(arguments: Sequence[str] | None = None) -> int:
    """``keystone-lua``. Returns the exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    return below_large_frame(lambda: _main(given))


def _main(given: Sequence[str]) -> int:
    try:
        output.prepare()
        try:
            return _command(given)
        finally:
            output.finish()
    except output.CannotWrite as error:
        output.abandon()
        return _told(f"could not write {error}", EXIT_WRITE)
    except KeyboardInterrupt:
        output.abandon()
        return _told("interrupted", EXIT_INTERRUPTED)


def _command(given: Sequence[str]) -> int:
    try:
        require_suitable()
        options = _parser(given).parse_args(given)
        code: int = options.command(options)
    except (UnsuitablePython, UsageError) as error:
        return _told(str(error), EXIT_USAGE)
    return code


def _told(text: str, code: int) -> int:
    with contextlib.suppress(output.CannotWrite):
        output.complain(f"keystone-lua: {text}")
    return code


class _Parser(argparse.ArgumentParser):
    """argparse's, whose complaints show arguments as they are."""

    def error(self, message: str) -> NoReturn:
        super().error(printable(message))


class _Version(argparse.Action):
    """``--version``, worked out only when it is asked for: the build is known by all of its files."""

    def __init__(self, option_strings: Sequence[str], dest: str, **more: Any) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, 0, **more)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from ..interpreter import COST_VERSION, ENGINE_VERSION

        output.say(f"keystone-lua {ENGINE_VERSION} (costs {COST_VERSION}, build {_build()})")
        parser.exit()


def _build() -> str:
    """What tells builds of one version apart: a hash of what is installed."""
    folder = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.suffix in (".py", ".lark", ".json", ".css", ".html", ".js", ".svg"):
            name = file.relative_to(folder).as_posix()
            digest.update(f"{name}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]


def lua_engine(arguments: Sequence[str] | None = None) -> int:
    """``lua-engine``: the Go engine's command line, the same as ``keystone-lua serve``."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    return main(["--version"] if given in (["--version"], ["-version"]) else ["serve", *given])


def whole_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    return _parser(())


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of the command that is asked for, or of all if none is."""
    parser = _Parser(prog="keystone-lua", description="Routing decisions by sandboxed Lua scripts.")
    parser.add_argument("--version", action=_Version, help="show the versions of engine, build and prices, and end")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    asked = arguments[0] if arguments else ""
    for name in [name for name, own in MODULES.items() if asked in own] or MODULES:
        importlib.import_module(f".{name}", __name__).add_commands(commands)
    return parser
