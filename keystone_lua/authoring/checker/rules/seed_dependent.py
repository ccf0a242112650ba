"""Whether an answer may depend on the run's seed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ....interpreter.syntax import nodes
from ..findings import Severity
from ..rule import Place
from ..script import Script

CODE: Final = "seed-dependent"
SEVERITY: Final[Severity] = "note"
TEXT: Final = "The script asks math.random: its answer depends on the run's seed."


def places(script: Script) -> Iterator[Place]:
    """The first use: one is enough to know it of the script."""
    for node in script.each(nodes.Index):
        if script.path(node) == "math.random":
            message = "the answer depends on the seed (math.random): tests and replays must give one"
            yield Place(node.object.line, node.object.column, message)
            return
