"""Calls of the routing library with too few or too many arguments, or with a colon where a dot belongs.

How many arguments a function takes is read from its own definition.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ....interpreter.modules import catalogue
from ....interpreter.runtime.values import ABSENT
from ....interpreter.stdlib.registry import Recipe
from ....interpreter.syntax import nodes
from ..findings import Severity
from ..library import LibraryCall, library_of
from ..rule import Place
from ..script import Script

CODE: Final = "wrong-arguments"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "The function of the routing library takes another number of arguments."

_SEVERAL: Final = (nodes.Call, nodes.MethodCall, nodes.Vararg, nodes.Chain)
"""What may answer any number of values as the last argument."""


def places(script: Script) -> Iterator[Place]:
    """Calls of modules' functions. Those of ngx that only say what to use instead take anything."""
    library = library_of(script)
    for found in library.calls():
        if (takes := arity(found.member.path)) is not None and (wrong := _wrong(found, *takes)):
            yield Place(*script.start_of(found.call), wrong)
    for call in script.each(nodes.MethodCall):
        module = library.module(call.object)
        if module is not None and call.method in catalogue.paths(module):
            message = (
                f"'{module}:{call.method}' gives the module as first argument: write '{module}.{call.method}(...)'"
            )
            yield Place(*script.start_of(call), message)


def arity(path: tuple[str, str]) -> tuple[int, int] | None:
    """The least and the greatest number of arguments of a module's function; None if it is no function, or takes none
    because it is not available."""
    file, name = path
    recipe = catalogue.members(file)[name]
    if not isinstance(recipe, Recipe) or (file == "ngx" and name in _STUBS):
        return None
    defaults = recipe.defaults or ()
    least = 0 if path in _ASKED else sum(default is ABSENT for default in defaults)
    return least, len(defaults)


_ASKED: Final = {
    ("json", name) for name in ("decode_array_with_array_mt", "encode_empty_table_as_object", "encode_number_precision")
}
"""Settings, which without an argument say how they stand."""
_STUBS: Final = frozenset({"exec", "exit", "log", "print", "redirect", "say", "sleep"})


def _wrong(found: LibraryCall, least: int, most: int) -> str | None:
    given = len(found.call.arguments)
    is_open = bool(given) and isinstance(found.call.arguments[-1], _SEVERAL)
    if (given >= least or is_open) and given - is_open <= most:
        return None
    takes = str(most) if least == most else f"{least} to {most}"
    return f"'{found.member.shown}' takes {takes} argument{'s' * (takes != '1')}, not {given}"
