"""Calls that surely run: those that a chunk makes whenever it runs to its end, or to its first error.

Input: a chunk. Output: its calls outside of functions, branches, loops' bodies and later operands of ``and`` and
``or``, up to the first statement that may leave the chunk. Other calls may run too: the answer is only those that are
certain.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..syntax import nodes
from ..syntax.nodes import children

_LEAVES = (nodes.Return, nodes.Goto, nodes.Break)


def certain_calls(chunk: nodes.Chunk) -> set[nodes.Node]:
    """The calls that surely run."""
    found: set[nodes.Node] = set()
    _block(chunk.body, found)
    return found


def _block(block: nodes.Block, found: set[nodes.Node]) -> bool:
    """Enter the calls of a block's statements; False if what comes after it may not be reached."""
    for statement in block.statements:
        if isinstance(statement, nodes.Do):
            if not _block(statement.body, found):
                return False
            continue
        for part in _evaluated(statement):
            _expression(part, found)
        if any(isinstance(node, _LEAVES) for node in _own_nodes(statement)):
            return False
    return True


def _evaluated(statement: Any) -> tuple[Any, ...]:
    """The expressions that a statement evaluates in any case."""
    if isinstance(statement, nodes.If):
        return (statement.branches[0].condition,)
    if isinstance(statement, nodes.While):
        return (statement.condition,)
    if isinstance(statement, nodes.NumericFor):
        return (statement.start, statement.stop)
    if isinstance(statement, nodes.GenericFor):
        return statement.values
    if isinstance(statement, (nodes.Repeat, nodes.LocalFunction)):
        return ()
    return tuple(children(statement))


def _expression(root: Any, found: set[nodes.Node]) -> None:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, nodes.Function):
            continue
        if isinstance(node, nodes.Call):
            found.add(node)
        waiting.extend([node.operands[0]] if isinstance(node, nodes.Logical) else children(node))


def _own_nodes(root: Any) -> Iterator[Any]:
    """A statement and what is in it, but for the bodies of functions."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, nodes.Function):
            yield node
            waiting.extend(children(node))
