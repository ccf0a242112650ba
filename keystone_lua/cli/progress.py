"""A progress bar for commands that take a while."""

from __future__ import annotations

import sys
import time

from .output import draw

WIDTH = 40
"""Characters of the bar itself."""


class Bar:
    """A progress bar on standard error, if that is a terminal."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._shown = sys.stderr is not None and sys.stderr.isatty()
        self._began = time.monotonic()
        self._width = 0

    def show(self, done: int, total: int) -> None:
        """``done`` of ``total`` bytes."""
        if not self._shown:
            return
        share = done / total if total else 1.0
        full = int(share * WIDTH)
        left = (time.monotonic() - self._began) * (1 - share) / share if share else 0.0
        text = f"{self._what} [{'#' * full}{'.' * (WIDTH - full)}] {share:4.0%}, {left:.0f} s left"
        draw(f"\r{text:{self._width}}")
        self._width = len(text)

    def clear(self) -> None:
        """Leave the line as it was."""
        if self._width:
            draw("\r" + " " * self._width + "\r")
