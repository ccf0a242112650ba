"""Results of on_route_request that are not an answer: an answer is one table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ....interpreter.syntax import nodes
from ..findings import Severity
from ..rule import Place
from ..script import Script
from .unknown_result_field import entry_points

CODE: Final = "wrong-result"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "on_route_request answers one table; anything else fails, or is not looked at."

_NO_TABLE: Final = {
    nodes.String: "a text",
    nodes.Concat: "a text",
    nodes.Number: "a number",
    nodes.Arithmetic: "a number",
    nodes.Boolean: "true or false",
    nodes.Comparison: "true or false",
    nodes.Function: "a function",
}
_BACKEND: Final = frozenset({"name", "url"})


def places(script: Script) -> Iterator[Place]:
    """Values that are surely no table, a backend in place of an answer, a second value."""
    for function in entry_points(script):
        parameters = script.resolution.declared[function]
        backends = parameters[1] if len(parameters) > 1 else None
        for node in script.each_in(function.body):
            if not isinstance(node, nodes.Return) or not node.values or script.function_of(node) is not function:
                continue
            value = node.values[0]
            if what := _what(script, value, backends):
                yield Place(*script.start_of(value), f"the answer must be a table, not {what}: {_ADVICE}")
            elif len(node.values) > 1:
                second = node.values[1]
                message = "only the first result is looked at: headers and reasons are fields of the answer"
                yield Place(*script.start_of(second), message)


_ADVICE: Final = "write return {selected_backend = ...}, or {reject = true, reject_reason = ...}"


def _what(script: Script, value: Any, backends: Any) -> str | None:
    """What a value surely is, if that is no answer."""
    if isinstance(value, nodes.Index):
        if isinstance(value.key, nodes.String) and value.key.value in _BACKEND:
            return f"a backend's {value.key.value}"
        if backends is not None and isinstance(value.object, nodes.Name):
            return "a backend" if script.variable(value.object) is backends else None
    return _NO_TABLE.get(type(value))
