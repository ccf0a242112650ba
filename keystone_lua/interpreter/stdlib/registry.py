"""The standard library as a whole: what exists, what is left out, which functions a program cannot have replaced.

Input: the factories in stdlib, and how a program uses its globals. Output: recipes from which a run makes the
functions that it needs; to make all of them would take longer than a decision. A function without a price in the cost
table cannot be registered.
"""

from __future__ import annotations

from copy import copy
from types import CellType, CodeType, FunctionType
from typing import Any, Final

from .. import costs
from ..runtime.tracebacks import LIBRARY_CODES
from ..runtime.values import LuaValue
from ..signatures import ALIASES
from . import base, bit, coroutine, debug, io, math, os, package, string, table


class Recipe:
    """How to make one library function for a run: its code with the run's own cells."""

    __slots__ = ("cells", "code", "defaults", "globals", "name")

    def __init__(self, name: str, template: FunctionType) -> None:
        self.name = name
        self.code: CodeType = template.__code__
        self.globals = template.__globals__
        self.defaults = template.__defaults__
        closure = template.__closure__ or ()
        # A free variable of the run is named; any other keeps the template's cell.
        self.cells: tuple[Any, ...] = tuple(
            free if free in ("run", "fuel", "alloc", "deepest") else cell
            for free, cell in zip(self.code.co_freevars, closure, strict=True)
        )

    def make(self, cells: dict[str, CellType]) -> FunctionType:
        """The function over a run's cells."""
        closure = tuple([cells[cell] if cell.__class__ is str else cell for cell in self.cells])
        return FunctionType(self.code, self.globals, self.name, self.defaults, closure)

    def with_code(self, code: CodeType) -> Recipe:
        """The same recipe with another code object."""
        made = copy(self)
        made.code = code
        return made


def _register() -> dict[str, dict[str, Recipe | LuaValue]]:
    libraries: dict[str, dict[str, Recipe | LuaValue]] = {}
    modules: dict[str, Any] = {
        "": base,
        "string": string,
        "table": table,
        "math": math,
        "os": os,
        "bit": bit,
        "coroutine": coroutine,
        "debug": debug,
        "package": package,
    }
    for library, module in modules.items():
        members = libraries[library] = {}
        for name, member in module.library(None, 0, 0).items():
            if isinstance(member, FunctionType):
                path = f"{library}.{name}" if library else name
                if path not in costs.LIBRARY:
                    raise LookupError(f"no price for library function {path}")
                LIBRARY_CODES.add(member.__code__)
                members[name] = Recipe(name, member)
            else:
                members[name] = member
    for (library, name), (origin, original) in ALIASES.items():
        libraries[library][name] = libraries[origin][original]
    return libraries


LIBRARIES: Final = _register()
"""Recipes and constants by library and name; the base library is ""."""


def _inert() -> dict[str, Recipe]:
    functions = io.library(None, 0, 0)  # type: ignore[arg-type]  # as for the others: a run's cells come later
    LIBRARY_CODES.update(function.__code__ for function in functions.values())
    return {name: Recipe(name.rpartition(":")[2], function) for name, function in functions.items()}


INERT_IO: Final = _inert()
"""The functions of ``io`` where it is there, and its files' methods as ``file:NAME``."""
