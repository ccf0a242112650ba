"""The files below a folder, all of the same version, however they are linked.

In: a folder, and a function to call with a `Tree` of it. Out: the function's result. Raises `Unsteady` for a folder
that was swapped for another version during each of `ATTEMPTS` readings.

Kubernetes mounts a ConfigMap as links: ``canary.lua -> ..data/canary.lua``, ``lib -> ..data/lib``, where ``..data``
is a link to a folder of the whole version, and swaps that one link. A `Tree` resolves every link of a version once,
``..data`` and the folder itself, and reads what is behind them; one that does not resolve as before afterwards means
that a version may have been removed while it was read, and the reading begins again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeVar

DATA: Final = "..data"
"""Kubernetes' name for the link to the version in force."""

ATTEMPTS: Final = 10
PAUSE: Final = 0.02
"""Seconds between two of them."""

Made = TypeVar("Made")
Complain = Callable[[str, OSError | None], None]
"""Told the name of a folder that cannot be listed, and why; None for one that is a link."""


class Unsteady(OSError):
    """A folder that changes its version faster than it can be read."""


class Tree:
    """One reading of a folder."""

    def __init__(self, folder: Path) -> None:
        self._links: dict[str, str] = {}
        self.root = self._resolved(str(folder))

    def unchanged(self) -> bool:
        """Whether every link still leads where it led."""
        return all(os.path.realpath(link) == target for link, target in self._links.items())

    def files(self, skip: Callable[[str], bool], complain: Complain) -> Iterator[tuple[str, os.DirEntry[str]]]:
        """Yield each file's name, relative with ``/``, and the file: a folder's own first, all sorted.

        Hidden ones (``.git``) and folders that ``skip`` names are left out; linked folders are not entered.
        """
        waiting = [("", self.root)]
        while waiting:
            prefix, place = waiting.pop()
            try:
                entries = self.entries(place)
            except OSError as error:
                complain(prefix.rstrip("/"), error)
                continue
            folders = []
            for name, entry in sorted(entries.items()):
                if name.startswith("."):
                    continue
                if not entry.is_dir():
                    yield prefix + name, entry
                elif skip(prefix + name):
                    continue
                elif entry.is_symlink():
                    complain(prefix + name, None)
                else:
                    folders.append((f"{prefix}{name}/", entry.path))
            waiting += reversed(folders)

    def entries(self, place: str) -> dict[str, os.DirEntry[str]]:
        """What a folder holds, by name; what it links to in its version is taken from there. Raises `OSError`."""
        found = _listed(place)
        link = found.get(DATA)
        if link is None or not link.is_symlink():
            return found
        version = self._resolved(link.path)
        if not self.holds(version):
            return found
        own = {name: entry for name, entry in found.items() if not _leads_into_version(entry)}
        return _listed(version) | own

    def holds(self, path: str) -> bool:
        """Whether ``path``, its links followed, is in the folder."""
        return Path(os.path.realpath(path)).is_relative_to(self.root)

    def _resolved(self, link: str) -> str:
        return self._links.setdefault(link, os.path.realpath(link))  # once: another answer would mix two versions


def steady(folder: Path, read: Callable[[Tree], Made]) -> Made:
    """What ``read`` makes of a folder that keeps its version meanwhile. Raises what it raises, and `Unsteady`."""
    for _ in range(ATTEMPTS):
        tree = Tree(folder)
        try:
            made = read(tree)
        except Exception:
            if tree.unchanged():
                raise
        else:
            if tree.unchanged():
                return made
        time.sleep(PAUSE)
    raise Unsteady(f"{folder} keeps changing while it is read")


def _listed(place: str) -> dict[str, os.DirEntry[str]]:
    with os.scandir(place) as entries:
        return {entry.name: entry for entry in entries}


def _leads_into_version(entry: os.DirEntry[str]) -> bool:
    return entry.is_symlink() and Path(entry.path).readlink().parts[:1] == (DATA,)
