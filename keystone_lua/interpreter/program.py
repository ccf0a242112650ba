"""A script and its shared modules, linked and compiled: immutable, without values, shared by all runs.

Input: source bytes, a name, and the bytes of the modules that ``require`` may name. Output: a Program.
Refuses with LuaSyntaxError: what the parser or scope refuses, an unknown module, a cycle of modules.
"""

from __future__ import annotations

import ast
import gc
import hashlib
import math
import re
import sys
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, FunctionType, MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from . import iteration, nodes, operations
from .accounting import HITS, AccountedCompiler, Accounts
from .compiler import Compiler
from .coroutines import REQUESTS, TWINS
from .errors import LuaSyntaxError
from .infer import Kinds
from .levels import LEVEL_1, Level
from .libraries import ALIASES, LIBRARIES, Recipe, Seal
from .limits import DEFAULT, MAX_PROVED, MAX_WEIGHT
from .optimism import MISFITS
from .parser import parse
from .pattern_items import LATIN
from .runtime import TABLES, Run
from .scope import Resolution, resolve
from .self_test import require_suitable
from .startup import is_constant
from .tracebacks import FUNCTIONS, SITES, Site
from .values import (
    ABSENT,
    CODES,
    FALSE,
    TRUE,
    TYPE_NAMES,
    LuaValue,
    MetaTable,
    Table,
    number_to_string,
    string_to_number,
)
from .weight import weigh, weigh_names, weigh_twins

if TYPE_CHECKING:
    from collections.abc import Iterator

_Compiler = TypeVar("_Compiler", bound=Compiler)

COMPILE_RECURSION: Final = 20_000
"""Python frames for the compiler's own recursion over at most 220 nested levels."""


_EVENT: Final = re.compile(rb"__[a-z]+")
_COMPUTED: Final = re.compile(rb"\b__index\s*=\s*function\b|\bfunction\s+[\w.]+[.:]__index\b")


def _itself(value: Any) -> Any:
    return value


def _adjust(result: Any, count: int) -> tuple[Any, ...]:
    """Results adjusted to ``count`` values (manual 2.5)."""
    values = result if result.__class__ is tuple else (result,)
    return (values + (None,) * count)[:count]


def _paid(run: Any, size: int) -> None:
    run.charge(0, size)


def _selected(run: Any, n: Any, values: tuple[Any, ...]) -> Any:
    """``select(n, ...)`` as one value, in the cases that are not done inline."""
    return operations.first(run.member("", "select")(0, n, *values))


def _refilled(run: Any) -> bool:
    """More bytes are granted, or the run ends."""
    run.refuel(0)
    return True


def _is_own(run: Any, name: str, function: Any, *_: Any) -> bool:
    """Whether a value is the base library's function; what else is given was only to be evaluated before."""
    return function is run.member("", name)


def _select_one(run: Any, n: Any, values: tuple[Any, ...], literal: bool) -> Any:
    """``select(n, ...)`` as one value; ``literal`` if n is "#" by the text."""
    if literal:
        return float(len(values))
    if n.__class__ is float and 1.0 <= n <= len(values):
        return values[int(n) - 1]
    return _selected(run, n, values)


HELPERS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "__builtins__": {},
        "Misfit": MISFITS,
        "ABSENT": ABSENT,
        "REQUESTS": REQUESTS,
        "FALSE": FALSE,
        "TRUE": TRUE,
        "CODES": CODES,
        "MetaTable": MetaTable,
        "Table": Table,
        "first": operations.first,
        "float": float,
        "int": int,
        "len": len,
        "str": str,
        "tuple": tuple,
        "add": operations.add,
        "adjust": _adjust,
        "arg_table": operations.arg_table,
        "FunctionType": FunctionType,
        "callable_of": operations.callable_of,
        "concat": operations.concat,
        "divide_values": operations.divide_values,
        "equal": operations.equal,
        "for_iterator": iteration.for_iterator,
        "for_number": iteration.for_number,
        "ipairs_getter": iteration.ipairs_getter,
        "itself": _itself,
        "keyed_table": operations.keyed_table,
        "late": iteration.late,
        "is_own": _is_own,
        "refilled": _refilled,
        "select_one": _select_one,
        "pairs_live": iteration.pairs_live,
        "ipairs_live": iteration.ipairs_live,
        "length": operations.length,
        "less": operations.less,
        "less_equal": operations.less_equal,
        "modulo_values": operations.modulo_values,
        "multiply": operations.multiply,
        "negate": operations.negate,
        "number_to_string": number_to_string,
        "pairs_items": iteration.pairs_items,
        "paid": _paid,
        "TYPE_NAMES": TYPE_NAMES,
        "LATIN": LATIN,
        "abs": abs,
        "string_to_number": string_to_number,
        "sqrt": math.sqrt,
        "pure_equal": operations.pure_equal,
        "pure_index": operations.pure_index,
        "power": operations.power,
        "power_values": operations.power_values,
        "selected": _selected,
        "CHUNKED": iteration.CHUNKED,
        "COUNTED": iteration.COUNTED,
        "chunks": iteration.chunks,
        "counting": iteration.counting,
        "positions2": operations.positions2,
        "positions3": operations.positions3,
        "record1": operations.record1,
        "record2": operations.record2,
        "record3": operations.record3,
        "setindex": operations.setindex,
        "spread": operations.spread,
        "subtract": operations.subtract,
        "table_of": operations.table_of,
        "without_nil": operations.without_nil,
    }
)
"""Everything that generated code can name besides its own slots and cells."""


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """A compiled script. ``hash`` is the SHA-256 of its source and its modules, in order of linking."""

    name: str
    hash: str
    main: CodeType
    modules: Mapping[str, CodeType]
    namespace: dict[str, Any]
    sealed: tuple[tuple[str, tuple[str, str], Recipe | LuaValue], ...]
    base_names: tuple[str, ...]
    library_names: tuple[str, ...]
    dynamic: bool
    mirrors: Mapping[str, str]
    """The script's own globals by name, each with the free variable that has its value."""
    sites: tuple[Site, ...] = field(repr=False)
    source: bytes = field(repr=False)
    sources: Mapping[str, bytes] = field(repr=False)
    """The linked modules' sources by name, in the order of the hash."""
    constant: bool = False
    """Whether every run starts by doing the same (see startup)."""
    shells: list[Run] = field(default_factory=list, repr=False)
    """Emptied runs, to be used again: cells, library functions, and what a constant start-up has made."""
    accounts: Accounts | None = field(default=None, repr=False)
    """Of a program that was compiled for a ledger: who pays what."""
    level: Level = LEVEL_1


@dataclass(frozen=True, slots=True, eq=False)
class Linked:
    """A script and the modules that it requires, parsed and resolved: ``chunks`` begins with the script's."""

    chunks: list[nodes.Chunk]
    resolution: Resolution
    source: bytes
    modules: Mapping[str, bytes]
    """The sources of the modules by name, in the order of their chunks."""
    weight: int

    def hash(self) -> str:
        """The SHA-256 of the script and its modules."""
        digest = hashlib.sha256(self.source)
        for module, source in self.modules.items():
            digest.update(b"\0" + module.encode() + b"\0" + source)
        return digest.hexdigest()


def compile_program(
    source: bytes,
    name: str,
    modules: Mapping[str, bytes] = MappingProxyType({}),
    limit: int = DEFAULT.source,
    accounted: bool = False,
    level: Level = LEVEL_1,
) -> Program:
    """Compile a script named ``name`` (as positions will show it) with the modules that it requires.

    An ``accounted`` program answers and costs the same and is for a run with a ledger; ``level`` changes no answer and
    no count (see levels). Raises LuaSyntaxError.
    """
    require_suitable()
    with _room():
        return _compile(link_program(source, name, modules, limit), accounted, level)


def link_program(
    source: bytes, name: str, modules: Mapping[str, bytes] = MappingProxyType({}), limit: int = DEFAULT.source
) -> Linked:
    """What ``compile_program`` compiles. Raises LuaSyntaxError."""
    resolution = Resolution()
    counter = [0]
    with _room():
        chunks = [_chunk(source, name, limit, resolution, counter)]
        names = _link(chunks, resolution, modules, counter, limit)
        sources = MappingProxyType({module: modules[module] for module in names})
        _check_weight(name, resolution.weight + weigh_names(resolution))
        return Linked(chunks, resolution, source, sources, resolution.weight)


def compile_to_tree(found: Linked, kind: type[_Compiler], level: Level = LEVEL_1) -> tuple[ast.FunctionDef, _Compiler]:
    """The Python of a program, charges and all, and the compiler that made it: it knows sites, types and accounts."""
    compiler = _compiler(found, kind, level)
    with _room():
        (link,) = compiler.tree(found.chunks, [*_slots(), HITS]).body
    assert isinstance(link, ast.FunctionDef)
    return link, compiler


def _compiler(found: Linked, kind: type[_Compiler], level: Level) -> _Compiler:
    seal = Seal(found.resolution, level)
    compiler = kind(found.resolution, Kinds(found.resolution, found.chunks, seal, level), seal)
    texts = [found.source, *found.modules.values()]
    compiler.level = level
    compiler.events = frozenset(event.decode() for text in texts for event in _EVENT.findall(text))
    compiler.computes = any(map(_COMPUTED.search, texts))
    return compiler


def _compile(found: Linked, accounted: bool, level: Level) -> Program:
    chunks, resolution, modules = found.chunks, found.resolution, found.modules
    compiler: Compiler = _compiler(found, AccountedCompiler if accounted else Compiler, level)
    seal, kinds = compiler.seal, compiler.kinds
    named = "coroutine" in resolution.globals.reads or "coroutine" in (name for name, _ in resolution.requires)
    twinned = named or seal.dynamic  # who has _G may find the library there
    if twinned:
        _check_weight(chunks[0].name, found.weight + weigh_names(resolution) + weigh_twins(resolution))
    codes = compiler.compile(chunks, [*_slots(), HITS] if accounted else _slots(), twinned)
    twins = {TWINS: compiler.twins} if twinned else {}
    sites = tuple(compiler.sites)
    sealed = tuple(
        (slot, ALIASES.get(path, path), LIBRARIES[path[0]][path[1]])
        for path, slot in seal.slots.items()
        if any(slot in c.co_freevars for c in codes)
    )
    base, tables = _globals(resolution, seal)
    return Program(
        name=chunks[0].name,
        hash=found.hash(),
        main=codes[0],
        modules=MappingProxyType(dict(zip(modules, codes[1:], strict=True))),
        namespace={**HELPERS, SITES: sites, FUNCTIONS: compiler.functions, **twins},
        sealed=sealed,
        base_names=base,
        library_names=tables,
        dynamic=seal.dynamic,
        constant=not (tables or accounted) and found.weight <= MAX_PROVED and is_constant(kinds, chunks, list(modules)),
        mirrors=MappingProxyType(
            {name: slot for name, slot in seal.mirrors.items() if any(slot in c.co_freevars for c in codes)}
        ),
        sites=sites,
        level=level,
        accounts=compiler.accounts() if isinstance(compiler, AccountedCompiler) else None,
        source=found.source,
        sources=modules,
    )


def _chunk(source: bytes, name: str, limit: int, into: Resolution, counter: list[int]) -> nodes.Chunk:
    """A chunk, parsed, weighed and resolved: refused before its names are looked at, if it is too large for that."""
    chunk = parse(source, name, limit)
    into.weight += weigh(chunk, into.extents)
    _check_weight(name, into.weight)
    resolve(chunk, into, counter)
    return chunk


def _check_weight(name: str, weight: int) -> None:
    """Refuse what takes too long to compile."""
    if weight > MAX_WEIGHT:
        message = f"chunk has too many operations ({weight} units, limit is {MAX_WEIGHT})"
        raise LuaSyntaxError(f"{name}:1: {message}", 1)


def _slots() -> list[str]:
    # Slots are numbered as the compiler meets them; one per library member is the most there can be.
    return [f"l{number}" for number in range(sum(len(members) for members in LIBRARIES.values()))]


def _globals(resolution: Resolution, seal: Seal) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The base functions and library tables that must stand in the globals table."""
    use = resolution.globals
    if seal.dynamic or not seal.binds:
        return tuple(name for name in LIBRARIES[""] if name[0] != "("), TABLES
    base = tuple(name for name in LIBRARIES[""] if name in use.writes)
    tables = tuple(name for name in TABLES if (name in seal.open and name in use.reads) or name in use.writes)
    missing = tuple(
        name
        for name in TABLES
        if name not in tables and any(field not in LIBRARIES[name] for field in use.fields.get(name, ()))
    )
    return base, tables + missing


def _link(
    chunks: list[nodes.Chunk],
    resolution: Resolution,
    modules: Mapping[str, bytes],
    counter: list[int],
    limit: int,
) -> list[str]:
    """Parse and resolve the required modules, depth first; names in the order of their chunks."""
    linked: list[str] = []
    done: set[str] = set()

    def visit(requires: list[tuple[str, int]], importer: str, path: tuple[str, ...]) -> None:
        for module, line in requires:
            if module in TABLES:
                continue
            if module in path:
                cycle = " -> ".join([*path[path.index(module) :], module])
                raise LuaSyntaxError(f"{importer}:{line}: modules require each other: {cycle}", line)
            if module in done:
                continue
            if module not in modules:
                raise LuaSyntaxError(f"{importer}:{line}: module '{module}' not found in lib/", line)
            before = len(resolution.requires)
            chunk = _chunk(modules[module], f"lib/{module.replace('.', '/')}.lua", limit, resolution, counter)
            chunks.append(chunk)
            linked.append(module)
            visit(resolution.requires[before:], chunk.name, (*path, module))
            done.add(module)

    visit(list(resolution.requires), chunks[0].name, ())
    return linked


@contextmanager
def _room() -> Iterator[None]:
    """Room for the compiler's own recursion, and no cycle collection: a tree of nodes is no garbage, and 50,000
    statements take a third less time. The recursion limit is only ever raised (see execution.prepared)."""
    if sys.getrecursionlimit() < COMPILE_RECURSION:
        sys.setrecursionlimit(COMPILE_RECURSION)
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
