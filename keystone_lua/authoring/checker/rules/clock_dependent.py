"""Whether an answer may depend on the run's clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ....interpreter.syntax import nodes
from ..findings import Severity
from ..rule import Place
from ..script import Script

CODE: Final = "clock-dependent"
SEVERITY: Final[Severity] = "note"
TEXT: Final = "The script reads the clock: its answer depends on the run's time."

_ARGUMENTS: Final = {"os.time": 1, "os.date": 2}
"""With so many arguments they convert a given time instead. ``os.clock`` counts instructions: no clock shows in it."""


def places(script: Script) -> Iterator[Place]:
    """The first use: one is enough to know it of the script."""
    for node in script.each(nodes.Call):
        path = script.path(node.function)
        if path in _ARGUMENTS and len(node.arguments) < _ARGUMENTS[path]:
            assert isinstance(node.function, nodes.Index)
            where = node.function.object
            yield Place(where.line, where.column, f"the answer depends on the clock ({path}): tests must give one")
            return
