"""Program: what compiling makes and every run shares.

Immutable, and holds no Lua value; idle runs wait here for the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from ..levels import LEVEL_1, Level
from ..limits import DEFAULT
from ..runtime.context import RunContext
from ..runtime.values import LuaValue
from ..sites import Accounts, Site
from ..stdlib.registry import Recipe


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """A compiled script. ``hash`` is the SHA-256 of its source and its modules, in order of linking."""

    name: str
    hash: str
    main: CodeType
    modules: Mapping[str, CodeType]
    """The chunks that ``require`` runs, by its argument."""
    namespace: dict[str, Any]
    fixed: tuple[tuple[str, tuple[str, str], Recipe | LuaValue], ...]
    base_names: tuple[str, ...]
    library_names: tuple[str, ...]
    dynamic: bool
    global_cells: Mapping[str, str]
    """The script's own globals by name, each with the free variable that has its value."""
    sites: tuple[Site, ...] = field(repr=False)
    source: bytes = field(repr=False)
    sources: Mapping[str, bytes] = field(repr=False)
    """The linked modules' sources by the names of their files, in the order of the hash."""
    broken: Mapping[str, str] = field(repr=False)
    """Modules that do not compile, by the names that ``require`` knows, and what it says of them."""
    sought: frozenset[str] = field(repr=False)
    """Names that literals have and no file: with any of them it would be another program."""
    parts: frozenset[str] = field(default=frozenset(), repr=False)
    """What could make other names together, where it computes some: see joined_names."""
    hosted: bool = False
    """Whether it was compiled for a host that sets its globals or calls them."""
    limit: int = DEFAULT.source
    """Bytes of one source file, by which it may be compiled again."""
    late_twins: int = 0
    """Units of compile cost of its functions' twins, if they are made when a run has its first coroutine."""
    own: frozenset[str] = field(default=frozenset(), repr=False)
    """Of a program that was not: the globals that only the script itself may set or call."""
    constant: bool = False
    """Whether every run starts by doing the same (see analysis.constant_startup)."""
    idle_runs: list[RunContext] = field(default_factory=list, repr=False)
    """Emptied runs, to be used again: cells, library functions, and what a constant start-up has made."""
    for_hosts: list[Program] = field(default_factory=list, repr=False)
    """The same sources, hosted, once a host has set or called one of ``own``."""
    accounts: Accounts | None = field(default=None, repr=False)
    """Of a program that was compiled for the profile recorder: who pays what."""
    level: Level = LEVEL_1
    makers: tuple[Program, ...] = field(default=(), repr=False)
    """Programs that make the constants, one for each chunk that has any."""
    constants: tuple[LuaValue, ...] = field(default=(), repr=False)
    """What they have made: frozen values, shared by all runs."""
    constant_bytes: int = 0
    """What making them was charged."""
    facts: dict[str, bool] = field(default_factory=dict, repr=False)
    """What the floors above have found out about its code, and would ask for each run."""

    def __repr__(self) -> str:
        return f"<Program {self.name!r}, {1 + len(self.sources)} files, {self.hash[:12]}>".replace("1 files", "1 file")
