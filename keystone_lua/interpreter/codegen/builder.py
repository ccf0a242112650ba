"""The function builder: what every part of the compiler needs to turn Lua nodes into Python ast.

Input: the resolution, prices, kinds and fixed builtins of a whole program. Output: Python expressions, and statements
in ``self.out`` that must come first; the table of sites; the names of functions.

The other files here are free functions that get the builder, one for each kind of node; compiler lists them in
``makers``, by the class of the node.

**Three forms** of an expression can be asked for: ``value`` (exactly one Lua value), ``multi`` (all results: a value,
or a tuple for none or several) and ``test`` (a Python truth). The fast path is inline, behind an exact class test;
everything else is one call into operations. No subtree is emitted twice: an operand that is needed twice is first
named, with a walrus.

**Prices.** A segment (a basic block) is a run of statements without a way out in the middle; its price, the sum of
its nodes' prices (see analysis.pricing), is charged on entry: ``fuel -= n`` on a cell variable, the cheapest counter
that we measured. ``run.refuel`` decides when one goes below zero.

**Height.** CPython's compiler recurses over the ast, so its height is bounded: a tall expression is moved into a nested
function (outlined) that is called in its place, and a long chain becomes such a function's statements.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..analysis.builtins import FixedBuiltins
from ..analysis.kinds import BOOLEAN
from ..analysis.pricing import FREE, Price, Pricing
from ..analysis.scope import BOX, Resolution, Variable
from ..analysis.types import Kinds
from ..levels import LEVEL_1, Level
from ..runtime.coroutines import Twin
from ..signatures import HOST_CALLS, HOST_GLOBALS, LEFT_OUT, OTHER_GLOBALS, OTHER_MEMBERS, SWITCHED
from ..sites import Site
from ..syntax import nodes
from ..syntax.control_flow import CALLS, CONSTANTS
from . import pyast
from .operand_names import loading_operand
from .segments import Context, Segment, Statements, Target

if TYPE_CHECKING:
    pass

MAX_HEIGHT: Final = 16
"""Lua levels that may nest in one Python expression; each is up to eight ast levels."""

MAX_ATTEMPTS: Final = 1000
"""Statements of a program that are tried: more than scripts of that many lines have. Each may take 50 kB and 0.3 ms of
the compiler."""

MAX_CHAIN: Final = 24
"""Operators of a chain that stay one expression."""


Again = Callable[[], ast.expr]
"""Makes one more mention of an operand that has been evaluated."""

Operand = nodes.Expression | ast.expr
"""A left operand: not emitted yet, or the result of the chain so far."""


Maker = Callable[["FunctionBuilder", Any], ast.expr]
"""Emits one kind of expression."""

StatementMaker = Callable[["FunctionBuilder", Any], None]
"""Emits one kind of statement, into the builder's ``out``."""


@dataclass(frozen=True, slots=True)
class Makers:
    """The functions for each kind of node."""

    expressions: Mapping[type, Maker]
    statements: Mapping[type, StatementMaker]
    call: Maker
    """A call with all its results."""
    test: Callable[[FunctionBuilder, nodes.Expression], ast.expr | None]
    """A Python truth value, for operators that have one without making a Lua value first; None for others."""


def _nil(builder: FunctionBuilder, _: nodes.Nil) -> ast.expr:
    return pyast.nil(builder.line)


def _boolean(builder: FunctionBuilder, node: nodes.Boolean) -> ast.expr:
    return pyast.name("TRUE" if node.value else "FALSE", builder.line)


def _constant(builder: FunctionBuilder, node: nodes.Number | nodes.String) -> ast.expr:
    return pyast.constant(node.value, builder.line)


def _parentheses(builder: FunctionBuilder, node: nodes.Paren) -> ast.expr:
    return builder.value(node.expression)


EXPRESSIONS: Final[dict[type, Maker]] = {
    nodes.Nil: _nil,
    nodes.Boolean: _boolean,
    nodes.Number: _constant,
    nodes.String: _constant,
    nodes.Paren: _parentheses,
}
"""Constants and parentheses."""


_LOADS: Final = frozenset((*CONSTANTS, nodes.Prior))
"""Like a local, one load."""

_LEAVES: Final = frozenset((*CONSTANTS, nodes.Name))
"""One level high, whatever is made of them."""


class FunctionBuilder:
    """What is known and made while the functions of one program are emitted: sites, prices, names, statements.

    The functions for each kind of node stand in the other files and are found through ``makers``.
    """

    context: Context

    level: Level = LEVEL_1
    """Which optimisations are made."""

    apart: dict[str, str] | None = None
    """Of a chunk that a run loads: texts that are no constants of its code, by the names that they have instead."""

    events: frozenset[str] = frozenset()
    """Names of metamethods in the program's text: a guess at what its operators meet, see speculation."""

    computes = False
    """Whether an ``__index`` seems to be a function: likewise a guess."""

    def __init__(
        self, resolution: Resolution, pricing: Pricing, kinds: Kinds, builtins: FixedBuiltins, makers: Makers
    ) -> None:
        self.makers = makers
        self.pricing = pricing
        self.resolution = resolution
        self.variables: Mapping[Any, Variable] = resolution.variables
        self.kinds = kinds
        self.builtins = builtins
        use = resolution.globals
        self.hosted = builtins.hosted or any(
            name in use.reads or name in use.writes for name in (*HOST_GLOBALS, *HOST_CALLS)
        )
        """Whether the program may see the host's tables."""
        self.metatables = self.hosted or builtins.dynamic or "setmetatable" in use.reads
        """Whether the program may see tables with a metatable."""
        self.sites: list[Site] = [Site("", 0)]
        self.site_numbers: dict[Site, int] = {}
        self.functions: dict[str, str] = {}
        self.chunk_name = ""
        self.counter = 0
        self.line = 1
        self.out: Statements = []
        self.segment = Segment()
        self.carried = Segment()
        """What the next segment is to charge for the one before."""
        self.height = 0
        self.depths: list[ast.Constant] = []
        self.conditional = 0
        self.prior = ""
        self.codes: dict[Target, int] = {}
        self.leaving: dict[nodes.Statement, bool] = {}
        self.places: dict[nodes.Block, dict[nodes.Label, int]] = {}
        self.counters: set[Variable] = set()
        self.attempts_left = MAX_ATTEMPTS
        self.definitions: list[ast.FunctionDef] = []
        """Of all functions."""
        self.twins: dict[str, Twin] | None = None
        """See twins."""
        self.waiting: dict[str, tuple[int, int]] = {}
        """Bytes of a function's frame in a coroutine, by the name of its code: the slots, and what is apart."""

    # sites: what an instruction's line number stands for

    def at(
        self,
        line: int,
        names: tuple[str, ...] = (),
        notes: tuple[str, ...] = (),
        is_call: bool = False,
        inlined: str = "",
    ) -> int:
        """The number of a site."""
        site = Site(self.chunk_name, line, names, notes if any(notes) else (), is_call, inlined)
        number = self.site_numbers.get(site)
        if number is None:
            number = self.site_numbers[site] = len(self.sites)
            self.sites.append(site)
        return number

    def operands_at(self, line: int, *operands: Operand) -> int:
        """The site of an operation on ``operands``."""
        described = [self.describe(operand) for operand in operands]
        names = tuple(name for name, _ in described)
        return self.at(line, names if any(names) else (), tuple(note for _, note in described))

    def call_at(self, call: nodes.Call, inlined: str = "") -> int:
        """The site of a call by the engine of the function that the script names."""
        name, _ = self.describe(call.function)
        return self.at(call.line, (name,) if name else (), (), True, inlined)

    def describe(self, node: Operand) -> tuple[str, str]:
        """getobjname's words for an operand, and the note for what this engine leaves out."""
        if isinstance(node, nodes.Name):
            if (variable := self.variable(node)) is not None:
                return ("local" if variable.owner is self.context.scope else "upvalue") + f" '{node.name}'", ""
            note = f"{node.name} is not available in this engine" if LEFT_OUT.get(node.name) == () else ""
            if node.name in SWITCHED:
                note = f"{node.name} is there only with the setting allow-load"
            return f"global '{node.name}'", note or OTHER_GLOBALS.get(node.name, "")
        if isinstance(node, nodes.Logical):
            operand = loading_operand(node)
            return self.describe(operand) if operand is not None else ("", "")
        if isinstance(node, nodes.Chain):
            node = node.steps[-1] if node.steps else node.first
        if not isinstance(node, (nodes.Index, nodes.Prior)) or node.key is None:
            return "", ""
        if not isinstance(node.key, nodes.String):
            return "field '?'", ""
        key = node.key.value
        if isinstance(node, nodes.Prior):
            return f"field '{key}'", ""
        note, library = "", node.object
        if isinstance(library, nodes.Name) and self.variable(library) is None and key in LEFT_OUT.get(library.name, ()):
            note = f"{library.name}.{key} is not available in this engine"
        if isinstance(library, nodes.Name) and self.variable(library) is None:
            more = OTHER_MEMBERS.get(f"{library.name}.{key}", "")
            note = f"{note}: {more}" if note and more else note or more
        return f"field '{key}'", note

    # prices

    def note_statement(self, statement: nodes.Statement) -> None:
        """A statement is to follow: for who keeps accounts."""

    def take(self, node: nodes.Node) -> None:
        """Charge a node's own price here: once for every node, in whatever form it is emitted."""
        if any(own := self.pricing.own.get(node, FREE)):
            self.charge(*own)

    def charge(self, instructions: int, size: int = 0) -> None:
        """Add to the price of the current segment."""
        self.segment.instructions += instructions
        self.segment.bytes += size

    def open_segment(self) -> None:
        """What is emitted from here on is charged here."""
        self.segment = self.carried.moved()
        self.out.append(self.segment)

    def charges(self, segment: Segment, context: Context, times: str = "") -> list[ast.stmt]:
        """The statements that charge a segment; ``times`` names how often."""
        line = self.line
        made: list[ast.stmt] = []
        tests: list[ast.expr] = []
        for counter, price in (("fuel", segment.instructions), ("alloc", segment.bytes)):
            if price:
                amount: ast.expr = pyast.constant(price, line)
                if times:
                    amount = pyast.binary(pyast.name(times, line), ast.Mult(), amount, line)
                context.stored.add(counter)
                made.append(pyast.subtract(counter, amount, line))
                tests.append(self.is_negative(counter))
        if segment.entry:
            tests.append(pyast.compare(pyast.name("d", line), ast.Gt(), pyast.name("deepest", line), line))
        if not tests:
            return made
        _, *beyond = *segment.due, segment.own()
        return [*made, self.refuel_if(*tests, beyond=[price for price in beyond if any(price)])]

    def is_negative(self, counter: str) -> ast.expr:
        """``NAME < 0``."""
        line = self.line
        return pyast.compare(pyast.name(counter, line), ast.Lt(), pyast.constant(0, line), line)

    def refuel_if(self, *tests: ast.expr, beyond: Sequence[Price] = ()) -> ast.stmt:
        """``if test or ...: run.refuel(d)``; ``beyond`` are the prices charged for what comes after."""
        line = self.line
        later = [pyast.constant(amount, line) for price in beyond for amount in price]
        refuel = pyast.method(self.run(), "refuel", [pyast.name("d", line), *later], line)
        return pyast.if_(pyast.either(tests, line), [pyast.statement(refuel, line)], [], line)

    def finish(self, statements: Statements, context: Context) -> list[ast.stmt]:
        """Replace segments by their charges."""
        made: list[ast.stmt] = []
        for item in statements:
            if isinstance(item, Segment):
                made.extend(self.charges(item, context))
            else:
                made.append(item)
        return made or [ast.Pass(lineno=self.line, col_offset=0)]

    # names

    def fresh(self, letter: str) -> str:
        """A name that nothing else has."""
        self.counter += 1
        return f"{letter}{self.counter}"

    def temporary(self) -> str:
        """A name until the end of the current statement."""
        context = self.context
        context.temporaries += 1
        name = f"t{context.temporaries}"
        context.owned.add(name)
        return name

    def store(self, identifier: str) -> str:
        """The name, which the current function assigns."""
        self.context.stored.add(identifier)
        return identifier

    def stored_temporary(self) -> str:
        """A temporary that is about to be assigned."""
        return self.store(self.temporary())

    def run(self) -> ast.Name:
        """The run, of which operations ask everything."""
        return pyast.name("run", self.line)

    def helper(self, function: str, *arguments: ast.expr, at: int | None = None) -> ast.Call:
        """``function(run, d, ...)``."""
        line = self.line if at is None else at
        return pyast.call(function, [pyast.name("run", line), pyast.name("d", line), *arguments], line)

    def service(self, function: str, *arguments: ast.expr) -> ast.Call:
        """``run.function(d, ...)``."""
        return pyast.method(self.run(), function, [pyast.name("d", self.line), *arguments], self.line)

    def depth(self, native: bool) -> ast.expr:
        """The depth to call at."""
        line = self.line
        if native:
            return pyast.binary(pyast.name("d", line), pyast.ADD, pyast.name("native_call_depth", line), line)
        step = pyast.constant(1 + self.context.level, line)
        self.depths.append(step)
        return pyast.binary(pyast.name("d", line), pyast.ADD, step, line)

    # operands that are mentioned more than once

    def variable(self, node: Operand) -> Variable | None:
        """The local that an operand names."""
        return self.variables.get(node)

    def is_simple(self, node: Operand) -> bool:
        """Evaluating it is a single load that nothing in the same expression can change."""
        variable = self.variables.get(node)
        if variable is None:
            return node.__class__ in _LOADS
        return variable.storage != BOX and not (variable.captured and variable.assigned)

    def is_own_mutable(self, node: Operand) -> bool:
        """A local of this function that a closure may change while another operand is evaluated."""
        variable = self.variable(node)
        if variable is None or not variable.captured or variable.assigned == 0:
            return False
        return variable.owner is self.context.scope

    def is_late(self, left: Operand, right: nodes.Expression) -> bool:
        """A local of this function that evaluating ``right`` may change: PUC reads it afterwards, from its register."""
        return self.is_own_mutable(left) and not self.is_simple(right)

    def again(self, node: nodes.Expression) -> Again:
        """Later mentions of an operand that is one load."""
        return lambda: self.makers.expressions[node.__class__](self, node)

    def hold(self, value: ast.expr) -> tuple[ast.expr, Again]:
        """``(NAME := value)`` and a maker of ``NAME``."""
        line, identifier = self.line, self.stored_temporary()
        return pyast.walrus(identifier, value, line), lambda: pyast.name(identifier, line)

    def mentions(self, operand: Operand, value: ast.expr, late: bool = False) -> tuple[ast.expr, Again]:
        """The first mention of an operand that was emitted as ``value``, and a maker of the later ones."""
        if isinstance(operand, nodes.Expression) and (late or self.is_simple(operand)):
            return value, self.again(operand)
        return self.hold(value)

    def named(self, node: nodes.Expression) -> tuple[ast.expr, Again]:
        """The operand's first mention, and a maker of the later ones."""
        return self.mentions(node, self.value(node))

    # the three questions

    def value(self, node: nodes.Expression) -> ast.expr:
        """Exactly one Lua value."""
        kind = node.__class__
        if kind in _LEAVES:
            self.height = self.height or 1
            return self.makers.expressions[kind](self, node)
        return self.bounded(self.makers.expressions[kind], node)

    def multi(self, node: nodes.Expression) -> ast.expr:
        """All values of a call or ``...``, which is a tuple already; one value of anything else."""
        if isinstance(node, CALLS):
            return self.bounded(self.makers.call, node)
        if isinstance(node, nodes.Vararg):
            return pyast.name("va", self.line)
        return self.value(node)

    def test(self, node: nodes.Expression) -> ast.expr:
        """A Python truth value."""
        if (made := self.makers.test(self, node)) is not None:
            return made
        line = self.line
        if isinstance(node, nodes.Boolean):
            return pyast.constant(node.value, line)
        if isinstance(node, CONSTANTS):
            return pyast.constant(not isinstance(node, nodes.Nil), line)
        if self.kinds.of(node) == BOOLEAN:
            return pyast.compare(self.value(node), pyast.IS, pyast.name("TRUE", line), line)
        return self.truth(*self.named(node))

    def truth(self, once: ast.expr, again: Again) -> ast.expr:
        """Whether a value is true: ``once is not None and again is not FALSE``."""
        line = self.line
        is_not_false = pyast.compare(again(), pyast.IS_NOT, pyast.name("FALSE", line), line)
        return pyast.both([pyast.is_not_nil(once, line), is_not_false], line)

    # height

    def bounded(self, make: Maker, node: nodes.Expression) -> ast.expr:
        """``make(self, node)``, outlined if that makes the expression too tall."""
        saved, self.height = self.height, 0
        marks = len(self.depths)
        made = make(self, node)
        height = self.height + 1
        if height > MAX_HEIGHT:
            made = self.outline(made, marks)
            height = 1
        self.height = height if height > saved else saved
        return made

    def outline(self, value: ast.expr, marks: int) -> ast.expr:
        """Move an expression into a nested function and call it there; its depths from ``marks`` on are one more."""
        line = self.line
        identifier = self.fresh("x")
        self.context.owned.add(identifier)
        body: list[ast.stmt] = [pyast.nonlocal_(["alloc", "fuel"], line), pyast.return_(value, line)]
        for constant in self.depths[marks:]:
            assert isinstance(constant.value, int)
            constant.value += 1
        self.out.append(pyast.function(identifier, (), 0, None, body, line))
        return pyast.call(identifier, (), line)

    def outlined(self, body: Callable[[], None]) -> ast.expr:
        """Emit ``body`` as a nested function's statements; yields its call. Its price stays with the caller's."""
        identifier = self.fresh("x")
        self.context.owned.add(identifier)
        outer, out = self.context, self.out
        self.context = Context(outer.scope, outer, True)
        self.context.owned.add(identifier)
        self.out = []
        body()
        inner, statements = self.context, [*self.context.prologue, *self.out]
        self.context, self.out = outer, out
        self.out.append(self.definition(identifier, (), None, inner, statements))
        return pyast.call(identifier, (), self.line)

    def definition(
        self, identifier: str, parameters: Sequence[str], vararg: str | None, context: Context, statements: Statements
    ) -> ast.FunctionDef:
        """A Python function from a finished context: names of enclosing functions become nonlocal."""
        line = self.line
        body = self.finish(statements, context)
        foreign = sorted(context.stored - context.owned)
        if context.outlined and context.parent is not None:
            context.parent.stored.update(name for name in foreign if name not in ("fuel", "alloc"))
        if foreign:
            body.insert(0, pyast.nonlocal_(foreign, line))
        optional = len(parameters) - 1 if parameters else 0
        return pyast.function(identifier, parameters, optional, vararg, body, line)
