"""Linking: finds and parses a script and the modules that it requires, and checks that the compiler can take them.

Input: sources by name. Output: a Linked program, ready to be compiled. Raises LuaSyntaxError for what is too much for
the compiler, and for a module that is missing, broken or requires itself, if a run surely requires it.

Modules are those that a literal names: in a call of ``require``, or in ``pcall(require, "name")``. In a program that
calls ``require`` with computed names, any literal may name one, whole, by its halves (``"folder." .. name``), or by
what follows the name of a linked module or of its folder: ``require((...) .. ".part")``. A module whose file is bad
fails where a run requires it, and so does one that no run surely requires and that is too much for the compiler.
"""

from __future__ import annotations

import gc
import hashlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Final

from .analysis.builtins import computes_names
from .analysis.certain import certain_calls
from .analysis.compile_cost import MODULE, cost_of, cost_of_names
from .analysis.constants import NAME as CONSTANT
from .analysis.constants import taken_out
from .analysis.scope import Resolution, resolve
from .analysis.uses import Globals, Require
from .errors import LuaSyntaxError
from .execution.program import Program
from .joined_names import NAME, Joints, beginnings, by_part, file_of, is_odd, joints
from .limits import DEFAULT, MAX_COMPILE_COST, allowed
from .modules import catalogue
from .signatures import INERT, TABLES, instead_of
from .syntax import nodes
from .syntax.parser import parse

COMPILE_RECURSION: Final = 20_000
"""Python frames for the compiler's own recursion over at most 220 nested levels."""

BROKEN: Final = 8
"""Bytes of a module that does not compile, of which one unit is counted: the parser may have read it to its end."""

MOST_NAME: Final = 100
MOST_NAMES: Final = 500
"""Characters of a name, and modules, that are compared for what a misspelt name may mean."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A literal name that no file has; ``chunk`` and ``line`` say who requires it."""

    name: str
    chunk: str
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Linked:
    """A script and the modules that it requires, parsed and resolved: ``chunks`` begins with the script's."""

    chunks: list[nodes.Chunk]
    resolution: Resolution
    texts: list[bytes]
    """The sources of the chunks."""
    modules: Mapping[str, bytes]
    """The files of the modules by name, in the order of linking; one that does not compile has no chunk."""
    names: Mapping[str, nodes.Chunk]
    """What ``require`` finds, by the names that it is called with."""
    broken: Mapping[str, str]
    """Modules that do not compile, by the names that it is called with, and what it says then."""
    sought: frozenset[str]
    """Names that literals have and no file: any of them would make another program."""
    parts: frozenset[str]
    """What could make names of modules together, if the program computes any: see joined_names."""
    missing: tuple[Missing, ...]
    makers: tuple[Linked, ...]
    """What makes the constants, see analysis.constants."""
    compile_cost: int
    limit: int
    """Bytes of one source file."""

    def hash(self) -> str:
        """The SHA-256 of the script and its modules."""
        digest = hashlib.sha256(self.texts[0])
        for module, source in self.modules.items():
            digest.update(b"\0" + module.encode() + b"\0" + source)
        return digest.hexdigest()


def link_program(
    source: bytes,
    name: str,
    modules: Mapping[str, bytes] = MappingProxyType({}),
    limit: int = DEFAULT.source,
    whole: bool = False,
) -> Linked:
    """What ``compile_program`` compiles. Raises LuaSyntaxError.

    ``whole``: for somebody who looks at the source, not for the compiler; calls of ``constant`` stay as they stand.
    """
    with _room():
        try:
            linker = _linker(source, name, modules, limit, whole)
        except TooMuch:
            if not modules:
                raise
            linker = _linker(source, name, modules, limit, whole, spares=True)
        resolution = linker.resolution
        return Linked(
            chunks=linker.chunks,
            resolution=resolution,
            texts=linker.texts,
            modules=MappingProxyType({file: modules[file] for file in linker.files}),
            names=MappingProxyType(linker.names),
            broken=MappingProxyType(linker.broken),
            sought=frozenset(linker.sought),
            parts=frozenset(filter(NAME.fullmatch, linker.parts)),
            missing=tuple(linker.missing),
            makers=tuple(linker.makers),
            compile_cost=resolution.compile_cost,
            limit=limit,
        )


def links_otherwise(program: Program, modules: Mapping[str, bytes]) -> bool:
    """Whether files beside those that a program has would make it another one: names of theirs are in its text."""
    if not modules.keys().isdisjoint(program.sought):
        return True
    others = modules.keys() - program.sources.keys() if program.parts else ()
    return any(program.parts.issuperset(parts) for file in others for _, parts in joints(file))


def _linker(
    source: bytes, name: str, modules: Mapping[str, bytes], limit: int, whole: bool, spares: bool = False
) -> _Linker:
    linker = _Linker(modules, limit, whole, spares)
    linker.link(source, name)
    if linker.makers and CONSTANT in linker.resolution.globals.writes:
        linker = _Linker(modules, limit, whole, spares, has_constants=False)  # one of the files has its own
        linker.link(source, name)
    linker.refuse()
    resolution = linker.resolution
    _check_compile_cost(name, resolution.compile_cost + cost_of_names(resolution), linker.most)
    return linker


def _linked_alone(chunk: nodes.Chunk, source: bytes, limit: int) -> Linked:
    """A chunk that makes constants: what it requires is the library's."""
    resolution = Resolution()
    resolution.compile_cost = cost_of(chunk, resolution.extents)
    resolve(chunk, resolution, [0])
    most = allowed(MAX_COMPILE_COST, limit)
    _check_compile_cost(chunk.name, resolution.compile_cost + cost_of_names(resolution), most)
    return Linked(
        chunks=[chunk],
        resolution=resolution,
        texts=[source],
        modules=MappingProxyType({}),
        names=MappingProxyType({}),
        broken=MappingProxyType({}),
        sought=frozenset(),
        parts=frozenset(),
        missing=(),
        makers=(),
        compile_cost=resolution.compile_cost,
        limit=limit,
    )


class _Linker:
    """The files that have been looked at, in order, and what became of them."""

    def __init__(
        self, modules: Mapping[str, bytes], limit: int, whole: bool, spares: bool, has_constants: bool = True
    ) -> None:
        """``spares``: what surely runs is linked first, and of the rest what fits into half of the room."""
        self.modules = modules
        self.whole = whole
        self.spares = spares
        self.has_constants = has_constants
        self.limit = limit
        self.most = allowed(MAX_COMPILE_COST, limit)
        self.resolution = Resolution()
        self.counter = [0]
        self.constants = 0
        self.makers: list[Linked] = []
        self.chunks: list[nodes.Chunk] = []
        self.texts: list[bytes] = []
        self.requires: dict[nodes.Chunk, list[Require]] = {}
        self.files: dict[str, nodes.Chunk | LuaSyntaxError] = {}
        self.names: dict[str, nodes.Chunk] = {}
        self.broken: dict[str, str] = {}
        self.sought: set[str] = set()
        self.fresh: set[str] = set()
        """Parts of names that nobody has looked at: literals, and the names of what was linked."""
        self.parts: set[str] = set()
        """What names may be joined from, if the program computes any."""
        self.missing: list[Missing] = []
        self.refusals: dict[str, LuaSyntaxError] = {}
        """Of modules that are there and do not compile, by the names that they are required by."""
        self.circular = False
        """Whether any modules require each other, wherever it stands."""
        self.is_optional = False
        """Whether what is linked now may never be wanted: a literal has its name, or a module that is optional."""
        self.full: TooMuch | None = None
        """What did not fit: of what is optional nothing more is looked at."""

    def chunk(self, source: bytes, name: str) -> nodes.Chunk:
        """A chunk, parsed, measured and resolved: refused before its names are looked at, if it is too large."""
        chunk = parse(source, name, self.limit)
        own = Resolution()
        own.passed = self.resolution.passed
        own.compile_cost = cost_of(chunk, own.extents) + (MODULE if self.chunks else 0)
        self.check(name, self.resolution.compile_cost + own.compile_cost)
        whole = parse(source, name, self.limit) if self.whole and b"constant" in source else chunk
        maker, count = taken_out(whole, source, self.constants) if self.has_constants else (None, 0)
        if maker is not None:
            self.constants += count
            self.makers.append(_linked_alone(maker, source, self.limit))
            own.compile_cost += self.makers[-1].compile_cost
            self.check(name, self.resolution.compile_cost + own.compile_cost)
        resolve(chunk, own, self.counter)
        own.passed -= self.resolution.passed
        self.resolution.absorb(own)
        self.fresh |= own.texts
        self.requires[chunk] = own.requires
        self.chunks.append(chunk)
        self.texts.append(source)
        return chunk

    def check(self, name: str, compile_cost: int) -> None:
        """Raises TooMuch."""
        _check_compile_cost(name, compile_cost, self.most)
        if self.spares and self.is_optional:
            _check_compile_cost(name, compile_cost, self.most // 2)

    def link(self, source: bytes, name: str) -> None:
        """Link a script and what literals name, depth first, until there is nothing new."""
        self.chunk(source, name)
        if self.spares:
            self.required(self.chunks[0], sure=True)
            self.is_optional = True
            for chunk in self.chunks[:]:
                self.required(chunk)
        else:
            self.required(self.chunks[0])
            self.is_optional = True
        known: Joints = by_part(self.modules) if computes_names(self.resolution) else {}
        while computes_names(self.resolution) and (found := self.named(known)):
            for text in sorted(found):
                count = len(self.chunks)
                self.find(text)
                if len(self.chunks) > count:
                    self.required(self.chunks[-1])
        if _may_compute(self.resolution):
            self.sought |= catalogue.FILES.keys()
        catalogue.imported(self.sought)  # while nobody waits for a decision

    def named(self, known: Joints) -> set[str]:
        """Names of files that parts make, and nobody has looked for."""
        new = self.fresh - self.parts
        self.parts |= new
        self.fresh = set()
        found = {name for part in new for name, needed in known.get(part, ()) if self.parts.issuperset(needed)}
        found |= {part for part in new if is_odd(part) and NAME.fullmatch(part)}
        return found - self.names.keys() - self.refusals.keys() - set(TABLES)

    def required(self, first: nodes.Chunk, sure: bool = False) -> None:
        """Link what a chunk requires, and what that requires; or only what it ``sure``ly does."""
        wanted = self.certain if sure else lambda chunk: iter(self.requires[chunk])
        path = {first: wanted(first)}
        while path:
            chunk = next(reversed(path))
            require = next(path[chunk], None)
            if require is None:
                del path[chunk]
                continue
            name, count = require.name, len(self.chunks)
            if name in TABLES or name in self.refusals:
                continue
            if name in self.names:
                self.circular |= self.names[name] in path
            elif not self.find(name):
                self.missing += [Missing(name, chunk.name, require.line)] * (not sure)
            elif len(self.chunks) > count:
                path[self.chunks[-1]] = wanted(self.chunks[-1])

    def find(self, name: str) -> bool:
        """Link the module that a name means, unless it is the routing library's; False if there is none."""
        file = name if name in self.modules else file_of(name)
        if file not in self.modules:
            self.sought |= {name, file}
            file = f"{file}.init"
            if file not in self.modules:
                self.sought.add(file)
                return name in catalogue.FILES
        found = self.files.get(file)
        if found is None:
            found = self.files[file] = self.load(file)
        if isinstance(found, LuaSyntaxError):
            self.refusals[name] = found
            self.broken[name] = f"error loading module '{name}' from file '{_file_name(file)}':\n\t{found.message}"
        else:
            self.names[name] = found
            self.fresh.update(beginnings(name))
        return True

    def load(self, file: str) -> nodes.Chunk | LuaSyntaxError:
        """A module's chunk, or why it has none."""
        source = self.modules[file]
        if self.full is not None:
            return self.full
        try:
            return self.chunk(source, _file_name(file))
        except TooMuch as error:
            if not self.is_optional:
                raise
            self.full = error
            return error
        except LuaSyntaxError as error:
            self.resolution.compile_cost += MODULE + len(source) // BROKEN
            self.check(_file_name(file), self.resolution.compile_cost)
            return error

    # what surely runs

    def refuse(self) -> None:
        """Refuse a program that surely requires what it cannot have."""
        if not (self.refusals or self.missing or self.circular) or _may_find_more(self.resolution.globals):
            return
        main = self.chunks[0]
        done: set[nodes.Chunk] = set()
        path = {main: ("", self.certain(main))}
        while path:
            chunk = next(reversed(path))
            require = next(path[chunk][1], None)
            if require is None:
                done.add(chunk)
                del path[chunk]
                continue
            name = require.name
            if name in self.refusals:
                raise self.refusals[name]
            if name not in self.names:
                instead = f": {advice}" if (advice := instead_of(name) or self.like(name)) else ""
                message = f"{chunk.name}:{require.line}: module '{name}' not found in lib/{instead}"
                raise LuaSyntaxError(message, require.line)
            module = self.names[name]
            if module in path:
                names = [entry[0] for entry in path.values()][list(path).index(module) :]
                message = f"{chunk.name}:{require.line}: modules require each other: {' -> '.join([*names, name])}"
                raise LuaSyntaxError(message, require.line)
            if module not in done:
                path[module] = (name, self.certain(module))

    def like(self, name: str) -> str:
        """The module that a misspelt name may mean."""
        from difflib import get_close_matches  # here, since few programs need it

        close = get_close_matches(name[:MOST_NAME], [*islice(self.modules, MOST_NAMES), *catalogue.FILES], 1, 0.7)
        return f"did you mean '{close[0]}'?" if close else ""

    def certain(self, chunk: nodes.Chunk) -> Iterator[Require]:
        """What a chunk surely requires."""
        calls = certain_calls(chunk)
        for require in self.requires[chunk]:
            known = require.name in self.names or require.name in self.refusals
            if require.protected or require.call not in calls or require.name in (*TABLES, INERT):
                continue
            if known or require.name not in catalogue.FILES:
                yield require


class TooMuch(LuaSyntaxError):
    """A program is too large for the compiler."""


def _check_compile_cost(name: str, compile_cost: int, limit: int = MAX_COMPILE_COST) -> None:
    """Refuse what takes too long to compile."""
    if compile_cost > limit:
        message = f"chunk has too many operations ({compile_cost} units, limit is {limit})"
        raise TooMuch(f"{name}:1: {message}", 1)


def _may_find_more(use: Globals) -> bool:
    """Whether the script may change what ``require`` finds, or ``require`` itself."""
    fields = use.fields.get("_G", set())
    return (
        "require" in use.writes
        or "package" in use.writes
        or "package" in use.reads
        or "_G" in use.whole
        or "_G" in use.writes
        or not fields.isdisjoint({"require", "package"})
    )


def _may_compute(resolution: Resolution) -> bool:
    """Whether a run may require by a name that no literal has, or one in a text that it loads."""
    use = resolution.globals
    return computes_names(resolution) or "_G" in use.whole or not use.reads.isdisjoint({"load", "loadstring"})


def _file_name(module: str) -> str:
    return f"lib/{module.replace('.', '/')}.lua"


@contextmanager
def _room() -> Iterator[None]:
    """Room for the compiler's own recursion, and no cycle collection: a tree of nodes is no garbage, and 50,000
    statements take a third less time. The recursion limit is only ever raised (see execute.prepare)."""
    if sys.getrecursionlimit() < COMPILE_RECURSION:
        sys.setrecursionlimit(COMPILE_RECURSION)
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
