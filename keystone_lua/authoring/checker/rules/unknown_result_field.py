"""Fields of an answer that the gateway does not know."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, Final

from ....interpreter.syntax import nodes
from ....routing.answer import FIELDS as DECLARED
from ..findings import Severity
from ..rule import Place
from ..script import ENTRY_POINT, Script

CODE: Final = "unknown-result-field"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "The gateway ignores fields of the result that it does not know."

FIELDS: Final = tuple(field.name for field in DECLARED)
USUAL: Final = FIELDS[:5]


_MEANT: Final = {
    **dict.fromkeys(("upstream", "server", "target", "destination", "service"), "selected_backend"),
    **dict.fromkeys(("headers", "set_headers", "request_headers"), "modified_headers"),
    **dict.fromkeys(("path", "rewrite", "uri", "url"), "modified_path"),
    **dict.fromkeys(("redirect", "location"), "reject_status = 302, with reject_headers = {Location = ...}"),
    **dict.fromkeys(("deny", "block", "denied", "blocked"), "reject"),
    **dict.fromkeys(("reason", "message", "error"), "reject_reason"),
    **dict.fromkeys(("code", "status", "status_code"), "reject_status"),
    "body": "reject_body",
    "host": "modified_host",
    "method": "modified_method",
    "query": "modified_query",
}
"""What other gateways call them."""


def places(script: Script) -> Iterator[Place]:
    """In what on_route_request returns, and, elsewhere, in tables that have a known field and a misspelt one."""
    answers = {table for function in entry_points(script) for table in _returned(script, function)}
    locals_ = {script.variable(node) for node in answers if isinstance(node, nodes.Name)} - {None}
    for local in script.each(nodes.Local):
        for variable, value in zip(script.resolution.declared[local], local.values, strict=False):
            if variable in locals_ and isinstance(value, nodes.Table):
                answers.add(value)
    for table in script.each(nodes.Table):
        names = [item.key for item in table.fields if isinstance(item.key, nodes.String)]
        is_answer = table in answers
        if is_answer or any(key.value in FIELDS for key in names):
            yield from (_place(key, key.value) for key in names if _is_wrong(key.value, is_answer))
    for target in script.targets:
        if isinstance(target, nodes.Index) and isinstance(target.object, nodes.Name):
            key = target.key
            if script.variable(target.object) in locals_ and isinstance(key, nodes.String) and key.value not in FIELDS:
                yield _place(key, key.value)


def _is_wrong(name: str, is_answer: bool) -> bool:
    return name not in FIELDS and (is_answer or bool(get_close_matches(name, FIELDS, 1, 0.75)))


def _place(key: nodes.String, name: str) -> Place:
    close = get_close_matches(name, FIELDS, 1, 0.5)
    if name in _MEANT:
        return Place(key.line, key.column, f"the gateway knows no result field '{name}': use {_MEANT[name]}")
    advice = (
        f"did you mean '{close[0]}'?" if close else f"it knows {', '.join(USUAL)} and {len(FIELDS) - len(USUAL)} more"
    )
    return Place(key.line, key.column, f"the gateway knows no result field '{name}': {advice}")


def entry_points(script: Script) -> Iterator[nodes.Function]:
    """The functions that are assigned to on_route_request."""
    for assign in script.each(nodes.Assign):
        for target, value in zip(assign.targets, assign.values, strict=False):
            if script.is_global(target, ENTRY_POINT) and isinstance(value, nodes.Function):
                yield value


def _returned(script: Script, function: nodes.Function) -> Iterator[Any]:
    for node in script.each_in(function.body):
        if isinstance(node, nodes.Return) and len(node.values) == 1 and script.function_of(node) is function:
            yield node.values[0]
