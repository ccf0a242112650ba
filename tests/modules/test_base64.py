"""base64 by RFC 4648: the test vectors of its section 10, its alphabets, and what its section 12 warns of."""

from __future__ import annotations

import base64
import random

import pytest

from .support import lua, quoted

VECTORS = {
    "": "",
    "f": "Zg==",
    "fo": "Zm8=",
    "foo": "Zm9v",
    "foob": "Zm9vYg==",
    "fooba": "Zm9vYmE=",
    "foobar": "Zm9vYmFy",
}


@pytest.mark.parametrize("plain", VECTORS)
def test_vectors_of_section_10(plain: str) -> None:
    coded = VECTORS[plain]
    short = coded.rstrip("=")
    calls = f"b.encode('{plain}'), b.decode('{coded}'), b.decode('{short}'), b.encode_url('{plain}'), b.decode_url('{short}')"
    assert lua(f"local b = require 'base64' return {calls}") == (coded, plain, plain, short, plain)


def test_alphabets() -> None:
    every = bytes(range(256))
    source = f"local b, s = require 'base64', {quoted(every)} return b.encode(s), b.encode_url(s)"
    usual, url = lua(source)
    assert usual == base64.b64encode(every).decode()
    assert url == base64.urlsafe_b64encode(every).decode().rstrip("=")
    back = f"local b = require 'base64' return b.decode('{usual}') == b.decode_url('{url}'), b.decode('{url}'), b.decode_url('{usual}')"
    assert lua(back) == ("true", "nil", "nil")


BAD = [
    "Z", "Zg=", "Zg===", "Zm8==", "Zm9v=", "=", "====", "Zg==Zg==", "Zm=v", "Zm9v ", " Zm9v", "Zm9v\n", "Zm\n9v", "Zm9*",
    "Zh==", "Zm9=", "Zh", "Zm9vYg=\0", "Zm9v\xe9", "Z===", "\0",
]  # fmt: skip


@pytest.mark.parametrize("text", BAD)
def test_what_is_not_base64(text: str) -> None:
    source = f"local b, s = require 'base64', {quoted(text)} return b.decode(s), b.decode_url(s)"
    assert lua(source) == ("nil", "nil")


def test_there_and_back() -> None:
    chance = random.Random(1)
    lines = ["local b = require 'base64' local function same(s)"]
    lines.append(" assert(b.decode(b.encode(s)) == s and b.decode_url(b.encode_url(s)) == s) end")
    lines += [f"same({quoted(chance.randbytes(chance.randrange(60)))})" for _ in range(300)]
    assert lua("\n".join(lines)) == ()


def test_numbers_are_texts_and_other_values_are_errors() -> None:
    assert lua("return require('base64').encode(12)") == ("MTI=",)
    assert lua("local b = require 'base64' return pcall(function() b.decode(nil) end)")[1].endswith(
        "bad argument #1 to 'decode' (string expected, got nil)"
    )
