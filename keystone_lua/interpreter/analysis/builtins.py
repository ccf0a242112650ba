"""Fixed builtins: the library functions that a program has no way to replace, which its code may bind directly.

Input: how a program uses its globals. Output: a FixedBuiltins.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..levels import LEVEL_1, Level
from ..runtime.values import LONG_STRING
from ..signatures import HOST_GLOBALS, LEFT_OUT, SWITCHED
from ..stdlib.registry import LIBRARIES
from ..syntax import nodes
from .scope import Resolution, Variable
from .uses import Globals


def computes_names(resolution: Resolution) -> bool:
    """Whether ``require`` may be called with other names than the literal ones."""
    hidden = "pcall" in resolution.globals.writes
    known = sum(not (hidden and require.protected) for require in resolution.requires)
    return known < resolution.require_uses


def _shows_libraries(use: Globals, requires: set[str]) -> bool:
    """Whether the script may get at ``package.loaded``, which has every library and the globals."""
    return (
        "package" in use.whole
        or "package" in use.writes
        or "package" in requires
        or "loaded" in use.fields.get("package", ())
    )


class FixedBuiltins:
    """Which library members a program cannot replace, each with the free variable that holds it.

    A member is fixed if the program never assigns its global name, never uses its library's table other than
    by constant fields, and has no other way to the globals table (``_G``) or to the string
    metatable (getmetatable).
    """

    def __init__(
        self, resolution: Resolution, level: Level = LEVEL_1, hosted: bool = False, alone: bool = False
    ) -> None:
        """``hosted``: somebody else may set the program's globals before it runs, and call them after."""
        self.hosted = hosted
        self.binds = level.fixed_builtins
        use = resolution.globals
        open_libraries = set(use.whole) | set(use.writes)
        requires = {require.name for require in resolution.requires}
        open_libraries |= requires & LIBRARIES.keys()
        self.dynamic = alone or not use.reads.isdisjoint(("_G", *SWITCHED)) or "_G" in use.writes
        """Whether there are other ways to the globals than their names. ``alone``: others have them too."""
        if "getmetatable" in use.reads or "require" in use.writes:
            open_libraries.add("string")
        if computes_names(resolution) or "_G" in requires or _shows_libraries(use, requires):
            self.dynamic = True
        self.open = open_libraries
        self.strings_open = self.dynamic or ("string" in open_libraries and "getmetatable" in use.reads)
        self.writes = set(use.writes)
        taken = {*HOST_GLOBALS, *LIBRARIES[""], *LIBRARIES, *LEFT_OUT}
        own = (
            ()
            if self.dynamic or hosted or not level.global_cells
            else (name for name in use.writes if name not in taken and name in use.reads and len(name) < LONG_STRING)
        )
        self.global_cells = {name: f"g{number}" for number, name in enumerate(own)}
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

    def slot_of(self, node: nodes.Expression, variables: Mapping[Any, Variable]) -> str | None:
        """The free variable of the member that an expression names, or None; ``variables``: what is none of them."""
        if isinstance(node, nodes.Name):
            return self.function(node.name) if node not in variables else None
        if not isinstance(node, nodes.Index) or not isinstance(node.key, nodes.String):
            return None
        library = node.object
        if not isinstance(library, nodes.Name) or library in variables:
            return None
        return self.field(library.name, node.key.value)

    def library_path(self, node: nodes.Expression, variables: Mapping[Any, Variable]) -> tuple[str, str] | None:
        """The library and name of that member."""
        slot = self.slot_of(node, variables)
        return self.paths[slot] if slot is not None else None

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
