"""Names, indexing and calls to Python ast.

Input: nodes that read a variable, a field or ``...``, or that call. Output: expressions (see emission). Refuses
nothing; what a value does not support is an error at run time, of operations.

A local is a Python name, a field that a plain table has is a Python subscript. A call is a Python call: not guarded,
since CPython's own TypeError says at which site a value was called that is no function (see tracebacks). Library
functions that no script can have replaced are cells of the program; a few are done in place (see inlining).

Where two operands must be evaluated in order before a test, ``(t1 := A) is not (t2 := B) and ...`` does both at the
price of one comparison, and the odd case where they are one object takes the slow path, which is right too.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from .. import costs
from ..analysis.builtins import Seal
from ..analysis.scope import BOX, Resolution
from ..analysis.types import Kinds
from ..runtime.values import LONG_STRING
from ..stdlib.coroutine import PAUSING
from ..stdlib.registry import LIBRARIES
from ..syntax import nodes
from ..syntax.control_flow import CALLS, MULTI
from . import pyast
from .builder import Again, Emitter
from .inlining import Receiver, can_inline, inline


class ExpressionEmitter(Emitter):
    """Knows Name, Vararg, Index, Call and MethodCall."""

    def __init__(self, resolution: Resolution, kinds: Kinds, seal: Seal) -> None:
        super().__init__(resolution, kinds, seal)
        self.is_complete = False
        self.prior = ""
        self.expressions |= {
            nodes.Name: self.read_name,
            nodes.Vararg: lambda node: pyast.first_of("va", self.line),
            nodes.Index: self.index,
            nodes.Call: self.call_value,
            nodes.MethodCall: self.call_value,
            nodes.Chain: self.chain,
            nodes.Prior: lambda node: pyast.name(self.prior, self.line),
        }

    def multi(self, node: nodes.Expression) -> ast.expr:
        """Calls keep all their results here, and ``...`` is a tuple already."""
        if isinstance(node, CALLS):
            return self.bounded(self.call, node)
        if isinstance(node, nodes.Vararg):
            return pyast.name("va", self.line)
        return super().multi(node)

    # names

    def read_name(self, node: nodes.Name) -> ast.expr:
        """A local, or a global's value."""
        line = self.line
        if (variable := self.variable(node)) is not None:
            slot = pyast.name(variable.slot, line)
            return pyast.subscript(slot, pyast.constant(0, line), line) if variable.storage == BOX else slot
        self.charge(costs.GLOBAL)
        if (sealed := self.seal.function(node.name)) is not None:
            return pyast.name(sealed, line)
        if (mirror := self.seal.mirrors.get(node.name)) is not None:
            return pyast.name(mirror, line)
        name, globals_ = pyast.constant(node.name, line), pyast.name("G", line)
        return self.service("index", globals_, name) if self.seal.dynamic else pyast.subscript(globals_, name, line)

    def sealed_function(self, node: nodes.Expression) -> str | None:
        """The slot of a library function that the script cannot have replaced."""
        if self.variable(node) is not None:
            return None
        if isinstance(node, nodes.Name):
            return self.seal.function(node.name)
        if not isinstance(node, nodes.Index) or not isinstance(node.key, nodes.String):
            return None
        library = node.object
        if not isinstance(library, nodes.Name) or self.variable(library) is not None:
            return None
        return self.seal.field(library.name, node.key.value)

    def global_name(self, node: nodes.Expression) -> str | None:
        """The global that an expression names."""
        return node.name if isinstance(node, nodes.Name) and self.variable(node) is None else None

    def is_member(self, node: nodes.Expression) -> bool:
        """``string.byte`` and the like, by the text alone: one lookup, whoever has replaced what."""
        if not isinstance(node, nodes.Index) or not isinstance(node.key, nodes.String):
            return False
        library = self.global_name(node.object)
        return library is not None and node.key.value in LIBRARIES.get(library, ())

    # indexing

    def index(self, node: nodes.Index) -> ast.expr:
        """``o[k]``."""
        self.charge(costs.INDEX)
        if (sealed := self.sealed_function(node)) is not None:
            return pyast.name(sealed, self.line)
        if self.is_member(node):
            self.charge(-costs.GLOBAL)
        saved, self.line = self.line, self.operands_at(node.line, node.object)
        made = self.guarded_index(node.object, node.key)
        self.line = saved
        return made

    def guarded_index(self, o: nodes.Expression, k: nodes.Expression) -> ast.expr:
        """A subscript of a plain table, or ``run.index``."""
        line = self.line
        if self.is_late(o, k):
            return self.late_index(o, k)
        once, again = self.named(o)
        if self.is_simple(k):
            slow: ast.expr = self.service("index", again(), self.value(k))
            if isinstance(k, nodes.Number) or (isinstance(k, nodes.String) and len(k.value) < LONG_STRING):
                slow = self.own_field(again, k, slow)
            fast = pyast.subscript(again(), self.value(k), line)
            return pyast.choose(pyast.is_class(once, "Table", line), fast, slow, line)
        key, key_again = self.hold(self.value(k))
        evaluated = pyast.compare(once, pyast.IS_NOT, key, line)
        return pyast.choose(
            pyast.both([evaluated, pyast.is_class(again(), "Table", line)], line),
            pyast.subscript(again(), key_again(), line),
            self.service("index", again(), key_again()),
            line,
        )

    def late_index(self, o: nodes.Expression, k: nodes.Expression) -> ast.expr:
        """``o[f()]`` where the key's function may change the local ``o``."""
        line = self.line
        key, key_again = self.hold(self.value(k))
        once, again = self.hold(self.value(o))
        return pyast.choose(
            pyast.both([pyast.evaluated(key, line), pyast.is_class(once, "Table", line)], line),
            pyast.subscript(again(), key_again(), line),
            self.service("index", again(), key_again()),
            line,
        )

    def own_field(self, o: Again, k: nodes.Expression, slow: ast.expr) -> ast.expr:
        """A field that an object has itself, whatever its metatable: objects read their fields twice as fast."""
        line = self.line
        found, again = self.hold(pyast.subscript(o(), self.value(k), line))
        has = pyast.both([pyast.is_class(o(), "MetaTable", line), pyast.is_not_nil(found, line)], line)
        return pyast.choose(has, again(), slow, line)

    # calls

    def call_value(self, node: nodes.Call | nodes.MethodCall) -> ast.expr:
        """The first result of a call."""
        if isinstance(node, nodes.Call) and (inlined := self.inlined_call(node)) is not None:
            return inlined
        if isinstance(node, nodes.Call) and self.is_select(node):
            return self.select(node)
        made = self.call(node, True)
        if self.is_complete or self.kinds.is_single(node):
            return made
        line = self.line
        result = self.stored_temporary()
        is_several = pyast.is_class(pyast.walrus(result, made, line), "tuple", line)
        return pyast.choose(is_several, pyast.first_of(result, line), pyast.name(result, line), line)

    def is_select(self, node: nodes.Call) -> bool:
        """``select(n, ...)``, by the text."""
        arguments = node.arguments
        return (
            self.global_name(node.function) == "select"
            and len(arguments) == 2
            and isinstance(arguments[1], nodes.Vararg)
        )

    def is_own(self, name: str, function: ast.expr, *before: ast.expr) -> ast.expr:
        """Whether a value is the library's function; ``before`` is evaluated too."""
        return pyast.call("is_own", [self.run(), pyast.constant(name, self.line), function, *before], self.line)

    def select(self, node: nodes.Call) -> ast.expr:
        """One value of ``select(n, ...)`` where the name may have another function; priced like the inlined form."""
        saved, self.line = self.line, self.call_at(node)
        line = self.line
        self.charge(costs.CALL + costs.ARGUMENT * 2 + costs.SELECT)
        f_once, f = self.hold(self.value(node.function))
        n_once, n = self.hold(self.value(node.arguments[0]))
        literal = isinstance(node.arguments[0], nodes.String) and node.arguments[0].value == "#"
        va = pyast.name("va", line)
        own = pyast.call("select_one", [self.run(), n(), va, pyast.constant(literal, line)], line)
        size = costs.RESULTS + costs.VALUE * costs.FREE_VALUES
        paid = [self.paid_at_once("fuel", costs.SPREAD), self.paid_at_once("alloc", size)]
        rest = pyast.choose(
            pyast.both(paid, line), self.few(lambda: pyast.name("va", line)), pyast.constant(None, line), line
        )
        target = self.maybe_string(f()) if self.seal.strings_open else f()
        other = pyast.lua_call(target, [self.depth(True), n(), pyast.starred(rest, line)], line)
        made = pyast.choose(self.is_own("select", f_once, n_once), own, pyast.call("first", [other], line), line)
        self.line = saved
        return made

    def inlined_call(self, node: nodes.Call) -> ast.expr | None:
        """One value of a library function that is done in place (see inlining)."""
        sealed = self.sealed_function(node.function)
        if sealed is None or not can_inline(self, self.seal.path(sealed), node.arguments, False):
            return None
        path = self.seal.path(sealed)
        saved, self.line = self.line, self.call_at(node, ".".join(filter(None, path)))
        self.charge(costs.CALL + costs.ARGUMENT * len(node.arguments))
        function = self.value(node.function)
        made = inline(self, path, function, node.arguments)
        self.line = saved
        return made

    def call(self, node: nodes.Call | nodes.MethodCall, one: bool = False) -> ast.expr:
        """All results; ``is_complete`` afterwards says that it is one value already."""
        self.charge(costs.CALL + costs.ARGUMENT * len(node.arguments))
        saved = self.line
        made = self.method_call(node, one) if isinstance(node, nodes.MethodCall) else self.function_call(node)
        self.line = saved
        return made

    def function_call(self, node: nodes.Call) -> ast.expr:
        """``f(...)``."""
        name, note = self.describe(node.function)
        at = self.line = self.at(node.line, (name,) if name else (), (note,), True)
        function = self.value(node.function)
        if self.seal.strings_open and not isinstance(node.function, nodes.Function):
            function = self.maybe_string(function)
        arguments, spreads = self.arguments(node.arguments)
        self.is_complete = False
        made = pyast.lua_call(function, [self.depth(spreads), *arguments], at)
        return self.mostly_one(node, made) if made.args and isinstance(made.args[-1], ast.Starred) else made

    def mostly_one(self, node: nodes.Call, call: ast.Call) -> ast.expr:
        """``f(a, g(b))``, where g may answer any number of values: an argument, unless it is a tuple.

        CPython spreads a call through C, which takes 130 ns more.
        """
        line = self.line
        function, (depth, *leading, last) = call.func, call.args
        sealed = self.sealed_function(node.function)
        # A twin pays for a function that may yield as it looks it up: before the arguments.
        is_fixed = sealed is not None and self.seal.path(sealed) not in PAUSING
        is_load = is_fixed or self.is_simple(node.function)
        if not is_load or not all(map(self.is_simple, node.arguments[:-1])) or not isinstance(last, ast.Starred):
            return call
        chosen = last.value
        if not isinstance(chosen, ast.IfExp) or not isinstance(chosen.body, ast.Tuple):
            return call
        one = pyast.lua_call(function, [depth, *leading, *chosen.body.elts], line)
        several = pyast.lua_call(function, [depth, *leading, pyast.starred(chosen.orelse, line)], line)
        return pyast.choose(chosen.test, one, several, line)

    def maybe_string(self, function: ast.expr) -> ast.expr:
        """The script can reach the strings' metatable, so a string may be callable."""
        line = self.line
        once, again = self.hold(function)
        is_function = pyast.is_class(once, "FunctionType", line)
        return pyast.choose(is_function, again(), self.helper("callable_of", again()), line)

    def method_call(self, node: nodes.MethodCall, one: bool) -> ast.expr:
        """``o:name(...)``; if ``one`` value is wanted, a string's method may be done in place."""
        self.charge(costs.INDEX + costs.ARGUMENT)
        object_name, note = self.describe(node.object)
        lookup = self.at(node.line, (object_name,) if object_name else (), (note,))
        at = self.at(node.line, (f"method '{node.method}'",), (), True)
        self.line = lookup
        value = self.value(node.object)
        receiver = self.stored_temporary()
        once = pyast.walrus(receiver, value, lookup)
        name = pyast.constant(node.method, lookup)
        sealed = self.seal.method(node.method)
        inlined = one and sealed is not None and can_inline(self, ("string", node.method), node.arguments, True)
        found = self.find_method(once if sealed is None else pyast.name(receiver, lookup), receiver, name)
        if inlined and sealed is not None:
            self.line = self.at(node.line, (f"method '{node.method}'",), (), True, f"string.{node.method}")
            path, library = ("string", node.method), pyast.name(sealed, lookup)
            made = inline(self, path, library, node.arguments, Receiver(receiver, once, found))
            self.is_complete = True
            return made
        if sealed is not None:
            found = pyast.choose(pyast.is_class(once, "str", lookup), pyast.name(sealed, lookup), found, lookup)
        self.line = at
        arguments, spreads = self.arguments(node.arguments)
        self.is_complete = False
        return pyast.lua_call(found, [self.depth(spreads), pyast.name(receiver, at), *arguments], at)

    def find_method(self, once: ast.expr, receiver: str, name: ast.Constant) -> ast.expr:
        """A method in an object's class (the __index of its metatable) or above, in the object, or by ``run.index``."""
        line = self.line
        holder = self.stored_temporary()
        meta = ast.Attribute(pyast.name(receiver, line), "meta", pyast.LOAD, lineno=line, col_offset=0)
        handler = pyast.subscript(meta, pyast.constant("__index", line), line)
        is_plain = pyast.is_class(pyast.walrus(holder, handler, line), "Table", line)
        inherits = pyast.is_class(pyast.name(holder, line), "MetaTable", line)
        has_itself = pyast.both([inherits, pyast.compare(name, pyast.IN, pyast.name(holder, line), line)], line)
        in_class = pyast.choose(
            pyast.either([is_plain, has_itself], line),
            pyast.subscript(pyast.name(holder, line), name, line),
            self.service("inherited", pyast.name(receiver, line), pyast.name(holder, line), name),
            line,
        )
        in_object = pyast.choose(
            pyast.is_class(pyast.name(receiver, line), "Table", line),
            pyast.subscript(pyast.name(receiver, line), name, line),
            self.service("index", pyast.name(receiver, line), name),
            line,
        )
        has_not = pyast.compare(name, pyast.NOT_IN, pyast.name(receiver, line), line)
        is_object = pyast.both([pyast.is_class(once, "MetaTable", line), has_not], line)
        return pyast.choose(is_object, in_class, in_object, line)

    # long chains

    def chain(self, node: nodes.Chain) -> ast.expr:
        """The steps of a long chain: a nested function with one statement each."""

        def body() -> None:
            outer = self.prior
            result = self.temporary()
            for value in (node.first, *node.steps):
                mark = self.context.temporaries
                self.out.append(pyast.assign_name(self.store(result), self.value(value), self.line))
                self.prior = result
                self.context.temporaries = mark
            self.out.append(pyast.return_(pyast.name(result, self.line), self.line))
            self.prior = outer

        return self.outlined(body)

    # several values

    def arguments(self, items: Sequence[nodes.Expression]) -> tuple[list[ast.expr], bool]:
        """Values for a call or a return; whether the last one is spread."""
        if not items or not isinstance(items[-1], MULTI):
            return [self.value(item) for item in items], False
        made = [self.value(item) for item in items[:-1]]
        last = items[-1]
        if not isinstance(last, nodes.Vararg) and self.kinds.is_single(last):
            return [*made, self.multi(last)], True
        return [*made, pyast.starred(self.spread(last), self.line)], True

    def spread(self, node: nodes.Expression) -> ast.expr:
        """All values of ``node`` as a tuple."""
        line = self.line
        size = costs.RESULTS + costs.VALUE * costs.FREE_VALUES
        if isinstance(node, nodes.Vararg):
            self.charge(costs.SPREAD, size)
            return self.few(lambda: pyast.name("va", line))
        return self.several(*self.hold(self.multi(node)))

    def several(self, once: ast.expr, again: Again) -> ast.expr:
        """All results of a call as a tuple; several are paid for."""
        line = self.line
        size = costs.RESULTS + costs.VALUE * costs.FREE_VALUES
        is_one = pyast.compare(pyast.class_of(once, line), pyast.IS_NOT, pyast.name("tuple", line), line)
        paid = [self.paid_at_once("fuel", costs.SPREAD), self.paid_at_once("alloc", size)]
        nothing = pyast.constant(None, line)  # never chosen: what is paid is a number
        several = pyast.choose(pyast.both(paid, line), self.few(again), nothing, line)
        return pyast.choose(is_one, pyast.tuple_of([again()], line), several, line)

    def paid_at_once(self, counter: str, price: int) -> ast.expr:
        """``(COUNTER := COUNTER - PRICE) is not None``: looked at by the next charge, see execution.settled."""
        line = self.line
        self.store(counter)
        left = pyast.binary(pyast.name(counter, line), pyast.SUB, pyast.constant(price, line), line)
        return pyast.is_not_nil(pyast.walrus(counter, left, line), line)

    def few(self, values: Again) -> ast.expr:
        """A tuple; the copy of a long one is paid for."""
        line = self.line
        few = pyast.compare(pyast.length(values(), line), ast.LtE(), pyast.constant(costs.FREE_VALUES, line), line)
        return pyast.choose(few, values(), pyast.call("spread", [self.run(), values()], line), line)
