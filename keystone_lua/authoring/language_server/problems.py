"""The checker's findings as an editor shows them: with an end, and at a place of the document.

Input: a document and the modules beside it. Output: `Problem`s. The limits are those of a tenant's script; what of them
is reached is the finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from ...interpreter.syntax.lexer import string_value
from ...interpreter.text import from_text, to_text
from ...routing.scripts_folder import LIBRARY, SUFFIX
from ..checker import Finding, Kind, check_source
from .document import Document

MOST_PROBLEMS: Final = 200
"""Of a document: more are no help."""

UNNECESSARY: Final = frozenset({"unreachable-code", "unused-local"})
"""Rules about code that could go: editors show it faintly."""


class Problem(NamedTuple):
    """From ``start`` to ``end``, in offsets."""

    start: int
    end: int
    severity: str
    code: str
    message: str


def problems(
    document: Document,
    name: str,
    modules: Mapping[str, bytes],
    kind: Kind = Kind.TENANT,
    injected: frozenset[str] = frozenset(),
    switches: tuple[bool, bool] = (False, False),
) -> list[Problem]:
    """What is to be said of a document; ``name`` is its file's, ``switches`` are `check_source`'s."""
    found = check_source(document.source, from_text(name), modules, kind, injected, *switches)
    return [_problem(document, finding, from_text(name)) for finding in found[:MOST_PROBLEMS]]


def _problem(document: Document, finding: Finding, name: str) -> Problem:
    message = to_text(finding.message)
    if finding.file == name:
        start = document.offset_of(finding.line, finding.column)
    else:  # in a module that it requires
        start = _required_at(document, finding.file)
        message = f"{to_text(finding.file)}:{finding.line}: {message}"
    return Problem(start, _end(document, start), finding.severity, finding.rule, message)


def _required_at(document: Document, file: str) -> int:
    """Where the module of a file is named."""
    module = file.removeprefix(f"{LIBRARY}/").removesuffix(SUFFIX).replace("/", ".")
    for token in document.tokens:
        if token.kind == "STRING" and string_value(token.text) == module:
            return token.start
    return 0


def _end(document: Document, start: int) -> int:
    """The end of the token that begins at an offset, or of the line; at least one character, if there is one."""
    number = document.token_at(start)
    token = document.tokens[number] if number >= 0 else None
    line = document.source.find(b"\n", start)
    line = line if line >= 0 else len(document.source)
    if token is not None and token.start <= start < token.end:
        return min(token.end, max(line, start + 1))
    return line
