"""time: the time of the decision, dates as text, local times in time zones.

Input: milliseconds since 1970 (the run's reading if left out), texts, names of zones. Output: milliseconds, texts,
date tables, booleans. A zone that tzdata does not have and a time outside of the years 1 to 9999 are errors, since
the script chose them. A text that is no date gives nil and a message.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from ..costs import COPY, ENTRY, MODULES, RESULTS, SCAN, STRING, TABLE, VALUE, WORK, WORK_BYTES
from ..runtime.tracebacks import argument_error
from ..runtime.values import ABSENT, FALSE, TRUE, LuaValue, Table
from ..stdlib.args import check_number, check_string
from ..stdlib.os import moment, strftime
from . import dates, zones

if TYPE_CHECKING:
    from ..runtime.context import RunContext

_PRICES: Final = {
    name: MODULES[f"time.{name}"] for name in ("between", "format", "http", "in_zone", "now", "parse", "weekday")
}
_ZONE: Final = WORK["time.zone"]
_DIRECTIVE: Final = WORK["time.directive"]
_DIRECTIVE_BYTES: Final = WORK_BYTES["time.directive"]
_NO_DATE: Final = (None, "not a date")
_FORM: Final = re.compile("%(.)", re.DOTALL)


def read_time(run: RunContext, value: LuaValue, index: int) -> int:
    """An argument in milliseconds."""
    if value is None or value is ABSENT:
        return int(run.now * 1000 // 1)
    number = value if value.__class__ is float else check_number(run, value, index)
    if not zones.EARLIEST * 1000 <= number <= zones.LATEST * 1000:
        raise argument_error(index, "a time in the years 1 to 9999 expected")
    return int(number // 1)


def read_zone(run: RunContext, value: LuaValue, index: int) -> ZoneInfo:
    """An argument as a zone."""
    run.charge(_ZONE)
    run.note_zones(zones.VERSION)
    name = check_string(value, index)
    found = zones.zone(name) if len(name) <= zones.LONGEST else None
    if found is None:
        raise argument_error(index, f"no such time zone: '{name[: zones.LONGEST]}'")
    return found


def now_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def now(d: int, *_: LuaValue) -> float:
        run.charge(_PRICES["now"])
        return float(run.now * 1000 // 1)

    return now


def parse_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def parse(d: int, text: LuaValue = ABSENT, zone: LuaValue = None, *_: LuaValue) -> LuaValue:
        run.charge(_PRICES["parse"], RESULTS + 2 * VALUE + 8 * STRING)
        text = text if text.__class__ is str else check_string(text, 1)
        in_zone = None if zone is None else read_zone(run, zone, 2)
        if len(text) > dates.LONGEST:
            return _NO_DATE
        found = dates.rfc3339(text)
        if found is None:
            at = moment(int(run.now // 1), "UTC")
            seconds = dates.http(text, at.year if at is not None else 1970)
            return _NO_DATE if seconds is None else seconds * 1000.0
        milliseconds, absolute = found
        if in_zone is not None and not absolute:
            seconds, part = divmod(milliseconds, 1000)
            if not zones.EARLIEST <= seconds <= zones.LATEST:
                return _NO_DATE
            milliseconds = zones.universal(seconds, in_zone) * 1000 + part
        return float(milliseconds)

    return parse


def format_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def format(  # noqa: A001
        d: int, time: LuaValue = None, form: LuaValue = None, zone: LuaValue = None, *_: LuaValue
    ) -> str:
        run.charge(_PRICES["format"], 4 * STRING)
        milliseconds = read_time(run, time, 1)
        there = zones.Local(milliseconds // 1000, 0, False, "UTC")
        if zone is not None:
            there = zones.local(milliseconds // 1000, read_zone(run, zone, 3))
        if form is None:
            return dates.rfc3339_text(milliseconds, there.offset)
        text = check_string(form, 2)
        run.charge(len(text) // COPY, len(text))
        directives = text.count("%")
        run.charge(directives * _DIRECTIVE + len(text) // SCAN, directives * _DIRECTIVE_BYTES + 4 * len(text) + STRING)
        minutes = abs(there.offset) // 60
        own = {
            "z": f"{'-' if there.offset < 0 else '+'}{minutes // 60:02}{minutes % 60:02}",
            "s": str(milliseconds // 1000),
        }
        text = _FORM.sub(lambda found: own.get(found[1], found[0]), text)
        at = moment(there.seconds, there.letters)
        return strftime(text, at) if at is not None else ""

    return format


def http_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def http(d: int, time: LuaValue = None, *_: LuaValue) -> str:
        run.charge(_PRICES["http"], 4 * STRING)
        return dates.http_text(read_time(run, time, 1) // 1000)

    return http


def in_zone_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def in_zone(d: int, name: LuaValue = ABSENT, time: LuaValue = None, *_: LuaValue) -> Table:
        run.charge(_PRICES["in_zone"], TABLE + 12 * ENTRY + STRING)
        found = read_zone(run, name, 1)
        there = zones.local(read_time(run, time, 2) // 1000, found)
        at = moment(there.seconds, there.letters)
        if at is None:
            raise argument_error(2, "a time in the years 1 to 9999 expected")
        return Table(
            {
                "year": float(at.year), "month": float(at.month), "day": float(at.day), "hour": float(at.hour),
                "min": float(at.minute), "sec": float(at.second), "wday": float(at.weekday + 1),
                "yday": float(at.yearday + 1), "isdst": TRUE if there.summer else FALSE,
                "offset": float(there.offset), "zone": there.letters,
            }
        )  # fmt: skip

    return in_zone


def between_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def between(
        d: int,
        begin: LuaValue = ABSENT,
        end: LuaValue = ABSENT,
        zone: LuaValue = ABSENT,
        time: LuaValue = None,
        *_: Any,
    ) -> LuaValue:
        run.charge(_PRICES["between"])
        opens, closes = zones.clock(check_string(begin, 1)), zones.clock(check_string(end, 2))
        for index, value in ((1, opens), (2, closes)):
            if value is None:
                raise argument_error(index, "a time of day as '22:00' expected")
        found = read_zone(run, zone, 3)
        second = zones.local(read_time(run, time, 4) // 1000, found).seconds % 86400
        assert opens is not None
        assert closes is not None
        if opens == closes:
            raise argument_error(2, "the window has no length; a whole day ends at '24:00'")
        within = opens <= second < closes if opens < closes else second >= opens or second < closes
        return TRUE if within else FALSE

    return between


def weekday_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def weekday(d: int, zone: LuaValue = ABSENT, time: LuaValue = None, *_: LuaValue) -> LuaValue:
        run.charge(_PRICES["weekday"], RESULTS + 2 * VALUE)
        found = read_zone(run, zone, 1)
        day = (zones.local(read_time(run, time, 2) // 1000, found).seconds // 86400 + 4) % 7
        return dates.DAYS[day].lower(), float(day or 7)

    return weekday


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Any]:
    """The functions of ``time``."""
    return {
        "between": between_for(run, fuel, alloc),
        "format": format_for(run, fuel, alloc),
        "http": http_for(run, fuel, alloc),
        "in_zone": in_zone_for(run, fuel, alloc),
        "now": now_for(run, fuel, alloc),
        "parse": parse_for(run, fuel, alloc),
        "weekday": weekday_for(run, fuel, alloc),
    }
