"""A document as its editor has it: its text, its tokens, and places in the units of both sides.

Input: a URI, a text, the encoding in which the client counts columns. Output: a `Document`. Inside, a place is an
offset in the UTF-8 bytes of the text, as Lua and the checker count. A document larger than a script may be has no
tokens.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from functools import cached_property
from itertools import accumulate, islice
from typing import Final, NamedTuple

from ...interpreter import DEFAULT
from ...interpreter.limits import MAX_TOKENS
from ...interpreter.syntax.lexer import ERROR, fragments
from ...interpreter.syntax.parse_tables import load

UNITS: Final[Mapping[str, tuple[str, int]]] = {
    "utf-8": ("utf-8", 1),
    "utf-16": ("utf-16-le", 2),
    "utf-32": ("utf-32-le", 4),
}
"""What clients count columns in: the encoding, and bytes of a unit."""

_NEWLINES: Final = re.compile(r"\r\n?")
_LONG: Final = re.compile(rb"\[(=*)\[")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")


class Token(NamedTuple):
    """A keyword's or operator's kind is its text; the others are NAME, NUMBER, STRING, ERROR."""

    kind: str
    text: str
    start: int
    end: int


class Document:
    """One text. It never changes: what is typed makes another."""

    def __init__(self, uri: str, text: str, version: int | None = None, units: str = "utf-16") -> None:
        """A half of a surrogate pair alone becomes U+FFFD, which has as many units."""
        self.uri = uri
        self.version = version
        self.units = UNITS[units]
        self.text = _SURROGATES.sub("\ufffd", _NEWLINES.sub("\n", text))
        self.source = self.text.encode()
        self.is_too_large = len(self.source) > DEFAULT.source

    @cached_property
    def tokens(self) -> list[Token]:
        """Up to the limit of a script's tokens; comments are none. A first line that begins with # is none of Lua's."""
        if self.is_too_large:
            return []
        source = self.source.decode("latin-1")
        first = source.partition("\n")[0]
        if first.startswith("#"):
            source = " " * len(first) + source[len(first) :]
        found = islice(fragments(source, load().literals), MAX_TOKENS)
        return [Token(kind, text, start, start + len(text)) for kind, text, start in found]

    @cached_property
    def _starts(self) -> list[int]:
        """Offsets of the lines."""
        return [0, *accumulate(len(line) + 1 for line in self.source.split(b"\n")[:-1])]

    def line(self, number: int) -> bytes:
        """A line, from 0, without its end."""
        start = self._starts[number]
        end = self._starts[number + 1] - 1 if number + 1 < len(self._starts) else len(self.source)
        return self.source[start:end]

    def offset(self, line: int, character: int) -> int:
        """The offset of a client's place; one beyond the end of the line or the text is that end."""
        if line < 0 or character < 0:
            return 0
        if line >= len(self._starts):
            return len(self.source)
        text = self.line(line)
        encoding, size = self.units
        if not text.isascii():
            units = text.decode().encode(encoding)[: character * size]
            return self._starts[line] + len(units.decode(encoding, "ignore").encode())
        return self._starts[line] + min(character, len(text))

    def place(self, offset: int) -> tuple[int, int]:
        """A client's place, line and character from 0, of an offset."""
        line = bisect_right(self._starts, offset) - 1
        before = self.source[self._starts[line] : offset]
        if not before.isascii():
            encoding, size = self.units
            return line, len(before.decode("utf-8", "ignore").encode(encoding)) // size
        return line, len(before)

    def offset_of(self, line: int, column: int) -> int:
        """The offset of a finding's place: line and byte, both from 1."""
        number = min(max(line, 1), len(self._starts)) - 1
        return self._starts[number] + min(max(column, 1) - 1, len(self.line(number)))

    def token_before(self, offset: int) -> int:
        """The number of the last token that begins before an offset; -1 if there is none."""
        return bisect_right(self.tokens, offset - 1, key=lambda token: token.start) - 1

    def token_at(self, offset: int) -> int:
        """The number of the token that an offset is in or, for a name, right behind; -1 if there is none."""
        before = self.token_before(offset)
        if before >= 0 and self.tokens[before].kind == "NAME" and self.tokens[before].end >= offset:
            return before
        number = bisect_right(self.tokens, offset, key=lambda token: token.start) - 1
        return number if number >= 0 and offset < self.tokens[number].end else -1

    def is_in_comment(self, offset: int) -> bool:
        """Whether an offset, which is in no token of Lua's, is in a comment."""
        before = self.token_before(offset)
        if before >= 0 and self.tokens[before].kind == ERROR and self.tokens[before].text.startswith("--"):
            return True  # one without an end
        between = self.source[self.tokens[before].end if before >= 0 else 0 : offset]
        place = 0
        while (place := between.find(b"--", place)) >= 0:
            opener = _LONG.match(between, place + 2)
            close = b"]" + opener[1] + b"]" if opener else b"\n"
            if (place := between.find(close, place + 2)) < 0:
                return True
        return False

    def is_in_text(self, offset: int) -> bool:
        """Whether an offset is within a string, finished or not."""
        before = self.token_before(offset)
        if before < 0:
            return False
        token = self.tokens[before]
        return token.text[:1] in ("'", '"', "[") and (
            offset < token.end if token.kind == "STRING" else token.kind == ERROR and offset <= token.end
        )
