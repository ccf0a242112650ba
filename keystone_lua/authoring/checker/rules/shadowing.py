"""A local that hides another one, or a library that is then used under its name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ....interpreter.stdlib.registry import LIBRARIES
from ....interpreter.syntax import nodes
from ..findings import Severity
from ..rule import Place
from ..script import Script

CODE: Final = "shadowing"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "A local hides an outer one of the same name, which is easily taken for it."

_USUAL: Final = frozenset({"self", "ok", "err"})
"""Names that are hidden on purpose so often that a warning would only be noise."""


def places(script: Script) -> Iterator[Place]:
    """Hidden locals of outer blocks; ``local x = f(x)`` says what it does."""
    found: list[Place] = []
    _Walk(script, found).visit(script.chunk)
    found.extend(_libraries(script))
    return iter(found)


def _libraries(script: Script) -> Iterator[Place]:
    for node in script.each(nodes.Local, nodes.LocalFunction, nodes.Function, nodes.NumericFor, nodes.GenericFor):
        for variable in script.resolution.declared[node]:
            name = variable.name
            if name not in LIBRARIES or not name or _mentions(script, node, name):
                continue
            for mention in script.reads.get(variable, ()):
                parent = script.parents[mention]
                if isinstance(parent, nodes.Index) and parent.object is mention and _is_member(name, parent.key):
                    column = script.column_of(name, node)
                    yield Place(node.line, column, f"local '{name}' hides the library of that name, used below")
                    break


def _is_member(library: str, key: nodes.Expression) -> bool:
    return isinstance(key, nodes.String) and key.value in LIBRARIES[library]


def _mentions(script: Script, node: Any, name: str) -> bool:
    """A declaration whose value speaks of the name: ``local x = x``, ``local string = require "string"``."""
    if not isinstance(node, nodes.Local):
        return False
    mentioned = (inner for value in node.values for inner in script.each_in(value))
    return any(
        (isinstance(inner, nodes.Name) and inner.name == name)
        or (isinstance(inner, nodes.String) and inner.value == name)
        for inner in mentioned
    )


class _Walk:
    """Blocks from outside in, with the lines on which the names in sight were declared."""

    def __init__(self, script: Script, found: list[Place]) -> None:
        self.script = script
        self.found = found
        self.frames: list[dict[str, int]] = []

    def declare(self, node: Any, names: tuple[str, ...]) -> None:
        """Parameters hide in silence: a function is read from its own head."""
        for name in names:
            outer = next((frame[name] for frame in reversed(self.frames[:-1]) if name in frame), None)
            usual = name.startswith("_") or name in _USUAL or isinstance(node, nodes.Function)
            if outer is not None and not usual and not _mentions(self.script, node, name):
                column = self.script.column_of(name, node)
                self.found.append(Place(node.line, column, f"local '{name}' hides the local of line {outer}"))
            self.frames[-1][name] = node.line

    def inside(self, children: Any, node: Any = None, names: tuple[str, ...] = ()) -> None:
        self.frames.append({})
        if names:
            self.declare(node, names)
        for child in children:
            self.visit(child)
        self.frames.pop()

    def visit(self, node: Any) -> None:
        if isinstance(node, nodes.Block):
            self.inside(node.statements)
        elif isinstance(node, nodes.Local):
            self.visit_all(node.values)
            self.declare(node, node.names)
        elif isinstance(node, nodes.LocalFunction):
            self.declare(node, (node.name,))
            self.visit(node.function)
        elif isinstance(node, nodes.Function):
            self.inside([node.body], node, node.parameters)
        elif isinstance(node, nodes.NumericFor):
            self.visit_all([node.start, node.stop, *([node.step] if node.step else [])])
            self.inside([node.body], node, (node.name,))
        elif isinstance(node, nodes.GenericFor):
            self.visit_all(node.values)
            self.inside([node.body], node, node.names)
        elif isinstance(node, nodes.Repeat):
            self.inside([*node.body.statements, node.condition])
        else:
            self.visit_all(self.script.children(node))

    def visit_all(self, items: Any) -> None:
        for item in items:
            self.visit(item)
