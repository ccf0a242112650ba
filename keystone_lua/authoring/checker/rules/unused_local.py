"""A local that nobody reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ....interpreter.syntax import nodes
from ..findings import Severity
from ..rule import Place
from ..script import Script

CODE: Final = "unused-local"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "A local that is never read can go; a name that begins with _ says that it is meant."


def places(script: Script) -> Iterator[Place]:
    """Locals and local functions. Parameters and loop variables have their place, as has one before a used one."""
    for node in script.each(nodes.Local, nodes.LocalFunction):
        variables = script.resolution.declared[node]
        used = [bool(script.reads.get(variable)) for variable in variables]
        for place, variable in enumerate(variables):
            name = variable.name
            if any(used[place:]) or name.startswith("_"):
                continue
            what = "local function" if isinstance(node, nodes.LocalFunction) else "local"
            how = "assigned but never read" if variable.assigned else "never used"
            yield Place(node.line, script.column_of(name, node), f"{what} '{name}' is {how}")
