"""Versions of a scripts folder side by side: the one in force, the next, the one before.

    scripts            in force
    scripts.next       loaded beside it, to be compared, and to answer a share of the requests
    scripts.previous   what was in force before the last `promote`

Input: the path of the folder in force. Output: two folders that have changed places, in one step of the file system:
even if this process is killed, each name is a whole folder. Raises `CannotSwitch` for a folder that is missing or may
not be renamed; then nothing has changed.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Final

_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2


class CannotSwitch(Exception):
    """The folders stay as they are. The text is one line that says why."""


def next_of(folder: Path) -> Path:
    """The folder of the next version."""
    return _beside(folder, "next")


def previous_of(folder: Path) -> Path:
    """The folder of the version before."""
    return _beside(folder, "previous")


def _beside(folder: Path, word: str) -> Path:
    whole = _whole(folder)
    return whole.with_name(f"{whole.name}.{word}")


def _whole(folder: Path) -> Path:
    return Path(os.path.normpath(Path.cwd() / folder))  # so that "." has a name; a link stays one


def promote(folder: Path) -> None:
    """Put the next version in the place of the one in force, which is then the previous one; that one goes.

    Raises `CannotSwitch`.
    """
    folder, waiting, previous = _whole(folder), next_of(folder), previous_of(folder)
    _check(folder, waiting)
    try:
        if previous.is_symlink() or (previous.exists() and not previous.is_dir()):
            raise CannotSwitch(f"{previous}: is no folder of ours")
        exchange(folder, waiting)
        if not previous.exists():
            waiting.rename(previous)
            return
        exchange(waiting, previous)
        from shutil import rmtree  # here, since few commands need it

        dropped = folder.with_name(f".{folder.name}.dropped")
        rmtree(dropped, ignore_errors=True)  # of a promotion that was cut off here
        waiting.rename(dropped)
        rmtree(dropped, ignore_errors=True)
    except OSError as error:
        raise CannotSwitch(f"{error.filename or folder}: {error.strerror}") from None


def rollback(folder: Path) -> None:
    """Let the version in force and the previous one change places. Raises `CannotSwitch`."""
    folder, previous = _whole(folder), previous_of(folder)
    _check(folder, previous)
    try:
        exchange(folder, previous)
    except OSError as error:
        raise CannotSwitch(f"{error.filename or folder}: {error.strerror}") from None


def _check(folder: Path, other: Path) -> None:
    for each in (folder, other):
        if each.is_symlink():
            raise CannotSwitch(f"{each}: is a link; whoever made it can let it lead to another version, and reload")
        if not each.is_dir():
            raise CannotSwitch(f"{each}: no such folder")
        if os.path.ismount(each):
            raise CannotSwitch(f"{each}: is mounted here; change it where it comes from, and reload")
    if not os.access(folder.parent, os.W_OK):
        raise CannotSwitch(f"{folder.parent}: may not be written to; put the scripts in place yourself, and reload")


def exchange(one: Path, other: Path) -> None:
    """Let two folders change names at once (renameat2(2), Linux 3.15). Raises `OSError`."""
    import ctypes  # here, since few commands need it

    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        raise OSError(errno.ENOSYS, "this system cannot exchange two folders at once", str(one)) from None
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(one))
