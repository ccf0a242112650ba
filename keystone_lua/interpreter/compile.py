"""A script and its shared modules, linked and compiled: immutable, without values, shared by all runs.

Input: source bytes, a name, and the bytes of the modules that ``require`` may name. Output: a Program.
Refuses with LuaSyntaxError: what the parser or scope refuses, an unknown module, a cycle of modules.
"""

from __future__ import annotations

import ast
import copyreg
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeVar

from .analysis.builtins import FixedBuiltins
from .analysis.compile_cost import cost_of_names, cost_of_twins
from .analysis.constant_startup import is_constant
from .analysis.pricing import price
from .analysis.scope import Resolution
from .analysis.types import Kinds
from .codegen import compiler
from .codegen.attribution import AccountingBuilder
from .codegen.builder import FunctionBuilder
from .execution.constants import made_by
from .execution.helpers import HELPERS
from .execution.program import Program
from .execution.twin_calls import TWIN_MAKERS
from .levels import LEVEL_1, Level
from .limits import DEFAULT, MAX_COMPILE_COST, MAX_PROVED
from .linking import Linked, _room, link_program
from .runtime.coroutines import TWINS, Twin
from .self_test import require_suitable
from .signatures import ALIASES, TABLES
from .sites import FUNCTIONS, HITS, SITES
from .stdlib.registry import LIBRARIES

_Builder = TypeVar("_Builder", bound=FunctionBuilder)


_EVENT: Final = re.compile(rb"__[a-z]+")
_COMPUTED: Final = re.compile(rb"\b__index\s*=\s*function\b|\bfunction\s+[\w.]+[.:]__index\b")


def compile_program(
    source: bytes,
    name: str,
    modules: Mapping[str, bytes] = MappingProxyType({}),
    limit: int = DEFAULT.source,
    accounted: bool = False,
    level: Level = LEVEL_1,
    hosted: bool = False,
) -> Program:
    """Compile a script named ``name`` (as positions will show it) with the modules that it requires.

    An ``accounted`` program answers and costs the same and is for a run that is recorded; ``level`` changes no answer
    and no count (see levels). ``hosted`` is for runs whose globals a host sets or calls (see host_functions): nothing
    is taken for granted of them, which costs time and changes no answer and no count. Raises LuaSyntaxError.
    """
    require_suitable()
    with _room():
        return _compile(link_program(source, name, modules, limit), accounted, level, hosted)


def _again(program: Program) -> tuple[Callable[..., Program], tuple[Any, ...]]:
    """How a program is pickled: by its sources, which are compiled again where it is loaded."""
    flags = program.accounts is not None, program.level, program.hosted
    return compile_program, (program.source, program.name, dict(program.sources), program.limit, *flags)


copyreg.pickle(Program, _again)


def compile_to_tree(found: Linked, kind: type[_Builder], level: Level = LEVEL_1) -> tuple[ast.FunctionDef, _Builder]:
    """The Python of a program, charges and all, and the builder that made it: it knows sites, types and accounts."""
    builder = _builder(found, kind, level)
    with _room():
        (link,) = compiler.python_tree(builder, found.chunks, [*_slots(), HITS]).body
    assert isinstance(link, ast.FunctionDef)
    return link, builder


def _builder(found: Linked, kind: type[_Builder], level: Level, hosted: bool = False) -> _Builder:
    builtins = FixedBuiltins(found.resolution, level, hosted)
    kinds = Kinds(found.resolution, found.chunks, builtins, level)
    builder = kind(found.resolution, price(found.resolution, found.chunks), kinds, builtins, compiler.MAKERS)
    texts = found.texts
    builder.level = level
    builder.events = frozenset(event.decode() for text in texts for event in _EVENT.findall(text))
    builder.computes = any(map(_COMPUTED.search, texts))
    return builder


def _compile(found: Linked, accounted: bool, level: Level, hosted: bool = False) -> Program:
    chunks, resolution = found.chunks, found.resolution
    builder: FunctionBuilder = _builder(found, AccountingBuilder if accounted else FunctionBuilder, level, hosted)
    builtins, kinds = builder.builtins, builder.kinds
    units = found.compile_cost + cost_of_names(resolution) + cost_of_twins(resolution)
    twinned = _names_coroutines(resolution) and units <= MAX_COMPILE_COST
    codes = compiler.code_objects(builder, chunks, [*_slots(), HITS] if accounted else _slots(), twinned)
    twins = {TWINS: builder.twins} if twinned else {}
    sites = tuple(builder.sites)
    fixed = tuple(
        (slot, ALIASES.get(path, path), LIBRARIES[path[0]][path[1]])
        for path, slot in builtins.slots.items()
        if any(slot in c.co_freevars for c in codes)
    )
    base, tables = _globals(resolution, builtins)
    makers = tuple([_compile(maker, False, level) for maker in found.makers])
    constants = made_by(makers, found.compile_cost, found.limit)
    code_of = dict(zip(chunks, codes, strict=True))
    return Program(
        name=chunks[0].name,
        hash=found.hash(),
        main=codes[0],
        modules=MappingProxyType({name: code_of[chunk] for name, chunk in found.names.items()}),
        broken=found.broken,
        sought=found.sought,
        parts=found.parts,
        namespace={**HELPERS, SITES: sites, FUNCTIONS: builder.functions, **twins},
        fixed=fixed,
        base_names=base,
        library_names=tables,
        dynamic=builtins.dynamic,
        hosted=hosted,
        limit=found.limit,
        late_twins=0 if twinned else units,
        own=frozenset({*kinds.found.globals, *builtins.global_cells}),
        constant=not (tables or accounted or hosted)
        and found.compile_cost <= MAX_PROVED
        and is_constant(kinds, chunks, found.names),
        global_cells=MappingProxyType(
            {name: slot for name, slot in builtins.global_cells.items() if any(slot in c.co_freevars for c in codes)}
        ),
        sites=sites,
        level=level,
        makers=makers,
        constants=constants.values,
        constant_bytes=constants.size,
        accounts=builder.accounts() if isinstance(builder, AccountingBuilder) else None,
        source=found.texts[0],
        sources=found.modules,
    )


def _names_coroutines(resolution: Resolution) -> bool:
    """Whether a program will have coroutines, as far as its text says: who has ``_G`` may find the library there."""
    name = "coroutine"
    return (
        name in resolution.globals.reads or name in resolution.texts or name in resolution.globals.fields.get("_G", ())
    )


def twins_of(program: Program) -> dict[str, Twin]:
    """The twins of a program that was compiled without: it is compiled once more, from its sources."""
    with _room():
        found = link_program(program.source, program.name, program.sources, program.limit)
        kind = FunctionBuilder if program.accounts is None else AccountingBuilder
        builder: FunctionBuilder = _builder(found, kind, program.level, program.hosted)
        slots = _slots() if program.accounts is None else [*_slots(), HITS]
        compiler.code_objects(builder, found.chunks, slots, True)
    assert builder.twins is not None
    return builder.twins


TWIN_MAKERS.append(twins_of)


def _slots() -> list[str]:
    # Slots are numbered as the compiler meets them; one per library member is the most there can be.
    return [f"l{number}" for number in range(sum(len(members) for members in LIBRARIES.values()))]


def _globals(resolution: Resolution, builtins: FixedBuiltins) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The base functions and library tables that must stand in the globals table."""
    use = resolution.globals
    if builtins.dynamic or not builtins.binds:
        return tuple(name for name in LIBRARIES[""] if name[0] != "(" or name in use.reads), TABLES
    base = tuple(name for name in LIBRARIES[""] if name in use.writes)
    tables = tuple(name for name in TABLES if (name in builtins.open and name in use.reads) or name in use.writes)
    missing = tuple(
        name
        for name in TABLES
        if name not in tables and any(field not in LIBRARIES[name] for field in use.fields.get(name, ()))
    )
    return base, tables + missing
