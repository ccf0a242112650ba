"""Outcome: a decision with all that its answer, the metrics and the log need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from ..interpreter import Failure, Program
from ..routing.answer import answer_text
from ..routing.decision import Decision

INLINE: Final = "inline"


LANE: Final = "lane"


@dataclass(slots=True)
class Outcome:
    """What to tell the caller: ``answer`` (the wire format's) or else ``failure``."""

    tenant: str
    answer: dict[str, Any] | None
    failure: Failure | None = None
    program: Program | None = None
    """The program that ran; None when none did."""
    decision: Decision | None = None
    """The run, with its counts, seed and clock; None when nothing ran to an end of any kind."""
    lane: str = INLINE
    """Where it ran: INLINE or LANE."""
    waited: float = 0.0
    """Seconds for a lane."""
    text: str = ""
    """``answer`` as JSON, once somebody has asked `answer_json` for it."""

    def answer_json(self) -> str:
        """``answer``, which must be one, as JSON."""
        if not self.text and self.answer is not None:
            self.text = answer_text(self.answer)
        return self.text


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A run that takes a lane: what it begins with there, the same as inline."""

    program: Program
    seed: int
    now: float
    wait: float = 0.0
    """Seconds after which a tenant that has asked for too much may ask again: nothing is to be run. 0 if it may."""
