"""``require``: the program's modules, the libraries, and the routing library's modules as a run sees them.

Input: a run, a name. Output: what the module answered; of the routing library a table of the run's own, with functions
over its counters.
"""

from __future__ import annotations

from types import FunctionType
from typing import Protocol

from .. import costs
from ..joined_names import could_join, file_of
from ..modules import catalogue
from ..runtime import metatables, tables
from ..runtime.context import RunContext
from ..runtime.tracebacks import library_error
from ..runtime.values import FALSE, TRUE, LuaValue, MetaTable, Native, Table
from ..signatures import INERT, TABLES, instead_of
from ..stdlib import io
from ..stdlib.registry import INERT_IO, LIBRARIES, Recipe
from .program import Program


class Requiring(RunContext, Protocol):
    """What ``require`` wants of a run besides."""

    program: Program
    globals: Table
    required: Table | None
    """``package.loaded``, once somebody has asked."""
    loading: Table
    """What stands there for a module that is being loaded."""
    preload: Table | None

    def library(self, name: str) -> Table:
        """A library as a table of the run's own."""

    def chunk(self, module: str = "") -> FunctionType:
        """A module's chunk as a function."""


def require(run: Requiring, d: int, name: str) -> LuaValue:
    """A library by name, or a module linked into the program, run once; ``package`` comes first (ll_require)."""
    loaded = _loaded(run)
    value = tables.rawget(run, loaded, name)
    if value is not None and value is not FALSE:
        if value is run.loading:
            raise library_error(f"loop or previous error loading module '{name}'")
        return value
    program = run.program
    loader = tables.rawget(run, run.preload, name) if run.preload is not None else None
    if loader is None and name in TABLES:
        value = loaded[name] = _library(run, name)
        return value
    if loader is None and name not in program.modules:
        if name == INERT and run.limits.inert_io:
            value = loaded[name] = run.globals.get(name) or inert_io(run)
            return value
        if name in catalogue.FILES:
            value = loaded[name] = module(run, name)
            return value
        run.charge(2 * len(name) // costs.COPY, 8 * len(name))
        raise library_error(_refusal(program, name))
    if loader is not None:
        run.charge(0, costs.ENTRY)
    tables.rawset(run, loaded, name, run.loading)
    made = run.chunk(name)(d + run.native_call_depth, name) if loader is None else run.call(loader, d, name)
    value = metatables.first(made)
    if value is not None:
        tables.rawset(run, loaded, name, value)
    elif tables.rawget(run, loaded, name) is run.loading:
        tables.rawset(run, loaded, name, TRUE)
    return tables.rawget(run, loaded, name)


def _library(run: Requiring, name: str) -> LuaValue:
    """A library's table, made once: a script that removes it from everywhere gets the same one again."""
    existing = run.globals.get(name) if name in run.program.library_names else None
    if existing is not None:
        return existing
    if run.kept is None:
        run.kept = {}
    if ("", name) not in run.kept:
        run.kept["", name] = run.library(name)
    return run.kept["", name]


def inert_io(run: Requiring) -> Table:
    """``io``, whose functions say that they are not available; a library may ask for a file's metatable."""
    functions: dict[str, LuaValue] = {}
    for name, recipe in INERT_IO.items():
        path = (INERT, name)
        functions[name] = run.made[path] = run.made.get(path) or recipe.make(run.cells)
    meta = Table({name: functions[f"file:{name}"] for name in io.METHODS})
    meta["__index"] = meta
    table = Table({name: function for name, function in functions.items() if ":" not in name})
    for name in io.FILES:
        file = table[name] = MetaTable()
        file.meta, file.run = meta, run
    return table


def package(run: Requiring) -> Table:
    """``package``: ``loaded`` has the libraries, as far as they are globals, and is what ``require`` goes by."""
    loaded, run.preload = _loaded(run), Table()
    table = Table({member: run.member("package", member) for member in LIBRARIES["package"]})
    loaded.update({name: run.globals[name] for name in run.program.library_names if name in run.globals})
    if run.limits.inert_io:
        loaded[INERT] = run.globals[INERT]
    if run.program.dynamic:
        loaded["_G"] = run.globals
    loaded["package"], table["loaded"], table["preload"] = table, loaded, run.preload
    return table


def _loaded(run: Requiring) -> Table:
    if run.required is None:
        run.required, run.loading = Table(), Table()
    return run.required


def _refusal(program: Program, name: str) -> str:
    """What ``require`` says of a name that it has no module for."""
    if name in program.broken:
        return program.broken[name]
    if name in program.sought or could_join(name, program.parts):
        file = f"lib/{file_of(name).replace('.', '/')}"
        files = f"\n\tno file '{file}.lua'\n\tno file '{file}/init.lua'"
        instead = f"\n\t{advice}" if (advice := instead_of(name)) else ""
        return f"module '{name}' not found:\n\tno field package.preload['{name}']{files}{instead}"
    return (
        f"module '{name}' is not linked: modules are linked before a script runs, by the names that it has as "
        f"literals; write its name out somewhere, as in require '{name}'"
    )


def module(run: RunContext, name: str) -> Table:
    """What ``require`` answers."""
    members = catalogue.paths(name)
    count = len(members)
    run.charge(costs.MODULE_MEMBER * count, costs.TABLE + costs.MODULE_MEMBER_BYTES * count)
    return Table({member: _member(run, path) for member, path in members.items()})


def method(run: RunContext, value: Native, key: LuaValue) -> LuaValue:
    """A method of an object; nil if it has none of that name. What stands for a part of OpenResty says what to use."""
    path = catalogue.methods(value.module, value.kind).get(key)
    if path is not None:
        made = run.made.get(path)
        return made if made is not None else _member(run, path)
    if value.kind.startswith("ngx."):
        raise library_error(f"{value.kind} is not available: {value.data}")
    return None


def _member(run: RunContext, path: tuple[str, str]) -> LuaValue:
    """A member of a file, made once per run; ``kept`` has what a script could change."""
    value = run.made.get(path)
    if value is None:
        recipe = run.recipe(path)
        if recipe.__class__ is catalogue.Made:
            if run.kept is None:
                run.kept = {}
            if path not in run.kept:
                run.kept[path] = recipe.make(run)
            return run.kept[path]
        value = run.made[path] = recipe.make(run.cells) if recipe.__class__ is Recipe else recipe
    return value
