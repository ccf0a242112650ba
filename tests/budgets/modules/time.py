"""time: dates, zones, long texts and forms."""

from __future__ import annotations

from typing import Final

from ..growth import NOTHING, Work, text
from ..library_cases import Case, flat, linear

MODULE: Final = "local m = require 'time' "
FORM: Final = MODULE + "local s = ('%Y%z'):rep(N)"

WORK: Final[dict[str, tuple[Work, ...]]] = {
    "time.between": NOTHING,
    "time.format": text("m.format(0, s)", before=MODULE),
    "time.http": NOTHING,
    "time.in_zone": NOTHING,
    "time.now": NOTHING,
    "time.parse": NOTHING,
    "time.weekday": NOTHING,
}
CASES: Final[dict[str, Case]] = {
    "time.between": flat("m.between('22:00', '06:00', 'Europe/Berlin')", MODULE),
    "time.format": linear("m.format(0, s, 'Asia/Tokyo')", FORM),
    "time.http": flat("m.http(N)", MODULE),
    "time.in_zone": flat("m.in_zone('Europe/Berlin', N)", MODULE),
    "time.now": flat("m.now()", MODULE),
    "time.parse": flat("m.parse('2024-03-31T01:00:00', 'Europe/Berlin')", MODULE),
    "time.weekday": flat("m.weekday('Asia/Tokyo')", MODULE),
}
