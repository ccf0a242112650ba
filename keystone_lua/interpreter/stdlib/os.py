"""The part of the os library that a decision may use: one reading of the clock, in UTC and the C locale.

Input: ``RunContext.now``, numbers, date tables, strftime formats. Output: numbers, text, date tables, as Lua 5.1 over
glibc gives them with TZ=UTC and LC_ALL=C, for every time whose year fits an int; nil for the others. Scripts learn
nothing about the machine: ``clock`` advances with the run's instructions. Refuses date tables without day, month or
year. Functions that would touch the system are missing.

Days are counted in the proleptic Gregorian calendar by whole eras of 400 years, with years that begin in
March, so that the leap day is a year's last ("chrono-Compatible Low-Level Date Algorithms", H. Hinnant).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..costs import COPY, ENTRY, LIBRARY, SCAN, STRING, TABLE, WORK, WORK_BYTES
from ..runtime.operations import index
from ..runtime.tracebacks import library_error
from ..runtime.values import ABSENT, FALSE, LuaValue, Table
from .args import check_integer, check_number, check_table, opt_string, to_int, to_integer

if TYPE_CHECKING:
    from ..runtime.context import RunContext

_CLOCK: Final = LIBRARY["os.clock"]
_DATE: Final = LIBRARY["os.date"]
_DIFFTIME: Final = LIBRARY["os.difftime"]
_TIME: Final = LIBRARY["os.time"]
_DIRECTIVE: Final = WORK["os.date.directive"]
_DIRECTIVE_BYTES: Final = WORK_BYTES["os.date.directive"]
_FIELD: Final = WORK["os.time.field"]

_SECONDS_PER_INSTRUCTION: Final = 15e-9  # the cost table's measure
_DAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class Moment(NamedTuple):
    """A time taken apart; ``zone`` is the name that C gives it."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    weekday: int
    """0 is Sunday."""
    yearday: int
    """0 is the first of January."""
    seconds: int
    zone: str


def days_from_civil(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01; ``month`` is 1 to 12, ``day`` any integer."""
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719468


def civil_from_days(days: int) -> tuple[int, int, int]:
    """Year, month and day of a number of days since 1970-01-01."""
    era, day_of_era = divmod(days + 719468, 146097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month = (5 * day_of_year + 2) // 153
    year = era * 400 + year_of_era + (month >= 10)
    return year, (month + 2) % 12 + 1, day_of_year - (153 * month + 2) // 5 + 1


def _is_c_year(year: int) -> bool:
    return -0x80000000 <= year - 1900 < 0x80000000  # tm_year is an int


def moment(seconds: int, zone: str) -> Moment | None:
    """``gmtime``; None when the year does not fit."""
    days, rest = divmod(seconds, 86400)
    year, month, day = civil_from_days(days)
    if not _is_c_year(year):
        return None
    yearday = days - days_from_civil(year, 1, 1)
    return Moment(
        year, month, day, rest // 3600, rest // 60 % 60, rest % 60, (days + 4) % 7, yearday, seconds, zone
    )  # fmt: skip


def _iso_week(at: Moment) -> tuple[int, int]:
    """ISO 8601's year and week: the week belongs to the year that holds its Thursday."""
    thursday = at.yearday - (at.weekday + 6) % 7 + 3
    year = at.year
    if thursday < 0:
        year -= 1
        thursday += days_from_civil(at.year, 1, 1) - days_from_civil(year, 1, 1)
    elif (length := days_from_civil(year + 1, 1, 1) - days_from_civil(year, 1, 1)) <= thursday:
        year += 1
        thursday -= length
    return year, thursday // 7 + 1


def _hour12(at: Moment) -> int:
    return at.hour % 12 or 12


def _half(at: Moment) -> str:
    return "PM" if at.hour >= 12 else "AM"


def _slashed(at: Moment) -> str:
    return f"{at.month:02}/{at.day:02}/{at.year % 100:02}"


def _clock_time(at: Moment) -> str:
    return f"{at.hour:02}:{at.minute:02}:{at.second:02}"


def _full(at: Moment) -> str:
    return f"{_DAYS[at.weekday][:3]} {_MONTHS[at.month - 1][:3]} {at.day:2} {_clock_time(at)} {at.year}"


_DIRECTIVES: Final[dict[str, Callable[[Moment], str]]] = {
    "%": lambda at: "%",
    "a": lambda at: _DAYS[at.weekday][:3],
    "A": lambda at: _DAYS[at.weekday],
    "b": lambda at: _MONTHS[at.month - 1][:3],
    "B": lambda at: _MONTHS[at.month - 1],
    "c": _full,
    "C": lambda at: str(at.year // 100),
    "d": lambda at: f"{at.day:02}",
    "D": _slashed,
    "e": lambda at: f"{at.day:2}",
    "F": lambda at: f"{at.year}-{at.month:02}-{at.day:02}",
    "g": lambda at: f"{_iso_week(at)[0] % 100:02}",
    "G": lambda at: str(_iso_week(at)[0]),
    "h": lambda at: _MONTHS[at.month - 1][:3],
    "H": lambda at: f"{at.hour:02}",
    "I": lambda at: f"{_hour12(at):02}",
    "j": lambda at: f"{at.yearday + 1:03}",
    "k": lambda at: f"{at.hour:2}",
    "l": lambda at: f"{_hour12(at):2}",
    "m": lambda at: f"{at.month:02}",
    "M": lambda at: f"{at.minute:02}",
    "n": lambda at: "\n",
    "p": _half,
    "P": lambda at: _half(at).lower(),
    "r": lambda at: f"{_hour12(at):02}:{at.minute:02}:{at.second:02} {_half(at)}",
    "R": lambda at: f"{at.hour:02}:{at.minute:02}",
    "s": lambda at: str(at.seconds),
    "S": lambda at: f"{at.second:02}",
    "t": lambda at: "\t",
    "T": _clock_time,
    "u": lambda at: str(at.weekday or 7),
    "U": lambda at: f"{(at.yearday + 7 - at.weekday) // 7:02}",
    "V": lambda at: f"{_iso_week(at)[1]:02}",
    "w": lambda at: str(at.weekday),
    "W": lambda at: f"{(at.yearday + 7 - (at.weekday + 6) % 7) // 7:02}",
    "x": _slashed,
    "X": _clock_time,
    "y": lambda at: f"{at.year % 100:02}",
    "Y": lambda at: str(at.year),
    "z": lambda at: "+0000",
    "Z": lambda at: at.zone,
}

_DIRECTIVE_PATTERN: Final = re.compile("%(.)", re.DOTALL)


def strftime(form: str, at: Moment) -> str:
    """``form`` with its directives replaced, each worked out once; unknown ones stand as they are."""
    made: dict[str, str] = {}

    def replace(found: re.Match[str]) -> str:
        letter = found[1]
        if letter not in made:
            made[letter] = _directive(letter, at)
        return made[letter]

    return _DIRECTIVE_PATTERN.sub(replace, form)


def _directive(letter: str, at: Moment) -> str:
    if letter in _DIRECTIVES:
        return _DIRECTIVES[letter](at)
    # glibc takes a digit for a width, to which it pads the directive that it does not know.
    return f"%{letter}".rjust(int(letter)) if letter in "123456789" else f"%{letter}"


def _date_table(at: Moment) -> Table:
    return Table(
        {
            "sec": float(at.second),
            "min": float(at.minute),
            "hour": float(at.hour),
            "day": float(at.day),
            "month": float(at.month),
            "year": float(at.year),
            "wday": float(at.weekday + 1),
            "yday": float(at.yearday + 1),
            "isdst": FALSE,
        }
    )


def _field(run: RunContext, d: int, table: Table, key: str, default: int | None = None) -> int:
    """A field of a date table as a C int. It is read as scripts read it, ``__index`` and all."""
    value = run.number_of(index(run, d, table, key))
    if value is not None:
        return to_int(value)
    if default is None:
        raise library_error(f"field '{key}' missing in date table")
    return default


def _int(value: int) -> int:
    """``value`` as an int that overflows as the machine's does."""
    return (value + 0x80000000 & 0xFFFFFFFF) - 0x80000000


def _seconds(run: RunContext, d: int, table: Table) -> int | None:
    """``mktime``: fields may be out of their range. None when the year does not fit, and for -1, C's sign for that."""
    second = _field(run, d, table, "sec", 0)
    minute = _field(run, d, table, "min", 0)
    hour = _field(run, d, table, "hour", 12)
    day = _field(run, d, table, "day")
    month = _int(_field(run, d, table, "month") - 1)
    year = _int(_field(run, d, table, "year") - 1900) + 1900
    summer = index(run, d, table, "isdst")
    days = days_from_civil(year + month // 12, month % 12 + 1, day)
    total = days * 86400 + hour * 3600 + minute * 60 + second
    if summer is not None and summer is not FALSE:
        total -= 3600  # glibc, in a zone that has no summer time
    if total == -1 or not _is_c_year(civil_from_days(total // 86400)[0]):
        return None
    return total


def time_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def time(d: int, table: LuaValue = None, *_: LuaValue) -> LuaValue:
        run.charge(_TIME)
        if table is None:
            return float(run.now // 1)
        run.charge(7 * _FIELD)
        seconds = _seconds(run, d, check_table(table, 1))
        return None if seconds is None else float(seconds)

    return time


def date_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def date(d: int, form: LuaValue = None, seconds: LuaValue = None, *_: LuaValue) -> LuaValue:
        run.charge(_DATE)
        form = opt_string(form, 1, "%c")
        run.charge(len(form) // COPY, 2 * len(form))
        form = form.partition("\0")[0]  # a C string
        at = moment(
            to_integer(run.now // 1 if seconds is None else check_number(run, seconds, 2)),
            "GMT" if form.startswith("!") else "UTC",
        )
        form = form.removeprefix("!")
        if at is None:
            return None
        if form == "*t":
            run.charge(0, TABLE + 9 * ENTRY)
            return _date_table(at)
        directives = form.count("%")
        run.charge(directives * _DIRECTIVE + len(form) // SCAN, directives * _DIRECTIVE_BYTES + 2 * len(form) + STRING)
        return strftime(form, at)

    return date


def clock_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def clock(d: int, *_: LuaValue) -> float:
        run.charge(_CLOCK)
        return run.instructions_used() * _SECONDS_PER_INSTRUCTION

    return clock


def difftime_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def difftime(d: int, later: LuaValue = ABSENT, earlier: LuaValue = None, *_: LuaValue) -> float:
        run.charge(_DIFFTIME)
        start = 0 if earlier is None else check_integer(run, earlier, 2)  # first, as gcc compiles PUC's
        return float(check_integer(run, later, 1) - start)

    return difftime


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Callable[..., Any]]:
    """The functions of ``os``."""
    return {
        "clock": clock_for(run, fuel, alloc),
        "date": date_for(run, fuel, alloc),
        "difftime": difftime_for(run, fuel, alloc),
        "time": time_for(run, fuel, alloc),
    }
