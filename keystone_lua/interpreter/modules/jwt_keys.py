"""Keys that verify tokens: PEM (RFC 7468) and JWK (RFC 7517) to numbers.

Input: texts. Output: a Key. Raises BadKey, which says why, for what is no key, is too weak, too large or not on its
curve. Everything is bounded: texts by MAX_KEY, moduli from 2,048 bits (RFC 7518, 3.3) to 4,096, exponents by 32 bits.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from .base64 import decoded, decoded_url
from .elliptic import P256, P384, Curve, is_on

MAX_KEY: Final = 8192
"""Bytes of a key's text: a PEM of 4,096 bits has 800."""
MIN_BITS: Final = 2048
MAX_BITS: Final = 4096
MAX_EXPONENT: Final = 1 << 32
MAX_SECRET: Final = 8192
KEPT_KEYS: Final = 64
"""Keys whose numbers are remembered by their text. A charge does not depend on it."""

CURVES: Final = {"P-256": P256, "P-384": P384}
ALGORITHMS: Final = {
    "HS256": ("oct", "sha256"), "HS384": ("oct", "sha384"), "HS512": ("oct", "sha512"),
    "RS256": ("RSA", "sha256"), "RS384": ("RSA", "sha384"), "RS512": ("RSA", "sha512"),
    "PS256": ("RSA", "sha256"), "PS384": ("RSA", "sha384"), "PS512": ("RSA", "sha512"),
    "ES256": ("P-256", "sha256"), "ES384": ("P-384", "sha384"),
}  # fmt: skip
"""The kind of key that an algorithm takes, and its digest."""

_PEM: Final = re.compile(
    r"\s*+-----BEGIN (RSA PUBLIC KEY|PUBLIC KEY)-----([A-Za-z0-9+/=\s]*+)"
    r"-----END (RSA PUBLIC KEY|PUBLIC KEY)-----\s*+\Z"
)
_RSA: Final = bytes.fromhex("06092a864886f70d010101")
_EC: Final = bytes.fromhex("06072a8648ce3d0201")
_NAMED: Final = {bytes.fromhex("06082a8648ce3d030107"): "P-256", bytes.fromhex("06052b81040022"): "P-384"}
_INTEGER, _BITS, _SEQUENCE = 2, 3, 48


class BadKey(Exception):
    """What is wrong with a key."""


class Key(NamedTuple):
    """``kind`` is oct, RSA, P-256 or P-384; ``first`` and ``second`` are a modulus and an exponent, or a point."""

    kind: str
    secret: bytes = b""
    first: int = 0
    second: int = 0

    @property
    def curve(self) -> Curve:
        """Of a point."""
        return CURVES[self.kind]


def secret_key(data: bytes) -> Key:
    """A key for HMAC."""
    if not data:
        raise BadKey("the secret is empty")
    if len(data) > MAX_SECRET:
        raise BadKey(f"a secret has at most {MAX_SECRET} bytes")
    return Key("oct", data)


def _rsa_key(modulus: int, exponent: int) -> Key:
    if not MIN_BITS <= modulus.bit_length() <= MAX_BITS:
        raise BadKey(f"an RSA key has {MIN_BITS} to {MAX_BITS} bits, this one {modulus.bit_length()}")
    if not (2 < exponent < MAX_EXPONENT and exponent % 2 and modulus % 2):
        raise BadKey("the RSA key's exponent or modulus is none")
    return Key("RSA", b"", modulus, exponent)


def _point_key(name: str, x: int, y: int) -> Key:
    if not is_on(CURVES[name], x, y):
        raise BadKey(f"the point is not on {name}")
    return Key(name, b"", x, y)


class _Der:
    """What is left of a DER encoding."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def take(self, tag: int) -> bytes:
        """The contents of the next element, which must have that tag."""
        data = self.data
        if len(data) < 2 or data[0] != tag:
            raise BadKey("the PEM's contents are no public key")
        size, start = data[1], 2
        if size >= 0x80:
            count = size & 0x7F
            start = 2 + count
            size = int.from_bytes(data[2:start]) if 0 < count <= 2 else len(data) + 1
        if start + size > len(data):
            raise BadKey("the PEM's contents end too soon")
        self.data = data[start + size :]
        return data[start : start + size]

    def integer(self) -> int:
        """The next element as a number."""
        data = self.take(_INTEGER)
        if not data or data[0] >= 0x80:
            raise BadKey("the PEM's contents are no public key")
        return int.from_bytes(data)


@lru_cache(KEPT_KEYS)
def pem_key(text: str) -> Key:
    """A public key in PEM: ``PUBLIC KEY`` (RSA, P-256, P-384) or ``RSA PUBLIC KEY``."""
    if len(text) > MAX_KEY:
        raise BadKey(f"a PEM has at most {MAX_KEY} bytes")
    found = _PEM.match(text)
    if found is None or found[1] != found[3]:
        raise BadKey("a PEM with PUBLIC KEY or RSA PUBLIC KEY is expected")
    data = decoded("".join(found[2].split()))
    if data is None:
        raise BadKey("the PEM's contents are no base 64")
    whole = _Der(_Der(data).take(_SEQUENCE))
    if found[1] == "RSA PUBLIC KEY":
        return _rsa_key(whole.integer(), whole.integer())
    kind, bits = whole.take(_SEQUENCE), whole.take(_BITS)
    if kind.startswith(_RSA) and bits[:1] == b"\0":
        numbers = _Der(_Der(bits[1:]).take(_SEQUENCE))
        return _rsa_key(numbers.integer(), numbers.integer())
    name = _NAMED.get(kind[len(_EC) :]) if kind.startswith(_EC) else None
    if name is None:
        raise BadKey("only RSA, P-256 and P-384 are known")
    size = CURVES[name].size
    if len(bits) != 2 + 2 * size or bits[:2] != b"\0\x04":
        raise BadKey("a point has to be written in full")
    return _point_key(name, int.from_bytes(bits[2 : 2 + size]), int.from_bytes(bits[2 + size :]))


@lru_cache(KEPT_KEYS)
def jwk_key(kind: str, curve: str, first: str, second: str) -> Key:
    """A JWK's public key by its members: ``n`` and ``e``, or ``x`` and ``y``."""
    if max(len(first), len(second)) > MAX_KEY:
        raise BadKey(f"a member of a JWK has at most {MAX_KEY} bytes")
    numbers = []
    for text in (first, second):
        data = decoded_url(text)
        if data is None:
            raise BadKey("a member of the JWK is no base 64")
        numbers.append(data)
    if kind == "RSA":
        return _rsa_key(int.from_bytes(numbers[0]), int.from_bytes(numbers[1]))
    if kind == "EC" and curve in CURVES:
        if any(len(number) != CURVES[curve].size for number in numbers):
            raise BadKey(f"a coordinate on {curve} has {CURVES[curve].size} bytes")
        return _point_key(curve, int.from_bytes(numbers[0]), int.from_bytes(numbers[1]))
    raise BadKey("only RSA, P-256 and P-384 are known")
