"""Scope: which variable every name means, and what is known about each.

Input: a parsed chunk. Output: a Resolution. Refuses a goto without a visible label, a label that stands twice in a
function, and a jump into the scope of a local (manual of Lua 5.2, 3.3.4).

A local that a nested function uses is *captured*. Python's cells give a captured local the
life that Lua wants (one per activation of the function that declares it) except inside a
loop, where Lua makes a new local each time round. Those captured locals are *fresh*: if they
are never assigned after their declaration the closure takes their value (VALUE), otherwise
they live in a one-element list that the closures share (BOX).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .. import costs
from ..errors import LuaSyntaxError
from ..limits import MAX_PASSED
from ..syntax import nodes
from .extents import Extent
from .uses import Globals, Require

PLAIN, VALUE, BOX = "plain", "value", "box"


@dataclass(slots=True, eq=False)
class Variable:
    """One local variable, parameter or loop variable."""

    name: str
    slot: str
    owner: Scope
    in_loop: bool
    captured: bool = False
    assigned: int = 0
    mentioned: bool = False
    values: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def storage(self) -> str:
        """How the compiler keeps it: PLAIN, VALUE or BOX."""
        if not (self.captured and (self.in_loop or self.owner.has_goto)):
            return PLAIN
        return BOX if self.assigned else VALUE


@dataclass(slots=True, eq=False)
class Scope:
    """One Lua function: its parent, and the enclosing functions' variables that it or its children use."""

    node: nodes.Function | nodes.Chunk
    parent: Scope | None
    captures: dict[Variable, None] = field(default_factory=dict)
    outer: dict[str, Variable | None] = field(default_factory=dict)
    """What each name that it or its children do not declare means here: a local of a function around, or a global.

    Of a library's member that no local hides there is an entry ``string.byte``: it may get a free variable too.
    """
    locals: int = 0
    """Locals that it declares in all its blocks, parameters and loop variables included."""
    cells: int = 0
    """Of these, how many its children use."""
    functions: int = 0
    """Functions that stand in it, but not in those."""
    widest: int = 0
    """Outer names of the one with the most: they are on the stack while its closure is made."""
    has_goto: bool = False
    uses_vararg: bool = False
    returns: list[nodes.Return] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Resolution:
    """What scope found. Nodes are keys by identity; a Name that is missing from ``variables`` is global."""

    variables: dict[nodes.Name, Variable] = field(default_factory=dict)
    declared: dict[nodes.Node, tuple[Variable, ...]] = field(default_factory=dict)
    """What a node declares: a function its parameters. A variable knows its scope, and no scope its variables: in a
    circle they would keep the tree until it is collected."""
    args: dict[nodes.Node, Variable] = field(default_factory=dict)
    """The hidden local ``arg`` of a vararg function that mentions it (LUA_COMPAT_VARARG)."""
    scopes: dict[nodes.Node, Scope] = field(default_factory=dict)
    targets: dict[nodes.Goto, tuple[nodes.Block, nodes.Label]] = field(default_factory=dict)
    labelled: dict[nodes.Block, None] = field(default_factory=dict)
    globals: Globals = field(default_factory=Globals)
    compile_cost: int = 0
    """Of the trees, see compile_cost."""
    calls: int = 0
    passed: int = 0
    """Names that pass a function on their way in, each for each function."""
    extents: dict[nodes.Node, Extent] = field(default_factory=dict)
    """Of functions and chunks: see extents."""
    requires: list[Require] = field(default_factory=list)
    """Calls of ``require`` with a literal name."""
    require_uses: int = 0
    """Mentions of ``require``, those calls' included."""
    texts: set[str] = field(default_factory=set)
    """The literal strings."""

    def absorb(self, other: Resolution) -> None:
        """Take over what was found in another chunk."""
        self.variables.update(other.variables)
        self.declared.update(other.declared)
        self.args.update(other.args)
        self.scopes.update(other.scopes)
        self.targets.update(other.targets)
        self.labelled.update(other.labelled)
        self.extents.update(other.extents)
        self.globals.absorb(other.globals)
        self.compile_cost += other.compile_cost
        self.calls += other.calls
        self.passed += other.passed
        self.requires += other.requires
        self.require_uses += other.require_uses
        self.texts |= other.texts


class _Frame:
    """A block being resolved: its names, its labels, where it stands in the function."""

    __slots__ = ("block", "gotos", "labels", "names", "order", "parent")

    def __init__(self, block: nodes.Block, parent: _Frame | None) -> None:
        self.block = block
        self.parent = parent
        self.names: dict[str, Variable] = {}
        self.order: list[str] = []
        """The locals in the order of their declarations."""
        self.labels: dict[str, tuple[nodes.Label, int]] = {}
        self.gotos: list[tuple[nodes.Goto, int]] = []


def resolve(chunk: nodes.Chunk, into: Resolution, counter: list[int]) -> None:
    """Resolve every name of ``chunk``, adding to ``into``; ``counter`` numbers slots over all chunks of a program."""
    _Resolver(chunk, into, counter).run()


class _Resolver:
    def __init__(self, chunk: nodes.Chunk, into: Resolution, counter: list[int]) -> None:
        self.chunk = chunk
        self.into = into
        self.counter = counter
        self.scope: Scope = Scope(chunk, None)
        self.frames: list[_Frame] = []
        self.around: dict[Scope, list[_Frame]] = {}
        """The open blocks of each function around."""
        self.loops = 0

    def run(self) -> None:
        self.into.scopes[self.chunk] = self.scope
        self.block(self.chunk.body, ())

    def visit(self, node: nodes.Node) -> None:
        _VISITS[node.__class__](self, node)

    def visit_all(self, items: tuple[Any, ...]) -> None:
        for node in items:
            _VISITS[node.__class__](self, node)

    def nothing(self, node: nodes.Node) -> None:
        pass

    def string(self, node: nodes.String) -> None:
        self.into.texts.add(node.value)

    def vararg(self, node: nodes.Vararg) -> None:
        self.scope.uses_vararg = True

    # blocks and declarations

    def declare(self, name: str) -> Variable:
        self.counter[0] += 1
        variable = Variable(name, f"v{self.counter[0]}", self.scope, self.loops > 0)
        self.scope.locals += 1
        frame = self.frames[-1]
        frame.names[name] = variable
        frame.order.append(name)
        return variable

    def open(self, block: nodes.Block) -> _Frame:
        frame = _Frame(block, self.frames[-1] if self.frames else None)
        self.frames.append(frame)
        return frame

    def block(self, block: nodes.Block, declare: tuple[str, ...], key: nodes.Node | None = None) -> None:
        self.open(block)
        if key is not None:
            self.into.declared[key] = tuple(self.declare(name) for name in declare)
        self.statements(block)
        self.close()

    def statements(self, block: nodes.Block, is_repeat: bool = False) -> None:
        frame = self.frames[-1]
        last = len(block.statements)
        while not is_repeat and last and block.statements[last - 1].__class__ is nodes.Label:
            last -= 1  # a label at the end of a block is outside the scope of the block's locals, but for until
        for position, statement in enumerate(block.statements):
            if statement.__class__ is nodes.Label:
                self.label(frame, statement, position >= last)
            else:
                _VISITS[statement.__class__](self, statement)

    def label(self, frame: _Frame, label: nodes.Label, at_end: bool) -> None:
        if label.name in frame.labels:
            raise self.error(label.line, f"duplicate label '{label.name}'")
        frame.labels[label.name] = (label, -1 if at_end else len(frame.order))

    def close(self) -> None:
        frame = self.frames.pop()
        for goto, locals_then in frame.gotos:
            if found := frame.labels.get(goto.label):
                label, locals_there = found
                if locals_there > locals_then:
                    raise self.error(
                        goto.line, f"<goto {goto.label}> jumps into the scope of local '{frame.order[locals_then]}'"
                    )
                self.into.targets[goto] = (frame.block, label)
                self.into.labelled[frame.block] = None
            elif frame.parent is None:
                advice = f"put ::{goto.label}:: at the end of the loop's body"
                raise self.error(goto.line, f"undefined label '{goto.label}'", advice)
            else:
                frame.parent.gotos.append((goto, len(frame.parent.order)))

    def error(self, line: int, text: str, advice: str = "") -> LuaSyntaxError:
        message = f"{self.chunk.name}:{line}: {text}"
        return LuaSyntaxError(message, line, told=f"{message}; {advice}" if advice else message)

    # names

    def name(self, node: nodes.Name) -> None:
        variable = self.lookup(node.name)
        if variable is None:
            self.into.globals.reads.add(node.name)
            self.into.globals.whole.add(node.name)
            self.into.require_uses += node.name == "require"
        else:
            self.into.variables[node] = variable

    def lookup(self, name: str) -> Variable | None:
        for frame in reversed(self.frames):
            if name in frame.names:
                frame.names[name].mentioned = True
                return frame.names[name]
        return self.outer_name(self.scope, name)

    def outer_name(self, scope: Scope | None, name: str) -> Variable | None:
        """A name that the function does not declare: looked for once in each function that it passes.

        The blocks around a function do not change while it is resolved.
        """
        passed: list[Scope] = []
        found: Variable | None = None
        while found is None and scope is not None:
            if name in scope.outer:
                found = scope.outer[name]
                break
            passed.append(scope)
            scope = scope.parent
            if scope is not None:
                found = self.declared_in(scope, name)
        self.into.passed += len(passed)
        if self.into.passed > MAX_PASSED:
            raise self.error(1, f"chunk has too many upvalues (more than {MAX_PASSED} in all its functions)")
        for inner in passed:
            inner.outer[name] = found
        if found is not None:
            for inner in passed:
                inner.captures[found] = None
        return found

    def declared_in(self, scope: Scope, name: str) -> Variable | None:
        """The local of a function around that has the name now."""
        for frame in reversed(self.around[scope]):
            if name in frame.names:
                found = frame.names[name]
                scope.cells += not found.captured
                found.captured = found.mentioned = True
                return found
        return None

    def index(self, node: nodes.Index) -> None:
        base, key = node.object, node.key
        if base.__class__ is nodes.Name and key.__class__ is nodes.String and self.lookup(base.name) is None:
            self.into.globals.reads.add(base.name)
            self.into.globals.fields.setdefault(base.name, set()).add(key.value)
            if (member := f"{base.name}.{key.value}") in costs.LIBRARY:
                self.outer_name(self.scope, member)
        else:
            self.visit(base)
            self.visit(key)

    def function(self, node: nodes.Function) -> None:
        frames, loops, scope = self.frames, self.loops, self.scope
        self.around[scope] = frames
        scope.functions += 1
        self.scope = Scope(node, scope)
        self.into.scopes[node] = self.scope
        self.frames, self.loops = [], 0
        self.open(node.body)
        self.into.declared[node] = tuple(self.declare(name) for name in node.parameters)
        arg = self.declare("arg") if node.is_vararg and "arg" not in node.parameters else None
        self.statements(node.body)
        self.close()
        if arg is not None and arg.mentioned:
            self.into.args[node] = arg
        scope.widest = max(scope.widest, len(self.scope.outer))
        self.frames, self.loops, self.scope = frames, loops, scope

    # expressions

    def call(self, node: nodes.Call) -> None:
        function, arguments = node.function, node.arguments
        self.into.calls += 1
        if function.__class__ is nodes.Name and function.name in ("require", "pcall"):
            self.require(node, function.name == "pcall")
        self.visit(function)
        self.visit_all(arguments)

    def require(self, node: nodes.Call, protected: bool) -> None:
        named = node.arguments[protected:]
        if not named or named[0].__class__ is not nodes.String or self.lookup("require") is not None:
            return
        if protected:
            first = node.arguments[0]
            if first.__class__ is not nodes.Name or first.name != "require" or self.lookup("pcall") is not None:
                return
        self.into.requires.append(Require(named[0].value, node, protected))

    def method_call(self, node: nodes.MethodCall) -> None:
        self.visit(node.object)
        self.into.calls += 1
        if (member := f"string.{node.method}") in costs.LIBRARY:
            self.outer_name(self.scope, member)
        self.visit_all(node.arguments)

    def steps(self, node: nodes.Chain) -> None:
        self.visit(node.first)
        for step in node.steps:
            self.visit(step)

    def paren(self, node: nodes.Paren) -> None:
        self.visit(node.expression)

    def chain(self, node: nodes.Arithmetic | nodes.Comparison) -> None:
        self.visit(node.first)
        for operator in node.rest:
            _VISITS[operator.operand.__class__](self, operator.operand)

    def operands(self, node: nodes.Concat | nodes.Logical) -> None:
        self.visit_all(node.operands)

    def unary(self, node: nodes.Unary) -> None:
        self.visit(node.operand)

    def constructor(self, node: nodes.Table) -> None:
        for item in node.fields:
            if item.key is not None:
                _VISITS[item.key.__class__](self, item.key)
            _VISITS[item.value.__class__](self, item.value)

    # statements

    def local(self, node: nodes.Local) -> None:
        self.visit_all(node.values)
        self.into.declared[node] = tuple(self.declare(name) for name in node.names)

    def local_function(self, node: nodes.LocalFunction) -> None:
        self.into.declared[node] = (self.declare(node.name),)
        self.function(node.function)

    def assign(self, node: nodes.Assign) -> None:
        for target in node.targets:
            if target.__class__ is nodes.Name:
                variable = self.lookup(target.name)
                if variable is None:
                    writes = self.into.globals.writes
                    writes[target.name] = writes.get(target.name, 0) + 1
                else:
                    variable.assigned += 1
                    self.into.variables[target] = variable
            elif isinstance(target, nodes.Index):
                self.visit(target.object)
                self.visit(target.key)
        self.visit_all(node.values)

    def call_statement(self, node: nodes.CallStatement) -> None:
        self.visit(node.call)

    def do(self, node: nodes.Do) -> None:
        self.block(node.body, ())

    def while_(self, node: nodes.While) -> None:
        self.loops += 1
        self.visit(node.condition)
        self.block(node.body, ())
        self.loops -= 1

    def repeat(self, node: nodes.Repeat) -> None:
        self.loops += 1
        self.open(node.body)
        self.statements(node.body, True)
        self.visit(node.condition)
        self.close()
        self.loops -= 1

    def if_(self, node: nodes.If) -> None:
        for branch in node.branches:
            self.visit(branch.condition)
            self.block(branch.body, ())
        if node.orelse is not None:
            self.block(node.orelse, ())

    def numeric_for(self, node: nodes.NumericFor) -> None:
        self.visit(node.start)
        self.visit(node.stop)
        if node.step is not None:
            self.visit(node.step)
        self.loops += 1
        self.block(node.body, (node.name,), node)
        self.loops -= 1

    def generic_for(self, node: nodes.GenericFor) -> None:
        self.visit_all(node.values)
        self.loops += 1
        self.block(node.body, node.names, node)
        self.loops -= 1

    def return_(self, node: nodes.Return) -> None:
        self.scope.returns.append(node)
        self.visit_all(node.values)

    def goto(self, node: nodes.Goto) -> None:
        self.scope.has_goto = True
        self.frames[-1].gotos.append((node, len(self.frames[-1].order)))


_VISITS: Final[Mapping[type, Callable[[_Resolver, Any], None]]] = {
    nodes.Name: _Resolver.name,
    nodes.Index: _Resolver.index,
    nodes.Call: _Resolver.call,
    nodes.MethodCall: _Resolver.method_call,
    nodes.Chain: _Resolver.steps,
    nodes.Prior: _Resolver.nothing,
    nodes.Paren: _Resolver.paren,
    nodes.Arithmetic: _Resolver.chain,
    nodes.Comparison: _Resolver.chain,
    nodes.Concat: _Resolver.operands,
    nodes.Logical: _Resolver.operands,
    nodes.Unary: _Resolver.unary,
    nodes.Table: _Resolver.constructor,
    nodes.Function: _Resolver.function,
    nodes.Nil: _Resolver.nothing,
    nodes.Boolean: _Resolver.nothing,
    nodes.Number: _Resolver.nothing,
    nodes.String: _Resolver.string,
    nodes.Vararg: _Resolver.vararg,
    nodes.Local: _Resolver.local,
    nodes.LocalFunction: _Resolver.local_function,
    nodes.Assign: _Resolver.assign,
    nodes.CallStatement: _Resolver.call_statement,
    nodes.Do: _Resolver.do,
    nodes.While: _Resolver.while_,
    nodes.Repeat: _Resolver.repeat,
    nodes.If: _Resolver.if_,
    nodes.NumericFor: _Resolver.numeric_for,
    nodes.GenericFor: _Resolver.generic_for,
    nodes.Return: _Resolver.return_,
    nodes.Break: _Resolver.nothing,
    nodes.Goto: _Resolver.goto,
    nodes.Label: _Resolver.nothing,
}
