"""url: long texts, escapes, many names, many segments."""

from __future__ import annotations

from typing import Final

from ..growth import Work, text
from ..library_cases import TEXT, Case, linear

MODULE: Final = "local m = require 'url' "
_ESCAPED: Final = MODULE + "local s = ('%41'):rep(N) "
_PAIRS: Final = MODULE + "local s = ('a=1&'):rep(N) "
_DOTS: Final = MODULE + "local s = ('../'):rep(N) "
_TABLE: Final = MODULE + "local t = {} for i = 1, N do t['k' .. i] = i end "
_LIST: Final = MODULE + "local t = {k = {}} for i = 1, N do t.k[i] = i end "

WORK: Final[dict[str, tuple[Work, ...]]] = {
    "url.build": text("m.build{path = s:gsub(' ', '/')}", before=MODULE),
    "url.build_query": (Work("values", _TABLE, "m.build_query(t)"), Work("values", _LIST, "m.build_query(t)"), *text("m.build_query{a = s}", before=MODULE)),
    "url.escape": (*text("m.escape(s)", before=MODULE), Work("text", MODULE + "local s = ('\\255'):rep(N) ", "m.escape(s)")),
    "url.join": (*text("m.join(s, s)", before=MODULE), Work("text", _DOTS, "m.join('/a', s)")),
    "url.parse": text("m.parse(s)", before=MODULE),
    "url.parse_query": (Work("values", _PAIRS, "m.parse_query(s, 10000)"), *text("m.parse_query(s)", before=MODULE), Work("text", _ESCAPED, "m.parse_query(s)")),
    "url.unescape": (*text("m.unescape(s)", before=MODULE), Work("text", _ESCAPED, "m.unescape(s)")),
}  # fmt: skip

CASES: Final[dict[str, Case]] = {
    "url.build": linear("m.build{path = s}", MODULE + "local s = ('/ab1'):rep(N)"),
    "url.build_query": linear("m.build_query(t)", _TABLE),
    "url.escape": linear("m.escape(s)", MODULE + TEXT),
    "url.join": linear("m.join('/a', s)", _DOTS),
    "url.parse": linear("m.parse(s)", MODULE + "local s = '/' .. ('/ab1'):rep(N)"),
    "url.parse_query": linear("m.parse_query(s, 10000)", _PAIRS),
    "url.unescape": linear("m.unescape(s)", _ESCAPED),
}
