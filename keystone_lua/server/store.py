"""The tenants' scripts: a folder of Lua files, compiled.

In: a scripts folder, read whole as a `Folder`. Out: a `Snapshot`, replaced as a whole by `ScriptStore.load`.
Refuses: file by file, each with one message that names it; a bad file never keeps a good one from loading, and a
tenant whose file has gone bad keeps its last good version.

A tenant is the stem of a ``.lua`` file, sub-folders included. ``lib/`` holds shared modules, ``tests/``
scripts' tests, and names that begin with a dot are skipped (a mounted ConfigMap keeps copies there).
Tenant names from requests are looked up in a dict and never become paths.
"""

from __future__ import annotations

import logging
import os
import stat
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

from keystone_lua.interpreter import Limits, LuaSyntaxError, Program, compile_program
from keystone_lua.interpreter.execution import from_text, to_text

LIBRARY = "lib"
TESTS = "tests"
SUFFIX = ".lua"

READ_ATTEMPTS = 5
READ_PAUSE = 0.005
"""Seconds between attempts to read a file that was written to meanwhile."""

logger = logging.getLogger("keystone.store")

_READ_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK  # not to hang on a FIFO named x.lua


class ScriptsFolderError(Exception):
    """The scripts folder is missing or cannot be listed. The text is one line."""


class _BadFile(Exception):
    """A file that cannot be used. The text says why and does not name it."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a program was made of: enough to compile it again, in another process."""

    name: str
    source: bytes
    modules: Mapping[str, bytes]
    limit: int
    """Bytes of one source file."""


Check = Callable[[Source], list[dict[str, Any]]]
"""Findings as JSON has them: file, line, column, rule, severity and message of each."""


@dataclass(frozen=True, slots=True)
class Folder:
    """What a scripts folder held when it was read: the same for every process that is handed it."""

    scripts: Mapping[str, bytes] = field(default_factory=dict)
    """File name below the folder to source: UTF-8 within the limit of size."""

    unreadable: Mapping[str, str] = field(default_factory=dict)
    """File name of a script to why it cannot be used."""

    modules: Mapping[str, bytes] = field(default_factory=dict)
    """Name of a shared module, as ``require`` takes it, to source."""

    errors: tuple[str, ...] = ()
    """What else was wrong, one line each."""


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
        )


class ScriptStore:
    """The scripts in force. ``current`` is replaced in one assignment; a reader takes it once per request."""

    def __init__(self, folder: Path, source_limit: int = Limits().source, check: Check | None = None) -> None:
        """``source_limit`` is in bytes of one file; ``check`` finds what looks wrong in a script that compiles."""
        self.folder = folder
        self.source_limit = source_limit
        self.check = check
        self.current = Snapshot()
        self._compiled: dict[str, _Compiled] = {}
        self._lock = threading.Lock()

    def reload(self) -> Snapshot:
        """Read the folder, then `load` it. Raises `ScriptsFolderError`; what was in force then stays."""
        return self.load(read_folder(self.folder, self.source_limit))

    def load(self, folder: Folder) -> Snapshot:
        """Put what is good in ``folder`` in force; return it. Safe to call from any thread.

        Unchanged scripts are not compiled again.
        """
        with self._lock:
            self._compiled, self.current = self._load(folder)
            return self.current

    def try_out(self, folder: Folder) -> Snapshot:
        """Return what `load` would put in force, and change nothing."""
        with self._lock:
            return self._load(folder)[1]

    def _load(self, folder: Folder) -> tuple[dict[str, _Compiled], Snapshot]:
        errors = dict.fromkeys(folder.errors)  # as an ordered set: one broken module troubles many scripts
        compiled: dict[str, _Compiled] = {}
        never_compiled: dict[str, str] = {}
        for tenant, files in _by_tenant([*folder.scripts, *folder.unreadable]):
            try:
                compiled[tenant] = self._compile(tenant, files, folder)
            except (_BadFile, LuaSyntaxError) as error:
                message = _one_line(error)
                errors[message] = None
                if tenant in self._compiled:
                    compiled[tenant] = self._compiled[tenant]
                else:
                    never_compiled[tenant] = message
        errors.update(dict.fromkeys(self._errors_in_unused_modules(folder.modules, compiled)))
        return compiled, Snapshot(
            programs=MappingProxyType({tenant: entry.program for tenant, entry in compiled.items()}),
            sources=MappingProxyType({tenant: entry.source for tenant, entry in compiled.items()}),
            never_compiled=MappingProxyType(never_compiled),
            errors=tuple(errors),
            loaded_at=time.time(),
        )

    def _compile(self, tenant: str, files: list[str], folder: Folder) -> _Compiled:
        if len(files) > 1:
            raise _BadFile(f"{', '.join(files)}: several files for one tenant, {tenant!r}")
        name = files[0]
        if name in folder.unreadable:
            raise _BadFile(f"{name}: {folder.unreadable[name]}")
        source, modules = folder.scripts[name], folder.modules
        kept = self._compiled.get(tenant)
        if kept is not None and kept.made_of(name, source, modules):
            return kept
        program = _compile_program(source, name, modules, self.source_limit)
        linked = MappingProxyType({module: modules[module] for module in program.modules})
        return _Compiled(program, Source(name, source, linked, self.source_limit))

    def _errors_in_unused_modules(
        self, modules: Mapping[str, bytes], compiled: Mapping[str, _Compiled]
    ) -> Iterator[str]:
        """A module that no script links must be good too, or nobody would hear of its mistakes until one does."""
        used = {module for entry in compiled.values() for module in entry.source.modules}
        for module in sorted(modules.keys() - used):
            name = f"{LIBRARY}/{to_text(module).replace('.', '/')}{SUFFIX}"
            try:
                _compile_program(modules[module], name, modules, self.source_limit)
            except (_BadFile, LuaSyntaxError) as error:
                yield _one_line(error)


def _by_tenant(names: Iterable[str]) -> list[tuple[str, list[str]]]:
    tenants: dict[str, list[str]] = {}
    for name in names:
        tenants.setdefault(Path(name).stem, []).append(name)
    return sorted((tenant, sorted(files)) for tenant, files in tenants.items())


def read_folder(folder: Path, limit: int = Limits().source) -> Folder:
    """Read every script and shared module. Raises `ScriptsFolderError` when the folder cannot be listed.

    ``limit`` is in bytes of one file.
    """
    errors: list[str] = []
    names = list(_lua_files(folder, errors))
    in_library = [name for name in names if name.startswith(f"{LIBRARY}/")]
    modules = _read_modules(folder, in_library, limit, errors)
    scripts: dict[str, bytes] = {}
    unreadable: dict[str, str] = {}
    for name in names:
        if name.startswith(f"{LIBRARY}/"):
            continue
        try:
            scripts[name] = _read_source(folder / name, folder, limit)
        except FileNotFoundError:
            continue  # deleted since the folder was listed
        except _BadFile as error:
            unreadable[name] = str(error)
    return Folder(scripts, unreadable, modules, tuple(errors))


def shared_modules(folder: Path, source_limit: int = Limits().source) -> Mapping[str, bytes]:
    """Return the good modules under ``lib/`` in ``folder``, by the names that ``require`` takes; there may be none."""
    errors: list[str] = []
    names = _lua_files(folder, errors, LIBRARY) if (folder / LIBRARY).is_dir() else ()
    return _read_modules(folder, names, source_limit, errors)


def _read_modules(folder: Path, names: Iterable[str], limit: int, errors: list[str]) -> dict[str, bytes]:
    modules = {}
    for name in names:
        module = name.removeprefix(f"{LIBRARY}/").removesuffix(SUFFIX).replace("/", ".")
        try:
            modules[from_text(module)] = _read_source(folder / name, folder, limit)
        except FileNotFoundError:
            pass  # deleted since the folder was listed
        except _BadFile as error:
            errors.append(f"{name}: {error}")
    return modules


def _lua_files(folder: Path, errors: list[str], top: str = "") -> Iterator[str]:
    """Yield the Lua files of ``folder``, all or those below ``top``, relative to it with ``/``, sorted.

    Linked folders are not entered. Raises `ScriptsFolderError`.
    """
    if not folder.is_dir():
        raise ScriptsFolderError(f"no scripts folder: {folder}")

    def cannot_list(error: OSError) -> None:
        if Path(error.filename) == folder:
            raise ScriptsFolderError(f"cannot list scripts folder: {folder}: {error.strerror}")
        errors.append(f"{_printable(os.path.relpath(error.filename, folder))}: cannot be listed: {error.strerror}")

    for path, folders, files in os.walk(folder / top, onerror=cannot_list):
        here = os.path.relpath(path, folder).replace(os.sep, "/")
        prefix = "" if here == "." else f"{here}/"
        folders[:] = sorted(name for name in folders if not name.startswith(".") and prefix + name != TESTS)
        links = [name for name in folders if Path(path, name).is_symlink()]
        errors += [f"{_printable(prefix + name)}: linked folders are not followed" for name in links]
        for name in sorted(files):
            if not name.endswith(SUFFIX) or name.startswith("."):
                continue
            if name.isprintable():
                yield prefix + name
            else:
                errors.append(f"{_printable(prefix + name)}: the file name is no printable UTF-8")


def _read_source(path: Path, folder: Path, limit: int) -> bytes:
    """Return the file's bytes. Raises `_BadFile`, or `FileNotFoundError` if it has just been deleted."""
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise _BadFile("links outside the scripts folder")
    try:
        descriptor = os.open(path, _READ_FLAGS)
    except OSError as error:
        if not os.path.lexists(path):
            raise
        raise _BadFile(f"cannot be read: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _BadFile("is no regular file")
        try:
            source = _read_unchanged(file, limit + 1)
        except OSError as error:
            raise _BadFile(f"cannot be read: {error.strerror}") from None
    if len(source) > limit:
        raise _BadFile(f"is larger than {limit} bytes")
    try:
        source.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _BadFile(f"is not UTF-8 (byte {error.start})") from None
    return source


def _read_unchanged(file: IO[bytes], size: int) -> bytes:
    """Up to ``size`` bytes of a file that nobody wrote to meanwhile. Raises `_BadFile` for one that keeps changing."""
    for _ in range(READ_ATTEMPTS):
        before = os.fstat(file.fileno())
        file.seek(0)
        source = file.read(size)
        after = os.fstat(file.fileno())
        whole = len(source) == min(size, after.st_size)
        if whole and (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            return source
        time.sleep(READ_PAUSE)
    raise _BadFile("keeps changing while it is read")


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
    return _printable(to_text(error.message) if isinstance(error, LuaSyntaxError) else str(error))


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
