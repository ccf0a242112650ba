"""Fields of a request that no gateway sends."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from ....interpreter.syntax import nodes
from ....routing.request_fields import ARGS, OWN
from ....routing.request_fields import FIELDS as DECLARED
from ..findings import Severity
from ..rule import Place
from ..script import Script
from .unknown_result_field import entry_points

CODE: Final = "unknown-request-field"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "The request has no such field: it is nil, always."

FIELDS: Final = (*(field.name for field in (*DECLARED, *OWN)), ARGS)


def places(script: Script) -> Iterator[Place]:
    """Reads of on_route_request's first parameter; what the script itself puts there it may read."""
    parameters = [script.resolution.declared[function] for function in entry_points(script)]
    requests = {found[0] for found in parameters if found}
    written = {target.key.value for target in script.targets if _field(target) is not None}
    for node in script.each(nodes.Index):
        key = _field(node)
        if key is None or key.value in FIELDS or key.value in written:
            continue
        if script.variable(node.object) in requests:
            close = get_close_matches(key.value, FIELDS, 1, 0.5)
            advice = f"did you mean '{close[0]}'?" if close else "docs/scripts.md lists those that it has"
            yield Place(key.line, key.column, f"the request has no field '{key.value}': {advice}")


def _field(node: object) -> nodes.String | None:
    """The constant key of a field of a variable."""
    if isinstance(node, nodes.Index) and isinstance(node.object, nodes.Name) and isinstance(node.key, nodes.String):
        return node.key
    return None
