"""A routing decision: a request in, an answer out, by a tenant's ``on_route_request``.

Input: a Program and a request as plain data (Unicode text, every field present). Output: a Decision: the wire
answer, or why there is none. Refuses, as kind ``result``, what `answer` refuses of a script's result.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import FunctionType
from typing import Any, Final, NamedTuple

from ..interpreter import costs
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
from ..interpreter.runtime.values import FALSE, TRUE, ListTable, MetaTable, Table
from ..interpreter.stdlib.base import HEADER_LOOKUP
from ..interpreter.text import from_text, to_text
from .answer import answer_of
from .reads import CACHE, Reads, TrackedBackends, TrackedHeaders, cached, follow, names_cache, quiet_lookup, track
from .request_tables import fill_backend, fill_more, request_table
from .watched_headers import Watch, WatchedTable

ENTRY_POINT: Final = "on_route_request"
MEMORABLE_LISTS: Final = 1024
MEMORABLE_NAMES: Final = 1024
"""Lists of header names of which it is remembered that none is watched, and bytes of one, at most."""

_UNWATCHED: Final[set[tuple[tuple[str, ...], frozenset[str]]]] = set()

_REQUEST_BYTES: Final = costs.TABLE + 6 * costs.ENTRY + 4 * costs.STRING
_HEADERS_BYTES: Final = 2 * costs.TABLE
_HEADER_BYTES: Final = costs.ENTRY + 2 * costs.STRING
_BACKEND_BYTES: Final = costs.TABLE + 4 * costs.ENTRY + 2 * costs.STRING
"""What the request's tables take, less the lengths of their strings."""


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
        if not run.pay(0, 0):
            run.refuel(0)
    except ScriptError as error:
        failure = failure_of(settled(run, error))
        answer = None
    finally:
        restore(before)
        if reads is not None:
            reads.end(run)
    log = tuple([LogLine(text, position) for text, position in run.log]) if run.log else ()
    names = tuple(sorted(map(to_text, read))) if read else ()
    zones = run.library_state.get(ZONES, "")
    instructions, size = run.spent()
    facts = (answer, failure, instructions, size, log, run.seed, run.now, names, zones)
    decision = tuple.__new__(Decision, facts)  # as Decision(*facts), in a third of the time
    run.close(reusable=failure is None and (reads is None or not reads.once))
    return decision


def _decide(
    run: Run, request: Mapping[str, Any], watched: frozenset[str], read: set[str] | None, reads: Reads | None
) -> dict[str, Any]:
    table = _request(run, request, watched, read, reads)
    backends = table["backends"]
    if reads is not None:
        reads.names.clear()  # what was read was not the script's doing
    values = run.globals
    values["request"] = table
    values["backends"] = backends
    if not run.started or not run.resumed():
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


# the request's tables: a script's texts are told apart by their class, so that others are made `str`


_TEXT: Final = frozenset({str})


def _request(
    run: Run, request: Mapping[str, Any], watched: frozenset[str], read: set[str] | None, reads: Reads | None
) -> Table:
    """The request as a table. It is paid for with one look at the budgets instead of three."""
    backends, backends_size = _backends(run, request["backends"], reads)
    method, path, host, body = request["method"], request["path"], request["host"], request["body"]
    is_plain = method.__class__ is path.__class__ is host.__class__ is body.__class__ is str
    if not (is_plain and (method + path + host).isascii() and body.isascii()):
        method, path, host, body = from_text(method), from_text(path), from_text(host), from_text(body)
    size = _REQUEST_BYTES + len(method) + len(path) + len(host) + len(body)
    headers, headers_size = _headers_table(run, request["headers"], watched, read, reads)
    count = len(headers) if reads is None else dict.__len__(headers)
    price, headers_price = 10 + 6 * len(request["backends"]), 10 + 3 * count
    if not run.pay(price + 10 + headers_price, backends_size + size + headers_size):
        run.refuel(0)
        run.charge(price, backends_size)
        run.charge(10, size)
        run.charge(headers_price, headers_size)
    table = Table() if len(request) == _USUAL and reads is None else request_table(run, request, reads)
    table["method"] = method
    table["path"] = path
    table["host"] = host
    table["headers"] = headers
    table["body"] = body
    table["backends"] = backends
    if len(request) != _USUAL:
        fill_more(run, request, table, headers.meta, read)
        if read is not None and (several := request.get("headers_multi")):
            read.update(map(from_text, watched_names(several, watched)))  # it is not looked whether the script does
    return table


_USUAL: Final = 6
_BACKEND_USUAL: Final = 3
"""Fields of the first version of the wire format."""


def _headers_table(
    run: Run, headers: Mapping[str, str], watched: frozenset[str], read: set[str] | None, reads: Reads | None
) -> tuple[Table, int]:
    """Header fields under the names as sent, and what they take; any other case finds them through the metatable.

    Reads of fields that ``watched`` names, in lower case, are noted in ``read``.
    """
    names = [from_text(field) for field in watched_names(headers, watched)] if watched else []
    kind = TrackedHeaders if reads is not None else WatchedTable if names else MetaTable
    texts = [*headers, *headers.values()]
    text = "".join(texts)
    if text.isascii() and _TEXT.issuperset(map(type, texts)):
        size = len(text)
        table = kind(headers)
    else:
        size = 0
        table = kind()
        for field, content in headers.items():
            name, value = from_text(field), from_text(content)
            size += len(name) + len(value)
            table[name] = value
    meta = run.header_meta
    if names or meta is None:
        meta = Watch() if names or reads is not None else Table()
        meta["__index"] = run.member("", HEADER_LOOKUP) if reads is None else quiet_lookup(run)
        meta["__metatable"] = FALSE
        if isinstance(meta, Watch):
            meta.names, meta.read = {name: name for name in names}, read if read is not None else set()
        if not names:
            run.header_meta = meta
    table.meta = meta
    table.run = run
    count = len(table) if reads is None else dict.__len__(table)
    return table, _HEADERS_BYTES + count * _HEADER_BYTES + size


def watched_names(headers: Mapping[str, object], watched: frozenset[str]) -> list[str]:
    """Those of the headers, by their names as sent, that ``watched`` has in lower case."""
    sent = tuple(headers)
    if (sent, watched) in _UNWATCHED:  # a third of the time of looking at each
        return []
    names = [name for name in sent if name.lower() in watched]
    if not names and sum(map(len, sent)) + len(sent) <= MEMORABLE_NAMES:
        if len(_UNWATCHED) >= MEMORABLE_LISTS:
            _UNWATCHED.clear()
        _UNWATCHED.add((sent, watched))
    return names


def _backends(run: Run, backends: list[Mapping[str, Any]], reads: Reads | None) -> tuple[Table, int]:
    """The backends, and what they take."""
    table: Table = ListTable()
    if reads is not None:
        table = TrackedBackends()
        table.run = run
    place = 0.0
    size = costs.TABLE + len(backends) * _BACKEND_BYTES
    for backend in backends:
        place += 1.0
        name, url = backend["name"], backend["url"]
        text = name + url
        if not (name.__class__ is url.__class__ is str and text.isascii()):
            name, url = from_text(name), from_text(url)
            text = name + url
        size += len(text)
        table[place] = entry = Table()  # filled one by one: four fifths of the time of Table({...})
        entry["name"] = name
        entry["url"] = url
        entry["health"] = TRUE if backend["health"] else FALSE
        if len(backend) > _BACKEND_USUAL:
            fill_backend(run, backend, entry)
    return table, size


@functools.lru_cache(64)
def clock_text(now: float) -> str:
    """Return a clock's time as JSON has it. Remembered, since it is told to the client and to the log."""
    return repr(now)
