"""What can keep an offloaded run from answering."""

from __future__ import annotations

from typing import Final

RETRY_AFTER: Final = 1
"""Seconds after which a refused caller may try again."""


class Overloaded(Exception):
    """No place for this run now. The text says why; ``retry_after`` is in seconds."""

    retry_after = RETRY_AFTER


class DeadlineExceeded(Exception):
    """A run had its whole time and gave no answer."""


class LaneTrouble(Exception):
    """The engine failed in a lane. The text is the Python exception's name."""
