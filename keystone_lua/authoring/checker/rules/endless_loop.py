"""Loops that only a budget can end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ....interpreter.syntax import nodes
from ..findings import Severity
from ..rule import Place
from ..script import LOOPS, Script

CODE: Final = "endless-loop"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "A loop without an exit runs until the instruction budget ends it."


def places(script: Script) -> Iterator[Place]:
    """Constant conditions, conditions that nothing in the loop changes, steps of 0."""
    for loop in script.each(nodes.While, nodes.Repeat):
        if (is_endless(loop) or _is_unchanging(script, loop)) and not exits(script, loop):
            why = "its condition is constant" if is_endless(loop) else "nothing in it changes its condition"
            message = f"endless loop: {why} and it has no break, return or error"
            yield Place(loop.line, loop.column, message)
    for counting in script.each(nodes.NumericFor):
        if isinstance(counting.step, nodes.Number) and counting.step.value == 0.0:
            yield Place(counting.line, counting.column, "endless loop: its step is 0")


def is_endless(loop: nodes.While | nodes.Repeat) -> bool:
    """Whether a loop's condition is a constant that keeps it going."""
    condition = loop.condition
    is_true = isinstance(condition, (nodes.Number, nodes.String)) or (
        isinstance(condition, nodes.Boolean) and condition.value
    )
    is_false = isinstance(condition, nodes.Nil) or (isinstance(condition, nodes.Boolean) and not condition.value)
    return is_false if isinstance(loop, nodes.Repeat) else is_true


def exits(script: Script, loop: nodes.Statement) -> bool:
    """Whether a break of this loop, a return, a goto or an error stands in it."""
    for node in script.each_in(loop.body if isinstance(loop, LOOPS) else loop):
        if isinstance(node, nodes.Break):
            inner = next(around for around in script.ancestors(node) if isinstance(around, LOOPS))
            if inner is loop:
                return True
        elif isinstance(node, (nodes.Return, nodes.Goto)):
            if script.function_of(node) is script.function_of(loop):
                return True
        elif isinstance(node, nodes.Call) and script.path(node.function) in ("error", "assert"):
            return True
    return False


def _is_unchanging(script: Script, loop: nodes.While | nodes.Repeat) -> bool:
    """The condition is made of constants and locals that nothing in the loop, and no function, assigns."""
    names = []
    for node in script.each_in(loop.condition):
        if isinstance(node, nodes.Name):
            names.append(node)
        elif not isinstance(node, _PURE) or (isinstance(node, nodes.Unary) and node.symbol == "#"):
            return False
    variables = {script.variable(name) for name in names}
    if not variables or None in variables:
        return False
    return not any(variable.captured and variable.assigned for variable in variables if variable) and not any(
        _assigns(script, node, variables) for node in script.each_in(loop.body)
    )


_PURE: Final = (
    nodes.Nil, nodes.Boolean, nodes.Number, nodes.String, nodes.Arithmetic, nodes.Comparison, nodes.Logical,
    nodes.Operator, nodes.Unary,
)  # fmt: skip


def _assigns(script: Script, node: Any, variables: set[Any]) -> bool:
    if isinstance(node, nodes.Name):
        return node in script.targets and script.variable(node) in variables
    declared = script.resolution.declared.get(node, ())
    return any(variable in variables for variable in declared)
