"""How keys are spread over buckets, weights and nodes: the pure part of the module ``bucket``.

Input: texts, numbers, weights. Output: places and fractions. The caller has charged for the work. Only operations
that IEEE 754 rounds exactly are used, and no logarithm of a C library, which differs from machine to machine.

- ``share``: 64 bits of BLAKE2b of salt, a zero byte and key; times n, shifted by 64.
- ``weighted``: rendezvous hashing (D. Thaler, C. Ravishankar; weights by J. Resch): each name draws a number, and the
  best draw wins. So changing a weight moves keys only to or from its own name, and as few as possible.
- ``Ring``: consistent hashing with POINTS places a node.
- ``jump``: J. Lamping, E. Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm".
- ``growthbook``, ``unleash``, ``flagd``: as the products' software development kits compute it.
"""

from __future__ import annotations

from bisect import bisect_right
from hashlib import blake2b
from math import frexp
from struct import unpack
from typing import Final, NamedTuple

from .short_hashes import fnv1a_32, murmur3_32, spread_64

POINTS: Final = 160
"""Places of a node in a ring: the shares of ten nodes then differ by about a tenth, as with ketama."""
_POINTS_AT_ONCE: Final = 8
UNLEASH_VARIANTS: Final = 86028157
"""The seed with which Unleash chooses variants."""
_MASK: Final = (1 << 64) - 1
_LN2: Final = 0.6931471805599453
_TERMS: Final = (1 / 19, 1 / 17, 1 / 15, 1 / 13, 1 / 11, 1 / 9, 1 / 7, 1 / 5, 1 / 3, 1.0)


def share(key: str, salt: str, count: int) -> int:
    """One of ``count`` buckets, from 0."""
    return spread_64(f"{salt}\0{key}") * count >> 64


def logarithm(x: float) -> float:
    """The natural logarithm of a positive number, the same to the last bit on every machine."""
    mantissa, exponent = frexp(x)
    ratio = (mantissa - 1.0) / (mantissa + 1.0)
    square = ratio * ratio
    total = 0.0
    for term in _TERMS:
        total = total * square + term
    return exponent * _LN2 + 2.0 * ratio * total


def weighted(key: str, salt: str, names: list[str], weights: list[float]) -> int | None:
    """The place of the name that wins; None if no weight is above zero."""
    best, chosen = -1.0, None
    for place, (name, weight) in enumerate(zip(names, weights, strict=True)):
        if weight > 0.0:
            draw = ((spread_64(f"{salt}\0{key}\0{name}") >> 12) + 0.5) * 2.0**-52
            score = weight / -logarithm(draw)
            if score > best:
                best, chosen = score, place
    return chosen


def cumulative(weights: list[float], fraction: float) -> int | None:
    """The place whose share of the sum of all weights has ``fraction``; None if no weight is above zero."""
    target = fraction * sum(weights)
    chosen = None
    for place, weight in enumerate(weights):
        if weight > 0.0:
            chosen = place
            target -= weight
            if target < 0.0:
                break
    return chosen


class Ring(NamedTuple):
    """Places in order, the node of each, and the nodes' names."""

    points: tuple[int, ...]
    owners: tuple[int, ...]
    names: tuple[str, ...]

    def find(self, key: str) -> str | None:
        """The node of a key: the one at or after the key's place."""
        points = self.points
        if not points:
            return None
        place = bisect_right(points, spread_64(key))
        return self.names[self.owners[place if place < len(points) else 0]]


def points_of(name: str, count: int) -> list[int]:
    """The places of a node."""
    points: list[int] = []
    for batch in range((count + _POINTS_AT_ONCE - 1) // _POINTS_AT_ONCE):
        points += unpack(">8Q", blake2b(f"{batch}\0{name}".encode("latin-1")).digest())
    return points[:count]


def ring_of(names: list[str], counts: list[int]) -> Ring:
    """A ring of nodes with so many places each. Where two fall together the first in the list has it."""
    places = sorted(
        (point, owner)
        for owner, (name, count) in enumerate(zip(names, counts, strict=True))
        for point in points_of(name, count)
    )
    return Ring(tuple([point for point, _ in places]), tuple([owner for _, owner in places]), tuple(names))


def jump(key: int, count: int) -> int:
    """The bucket of a 64-bit key, from 0."""
    bucket, following = -1, 0
    while following < count:
        bucket = following
        key = key * 2862933555777941757 + 1 & _MASK
        following = int((bucket + 1) * (2147483648.0 / ((key >> 33) + 1)))
    return bucket


def growthbook(key: str, seed: str, version: int) -> float:
    """GrowthBook's hash: a fraction in steps of a thousandth (version 1) or a ten-thousandth (version 2)."""
    if version == 2:
        return fnv1a_32(str(fnv1a_32(seed + key))) % 10000 / 10000
    return fnv1a_32(key + seed) % 1000 / 1000


def growthbook_variation(fraction: float, count: int, coverage: float, weights: list[float] | None) -> int | None:
    """The variation, from 0, in whose range the fraction is; None if it is in none."""
    coverage = min(max(coverage, 0.0), 1.0)
    if weights is None or len(weights) != count or not 0.99 <= sum(weights) <= 1.01:
        weights = [1.0 / count] * count
    begin = 0.0
    for place, weight in enumerate(weights):
        if begin <= fraction < begin + coverage * weight:
            return place
        begin += weight
    return None


def unleash(key: str, group: str, total: int, seed: int = 0) -> int:
    """Unleash's normalized value: 1 to ``total``."""
    return murmur3_32(f"{group}:{key}", seed) % total + 1


def unleash_variant(key: str, group: str, weights: list[int]) -> int | None:
    """The place of Unleash's variant; None if no weight is above zero."""
    total = sum(weights)
    if total <= 0:
        return None
    target = unleash(key, group, total, UNLEASH_VARIANTS)
    counter = 0
    for place, weight in enumerate(weights):
        counter += weight
        if weight and counter >= target:
            return place
    return None


def flagd(key: str, weights: list[int]) -> int | None:
    """The place that flagd's ``fractional`` chooses; None if no weight is above zero."""
    bucket = murmur3_32(key) * sum(weights) >> 32
    end = 0
    for place, weight in enumerate(weights):
        end += weight
        if bucket < end:
            return place
    return None
