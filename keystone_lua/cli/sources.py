"""Files of scripts folders, each folder read once and as one version.

In: folders. Out: what they hold, by name. Refuses a folder that cannot be read, with `UsageError`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from ..routing.scripts import modules_in, read_all
from ..routing.scripts_folder import ScriptsFolderError
from ..untrusted.files import reason
from .options import UsageError


class Sources:
    """Remembers what it has read, so that a file and the modules that it requires are of one version."""

    def __init__(self, wanted: Callable[[str], bool]) -> None:
        """``wanted`` says of a file's relative name whether to read it."""
        self._wanted = wanted
        self._read: dict[Path, dict[str, bytes]] = {}
        self.odd: dict[Path, str] = {}
        """What is called like a wanted file and can be none, with the reason: passed over, as the server does."""
        self._modules: dict[Path, Mapping[str, bytes]] = {}

    def below(self, folder: Path) -> dict[str, bytes]:
        """The wanted files below ``folder``, by relative name, sorted. Raises `UsageError`."""
        for known, files in self._read.items():
            if folder == known or (folder.is_relative_to(known) and ".." not in folder.parts):
                prefix = "" if folder == known else f"{folder.relative_to(known).as_posix()}/"
                return {name[len(prefix) :]: source for name, source in files.items() if name.startswith(prefix)}
        try:
            found, odd = read_all(folder, self._wanted)
        except (OSError, ScriptsFolderError) as error:
            raise UsageError(f"cannot read {folder}: {reason(error)}") from None
        self.odd |= {folder / name: why for name, why in odd.items()}
        self._read[folder] = dict(sorted(found.items()))
        return self._read[folder]

    def modules(self, folder: Path) -> Mapping[str, bytes]:
        """The shared modules of the scripts folder ``folder``."""
        if folder not in self._modules:
            self._modules[folder] = modules_in(self.below(folder))
        return self._modules[folder]
