"""The finding of a script that does not compile: Lua's own message, with its column where the token is on the line."""

from __future__ import annotations

import re
from typing import Final

from ...interpreter import LuaSyntaxError
from ..lines import lines_of
from .findings import Finding, Severity

CODE: Final = "syntax"
SEVERITY: Final[Severity] = "error"
TEXT: Final = "The script does not compile."

_NEAR: Final = re.compile(r" near '(.*)'\Z", re.DOTALL)
_MISSING: Final = re.compile(r": module '([^']*)' not found in lib/(?:: .*)?\Z")
_CONTROL: Final = re.compile(r"char\(([0-9]+)\)")
_NAMED: Final = re.compile(r"(?:module|label|goto) '?([A-Za-z_][A-Za-z0-9_.]*)")


def finding(error: LuaSyntaxError, source: bytes, name: str) -> Finding:
    """The error as a finding; one in a module that the script requires is reported at the module's own line."""
    file, found, told = error.told.partition(f":{error.line}: ")
    if not found:
        file, told = name, error.told
    lines = lines_of(source)
    text = lines[error.line - 1] if file == name and 0 < error.line <= len(lines) else ""
    column = error.column if 0 < error.column <= len(text) + 1 else _column(text, error.message)
    return Finding(file, max(1, error.line), column, CODE, SEVERITY, told)


def missing_module(error: LuaSyntaxError) -> str | None:
    """The module that the error says is missing."""
    found = _MISSING.search(error.message)
    return found[1] if found is not None else None


def unreadable(file: str, why: str) -> Finding:
    """A file that is named like a script but cannot be one: a FIFO, a broken link, a name that is not text."""
    return Finding(file, 1, 1, CODE, SEVERITY, f"the file cannot be used: {why}")


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
