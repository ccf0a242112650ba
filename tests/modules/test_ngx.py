"""ngx: digests by their RFCs (1321, 3174, 2202), escapes and queries as lua-nginx-module documents them."""

from __future__ import annotations

import pytest

from keystone_lua.interpreter.modules.ngx import INSTEAD, INSTEAD_CALLED

from .support import lua

CASES = {
    "n.md5('')": "d41d8cd98f00b204e9800998ecf8427e",
    "n.md5('abc')": "900150983cd24fb0d6963f7d28e17f72",
    "hex(n.md5_bin('abc'))": "900150983cd24fb0d6963f7d28e17f72",
    "hex(n.sha1_bin('abc'))": "a9993e364706816aba3e25717850c26c9cd0d89d",
    "hex(n.hmac_sha1(('\\11'):rep(20), 'Hi There'))": "b617318655057264e28bc0b6fb378c8ef146be00",
    "hex(n.hmac_sha1('Jefe', 'what do ya want for nothing?'))": "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
    "n.crc32_short('123456789')": "3421780262",
    "n.crc32_long('123456789')": "3421780262",
    "n.encode_base64('a')": "YQ==",
    "n.encode_base64('a', true)": "YQ",
    "n.decode_base64('YQ==') .. n.decode_base64('YQ')": "aa",
    "n.decode_base64('*')": "nil",
    "n.escape_uri('a b&c/d?e=f+~-._\\233')": "a%20b%26c%2Fd%3Fe%3Df%2B~-._%E9",
    "n.unescape_uri('a+b%20c%zz%4%41%')": "a b c%zz%4A%",
    "n.encode_args({foo = 'a b'})": "foo=a%20b",
    "n.encode_args({a = {1, true, 'x'}})": "a=1&a&a=x",
    "n.encode_args({a = false})": "",
    "n.decode_args('a=1&b=').b": "",
    "n.decode_args('a&b').a": "true",
    "n.decode_args('a=1&a=2&a').a[2]": "2",
    "n.decode_args('a=1&a=2&a').a[3]": "true",
    "n.decode_args('%20a=b+c')[' a']": "b c",
    "n.decode_args('=x&&')['']": "nil",
    "n.decode_args(('a=1&'):rep(101) .. 'b=2').b": "nil",
    "n.decode_args(('a=1&'):rep(101) .. 'b=2', 0).b": "2",
    "#n.decode_args(('a=1&'):rep(101)).a": "100",
    "n.time()": "1700000000",
    "n.now()": "1700000000.25",
    "n.http_time(1290079655)": "Thu, 18 Nov 2010 11:27:35 GMT",
    "n.cookie_time(1547962560)": "Sun, 20-Jan-19 05:36:00 GMT",
    "n.cookie_time(2177452800)": "Sat, 01-Jan-2039 00:00:00 GMT",
    "n.parse_http_time('Thu, 18 Nov 2010 11:27:35 GMT')": "1290079655",
    "n.parse_http_time('x')": "nil",
    "n.re.match('abc', 'b')[0]": "b",
}


@pytest.mark.parametrize("call", CASES)
def test_answers(call: str) -> None:
    head = "local n = require 'ngx' local function hex(s) return (s:gsub('.', function(c) return ('%02x'):format(c:byte()) end)) end "
    assert lua(f"{head} return {call}")[0] == CASES[call]


@pytest.mark.parametrize("name", INSTEAD)
def test_what_is_not_here_says_what_to_use(name: str) -> None:
    found = lua(f"local n = require 'ngx' return pcall(function() return n.{name}.x end)")
    assert found == ("false", f"t:1: ngx.{name} is not available: {INSTEAD[name]}")


@pytest.mark.parametrize("name", INSTEAD_CALLED)
def test_what_cannot_be_called_says_what_to_use(name: str) -> None:
    found = lua(f"local n = require 'ngx' return pcall(function() n.{name}(403) end)")
    assert found == ("false", f"t:1: ngx.{name} is not available: {INSTEAD_CALLED[name]}")


def test_errors() -> None:
    for call, words in {
        "n.md5(nil)": "bad argument #1 to 'md5' (string expected, got nil)",
        "n.encode_args({a = {{}}})": "bad argument #1 to 'encode_args' (a value is a table, no string, number or boolean)",
        "n.encode_args({[{}] = 1})": "bad argument #1 to 'encode_args' (names of arguments are strings, not tables)",
        "n.http_time(-1)": "bad argument #1 to 'http_time' (seconds from 0 to the year 9999 expected)",
    }.items():
        assert lua(f"local n = require 'ngx' return pcall(function() {call} end)") == ("false", "t:1: " + words)
