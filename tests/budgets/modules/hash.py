"""hash: long texts, long keys."""

from __future__ import annotations

from typing import Final

from ..growth import Work, numeral, text
from ..library_cases import TEXT, Case, linear

MODULE: Final = "local m = require 'hash' "
_ONE: Final = (
    *"md5 sha1 sha256 sha512 md5_bin sha1_bin sha256_bin sha512_bin crc32 fnv1a32 murmur3_32 xxhash32 xxhash64".split(),
)
_SEEDED: Final = ("murmur3_32", "xxhash32", "xxhash64")

WORK: Final[dict[str, tuple[Work, ...]]] = {
    **{f"hash.{name}": text(f"m.{name}(s)", before=MODULE) for name in _ONE},
    **{f"hash.{name}": (*text(f"m.{name}(s)", before=MODULE), *numeral(f"pcall(m.{name}, '', x)", before=MODULE)) for name in _SEEDED},
    **{f"hash.{name}": text(f"m.{name}('sha512', s, '')", f"m.{name}('md5', '', s)", before=MODULE) for name in ("hmac", "hmac_bin")},
    "hash.equal": text("m.equal(s, s)", "m.equal('', s)", before=MODULE),
}  # fmt: skip

CASES: Final[dict[str, Case]] = {
    **{f"hash.{name}": linear(f"m.{name}(s)", MODULE + TEXT) for name in _ONE},
    **{f"hash.{name}": linear(f"m.{name}('sha256', s, s)", MODULE + TEXT) for name in ("hmac", "hmac_bin")},
    "hash.equal": linear("m.equal(s, s)", MODULE + TEXT),
}
