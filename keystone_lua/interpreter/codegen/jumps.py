"""Blocks, and the jumps between them, to Python ast.

Input: blocks, ``break``, ``goto``, labels. Output: Python statements. Scope has refused a goto without
a visible label.

**Jumps.** ``break`` and ``goto`` become Python's ``break`` and ``continue`` where those reach. Otherwise the variable
``jump`` of the Lua function gets a code, each Python construct on the way is left, and the check behind it passes the
jump on. A block with labels that need it is a loop over its parts (a dispatch) that starts at the part whose number is
in a variable. A jump pays for the codes and the parts that are compared on its way.

**CPython's limits.** It allows 20 nested loops and tries, so a block at nesting 15 is outlined: it becomes a nested
function whose assignments are nonlocal. A return inside it answers a one-element list.
"""

from __future__ import annotations

import ast
from typing import Final

from ..analysis.pricing import COMPARED, apart
from ..syntax import nodes
from ..syntax.control_flow import _LEAVES, bodies
from . import pyast
from .builder import FunctionBuilder, StatementMaker
from .segments import Context, Frame, Segment, Target

MAX_NESTING: Final = 15


def block(
    builder: FunctionBuilder,
    block: nodes.Block,
    first_price: int = 0,
    ahead: Segment | None = None,
    due: Segment | None = None,
) -> list[ast.stmt]:
    """A block as Python statements, with its own segments; outlined when nested too deep.

    ``ahead`` takes over the first segment's price from a block that is not outlined; ``due`` is paid with it.
    """
    saved_out, saved_segment = builder.out, builder.segment
    context = builder.context
    context.nesting += 1
    if context.nesting > MAX_NESTING:
        made = [*builder.charges(due or Segment(), context), *outlined_block(builder, block, first_price)]
    else:
        builder.out = []
        builder.open_segment()
        first = builder.segment
        builder.charge(first_price)
        first.fixed = ahead is not None
        if due is not None:
            first.add(due)
        block_statements(builder, block)
        if ahead is not None:
            ahead.instructions, ahead.bytes = first.instructions, first.bytes
            first.instructions = first.bytes = 0
        made = builder.finish(builder.out, context)
    context.nesting -= 1
    builder.out, builder.segment = saved_out, saved_segment
    return made


def outlined_block(builder: FunctionBuilder, block: nodes.Block, first_price: int) -> list[ast.stmt]:
    """A block as a nested function, its call, and what is to be done when a return or a jump has left it."""
    line = builder.line
    outer = builder.context
    identifier = builder.fresh("b")
    outer.owned.add(identifier)
    builder.context = Context(outer.scope, outer, True)
    frame = Frame("outline")
    builder.context.frames = [*outer.frames, frame]
    builder.out = []
    builder.open_segment()
    builder.charge(first_price + apart(block, builder.resolution))
    block_statements(builder, block)
    builder.out[1:1] = builder.context.prologue
    definition = builder.definition(identifier, (), None, builder.context, builder.out)
    builder.context = outer
    builder.out = [definition]
    result = builder.stored_temporary()
    returned: ast.expr = pyast.name(result, line)
    if not outer.outlined:
        returned = pyast.subscript(returned, pyast.constant(0, line), line)
    has_returned = pyast.is_not_nil(pyast.walrus(result, pyast.call(identifier, (), line), line), line)
    builder.out.append(pyast.if_(has_returned, [pyast.return_(returned, line)], [], line))
    pass_on(builder, frame)
    return builder.finish(builder.out, outer)


def block_statements(builder: FunctionBuilder, block: nodes.Block) -> None:
    """The statements of a block, into ``builder.out`` and its current segment."""
    if block in builder.resolution.labelled and not is_continue_only(builder, block):
        dispatch(builder, block)
        return
    for statement in block.statements:
        emit_statement(builder, statement)


def do(builder: FunctionBuilder, node: nodes.Do) -> None:
    """A block of its own; one that becomes a loop (see dispatch) counts towards CPython's limit."""
    if node.body in builder.resolution.labelled and builder.context.nesting >= MAX_NESTING:
        builder.out.extend(block(builder, node.body))
    else:
        block_statements(builder, node.body)


def emit_statement(builder: FunctionBuilder, statement: nodes.Statement) -> None:
    """One statement; what follows one that control may leave is charged apart."""
    builder.note_statement(statement)
    mark = builder.context.temporaries
    builder.line = builder.at(statement.line)
    builder.makers.statements[statement.__class__](builder, statement)
    builder.context.temporaries = mark
    if may_leave(builder, statement):
        builder.open_segment()


def may_leave(builder: FunctionBuilder, statement: nodes.Statement) -> bool:
    """Whether control may leave a statement other than to the next one."""
    known = builder.leaving.get(statement)
    if known is None:
        known = isinstance(statement, _LEAVES) or any(
            may_leave(builder, inner) for body in bodies(statement) for inner in body.statements
        )
        builder.leaving[statement] = known
    return known


def is_continue_only(builder: FunctionBuilder, block: nodes.Block) -> bool:
    """All labels that are jumped to end the body of a loop that has nothing to do after the body."""
    frames = builder.context.frames
    if not frames or frames[-1].block is not block or frames[-1].kind != "loop":
        return False
    if isinstance(frames[-1].loop, nodes.Repeat):
        return False
    used = {label for target_block, label in builder.resolution.targets.values() if target_block is block}
    statements = block.statements
    last = len(statements)
    while last and isinstance(statements[last - 1], nodes.Label):
        last -= 1
    return all(label not in statements[:last] for label in used)


def dispatch(builder: FunctionBuilder, block: nodes.Block) -> None:
    """``selector = 0; while True: if selector <= 0: part; if selector <= 1: part; ...; break``."""
    line = builder.line
    frame = Frame("dispatch", None, block, builder.store(builder.fresh("s")))
    builder.context.owned.add(frame.selector)
    builder.out.append(pyast.assign_name(frame.selector, pyast.constant(0, line), line))
    outer = builder.out
    builder.context.frames.append(frame)
    builder.context.nesting += 1
    parts: list[ast.stmt] = []
    builder.out = []
    builder.open_segment()
    for statement in [*block.statements, None]:
        if statement is None or isinstance(statement, nodes.Label):
            number = pyast.constant(len(parts), line)
            test = pyast.compare(pyast.name(frame.selector, line), ast.LtE(), number, line)
            parts.append(pyast.if_(test, builder.finish(builder.out, builder.context), [], line))
            builder.out = []
            builder.open_segment()
            if statement is not None:
                builder.take(statement)
        else:
            emit_statement(builder, statement)
    parts.append(pyast.break_(line))
    builder.context.nesting -= 1
    builder.context.frames.pop()
    builder.out = outer
    builder.out.append(pyast.while_(pyast.constant(True, line), parts, line))
    pass_on(builder, frame)
    builder.open_segment()


def break_(builder: FunctionBuilder, node: nodes.Break) -> None:
    """Leave the innermost loop."""
    loop = next(frame.loop for frame in reversed(builder.context.frames) if frame.loop is not None)
    jump(builder, ("break", loop, None))


def goto(builder: FunctionBuilder, node: nodes.Goto) -> None:
    """Go to a label of a block around."""
    builder.take(node)
    block, label = builder.resolution.targets[node]
    jump(builder, ("goto", block, label))


def place(builder: FunctionBuilder, block: nodes.Block, label: nodes.Label) -> int:
    """The number of a label among those of its block."""
    if block not in builder.places:
        labels = [statement for statement in block.statements if isinstance(statement, nodes.Label)]
        builder.places[block] = {each: number for number, each in enumerate(labels)}
    return builder.places[block][label]


def jump(builder: FunctionBuilder, target: Target) -> None:
    """Leave towards ``target`` from the innermost construct."""
    frames = builder.context.frames
    if reaches(frames[-1], target):
        arrive(builder, frames[-1], target)
        return
    code = builder.codes.setdefault(target, len(builder.codes) + 1)
    jump = builder.store(builder.context.jump)
    builder.out.append(pyast.assign_name(jump, pyast.constant(code, builder.line), builder.line))
    for frame in reversed(frames):
        if reaches(frame, target):
            break
        builder.charge(frame.passing.setdefault(target, len(frame.passing)) // COMPARED)
    leave(builder, frames[-1])


def arrive(builder: FunctionBuilder, frame: Frame, target: Target) -> None:
    """The last step of a jump, in the construct that it leads to."""
    line = builder.line
    if target[0] == "break":
        builder.out.append(pyast.break_(line))
        return
    if frame.kind == "dispatch":
        number = pyast.constant(place(builder, target[1], target[2]) + 1, line)
        builder.out.append(pyast.assign_name(builder.store(frame.selector), number, line))
    builder.out.append(pyast.continue_(line))


def leave(builder: FunctionBuilder, frame: Frame) -> None:
    """One step of a jump: out of the innermost construct."""
    line = builder.line
    is_outline = frame.kind == "outline"
    builder.out.append(pyast.return_(pyast.nil(line), line) if is_outline else pyast.break_(line))


def pass_on(builder: FunctionBuilder, frame: Frame) -> None:
    """Behind a construct: carry the jumps that left it further."""
    if not frame.passing:
        return
    line = builder.line
    frames = builder.context.frames
    before, builder.out = builder.out, []
    for target in frame.passing:
        jump = builder.store(builder.context.jump)
        outer, builder.out = builder.out, []
        if reaches(frames[-1], target):
            builder.out.append(pyast.assign_name(jump, pyast.constant(0, line), line))
            arrive(builder, frames[-1], target)
        else:
            leave(builder, frames[-1])
        body, builder.out = builder.finish(builder.out, builder.context), outer
        test = pyast.compare(pyast.name(jump, line), ast.Eq(), pyast.constant(builder.codes[target], line), line)
        builder.out.append(pyast.if_(test, body, [], line))
    tests, builder.out = builder.finish(builder.out, builder.context), before
    if len(tests) > 1:
        tests = [pyast.if_(pyast.name(builder.context.jump, line), tests, [], line)]
    builder.out.extend(tests)


def reaches(frame: Frame, target: Target) -> bool:
    """Whether Python's break or continue in this construct arrives at the target."""
    if frame.kind == "outline":
        return False
    return frame.loop is target[1] if target[0] == "break" else frame.block is target[1]


STATEMENTS: Final[dict[type, StatementMaker]] = {
    nodes.Break: break_,
    nodes.Goto: goto,
    nodes.Label: lambda builder, node: None,
    nodes.Do: do,
}
