"""jwt: JSON Web Tokens (RFC 7515 to 7519) in their compact form, decoded or verified.

Input: a token, keys, rules. Output: of ``decode``, the header and the claims as they are; of ``verify``, whether a
key signed the token and every rule holds, and the first that does not. A bad token is never an error; wrong keys and
rules are, since they are the script's own.

A key knows its algorithms, and an algorithm takes no other kind of key: a public key is never the secret of an HMAC,
and ``none`` is no algorithm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..costs import COPY, MODULES, PER_INSTRUCTION, STRING, WORK, WORK_BYTES
from ..runtime.tracebacks import argument_error
from ..runtime.values import ABSENT, FALSE, TRUE, LuaValue, Table, type_name
from ..stdlib.args import check_string, check_table
from .base64 import decoded_url
from .json import read
from .json_reading import Misread
from .jwt_keys import ALGORITHMS, MAX_KEY, MAX_SECRET, BadKey, Key, jwk_key, pem_key, secret_key
from .jwt_signatures import price, verify

if TYPE_CHECKING:
    from ..runtime.context import RunContext

MAX_TOKEN: Final = 16384
"""Bytes of a token. A gateway's headers are rarely allowed to be longer."""
MAX_KEYS: Final = 100
"""Keys of a set that are looked at, and entries of a rule's list."""
MAX_TRIES: Final = 4
"""Keys that one token is tried with: those of its kid, of which a set should have one."""

_PRICES: Final = {path.partition(".")[2]: cost for path, cost in MODULES.items() if path.startswith("jwt.")}
_KEY: Final = WORK["jwt.key"]
_PARSED: Final = WORK["jwt.parsed"]
_PER_INSTRUCTION: Final = PER_INSTRUCTION["jwt.bytes"]
_ENTRY: Final = WORK["jwt.entry"]
_RESULT_BYTES: Final = WORK_BYTES["jwt.result"]


class _Refused(Exception):
    """Why a token is not good: the rule's name and words."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


@dataclass(slots=True)
class _Token:
    """A token taken apart."""

    header: Table
    payload: Table
    signed: str
    signature: bytes


def _part(run: RunContext, text: str, name: str) -> Table:
    """One of the two JSON objects."""
    data = decoded_url(text)
    if data is None:
        raise _Refused("malformed", f"the {name} is not base 64")
    plain = data.decode("latin-1")
    if plain.lstrip(" \t\r\n")[:1] != "{":
        raise _Refused("malformed", f"the {name} is no JSON object")
    try:
        value: Table = read(run, plain)
    except Misread as error:
        raise _Refused("malformed", f"the {name}: {error}") from None
    return value


def _token(run: RunContext, text: str) -> _Token:
    """Raises _Refused."""
    size = len(text)
    if size > MAX_TOKEN:
        raise _Refused("malformed", f"the token has more than {MAX_TOKEN} bytes")
    run.charge(2 * size // _PER_INSTRUCTION, 8 * size + 6 * STRING)
    parts = text.split(".", 3)
    if len(parts) != 3 or "=" in text:
        raise _Refused("malformed", "a token has three parts of base 64 without padding")
    header, payload = _part(run, parts[0], "header"), _part(run, parts[1], "payload")
    signature = decoded_url(parts[2])
    if signature is None:
        raise _Refused("malformed", "the signature is not base 64")
    return _Token(header, payload, text[: len(parts[0]) + len(parts[1]) + 1], signature)


# keys


def _member(table: Table, name: str) -> str:
    """A member of a JWK as text, "" if it has none."""
    value = table.get(name)
    return value if value.__class__ is str else ""


def _fits(run: RunContext, jwk: Table, algorithm: str, kid: LuaValue) -> bool:
    """Whether a JWK may verify this token, as far as it says."""
    kind = ALGORITHMS[algorithm][0]
    if _member(jwk, "kty") != {"P-256": "EC", "P-384": "EC"}.get(kind, kind):
        return False
    if (kind.startswith("P-") and _member(jwk, "crv") != kind) or jwk.get("alg") not in (None, algorithm):
        return False
    operations = jwk.get("key_ops")
    if isinstance(operations, Table) and "verify" not in _texts(run, operations, "key_ops"):
        return False
    return jwk.get("use") in (None, "sig") and (kid is None or jwk.get("kid") == kid)


def _set_keys(run: RunContext, keys: Table, algorithm: str, kid: LuaValue) -> list[Key]:
    """The keys of a set, or of one JWK, that a token may be signed by. Those that are none are passed over."""
    members = keys.get("keys")
    if not isinstance(members, Table):
        if keys.get("kty") is None:
            raise argument_error(2, "a secret, a PEM, a JWK or a set of keys expected")
        members = Table({1.0: keys})
    found: list[Key] = []
    for place in range(1, MAX_KEYS + 1):
        jwk = members.get(float(place))
        if jwk is None or len(found) == MAX_TRIES:
            break
        run.charge(_KEY)
        if not isinstance(jwk, Table) or not _fits(run, jwk, algorithm, kid):
            continue
        kind = _member(jwk, "kty")
        names = {"oct": ("k", ""), "RSA": ("n", "e"), "EC": ("x", "y")}[kind]
        first, second = (_member(jwk, name) for name in names)
        run.charge(_PARSED + (len(first) + len(second)) // _PER_INSTRUCTION, 4 * (len(first) + len(second)))
        try:
            if kind == "oct":
                found.append(secret_key(decoded_url(first[: 2 * MAX_SECRET]) or b""))
            else:
                found.append(jwk_key(kind, _member(jwk, "crv"), first, second))
        except BadKey:
            continue
    return found


def _text_key(run: RunContext, text: str) -> Key:
    """A PEM or a secret. What looks like another form of a public key is refused: it is known to everybody."""
    size = len(text)
    run.charge(_PARSED + size // _PER_INSTRUCTION, 4 * min(size, MAX_KEY))
    try:
        if size > max(MAX_SECRET, MAX_KEY):
            raise BadKey(f"a key has at most {MAX_KEY} bytes")
        if "-----BEGIN" in text:
            return pem_key(text)
        start = text.lstrip()
        if (start[:1] in ("{", "[") and '"kty"' in text) or start.startswith(("ssh-", "ecdsa-")):
            raise BadKey("a key in this form is no secret; json.decode makes a set of a JWKS")
        return secret_key(text.encode("latin-1"))
    except BadKey as error:
        message = str(error)
    raise argument_error(2, message)


def _candidates(run: RunContext, keys: LuaValue, algorithm: str, header: Table) -> list[Key]:
    """The keys that the token may be signed by. Raises _Refused if there is none."""
    kid = header.get("kid")
    if kid is not None and kid.__class__ is not str:
        raise _Refused("malformed", "the kid is no string")
    if isinstance(keys, Table):
        found = _set_keys(run, keys, algorithm, kid)
        if not found:
            raise _Refused("key", f"no key for {algorithm}" if kid is None else f"no key for {algorithm} has this kid")
        return found
    if keys.__class__ is not str:
        raise argument_error(2, f"string or table expected, got {type_name(keys)}")
    key = _text_key(run, keys)
    if key.kind != ALGORITHMS[algorithm][0]:
        raise _Refused("key", f"{algorithm} takes another kind of key")
    return [key]


# rules


def _texts(run: RunContext, value: LuaValue, name: str) -> list[str]:
    """A text, or a list of texts, of a rule or a claim."""
    if value.__class__ is str:
        return [value]
    found: list[str] = []
    if isinstance(value, Table):
        while len(found) < MAX_KEYS and (item := value.get(float(len(found) + 1))) is not None:
            run.charge(_ENTRY, 16)
            found.append(item if item.__class__ is str else "")
    return found


def _rule(run: RunContext, rules: Table, name: str) -> list[str] | None:
    """A rule that is a text or a list of texts; None if it is not set."""
    value = rules.get(name)
    if value is None:
        return None
    found = _texts(run, value, name)
    if not found or "" in found:
        raise argument_error(3, f"'{name}' must be a string or a list of strings")
    return found


def _number(payload: Table, name: str) -> float | None:
    """A claim that is a time; None if it is not there. Raises _Refused."""
    value = payload.get(name)
    if value is not None and (value.__class__ is not float or value - value != 0.0):
        raise _Refused(name, f"'{name}' is no number")
    return value


def _check_claims(run: RunContext, payload: Table, rules: Table) -> None:
    """Raises _Refused with the first rule that does not hold."""
    leeway = rules.get("leeway")
    if leeway is None:
        leeway = 0.0
    if leeway.__class__ is not float or not 0.0 <= leeway <= 1e9:
        raise argument_error(3, "'leeway' must be seconds")
    for name in _rule(run, rules, "require") or ():
        run.charge(len(name) // COPY)
        if payload.get(name) is None:
            raise _Refused("require", f"'{name[:64]}' is missing")
    expires, begins = _number(payload, "exp"), _number(payload, "nbf")
    if expires is not None and run.now >= expires + leeway:
        raise _Refused("exp", "the token has expired")
    if begins is not None and run.now < begins - leeway:
        raise _Refused("nbf", "the token is not valid yet")
    for name in ("iss", "sub"):
        if (allowed := _rule(run, rules, name)) is not None and payload.get(name) not in allowed:
            raise _Refused(name, f"'{name}' is another")
    audiences = _rule(run, rules, "aud")
    if audiences is not None and set(audiences).isdisjoint(_texts(run, payload.get("aud"), "aud")):
        raise _Refused("aud", "the token is for others")


def _algorithm(run: RunContext, header: Table, rules: Table) -> str:
    """The token's algorithm, if it is one and is allowed."""
    algorithm = header.get("alg")
    if algorithm.__class__ is not str or len(algorithm) != 5 or algorithm not in ALGORITHMS:
        raise _Refused("alg", "the algorithm is none that is known")
    allowed = _rule(run, rules, "algorithms")
    if allowed is not None and algorithm not in allowed:
        raise _Refused("alg", f"{algorithm} is not allowed")
    if header.get("crit") is not None:
        raise _Refused("crit", "the header has an extension that must be understood")
    return algorithm


def _check_signature(run: RunContext, token: _Token, keys: LuaValue, rules: Table) -> None:
    algorithm = _algorithm(run, token.header, rules)
    signed = token.signed.encode("latin-1")
    for key in _candidates(run, keys, algorithm, token.header):
        run.charge(price(key) + len(signed) // _PER_INSTRUCTION, STRING + WORK_BYTES["jwt.signature"])
        if verify(algorithm, key, signed, token.signature):
            return
    raise _Refused("signature", "the signature is wrong")


def decode_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def decode(d: int, text: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_PRICES["decode"], _RESULT_BYTES)
        try:
            token = _token(run, check_string(text, 1))
        except _Refused as refused:
            return None, refused.message
        return Table({"header": token.header, "payload": token.payload})

    return decode


def verify_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def verify_(
        d: int, text: LuaValue = ABSENT, keys: LuaValue = ABSENT, rules: LuaValue = None, *_: LuaValue
    ) -> Table:
        run.charge(_PRICES["verify"], _RESULT_BYTES)
        text, rules = check_string(text, 1), Table() if rules is None else check_table(rules, 3)
        result = Table({"verified": FALSE})
        try:
            token = _token(run, text)
            result["header"], result["payload"] = token.header, token.payload
            _check_signature(run, token, keys, rules)
            _check_claims(run, token.payload, rules)
        except _Refused as refused:
            result["reason"], result["message"] = refused.reason, refused.message
            return result
        result["verified"] = TRUE
        return result

    return verify_


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Any]:
    """The functions of ``jwt``."""
    return {"decode": decode_for(run, fuel, alloc), "verify": verify_for(run, fuel, alloc)}
