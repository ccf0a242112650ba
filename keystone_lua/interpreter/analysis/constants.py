"""``constant(function() ... end)`` at a chunk's top level: found, checked, and moved into a chunk of its own.

Input: a chunk. Output: the chunk, in which each such call has become a look-up by number, and a second chunk that
makes the values: it has the declarations that the functions use, and returns their results. Raises LuaSyntaxError if
a function uses what may differ between runs: a global that the script assigns, or a local that is neither a module, a
literal, a constant nor a function of such.

So the values depend on the sources alone: the second chunk sees no request, and its run has no clock and no random
numbers (see execution.constants).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ..errors import LuaSyntaxError
from ..modules import catalogue
from ..signatures import HOST_GLOBALS, TABLES
from ..syntax import nodes
from ..syntax.nodes import children
from .scope import Resolution, Variable, resolve

NAME: Final = "constant"
LOOKUP: Final = "(constant)"
"""The function of the base library that the calls become calls of. No script can write its name."""
_LITERALS: Final = (nodes.Nil, nodes.Boolean, nodes.Number, nodes.String)


def taken_out(chunk: nodes.Chunk, source: bytes, first: int) -> tuple[nodes.Chunk | None, int]:
    """The chunk that makes the values, and how many; ``chunk`` then looks them up, numbered from ``first``."""
    if NAME.encode() not in source:
        return None, 0
    resolution = Resolution()
    resolve(chunk, resolution, [0])
    if NAME in resolution.globals.writes:
        return None, 0
    found = _Constants(chunk, resolution, first)
    found.look()
    if not found.made:
        return None, 0
    values = tuple(nodes.Name(0, 0, name) for name in found.made)
    statements = (*found.statements, nodes.Return(0, 0, values))
    return nodes.Chunk(chunk.line, chunk.column, chunk.name, nodes.Block(0, 0, statements)), len(found.made)


class _Constants:
    def __init__(self, chunk: nodes.Chunk, resolution: Resolution, first: int) -> None:
        self.chunk = chunk
        self.resolution = resolution
        self.first = first
        self.made: list[str] = []
        self.statements: list[nodes.Statement] = []
        self.above: set[Variable] = set()
        """The locals of the top level so far."""
        self.fixed: set[Variable] = set()
        """Those that are the same in every run."""

    def look(self) -> None:
        """Go through the top level."""
        for statement in self.chunk.body.statements:
            declared = self.resolution.declared.get(statement, ())
            if isinstance(statement, nodes.LocalFunction):
                self.above.update(declared)
                if not declared[0].assigned and self.trouble(statement.function, {declared[0]}) is None:
                    self.keep(statement, declared[0])
            elif isinstance(statement, (nodes.Local, nodes.Assign, nodes.Return)):
                calls = [call for value in statement.values for call in self.calls(value)]
                alone = isinstance(statement, nodes.Local) and len(statement.values) == len(declared) == 1
                value = statement.values[0] if alone else None
                if alone and not declared[0].assigned and (calls == [value] or self.is_fixed(value)):
                    self.keep(self.making(statement, calls), declared[0])
                else:
                    for call in calls:
                        self.statements.append(self.making(self.hidden(call), [call]))
                self.above.update(declared)
                for call in calls:
                    number = nodes.Number(call.line, call.column, float(self.first + len(self.made)))
                    self.made.append(self.name_of(statement, call))
                    object.__setattr__(call, "function", nodes.Name(call.line, call.column, LOOKUP))
                    object.__setattr__(call, "arguments", (number,))

    def keep(self, statement: nodes.Statement, variable: Variable) -> None:
        self.statements.append(statement)
        self.fixed.add(variable)

    def name_of(self, statement: nodes.Statement, call: nodes.Call) -> str:
        """The local of the other chunk that has the value."""
        last = self.statements[-1]
        if isinstance(statement, nodes.Local) and statement.values == (call,) and isinstance(last, nodes.Local):
            return last.names[0]
        return f"({call.line}:{call.column})"

    def hidden(self, call: nodes.Call) -> nodes.Local:
        """A declaration for a value that has no local of its own."""
        return nodes.Local(call.line, call.column, (f"({call.line}:{call.column})",), (call,))

    def making(self, statement: nodes.Local | Any, calls: list[nodes.Call]) -> nodes.Statement:
        """The declaration in the other chunk: it calls the function."""
        if not calls:
            return statement
        call = calls[0]
        function = call.arguments[0]
        assert isinstance(function, nodes.Function)
        if trouble := self.trouble(function, set()):
            raise LuaSyntaxError(f"{self.chunk.name}:{trouble[0]}: a constant cannot use {trouble[1]}", trouble[0])
        value = nodes.Call(call.line, call.column, nodes.Paren(call.line, call.column, function), ())
        value = nodes.Paren(call.line, call.column, value)  # type: ignore[assignment]
        return nodes.Local(statement.line, statement.column, statement.names, (value,))

    def calls(self, value: nodes.Expression) -> Iterator[nodes.Call]:
        """The calls of ``constant`` with a function in an expression of the top level."""
        found: list[nodes.Call] = []
        left: list[Any] = [value]
        while left:
            node = left.pop()
            if isinstance(node, nodes.Function):
                continue
            if isinstance(node, nodes.Call) and len(node.arguments) == 1:
                name = node.function
                known = isinstance(name, nodes.Name) and name.name == NAME and name not in self.resolution.variables
                if known and isinstance(node.arguments[0], nodes.Function):
                    found.append(node)
                    continue
            left.extend(children(node))
        return iter(sorted(found, key=lambda call: (call.line, call.column)))

    def is_fixed(self, value: nodes.Expression | None) -> bool:
        """Whether a local's value is the same in every run, and no table that somebody could change."""
        if isinstance(value, nodes.Function):
            return self.trouble(value, set()) is None
        if isinstance(value, nodes.Call) and isinstance(value.function, nodes.Name) and len(value.arguments) == 1:
            name = value.arguments[0]
            called = value.function
            known = isinstance(name, nodes.String) and (name.value in catalogue.FILES or name.value in TABLES)
            return known and called.name == "require" and called not in self.resolution.variables
        return isinstance(value, _LITERALS)

    def trouble(self, function: nodes.Function, own: set[Variable]) -> tuple[int, str] | None:
        """The line and the name of what a function must not use, if there is any."""
        left: list[Any] = [function]
        while left:
            node = left.pop()
            if isinstance(node, nodes.Name):
                variable = self.resolution.variables.get(node)
                if variable is None:
                    if node.name in HOST_GLOBALS or node.name in self.resolution.globals.writes:
                        return node.line, f"the global '{node.name}'"
                elif variable in self.above and variable not in self.fixed and variable not in own:
                    return node.line, f"the local '{node.name}', which is no module, literal or constant"
            left.extend(children(node))
        return None
