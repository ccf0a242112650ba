"""Loops to Python ast: ``while``, ``repeat``, and both kinds of ``for``.

Input: those nodes. Output: Python loops, and their prices. Refuses nothing; bounds that are no numbers are errors at
run time, of operations.

Each round is paid at its head. A counting loop that has no way out is paid for many rounds at once, in chunks; one of
few rounds is paid with the statements before it. ``pairs`` and ``ipairs`` that no script can have replaced become loops
over what operations answer, without a call for each round.
"""

from __future__ import annotations

import ast
from typing import Final

from .. import costs
from ..analysis.builtins import Seal
from ..analysis.scope import BOX, PLAIN, Resolution, Variable
from ..analysis.types import NUMBER, Kinds
from ..syntax import nodes
from ..syntax.control_flow import LOOPS, MULTI, bodies, ends
from . import pyast
from .builder import Frame, Segment
from .jumps import MAX_NESTING
from .statements import StatementEmitter

_AWAY: Final = (nodes.Return, nodes.Goto, nodes.Label)

Loop = nodes.While | nodes.NumericFor | nodes.GenericFor
Declared = list[tuple[Variable, ast.expr]]
"""Locals that a round begins with, and their values."""


class LoopEmitter(StatementEmitter):
    """Knows While, Repeat, NumericFor and GenericFor."""

    def __init__(self, resolution: Resolution, kinds: Kinds, seal: Seal) -> None:
        super().__init__(resolution, kinds, seal)
        self.statements |= {
            nodes.While: self.while_,
            nodes.Repeat: self.repeat,
            nodes.NumericFor: self.numeric_for,
            nodes.GenericFor: self.generic_for,
        }

    def loop_body(self, node: Loop, price: int, ahead: Segment | None = None) -> tuple[list[ast.stmt], Frame]:
        """A round's statements, and the frame that tells which jumps leave the loop."""
        frame = Frame("loop", node, node.body)
        self.context.frames.append(frame)
        body = self.block(node.body, price, ahead)
        self.context.frames.pop()
        return body, frame

    def for_body(self, node: Loop, declared: Declared, price: int) -> tuple[list[ast.stmt], Frame]:
        """A loop's body with its variables' declarations in front."""
        outer, segment = self.out, self.segment
        self.out = []
        self.open_segment()
        for variable, value in declared:
            self.declare(variable, value)
        head, head_segment = self.out, self.segment
        self.out, self.segment = outer, segment
        body, frame = self.loop_body(node, price)
        if head_segment.bytes or len(head) > 1:
            body = [*self.finish(head, self.context), *body]
        return body, frame

    # while and repeat

    def while_(self, node: nodes.While) -> None:
        """The condition's price is charged before the loop and in each round; its bytes when it is reached."""
        line = self.line
        outer, self.segment = self.segment, Segment()
        before, test = self.test_apart(node.condition, True)
        price, size = self.segment.instructions, self.segment.bytes
        self.segment = outer
        self.charge(price + costs.LOOP)
        if size:
            before.insert(0, Segment(0, size))
        body, frame = self.loop_body(node, price + costs.LOOP)
        if before:
            leave = pyast.if_(pyast.negation(test, line), [pyast.break_(line)], [], line)
            body = [*self.finish(before, self.context), leave, *body]
            test = pyast.constant(True, line)
        self.out.append(pyast.while_(test, body, line))
        self.pass_on(frame)

    def repeat(self, node: nodes.Repeat) -> None:
        """The condition sees the body's locals, so it is outlined with them."""
        line = self.line
        saved_out, saved_segment = self.out, self.segment
        frame = Frame("loop", node)
        context = self.context
        context.frames.append(frame)
        context.nesting += 1
        if context.nesting > MAX_NESTING:
            body = self.outlined_repeat(node)
        else:
            self.out = []
            self.open_segment()
            self.charge(costs.LOOP)
            self.block_statements(node.body)
            if not ends(node.body):
                test = self.test(node.condition)
                self.out.append(pyast.if_(test, [pyast.break_(self.line)], [], self.line))
            body = self.finish(self.out, context)
        context.nesting -= 1
        context.frames.pop()
        self.out, self.segment = saved_out, saved_segment
        self.out.append(pyast.while_(pyast.constant(True, line), body, line))
        self.pass_on(frame)

    def outlined_repeat(self, node: nodes.Repeat) -> list[ast.stmt]:
        """``repeat body until c`` as an outlined ``body if c then break end``."""
        line, column = node.line, node.column
        leave = nodes.Block(line, column, (nodes.Break(line, column),))
        condition = nodes.If(line, column, (nodes.Branch(node.condition, leave),), None)
        statements = node.body.statements if ends(node.body) else (*node.body.statements, condition)
        if node.body in self.resolution.labelled:
            statements = (nodes.Do(line, column, node.body), condition)
        return self.outlined_block(nodes.Block(node.body.line, node.body.column, statements), costs.LOOP)

    # numeric for

    def numeric_for(self, node: nodes.NumericFor) -> None:
        """``for v in counting(...)``: CPython counts with an iterator in a third of the time of ``while`` and ``+``."""
        line = self.line
        self.charge(costs.NUMERIC_FOR)
        variable = self.resolution.declared[node][0]
        start, stop, step = self.bounds(node)
        direct = variable.storage == PLAIN and not variable.assigned and not variable.captured
        counter = self.store(variable.slot if direct else self.temporary())
        self.context.owned.add(variable.slot)
        if direct:
            if number_constant(start) is not None and number_constant(step) is not None:
                self.counters.add(variable)  # whose values no data can choose (see scattered)
            if self.ahead(node, counter, start, stop, step):
                return
        declared: Declared = [] if direct else [(variable, pyast.name(counter, line))]
        body, frame = self.for_body(node, declared, costs.LOOP)
        values = self.counted("COUNTED", "counting", start, stop, step)
        self.out.append(pyast.for_(pyast.target(counter, line), values, body, line))
        self.pass_on(frame)

    def bounds(self, node: nodes.NumericFor) -> list[ast.expr]:
        """Start, limit and step, which is 1 unless given: number constants, or names of what is surely a number."""
        parts = [node.start, node.stop, node.step or nodes.Number(node.line, node.column, 1.0)]
        held = [self.held_bound(part) for part in parts]
        for place, (part, what) in enumerate(zip(parts, ("initial value", "limit", "step"), strict=True)):
            if self.kinds.of(part) != NUMBER:
                held[place] = self.checked_bound(held[place], what)
        return held

    def held_bound(self, node: nodes.Expression) -> ast.expr:
        """A constant or the name of a bound."""
        value = self.value(node)
        return value if isinstance(value, ast.Constant) else self.put_away(value)

    def checked_bound(self, value: ast.expr, what: str) -> ast.expr:
        """A bound that operations have made a number."""
        line = self.line
        bound = value if isinstance(value, ast.Name) else self.put_away(value)
        test = pyast.compare(pyast.class_of(bound, line), pyast.IS_NOT, pyast.name("float", line), line)
        check = self.helper("for_number", bound, pyast.constant(what, line))
        self.out.append(pyast.if_(test, [pyast.assign_name(bound.id, check, line)], [], line))
        return bound

    def ahead(self, node: nodes.NumericFor, counter: str, start: ast.expr, stop: ast.expr, step: ast.expr) -> bool:
        """A loop that counts up by whole numbers and has no way out is paid for up to ROUNDS rounds ahead.

        One charge for many rounds instead of one each: x 0.87 over the compute benchmarks. The sum is the same.
        """
        first, by = whole_constant(start), whole_constant(step)
        if first is None or by is None or by <= 0.0 or leaves(node.body):
            return False
        line = self.line
        target = pyast.target(counter, line)
        if (last := whole_constant(stop)) is not None and 0.0 <= last - first < by * costs.FEW_ROUNDS:
            rounds = int((last - first) // by) + 1
            body, price = self.prepaid_body(node)
            self.charge(price.instructions * rounds, price.bytes * rounds)
            values: ast.expr = pyast.constant(tuple(first + by * place for place in range(rounds)), line)
            self.out.append(pyast.for_(target, values, body, line))
            return True
        now, values_now = self.stored_temporary(), self.stored_temporary()
        self.context.nesting += 1
        body, price = self.prepaid_body(node)
        self.context.nesting -= 1
        charges = self.charges(price, self.context, now)
        rounds_now = pyast.for_(target, pyast.name(values_now, line), body, line)
        chunks = self.counted("CHUNKED", "chunks", start, stop, step)
        self.out.append(pyast.for_(pyast.targets([now, values_now], line), chunks, [*charges, rounds_now], line))
        return True

    def counted(self, kept: str, function: str, start: ast.expr, stop: ast.expr, step: ast.expr) -> ast.expr:
        """What a counting loop goes over; from 1 by 1 it is kept for small limits."""
        line = self.line
        if number_constant(start) == number_constant(step) == 1.0:
            return pyast.subscript(pyast.name(kept, line), stop, line)
        return pyast.call(function, [start, stop, step], line)

    def prepaid_body(self, node: nodes.NumericFor) -> tuple[list[ast.stmt], Segment]:
        """The body without the charge at its head, and that charge."""
        price = Segment()
        body, frame = self.loop_body(node, costs.LOOP, price)
        assert not frame.passing
        return body, price

    # generic for

    def generic_for(self, node: nodes.GenericFor) -> None:
        """``for ... in``: over pairs or ipairs, if the script says so, or with any iterator."""
        variables = self.resolution.declared[node]
        only = node.values[0]
        if (
            len(node.values) == 1
            and isinstance(only, nodes.Call)
            and len(only.arguments) == 1
            and len(variables) <= 2
            and not isinstance(only.arguments[0], nodes.Vararg)
        ):
            sealed = self.sealed_function(only.function)
            path = self.seal.path(sealed) if sealed is not None else None
            if path == ("", "ipairs"):
                return self.ipairs_loop(node, only, variables)
            if path == ("", "pairs"):
                return self.pairs_loop(node, only, variables)
            if (name := self.global_name(only.function)) in ("pairs", "ipairs"):
                return self.named_loop(node, only, variables, name)
        return self.iterator_loop(node, variables)

    def loop_targets(self, variables: tuple[Variable, ...], count: int) -> tuple[list[str], Declared]:
        """Python targets of a for, and the locals that must be made from them."""
        names: list[str] = []
        declared: Declared = []
        for variable in variables:
            if variable.storage == BOX or (variable.captured and variable.in_loop):
                names.append(self.stored_temporary())
                declared.append((variable, pyast.name(names[-1], self.line)))
            else:
                self.context.owned.add(variable.slot)
                names.append(self.store(variable.slot))
        names.extend(self.stored_temporary() for _ in range(count - len(names)))
        return names, declared

    def pairs_loop(self, node: nodes.GenericFor, call: nodes.Call, variables: tuple[Variable, ...]) -> None:
        """``for k, v in pairs_items(...)``; an entry that was cleared on the way is skipped."""
        line = self.line
        self.charge(costs.GLOBAL + costs.CALL + costs.ARGUMENT + costs.GENERIC_FOR)
        table = self.value(call.arguments[0])
        over = self.stored_temporary()
        self.put(over, table)
        iterator = self.helper("pairs_items", pyast.name(over, line), at=self.call_at(call))
        names, declared = self.loop_targets(variables, 2)
        cleared = pyast.is_nil(pyast.name(names[1], line), line)
        found = pyast.call("late", [pyast.name(over, line), pyast.name(names[0], line)], line)
        none = pyast.is_nil(pyast.walrus(names[1], found, line), line)
        skip = pyast.if_(pyast.both([cleared, none], line), [pyast.continue_(line)], [], line)
        body, frame = self.for_body(node, declared, costs.LOOP + costs.INDEX)
        self.out.append(pyast.for_(pyast.targets(names, line), iterator, [skip, *body], line))
        self.pass_on(frame)

    def ipairs_loop(self, node: nodes.GenericFor, call: nodes.Call, variables: tuple[Variable, ...]) -> None:
        """``while (v := get(i := i + 1.0)) is not None``."""
        line = self.line
        self.charge(costs.GLOBAL + costs.CALL + costs.ARGUMENT + costs.GENERIC_FOR)
        get, place, value, over = (self.stored_temporary() for _ in range(4))
        table = self.value(call.arguments[0])
        self.put(over, table)
        self.put(get, self.helper("ipairs_getter", pyast.name(over, line), at=self.call_at(call)))
        self.put(place, pyast.constant(0.0, line))
        step = pyast.binary(pyast.name(place, line), pyast.ADD, pyast.constant(1.0, line), line)
        found = pyast.call(get, [pyast.walrus(place, step, line)], line)
        late = pyast.call("late", [pyast.name(over, line), pyast.name(place, line)], line)
        test = pyast.either(
            [
                pyast.is_not_nil(pyast.walrus(value, found, line), line),
                pyast.is_not_nil(pyast.walrus(value, late, line), line),
            ],
            line,
        )
        values = [pyast.name(place, line), pyast.name(value, line)]
        body, frame = self.for_body(node, list(zip(variables, values, strict=False)), costs.LOOP + costs.INDEX)
        self.out.append(pyast.while_(test, body, line))
        self.pass_on(frame)

    def named_loop(self, node: nodes.GenericFor, call: nodes.Call, variables: tuple[Variable, ...], name: str) -> None:
        """Over ``pairs(x)`` or ``ipairs(x)``, where the name may have another function; priced like the loops above."""
        line = self.line
        self.charge(costs.CALL + costs.ARGUMENT + costs.GENERIC_FOR)
        only = call.arguments[0]
        function = self.value(call.function)
        f = self.put_away(function)
        over = self.put_away(self.multi(only))
        at = self.line = self.call_at(call)

        def given() -> ast.expr:
            return pyast.name(over.id, at)

        is_call = isinstance(only, MULTI)
        last = pyast.starred(self.several(given(), given), at) if is_call else given()
        target = self.maybe_string(f) if self.seal.strings_open else f
        other = pyast.lua_call(target, [self.depth(is_call), last], at)
        values = self.several(*self.hold(other))
        own = self.helper(f"{name}_live", pyast.call("first", [given()], at), at=at)
        general = self.helper("for_iterator", values, pyast.constant(2, at), at=at)
        live, iterator = self.stored_temporary(), self.stored_temporary()
        chosen = pyast.choose(self.is_own(name, pyast.name(f.id, at)), own, general, at)
        self.out.append(pyast.assign(pyast.targets([live, iterator], line), chosen, at))
        self.line = line
        names, declared = self.loop_targets(variables, 2)
        body, frame = self.for_body(node, declared, costs.LOOP + costs.INDEX)
        cleared = pyast.both([pyast.is_nil(pyast.name(names[1], line), line), pyast.name(live, line)], line)
        body.insert(0, pyast.if_(cleared, [pyast.continue_(line)], [], line))
        step = self.at(node.line, ("local '(for generator)'",), (), True)
        self.out.append(pyast.for_(pyast.targets(names, line), pyast.name(iterator, step), body, step))
        self.pass_on(frame)

    def iterator_loop(self, node: nodes.GenericFor, variables: tuple[Variable, ...]) -> None:
        """A Python iterator, of operations, over what calls answer; ``live`` if cleared entries are to be skipped."""
        line = self.line
        self.charge(costs.GENERIC_FOR)
        count = len(variables)
        values, _ = self.arguments(node.values)
        live, iterator = self.stored_temporary(), self.stored_temporary()
        call_site = self.at(node.line, (), (), True)
        made = self.helper("for_iterator", pyast.tuple_of(values, line), pyast.constant(count, line), at=call_site)
        self.out.append(pyast.assign(pyast.targets([live, iterator], line), made, line))
        names, declared = self.loop_targets(variables, count)
        body, frame = self.for_body(node, declared, costs.LOOP + costs.CALL)
        if count == 2:
            cleared = pyast.both([pyast.is_nil(pyast.name(names[1], line), line), pyast.name(live, line)], line)
            body.insert(0, pyast.if_(cleared, [pyast.continue_(line)], [], line))
        targets = pyast.target(names[0], line) if count == 1 else pyast.targets(names, line)
        step = self.at(node.line, ("local '(for generator)'",), (), True)
        self.out.append(pyast.for_(targets, pyast.name(iterator, step), body, step))
        self.pass_on(frame)


def number_constant(value: ast.expr) -> float | None:
    """A number constant's value."""
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, float) else None


def whole_constant(value: ast.expr) -> float | None:
    """A number constant that is whole and small enough to count with exactly."""
    number = number_constant(value)
    return number if number is not None and -1e9 <= number <= 1e9 and number % 1.0 == 0.0 else None


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
