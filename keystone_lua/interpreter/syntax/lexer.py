"""Lexer: the source's tokens in order, by one regular expression over the whole text.

Input: the source, one character per byte. Output: (kind, text, line, column) tuples. A keyword's or
an operator's kind is its own text; the others are NAME, NUMBER, STRING, LINE_PAREN (a "(" that is the
first token of its line), END and, where the source has no further token, ERROR with a message as text.
``line`` is the token's last one, as Lua counts; ``column`` is that of its first character.
It raises nothing itself: the parser comes to an ERROR when Lua would, and refuses it then.

Every character is in exactly one match, and no match reads a character more than a fixed number of
times: the time is linear in the source, whatever it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import itemgetter
from typing import Final

from ..numerals import string_to_number

Token = tuple[str, str, int, int]
END: Final = "$END"
ERROR: Final = "ERROR"
COMMENT: Final = "COMMENT"
"""Of a piece that is no token."""

_NEAR_LENGTH = 200
"""Characters of a token that a message shows; Lua has no limit, but messages travel in answers."""

_NEWLINES = re.compile(r"\r\n?|\n\r")

# No possessive group holds a look-ahead or a choice: CPython before 3.11.4 takes what such a group has only tried.
_LONG = r"\[(=*+)\[ [\s\S]*? \]\%d\]"
_SHORT = r"[^%s\\\n]*+ (?: \\(?: z[ \t\n\v\f]*+ | [\s\S] ) [^%s\\\n]*+ )*+"
_SHORT_DOUBLE, _SHORT_SINGLE = _SHORT.replace("%s", '"'), _SHORT.replace("%s", "'")

# Possessive throughout. An incomplete string or comment follows the complete one and takes the whole rest.
_PIECE = re.compile(
    rf"""[ \t\v\f]*+ (?:
      [A-Za-z_][A-Za-z0-9_]*+
    | \n[ \t\n\v\f]*+
    | -- (?: {_LONG % 1} | \[=*+\[ [\s\S]*+ | [^\n]*+ )
    | {_LONG % 2} | \[=*+\[ [\s\S]*+ | \[=++
    | "{_SHORT_DOUBLE}" | '{_SHORT_SINGLE}' | ["'] [\s\S]*+
    | 0[xX] [0-9A-Za-z_]*+ (?: (?: (?<=[pP])[+-] | \.(?!\.) ) [0-9A-Za-z_]*+ )*
    | \.?[0-9] [0-9.]*+ (?:[Ee][+-]?)? [0-9A-Za-z_]*+
    | \.\.\. | \.\. | [=~<>]= | ::
    | [\s\S]
    | \Z )""",
    re.VERBOSE,
)
_BODIES = {'"': re.compile(_SHORT_DOUBLE, re.VERBOSE), "'": re.compile(_SHORT_SINGLE, re.VERBOSE)}
_ESCAPE = re.compile(r"\\(?:([0-9]{1,3})|x([0-9a-fA-F]{2})|z[ \t\n\v\f]*+|([\s\S]))")
_LETTERS = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))

_Word = tuple[str | None, str, int, int, int]


def one_newline(source: str) -> str:
    """Each of Lua's four line ends as one newline; Lua does the same inside strings."""
    return _NEWLINES.sub("\n", source) if "\r" in source else source


def tokens(source: str, literals: frozenset[str]) -> Iterator[Token]:
    """All tokens, END last. ``literals`` are the grammar's keywords and operators."""
    line, column, fresh = 1, 1, True
    words = _Words(literals)
    for kind, text, blanks, width, newlines in map(words.__getitem__, map(itemgetter(0), _PIECE.finditer(source))):
        if kind is None:
            if newlines:
                line += newlines
                column = 1
                fresh = True
            column += width
            continue
        if fresh:
            fresh = False
            if kind == "(":
                yield "LINE_PAREN", text, line, column + blanks
                column += width
                continue
        if newlines:
            line += newlines
            yield kind, text, line, column + blanks
            column = 1 + width
            continue
        yield kind, text, line, column + blanks
        column += width
    yield END, "", line, column


def pieces(source: str, literals: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The whole source in pieces, as it stands: kind ("" of blanks, COMMENT, otherwise a token's), and text."""
    words = _Words(literals)
    for piece in map(itemgetter(0), _PIECE.finditer(source)):
        kind, _, blanks, _, _ = words[piece]
        if blanks:
            yield "", piece[:blanks]
        if text := piece[blanks:]:
            yield (COMMENT if text.startswith("--") else "") if kind is None else kind, text


RECOVERIES: Final = 64
"""Unfinished strings behind which `fragments` goes on: each may have been read to the end of the source."""


def fragments(source: str, literals: frozenset[str]) -> Iterator[tuple[str, str, int]]:
    """Kind, text and offset of what stands in a source that may be no program: while somebody types, most are none.

    An ERROR has its own text. That of a string in quotes which has no end is the rest of its line; a long string or
    comment without an end is all of the rest. Comments are left out. Lines end with newlines alone.
    """
    words = _Words(literals)
    place, recoveries = 0, 0
    while place < len(source):
        found = _PIECE.match(source, place)
        assert found is not None
        kind, text, blanks, _, _ = words[found[0]]
        start, place = place + blanks, found.end()
        if kind == ERROR:
            text = source[start:place]
            if text[0] in _BODIES and "\n" in text and recoveries < RECOVERIES:
                recoveries += 1
                text = text.partition("\n")[0]
                place = start + len(text)
        if kind is not None:
            yield kind, text, start


def string_value(text: str) -> str:
    """The value of a STRING token's text."""
    if text[0] == "[":
        edge = text.index("[", 1) + 1
        return text[edge + (text[edge] == "\n") : -edge]
    return _unescape(text[1:-1])


def near(token: Token) -> str:
    """`` near 'token'`` as Lua writes it: escapes resolved, nothing for a NUL (``luaX_lexerror``, ``txtToken``)."""
    kind, text = token[:2]
    if kind == END:
        text = "<eof>"
    elif kind == "STRING":
        edge = text.index("[", 1) + 1 if text[0] == "[" else 1
        text = text[:edge] + string_value(text) + text[-edge:]
    elif text == "\0":
        return ""
    elif text < " " or text == "\x7f":
        text = f"char({ord(text)})"
    return _near(text)


def _near(text: str) -> str:
    text = text.partition("\0")[0]
    return f" near '{text}'" if len(text) <= _NEAR_LENGTH else f" near '{text[:_NEAR_LENGTH]}...'"


class _Words(dict[str, _Word]):
    """What a piece of source is: kind (None: white space, comment), text, blanks before it, width, newlines in it.

    The width of a piece with newlines is that of what follows the last one. Filled as pieces come:
    most pieces of a script are repeats.
    """

    def __init__(self, literals: frozenset[str]) -> None:
        self._literals = literals

    def __missing__(self, piece: str) -> _Word:
        text = piece.lstrip(" \t\v\f")
        blanks = len(piece) - len(text)
        kind: str | None
        if text in self._literals:
            kind, newlines = text, 0
        elif text.isidentifier() and text.isascii():
            kind, newlines = "NAME", 0
        else:
            kind, text, newlines = _classify(text)
        width = len(piece) - (piece.rfind("\n") + 1 if newlines else 0)
        word = self[piece] = kind, text, blanks, width, newlines
        return word


def _classify(text: str) -> tuple[str | None, str, int]:
    """Kind, text (of an ERROR: the message) and newlines (of an ERROR: up to it) of the other pieces."""
    first = text[:1]
    if first in _BODIES:
        return _short_string(text)
    if first in ("", "\n"):
        return None, text, text.count("\n")
    if first == "-":
        return _comment(text)
    if first == "[":
        return _long_string(text)
    if first in "0123456789.":
        malformed = string_to_number(text) is None
        return (ERROR, "malformed number" + _near(text), 0) if malformed else ("NUMBER", text, 0)
    return text, text, 0


def _comment(text: str) -> tuple[str | None, str, int]:
    if (opener := re.match(r"--\[(=*+)\[", text)) and not text.endswith(f"]{opener[1]}]"):
        return ERROR, "unfinished long comment near '<eof>'", text.count("\n")
    return None, text, text.count("\n")


def _long_string(text: str) -> tuple[str, str, int]:
    edge = text.find("[", 1)
    if edge < 0:
        return ERROR, "invalid long string delimiter" + _near(text), 0
    if not text.endswith(text[: edge + 1].replace("[", "]")):
        return ERROR, "unfinished long string near '<eof>'", text.count("\n")
    return "STRING", text, text.count("\n")


def _short_string(text: str) -> tuple[str, str, int]:
    quote = text[0]
    if text[-1] == quote and len(text) > 1 and "\\" not in text and "\n" not in text:
        return "STRING", text, 0
    body = _BODIES[quote].match(text, 1)
    assert body  # it matches the empty string
    if refused := _bad_escape(body[0]):
        message, start = refused
        before = body[0][:start]
        return ERROR, message + _near(quote + _unescape(before)), before.count("\n")
    newlines = body[0].count("\n")
    stop = text[body.end() : body.end() + 1]
    if stop == quote:
        return "STRING", text, newlines
    return ERROR, "unfinished string" + _near(quote + _unescape(body[0]) if stop == "\n" else "<eof>"), newlines


def _bad_escape(body: str) -> tuple[str, int] | None:
    """What is wrong with the first meaningless escape sequence, and where it is."""
    for found in _ESCAPE.finditer(body):
        if found[1] and int(found[1]) > 255:
            return "escape sequence too large", found.start()
        if found[3] == "x":
            return "invalid escape sequence", found.start()
    return None


def _unescape(body: str) -> str:
    return _ESCAPE.sub(_escaped, body) if "\\" in body else body


def _escaped(found: re.Match[str]) -> str:
    decimal, hexadecimal, character = found.groups()
    if decimal:
        return chr(int(decimal))
    if hexadecimal:
        return chr(int(hexadecimal, 16))
    return _LETTERS.get(character, character) if character else ""
