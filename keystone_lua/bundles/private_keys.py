"""Private keys that sign bundles, by the package ``cryptography``: RSA (RS256) and P-256 (ES256), in PEM without a
passphrase. Refuses others with `BadPrivateKey`."""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key


class BadPrivateKey(Exception):
    """What is wrong with a key."""


class PrivateKey:
    """A key that signs."""

    def __init__(self, pem: bytes) -> None:
        """Raises `BadPrivateKey`."""
        try:
            key = load_pem_private_key(pem, None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise BadPrivateKey("a private key in PEM, without a passphrase, is expected") from None
        if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 2048:
            self.algorithm = "RS256"
        elif isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
            self.algorithm = "ES256"
        else:
            raise BadPrivateKey("an RSA key of 2,048 bits or more, or one on P-256, is expected")
        self._key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = key

    def sign(self, data: bytes) -> bytes:
        """The signature as a JWT has it (RFC 7518, 3.3 and 3.4)."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        r, s = decode_dss_signature(self._key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)
