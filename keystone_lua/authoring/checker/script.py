"""A script as rules see it: its nodes in order, which node contains which, what every name means.

Input: a linked program. Output: a `Script`. Facts that more than one rule needs are here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Final

from ...interpreter.analysis.scope import Variable
from ...interpreter.linking import Linked
from ...interpreter.stdlib.registry import LIBRARIES
from ...interpreter.syntax import nodes
from ...interpreter.syntax.nodes import children
from .findings import Kind

ENTRY_POINT: Final = "on_route_request"
GIVEN: Final = frozenset({"request", "backends"})
"""Globals that a decision finds besides the library."""

LOOPS: Final = (nodes.While, nodes.Repeat, nodes.NumericFor, nodes.GenericFor)
STRING_METHODS: Final = frozenset(LIBRARIES["string"])


class Script:
    """One file. Nodes are those of its own chunk; ``globals`` knows the modules' as well."""

    def __init__(
        self,
        source: bytes,
        name: str,
        linked: Linked,
        kind: Kind,
        injected: frozenset[str],
        loads: bool = False,
        has_io: bool = False,
    ) -> None:
        self.name = name
        self.loads = loads
        self.has_io = has_io
        self.kind = kind
        self.injected = injected
        self.lines = re.split(r"\r\n|\n\r|\r|\n", source.decode("latin-1"))
        self.chunk = linked.chunks[0]
        self.resolution = linked.resolution
        self.own_modules = frozenset(linked.modules)
        self.linked_names = frozenset(linked.names)
        """What ``require`` finds in lib/, by the names that it is called with."""
        self.is_dynamic = "_G" in self.resolution.globals.whole or "_G" in self.resolution.globals.writes
        """Whether globals may be read and written by computed names."""
        self.missing = [missing for missing in linked.missing if missing.chunk == self.chunk.name]
        self.parents: dict[Any, Any] = {}
        self.nodes: list[Any] = []
        self._collect()
        self.targets = {target for assign in self.each(nodes.Assign) for target in assign.targets}
        self.initial: dict[Variable, nodes.Expression] = {}
        for local in self.each(nodes.Local):
            self.initial.update(zip(self.resolution.declared[local], local.values, strict=False))
        self.reads: dict[Variable, list[nodes.Name]] = {}
        for mention in self.each(nodes.Name):
            variable = self.variable(mention)
            if variable is not None and mention not in self.targets:
                self.reads.setdefault(variable, []).append(mention)

    def _collect(self) -> None:
        waiting: list[Any] = [self.chunk]
        while waiting:
            node = waiting.pop()
            self.nodes.append(node)
            found = list(children(node))
            for child in found:
                self.parents[child] = node
            waiting.extend(reversed(found))

    def each(self, *types: type) -> Iterator[Any]:
        """Nodes of some types, in the order of the source."""
        return (node for node in self.nodes if isinstance(node, types))

    def each_in(self, node: Any) -> Iterator[Any]:
        """A node and all that is in it."""
        waiting = [node]
        while waiting:
            inner = waiting.pop()
            yield inner
            waiting.extend(children(inner))

    def children(self, node: Any) -> Sequence[Any]:
        """What a node contains directly, in the order of its fields."""
        return children(node)

    def ancestors(self, node: Any) -> Iterator[Any]:
        """Whoever contains a node, innermost first."""
        while (node := self.parents.get(node)) is not None:
            yield node

    def function_of(self, node: Any) -> nodes.Function | None:
        """The function around a node; None in the main chunk."""
        return next((around for around in self.ancestors(node) if isinstance(around, nodes.Function)), None)

    def variable(self, node: nodes.Name) -> Variable | None:
        """The local that a name means; None for a global."""
        return self.resolution.variables.get(node)

    def is_global(self, node: Any, name: str | None = None) -> bool:
        """Whether a node is a global's name (that one's)."""
        return isinstance(node, nodes.Name) and self.variable(node) is None and name in (None, node.name)

    def path(self, node: Any) -> str:
        """``string.find`` for a global's constant field, ``error`` for a global, "" for anything else."""
        if isinstance(node, nodes.Name):
            return node.name if self.variable(node) is None else ""
        if isinstance(node, nodes.Index) and isinstance(node.key, nodes.String) and self.is_global(node.object):
            return f"{self.path(node.object)}.{node.key.value}"
        return ""

    @cached_property
    def _written(self) -> frozenset[str]:
        fields = (target for target in self.targets if isinstance(target, nodes.Index))
        paths = {self.path(target) for target in fields}
        written = {path[3:] for path in paths if path.startswith("_G.")}
        return frozenset(written.union(self.resolution.globals.writes))

    def written_globals(self) -> frozenset[str]:
        """Globals that the script or its modules assign, ``_G.name = value`` included."""
        return self._written

    def tested_paths(self) -> set[str]:
        """Globals and their fields whose existence the script tests: it knows that they may be missing."""
        return {self.path(node) for node in self.each(nodes.Name, nodes.Index) if self.is_tested(node)} - {""}

    def is_tested(self, node: Any) -> bool:
        """Whether the script tests if a value is there: in a condition, by comparing with nil, by ``type``."""
        parent = self.parents[node]
        if isinstance(parent, (nodes.Logical, nodes.If, nodes.Branch, nodes.While, nodes.Repeat)):
            return True
        if isinstance(parent, nodes.Unary):
            return parent.symbol == "not"
        if isinstance(parent, (nodes.Comparison, nodes.Operator)):
            comparison = parent if isinstance(parent, nodes.Comparison) else self.parents[parent]
            return isinstance(comparison, nodes.Comparison) and _compares_with_nil(comparison)
        return isinstance(parent, nodes.Call) and self.path(parent.function) in ("type", "rawget")

    def is_needed(self, node: Any) -> bool:
        """Whether an expression's value is used in a way that is an error for nil: indexed, called, an operand."""
        parent = self.parents[node]
        if isinstance(parent, (nodes.Index, nodes.MethodCall)):
            return parent.object is node
        if isinstance(parent, nodes.Call):
            return parent.function is node
        if isinstance(parent, nodes.Operator):
            return isinstance(self.parents[parent], nodes.Arithmetic)
        return isinstance(parent, (nodes.Arithmetic, nodes.Concat)) or (
            isinstance(parent, nodes.Unary) and parent.symbol != "not"
        )

    def start_of(self, node: Any) -> tuple[int, int]:
        """Line and column at which a node's text begins: its own are those of its operator or bracket."""
        return min((inner.line, inner.column) for inner in self.each_in(node) if isinstance(inner, nodes.Node))

    def place_of(self, text: str, line: int) -> int:
        """The column of a text on a line; 1 if it is not there as it is."""
        return self.lines[line - 1].find(text) + 1 or 1

    def column_of(self, name: str, node: nodes.Node) -> int:
        """The column of ``name`` on a node's line, from the node on; the node's own if it is not there."""
        line = self.lines[node.line - 1] if node.line <= len(self.lines) else ""
        found = re.compile(rf"\b{re.escape(name)}\b").search(line, min(node.column - 1, len(line)))
        return found.start() + 1 if found else node.column


def _compares_with_nil(node: nodes.Comparison) -> bool:
    return any(isinstance(operand, nodes.Nil) for operand in (node.first, *(o.operand for o in node.rest)))
