"""Names, indexing and calls to Python ast.

Input: nodes that read a variable, a field or ``...``, or that call. Output: expressions (see builder). What a
value does not support is an error at run time, of operations.

A local is a Python name, a field that a plain table has is a Python subscript. A call is a Python call without a
guard: if the value is no function, CPython raises a TypeError, from which tracebacks finds the site. Library
functions that no script can have replaced are cells of the program.

Where two operands must be evaluated in order before a test, ``(t1 := A) is not (t2 := B) and ...`` does both at the
price of one comparison, and the odd case where they are one object takes the slow path, which is right too.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final

from .. import costs
from ..analysis.kinds import NUMBER, STRING
from ..analysis.pricing import SPREAD
from ..analysis.scope import BOX
from ..runtime.values import LONG_STRING
from ..stdlib.coroutine import PAUSING
from ..syntax import nodes
from ..syntax.control_flow import MULTI
from . import pyast
from .builder import Again, FunctionBuilder, Maker


def read_name(builder: FunctionBuilder, node: nodes.Name) -> ast.expr:
    """A local, or a global's value."""
    line = builder.line
    if (variable := builder.variable(node)) is not None:
        slot = pyast.name(variable.slot, line)
        return pyast.subscript(slot, pyast.constant(0, line), line) if variable.storage == BOX else slot
    builder.take(node)
    if (fixed := builder.builtins.function(node.name)) is not None:
        return pyast.name(fixed, line)
    if (cell := builder.builtins.global_cells.get(node.name)) is not None:
        return pyast.name(cell, line)
    name, globals_ = pyast.constant(node.name, line), pyast.name("G", line)
    return (
        builder.service("index", globals_, name) if builder.builtins.dynamic else pyast.subscript(globals_, name, line)
    )


def fixed_function(builder: FunctionBuilder, node: nodes.Expression) -> str | None:
    """The slot of a library function that the script cannot have replaced."""
    return builder.builtins.slot_of(node, builder.variables)


def global_name(builder: FunctionBuilder, node: nodes.Expression) -> str | None:
    """The global that an expression names."""
    return node.name if isinstance(node, nodes.Name) and builder.variable(node) is None else None


def index(builder: FunctionBuilder, node: nodes.Index) -> ast.expr:
    """``o[k]``."""
    builder.take(node)
    if (fixed := fixed_function(builder, node)) is not None:
        builder.take(node.object)
        return pyast.name(fixed, builder.line)
    saved, builder.line = builder.line, builder.operands_at(node.line, node.object)
    made = guarded_index(builder, node.object, node.key)
    builder.line = saved
    return made


def guarded_index(builder: FunctionBuilder, o: nodes.Expression, k: nodes.Expression) -> ast.expr:
    """A subscript of a plain table, or ``run.index``."""
    line = builder.line
    if builder.is_late(o, k):
        return late_index(builder, o, k)
    once, again = builder.named(o)
    is_list = is_position(builder, o, k)
    if builder.is_simple(k):
        slow: ast.expr = builder.service("index", again(), builder.value(k))
        if isinstance(k, nodes.Number) or (isinstance(k, nodes.String) and len(k.value) < LONG_STRING):
            slow = own_field(builder, again, k, slow)
        fast = pyast.subscript(again(), builder.value(k), line)
        if isinstance(k, nodes.String):
            return pyast.choose(pyast.is_class(once, "Table", line), fast, slow, line)
        return pyast.choose(pyast.is_plain(once, again(), is_list, line), fast, slow, line)
    key, key_again = builder.hold(builder.value(k))
    evaluated = pyast.compare(once, pyast.IS_NOT, key, line)
    return pyast.choose(
        pyast.both([evaluated, pyast.is_plain(again(), again(), is_list, line)], line),
        pyast.subscript(again(), key_again(), line),
        builder.service("index", again(), key_again()),
        line,
    )


def is_position(builder: FunctionBuilder, table: nodes.Expression, key: nodes.Expression) -> bool:
    """Whether a table is a list most likely: if the key is a number, as far as is known, and the table may be one."""
    return builder.kinds.is_position(key) and builder.kinds.is_likely_list(table)


def late_index(builder: FunctionBuilder, o: nodes.Expression, k: nodes.Expression) -> ast.expr:
    """``o[f()]`` where the key's function may change the local ``o``."""
    line = builder.line
    key, key_again = builder.hold(builder.value(k))
    once, again = builder.hold(builder.value(o))
    return pyast.choose(
        pyast.both(
            [pyast.evaluated(key, line), pyast.is_plain(once, again(), is_position(builder, o, k), line)],
            line,
        ),
        pyast.subscript(again(), key_again(), line),
        builder.service("index", again(), key_again()),
        line,
    )


def own_field(builder: FunctionBuilder, o: Again, k: nodes.Expression, slow: ast.expr) -> ast.expr:
    """A field that an object has itself, whatever its metatable: objects read their fields twice as fast."""
    line = builder.line
    found, again = builder.hold(pyast.subscript(o(), builder.value(k), line))
    has = pyast.both([pyast.is_class(o(), "MetaTable", line), pyast.is_not_nil(found, line)], line)
    return pyast.choose(has, again(), slow, line)


def call_value(builder: FunctionBuilder, node: nodes.Call | nodes.MethodCall) -> ast.expr:
    """The first result of a call."""
    if node in builder.pricing.selects:
        assert isinstance(node, nodes.Call)
        fixed = builder.level.inlining and fixed_function(builder, node.function) is not None
        return own_select(builder, node) if fixed else select(builder, node)
    made = call(builder, node)
    if builder.kinds.is_single(node):
        return made
    line = builder.line
    result = builder.stored_temporary()
    is_several = pyast.is_class(pyast.walrus(result, made, line), "tuple", line)
    return pyast.choose(is_several, pyast.first_of(result, line), pyast.name(result, line), line)


def own_select(builder: FunctionBuilder, node: nodes.Call) -> ast.expr:
    """``select("#", ...)`` and, as one value, ``select(n, ...)``, of the library's function: nothing is spread."""
    saved, builder.line = builder.line, builder.call_at(node, "select")
    builder.take(node)
    builder.take(node.function)
    made = selected(builder, node.arguments[0])
    builder.line = saved
    return made


def selected(builder: FunctionBuilder, wanted: nodes.Expression) -> ast.expr:
    """The number of values of ``...``, or the one that is ``wanted``."""
    line = builder.line
    count = pyast.call("len", [pyast.name("va", line)], line)
    if isinstance(wanted, nodes.String) and wanted.value == "#":
        return pyast.binary(count, pyast.ADD, pyast.constant(0.0, line), line)
    once, again = builder.named(wanted)
    within = pyast.within(pyast.constant(1.0, line), [ast.LtE(), ast.LtE()], again(), count, line)
    place = pyast.binary(pyast.call("int", [again()], line), pyast.SUB, pyast.constant(1, line), line)
    is_number = isinstance(once, ast.Name) and builder.kinds.of(wanted) == NUMBER
    return pyast.choose(
        within if is_number else pyast.both([pyast.is_class(once, "float", line), within], line),
        pyast.subscript(pyast.name("va", line), place, line),
        pyast.call("selected", [builder.run(), again(), pyast.name("va", line)], line),
        line,
    )


def is_own(builder: FunctionBuilder, name: str, function: ast.expr, *before: ast.expr) -> ast.expr:
    """Whether a value is the library's function; ``before`` is evaluated too."""
    return pyast.call("is_own", [builder.run(), pyast.constant(name, builder.line), function, *before], builder.line)


def select(builder: FunctionBuilder, node: nodes.Call) -> ast.expr:
    """One value of ``select(n, ...)`` where the name may have another function; priced like the inlined form."""
    saved, builder.line = builder.line, builder.call_at(node)
    line = builder.line
    builder.take(node)
    f_once, f = builder.hold(builder.value(node.function))
    n_once, n = builder.hold(builder.value(node.arguments[0]))
    literal = isinstance(node.arguments[0], nodes.String) and node.arguments[0].value == "#"
    va = pyast.name("va", line)
    own = pyast.call("select_one", [builder.run(), n(), va, pyast.constant(literal, line)], line)
    rest = pyast.choose(
        paid_spread(builder), few(builder, lambda: pyast.name("va", line)), pyast.constant(None, line), line
    )
    target = maybe_string(builder, f()) if builder.builtins.strings_open else f()
    other = pyast.lua_call(target, [builder.depth(True), n(), pyast.starred(rest, line)], line)
    made = pyast.choose(is_own(builder, "select", f_once, n_once), own, pyast.call("first", [other], line), line)
    builder.line = saved
    return made


def call(builder: FunctionBuilder, node: nodes.Call | nodes.MethodCall) -> ast.expr:
    """All results."""
    builder.take(node)
    saved = builder.line
    made = method_call(builder, node) if isinstance(node, nodes.MethodCall) else function_call(builder, node)
    builder.line = saved
    return made


def function_call(builder: FunctionBuilder, node: nodes.Call) -> ast.expr:
    """``f(...)``."""
    name, note = builder.describe(node.function)
    at = builder.line = builder.at(node.line, (name,) if name else (), (note,), True)
    function = builder.value(node.function)
    if builder.builtins.strings_open and not isinstance(node.function, nodes.Function):
        function = maybe_string(builder, function)
    arguments, spreads = argument_list(builder, node.arguments)
    made = pyast.lua_call(function, [builder.depth(spreads), *arguments], at)
    return mostly_one(builder, node, made) if made.args and isinstance(made.args[-1], ast.Starred) else made


def mostly_one(builder: FunctionBuilder, node: nodes.Call, call: ast.Call) -> ast.expr:
    """``f(a, g(b))``, where g may answer any number of values: an argument, unless it is a tuple.

    CPython spreads a call through C, which takes 130 ns more.
    """
    line = builder.line
    function, (depth, *leading, last) = call.func, call.args
    fixed = fixed_function(builder, node.function)
    # A twin pays for a function that may yield as it looks it up: before the arguments.
    is_fixed = fixed is not None and builder.builtins.path(fixed) not in PAUSING
    is_load = is_fixed or builder.is_simple(node.function)
    if not is_load or not all(map(builder.is_simple, node.arguments[:-1])) or not isinstance(last, ast.Starred):
        return call
    chosen = last.value
    if not isinstance(chosen, ast.IfExp) or not isinstance(chosen.body, ast.Tuple):
        return call
    one = pyast.lua_call(function, [depth, *leading, *chosen.body.elts], line)
    several = pyast.lua_call(function, [depth, *leading, pyast.starred(chosen.orelse, line)], line)
    return pyast.choose(chosen.test, one, several, line)


def maybe_string(builder: FunctionBuilder, function: ast.expr) -> ast.expr:
    """The script can reach the strings' metatable, so a string may be callable."""
    line = builder.line
    once, again = builder.hold(function)
    is_function = pyast.is_class(once, "FunctionType", line)
    return pyast.choose(is_function, again(), builder.helper("callable_of", again()), line)


def method_call(builder: FunctionBuilder, node: nodes.MethodCall) -> ast.expr:
    """``o:name(...)``."""
    object_name, note = builder.describe(node.object)
    lookup = builder.at(node.line, (object_name,) if object_name else (), (note,))
    at = builder.at(node.line, (f"method '{node.method}'",), (), True)
    builder.line = lookup
    value = builder.value(node.object)
    fixed = builder.builtins.method(node.method)
    if fixed is not None and builder.kinds.of(node.object) == STRING:
        builder.line = at
        arguments, spreads = argument_list(builder, node.arguments)
        return pyast.lua_call(pyast.name(fixed, at), [builder.depth(spreads), value, *arguments], at)
    receiver = builder.stored_temporary()
    once = pyast.walrus(receiver, value, lookup)
    name = pyast.constant(node.method, lookup)
    found = find_method(builder, once if fixed is None else pyast.name(receiver, lookup), receiver, name)
    if fixed is not None:
        found = pyast.choose(pyast.is_class(once, "str", lookup), pyast.name(fixed, lookup), found, lookup)
    builder.line = at
    arguments, spreads = argument_list(builder, node.arguments)
    return pyast.lua_call(found, [builder.depth(spreads), pyast.name(receiver, at), *arguments], at)


def find_method(builder: FunctionBuilder, once: ast.expr, receiver: str, name: ast.Constant) -> ast.expr:
    """A method in an object's class (the __index of its metatable) or above, in the object, or by ``run.index``."""
    line = builder.line
    holder = builder.stored_temporary()
    meta = pyast.attribute(pyast.name(receiver, line), "meta", line)
    handler = pyast.subscript(meta, pyast.constant("__index", line), line)
    is_plain = pyast.is_class(pyast.walrus(holder, handler, line), "Table", line)
    inherits = pyast.is_class(pyast.name(holder, line), "MetaTable", line)
    has_itself = pyast.both([inherits, pyast.compare(name, pyast.IN, pyast.name(holder, line), line)], line)
    in_class = pyast.choose(
        pyast.either([is_plain, has_itself], line),
        pyast.subscript(pyast.name(holder, line), name, line),
        builder.service("inherited", pyast.name(receiver, line), pyast.name(holder, line), name),
        line,
    )
    in_object = pyast.choose(
        pyast.is_class(pyast.name(receiver, line), "Table", line),
        pyast.subscript(pyast.name(receiver, line), name, line),
        builder.service("index", pyast.name(receiver, line), name),
        line,
    )
    has_not = pyast.compare(name, pyast.NOT_IN, pyast.name(receiver, line), line)
    is_object = pyast.both([pyast.is_class(once, "MetaTable", line), has_not], line)
    return pyast.choose(is_object, in_class, in_object, line)


def chain(builder: FunctionBuilder, node: nodes.Chain) -> ast.expr:
    """The steps of a long chain: a nested function with one statement each."""

    def body() -> None:
        outer = builder.prior
        result = builder.temporary()
        for value in (node.first, *node.steps):
            mark = builder.context.temporaries
            builder.out.append(pyast.assign_name(builder.store(result), builder.value(value), builder.line))
            builder.prior = result
            builder.context.temporaries = mark
        builder.out.append(pyast.return_(pyast.name(result, builder.line), builder.line))
        builder.prior = outer

    return builder.outlined(body)


def argument_list(builder: FunctionBuilder, items: Sequence[nodes.Expression]) -> tuple[list[ast.expr], bool]:
    """Values for a call or a return; whether the last one is spread."""
    if not items or not isinstance(items[-1], MULTI):
        return [builder.value(item) for item in items], False
    made = [builder.value(item) for item in items[:-1]]
    last = items[-1]
    if not isinstance(last, nodes.Vararg) and builder.kinds.is_single(last):
        return [*made, builder.multi(last)], True
    return [*made, pyast.starred(spread(builder, last), builder.line)], True


def single_arguments(builder: FunctionBuilder, items: Sequence[nodes.Expression]) -> tuple[list[ast.expr], bool]:
    """The same where of the last one's values only the first is wanted; all are paid for."""
    made, spreads = argument_list(builder, items)
    if made and isinstance(made[-1], ast.Starred):
        made[-1] = pyast.call("first", [made[-1].value], builder.line)
    return made, spreads


def spread(builder: FunctionBuilder, node: nodes.Expression) -> ast.expr:
    """All values of ``node`` as a tuple."""
    line = builder.line
    if isinstance(node, nodes.Vararg):
        builder.take(node)
        return few(builder, lambda: pyast.name("va", line))
    return several(builder, *builder.hold(builder.multi(node)))


def several(builder: FunctionBuilder, once: ast.expr, again: Again) -> ast.expr:
    """All results of a call as a tuple; several are paid for."""
    line = builder.line
    is_one = pyast.compare(pyast.class_of(once, line), pyast.IS_NOT, pyast.name("tuple", line), line)
    nothing = pyast.constant(None, line)  # never chosen: what is paid is a number
    several = pyast.choose(paid_spread(builder), few(builder, again), nothing, line)
    return pyast.choose(is_one, pyast.tuple_of([again()], line), several, line)


def paid_spread(builder: FunctionBuilder) -> ast.expr:
    """A test that is always true and charges a spread."""
    instructions, size = SPREAD
    paid = [paid_at_once(builder, "fuel", instructions), paid_at_once(builder, "alloc", size)]
    return pyast.both(paid, builder.line)


def paid_at_once(builder: FunctionBuilder, counter: str, price: int) -> ast.expr:
    """``(COUNTER := COUNTER - PRICE) is not None``: looked at by the next charge, see execution.settled."""
    line = builder.line
    builder.store(counter)
    left = pyast.binary(pyast.name(counter, line), pyast.SUB, pyast.constant(price, line), line)
    return pyast.is_not_nil(pyast.walrus(counter, left, line), line)


def few(builder: FunctionBuilder, values: Again) -> ast.expr:
    """A tuple; the copy of a long one is paid for."""
    line = builder.line
    few = pyast.compare(pyast.length(values(), line), ast.LtE(), pyast.constant(costs.FREE_VALUES, line), line)
    return pyast.choose(few, values(), pyast.call("spread", [builder.run(), values()], line), line)


EXPRESSIONS: Final[dict[type, Maker]] = {
    nodes.Name: read_name,
    nodes.Vararg: lambda builder, node: pyast.first_of("va", builder.line),
    nodes.Index: index,
    nodes.Call: call_value,
    nodes.MethodCall: call_value,
    nodes.Chain: chain,
    nodes.Prior: lambda builder, node: pyast.name(builder.prior, builder.line),
}
