"""``-- keystone: ignore RULE, RULE``: which rules a line silences."""

from __future__ import annotations

import re
from typing import Final

_COMMENT: Final = re.compile(r"--\s*keystone:\s*ignore\s+([a-z][a-z -]*(?:,\s*[a-z][a-z-]*)*)")


def ignored_rules(line: str) -> tuple[str, ...]:
    """The codes named on a line of source, unknown ones included."""
    found = _COMMENT.search(line)
    return tuple(code.strip() for code in found[1].replace(",", " ").split()) if found else ()
