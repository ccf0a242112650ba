"""Blocks, and the jumps between them, to Python ast.

Input: blocks, ``break``, ``goto``, labels. Output: Python statements. Refuses nothing; scope has refused a goto without
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

from .. import costs
from ..analysis.builtins import Seal
from ..analysis.extents import CELL
from ..analysis.scope import Resolution
from ..analysis.types import Kinds
from ..syntax import nodes
from ..syntax.control_flow import _LEAVES, bodies
from . import pyast
from .builder import Context, Frame, Segment, Target
from .constructors import ConstructorEmitter

MAX_NESTING: Final = 15

COMPARED: Final = 2
"""Comparisons of a jump's code or part that one instruction pays for."""


class JumpEmitter(ConstructorEmitter):
    """Knows Break, Goto, Label and Do; emits the statements of any block."""

    def __init__(self, resolution: Resolution, kinds: Kinds, seal: Seal) -> None:
        super().__init__(resolution, kinds, seal)
        self.codes: dict[Target, int] = {}
        self.leaving: dict[nodes.Statement, bool] = {}
        self.places: dict[nodes.Block, dict[nodes.Label, int]] = {}
        self.statements |= {
            nodes.Break: self.break_,
            nodes.Goto: self.goto,
            nodes.Label: lambda node: None,
            nodes.Do: self.do,
        }

    # blocks

    def block(
        self, block: nodes.Block, first_price: int = 0, ahead: Segment | None = None, due: Segment | None = None
    ) -> list[ast.stmt]:
        """A block as Python statements, with its own segments; outlined when nested too deep.

        ``ahead`` takes over the first segment's price from a block that is not outlined; ``due`` is paid with it.
        """
        saved_out, saved_segment = self.out, self.segment
        context = self.context
        context.nesting += 1
        if context.nesting > MAX_NESTING:
            made = [*self.charges(due or Segment(), context), *self.outlined_block(block, first_price)]
        else:
            self.out = []
            self.open_segment()
            first = self.segment
            self.charge(first_price)
            first.fixed = ahead is not None
            if due is not None:
                first.add(due)
            self.block_statements(block)
            if ahead is not None:
                ahead.instructions, ahead.bytes = first.instructions, first.bytes
                first.instructions = first.bytes = 0
            made = self.finish(self.out, context)
        context.nesting -= 1
        self.out, self.segment = saved_out, saved_segment
        return made

    def outlined_block(self, block: nodes.Block, first_price: int) -> list[ast.stmt]:
        """A block as a nested function, its call, and what is to be done when a return or a jump has left it."""
        line = self.line
        outer = self.context
        identifier = self.fresh("b")
        outer.owned.add(identifier)
        self.context = Context(outer.scope, outer, True)
        frame = Frame("outline")
        self.context.frames = [*outer.frames, frame]
        self.out = []
        self.open_segment()
        self.charge(first_price + self.slots(block) // costs.SLOTS)
        self.block_statements(block)
        self.out[1:1] = self.context.prologue
        definition = self.definition(identifier, (), None, self.context, self.out)
        self.context = outer
        self.out = [definition]
        result = self.stored_temporary()
        returned: ast.expr = pyast.name(result, line)
        if not outer.outlined:
            returned = pyast.subscript(returned, pyast.constant(0, line), line)
        has_returned = pyast.is_not_nil(pyast.walrus(result, pyast.call(identifier, (), line), line), line)
        self.out.append(pyast.if_(has_returned, [pyast.return_(returned, line)], [], line))
        self.pass_on(frame)
        return self.finish(self.out, outer)

    def slots(self, block: nodes.Block) -> int:
        """What the locals of a block, and of those in it, take of a frame."""
        slots = 0
        pending = [block]
        while pending:
            for statement in pending.pop().statements:
                for variable in self.resolution.declared.get(statement, ()):
                    slots += CELL if variable.captured else 1
                pending.extend(bodies(statement))
        return slots

    def block_statements(self, block: nodes.Block) -> None:
        """The statements of a block, into ``self.out`` and its current segment."""
        if block in self.resolution.labelled and not self.is_continue_only(block):
            self.dispatch(block)
            return
        for statement in block.statements:
            self.statement(statement)

    def do(self, node: nodes.Do) -> None:
        """A block of its own; one that becomes a loop (see dispatch) counts towards CPython's limit."""
        if node.body in self.resolution.labelled and self.context.nesting >= MAX_NESTING:
            self.out.extend(self.block(node.body))
        else:
            self.block_statements(node.body)

    def statement(self, statement: nodes.Statement) -> None:
        """One statement; what follows one that control may leave is charged apart."""
        mark = self.context.temporaries
        self.line = self.at(statement.line)
        self.statements[statement.__class__](statement)
        self.context.temporaries = mark
        if self.may_leave(statement):
            self.open_segment()

    def may_leave(self, statement: nodes.Statement) -> bool:
        """Whether control may leave a statement other than to the next one."""
        known = self.leaving.get(statement)
        if known is None:
            inner = (inner for body in bodies(statement) for inner in body.statements)
            known = self.leaving[statement] = isinstance(statement, _LEAVES) or any(map(self.may_leave, inner))
        return known

    def is_continue_only(self, block: nodes.Block) -> bool:
        """All labels that are jumped to end the body of a loop that has nothing to do after the body."""
        frames = self.context.frames
        if not frames or frames[-1].block is not block or frames[-1].kind != "loop":
            return False
        if isinstance(frames[-1].loop, nodes.Repeat):
            return False
        used = {label for target_block, label in self.resolution.targets.values() if target_block is block}
        statements = block.statements
        last = len(statements)
        while last and isinstance(statements[last - 1], nodes.Label):
            last -= 1
        return all(label not in statements[:last] for label in used)

    def dispatch(self, block: nodes.Block) -> None:
        """``selector = 0; while True: if selector <= 0: part; if selector <= 1: part; ...; break``."""
        line = self.line
        frame = Frame("dispatch", None, block, self.store(self.fresh("s")))
        self.context.owned.add(frame.selector)
        self.out.append(pyast.assign_name(frame.selector, pyast.constant(0, line), line))
        outer = self.out
        self.context.frames.append(frame)
        self.context.nesting += 1
        parts: list[ast.stmt] = []
        self.out = []
        self.open_segment()
        for statement in [*block.statements, None]:
            if statement is None or isinstance(statement, nodes.Label):
                number = pyast.constant(len(parts), line)
                test = pyast.compare(pyast.name(frame.selector, line), ast.LtE(), number, line)
                parts.append(pyast.if_(test, self.finish(self.out, self.context), [], line))
                self.out = []
                self.open_segment()
                self.charge(costs.LOOP)
            else:
                self.statement(statement)
        parts.append(pyast.break_(line))
        self.context.nesting -= 1
        self.context.frames.pop()
        self.out = outer
        self.out.append(pyast.while_(pyast.constant(True, line), parts, line))
        self.pass_on(frame)
        self.open_segment()

    # jumps

    def break_(self, node: nodes.Break) -> None:
        """Leave the innermost loop."""
        loop = next(frame.loop for frame in reversed(self.context.frames) if frame.loop is not None)
        self.jump(("break", loop, None))

    def goto(self, node: nodes.Goto) -> None:
        """Go to a label of a block around."""
        self.charge(costs.LOOP)
        block, label = self.resolution.targets[node]
        self.charge(self.place(block, label) // COMPARED)
        self.jump(("goto", block, label))

    def place(self, block: nodes.Block, label: nodes.Label) -> int:
        """The number of a label among those of its block."""
        if block not in self.places:
            labels = [statement for statement in block.statements if isinstance(statement, nodes.Label)]
            self.places[block] = {each: number for number, each in enumerate(labels)}
        return self.places[block][label]

    def jump(self, target: Target) -> None:
        """Leave towards ``target`` from the innermost construct."""
        frames = self.context.frames
        if reaches(frames[-1], target):
            self.arrive(frames[-1], target)
            return
        code = self.codes.setdefault(target, len(self.codes) + 1)
        jump = self.store(self.context.jump)
        self.out.append(pyast.assign_name(jump, pyast.constant(code, self.line), self.line))
        for frame in reversed(frames):
            if reaches(frame, target):
                break
            self.charge(frame.passing.setdefault(target, len(frame.passing)) // COMPARED)
        self.leave(frames[-1])

    def arrive(self, frame: Frame, target: Target) -> None:
        """The last step of a jump, in the construct that it leads to."""
        line = self.line
        if target[0] == "break":
            self.out.append(pyast.break_(line))
            return
        if frame.kind == "dispatch":
            number = pyast.constant(self.place(target[1], target[2]) + 1, line)
            self.out.append(pyast.assign_name(self.store(frame.selector), number, line))
        self.out.append(pyast.continue_(line))

    def leave(self, frame: Frame) -> None:
        """One step of a jump: out of the innermost construct."""
        line = self.line
        is_outline = frame.kind == "outline"
        self.out.append(pyast.return_(pyast.nil(line), line) if is_outline else pyast.break_(line))

    def pass_on(self, frame: Frame) -> None:
        """Behind a construct: carry the jumps that left it further."""
        if not frame.passing:
            return
        line = self.line
        frames = self.context.frames
        before, self.out = self.out, []
        for target in frame.passing:
            jump = self.store(self.context.jump)
            outer, self.out = self.out, []
            if reaches(frames[-1], target):
                self.out.append(pyast.assign_name(jump, pyast.constant(0, line), line))
                self.arrive(frames[-1], target)
            else:
                self.leave(frames[-1])
            body, self.out = self.finish(self.out, self.context), outer
            test = pyast.compare(pyast.name(jump, line), ast.Eq(), pyast.constant(self.codes[target], line), line)
            self.out.append(pyast.if_(test, body, [], line))
        tests, self.out = self.finish(self.out, self.context), before
        if len(tests) > 1:
            tests = [pyast.if_(pyast.name(self.context.jump, line), tests, [], line)]
        self.out.extend(tests)


def reaches(frame: Frame, target: Target) -> bool:
    """Whether Python's break or continue in this construct arrives at the target."""
    if frame.kind == "outline":
        return False
    return frame.loop is target[1] if target[0] == "break" else frame.block is target[1]
