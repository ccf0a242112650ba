"""Types: which type a local or an expression surely has (its kind), so that guards can be left out.

Input: the resolution of a whole program. Output: Kinds, which the compiler asks. A kind other than ANY is a proof.

A variable's kind is the join of all values ever assigned to it, whatever the order. A parameter's values are the
arguments of all calls, if the function is only ever called by its name: a local that is never assigned again, or a
global that is assigned once and never read otherwise. Everything starts without a kind (the optimistic end of the
lattice) and is joined until nothing changes; a program that has not settled after MAX_ROUNDS gets no kinds at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Final

from ..levels import LEVEL_1, Level
from ..signatures import HOST_CALLS, RESULT_KINDS
from ..syntax import nodes
from ..syntax.control_flow import always_returns
from .builtins import FixedBuiltins
from .scope import Resolution, Scope, Variable

NUMBER, STRING, BOOLEAN, NIL, TABLE, FUNCTION, ANY = "number", "string", "boolean", "nil", "table", "function", "any"
UNKNOWN: Final = ""  # no value seen yet
MAX_ROUNDS: Final = 12
TRUE_KINDS: Final = (NUMBER, STRING, TABLE, FUNCTION)
_MULTI: Final = (nodes.Call, nodes.MethodCall, nodes.Vararg)


class _Function:
    """What is known about a function that is called by name only."""

    __slots__ = ("calls", "escaped", "kind", "node", "scope", "single")

    def __init__(self, node: nodes.Function, scope: Scope) -> None:
        self.node = node
        self.scope = scope
        self.calls: list[nodes.Call] = []
        self.kind = UNKNOWN
        self.single = always_returns(node.body)
        self.escaped = False


class Kinds:
    """Kinds of a program's variables and expressions."""

    def __init__(
        self, resolution: Resolution, chunks: list[nodes.Chunk], builtins: FixedBuiltins, level: Level = LEVEL_1
    ) -> None:
        self.resolution = resolution
        self.builtins = builtins
        self.proves = level.types
        """Whether anything is proved that the text does not say itself."""
        self.variables: dict[Variable, str] = {}
        self.values: dict[Variable, list[nodes.Expression | str]] = {}
        self.locals: dict[Variable, _Function] = {}
        self.globals: dict[str, _Function] = {}
        self.escaped: set[Variable | str] = set()
        self.named_calls: list[nodes.Call] = []
        self.counted: set[Variable] = set()
        """Locals that arithmetic is done with: likely numbers."""
        self.fields: set[str] = set()
        """Fields that functions assign or construct: likely an object's own, where others may be its class's."""
        self.filled: list[tuple[Variable, nodes.Expression | None]] = []
        """Locals that values are stored in, with the key; None for the next position."""
        self.known: dict[nodes.Function, _Function] = {}
        self.settled = False
        self.remembered: dict[nodes.Expression, str] = {}
        """Kinds that were asked for once all are known: each level of nesting asks for those below it."""
        collector = _Collector(self)
        for chunk in chunks:
            collector.block(chunk.body)
        self.settle()
        self.settled = True

    def of(self, node: nodes.Expression) -> str:
        """The kind of an expression's first value."""
        return self.raw(node) or ANY

    def is_likely_number(self, node: nodes.Expression) -> bool:
        """A guess, unlike everything else here."""
        return isinstance(node, nodes.Name) and self.resolution.variables.get(node) in self.counted

    def is_single(self, node: nodes.Expression) -> bool:
        """Whether a call surely answers exactly one value, never a tuple."""
        if not self.proves:
            return not isinstance(node, _MULTI)
        if isinstance(node, nodes.Call):
            function = self.callee(node)
            if function is not None:
                return function.single
            path = self.library_path(node.function)
            return path is not None and path in RESULT_KINDS
        if isinstance(node, nodes.MethodCall):
            return (
                self.of(node.object) == STRING
                and self.builtins.method(node.method) is not None
                and ("string", node.method) in RESULT_KINDS
            )
        return not isinstance(node, nodes.Vararg)

    def fits(self, node: nodes.Function) -> bool:
        """Whether no call of a function has more arguments than it has parameters."""
        function = self.known.get(node)
        if function is None or function.escaped or not self.proves:
            return False
        return all(
            len(call.arguments) <= len(node.parameters) and (not call.arguments or self.is_single(call.arguments[-1]))
            for call in function.calls
        )

    @cached_property
    def lists(self) -> frozenset[nodes.Expression | str]:
        """Constructors that most likely begin a list: a guess, too."""
        variables = [v for v, key in self.filled if key is None or self.is_likely_number(key) or self.of(key) == NUMBER]
        return frozenset(value for variable in variables for value in self.values.get(variable, ()))

    # the kinds of expressions

    def raw(self, node: nodes.Expression) -> str:
        """The same, UNKNOWN included: what the fixpoint has found so far."""
        kind = self.remembered.get(node)
        if kind is None:
            kind = _KINDS[node.__class__](self, node)
            if self.settled:
                self.remembered[node] = kind
        return kind

    def index(self, node: nodes.Index) -> str:
        """The constants of ``math``; any other field can be anything."""
        path = self.library_path(node) if self.proves else None
        return NUMBER if path in (("math", "pi"), ("math", "huge")) else ANY

    def name(self, node: nodes.Name) -> str:
        """A local's kind; a global can be anything."""
        variable = self.resolution.variables.get(node)
        if not self.proves:
            return ANY
        return ANY if variable is None else self.variables.get(variable, UNKNOWN)

    def concat(self, node: nodes.Concat) -> str:
        """A string, unless a metamethod may answer."""
        kinds = {self.raw(operand) for operand in node.operands}
        return STRING if kinds <= {STRING, NUMBER, UNKNOWN} else ANY

    def arithmetic(self, node: nodes.Arithmetic) -> str:
        """A number, unless a metamethod may answer."""
        if self.raw(node.first) not in (NUMBER, UNKNOWN):
            return ANY
        for operator in node.rest:
            if self.raw(operator.operand) not in (NUMBER, UNKNOWN):
                return ANY
        return NUMBER

    def unary(self, node: nodes.Unary) -> str:
        """``not`` and ``#`` have no metamethods in 5.1; ``-`` of a number has none either."""
        if node.symbol == "not":
            return BOOLEAN
        if node.symbol == "#":
            return NUMBER
        return NUMBER if self.raw(node.operand) in (NUMBER, UNKNOWN) else ANY

    def logical(self, node: nodes.Logical) -> str:
        """The join of the operands that can be the answer."""
        kind = UNKNOWN
        for operand in node.operands[:-1]:
            this = self.raw(operand)
            if this in TRUE_KINDS:
                if node.symbol == "or":
                    return join(kind, this)
            elif this == NIL:
                if node.symbol == "and":
                    return join(kind, NIL)
            elif this == BOOLEAN:
                kind = join(kind, BOOLEAN)
            elif this == UNKNOWN:
                continue
            else:
                return ANY
        return join(kind, self.raw(node.operands[-1]))

    def call(self, node: nodes.Call) -> str:
        """A known function's kind, or a library function's."""
        if not self.proves:
            return ANY
        function = self.callee(node)
        if function is not None:
            return function.kind if function.single else ANY
        path = self.library_path(node.function)
        return RESULT_KINDS.get(path, ANY) if path is not None else ANY

    def method_call(self, node: nodes.MethodCall) -> str:
        """The kind of a string method's answer."""
        if self.proves and self.raw(node.object) == STRING and self.builtins.method(node.method) is not None:
            return RESULT_KINDS.get(("string", node.method), ANY)
        return ANY

    def library_path(self, node: nodes.Expression) -> tuple[str, str] | None:
        """The library function that an expression names, if no script can have replaced it."""
        if isinstance(node, nodes.Name):
            if node in self.resolution.variables:
                return None
            slot = self.builtins.function(node.name)
        elif (
            isinstance(node, nodes.Index) and isinstance(node.object, nodes.Name) and isinstance(node.key, nodes.String)
        ):
            if node.object in self.resolution.variables:
                return None
            slot = self.builtins.field(node.object.name, node.key.value)
        else:
            return None
        return self.builtins.path(slot) if slot is not None else None

    def callee(self, node: nodes.Call) -> _Function | None:
        """The function that a call surely reaches."""
        name = node.function
        if not isinstance(name, nodes.Name):
            return None
        variable = self.resolution.variables.get(name)
        if variable is not None:
            return self.locals.get(variable)
        return self.globals.get(name.name)

    # the fixpoint

    def settle(self) -> None:
        """Join until nothing changes."""
        for call in self.named_calls:
            if (known := self.callee(call)) is not None:
                known.calls.append(call)
        for variable, function in self.locals.items():
            self.parameters(function, variable in self.escaped)
        for name, function in self.globals.items():
            self.parameters(function, name in self.escaped)
        functions = [*self.locals.values(), *self.globals.values()]
        self.known = {function.node: function for function in functions}
        for _ in range(MAX_ROUNDS):
            changed = False
            for variable, values in self.values.items():
                before = kind = self.variables.get(variable, UNKNOWN)
                for value in values:
                    if kind == ANY:
                        break
                    kind = join(kind, value if isinstance(value, str) else self.raw(value))
                if kind != before:
                    self.variables[variable] = kind
                    changed = True
            for function in functions:
                changed |= self.result(function)
            if not changed:
                return
        self.variables = dict.fromkeys(self.values, ANY)
        for function in functions:
            function.kind, function.single = ANY, False

    def parameters(self, function: _Function, escaped: bool) -> None:
        """Take the calls' arguments as the values of a function's parameters."""
        function.escaped = escaped
        for place, variable in enumerate(self.resolution.declared[function.node]):
            values = self.values.setdefault(variable, [])
            if escaped:
                values.append(ANY)
                continue
            for call in function.calls:
                arguments = call.arguments
                if place < len(arguments) and not isinstance(arguments[place], nodes.Vararg):
                    values.append(arguments[place])
                elif arguments and isinstance(arguments[-1], _MULTI):
                    values.append(ANY)
                else:
                    values.append(NIL)

    def result(self, function: _Function) -> bool:
        """Join the values of a function's returns; answers whether its kind has changed."""
        kind, single = function.kind, function.single
        for statement in function.scope.returns:
            if len(statement.values) != 1 or not self.is_single(statement.values[0]):
                single = False
                break
            kind = join(kind, self.raw(statement.values[0]))
        if not single:
            kind = ANY
        changed = (kind, single) != (function.kind, function.single)
        function.kind, function.single = kind, single
        return changed


_KINDS: Final[Mapping[type, Callable[[Kinds, Any], str]]] = {
    nodes.Nil: lambda self, node: NIL,
    nodes.Boolean: lambda self, node: BOOLEAN,
    nodes.Number: lambda self, node: NUMBER,
    nodes.String: lambda self, node: STRING,
    nodes.Function: lambda self, node: FUNCTION,
    nodes.Table: lambda self, node: TABLE,
    nodes.Comparison: lambda self, node: BOOLEAN,
    **dict.fromkeys((nodes.Vararg, nodes.Chain, nodes.Prior), lambda self, node: ANY),
    nodes.Index: Kinds.index,
    nodes.Name: Kinds.name,
    nodes.Paren: lambda self, node: self.of(node.expression),
    nodes.Concat: Kinds.concat,
    nodes.Arithmetic: Kinds.arithmetic,
    nodes.Unary: Kinds.unary,
    nodes.Logical: Kinds.logical,
    nodes.Call: Kinds.call,
    nodes.MethodCall: Kinds.method_call,
}


def join(one: str, other: str) -> str:
    """The least kind that covers both."""
    if one == other or other == UNKNOWN:
        return one
    return other if one == UNKNOWN else ANY


class _Collector:
    """Walks a chunk once: the values of every variable, the functions that are known, how they are used."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self.resolution = kinds.resolution
        self.nesting = 0

    def add(self, variable: Variable, value: nodes.Expression | str) -> None:
        self.kinds.values.setdefault(variable, []).append(value)

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
            self.add(self.resolution.declared[node][0], NUMBER)
            self.expressions(node.start, node.stop, *([node.step] if node.step is not None else []))
            self.block(node.body)
        elif isinstance(node, nodes.GenericFor):
            self.generic_for(node)
        elif isinstance(node, nodes.Return):
            self.expressions(*node.values)

    def local(self, node: nodes.Local) -> None:
        variables = self.resolution.declared[node]
        values = node.values
        spread = bool(values) and isinstance(values[-1], _MULTI)
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
            self.kinds.locals[variable] = _Function(function, self.resolution.scopes[function])

    def assign(self, node: nodes.Assign) -> None:
        alone = len(node.targets) == len(node.values) == 1
        spread = bool(node.values) and isinstance(node.values[-1], _MULTI)
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
        if target in self.resolution.variables or self.kinds.builtins.dynamic or self.kinds.builtins.hosted:
            return False
        if target.name in HOST_CALLS or self.resolution.globals.writes.get(target.name) != 1:
            return False
        self.kinds.globals[target.name] = _Function(function, self.resolution.scopes[function])
        return True

    def generic_for(self, node: nodes.GenericFor) -> None:
        variables = self.resolution.declared[node]
        only = node.values[0]
        counts = (
            len(node.values) == 1
            and isinstance(only, nodes.Call)
            and self.kinds.library_path(only.function) == ("", "ipairs")
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
            self.kinds.fields.add(key.value)

    def fill(self, table: nodes.Expression, key: nodes.Expression | None) -> None:
        if isinstance(table, nodes.Name) and table in self.resolution.variables:
            self.kinds.filled.append((self.resolution.variables[table], key))

    def expressions(self, *items: nodes.Expression) -> None:
        for item in items:
            self.expression(item)

    def expression(self, node: nodes.Expression) -> None:
        if isinstance(node, nodes.Name):
            variable = self.resolution.variables.get(node)
            self.kinds.escaped.add(node.name if variable is None else variable)
        elif isinstance(node, nodes.Call):
            if isinstance(node.function, nodes.Name):
                self.kinds.named_calls.append(node)
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
                self.kinds.counted.update(
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
