"""What a program does with its variables, in one walk: their values, functions known by name, how tables are filled.

Input: the resolution of a whole program. Output: a `Collected`, from which types proves and guesses.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..signatures import HOST_CALLS
from ..syntax import nodes
from ..syntax.control_flow import MULTI, always_returns
from .builtins import FixedBuiltins
from .kinds import ANY, FUNCTION, NIL, NUMBER, UNKNOWN
from .scope import Resolution, Scope, Variable


class Function:
    """What is known about a function that is called by name only."""

    __slots__ = ("calls", "escaped", "kind", "node", "scope", "single")

    def __init__(self, node: nodes.Function, scope: Scope) -> None:
        self.node = node
        self.scope = scope
        self.calls: list[nodes.Call] = []
        self.kind = UNKNOWN
        self.single = always_returns(node.body)
        self.escaped = False


@dataclass(slots=True, eq=False)
class Collected:
    """What one walk finds. The last three lead to guesses, the others to proofs."""

    values: dict[Variable, list[nodes.Expression | str]] = field(default_factory=dict)
    """All that is ever assigned to a variable: expressions and kinds."""
    locals: dict[Variable, Function] = field(default_factory=dict)
    globals: dict[str, Function] = field(default_factory=dict)
    """Functions by the only name that they have."""
    escaped: set[Variable | str] = field(default_factory=set)
    """Names that are mentioned other than to be called."""
    named_calls: list[nodes.Call] = field(default_factory=list)
    counted: set[Variable] = field(default_factory=set)
    """Locals that arithmetic is done with: likely numbers."""
    fields: set[str] = field(default_factory=set)
    """Fields that functions assign or construct: likely an object's own, where others may be its class's."""
    filled: list[tuple[Variable, nodes.Expression | None, bool]] = field(default_factory=list)
    """Locals that values are stored in, with the key, None for the next position, and whether that may begin at 1."""


def collect(resolution: Resolution, chunks: list[nodes.Chunk], builtins: FixedBuiltins) -> Collected:
    """Walk all chunks."""
    collector = _Collector(resolution, builtins)
    for chunk in chunks:
        collector.block(chunk.body)
    return collector.found


class _Collector:
    """Walks a chunk once: the values of every variable, the functions that are known, how they are used."""

    def __init__(self, resolution: Resolution, builtins: FixedBuiltins) -> None:
        self.found = Collected()
        self.resolution = resolution
        self.builtins = builtins
        self.nesting = 0
        self.firsts: dict[Variable, nodes.Expression] = {}
        """The first values of counting loops' counters."""

    def add(self, variable: Variable, value: nodes.Expression | str) -> None:
        self.found.values.setdefault(variable, []).append(value)

    def block(self, block: nodes.Block) -> None:
        for statement in block.statements:
            self.statement(statement)

    def statement(self, node: nodes.Statement) -> None:
        if isinstance(node, nodes.Local):
            self.local(node)
        elif isinstance(node, nodes.LocalFunction):
            variable = self.resolution.declared[node][0]
            self.add(variable, FUNCTION)
            self.known(variable, node.function)
            self.function(node.function, variable.assigned == 0)
        elif isinstance(node, nodes.Assign):
            self.assign(node)
        elif isinstance(node, nodes.CallStatement):
            self.expression(node.call)
        elif isinstance(node, nodes.Do):
            self.block(node.body)
        elif isinstance(node, nodes.While):
            self.expression(node.condition)
            self.block(node.body)
        elif isinstance(node, nodes.Repeat):
            self.block(node.body)
            self.expression(node.condition)
        elif isinstance(node, nodes.If):
            for branch in node.branches:
                self.expression(branch.condition)
                self.block(branch.body)
            if node.orelse is not None:
                self.block(node.orelse)
        elif isinstance(node, nodes.NumericFor):
            (counter,) = self.resolution.declared[node]
            self.add(counter, NUMBER)
            self.firsts[counter] = node.start
            self.expressions(node.start, node.stop, *([node.step] if node.step is not None else []))
            self.block(node.body)
        elif isinstance(node, nodes.GenericFor):
            self.generic_for(node)
        elif isinstance(node, nodes.Return):
            self.expressions(*node.values)

    def local(self, node: nodes.Local) -> None:
        variables = self.resolution.declared[node]
        values = node.values
        spread = bool(values) and isinstance(values[-1], MULTI)
        for place, variable in enumerate(variables):
            if place < len(values) - spread:
                value = values[place]
                self.add(variable, value)
                if isinstance(value, nodes.Function):
                    self.known(variable, value)
            elif spread and place == len(values) - 1:
                self.add(variable, values[place])
            else:
                self.add(variable, ANY if spread else NIL)
        for place, value in enumerate(values):
            if isinstance(value, nodes.Function) and place < len(variables):
                self.function(value, variables[place].assigned == 0)
            else:
                self.expression(value)

    def known(self, variable: Variable, function: nodes.Function) -> None:
        if variable.assigned == 0:
            self.found.locals[variable] = Function(function, self.resolution.scopes[function])

    def assign(self, node: nodes.Assign) -> None:
        alone = len(node.targets) == len(node.values) == 1
        spread = bool(node.values) and isinstance(node.values[-1], MULTI)
        for place, target in enumerate(node.targets):
            if isinstance(target, nodes.Index):
                self.expressions(target.object, target.key)
                self.field(target.key)
                self.fill(target.object, target.key)
                continue
            assert isinstance(target, nodes.Name)
            variable = self.resolution.variables.get(target)
            if variable is None:
                continue
            if place < len(node.values):
                self.add(variable, node.values[place])
            else:
                self.add(variable, ANY if spread else NIL)
        for value in node.values:
            target = node.targets[0]
            if alone and isinstance(value, nodes.Function) and isinstance(target, nodes.Name):
                self.function(value, self.known_global(target, value))
            else:
                self.expression(value)

    def known_global(self, target: nodes.Name, function: nodes.Function) -> bool:
        if target in self.resolution.variables or self.builtins.dynamic or self.builtins.hosted:
            return False
        if target.name in HOST_CALLS or self.resolution.globals.writes.get(target.name) != 1:
            return False
        self.found.globals[target.name] = Function(function, self.resolution.scopes[function])
        return True

    def generic_for(self, node: nodes.GenericFor) -> None:
        variables = self.resolution.declared[node]
        only = node.values[0]
        counts = (
            len(node.values) == 1
            and isinstance(only, nodes.Call)
            and self.builtins.library_path(only.function, self.resolution.variables) == ("", "ipairs")
        )
        for place, variable in enumerate(variables):
            self.add(variable, NUMBER if counts and place == 0 else ANY)
        self.expressions(*node.values)
        self.block(node.body)

    def function(self, node: nodes.Function, known: bool) -> None:
        """A function's body; the parameters of one that is not known by name can be anything."""
        if (arg := self.resolution.args.get(node)) is not None:
            self.add(arg, ANY)
        if not known:
            for variable in self.resolution.declared[node]:
                self.add(variable, ANY)
        self.nesting += 1
        self.block(node.body)
        self.nesting -= 1

    def field(self, key: nodes.Expression) -> None:
        if self.nesting and isinstance(key, nodes.String):
            self.found.fields.add(key.value)

    def fill(self, table: nodes.Expression, key: nodes.Expression | None) -> None:
        if isinstance(table, nodes.Name) and table in self.resolution.variables:
            self.found.filled.append((self.resolution.variables[table], key, key is None or self.may_be_first(key)))

    def may_be_first(self, key: nodes.Expression) -> bool:
        """Whether a key that is a number is 1 at first, or the text does not tell."""
        if isinstance(key, nodes.Name) and (variable := self.resolution.variables.get(key)) in self.firsts:
            key = self.firsts[variable]
            return isinstance(key, nodes.Name) or is_one(key)
        return not isinstance(key, nodes.Number) or is_one(key)

    def expressions(self, *items: nodes.Expression) -> None:
        for item in items:
            self.expression(item)

    def expression(self, node: nodes.Expression) -> None:
        if isinstance(node, nodes.Name):
            variable = self.resolution.variables.get(node)
            self.found.escaped.add(node.name if variable is None else variable)
        elif isinstance(node, nodes.Call):
            if isinstance(node.function, nodes.Name):
                self.found.named_calls.append(node)
            else:
                self.expression(node.function)
                key = node.function.key if isinstance(node.function, nodes.Index) else None
                if isinstance(key, nodes.String) and key.value == "insert" and node.arguments:
                    self.fill(node.arguments[0], None)
            self.expressions(*node.arguments)
        elif isinstance(node, nodes.MethodCall):
            self.expressions(node.object, *node.arguments)
        elif isinstance(node, nodes.Function):
            self.function(node, False)
        elif isinstance(node, nodes.Index):
            self.expressions(node.object, node.key)
        elif isinstance(node, nodes.Chain):
            self.expressions(node.first, *node.steps)
        elif isinstance(node, nodes.Paren):
            self.expression(node.expression)
        elif isinstance(node, (nodes.Arithmetic, nodes.Comparison)):
            operands = (node.first, *(operator.operand for operator in node.rest))
            if isinstance(node, nodes.Arithmetic):
                variables = self.resolution.variables
                self.found.counted.update(
                    variables[o] for o in operands if isinstance(o, nodes.Name) and o in variables
                )
            self.expressions(*operands)
        elif isinstance(node, (nodes.Concat, nodes.Logical)):
            self.expressions(*node.operands)
        elif isinstance(node, nodes.Unary):
            self.expression(node.operand)
        elif isinstance(node, nodes.Table):
            for item in node.fields:
                if item.key is not None:
                    self.expression(item.key)
                    self.field(item.key)
                self.expression(item.value)


def is_one(node: nodes.Expression) -> bool:
    """The numeral 1."""
    return isinstance(node, nodes.Number) and node.value == 1.0
