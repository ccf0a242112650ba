"""A source as lines, as the lexer counts them. (Python's splitlines also breaks lines at bytes that occur in UTF-8.)"""

from __future__ import annotations

import re
from typing import Final

_END: Final = re.compile("\r\n|\n\r|\n|\r")


def lines_of(source: bytes) -> list[str]:
    """The lines of ``source``, one character per byte, without their ends (llex.c, inclinenumber)."""
    return _END.split(source.decode("latin-1"))
