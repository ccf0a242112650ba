"""A scripts folder, read as one version.

Input: a path. Output: a Folder: sources of scripts and shared modules by name, and what could not be read. Only
regular files of bounded size are read; a file that changes while it is read is read again.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TypeVar

from ..interpreter import Limits
from ..interpreter.text import from_text
from .tree import Tree, Unsteady, steady

LIBRARY = "lib"


TESTS = "tests"


SUFFIX = ".lua"


LINKED = "linked folders are not followed"


READ_ATTEMPTS = 5


READ_PAUSE = 0.005
"""Seconds between attempts to read a file that was written to meanwhile."""


Made = TypeVar("Made")


_READ_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK  # not to hang on a FIFO named x.lua


class ScriptsFolderError(Exception):
    """The scripts folder is missing or cannot be listed. The text is one line."""


class _BadFile(Exception):
    """A file that cannot be used. The text says why and does not name it."""


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


def read_folder(folder: Path, limit: int = Limits().source) -> Folder:
    """Read every script and shared module, all of one version. Raises `ScriptsFolderError` when that cannot be done.

    ``limit`` is in bytes of one file.
    """
    return _steady(folder, lambda tree: _folder(tree, folder, limit))


def shared_modules(folder: Path, source_limit: int = Limits().source) -> Mapping[str, bytes]:
    """Return the good modules under ``lib/`` in ``folder``, by the names that ``require`` takes; there may be none."""
    return _steady(folder, lambda tree: _modules(tree, source_limit))


def _steady(folder: Path, read: Callable[[Tree], Made]) -> Made:
    try:
        return steady(folder, read)
    except Unsteady as error:
        raise ScriptsFolderError(str(error)) from None


def _folder(tree: Tree, folder: Path, limit: int) -> Folder:
    errors: list[str] = []
    found = dict(_lua_files(tree, folder, errors))
    in_library = {name: entry for name, entry in found.items() if name.startswith(f"{LIBRARY}/")}
    modules = _read_modules(tree, in_library, limit, errors)
    scripts: dict[str, bytes] = {}
    unreadable: dict[str, str] = {}
    for name, entry in found.items():
        if name in in_library:
            continue
        try:
            scripts[name] = _read_source(tree, entry, limit)
        except FileNotFoundError:
            continue  # deleted since the folder was listed
        except _BadFile as error:
            unreadable[name] = str(error)
    return Folder(scripts, unreadable, modules, tuple(errors))


def _modules(tree: Tree, limit: int) -> Mapping[str, bytes]:
    def outside(name: str) -> bool:
        return name != LIBRARY and not name.startswith(f"{LIBRARY}/")

    listed = tree.files(outside, lambda _name, _error: None)
    found = {
        name: entry
        for name, entry in listed
        if name.startswith(f"{LIBRARY}/") and name.endswith(SUFFIX) and name.isprintable()
    }
    return _read_modules(tree, found, limit, [])


def _read_modules(tree: Tree, found: Mapping[str, os.DirEntry[str]], limit: int, errors: list[str]) -> dict[str, bytes]:
    modules = {}
    for name, entry in found.items():
        try:
            modules[_module(name)] = _read_source(tree, entry, limit)
        except FileNotFoundError:
            pass  # deleted since the folder was listed
        except _BadFile as error:
            errors.append(f"{name}: {error}")
    return modules


def _module(name: str) -> str:
    return from_text(name.removeprefix(f"{LIBRARY}/").removesuffix(SUFFIX).replace("/", "."))


def _lua_files(tree: Tree, folder: Path, errors: list[str]) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield the Lua files, but for scripts' tests, by their names. Raises `ScriptsFolderError`."""
    if not folder.is_dir():
        raise ScriptsFolderError(f"no scripts folder: {folder}")

    def complain(name: str, error: OSError | None) -> None:
        if error is None:
            errors.append(f"{_printable(name)}: {LINKED}")
        elif name:
            errors.append(f"{_printable(name)}: cannot be listed: {error.strerror}")
        else:
            raise ScriptsFolderError(f"cannot list scripts folder: {folder}: {error.strerror}")

    for name, entry in tree.files(lambda name: name == TESTS, complain):
        if not name.endswith(SUFFIX):
            continue
        if entry.name.isprintable():
            yield name, entry
        else:
            errors.append(f"{_printable(name)}: the file name is no printable UTF-8")


def _read_source(tree: Tree, entry: os.DirEntry[str], limit: int) -> bytes:
    """Return the file's bytes. Raises `_BadFile`, or `FileNotFoundError` if it has just been deleted."""
    linked = entry.is_symlink()
    if linked and not tree.holds(entry.path):
        raise _BadFile("links outside the scripts folder")
    try:
        descriptor = os.open(entry.path, _READ_FLAGS | (0 if linked else os.O_NOFOLLOW))
    except OSError as error:
        if not os.path.lexists(entry.path):
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
    place = _not_utf8(source)
    if place is not None:
        raise _BadFile(f"is not UTF-8 (byte {place})")
    return source


def _not_utf8(source: bytes) -> int | None:
    """The first byte that is no UTF-8."""
    try:
        source.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


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


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
