"""Writes to the request that nobody reads: only the answer can change what the backend gets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ....interpreter.analysis.scope import Variable
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
    last: dict[Variable | None, dict[str, tuple[int, int]]] = {
        request: _last_reads(script, request) for request in requests
    }
    for target in script.targets:
        field = _field(script, target, requests)
        if field is None or field.key.value not in _FIELDS:
            continue
        name, reads = field.key.value, last[script.variable(field.object)]
        if max(reads.get(name, _NOWHERE), reads.get("", _NOWHERE)) < (target.line, target.column):
            place = script.start_of(target)
            yield Place(*place, f"a write to request.{name} does not reach the backend: {_FIELDS[name]}")


_NOWHERE: Final = (0, 0)


def _last_reads(script: Script, request: Variable) -> dict[str, tuple[int, int]]:
    """Where each field is read last, by its name, and, by "", the request as a whole or a computed field."""
    found: dict[str, tuple[int, int]] = {}
    for read in script.reads.get(request, ()):
        parent = script.parents[read]
        name = ""
        if isinstance(parent, nodes.Index) and parent.object is read and isinstance(parent.key, nodes.String):
            name = parent.key.value
            if _is_written(script, parent):
                continue
        found[name] = max(found.get(name, _NOWHERE), (read.line, read.column))
    return found


def _field(script: Script, target: Any, requests: set[Variable]) -> Any:
    """``request.path`` of an assignment to it, or to a field of it."""
    while isinstance(target, nodes.Index):
        if isinstance(target.object, nodes.Name) and script.variable(target.object) in requests:
            return target if isinstance(target.key, nodes.String) else None
        target = target.object
    return None


def _is_written(script: Script, node: Any) -> bool:
    """Whether a field stands there only to be assigned to."""
    while node not in script.targets:
        above = script.parents[node]
        if not isinstance(above, nodes.Index) or above.object is not node:
            return False
        node = above
    return True
