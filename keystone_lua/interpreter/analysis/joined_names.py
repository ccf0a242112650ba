"""Names of modules that a program may join from literals: ``require("stages." .. name)``.

Input: the name that a module's file has. Output: the ways in which literals make a name that ``require`` finds it by.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

NAME: Final = re.compile(r"""[^\s%(){}\[\]"'<>=,;:]{1,200}""")
"""A literal that may be a module's name, or part of one, without standing in a call of ``require``."""

MOST_JOINTS: Final = 8
"""Dots of a name that are looked at, from its end."""


def joints(file: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names of a module, dots or slashes between their parts, each with literals that make it together."""
    for name in (file, file.removesuffix(".init")) if file.endswith(".init") else (file,):
        for dot in "./":
            spelt = name.replace(".", dot)
            end = len(spelt) if NAME.fullmatch(spelt) else 0
            for _ in range(MOST_JOINTS):
                end = spelt.rfind(dot, 0, end)
                if end < 1:
                    break
                yield spelt, (spelt[: end + 1], spelt[end + 1 :])
                yield spelt, (spelt[:end], spelt[end:])
                yield spelt, (spelt[:end], dot, spelt[end + 1 :])


Joints = Mapping[str, list[tuple[str, tuple[str, ...]]]]


def by_literal(files: Iterable[str]) -> Joints:
    """The names that a literal may be part of."""
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for file in files:
        for name, literals in joints(file):
            for literal in literals:
                found.setdefault(literal, []).append((name, literals))
    return found
