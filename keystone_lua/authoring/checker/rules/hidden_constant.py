"""A function ``constant`` of the script's own that the engine does not see: it makes the constants itself, at load."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ....interpreter.syntax import nodes
from ..findings import Severity
from ..rule import Place
from ..script import Script

CODE: Final = "hidden-constant"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = (
    "A constant that is set through _G is not seen: constants are made when the script is loaded, by the engine's."
)

_NAME: Final = "constant"
_ADVICE: Final = "the engine's makes the constants all the same: write constant = ..., by its name"


def places(script: Script) -> Iterator[Place]:
    """Unless a file assigns it by its name as well."""
    if _NAME in script.resolution.globals.writes:
        return
    for target in script.each(nodes.Index):
        if target in script.targets and script.path(target) == f"_G.{_NAME}":
            yield Place(*script.start_of(target), f"'constant' is set through _G: {_ADVICE}")
    for call in script.each(nodes.Call):
        if script.path(call.function) == "rawset" and len(call.arguments) == 3:
            table, key, _ = call.arguments
            if script.is_global(table, "_G") and isinstance(key, nodes.String) and key.value == _NAME:
                yield Place(*script.start_of(call), f"'constant' is set through _G: {_ADVICE}")
