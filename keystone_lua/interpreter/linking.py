"""Linking: a script and the modules that it requires, found, parsed and weighed.

Input: sources by name. Output: a Linked program, ready to be compiled. Raises LuaSyntaxError for a
module that is missing or too much for the compiler.
"""

from __future__ import annotations

import gc
import hashlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from .analysis.compile_cost import weigh, weigh_names
from .analysis.scope import Resolution, resolve
from .errors import LuaSyntaxError
from .limits import DEFAULT, MAX_WEIGHT
from .modules import catalogue
from .signatures import TABLES
from .syntax import nodes
from .syntax.parser import parse

COMPILE_RECURSION: Final = 20_000
"""Python frames for the compiler's own recursion over at most 220 nested levels."""


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
            if module not in modules and module in catalogue.FILES:
                catalogue.members(catalogue.FILES[module])  # imported while nobody waits for a decision
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
