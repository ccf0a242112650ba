"""Lua as readers see it: which part of a line is a keyword, a text, a number, a comment.

Input: source as it is shown, valid or not. Output: lines of pieces, each with its kind. Linear in the text, like the
lexer whose pieces these are.
"""

from __future__ import annotations

from typing import Final

from ...interpreter.syntax.lexer import COMMENT, pieces

KEYWORDS: Final = frozenset(
    "and break do else elseif end false for function goto if in local nil not or repeat return then true until "
    "while".split()
)

Piece = tuple[str, str]
"""Kind ("keyword", "string", "number", "comment", "" for the rest) and text."""

_KINDS: Final = {"STRING": "string", "NUMBER": "number", COMMENT: "comment"} | dict.fromkeys(KEYWORDS, "keyword")


def highlighted(text: str) -> list[list[Piece]]:
    """The lines of ``text``; neighbours of one kind are one piece."""
    lines: list[list[Piece]] = [[]]
    for token, piece in pieces(text, KEYWORDS):
        kind = _KINDS.get(token, "")
        for number, part in enumerate(piece.split("\n")):
            if number:
                lines.append([])
            if part and lines[-1] and lines[-1][-1][0] == kind:
                lines[-1][-1] = kind, lines[-1][-1][1] + part
            elif part:
                lines[-1].append((kind, part))
    return lines
