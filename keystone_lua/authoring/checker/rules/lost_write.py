"""Writes to the request that nobody reads: what the backend gets is said by the answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ....interpreter.syntax import nodes
from ..findings import Severity
from ..rule import Place
from ..script import Script
from .unknown_result_field import entry_points

CODE: Final = "lost-write"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "A change of the request does not reach the backend: it is a field of the answer."

_FIELDS: Final = {
    "method": "return modified_method",
    "path": "return modified_path",
    "host": "return modified_host",
    "query": "return modified_query",
    "headers": "return modified_headers, or remove_headers",
    "body": "a decision does not change bodies",
}


def places(script: Script) -> Iterator[Place]:
    """Assignments to a field, or to a header, that the script does not read behind them."""
    declared = [script.resolution.declared[function] for function in entry_points(script)]
    requests = {parameters[0] for parameters in declared if parameters}
    for target in script.targets:
        field = _field(script, target, requests)
        if field is not None and field.key.value in _FIELDS and not _is_read(script, target, field):
            name = field.key.value
            place = script.start_of(target)
            yield Place(*place, f"a write to request.{name} does not reach the backend: {_FIELDS[name]}")


def _field(script: Script, target: Any, requests: set[Any]) -> Any:
    """``request.path`` of an assignment to it, or to a field of it."""
    while isinstance(target, nodes.Index):
        if isinstance(target.object, nodes.Name) and script.variable(target.object) in requests:
            return target if isinstance(target.key, nodes.String) else None
        target = target.object
    return None


def _is_read(script: Script, target: Any, field: Any) -> bool:
    """Whether the field, or the whole request, is used behind the assignment; in a loop, anywhere."""
    variable = script.variable(field.object)
    behind = (target.line, target.column)
    for read in script.reads.get(variable, ()) if variable is not None else ():
        parent = script.parents[read]
        if read is field.object or (read.line, read.column) < behind:
            continue
        if not isinstance(parent, nodes.Index) or parent.object is not read:
            return True
        same = isinstance(parent.key, nodes.String) and parent.key.value == field.key.value
        if not isinstance(parent.key, nodes.String) or (same and not _is_written(script, parent)):
            return True
    return False


def _is_written(script: Script, node: Any) -> bool:
    """Whether a field stands there only to be assigned to."""
    while node not in script.targets:
        above = script.parents[node]
        if not isinstance(above, nodes.Index) or above.object is not node:
            return False
        node = above
    return True
