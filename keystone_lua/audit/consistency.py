"""Whether a record agrees with itself.

In: a record. Out: the first thing in it that no recorder writes, or None. This needs no script. It is for records
that say they cannot be replayed: such a record must at least look like one that a server writes. (The replay checks
all others.)
"""

from __future__ import annotations

from typing import Final

from .records import DecisionRecord

BROKEN_OFF: Final = ("timeout", "engine")
"""Kinds of error of a run that left no counts."""


def contradiction(record: DecisionRecord) -> str | None:
    """The first thing in ``record`` that contradicts another."""
    kind = record.error["kind"] if record.error is not None else None
    if record.answer is not None and record.error is not None:
        return f"an answer and an error of kind {kind!r} exclude each other"
    if record.answer is None and record.error is None:
        return "neither an answer nor an error"
    for name in record.read:
        if name.lower() not in record.masked:
            return f"it read {name!r} as a masked header, which is not masked"
    if record.ran:
        return "the engine failed, and yet there is a seed" if kind == "engine" else None
    if record.instructions or record.bytes:
        return "no script ran, and yet it was charged"
    if record.read:
        return "no script ran, and yet it read a header"
    if record.script is not None:
        return None if kind in BROKEN_OFF else "a script is named, it did not break off, and yet it did not run"
    if record.answer is not None:
        return None if record.answer.get("reject") is True else "no script ran, and yet a backend was selected"
    return None if kind == "syntax" else f"an error of kind {kind!r} without a script"
