"""The standard library as a whole: what exists, what is left out, what a program can be promised.

Input: the factories in stdlib and a program's use of its globals. Output: recipes from which a run makes the
functions that it needs (building all of them took 93 µs a run), and a Seal: the library functions that this
program has no way to replace, which the compiler then binds directly.
Refuses to register a function that the cost table does not price.
"""

from __future__ import annotations

from copy import copy
from types import CellType, CodeType, FunctionType
from typing import Any, Final

from . import costs
from .levels import LEVEL_1, Level
from .scope import Resolution
from .stdlib import base, bit, coroutine, math, os, string, table
from .tracebacks import LIBRARY_CODES
from .values import LONG_STRING, LuaValue

LEFT_OUT: Final[dict[str, tuple[str, ...]]] = {
    "load": (),
    "loadstring": (),
    "loadfile": (),
    "dofile": (),
    "setfenv": (),
    "getfenv": (),
    "newproxy": (),
    "gcinfo": (),
    "module": (),
    "io": (),
    "debug": (),
    "package": (),
    "string": ("dump",),
    "os": ("execute", "exit", "remove", "rename", "tmpname", "getenv", "setlocale"),
}
"""Names of Lua 5.1 that are nil here: globals with no fields are missing whole."""

RESULT_KINDS: Final[dict[tuple[str, str], str]] = {
    ("", "tostring"): "any",  # whatever a __tostring answers
    ("", "type"): "string",
    ("", "tonumber"): "any",
    ("", "rawget"): "any",
    ("", "rawequal"): "boolean",
    ("", "setmetatable"): "any",
    ("", "getmetatable"): "any",
    ("string", "char"): "string",
    ("string", "format"): "string",
    ("string", "len"): "number",
    ("string", "lower"): "string",
    ("string", "rep"): "string",
    ("string", "reverse"): "string",
    ("string", "sub"): "string",
    ("string", "upper"): "string",
    ("coroutine", "create"): "any",
    ("coroutine", "running"): "any",
    ("coroutine", "status"): "string",
    ("coroutine", "wrap"): "any",
    ("table", "concat"): "string",
    ("table", "getn"): "number",
    ("os", "clock"): "number",
    ("os", "difftime"): "number",
    **{
        ("math", name): "number"
        for name in (
            "abs acos asin atan atan2 ceil cos cosh deg exp floor fmod ldexp log log10 max min mod pow rad random "
            "sin sinh sqrt tan tanh"
        ).split()
    },
    **{("bit", name): "number" for name in "arshift band bnot bor bswap bxor lshift rol ror rshift tobit".split()},
}
"""Library functions that always answer exactly one value, and its kind."""


HOST_GLOBALS: Final = ("request", "backends")
"""Globals that the host sets."""

ALIASES: Final[dict[tuple[str, str], tuple[str, str]]] = {
    ("", "unpack"): ("table", "unpack"),
    ("string", "gfind"): ("string", "gmatch"),
    ("math", "mod"): ("math", "fmod"),
}
"""Members that are the same function as another one."""


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
            free if free in ("run", "fuel", "alloc") else cell
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


class Seal:
    """Which library members a program cannot replace, each with the free variable that holds it.

    A member is sealed if the program never assigns its global name, never uses its library's table other than
    by constant fields, and has no other way to the globals table (``_G``) or to the string
    metatable (getmetatable).
    """

    def __init__(self, resolution: Resolution, level: Level = LEVEL_1) -> None:
        self.binds = level.fixed_builtins
        use = resolution.globals
        open_libraries = set(use.whole) | set(use.writes)
        requires = {name for name, _ in resolution.requires}
        open_libraries |= requires & LIBRARIES.keys()
        self.dynamic = "_G" in use.reads or "_G" in use.writes
        if "getmetatable" in use.reads or "require" in use.writes:
            open_libraries.add("string")
        if "require" in use.whole and len(resolution.requires) < resolution.require_uses:
            self.dynamic = True  # a computed name may ask for any library
        self.open = open_libraries
        self.strings_open = self.dynamic or ("string" in open_libraries and "getmetatable" in use.reads)
        self.writes = set(use.writes)
        taken = {*HOST_GLOBALS, *LIBRARIES[""], *LIBRARIES, *LEFT_OUT}
        own = (
            ()
            if self.dynamic or not level.global_cells
            else (name for name in use.writes if name not in taken and name in use.reads and len(name) < LONG_STRING)
        )
        self.mirrors = {name: f"g{number}" for number, name in enumerate(own)}
        """The script's own globals, each with the free variable that always has its value."""
        self.slots: dict[tuple[str, str], str] = {}
        self.paths: dict[str, tuple[str, str]] = {}

    def function(self, name: str) -> str | None:
        """The free variable of a base function, or None."""
        if not self.binds or self.dynamic or name in self.writes or name not in LIBRARIES[""] or name == "_G":
            return None
        return self.slot("", name)

    def field(self, library: str, name: str) -> str | None:
        """The free variable of ``library.name``, or None."""
        if (
            not self.binds
            or self.dynamic
            or library in self.open
            or name not in LIBRARIES.get(library, ())
            or not library
        ):
            return None
        return self.slot(library, name)

    def method(self, name: str) -> str | None:
        """The free variable of a string method, or None."""
        return self.field("string", name)

    def slot(self, library: str, name: str) -> str:
        """The free variable of a member, numbered at its first use."""
        path = (library, name)
        slot = self.slots.get(path)
        if slot is None:
            slot = self.slots[path] = f"l{len(self.slots)}"
            self.paths[slot] = path
        return slot

    def path(self, slot: str) -> tuple[str, str]:
        """The library and name behind a free variable."""
        return self.paths[slot]
