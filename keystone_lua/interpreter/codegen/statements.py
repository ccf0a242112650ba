"""Locals, assignments, calls, returns and ``if`` to Python ast.

Input: those nodes. Output: Python statements in the builder's ``out``, and their prices.

A local is a Python variable, or a one-element list if closures share it (BOX, see scope). Values of several targets are
evaluated in order into temporaries first. A target's table and key are evaluated before the values, but a local of this
function is read when the target's turn to be assigned comes, as PUC reads its registers.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import Final

from ..analysis.kinds import ANY, NIL, NUMBER
from ..analysis.scope import BOX, PLAIN, Variable
from ..runtime.values import LONG_STRING
from ..signatures import HOST_CALLS
from ..syntax import nodes
from ..syntax.control_flow import CALLS, CONSTANTS, MULTI, ends
from . import expressions, jumps, pyast, stores, updates
from .builder import MAX_CHAIN, FunctionBuilder, StatementMaker
from .segments import Segment, Statements
from .speculated_calls import attempt
from .stores import TEXT, Place

MAX_ELSEIFS: Final = 30
"""Branches of an ``if`` that become elif."""


def new_box(builder: FunctionBuilder, variable: Variable, value: ast.expr) -> None:
    """``NAME = [value]``."""
    stores.put(builder, variable.slot, pyast.list_of([value], builder.line))


def declare(builder: FunctionBuilder, variable: Variable, value: ast.expr) -> None:
    """A new local gets its first value."""
    builder.context.owned.add(variable.slot)
    if variable.storage == BOX:
        new_box(builder, variable, value)
        return
    stores.put(builder, variable.slot, value)


def assign_variable(builder: FunctionBuilder, variable: Variable, value: ast.expr) -> None:
    """A local gets another value."""
    if variable.storage != BOX:
        stores.put(builder, variable.slot, value)
        return
    line = builder.line
    where = pyast.subscript(pyast.name(variable.slot, line), pyast.constant(0, line), line, pyast.STORE)
    builder.out.append(pyast.assign(where, value, line))


def local(builder: FunctionBuilder, node: nodes.Local) -> None:
    """``local a, b = ...``."""
    variables = builder.resolution.declared[node]
    builder.take(node)
    values = node.values
    if len(variables) == 1 and len(values) == 1:
        variable, only = variables[0], values[0]
        if variable.storage == PLAIN:
            builder.context.owned.add(variable.slot)
        if variable.storage == PLAIN and not isinstance(only, nodes.Function):
            stores.put_value(builder, variable.slot, only)
        else:
            declare(builder, variable, builder.value(only))
    elif len(variables) == len(values) and not isinstance(values[-1], MULTI):
        for variable, node_value in zip(variables, values, strict=True):
            declare(builder, variable, builder.value(node_value))  # the new names are not visible to the values
    else:
        for variable, value in zip(variables, adjusted(builder, values, len(variables)), strict=True):
            declare(builder, variable, value)


def adjusted(builder: FunctionBuilder, values: tuple[nodes.Expression, ...], count: int) -> list[ast.expr]:
    """Exactly ``count`` values, evaluated in order; all but single ones are in temporaries already."""
    line = builder.line
    made: list[ast.expr] = []
    spreads = bool(values) and isinstance(values[-1], MULTI) and len(values) < count
    for value in values[:-1] if spreads else values:
        if len(made) == count:
            builder.out.append(pyast.statement(builder.value(value), line))
        elif isinstance(value, CONSTANTS):
            made.append(builder.value(value))
        else:
            made.append(stores.put_away_value(builder, value))
    if spreads:
        made.extend(unpacked(builder, values[-1], count - len(made)))
    made.extend(pyast.nil(line) for _ in range(count - len(made)))
    return made


def unpacked(builder: FunctionBuilder, node: nodes.Expression, wanted: int) -> list[ast.expr]:
    """Temporaries with exactly ``wanted`` values of a call or ``...``."""
    line = builder.line
    result = builder.stored_temporary()
    call = pyast.walrus(result, builder.multi(node), line)
    count = pyast.constant(wanted, line)
    right_size = pyast.compare(pyast.length(pyast.name(result, line), line), ast.Eq(), count, line)
    fits = pyast.both([pyast.is_class(call, "tuple", line), right_size], line)
    padded = pyast.call("adjust", [pyast.name(result, line), count], line)
    names = [builder.stored_temporary() for _ in range(wanted)]
    values = pyast.choose(fits, pyast.name(result, line), padded, line)
    builder.out.append(pyast.assign(pyast.targets(names, line), values, line))
    return [pyast.name(name, line) for name in names]


def assign(builder: FunctionBuilder, node: nodes.Assign) -> None:
    """``a, t[k] = ...``; several targets are assigned from right to left, as PUC does."""
    if len(node.targets) == 1 and len(node.values) == 1:
        assign_one(builder, node.targets[0], node.values[0], node.line)
        return
    if not updates.exchange(builder, node, lambda: assign_several(builder, node)):
        assign_several(builder, node)


def assign_several(builder: FunctionBuilder, node: nodes.Assign) -> None:
    """Several targets or values, whatever they are.

    A local that is assigned here too, right of a target whose table or key it is, is copied when its own turn
    among the targets comes, as PUC's parser has it done (check_conflict in lparser.c).
    """
    prepared: list[Place | None] = []
    for target in node.targets:
        if (variable := builder.variable(target)) is not None:
            copy_operands(builder, variable, target, prepared)
        prepared.append(prepare(builder, target))
    values = adjusted(builder, node.values, len(node.targets))
    for target, place, value in reversed(list(zip(node.targets, prepared, values, strict=True))):
        store_to(builder, target, place, value, ANY, node.line)


def copy_operands(
    builder: FunctionBuilder, variable: Variable, node: nodes.Expression, prepared: list[Place | None]
) -> None:
    """Tables and keys that are still to be read from ``variable`` are read now."""
    copy: ast.expr | None = None
    for position, place in enumerate(prepared):
        if place is not None and (is_read(place[0], variable) or is_read(place[1], variable)):
            copy = copy or stores.put_away_value(builder, node)
            table, key = (copy if is_read(part, variable) else part for part in place)
            prepared[position] = table, key


def assign_one(builder: FunctionBuilder, target: nodes.Expression, value: nodes.Expression, line: int) -> None:
    """One target, one value, in a statement that ends at ``line``."""

    def guarded() -> None:
        assign_guarded(builder, target, value, line)

    if isinstance(target, nodes.Index) and (
        append(builder, target, value, guarded) or updates.update(builder, target, value, guarded)
    ):
        return
    guarded()


def assign_guarded(builder: FunctionBuilder, target: nodes.Expression, value: nodes.Expression, end: int) -> None:
    """One target, one value, whatever they are. PUC's parser makes the store at the statement's ``end``."""
    is_simple = isinstance(target, nodes.Name) or builder.is_simple(value)
    place = prepare(builder, target)
    variable = builder.variable(target)
    if variable is not None and variable.storage != BOX:
        builder.take(target)
        stores.put_value(builder, variable.slot, value)
        return
    made = builder.value(value) if is_simple else stores.put_away_value(builder, value)
    is_statement = isinstance(value, nodes.Function) and value.name != ""
    line = target.line if is_statement else end
    store_to(builder, target, place, made, builder.kinds.of(value), line)


def prepare(builder: FunctionBuilder, target: nodes.Expression) -> Place | None:
    """Evaluate a target's table and key, left to right, but not this function's own locals; None for a name."""
    return (held(builder, target.object), held(builder, target.key)) if isinstance(target, nodes.Index) else None


def held(builder: FunctionBuilder, node: nodes.Expression) -> ast.expr:
    """A name, a box's content or a constant for a value."""
    is_load = builder.is_simple(node) or builder.is_own_mutable(node)
    return builder.value(node) if is_load else stores.put_away_value(builder, node)


def store_to(
    builder: FunctionBuilder, target: nodes.Expression, place: Place | None, value: ast.expr, kind: str, line: int
) -> None:
    """Assign an expression that may be mentioned more than once for an index target, whose errors are at ``line``."""
    builder.take(target)
    if place is None:
        assert isinstance(target, nodes.Name)
        if (variable := builder.variable(target)) is not None:
            assign_variable(builder, variable, value)
        else:
            assign_global(builder, target, value, kind)
        return
    assert isinstance(target, nodes.Index)
    place = unboxed(builder, place[0]), unboxed(builder, place[1])
    key = target.key
    if isinstance(key, nodes.Number) and key.value == 0.0:
        place = place[0], pyast.constant(0.0, builder.line)
    stores.store_index(builder, target, place, value, (kind, stores.key_kind(builder, key)), line)


def unboxed(builder: FunctionBuilder, operand: ast.expr) -> ast.expr:
    """A box's content as a name."""
    return stores.put_away(builder, operand) if isinstance(operand, ast.Subscript) else operand


def assign_global(builder: FunctionBuilder, target: nodes.Name, value: ast.expr, kind: str) -> None:
    """A global's new value. Without ``_G`` no script can give the globals a metatable, or see them as a table.

    So the script's own globals live in cells (x 0.8 over calls of global functions), at the price of entries.
    """
    if not isinstance(value, (ast.Name, ast.Constant)):
        value = stores.put_away(builder, value)
    place = pyast.name("G", builder.line), pyast.constant(target.name, builder.line)
    cell = builder.builtins.global_cells.get(target.name)
    if cell is None or target.name in HOST_CALLS:
        stores.store_index(builder, target, place, value, (kind, TEXT), target.line)
    else:
        is_new = [pyast.is_nil(pyast.name(cell, builder.line), builder.line)]
        if kind in (ANY, NIL):
            is_new.append(pyast.is_not_nil(value, builder.line))
        if not (isinstance(value, ast.Constant) and value.value is None):
            builder.out.append(
                pyast.if_(pyast.both(is_new, builder.line), stores.entry_charge(builder), [], builder.line)
            )
    if cell is not None:
        stores.put(builder, cell, value)


def call_statement(builder: FunctionBuilder, node: nodes.CallStatement) -> None:
    """A call whose results nobody wants; ``table.insert(t, v)`` is done in place."""
    assert isinstance(node.call, CALLS)
    call = node.call
    if (
        isinstance(call, nodes.Call)
        and len(call.arguments) == 2
        and not isinstance(call.arguments[1], nodes.Vararg)
        and builder.level.inlining
    ):
        fixed = expressions.fixed_function(builder, call.function)
        if fixed is not None and builder.builtins.path(fixed) == ("table", "insert"):
            stores.insert(builder, call)
            return
    builder.out.append(pyast.statement(builder.multi(node.call), builder.line))


def append(builder: FunctionBuilder, target: nodes.Index, value: nodes.Expression, emit: Callable[[], None]) -> bool:
    """``t[#t + 1] = v`` of a local t and a v that can be tried: the guarded form is in the handler."""
    variable = builder.variable(target.object)
    key = target.key
    if (
        variable is None
        or not builder.level.speculation
        or not stores.is_repeated(builder)
        or not builder.is_simple(target.object)
        or not isinstance(key, nodes.Arithmetic)
        or not isinstance(key.first, nodes.Unary)
        or key.first.symbol != "#"
        or builder.variable(key.first.operand) is not variable
        or len(key.rest) != 1
        or key.rest[0].symbol != "+"
        or not isinstance(key.rest[0].operand, nodes.Number)
        or key.rest[0].operand.value != 1.0
    ):
        return False
    line = builder.line
    t = pyast.name(variable.slot, line)
    if builder.is_simple(value):
        v, tried, price = builder.value(value), [], []
    elif (fast := attempt(builder, value, least=0)) is not None:
        name = builder.temporary()
        v = pyast.name(name, line)
        made = stores.attempted(builder, name, fast)
        tried, price = made[:1], made[1:]  # the price is due once nothing can fail
    else:
        return False
    if isinstance(v, ast.Constant):
        return False
    body = [*tried, *stores.appended(builder, t, v, price)]
    builder.out.append(pyast.try_(body, "GuardFailure", updates.untried(builder, emit), line))
    return True


def return_(builder: FunctionBuilder, node: nodes.Return) -> None:
    """One value as it is, none or several as a tuple."""
    line = builder.line
    builder.take(node)
    if node in builder.context.self_calls:
        begin_again(builder, node)
        return
    if len(node.values) == 1 and not isinstance(node.values[0], MULTI) and not builder.context.outlined:
        fast = attempt(builder, node.values[0]) if stores.is_repeated(builder) else None
        value = builder.value(node.values[0])
        if fast is not None:
            result = builder.temporary()
            stores.put_attempt(builder, result, fast, value)
            value = pyast.name(result, line)
    elif len(node.values) == 1:
        value = builder.multi(node.values[0])
    elif node.values:
        values, _ = expressions.argument_list(builder, node.values)
        value = pyast.tuple_of(values, line)
    else:
        value = pyast.constant((), line)
    builder.out.append(pyast.return_(pyast.list_of([value], line) if builder.context.outlined else value, line))


def begin_again(builder: FunctionBuilder, node: nodes.Return) -> None:
    """A call of the function that returns it: its parameters get their values, and the loop around its body goes on.

    Prices and depth are those of a call.
    """
    (call,) = node.values
    assert isinstance(call, nodes.Call)
    line = builder.line = builder.call_at(call)
    builder.take(call)
    scope = builder.context.scope
    parameters = builder.resolution.declared[scope.node]
    values, spreads = expressions.single_arguments(builder, call.arguments)
    values += [pyast.nil(line)] * (len(parameters) - len(values))
    changed: list[tuple[str, ast.expr]] = []
    for place, value in enumerate(values):
        slot = parameters[place].slot if place < len(parameters) else builder.temporary()
        if not isinstance(value, ast.Name) or value.id != slot:
            changed.append((builder.store(slot), value))
    if len(changed) == 1:
        builder.out.append(pyast.assign_name(*changed[0], line))
    elif changed:
        names = pyast.targets([name for name, _ in changed], line)
        builder.out.append(pyast.assign(names, pyast.tuple_of([value for _, value in changed], line), line))
    depth = builder.depth(spreads)
    if depths := builder.pricing.depths.get(scope.node, 0):
        depth = pyast.binary(depth, pyast.ADD, pyast.constant(depths, line), line)
    builder.out.append(pyast.assign_name(builder.store("d"), depth, line))
    too_deep = pyast.compare(pyast.name("d", line), ast.Gt(), pyast.name("deepest", line), line)
    builder.out.append(pyast.if_(too_deep, [pyast.statement(builder.service("again"), line)], [], line))
    builder.out.append(pyast.continue_(line))


def apart_test(
    builder: FunctionBuilder, condition: nodes.Expression, tried: bool = False
) -> tuple[Statements, ast.expr]:
    """A condition and the statements that it needs before it."""
    outer, builder.out = builder.out, []
    fast = attempt(builder, condition, True) if tried and stores.is_repeated(builder) else None
    test = builder.test(condition)
    if fast is not None:
        name = builder.temporary()
        stores.put_attempt(builder, name, fast, test)
        test = pyast.name(name, builder.line)
    before, builder.out = builder.out, outer
    return before, test


def if_(builder: FunctionBuilder, node: nodes.If) -> None:
    """``if``; the conditions reached are paid in the branch that is taken, their bytes before the statement."""
    line = builder.line
    segment = builder.segment
    stands_first = builder.out[-1:] == [segment]
    before, test = apart_test(builder, node.branches[0].condition, True)
    builder.out.extend(before)
    later = node.branches[1:]
    prices = [0]
    apart: list[tuple[Statements, ast.expr]] = []
    for branch in later:
        builder.segment = Segment()
        apart.append(apart_test(builder, branch.condition))
        prices.append(prices[-1] + builder.segment.instructions)
        segment.bytes += builder.segment.bytes
    builder.segment = segment
    if len(later) > MAX_ELSEIFS or any(statements for statements, _ in apart):
        long_if(builder, node, test, apart, prices)
        return
    due = Segment()
    movable = stands_first and not segment.fixed and jumps.may_leave(builder, node)
    if movable and all(is_sure(builder, branch.condition) for branch in node.branches):
        due = segment.moved()
    body = jumps.block(builder, node.branches[0].body, due=due)
    carries = due.is_due() and node.orelse is None and all(ends(branch.body) for branch in node.branches)
    orelse = [] if carries else last_branch(builder, node, prices[-1], due)
    for branch, (_, other), price in reversed(list(zip(later, apart, prices[1:], strict=True))):
        orelse = [pyast.if_(other, jumps.block(builder, branch.body, price, due=due), orelse, line)]
    builder.out.append(pyast.if_(test, body, orelse, line))
    if carries:
        builder.carried = due.with_price(prices[-1])


def is_sure(builder: FunctionBuilder, node: nodes.Expression) -> bool:
    """Whether a condition can neither fail nor have a price of its own at run time.

    What is due before an ``if`` that control may leave is then paid in its branches, in one charge with theirs, and
    behind it if they all leave: fib x 0.85.
    """
    if not builder.level.sure_branches:
        return False
    if isinstance(node, nodes.Name):
        return builder.variable(node) is not None or not builder.builtins.dynamic
    if isinstance(node, CONSTANTS):
        return not isinstance(node, nodes.String) or len(node.value) < LONG_STRING
    if isinstance(node, nodes.Unary) and node.symbol == "not":
        return is_sure(builder, node.operand)
    if isinstance(node, nodes.Logical):
        return len(node.operands) <= MAX_CHAIN and all(map(partial(is_sure, builder), node.operands))
    if isinstance(node, nodes.Arithmetic):
        operands = (node.first, *(operator.operand for operator in node.rest))
        return all(operator.symbol in "+-*" for operator in node.rest) and all(
            map(partial(is_sure_number, builder), operands)
        )
    if not isinstance(node, nodes.Comparison) or len(node.rest) != 1:
        return False
    left, right = node.first, node.rest[0].operand
    if node.rest[0].symbol in ("==", "~="):
        plain = any(isinstance(side, CONSTANTS) or builder.kinds.of(side) in (NUMBER, NIL) for side in (left, right))
        return plain and is_sure(builder, left) and is_sure(builder, right)
    return is_sure_number(builder, left) and is_sure_number(builder, right)


def is_sure_number(builder: FunctionBuilder, node: nodes.Expression) -> bool:
    return builder.kinds.of(node) == NUMBER and is_sure(builder, node)


def last_branch(builder: FunctionBuilder, node: nodes.If, price: int, due: Segment) -> list[ast.stmt]:
    """``else``, or what is to be paid without one."""
    if node.orelse is not None:
        return jumps.block(builder, node.orelse, price, due=due)
    return builder.charges(due.with_price(price), builder.context)


def long_if(
    builder: FunctionBuilder,
    node: nodes.If,
    test: ast.expr,
    apart: list[tuple[Statements, ast.expr]],
    prices: list[int],
) -> None:
    """Flat: CPython's compiler recurses into elif. A variable says whether a branch was taken."""
    line = builder.line
    pending = builder.temporary()

    def taken() -> ast.stmt:
        return pyast.assign_name(pending, pyast.constant(0, line), line)

    stores.put(builder, pending, pyast.constant(1, line))
    builder.out.append(pyast.if_(test, [taken(), *jumps.block(builder, node.branches[0].body)], [], line))
    for branch, (before, other), price in zip(node.branches[1:], apart, prices[1:], strict=True):
        body = [taken(), *jumps.block(builder, branch.body, price)]
        inner = [*builder.finish(before, builder.context)] if before else []
        inner.append(pyast.if_(other, body, [], line))
        builder.out.append(pyast.if_(pyast.name(pending, line), inner, [], line))
    if last := last_branch(builder, node, prices[-1], Segment()):
        builder.out.append(pyast.if_(pyast.name(pending, line), last, [], line))


def is_read(operand: ast.expr, variable: Variable) -> bool:
    """Whether a table or key is the load of a local, which may be in a box."""
    load = operand.value if isinstance(operand, ast.Subscript) else operand
    return isinstance(load, ast.Name) and load.id == variable.slot


STATEMENTS: Final[dict[type, StatementMaker]] = {
    nodes.Local: local,
    nodes.Assign: assign,
    nodes.CallStatement: call_statement,
    nodes.Return: return_,
    nodes.If: if_,
}
