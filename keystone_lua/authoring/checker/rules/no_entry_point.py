"""A tenant's script that defines no on_route_request."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from ....interpreter.syntax import nodes
from ..findings import Kind, Severity
from ..rule import Place
from ..script import ENTRY_POINT, Script

CODE: Final = "no-entry-point"
SEVERITY: Final[Severity] = "error"
TEXT: Final = "A tenant's script must define the global function on_route_request."


MOST_NAMES: Final = 1000
"""Globals that a misspelt name is looked for among."""


def places(script: Script) -> Iterator[Place]:
    """At the local of that name, if there is one, else at the first line."""
    if script.kind is not Kind.TENANT or ENTRY_POINT in script.written_globals():
        return
    for local in script.each(nodes.LocalFunction, nodes.Local):
        names = (local.name,) if isinstance(local, nodes.LocalFunction) else local.names
        if ENTRY_POINT in names:
            column = script.column_of(ENTRY_POINT, local)
            yield Place(local.line, column, f"{ENTRY_POINT} is local here and must be global: remove 'local'")
            return
    close = get_close_matches(ENTRY_POINT, sorted(script.written_globals())[:MOST_NAMES], 1, 0.6)
    for target in script.targets:
        if close and script.is_global(target, close[0]):
            column = script.column_of(close[0], target)
            yield Place(target.line, column, f"{ENTRY_POINT} is not defined: is '{close[0]}' meant to be it?")
            return
    yield Place(1, 1, f"{ENTRY_POINT} is not defined: every request would be answered 500; define it as a global")
