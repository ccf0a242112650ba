"""What can keep an offloaded run from answering."""

from __future__ import annotations

import math
from typing import Final

RETRY_AFTER: Final = 1
"""Seconds after which a refused caller may try again."""


class Overloaded(Exception):
    """No place for this run now. The text says why; ``retry_after`` is in seconds."""

    retry_after: int = RETRY_AFTER
    status = 503


class TooMany(Overloaded):
    """The tenant has asked for more than it may."""

    status = 429

    def __init__(self, seconds: float) -> None:
        """It may ask again after so many ``seconds``."""
        self.retry_after = max(RETRY_AFTER, math.ceil(seconds))
        super().__init__(f"more than the tenant may ask for; it may again in {self.retry_after} s")


class DeadlineExceeded(Exception):
    """A run had its whole time and gave no answer."""


class LaneTrouble(Exception):
    """The engine failed in a lane. The text is the Python exception's name."""
