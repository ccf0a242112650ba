"""accept: RFC 9110's own examples (sections 12.4.2, 12.5.1, 12.5.3, 12.5.4) and what clients send besides."""

from __future__ import annotations

import pytest

from keystone_lua.interpreter.modules.accept import MAX_RANGES

from .support import lua, quoted

TYPES = {
    ("audio/*; q=0.2, audio/basic", "audio/mp3 audio/basic"): "audio/basic",
    ("audio/*; q=0.2, audio/basic", "audio/mp3"): "audio/mp3",
    ("text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c", "text/plain text/x-dvi"): "text/x-dvi",
    ("text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c", "text/x-c text/html"): "text/x-c",
    # section 12.5.1: the values 1, 0.7, 0.3, 0.5, 0.4, 0.7 of its table
    ("text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5",
     "text/html image/jpeg text/plain;format=fixed"): "image/jpeg",
    ("text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5",
     "text/plain text/plain;format=flowed"): "text/plain;format=flowed",
    ("text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5",
     "text/html text/plain;format=fixed"): "text/plain;format=fixed",
    ("TEXT/HTML", "text/html"): "text/html",
    ("text/html;q=0", "text/html"): None,
    ("*/*, text/html;q=0", "text/html text/plain"): "text/plain",
    ("text/html;q=2, text/plain;q=0.1", "text/html text/plain"): "text/plain",
    ("text/html;q=0.1234", "text/html"): None,
    ("text/html;q=1.000", "text/html"): "text/html",
    ("text/html;q=.5", "text/html"): None,
    ("", "text/html"): "text/html",
    ("text", "text/html"): None,
    (",,;,;q", "text/html"): None,
    ("text/plain;charset=utf-8", "text/plain;charset=utf-8"): "text/plain;charset=utf-8",
    ("text/plain;charset=utf-8", "text/plain"): None,
}  # fmt: skip
LANGUAGES = {
    ("da, en-gb;q=0.8, en;q=0.7", "en da"): "da",
    ("da, en-gb;q=0.8, en;q=0.7", "en-US en-GB"): "en-GB",
    ("en", "en-US"): "en-US",
    ("en-US", "en"): None,
    ("en", "eng"): None,
    ("*", "fr"): "fr",
    ("*;q=0.5, fr;q=0", "fr de"): "de",
    ("en;q=0, en-GB", "en en-GB"): "en-GB",
    ("de", "fr"): None,
}
ENCODINGS = {
    ("compress, gzip", "gzip br"): "gzip",
    ("", "gzip identity"): "identity",
    ("*", "gzip"): "gzip",
    ("compress;q=0.5, gzip;q=1.0", "compress gzip"): "gzip",
    ("gzip;q=1.0, identity; q=0.5, *;q=0", "br identity"): "identity",
    ("gzip;q=1.0, identity; q=0.5, *;q=0", "br"): None,
    ("x-gzip", "gzip"): "gzip",
    ("br", "identity gzip"): "identity",
    ("identity;q=0", "identity"): None,
    ("*;q=0", "identity"): None,
    ("gzip", "identity gzip"): "gzip",
}


def chosen(function: str, header: str, offers: str) -> str:
    offered = ", ".join(quoted(offer) for offer in offers.split())
    return lua(f"return require('accept').{function}({quoted(header)}, {{{offered}}})")[0]


CASES = [("type", *case) for case in TYPES.items()]
CASES += [("language", *case) for case in LANGUAGES.items()]
CASES += [("encoding", *case) for case in ENCODINGS.items()]


@pytest.mark.parametrize(("function", "given", "expected"), CASES, ids=range(len(CASES)))
def test_the_best_offer(function: str, given: tuple[str, str], expected: str | None) -> None:
    assert chosen(function, *given) == (expected or "nil")


@pytest.mark.parametrize("function", ["type", "language", "encoding"])
def test_without_a_header_everything_is_acceptable(function: str) -> None:
    assert lua(f"local a = require('accept').{function} return a(nil, {{'x', 'y'}}), a(nil, {{}})") == ("x", "nil")


@pytest.mark.parametrize(("count", "found"), [(MAX_RANGES - 1, "x"), (MAX_RANGES, "nil")])
def test_elements_that_are_looked_at(count: int, found: str) -> None:
    assert lua(f"return require('accept').language(('a,'):rep({count}) .. 'x', {{'x'}})") == (found,)


def test_errors() -> None:
    assert lua("local a = require('accept').type return pcall(function() a('x', {'y', 1}) end)")[1] == (
        "t:1: bad argument #2 to 'a' (string expected at place 2 of the list, got number)"
    )
