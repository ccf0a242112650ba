"""base64: texts, long ones of every kind."""

from __future__ import annotations

from typing import Final

from ..growth import Work, text
from ..library_cases import Case, linear

MODULE: Final = "local m = require 'base64' "
PLAIN: Final = MODULE + "local s = ('ab1 '):rep(N)"
CODED: Final = MODULE + "local s = ('ab1+'):rep(N)"
_URL: Final = MODULE + "s = ('ab1_'):rep(16 * N) "

WORK: Final[dict[str, tuple[Work, ...]]] = {
    "base64.decode": text("m.decode(s)", before=MODULE + "s = ('ab1+'):rep(16 * N) ") + text("m.decode(s)", before=MODULE),
    "base64.decode_url": text("m.decode_url(s)", before=_URL),
    "base64.encode": text("m.encode(s)", before=MODULE),
    "base64.encode_url": text("m.encode_url(s)", before=MODULE),
}  # fmt: skip

CASES: Final[dict[str, Case]] = {
    "base64.decode": linear("m.decode(s)", CODED),
    "base64.decode_url": linear("m.decode_url(s)", MODULE + "local s = ('ab1_'):rep(N)"),
    "base64.encode": linear("m.encode(s)", PLAIN),
    "base64.encode_url": linear("m.encode_url(s)", PLAIN),
}
