"""Signatures of bundles: a JWT (RFC 7519) whose claim is the SHA-256 of the manifest.

    header {"alg":"ES256","kid":"..."}   payload {"manifest":"<sha256 in hexadecimal>"}

In: a manifest and keys. Out: a token; or nothing, if a token is right. Refuses, with `BundleError`: a token that no
given key has signed, one over another manifest, and algorithms that a key is not of. Keys are public PEMs or a set of
JWKs for checking, by the engine's own code; signing with RSA or an elliptic curve takes the package ``cryptography``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..interpreter.modules.base64 import decoded_url, encoded_url
from ..interpreter.modules.jwt_keys import ALGORITHMS, BadKey, Key, jwk_key, pem_key, secret_key
from ..interpreter.modules.jwt_signatures import verify
from ..untrusted.documents import DocumentError, read_json
from .contents import MAX_TOKEN, BundleError

MAX_KEYS: Final = 16
MIN_SECRET: Final = 32
"""Bytes of a secret for HMAC: as long as the shortest digest (RFC 7518, 3.2)."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A key that may have signed, with its name and its algorithm if those are told."""

    key: Key
    kid: str = ""
    algorithm: str = ""


def verifiers(text: bytes) -> list[Verifier]:
    """The keys in a file: a public PEM, a JWK, a set of JWKs, or ``secret:`` and a text. Raises `BundleError`."""
    try:
        if text.startswith(b"secret:"):
            secret = text.removeprefix(b"secret:").strip()
            if len(secret) < MIN_SECRET:
                raise BadKey(f"a secret has at least {MIN_SECRET} bytes")
            return [Verifier(secret_key(secret))]
        if text.lstrip().startswith(b"{"):
            value = read_json(text)
            listed = value.get("keys", [value]) if isinstance(value, dict) else []
            if not isinstance(listed, list) or not 0 < len(listed) <= MAX_KEYS:
                raise BadKey(f"a set of 1 to {MAX_KEYS} keys is expected")
            return [_of_jwk(one) for one in listed]
        return [Verifier(pem_key(text.decode("ascii")))]
    except (BadKey, DocumentError, UnicodeDecodeError) as error:
        raise BundleError(f"the keys: {error}") from None


def _of_jwk(jwk: Any) -> Verifier:
    if not isinstance(jwk, dict) or not all(isinstance(value, str) for name, value in jwk.items() if name != "key_ops"):
        raise BadKey("a JWK is expected")
    if "d" in jwk:
        raise BadKey("a JWK has its private part, which does not belong here")
    names = ("n", "e") if jwk.get("kty") == "RSA" else ("x", "y")
    first, second = (jwk.get(name, "") for name in names)
    key = jwk_key(jwk.get("kty", ""), jwk.get("crv", ""), first, second)
    return Verifier(key, jwk.get("kid", ""), jwk.get("alg", ""))


def check(token: str, manifest: bytes, keys: Sequence[Verifier]) -> str:
    """Return the name of the key that has signed ``manifest``, "" for one without a name. Raises `BundleError`."""
    if not token:
        raise BundleError("the bundle is not signed")
    parts = token.split(".")
    if len(token) > MAX_TOKEN or len(parts) != 3 or "=" in token:
        raise BundleError("the signature is no JWT")
    header, payload = (_object(part, name) for part, name in zip(parts, ("header", "payload"), strict=False))
    signature = decoded_url(parts[2])
    algorithm, kid = header.get("alg"), header.get("kid", "")
    if signature is None or not isinstance(algorithm, str) or algorithm not in ALGORITHMS or not isinstance(kid, str):
        raise BundleError("the signature names no known algorithm")
    if "crit" in header:
        raise BundleError("the signature has critical headers, none of which are known")
    signed = token.rpartition(".")[0].encode("ascii")
    for one in keys:
        fits = one.key.kind == ALGORITHMS[algorithm][0] and one.algorithm in ("", algorithm)
        named = not kid or not one.kid or one.kid == kid
        if fits and named and verify(algorithm, one.key, signed, signature):
            break
    else:
        raise BundleError("the signature is by none of the keys")
    claimed = payload.get("manifest")
    if not isinstance(claimed, str) or not hmac.compare_digest(claimed.encode(), _digest(manifest).encode()):
        raise BundleError("the signature is over another manifest")
    return one.kid


def sign(manifest: bytes, private: bytes, kid: str = "") -> str:
    """The token of ``manifest`` by a private key in PEM, or by ``secret:`` and a text. Raises `BundleError`.

    Needs the package ``cryptography`` but for a secret.
    """
    payload = {"manifest": _digest(manifest)}
    if private.startswith(b"secret:"):
        (verifier,) = verifiers(private)
        signed = _signed("HS256", kid, payload)
        return f"{signed}.{encoded_url(hmac.digest(verifier.key.secret, signed.encode(), 'sha256'))}"
    from .private_keys import BadPrivateKey, PrivateKey

    try:
        key = PrivateKey(private)
    except BadPrivateKey as error:
        raise BundleError(f"the key: {error}") from None
    signed = _signed(key.algorithm, kid, payload)
    return f"{signed}.{encoded_url(key.sign(signed.encode()))}"


def _signed(algorithm: str, kid: str, payload: dict[str, str]) -> str:
    header = {"alg": algorithm, **({"kid": kid} if kid else {})}
    return ".".join(encoded_url(json.dumps(part, separators=(",", ":")).encode()) for part in (header, payload))


def _object(part: str, name: str) -> dict[str, Any]:
    data = decoded_url(part)
    try:
        value = read_json(data) if data is not None else None
    except DocumentError:
        value = None
    if not isinstance(value, dict):
        raise BundleError(f"the signature's {name} is no JSON object")
    return value


def _digest(manifest: bytes) -> str:
    return hashlib.sha256(manifest).hexdigest()
