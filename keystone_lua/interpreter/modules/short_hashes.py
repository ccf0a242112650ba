"""Hashes that spread keys: murmur3, xxhash and FNV-1a as other products compute them, and our own, from BLAKE2b.

Input: texts of one character a byte. Output: integers. The caller has charged for the work.
"""

from __future__ import annotations

from hashlib import blake2b
from struct import iter_unpack, unpack_from
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


_P32: Final = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1)
_MASK_64: Final = 0xFFFFFFFFFFFFFFFF
_P64: Final = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5)


def xxhash_32(text: str, seed: int = 0) -> int:
    """XXH32 (Y. Collet)."""
    one, two, three, four, five = _P32
    data = text.encode("latin-1")
    size = len(data)
    blocks = size >> 4
    if blocks:
        a, b, c, d = seed + one + two & _MASK, seed + two & _MASK, seed, seed - one & _MASK
        for w, x, y, z in iter_unpack("<4I", data[: blocks << 4]):
            a, b, c, d = a + w * two & _MASK, b + x * two & _MASK, c + y * two & _MASK, d + z * two & _MASK
            a = (a << 13 | a >> 19) * one & _MASK
            b = (b << 13 | b >> 19) * one & _MASK
            c = (c << 13 | c >> 19) * one & _MASK
            d = (d << 13 | d >> 19) * one & _MASK
        h = (a << 1 | a >> 31) + (b << 7 | b >> 25) + (c << 12 | c >> 20) + (d << 18 | d >> 14)
    else:
        h = seed + five
    h = h + size & _MASK
    place = blocks << 4
    while place + 4 <= size:
        h = h + int.from_bytes(data[place : place + 4], "little") * three & _MASK
        h = (h << 17 | h >> 15) * four & _MASK
        place += 4
    for byte in data[place:]:
        h = h + byte * five & _MASK
        h = (h << 11 | h >> 21) * one & _MASK
    h = (h ^ h >> 15) * two & _MASK
    h = (h ^ h >> 13) * three & _MASK
    return h ^ h >> 16


def _round_64(lane: int, word: int) -> int:
    lane = lane + word * _P64[1] & _MASK_64
    return (lane << 31 | lane >> 33) * _P64[0] & _MASK_64


def xxhash_64(text: str, seed: int = 0) -> int:
    """XXH64 (Y. Collet)."""
    one, two, three, four, five = _P64
    data = text.encode("latin-1")
    size = len(data)
    blocks = size >> 5
    if blocks:
        a, b, c, d = seed + one + two & _MASK_64, seed + two & _MASK_64, seed, seed - one & _MASK_64
        for w, x, y, z in iter_unpack("<4Q", data[: blocks << 5]):
            a, b, c, d = _round_64(a, w), _round_64(b, x), _round_64(c, y), _round_64(d, z)
        h = (a << 1 | a >> 63) + (b << 7 | b >> 57) + (c << 12 | c >> 52) + (d << 18 | d >> 46) & _MASK_64
        for lane in (a, b, c, d):
            h = (h ^ _round_64(0, lane)) * one + four & _MASK_64
    else:
        h = seed + five
    h = h + size & _MASK_64
    place = blocks << 5
    while place + 8 <= size:
        h ^= _round_64(0, int.from_bytes(data[place : place + 8], "little"))
        h = (h << 27 | h >> 37) * one + four & _MASK_64
        place += 8
    if place + 4 <= size:
        h ^= int.from_bytes(data[place : place + 4], "little") * one & _MASK_64
        h = (h << 23 | h >> 41) * two + three & _MASK_64
        place += 4
    for byte in data[place:]:
        h ^= byte * five & _MASK_64
        h = (h << 11 | h >> 53) * one & _MASK_64
    h = (h ^ h >> 33) * two & _MASK_64
    h = (h ^ h >> 29) * three & _MASK_64
    return h ^ h >> 32
