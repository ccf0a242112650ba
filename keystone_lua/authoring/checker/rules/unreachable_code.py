"""Statements that control cannot reach."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ....interpreter.syntax import nodes
from ..findings import Severity
from ..rule import Place
from ..script import Script
from .endless_loop import exits, is_endless

CODE: Final = "unreachable-code"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "Control never comes here."


_HARMLESS: Final = (nodes.Label, nodes.Return, nodes.Break)
"""A label is jumped to; ``error(...) return`` tells a reader, or a linter, that nothing follows."""


def places(script: Script) -> Iterator[Place]:
    """The first statement of each such part."""
    for block in script.each(nodes.Block):
        for statement, following in zip(block.statements, block.statements[1:], strict=False):
            if not isinstance(following, _HARMLESS) and _leaves(script, statement):
                yield _place(script, following, f"unreachable: control leaves at line {statement.line}")
                break
    for branch in script.each(nodes.Branch, nodes.While):
        if _is_false(branch.condition) and branch.body.statements:
            yield _place(script, branch.body.statements[0], "unreachable: the condition is always false")


def _place(script: Script, statement: nodes.Statement, message: str) -> Place:
    return Place(*script.start_of(statement), message)


def _is_false(node: nodes.Expression) -> bool:
    return isinstance(node, nodes.Nil) or (isinstance(node, nodes.Boolean) and not node.value)


def _leaves(script: Script, statement: nodes.Statement) -> bool:
    """Whether control surely does not go on behind a statement."""
    if isinstance(statement, (nodes.Return, nodes.Break, nodes.Goto)):
        return True
    if isinstance(statement, nodes.Do):
        return block_leaves(script, statement.body)
    if isinstance(statement, nodes.If):
        blocks = [branch.body for branch in statement.branches]
        return statement.orelse is not None and all(block_leaves(script, b) for b in [*blocks, statement.orelse])
    if isinstance(statement, nodes.CallStatement):
        return isinstance(statement.call, nodes.Call) and is_error(script, statement.call)
    return isinstance(statement, (nodes.While, nodes.Repeat)) and is_endless(statement) and not exits(script, statement)


def block_leaves(script: Script, block: nodes.Block) -> bool:
    """Whether control surely does not come to a block's end."""
    return bool(block.statements) and _leaves(script, block.statements[-1])


def is_error(script: Script, call: nodes.Call) -> bool:
    """``error(...)``, which the script has not replaced."""
    return script.is_global(call.function, "error") and "error" not in script.written_globals()
