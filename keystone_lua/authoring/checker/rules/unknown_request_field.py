"""Fields of a request, or of a backend, that no gateway sends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from ....interpreter.analysis.scope import Variable
from ....interpreter.syntax import nodes
from ....routing.request_fields import ARGS, BACKEND_FIELDS, OWN
from ....routing.request_fields import FIELDS as DECLARED
from ..findings import Severity
from ..rule import Place
from ..script import Script
from .unknown_result_field import entry_points

CODE: Final = "unknown-request-field"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "The request, or the backend, has no such field: it is nil, always."

FIELDS: Final = (*(field.name for field in (*DECLARED, *OWN)), ARGS)
OF_BACKENDS: Final = tuple(field.name for field in BACKEND_FIELDS)

_MEANT: Final = {
    **dict.fromkeys(("url", "uri", "request_uri"), "request.path and request.query"),
    **dict.fromkeys(("ip", "remote_addr", "remote_ip", "client", "address"), "request.client_ip"),
    **dict.fromkeys(("cookie", "cookies"), "require('cookie').parse(request.headers.Cookie)"),
    **dict.fromkeys(("params", "parameters", "query_params"), "request.args"),
    "verb": "request.method",
    "json": "require('json').decode_safe(request.body)",
}
_MEANT_OF_BACKENDS: Final = {
    **dict.fromkeys(("healthy", "is_healthy", "up", "alive", "status"), "health"),
    **dict.fromkeys(("address", "adress", "addr", "host", "uri"), "url"),
    **dict.fromkeys(("tags", "metadata", "meta"), "labels"),
    "id": "name",
}
"""What other gateways call them."""


def places(script: Script) -> Iterator[Place]:
    """Reads of on_route_request's parameters, and of backends; what the script itself puts there it may read."""
    parameters = [script.resolution.declared[function] for function in entry_points(script)]
    requests = {found[0] for found in parameters if found}
    backends = _Backends(script, requests, {found[1] for found in parameters if len(found) > 1})
    written = {target.key.value for target in script.targets if _field(target) is not None}
    for node in script.each(nodes.Index):
        if not isinstance(node.key, nodes.String) or node.key.value in written:
            continue
        key = node.key
        if isinstance(node.object, nodes.Name) and script.variable(node.object) in requests:
            if key.value not in FIELDS:
                advice = _advice(key.value, FIELDS, _MEANT)
                yield Place(key.line, key.column, f"the request has no field '{key.value}': {advice}")
        elif key.value not in OF_BACKENDS and backends.has(node.object):
            advice = _advice(key.value, OF_BACKENDS, _MEANT_OF_BACKENDS)
            yield Place(key.line, key.column, f"a backend has no field '{key.value}': {advice}")


def _advice(name: str, fields: tuple[str, ...], meant: Mapping[str, str]) -> str:
    if name in meant:
        return f"use {meant[name]}"
    close = get_close_matches(name, fields, 1, 0.55)
    return f"did you mean '{close[0]}'?" if close else "docs/scripts.md lists those that it has"


class _Backends:
    """Which expressions are one of the backends: ``backends[1]``, a loop's variable, a local that is given one."""

    def __init__(self, script: Script, requests: set[Variable], lists: set[Variable]) -> None:
        self.script = script
        self.requests = requests
        self.lists = lists
        self.single: set[Variable] = set()
        for loop in script.each(nodes.GenericFor):
            declared = script.resolution.declared[loop]
            if len(declared) > 1 and self._is_walk(loop.values[0]):
                self.single.add(declared[1])
        for variable, value in script.initial.items():
            if not variable.assigned and self.has(value):
                self.single.add(variable)

    def has(self, node: Any) -> bool:
        """Whether an expression is a backend, as far as one sees."""
        if isinstance(node, nodes.Name):
            return self.script.variable(node) in self.single
        return isinstance(node, nodes.Index) and not isinstance(node.key, nodes.String) and self._is_list(node.object)

    def _is_list(self, node: Any) -> bool:
        if isinstance(node, nodes.Name):
            return self.script.variable(node) in self.lists
        is_field = isinstance(node, nodes.Index) and isinstance(node.key, nodes.String) and node.key.value == "backends"
        return is_field and isinstance(node.object, nodes.Name) and self.script.variable(node.object) in self.requests

    def _is_walk(self, node: Any) -> bool:
        is_call = isinstance(node, nodes.Call) and self.script.path(node.function) in ("ipairs", "pairs")
        return is_call and len(node.arguments) == 1 and self._is_list(node.arguments[0])


def _field(node: object) -> nodes.String | None:
    """The constant key of a field of a variable."""
    if isinstance(node, nodes.Index) and isinstance(node.object, nodes.Name) and isinstance(node.key, nodes.String):
        return node.key
    return None
