"""Signatures of ECDSA (FIPS 186) on P-256 and P-384, over Python's integers.

Input: a curve, a point, a digest, a signature as two numbers. Output: whether it is one. Only public values come
here, so time may depend on them. ``is_on`` says whether a point is on its curve.
"""

from __future__ import annotations

from typing import Final, NamedTuple

Jacobian = tuple[int, int, int]


class Curve(NamedTuple):
    """y^2 = x^3 - 3x + b over the field of ``prime``; ``order`` is that of the base point."""

    size: int
    """Bytes of a coordinate."""
    prime: int
    b: int
    x: int
    y: int
    order: int


P256: Final = Curve(
    32,
    0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF,
    0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
)
P384: Final = Curve(
    48,
    0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFF0000000000000000FFFFFFFF,
    0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
    0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
    0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
    0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
)


def is_on(curve: Curve, x: int, y: int) -> bool:
    """Whether a point is on the curve."""
    prime = curve.prime
    return 0 <= x < prime and 0 <= y < prime and (y * y - x * x * x + 3 * x - curve.b) % prime == 0


def is_signature(curve: Curve, x: int, y: int, digest: bytes, r: int, s: int) -> bool:
    """Whether (r, s) signs the digest by the key whose point is (x, y)."""
    order, prime = curve.order, curve.prime
    if not (0 < r < order and 0 < s < order):
        return False
    number = int.from_bytes(digest[: curve.size])
    inverse = pow(s, -1, order)
    found, _, z = _sum_of_products(prime, (curve.x, curve.y), number * inverse % order, (x, y), r * inverse % order)
    if z == 0:
        return False
    return found * pow(z, -2, prime) % prime % order == r


def _sum_of_products(prime: int, p: tuple[int, int], a: int, q: tuple[int, int], b: int) -> Jacobian:
    """a * p + b * q, bit by bit of both at once (Straus and Shamir)."""
    both_x, both_y, both_z = _added(prime, (*p, 1), q)
    if both_z:
        inverse = pow(both_z, -1, prime)
        square = inverse * inverse % prime
        both = both_x * square % prime, both_y * square * inverse % prime
    else:
        both = None
    point: Jacobian = (1, 1, 0)
    for place in range(max(a.bit_length(), b.bit_length()) - 1, -1, -1):
        point = _doubled(prime, point)
        which = (a >> place & 1) + 2 * (b >> place & 1)
        if which == 1:
            point = _added(prime, point, p)
        elif which == 2:
            point = _added(prime, point, q)
        elif which and both is not None:
            point = _added(prime, point, both)
    return point


def _doubled(prime: int, point: Jacobian) -> Jacobian:
    x, y, z = point
    if not z or not y:
        return 1, 1, 0
    yy = y * y % prime
    zz = z * z % prime
    s = 4 * x * yy % prime
    m = 3 * (x - zz) * (x + zz) % prime
    new_x = (m * m - 2 * s) % prime
    return new_x, (m * (s - new_x) - 8 * yy * yy) % prime, 2 * y * z % prime


def _added(prime: int, point: Jacobian, other: tuple[int, int]) -> Jacobian:
    x, y, z = point
    if not z:
        return (*other, 1)
    zz = z * z % prime
    h = (other[0] * zz - x) % prime
    r = (other[1] * zz * z - y) % prime
    if not h:
        return _doubled(prime, point) if not r else (1, 1, 0)
    hh = h * h % prime
    hhh = hh * h % prime
    v = x * hh % prime
    new_x = (r * r - hhh - 2 * v) % prime
    return new_x, (r * (v - new_x) - y * hhh) % prime, z * h % prime
