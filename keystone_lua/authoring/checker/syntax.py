"""The finding of a script that does not compile: Lua's own message, with its column where the token is on the line."""

from __future__ import annotations

import re
from typing import Final

from ...interpreter import LuaSyntaxError
from ...interpreter.execution import to_text
from ..lines import lines_of
from .findings import Finding, Severity

CODE: Final = "syntax"
SEVERITY: Final[Severity] = "error"
TEXT: Final = "The script does not compile."

_NEAR: Final = re.compile(r" near '(.*)'\Z", re.DOTALL)
_CONTROL: Final = re.compile(r"char\(([0-9]+)\)")
_NAMED: Final = re.compile(r"(?:module|label|goto) '?([A-Za-z_][A-Za-z0-9_.]*)")


def finding(error: LuaSyntaxError, source: bytes, name: str) -> Finding:
    """The error as a finding; one in a module that the script requires is reported at the module's own line."""
    message = to_text(error.message)
    file, found, rest = message.partition(f":{error.line}: ")
    if not found:
        file, rest = name, message
    lines = lines_of(source)
    text = lines[error.line - 1] if file == name and 0 < error.line <= len(lines) else ""
    return Finding(file, max(1, error.line), _column(text, error.message), CODE, SEVERITY, rest)


def unreadable(file: str, why: str) -> Finding:
    """A file that is named like a script and can be none: a FIFO, a broken link, bytes that are no name."""
    return Finding(file, 1, 1, CODE, SEVERITY, f"the file cannot be used: {why}")


def _column(text: str, message: str) -> int:
    found = _NEAR.search(message) or _NAMED.search(message)
    token = found[1] if found else ""
    if control := _CONTROL.fullmatch(token):
        token = chr(int(control[1]))
    place = text.rfind(token) if token else -1
    if place < 0:
        place = len(text) - len(text.lstrip())
    return place + 1
