"""The finding of a script that does not compile: Lua's own message, with its column where the token is on the line."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from ...interpreter import LuaSyntaxError
from ...interpreter.text import to_text
from ..lines import lines_of
from .findings import Finding, Severity
from .foreign_syntax import advice

CODE: Final = "syntax"
SEVERITY: Final[Severity] = "error"
TEXT: Final = "The script does not compile."

_NEAR: Final = re.compile(r" near '(.*)'\Z", re.DOTALL)
_MISSING: Final = re.compile(r": module '([^']*)' not found in lib/(?:: .*)?\Z")
_CONTROL: Final = re.compile(r"char\(([0-9]+)\)")
_NAMED: Final = re.compile(r"(?:module|label|goto) '?([A-Za-z_][A-Za-z0-9_.]*)")


def finding(error: LuaSyntaxError, source: bytes, name: str) -> Finding:
    """The error as a finding; one in a module that the script requires is reported at the module's own line."""
    file, found, rest = error.message.partition(f":{error.line}: ")
    if not found:
        file, rest = name, error.message
    lines = lines_of(source)
    text = lines[error.line - 1] if file == name and 0 < error.line <= len(lines) else ""
    column = error.column if 0 < error.column <= len(text) + 1 else _column(text, error.message)
    told = _named(rest, text, column)
    if file == name and told == rest and (how := advice(rest, lines, error.line, column)):
        told = f"{rest}; {how}"
    return Finding(file, max(1, error.line), column, CODE, SEVERITY, told)


def missing_module(error: LuaSyntaxError) -> str | None:
    """The module that the error says is missing."""
    found = _MISSING.search(error.message)
    return found[1] if found is not None else None


def unreadable(file: str, why: str) -> Finding:
    """A file that is named like a script and can be none: a FIFO, a broken link, bytes that are no name."""
    return Finding(file, 1, 1, CODE, SEVERITY, f"the file cannot be used: {why}")


def _named(message: str, text: str, column: int) -> str:
    """The message with the name of the character that it is about, if that is no letter of Lua's."""
    near = _NEAR.search(message)
    if near is None or near[1].isascii() or text[column - 1 : column] < "\x80":
        return message
    character = to_text(text[column - 1 : column + 3])[:1]
    name = unicodedata.name(character, "no character").lower()
    advice = next((f"; Lua writes {lua}" for others, lua in _MEANT if character in others), "")
    return f"{message[: near.start()]} near U+{ord(character):04X}, {name}{advice}"


_MEANT: Final = (
    ("\u201c\u201d\u201e\u00ab\u00bb\u2033", 'a plain "'),
    ("\u2018\u2019\u201a\u2032\u00b4", "a plain '"),
    ("\u2010\u2011\u2012\u2013\u2014\u2212", "a plain -"),
    ("\u00a0\u2007\u202f\u3000", "a plain space"),
    ("\u2026", "..."),
    ("\u2260", "~="),
    ("\u2264", "<="),
    ("\u2265", ">="),
)
"""What word processors make of Lua's characters."""


def _column(text: str, message: str) -> int:
    found = _NEAR.search(message) or _NAMED.search(message)
    token = found[1] if found else ""
    if control := _CONTROL.fullmatch(token):
        token = chr(int(control[1]))
    # A byte that no token can have stands where it is first met; a token is the last of its kind as often as not.
    place = (text.rfind if token.isascii() else text.find)(token) if token else -1
    if place < 0:
        place = len(text) - len(text.lstrip())
    return place + 1
