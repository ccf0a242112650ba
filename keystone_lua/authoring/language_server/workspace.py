"""The open documents, and the scripts folders around them.

Input: texts by URI, as an editor opens, changes and closes them. Output: `Script`s, and the modules of lib/ beside
them: the editor's text of a module that is open, the file's otherwise. Of the disk nothing is read but lib/, within
limits.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from ...interpreter import DEFAULT
from ...interpreter.text import from_text
from ...routing.scripts import modules_in
from ...routing.scripts_folder import LIBRARY, SUFFIX
from ...routing.tree import Tree, steady
from ...untrusted.files import FileError, read_regular
from ..checker import Kind
from ..checker.placing import Placed, placed
from .document import Document
from .meaning import Script

MOST_DOCUMENTS: Final = 1000
"""Open at once; more are as if they were not open."""

MOST_FILES: Final = 2000
"""That are looked at for modules."""

MODULE_BYTES: Final = 16 << 20
"""Of all modules of a folder."""

FRESH: Final = 2.0
"""Seconds for which a folder is not read again, unless something was saved."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The modules of a scripts folder, by the names that ``require`` takes, and when they were read."""

    scripts: Mapping[str, Script] = field(default_factory=dict)
    read_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Opened:
    """A document with what is known of its file; ``path`` is None for one that has none."""

    script: Script
    path: Path | None
    placed: Placed | None


class Workspace:
    """Asked and changed in one thread; ``modules`` is asked in another as well."""

    def __init__(self, units: str = "utf-16", plain: bool = False) -> None:
        self.units = units
        self.plain = plain
        self.opened: dict[str, Opened] = {}
        self._folders: dict[Path, Folder] = {}

    def put(self, uri: str, text: str, version: int | None) -> Opened | None:
        """Open or change a document; None if there are too many."""
        if uri not in self.opened and len(self.opened) >= MOST_DOCUMENTS:
            return None
        path = path_of(uri)
        where = placed(path, self.plain) if path is not None else None
        is_test = where is not None and where.kind is Kind.TEST

        def module(name: str) -> Script | None:
            return self.modules(where.folder).get(name) if where is not None else None

        script = Script(Document(uri, text, version, self.units), module, is_test)
        self.opened[uri] = Opened(script, path, where)
        return self.opened[uri]

    def remove(self, uri: str) -> None:
        """Close a document."""
        self.opened.pop(uri, None)

    def forget(self) -> None:
        """Something was saved: what was read of the disk may be old."""
        self._folders.clear()

    def beside(self, uri: str) -> list[str]:
        """The open documents of the same scripts folder."""
        changed = self.opened.get(uri)
        if changed is None or changed.placed is None:
            return []
        folder = changed.placed.folder
        return [each for each, opened in self.opened.items() if opened.placed and opened.placed.folder == folder]

    def modules(self, folder: Path) -> dict[str, Script]:
        """The modules of a scripts folder."""
        known = self._folders.get(folder)
        if known is None or time.monotonic() - known.read_at > FRESH:
            known = self._folders[folder] = Folder(self._read(folder), time.monotonic())
        found = dict(known.scripts)
        for opened in list(self.opened.values()):
            if opened.placed is not None and opened.placed.kind is Kind.MODULE and opened.placed.folder == folder:
                assert opened.path is not None
                found[_module_name(folder, opened.path)] = opened.script
        return found

    def _read(self, folder: Path) -> dict[str, Script]:
        files: dict[str, bytes] = {}
        paths: dict[str, str] = {}

        def read(tree: Tree) -> None:
            left = MODULE_BYTES
            listed = tree.files(
                lambda name: name != LIBRARY and not name.startswith(f"{LIBRARY}/"), lambda _name, _error: None
            )
            for name, entry in islice(listed, MOST_FILES):
                if name.startswith(f"{LIBRARY}/") and name.endswith(SUFFIX) and tree.holds(entry.path):
                    try:
                        files[name] = read_regular(entry.path, min(left, DEFAULT.source))
                    except FileError:
                        continue  # whoever opens it is told
                    left -= len(files[name])
                    paths[name] = entry.path

        try:
            steady(folder, read)
        except OSError:
            return {}
        return {
            name: Script(Document(Path(paths[_file(name)]).as_uri(), source.decode(), None, self.units))
            for name, source in modules_in(files).items()
        }


def _file(module: str) -> str:
    return f"{LIBRARY}/{module.encode('latin-1').decode().replace('.', '/')}{SUFFIX}"


def _module_name(folder: Path, path: Path) -> str:
    relative = path.relative_to(folder / LIBRARY).as_posix() if path.is_relative_to(folder / LIBRARY) else path.name
    return from_text(relative.removesuffix(SUFFIX).replace("/", "."))


def path_of(uri: str) -> Path | None:
    """The file that a URI names; None for another scheme, another host, or what no file can be called."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    path = unquote(parts.path)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost") or not path.startswith("/") or "\0" in path:
        return None
    return Path(path)
