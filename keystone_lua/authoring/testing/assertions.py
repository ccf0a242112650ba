"""The functions that tests find as globals, besides ``route``: assertions with readable differences.

Input: Lua values. Output: host functions by name. Each refuses, as a Lua error at the caller's line, what it is
named for.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ...interpreter.execution.host_functions import HostFunction
from ...interpreter.execution.run import Run
from ...interpreter.runtime.tracebacks import library_error
from ...interpreter.runtime.values import FALSE, TRUE, LuaValue, Table
from ...interpreter.stdlib.args import check_string, check_table
from .differences import differences, shown

_Arguments = tuple[LuaValue, ...]


def assert_equal(run: Run, d: int, arguments: _Arguments) -> LuaValue:
    """``assert_equal(actual, expected [, note])``: deep equality of tables."""
    actual, expected, note = _padded(arguments, 3)
    lines = differences(run, actual, expected)
    if lines:
        raise _failure("values differ", note, lines)
    return ()


def assert_match(run: Run, d: int, arguments: _Arguments) -> LuaValue:
    """``assert_match(text, pattern [, note])``: the Lua pattern is found in the text."""
    text, pattern, note = _padded(arguments, 3)
    found = run.member("string", "find")(d, check_string(text, 1), check_string(pattern, 2))
    if found is None:
        raise _failure(f"{shown(text)} does not match {shown(pattern)}", note)
    return ()


def assert_error(run: Run, d: int, arguments: _Arguments) -> LuaValue:
    """``assert_error(f [, pattern])``: calling f is an error, in whose text the pattern is found. Returns it."""
    function, pattern = _padded(arguments, 2)
    outcome = run.member("", "pcall")(d, function)
    answers = outcome if outcome.__class__ is tuple else (outcome,)
    if answers[0] is TRUE:
        raise _failure("no error", None)
    error = answers[1] if len(answers) > 1 else None
    if pattern is not None:
        assert_match(run, d, (error if error.__class__ is str else shown(error), pattern))
    return error


def assert_routes_to(run: Run, d: int, arguments: _Arguments) -> LuaValue:
    """``assert_routes_to(answer, backend [, note])``: the answer selects that backend and rejects nothing."""
    answer, backend, note = _padded(arguments, 3)
    table = check_table(answer, 1)
    if table.get("selected_backend") != check_string(backend, 2) or table.get("reject") is TRUE:
        raise _failure(f"expected a route to {shown(backend)}, got {shown(table)}", note)
    return ()


def assert_rejects(run: Run, d: int, arguments: _Arguments) -> LuaValue:
    """``assert_rejects(answer [, reason])``: the answer rejects the request, for that reason, which is no table: what
    ``route`` answers besides may stand there."""
    answer, reason = _padded(arguments, 2)
    if isinstance(reason, Table):
        reason = None  # route's second result, as in assert_rejects(route(...))
    table = check_table(answer, 1)
    if table.get("reject") in (None, FALSE) or (reason is not None and table.get("reject_reason") != reason):
        wanted = "a reject" if reason is None else f"a reject with reason {shown(reason)}"
        raise _failure(f"expected {wanted}, got {shown(table)}", None)
    return ()


def _padded(arguments: _Arguments, count: int) -> _Arguments:
    """Exactly so many arguments; the missing ones are nil."""
    return (*arguments, *(None,) * count)[:count]


def _failure(what: str, note: LuaValue, lines: list[str] | None = None) -> Exception:
    note_text = f" ({note})" if note.__class__ is str else ""
    return library_error("\n  ".join([what + note_text, *(lines or ())]))


ASSERTIONS: Final[Mapping[str, HostFunction]] = MappingProxyType(
    {
        "assert_equal": HostFunction(40, assert_equal),
        "assert_match": HostFunction(40, assert_match),
        "assert_error": HostFunction(60, assert_error),
        "assert_routes_to": HostFunction(60, assert_routes_to),
        "assert_rejects": HostFunction(60, assert_rejects),
    }
)
"""With their prices in instructions; comparisons pay by their size besides."""
