"""A compiled program as bytes, and back, for another process or another start of the same engine.

In: a `Program`. Out: marshalled data without its sources. Back: from data and sources, a program that answers and
costs the same, in a hundredth of the time that compiling takes. A program that was compiled for profiling cannot be
packed.

Whoever provides the bytes can run code here, so they must be this engine's own: from a pipe of ours, or proved by a
keyed hash. Only the Python and the engine that made them can read them: `fingerprint` names both.
"""

from __future__ import annotations

import hashlib
import importlib.util
import marshal
import sys
from collections.abc import Mapping
from dataclasses import astuple
from pathlib import Path
from types import MappingProxyType
from typing import Final

from .costs import VERSION as COST_VERSION
from .execution.constants import made_by
from .execution.helpers import HELPERS
from .execution.program import Program
from .levels import Level
from .modules import catalogue
from .runtime.lines import LINES
from .sites import SITES, Site
from .stdlib.registry import LIBRARIES
from .version import ENGINE_VERSION

PLAIN: Final = (
    "name",
    "hash",
    "main",
    "base_names",
    "library_names",
    "dynamic",
    "constant",
    "sought",
    "parts",
    "hosted",
    "own",
    "late_twins",
    "limit",
)
"""Fields that are packed as they are, in this order."""

MADE_AGAIN: Final = (
    *("modules", "broken", "global_cells", "level", "namespace", "fixed", "sites"),
    *("source", "sources", "idle_runs", "for_hosts", "accounts", "makers", "constants", "constant_bytes", "facts"),
)
"""Fields that are not: of other types, or not part of what was compiled."""


def pack(program: Program) -> bytes:
    """A program without its sources. Raises `ValueError` for an accounted one."""
    if program.accounts is not None:
        raise ValueError("an accounted program is not packed")
    plain = (
        program.name,
        program.hash,
        program.main,
        program.base_names,
        program.library_names,
        program.dynamic,
        program.constant,
        program.sought,
        program.parts,
        program.hosted,
        program.own,
        program.late_twins,
        program.limit,
    )
    own = {
        name: value for name, value in program.namespace.items() if name not in HELPERS and name not in (SITES, LINES)
    }
    return marshal.dumps(
        (
            plain,
            tuple(program.modules.items()),
            tuple(program.broken.items()),
            tuple(program.sources),
            tuple(program.global_cells.items()),
            astuple(program.level),
            own,
            tuple((slot, path) for slot, path, _ in program.fixed),
            tuple(map(tuple, program.sites)),
            tuple((pack(maker), maker.source) for maker in program.makers),
        )
    )


def unpack(data: bytes, source: bytes, modules: Mapping[str, bytes]) -> Program:
    """The program that was packed, of these sources: ``modules`` has those that it links, and may have others.

    Raises whatever data that `pack` has not made leads to.
    """
    plain, codes, broken, files, global_cells, level, own, fixed, rows, packed = marshal.loads(data)
    sites = tuple(map(Site._make, rows))
    catalogue.imported(dict(zip(PLAIN, plain, strict=True))["sought"])
    makers = tuple([unpack(maker, text, {}) for maker, text in packed])
    constants = made_by(makers)
    return Program(
        **dict(zip(PLAIN, plain, strict=True)),
        modules=MappingProxyType(dict(codes)),
        broken=MappingProxyType(dict(broken)),
        global_cells=MappingProxyType(dict(global_cells)),
        level=Level(*level),
        namespace={**HELPERS, **own, SITES: sites},
        fixed=tuple((slot, path, LIBRARIES[path[0]][path[1]]) for slot, path in fixed),
        sites=sites,
        makers=makers,
        constants=constants.values,
        constant_bytes=constants.size,
        source=source,
        sources=MappingProxyType({file: modules[file] for file in files}),
    )


def fingerprint() -> str:
    """What packed programs depend on besides their sources: this Python, this engine to the byte, its prices."""
    digest = hashlib.sha256()
    for part in (sys.version, sys.implementation.cache_tag or "", ENGINE_VERSION, COST_VERSION):
        digest.update(part.encode() + b"\0")
    digest.update(importlib.util.MAGIC_NUMBER)
    for file in sorted(Path(__file__).parent.rglob("*")):
        if file.suffix in (".py", ".lark"):
            digest.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
