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
from ..signatures import RESULT_KINDS
from ..syntax import nodes
from ..syntax.control_flow import MULTI
from .builtins import FixedBuiltins
from .collected import Function, collect
from .kinds import ANY, BOOLEAN, FUNCTION, NIL, NUMBER, STRING, TABLE, TRUE_KINDS, UNKNOWN, join
from .scope import Resolution, Variable

MAX_ROUNDS: Final = 12


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
        self.found = collect(resolution, chunks, builtins)
        self.known: dict[nodes.Function, Function] = {}
        self.settled = False
        self.remembered: dict[nodes.Expression, str] = {}
        """Kinds that were asked for once all are known: each level of nesting asks for those below it."""
        self.settle()
        self.settled = True

    def of(self, node: nodes.Expression) -> str:
        """The kind of an expression's first value."""
        return self.raw(node) or ANY

    def is_likely_number(self, node: nodes.Expression) -> bool:
        """A guess, unlike everything else here."""
        return isinstance(node, nodes.Name) and self.resolution.variables.get(node) in self.found.counted

    def is_single(self, node: nodes.Expression) -> bool:
        """Whether a call surely answers exactly one value, never a tuple."""
        if not self.proves:
            return not isinstance(node, MULTI)
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
        filled = [variable for variable, key, begins in self.found.filled if begins and self.is_position(key)]
        return frozenset(value for variable in filled for value in self.found.values.get(variable, ()))

    @cached_property
    def unlisted(self) -> frozenset[Variable]:
        """Locals whose positions are filled, though not from 1 on: their tables are no lists, most likely."""
        filled = [(variable, begins) for variable, key, begins in self.found.filled if self.is_position(key)]
        listed = {variable for variable, begins in filled if begins}
        return frozenset(variable for variable, _ in filled if variable not in listed)

    def is_position(self, key: nodes.Expression | None) -> bool:
        """Whether a key is a number, surely or most likely."""
        return key is None or self.is_likely_number(key) or self.of(key) == NUMBER

    def is_likely_list(self, node: nodes.Expression) -> bool:
        """Whether a table that is asked for a position is a list."""
        return not isinstance(node, nodes.Name) or self.resolution.variables.get(node) not in self.unlisted

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
        return self.builtins.library_path(node, self.resolution.variables)

    def callee(self, node: nodes.Call) -> Function | None:
        """The function that a call surely reaches."""
        name = node.function
        if not isinstance(name, nodes.Name):
            return None
        variable = self.resolution.variables.get(name)
        if variable is not None:
            return self.found.locals.get(variable)
        return self.found.globals.get(name.name)

    # the fixpoint

    def settle(self) -> None:
        """Join until nothing changes."""
        for call in self.found.named_calls:
            if (known := self.callee(call)) is not None:
                known.calls.append(call)
        for variable, function in self.found.locals.items():
            self.parameters(function, variable in self.found.escaped)
        for name, function in self.found.globals.items():
            self.parameters(function, name in self.found.escaped)
        functions = [*self.found.locals.values(), *self.found.globals.values()]
        self.known = {function.node: function for function in functions}
        for _ in range(MAX_ROUNDS):
            changed = False
            for variable, values in self.found.values.items():
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
        self.variables = dict.fromkeys(self.found.values, ANY)
        for function in functions:
            function.kind, function.single = ANY, False

    def parameters(self, function: Function, escaped: bool) -> None:
        """Take the calls' arguments as the values of a function's parameters."""
        function.escaped = escaped
        for place, variable in enumerate(self.resolution.declared[function.node]):
            values = self.found.values.setdefault(variable, [])
            if escaped:
                values.append(ANY)
                continue
            for call in function.calls:
                arguments = call.arguments
                if place < len(arguments) and not isinstance(arguments[place], nodes.Vararg):
                    values.append(arguments[place])
                elif arguments and isinstance(arguments[-1], MULTI):
                    values.append(ANY)
                else:
                    values.append(NIL)

    def result(self, function: Function) -> bool:
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
