"""Patterns of another language: regular expressions given to Lua's functions, Lua's patterns to others.

Each is a valid pattern and matches something that nobody meant. Signs that a Lua pattern may well contain (``|``
between sets) are no finding: only what makes no sense as a Lua pattern is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from ....interpreter.syntax import nodes
from ..findings import Severity
from ..library import is_plain, library_of, pattern_calls, without_sets
from ..rule import Place
from ..script import Script

CODE: Final = "foreign-pattern"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "The pattern is written in another language than the function's."

_ESCAPE: Final = re.compile(r"\\([dDwWsSbB.(\[{|])")
_IN_SET: Final = re.compile(r"\\([dws])")
_WRITTEN: Final = re.compile(r"\\([dDwWsSBSpP.+*?()\[\]{}|^$/-])")
"""In a literal's source, where Lua reads an unknown escape as the character alone."""
_GROUP: Final = re.compile(r"\(\?(?:[:=!>P<i]|[imsx]+\))")
_CHOICE: Final = re.compile(r"\(([\w/.-]++(?:\|[\w/.-]++)++)\)|\A\^?([A-Za-z][\w/-]++(?:\|[A-Za-z][\w/-]++)++)\$?\Z")
_COUNT: Final = re.compile(r"[^%]\{\d+(?:,\d*)?\}")
_LAZY: Final = re.compile(r"\.([*+])\?")
_NAMED_SET: Final = re.compile(r"\[:(alpha|digit|alnum|space|upper|lower|punct|xdigit|cntrl):\]")
_CLASS: Final = re.compile(r"%[acdlpsuwx]")
_SIGNS: Final = re.compile(r"%[acdlpsuwx.+-]|\[[^\[\]]+\][+*]|\\[dsw]|\.[*+]")

_LUA: Final = "no Lua pattern: "
_CALLED: Final = {"find", "match", "gmatch", "gsub", "sub"}


def places(script: Script) -> Iterator[Place]:
    """Literals, the first sign in each."""
    for call in pattern_calls(script):
        if isinstance(call.pattern, nodes.String) and not is_plain(call) and (why := _foreign(script, call.pattern)):
            yield _place(call.pattern, why)
    for found in library_of(script).calls():
        file, name = found.member.path
        second = found.call.arguments[1] if len(found.call.arguments) > 1 else None
        if not isinstance(second, nodes.String):
            continue
        if file == "re" and name in _CALLED and (sign := _CLASS.search(second.value)):
            yield _place(
                second, f"no regular expression: '{sign[0]}' means a percent sign here, write '{_AS[sign[0]]}'"
            )
        elif file == "text" and name in _PLAIN and (sign := _SIGNS.search(second.value)):
            yield _place(
                second, f"'{found.member.shown}' takes plain text, and '{sign[0]}' as it stands: use string.find or re"
            )


_PLAIN: Final = frozenset({"split", "contains", "starts_with", "ends_with"})
_AS: Final = {
    "%a": "[A-Za-z]", "%c": "[[:cntrl:]]", "%d": "\\d", "%l": "[a-z]", "%p": "[[:punct:]]", "%s": "\\s", "%u": "[A-Z]",
    "%w": "[A-Za-z0-9]", "%x": "[0-9A-Fa-f]",
}  # fmt: skip


_CLASSES: Final = {
    "alpha": "a", "digit": "d", "alnum": "w", "space": "s", "upper": "u", "lower": "l", "punct": "p", "xdigit": "x",
    "cntrl": "c",
}  # fmt: skip


def _place(node: Any, message: str) -> Place:
    return Place(node.line, node.column, message)


def _foreign(script: Script, node: nodes.String) -> str | None:
    """What is not Lua's in a pattern, and Lua's way."""
    text = without_sets(node.value, "[]", classes=False)
    if found := _ESCAPE.search(text) or _IN_SET.search(node.value) or _WRITTEN.search(_source(script, node)):
        return f"{_LUA}its escape is '%', so write '%{found[1]}' for '{found[0]}'"
    if found := _GROUP.search(text):
        return f"{_LUA}it has no groups such as '{found[0]}': use require('re')"
    if found := _CHOICE.search(text):
        first = (found[1] or found[2]).split("|")[0]
        return f"{_LUA}'|' is a plain sign in it: match '{first}' and the others one by one, or use require('re')"
    if found := _NAMED_SET.search(node.value):
        return f"{_LUA}it has no '{found[0]}': write '%{_CLASSES[found[1]]}'"
    if found := _LAZY.search(text):
        fewest = ".-" if found[1] == "*" else "..-"
        return f"{_LUA}'{found[0]}' is the most, and a '?': the fewest are '{fewest}', a question mark is '%?'"
    if found := _COUNT.search(text):
        return f"{_LUA}'{found[0][1:]}' is plain text in it: repeat the item, or use require('re')"
    return None


def _source(script: Script, node: nodes.String) -> str:
    """The literal as it is written, without its plain escapes; "" for one in long brackets or over several lines."""
    line = script.lines[node.line - 1]
    found = _QUOTED.match(line, node.column - 1)
    return found[0].replace("\\\\", "") if found is not None else ""


_QUOTED: Final = re.compile(r"""(["'])(?:\\.|(?!\1)[^\\])*+\1""")
