"""The compiler: functions, and a whole program, to code objects.

Input: resolved chunks. Output: one code object per chunk; the table of sites and the names of functions besides.
Refuses nothing that the parser and scope accepted.

A Lua function is a Python function whose first parameter is the depth it runs at; the others default to None. All
chunks stand in one Python function whose parameters are the cells that a run provides.

**Fresh locals.** See scope: a closure over a fresh local is made by a factory whose parameters are those locals.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Sequence
from types import CodeType
from typing import Final

from .. import costs
from ..analysis.builtins import Seal
from ..analysis.frame_size import Size
from ..analysis.scope import BOX, VALUE, Resolution, Scope, Variable
from ..analysis.types import Kinds
from ..runtime.coroutines import Twin
from ..sites import chunk_id
from ..stdlib.coroutine import PAUSING
from ..syntax import nodes
from ..syntax.control_flow import ends
from . import pyast
from .builder import Context, Segment, Statements
from .loops import LoopEmitter
from .twins import functions_of, linked, links

RUN_CELLS: Final = ("fuel", "alloc", "deepest", "run", "G", "crossing")
"""The free variables of every compiled chunk that each run provides, besides sealed library functions."""


class Compiler(LoopEmitter):
    """Compiles the chunks of one program; knows Function and LocalFunction."""

    def __init__(self, resolution: Resolution, kinds: Kinds, seal: Seal) -> None:
        super().__init__(resolution, kinds, seal)
        self.expressions[nodes.Function] = self.closure
        self.statements[nodes.LocalFunction] = self.local_function
        self.definitions: list[ast.FunctionDef] = []
        """Of all functions."""
        self.twins: dict[str, Twin] | None = None
        """See twins."""
        self.waiting: dict[str, tuple[int, int]] = {}
        """Bytes of a function's frame in a coroutine, by the name of its code: the slots, and what is apart."""

    def compile(self, chunks: Sequence[nodes.Chunk], sealed: Sequence[str], twinned: bool = False) -> list[CodeType]:
        """Code objects in the order of ``chunks``; their free variables are RUN_CELLS, ``sealed`` and the mirrors.

        ``twinned``: make the functions' twins too."""
        module = self.tree(chunks, sealed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of `"x"()` and the like: the script's author gets Lua's error
            code = compile(module, "keystone-lua", "exec", dont_inherit=True)
            if twinned:
                pausing = frozenset(slot for slot, path in self.seal.paths.items() if path in PAUSING)
                codes = functions_of(code)
                twins = links(self.definitions, codes, pausing)
                self.twins = linked(compile(twins, "keystone-lua", "exec", dont_inherit=True), codes, self.waiting)
        link_code = next(c for c in code.co_consts if isinstance(c, CodeType))
        found = {c.co_name: c for c in link_code.co_consts if isinstance(c, CodeType)}
        return [found[f"f_chunk{number}"] for number in range(len(chunks))]

    def tree(self, chunks: Sequence[nodes.Chunk], sealed: Sequence[str]) -> ast.Module:
        """The Python that is compiled: one function, in which each chunk is one."""
        body: list[ast.stmt] = []
        for number, chunk in enumerate(chunks):
            self.chunk_name = chunk.name
            identifier = f"f_chunk{number}"
            self.functions[identifier] = "main chunk" if number == 0 else f"module '{chunk_id(chunk.name)}'"
            body.append(self.chunk(chunk, identifier))
        link = pyast.function("link", [*RUN_CELLS, *sealed, *self.seal.mirrors.values()], 0, None, body, 1)
        return ast.Module([link], [])

    def chunk(self, chunk: nodes.Chunk, identifier: str) -> ast.FunctionDef:
        """A chunk is a vararg function."""
        context, statements = self.function_body(self.resolution.scopes[chunk], chunk.body, None)
        self.definitions.append(self.definition(identifier, ["d"], "va", context, statements))
        self.waiting[identifier] = self.frame_held(chunk)
        return self.definitions[-1]

    def closure(self, node: nodes.Function) -> ast.expr:
        """``function ... end`` as a value."""
        self.charge_closure(node)
        return self.emit_function(node, None)

    def size(self, node: nodes.Node) -> Size:
        """Of a function's or chunk's frame."""
        return Size.of(self.resolution.scopes[node], self.resolution.extents[node])

    def frame_held(self, node: nodes.Node) -> tuple[int, int]:
        """See ``waiting``; slots beyond the free ones are paid as depths."""
        slots = min(self.size(node).slots, costs.FREE_SLOTS)
        return costs.SLOT * slots, costs.HELD_PIECE * self.resolution.extents[node].pieces

    def charge_closure(self, node: nodes.Function) -> None:
        """A function value, with the cells that it keeps."""
        instructions, size = self.size(node).closure_price()
        self.charge(costs.CLOSURE_OP + instructions, costs.CLOSURE + size)

    def local_function(self, node: nodes.LocalFunction) -> None:
        """``local function f``, which sees itself."""
        variable = self.resolution.declared[node][0]
        self.charge(costs.ASSIGN)
        self.charge_closure(node.function)
        self.context.owned.add(variable.slot)
        if variable.storage == BOX:
            self.new_box(variable, pyast.nil(self.line))
            self.assign_variable(variable, self.emit_function(node.function, variable))
        else:
            self.declare(variable, self.emit_function(node.function, variable))

    def emit_function(self, node: nodes.Function, own: Variable | None) -> ast.expr:
        """The function's definition, as statements, and the expression that yields it; ``own`` is its local, if any."""
        scope = self.resolution.scopes[node]
        context, statements = self.function_body(scope, node.body, self.context)
        own_slot = own.slot if own is not None and own.storage == VALUE else ""
        identifier = own_slot or self.fresh("f")
        code_name = identifier if identifier[0] == "f" else self.fresh("f")
        where = f"function <{chunk_id(self.chunk_name)}:{node.line}>"
        self.functions[code_name] = f"function '{node.name}'" if node.name else where
        slots = ["d", *(v.slot for v in scope.parameters)]
        rest = "va" if node.is_vararg else None if self.kinds.fits(node) else "_"
        definition = self.definition(code_name, slots, rest, context, statements)
        self.definitions.append(definition)
        self.waiting[code_name] = self.frame_held(node)
        line = self.line
        fresh = [v.slot for v in fresh_captures(scope, self.context.scope) if v is not own or v.storage == BOX]
        if not fresh and not own_slot:
            self.context.owned.add(code_name)
            self.out.append(definition)
            return pyast.name(code_name, line)
        body: list[ast.stmt] = [definition]
        if own_slot:
            body.append(pyast.assign_name(own_slot, pyast.name(code_name, line), line))
        body.append(pyast.return_(pyast.name(code_name, line), line))
        factory = self.fresh("m")
        self.context.owned.add(factory)
        self.context.prologue.append(pyast.function(factory, fresh, 0, None, body, line))
        return pyast.call(factory, [pyast.name(slot, line) for slot in fresh], line)

    def function_body(self, scope: Scope, block: nodes.Block, parent: Context | None) -> tuple[Context, Statements]:
        """A function's statements; its price on entry, and that its depth is allowed, is checked first."""
        saved = (self.out, self.segment, self.height, self.depths, self.conditional, self.line)
        self.out, self.height, self.depths, self.conditional = [], 0, [], 0
        context = self.context = Context(scope, parent, False)
        context.jump = self.fresh("j")
        context.owned.update(("d", "va", "_", context.jump, *(v.slot for v in scope.parameters)))
        self.line = self.at(scope.node.line)
        self.segment = Segment(entry=True)
        self.out.append(self.segment)
        beyond = self.size(scope.node).beyond
        is_chunk = parent is None
        self.charge(costs.FUNCTION + beyond // costs.SLOTS, beyond * costs.SLOT if is_chunk else 0)
        if isinstance(scope.node, nodes.Function) and scope.node.is_vararg:
            self.out.insert(0, self.vararg_charge())
        for variable in scope.parameters:
            if variable.storage == BOX:
                self.new_box(variable, pyast.name(variable.slot, self.line))
        if scope.arg is not None:
            given = pyast.call("arg_table", [self.run(), pyast.name("va", self.line)], self.line)
            self.declare(scope.arg, pyast.nil(self.line) if scope.uses_vararg else given)
        self.block_statements(block)
        if not ends(block):
            self.out.append(pyast.return_(pyast.constant((), self.line), self.line))
        if context.jump in context.stored:
            self.out.insert(1, pyast.assign_name(context.jump, pyast.constant(0, self.line), self.line))
        self.out[1:1] = context.prologue
        if depths := 0 if is_chunk else -(-beyond * costs.SLOT // costs.FRAME):
            self.out.insert(0, self.deeper(depths))
        statements = self.out
        self.out, self.segment, self.height, self.depths, self.conditional, self.line = saved
        if parent is not None:
            self.context = parent
        return context, statements

    def deeper(self, depths: int) -> ast.stmt:
        """``d += depths``: a frame of many slots is paid for as so many frames. A chunk runs once, and pays bytes."""
        return pyast.assign_name(
            "d",
            pyast.binary(pyast.name("d", self.line), pyast.ADD, pyast.constant(depths, self.line), self.line),
            self.line,
        )

    def vararg_charge(self) -> ast.stmt:
        """The bytes of ``...``: a tuple's, and 8 for each value."""
        line = self.line
        self.charge(0, costs.RESULTS)
        count = pyast.length(pyast.name("va", line), line)
        size = pyast.binary(count, ast.Mult(), pyast.constant(costs.VALUE, line), line)
        return pyast.subtract(self.store("alloc"), size, line)


def fresh_captures(scope: Scope, owner: Scope) -> list[Variable]:
    """The captured variables of ``owner`` that closures take by value or box (see scope)."""
    return [v for v in scope.captures if v.owner is owner and v.storage in (VALUE, BOX)]
