"""The scripts that decided, kept by hash beside a decision log.

In: programs. Out: a folder for each, named by the program's hash. It is a scripts folder itself: the script, and its
modules under ``lib/``. A folder is written once, whole or not at all (a rename completes it), flushed to disk and
read-only. Raises `ArchiveError` for a program whose files no longer hash to its name.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from ..interpreter import LuaSyntaxError, Program, compile_program
from ..interpreter.sites import FUNCTIONS, SITES, chunk_id
from ..interpreter.text import from_text, to_text
from ..untrusted.files import FileError, found_in, read_regular

SUFFIX: Final = ".lua"
LIBRARY: Final = "lib"
MAX_SOURCE: Final = 64 << 20
"""Bytes of an archived file; the server that wrote it had a limit of its own."""

MAX_KEPT: Final = 64
"""Programs that a process keeps compiled, and as many under further names: the largest are 300 MB, usual ones 0.1 MB,
and whoever wrote the log chooses."""

UNNAMED: Final = "(archived)"
"""What a program is called while it is compiled: no file of an archive has brackets for its suffix."""

FILE_MODE: Final = 0o440
FOLDER_MODE: Final = 0o750


class ArchiveError(Exception):
    """A script that is not in the archive, or has changed there. The text is one line."""


class Archive:
    """The programs under one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._before: dict[str, Program] = {}
        self._compiled: OrderedDict[str, Program | ArchiveError] = OrderedDict()
        self._named: OrderedDict[tuple[str, str], Program] = OrderedDict()

    def forget(self) -> None:
        """Look at every file again before its program is used."""
        with self._lock:
            self._before = {digest: found for digest, found in self._compiled.items() if isinstance(found, Program)}
            self._compiled.clear()

    def put(self, program: Program) -> None:
        """Keep a program's sources. Raises `OSError`; does nothing if they are kept already."""
        place = self.folder / program.hash
        if place.is_dir():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{program.hash[:16]}-", dir=self.folder))
        try:
            _write(draft / _file_name(Path(to_text(program.name)).stem), program.source)
            if program.sources:
                (draft / LIBRARY).mkdir()
                for module, source in program.sources.items():
                    # Dots stay dots: with folders for them, modules "a..b" and "a.b" would be one file.
                    _write(draft / LIBRARY / _file_name(to_text(module)), source)
                (draft / LIBRARY).chmod(FOLDER_MODE)
                _flush(draft / LIBRARY)
            draft.chmod(FOLDER_MODE)
            _flush(draft)
            with contextlib.suppress(FileExistsError):  # another process was here first; os.rename says ENOTEMPTY
                _rename(draft, place)
            _flush(self.folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def program(self, digest: str, name: str) -> Program:
        """The program with this hash, called ``name``, which its errors show. Raises `ArchiveError`.

        It is compiled once: a log that gives one script many names must not cost more than the script.
        """
        with self._lock:
            found = self._compiled.get(digest)
            if found is None:
                try:
                    found = self._load(digest)
                except ArchiveError as error:
                    found = error
                _keep(self._compiled, digest, found)
            if isinstance(found, ArchiveError):
                raise ArchiveError(str(found).replace(UNNAMED, name))
            named = self._named.get((digest, name))
            if named is None:
                named = renamed(found, from_text(name))
                _keep(self._named, (digest, name), named)
            return named

    def _load(self, digest: str) -> Program:
        place = self.folder / digest
        if not place.is_dir():
            raise ArchiveError(f"script {digest} is not in {self.folder}")
        try:
            scripts = found_in(place, (SUFFIX,), frozenset({LIBRARY})).files
            if len(scripts) != 1:
                raise FileError(f"it holds {len(scripts)} scripts and not one")
            library = place / LIBRARY
            modules = {
                from_text(path.name.removesuffix(SUFFIX)): read_regular(path, MAX_SOURCE)
                for path in (found_in(library, (SUFFIX,)).files if library.is_dir() else ())
            }
            source = read_regular(scripts[0], MAX_SOURCE)
            known = self._before.get(digest)
            if known is not None and (known.source, dict(known.sources)) == (source, modules):
                return known
            program = compile_program(source, UNNAMED, modules, MAX_SOURCE)
        except (FileError, LuaSyntaxError) as error:
            why = to_text(error.told) if isinstance(error, LuaSyntaxError) else str(error)
            raise ArchiveError(f"script {digest} in {self.folder} cannot be used: {why}") from None
        except Exception as error:  # a bug of ours in one script must not end the report on the others
            raise ArchiveError(f"script {digest} cannot be compiled: {type(error).__name__}") from error
        if program.hash != digest:
            raise ArchiveError(f"script {digest} in {self.folder} was changed: its files now hash to {program.hash}")
        return program


def renamed(program: Program, name: str) -> Program:
    """The same program, as if compiled under ``name`` and not `UNNAMED`; only positions show the difference."""
    sites = tuple(site._replace(chunk=name) if site.chunk == UNNAMED else site for site in program.sites)
    before, after = f"function <{UNNAMED}:", f"function <{chunk_id(name)}:"
    functions = {
        code: f"{after}{text.removeprefix(before)}" if text.startswith(before) else text
        for code, text in program.namespace[FUNCTIONS].items()
    }
    return replace(
        program,
        name=name,
        sites=sites,
        namespace={**program.namespace, SITES: sites, FUNCTIONS: functions},
        idle_runs=[],
    )


def _keep(kept: OrderedDict[Any, Any], key: Any, value: Any) -> None:
    kept[key] = value
    if len(kept) > MAX_KEPT:
        kept.popitem(last=False)


def _file_name(stem: str) -> str:
    if "/" in stem or "\0" in stem or stem.startswith("."):
        raise OSError(f"{stem!r} is no file name")
    return f"{stem}{SUFFIX}"


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _rename(draft: Path, place: Path) -> None:
    try:
        draft.rename(place)
    except OSError:
        if place.is_dir():
            raise FileExistsError from None
        raise


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
