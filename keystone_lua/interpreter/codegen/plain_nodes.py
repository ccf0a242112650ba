"""A tree as other Pythons' compilers take it.

Input: a module of pyast's nodes. Output: on CPython the same, elsewhere one of ast's own nodes. PyPy's compiler sees
what stands in a node's ``__dict__`` alone, no slots and nothing of its class; and it takes the line of a method's call
from where the attribute ends.
"""

from __future__ import annotations

import ast
from typing import Any

from ...implementation import CPYTHON


def compilable(module: ast.Module) -> ast.Module:
    """``module``, or its like."""
    return module if CPYTHON else plain(module)


def plain(part: Any) -> Any:
    """A node, a list of them, or a value, of ast's own classes."""
    if part.__class__ is list:
        return [plain(each) for each in part]
    if not isinstance(part, ast.AST):
        return part
    made = _own(part.__class__)(*[plain(getattr(part, field, None)) for field in part._fields])
    line = getattr(part, "lineno", None)
    if line is not None:
        made.lineno = made.end_lineno = line  # type: ignore[attr-defined]
        made.col_offset = made.end_col_offset = 0  # type: ignore[attr-defined]
    return made


def _own(kind: type[ast.AST]) -> type[ast.AST]:
    return next(base for base in kind.__mro__ if base.__module__ in ("ast", "_ast"))
