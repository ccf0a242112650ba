"""``seal``: a key for a server to seal the heads of its decision log with, and for an auditor to check them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ..audit.anchors import make_key
from .options import UsageError
from .output import say

if TYPE_CHECKING:
    from .options import Commands


def add_commands(commands: Commands) -> None:
    """Add this module's commands."""
    seal = commands.add_parser("seal", help="make a key that seals anchors of a decision log")
    seal.add_argument("file", metavar="FILE", type=Path, help="for serve --decision-log-seal; it must not exist yet")
    seal.set_defaults(command=_seal)


def _seal(options: argparse.Namespace) -> int:
    try:
        key = make_key(options.file)
    except OSError as error:
        raise UsageError(f"cannot write {options.file}: {error.strerror or error}") from None
    say(key)
    return 0
