"""The tenants' scripts: a folder of Lua files, compiled.

In: a scripts folder, read whole as a `Folder`. Out: a `Snapshot`, replaced as a whole by `ScriptStore.load`. Files
are refused one by one, each with a message that names it. A bad file never keeps a good one from loading, and a
tenant whose file has become bad keeps its last good version.

A tenant is the stem of a ``.lua`` file, sub-folders included. ``lib/`` holds shared modules, ``tests/``
scripts' tests, and names that begin with a dot are skipped. A mounted ConfigMap is read as one version (see `tree`).
Tenant names from requests are looked up in a dict and never become paths.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from ..interpreter import Limits, LuaSyntaxError, Program, compile_program
from ..interpreter.execution.run import Run
from ..interpreter.linking import links_otherwise
from ..interpreter.packing import pack, unpack
from ..interpreter.text import from_text, to_text
from ..untrusted.files import FileError, read_regular
from .decision import ENTRY_POINT
from .folder_versions import next_of
from .program_cache import ProgramCache
from .scripts_folder import (
    LIBRARY,
    LINKED,
    SUFFIX,
    Folder,
    _BadFile,
    _module,
    _modules,
    _not_utf8,
    _printable,
    _steady,
    read_folder,
)
from .tree import Tree

logger = logging.getLogger("keystone.store")


@dataclass(frozen=True, slots=True)
class Source:
    """What a program was made of: enough to compile it again, in another process."""

    name: str
    source: bytes
    modules: Mapping[str, bytes]
    limit: int
    """Bytes of one source file."""


MOST_CONSTANTS: Final = 512 << 20
"""Bytes that making the constants of all scripts in force may be charged: they stay, and each process has them."""

VERSION_DIGITS: Final = 16
"""Of a version's SHA-256, in hexadecimal."""

Check = Callable[[str, Source], list[dict[str, Any]]]
"""A tenant's findings as JSON has them: file, line, column, rule, severity and message of each."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every script in force at one moment."""

    programs: Mapping[str, Program] = field(default_factory=lambda: MappingProxyType({}))
    """Tenant to its program."""

    sources: Mapping[str, Source] = field(default_factory=lambda: MappingProxyType({}))
    """Tenant to what its program was made of."""

    never_compiled: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Tenant whose script has no good version to what is wrong with it."""

    errors: tuple[str, ...] = ()
    """What was wrong at the load, one line a file: ``canary.lua:3: unexpected symbol near '='``."""

    loaded_at: float = 0.0
    """Unix time of the load."""

    @property
    def version(self) -> str:
        """A name for all that is in force, by content: "" of nothing."""
        if not self.programs:
            return ""
        listed = "".join(f"{tenant}\0{self.programs[tenant].hash}\0" for tenant in sorted(self.programs))
        return hashlib.sha256(listed.encode("utf-8", "surrogatepass")).hexdigest()[:VERSION_DIGITS]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A program with the sources it was made of, to know when it can be kept."""

    program: Program
    source: Source

    def made_of(self, name: str, source: bytes, modules: Mapping[str, bytes]) -> bool:
        made = self.source
        return (
            made.name == name
            and made.source == source
            and all(modules.get(module) == text for module, text in made.modules.items())
            and not links_otherwise(self.program, modules)
        )


Handed = tuple[
    list[tuple[str, str, bytes, tuple[str, ...], bytes]],
    dict[str, bytes],
    list[str],
    list[str],
    dict[str, str],
    list[str],
    float,
]
"""What a load came to, for another process: programs that are new, as tenant, name, source, modules' names and the
packed program; the modules' sources; tenants that keep their program; tenants that have that of the store beside;
`Snapshot.never_compiled`, ``errors``, ``loaded_at``."""


def _nothing() -> None:
    pass


class ScriptStore:
    """The scripts in force. ``current`` is replaced in one assignment; a reader takes it once per request."""

    def __init__(
        self,
        folder: Path,
        source_limit: int = Limits().source,
        check: Check | None = None,
        cache: ProgramCache | None = None,
    ) -> None:
        """``source_limit`` is in bytes of one file; ``check`` finds what looks wrong in a script that compiles."""
        self._cache = cache
        self.folder = folder
        self.source_limit = source_limit
        self.check = check
        self.current = Snapshot()
        self.beside: ScriptStore | None = None
        """Another store, from which a script is taken that is the same there: not compiled again, nor held twice."""
        self._compiled: dict[str, _Compiled] = {}
        self._lock = threading.Lock()

    def reload(self) -> Snapshot:
        """Read the folder, then `load` it. Raises `ScriptsFolderError`; what was in force then stays."""
        return self.load(read_folder(self.folder, self.source_limit))

    def load(self, folder: Folder, between: Callable[[], None] = _nothing) -> Snapshot:
        """Put what is good in ``folder`` in force; return it. Safe to call from any thread.

        Unchanged scripts are not compiled again. ``between`` is called after each.
        """
        with self._lock:
            self._put_in_force(*self._load(folder, between))
            if self._cache is not None:
                self._cache.tidy()
            return self.current

    def forget(self) -> None:
        """Have nothing in force."""
        with self._lock:
            self._put_in_force({}, Snapshot())

    def try_out(self, folder: Folder) -> Snapshot:
        """Return what `load` would put in force, and change nothing."""
        with self._lock:
            return self._load(folder, _nothing)[1]

    def hand_over(self, before: Snapshot, beside: Snapshot | None = None) -> Handed:
        """What the scripts in force have that ``before`` had not, for a store in another process to `adopt`.

        ``beside`` is what the store beside that one has in force then.
        """
        now = self.current
        others = beside.programs if beside is not None else {}
        modules: dict[str, bytes] = {}
        new, kept, shared = [], [], []
        for tenant, program in now.programs.items():
            if before.programs.get(tenant) is program:
                kept.append(tenant)
            elif others.get(tenant) is program:
                shared.append(tenant)
            else:
                source = now.sources[tenant]
                modules.update(source.modules)  # as they are now, in every program that is new
                new.append((tenant, source.name, source.source, tuple(source.modules), pack(program)))
        return new, modules, kept, shared, dict(now.never_compiled), list(now.errors), now.loaded_at

    def adopt(self, handed: Handed) -> Snapshot:
        """Put in force what another process has compiled, which must be trusted. Raises `KeyError` without what is
        ``kept`` or shared."""
        new, modules, kept, shared, never_compiled, errors, loaded_at = handed
        with self._lock:
            compiled = {tenant: self._compiled[tenant] for tenant in kept}
            for tenant in shared:
                compiled[tenant] = self._of_beside(tenant)
            for tenant, name, source, names, packed in new:
                linked = MappingProxyType({module: modules[module] for module in names})
                program = unpack(packed, source, linked)
                compiled[tenant] = _Compiled(program, Source(name, source, linked, self.source_limit))
            compiled = dict(sorted(compiled.items()))
            self._put_in_force(compiled, _snapshot(compiled, never_compiled, errors, loaded_at))
            return self.current

    def _put_in_force(self, compiled: dict[str, _Compiled], snapshot: Snapshot) -> None:
        before, self._compiled, self.current = self._compiled, compiled, snapshot
        for tenant, entry in before.items():
            if tenant not in compiled or compiled[tenant].program is not entry.program:
                Run.forget_idle(entry.program)

    def side_by_side(self) -> ScriptStore:
        """Return another store, of the next version, that takes from this one what is the same, and the other way."""
        other = ScriptStore(next_of(self.folder), self.source_limit, self.check, self._cache)
        self.beside, other.beside = other, self
        return other

    def _of_beside(self, tenant: str) -> _Compiled:
        if self.beside is None:
            raise KeyError(tenant)
        return self.beside._compiled[tenant]

    def _load(self, folder: Folder, between: Callable[[], None]) -> tuple[dict[str, _Compiled], Snapshot]:
        errors = dict.fromkeys(folder.errors)  # as an ordered set: one broken module troubles many scripts
        compiled: dict[str, _Compiled] = {}
        never_compiled: dict[str, str] = {}
        tenants = _by_tenant([*folder.scripts, *folder.unreadable])
        constants = _Constants([entry.program for tenant, _ in tenants if (entry := self._compiled.get(tenant))])
        for tenant, files in tenants:
            try:
                entry = self._compile(tenant, files, folder)
                before = self._compiled.get(tenant)
                constants.replace(entry, before.program if before is not None else None)
                compiled[tenant] = entry
            except (_BadFile, LuaSyntaxError) as error:
                message = _one_line(error)
                errors[message] = None
                if tenant in self._compiled:
                    compiled[tenant] = self._compiled[tenant]
                else:
                    never_compiled[tenant] = message
            between()
        errors.update(dict.fromkeys(self._errors_in_unused_modules(folder.modules, compiled)))
        return compiled, _snapshot(compiled, never_compiled, errors, time.time())

    def _compile(self, tenant: str, files: list[str], folder: Folder) -> _Compiled:
        if len(files) > 1:
            raise _BadFile(f"{', '.join(files)}: several files for one tenant, {tenant!r}")
        name = files[0]
        if name in folder.unreadable:
            raise _BadFile(f"{name}: {folder.unreadable[name]}")
        source, modules = folder.scripts[name], folder.modules
        for store in (self, self.beside):
            kept = store._compiled.get(tenant) if store is not None else None
            if kept is not None and kept.made_of(name, source, modules):
                return kept
        program = self._program(source, name, modules)
        if why := without_entry_point(program):
            raise _BadFile(f"{name}: {why}")
        return _Compiled(program, Source(name, source, program.sources, self.source_limit))

    def _program(self, source: bytes, name: str, modules: Mapping[str, bytes]) -> Program:
        if self._cache is None:
            return _compile_program(source, name, modules, self.source_limit)
        program = self._cache.get(from_text(name), source, modules)
        if program is None:
            program = _compile_program(source, name, modules, self.source_limit)
            self._cache.put(program)
        return program

    def _errors_in_unused_modules(
        self, modules: Mapping[str, bytes], compiled: Mapping[str, _Compiled]
    ) -> Iterator[str]:
        """A module that no script links must be good too, or nobody would hear of its mistakes until one does."""
        used = {module for entry in compiled.values() for module in entry.source.modules}
        for module in sorted(modules.keys() - used):
            name = f"{LIBRARY}/{to_text(module).replace('.', '/')}{SUFFIX}"
            try:
                self._program(modules[module], name, modules)
            except (_BadFile, LuaSyntaxError) as error:
                yield _one_line(error)


MOST_NAMES: Final = 200
"""Functions that a misspelt name is looked for among."""

_FUNCTION: Final = re.compile(
    rb"\bfunction[ \t]+([A-Za-z_]\w{0,60})[ \t]*\(|^([A-Za-z_]\w{0,60})[ \t]*=[ \t]*function\b", re.MULTILINE
)


class _Constants:
    """The bytes of all scripts' constants. What is in force goes before what is new."""

    def __init__(self, programs: Iterable[Program]) -> None:
        self._size = sum(program.constant_bytes for program in programs)

    def replace(self, entry: _Compiled, before: Program | None) -> None:
        """Count a script's next program in place of the one before. Raises `_BadFile` where there is no room for it."""
        size = self._size + entry.program.constant_bytes - (before.constant_bytes if before is not None else 0)
        if size > max(MOST_CONSTANTS, self._size):
            mib = MOST_CONSTANTS >> 20
            raise _BadFile(f"{entry.source.name}: with its constants those of all scripts take more than {mib} MiB")
        self._size = size


def without_entry_point(program: Program) -> str | None:
    """Why each request would fail: neither script nor modules have the name, nor another way to a global."""
    name = ENTRY_POINT.encode()
    if program.dynamic or any(name in text for text in (program.source, *program.sources.values())):
        return None
    from difflib import get_close_matches  # here, since few commands need it

    found = islice(_FUNCTION.finditer(program.source), MOST_NAMES)
    close = get_close_matches(ENTRY_POINT, [(one[1] or one[2]).decode() for one in found], 1, 0.6)
    return f"{ENTRY_POINT} is not defined{f': is {close[0]} meant to be it?' if close else ''}"


def _snapshot(
    compiled: Mapping[str, _Compiled], never_compiled: Mapping[str, str], errors: Iterable[str], loaded_at: float
) -> Snapshot:
    return Snapshot(
        programs=MappingProxyType({tenant: entry.program for tenant, entry in compiled.items()}),
        sources=MappingProxyType({tenant: entry.source for tenant, entry in compiled.items()}),
        never_compiled=MappingProxyType(dict(never_compiled)),
        errors=tuple(errors),
        loaded_at=loaded_at,
    )


def _by_tenant(names: Iterable[str]) -> list[tuple[str, list[str]]]:
    tenants: dict[str, list[str]] = {}
    for name in names:
        tenants.setdefault(Path(name).stem, []).append(name)
    return sorted((tenant, sorted(files)) for tenant, files in tenants.items())


def read_script(file: Path, limit: int = Limits().source) -> tuple[bytes, Mapping[str, bytes]]:
    """A script, and the modules beside it of the same version. Raises `OSError`, `ScriptsFolderError`."""

    def read(tree: Tree) -> tuple[bytes, Mapping[str, bytes]]:
        found: os.DirEntry[str] | None = None
        with contextlib.suppress(OSError):  # a folder may be entered and not listed
            found = tree.entries(tree.root).get(file.name)
        return read_regular(found.path if found is not None else file), _modules(tree, limit)

    return _steady(file.parent, read)


def read_all(folder: Path, wanted: Callable[[str], bool]) -> tuple[dict[str, bytes], dict[str, str]]:
    """Every file below ``folder`` whose relative name is ``wanted``, of one version, and what is called so and can be
    none, with the reason. Raises `OSError`."""

    def read(tree: Tree) -> tuple[dict[str, bytes], dict[str, str]]:
        made: dict[str, bytes] = {}
        odd: dict[str, str] = {}

        def complain(name: str, error: OSError | None) -> None:
            if error is not None and not name:
                raise error
            odd[name] = f"cannot be listed: {error.strerror}" if error is not None else LINKED

        for name, entry in tree.files(lambda _name: False, complain):
            if not wanted(name):
                continue
            try:
                if not entry.name.isprintable():
                    raise FileError("the file name is no printable UTF-8")
                made[name] = read_regular(entry.path)
            except FileError as error:
                odd[name] = str(error)
        return made, odd

    return _steady(folder, read)


def modules_in(files: Mapping[str, bytes], limit: int = Limits().source) -> dict[str, bytes]:
    """Of a scripts folder's files by relative name, the good shared modules, by ``require``'s names."""
    names = (name for name in files if name.startswith(f"{LIBRARY}/") and name.endswith(SUFFIX) and name.isprintable())
    good = ((name, files[name]) for name in names if len(files[name]) <= limit and _not_utf8(files[name]) is None)
    return {_module(name): source for name, source in good}


def _compile_program(source: bytes, name: str, modules: Mapping[str, bytes], limit: int) -> Program:
    try:
        return compile_program(source, from_text(name), modules, limit)
    except LuaSyntaxError:
        raise
    except Exception as error:  # a bug of ours in one script must not keep the others from loading
        logger.exception("compiling %s", name)
        raise _BadFile(f"{name}: the engine failed to compile it: {type(error).__name__}") from error


def _one_line(error: _BadFile | LuaSyntaxError) -> str:
    """The message with control characters escaped."""
    return _printable(to_text(error.told) if isinstance(error, LuaSyntaxError) else str(error))
