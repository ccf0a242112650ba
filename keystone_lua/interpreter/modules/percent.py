"""Percent-encoding (RFC 3986, 2.1) of strings of bytes, for the modules that need it; it is charged here.

Input and output: texts of one character a byte. A percent sign without two digits stays.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ..costs import WORK, WORK_BYTES

if TYPE_CHECKING:
    from ..runtime.context import RunContext

_KEPT: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPES: Final = {code: f"%{code:02X}" for code in range(256) if chr(code) not in _KEPT}
_ESCAPE: Final = re.compile("%([0-9A-Fa-f]{2})")
_DIGITS: Final = "0123456789abcdefABCDEF"
_BYTES: Final = {high + low: chr(int(high + low, 16)) for high in _DIGITS for low in _DIGITS}
_UNESCAPED: Final = WORK["percent.escape"]
_UNESCAPED_BYTES: Final = WORK_BYTES["percent.escape"]


def escaped(run: RunContext, text: str) -> str:
    """Every byte but letters, digits and ``-._~`` as %XX: an instruction a byte, which may become three."""
    run.charge(len(text), 4 * len(text))
    return text.translate(_ESCAPES)


def unescaped(run: RunContext, text: str) -> str:
    """What %XX stands for. Whoever calls has paid for the text's length."""
    count = text.count("%")
    if not count:
        return text
    run.charge(_UNESCAPED * count, _UNESCAPED_BYTES * count)
    return _ESCAPE.sub(lambda found: _BYTES[found[1]], text)
