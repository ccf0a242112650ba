"""Which operand of ``and`` and ``or`` an error names: the one that PUC 5.1 takes to have loaded the register.

Input: a Logical node. Output: the operand whose name the value goes by, or None if it goes by none.

To name a value, ldebug.c (symbexec) walks the function's code up to the error, takes every forward jump on the way, and
keeps the last instruction that sets the register. So in ``x and y or z`` the test of x jumps to z: the value is called
z even if it is y. In ``x or z`` it jumps behind z, what set the register is the test itself, and the value has no name.
Constants are tested when the code is made: they jump nowhere, or always.
"""

from __future__ import annotations

from ..syntax import nodes


def loading_operand(node: nodes.Logical) -> nodes.Expression | None:
    """The operand that is loaded when every test on the way jumps."""
    for operand in node.operands[:-1]:
        if not _reaches_next(operand, node.symbol):
            return None
    last = node.operands[-1]
    return loading_operand(last) if isinstance(last, nodes.Logical) else last


def _reaches_next(operand: nodes.Expression, symbol: str) -> bool:
    """Whether the jump of ``operand``, tested for ``symbol``, leads to the operand after it and not behind them all."""
    if isinstance(operand, nodes.Logical):
        leaves = any(not _reaches_next(inner, operand.symbol) for inner in operand.operands[:-1])
        return operand.symbol != symbol if leaves else _reaches_next(operand.operands[-1], symbol)
    is_true = _truth(operand)
    return is_true is not None and is_true == (symbol == "and")


def _truth(node: nodes.Expression) -> bool | None:
    """Whether a constant counts as true; None for what is none to PUC (luaK_goiftrue, codenot)."""
    if isinstance(node, nodes.Unary) and node.symbol == "not":
        inner = _truth(node.operand)
        return None if inner is None else not inner
    if isinstance(node, (nodes.Nil, nodes.Boolean)):
        return isinstance(node, nodes.Boolean) and bool(node.value)
    return True if isinstance(node, nodes.String) or _is_number(node) else None


def _is_number(node: nodes.Expression) -> bool:
    """Whether PUC makes a number of an expression before it runs (constfolding in lcode.c), but for what is NaN."""
    if isinstance(node, nodes.Unary):
        return node.symbol == "-" and _is_number(node.operand)
    if isinstance(node, nodes.Arithmetic):
        return _is_number(node.first) and all(
            _is_number(operator.operand) and not (operator.symbol in "/%" and _is_zero(operator.operand))
            for operator in node.rest
        )
    return isinstance(node, nodes.Number)


def _is_zero(node: nodes.Expression) -> bool:
    return isinstance(node, nodes.Number) and node.value == 0.0
