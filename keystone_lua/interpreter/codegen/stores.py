"""Values put into names and tables, to Python ast.

Input: expressions, and the tables and keys that they are stored under. Output: Python statements in ``self.out``.
Refuses nothing.

Where an expression has a form without guards (see optimism) it is tried first. A field that is there is stored at
once; a new one after the charge for the entry. ``t[#t + 1] = v`` and ``table.insert(t, v)`` store behind the last
entry; ``a[i], a[j] = a[j], a[i]`` exchanges two fields that are there.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Final, TypeGuard

from .. import costs
from ..analysis.builtins import Seal
from ..analysis.scope import Resolution, Variable
from ..analysis.types import ANY, NIL, NUMBER, Kinds
from ..runtime.values import LONG_STRING
from ..syntax import nodes
from . import pyast
from .jumps import JumpEmitter
from .speculation import MAX_ATTEMPTS, Charged, attempt

TEXT: Final = "text"
"""A key that can be stored without a test: it is surely neither NaN nor -0."""

Mention = Callable[[ast.expr_context], ast.expr]
"""Makes a subscript, to be read or set."""

Place = tuple[ast.expr, ast.expr]
"""A target's table and key, both of which may be mentioned often."""


class StoreEmitter(JumpEmitter):
    """Knows no nodes of its own."""

    def __init__(self, resolution: Resolution, kinds: Kinds, seal: Seal) -> None:
        super().__init__(resolution, kinds, seal)
        self.counters: set[Variable] = set()
        self.attempts_left = MAX_ATTEMPTS

    def put(self, identifier: str, value: ast.expr) -> None:
        """``NAME = value``."""
        self.out.append(pyast.assign_name(self.store(identifier), value, self.line))

    def put_away_value(self, node: nodes.Expression) -> ast.Name:
        """``t1 = value``; yields ``t1``."""
        name = self.temporary()
        self.put_value(name, node)
        return pyast.name(name, self.line)

    def put_away(self, value: ast.expr) -> ast.Name:
        """``t1 = value``; yields ``t1``."""
        name = self.temporary()
        self.put(name, value)
        return pyast.name(name, self.line)

    def put_value(self, identifier: str, node: nodes.Expression) -> None:
        """``NAME = value``; where guards can be saved that way, without them first (see optimism)."""
        if self.is_object(node):
            self.put(identifier, self.object(node))
            return
        fast = attempt(self, node) if self.is_repeated() else None
        if fast is None:
            self.put(identifier, self.value(node))
        else:
            self.put_attempt(identifier, fast, self.value(node))

    def put_attempt(self, identifier: str, fast: Charged, guarded: ast.expr) -> None:
        """``try: NAME = fast; fuel -= price; except Misfit: NAME = guarded``."""
        body = self.attempted(identifier, fast)
        self.attempts_left -= 1
        self.out.append(pyast.try_(body, "Misfit", [pyast.assign_name(identifier, guarded, self.line)], self.line))

    def attempted(self, identifier: str, fast: Charged) -> list[ast.stmt]:
        """``NAME = fast`` and what its library functions cost, each at a site that names it."""
        line = self.line
        body: list[ast.stmt] = [pyast.assign_name(self.store(identifier), fast.value, line)]
        for path, price in fast.prices.items():
            at = self.at(self.sites[line].line, is_call=True, inlined=path)
            amount: ast.expr = pyast.constant(price.bytes, at)
            for text in price.texts:
                amount = pyast.binary(amount, pyast.ADD, pyast.length(text, at), at)
            body.append(pyast.subtract(self.store("fuel"), pyast.constant(price.instructions, at), at))
            if price.bytes:
                body.append(pyast.subtract(self.store("alloc"), amount, at))
        return body

    def is_repeated(self) -> bool:
        """Whether the current statement is worth trying: it may run more than once, and few have been tried so far."""
        return self.attempts_left > 0 and (self.context.nesting > 0 or self.context.scope.parent is not None)

    # objects

    def is_object(self, node: nodes.Expression) -> TypeGuard[nodes.Call]:
        """``setmetatable(a, b)`` of two single values."""
        if not self.level.inlining or not isinstance(node, nodes.Call) or len(node.arguments) != 2:
            return False
        if not self.kinds.is_single(node.arguments[1]):
            return False
        sealed = self.sealed_function(node.function)
        return sealed is not None and self.seal.path(sealed) == ("", "setmetatable")

    def object(self, call: nodes.Call) -> ast.Name:
        """A plain table gets its metatable in place, in half the time of a call."""
        line = self.line
        t, meta = (self.put_away_value(argument) for argument in call.arguments)
        self.charge(costs.CALL + costs.ARGUMENT * 2)
        function = self.value(call.function)
        at = self.line = self.call_at(call, "setmetatable")
        slow = pyast.call_value(function, [self.depth(False), t, meta], at)
        is_table = pyast.either([pyast.is_class(meta, kind, at) for kind in ("Table", "MetaTable")], at)
        body: list[ast.stmt] = [
            pyast.subtract(self.store("fuel"), pyast.constant(costs.LIBRARY["setmetatable"], at), at),
            self.refuel_if(self.is_negative("fuel")),
            *(
                pyast.assign(ast.Attribute(t, name, pyast.STORE, lineno=at, col_offset=0), value, at)
                for name, value in (("meta", meta), ("run", self.run()), ("__class__", pyast.name("MetaTable", at)))
            ),
        ]
        fits = pyast.both([pyast.is_class(t, "Table", at), is_table], at)
        self.out.append(pyast.if_(fits, body, [pyast.statement(slow, at)], at))
        self.line = line
        return t

    # stores

    def is_plain_key(self, key: nodes.Expression) -> bool:
        """Text, a loop counter, ``#t + 1``."""
        if isinstance(key, nodes.Name):
            return self.variable(key) in self.counters
        if isinstance(key, nodes.Arithmetic):
            first = key.first
            return (
                isinstance(first, nodes.Unary)
                and first.symbol == "#"
                and all(o.symbol == "+" and isinstance(o.operand, nodes.Number) for o in key.rest)
            )
        return isinstance(key, nodes.String)

    def store_index(
        self, target: nodes.Index | nodes.Name, place: Place, value: ast.expr, kind: str, key_kind: str
    ) -> None:
        """``o[k] = value``. All three are names or constants."""
        self.charge(costs.ASSIGN_INDEX)
        described = target.object if isinstance(target, nodes.Index) else target
        saved, self.line = self.line, self.operands_at(target.line, described)
        sure = isinstance(target, nodes.Name) and not self.seal.dynamic and len(target.name) < LONG_STRING
        self.out.extend(self.guarded_store(place, value, kind not in (ANY, NIL), key_kind, sure))
        self.line = saved

    def guarded_store(self, place: Place, value: ast.expr, not_nil: bool, key_kind: str, sure: bool) -> list[ast.stmt]:
        """Nil values, and new keys of unknown kinds, go to setindex. ``sure``: ``o`` is the globals' table."""
        line = self.line
        o, k = place
        slow: list[ast.stmt] = [pyast.statement(self.helper("setindex", o, k, value), line)]
        if isinstance(o, ast.Constant) or (isinstance(value, ast.Constant) and not not_nil):
            return slow
        store: list[ast.stmt] = [pyast.assign(pyast.subscript(o, k, line, pyast.STORE), value, line)]
        nil_test = [] if not_nil else [pyast.is_not_nil(value, line)]
        plain = pyast.both([pyast.is_class(o, "Table", line), *nil_test], line)
        if key_kind not in (TEXT, NUMBER):
            return [pyast.if_(plain, self.store_unknown(place, value, store, slow), slow, line)]
        present = pyast.compare(k, pyast.IN, o, line)
        if not is_text(k) and not (isinstance(k, ast.Constant) and k.value == 1.0):
            new = pyast.if_(self.has_neighbour(place), self.new_number(place, value), slow, line)
            return [pyast.if_(plain, [pyast.if_(present, store, [new], line)], slow, line)]
        body = [pyast.if_(pyast.compare(k, pyast.NOT_IN, o, line), self.entry_charge(), [], line), *store]
        if sure:
            return [pyast.if_(nil_test[0], body, slow, line)] if nil_test else body
        # A field that an object has already is set whatever its metatable says (manual 2.8, __newindex).
        own = pyast.both([pyast.is_class(o, "MetaTable", line), present, *nil_test], line)
        return [pyast.if_(plain, body, [pyast.if_(own, store, slow, line)], line)]

    def has_neighbour(self, place: Place) -> ast.expr:
        """A new number key is stored at once next to the one below it (see scattered), which NaN has not."""
        o, k = place
        line = self.line
        below = pyast.binary(k, pyast.SUB, pyast.constant(1.0, line), line)
        return pyast.compare(below, pyast.IN, o, line)

    def new_number(self, place: Place, value: ast.expr) -> list[ast.stmt]:
        """``+ 0.0`` turns -0 into 0."""
        o, k = place
        line = self.line
        zeroed = pyast.binary(k, pyast.ADD, pyast.constant(0.0, line), line)
        return [*self.entry_charge(), pyast.assign(pyast.subscript(o, zeroed, line, pyast.STORE), value, line)]

    def entry_charge(self) -> list[ast.stmt]:
        """The bytes of a new key."""
        line = self.line
        self.store("alloc")
        charge = pyast.subtract("alloc", pyast.constant(costs.ENTRY, line), line)
        return [charge, self.refuel_if(self.is_negative("alloc"))]

    def store_unknown(
        self, place: Place, value: ast.expr, store: list[ast.stmt], slow: list[ast.stmt]
    ) -> list[ast.stmt]:
        """A key that may be new and may be anything: short text and neighbours are charged here."""
        line = self.line
        o, k = place
        if isinstance(k, ast.Constant):
            return slow
        short = pyast.compare(pyast.length(k, line), ast.Lt(), pyast.constant(LONG_STRING, line), line)
        new_text = pyast.both([pyast.is_class(k, "str", line), short], line)
        next_number = pyast.both([pyast.is_class(k, "float", line), self.has_neighbour(place)], line)
        number = pyast.if_(next_number, self.new_number(place, value), slow, line)
        new = pyast.if_(new_text, [*self.entry_charge(), *store], [number], line)
        return [pyast.if_(pyast.compare(k, pyast.IN, o, line), store, [new], line)]

    # appends

    def insert(self, call: nodes.Call) -> None:
        """``table.insert(t, v)``: a new last entry, if the number of entries tells the end."""
        line = self.line
        table, item = call.arguments
        t = self.put_away_value(table)
        self.charge(costs.CALL + costs.ARGUMENT * 2)
        given: ast.expr
        first: list[ast.stmt] = []
        if self.kinds.is_single(item):
            given = v = self.put_away_value(item)
        else:
            several = self.put_away(self.spread(item))
            v = pyast.name(self.stored_temporary(), line)
            first.append(pyast.assign(pyast.targets([v.id], line), several, line))  # raises unless it is one value
            given = pyast.starred(several, line)
        function = self.value(call.function)
        at = self.line = self.call_at(call, "table.insert")
        slow = pyast.call_value(function, [self.depth(bool(first)), t, given], at)
        price = pyast.subtract(self.store("fuel"), pyast.constant(costs.LIBRARY["table.insert"], at), at)
        body = [*first, *self.appended(t, v, [price])]
        self.out.append(pyast.try_(body, "Misfit", [pyast.statement(slow, at)], at))
        self.line = line

    def appended(self, t: ast.Name, v: ast.expr, price: list[ast.stmt]) -> list[ast.stmt]:
        """Statements that store ``v`` behind the last entry of ``t`` or, before anything is done, raise a misfit.

        Two lookups tell that the number of entries n is a border: t[n + 1] is nil and t[n] is not.
        """
        line = self.line
        place = self.stored_temporary()

        def key() -> ast.expr:
            return pyast.name(place, line)

        one = pyast.constant(1.0, line)
        end = pyast.binary(pyast.length(t, line), pyast.ADD, one, line)
        before = pyast.compare(pyast.binary(key(), pyast.SUB, one, line), pyast.NOT_IN, t, line)
        not_first = pyast.compare(key(), ast.NotEq(), one, line)
        unfit: list[ast.expr] = [
            pyast.compare(pyast.class_of(t, line), pyast.IS_NOT, pyast.name("Table", line), line),
            pyast.compare(key(), pyast.IN, t, line),
            pyast.both([before, not_first], line),
            pyast.is_nil(v, line),
        ]
        return [
            pyast.assign_name(place, end, line),
            pyast.if_(pyast.either(unfit, line), [pyast.statement(pyast.misfit(line), line)], [], line),
            *price,
            *self.entry_charge(),
            pyast.assign(pyast.subscript(t, key(), line, pyast.STORE), v, line),
        ]

    # exchanges

    def exchange(self, node: nodes.Assign) -> list[ast.stmt] | None:
        """``a[i], a[j] = a[j], a[i]``: fields that are not nil are there, and can be set whatever a metatable says."""
        if len(node.targets) != 2 or len(node.values) != 2 or not self.is_repeated() or not self.level.speculation:
            return None
        (one, two), (first, second) = node.targets, node.values
        are_fields = isinstance(one, nodes.Index) and isinstance(two, nodes.Index)
        if not are_fields or not self.is_same(one, second) or not self.is_same(two, first):
            return None
        body: list[ast.stmt] = []
        places = [self.exchanged(two, body), self.exchanged(one, body)]
        if places[0] is None or places[1] is None:
            return None
        line = self.line
        names = [self.stored_temporary(), self.stored_temporary()]
        assert isinstance(one, nodes.Index)
        table = pyast.compare(
            pyast.class_of(self.value(one.object), line), pyast.IS_NOT, pyast.name("Table", line), line
        )
        body.append(pyast.if_(table, [pyast.statement(pyast.misfit(line), line)], [], line))
        for name, (place, _) in zip(names, (places[0], places[1]), strict=True):
            body.append(pyast.assign_name(name, place(pyast.LOAD), line))
        absent = [pyast.is_nil(pyast.name(name, line), line) for name in names]
        body.append(pyast.if_(pyast.either(absent, line), [pyast.statement(pyast.misfit(line), line)], [], line))
        for name, (_, place) in zip(reversed(names), (places[0], places[1]), strict=True):
            body.append(pyast.assign(place(pyast.STORE), pyast.name(name, line), line))
        return body

    def exchanged(self, target: nodes.Expression, body: list[ast.stmt]) -> tuple[Mention, Mention] | None:
        """How a field is read and set, once ``body`` has its key."""
        assert isinstance(target, nodes.Index)
        variable, key, line = self.variable(target.object), target.key, self.line
        likely = self.kinds.is_likely_number(key)
        fast = attempt(self, key, least=0)
        known = likely or self.kinds.of(key) == NUMBER or isinstance(key, nodes.Arithmetic)
        if variable is None or not self.is_simple(target.object) or not known or fast is None or fast.prices:
            return None
        made = fast.value
        if not isinstance(made, (ast.Name, ast.Constant)):
            name = self.stored_temporary()
            body.append(pyast.assign_name(name, made, line))
            made = pyast.name(name, line)

        def mention(context: ast.expr_context, checked: bool = False) -> ast.expr:
            place = pyast.positive(made, line) if checked else made
            return pyast.subscript(pyast.name(variable.slot, line), place, line, context)

        return (lambda context: mention(context, likely)), mention

    def is_same(self, one: nodes.Expression, other: nodes.Expression) -> bool:
        """Whether two fields, or their keys, are written alike: locals, numbers, and sums of them."""
        if one.__class__ is not other.__class__:
            return False
        if isinstance(one, nodes.Name) and isinstance(other, nodes.Name):
            variable = self.variable(one)
            return variable is not None and variable is self.variable(other)
        if isinstance(one, nodes.Number) and isinstance(other, nodes.Number):
            return one.value == other.value
        if isinstance(one, nodes.Index) and isinstance(other, nodes.Index):
            return self.is_same(one.object, other.object) and self.is_same(one.key, other.key)
        if isinstance(one, nodes.Arithmetic) and isinstance(other, nodes.Arithmetic):
            pairs = zip(one.rest, other.rest, strict=False)
            same = all(a.symbol == b.symbol and self.is_same(a.operand, b.operand) for a, b in pairs)
            return len(one.rest) == len(other.rest) and same and self.is_same(one.first, other.first)
        return False


def is_text(key: ast.expr) -> bool:
    """A string constant."""
    return isinstance(key, ast.Constant) and isinstance(key.value, str)
