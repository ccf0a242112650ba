"""The scripts that decided, kept by hash beside a decision log.

In: programs. Out: a folder for each, named by its hash, that is a scripts folder itself: the script, and its modules
under ``lib/``. Written once, whole or not at all (a rename ends it), flushed to disk, read-only. Refuses to
give out a program whose files no longer hash to its name, with `ArchiveError`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from ..interpreter import LuaSyntaxError, Program, compile_program
from ..interpreter.execution import from_text, to_text

SUFFIX: Final = ".lua"
LIBRARY: Final = "lib"
MAX_SOURCE: Final = 64 << 20
"""Bytes of an archived file; the server that wrote it had a limit of its own."""

FILE_MODE: Final = 0o440
FOLDER_MODE: Final = 0o750


class ArchiveError(Exception):
    """A script that is not in the archive, or not as it was archived. The text is one line."""


class Archive:
    """The programs under one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._programs: dict[tuple[str, str], Program | ArchiveError] = {}

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
        """The program with this hash, compiled under ``name``, which its errors show. Raises `ArchiveError`."""
        found = self._programs.get((digest, name))
        if found is None:
            try:
                found = self._load(digest, name)
            except ArchiveError as error:
                found = error
            self._programs[digest, name] = found
        if isinstance(found, ArchiveError):
            raise found
        return found

    def _load(self, digest: str, name: str) -> Program:
        place = self.folder / digest
        if not place.is_dir():
            raise ArchiveError(f"script {digest} is not in {self.folder}")
        try:
            scripts = sorted(place.glob(f"*{SUFFIX}"))
            modules = {
                from_text(path.name.removesuffix(SUFFIX)): _read(path)
                for path in sorted((place / LIBRARY).glob(f"*{SUFFIX}"))
            }
            program = compile_program(_read(scripts[0]), from_text(name), modules, MAX_SOURCE)
        except (OSError, LuaSyntaxError, IndexError) as error:
            why = to_text(error.message) if isinstance(error, LuaSyntaxError) else str(error)
            raise ArchiveError(f"script {digest} in {self.folder} cannot be used: {why}") from None
        if program.hash != digest:
            raise ArchiveError(f"script {digest} in {self.folder} was changed: its files now hash to {program.hash}")
        return program


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


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(MAX_SOURCE + 1)
    if len(data) > MAX_SOURCE:
        raise OSError(f"{path} is larger than {MAX_SOURCE} bytes")
    return data


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
