"""Expressions to Python ast: the half of the compiler that makes values.

Three questions can be asked of an expression: ``value`` (exactly one Lua value), ``multi`` (all
results: a value, or a tuple for none or several) and ``test`` (a Python truth). The fast path
stands inline behind an exact class test; everything else is one call into operations.

No subtree is emitted twice: an operand that is needed twice is first named, with a walrus. Where two
operands must be evaluated in order before a test, ``(t1 := A) is not (t2 := B) and ...`` does both at the
price of one comparison, and the odd case where they are one object takes the slow path, which is right too.

CPython's compiler recurses over the ast, so its height is bounded: a tall expression is moved into a
nested function (outlined) that is called in its place, and a long chain becomes such a function's statements.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any, TypeGuard

from . import costs, nodes, pyast
from .infer import BOOLEAN, NIL, NUMBER, STRING, Kinds
from .inlining import can_inline, inline
from .libraries import LEFT_OUT, Seal
from .scope import BOX, VALUE, Resolution, Scope, Variable
from .tracebacks import Site
from .values import LONG_STRING

MAX_HEIGHT = 16
"""Lua levels that may nest in one Python expression; each is up to eight ast levels."""

MAX_CHAIN = 24
"""Operators of a chain that stay one expression."""

_ARITHMETIC = {
    "+": (ast.Add(), "add"),
    "-": (ast.Sub(), "subtract"),
    "*": (ast.Mult(), "multiply"),
    "/": (ast.Div(), "divide_values"),
    "%": (ast.Mod(), "modulo_values"),
    "^": (ast.Pow(), "power_values"),
}
_ORDER = {
    "<": (ast.Lt(), "less"),
    "<=": (ast.LtE(), "less_equal"),
    ">": (ast.Gt(), "less"),
    ">=": (ast.GtE(), "less_equal"),
}
_FLOOR, _MULTIPLY, _DIVIDE = ast.FloorDiv(), ast.Mult(), ast.Div()
_IDENTICAL = (ast.Eq(), ast.NotEq())
_TRUE_KINDS = (NUMBER, STRING, "table", "function")
_CALLS = (nodes.Call, nodes.MethodCall)
_CONSTANTS = (nodes.Nil, nodes.Boolean, nodes.Number, nodes.String)
_MULTI = (nodes.Call, nodes.MethodCall, nodes.Vararg)


class Segment:
    """A run of statements that is charged on entry. Stands in a statement list until its price is known."""

    __slots__ = ("bytes", "entry", "instructions")

    def __init__(self, entry: bool = False) -> None:
        self.instructions = 0
        self.bytes = 0
        self.entry = entry


Statements = list[Any]
"""ast statements, and Segments to be replaced by their charges."""


class Context:
    """One Python function being emitted: a Lua function, or a piece outlined from one."""

    def __init__(self, scope: Scope, parent: Context | None, outlined: bool) -> None:
        self.scope = scope
        self.parent = parent
        self.outlined = outlined
        self.level: int = parent.level + 1 if outlined and parent is not None else 0
        self.owned: set[str] = set()
        self.stored: set[str] = set()
        self.temporaries = 0
        self.most_temporaries = 0
        self.nesting = 0
        self.frames: list[Any] = []
        self.prologue: list[ast.stmt] = []
        self.jump: str = parent.jump if outlined and parent is not None else ""


class ExpressionCompiler:
    """Emits expressions into the current context; statements that must come first go to ``self.out``."""

    def __init__(self, resolution: Resolution, kinds: Kinds, seal: Seal) -> None:
        self.resolution = resolution
        self.kinds = kinds
        self.seal = seal
        self.sites: list[Site] = [Site("", 0)]
        self.site_numbers: dict[Site, int] = {}
        self.functions: dict[str, str] = {}
        self.chunk_name = ""
        self.counter = 0
        self.line = 1
        self.out: Statements = []
        self.segment = Segment()
        self.height = 0
        self.depths: list[ast.Constant] = []
        self.conditional = 0
        self.is_complete = False
        self.context: Context
        self.table: dict[type, Callable[[Any], ast.expr]] = {
            nodes.Nil: lambda node: pyast.constant(None, self.line),
            nodes.Boolean: lambda node: pyast.name("TRUE" if node.value else "FALSE", self.line),
            nodes.Number: lambda node: pyast.constant(node.value, self.line),
            nodes.String: lambda node: pyast.constant(node.value, self.line),
            nodes.Vararg: self.first_vararg,
            nodes.Name: self.read_name,
            nodes.Index: self.index,
            nodes.Call: self.call_value,
            nodes.MethodCall: self.call_value,
            nodes.Paren: lambda node: self.value(node.expression),
            nodes.Arithmetic: self.arithmetic,
            nodes.Comparison: self.comparison_value,
            nodes.Concat: self.concat,
            nodes.Logical: self.logical,
            nodes.Unary: self.unary,
            nodes.Table: self.constructor,
            nodes.Function: self.closure,
        }

    def emit_function(self, node: nodes.Function, own: Variable | None) -> ast.expr:
        """The function's definition, as statements, and the expression that yields it."""
        raise NotImplementedError

    # positions, prices, names

    def at(self, line: int, names: tuple[str, ...] = (), notes: tuple[str, ...] = (), is_call: bool = False) -> int:
        site = Site(self.chunk_name, line, names, notes if any(notes) else (), is_call)
        number = self.site_numbers.get(site)
        if number is None:
            number = self.site_numbers[site] = len(self.sites)
            self.sites.append(site)
        return number

    def charge(self, instructions: int, size: int = 0) -> None:
        self.segment.instructions += instructions
        self.segment.bytes += size

    def fresh(self, letter: str) -> str:
        self.counter += 1
        return f"{letter}{self.counter}"

    def temporary(self) -> str:
        context = self.context
        context.temporaries += 1
        name = f"t{context.temporaries}"
        context.owned.add(name)
        return name

    def store(self, identifier: str) -> str:
        self.context.stored.add(identifier)
        return identifier

    def run(self) -> ast.Name:
        return pyast.name("run", self.line)

    def helper(self, function: str, *arguments: ast.expr, at: int | None = None) -> ast.Call:
        """``function(run, d, ...)``."""
        line = self.line if at is None else at
        return pyast.call(function, [pyast.name("run", line), pyast.name("d", line), *arguments], line)

    def depth(self, crossing: bool) -> ast.expr:
        """The depth to call at."""
        line = self.line
        if crossing:
            return pyast.binary(pyast.name("d", line), pyast.ADD, pyast.name("crossing", line), line)
        step = pyast.constant(1 + self.context.level, line)
        self.depths.append(step)
        return pyast.binary(pyast.name("d", line), pyast.ADD, step, line)

    def describe(self, node: nodes.Expression) -> tuple[str, str]:
        """getobjname's words for an operand, and the note for what this engine leaves out."""
        if isinstance(node, nodes.Name):
            variable = self.resolution.variables.get(node)
            if variable is not None:
                return ("local" if variable.owner is self.context.scope else "upvalue") + f" '{node.name}'", ""
            left_out = LEFT_OUT.get(node.name)
            return (
                f"global '{node.name}'",
                f"{node.name} is not available in this engine" if left_out is not None else "",
            )
        if isinstance(node, nodes.Index):
            if not isinstance(node.key, nodes.String):
                return "field '?'", ""
            note = ""
            owner = node.object
            if isinstance(owner, nodes.Name) and owner not in self.resolution.variables:
                missing = node.key.value in LEFT_OUT.get(owner.name, ())
                note = f"{owner.name}.{node.key.value} is not available in this engine" if missing else ""
            return f"field '{node.key.value}'", note
        if isinstance(node, nodes.MethodCall):
            return "", ""
        return "", ""

    def operands_at(self, line: int, *operands: nodes.Expression) -> int:
        described = [self.describe(operand) for operand in operands]
        names = tuple(name for name, _ in described)
        return self.at(line, names if any(names) else (), tuple(note for _, note in described))

    def is_own_mutable(self, node: nodes.Expression) -> bool:
        """A local of this function that a closure may change while another operand is evaluated."""
        if not isinstance(node, nodes.Name):
            return False
        variable = self.resolution.variables.get(node)
        return variable is not None and variable.captured and variable.assigned > 0

    def is_simple(self, node: nodes.Expression) -> bool:
        """Evaluating it is a single load that nothing in the same expression can change."""
        if isinstance(node, _CONSTANTS):
            return True
        if not isinstance(node, nodes.Name):
            return False
        variable = self.resolution.variables.get(node)
        return variable is not None and variable.storage != BOX and not (variable.captured and variable.assigned)

    def named(self, node: nodes.Expression) -> tuple[ast.expr, Callable[[], ast.expr]]:
        """The operand's first mention, and a maker of the later ones."""
        line = self.line
        if self.is_simple(node):
            return self.value(node), lambda: self.table[node.__class__](node)
        value = self.value(node)
        identifier = self.temporary()
        return pyast.walrus(self.store(identifier), value, line), lambda: pyast.name(identifier, line)

    # the three questions

    def value(self, node: nodes.Expression) -> ast.expr:
        """Exactly one Lua value."""
        saved, self.height = self.height, 0
        marks = len(self.depths)
        made = self.table[node.__class__](node)
        height = self.height + 1
        if height > MAX_HEIGHT:
            made = self.outline(made, marks)
            height = 1
        self.height = max(saved, height)
        return made

    def multi(self, node: nodes.Expression) -> ast.expr:
        """All values of a call or ``...``; one value of anything else."""
        if isinstance(node, _CALLS):
            saved, self.height = self.height, 0
            marks = len(self.depths)
            made = self.call(node)
            height = self.height + 1
            if height > MAX_HEIGHT:
                made = self.outline(made, marks)
                height = 1
            self.height = max(saved, height)
            return made
        if isinstance(node, nodes.Vararg):
            return pyast.name("va", self.line)
        return self.value(node)

    def test(self, node: nodes.Expression) -> ast.expr:
        """A Python truth value."""
        line = self.line
        if isinstance(node, nodes.Boolean):
            return pyast.constant(node.value, line)
        if isinstance(node, nodes.Nil):
            return pyast.constant(False, line)
        if isinstance(node, nodes.Comparison) and len(node.rest) == 1:
            return self.guard_height(lambda: self.comparison(node.first, node.rest[0]))
        if isinstance(node, nodes.Unary) and node.symbol == "not":
            self.charge(costs.NOT)
            return self.guard_height(lambda: pyast.negation(self.test(node.operand), line))
        if isinstance(node, nodes.Logical) and len(node.operands) <= MAX_CHAIN:
            self.charge(costs.LOGIC * len(node.operands))
            join = pyast.both if node.symbol == "and" else pyast.either

            def operands() -> ast.expr:
                head = self.test(node.operands[0])
                self.conditional += 1
                rest = [self.test(operand) for operand in node.operands[1:]]
                self.conditional -= 1
                return join([head, *rest], line)

            return self.guard_height(operands)
        kind = self.kinds.of(node)
        if kind == BOOLEAN:
            return pyast.compare(self.value(node), pyast.IS, pyast.name("TRUE", line), line)
        if isinstance(node, (nodes.Number, nodes.String)):
            return pyast.constant(True, line)
        once, again = self.named(node)
        return pyast.both(
            [
                pyast.compare(once, pyast.IS_NOT, pyast.constant(None, line), line),
                pyast.compare(again(), pyast.IS_NOT, pyast.name("FALSE", line), line),
            ],
            line,
        )

    def guard_height(self, make: Callable[[], ast.expr]) -> ast.expr:
        saved, self.height = self.height, 0
        marks = len(self.depths)
        made = make()
        height = self.height + 1
        if height > MAX_HEIGHT:
            made = self.outline(made, marks)
            height = 1
        self.height = max(saved, height)
        return made

    def outline(self, value: ast.expr, marks: int) -> ast.expr:
        """Move an expression into a nested function and call it there."""
        identifier = self.fresh("x")
        self.context.owned.add(identifier)
        shared = sorted(
            {
                item.id
                for item in ast.walk(value)
                if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store) and item.id in ("fuel", "alloc")
            }
        )
        body: list[ast.stmt] = [pyast.nonlocal_(shared, self.line)] if shared else []
        body.append(pyast.return_(value, self.line))
        for constant in self.depths[marks:]:
            constant.value += 1  # type: ignore[operator]
        self.out.append(pyast.function(identifier, (), 0, None, body, self.line))
        return pyast.call(identifier, (), self.line)

    # names

    def read_name(self, node: nodes.Name) -> ast.expr:
        variable = self.resolution.variables.get(node)
        line = self.line
        if variable is not None:
            slot = pyast.name(variable.slot, line)
            return pyast.subscript(slot, pyast.constant(0, line), line) if variable.storage == BOX else slot
        self.charge(costs.GLOBAL)
        return self.read_global(node.name)

    def read_global(self, name: str) -> ast.expr:
        line = self.line
        if (sealed := self.seal.function(name)) is not None:
            return pyast.name(sealed, line)
        if self.seal.dynamic:
            return pyast.call(
                "index", [self.run(), pyast.name("d", line), pyast.name("G", line), pyast.constant(name, line)], line
            )
        return pyast.subscript(pyast.name("G", line), pyast.constant(name, line), line)

    def first_vararg(self, node: nodes.Vararg) -> ast.expr:
        line = self.line
        return pyast.choose(
            pyast.name("va", line),
            pyast.subscript(pyast.name("va", line), pyast.constant(0, line), line),
            pyast.constant(None, line),
            line,
        )

    # indexing

    def index(self, node: nodes.Index) -> ast.expr:
        self.charge(costs.INDEX)
        if (sealed := self.sealed_function(node)) is not None:
            return pyast.name(sealed, self.line)
        at = self.operands_at(node.line, node.object)
        saved, self.line = self.line, at
        made = self.guarded_index(node.object, node.key)
        self.line = saved
        return made

    def sealed_function(self, node: nodes.Expression) -> str | None:
        """The slot of a library function that the script cannot have replaced."""
        if isinstance(node, nodes.Name):
            return None if node in self.resolution.variables else self.seal.function(node.name)
        if not isinstance(node, nodes.Index) or not isinstance(node.key, nodes.String):
            return None
        owner = node.object
        if not isinstance(owner, nodes.Name) or owner in self.resolution.variables:
            return None
        return self.seal.field(owner.name, node.key.value)

    def guarded_index(self, o: nodes.Expression, k: nodes.Expression) -> ast.expr:
        line = self.line
        if self.is_simple(k):
            once, again = self.named(o)
            slow: ast.expr = self.helper("index", again(), self.value(k))
            if isinstance(k, nodes.Number) or (isinstance(k, nodes.String) and len(k.value) < LONG_STRING):
                slow = self.own_field(again, k, slow)
            return pyast.choose(
                pyast.is_class(once, "Table", line), pyast.subscript(again(), self.value(k), line), slow, line
            )
        once, again = self.named(o)
        key = self.value(k)
        identifier = self.temporary()
        named_key = pyast.walrus(self.store(identifier), key, line)
        test = pyast.both(
            [pyast.compare(once, pyast.IS_NOT, named_key, line), pyast.is_class(again(), "Table", line)], line
        )
        return pyast.choose(
            test,
            pyast.subscript(again(), pyast.name(identifier, line), line),
            self.helper("index", again(), pyast.name(identifier, line)),
            line,
        )

    def own_field(self, o: Callable[[], ast.expr], k: nodes.Expression, slow: ast.expr) -> ast.expr:
        """A field that an object has itself, whatever its metatable: objects read their fields twice as fast."""
        line = self.line
        value = self.temporary()
        found = pyast.walrus(self.store(value), pyast.subscript(o(), self.value(k), line), line)
        has = pyast.both(
            [
                pyast.is_class(o(), "MetaTable", line),
                pyast.compare(found, pyast.IS_NOT, pyast.constant(None, line), line),
            ],
            line,
        )
        return pyast.choose(has, pyast.name(value, line), slow, line)

    # calls

    def call_value(self, node: nodes.Call | nodes.MethodCall) -> ast.expr:
        if isinstance(node, nodes.Call) and (inlined := self.inlined_call(node)) is not None:
            return inlined
        made = self.call(node, True)
        if self.is_complete:
            return made
        if self.kinds.is_single(node):
            return made
        line = self.line
        result = self.temporary()
        return pyast.choose(
            pyast.is_class(pyast.walrus(self.store(result), made, line), "tuple", line),
            pyast.choose(
                pyast.name(result, line),
                pyast.subscript(pyast.name(result, line), pyast.constant(0, line), line),
                pyast.constant(None, line),
                line,
            ),
            pyast.name(result, line),
            line,
        )

    def inlined_call(self, node: nodes.Call) -> ast.expr | None:
        """One value of a library function that is done in place (see inlining)."""
        sealed = self.sealed_function(node.function)
        if sealed is None or not can_inline(self, self.seal.path(sealed), node.arguments, False):
            return None
        name, _ = self.describe(node.function)
        saved, self.line = self.line, self.at(node.line, (name,), (), True)
        self.charge(costs.CALL + costs.ARGUMENT * len(node.arguments))
        function = self.value(node.function)
        made = inline(self, self.seal.path(sealed), function, node.arguments, None)
        self.line = saved
        return made

    def call(self, node: nodes.Call | nodes.MethodCall, one: bool = False) -> ast.expr:
        """All results; ``is_complete`` afterwards says that it is one value already."""
        self.is_complete = False
        self.charge(costs.CALL + costs.ARGUMENT * len(node.arguments))
        saved = self.line
        if isinstance(node, nodes.MethodCall):
            made = self.method_call(node, one)
        else:
            name, note = self.describe(node.function)
            at = self.at(node.line, (name,) if name else (), (note,), True)
            self.line = at
            function = self.value(node.function)
            if self.seal.strings_open and not isinstance(node.function, nodes.Function):
                function = self.maybe_string(function)
            self.line = at
            arguments, spreads = self.arguments(node.arguments)
            made = pyast.call_value(function, [self.depth(spreads), *arguments], at)
            self.is_complete = False
        self.line = saved
        return made

    def find_method(self, once: ast.expr, receiver: str, name: ast.Constant) -> ast.expr:
        """A method in an object's class (the __index of its metatable), else in the object, else by operations."""
        line = self.line
        holder = self.store(self.temporary())
        meta = ast.Attribute(pyast.name(receiver, line), "meta", pyast.LOAD, lineno=line, col_offset=0)
        handler = pyast.subscript(meta, pyast.constant("__index", line), line)
        in_class = pyast.both(
            [
                pyast.is_class(once, "MetaTable", line),
                pyast.is_class(pyast.walrus(holder, handler, line), "Table", line),
                pyast.compare(name, pyast.NOT_IN, pyast.name(receiver, line), line),
            ],
            line,
        )
        return pyast.choose(
            in_class,
            pyast.subscript(pyast.name(holder, line), name, line),
            pyast.choose(
                pyast.is_class(pyast.name(receiver, line), "Table", line),
                pyast.subscript(pyast.name(receiver, line), name, line),
                self.helper("index", pyast.name(receiver, line), name),
                line,
            ),
            line,
        )

    def maybe_string(self, function: ast.expr) -> ast.expr:
        """The script can reach the strings' metatable, so a string may be callable."""
        line = self.line
        value = self.temporary()
        return pyast.choose(
            pyast.is_class(pyast.walrus(self.store(value), function, line), "FunctionType", line),
            pyast.name(value, line),
            self.helper("callable_of", pyast.name(value, line)),
            line,
        )

    def method_call(self, node: nodes.MethodCall, one: bool) -> ast.expr:
        self.charge(costs.INDEX + costs.ARGUMENT)
        object_name, note = self.describe(node.object)
        lookup = self.at(node.line, (object_name,) if object_name else (), (note,))
        at = self.at(node.line, (f"method '{node.method}'",), (), True)
        self.line = lookup
        value = self.value(node.object)
        receiver = self.temporary()
        once = pyast.walrus(self.store(receiver), value, lookup)
        name = pyast.constant(node.method, lookup)
        sealed = self.seal.method(node.method)
        inlined = one and sealed is not None and can_inline(self, ("string", node.method), node.arguments, True)
        head = pyast.name(receiver, lookup) if inlined else once
        found = self.find_method(head if sealed is None else pyast.name(receiver, lookup), receiver, name)
        if sealed is not None:
            found = pyast.choose(pyast.is_class(head, "str", lookup), pyast.name(sealed, lookup), found, lookup)
        self.line = at
        if inlined:
            made = inline(self, ("string", node.method), found, node.arguments, receiver, once)
            self.is_complete = True
            return made
        arguments, spreads = self.arguments(node.arguments)
        self.is_complete = False
        return pyast.call_value(found, [self.depth(spreads), pyast.name(receiver, at), *arguments], at)

    def arguments(self, items: Sequence[nodes.Expression]) -> tuple[list[ast.expr], bool]:
        """Values for a call or a return; whether the last one is spread."""
        if not items or not isinstance(items[-1], _MULTI):
            return [self.value(item) for item in items], False
        made = [self.value(item) for item in items[:-1]]
        last = items[-1]
        if not isinstance(last, nodes.Vararg) and self.kinds.is_single(last):
            return [*made, self.multi(last)], False
        return [*made, pyast.starred(self.spread(last), self.line)], True

    def spread(self, node: nodes.Expression) -> ast.expr:
        """All values of ``node`` as a tuple."""
        line = self.line
        self.charge(costs.SPREAD, costs.RESULTS + costs.VALUE * costs.FREE_VALUES)
        if isinstance(node, nodes.Vararg):
            few = pyast.compare(
                pyast.call("len", [pyast.name("va", line)], line),
                ast.LtE(),
                pyast.constant(costs.FREE_VALUES, line),
                line,
            )
            return pyast.choose(
                few, pyast.name("va", line), pyast.call("spread", [self.run(), pyast.name("va", line)], line), line
            )
        made = self.multi(node)
        result = self.temporary()
        return pyast.choose(
            pyast.compare(
                pyast.class_of(pyast.walrus(self.store(result), made, line), line),
                pyast.IS_NOT,
                pyast.name("tuple", line),
                line,
            ),
            pyast.tuple_of([pyast.name(result, line)], line),
            pyast.call("spread", [self.run(), pyast.name(result, line)], line),
            line,
        )

    # operators

    def arithmetic(self, node: nodes.Arithmetic) -> ast.expr:
        if len(node.rest) > MAX_CHAIN:
            return self.long_chain(node)
        made = None
        left: nodes.Expression = node.first
        number = self.kinds.of(node.first) == NUMBER
        for operator in node.rest:
            made = self.operate(left if made is None else None, made, number, operator, node.first)
            number = number and self.kinds.of(operator.operand) == NUMBER
        assert made is not None
        return made

    def operate(
        self,
        left: nodes.Expression | None,
        made: ast.expr | None,
        left_is_number: bool,
        operator: nodes.Operator,
        described: nodes.Expression,
    ) -> ast.expr:
        """One arithmetic operator; the left operand is a node, or already made."""
        symbol, right = operator.symbol, operator.operand
        self.charge(costs.POWER if symbol == "^" else costs.ARITHMETIC)
        names = [self.describe(described) if left is not None else ("", ""), self.describe(right)]
        at = self.at(
            operator.line,
            tuple(name for name, _ in names) if any(name for name, _ in names) else (),
            tuple(note for _, note in names),
        )
        saved, self.line = self.line, at
        if made is not None:
            self.height += 1  # a chain leans to the left: each step is one level higher
        right_is_number = self.kinds.of(right) == NUMBER
        result = self.operate_at(left, made, left_is_number, symbol, right, right_is_number)
        self.line = saved
        return result

    def operate_at(
        self,
        left: nodes.Expression | None,
        made: ast.expr | None,
        left_is_number: bool,
        symbol: str,
        right: nodes.Expression,
        right_is_number: bool,
    ) -> ast.expr:
        line = self.line
        _, slow = _ARITHMETIC[symbol]
        first = made if made is not None else self.value(left)  # type: ignore[arg-type]
        left_simple = left is not None and self.is_simple(left)
        if left_is_number and right_is_number and symbol in "+-*" and not (left and self.is_late(left, right)):
            return pyast.binary(first, _ARITHMETIC[symbol][0], self.value(right), line)
        second = self.value(right)
        right_simple = self.is_simple(right)
        late = left is not None and self.is_late(left, right)
        if left_simple or late:
            a_once: ast.expr = first

            def a_again() -> ast.expr:
                return self.table[left.__class__](left)
        else:
            a = self.temporary()
            a_once = pyast.walrus(self.store(a), first, line)

            def a_again() -> ast.expr:
                return pyast.name(a, line)

        if right_simple:
            b_once = second

            def b_again() -> ast.expr:
                return self.table[right.__class__](right)
        else:
            b = self.temporary()
            b_once = pyast.walrus(self.store(b), second, line)

            def b_again() -> ast.expr:
                return pyast.name(b, line)

        fast = self.fast_arithmetic(symbol, a_again, b_again, right)
        tests: list[ast.expr]
        if late:
            tests = [pyast.both_class(b_once, a_once, "float", line)]
        elif left_is_number and right_is_number:
            tests = []
            if not left_simple:
                tests.append(pyast.is_class(a_once, "float", line))
            if not right_simple:
                tests.append(pyast.is_class(b_once, "float", line))
        elif right_is_number and right_simple:
            tests = [pyast.is_class(a_once, "float", line)]
        elif left_is_number and left_simple:
            tests = [pyast.is_class(b_once, "float", line)]
        else:
            tests = [pyast.both_class(a_once, b_once, "float", line)]
        if symbol in "/%" and not (isinstance(right, nodes.Number) and right.value != 0.0):
            tests.append(b_again())
        if not tests:
            return fast
        return pyast.choose(pyast.both(tests, line), fast, self.helper(slow, a_again(), b_again()), line)

    def is_late(self, left: nodes.Expression, right: nodes.Expression) -> bool:
        """A local of this function that evaluating ``right`` may change: PUC reads it afterwards, from its register."""
        return self.is_own_mutable(left) and self.owner_is_here(left) and not self.is_simple(right)

    def owner_is_here(self, node: nodes.Expression) -> bool:
        variable = self.resolution.variables.get(node)  # type: ignore[call-overload]
        return variable is not None and variable.owner is self.context.scope and variable.storage != BOX

    def fast_arithmetic(
        self, symbol: str, a: Callable[[], ast.expr], b: Callable[[], ast.expr], right: nodes.Expression
    ) -> ast.expr:
        line = self.line
        if symbol == "^":
            return pyast.call("power", [a(), b()], line)
        if symbol == "%":
            # luai_nummod rounds as a - floor(a / b) * b does; Python's % is exact and so differs.
            floor = pyast.binary(pyast.binary(a(), _DIVIDE, b(), line), _FLOOR, pyast.constant(1.0, line), line)
            return pyast.binary(a(), pyast.SUB, pyast.binary(floor, _MULTIPLY, b(), line), line)
        return pyast.binary(a(), _ARITHMETIC[symbol][0], b(), line)

    def long_chain(self, node: nodes.Arithmetic | nodes.Comparison) -> ast.expr:
        """A chain of many operators: a nested function with one statement each."""

        def body() -> None:
            total = self.temporary()
            self.out.append(pyast.assign_name(self.store(total), self.value(node.first), self.line))
            number = self.kinds.of(node.first) == NUMBER
            for operator in node.rest:
                mark = self.context.temporaries
                left = pyast.name(total, self.line)
                if isinstance(node, nodes.Arithmetic):
                    made = self.operate(None, left, number, operator, node.first)
                    number = number and self.kinds.of(operator.operand) == NUMBER
                else:
                    made = self.truth_value(self.compare(None, left, operator, node.first))
                self.out.append(pyast.assign_name(total, made, self.line))
                self.context.temporaries = mark
            self.out.append(pyast.return_(pyast.name(total, self.line), self.line))

        return self.outlined(body)

    def outlined(self, body: Callable[[], None]) -> ast.expr:
        """Emit ``body`` as a nested function's statements; yields its call. Its price stays with the caller's."""
        identifier = self.fresh("x")
        self.context.owned.add(identifier)
        outer, out = self.context, self.out
        self.context = Context(outer.scope, outer, True)
        self.context.owned.add(identifier)
        self.out = []
        body()
        inner, statements = self.context, [*self.context.prologue, *self.out]
        self.context, self.out = outer, out
        self.out.append(self.definition(identifier, (), None, inner, statements))
        return pyast.call(identifier, (), self.line)

    def definition(
        self, identifier: str, parameters: Sequence[str], vararg: str | None, context: Context, statements: Statements
    ) -> ast.FunctionDef:
        """A Python function from a finished context: names of enclosing functions become nonlocal."""
        raise NotImplementedError

    def truth_value(self, test: ast.expr) -> ast.expr:
        return pyast.choose(test, pyast.name("TRUE", self.line), pyast.name("FALSE", self.line), self.line)

    def comparison_value(self, node: nodes.Comparison) -> ast.expr:
        if len(node.rest) > MAX_CHAIN:
            return self.long_chain(node)
        made = self.truth_value(self.comparison(node.first, node.rest[0]))
        for operator in node.rest[1:]:
            self.height += 1
            made = self.truth_value(self.compare(None, made, operator, node.first))
        return made

    def comparison(self, left: nodes.Expression, operator: nodes.Operator) -> ast.expr:
        return self.compare(left, None, operator, left)

    def compare(
        self,
        left: nodes.Expression | None,
        made: ast.expr | None,
        operator: nodes.Operator,
        described: nodes.Expression,
    ) -> ast.expr:
        """One comparison as a Python truth."""
        self.charge(costs.COMPARE)
        saved, self.line = self.line, self.at(operator.line)
        if operator.symbol in ("==", "~="):
            result = self.equality(left, made, operator)
        else:
            result = self.order(left, made, operator)
        self.line = saved
        return result

    def equality(self, left: nodes.Expression | None, made: ast.expr | None, operator: nodes.Operator) -> ast.expr:
        line = self.line
        right = operator.operand
        equal = operator.symbol == "=="
        identity = pyast.IS if equal else pyast.IS_NOT
        sign = _IDENTICAL[0 if equal else 1]
        if left is not None and isinstance(left, _CONSTANTS) and not isinstance(right, _CONSTANTS):
            left, right = right, left  # a constant has no effect: test the other operand against it
        first = made if made is not None else self.value(left)  # type: ignore[arg-type]
        if isinstance(right, (nodes.Nil, nodes.Boolean)):
            return pyast.compare(first, identity, self.value(right), line)
        if isinstance(right, nodes.Number) or (isinstance(right, nodes.String) and len(right.value) < LONG_STRING):
            if isinstance(first, ast.Constant):
                first = pyast.call("itself", [first], line)
            return pyast.compare(first, sign, self.value(right), line)
        kinds = {self.kinds.of(right), self.kinds.of(left) if left is not None else ""}
        second = self.value(right)
        late = made is None and left is not None and self.is_late(left, right)
        if kinds & {NUMBER, BOOLEAN, NIL}:
            one, two = (second, first) if late else (first, second)
            return pyast.compare(one, sign if NUMBER in kinds else identity, two, line)
        return self.unknown_equality(first, second, equal, late)

    def unknown_equality(self, first: ast.expr, second: ast.expr, equal: bool, late: bool) -> ast.expr:
        line = self.line
        a, b = self.temporary(), self.temporary()
        operands = [pyast.walrus(self.store(a), first, line), pyast.walrus(self.store(b), second, line)]
        if late:
            operands.reverse()
        different = pyast.compare(operands[0], pyast.IS_NOT, operands[1], line)
        short = pyast.compare(
            pyast.call("len", [pyast.name(a, line)], line), ast.Lt(), pyast.constant(LONG_STRING, line), line
        )
        plain = pyast.either(
            [
                pyast.is_class(pyast.name(a, line), "float", line),
                pyast.both([pyast.is_class(pyast.name(a, line), "str", line), short], line),
            ],
            line,
        )
        result: ast.expr = pyast.choose(
            pyast.both([different, plain], line),
            pyast.compare(pyast.name(a, line), ast.Eq(), pyast.name(b, line), line),
            self.helper("equal", pyast.name(a, line), pyast.name(b, line)),
            line,
        )
        return result if equal else pyast.negation(result, line)

    def order(self, left: nodes.Expression | None, made: ast.expr | None, operator: nodes.Operator) -> ast.expr:
        line = self.line
        sign, slow = _ORDER[operator.symbol]
        right = operator.operand
        swap = operator.symbol in (">", ">=")
        left_is_number = left is not None and self.kinds.of(left) == NUMBER
        right_is_number = self.kinds.of(right) == NUMBER
        if left_is_number and right_is_number and not self.is_late(left, right):  # type: ignore[arg-type]
            return pyast.compare(self.value(left), sign, self.value(right), line)  # type: ignore[arg-type]
        late = made is None and left is not None and self.is_late(left, right)
        if made is None and left is not None and (late or self.is_simple(left)):
            a_once: ast.expr = self.value(left)
            a_again: Callable[[], ast.expr] = lambda: self.table[left.__class__](left)  # noqa: E731
        else:
            first = made if made is not None else self.value(left)  # type: ignore[arg-type]
            a = self.temporary()
            a_once = pyast.walrus(self.store(a), first, line)
            a_again = lambda: pyast.name(a, line)  # noqa: E731
        if self.is_simple(right):
            b_once: ast.expr = self.value(right)
            b_again: Callable[[], ast.expr] = lambda: self.table[right.__class__](right)  # noqa: E731
        else:
            second = self.value(right)
            b = self.temporary()
            b_once = pyast.walrus(self.store(b), second, line)
            b_again = lambda: pyast.name(b, line)  # noqa: E731
        if late:
            test: ast.expr = pyast.both_class(b_once, a_once, "float", line)
        elif right_is_number and self.is_simple(right):
            test = pyast.is_class(a_once, "float", line)
        elif left_is_number and left is not None and self.is_simple(left):
            test = pyast.is_class(b_once, "float", line)
        else:
            test = pyast.both_class(a_once, b_once, "float", line)
        operands = [b_again(), a_again()] if swap else [a_again(), b_again()]
        return pyast.choose(test, pyast.compare(a_again(), sign, b_again(), line), self.helper(slow, *operands), line)

    def logical(self, node: nodes.Logical) -> ast.expr:
        """``and`` and ``or`` as values: the first operand that decides."""
        line = self.line
        self.charge(costs.LOGIC * len(node.operands))
        if len(node.operands) > MAX_CHAIN:
            return self.long_logical(node)
        if node.symbol == "and" and all(self.kinds.of(operand) == BOOLEAN for operand in node.operands):
            self.charge(-costs.LOGIC * len(node.operands))
            return self.truth_value(self.test(node))
        return self.logical_from(node.symbol, node.operands, 0, line)

    def logical_from(self, symbol: str, operands: tuple[nodes.Expression, ...], place: int, line: int) -> ast.expr:
        if place == len(operands) - 1:
            return self.value(operands[place])
        operand = operands[place]
        if symbol == "or" and self.is_choice(operand):
            return self.ternary(operand, symbol, operands, place, line)
        if isinstance(operand, _CONSTANTS):  # decided here: compile() warns about `"x" is not None`
            true = isinstance(operand, (nodes.Number, nodes.String)) or (
                isinstance(operand, nodes.Boolean) and operand.value
            )
            if true == (symbol == "or"):
                return self.value(operand)
            return self.logical_from(symbol, operands, place + 1, line)
        if symbol == "and" and self.kinds.of(operand) == BOOLEAN:
            test = self.test(operand)
            again: Callable[[], ast.expr] = lambda: pyast.name("FALSE", line)  # noqa: E731
        else:
            once, again = self.named(operand)
            test = pyast.both(
                [
                    pyast.compare(once, pyast.IS_NOT, pyast.constant(None, line), line),
                    pyast.compare(again(), pyast.IS_NOT, pyast.name("FALSE", line), line),
                ],
                line,
            )
        self.conditional += 1
        self.height += 1
        rest = self.logical_from(symbol, operands, place + 1, line)
        self.conditional -= 1
        if symbol == "and":
            return pyast.choose(test, rest, again(), line)
        return pyast.choose(test, again(), rest, line)

    def is_choice(self, node: nodes.Expression) -> TypeGuard[nodes.Logical]:
        """``a and b`` where ``b`` is surely true."""
        return (
            isinstance(node, nodes.Logical)
            and node.symbol == "and"
            and len(node.operands) <= MAX_CHAIN
            and self.kinds.of(node.operands[-1]) in _TRUE_KINDS
        )

    def ternary(
        self, both: nodes.Logical, symbol: str, operands: tuple[nodes.Expression, ...], place: int, line: int
    ) -> ast.expr:
        """``a and b or c`` where ``b`` is surely true: a choice by ``a``."""
        self.charge(costs.LOGIC * len(both.operands))
        tests = [self.test(both.operands[0])]
        self.conditional += 1
        tests += [self.test(condition) for condition in both.operands[1:-1]]
        self.height += 1
        chosen = self.value(both.operands[-1])
        rest = self.logical_from(symbol, operands, place + 1, line)
        self.conditional -= 1
        return pyast.choose(pyast.both(tests, line), chosen, rest, line)

    def long_logical(self, node: nodes.Logical) -> ast.expr:
        def body() -> None:
            result = self.store(self.temporary())
            for operand in node.operands:
                mark = self.context.temporaries
                self.conditional += 1
                made = self.value(operand)
                self.conditional -= 1
                self.out.append(pyast.assign_name(result, made, self.line))
                test = self.truth_of(result)
                if node.symbol == "and":
                    test = pyast.negation(test, self.line)
                done: ast.stmt = pyast.return_(pyast.name(result, self.line), self.line)
                self.out.append(pyast.if_(test, [done], [], self.line))
                self.context.temporaries = mark
            self.out.append(pyast.return_(pyast.name(result, self.line), self.line))

        return self.outlined(body)

    def truth_of(self, identifier: str) -> ast.expr:
        line = self.line
        return pyast.both(
            [
                pyast.compare(pyast.name(identifier, line), pyast.IS_NOT, pyast.constant(None, line), line),
                pyast.compare(pyast.name(identifier, line), pyast.IS_NOT, pyast.name("FALSE", line), line),
            ],
            line,
        )

    def unary(self, node: nodes.Unary) -> ast.expr:
        if node.symbol == "not":
            return self.truth_value(self.test(node))
        saved, self.line = self.line, self.operands_at(node.line, node.operand)
        made = self.negate(node) if node.symbol == "-" else self.length(node)
        self.line = saved
        return made

    def negate(self, node: nodes.Unary) -> ast.expr:
        line = self.line
        if isinstance(node.operand, nodes.Number):
            return pyast.constant(-node.operand.value, line)
        self.charge(costs.ARITHMETIC)
        if self.kinds.of(node.operand) == NUMBER:
            return ast.UnaryOp(pyast.NEGATE, self.value(node.operand), lineno=line, col_offset=0)
        once, again = self.named(node.operand)
        fast = ast.UnaryOp(pyast.NEGATE, again(), lineno=line, col_offset=0)
        return pyast.choose(pyast.is_class(once, "float", line), fast, self.helper("negate", again()), line)

    def length(self, node: nodes.Unary) -> ast.expr:
        """``#o``: the number of entries, if the last of them is the border."""
        line = self.line
        self.charge(costs.LENGTH)
        if self.kinds.of(node.operand) == STRING:
            size = pyast.call("len", [self.value(node.operand)], line)
            return pyast.binary(size, pyast.ADD, pyast.constant(0.0, line), line)
        once, again = self.named(node.operand)
        count = self.temporary()
        # int + 0.0 makes the float in half the time of float().
        entries = pyast.binary(pyast.call("len", [again()], line), pyast.ADD, pyast.constant(0.0, line), line)
        after = pyast.binary(pyast.name(count, line), pyast.ADD, pyast.constant(1.0, line), line)
        fits = pyast.both(
            [
                pyast.is_class(once, "Table", line),
                pyast.compare(pyast.walrus(self.store(count), entries, line), pyast.IN, again(), line),
                pyast.compare(after, pyast.NOT_IN, again(), line),
            ],
            line,
        )
        text: ast.expr = pyast.binary(pyast.call("len", [again()], line), pyast.ADD, pyast.constant(0.0, line), line)
        other = pyast.choose(pyast.is_class(again(), "str", line), text, self.helper("length", again()), line)
        return pyast.choose(fits, pyast.name(count, line), other, line)

    def concat(self, node: nodes.Concat) -> ast.expr:
        self.charge(costs.CONCAT * len(node.operands))
        saved, self.line = self.line, self.operands_at(node.line, *node.operands)
        made = self.short_concat(node.operands) if len(node.operands) <= 4 else self.concat_call(node.operands)
        self.line = saved
        return made

    def concat_call(self, operands: tuple[nodes.Expression, ...]) -> ast.expr:
        return self.helper("concat", *[self.value(operand) for operand in operands])

    def short_concat(self, operands: tuple[nodes.Expression, ...]) -> ast.expr:
        """Strings and known numbers joined inline: ``a + b if they fit else concat(...)``."""
        line = self.line
        firsts: list[ast.expr] = []
        agains: list[Callable[[], ast.expr]] = []
        fixed = 0
        unknown: list[int] = []
        for place, operand in enumerate(operands):
            if isinstance(operand, nodes.String):
                fixed += len(operand.value)
                firsts.append(self.value(operand))
                agains.append(lambda operand=operand: self.table[nodes.String](operand))  # type: ignore[misc]
                continue
            unknown.append(place)
            if self.kinds.of(operand) == NUMBER:
                text = pyast.call("number_to_string", [self.value(operand)], line)
                identifier = self.temporary()
                firsts.append(pyast.walrus(self.store(identifier), text, line))
                agains.append(lambda identifier=identifier: pyast.name(identifier, line))  # type: ignore[misc]
            else:
                once, again = self.named(operand)
                firsts.append(once)
                agains.append(again)
        if not unknown or fixed >= LONG_STRING:
            return self.concat_call(operands)
        self.context.stored.add("alloc")
        tests: list[ast.expr] = []
        if len(unknown) == 1:
            tests.append(pyast.is_class(firsts[unknown[0]], "str", line))
        else:
            classes: list[ast.expr] = [pyast.class_of(firsts[place], line) for place in unknown[:-1]]
            tail = firsts[unknown[-1]]
            if any(isinstance(firsts[place], ast.NamedExpr) for place in unknown[1:]):
                # All operands are evaluated before any is tested.
                tests.extend(
                    pyast.compare(firsts[place], pyast.IS_NOT, pyast.name("ABSENT", line), line)
                    for place in unknown
                    if isinstance(firsts[place], ast.NamedExpr)
                )
                classes = [pyast.class_of(agains[place](), line) for place in unknown[:-1]]
                tail = agains[unknown[-1]]()
            operators: list[ast.cmpop] = [pyast.IS] * len(unknown)
            chain = [*classes[1:], pyast.class_of(tail, line), pyast.name("str", line)]
            tests.append(ast.Compare(classes[0], operators, chain, lineno=line, col_offset=0))
        size: ast.expr = pyast.constant(fixed, line)
        for place in unknown:
            size = pyast.binary(size, pyast.ADD, pyast.call("len", [agains[place]()], line), line)
        total = self.temporary()
        tests.append(
            pyast.compare(
                pyast.walrus(self.store(total), size, line), ast.Lt(), pyast.constant(LONG_STRING, line), line
            )
        )
        charged = pyast.binary(
            pyast.name("alloc", line),
            pyast.SUB,
            pyast.binary(pyast.name(total, line), pyast.ADD, pyast.constant(costs.STRING, line), line),
            line,
        )
        tests.append(pyast.compare(pyast.walrus("alloc", charged, line), ast.GtE(), pyast.constant(0, line), line))
        joined = agains[0]()
        for again in agains[1:]:
            joined = pyast.binary(joined, pyast.ADD, again(), line)
        return pyast.choose(
            pyast.both(tests, line), joined, self.helper("concat", *[again() for again in agains]), line
        )

    # constructors

    def constructor(self, node: nodes.Table) -> ast.expr:
        fields = node.fields
        self.charge(costs.TABLE_OP + costs.FIELD * len(fields))
        size = costs.TABLE + costs.ENTRY * len(fields)
        line = self.line
        spread = fields[-1] if fields and fields[-1].key is None and isinstance(fields[-1].value, _MULTI) else None
        if spread is not None and self.kinds.is_single(spread.value):
            spread = None
        items = fields[:-1] if spread is not None else fields
        if self.conditional:
            prepaid = pyast.call("paid", [self.run(), pyast.constant(size, line)], line)
        else:
            self.charge(0, size)
            prepaid = None
        made = self.fields(node, items)
        if prepaid is not None:
            made = pyast.subscript(pyast.tuple_of([prepaid, made], line), pyast.constant(1, line), line)
        if spread is not None:
            count = sum(item.key is None for item in items)
            start = pyast.constant(count + 1.0, line)
            made = pyast.call("table_of", [self.run(), made, start, self.spread(spread.value)], line)
        return made

    def fields(self, node: nodes.Table, items: tuple[nodes.Field, ...]) -> ast.expr:
        line = self.line
        if not items:
            return pyast.call("Table", (), line)
        keys = [item.key for item in items if item.key is not None]
        names = [key.value for key in keys if isinstance(key, nodes.String) and len(key.value) < LONG_STRING]
        if len(names) != len(keys):
            return self.keyed(node, items)
        maybe_nil = any(
            self.kinds.of(item.value) not in (NUMBER, STRING, BOOLEAN, "table", "function") for item in items
        )
        if len(items) > 200:
            return self.many_fields(items, maybe_nil)
        place = 0.0
        dict_keys: list[ast.expr] = []
        for item in items:
            if item.key is None:
                place += 1.0
                dict_keys.append(pyast.constant(place, line))
            else:
                dict_keys.append(pyast.constant(item.key.value, line))  # type: ignore[attr-defined]
        values = [self.value(item.value) for item in items]
        literal = ast.Dict(dict_keys, values, lineno=line, col_offset=0)  # type: ignore[arg-type]
        made = pyast.call("Table", [literal], line)
        return pyast.call("without_nil", [made], line) if maybe_nil else made

    def many_fields(self, items: tuple[nodes.Field, ...], maybe_nil: bool) -> ast.expr:
        """Hundreds of fields: a nested function that fills the table piece by piece."""

        def body() -> None:
            line = self.line
            result = self.store(self.temporary())
            self.out.append(pyast.assign_name(result, pyast.call("Table", (), line), line))
            place = 0.0
            for item in items:
                mark = self.context.temporaries
                if item.key is None:
                    place += 1.0
                    key: object = place
                else:
                    key = item.key.value  # type: ignore[attr-defined]
                value = self.value(item.value)
                where = pyast.subscript(pyast.name(result, line), pyast.constant(key, line), line, pyast.STORE)
                self.out.append(pyast.assign(where, value, line))
                self.context.temporaries = mark
            made: ast.expr = pyast.name(result, line)
            if maybe_nil:
                made = pyast.call("without_nil", [made], line)
            self.out.append(pyast.return_(made, line))

        return self.outlined(body)

    def keyed(self, node: nodes.Table, items: tuple[nodes.Field, ...]) -> ast.expr:
        """Computed keys: everything is evaluated in order, then operations.keyed_table stores and charges entries."""
        line = self.line
        if not self.conditional:
            self.charge(0, -costs.ENTRY * sum(item.key is not None for item in items))
        if len(items) > 100:
            return self.many_keyed(items)
        arguments: list[ast.expr] = [self.run()]
        for item in items:
            arguments.append(pyast.name("ABSENT", line) if item.key is None else self.value(item.key))
            arguments.append(self.value(item.value))
        at = self.at(node.line)
        return pyast.call("keyed_table", arguments, at)

    def many_keyed(self, items: tuple[nodes.Field, ...]) -> ast.expr:
        def body() -> None:
            line = self.line
            collected = self.store(self.temporary())
            self.out.append(pyast.assign_name(collected, ast.List([], pyast.LOAD, lineno=line, col_offset=0), line))
            for item in items:
                mark = self.context.temporaries
                key = pyast.name("ABSENT", line) if item.key is None else self.value(item.key)
                pair = pyast.tuple_of([key, self.value(item.value)], line)
                add = pyast.method(pyast.name(collected, line), "extend", [pair], line)
                self.out.append(pyast.statement(add, line))
                self.context.temporaries = mark
            made = pyast.call("keyed_table", [self.run(), pyast.starred(pyast.name(collected, line), line)], line)
            self.out.append(pyast.return_(made, line))

        return self.outlined(body)

    def closure(self, node: nodes.Function) -> ast.expr:
        self.charge(costs.CLOSURE_OP, costs.CLOSURE)
        return self.emit_function(node, None)


def fresh_captures(scope: Scope, owner: Scope) -> list[Variable]:
    """The captured variables of ``owner`` that closures take by value or box (see scope)."""
    return [v for v in scope.captures if v.owner is owner and v.storage in (VALUE, BOX)]
