"""Untrusted text made fit for a terminal, a log line or a report of one line.

In: any text. Out: the same with everything that is not printable as an escape: C0 and C1 controls, what turns the
direction of text, invisible characters, line separators, lone surrogates (of which those that stand for a byte of a
file name show that byte). Nothing is refused.
"""

from __future__ import annotations

import re
from typing import Final

_BYTE: Final = range(0xDC80, 0xDD00)
"""What os.fsdecode makes of a byte that is no UTF-8 (PEP 383)."""


def printable(text: str, keep: str = "") -> str:
    """``text`` with escapes for all that is not printable, but for the characters in ``keep``."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in keep else _escape(ord(c)) for c in text)


def json_printable(text: str) -> str:
    """JSON text likewise, in which the escapes are JSON's own: the value stays the same."""
    if text.isprintable():
        return text
    return _NOT_ASCII.sub(lambda found: found[0] if found[0].isprintable() else _json_escape(ord(found[0])), text)


_NOT_ASCII: Final = re.compile("[^\x20-\x7e\n]")


def _escape(code: int) -> str:
    if code in _BYTE:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return {9: "\\t", 10: "\\n", 13: "\\r"}.get(code, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(code: int) -> str:
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
