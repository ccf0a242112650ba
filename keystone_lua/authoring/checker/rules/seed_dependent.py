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
    """The first use of each: one is enough to know it of the script."""
    found = {}
    for node in script.each(nodes.Index):
        path = script.path(node)
        if path in _MESSAGES and path not in found:
            found[path] = node
    for path, node in found.items():
        yield Place(node.object.line, node.object.column, _MESSAGES[path])


_MESSAGES: Final = {
    "math.random": "the answer depends on the seed (math.random): tests and replays must give one",
    "math.randomseed": "the script's seed is mixed with the request's own (math.randomseed): "
    "for the same side for the same user ask require('bucket')",
}
