"""cookie by RFC 6265bis: pairs of a Cookie header (5.8.3 and 4.2), attributes and prefixes of Set-Cookie (4.1)."""

from __future__ import annotations

import pytest

from keystone_lua.interpreter.modules.cookie import MAX_AGE, MAX_BYTES, MAX_COOKIES

from .support import lua, quoted

HEAD = "local cookie, json = require 'cookie', require 'json' "
PARSED = {
    "a=1; b=2": '{"a":"1","b":"2"}', "a=1;b=2": '{"a":"1","b":"2"}', " a = 1 ;\t b=2 ": '{"a":"1","b":"2"}', 'a="x y"; b="': '{"a":"x y","b":"\\""}',
    "a=1; a=2": '{"a":"1"}', "a=": '{"a":""}', "a": "{}", "=x": "{}", ";;": "{}", "": "{}", "a=b=c": '{"a":"b=c"}', "a==": '{"a":"="}', "A=1; a=2": '{"A":"1","a":"2"}',
    'a=""': '{"a":""}', "$Version=1": '{"$Version":"1"}', "a=%20+": '{"a":"%20+"}', "a=1, b=2": '{"a":"1, b=2"}', "\xe9=\xff": '{"\xe9":"\xff"}',
}  # fmt: skip


@pytest.mark.parametrize("text", PARSED)
def test_parse(text: str) -> None:
    assert lua(f"{HEAD} return json.encode(cookie.parse({quoted(text)}))") == (PARSED[text],)


def test_no_header_is_no_cookie() -> None:
    assert lua(f"{HEAD} return next(cookie.parse(nil)), next(cookie.parse())") == ("nil", "nil")


def test_the_number_of_cookies_is_bounded() -> None:
    text = "; ".join([f"k{number}=1" for number in range(MAX_COOKIES + 1)])
    assert lua(f"{HEAD} local t = cookie.parse('{text}') return t.k{MAX_COOKIES - 1}, t.k{MAX_COOKIES}") == ("1", "nil")


WRITTEN = {
    "{name = 'a', value = 'b'}": "a=b", "{name = 'a'}": "a=", "{name = 'a', value = '\"x\"'}": 'a="x"',
    "{name = 'a', value = 'b', path = '/', domain = 'example.com', max_age = 60, secure = true, http_only = true, same_site = 'Lax'}": "a=b; Domain=example.com; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax",
    "{name = 'a', expires = 0, max_age = 0}": "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0",
    "{name = 'a', expires = 1700000000.9}": "a=; Expires=Tue, 14 Nov 2023 22:13:20 GMT",
    "{name = '__Host-a', path = '/', secure = true}": "__Host-a=; Path=/; Secure", "{name = '__Secure-a', secure = true}": "__Secure-a=; Secure",
    "{name = 'a', secure = true, same_site = 'None', partitioned = true}": "a=; Secure; SameSite=None; Partitioned",
    "{name = 'a', secure = false, max_age = -1}": "a=; Max-Age=-1", f"{{name = 'a', max_age = {MAX_AGE}}}": f"a=; Max-Age={MAX_AGE}",
    f"{{name = 'a', value = ('b'):rep({MAX_BYTES - 1})}}": "a=" + "b" * (MAX_BYTES - 1),
}  # fmt: skip


@pytest.mark.parametrize("table", WRITTEN)
def test_serialize(table: str) -> None:
    assert lua(f"{HEAD} return cookie.serialize({table})") == (WRITTEN[table],)


VALUE = "'value' has characters that a cookie must not have, or is too long: url.escape it"
REFUSED = {
    "{}": "'name' must be a token", "{name = ''}": "'name' must be a token", "{name = 'a b'}": "'name' must be a token", "{name = 'a=b'}": "'name' must be a token",
    "{name = 5}": f"'name' must be a string of at most {MAX_BYTES} bytes", "{name = 'a', value = 'b;c'}": VALUE, "{name = 'a', value = 'b c'}": VALUE,
    "{name = 'a', value = 'b\\r\\nX: y'}": VALUE, "{name = 'a', value = '\"'}": VALUE, "{name = 'a', value = '\\233'}": VALUE,
    f"{{name = 'a', value = ('b'):rep({MAX_BYTES})}}": VALUE, f"{{name = 'a', value = ('b'):rep({MAX_BYTES + 1})}}": f"'value' must be a string of at most {MAX_BYTES} bytes",
    "{name = 'a', path = 'x'}": "'path' must begin with '/'", "{name = 'a', path = '/;Secure'}": "'path' must begin with '/'", "{name = 'a', path = '/\\n'}": "'path' must begin with '/'",
    "{name = 'a', domain = ''}": "'domain' must be a host", "{name = 'a', domain = 'a;b'}": "'domain' must be a host", "{name = 'a', same_site = 'lax'}": "'same_site' must be one of Strict, Lax, None",
    "{name = 'a', same_site = 'None'}": "a cookie for other sites must be secure", "{name = 'a', partitioned = true}": "a cookie for other sites must be secure",
    "{name = '__Host-a', path = '/'}": "a cookie with this prefix must be secure", "{name = '__secure-a'}": "a cookie with this prefix must be secure",
    "{name = '__Host-a', secure = true}": "a cookie with the prefix __Host- must have the path / and no domain",
    "{name = '__host-a', secure = true, path = '/', domain = 'a'}": "a cookie with the prefix __Host- must have the path / and no domain",
    "{name = 'a', max_age = '60'}": f"'max_age' must be seconds, at most {MAX_AGE}", f"{{name = 'a', max_age = {MAX_AGE + 1}}}": f"'max_age' must be seconds, at most {MAX_AGE}",
    "{name = 'a', expires = 0/0}": "'expires' must be seconds, at most 253402300799", "{name = 'a', secure = 1}": "'secure' must be true or false",
    "{name = 'a', httponly = true}": "unknown attribute 'httponly'", "{name = 'a', [1] = 2}": "unknown attribute",
}  # fmt: skip


@pytest.mark.parametrize("table", REFUSED)
def test_what_browsers_would_refuse(table: str) -> None:
    found = lua(f"{HEAD} return pcall(function() cookie.serialize({table}) end)")
    assert found == ("false", f"t:1: bad argument #1 to 'serialize' ({REFUSED[table]})")
