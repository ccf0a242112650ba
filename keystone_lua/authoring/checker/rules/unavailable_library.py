"""Libraries and library functions that are not here."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from ....interpreter.modules import catalogue
from ....interpreter.signatures import INERT, LEFT_OUT, OTHER_GLOBALS, OTHER_MEMBERS, SWITCHED
from ....interpreter.stdlib.registry import LIBRARIES
from ....interpreter.syntax import nodes
from ..findings import Severity
from ..library import library_of
from ..rule import Place
from ..script import Script

CODE: Final = "unavailable-library"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "The library or function does not exist in this engine, so its name is nil."


def places(script: Script) -> Iterator[Place]:
    """Reads of such names that the script does not define itself and whose existence it does not test."""
    written = script.written_globals() | {script.path(target) for target in script.targets}
    tested = script.tested_paths()
    for node in script.each(nodes.Name, nodes.Index):
        path = script.path(node)
        if not path or node in script.targets or path in written or path in tested:
            continue
        library, _, member = path.partition(".")
        if library in written or library in tested or (library == INERT and script.has_io):
            continue
        if not member and (library in OTHER_GLOBALS or LEFT_OUT.get(library) == ()):
            why = OTHER_GLOBALS.get(library, "it is left out for safety")
            yield Place(node.line, node.column, f"'{library}' does not exist in this engine: {why}")
        elif not member and library in SWITCHED and not script.loads:
            yield Place(node.line, node.column, f"'{library}' is nil unless the setting allow-load is on")
        elif member and library and library in LIBRARIES and member not in LIBRARIES[library]:
            yield Place(*script.start_of(node), f"'{path}' does not exist in this engine{_advice(path)}")

    yield from _module_members(script)
    if script.has_io and INERT not in written:
        yield from _inert_calls(script)


def _inert_calls(script: Script) -> Iterator[Place]:
    """Calls of ``io`` where it is there and does nothing, whether the script asks for it or not."""
    for call in script.each(nodes.Call):
        path = script.path(call.function)
        if path.startswith(f"{INERT}.") and path != f"{INERT}.type":
            yield Place(*script.start_of(call), f"'{path}' only says that it is not available (setting inert-io)")


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
    if path in OTHER_MEMBERS:
        return f": {OTHER_MEMBERS[path]}"
    if member in LEFT_OUT.get(library, ()):
        return ": it is left out for safety"
    close = get_close_matches(member, sorted(LIBRARIES[library]), 1, 0.7)
    return f": did you mean '{library}.{close[0]}'?" if close else ""
