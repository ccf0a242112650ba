"""Pricing: what every node of a program charges by its text, decided before anything is optimised.

Input: the tree, its scopes, the cost table. Output: one immutable `Pricing`. It knows no types, no fixed builtins and
no level of optimisation, so that no count can depend on them.

The code generator takes each node's price once, in whatever form it emits the node, and decides where it is charged:
with its neighbours, at the head of the statements that run together. It decides no price. What depends on a value at
run time (a new entry, a string's bytes, a library function's work) is charged where the value is known, from the same
table.

Where a price is due: a node's ``own`` where the node stands; ``heads`` whenever a function is entered or a round of a
loop begins; the condition of a ``while`` before the loop and in each round; that of an ``elseif`` in the branch taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from .. import costs
from ..runtime.values import LONG_STRING
from ..stdlib.registry import LIBRARIES
from ..syntax import nodes
from ..syntax.control_flow import CONSTANTS, LOOPS, MULTI, bodies, ends
from .extents import CELL
from .frame_size import Size
from .scope import BOX, PLAIN, Resolution, Variable

Price = tuple[int, int]
"""Instructions and bytes."""

FREE: Final[Price] = 0, 0

SPREAD: Final[Price] = costs.SPREAD, costs.RESULTS + costs.VALUE * costs.FREE_VALUES
"""``...`` as the last of several values, and a call there that does not answer one value."""

COMPARED: Final = 2
"""Comparisons of a jump's code or part that one instruction pays for."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """A counting loop without a way out, paid for many rounds at once. It counts from ``first`` by ``step``."""

    first: float
    step: float
    rounds: int
    """All of them, if they are paid with the statements before the loop; 0: in pieces of at most costs.ROUNDS."""


@dataclass(frozen=True, slots=True, eq=False)
class Pricing:
    """The prices of a program. Nodes that are missing are free."""

    own: Mapping[Any, Price] = field(default_factory=dict)
    """Of a node without its parts. A function's is that of its value; a target's that of assigning to it."""
    heads: Mapping[Any, Price] = field(default_factory=dict)
    """Of entering a function or chunk, and of beginning a round of a loop."""
    tables: Mapping[nodes.Table, int] = field(default_factory=dict)
    """Bytes of a constructor's table, due when it is reached."""
    fresh: Mapping[Any, int] = field(default_factory=dict)
    """Bytes of the variables that a round of a for loop begins with."""
    depths: Mapping[Any, int] = field(default_factory=dict)
    """Depths that a call of a function with a large frame counts beyond its one."""
    selects: frozenset[nodes.Call] = frozenset()
    """Calls ``select(n, ...)`` that are asked for one value: nothing is spread, if it is the library's function."""
    ahead: Mapping[nodes.NumericFor, Ahead] = field(default_factory=dict)
    """Loops that are paid ahead."""

    def due(self, node: Any) -> Price:
        """All that hangs on one node: its own price, and once what its head, its table and its variables cost."""
        own, head = self.own.get(node, FREE), self.heads.get(node, FREE)
        return own[0] + head[0], own[1] + head[1] + self.tables.get(node, 0) + self.fresh.get(node, 0)

    def total(self, node: nodes.Expression) -> Price:
        """Of an expression with all its parts, without what is due when a part is reached."""
        instructions = size = 0
        waiting: list[Any] = [node]
        while waiting:
            part = waiting.pop()
            own = self.own.get(part, FREE)
            instructions, size = instructions + own[0], size + own[1]
            if not isinstance(part, nodes.Function):
                waiting.extend(nodes.children(part))
        return instructions, size


def price(resolution: Resolution, chunks: Iterable[nodes.Chunk]) -> Pricing:
    """The prices of a program."""
    pricer = _Pricer(resolution)
    for chunk in chunks:
        pricer.chunk(chunk)
    return Pricing(
        own=MappingProxyType(pricer.own),
        heads=MappingProxyType(pricer.heads),
        tables=MappingProxyType(pricer.tables),
        fresh=MappingProxyType(pricer.fresh),
        depths=MappingProxyType(pricer.depths),
        selects=frozenset(pricer.selects),
        ahead=MappingProxyType(pricer.ahead),
    )


class _Pricer:
    """One method for each kind of node; each puts the parts of its node into ``waiting``."""

    def __init__(self, resolution: Resolution) -> None:
        self.resolution = resolution
        self.own: dict[Any, Price] = {}
        self.heads: dict[Any, Price] = {}
        self.tables: dict[nodes.Table, int] = {}
        self.fresh: dict[Any, int] = {}
        self.depths: dict[Any, int] = {}
        self.selects: set[nodes.Call] = set()
        self.ahead: dict[nodes.NumericFor, Ahead] = {}
        self.several: set[nodes.Expression] = set()
        """Calls that are asked for all their values."""
        self.labels: dict[nodes.Block, dict[nodes.Label, int]] = {}
        self.waiting: list[Any] = []

    def chunk(self, chunk: nodes.Chunk) -> None:
        """All of a chunk."""
        self.enter(chunk)
        waiting = self.waiting
        waiting.append(chunk.body)
        while waiting:
            node = waiting.pop()
            if (rule := _RULES.get(node.__class__)) is not None:
                rule(self, node)
            else:
                waiting.extend(nodes.children(node))

    def values(self, items: tuple[nodes.Expression, ...], spreads: bool = True) -> None:
        """Several values, of which the last may be many; ``spreads``: they are copied."""
        if items and isinstance(items[-1], MULTI):
            if not isinstance(items[-1], nodes.Vararg):
                self.several.add(items[-1])
            elif spreads:
                self.own[items[-1]] = SPREAD
        self.waiting.extend(items)

    def nothing(self, node: nodes.Node) -> None:
        """Constants are free; ``...`` is priced where it stands."""

    def block(self, node: nodes.Block) -> None:
        """Its statements."""
        self.waiting.extend(node.statements)

    # expressions

    def name(self, node: nodes.Name) -> None:
        """Locals are free."""
        if node not in self.resolution.variables:
            self.own[node] = costs.GLOBAL, 0

    def index(self, node: nodes.Index) -> None:
        """``string.byte`` and the like, by the text alone, are one lookup, whoever has replaced what."""
        is_member = (
            isinstance(node.object, nodes.Name)
            and isinstance(node.key, nodes.String)
            and node.object not in self.resolution.variables
            and node.key.value in LIBRARIES.get(node.object.name, ())
        )
        self.own[node] = costs.INDEX - costs.GLOBAL * is_member, 0
        self.waiting += node.object, node.key

    def call(self, node: nodes.Call) -> None:
        """``f(...)``."""
        instructions = costs.CALL + costs.ARGUMENT * len(node.arguments)
        self.waiting.append(node.function)
        if self.is_select(node) and node not in self.several:
            self.selects.add(node)
            instructions += costs.SELECT
            self.waiting.append(node.arguments[0])
        else:
            self.values(node.arguments)
        self.own[node] = instructions, 0

    def is_select(self, node: nodes.Call) -> bool:
        """``select(n, ...)``, by the text."""
        named = isinstance(node.function, nodes.Name) and node.function.name == "select"
        return (
            named
            and len(node.arguments) == 2
            and isinstance(node.arguments[1], nodes.Vararg)
            and node.function not in self.resolution.variables
        )

    def method_call(self, node: nodes.MethodCall) -> None:
        """``o:name(...)``: a lookup, and the object as an argument."""
        self.own[node] = costs.INDEX + costs.CALL + costs.ARGUMENT * (1 + len(node.arguments)), 0
        self.waiting.append(node.object)
        self.values(node.arguments)

    def function(self, node: nodes.Function) -> None:
        """The value, with the cells that it keeps; and its calls."""
        instructions, size = self.size_of(node).closure_price()
        self.own[node] = costs.CLOSURE_OP + instructions, costs.CLOSURE + size
        self.enter(node)
        self.waiting.append(node.body)

    def size_of(self, node: nodes.Function | nodes.Chunk) -> Size:
        """Of a function's or chunk's frame."""
        return Size.of(self.resolution.scopes[node], self.resolution.extents[node])

    def enter(self, node: nodes.Function | nodes.Chunk) -> None:
        """Slots beyond the free ones, ``...``, parameters in boxes. A chunk runs once, and pays its slots as bytes."""
        beyond = self.size_of(node).beyond
        declared = self.resolution.declared.get(node, ())
        size = sum(costs.BOX for variable in declared if variable.storage == BOX)
        if (arg := self.resolution.args.get(node)) is not None:
            size += bytes_of(arg)
        if isinstance(node, nodes.Chunk):
            size += beyond * costs.SLOT
        else:
            size += costs.RESULTS if node.is_vararg else 0
            if beyond:
                self.depths[node] = -(-beyond * costs.SLOT // costs.FRAME)
        self.heads[node] = costs.FUNCTION + beyond // costs.SLOTS, size

    def operators(self, node: nodes.Arithmetic | nodes.Comparison) -> None:
        """The operands of a chain."""
        self.waiting.append(node.first)
        self.waiting.extend([operator.operand for operator in node.rest])

    def arithmetic(self, node: nodes.Arithmetic) -> None:
        """Each operator of a chain."""
        powers = sum(operator.symbol == "^" for operator in node.rest)
        self.own[node] = costs.ARITHMETIC * (len(node.rest) - powers) + costs.POWER * powers, 0
        self.operators(node)

    def comparison(self, node: nodes.Comparison) -> None:
        """Each operator of a chain."""
        self.own[node] = costs.COMPARE * len(node.rest), 0
        self.operators(node)

    def concat(self, node: nodes.Concat) -> None:
        """Each operand."""
        self.own[node] = costs.CONCAT * len(node.operands), 0
        self.waiting.extend(node.operands)

    def logical(self, node: nodes.Logical) -> None:
        """Each operand, reached or not."""
        self.own[node] = costs.LOGIC * len(node.operands), 0
        self.waiting.extend(node.operands)

    def unary(self, node: nodes.Unary) -> None:
        """A negative numeral is a constant."""
        if node.symbol != "-" or not isinstance(node.operand, nodes.Number):
            self.own[node] = _UNARY[node.symbol], 0
        self.waiting.append(node.operand)

    def table(self, node: nodes.Table) -> None:
        """Fields; of one with a computed key, entries are charged as they are stored, but for positions."""
        fields = node.fields
        self.own[node] = costs.TABLE_OP + costs.FIELD * len(fields), 0
        entries = len(fields)
        if constant_keys(fields) is None:
            entries = sum(field.key is None for field in fields)
        self.tables[node] = costs.TABLE + costs.ENTRY * entries
        for each in fields:
            self.waiting.extend([each.key, each.value] if each.key is not None else [each.value])
        if fields and fields[-1].key is None:
            self.waiting.pop()
            self.values((fields[-1].value,))

    # statements

    def local(self, node: nodes.Local) -> None:
        """Each name, and what closures share."""
        variables = self.resolution.declared[node]
        self.own[node] = costs.ASSIGN * len(variables), sum(map(bytes_of, variables))
        self.adjusted(node.values, len(variables))

    def adjusted(self, values: tuple[nodes.Expression, ...], wanted: int) -> None:
        """A last call gives several values if there are fewer values than names."""
        if len(values) < wanted:
            self.values(values, spreads=False)
        else:
            self.waiting.extend(values)

    def local_function(self, node: nodes.LocalFunction) -> None:
        """A name and a function."""
        self.own[node] = costs.ASSIGN, bytes_of(self.resolution.declared[node][0])
        self.waiting.append(node.function)

    def assign(self, node: nodes.Assign) -> None:
        """A global is an assignment and a store."""
        for target in node.targets:
            if isinstance(target, nodes.Index):
                self.own[target] = costs.ASSIGN_INDEX, 0
                self.waiting += target.object, target.key
            else:
                store = 0 if target in self.resolution.variables else costs.ASSIGN_INDEX
                self.own[target] = costs.ASSIGN + store, 0
        self.adjusted(node.values, len(node.targets))

    def call_statement(self, node: nodes.CallStatement) -> None:
        """The call's."""
        self.several.add(node.call)
        self.waiting.append(node.call)

    def while_(self, node: nodes.While) -> None:
        """The test before the loop, and each round."""
        self.own[node] = self.heads[node] = costs.LOOP, 0
        self.waiting += node.condition, node.body

    def repeat(self, node: nodes.Repeat) -> None:
        """Each round; a condition that no round reaches has no price."""
        self.heads[node] = costs.LOOP, 0
        self.waiting.append(node.body)
        if not ends(node.body):
            self.waiting.append(node.condition)

    def numeric_for(self, node: nodes.NumericFor) -> None:
        """Its beginning, and each round."""
        self.own[node] = costs.NUMERIC_FOR, 0
        self.heads[node] = costs.LOOP, 0
        (variable,) = self.resolution.declared[node]
        self.begin(node, variable)
        direct = variable.storage == PLAIN and not variable.assigned and not variable.captured
        if direct and (ahead := paid_ahead(node)) is not None:
            self.ahead[node] = ahead
        self.waiting.extend(part for part in (node.start, node.stop, node.step, node.body) if part is not None)

    def begin(self, node: nodes.NumericFor | nodes.GenericFor, *variables: Variable) -> None:
        """A round's variables."""
        if size := sum(map(bytes_of, variables)):
            self.fresh[node] = size

    def generic_for(self, node: nodes.GenericFor) -> None:
        """A round of ``pairs`` and ``ipairs``, by the text, is a lookup; of any other iterator, a call."""
        variables = self.resolution.declared[node]
        self.own[node] = costs.GENERIC_FOR, 0
        named = loop_name(node, self.resolution) is not None
        self.heads[node] = costs.LOOP + (costs.INDEX if named else costs.CALL), 0
        self.begin(node, *variables)
        self.values(node.values)
        self.waiting.append(node.body)

    def return_(self, node: nodes.Return) -> None:
        """None, one as it is, or several in a tuple."""
        is_tuple = len(node.values) > 1
        self.own[node] = costs.RETURN, (costs.RESULTS + costs.VALUE * len(node.values)) * is_tuple
        self.values(node.values, is_tuple)

    def goto(self, node: nodes.Goto) -> None:
        """A round, and the parts of the block that are passed over to find the label's."""
        block, label = self.resolution.targets[node]
        if block not in self.labels:
            labels = [statement for statement in block.statements if isinstance(statement, nodes.Label)]
            self.labels[block] = {each: number for number, each in enumerate(labels)}
        self.own[node] = costs.LOOP + self.labels[block][label] // COMPARED, 0

    def label(self, node: nodes.Label) -> None:
        """Of a block whose parts are looked for, see codegen.jumps."""
        self.own[node] = costs.LOOP, 0


_RULES: Final[dict[type, Callable[[_Pricer, Any], None]]] = {
    **dict.fromkeys((*CONSTANTS, nodes.Vararg, nodes.Prior, nodes.Break), _Pricer.nothing),
    nodes.Block: _Pricer.block,
    nodes.Name: _Pricer.name,
    nodes.Index: _Pricer.index,
    nodes.Call: _Pricer.call,
    nodes.MethodCall: _Pricer.method_call,
    nodes.Function: _Pricer.function,
    nodes.Arithmetic: _Pricer.arithmetic,
    nodes.Comparison: _Pricer.comparison,
    nodes.Concat: _Pricer.concat,
    nodes.Logical: _Pricer.logical,
    nodes.Unary: _Pricer.unary,
    nodes.Table: _Pricer.table,
    nodes.Local: _Pricer.local,
    nodes.LocalFunction: _Pricer.local_function,
    nodes.Assign: _Pricer.assign,
    nodes.CallStatement: _Pricer.call_statement,
    nodes.While: _Pricer.while_,
    nodes.Repeat: _Pricer.repeat,
    nodes.NumericFor: _Pricer.numeric_for,
    nodes.GenericFor: _Pricer.generic_for,
    nodes.Return: _Pricer.return_,
    nodes.Goto: _Pricer.goto,
    nodes.Label: _Pricer.label,
}

_UNARY: Final[dict[str, int]] = {"-": costs.ARITHMETIC, "not": costs.NOT, "#": costs.LENGTH}


def bytes_of(variable: Variable) -> int:
    """Of a local that closures share."""
    if variable.storage == BOX:
        return costs.BOX
    return costs.UPVALUE if variable.captured and variable.in_loop else 0


def constant_keys(fields: tuple[nodes.Field, ...]) -> list[float | str] | None:
    """The keys of all fields; None if one is computed, or a long string, which has a price of its own."""
    keys: list[float | str] = []
    place = 0.0
    for each in fields:
        if each.key is None:
            place += 1.0
            keys.append(place)
        elif isinstance(each.key, nodes.String) and len(each.key.value) < LONG_STRING:
            keys.append(each.key.value)
        else:
            return None
    return keys


def loop_name(node: nodes.GenericFor, resolution: Resolution) -> str | None:
    """``pairs`` or ``ipairs`` of ``for ... in pairs(x)``, by the text: with one argument, at most two variables."""
    only = node.values[0]
    if len(node.values) != 1 or len(node.names) > 2 or not isinstance(only, nodes.Call) or len(only.arguments) != 1:
        return None
    function = only.function
    if not isinstance(function, nodes.Name) or function in resolution.variables:
        return None
    is_loop = function.name in ("pairs", "ipairs") and not isinstance(only.arguments[0], nodes.Vararg)
    return function.name if is_loop else None


def paid_ahead(node: nodes.NumericFor) -> Ahead | None:
    """How a loop that counts up by whole numbers and has no way out is paid; None: each round by itself."""
    first, step = whole_constant(node.start), whole_constant(node.step) if node.step is not None else 1.0
    if first is None or step is None or step <= 0.0 or leaves(node.body):
        return None
    last = whole_constant(node.stop)
    if last is None or not 0.0 <= last - first < step * costs.FEW_ROUNDS:
        return Ahead(first, step, 0)
    return Ahead(first, step, int((last - first) // step) + 1)


def whole_constant(node: nodes.Expression) -> float | None:
    """The value of a numeral that is whole and small enough to count with exactly."""
    sign = 1.0
    if isinstance(node, nodes.Unary) and node.symbol == "-":
        node, sign = node.operand, -1.0
    if not isinstance(node, nodes.Number) or not -1e9 <= node.value <= 1e9 or node.value % 1.0 != 0.0:
        return None
    return sign * node.value


def leaves(body: nodes.Block, here: bool = True) -> bool:
    """Whether a return, a goto, or a break of this very loop stands in a loop's body."""
    for statement in body.statements:
        if isinstance(statement, (nodes.Return, nodes.Goto, nodes.Label)) or (
            here and isinstance(statement, nodes.Break)
        ):
            return True
        of_this_loop = here and not isinstance(statement, LOOPS)
        if any(leaves(inner, of_this_loop) for inner in bodies(statement)):
            return True
    return False


def slots(block: nodes.Block, resolution: Resolution) -> int:
    """What the locals of a block, and of those in it, take of a frame: a block that is moved apart clears them."""
    found = 0
    pending = [block]
    while pending:
        for statement in pending.pop().statements:
            for variable in resolution.declared.get(statement, ()):
                found += CELL if variable.captured else 1
            pending.extend(bodies(statement))
    return found


def apart(block: nodes.Block, resolution: Resolution) -> int:
    """Instructions of a block that is moved into a Python function of its own, whenever it is entered."""
    return slots(block, resolution) // costs.SLOTS
