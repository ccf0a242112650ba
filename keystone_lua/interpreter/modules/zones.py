"""Time zones: the tables of the package tzdata, and local times in them.

Input: names of the IANA database, seconds since 1970. Output: local times; None for a name that the package does not
have. The tables are the package's, never the machine's, so that answers depend on ``VERSION`` and nothing else. Each
process reads a table once.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

VERSION: Final = version("tzdata")
"""The package's version, such as 2026.6."""

LONGEST: Final = 40
"""Bytes of the longest name."""
EARLIEST: Final = -62_135_424_000
LATEST: Final = 253_402_128_000
"""Seconds: two days inside of the years 1 to 9999, which is what datetime can say in every zone."""

_NAMES: Final = frozenset((files("tzdata") / "zones").read_text("ascii").split())
_FOLDER: Final = files("tzdata") / "zoneinfo"
"""Looked up once: for each zone that took four times what reading it does."""
_CLOCK: Final = re.compile(r"(\d\d):(\d\d)(?::(\d\d))?", re.ASCII)


class Local(NamedTuple):
    """A time in a zone: its civil time as seconds, how far ahead of Greenwich's, summer time, the zone's letters."""

    seconds: int
    offset: int
    summer: bool
    letters: str


@cache
def _load(name: str) -> ZoneInfo:
    with _FOLDER.joinpath(*name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def zone(name: str) -> ZoneInfo | None:
    """The zone of a name."""
    return _load(name) if name in _NAMES else None


def local(seconds: int, in_zone: ZoneInfo) -> Local:
    """A time from EARLIEST to LATEST in a zone."""
    at = datetime.fromtimestamp(seconds, in_zone)
    offset, summer = at.utcoffset(), at.dst()
    shift = round(offset.total_seconds()) if offset else 0
    return Local(seconds + shift, shift, bool(summer), at.tzname() or "")


def universal(civil: int, in_zone: ZoneInfo) -> int:
    """The time at which a zone's clocks show a civil time; the first of two, and what was meant where they skip it."""
    at = datetime.fromtimestamp(civil, UTC).replace(tzinfo=in_zone)
    offset = at.utcoffset()
    return civil - (round(offset.total_seconds()) if offset else 0)


UTC: Final = _load("Etc/UTC")


def clock(text: str) -> int | None:
    """The second of the day that ``HH:MM`` or ``HH:MM:SS`` means, up to 24:00; None if it means none."""
    found = _CLOCK.fullmatch(text) if len(text) <= 8 else None
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    total = hour * 3600 + minute * 60 + second
    return total if minute < 60 and second < 60 and total <= 86400 else None
