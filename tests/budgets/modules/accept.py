"""accept: headers of many elements, long lists of offers."""

from __future__ import annotations

from typing import Final

from ..growth import Work
from ..library_cases import Case, linear

MODULE: Final = "local m = require 'accept' "
_HEADER: Final = MODULE + "local s = ('a;b=c;q=0.5,'):rep(N) "
_OFFERS: Final = MODULE + "local t = {} for i = 1, N do t[i] = 'text/x' .. i end "
_NAMES: Final = ("encoding", "language", "type")

WORK: Final[dict[str, tuple[Work, ...]]] = {
    f"accept.{name}": (
        Work("text", _HEADER, f"m.{name}(s, {{'x'}})"),
        Work("values", _OFFERS, f"m.{name}('a, b', t)"),
    )
    for name in _NAMES
}
CASES: Final[dict[str, Case]] = {f"accept.{name}": linear(f"m.{name}('a, b;q=0.5', t)", _OFFERS) for name in _NAMES}
