"""Calls as statements of functions that only compute a result: strings do not change, and the result is dropped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ....interpreter.syntax import nodes
from ..findings import Severity
from ..library import library_of
from ..rule import Place
from ..script import Script

CODE: Final = "unused-result"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "The function changes nothing, and its answer is not used."

STRING: Final = frozenset("byte char find format gfind gmatch len lower match rep reverse sub upper".split())
_PURE: Final = frozenset(
    {f"string.{name}" for name in STRING}
    | {f"math.{name}" for name in "abs ceil floor max min sqrt".split()}
    | {f"os.{name}" for name in "clock date difftime time".split()}
    | set("ipairs pairs rawequal rawget select table.concat table.maxn tonumber tostring type unpack".split())
)
_METHODS: Final = frozenset({"lower", "upper"})
"""Of a string; other objects hardly have one of that name."""
_MODULES: Final = frozenset({"accept", "base64", "cookie", "hash", "ip", "text", "url"})
"""Whose functions only answer. json.decode and others may be asked for their errors."""


def places(script: Script) -> Iterator[Place]:
    """Statements that are such calls."""
    library = library_of(script)
    written = script.written_globals() | {script.path(target) for target in script.targets}
    for statement in script.each(nodes.CallStatement):
        call = statement.call
        name = ""
        if isinstance(call, nodes.MethodCall):
            changes = call.method == "gsub" and len(call.arguments) > 1 and isinstance(call.arguments[1], nodes.String)
            name = f":{call.method}" if call.method in _METHODS or changes else ""
        elif isinstance(call, nodes.Call):
            path, member = script.path(call.function), library.member(call.function)
            if path in written or path.partition(".")[0] in written:
                continue
            if path in _PURE or (path == "string.gsub" and _replaces(call.arguments)):
                name = path
            elif member is not None and member.path[0] in _MODULES:
                name = member.shown
        if name:
            place = script.start_of(call)
            yield Place(*place, f"'{name}' changes nothing, it answers: use its result, as in local x = ...")


def _replaces(arguments: tuple[Any, ...]) -> bool:
    return len(arguments) > 2 and isinstance(arguments[2], nodes.String)
