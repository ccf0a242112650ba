"""jwt: the examples of RFC 7515's appendix A; tokens that OpenSSL signed (tokens.json, whose private keys nobody has any
more); what RFC 8725 warns of; keys by RFC 7517 and 7468."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.interpreter.modules.elliptic import P256, P384, is_on, is_signature
from keystone_lua.interpreter.modules.jwt import MAX_KEYS, MAX_TOKEN
from keystone_lua.interpreter.modules.jwt_keys import ALGORITHMS, MAX_KEY

from .support import lua, quoted

MADE: dict[str, Any] = json.loads(Path(__file__).with_name("tokens.json").read_text())
PEM, TOKENS, JWKS = MADE["pem"], MADE["tokens"], MADE["jwks"]
HEAD = "local jwt, json = require 'jwt', require 'json' "
SHOW = " return r.verified, r.reason, r.payload and r.payload.sub"
SECRET = "a secret of at least thirty-two bytes"
NOW = 1_700_000_000


def coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def token(payload: object, header: object = None, secret: str = SECRET, digest: str = "sha256") -> str:
    parts = ({"alg": "HS256"} if header is None else header), payload
    signed = ".".join([coded(part if isinstance(part, bytes) else json.dumps(part).encode()) for part in parts])
    return f"{signed}.{coded(hmac.digest(secret.encode(), signed.encode(), digest))}"


def verified(text: str, keys: str, rules: str = "nil") -> tuple[str, str]:
    """Whether, and the reason: ``keys`` and ``rules`` are Lua."""
    found = lua(f"{HEAD} local r = jwt.verify({quoted(text)}, {keys}, {rules}) return r.verified, r.reason")
    return found[0], found[1]


RFC_CLAIMS = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
RFC = {
    "A.1": (
        f"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{RFC_CLAIMS}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        {"kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"},
    ),
    "A.2": (
        f"eyJhbGciOiJSUzI1NiJ9.{RFC_CLAIMS}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
        {"kty": "RSA", "e": "AQAB", "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"},
    ),
    "A.3": (
        f"eyJhbGciOiJFUzI1NiJ9.{RFC_CLAIMS}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        {"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RFC)
def test_rfc_7515(name: str) -> None:
    text, key = RFC[name]
    call = f"{HEAD} local r = jwt.verify('{text}', json.decode[[{json.dumps(key)}]], {{leeway = 1e9}})"
    assert lua(f"{call} return r.verified, r.payload.iss, r.payload.exp") == ("true", "joe", "1300819380")
    assert verified(text, f"json.decode[[{json.dumps(key)}]]") == ("false", "exp")
    bent = text[:-4] + ("AAAA" if not text.endswith("AAAA") else "BBBB")
    assert verified(bent, f"json.decode[[{json.dumps(key)}]]")[1] in ("signature", "malformed")


def test_rfc_7519s_unsecured_token_is_never_verified() -> None:
    """Its section 6.1, RFC 7515's A.5: whatever the keys, the empty one too, and whatever the rules."""
    text = f"eyJhbGciOiJub25lIn0.{RFC_CLAIMS}."
    assert lua(f"{HEAD} return jwt.decode('{text}').payload.iss") == ("joe",)
    keys = [
        "'secret'",
        quoted(PEM["rsa"]),
        f"json.decode[[{json.dumps(JWKS)}]]",
        *(f"json.decode[[{json.dumps(key)}]]" for _, key in RFC.values()),
    ]
    for key in keys:
        for rules in ("nil", "{leeway = 1e9}"):
            assert verified(text, key, rules) == ("false", "alg")


FITTING = {"R": "rsa", "P": "rsa", "ES256": "p256", "ES384": "p384"}


@pytest.mark.parametrize("name", [name for name in TOKENS if " " not in name])
def test_tokens_of_openssl(name: str) -> None:
    key = FITTING.get(name) or FITTING[name[0]]
    for keys in (quoted(PEM[key]), f"json.decode[[{json.dumps(JWKS)}]]"):
        found = lua(
            f"{HEAD} local r = jwt.verify('{TOKENS[name]}', {keys}, {{iss = 'https://issuer.example', aud = 'web', require = 'exp'}}) {SHOW}"
        )
        assert found == ("true", "nil", "alice")
        assert verified(TOKENS[name], keys, "{algorithms = 'HS256'}") == ("false", "alg")
    signed, _, signature = TOKENS[name].rpartition(".")
    data = bytearray(base64.urlsafe_b64decode(signature + "=="))
    for place in (0, len(data) // 2, len(data) - 1):
        data[place] ^= 1
        assert verified(f"{signed}.{coded(bytes(data))}", quoted(PEM[key])) == ("false", "signature")
        data[place] ^= 1
    for wrong in (bytes(data[1:]), b"\0" + bytes(data), b"", b"\0" * len(data), b"\xff" * len(data)):
        assert verified(f"{signed}.{coded(wrong)}", quoted(PEM[key])) == ("false", "signature")
    others = [PEM[other] for other in ("rsa", "p256", "p384") if other != key]
    assert [verified(TOKENS[name], quoted(other)) for other in others] == [("false", "key")] * 2


def test_pkcs1_pem_and_a_short_salt() -> None:
    assert verified(TOKENS["RS256"], quoted(PEM["rsa-pkcs1"])) == ("true", "nil")
    assert verified(TOKENS["RS256"], quoted(f"\n  {PEM['rsa']}\n")) == ("true", "nil")
    assert verified(TOKENS["PS256 short salt"], quoted(PEM["rsa"])) == ("false", "signature")


@pytest.mark.parametrize("name", ["HS256", "HS384", "HS512"])
def test_hmac(name: str) -> None:
    digest = ALGORITHMS[name][1]
    text = token({"sub": "a"}, {"alg": name}, digest=digest)
    assert verified(text, f"'{SECRET}'") == ("true", "nil")
    assert verified(text, "'another'") == ("false", "signature")
    other = token({"sub": "a"}, {"alg": name}, digest="sha1")
    assert verified(other, f"'{SECRET}'") == ("false", "signature")


PUBLIC = {"pem": PEM["rsa"], "pkcs1": PEM["rsa-pkcs1"]}


@pytest.mark.parametrize("key", PUBLIC)
def test_a_public_key_is_no_secret(key: str) -> None:
    text = token({"sub": "a"}, {"alg": "HS256"}, PUBLIC[key])
    assert verified(text, quoted(PUBLIC[key])) == ("false", "key")
    assert verified(text, f"json.decode[[{json.dumps(JWKS)}]]") == ("false", "key")


ALGS: list[object] = [
    "none",
    "None",
    "NONE",
    "",
    "HS257",
    "RS1",
    "ES512",
    "EdDSA",
    "HS256 ",
    "hs256",
    None,
    5,
    ["HS256"],
    {"a": 1},
    True,
]


@pytest.mark.parametrize("name", ALGS, ids=repr)
def test_no_other_algorithm(name: object) -> None:
    text = token({"sub": "a"}, {"alg": name})
    for each in (text, text.rpartition(".")[0] + "."):
        assert verified(each, f"'{SECRET}'") == ("false", "alg")
        assert verified(each, quoted(PEM["rsa"])) == ("false", "alg")


CLAIMS: list[tuple[dict[str, object], str, str]] = [
    ({"exp": NOW + 1}, "nil", "nil"), ({"exp": NOW}, "nil", "exp"), ({"exp": NOW - 9}, "{leeway = 10}", "nil"),
    ({"exp": NOW - 10}, "{leeway = 10}", "exp"), ({"exp": "9999999999"}, "nil", "exp"), ({"exp": True}, "nil", "exp"), ({"exp": None}, "nil", "exp"),
    ({"nbf": NOW}, "nil", "nil"), ({"nbf": NOW + 1}, "nil", "nbf"), ({"nbf": NOW + 9}, "{leeway = 9}", "nil"), ({"nbf": [1]}, "nil", "nbf"),
    ({"iss": "a"}, "{iss = 'a'}", "nil"), ({"iss": "b"}, "{iss = {'a', 'b'}}", "nil"), ({"iss": "c"}, "{iss = {'a', 'b'}}", "iss"),
    ({}, "{iss = 'a'}", "iss"), ({"iss": ["a"]}, "{iss = 'a'}", "iss"), ({"sub": "x"}, "{sub = 'y'}", "sub"),
    ({"aud": "a"}, "{aud = 'a'}", "nil"), ({"aud": ["x", "a"]}, "{aud = 'a'}", "nil"), ({"aud": ["x"]}, "{aud = {'a', 'b'}}", "aud"),
    ({}, "{aud = 'a'}", "aud"), ({"aud": []}, "{aud = 'a'}", "aud"), ({"aud": 5}, "{aud = 'a'}", "aud"), ({"aud": "other"}, "nil", "nil"),
    ({}, "{require = {'exp'}}", "require"), ({"exp": NOW + 1}, "{require = {'exp', 'sub'}}", "require"), ({"a": 1}, "{require = 'a'}", "nil"),
    ({"exp": NOW - 1, "iss": "b"}, "{iss = 'a'}", "exp"),
]  # fmt: skip


@pytest.mark.parametrize("case", CLAIMS, ids=range(len(CLAIMS)))
def test_claims(case: tuple[dict[str, object], str, str]) -> None:
    payload, rules, reason = case
    assert verified(token(payload), f"'{SECRET}'", rules) == (str(reason == "nil").lower(), reason)


def test_the_signature_comes_before_the_claims() -> None:
    assert verified(token({"exp": 1}), "'wrong'") == ("false", "signature")


def test_headers() -> None:
    assert verified(token({}, {"alg": "HS256", "crit": ["b64"], "b64": False}), f"'{SECRET}'") == ("false", "crit")
    assert verified(token({}, {"alg": "HS256", "kid": {"a": 1}}), f"'{SECRET}'") == ("false", "malformed")
    assert verified(token({}, {"alg": "HS256", "kid": "x"}), f"'{SECRET}'") == ("true", "nil")


MALFORMED = [
    "", ".", "..", "...", "a", "a.b", "a.b.c", "e30.e30", "e30.e30.e30.e30", "e30=.e30.", "e30.e30.!", "e3.e30.", "bnVsbA.e30.", "W10.e30.",
    "e30.W10.", "e30.MQ.", " e30.e30.", "e30 .e30.", "e30.e30.A", "\xe9.e30.", f"{coded(b'[' * 300)}.e30.", f"{coded(b'{' * 300)}.e30.",
    "a" * (MAX_TOKEN + 1), "." * MAX_TOKEN, f"{coded(b'{' + b' ' * 9000)}.e30.",
]  # fmt: skip


@pytest.mark.parametrize("text", MALFORMED, ids=range(len(MALFORMED)))
def test_what_is_no_token(text: str) -> None:
    assert verified(text, f"'{SECRET}'") == ("false", "malformed")
    found = lua(f"{HEAD} return jwt.decode({quoted(text)})")
    assert found[0] == "nil"
    assert found[1]


def test_the_longest_token() -> None:
    room = MAX_TOKEN - len(token({"p": ""}))
    text = next(
        made
        for size in range(room * 3 // 4 - 4, room)
        if len(made := token({"p": "x" * size})) in (MAX_TOKEN, MAX_TOKEN - 1)
    )
    assert verified(text, f"'{SECRET}'") == ("true", "nil")


def test_decode_tells_and_does_not_verify() -> None:
    text = token({"sub": "a", "list": []}, {"alg": "none", "kid": "k"})
    found = lua(
        f"{HEAD} local t = jwt.decode('{text}') return t.payload.sub, t.header.kid, json.encode(t.payload), t.verified"
    )
    assert found == ("a", "k", '{"sub":"a","list":[]}', "nil")


def oct_key(secret: str, **more: object) -> dict[str, object]:
    return {"kty": "oct", "k": coded(secret.encode()), **more}


SETS: list[tuple[list[object], dict[str, object], str]] = [
    ([oct_key(SECRET)], {}, "nil"), ([oct_key("other"), oct_key(SECRET)], {}, "nil"), ([oct_key("other")], {}, "signature"),
    ([oct_key("x"), oct_key("y"), oct_key("z"), oct_key(SECRET)], {}, "nil"),
    ([oct_key("w"), oct_key("x"), oct_key("y"), oct_key("z"), oct_key(SECRET)], {}, "signature"),
    ([oct_key("other", kid="a"), oct_key(SECRET, kid="b")], {"kid": "b"}, "nil"),
    ([oct_key("other", kid="a"), oct_key(SECRET, kid="b")], {"kid": "a"}, "signature"),
    ([oct_key(SECRET, kid="b")], {"kid": "c"}, "key"), ([oct_key(SECRET)], {"kid": "c"}, "key"), ([oct_key(SECRET, kid="b")], {}, "nil"),
    ([oct_key(SECRET, use="enc")], {}, "key"), ([oct_key(SECRET, use="sig", alg="HS256", key_ops=["verify"])], {}, "nil"),
    ([oct_key(SECRET, alg="HS512")], {}, "key"), ([oct_key(SECRET, key_ops=["sign"])], {}, "key"), ([], {}, "key"), ([5, "x", None], {}, "key"),
    ([{"kty": "oct"}, {"kty": "oct", "k": "!"}, {"kty": "oct", "k": 5}, {"k": "x"}, {}, oct_key(SECRET)], {}, "nil"),
    ([{"kty": "RSA", "n": coded(b"x" * 40), "e": "AQAB"}], {}, "key"),
    ([{}] * (MAX_KEYS - 1) + [oct_key(SECRET)], {}, "nil"), ([{}] * MAX_KEYS + [oct_key(SECRET)], {}, "key"),
]  # fmt: skip


@pytest.mark.parametrize("case", SETS, ids=range(len(SETS)))
def test_sets_of_keys(case: tuple[list[object], dict[str, object], str]) -> None:
    keys, header, reason = case
    text = token({}, {"alg": "HS256", **header})
    assert verified(text, f"json.decode[[{json.dumps({'keys': keys})}]]")[1] == reason


def test_public_keys_of_a_set_that_are_none() -> None:
    good: dict[str, Any] = {key["kid"]: key for key in JWKS["keys"]}
    for name, algorithm, member in (
        ("rsa", "RS256", "n"),
        ("p256", "ES256", "x"),
        ("p384", "ES384", "y"),
        ("rsa", "PS256", "e"),
    ):
        for value in (
            "",
            "!",
            "AA",
            "AQ",
            good[name][member] + "AA",
            good[name][member][:-4] + "AAAA",
            "A" * (MAX_KEY + 1),
            5,
        ):
            key = {**good[name], member: value}
            assert verified(TOKENS[algorithm], f"json.decode[[{json.dumps(key)}]]")[1] in ("key", "signature"), (
                name,
                value,
            )


def bad_key(keys: str) -> str:
    found = lua(f"{HEAD} return pcall(function() jwt.verify('{token({})}', {keys}) end)")
    assert found[0] == "false"
    return found[1].removeprefix("t:1: bad argument #2 to 'verify' ")


def test_a_scripts_own_mistakes_are_errors() -> None:
    mistakes = {
        "nil": "(string or table expected, got nil)",
        "5": "(string or table expected, got number)",
        "''": "(the secret is empty)",
        "{}": "(a secret, a PEM, a JWK or a set of keys expected)",
        f"('x'):rep({MAX_KEY + 1})": f"(a key has at most {MAX_KEY} bytes)",
        "'-----BEGIN CERTIFICATE-----'": "(a PEM with PUBLIC KEY or RSA PUBLIC KEY is expected)",
        "'-----BEGIN PUBLIC KEY-----AA-----END PUBLIC KEY-----'": "(the PEM's contents are no public key)",
        "'-----BEGIN PUBLIC KEY-----A-----END PUBLIC KEY-----'": "(the PEM's contents are no base 64)",
        "'-----BEGIN PUBLIC KEY-----MIH/-----END PUBLIC KEY-----'": "(the PEM's contents end too soon)",
        "'-----BEGIN PUBLIC KEY-----AA-----END RSA PUBLIC KEY-----'": "(a PEM with PUBLIC KEY or RSA PUBLIC KEY is expected)",
        quoted(PEM["weak"]): "(an RSA key has 2048 to 4096 bits, this one 1024)",
        quoted(json.dumps(JWKS)): "(a key in this form is no secret; json.decode makes a set of a JWKS)",
        "'ssh-rsa AAAA'": "(a key in this form is no secret; json.decode makes a set of a JWKS)",
    }
    for keys, message in mistakes.items():
        assert bad_key(keys) == message
    for rules, words in {
        "5": "table expected, got number", "{iss = 5}": "'iss' must be a string or a list of strings", "{aud = {}}": "'aud' must be a string or a list of strings",
        "{require = {5}}": "'require' must be a string or a list of strings", "{leeway = -1}": "'leeway' must be seconds", "{leeway = '5'}": "'leeway' must be seconds",
        "{leeway = 0/0}": "'leeway' must be seconds", "{algorithms = true}": "'algorithms' must be a string or a list of strings",
    }.items():  # fmt: skip
        found = lua(f"{HEAD} return pcall(function() jwt.verify('{token({})}', '{SECRET}', {rules}) end)")
        assert found == ("false", f"t:1: bad argument #3 to 'verify' ({words})")


def test_pems_cut_short_are_refused() -> None:
    lines = PEM["p256"].splitlines()
    data = base64.b64decode("".join(lines[1:-1]))
    for size in range(len(data)):
        assert bad_key(quoted(f"{lines[0]}\n{base64.b64encode(data[:size]).decode()}\n{lines[-1]}"))
    bent = bytearray(data)
    bent[-1] ^= 1
    assert (
        bad_key(quoted(f"{lines[0]}\n{base64.b64encode(bent).decode()}\n{lines[-1]}")) == "(the point is not on P-256)"
    )


@pytest.mark.parametrize("curve", [P256, P384])
def test_curves_at_their_edges(curve) -> None:  # type: ignore[no-untyped-def]
    assert is_on(curve, curve.x, curve.y)
    assert not is_on(curve, curve.x, curve.y + curve.prime)
    assert not is_on(curve, 0, 0)
    digest = hashlib.sha256(b"x").digest()
    for r, s in ((0, 1), (1, 0), (curve.order, 1), (1, curve.order), (-1, 1), (1, 1)):
        assert not is_signature(curve, curve.x, curve.y, digest, r, s)
    # A key that is the base point, or its negative, meets the special cases of addition.
    for y in (curve.y, curve.prime - curve.y):
        assert not is_signature(curve, curve.x, y, b"\0" * 32, 1, 1)
        assert not is_signature(curve, curve.x, y, digest, curve.order - 1, curve.order - 1)


def test_a_signature_by_the_key_one_is_found() -> None:
    """Secret 1 with the nonce 1: r is the base point's x, s the digest plus r; the key is the base point itself."""
    for curve in (P256, P384):
        digest = hashlib.sha384(b"message").digest()
        r = curve.x % curve.order
        s = (int.from_bytes(digest[: curve.size]) + r) % curve.order
        assert is_signature(curve, curve.x, curve.y, digest, r, s)
        assert not is_signature(curve, curve.x, curve.y, digest, r, s + 1)


def test_array_metatables_are_one_whenever_json_is_required() -> None:
    text = token({"list": []})
    source = f"local jwt = require 'jwt' local t = jwt.decode('{text}') local m = getmetatable(t.payload.list) return m == require('json').array_mt"
    assert lua(source) == ("true",)
