"""Literals that are no valid pattern or regular expression: the call always is an error, whatever text is searched.

Lua notices only when a match reaches the mistake.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from ....interpreter.patterns.items import FAULT, Reader
from ....interpreter.patterns.regex_program import Program
from ....interpreter.patterns.regex_syntax import RegexError, read_regex
from ....interpreter.stdlib.matching import take_apart
from ....interpreter.syntax import nodes
from ..findings import Severity
from ..library import is_plain, library_of, pattern_calls
from ..rule import Place
from ..script import Script

CODE: Final = "bad-pattern"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "The pattern or regular expression is malformed: matching by it is an error."

MOST_REGEXES: Final = 200
"""Regular expressions of a script that are compiled: the dearest take 10 ms each."""
_OPTIONS: Final = 2
"""The place of options among the arguments of re's functions, of sub and gsub one more."""


def places(script: Script) -> Iterator[Place]:
    """Patterns of string's functions and gsub's replacements, expressions and options of re's."""
    for call in pattern_calls(script):
        pattern = call.pattern
        if isinstance(pattern, nodes.String) and not is_plain(call):
            reader = _read(pattern.value)
            if (fault := _fault(reader)) is not None:
                yield Place(pattern.line, pattern.column, f"{fault}: each call with this pattern is an error")
            elif isinstance(call.replacement, nodes.String):
                highest, captures = take_apart(call.replacement.value).highest, max(1, len(reader.kinds))
                if highest > captures:
                    message = f"the replacement names capture {highest}, and the pattern has {len(reader.kinds)}"
                    yield Place(call.replacement.line, call.replacement.column, message)
    regexes = (found for found in library_of(script).calls() if found.member.path[0] == "re")
    for found in islice(regexes, MOST_REGEXES):
        name = found.member.path[1]
        if len(found.call.arguments) > 1:
            yield from _regex(found.call.arguments, _OPTIONS + (name in ("sub", "gsub")))


def _read(text: str) -> Reader:
    reader = Reader(text[text.startswith("^") :])
    reader.read()
    return reader


def _fault(reader: Reader) -> str | None:
    if reader.items and reader.items[-1].kind == FAULT:
        return str(reader.items[-1].argument)
    return "unfinished capture" if reader.open else None


def _regex(arguments: tuple[Any, ...], place: int) -> Iterator[Place]:
    pattern = arguments[1]
    options = arguments[place] if len(arguments) > place else None
    letters = options.value if isinstance(options, nodes.String) else ""
    if isinstance(pattern, nodes.String):
        try:
            Program(read_regex(pattern.value, letters))
        except RegexError as error:
            yield Place(pattern.line, pattern.column, f"{error}: each call with it is an error")
