"""Results of the routing library that are used without a look at whether the call succeeded.

What a client sends is often not what a script expects. Then such functions answer nil, or a table that says so; used
unchecked, that ends the decision with an error, or lets everybody in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ....interpreter.analysis.scope import Variable
from ....interpreter.syntax import nodes
from ..findings import Severity
from ..library import LibraryCall, library_of
from ..rule import Place
from ..script import Script

CODE: Final = "unchecked-result"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "The function may answer nil, and nobody asks whether it did."

NILABLE: Final[Mapping[tuple[str, str], str]] = {
    ("base64", "decode"): "what is no base 64",
    ("base64", "decode_url"): "what is no base 64",
    ("ip", "new"): "a list with a bad entry",
    ("ip", "parse"): "what is no address",
    ("json", "decode_safe"): "what is no JSON",
    ("json", "encode_safe"): "what has no JSON",
    ("json", "get"): "what is not there",
    ("jwt", "decode"): "what is no token",
    ("ngx", "decode_base64"): "what is no base 64",
    ("ngx", "parse_http_time"): "what is no date",
    ("re", "match"): "a text that does not match",
    ("time", "parse"): "what is no date",
    ("url", "parse"): "what is no address",
}
"""Functions that answer nil, and for what."""
_VERIFY: Final = ("jwt", "verify")
_DECODE: Final = ("json", "decode")
_TOLD: Final = frozenset({"verified", "reason"})


def places(script: Script) -> Iterator[Place]:
    """Results that are used where they are made, and those of locals, at the first use."""
    locals_: dict[nodes.Expression, tuple[Variable, ...]] = {}
    for local in script.each(nodes.Local):
        variables = script.resolution.declared[local]
        for place, value in enumerate(local.values):
            last = place + 1 == len(local.values)
            locals_[value] = variables[place:] if last else variables[place : place + 1]
    for found in library_of(script).calls():
        path, variables = found.member.path, locals_.get(found.call, ())
        if path in NILABLE:
            if script.is_needed(found.call):
                yield Place(
                    *script.start_of(found.call),
                    f"'{found.member.shown}' answers nil for {NILABLE[path]}: keep it in a local and test that",
                )
            elif use := _untested(script, variables):
                yield _place(use, f"'{use.name}' is nil for {NILABLE[path]} ('{found.member.shown}'): test it first")
        elif path == _VERIFY:
            yield from _verified(script, found, variables)
        elif path == _DECODE and _is_sent(script, found.call.arguments) and not _is_protected(script, found.call):
            safe = "json.decode_safe" if found.member.module == "json" else "require('cjson.safe')"
            why = "what is no JSON ends the decision with an error"
            message = f"'{found.member.shown}' of what a client sent: {why}; use {safe}"
            yield Place(*script.start_of(found.call), message)


def _place(node: Any, message: str) -> Place:
    return Place(node.line, node.column, message)


def _untested(script: Script, variables: tuple[Variable, ...]) -> nodes.Name | None:
    """The first use of a local that must not be nil, if neither it nor its message is ever asked for."""
    if not variables or any(variable.assigned for variable in variables):
        return None
    for variable in variables:
        for read in script.reads.get(variable, ()):
            if script.is_tested(read) or _is_asserted(script, read):
                return None
    return next((read for read in script.reads.get(variables[0], ()) if script.is_needed(read)), None)


def _is_asserted(script: Script, node: Any) -> bool:
    parent = script.parents[node]
    return isinstance(parent, nodes.Call) and script.is_global(parent.function, "assert")


def _verified(script: Script, found: LibraryCall, variables: tuple[Variable, ...]) -> Iterator[Place]:
    """A result of verify is a table, and true, whatever it says."""
    parent = script.parents[found.call]
    why = f"'{found.member.shown}' answers a table, also for a bad token: ask its field 'verified'"
    is_indexed = isinstance(parent, nodes.Index) and parent.object is found.call
    if script.is_tested(found.call) or (is_indexed and not _asks(parent)):
        yield Place(*script.start_of(found.call), why)
    elif variables and not variables[0].assigned:
        reads = script.reads.get(variables[0], [])
        parents = [script.parents[read] for read in reads]
        if any(
            isinstance(above, nodes.Index) and above.object is read and _asks(above)
            for read, above in zip(reads, parents, strict=True)
        ):
            return
        if reads and all(
            isinstance(above, nodes.Index) or script.is_tested(read) for read, above in zip(reads, parents, strict=True)
        ):
            yield _place(reads[0], why)


def _asks(node: nodes.Index) -> bool:
    return not isinstance(node.key, nodes.String) or node.key.value in _TOLD


def _is_sent(script: Script, arguments: tuple[Any, ...]) -> bool:
    """Whether an argument is a field of what is called ``request``."""
    return any(
        isinstance(node, nodes.Index) and isinstance(node.object, nodes.Name) and node.object.name == "request"
        for argument in arguments
        for node in script.each_in(argument)
    )


def _is_protected(script: Script, call: nodes.Call) -> bool:
    """Whether a function around a call is given to pcall."""
    return any(
        isinstance(around, nodes.Function)
        and isinstance(above := script.parents[around], nodes.Call)
        and script.path(above.function) in ("pcall", "xpcall")
        for around in script.ancestors(call)
    )
