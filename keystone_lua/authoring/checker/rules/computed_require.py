"""``require`` of a computed name that the script writes nowhere as a literal: only literals link modules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ....interpreter.modules import catalogue
from ....interpreter.signatures import TABLES
from ....interpreter.syntax import nodes
from ..findings import Severity
from ..rule import Place
from ..script import Script

CODE: Final = "computed-require"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "No module is linked for this require: modules are linked when a script is loaded, by literal names."

_ADVICE: Final = "modules are linked when the script is loaded, by literals: write the names out, as in {'a', 'b'}"


def places(script: Script) -> Iterator[Place]:
    """Calls with a computed name, if all modules that the script names are those that it requires by literals."""
    use = script.resolution.globals
    if "package" in use.reads or "require" in use.writes or script.is_dynamic:
        return
    given = [argument for call in script.each(nodes.Call) for argument in _name(script, call)]
    direct = {argument for argument in given if isinstance(argument, nodes.String)}
    linked = script.linked_names | catalogue.FILES.keys() | set(TABLES)
    others = {text.value for text in script.each(nodes.String) if text not in direct}
    if others & linked or script.linked_names - {text.value for text in direct}:
        return
    for argument in given:
        if argument not in direct:
            yield Place(*script.start_of(argument), f"no module is linked for this name: {_ADVICE}")


def _name(script: Script, call: nodes.Call) -> tuple[nodes.Expression, ...]:
    """What a call gives to ``require``, itself or by pcall."""
    arguments = call.arguments
    if script.is_global(call.function, "require"):
        return arguments[:1]
    if script.is_global(call.function, "pcall") and arguments and script.is_global(arguments[0], "require"):
        return arguments[1:2]
    return ()
