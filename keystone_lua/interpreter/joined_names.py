"""Names of modules that a program may join from literals: ``require("stages." .. name)``.

Input: the name that a module's file has, or that ``require`` is called with. Output: the ways in which parts make it
together. Parts are a program's literals and, since libraries find their own files by them (``(...) .. ".part"``), the
names of its modules and of the folders around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

NAME: Final = re.compile(r"""[^\s%(){}\[\]"'<>=,;:]{1,200}""")
"""A literal that may be a module's name, or part of one, without standing in a call of ``require``."""

MOST_JOINTS: Final = 8
"""Dots of a name that are looked at, from its end."""


def file_of(name: str) -> str:
    """The file that ``require`` looks for, with dots: ``a.b`` for ``./a/b``; slashes next to each other are one."""
    *before, last = re.split(r"[./]", name)
    return ".".join((*filter(None, before), last))


def is_odd(name: str) -> bool:
    """Whether a file is not found by its own name with dots, or slashes, alone."""
    return ("/" in name and "." in name) or ".." in name or "//" in name or name[:1] in ("/", ".")


def beginnings(name: str) -> Iterator[str]:
    """``a.b.``, ``a.b``, ``a.`` and ``a`` of ``a.b``."""
    dot = "/" if "/" in name else "."
    while name:
        yield name + dot
        yield name
        name = name.rpartition(dot)[0]


Parts = tuple[str, ...]


def joints(file: str) -> Iterator[tuple[str, Parts]]:
    """The names of a module, dots or slashes between their parts, each with parts that make it together."""
    for name in (file, file.removesuffix(".init")) if file.endswith(".init") else (file,):
        for dot in "./":
            yield from _joints(name.replace(".", dot), dot)


def _joints(name: str, dot: str) -> Iterator[tuple[str, Parts]]:
    if not NAME.fullmatch(name):
        return
    yield name, (name,)
    end = len(name)
    for _ in range(MOST_JOINTS):
        end = name.rfind(dot, 0, end)
        if end < 1:
            return
        yield name, (name[: end + 1], name[end + 1 :])
        yield name, (name[:end], name[end:])
        yield name, (name[:end], dot, name[end + 1 :])


def could_join(name: str, parts: frozenset[str]) -> bool:
    """Whether a program with such parts would have looked for a module of this name."""
    return any(parts.issuperset(found) for _, found in _joints(name, "/" if "/" in name else "."))


Joints = Mapping[str, list[tuple[str, Parts]]]


def by_part(files: Iterable[str]) -> Joints:
    """The names that a part may be of."""
    known: dict[str, list[tuple[str, Parts]]] = {}
    for file in files:
        for name, parts in joints(file):
            for part in parts:
                known.setdefault(part, []).append((name, parts))
    return known
