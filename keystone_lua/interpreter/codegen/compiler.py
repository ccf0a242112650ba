"""The compiler: functions, and a whole program, to code objects.

Input: resolved chunks. Output: one code object per chunk; the table of sites and the names of functions besides.
Whatever the parser and scope have accepted compiles.

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
from ..analysis.frame_size import Size
from ..analysis.scope import BOX, VALUE, Scope, Variable
from ..analysis.self_calls import self_calls
from ..sites import chunk_id
from ..stdlib.coroutine import PAUSING
from ..syntax import nodes
from ..syntax.control_flow import ends
from . import constructors, expressions, jumps, loops, operators, pyast, statements
from .builder import EXPRESSIONS, FunctionBuilder, Makers
from .plain_nodes import compilable
from .segments import Context, Segment, Statements
from .twins import functions_of, linked, links

RUN_CELLS: Final = ("fuel", "alloc", "deepest", "run", "G", "native_call_depth")
"""The free variables of every compiled chunk that each run provides, besides fixed library functions."""

SHOWN_NAME: Final = 100
"""Bytes of a function's name that tracebacks show: it may be as long as the source, and each level has one."""


def code_objects(
    builder: FunctionBuilder, chunks: Sequence[nodes.Chunk], fixed: Sequence[str], twinned: bool = False
) -> list[CodeType]:
    """Code objects in the order of ``chunks``; their free variables are RUN_CELLS, ``fixed`` and the global cells.

    ``twinned``: make the functions' twins too."""
    module = python_tree(builder, chunks, fixed)
    if builder.apart is not None:
        texts = pyast.TextsApart()
        texts.visit(module)
        builder.apart.update((name, text) for text, name in texts.names.items())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of `"x"()` and the like: the script's author gets Lua's error
        code = compile(compilable(module), "keystone-lua", "exec", dont_inherit=True)
        if twinned:
            pausing = frozenset(slot for slot, path in builder.builtins.paths.items() if path in PAUSING)
            codes = functions_of(code)
            twins = links(builder.definitions, codes, pausing)
            builder.twins = linked(
                compile(compilable(twins), "keystone-lua", "exec", dont_inherit=True), codes, builder.waiting
            )
    link_code = next(c for c in code.co_consts if isinstance(c, CodeType))
    found = {c.co_name: c for c in link_code.co_consts if isinstance(c, CodeType)}
    return [found[f"f_chunk{number}"] for number in range(len(chunks))]


def python_tree(builder: FunctionBuilder, chunks: Sequence[nodes.Chunk], fixed: Sequence[str]) -> ast.Module:
    """The Python that is compiled: one function, in which each chunk is one."""
    body: list[ast.stmt] = []
    for number, chunk in enumerate(chunks):
        builder.chunk_name = chunk.name
        identifier = f"f_chunk{number}"
        builder.functions[identifier] = "main chunk" if number == 0 else f"module '{chunk_id(chunk.name)}'"
        body.append(chunk_function(builder, chunk, identifier))
    link = pyast.function("link", [*RUN_CELLS, *fixed, *builder.builtins.global_cells.values()], 0, None, body, 1)
    return ast.Module([link], [])


def chunk_function(builder: FunctionBuilder, chunk: nodes.Chunk, identifier: str) -> ast.FunctionDef:
    """A chunk is a vararg function."""
    context, statements = function_body(builder, builder.resolution.scopes[chunk], chunk.body, None)
    definition = builder.definition(identifier, ["d"], "va", context, statements)
    definition.lineno = builder.at(chunk.line)
    builder.definitions.append(definition)
    builder.waiting[identifier] = frame_held(builder, chunk)
    return definition


def closure(builder: FunctionBuilder, node: nodes.Function) -> ast.expr:
    """``function ... end`` as a value."""
    builder.take(node)
    return emit_function(builder, node, None)


def frame_held(builder: FunctionBuilder, node: nodes.Node) -> tuple[int, int]:
    """See ``waiting``."""
    extent = builder.resolution.extents[node]
    return Size.of(builder.resolution.scopes[node], extent).held(extent)


def local_function(builder: FunctionBuilder, node: nodes.LocalFunction) -> None:
    """``local function f``, which sees itself."""
    variable = builder.resolution.declared[node][0]
    builder.take(node)
    builder.take(node.function)
    builder.context.owned.add(variable.slot)
    if variable.storage == BOX:
        statements.new_box(builder, variable, pyast.nil(builder.line))
        statements.assign_variable(builder, variable, emit_function(builder, node.function, variable))
    else:
        again = self_calls(node, builder.resolution)
        statements.declare(builder, variable, emit_function(builder, node.function, variable, again))


def emit_function(
    builder: FunctionBuilder,
    node: nodes.Function,
    own: Variable | None,
    again: frozenset[nodes.Return] = frozenset(),
) -> ast.expr:
    """The function's definition, as statements, and the expression that yields it; ``own`` is its local, if any, and
    ``again`` its returns that begin it again."""
    scope = builder.resolution.scopes[node]
    context, statements = function_body(builder, scope, node.body, builder.context, again)
    own_slot = own.slot if own is not None and own.storage == VALUE else ""
    identifier = own_slot or builder.fresh("f")
    code_name = identifier if identifier[0] == "f" else builder.fresh("f")
    where = f"function <{chunk_id(builder.chunk_name)}:{node.line}>"
    shown = node.name if len(node.name) <= SHOWN_NAME else f"{node.name[:SHOWN_NAME]}..."
    builder.functions[code_name] = f"function '{shown}'" if shown else where
    slots = ["d", *(v.slot for v in builder.resolution.declared[node])]
    rest = "va" if node.is_vararg else None if builder.kinds.fits(node) else "_"
    definition = builder.definition(code_name, slots, rest, context, statements)
    definition.lineno = builder.at(node.line)  # debug.getinfo tells by it where the function is defined
    builder.definitions.append(definition)
    builder.waiting[code_name] = frame_held(builder, node)
    line = builder.line
    fresh = [v.slot for v in fresh_captures(scope, builder.context.scope) if v is not own or v.storage == BOX]
    if not fresh and not own_slot:
        builder.context.owned.add(code_name)
        builder.out.append(definition)
        return pyast.name(code_name, line)
    body: list[ast.stmt] = [definition]
    if own_slot:
        body.append(pyast.assign_name(own_slot, pyast.name(code_name, line), line))
    body.append(pyast.return_(pyast.name(code_name, line), line))
    factory = builder.fresh("m")
    builder.context.owned.add(factory)
    builder.context.prologue.append(pyast.function(factory, fresh, 0, None, body, line))
    return pyast.call(factory, [pyast.name(slot, line) for slot in fresh], line)


def function_body(
    builder: FunctionBuilder,
    scope: Scope,
    block: nodes.Block,
    parent: Context | None,
    again: frozenset[nodes.Return] = frozenset(),
) -> tuple[Context, Statements]:
    """A function's statements; its price on entry, and that its depth is allowed, is checked first."""
    saved = (builder.out, builder.segment, builder.height, builder.depths, builder.conditional, builder.line)
    builder.out, builder.height, builder.depths, builder.conditional = [], 0, [], 0
    context = builder.context = Context(scope, parent, False)
    context.jump = builder.fresh("j")
    parameters = builder.resolution.declared.get(scope.node, ())
    context.owned.update(("d", "va", "_", context.jump, *(v.slot for v in parameters)))
    builder.line = builder.at(scope.node.line)
    builder.segment = Segment(entry=not again)
    builder.out.append(builder.segment)
    builder.charge(*builder.pricing.heads[scope.node])
    context.self_calls, context.nesting = again, bool(again)
    if isinstance(scope.node, nodes.Function) and scope.node.is_vararg:
        builder.out.insert(0, vararg_charge(builder))
    for variable in parameters:
        if variable.storage == BOX:
            statements.new_box(builder, variable, pyast.name(variable.slot, builder.line))
    arg = builder.resolution.args.get(scope.node)
    if arg is not None:
        given = pyast.call("arg_table", [builder.run(), pyast.name("va", builder.line)], builder.line)
        statements.declare(builder, arg, pyast.nil(builder.line) if scope.uses_vararg else given)
    jumps.block_statements(builder, block)
    if not ends(block):
        builder.out.append(pyast.return_(pyast.constant((), builder.line), builder.line))
    if context.jump in context.stored:
        builder.out.insert(1, pyast.assign_name(context.jump, pyast.constant(0, builder.line), builder.line))
    builder.out[1:1] = context.prologue
    if again:
        loop = pyast.while_(pyast.constant(True, builder.line), builder.finish(builder.out, context), builder.line)
        builder.out = [Segment(entry=True), loop]
    if depths := builder.pricing.depths.get(scope.node, 0):
        builder.out.insert(0, deeper(builder, depths))
    made = builder.out
    builder.out, builder.segment, builder.height, builder.depths, builder.conditional, builder.line = saved
    if parent is not None:
        builder.context = parent
    return context, made


def deeper(builder: FunctionBuilder, depths: int) -> ast.stmt:
    """``d += depths``: a frame of many slots is paid for as so many frames. A chunk runs once, and pays bytes."""
    return pyast.assign_name(
        "d",
        pyast.binary(pyast.name("d", builder.line), pyast.ADD, pyast.constant(depths, builder.line), builder.line),
        builder.line,
    )


def vararg_charge(builder: FunctionBuilder) -> ast.stmt:
    """The bytes of the values of ``...``, 8 for each."""
    line = builder.line
    count = pyast.length(pyast.name("va", line), line)
    size = pyast.binary(count, ast.Mult(), pyast.constant(costs.VALUE, line), line)
    return pyast.subtract(builder.store("alloc"), size, line)


def fresh_captures(scope: Scope, owner: Scope) -> list[Variable]:
    """The captured variables of ``owner`` that closures take by value or box (see scope)."""
    return [v for v in scope.captures if v.owner is owner and v.storage in (VALUE, BOX)]


MAKERS: Final = Makers(
    expressions={
        **EXPRESSIONS,
        **expressions.EXPRESSIONS,
        **operators.EXPRESSIONS,
        **constructors.EXPRESSIONS,
        nodes.Function: closure,
    },
    statements={
        **jumps.STATEMENTS,
        **statements.STATEMENTS,
        **loops.STATEMENTS,
        nodes.LocalFunction: local_function,
    },
    call=expressions.call,
    test=operators.test,
)
"""Every kind of node."""
