"""Kinds: what is known of a value's type.

A kind other than ANY and UNKNOWN is a proof.
"""

from __future__ import annotations

from typing import Final

NUMBER, STRING, BOOLEAN, NIL, TABLE, FUNCTION, ANY = "number", "string", "boolean", "nil", "table", "function", "any"
UNKNOWN: Final = ""  # no value seen yet
TRUE_KINDS: Final = (NUMBER, STRING, TABLE, FUNCTION)


def join(one: str, other: str) -> str:
    """The least kind that covers both."""
    if one == other or other == UNKNOWN:
        return one
    return other if one == UNKNOWN else ANY
