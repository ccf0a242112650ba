"""How far each chain of a decision log has been shipped: ``FILE.shipped``, for `shipping` and for who watches it.

In: a log. Out: for each chain the number of the last closed segment whose arrival was confirmed; of all of them, how
many are closed and have not arrived. Refuses, with `OSError`, a state that says nothing: nobody should guess.
"""

from __future__ import annotations

import contextlib
import errno
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from . import segments

MAX_STATE: Final = 1 << 16
"""Bytes of ``FILE.shipped``."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What has not arrived."""

    segments: int
    """Closed ones, of all chains."""
    confirmed_at: float
    """When the last one did arrive, Unix time; 0 if none has."""


def state_file(head: Path) -> Path:
    """Where the state of ``head``'s chain stands."""
    return head.with_name(f"{head.name}.shipped")


def read_state(head: Path) -> dict[str, Any]:
    """How far ``head``'s chain has come. Raises `OSError`."""
    path = state_file(head)
    try:
        with path.open("rb") as file:
            state = json.loads(file.read(MAX_STATE))
    except FileNotFoundError:
        return {"number": 0, "head": ""}
    except ValueError:
        state = None
    if not isinstance(state, dict) or not isinstance(state.get("number"), int):
        raise OSError(errno.EINVAL, "does not say how far the log was shipped", str(path))
    return state


def waiting(file: Path) -> Waiting | None:
    """What of ``file``'s chains has not arrived; None if nobody ships them."""
    count, at, shipped = 0, 0.0, False
    for chain in segments.chains(file):
        head = segments.head_of(chain[0])
        confirmed = 0
        with contextlib.suppress(OSError):
            confirmed = read_state(head)["number"]
            at = max(at, state_file(head).stat().st_mtime if confirmed else 0.0)
            shipped |= state_file(head).exists()
        count += sum(1 for path in segments.segments(head) if segments.number_of(path) > confirmed)
    return Waiting(count, at) if shipped else None
