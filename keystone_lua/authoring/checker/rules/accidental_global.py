"""An assignment in a function that makes a global nobody declared: usually a forgotten ``local``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ....interpreter.syntax import nodes
from ..findings import Severity
from ..rule import Place
from ..script import ENTRY_POINT, GIVEN, Script
from .undefined_global import LIBRARY_GLOBALS

CODE: Final = "accidental-global"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "An assignment without local makes a global."


def places(script: Script) -> Iterator[Place]:
    """The first assignment, in a function, of each global that the main chunk does not assign."""
    inside: dict[str, nodes.Name] = {}
    declared = {ENTRY_POINT} | GIVEN | LIBRARY_GLOBALS
    for assign in script.each(nodes.Assign):
        names = [target for target in assign.targets if isinstance(target, nodes.Name) and script.is_global(target)]
        for target in names:
            if script.function_of(assign) is None:
                declared.add(target.name)
            else:
                inside.setdefault(target.name, target)
    for name, target in inside.items():
        if name not in declared:
            message = f"assignment to global '{name}' in a function: write 'local {name}', or assign it outside first"
            yield Place(target.line, target.column, message)
