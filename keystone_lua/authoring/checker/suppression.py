"""``-- keystone: ignore RULE, RULE``: which rules a line silences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

MAX_CODES: Final = 32
"""Names that a comment is read for: more than there are rules."""

_COMMENT: Final = re.compile(r"--[ \t]*keystone:[ \t]*ignore[ \t]+")
_CODE: Final = re.compile(r"[a-z][a-z-]*+(?=[\s,]|\Z)")
_BETWEEN: Final = re.compile(r"[ \t]*,?[ \t]*")


def ignored(line: str) -> Iterator[tuple[int, str]]:
    """Column, from 1, and code of each rule named on a line of source, unknown ones included; each once."""
    found = _COMMENT.search(line)
    seen: set[str] = set()
    place = found.end() if found is not None else len(line)
    while len(seen) < MAX_CODES and (code := _CODE.match(line, place)) is not None:
        if code[0] not in seen:
            seen.add(code[0])
            yield code.start() + 1, code[0]
        between = _BETWEEN.match(line, code.end())
        assert between is not None
        place = between.end()


def ignored_rules(line: str) -> frozenset[str]:
    """The codes named on a line of source."""
    return frozenset(code for _, code in ignored(line))
