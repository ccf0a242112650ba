"""ngx: long texts, queries of many arguments."""

from __future__ import annotations

from typing import Final

from ..growth import NOTHING, Work, text
from ..library_cases import TEXT, Case, flat, linear

MODULE: Final = "local m = require 'ngx' "
LIST: Final = MODULE + "local t = {} for i = 1, N do t['a' .. i] = i end "
ESCAPES: Final = MODULE + "local s = ('%41'):rep(N) "
BYTES: Final = MODULE + "local s = ('\\255'):rep(N) "
QUERY: Final = MODULE + "local s = ('a%20b=c&'):rep(N) "
_TEXTS: Final = "crc32_long crc32_short decode_base64 encode_base64 md5 md5_bin sha1_bin".split()
_NOT_HERE: Final = "exec exit log print redirect say sleep".split()

WORK: Final[dict[str, tuple[Work, ...]]] = {
    **{f"ngx.{name}": text(f"m.{name}(s)", before=MODULE) for name in _TEXTS},
    **{f"ngx.{name}": NOTHING for name in ("cookie_time", "http_time", "now", "parse_http_time", "time", *_NOT_HERE)},
    "ngx.decode_args": (
        Work("values", QUERY, "m.decode_args(s, 0)"),
        *text("m.decode_args(s)", before=MODULE),
        Work("text", ESCAPES, "m.decode_args(s)"),
    ),
    "ngx.encode_args": (
        Work("values", LIST, "m.encode_args(t)"),
        *text("m.encode_args({a = s})", before=MODULE),
        Work("text", BYTES, "m.encode_args({a = s})"),
    ),
    "ngx.escape_uri": (*text("m.escape_uri(s)", before=MODULE), Work("text", BYTES, "m.escape_uri(s)")),
    "ngx.hmac_sha1": text("m.hmac_sha1(s, '')", "m.hmac_sha1('', s)", before=MODULE),
    "ngx.unescape_uri": (*text("m.unescape_uri(s)", before=MODULE), Work("text", ESCAPES, "m.unescape_uri(s)")),
}
CASES: Final[dict[str, Case]] = {
    **{f"ngx.{name}": linear(f"m.{name}(s)", MODULE + TEXT) for name in _TEXTS},
    **{f"ngx.{name}": flat(f"pcall(m.{name})", MODULE) for name in _NOT_HERE},
    "ngx.cookie_time": flat("m.cookie_time(N)", MODULE),
    "ngx.decode_args": linear("m.decode_args(s, 0)", QUERY),
    "ngx.encode_args": linear("m.encode_args(t)", LIST),
    "ngx.escape_uri": linear("m.escape_uri(s)", BYTES),
    "ngx.hmac_sha1": linear("m.hmac_sha1('k', s)", MODULE + TEXT),
    "ngx.http_time": flat("m.http_time(N)", MODULE),
    "ngx.now": flat("m.now()", MODULE),
    "ngx.parse_http_time": flat("m.parse_http_time('Sun, 06 Nov 1994 08:49:37 GMT')", MODULE),
    "ngx.time": flat("m.time()", MODULE),
    "ngx.unescape_uri": linear("m.unescape_uri(s)", ESCAPES),
}
