"""Grammar: the text of grammar.lark, its checksum, and where the tables made of it are saved."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Final

SAVED: Final = Path(__file__).with_name("parse_tables.json")


_GRAMMAR: Final = Path(__file__).with_name("grammar.lark")


Rule = tuple[str, int, str | None]


def grammar() -> str:
    """The text of grammar.lark."""
    return _GRAMMAR.read_text(encoding="utf-8")


def checksum(text: str) -> int:
    """What ties saved tables to their grammar."""
    return zlib.crc32(text.encode())
