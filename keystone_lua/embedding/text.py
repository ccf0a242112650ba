"""Lua strings as Python text that loses no byte, and text as Lua strings.

A Lua string is bytes. In: one character a byte, as the interpreter has it. Out: what the bytes say in UTF-8; a byte
that is none of it is a lone surrogate (U+DC80 to U+DCFF, Python's "surrogateescape"), and the same on the way back.
Refuses, with ValueError, other lone surrogates.
"""

from __future__ import annotations


def outside(value: str) -> str:
    """A Lua string as Python text."""
    return value if value.isascii() else value.encode("latin-1").decode("utf-8", "surrogateescape")


def inside(value: str | bytes, where: str) -> str:
    """Python text, or bytes, as a Lua string; ``where`` names it in the error. Raises ValueError."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    text = str.__str__(value)
    if text.isascii():
        return text
    try:
        return text.encode("utf-8", "surrogateescape").decode("latin-1")
    except UnicodeEncodeError as error:
        raise ValueError(f"{where}: U+{ord(text[error.start]):04X} is half of a character") from None
