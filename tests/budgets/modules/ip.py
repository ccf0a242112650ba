"""ip: lists of networks, addresses of both kinds."""

from __future__ import annotations

from typing import Final

from ..growth import NOTHING, Work
from ..library_cases import Case, flat, linear

MODULE: Final = "local m = require 'ip' "
LIST: Final = MODULE + "local t = {} for i = 1, N do t[i] = '2001:db8:' .. i .. '::/48' end "
MATCHER: Final = (
    MODULE + "local t = {} for i = 1, N do t[i] = '10.' .. i % 256 .. '.0.' .. i % 250 end local l = m.matcher(t) "
)

WORK: Final[dict[str, tuple[Work, ...]]] = {
    "ip.in_cidr": NOTHING,
    "ip.matcher": (Work("values", LIST, "m.matcher(t)"),),
    "ip.matcher:match": (Work("border"),),
    "ip.new": (Work("values", LIST, "m.new(t)"),),
    "ip.parse": NOTHING,
}
CASES: Final[dict[str, Case]] = {
    "ip.in_cidr": flat("m.in_cidr('2001:db8:1:2:3:4:5:6', '2001:db8::/32')", MODULE),
    "ip.matcher": linear("m.matcher(t)", LIST),
    "ip.matcher:match": flat("l:match('10.20.0.30')", MATCHER),
    "ip.new": linear("m.new(t)", LIST),
    "ip.parse": flat("m.parse('2001:db8:1:2:3:4:5:6')", MODULE),
}
