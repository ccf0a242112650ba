"""Loops to Python ast: ``while``, ``repeat``, and both kinds of ``for``.

Input: those nodes. Output: Python loops, and their prices. Bounds that are no numbers are errors at
run time, of operations.

Each round is paid at its head. A counting loop that has no way out is paid for many rounds at once, in chunks; one of
few rounds is paid with the statements before it. ``pairs`` and ``ipairs`` that no script can have replaced become loops
over what operations answer, without a call for each round.
"""

from __future__ import annotations

import ast
from typing import Final

from ..analysis.kinds import NUMBER
from ..analysis.pricing import Ahead, loop_name
from ..analysis.scope import BOX, PLAIN, Variable
from ..runtime.iteration import STARTS
from ..syntax import nodes
from ..syntax.control_flow import MULTI, ends
from . import expressions, jumps, pyast, statements, stores
from .builder import FunctionBuilder, StatementMaker
from .jumps import MAX_NESTING
from .segments import Frame, Segment

_AWAY: Final = (nodes.Return, nodes.Goto, nodes.Label)

Loop = nodes.While | nodes.NumericFor | nodes.GenericFor
Declared = list[tuple[Variable, ast.expr]]
"""Locals that a round begins with, and their values."""


def loop_body(
    builder: FunctionBuilder, node: Loop, ahead: Segment | None = None, more: int = 0
) -> tuple[list[ast.stmt], Frame]:
    """A round's statements, and the frame that tells which jumps leave the loop; ``more`` is its test's price."""
    price, _ = builder.pricing.heads[node]
    frame = Frame("loop", node, node.body)
    builder.context.frames.append(frame)
    body = jumps.block(builder, node.body, price + more, ahead)
    builder.context.frames.pop()
    return body, frame


def for_body(
    builder: FunctionBuilder, node: nodes.NumericFor | nodes.GenericFor, declared: Declared
) -> tuple[list[ast.stmt], Frame]:
    """A loop's body with its variables' declarations in front."""
    outer, segment = builder.out, builder.segment
    builder.out = []
    builder.open_segment()
    builder.charge(0, builder.pricing.fresh.get(node, 0))
    for variable, value in declared:
        statements.declare(builder, variable, value)
    head, head_segment = builder.out, builder.segment
    builder.out, builder.segment = outer, segment
    body, frame = loop_body(builder, node)
    if head_segment.bytes or len(head) > 1:
        body = [*builder.finish(head, builder.context), *body]
    return body, frame


def while_(builder: FunctionBuilder, node: nodes.While) -> None:
    """The condition's price is charged before the loop and in each round; its bytes when it is reached."""
    line = builder.line
    outer, builder.segment = builder.segment, Segment()
    before, test = statements.apart_test(builder, node.condition, True)
    price, size = builder.segment.instructions, builder.segment.bytes
    builder.segment = outer
    builder.take(node)
    builder.charge(price)
    if size:
        before.insert(0, Segment(0, size))
    body, frame = loop_body(builder, node, more=price)
    if before:
        leave = pyast.if_(pyast.negation(test, line), [pyast.break_(line)], [], line)
        body = [*builder.finish(before, builder.context), leave, *body]
        test = pyast.constant(True, line)
    builder.out.append(pyast.while_(test, body, line))
    jumps.pass_on(builder, frame)


def repeat(builder: FunctionBuilder, node: nodes.Repeat) -> None:
    """The condition sees the body's locals, so it is outlined with them."""
    line = builder.line
    saved_out, saved_segment = builder.out, builder.segment
    frame = Frame("loop", node)
    context = builder.context
    context.frames.append(frame)
    context.nesting += 1
    if context.nesting > MAX_NESTING:
        body = outlined_repeat(builder, node)
    else:
        builder.out = []
        builder.open_segment()
        builder.charge(*builder.pricing.heads[node])
        jumps.block_statements(builder, node.body)
        if not ends(node.body):
            test = builder.test(node.condition)
            builder.out.append(pyast.if_(test, [pyast.break_(builder.line)], [], builder.line))
        body = builder.finish(builder.out, context)
    context.nesting -= 1
    context.frames.pop()
    builder.out, builder.segment = saved_out, saved_segment
    builder.out.append(pyast.while_(pyast.constant(True, line), body, line))
    jumps.pass_on(builder, frame)


def outlined_repeat(builder: FunctionBuilder, node: nodes.Repeat) -> list[ast.stmt]:
    """``repeat body until c`` as an outlined ``body if c then break end``."""
    line, column = node.line, node.column
    leave = nodes.Block(line, column, (nodes.Break(line, column),))
    condition = nodes.If(line, column, (nodes.Branch(node.condition, leave),), None)
    price, _ = builder.pricing.heads[node]
    statements = node.body.statements if ends(node.body) else (*node.body.statements, condition)
    if node.body in builder.resolution.labelled:
        statements = (nodes.Do(line, column, node.body), condition)
    return jumps.outlined_block(builder, nodes.Block(node.body.line, node.body.column, statements), price)


def numeric_for(builder: FunctionBuilder, node: nodes.NumericFor) -> None:
    """``for v in counting(...)``: CPython counts with an iterator in a third of the time of ``while`` and ``+``."""
    line = builder.line
    builder.take(node)
    variable = builder.resolution.declared[node][0]
    start, stop, step = bounds(builder, node)
    direct = variable.storage == PLAIN and not variable.assigned and not variable.captured
    counter = builder.store(variable.slot if direct else builder.temporary())
    builder.context.owned.add(variable.slot)
    if direct:
        if (number_constant(start) or 0.0) > 0.0 and (number_constant(step) or 0.0) > 0.0:
            builder.counters.add(variable)
        if (plan := builder.pricing.ahead.get(node)) is not None:
            ahead(builder, node, plan, counter, stop)
            return
    declared: Declared = [] if direct else [(variable, pyast.name(counter, line))]
    body, frame = for_body(builder, node, declared)
    values = counted(builder, "COUNTED", "counting", start, stop, step)
    builder.out.append(pyast.for_(pyast.target(counter, line), values, body, line))
    jumps.pass_on(builder, frame)


def bounds(builder: FunctionBuilder, node: nodes.NumericFor) -> list[ast.expr]:
    """Start, limit and step, which is 1 unless given: number constants, or names of what is surely a number."""
    parts = [node.start, node.stop, node.step or nodes.Number(node.line, node.column, 1.0)]
    held = [held_bound(builder, part) for part in parts]
    for place, (part, what) in enumerate(zip(parts, ("initial value", "limit", "step"), strict=True)):
        if builder.kinds.of(part) != NUMBER:
            held[place] = checked_bound(builder, held[place], what)
    return held


def held_bound(builder: FunctionBuilder, node: nodes.Expression) -> ast.expr:
    """A constant or the name of a bound."""
    value = builder.value(node)
    return value if isinstance(value, ast.Constant) else stores.put_away(builder, value)


def checked_bound(builder: FunctionBuilder, value: ast.expr, what: str) -> ast.expr:
    """A bound that operations have made a number."""
    line = builder.line
    bound = value if isinstance(value, ast.Name) else stores.put_away(builder, value)
    test = pyast.compare(pyast.class_of(bound, line), pyast.IS_NOT, pyast.name("float", line), line)
    check = builder.helper("for_number", bound, pyast.constant(what, line))
    builder.out.append(pyast.if_(test, [pyast.assign_name(bound.id, check, line)], [], line))
    return bound


def ahead(builder: FunctionBuilder, node: nodes.NumericFor, plan: Ahead, counter: str, stop: ast.expr) -> None:
    """A loop that counts up by whole numbers and has no way out is paid for up to ROUNDS rounds ahead.

    One charge for many rounds instead of one each: x 0.87 over the compute benchmarks. The sum is the same.
    """
    line = builder.line
    target = pyast.target(counter, line)
    if rounds := plan.rounds:
        body, price = prepaid_body(builder, node)
        builder.charge(price.instructions * rounds, price.bytes * rounds)
        values: ast.expr = pyast.constant(tuple(plan.first + plan.step * place for place in range(rounds)), line)
        builder.out.append(pyast.for_(target, values, body, line))
        return
    now, values_now = builder.stored_temporary(), builder.stored_temporary()
    builder.context.nesting += 1
    body, price = prepaid_body(builder, node)
    builder.context.nesting -= 1
    charges = builder.charges(price, builder.context, now)
    rounds_now = pyast.for_(target, pyast.name(values_now, line), body, line)
    start, step = pyast.constant(plan.first, line), pyast.constant(plan.step, line)
    chunks = counted(builder, "CHUNKED", "chunks", start, stop, step)
    builder.out.append(pyast.for_(pyast.targets([now, values_now], line), chunks, [*charges, rounds_now], line))


def counted(
    builder: FunctionBuilder, kept: str, function: str, start: ast.expr, stop: ast.expr, step: ast.expr
) -> ast.expr:
    """What a counting loop goes over; from 0, 1, 2 or 3 by 1 it is kept for small limits."""
    line = builder.line
    first = number_constant(start)
    if number_constant(step) == 1.0 and first in STARTS:
        return pyast.subscript(pyast.name(f"{kept}_{int(first)}", line), stop, line)
    return pyast.call(function, [start, stop, step], line)


def prepaid_body(builder: FunctionBuilder, node: nodes.NumericFor) -> tuple[list[ast.stmt], Segment]:
    """The body without the charge at its head, and that charge."""
    price = Segment()
    body, frame = loop_body(builder, node, price)
    assert not frame.passing
    return body, price


def generic_for(builder: FunctionBuilder, node: nodes.GenericFor) -> None:
    """``for ... in``: over pairs or ipairs, if the script says so, or with any iterator."""
    variables = builder.resolution.declared[node]
    name = loop_name(node, builder.resolution)
    call = node.values[0]
    if name is None or not isinstance(call, nodes.Call):
        return iterator_loop(builder, node, variables)
    if expressions.fixed_function(builder, call.function) is None:
        return named_loop(builder, node, call, variables, name)
    return (pairs_loop if name == "pairs" else ipairs_loop)(builder, node, call, variables)


def loop_targets(builder: FunctionBuilder, variables: tuple[Variable, ...], count: int) -> tuple[list[str], Declared]:
    """Python targets of a for, and the locals that must be made from them."""
    names: list[str] = []
    declared: Declared = []
    for variable in variables:
        if variable.storage == BOX or (variable.captured and variable.in_loop):
            names.append(builder.stored_temporary())
            declared.append((variable, pyast.name(names[-1], builder.line)))
        else:
            builder.context.owned.add(variable.slot)
            names.append(builder.store(variable.slot))
    names.extend(builder.stored_temporary() for _ in range(count - len(names)))
    return names, declared


def pairs_loop(
    builder: FunctionBuilder, node: nodes.GenericFor, call: nodes.Call, variables: tuple[Variable, ...]
) -> None:
    """``for k, v in pairs_items(...)``; an entry that was cleared on the way is skipped."""
    line = builder.line
    for priced in (node, call, call.function):
        builder.take(priced)
    table = builder.value(call.arguments[0])
    over = builder.stored_temporary()
    stores.put(builder, over, table)
    iterator = builder.helper("pairs_items", pyast.name(over, line), at=builder.call_at(call))
    names, declared = loop_targets(builder, variables, 2)
    cleared = pyast.is_nil(pyast.name(names[1], line), line)
    found = pyast.call("late", [pyast.name(over, line), pyast.name(names[0], line)], line)
    none = pyast.is_nil(pyast.walrus(names[1], found, line), line)
    skip = pyast.if_(pyast.both([cleared, none], line), [pyast.continue_(line)], [], line)
    body, frame = for_body(builder, node, declared)
    builder.out.append(pyast.for_(pyast.targets(names, line), iterator, [skip, *body], line))
    jumps.pass_on(builder, frame)


def ipairs_loop(
    builder: FunctionBuilder, node: nodes.GenericFor, call: nodes.Call, variables: tuple[Variable, ...]
) -> None:
    """``while (v := get(i := i + 1.0)) is not None``."""
    line = builder.line
    for priced in (node, call, call.function):
        builder.take(priced)
    get, place, value, over = (builder.stored_temporary() for _ in range(4))
    table = builder.value(call.arguments[0])
    stores.put(builder, over, table)
    stores.put(builder, get, builder.helper("ipairs_getter", pyast.name(over, line), at=builder.call_at(call)))
    stores.put(builder, place, pyast.constant(0.0, line))
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
    body, frame = for_body(builder, node, list(zip(variables, values, strict=False)))
    builder.out.append(pyast.while_(test, body, line))
    jumps.pass_on(builder, frame)


def named_loop(
    builder: FunctionBuilder, node: nodes.GenericFor, call: nodes.Call, variables: tuple[Variable, ...], name: str
) -> None:
    """Over ``pairs(x)`` or ``ipairs(x)``, where the name may have another function; priced like the loops above."""
    line = builder.line
    builder.take(node)
    builder.take(call)
    only = call.arguments[0]
    function = builder.value(call.function)
    f = stores.put_away(builder, function)
    over = stores.put_away(builder, builder.multi(only))
    at = builder.line = builder.call_at(call)

    def given() -> ast.expr:
        return pyast.name(over.id, at)

    is_call = isinstance(only, MULTI)
    last = pyast.starred(expressions.several(builder, given(), given), at) if is_call else given()
    target = expressions.maybe_string(builder, f) if builder.builtins.strings_open else f
    other = pyast.lua_call(target, [builder.depth(is_call), last], at)
    values = expressions.several(builder, *builder.hold(other))
    own = builder.helper(f"{name}_live", pyast.call("first", [given()], at), at=at)
    general = builder.helper("for_iterator", values, pyast.constant(2, at), at=at)
    live, iterator = builder.stored_temporary(), builder.stored_temporary()
    chosen = pyast.choose(expressions.is_own(builder, name, pyast.name(f.id, at)), own, general, at)
    builder.out.append(pyast.assign(pyast.targets([live, iterator], line), chosen, at))
    builder.line = line
    names, declared = loop_targets(builder, variables, 2)
    body, frame = for_body(builder, node, declared)
    cleared = pyast.both([pyast.is_nil(pyast.name(names[1], line), line), pyast.name(live, line)], line)
    body.insert(0, pyast.if_(cleared, [pyast.continue_(line)], [], line))
    step = builder.at(node.line, ("local '(for generator)'",), (), True)
    builder.out.append(pyast.for_(pyast.targets(names, line), pyast.name(iterator, step), body, step))
    jumps.pass_on(builder, frame)


def iterator_loop(builder: FunctionBuilder, node: nodes.GenericFor, variables: tuple[Variable, ...]) -> None:
    """A Python iterator, of operations, over what calls answer; ``live`` if cleared entries are to be skipped."""
    line = builder.line
    builder.take(node)
    count = len(variables)
    values, _ = expressions.argument_list(builder, node.values)
    live, iterator = builder.stored_temporary(), builder.stored_temporary()
    call_site = builder.at(node.line, (), (), True)
    made = builder.helper("for_iterator", pyast.tuple_of(values, line), pyast.constant(count, line), at=call_site)
    builder.out.append(pyast.assign(pyast.targets([live, iterator], line), made, line))
    names, declared = loop_targets(builder, variables, count)
    body, frame = for_body(builder, node, declared)
    if count == 2:
        cleared = pyast.both([pyast.is_nil(pyast.name(names[1], line), line), pyast.name(live, line)], line)
        body.insert(0, pyast.if_(cleared, [pyast.continue_(line)], [], line))
    targets = pyast.target(names[0], line) if count == 1 else pyast.targets(names, line)
    step = builder.at(node.line, ("local '(for generator)'",), (), True)
    builder.out.append(pyast.for_(targets, pyast.name(iterator, step), body, step))
    jumps.pass_on(builder, frame)


def number_constant(value: ast.expr) -> float | None:
    """A number constant's value."""
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, float) else None


STATEMENTS: Final[dict[type, StatementMaker]] = {
    nodes.While: while_,
    nodes.Repeat: repeat,
    nodes.NumericFor: numeric_for,
    nodes.GenericFor: generic_for,
}
