"""Counters and turns that are kept in globals: each request begins anew, so they count to one.

Only an assignment that a run makes once is looked at: counting within a request is everybody's own affair.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ....interpreter.syntax import nodes
from ..findings import Severity
from ..rule import Place
from ..script import GIVEN, LOOPS, Script
from .unknown_result_field import entry_points

CODE: Final = "lost-state"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "Nothing is kept from one request to the next: this counts to one."

_ADVICE: Final = "each request starts anew; for turns use request.sequence, for shares require('bucket')"


def places(script: Script) -> Iterator[Place]:
    """``count = count + 1`` of a global, of a local of the file, or of a field of one, straight in on_route_request."""
    functions = set(entry_points(script))
    for assign in script.each(nodes.Assign):
        function = script.function_of(assign)
        if function not in functions or _repeats(script, assign, function):
            continue
        for target, value in zip(assign.targets, assign.values, strict=False):
            owner = _owner(target)
            if owner is None or not _is_outer(script, owner, function) or not isinstance(value, nodes.Arithmetic):
                continue
            if any(_same(script, target, node) for node in script.each_in(value)) and _is_alone(script, owner, assign):
                yield Place(*script.start_of(target), f"'{owner.name}' counts from its first value, always: {_ADVICE}")


def _owner(target: Any) -> nodes.Name | None:
    """The variable that an assignment changes, or a field of."""
    while isinstance(target, nodes.Index):
        target = target.object
    return target if isinstance(target, nodes.Name) else None


def _repeats(script: Script, assign: nodes.Assign, function: Any) -> bool:
    for around in script.ancestors(assign):
        if around is function:
            return False
        if isinstance(around, LOOPS):
            return True
    return True


def _is_outer(script: Script, owner: nodes.Name, function: nodes.Function) -> bool:
    """Whether a variable is a global, or a local that is declared outside of the function."""
    variable = script.variable(owner)
    if variable is None:
        return owner.name not in GIVEN
    inside = (script.resolution.declared.get(node, ()) for node in script.each_in(function))
    return not any(variable in declared for declared in inside)


def _same(script: Script, target: Any, node: Any) -> bool:
    """Whether two expressions are written alike."""
    if isinstance(target, nodes.Name):
        return (
            isinstance(node, nodes.Name)
            and node.name == target.name
            and script.variable(node) is script.variable(target)
        )
    if isinstance(target, nodes.Index) and isinstance(node, nodes.Index) and _same(script, target.object, node.object):
        return _same(script, target.key, node.key)
    return type(target) is type(node) and getattr(target, "value", None) == getattr(node, "value", 0)


def _is_alone(script: Script, owner: nodes.Name, assign: nodes.Assign) -> bool:
    """Whether no other assignment in a function changes the variable: then this one counts what another began."""
    return not any(
        (other := _owner(target)) is not None
        and other.name == owner.name
        and script.variable(other) is script.variable(owner)
        and script.parents[target] is not assign
        and script.function_of(target) is not None
        for target in script.targets
    )
