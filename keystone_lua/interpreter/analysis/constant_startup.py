"""Constant start-up: whether a program's chunks do the same in every run, so that it needs to be done only once.

Input: the chunks of a program, with their scopes. Output: yes or no. Yes is a proof; no may be caution.

A chunk is constant if its statements only give names to functions, literals, tables of these, modules, and members of
fixed libraries. These values stay as they are if none of the names is assigned again and none of the tables gets to
code that could change or keep it. Each name of a table has a *depth*: how many tables lie within each other there.
Reading a field takes one off. What has no depth left cannot be changed, and may go anywhere. What has depth may be
indexed, compared, tested, looped over and passed to READERS; a local or a loop variable that it is assigned to has
depth too. Nothing else is allowed: no argument, no operand that a metamethod could get, no field, no result, and no
assignment into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..modules import catalogue
from ..signatures import HOST_GLOBALS, INERT
from ..stdlib.registry import LIBRARIES
from ..syntax import nodes
from ..syntax.nodes import children
from .constants import LOOKUP
from .scope import Resolution, Variable
from .types import Kinds

READERS: Final = frozenset({("", "type"), ("", "tostring"), ("table", "concat")})
"""Library functions that answer no table that they are given, nor change it."""

_LOOPS: Final = frozenset({("", "ipairs"), ("", "pairs")})
_OPERATIONS: Final = (nodes.Arithmetic, nodes.Comparison, nodes.Concat, nodes.Logical, nodes.Unary)


class _Varies(Exception):
    """Start-up may differ between runs, or what it made may change."""


def is_constant(kinds: Kinds, chunks: list[nodes.Chunk], modules: Mapping[str, nodes.Chunk]) -> bool:
    """Whether a program's start-up is constant; ``modules`` are the chunks that ``require`` runs."""
    if kinds.builtins.dynamic or INERT in kinds.resolution.globals.reads:  # a table of the run's own, where it is there
        return False
    startup = _Startup(kinds, chunks, modules)
    try:
        startup.prove()
    except _Varies:
        return False
    return True


class _Startup:
    def __init__(self, kinds: Kinds, chunks: list[nodes.Chunk], modules: Mapping[str, nodes.Chunk]) -> None:
        self.kinds = kinds
        self.resolution: Resolution = kinds.resolution
        self.chunks = chunks
        self.modules = modules
        self.depths: dict[Variable, int] = {}
        """Of the variables that name tables."""
        self.results: dict[nodes.Chunk, int] = {}
        """Depths of what the chunks return."""
        self.begun: set[nodes.Chunk] = set()
        self.requires = 0
        self.writes = 0
        self.top: set[nodes.Statement] = set()

    def prove(self) -> None:
        """Raises _Varies."""
        for chunk in self.chunks:
            self.chunk(chunk)
        use = self.resolution.globals
        if self.requires != self.resolution.require_uses or self.writes != sum(use.writes.values()):
            raise _Varies
        if not use.writes.keys().isdisjoint((*HOST_GLOBALS, *LIBRARIES)):
            raise _Varies
        for chunk in self.chunks:
            self.block(chunk.body)

    # what the chunks do

    def chunk(self, chunk: nodes.Chunk) -> int:
        """The depth of what a chunk returns, whose statements only give names."""
        if chunk in self.results:
            return self.results[chunk]
        if chunk in self.begun:
            raise _Varies  # it requires itself
        self.begun.add(chunk)
        depth = 0
        self.top.update(chunk.body.statements)
        made: set[Variable] = set()
        for statement in chunk.body.statements:
            if isinstance(statement, nodes.Local):
                self.local(statement, made)
            elif isinstance(statement, nodes.LocalFunction):
                self.once(self.resolution.declared[statement][0])
            elif isinstance(statement, nodes.Assign):
                self.assign(statement, made)
            elif isinstance(statement, nodes.Return) and len(statement.values) == 1:
                value = statement.values[0]
                named = self.depth(value) if isinstance(value, nodes.Name) else 0
                depth = named or self.constant(value)
            else:
                raise _Varies
        self.results[chunk] = depth
        return depth

    def local(self, node: nodes.Local, made: set[Variable]) -> None:
        variables = self.resolution.declared[node]
        if len(node.values) > len(variables):
            raise _Varies
        for variable in variables:
            self.once(variable)
        for variable, value in zip(variables, node.values, strict=False):
            if depth := self.constant(value):
                self.depths[variable] = depth
            if isinstance(value, nodes.Table):
                made.add(variable)

    def once(self, variable: Variable) -> None:
        """A variable that is never assigned after its declaration."""
        if variable.assigned:
            raise _Varies

    def assign(self, node: nodes.Assign, made: set[Variable]) -> None:
        """A global, or a field of a table that this chunk has made."""
        if len(node.targets) != 1 or len(node.values) != 1:
            raise _Varies
        target, depth = node.targets[0], self.constant(node.values[0])
        if isinstance(target, nodes.Name) and target not in self.resolution.variables and not depth:
            self.writes += 1
            return
        if not isinstance(target, nodes.Index) or not isinstance(target.object, nodes.Name):
            raise _Varies
        variable = self.resolution.variables.get(target.object)
        if variable not in made or self.constant(target.key):
            raise _Varies
        self.depths[variable] = max(self.depths[variable], 1 + depth)

    def constant(self, node: nodes.Expression) -> int:
        """The depth of an expression whose value is the same in every run."""
        if isinstance(node, (nodes.Nil, nodes.Boolean, nodes.Number, nodes.String, nodes.Function)):
            return 0
        if isinstance(node, nodes.Table):
            if any(field.key is not None and self.constant(field.key) for field in node.fields):
                raise _Varies  # a loop would give it to a variable that nobody follows
            return 1 + max((self.constant(field.value) for field in node.fields), default=0)
        if isinstance(node, nodes.Call):
            if isinstance(node.function, nodes.Name) and node.function.name == LOOKUP:
                return 0  # a constant, which nobody can change
            return self.required(node)
        if isinstance(node, (nodes.Index, nodes.Name)) and self.kinds.library_path(node) is not None:
            return 0
        if isinstance(node, nodes.Index) and not self.constant(node.key):
            if self.part(node.object) == 1:
                return 0
        elif isinstance(node, nodes.Name):
            if node in self.resolution.variables:  # a constant, or it would not be in sight
                if not self.depth(node):
                    return 0
            elif node.name in self.resolution.globals.writes:
                return 0
        elif isinstance(node, _OPERATIONS) and not any(map(self.constant, _operands(node))):
            return 0
        raise _Varies

    def part(self, node: nodes.Expression) -> int:
        """The depth of a named table, or of a part of it that constant keys lead to; 0 for anything else."""
        if isinstance(node, nodes.Index) and not self.constant(node.key):
            return max(0, self.part(node.object) - 1)
        return self.depth(node) if isinstance(node, nodes.Name) else 0

    def required(self, node: nodes.Call) -> int:
        """The depth of ``require "module"``."""
        if len(node.arguments) == 1 and self.kinds.library_path(node.function) == ("", "require"):
            name = node.arguments[0]
            if isinstance(name, nodes.String) and name.value in self.modules:
                self.requires += 1
                return self.chunk(self.modules[name.value])
            if isinstance(name, nodes.String) and name.value in catalogue.FILES:
                if not catalogue.has_tables(name.value):
                    self.requires += 1
                    return 1
                if "getmetatable" not in self.resolution.globals.reads:  # through which a script gets at these tables
                    self.requires += 1
                    return 2
        raise _Varies

    # who sees its tables

    def depth(self, node: nodes.Expression) -> int:
        """How many levels of start-up's tables an expression's value may have."""
        if isinstance(node, nodes.Name):
            variable = self.resolution.variables.get(node)
            return self.depths.get(variable, 0) if variable is not None else 0
        if isinstance(node, nodes.Index):
            return max(0, self.depth(node.object) - 1)
        if isinstance(node, nodes.Paren):
            return self.depth(node.expression)
        if isinstance(node, nodes.Logical):
            if node.symbol == "and":  # which answers one of the others only if that is nil or false
                return self.depth(node.operands[-1])
            return max(map(self.depth, node.operands))
        return 0

    def block(self, block: nodes.Block) -> None:
        for statement in block.statements:
            if statement in self.top:
                for child in children(statement):
                    self.visit(child)  # what it names has been looked at; the functions in it have not
            else:
                self.visit(statement)

    def visit(self, node: Any) -> None:
        """Look at everything below a node. Raises _Varies where something of depth is used in any but the safe ways."""
        if isinstance(node, nodes.Local):
            self.give(self.resolution.declared[node], node.values)
        elif isinstance(node, nodes.GenericFor):
            self.loop(node)
            return
        elif isinstance(node, nodes.Assign):
            self.guard(*(target.object for target in node.targets if isinstance(target, nodes.Index)))
            self.guard(*node.values)
        elif isinstance(node, nodes.Call):
            if self.kinds.library_path(node.function) not in READERS:
                self.guard(*node.arguments)
        elif isinstance(node, nodes.MethodCall):
            self.guard(node.object, *node.arguments)
        elif isinstance(node, nodes.Return):
            self.guard(*node.values)
        elif isinstance(node, nodes.Field):
            self.guard(node.value)
        elif isinstance(node, nodes.Chain):
            self.guard(node.first)
        elif isinstance(node, (nodes.Arithmetic, nodes.Concat)):
            self.guard(*_operands(node))  # the other operand's metamethod is called with both (manual 2.8)
        if isinstance(node, (nodes.Index, nodes.Field)) and node.key is not None:
            self.guard(node.key)
        for child in children(node):
            self.visit(child)

    def guard(self, *values: nodes.Expression) -> None:
        """Values that go where nobody follows them."""
        if any(map(self.depth, values)):
            raise _Varies

    def give(self, variables: tuple[Variable, ...], values: tuple[nodes.Expression, ...]) -> None:
        """Locals get values, and their depths."""
        for variable, value in zip(variables, values, strict=False):
            if depth := self.depth(value):
                self.once(variable)
                self.depths[variable] = depth

    def loop(self, node: nodes.GenericFor) -> None:
        """Of ``ipairs`` and ``pairs`` the second variable gets the elements."""
        values = node.values
        call = values[0]
        if (
            isinstance(call, nodes.Call)
            and len(values) == len(call.arguments) == 1
            and self.kinds.library_path(call.function) in _LOOPS
            and len(node.names) <= 2  # with more names it is next that goes on, and leaves its Order in the table
        ):
            values = call.arguments
            depth = self.depth(values[0]) - 1
            if depth > 0 and len(node.names) > 1:
                variable = self.resolution.declared[node][1]
                self.once(variable)
                self.depths[variable] = depth
        else:
            self.guard(*values)
        for value in values:
            self.visit(value)
        self.visit(node.body)


def _operands(node: Any) -> list[nodes.Expression]:
    if isinstance(node, nodes.Unary):
        return [node.operand]
    if isinstance(node, (nodes.Concat, nodes.Logical)):
        return list(node.operands)
    return [node.first, *(operator.operand for operator in node.rest)]
