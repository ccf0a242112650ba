"""Statements to Python ast, and a whole program to code objects.

Input: resolved chunks. Output: one code object per chunk, the table of sites, the names of functions.
Refuses nothing that the parser and scope accepted.

**Prices.** A segment is a run of statements without a way out in the middle; its price, the sum of its
operations from the cost table, is charged on entry: ``fuel -= n`` on a cell variable, the cheapest counter
that we measured. ``run.refuel`` decides when one goes below zero.

**Jumps.** ``break`` and ``goto`` become Python's ``break`` and ``continue`` where those reach. Otherwise the
variable ``jump`` of the Lua function gets a code, each Python construct on the way is left, and the check
behind it passes the jump on. A block with labels that need it is a loop over its parts (a dispatch) that
starts at the part whose number is in a variable.

**CPython's limits.** It allows 20 nested loops and tries, so a block at nesting 15 is outlined: it becomes a
nested function whose assignments are nonlocal. A return inside it answers a one-element list.

**Fresh locals.** See scope: a closure over a fresh local is made by a factory whose parameters are those locals.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Sequence
from types import CodeType
from typing import Any, ClassVar

from . import costs, nodes, pyast
from .expressions import _CALLS, _MULTI, Context, ExpressionCompiler, Segment, Statements, fresh_captures
from .infer import NUMBER
from .scope import BOX, PLAIN, VALUE, Scope, Variable
from .tracebacks import chunk_id
from .values import LONG_STRING

MAX_NESTING = 15
MAX_ELSEIFS = 30

RUN_CELLS = ("fuel", "alloc", "deepest", "run", "G", "crossing")
"""The free variables of every compiled chunk that each run provides, besides sealed library functions."""


class Frame:
    """A Python construct that a jump may have to leave."""

    __slots__ = ("block", "kind", "loop", "passing", "selector")

    def __init__(self, kind: str, loop: nodes.Statement | None = None, block: nodes.Block | None = None) -> None:
        self.kind = kind  # loop, dispatch or outline
        self.loop = loop
        self.block = block
        self.selector = ""
        self.passing: dict[Target, None] = {}


Target = tuple[str, Any, Any]
"""("break", loop, None) or ("goto", block, label)."""


class Compiler(ExpressionCompiler):
    """Compiles the chunks of one program."""

    codes: dict[Target, int]
    counters: set[Variable]

    def compile(self, chunks: Sequence[nodes.Chunk], sealed: Sequence[str]) -> list[CodeType]:
        """Code objects in the order of ``chunks``; their free variables are RUN_CELLS and ``sealed``."""
        self.codes = {}
        self.counters = set()
        body: list[ast.stmt] = []
        names = []
        for number, chunk in enumerate(chunks):
            self.chunk_name = chunk.name
            names.append(f"f_chunk{number}")
            self.functions[names[-1]] = "main chunk" if number == 0 else f"module '{chunk_id(chunk.name)}'"
            body.append(self.chunk(chunk, names[-1]))
        link = pyast.function("link", [*RUN_CELLS, *sealed], 0, None, body, 1)
        module = ast.Module([link], [])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of `"x"()` and the like: the script's author gets Lua's error
            code = compile(module, "keystone-lua", "exec", dont_inherit=True)
        link_code = next(c for c in code.co_consts if isinstance(c, CodeType))
        found = {c.co_name: c for c in link_code.co_consts if isinstance(c, CodeType)}
        return [found[name] for name in names]

    # functions

    def chunk(self, chunk: nodes.Chunk, identifier: str) -> ast.FunctionDef:
        scope = self.resolution.scopes[chunk]
        context, statements = self.function_body(scope, chunk.body, (), None)
        return self.definition(identifier, ["d"], "va", context, statements)

    def function_body(
        self, scope: Scope, block: nodes.Block, parameters: tuple[Variable, ...], parent: Context | None
    ) -> tuple[Context, Statements]:
        saved = (self.out, self.segment, self.height, self.depths, self.conditional, self.line)
        outer = self.context if parent is not None else None
        self.out, self.height, self.depths, self.conditional = [], 0, [], 0
        context = self.context = Context(scope, parent, False)
        context.jump = self.fresh("j")
        context.owned.update(("d", "va", "_", context.jump, *(v.slot for v in parameters)))
        is_vararg = isinstance(scope.node, nodes.Chunk) or scope.node.is_vararg
        self.line = self.at(scope.node.line)
        self.segment = Segment(entry=True)
        self.out.append(self.segment)
        self.charge(costs.FUNCTION)
        if is_vararg and parent is not None:
            self.out.insert(0, self.vararg_charge())
        for variable in parameters:
            if variable.storage == BOX:
                self.out.append(self.new_box(variable, pyast.name(variable.slot, self.line)))
        if scope.arg is not None:
            given = pyast.call("arg_table", [pyast.name("run", self.line), pyast.name("va", self.line)], self.line)
            self.declare(scope.arg, pyast.constant(None, self.line) if scope.uses_vararg else given)
        self.block_statements(block)
        if not ends(block):
            self.out.append(pyast.return_(pyast.constant((), self.line), self.line))
        if context.jump in context.stored:
            self.out.insert(1, pyast.assign_name(context.jump, pyast.constant(0, self.line), self.line))
        self.out[1:1] = context.prologue
        statements = self.out
        self.out, self.segment, self.height, self.depths, self.conditional, self.line = saved
        if outer is not None:
            self.context = outer
        return context, statements

    def vararg_charge(self) -> ast.stmt:
        line = self.line
        self.charge(0, costs.RESULTS)
        self.context.stored.add("alloc")
        size = pyast.binary(
            pyast.call("len", [pyast.name("va", line)], line), ast.Mult(), pyast.constant(costs.VALUE, line), line
        )
        return pyast.subtract("alloc", size, line)

    def emit_function(self, node: nodes.Function, own: Variable | None) -> ast.expr:
        scope = self.resolution.scopes[node]
        parameters = scope.parameters
        context, statements = self.function_body(scope, node.body, parameters, self.context)
        identifier = own.slot if own is not None and own.storage == VALUE else self.fresh("f")
        code_name = identifier if identifier[0] == "f" else self.fresh("f")
        where = f"function <{chunk_id(self.chunk_name)}:{node.line}>"
        self.functions[code_name] = f"function '{node.name}'" if node.name else where
        slots = ["d", *(v.slot for v in parameters)]
        definition = self.definition(code_name, slots, "va" if node.is_vararg else "_", context, statements)
        line = self.line
        fresh = [v for v in fresh_captures(scope, self.context.scope) if v is not own or v.storage == BOX]
        if not fresh and not (own is not None and own.storage == VALUE):
            self.context.owned.add(code_name)
            self.out.append(definition)
            return pyast.name(code_name, line)
        body: list[ast.stmt] = [definition]
        if own is not None and own.storage == VALUE:
            body.append(pyast.assign_name(own.slot, pyast.name(code_name, line), line))
        body.append(pyast.return_(pyast.name(code_name, line), line))
        factory = self.fresh("m")
        self.context.owned.add(factory)
        self.context.prologue.append(pyast.function(factory, [v.slot for v in fresh], 0, None, body, line))
        return pyast.call(factory, [pyast.name(v.slot, line) for v in fresh], line)

    def definition(
        self, identifier: str, parameters: Sequence[str], vararg: str | None, context: Context, statements: Statements
    ) -> ast.FunctionDef:
        line = self.line
        body = self.finish(statements, context)
        foreign = sorted(context.stored - context.owned)
        if context.outlined and context.parent is not None:
            context.parent.stored.update(name for name in foreign if name not in ("fuel", "alloc"))
        if foreign:
            body.insert(0, pyast.nonlocal_(foreign, line))
        optional = len(parameters) - 1 if parameters else 0
        return pyast.function(identifier, parameters, optional, vararg, body, line)

    def finish(self, statements: Statements, context: Context) -> list[ast.stmt]:
        """Replace segments by their charges."""
        made: list[ast.stmt] = []
        for item in statements:
            if isinstance(item, Segment):
                made.extend(self.charges(item, context))
            else:
                made.append(item)
        return made or [ast.Pass(lineno=self.line, col_offset=0)]

    def charges(self, segment: Segment, context: Context, times: str = "") -> list[ast.stmt]:
        """The statements that charge a segment, ``times`` names how often."""
        line = self.line

        def amount(price: int) -> ast.expr:
            each = pyast.constant(price, line)
            return pyast.binary(pyast.name(times, line), ast.Mult(), each, line) if times else each

        made: list[ast.stmt] = []
        tests: list[ast.expr] = []
        zero = pyast.constant(0, line)
        if segment.instructions:
            context.stored.add("fuel")
            made.append(pyast.subtract("fuel", amount(segment.instructions), line))
            tests.append(pyast.compare(pyast.name("fuel", line), ast.Lt(), zero, line))
        if segment.bytes:
            context.stored.add("alloc")
            made.append(pyast.subtract("alloc", amount(segment.bytes), line))
            tests.append(pyast.compare(pyast.name("alloc", line), ast.Lt(), zero, line))
        if segment.entry:
            tests.append(pyast.compare(pyast.name("d", line), ast.Gt(), pyast.name("deepest", line), line))
        if tests:
            refuel = pyast.method(pyast.name("run", line), "refuel", [pyast.name("d", line)], line)
            made.append(pyast.if_(pyast.either(tests, line), [pyast.statement(refuel, line)], [], line))
        return made

    # blocks

    def open_segment(self) -> None:
        self.segment = Segment()
        self.out.append(self.segment)

    def block(self, block: nodes.Block, first_price: int = 0, ahead: Segment | None = None) -> list[ast.stmt]:
        """A block as Python statements, with its own segments; outlined when nested too deep.

        ``ahead`` takes over the first segment's price from a block that is not outlined.
        """
        saved_out, saved_segment = self.out, self.segment
        context = self.context
        context.nesting += 1
        if context.nesting > MAX_NESTING:
            made = self.outlined_block(block, first_price)
        else:
            self.out = []
            self.open_segment()
            first = self.segment
            self.charge(first_price)
            self.block_statements(block)
            if ahead is not None:
                ahead.instructions, ahead.bytes = first.instructions, first.bytes
                first.instructions = first.bytes = 0
            made = self.finish(self.out, context)
        context.nesting -= 1
        self.out, self.segment = saved_out, saved_segment
        return made

    def outlined_block(self, block: nodes.Block, first_price: int) -> list[ast.stmt]:
        line = self.line
        outer = self.context
        identifier = self.fresh("b")
        outer.owned.add(identifier)
        self.context = Context(outer.scope, outer, True)
        frame = Frame("outline")
        self.context.frames = [*outer.frames, frame]
        self.out = []
        self.open_segment()
        self.charge(first_price)
        self.block_statements(block)
        self.out[1:1] = self.context.prologue
        definition = self.definition(identifier, (), None, self.context, self.out)
        self.context = outer
        self.out = [definition]
        result = self.store(self.temporary())
        returned: ast.expr = pyast.name(result, line)
        if not outer.outlined:
            returned = pyast.subscript(returned, pyast.constant(0, line), line)
        called = pyast.walrus(result, pyast.call(identifier, (), line), line)
        test = pyast.compare(called, pyast.IS_NOT, pyast.constant(None, line), line)
        self.out.append(pyast.if_(test, [pyast.return_(returned, line)], [], line))
        self.pass_on(frame)
        return self.finish(self.out, outer)

    def block_statements(self, block: nodes.Block) -> None:
        """The statements of a block, into ``self.out`` and its current segment."""
        labels = [s for s in block.statements if isinstance(s, nodes.Label)]
        if labels and block in self.resolution.labelled and not self.is_continue_only(block):
            self.dispatch(block)
            return
        for statement in block.statements:
            self.statement(statement)

    def statement(self, statement: nodes.Statement) -> None:
        mark = self.context.temporaries
        self.line = self.at(statement.line)
        self.statements[statement.__class__](self, statement)
        self.context.temporaries = mark
        if may_leave(statement):
            self.open_segment()

    # jumps

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
        line = self.line
        frame = Frame("dispatch", None, block)
        frame.selector = self.store(self.fresh("s"))
        self.context.owned.add(frame.selector)
        self.out.append(pyast.assign_name(frame.selector, pyast.constant(0, line), line))
        outer = self.out
        self.context.frames.append(frame)
        self.context.nesting += 1
        parts: list[ast.stmt] = []
        self.out = []
        self.open_segment()
        number = 0
        for statement in [*block.statements, None]:
            if statement is None or isinstance(statement, nodes.Label):
                test = pyast.compare(pyast.name(frame.selector, line), ast.LtE(), pyast.constant(number, line), line)
                parts.append(pyast.if_(test, self.finish(self.out, self.context), [], line))
                number += 1
                self.out = []
                self.open_segment()
                self.charge(costs.LOOP)
            else:
                self.statement(statement)
        parts.append(ast.Break(lineno=line, col_offset=0))
        self.context.nesting -= 1
        self.context.frames.pop()
        self.out = outer
        self.out.append(pyast.while_(pyast.constant(True, line), parts, line))
        self.pass_on(frame)
        self.open_segment()

    def jump(self, target: Target) -> None:
        """Leave towards ``target`` from the innermost construct."""
        frames = self.context.frames
        if self.reaches(frames[-1], target):
            self.arrive(frames[-1], target)
            return
        code = self.codes.setdefault(target, len(self.codes) + 1)
        jump = self.store(self.context.jump)
        self.out.append(pyast.assign_name(jump, pyast.constant(code, self.line), self.line))
        for frame in reversed(frames):
            if self.reaches(frame, target):
                break
            frame.passing[target] = None
        self.leave(frames[-1])

    def reaches(self, frame: Frame, target: Target) -> bool:
        what, where, _ = target
        return frame.kind != "outline" and (frame.loop is where if what == "break" else frame.block is where)

    def arrive(self, frame: Frame, target: Target) -> None:
        line = self.line
        if target[0] == "break":
            self.out.append(ast.Break(lineno=line, col_offset=0))
            return
        if frame.kind == "dispatch":
            assert frame.block is not None
            labels = [s for s in frame.block.statements if isinstance(s, nodes.Label)]
            number = pyast.constant(labels.index(target[2]) + 1, line)
            self.out.append(pyast.assign_name(self.store(frame.selector), number, line))
        self.out.append(ast.Continue(lineno=line, col_offset=0))

    def leave(self, frame: Frame) -> None:
        line = self.line
        if frame.kind == "outline":
            self.out.append(pyast.return_(pyast.constant(None, line), line))
        else:
            self.out.append(ast.Break(lineno=line, col_offset=0))

    def pass_on(self, frame: Frame) -> None:
        """Behind a construct: carry the jumps that left it further."""
        line = self.line
        frames = self.context.frames
        for target in frame.passing:
            jump = self.store(self.context.jump)
            outer, self.out = self.out, []
            if self.reaches(frames[-1], target):
                self.out.append(pyast.assign_name(jump, pyast.constant(0, line), line))
                self.arrive(frames[-1], target)
            else:
                self.leave(frames[-1])
            body, self.out = self.out, outer
            test = pyast.compare(pyast.name(jump, line), ast.Eq(), pyast.constant(self.codes[target], line), line)
            self.out.append(pyast.if_(test, body, [], line))

    def break_(self, node: nodes.Break) -> None:
        for frame in reversed(self.context.frames):
            if frame.loop is not None:
                self.jump(("break", frame.loop, None))
                return

    def goto(self, node: nodes.Goto) -> None:
        self.charge(costs.LOOP)
        block, label = self.resolution.targets[node]
        self.jump(("goto", block, label))

    def label(self, node: nodes.Label) -> None:
        pass

    # locals and assignment

    def new_box(self, variable: Variable, value: ast.expr) -> ast.stmt:
        line = self.line
        self.charge(0, costs.UPVALUE + costs.VALUE)
        box = ast.List([value], pyast.LOAD, lineno=line, col_offset=0)
        return pyast.assign_name(self.store(variable.slot), box, line)

    def declare(self, variable: Variable, value: ast.expr) -> None:
        """A new local gets its first value."""
        self.context.owned.add(variable.slot)
        if variable.captured and variable.in_loop and variable.storage != BOX:
            self.charge(0, costs.UPVALUE)
        if variable.storage == BOX:
            self.out.append(self.new_box(variable, value))
        else:
            self.out.append(pyast.assign_name(self.store(variable.slot), value, self.line))

    def assign_variable(self, variable: Variable, value: ast.expr) -> None:
        line = self.line
        if variable.storage == BOX:
            where = pyast.subscript(pyast.name(variable.slot, line), pyast.constant(0, line), line, pyast.STORE)
            self.out.append(pyast.assign(where, value, line))
        else:
            self.out.append(pyast.assign_name(self.store(variable.slot), value, line))

    def local(self, node: nodes.Local) -> None:
        variables = self.resolution.declared[node]
        self.charge(costs.ASSIGN * len(variables))
        values = node.values
        if len(variables) == 1 and len(values) == 1:
            only = values[0]
            if isinstance(only, nodes.Function) and variables[0].storage == PLAIN:
                self.context.owned.add(variables[0].slot)
            self.declare(variables[0], self.value(only))
            return
        if len(variables) == len(values) and not isinstance(values[-1], _MULTI):
            for variable, node_value in zip(variables, values, strict=True):
                self.declare(variable, self.value(node_value))  # the new names are not visible to the values
            return
        for variable, value in zip(variables, self.adjusted(values, len(variables)), strict=True):
            self.declare(variable, value)

    def adjusted(self, values: tuple[nodes.Expression, ...], count: int) -> list[ast.expr]:
        """Exactly ``count`` values, evaluated in order; all but single ones are in temporaries already."""
        line = self.line
        made: list[ast.expr] = []
        spread = values and isinstance(values[-1], _MULTI) and len(values) < count
        plain = values[:-1] if spread else values
        for value in plain:
            expression = self.value(value)
            if isinstance(expression, ast.Constant) and len(made) < count:
                made.append(expression)
            elif len(made) < count:
                name = self.store(self.temporary())
                self.out.append(pyast.assign_name(name, expression, line))
                made.append(pyast.name(name, line))
            else:
                self.out.append(pyast.statement(expression, line))
        if spread:
            wanted = count - len(made)
            result = self.store(self.temporary())
            call = self.multi(values[-1])
            right_size = pyast.compare(
                pyast.call("len", [pyast.name(result, line)], line), ast.Eq(), pyast.constant(wanted, line), line
            )
            fits = pyast.both([pyast.is_class(pyast.walrus(result, call, line), "tuple", line), right_size], line)
            padded = pyast.call("adjust", [pyast.name(result, line), pyast.constant(wanted, line)], line)
            names = [self.store(self.temporary()) for _ in range(wanted)]
            targets = ast.Tuple([pyast.target(n, line) for n in names], pyast.STORE, lineno=line, col_offset=0)
            self.out.append(pyast.assign(targets, pyast.choose(fits, pyast.name(result, line), padded, line), line))
            made.extend(pyast.name(n, line) for n in names)
        while len(made) < count:
            made.append(pyast.constant(None, line))
        return made

    def local_function(self, node: nodes.LocalFunction) -> None:
        variable = self.resolution.declared[node][0]
        self.charge(costs.ASSIGN + costs.CLOSURE_OP, costs.CLOSURE)
        self.context.owned.add(variable.slot)
        if variable.storage == BOX:
            self.out.append(self.new_box(variable, pyast.constant(None, self.line)))
            self.assign_variable(variable, self.emit_function(node.function, variable))
        else:
            self.declare(variable, self.emit_function(node.function, variable))

    def assign(self, node: nodes.Assign) -> None:
        if len(node.targets) == 1 and len(node.values) == 1:
            self.assign_one(node.targets[0], node.values[0])
            return
        prepared = [self.prepare(target) for target in node.targets]
        values = self.adjusted(node.values, len(node.targets))
        for target, place, value in reversed(list(zip(node.targets, prepared, values, strict=True))):
            self.store_to(target, place, value, "any")

    def assign_one(self, target: nodes.Expression, value: nodes.Expression) -> None:
        if isinstance(target, nodes.Name):
            self.store_to(target, None, self.value(value), self.kinds.of(value))
            return
        place = self.prepare(target, not self.is_simple(value))
        made = self.value(value)
        if not self.is_simple(value):
            name = self.store(self.temporary())
            self.out.append(pyast.assign_name(name, made, self.line))
            made = pyast.name(name, self.line)
        self.store_to(target, place, made, self.kinds.of(value))

    def prepare(self, target: nodes.Expression, late: bool = False) -> tuple[ast.expr, ast.expr] | None:
        """Evaluate a target's table and key, left to right, so that both can be mentioned often.

        ``late``: this function's own locals are read when the value is there, as PUC reads its registers.
        """
        if not isinstance(target, nodes.Index):
            return None
        return self.held(target.object, late), self.held(target.key, late)

    def held(self, node: nodes.Expression, late: bool) -> ast.expr:
        value = self.value(node)
        if self.is_simple(node) or (late and self.is_own_mutable(node) and self.owner_is_here(node)):
            return value
        name = self.store(self.temporary())
        self.out.append(pyast.assign_name(name, value, self.line))
        return pyast.name(name, self.line)

    def store_to(
        self, target: nodes.Expression, place: tuple[ast.expr, ast.expr] | None, value: ast.expr, kind: str
    ) -> None:
        """Assign an expression that may be mentioned more than once for an index target."""
        line = self.line
        if isinstance(target, nodes.Name):
            self.charge(costs.ASSIGN)
            variable = self.resolution.variables.get(target)
            if variable is not None:
                self.assign_variable(variable, value)
                return
            self.assign_global(target, value, kind)
            return
        assert place is not None
        assert isinstance(target, nodes.Index)
        key_kind = "text" if self.is_plain_key(target.key) else self.kinds.of(target.key)
        if isinstance(target.key, nodes.String) and len(target.key.value) >= LONG_STRING:
            key_kind = "any"
        if isinstance(target.key, nodes.Number) and target.key.value == 0.0:
            place = place[0], pyast.constant(0.0, line)
        self.store_index(target, place[0], place[1], value, kind, key_kind)

    def assign_global(self, target: nodes.Name, value: ast.expr, kind: str) -> None:
        """A global's new value. Without ``_G`` no script can give the globals a metatable."""
        line = self.line
        if not isinstance(value, (ast.Name, ast.Constant)):
            name = self.store(self.temporary())
            self.out.append(pyast.assign_name(name, value, line))
            value = pyast.name(name, line)
        self.store_index(target, pyast.name("G", line), pyast.constant(target.name, line), value, kind, "text")

    def is_plain_key(self, key: nodes.Expression) -> bool:
        """A key that is surely neither NaN nor -0: text, a loop counter, ``#t + 1``."""
        if isinstance(key, nodes.Name):
            return self.resolution.variables.get(key) in self.counters
        if isinstance(key, nodes.Arithmetic):
            first = key.first
            return (
                isinstance(first, nodes.Unary)
                and first.symbol == "#"
                and all(o.symbol == "+" and isinstance(o.operand, nodes.Number) for o in key.rest)
            )
        return isinstance(key, nodes.String)

    def store_index(
        self, target: nodes.Expression, o: ast.expr, k: ast.expr, value: ast.expr, kind: str, key_kind: str
    ) -> None:
        """``o[k] = value``. All three are names or constants.

        Present keys of plain tables are stored at once, new ones of a known kind after the charge
        for the entry; nil values, unknown kinds of new keys and everything else go to setindex.
        """
        saved = self.line
        self.charge(costs.ASSIGN_INDEX)
        described = target.object if isinstance(target, nodes.Index) else target
        at = self.line = self.operands_at(target.line, described)
        slow = pyast.statement(self.helper("setindex", o, k, value), at)
        if isinstance(o, ast.Constant):
            self.out.append(slow)
            self.line = saved
            return
        store = pyast.assign(pyast.subscript(o, k, at, pyast.STORE), value, at)
        sure = isinstance(target, nodes.Name) and not self.seal.dynamic and len(target.name) < LONG_STRING
        plain = pyast.is_class(o, "Table", at)
        known = kind not in ("any", "nil")
        tests = [plain] if known else [plain, pyast.compare(value, pyast.IS_NOT, pyast.constant(None, at), at)]
        if not known and isinstance(value, ast.Constant):
            self.out.append(slow)
            self.line = saved
            return
        if key_kind in ("text", NUMBER):
            self.context.stored.add("alloc")
            refuel = pyast.method(pyast.name("run", at), "refuel", [pyast.name("d", at)], at)
            charge = [
                pyast.subtract("alloc", pyast.constant(costs.ENTRY, at), at),
                pyast.if_(
                    pyast.compare(pyast.name("alloc", at), ast.Lt(), pyast.constant(0, at), at),
                    [pyast.statement(refuel, at)],
                    [],
                    at,
                ),
            ]
            absent = pyast.compare(k, pyast.NOT_IN, o, at)
            if sure:
                body = [pyast.if_(absent, charge, [], at), store]
                self.out.extend(body if known else [pyast.if_(tests[1], body, [slow], at)])
            elif key_kind == "text" or isinstance(k, ast.Constant):
                # A field that an object has already is set whatever its metatable says (manual 2.8, __newindex).
                own = [pyast.is_class(o, "MetaTable", at), pyast.compare(k, pyast.IN, o, at), *tests[1:]]
                other = pyast.if_(pyast.both(own, at), [store], [slow], at)
                self.out.append(
                    pyast.if_(pyast.both(tests, at), [pyast.if_(absent, charge, [], at), store], [other], at)
                )
            else:
                # A new number key: NaN is refused by the slow path, and + 0.0 turns -0 into 0.
                zeroed = pyast.binary(k, pyast.ADD, pyast.constant(0.0, at), at)
                fresh = pyast.assign(pyast.subscript(o, zeroed, at, pyast.STORE), value, at)
                number = pyast.compare(k, ast.Eq(), k, at)
                new = pyast.if_(number, [*charge, fresh], [slow], at)
                present = pyast.compare(k, pyast.IN, o, at)
                self.out.append(pyast.if_(pyast.both(tests, at), [pyast.if_(present, [store], [new], at)], [slow], at))
        else:
            tests.append(pyast.compare(k, pyast.IN, o, at))
            self.out.append(pyast.if_(pyast.both(tests, at), [store], [slow], at))
        self.line = saved

    # control structures

    def call_statement(self, node: nodes.CallStatement) -> None:
        assert isinstance(node.call, _CALLS)
        self.out.append(pyast.statement(self.multi(node.call), self.line))

    def do(self, node: nodes.Do) -> None:
        self.block_statements(node.body)

    def test_apart(self, condition: nodes.Expression) -> tuple[Statements, ast.expr]:
        """A condition and the statements that it needs before it."""
        outer, self.out = self.out, []
        test = self.test(condition)
        before, self.out = self.out, outer
        return before, test

    def if_(self, node: nodes.If) -> None:
        line = self.line
        before, test = self.test_apart(node.branches[0].condition)
        self.out.extend(before)
        saved_segment = self.segment
        later = node.branches[1:]
        prices = []
        total = 0
        apart = []
        for branch in later:
            self.segment = Segment()
            apart.append(self.test_apart(branch.condition))
            total += self.segment.instructions
            prices.append((total, self.segment.bytes))
            saved_segment.bytes += self.segment.bytes
        self.segment = saved_segment
        if len(later) > MAX_ELSEIFS or any(statements for statements, _ in apart):
            self.long_if(node, test, apart, prices)
            return
        body = self.block(node.branches[0].body)
        orelse: list[ast.stmt] = []
        if node.orelse is not None:
            orelse = self.block(node.orelse, total)
        elif total:
            orelse = self.only_charge(total)
        for branch, (_, other), (price, _) in reversed(list(zip(later, apart, prices, strict=True))):
            orelse = [pyast.if_(other, self.block(branch.body, price), orelse, line)]
        self.out.append(pyast.if_(test, body, orelse, line))

    def only_charge(self, price: int) -> list[ast.stmt]:
        segment = Segment()
        segment.instructions = price
        return self.charges(segment, self.context)

    def long_if(
        self,
        node: nodes.If,
        test: ast.expr,
        apart: list[tuple[Statements, ast.expr]],
        prices: list[tuple[int, int]],
    ) -> None:
        """Flat: CPython's compiler recurses into elif. A variable says whether a branch was taken."""
        line = self.line
        pending = self.store(self.temporary())

        def taken() -> ast.stmt:
            return pyast.assign_name(pending, pyast.constant(0, line), line)

        self.out.append(pyast.assign_name(pending, pyast.constant(1, line), line))
        self.out.append(pyast.if_(test, [taken(), *self.block(node.branches[0].body)], [], line))
        for branch, (before, other), (price, _) in zip(node.branches[1:], apart, prices, strict=True):
            body = [taken(), *self.block(branch.body, price)]
            inner = [*self.finish(before, self.context)] if before else []
            inner.append(pyast.if_(other, body, [], line))
            self.out.append(pyast.if_(pyast.name(pending, line), inner, [], line))
        total = prices[-1][0] if prices else 0
        last = self.block(node.orelse, total) if node.orelse is not None else self.only_charge(total)
        if last:
            self.out.append(pyast.if_(pyast.name(pending, line), last, [], line))

    def loop_body(self, node: Any, price: int, ahead: Segment | None = None) -> tuple[list[ast.stmt], Frame]:
        frame = Frame("loop", node, node.body)
        self.context.frames.append(frame)
        body = self.block(node.body, price, ahead)
        self.context.frames.pop()
        return body, frame

    def while_(self, node: nodes.While) -> None:
        line = self.line
        outer = self.segment
        self.segment = Segment()
        before, test = self.test_apart(node.condition)
        price, size = self.segment.instructions, self.segment.bytes
        self.segment = outer
        self.charge(price + costs.LOOP, size)
        if size:
            before.insert(0, self.bytes_charge(size))
        body, frame = self.loop_body(node, price + costs.LOOP)
        if before:
            body = [
                *self.finish(before, self.context),
                pyast.if_(pyast.negation(test, line), [ast.Break(lineno=line, col_offset=0)], [], line),
                *body,
            ]
            test = pyast.constant(True, line)
        self.out.append(pyast.while_(test, body, line))
        self.pass_on(frame)

    def bytes_charge(self, size: int) -> Segment:
        segment = Segment()
        segment.bytes = size
        return segment

    def repeat(self, node: nodes.Repeat) -> None:
        line = self.line
        saved_out, saved_segment = self.out, self.segment
        frame = Frame("loop", node, None)
        context = self.context
        context.frames.append(frame)
        context.nesting += 1
        if context.nesting > MAX_NESTING:
            body = self.outlined_repeat(node, frame)
        else:
            self.out = []
            self.open_segment()
            self.repeat_body(node)
            body = self.finish(self.out, context)
        context.nesting -= 1
        context.frames.pop()
        self.out, self.segment = saved_out, saved_segment
        self.out.append(pyast.while_(pyast.constant(True, line), body, line))
        self.pass_on(frame)

    def repeat_body(self, node: nodes.Repeat) -> None:
        self.charge(costs.LOOP)
        self.block_statements(node.body)
        if not ends(node.body):
            test = self.test(node.condition)
            self.out.append(pyast.if_(test, [ast.Break(lineno=self.line, col_offset=0)], [], self.line))

    def outlined_repeat(self, node: nodes.Repeat, frame: Frame) -> list[ast.stmt]:
        condition = nodes.If(
            node.line,
            node.column,
            (
                nodes.Branch(
                    node.condition, nodes.Block(node.line, node.column, (nodes.Break(node.line, node.column),))
                ),
            ),
            None,
        )
        statements = node.body.statements if ends(node.body) else (*node.body.statements, condition)
        block = nodes.Block(node.body.line, node.body.column, statements)
        if node.body in self.resolution.labelled:
            inner = nodes.Do(node.line, node.column, node.body)
            block = nodes.Block(node.body.line, node.body.column, (inner, condition))
        return self.outlined_block(block, costs.LOOP)

    def numeric_for(self, node: nodes.NumericFor) -> None:
        """PUC's forprep: the counter starts one step early, and each round adds the step and tests."""
        line = self.line
        self.charge(costs.NUMERIC_FOR)
        variable = self.resolution.declared[node][0]
        parts = [node.start, node.stop, node.step or nodes.Number(node.line, node.column, 1.0)]
        held = [self.held_bound(part) for part in parts]
        for place, (part, what) in enumerate(zip(parts, ("initial value", "limit", "step"), strict=True)):
            if self.kinds.of(part) != NUMBER:
                held[place] = self.checked_bound(held[place], what)
        start, stop, step = held
        counter = variable.slot
        direct = variable.storage == PLAIN and not variable.assigned and not variable.captured
        if not direct:
            counter = self.temporary()
        self.context.owned.add(variable.slot)
        if isinstance(start, ast.Constant) and isinstance(step, ast.Constant):
            early: ast.expr = pyast.constant(start.value - step.value, line)  # type: ignore[operator]
        else:
            early = pyast.binary(start, pyast.SUB, step, line)
        if self.ahead(node, variable, direct, start, stop, step):
            return
        self.out.append(pyast.assign_name(self.store(counter), early, line))
        advance = pyast.walrus(counter, pyast.binary(pyast.name(counter, line), pyast.ADD, step, line), line)
        if isinstance(step, ast.Constant):
            sign: ast.cmpop = ast.LtE() if step.value > 0.0 else ast.GtE()  # type: ignore[operator]
            test: ast.expr = pyast.compare(advance, sign, stop, line)
        else:
            upwards = pyast.compare(step, ast.Gt(), pyast.constant(0.0, line), line)
            again = pyast.name(counter, line)
            test = pyast.choose(
                pyast.both([pyast.compare(advance, pyast.IS_NOT, pyast.constant(None, line), line), upwards], line),
                pyast.compare(again, ast.LtE(), stop, line),
                pyast.compare(again, ast.GtE(), stop, line),
                line,
            )
        body, frame = self.for_body(node, [] if direct else [(variable, pyast.name(counter, line))], costs.LOOP)
        self.out.append(pyast.while_(test, body, line))
        self.pass_on(frame)

    def ahead(
        self, node: nodes.NumericFor, variable: Variable, direct: bool, start: ast.expr, stop: ast.expr, step: ast.expr
    ) -> bool:
        """A loop that counts up by whole numbers and has no way out is paid for up to ROUNDS rounds ahead.

        One charge for many rounds instead of one each: x 0.87 over the compute benchmarks. The sum is the same.
        """
        first, by = whole_constant(start), whole_constant(step)
        if not direct or first is None or by is None or by <= 0.0 or leaves(node.body):
            return False
        line = self.line
        counter = variable.slot
        self.counters.add(variable)
        self.out.append(pyast.assign_name(self.store(counter), pyast.constant(first - by, line), line))
        if (last := whole_constant(stop)) is not None and 0.0 <= last - first < by * costs.FEW_ROUNDS:
            rounds = int((last - first) // by) + 1
            body, price = self.prepaid_body(node)
            self.charge(price.instructions * rounds, price.bytes * rounds)
            self.out.append(self.counting_loop(counter, pyast.constant(first + by * (rounds - 1), line), by, body))
            return True
        left, now, end = self.temporary(), self.temporary(), self.temporary()
        for name in (left, now, end):
            self.store(name)
        rounds_of = pyast.call("rounds", [stop, pyast.constant(first, line), pyast.constant(by, line)], line)
        self.out.append(pyast.assign_name(left, rounds_of, line))
        body, price = self.prepaid_body(node)
        limit = pyast.constant(costs.ROUNDS, line)
        few = pyast.compare(pyast.name(left, line), ast.Lt(), limit, line)
        chunk: list[ast.stmt] = [
            pyast.assign_name(now, pyast.choose(few, pyast.name(left, line), limit, line), line),
            pyast.subtract(left, pyast.name(now, line), line),
            *self.charges(price, self.context, now),
            pyast.assign_name(
                end,
                pyast.binary(
                    pyast.name(counter, line),
                    pyast.ADD,
                    pyast.binary(pyast.name(now, line), ast.Mult(), pyast.constant(by, line), line),
                    line,
                ),
                line,
            ),
            self.counting_loop(counter, pyast.name(end, line), by, body),
        ]
        self.out.append(pyast.while_(pyast.name(left, line), chunk, line))
        return True

    def prepaid_body(self, node: nodes.NumericFor) -> tuple[list[ast.stmt], Segment]:
        """The body without the charge at its head, and that charge."""
        price = Segment()
        body, frame = self.loop_body(node, costs.LOOP, price)
        assert not frame.passing
        return body, price

    def counting_loop(self, counter: str, end: ast.expr, by: float, body: list[ast.stmt]) -> ast.stmt:
        """``while counter < end: counter += by; body``."""
        line = self.line
        test = pyast.compare(pyast.name(counter, line), ast.Lt(), end, line)
        advance = ast.AugAssign(
            pyast.target(counter, line), pyast.ADD, pyast.constant(by, line), lineno=line, col_offset=0
        )
        return pyast.while_(test, [advance, *body], line)

    def held_bound(self, node: nodes.Expression) -> ast.expr:
        value = self.value(node)
        if isinstance(value, ast.Constant):
            return value
        name = self.store(self.temporary())
        self.out.append(pyast.assign_name(name, value, self.line))
        return pyast.name(name, self.line)

    def checked_bound(self, value: ast.expr, what: str) -> ast.expr:
        line = self.line
        if isinstance(value, ast.Constant):
            name = self.store(self.temporary())
            self.out.append(pyast.assign_name(name, value, line))
            value = pyast.name(name, line)
        assert isinstance(value, ast.Name)
        check = self.helper("for_number", value, pyast.constant(what, line))
        test = pyast.compare(pyast.class_of(value, line), pyast.IS_NOT, pyast.name("float", line), line)
        self.out.append(pyast.if_(test, [pyast.assign_name(self.store(value.id), check, line)], [], line))
        return value

    def for_body(
        self, node: Any, declared: list[tuple[Variable, ast.expr]], price: int
    ) -> tuple[list[ast.stmt], Frame]:
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

    def generic_for(self, node: nodes.GenericFor) -> None:
        variables = self.resolution.declared[node]
        only = node.values[0]
        if len(node.values) == 1 and isinstance(only, nodes.Call) and len(only.arguments) == 1 and len(variables) <= 2:
            sealed = self.sealed_function(only.function)
            if sealed is not None and self.seal.path(sealed) == ("", "ipairs"):
                self.ipairs_loop(node, only, variables)
                return
            if sealed is not None and self.seal.path(sealed) == ("", "pairs"):
                self.pairs_loop(node, only, variables)
                return
        self.iterator_loop(node, variables)

    def call_site(self, call: nodes.Call) -> int:
        name, _ = self.describe(call.function)
        return self.at(call.line, (name,) if name else (), (), True)

    def loop_targets(
        self, variables: tuple[Variable, ...], count: int
    ) -> tuple[list[str], list[tuple[Variable, ast.expr]]]:
        """Python targets of a for, and the locals that must be made from them."""
        names: list[str] = []
        declared: list[tuple[Variable, ast.expr]] = []
        for variable in variables:
            if variable.storage == BOX or (variable.captured and variable.in_loop):
                names.append(self.store(self.temporary()))
                declared.append((variable, pyast.name(names[-1], self.line)))
            else:
                self.context.owned.add(variable.slot)
                names.append(self.store(variable.slot))
        while len(names) < count:
            names.append(self.store(self.temporary()))
        return names, declared

    def pairs_loop(self, node: nodes.GenericFor, call: nodes.Call, variables: tuple[Variable, ...]) -> None:
        line = self.line
        self.charge(costs.GLOBAL + costs.CALL + costs.ARGUMENT + costs.GENERIC_FOR)
        table = self.value(call.arguments[0])
        iterator = self.helper("pairs_items", table, at=self.call_site(call))
        names, declared = self.loop_targets(variables, 2)
        cleared = pyast.compare(pyast.name(names[1], line), pyast.IS, pyast.constant(None, line), line)
        skip = pyast.if_(cleared, [ast.Continue(lineno=line, col_offset=0)], [], line)
        body, frame = self.for_body(node, declared, costs.LOOP + costs.INDEX)
        targets = ast.Tuple([pyast.target(n, line) for n in names], pyast.STORE, lineno=line, col_offset=0)
        self.out.append(pyast.for_(targets, iterator, [skip, *body], line))
        self.pass_on(frame)

    def ipairs_loop(self, node: nodes.GenericFor, call: nodes.Call, variables: tuple[Variable, ...]) -> None:
        line = self.line
        self.charge(costs.GLOBAL + costs.CALL + costs.ARGUMENT + costs.GENERIC_FOR)
        get, place, value = self.temporary(), self.temporary(), self.temporary()
        for name in (get, place, value):
            self.store(name)
        table = self.value(call.arguments[0])
        source = self.helper("ipairs_getter", table, at=self.call_site(call))
        self.out.append(pyast.assign_name(get, source, line))
        self.out.append(pyast.assign_name(place, pyast.constant(0.0, line), line))
        step = pyast.binary(pyast.name(place, line), pyast.ADD, pyast.constant(1.0, line), line)
        found = pyast.call(get, [pyast.walrus(place, step, line)], line)
        test = pyast.compare(pyast.walrus(value, found, line), pyast.IS_NOT, pyast.constant(None, line), line)
        values = [pyast.name(place, line), pyast.name(value, line)]
        body, frame = self.for_body(node, list(zip(variables, values, strict=False)), costs.LOOP + costs.INDEX)
        self.out.append(pyast.while_(test, body, line))
        self.pass_on(frame)

    def iterator_loop(self, node: nodes.GenericFor, variables: tuple[Variable, ...]) -> None:
        line = self.line
        self.charge(costs.GENERIC_FOR)
        count = len(variables)
        values, _spread = self.arguments(node.values)
        live, iterator = self.store(self.temporary()), self.store(self.temporary())
        call_site = self.at(node.line, (), (), True)
        made = self.helper("for_iterator", pyast.tuple_of(values, line), pyast.constant(count, line), at=call_site)
        targets: ast.expr = ast.Tuple(
            [pyast.target(live, line), pyast.target(iterator, line)], pyast.STORE, lineno=line, col_offset=0
        )
        self.out.append(pyast.assign(targets, made, line))
        names, declared = self.loop_targets(variables, count)
        body, frame = self.for_body(node, declared, costs.LOOP + costs.CALL)
        if count == 2:
            cleared = pyast.both(
                [
                    pyast.compare(pyast.name(names[1], line), pyast.IS, pyast.constant(None, line), line),
                    pyast.name(live, line),
                ],
                line,
            )
            body.insert(0, pyast.if_(cleared, [ast.Continue(lineno=line, col_offset=0)], [], line))
        if count == 1:
            targets = pyast.target(names[0], line)
        else:
            targets = ast.Tuple([pyast.target(n, line) for n in names], pyast.STORE, lineno=line, col_offset=0)
        step = self.at(node.line, ("local '(for generator)'",), (), True)
        self.out.append(pyast.for_(targets, pyast.name(iterator, step), body, step))
        self.pass_on(frame)

    def return_(self, node: nodes.Return) -> None:
        line = self.line
        self.charge(costs.RETURN)
        value: ast.expr
        if not node.values:
            value = pyast.constant((), line)
        elif len(node.values) == 1:
            only = node.values[0]
            value = self.multi(only)
        else:
            values, _spread = self.arguments(node.values)
            self.charge(0, costs.RESULTS + costs.VALUE * len(values))
            value = pyast.tuple_of(values, line)
        if self.context.outlined:
            value = ast.List([value], pyast.LOAD, lineno=line, col_offset=0)
        self.out.append(pyast.return_(value, line))

    statements: ClassVar[dict[type, Any]] = {
        nodes.Local: local,
        nodes.LocalFunction: local_function,
        nodes.Assign: assign,
        nodes.CallStatement: call_statement,
        nodes.Do: do,
        nodes.While: while_,
        nodes.Repeat: repeat,
        nodes.If: if_,
        nodes.NumericFor: numeric_for,
        nodes.GenericFor: generic_for,
        nodes.Return: return_,
        nodes.Break: break_,
        nodes.Goto: goto,
        nodes.Label: label,
    }


def whole_constant(value: ast.expr) -> float | None:
    """A number constant that is whole and small enough to count with exactly."""
    if not isinstance(value, ast.Constant) or not isinstance(value.value, float):
        return None
    return value.value if -1e9 <= value.value <= 1e9 and value.value % 1.0 == 0.0 else None


def leaves(block: nodes.Block) -> bool:
    """Whether a return, a goto, or a break of this very loop stands in a loop's body."""
    return any(_leaves(statement, True) for statement in block.statements)


def _leaves(statement: nodes.Statement, here: bool) -> bool:
    if isinstance(statement, nodes.Break):
        return here
    if isinstance(statement, (nodes.Return, nodes.Goto, nodes.Label)):
        return True
    if isinstance(statement, nodes.If):
        bodies = [branch.body for branch in statement.branches]
        if statement.orelse is not None:
            bodies.append(statement.orelse)
    elif isinstance(statement, nodes.Do):
        bodies = [statement.body]
    elif isinstance(statement, (nodes.While, nodes.Repeat, nodes.NumericFor, nodes.GenericFor)):
        bodies, here = [statement.body], False
    else:
        return False
    return any(_leaves(inner, here) for body in bodies for inner in body.statements)


_LEAVES = (nodes.Return, nodes.Break, nodes.Goto)


def may_leave(statement: nodes.Statement) -> bool:
    """Whether control may leave a statement other than to the next one."""
    if isinstance(statement, _LEAVES):
        return True
    if isinstance(statement, nodes.If):
        bodies = [branch.body for branch in statement.branches]
        if statement.orelse is not None:
            bodies.append(statement.orelse)
    elif isinstance(statement, (nodes.Do, nodes.While, nodes.Repeat, nodes.NumericFor, nodes.GenericFor)):
        bodies = [statement.body]
    else:
        return False
    return any(may_leave(inner) for body in bodies for inner in body.statements)


def ends(block: nodes.Block) -> bool:
    """Whether the block's last statement surely leaves it."""
    return bool(block.statements) and isinstance(block.statements[-1], _LEAVES)
