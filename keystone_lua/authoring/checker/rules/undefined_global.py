"""A global that nobody ever assigns: usually a misspelt name."""

from __future__ import annotations

from collections.abc import Iterator, Set
from difflib import get_close_matches
from typing import Final

from ....interpreter.signatures import LEFT_OUT, OTHER_GLOBALS
from ....interpreter.stdlib.registry import LIBRARIES
from ....interpreter.syntax import nodes
from ..findings import Severity
from ..rule import Place
from ..script import GIVEN, Script

CODE: Final = "undefined-global"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "A global that nothing assigns is nil."

LIBRARY_GLOBALS: Final = frozenset({name for name in LIBRARIES[""] if name[0] != "("} | LIBRARIES.keys() - {""})


def places(script: Script) -> Iterator[Place]:
    """Reads of unknown names, except where the script asks whether they exist, or makes globals by computed names."""
    known = script.written_globals() | LIBRARY_GLOBALS | GIVEN | script.injected | {"_G"}
    if _makes_globals(script):
        return
    tested = script.tested_paths()
    for node in script.each(nodes.Name):
        name = node.name
        if not script.is_global(node) or node in script.targets or name in known or name in tested:
            continue
        if name in LEFT_OUT or name in OTHER_GLOBALS:
            continue  # the rule for libraries has better advice
        yield Place(node.line, node.column, f"undefined global '{name}'{_advice(script, node, known)}")


def _makes_globals(script: Script) -> bool:
    """``_G`` is used otherwise than by constant fields."""
    return any(
        script.is_global(node, "_G")
        and not (isinstance(parent := script.parents[node], nodes.Index) and isinstance(parent.key, nodes.String))
        for node in script.each(nodes.Name)
    )


def _advice(script: Script, node: nodes.Name, known: Set[str]) -> str:
    function = script.function_of(node)
    locals_ = {variable.name for variable in script.reads}
    if function is not None:
        locals_ |= set(function.parameters)
    close = get_close_matches(node.name, sorted(known | locals_), 1, 0.75)
    if node.name in WORDS:
        return f": Lua writes {WORDS[node.name]}"
    if close and close[0] != node.name:
        return f": did you mean '{close[0]}'?"
    if node.name in locals_:
        return ": a local of that name is out of scope here"
    return ": nothing assigns it, so it is nil"


WORDS: Final = {
    **dict.fromkeys(("null", "NULL", "None", "undefined", "nullptr", "Nil"), "nil"),
    **dict.fromkeys(("True", "TRUE"), "true"),
    **dict.fromkeys(("False", "FALSE"), "false"),
    **dict.fromkeys(("throw", "raise"), "error(message)"),
    "this": "self",
    "len": "#value",
    "append": "table.insert(list, value)",
    "printf": "print(string.format(...))",
    "require_once": "require",
}
"""Names of other languages, and Lua's."""
