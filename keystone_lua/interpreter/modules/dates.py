"""Dates as text: RFC 3339, and the three forms of HTTP's dates.

Input: texts of at most LONGEST bytes. Output: milliseconds since 1970, and whether the text has an offset from UTC;
or text. None for a text that is no date, or a date that no calendar has.
"""

from __future__ import annotations

import re
from typing import Final

from ..stdlib.os import civil_from_days, days_from_civil

LONGEST: Final = 64
"""Bytes of a text that may be a date."""
DAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SPAN: Final = 50
"""Years that a year of two digits may be ahead (RFC 9110, 5.6.7)."""
_RFC3339: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:([Zz])|([+-])(\d\d):?(\d\d))?)?",
    re.ASCII,
)
_DAY: Final = "(?:" + "|".join(day[:3] for day in DAYS) + ")"
_MONTH: Final = "(" + "|".join(_MONTHS) + ")"
_TIME: Final = r"(\d\d):(\d\d):(\d\d)"
_IMF: Final = re.compile(rf"{_DAY}, (\d\d) {_MONTH} (\d{{4}}) {_TIME} GMT", re.ASCII)
_RFC850: Final = re.compile(rf"(?:{'|'.join(DAYS)}), (\d\d)-{_MONTH}-(\d\d) {_TIME} GMT", re.ASCII)
_ASCTIME: Final = re.compile(rf"{_DAY} {_MONTH} ([ \d]\d) {_TIME} (\d{{4}})", re.ASCII)


def seconds_of(year: int, month: int, day: int, hour: int, minute: int, second: int) -> int | None:
    """Seconds since 1970; None if there is no such day or time. A leap second is the one after it."""
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second <= 60 and year):
        return None
    days = days_from_civil(year, month, day)
    if civil_from_days(days)[2] != day:
        return None
    return days * 86400 + hour * 3600 + minute * 60 + second


def rfc3339(text: str) -> tuple[int, bool] | None:
    """Milliseconds, and whether the distance from Greenwich is said; a day alone is its midnight."""
    found = _RFC3339.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    seconds = seconds_of(year, month, day, hour, minute, second)
    if seconds is None:
        return None
    if found[9]:
        hours, minutes = int(found[10]), int(found[11])
        if hours > 23 or minutes > 59:
            return None
        seconds -= (hours * 3600 + minutes * 60) * (1 if found[9] == "+" else -1)
    return seconds * 1000 + int((found[7] or "").ljust(3, "0")[:3]), bool(found[8] or found[9])


def http(text: str, now: int) -> int | None:
    """Seconds of a date of HTTP; ``now`` is the year, by which a year of two digits is understood."""
    if found := _IMF.fullmatch(text):
        day, month, year, *rest = found.groups()
        whole = int(year)
    elif found := _RFC850.fullmatch(text):
        day, month, year, *rest = found.groups()
        whole = now // 100 * 100 + int(year)
        whole -= 100 * (whole > now + _SPAN)
    elif found := _ASCTIME.fullmatch(text):
        month, day, *rest, year = found.groups()
        whole = int(year)
    else:
        return None
    hour, minute, second = map(int, rest)
    return seconds_of(whole, _MONTHS.index(month) + 1, int(day), hour, minute, second)


def http_text(seconds: int) -> str:
    """The date as HTTP writes it."""
    days, rest = divmod(seconds, 86400)
    year, month, day = civil_from_days(days)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{DAYS[(days + 4) % 7][:3]}, {day:02} {_MONTHS[month - 1]} {year:04} {clock} GMT"


def cookie_text(seconds: int) -> str:
    """The date as ngx.cookie_time writes it: two digits for years up to 2037."""
    text = http_text(seconds)
    year = text[12:16]
    return f"{text[:7]}-{text[8:11]}-{year if int(year) > 2037 else year[2:]}{text[16:]}"


def rfc3339_text(milliseconds: int, offset: int) -> str:
    """The date as RFC 3339 writes it at a distance from Greenwich; parts of a second only if there are any."""
    seconds, part = divmod(milliseconds, 1000)
    days, rest = divmod(seconds + offset, 86400)
    year, month, day = civil_from_days(days)
    fraction = f".{part:03}" if part else ""
    minutes = abs(offset) // 60
    zone = f"{'-' if offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}" if offset else "Z"
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{year:04}-{month:02}-{day:02}T{clock}{fraction}{zone}"
