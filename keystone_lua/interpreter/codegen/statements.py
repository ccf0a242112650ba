"""Locals, assignments, calls, returns and ``if`` to Python ast.

Input: those nodes. Output: Python statements in ``self.out``, and their prices. Refuses nothing.

A local is a Python variable, or a one-element list if closures share it (BOX, see scope). Values of several targets are
evaluated in order into temporaries first. A target's table and key are evaluated before the values, but a local of this
function is read when the target's turn to be assigned comes, as PUC reads its registers.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Final

from .. import costs
from ..analysis.builtins import Seal
from ..analysis.scope import BOX, PLAIN, Resolution, Variable
from ..analysis.types import ANY, NIL, NUMBER, Kinds
from ..runtime.values import LONG_STRING
from ..signatures import HOST_CALLS
from ..syntax import nodes
from ..syntax.control_flow import CALLS, CONSTANTS, MULTI, ends
from . import pyast
from .builder import MAX_CHAIN, Segment, Statements
from .speculation import attempt
from .stores import TEXT, Place, StoreEmitter

MAX_ELSEIFS: Final = 30
"""Branches of an ``if`` that become elif."""


class StatementEmitter(StoreEmitter):
    """Knows Local, Assign, CallStatement, Return and If."""

    def __init__(self, resolution: Resolution, kinds: Kinds, seal: Seal) -> None:
        super().__init__(resolution, kinds, seal)
        self.statements |= {
            nodes.Local: self.local,
            nodes.Assign: self.assign,
            nodes.CallStatement: self.call_statement,
            nodes.Return: self.return_,
            nodes.If: self.if_,
        }

    # locals

    def new_box(self, variable: Variable, value: ast.expr) -> None:
        """``NAME = [value]``."""
        self.charge(0, costs.UPVALUE + costs.VALUE)
        self.put(variable.slot, pyast.list_of([value], self.line))

    def declare(self, variable: Variable, value: ast.expr) -> None:
        """A new local gets its first value."""
        self.context.owned.add(variable.slot)
        if variable.storage == BOX:
            self.new_box(variable, value)
            return
        if variable.captured and variable.in_loop:
            self.charge(0, costs.UPVALUE)
        self.put(variable.slot, value)

    def assign_variable(self, variable: Variable, value: ast.expr) -> None:
        """A local gets another value."""
        if variable.storage != BOX:
            self.put(variable.slot, value)
            return
        line = self.line
        where = pyast.subscript(pyast.name(variable.slot, line), pyast.constant(0, line), line, pyast.STORE)
        self.out.append(pyast.assign(where, value, line))

    def local(self, node: nodes.Local) -> None:
        """``local a, b = ...``."""
        variables = self.resolution.declared[node]
        self.charge(costs.ASSIGN * len(variables))
        values = node.values
        if len(variables) == 1 and len(values) == 1:
            variable, only = variables[0], values[0]
            if variable.storage == PLAIN:
                self.context.owned.add(variable.slot)
            if variable.storage == PLAIN and not isinstance(only, nodes.Function):
                self.put_value(variable.slot, only)
            else:
                self.declare(variable, self.value(only))
        elif len(variables) == len(values) and not isinstance(values[-1], MULTI):
            for variable, node_value in zip(variables, values, strict=True):
                self.declare(variable, self.value(node_value))  # the new names are not visible to the values
        else:
            for variable, value in zip(variables, self.adjusted(values, len(variables)), strict=True):
                self.declare(variable, value)

    def adjusted(self, values: tuple[nodes.Expression, ...], count: int) -> list[ast.expr]:
        """Exactly ``count`` values, evaluated in order; all but single ones are in temporaries already."""
        line = self.line
        made: list[ast.expr] = []
        spreads = bool(values) and isinstance(values[-1], MULTI) and len(values) < count
        for value in values[:-1] if spreads else values:
            if len(made) == count:
                self.out.append(pyast.statement(self.value(value), line))
            elif isinstance(value, CONSTANTS):
                made.append(self.value(value))
            else:
                made.append(self.put_away_value(value))
        if spreads:
            made.extend(self.unpacked(values[-1], count - len(made)))
        made.extend(pyast.nil(line) for _ in range(count - len(made)))
        return made

    def unpacked(self, node: nodes.Expression, wanted: int) -> list[ast.expr]:
        """Temporaries with exactly ``wanted`` values of a call or ``...``."""
        line = self.line
        result = self.stored_temporary()
        call = pyast.walrus(result, self.multi(node), line)
        count = pyast.constant(wanted, line)
        right_size = pyast.compare(pyast.length(pyast.name(result, line), line), ast.Eq(), count, line)
        fits = pyast.both([pyast.is_class(call, "tuple", line), right_size], line)
        padded = pyast.call("adjust", [pyast.name(result, line), count], line)
        names = [self.stored_temporary() for _ in range(wanted)]
        values = pyast.choose(fits, pyast.name(result, line), padded, line)
        self.out.append(pyast.assign(pyast.targets(names, line), values, line))
        return [pyast.name(name, line) for name in names]

    # assignment

    def assign(self, node: nodes.Assign) -> None:
        """``a, t[k] = ...``; several targets are assigned from right to left, as PUC does."""
        if len(node.targets) == 1 and len(node.values) == 1:
            self.assign_one(node.targets[0], node.values[0])
            return
        if (exchange := self.exchange(node)) is None:
            self.assign_several(node)
            return
        guarded = self.untried(lambda: self.assign_several(node))
        self.out.append(pyast.try_(exchange, "Misfit", guarded, self.line))

    def untried(self, emit: Callable[[], None]) -> list[ast.stmt]:
        """The statements of a handler, in which nothing is tried again."""
        outer, self.out = self.out, []
        left, self.attempts_left = self.attempts_left - 1, 0
        emit()
        self.attempts_left = left
        made, self.out = self.finish(self.out, self.context), outer
        return made

    def assign_several(self, node: nodes.Assign) -> None:
        """Several targets or values, whatever they are.

        A local that is assigned here too, right of a target whose table or key it is, is copied when its own turn
        among the targets comes, as PUC's parser has it done (check_conflict in lparser.c).
        """
        prepared: list[Place | None] = []
        for target in node.targets:
            if (variable := self.variable(target)) is not None:
                self.copy_operands(variable, target, prepared)
            prepared.append(self.prepare(target))
        values = self.adjusted(node.values, len(node.targets))
        for target, place, value in reversed(list(zip(node.targets, prepared, values, strict=True))):
            self.store_to(target, place, value, ANY)

    def copy_operands(self, variable: Variable, node: nodes.Expression, prepared: list[Place | None]) -> None:
        """Tables and keys that are still to be read from ``variable`` are read now."""
        copy: ast.expr | None = None
        for position, place in enumerate(prepared):
            if place is not None and (is_read(place[0], variable) or is_read(place[1], variable)):
                copy = copy or self.put_away_value(node)
                table, key = (copy if is_read(part, variable) else part for part in place)
                prepared[position] = table, key

    def assign_one(self, target: nodes.Expression, value: nodes.Expression) -> None:
        """One target, one value."""
        if not (isinstance(target, nodes.Index) and self.append(target, value)):
            self.assign_guarded(target, value)

    def assign_guarded(self, target: nodes.Expression, value: nodes.Expression) -> None:
        """One target, one value, whatever they are."""
        is_simple = isinstance(target, nodes.Name) or self.is_simple(value)
        place = self.prepare(target)
        variable = self.variable(target)
        if variable is not None and variable.storage != BOX:
            self.charge(costs.ASSIGN)
            self.put_value(variable.slot, value)
            return
        made = self.value(value) if is_simple else self.put_away_value(value)
        self.store_to(target, place, made, self.kinds.of(value))

    def prepare(self, target: nodes.Expression) -> Place | None:
        """Evaluate a target's table and key, left to right, but not this function's own locals; None for a name."""
        return (self.held(target.object), self.held(target.key)) if isinstance(target, nodes.Index) else None

    def held(self, node: nodes.Expression) -> ast.expr:
        """A name, a box's content or a constant for a value."""
        is_load = self.is_simple(node) or self.is_own_mutable(node)
        return self.value(node) if is_load else self.put_away_value(node)

    def store_to(self, target: nodes.Expression, place: Place | None, value: ast.expr, kind: str) -> None:
        """Assign an expression that may be mentioned more than once for an index target."""
        if place is None:
            assert isinstance(target, nodes.Name)
            self.charge(costs.ASSIGN)
            if (variable := self.variable(target)) is not None:
                self.assign_variable(variable, value)
            else:
                self.assign_global(target, value, kind)
            return
        assert isinstance(target, nodes.Index)
        place = self.unboxed(place[0]), self.unboxed(place[1])
        key = target.key
        key_kind = TEXT if self.is_plain_key(key) else self.kinds.of(key)
        if isinstance(key, nodes.String) and len(key.value) >= LONG_STRING:
            key_kind = ANY
        if isinstance(key, nodes.Number) and key.value == 0.0:
            place = place[0], pyast.constant(0.0, self.line)
        self.store_index(target, place, value, kind, key_kind)

    def unboxed(self, operand: ast.expr) -> ast.expr:
        """A box's content as a name."""
        return self.put_away(operand) if isinstance(operand, ast.Subscript) else operand

    def assign_global(self, target: nodes.Name, value: ast.expr, kind: str) -> None:
        """A global's new value. Without ``_G`` no script can give the globals a metatable, or see them as a table.

        So the script's own globals live in cells (x 0.8 over calls of global functions), at the price of entries.
        """
        if not isinstance(value, (ast.Name, ast.Constant)):
            value = self.put_away(value)
        place = pyast.name("G", self.line), pyast.constant(target.name, self.line)
        mirror = self.seal.mirrors.get(target.name)
        if mirror is None or target.name in HOST_CALLS:
            self.store_index(target, place, value, kind, TEXT)
        else:
            self.charge(costs.ASSIGN_INDEX)
            is_new = [pyast.is_nil(pyast.name(mirror, self.line), self.line)]
            if kind in (ANY, NIL):
                is_new.append(pyast.is_not_nil(value, self.line))
            if not (isinstance(value, ast.Constant) and value.value is None):
                self.out.append(pyast.if_(pyast.both(is_new, self.line), self.entry_charge(), [], self.line))
        if mirror is not None:
            self.put(mirror, value)

    # calls and returns

    def call_statement(self, node: nodes.CallStatement) -> None:
        """A call whose results nobody wants; ``table.insert(t, v)`` is done in place."""
        assert isinstance(node.call, CALLS)
        call = node.call
        if (
            isinstance(call, nodes.Call)
            and len(call.arguments) == 2
            and not isinstance(call.arguments[1], nodes.Vararg)
            and self.level.inlining
        ):
            sealed = self.sealed_function(call.function)
            if sealed is not None and self.seal.path(sealed) == ("table", "insert"):
                self.insert(call)
                return
            if self.is_object(call):
                self.object(call)
                return
        self.out.append(pyast.statement(self.multi(node.call), self.line))

    def append(self, target: nodes.Index, value: nodes.Expression) -> bool:
        """``t[#t + 1] = v`` of a local t and a v that can be tried: the guarded form is in the handler."""
        variable = self.variable(target.object)
        key = target.key
        if (
            variable is None
            or not self.level.speculation
            or not self.is_repeated()
            or not self.is_simple(target.object)
            or not isinstance(key, nodes.Arithmetic)
            or not isinstance(key.first, nodes.Unary)
            or key.first.symbol != "#"
            or self.variable(key.first.operand) is not variable
            or len(key.rest) != 1
            or key.rest[0].symbol != "+"
            or not isinstance(key.rest[0].operand, nodes.Number)
            or key.rest[0].operand.value != 1.0
        ):
            return False
        line = self.line
        t = pyast.name(variable.slot, line)
        if self.is_simple(value):
            v, tried, price = self.value(value), [], []
        elif (fast := attempt(self, value, least=0)) is not None:
            name = self.temporary()
            v = pyast.name(name, line)
            made = self.attempted(name, fast)
            tried, price = made[:1], made[1:]  # the price is due once nothing can fail
        else:
            return False
        if isinstance(v, ast.Constant):
            return False
        body = [*tried, *self.appended(t, v, price)]
        guarded = self.untried(lambda: self.assign_guarded(target, value))
        self.out.append(pyast.try_(body, "Misfit", guarded, line))
        return True

    def return_(self, node: nodes.Return) -> None:
        """One value as it is, none or several as a tuple."""
        line = self.line
        self.charge(costs.RETURN)
        if len(node.values) == 1 and not isinstance(node.values[0], MULTI) and not self.context.outlined:
            fast = attempt(self, node.values[0]) if self.is_repeated() else None
            value = self.value(node.values[0])
            if fast is not None:
                result = self.temporary()
                self.put_attempt(result, fast, value)
                value = pyast.name(result, line)
        elif len(node.values) == 1:
            only = node.values[0]
            value = self.object(only) if self.is_object(only) else self.multi(only)
        elif node.values:
            values, _ = self.arguments(node.values)
            self.charge(0, costs.RESULTS + costs.VALUE * len(values))
            value = pyast.tuple_of(values, line)
        else:
            value = pyast.constant((), line)
        self.out.append(pyast.return_(pyast.list_of([value], line) if self.context.outlined else value, line))

    # if

    def test_apart(self, condition: nodes.Expression, tried: bool = False) -> tuple[Statements, ast.expr]:
        """A condition and the statements that it needs before it."""
        outer, self.out = self.out, []
        fast = attempt(self, condition, True) if tried and self.is_repeated() else None
        test = self.test(condition)
        if fast is not None:
            name = self.temporary()
            self.put_attempt(name, fast, test)
            test = pyast.name(name, self.line)
        before, self.out = self.out, outer
        return before, test

    def if_(self, node: nodes.If) -> None:
        """``if``; the conditions reached are paid in the branch that is taken, their bytes before the statement."""
        line = self.line
        segment = self.segment
        stands_first = self.out[-1:] == [segment]
        before, test = self.test_apart(node.branches[0].condition, True)
        self.out.extend(before)
        later = node.branches[1:]
        prices = [0]
        apart: list[tuple[Statements, ast.expr]] = []
        for branch in later:
            self.segment = Segment()
            apart.append(self.test_apart(branch.condition))
            prices.append(prices[-1] + self.segment.instructions)
            segment.bytes += self.segment.bytes
        self.segment = segment
        if len(later) > MAX_ELSEIFS or any(statements for statements, _ in apart):
            self.long_if(node, test, apart, prices)
            return
        due = Segment()
        movable = stands_first and not segment.fixed and self.may_leave(node)
        if movable and all(self.is_sure(branch.condition) for branch in node.branches):
            due = segment.moved()
        body = self.block(node.branches[0].body, due=due)
        carries = due.is_due() and node.orelse is None and all(ends(branch.body) for branch in node.branches)
        orelse = [] if carries else self.last_branch(node, prices[-1], due)
        for branch, (_, other), price in reversed(list(zip(later, apart, prices[1:], strict=True))):
            orelse = [pyast.if_(other, self.block(branch.body, price, due=due), orelse, line)]
        self.out.append(pyast.if_(test, body, orelse, line))
        if carries:
            self.carried = due.with_price(prices[-1])

    def is_sure(self, node: nodes.Expression) -> bool:
        """Whether a condition can neither fail nor have a price of its own at run time.

        What is due before an ``if`` that control may leave is then paid in its branches, in one charge with theirs, and
        behind it if they all leave: fib x 0.85.
        """
        if not self.level.sure_branches:
            return False
        if isinstance(node, nodes.Name):
            return self.variable(node) is not None or not self.seal.dynamic
        if isinstance(node, CONSTANTS):
            return not isinstance(node, nodes.String) or len(node.value) < LONG_STRING
        if isinstance(node, nodes.Unary) and node.symbol == "not":
            return self.is_sure(node.operand)
        if isinstance(node, nodes.Logical):
            return len(node.operands) <= MAX_CHAIN and all(map(self.is_sure, node.operands))
        if isinstance(node, nodes.Arithmetic):
            operands = (node.first, *(operator.operand for operator in node.rest))
            return all(operator.symbol in "+-*" for operator in node.rest) and all(map(self.is_sure_number, operands))
        if not isinstance(node, nodes.Comparison) or len(node.rest) != 1:
            return False
        left, right = node.first, node.rest[0].operand
        if node.rest[0].symbol in ("==", "~="):
            plain = any(isinstance(side, CONSTANTS) or self.kinds.of(side) in (NUMBER, NIL) for side in (left, right))
            return plain and self.is_sure(left) and self.is_sure(right)
        return self.is_sure_number(left) and self.is_sure_number(right)

    def is_sure_number(self, node: nodes.Expression) -> bool:
        return self.kinds.of(node) == NUMBER and self.is_sure(node)

    def last_branch(self, node: nodes.If, price: int, due: Segment) -> list[ast.stmt]:
        """``else``, or what is to be paid without one."""
        if node.orelse is not None:
            return self.block(node.orelse, price, due=due)
        return self.charges(due.with_price(price), self.context)

    def long_if(
        self, node: nodes.If, test: ast.expr, apart: list[tuple[Statements, ast.expr]], prices: list[int]
    ) -> None:
        """Flat: CPython's compiler recurses into elif. A variable says whether a branch was taken."""
        line = self.line
        pending = self.temporary()

        def taken() -> ast.stmt:
            return pyast.assign_name(pending, pyast.constant(0, line), line)

        self.put(pending, pyast.constant(1, line))
        self.out.append(pyast.if_(test, [taken(), *self.block(node.branches[0].body)], [], line))
        for branch, (before, other), price in zip(node.branches[1:], apart, prices[1:], strict=True):
            body = [taken(), *self.block(branch.body, price)]
            inner = [*self.finish(before, self.context)] if before else []
            inner.append(pyast.if_(other, body, [], line))
            self.out.append(pyast.if_(pyast.name(pending, line), inner, [], line))
        if last := self.last_branch(node, prices[-1], Segment()):
            self.out.append(pyast.if_(pyast.name(pending, line), last, [], line))


def is_read(operand: ast.expr, variable: Variable) -> bool:
    """Whether a table or key is the load of a local, which may be in a box."""
    load = operand.value if isinstance(operand, ast.Subscript) else operand
    return isinstance(load, ast.Name) and load.id == variable.slot
