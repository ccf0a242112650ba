"""The routing library in the grid: calls with places for its attacks, and what a script could keep of them.

Input: nothing. Output: texts of statements, each with the usual values of its places, as grid.Shape takes them. Where the
work grows with two values together the other one is large here.
"""

from __future__ import annotations

from typing import Final

_OFFERS: Final = "(function() local t = {} for i = 1, 1000 do t[i] = 'abc' .. i end return t end)()"
_CALLS: Final = (
    ("accept.encoding", "S", "T_OFFERS"), ("accept.language", "S", "T_OFFERS"), ("accept.type", "S", "T_OFFERS"), ("accept.type", "'a/*, b;q=0.1'", "U"),
    ("base64.decode", "S"), ("base64.decode_url", "S"), ("base64.encode", "S"), ("base64.encode_url", "S"),
    ("bucket.flagd", "S", "U"), ("bucket.growthbook", "S", "S", "T"), ("bucket.jump", "S", "ONE"), ("bucket.of", "S", "S", "ONE"),
    ("bucket.pick", "S", "S", "T_WEIGHTS"), ("bucket.ring", "U"), ("bucket.unleash", "S", "S", "ONE"),
    ("cookie.parse", "S"), ("cookie.serialize", "T"), ("hash.crc32", "S"), ("hash.equal", "S", "S"), ("hash.fnv1a32", "S"),
    ("hash.hmac", "'sha256'", "S", "S"), ("hash.md5", "S"), ("hash.murmur3_32", "S", "ONE"), ("hash.sha256", "S"), ("hash.sha512", "S"),
    ("hash.xxhash32", "S", "ONE"), ("hash.xxhash64", "S", "ONE"), ("ip.in_cidr", "S", "'::/0'"), ("ip.matcher", "U"), ("ip.parse", "S"),
    ("json.decode", "S"), ("json.encode", "T"), ("json.get", "S", "S"), ("jwt.decode", "S"), ("jwt.verify", "S", "S", "T"),
    ("ngx.decode_args", "S", "ONE"), ("ngx.encode_args", "T"), ("ngx.escape_uri", "S"), ("ngx.unescape_uri", "S"), ("ngx.parse_http_time", "S"),
    ("re.find", "S", "P"), ("re.gsub", "S", "P", "S"), ("re.match", "S", "P", "S"), ("text.contains", "S", "P"), ("text.join", "U", "S"),
    ("text.lines", "S"), ("text.lower", "S"), ("text.split", "S", "P", "ONE"), ("text.trim", "S"), ("time.format", "ONE", "S"),
    ("time.parse", "S"), ("url.build", "T"), ("url.build_query", "T"), ("url.escape", "S"), ("url.join", "S", "S"), ("url.parse", "S"),
    ("url.parse_query", "S", "ONE"), ("url.unescape", "S"),
)  # fmt: skip

BEFORE: Final = f"local T_OFFERS, T_WEIGHTS, KEPT = {_OFFERS}, {{{{'a', 1}}, {{'b', 2}}}}, {{}}\n" + "".join(
    f"local {name} = require '{name}'\n" for name in sorted({call[0].partition(".")[0] for call in _CALLS})
)
"""What the statements use."""


def _call(name: str, *values: str) -> tuple[str, tuple[str, ...]]:
    return f"pcall({name}, {', '.join(f'${place}' for place in range(1, len(values) + 1))})", values


SHAPES: Final = (
    *(_call(*call) for call in _CALLS),
    ("KEPT[#KEPT + 1] = select(2, pcall(re.gmatch, 'x', $1))", ("P",)),
    ("KEPT[#KEPT + 1] = $1:gmatch($2)", ("S", "P")),
    ("package.loaded[$1] = nil KEPT[#KEPT + 1] = require($1)", ("'json'",)),
    ("math = nil package.loaded.math = nil KEPT[#KEPT + 1] = require('math')", ()),
)
"""Statements and the usual values of their places."""
