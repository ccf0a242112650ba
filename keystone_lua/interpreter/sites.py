"""Sites: what stands at a position of generated code, for errors and for the profiler.

Input: what the compiler notes while it makes code. Output: tables that tracebacks and the profile recorder read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

SITES: Final = "__sites__"


FUNCTIONS: Final = "__functions__"


class Site(NamedTuple):
    """One operation of the script: what Lua 5.1's getobjname knows about its operands."""

    chunk: str
    line: int
    names: tuple[str, ...] = ()
    """Descriptions of the operands such as "local 'x'"; "" where Lua has none."""
    notes: tuple[str, ...] = ()
    """For operands that this engine leaves out: a sentence that says so."""
    is_call: bool = False
    inlined: str = ""
    """The library function that is done in place here, as the cost table names it."""

    @property
    def position(self) -> str:
        """``name:line:``, chunk names shortened as luaO_chunkid does."""
        return f"{chunk_id(self.chunk)}:{self.line}:"


def chunk_id(name: str) -> str:
    """A chunk's display name, at most 59 characters (luaO_chunkid, LUA_IDSIZE)."""
    return name if len(name) < 60 else "..." + name[-52:]


SOURCE: Final = "__source__"
"""In the globals of a chunk that a run has loaded: its name as ``load`` was given it."""


def short_source(name: str, size: int = 60) -> str:
    """What stands for a chunk that is named as PUC names chunks, in ``size`` bytes with a NUL (luaO_chunkid)."""
    name = name.partition("\0")[0]
    if name[:1] == "=":
        return name[1:size]
    if name[:1] == "@":
        room = size - 8
        return name[1:] if len(name) - 1 <= room else "..." + name[-room:]
    line = name[: name.find("\n")] if "\n" in name else name
    line = line.partition("\r")[0][: size - 17]
    return f'[string "{line}..."]' if len(line) < len(name) else f'[string "{name}"]'


HITS: Final = "hits"
"""The cell in which an accounted program finds its run's list of counts, one for each site."""


@dataclass(frozen=True, slots=True)
class Share:
    """A segment's price by site, in the order of the operations; both sums are the segment's own."""

    instructions: Mapping[int, int]
    bytes: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Accounts:
    """``shares``: by the site of its charge, each segment's share. ``statements``: the sites of statements."""

    shares: Mapping[int, Share]
    statements: frozenset[int]
