"""The part of the debug library that only says where a script is: ``traceback`` and ``getinfo``.

Input: levels, functions. Output: texts and tables as PUC makes them. Nothing here shows or changes a script's values.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import islice
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

from .. import costs
from ..runtime.places import Place, function_place, stack_places
from ..runtime.tracebacks import argument_error
from ..runtime.values import ABSENT, Coroutine, LuaValue, Table
from ..sites import chunk_id
from .args import check_string, opt_int, opt_string, to_int

if TYPE_CHECKING:
    from ..runtime.context import RunContext

_GETINFO: Final = costs.LIBRARY["debug.getinfo"]
_TRACEBACK: Final = costs.LIBRARY["debug.traceback"]
_OPTIONS: Final = "nSlufL"
_FIELDS: Final = 10
"""Fields of getinfo's table, at most."""
_HEADING: Final = "stack traceback:"
_FIRST: Final = 12
_LAST: Final = 10
"""Levels of a long stack that a traceback shows (LEVELS1, LEVELS2)."""
_SHORT: Final = 99
"""Bytes of a level's name that its price covers."""


def traceback_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def traceback(
        d: int, message: LuaValue = ABSENT, level: LuaValue = ABSENT, more: LuaValue = ABSENT, *_: LuaValue
    ) -> LuaValue:
        run.charge(_TRACEBACK)
        first = 1
        if message.__class__ is Coroutine:
            message, level, first = level, more, 0
        if message is not ABSENT and message.__class__ is not str and message.__class__ is not float:
            return message
        text = "" if message is ABSENT else check_string(message, 1)
        start = opt_int(run, level, 2, first)
        lines = _lines(run, max(0, start)) if first else []
        size = len(text) + 20 + sum(len(line) + 2 for line in lines)
        run.charge(size // costs.COPY, 2 * costs.STRING + 2 * size)
        return "\n\t".join([_HEADING if message is ABSENT else f"{text}\n{_HEADING}", *lines])

    return traceback


def _lines(run: RunContext, start: int) -> list[str]:
    """The stack from a level on; of a long one its ends (db_errorfb)."""
    places = islice(stack_places(run), start, None)
    lines = [_line(run, place) for place in islice(places, max(0, _FIRST - start))]
    count = 0
    last: deque[Place] = deque(maxlen=_LAST + 1)
    for place in places:
        last.append(place)
        count += 1
    if count > len(last):
        last.popleft()
        lines.append("...")
    return [*lines, *(_line(run, place) for place in last)]


def _line(run: RunContext, place: Place) -> str:
    """A level's line; what a long name takes is paid for before it is made."""
    if len(place.called) > _SHORT:
        run.charge(3 * len(place.called) // costs.COPY, 3 * len(place.called))
    return place.line


def getinfo_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def getinfo(d: int, subject: LuaValue = ABSENT, what: LuaValue = ABSENT, *more: LuaValue) -> LuaValue:
        run.charge(_GETINFO)
        place: Place | None = None
        if subject.__class__ is Coroutine:
            subject, what = what, more[0] if more else ABSENT
        elif subject.__class__ is not FunctionType:
            place = _level(run, subject)
        if subject.__class__ is FunctionType:
            place = function_place(subject)
        options = opt_string(what, 2, "flnSu")
        run.charge(len(options) // costs.SCAN)
        if options.strip(_OPTIONS):
            raise argument_error(2, "invalid option")
        if place is None:
            return None
        run.charge(
            0, costs.TABLE + _FIELDS * (costs.ENTRY + costs.STRING) + 4 * len(place.chunk) + len(place.source or "")
        )
        found = Table()
        if "S" in options:
            found.update(_source(place))
        if "l" in options:
            found["currentline"] = float(place.current)
        if "n" in options:
            found["namewhat"] = place.kind
            if place.called:
                if len(place.called) > _SHORT:
                    run.charge(3 * len(place.called) // costs.COPY, 3 * len(place.called))
                found["name"] = place.name
        if "u" in options:
            found["nups"] = 0.0
        if "f" in options and subject.__class__ is FunctionType:
            found["func"] = subject
        return found

    return getinfo


def _level(run: RunContext, level: LuaValue) -> Place | None:
    value = run.number_of(level)
    if value is None:
        raise argument_error(1, "function or level expected")
    number = to_int(value)
    if number < 0:
        raise argument_error(1, "level out of range")
    return next(islice(stack_places(run), number, None), None)


def _source(place: Place) -> dict[LuaValue, LuaValue]:
    if not place.is_script:
        return {"source": "=[C]", "short_src": "[C]", "what": "C", "linedefined": -1.0}
    return {
        "source": f"@{place.chunk}" if place.source is None else place.source,
        "short_src": chunk_id(place.chunk),
        "what": "main" if place.defined == 0 else "Lua",
        "linedefined": float(place.defined),
    }


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Any]:
    """The functions of ``debug``."""
    return {"getinfo": getinfo_for(run, fuel, alloc), "traceback": traceback_for(run, fuel, alloc)}
