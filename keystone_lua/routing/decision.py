"""A routing decision: a request in, an answer out, by a tenant's ``on_route_request``.

Input: a Program and a request as plain data (Unicode text, every field present). Output: a Decision: the wire
answer, or why there is none. Refuses, as kind ``result``, what `answer` refuses of a script's result.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import FunctionType
from typing import Any, Final, NamedTuple

from ..interpreter.errors import ResultError, ScriptError
from ..interpreter.execution.execute import (
    UNFORESEEN,
    Failure,
    LogLine,
    failure_of,
    prepare,
    protected_call,
    restore,
    settled,
    told,
)
from ..interpreter.execution.program import Program
from ..interpreter.execution.run import ZONES, Run
from ..interpreter.limits import DEFAULT, Limits
from ..interpreter.runtime.metatables import first
from ..interpreter.text import to_text
from .answer import answer_of
from .reads import CACHE, Reads, cached, follow, names_cache, track
from .request_tables import USUAL, charge_tables, fill_more, in_bytes, request_table

ENTRY_POINT: Final = "on_route_request"


class Decision(NamedTuple):
    """What a script decided. ``answer`` is the wire format's object, ready for JSON; None with a failure."""

    answer: dict[str, Any] | None
    failure: Failure | None
    instructions: int
    allocated_bytes: int
    log: tuple[LogLine, ...]
    seed: int
    now: float
    read: tuple[str, ...] = ()
    """The watched headers whose value the script read, by the names that the request has, and its secrets that the
    script read, with `SECRET` before their names; sorted."""
    zones: str = ""
    """The version of the tables of time zones, if the script read any."""


def decide(
    program: Program,
    request: Mapping[str, Any],
    *,
    limits: Limits = DEFAULT,
    seed: int = 0,
    now: float = 0.0,
    slice: int | None = None,
    watched: frozenset[str] = frozenset(),
) -> Decision:
    """Run ``on_route_request(request, backends)`` with fresh globals.

    ``request`` has method, path, host, headers (name to value), body and backends (name, url, health), and may have
    what else `request_fields` declares.
    ``watched`` names headers, in lower case, of which the Decision is to say whether the script read them; it
    changes neither answer nor counts. Texts may be of subclasses of ``str``, as HTTP libraries have them for names.
    Raises SliceExhausted if ``slice`` instructions do not suffice, EngineError for a bug of ours.
    """
    return decision_of(Run.of(program, limits, seed, now, slice), request, watched)


def decide_followed(
    program: Program, request: Mapping[str, Any], *, limits: Limits = DEFAULT, seed: int = 0, now: float = 0.0
) -> tuple[Decision, frozenset[str]]:
    """`decide`, and what the run read: names as `reads` has them. Neither answer nor counts are others."""
    Run.forget_idle(program)  # whose tables were made without following
    run = Run.of(program, limits, seed, now, None)
    reads = follow(run)
    reads.once = True
    return decision_of(run, request, reads=reads), reads.seen


def decision_of(
    run: Run, request: Mapping[str, Any], watched: frozenset[str] = frozenset(), reads: Reads | None = None
) -> Decision:
    """The same by a run that has been made already; it is closed afterwards. ``reads`` notes what it reads."""
    answer = None
    failure = None
    read: set[str] | None = set() if watched or "secrets" in request else None
    if reads is None:
        reads = None if run.program.facts.get(CACHE) is False else track(run)
    before = prepare(run.limits)
    try:
        answer = _decide(run, request, watched, read, reads)
        if CACHE in answer:
            told = reads if reads is None or not reads.once or names_cache(run.program) else None
            answer[CACHE] = cached(answer[CACHE], run, told)
        instructions, size = run.settled()
    except ScriptError as error:
        failure = failure_of(settled(run, error))
        answer = None
        instructions, size = run.spent()
    finally:
        restore(before)
        if reads is not None:
            reads.end(run)
    log = tuple([LogLine(text, position) for text, position in run.log]) if run.log else ()
    names = tuple(sorted(map(to_text, read))) if read else ()
    zones = run.library_state.get(ZONES, "")
    facts = (answer, failure, instructions, size, log, run.seed, run.now, names, zones)
    decision = tuple.__new__(Decision, facts)  # as Decision(*facts), in a third of the time
    run.close(reusable=failure is None and (reads is None or not reads.once))
    return decision


def _decide(
    run: Run, request: Mapping[str, Any], watched: frozenset[str], read: set[str] | None, reads: Reads | None
) -> dict[str, Any]:
    plain, instructions, size = in_bytes(request)
    table = request_table(run, request, plain, watched, read, reads)
    if len(request) != USUAL:
        charge_tables(run, plain)
        instructions = size = 0
        fill_more(run, request, table, watched, read)
    backends = table["backends"]
    if reads is not None:
        reads.names.clear()  # what was read was not the script's doing
    values = run.globals
    values["request"] = table
    values["backends"] = backends
    if not run.started or not run.resumed(instructions, size):
        if instructions:
            charge_tables(run, plain)
        protected_call(run.start)
    function = run.globals.get(ENTRY_POINT)
    if function is None:
        raise ResultError(f"{run.program.name}: {ENTRY_POINT} is not defined")
    if function.__class__ is FunctionType:
        try:
            result = function(1, table, backends)  # protected_call in place
        except UNFORESEEN as error:
            raise told(error) from error
    else:
        result = protected_call(lambda d: run.call(function, 0, table, backends))
    return answer_of(run, first(result) if result.__class__ is tuple else result)


@functools.lru_cache(64)
def clock_text(now: float) -> str:
    """Return a clock's time as JSON has it. Remembered, since it is told to the client and to the log."""
    return repr(now)
