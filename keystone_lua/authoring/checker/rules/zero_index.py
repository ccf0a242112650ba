"""The first backend asked for as in other languages: Lua's lists begin at 1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ....interpreter.syntax import nodes
from ..findings import Severity
from ..rule import Place
from ..script import Script
from .unknown_result_field import entry_points

CODE: Final = "zero-index"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "Lists begin at 1: there is no backend at place 0."


def places(script: Script) -> Iterator[Place]:
    """``backends[0]``, and ``backends[i]`` in a loop over i from 0."""
    lists = {found[1] for function in entry_points(script) if len(found := script.resolution.declared[function]) > 1}
    from_zero = {
        script.resolution.declared[loop][0]: loop
        for loop in script.each(nodes.NumericFor)
        if isinstance(loop.start, nodes.Number) and loop.start.value == 0 and not isinstance(loop.step, nodes.Unary)
    }
    for node in script.each(nodes.Index):
        if not _is_backends(script, node.object, lists) or node in script.targets or script.is_tested(node):
            continue
        if isinstance(node.key, nodes.Number) and node.key.value == 0:
            yield Place(*script.start_of(node), "lists begin at 1: the first backend is backends[1]")
        elif isinstance(node.key, nodes.Name) and (variable := script.variable(node.key)) in from_zero:
            loop = from_zero.pop(variable)
            yield Place(
                loop.line, loop.column, "lists begin at 1: write for i = 1, #backends do, or use ipairs(backends)"
            )


def _is_backends(script: Script, node: Any, lists: set[Any]) -> bool:
    if isinstance(node, nodes.Index) and isinstance(node.key, nodes.String):
        return node.key.value == "backends" and isinstance(node.object, nodes.Name) and node.object.name == "request"
    if not isinstance(node, nodes.Name):
        return False
    return script.variable(node) in lists or (
        script.is_global(node, "backends") and "backends" not in script.written_globals()
    )
