"""Hashes that spread keys, as other products compute them: murmur3, FNV-1a; and this library's own, from BLAKE2b.

Input: texts of one character a byte. Output: integers. Refuses nothing. Callers have paid.
"""

from __future__ import annotations

from hashlib import blake2b
from struct import unpack_from
from typing import Final

_MASK: Final = 0xFFFFFFFF


def murmur3_32(text: str, seed: int = 0) -> int:
    """MurmurHash3_x86_32 (A. Appleby)."""
    data = text.encode("latin-1")
    size = len(data)
    words = size >> 2
    h = seed
    for word in unpack_from(f"<{words}I", data):
        k = word * 0xCC9E2D51 & _MASK
        h ^= (k << 15 | k >> 17) * 0x1B873593 & _MASK
        h = (h << 13 | (h & _MASK) >> 19) * 5 + 0xE6546B64 & _MASK
    if size & 3:
        k = int.from_bytes(data[words << 2 :], "little") * 0xCC9E2D51 & _MASK
        h ^= (k << 15 | k >> 17) * 0x1B873593 & _MASK
    h ^= size
    h = (h ^ h >> 16) * 0x85EBCA6B & _MASK
    h = (h ^ h >> 13) * 0xC2B2AE35 & _MASK
    return h ^ h >> 16


def fnv1a_32(text: str) -> int:
    """FNV-1a of 32 bits (Fowler, Noll, Vo)."""
    h = 0x811C9DC5
    for byte in text.encode("latin-1"):
        h = (h ^ byte) * 0x01000193 & _MASK
    return h


def spread_64(text: str) -> int:
    """BLAKE2b with a digest of eight bytes, read as a big-endian number."""
    return int.from_bytes(blake2b(text.encode("latin-1"), digest_size=8).digest())
