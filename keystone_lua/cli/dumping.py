"""``dump``: what each stage of the compiler makes of a script."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ..interpreter import LuaSyntaxError
from ..interpreter.dump import STAGES, dump
from ..interpreter.levels import LEVEL_0, LEVEL_1
from ..interpreter.text import from_text, to_text
from .options import read_script_file
from .output import complain, say

if TYPE_CHECKING:
    from .options import Commands

_HELP = {
    "tokens": "the tokens",
    "tree": "the syntax tree",
    "types": "the types of locals that are proved",
    "prices": "what each line charges by its text",
    "python": "the generated Python, beside the Lua lines",
}


def add_commands(commands: Commands) -> None:
    """Add this module's commands."""
    parser = commands.add_parser("dump", help="show what a stage of the compiler makes of a script")
    parser.add_argument("script", help="a Lua file; - for standard input")
    stage = parser.add_mutually_exclusive_group(required=True)
    for name in STAGES:
        stage.add_argument(f"--{name}", dest="stage", action="store_const", const=name, help=_HELP[name])
    parser.add_argument("--level", type=int, choices=(0, 1), default=1, help="of optimisation (default 1)")
    parser.set_defaults(command=_dump)


def _dump(options: argparse.Namespace) -> int:
    source, modules = read_script_file(options.script)
    name = "stdin" if options.script == "-" else options.script
    try:
        for line in dump(options.stage, source, from_text(name), modules, (LEVEL_0, LEVEL_1)[options.level]):
            say(to_text(line))
    except LuaSyntaxError as error:
        complain(f"keystone-lua: {to_text(error.told)}")
        return 1
    return 0
