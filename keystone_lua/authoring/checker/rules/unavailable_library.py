"""Libraries and library functions that are not here."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from ....interpreter.modules import catalogue
from ....interpreter.signatures import LEFT_OUT
from ....interpreter.stdlib.registry import LIBRARIES
from ....interpreter.syntax import nodes
from ..findings import Severity
from ..library import library_of
from ..rule import Place
from ..script import Script

CODE: Final = "unavailable-library"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "The library or function does not exist in this engine, so its name is nil."

FOREIGN: Final = {
    "bit32": "that is Lua 5.2's; use bit",
    "utf8": "that is Lua 5.3's; strings are bytes here",
    "ngx": "that is OpenResty's; use request and the result's fields",
    "kong": "that is Kong's; use request and the result's fields",
    "jit": "that is LuaJIT's",
    "ffi": "that is LuaJIT's",
    "cjson": 'write local cjson = require "cjson"',
}
"""Globals of other hosts of Lua."""

ELSEWHERE: Final = {
    "string.split": "write it with string.gmatch",
    "string.trim": 'write it as s:match("^%s*(.-)%s*$")',
    "math.round": "write it as math.floor(x + 0.5)",
}
"""Functions that libraries of other hosts have, and what to write instead."""


def places(script: Script) -> Iterator[Place]:
    """Reads of such names that the script does not define itself and whose existence it does not test."""
    written = script.written_globals() | {script.path(target) for target in script.targets}
    tested = script.tested_paths()
    for node in script.each(nodes.Name, nodes.Index):
        path = script.path(node)
        if not path or node in script.targets or path in written or path in tested:
            continue
        library, _, member = path.partition(".")
        if library in written or library in tested:
            continue
        if not member and (library in FOREIGN or LEFT_OUT.get(library) == ()):
            why = FOREIGN.get(library, "it is left out for safety")
            yield Place(node.line, node.column, f"'{library}' does not exist in this engine: {why}")
        elif member and library and library in LIBRARIES and member not in LIBRARIES[library]:
            yield Place(*script.start_of(node), f"'{path}' does not exist in this engine{_advice(path)}")

    yield from _module_members(script)


def _module_members(script: Script) -> Iterator[Place]:
    """Members that a module of the routing library does not have."""
    library = library_of(script)
    for node in script.each(nodes.Index):
        if not isinstance(node.key, nodes.String) or node in script.targets:
            continue
        module = library.module(node.object)
        if module is None or node.key.value in (members := catalogue.paths(module)):
            continue
        close = get_close_matches(node.key.value, sorted(members), 1, 0.7)
        advice = f": did you mean '{close[0]}'?" if close else ""
        yield Place(*script.start_of(node), f"'{node.key.value}' does not exist in module '{module}'{advice}")


def _advice(path: str) -> str:
    library, _, member = path.partition(".")
    if path in ELSEWHERE:
        return f": {ELSEWHERE[path]}"
    if member in LEFT_OUT.get(library, ()):
        return ": it is left out for safety"
    close = get_close_matches(member, sorted(LIBRARIES[library]), 1, 0.7)
    return f": did you mean '{library}.{close[0]}'?" if close else ""
