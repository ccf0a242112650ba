"""Global functions that other gateways would call; this engine calls only on_route_request."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from ....interpreter.syntax import nodes
from ..findings import Kind, Severity
from ..rule import Place
from ..script import ENTRY_POINT, Script

CODE: Final = "unknown-hook"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "Nobody calls the function: of a tenant's script only on_route_request is called."

_RESPONSE: Final = "what is known of the response before goes into response_headers"
HOOKS: Final = {
    **dict.fromkeys(("access", "rewrite", "request", "on_request", "on_request_headers"), f"write {ENTRY_POINT}"),
    **dict.fromkeys(("response", "header_filter", "body_filter", "on_response", "on_response_headers"), _RESPONSE),
    **dict.fromkeys(("on_error", "on_log", "on_timeout"), "the gateway logs and retries; tags go into its log"),
    **dict.fromkeys(("init", "init_worker", "on_init", "on_load"), "the file's top level runs before it"),
}


def places(script: Script) -> Iterator[Place]:
    """Global functions of such names, and of any that begins with ``on_``, that the script does not call itself."""
    if script.kind is not Kind.TENANT:
        return
    is_missing = ENTRY_POINT not in script.written_globals()
    read = script.resolution.globals.reads
    for assign in script.each(nodes.Assign):
        for target, value in zip(assign.targets, assign.values, strict=False):
            if not script.is_global(target) or not isinstance(value, nodes.Function) or target.name in read:
                continue
            name = target.name
            if is_missing and get_close_matches(ENTRY_POINT, [name], 1, 0.6):
                continue  # no-entry-point tells that
            if name != ENTRY_POINT and (name in HOOKS or name.startswith("on_")):
                advice = HOOKS.get(name, f"only {ENTRY_POINT} is called")
                yield Place(target.line, script.column_of(name, target), f"nobody calls '{name}': {advice}")
