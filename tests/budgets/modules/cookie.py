"""cookie: long headers, many cookies, long attributes."""

from __future__ import annotations

from typing import Final

from ..growth import Work, text
from ..library_cases import TEXT, Case, linear

MODULE: Final = "local m = require 'cookie' "

WORK: Final[dict[str, tuple[Work, ...]]] = {
    "cookie.parse": (*text("m.parse(s)", before=MODULE), Work("values", MODULE + "local s = ('a=1;'):rep(N / 40) ", "m.parse(s)")),
    "cookie.serialize": (Work("text", MODULE + "local s = ('a'):rep(N / 2) ", "m.serialize{name = 'a', value = s}"),),
}  # fmt: skip

CASES: Final[dict[str, Case]] = {
    "cookie.parse": linear("m.parse(s)", MODULE + TEXT),
    "cookie.serialize": linear("m.serialize{name = 'a', value = s}", MODULE + "local s = ('a'):rep(N)"),
}
