"""text: long texts, long separators, long lists."""

from __future__ import annotations

from typing import Final

from ..growth import WORDS, Work, text, values
from ..library_cases import TEXT, Case, linear
from ..library_cases import WORDS as LIST

MODULE: Final = "local m = require 'text' "
_LINES: Final = MODULE + "local s = ('ab1\\n'):rep(N)"

WORK: Final[dict[str, tuple[Work, ...]]] = {
    "text.contains": (*text("m.contains(s, '!')", before=MODULE), Work("search", MODULE + "local s, p = ('a'):rep(N), ('a'):rep(N / 2 - 3) .. 'baa' ", "m.contains(s, p)")),
    "text.ends_with": text("m.ends_with(s, s)", before=MODULE),
    "text.join": (*values("m.join(t)", before=MODULE + WORDS), Work("output", MODULE, "m.join({'', ''}, ('x'):rep(N * 16))")),
    "text.lines": (*text("m.lines(s)", before=MODULE), Work("values", MODULE + "local s = ('\\n'):rep(N) ", "m.lines(s)")),
    "text.lower": text("m.lower(s)", before=MODULE),
    "text.split": (*text("m.split(s, '!')", before=MODULE), Work("values", MODULE + "local s = (','):rep(N) ", "m.split(s, ',')")),
    "text.starts_with": text("m.starts_with(s, s)", before=MODULE),
    "text.trim": text("m.trim(s)", before=MODULE),
}  # fmt: skip

CASES: Final[dict[str, Case]] = {
    "text.contains": linear("m.contains(s, '!')", MODULE + TEXT),
    "text.ends_with": linear("m.ends_with(s, s)", MODULE + TEXT),
    "text.join": linear("m.join(t, ', ')", MODULE + LIST),
    "text.lines": linear("m.lines(s)", _LINES),
    "text.lower": linear("m.lower(s)", MODULE + TEXT),
    "text.split": linear("m.split(s, ' ')", MODULE + TEXT),
    "text.starts_with": linear("m.starts_with(s, s)", MODULE + TEXT),
    "text.trim": linear("m.trim(s)", MODULE + "local s = (' '):rep(N * 4)"),
}
