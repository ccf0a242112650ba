"""Counters and round robins that are kept in globals: each request begins with fresh globals, so they count to one.

Only assignments that a run makes once are looked at: counting within a request is fine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from ....interpreter.analysis.scope import Variable
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
    functions = {function: _declared_in(script, function) for function in entry_points(script)}
    if not functions:
        return
    changes = Counter(_key(script, owner) for target in script.targets if (owner := _owner_inside(script, target)))
    for assign in script.each(nodes.Assign):
        function = script.function_of(assign)
        if function not in functions or _repeats(script, assign, function):
            continue
        for target, value in zip(assign.targets, assign.values, strict=False):
            owner = _owner(target)
            if owner is None or not isinstance(value, nodes.Arithmetic) or changes[_key(script, owner)] > 1:
                continue  # one that others change too counts what they began
            variable = script.variable(owner)
            is_outer = owner.name not in GIVEN if variable is None else variable not in functions[function]
            if is_outer and any(_same(script, target, node) for node in script.each_in(value)):
                yield Place(*script.start_of(target), f"'{owner.name}' counts from its first value, always: {_ADVICE}")


def _declared_in(script: Script, function: nodes.Function) -> set[Variable]:
    """The locals of a function, its parameters included."""
    declared = script.resolution.declared
    return {variable for node in script.each_in(function) for variable in declared.get(node, ())}


def _owner(target: Any) -> nodes.Name | None:
    """The variable that an assignment changes, or a field of."""
    while isinstance(target, nodes.Index):
        target = target.object
    return target if isinstance(target, nodes.Name) else None


def _owner_inside(script: Script, target: Any) -> nodes.Name | None:
    """The same of an assignment in a function."""
    return _owner(target) if script.function_of(target) is not None else None


def _key(script: Script, owner: nodes.Name) -> Any:
    """A local, or a global's name."""
    return script.variable(owner) or owner.name


def _repeats(script: Script, assign: nodes.Assign, function: Any) -> bool:
    for around in script.ancestors(assign):
        if around is function:
            return False
        if isinstance(around, LOOPS):
            return True
    return True


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
