"""hash by published vectors: RFC 1321 (MD5), FIPS 180 (SHA), RFC 2202 and 4231 (HMAC of RFC 2104), the check value of
CRC-32/ISO-HDLC, the FNV authors' test suite, and values of the reference implementations of MurmurHash3 and xxHash."""

from __future__ import annotations

import hashlib
import hmac
import random

import pytest

from .support import lua, quoted

HEAD = "local hash = require 'hash' "
ABC = {
    "md5": "900150983cd24fb0d6963f7d28e17f72",
    "sha1": "a9993e364706816aba3e25717850c26c9cd0d89d",
    "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "sha512": "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
}
EMPTY = {
    "md5": "d41d8cd98f00b204e9800998ecf8427e",
    "sha1": "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
}


@pytest.mark.parametrize("name", ABC)
def test_digests(name: str) -> None:
    text, found = lua(f"{HEAD} return hash.{name}('abc'), hash.{name}_bin('abc')")
    assert text == ABC[name] == found.encode("latin-1").hex()
    assert lua(f"{HEAD} return hash.{name}('')")[0] == EMPTY.get(name, hashlib.sha512(b"").hexdigest())
    every = bytes(range(256)) * 5
    assert lua(f"{HEAD} return hash.{name}({quoted(every)})") == (hashlib.new(name, every).hexdigest(),)


KEYED = [
    ("md5", b"\x0b" * 16, b"Hi There", "9294727a3638bb1c13f48ef8158bfc9d"),
    ("md5", b"Jefe", b"what do ya want for nothing?", "750c783e6ab0b503eaa86e310a5db738"),
    ("sha1", b"\x0b" * 20, b"Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"),
    ("sha1", b"\xaa" * 80, b"Test Using Larger Than Block-Size Key - Hash Key First", "aa4ae5e15272d00e95705637ce8a3b55ed402112"),
    ("sha256", b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    ("sha256", b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    ("sha256", b"\xaa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First", "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
    ("sha512", b"Jefe", b"what do ya want for nothing?", "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"),
]  # fmt: skip


@pytest.mark.parametrize("case", KEYED, ids=range(len(KEYED)))
def test_hmac(case: tuple[str, bytes, bytes, str]) -> None:
    name, key, text, expected = case
    given = f"'{name}', {quoted(key)}, {quoted(text)}"
    hexadecimal, binary = lua(f"{HEAD} return hash.hmac({given}), hash.hmac_bin({given})")
    assert hexadecimal == binary.encode("latin-1").hex() == expected == hmac.new(key, text, name).hexdigest()


NUMBERS = {
    "hash.crc32('123456789')": 0xCBF43926, "hash.crc32('')": 0,
    "hash.fnv1a32('')": 0x811C9DC5, "hash.fnv1a32('a')": 0xE40C292C, "hash.fnv1a32('foobar')": 0xBF9CF968,
    "hash.murmur3_32('')": 0, "hash.murmur3_32('', 1)": 0x514E28B7, "hash.murmur3_32('', 0xffffffff)": 0x81F16F39,
    "hash.murmur3_32('\\255\\255\\255\\255')": 0x76293B50, "hash.murmur3_32('!Ce\\135')": 0xF55B516B,
    "hash.murmur3_32('!Ce\\135', 0x5082edee)": 0x2362F9DE, "hash.murmur3_32('!Ce')": 0x7E4A8634, "hash.murmur3_32('!C')": 0xA0F7B07A,
    "hash.murmur3_32('!')": 0x72661CF4, "hash.murmur3_32('\\0\\0\\0\\0')": 0x2362F9DE, "hash.murmur3_32('\\0')": 0x514E28B7,
    "hash.murmur3_32('aaaa', 0x9747b28c)": 0x5A97808A, "hash.murmur3_32('Hello, world!', 0x9747b28c)": 0x24884CBA,
    "hash.xxhash32('')": 0x02CC5D05, "hash.xxhash32('a')": 0x550D7456, "hash.xxhash32('abc')": 0x32D153FF,
    "hash.xxhash32('Nobody inspects the spammish repetition')": 0xE2293B2F,
    "hash.xxhash32('', 2654435761)": 0x36B78AE7,
}  # fmt: skip


@pytest.mark.parametrize("call", NUMBERS)
def test_numbers(call: str) -> None:
    assert lua(f"{HEAD} return ('%d'):format({call})") == (str(NUMBERS[call]),)


WIDE = {
    "''": "ef46db3751d8e999", "'a'": "d24ec4f1a98c6e5b", "'abc'": "44bc2cf5ad770999",
    "'Nobody inspects the spammish repetition'": "fbcea83c8a378bf1", "'', 2654435761": "ac75fda2929b17ef",
}  # fmt: skip


@pytest.mark.parametrize("given", WIDE)
def test_xxhash64(given: str) -> None:
    assert lua(f"{HEAD} return hash.xxhash64({given})") == (WIDE[given],)


def test_every_length_of_xxhash_is_told_apart() -> None:
    text = quoted(random.Random(3).randbytes(100))
    source = f"{HEAD} local s, n, seen = {text}, 0, {{}} for i = 0, 100 do for _, f in ipairs{{hash.xxhash32, hash.xxhash64, hash.murmur3_32}} do"
    assert lua(
        source + " local h = f(s:sub(1, i)) if not seen[h] then n = n + 1 seen[h] = true end end end return n"
    ) == ("303",)


def test_equal() -> None:
    pairs = {
        "'a', 'a'": "true",
        "'a', 'b'": "false",
        "'', ''": "true",
        "'a', 'ab'": "false",
        "'\\255', '\\255'": "true",
        "1, '1'": "true",
    }
    for given, expected in pairs.items():
        assert lua(f"{HEAD} return hash.equal({given})") == (expected,)


BAD = {
    "hash.md5()": "bad argument #1 to 'md5' (string expected, got no value)",
    "hash.hmac('sha3', 'k', 't')": "bad argument #1 to 'hmac' (one of md5, sha1, sha256, sha512 expected)",
    "hash.hmac('sha256', 'k')": "bad argument #3 to 'hmac' (string expected, got no value)",
    "hash.murmur3_32('a', -1)": "bad argument #2 to 'murmur3_32' (whole number between 0 and 4294967295 expected)",
    "hash.xxhash32('a', 0.5)": "bad argument #2 to 'xxhash32' (whole number between 0 and 4294967295 expected)",
    "hash.xxhash64('a', 2^54)": "bad argument #2 to 'xxhash64' (whole number between 0 and 9007199254740992 expected)",
    "hash.xxhash64('a', 0/0)": "bad argument #2 to 'xxhash64' (whole number between 0 and 9007199254740992 expected)",
    "hash.equal('a', nil)": "bad argument #2 to 'equal' (string expected, got nil)",
}  # fmt: skip


@pytest.mark.parametrize("call", BAD)
def test_what_is_refused(call: str) -> None:
    assert lua(f"{HEAD} return pcall(function() {call} end)") == ("false", f"t:1: {BAD[call]}")
