"""``--watch``: runs a command again whenever a file that it reads has changed.

Input: a folder, and what to run. Output: that command's, again and again, until Ctrl-C.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from .options import UsageError
from .output import complain, say

PAUSE: Final = 0.3
"""Seconds between looks."""

MOST_FILES: Final = 10_000
"""Files that are looked at: about 20 ms."""


def watch(folder: Path, suffixes: tuple[str, ...], run: Callable[[], object]) -> None:
    """Run, and again after each change of a file below ``folder`` with one of these endings, until Ctrl-C."""
    while True:
        seen = _state(folder, suffixes)
        try:
            run()
        except UsageError as error:
            complain(f"keystone-lua: {error}")
        say("waiting for a change; Ctrl-C ends", flush=True)
        while _state(folder, suffixes) == seen:
            time.sleep(PAUSE)


def _state(folder: Path, suffixes: tuple[str, ...]) -> dict[str, tuple[int, int]]:
    """Each file's time and size. What cannot be looked at is as if it were not there."""
    found: dict[str, tuple[int, int]] = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if name.endswith(suffixes):
                path = os.path.join(place, name)  # noqa: PTH118  # a third of the time
                try:
                    status = os.stat(path)  # noqa: PTH116
                except OSError:
                    continue
                found[path] = status.st_mtime_ns, status.st_size
                if len(found) >= MOST_FILES:
                    return found
    return found
