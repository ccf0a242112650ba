"""re: long subjects, long patterns, patterns of many ways."""

from __future__ import annotations

from typing import Final

from ..growth import Work, text
from ..library_cases import TEXT, Case, linear

MODULE: Final = "local m = require 're' "
LONG: Final = MODULE + "local p = ('a'):rep(N / 4) .. '[bc]' "
_WAYS: Final = MODULE + "local s = ('a'):rep(N) "

WORK: Final[dict[str, tuple[Work, ...]]] = {
    "re.find": (
        *text("m.find(s, '[!?]')", "m.find(s, '(?:a|b|1| )*!')", before=MODULE),
        Work("pattern", LONG, "m.find('x', p)"), Work("pattern", _WAYS, "m.find(s, 'a*a*b')"),
        Work("pattern", _WAYS, "m.find(s, '(a|aa)+$')"), Work("pattern", _WAYS, "m.find(s, '(?:a?){20}b')"),
    ),
    "re.gmatch": (Work("pattern", MODULE + TEXT + " ", "for w in m.gmatch(s, '[a-z]+') do end"),),
    "re.gsub": (
        Work("pattern", MODULE + TEXT + " ", "m.gsub(s, '[a-z]', '')"), Work("output", MODULE + TEXT + " ", "m.gsub('aa', 'a', s)"),
        Work("text", MODULE + "local r = ('$$'):rep(8 * N) ", "m.gsub('x', 'x', r)"), Work("calls"),
    ),
    "re.match": (*text("m.match(s, '.*(!)')", "m.match(s, '(.*)')", before=MODULE), Work("pattern", LONG, "m.match('x', p)")),
    "re.sub": (*text("m.sub(s, '!', '')", before=MODULE), Work("calls")),
}  # fmt: skip

CASES: Final[dict[str, Case]] = {
    "re.find": linear("m.find(s, '(?:a|aa)+!')", MODULE + "local s = ('a'):rep(N)"),
    "re.gmatch": linear("for w in m.gmatch(s, '[a-z]+') do end", MODULE + TEXT),
    "re.gsub": linear("m.gsub(s, '[a-z]+', '<$0>')", MODULE + TEXT),
    "re.match": linear("m.match(s, '((?:[a-z]+|.)*)')", MODULE + TEXT),
    "re.sub": linear("m.sub(s, '.*!', '')", MODULE + TEXT),
}
