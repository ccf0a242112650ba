"""bucket: long keys, long lists of names, rings of many nodes."""

from __future__ import annotations

from typing import Final

from ..growth import Work, text
from ..library_cases import TEXT, Case, flat, linear

MODULE: Final = "local m = require 'bucket' "
LIST: Final = MODULE + "local t = {} for i = 1, N do t[i] = {'n' .. i, i % 5 + 1} end "
NODES: Final = MODULE + "local t = {} for i = 1, N / 4 do t[i] = 'n' .. i end "
KEY: Final = MODULE + TEXT

WORK: Final[dict[str, tuple[Work, ...]]] = {
    "bucket.flagd": (*text("m.flagd(s, {{'a', 1}})", before=MODULE), Work("values", LIST, "m.flagd('x', t)")),
    "bucket.growthbook": (*text("m.growthbook(s, 'x')", "m.growthbook('x', s)", before=MODULE), Work("values", MODULE + "local t = {} for i = 1, N do t[i] = 0 end ", "m.growthbook('x', 'y', {weights = t, variations = 2})")),
    "bucket.jump": text("m.jump(s, 10)", before=MODULE),
    "bucket.of": text("m.of(s, 'x', 10)", "m.of('x', s, 10)", before=MODULE),
    "bucket.pick": (*text("m.pick(s, 'x', {{'a', 1}})", before=MODULE), Work("values", LIST, "m.pick('x', 'y', t)")),
    "bucket.random": (Work("values", LIST, "m.random(t)"),),
    "bucket.ring": (Work("values", NODES, "m.ring(t)"),),
    "bucket.ring:find": text("l:find(s)", before=MODULE + "local l = m.ring{'a', 'b'} "),
    "bucket.unleash": (*text("m.unleash(s, 'x')", before=MODULE), Work("values", LIST, "m.unleash('x', 'y', t)")),
}  # fmt: skip

CASES: Final[dict[str, Case]] = {
    "bucket.flagd": linear("m.flagd(s, {{'a', 1}})", KEY),
    "bucket.growthbook": linear("m.growthbook(s, 'x')", KEY),
    "bucket.jump": flat("m.jump('x', N * 1000)", MODULE),
    "bucket.of": linear("m.of(s, 'x', 10)", KEY),
    "bucket.pick": linear("m.pick('x', 'y', t)", LIST),
    "bucket.random": linear("m.random(t)", LIST),
    "bucket.ring": linear("m.ring(t)", NODES),
    "bucket.ring:find": linear("l:find(s)", KEY + " local l = m.ring{'a', 'b'}"),
    "bucket.unleash": linear("m.unleash(s, 'x')", KEY),
}
