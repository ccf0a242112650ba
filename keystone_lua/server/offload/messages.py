"""Messages between the server and its offload workers: plain data, each with its length before it."""

from __future__ import annotations

import struct
from typing import Any, Final, NamedTuple

from ...interpreter import Failure, LogLine
from ...routing.decision import Decision

ORDER: Final = struct.Struct("!cI")
"""What the zygote is told: START or KILL, and the lane's number. A START carries the lane's socket."""


START: Final = b"s"


KILL: Final = b"k"


REPORT: Final = struct.Struct("!IIi")
"""What the zygote tells: a lane's number, its process, and its wait status, or RUNNING."""


RUNNING: Final = -1


LENGTH: Final = struct.Struct("!I")
"""Before each job and each answer: its size in bytes."""


class Job(NamedTuple):
    """One decision to make. Its program is sent when a lane asks for it."""

    name: str
    """The script's name, as positions show it."""
    hash: str
    request: dict[str, Any]
    limits: tuple[Any, ...]
    """`Limits`, field by field."""
    seed: int
    now: float
    watched: tuple[str, ...] = ()
    """Headers of which the decision is to say whether they were read."""


def frame(data: bytes) -> bytes:
    """``data`` as it goes over a lane's socket."""
    return LENGTH.pack(len(data)) + data


def to_plain(decision: Decision) -> list[Any]:
    """A decision as JSON can carry it; texts and floats come back as they were."""
    failure = decision.failure
    return [
        decision.answer,
        None if failure is None else [failure.kind, failure.message, failure.position, failure.traceback, failure.top],
        decision.instructions,
        decision.allocated_bytes,
        [[line.text, line.position] for line in decision.log],
        decision.seed,
        decision.now,
        decision.read,
        decision.zones,
    ]


def from_plain(plain: list[Any]) -> Decision:
    """The decision that `to_plain` was given."""
    answer, failure, instructions, size, log, seed, now, read, zones = plain
    return Decision(
        answer,
        None if failure is None else Failure(failure[0], failure[1], failure[2], tuple(failure[3]), failure[4]),
        instructions,
        size,
        tuple([LogLine(text, position) for text, position in log]),
        seed,
        now,
        tuple(read),
        zones,
    )
