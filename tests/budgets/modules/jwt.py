"""jwt: long tokens, large claims, long keys and lists."""

from __future__ import annotations

from typing import Final

from ..growth import Work
from ..library_cases import Case, linear

MODULE: Final = "local m = require 'jwt' "
_CLAIMS: Final = (
    "local b = require 'base64' local s = 'e30.' .. b.encode_url('{' .. ('\"a\":1,'):rep(N) .. '\"b\":1}') .. '.'"
)
_LONG: Final = "local s = ('e30.'):rep(2) .. ('A'):rep(4 * (N - N % 4))"

WORK: Final[dict[str, tuple[Work, ...]]] = {
    "jwt.decode": (Work("text", f"{MODULE}{_LONG.replace('4 *', '2 *')} ", "m.decode(s)"),),
    "jwt.verify": (
        Work("text", f"{MODULE}{_LONG.replace('4 *', '2 *')} ", "m.verify(s, 'k')"),
        Work("text", f"{MODULE} local h = require('base64').encode_url('{{\"alg\":\"HS256\"}}') local s = ('k'):rep(N) ", "m.verify(h .. '.e30.', s)"),
    ),
}  # fmt: skip

CASES: Final[dict[str, Case]] = {
    "jwt.decode": linear("m.decode(s)", MODULE + _CLAIMS.replace("rep(N)", "rep(N / 4)")),
    "jwt.verify": linear("m.verify(s, 'k')", MODULE + _CLAIMS.replace("rep(N)", "rep(N / 4)")),
}
