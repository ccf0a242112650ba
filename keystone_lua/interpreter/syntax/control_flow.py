"""Control flow by syntax alone: what a statement contains, what ends a block, which expressions have many values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from . import nodes

_LEAVES: Final = (nodes.Return, nodes.Break, nodes.Goto)


LOOPS: Final = (nodes.While, nodes.Repeat, nodes.NumericFor, nodes.GenericFor)


def bodies(statement: nodes.Statement) -> Iterator[nodes.Block]:
    """The blocks of a statement that belong to the same function."""
    if isinstance(statement, nodes.If):
        yield from (branch.body for branch in statement.branches)
        if statement.orelse is not None:
            yield statement.orelse
    elif isinstance(statement, (nodes.Do, *LOOPS)):
        yield statement.body


def ends(block: nodes.Block) -> bool:
    """Whether the block's last statement surely leaves it."""
    return bool(block.statements) and isinstance(block.statements[-1], _LEAVES)


CALLS: Final = (nodes.Call, nodes.MethodCall)


MULTI: Final = (*CALLS, nodes.Vararg)
"""Expressions that may have any number of values."""


CONSTANTS: Final = (nodes.Nil, nodes.Boolean, nodes.Number, nodes.String)


def always_returns(block: nodes.Block) -> bool:
    """Whether control never falls off the end of a function's body."""
    if not block.statements:
        return False
    last = block.statements[-1]
    if isinstance(last, nodes.Return):
        return True
    if isinstance(last, nodes.Do):
        return always_returns(last.body)
    if isinstance(last, nodes.If):
        return (
            last.orelse is not None
            and always_returns(last.orelse)
            and all(always_returns(branch.body) for branch in last.branches)
        )
    return False
