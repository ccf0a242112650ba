"""Signatures of tokens (RFC 7518, 3): HMAC, RSA by PKCS #1 v1.5 and PSS (RFC 8017), ECDSA.

Input: an algorithm's name, a Key of its kind, what was signed, the signature. Output: whether the signature is right,
and what checking it costs.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from ..costs import PER_INSTRUCTION, WORK
from .elliptic import is_signature
from .jwt_keys import ALGORITHMS, Key

_PREFIXES: Final = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
"""What stands before a digest in PKCS #1 v1.5: its algorithm in DER."""

_HMAC: Final = WORK["jwt.hmac"]
_CURVES: Final = {"P-256": WORK["jwt.p256"], "P-384": WORK["jwt.p384"]}
_SQUARING: Final = PER_INSTRUCTION["jwt.squaring"]


def price(key: Key) -> int:
    """Instructions of one verification, beyond the length of what was signed."""
    if key.kind == "oct":
        return _HMAC
    if key.kind == "RSA":
        bits = key.first.bit_length()
        exponent = key.second
        return 1000 + bits * bits // _SQUARING * (exponent.bit_length() + exponent.bit_count()) // 16
    return _CURVES[key.kind]


def verify(algorithm: str, key: Key, signed: bytes, signature: bytes) -> bool:
    """Whether the signature is right."""
    digest = ALGORITHMS[algorithm][1]
    if key.kind == "oct":
        return hmac.compare_digest(hmac.digest(key.secret, signed, digest), signature)
    if key.kind == "RSA":
        return _rsa(algorithm, key, hashlib.new(digest, signed).digest(), digest, signature)
    size = key.curve.size
    if len(signature) != 2 * size:
        return False
    r, s = int.from_bytes(signature[:size]), int.from_bytes(signature[size:])
    return is_signature(key.curve, key.first, key.second, hashlib.new(digest, signed).digest(), r, s)


def _rsa(algorithm: str, key: Key, digest: bytes, name: str, signature: bytes) -> bool:
    modulus = key.first
    size = (modulus.bit_length() + 7) // 8
    number = int.from_bytes(signature)
    if len(signature) != size or number >= modulus:
        return False
    opened = pow(number, key.second, modulus)
    if algorithm[0] == "P":
        return _is_pss(opened, modulus.bit_length() - 1, digest, name)
    info = _PREFIXES[name] + digest
    return opened.to_bytes(size) == b"\0\1" + b"\xff" * (size - len(info) - 3) + b"\0" + info


def _is_pss(opened: int, bits: int, digest: bytes, name: str) -> bool:
    """EMSA-PSS-VERIFY (RFC 8017, 9.1.2) with a salt as long as the digest."""
    size, length = (bits + 7) // 8, len(digest)
    if opened.bit_length() > bits:
        return False
    encoded = opened.to_bytes(size)
    masked, salted = encoded[: size - length - 1], encoded[size - length - 1 : -1]
    if encoded[-1] != 0xBC or size < 2 * length + 2:
        return False
    block = b"".join(
        [hashlib.new(name, salted + count.to_bytes(4)).digest() for count in range(-(-len(masked) // length))]
    )
    plain = int.from_bytes(masked) ^ int.from_bytes(block[: len(masked)])
    plain &= (1 << 8 * len(masked) - (8 * size - bits)) - 1
    if plain >> 8 * length != 1:  # zeros, then a one before the salt
        return False
    salt = (plain & (1 << 8 * length) - 1).to_bytes(length)
    return hashlib.new(name, b"\0" * 8 + digest + salt).digest() == salted
