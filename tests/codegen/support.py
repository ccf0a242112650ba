"""Lua to the Python that stands for it, as text.

In: a function's body or an expression. Out: lines of Python, without the charge at the head of the function.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from keystone_lua.interpreter.analysis.scope import Scope
from keystone_lua.interpreter.codegen.builder import FunctionBuilder
from keystone_lua.interpreter.codegen.segments import Context
from keystone_lua.interpreter.compile import compile_to_tree
from keystone_lua.interpreter.dump import _OrdinaryCalls, python_lines
from keystone_lua.interpreter.levels import LEVEL_1, Level
from keystone_lua.interpreter.linking import link_program
from keystone_lua.interpreter.syntax import nodes


def tree(source: str, level: Level = LEVEL_1) -> tuple[ast.FunctionDef, FunctionBuilder, nodes.Chunk]:
    """The Python of a program, what made it, and its syntax tree."""
    linked = link_program(source.encode("latin-1"), "x.lua")
    link, builder = compile_to_tree(linked, FunctionBuilder, level)
    return link, builder, linked.chunks[0]


def python(source: str, level: Level = LEVEL_1) -> str:
    """The Python of a program."""
    return "\n".join(line for line, _ in python_lines(_OrdinaryCalls().visit(tree(source, level)[0])))


def charged(statements: str, parameters: str = "a, b, c", level: Level = LEVEL_1) -> list[str]:
    """The lines of a function, whose parameters are v2 and so on, of types that nobody knows."""
    lines = python(f"local function f({parameters}) {statements} end", level).splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("    def f")) + 1
    return [line[8:] for line in lines[start:] if line.startswith("        ")]


def body(statements: str, parameters: str = "a, b, c", level: Level = LEVEL_1) -> list[str]:
    """The same without its charges."""
    charge = ("fuel -=", "alloc -=", "if fuel < 0", "if alloc < 0", "if d > deepest", "run.refuel(", "nonlocal ")
    return [line for line in charged(statements, parameters, level) if not line.lstrip().startswith(charge)]


def value(expression: str, parameters: str = "a, b, c", level: Level = LEVEL_1) -> str:
    """The Python of an expression."""
    lines = body(f"return {expression}, nil", parameters, level)
    (returned,) = [line for line in lines if line.startswith("return ")]
    return returned.removeprefix("return (").removesuffix(", None)")


def each(top: Any, kind: type) -> Iterator[Any]:
    """The nodes of a kind, in the order of the text."""
    waiting = [top]
    while waiting:
        if isinstance(part := waiting.pop(), kind):
            yield part
        waiting.extend(reversed(list(nodes.children(part))))


def entered(builder: FunctionBuilder, scope: Scope) -> FunctionBuilder:
    """The builder, as it is within a function."""
    builder.context = Context(scope, None, False)
    return builder
