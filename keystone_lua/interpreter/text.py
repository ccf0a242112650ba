"""Text at the boundary: UTF-8 outside, one character a byte inside.

Input and output: str. Lone surrogates stand for bytes that are not UTF-8.
"""

from __future__ import annotations


def to_text(value: str) -> str:
    """A Lua string as Unicode text: UTF-8, invalid bytes replaced."""
    return value if value.isascii() else value.encode("latin-1").decode("utf-8", "replace")


def from_text(value: str) -> str:
    """Unicode text as a Lua string of its UTF-8 bytes, of class str itself; lone surrogates become U+FFFD."""
    if value.isascii():
        return value if value.__class__ is str else str.__str__(value)
    try:
        data = value.encode("utf-8")
    except UnicodeEncodeError:
        data = value.encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode("utf-8")
    return data.decode("latin-1")
