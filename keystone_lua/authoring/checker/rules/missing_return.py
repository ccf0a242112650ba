"""Paths through on_route_request that end without an answer, where other paths return one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ....interpreter.syntax import nodes
from ..findings import Severity
from ..rule import Place
from ..script import Script
from .unknown_result_field import entry_points
from .unreachable_code import block_leaves

CODE: Final = "missing-return"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "A way through on_route_request ends without a return: such requests are rejected."


def places(script: Script) -> Iterator[Place]:
    """At the function's end, if control can come there and another way has a return."""
    for function in entry_points(script):
        own = (node for node in script.each_in(function.body) if isinstance(node, nodes.Return))
        returns = [node for node in own if script.function_of(node) is function]
        if returns and not block_leaves(script, function.body):
            message = "a request that comes here is rejected: return an answer, or nil if that is meant"
            yield Place(function.end_line, script.place_of("end", function.end_line), message)
