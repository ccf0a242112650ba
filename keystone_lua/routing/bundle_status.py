"""How fetching a bundle goes: a small file beside the scripts folder, for the server and for people.

In: the folder. Out: a `Status`; None for a file that is not there or says something else. `bundles.fetching` writes it.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from ..untrusted.documents import DocumentError, read_json
from ..untrusted.files import FileError, read_regular

MAX_STATUS: Final = 1 << 16
"""Bytes of the file."""


@dataclass(frozen=True, slots=True)
class Status:
    """The bundle in force, and the last attempt at another."""

    url: str = ""
    revision: str = ""
    number: int = -1
    """-1 if none has been put in force yet."""
    sha256: str = ""
    """Of the bundle in force."""
    etag: str = ""
    """What the server called it."""
    key: str = ""
    """The name of the key that signed it."""
    at: float = 0.0
    """When it was put in force, Unix time."""
    tried_at: float = 0.0
    failures: int = 0
    """In a row."""
    error: str = ""
    """Why the last attempt came to nothing; "" if it did not."""


def status_file(folder: Path) -> Path:
    """Where the status of ``folder`` stands."""
    whole = Path(os.path.normpath(Path.cwd() / folder))
    return whole.with_name(f"{whole.name}.bundle.json")


def read_status(folder: Path) -> Status | None:
    """The status of ``folder``; None if there is none."""
    try:
        value = read_json(read_regular(status_file(folder), MAX_STATUS))
    except (OSError, FileError, DocumentError):
        return None
    if not isinstance(value, dict):
        return None
    defaults: dict[str, Any] = asdict(Status())
    for name, usual in defaults.items():
        given = value.get(name, usual)
        if isinstance(usual, float) and given.__class__ is int:
            given = float(given)
        if given.__class__ is not usual.__class__:
            return None
        defaults[name] = given
    return Status(**defaults)
