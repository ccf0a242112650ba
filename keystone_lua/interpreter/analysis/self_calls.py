"""Self calls: returns of a local function that call this very function, and so can be a jump to its beginning.

Input: a ``local function`` and its resolution. Output: its returns that are such calls. By the text alone, so that they
are the same at every level of optimisation: the jump leaves no level behind that ``error`` or ``debug`` could count.
"""

from __future__ import annotations

from ..syntax import nodes
from ..syntax.control_flow import LOOPS, MULTI, bodies
from .scope import Resolution, Variable


def self_calls(node: nodes.LocalFunction, resolution: Resolution) -> frozenset[nodes.Return]:
    """The returns. None in a function that makes functions, which would share its locals, or has labels or ``...``."""
    scope = resolution.scopes[node.function]
    variable = resolution.declared[node][0]
    if variable.assigned or scope.functions or scope.has_goto or node.function.is_vararg:
        return frozenset()
    found = set()
    waiting = [node.function.body]
    while waiting:
        for statement in waiting.pop().statements:
            if isinstance(statement, nodes.Return):
                if _calls(statement, variable, len(node.function.parameters), resolution):
                    found.add(statement)
            elif not isinstance(statement, LOOPS):
                waiting.extend(bodies(statement))
    return frozenset(found)


def _calls(node: nodes.Return, variable: Variable, parameters: int, resolution: Resolution) -> bool:
    """Whether it returns a call of ``variable``, in which a last call gives one parameter at most."""
    if len(node.values) != 1 or not isinstance(call := node.values[0], nodes.Call):
        return False
    if resolution.variables.get(call.function) is not variable:  # type: ignore[call-overload]
        return False
    arguments = call.arguments
    return not arguments or not isinstance(arguments[-1], MULTI) or len(arguments) >= parameters
