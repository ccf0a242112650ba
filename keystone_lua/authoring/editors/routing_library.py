"""The libraries as editors are told of them: each one's members with their parameters and their meaning.

Input: library.txt and language.txt, which have the tables of docs/library.md and docs/language.md
(tests/authoring/test_editors.py writes and compares them). Output: `Entry`s by module of the routing library, or by
library of the language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Final, NamedTuple

FILE: Final = "library.txt"
LANGUAGE: Final = "language.txt"

_HEADING: Final = re.compile(r"^##+ (\w+)$")
_ROW: Final = re.compile(r"^\| ((?:`[^`]*`(?:, )?)+) \| (.*) \|$")
_SIGNATURE: Final = re.compile(r"(?:(\w+):)?(\w+)(?:\((.*)\))?")
_HEAD: Final = "| function | answers |"


class Entry(NamedTuple):
    """A function, method or constant. ``parameters`` is None for a constant; ``object`` names a method's object."""

    name: str
    parameters: tuple[str, ...] | None
    meaning: str
    object: str = ""


def tables_of(page: str) -> str:
    """The headings and rows of a page that `entries` reads: what its file here is to have."""
    lines: list[str] = []
    heading, within = "", False
    for line in page.splitlines():
        if _HEADING.match(line):
            heading = line
        elif line == _HEAD:
            lines.append(heading)
            within = True
        elif within and _ROW.match(line):
            lines.append(line)
        elif not line.startswith("|"):
            within = False
    return "\n".join([*lines, ""])


def entries(file: str = FILE) -> dict[str, list[Entry]]:
    """What each module or library has, in the page's order."""
    found: dict[str, list[Entry]] = {}
    for line in (files(__package__) / file).read_text("utf-8").splitlines():
        if heading := _HEADING.match(line):
            module = found.setdefault(heading[1], [])
        elif row := _ROW.match(line):
            module.extend(_entries(row[1], row[2].replace("\\|", "|")))
    return found


def _entries(signatures: str, meaning: str) -> Iterator[Entry]:
    for text in re.findall("`([^`]*)`", signatures):
        signature = _SIGNATURE.fullmatch(text)
        assert signature is not None, text
        owner, name, parameters = signature.groups()
        yield Entry(name, None if parameters is None else tuple(_names(parameters)), meaning, owner or "")


def _names(parameters: str) -> Iterator[str]:
    """``key, {{name, weight}, ...}`` as names: what is in braces is a list."""
    for text in re.sub(r"\{(?:[^{}]|\{[^{}]*\})*\}", "list", parameters).split(","):
        if name := text.strip():
            yield (
                name
                if name == "..." or (name.isidentifier() and name not in ("and", "end", "function", "not", "or"))
                else f"_{name}"
            )
