"""url by RFC 3986: its examples of resolution (5.4), of taking apart (appendix B), and queries as browsers send them."""

from __future__ import annotations

import pytest

from .support import lua, quoted

HEAD = "local url, json = require 'url', require 'json' "
BASE = "http://a/b/c/d;p?q"
NORMAL = {
    "g:h": "g:h", "g": "http://a/b/c/g", "./g": "http://a/b/c/g", "g/": "http://a/b/c/g/", "/g": "http://a/g", "//g": "http://g",
    "?y": "http://a/b/c/d;p?y", "g?y": "http://a/b/c/g?y", "#s": "http://a/b/c/d;p?q#s", "g#s": "http://a/b/c/g#s",
    "g?y#s": "http://a/b/c/g?y#s", ";x": "http://a/b/c/;x", "g;x": "http://a/b/c/g;x", "g;x?y#s": "http://a/b/c/g;x?y#s",
    "": "http://a/b/c/d;p?q", ".": "http://a/b/c/", "./": "http://a/b/c/", "..": "http://a/b/", "../": "http://a/b/",
    "../g": "http://a/b/g", "../..": "http://a/", "../../": "http://a/", "../../g": "http://a/g",
}  # fmt: skip
ABNORMAL = {
    "../../../g": "http://a/g", "../../../../g": "http://a/g", "/./g": "http://a/g", "/../g": "http://a/g", "g.": "http://a/b/c/g.",
    ".g": "http://a/b/c/.g", "g..": "http://a/b/c/g..", "..g": "http://a/b/c/..g", "./../g": "http://a/b/g", "./g/.": "http://a/b/c/g/",
    "g/./h": "http://a/b/c/g/h", "g/../h": "http://a/b/c/h", "g;x=1/./y": "http://a/b/c/g;x=1/y", "g;x=1/../y": "http://a/b/c/y",
    "g?y/./x": "http://a/b/c/g?y/./x", "g?y/../x": "http://a/b/c/g?y/../x", "g#s/./x": "http://a/b/c/g#s/./x",
    "g#s/../x": "http://a/b/c/g#s/../x", "http:g": "http:g",
}  # fmt: skip


@pytest.mark.parametrize("reference", [*NORMAL, *ABNORMAL])
def test_resolution(reference: str) -> None:
    assert lua(f"{HEAD} return url.join('{BASE}', '{reference}')") == ({**NORMAL, **ABNORMAL}[reference],)


def test_resolution_without_a_path() -> None:
    pairs = {
        ("http://a", "g"): "http://a/g",
        ("http://a?q", "g"): "http://a/g",
        ("/x/y", "../z"): "/z",
        ("/x", "//h/../p"): "//h/p",
        ("", "g"): "g",
    }
    for (base, reference), expected in pairs.items():
        assert lua(f"{HEAD} return url.join('{base}', '{reference}')") == (expected,)


def test_escapes() -> None:
    plain = bytes(range(256))
    coded = lua(f"{HEAD} return url.escape({quoted(plain)})")[0]
    assert coded.count("%") == 256 - 66
    assert "%00" in coded
    assert "~" in coded
    assert lua(f"{HEAD} return url.unescape(url.escape({quoted(plain)})) == {quoted(plain)}") == ("true",)
    for text, expected in {
        "a%20b": "a b",
        "%c3%A9": "\xc3\xa9",
        "a+b": "a+b",
        "%": "%",
        "%zz": "%zz",
        "%4": "%4",
        "%%41": "%A",
        "": "",
    }.items():
        assert lua(f"{HEAD} return url.unescape('{text}')") == (expected,)


PARSED = {
    "http://example.com:8042/over/there?name=ferret#nose": '{"path":"/over/there","scheme":"http","host":"example.com","port":8042,"query":"name=ferret","fragment":"nose"}',
    "HTTP://User:pw@EXAMPLE.com": '{"path":"","scheme":"http","host":"example.com","user":"User:pw"}',
    "//[2001:db8::7]:80/c=GB?": '{"path":"/c=GB","host":"[2001:db8::7]","port":80,"query":""}', "urn:a:b": '{"path":"a:b","scheme":"urn"}',
    "": '{"path":""}', "/a?b?c#d#e": '{"path":"/a","query":"b?c","fragment":"d#e"}', "http://a:": '{"path":"","scheme":"http","host":"a"}',
    "file:///etc": '{"path":"/etc","scheme":"file","host":""}', "a/b:c": '{"path":"a/b:c"}', "http://[::1]": '{"path":"","scheme":"http","host":"[::1]"}',
}  # fmt: skip


@pytest.mark.parametrize("text", PARSED)
def test_parse(text: str) -> None:
    assert lua(f"{HEAD} return json.encode(url.parse('{text}'))") == (PARSED[text],)


BAD = {
    "1http://a": "bad scheme", ":a": None, "http://a b": "bad character", "http://a\\b": "bad character", "/a\n": "bad character", "/\0": "bad character",
    "http://a:99999": "bad authority", "http://a:1x": "bad authority", "http://a:123456": "bad authority", "http://[::1": "bad authority",
    "http://::1/": "bad authority", "http://a@b@c": "bad authority", "http://a<b": "bad authority", "http://a%zz": "bad authority", "http://\xe9": "bad authority",
    "http://a:\xb2": "bad authority", "http://a|b": "bad authority",
}  # fmt: skip


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_address(text: str) -> None:
    expected = BAD[text]
    found = lua(f"{HEAD} return url.parse({quoted(text)})")
    assert found == ("nil", expected) if expected else found[0] != "nil"


def test_build_is_the_inverse_of_parse() -> None:
    for text in PARSED:
        if text not in ("HTTP://User:pw@EXAMPLE.com", "http://a:"):
            assert lua(f"{HEAD} return url.build(url.parse('{text}'))") == (text,)
    for table, message in {
        "{host = 'a b'}": "bad character", "{host = 'a/b'}": "bad authority", "{path = '//a'}": "'path' must not begin with '//' without a host",
        "{host = 'a', path = 'b'}": "'path' must begin with '/' after a host", "{host = 'a', port = 1.5}": "'port' must be a whole number up to 65535",
        "{path = {}}": "'path' must be a string, not a table", "{path = 'a?b'}": "the parts would be read otherwise", "{path = 'a:b'}": "the parts would be read otherwise",
        "{host = 'good', user = 'evil@x'}": "bad authority", "{scheme = 'a:b', host = 'c'}": "bad scheme", "{query = 'a#b'}": "the parts would be read otherwise",
    }.items():  # fmt: skip
        found = lua(f"{HEAD} return pcall(function() url.build({table}) end)")
        assert found == ("false", f"t:1: bad argument #1 to 'build' ({message})")


QUERIES = {
    "a=1&b=2": '{"a":"1","b":"2"}', "b=1&a=2": '{"b":"1","a":"2"}', "a&b=": '{"a":true,"b":""}', "a=1&a=2&a": '{"a":["1","2",true]}',
    "a=b+c%20d%2B": '{"a":"b c d+"}', "a+b=1": '{"a b":"1"}', "": "{}", "&&": "{}", "=x": "{}", "a=b=c": '{"a":"b=c"}', "a=%zz%": '{"a":"%zz%"}',
    "%61=1&a=2": '{"a":["1","2"]}', "a;b=1": '{"a;b":"1"}', "x[]=1&x[]=2": '{"x[]":["1","2"]}', "1=a": '{"1":"a"}',
}  # fmt: skip


@pytest.mark.parametrize("text", QUERIES)
def test_parse_query(text: str) -> None:
    assert lua(f"{HEAD} return json.encode(url.parse_query('{text}'))") == (QUERIES[text],)


def test_a_query_has_a_hundred_names_unless_more_are_wanted() -> None:
    many = "local t = {} for i = 1, X do t[i] = 'k' .. i .. '=' .. i end local q = table.concat(t, '&') "
    count = "local n = 0 for _ in pairs(t) do n = n + 1 end return n, more"
    assert lua(f"{HEAD} {many.replace('X', '100')} local t, more = url.parse_query(q) {count}") == ("100", "nil")
    assert lua(f"{HEAD} {many.replace('X', '101')} local t, more = url.parse_query(q) {count}") == ("100", "truncated")
    assert lua(f"{HEAD} {many.replace('X', '101')} local t, more = url.parse_query(q, 101) {count}") == ("101", "nil")
    for most in ("0", "10001", "-1"):
        assert lua(f"{HEAD} return pcall(url.parse_query, '', {most})")[0] == "false"
    assert lua(f"{HEAD} local k = ('k'):rep(600) return url.parse_query(k .. '=1&' .. k .. '=2')[k][2]") == ("2",)


def test_build_query() -> None:
    for table, expected in {
        "{b = 1, a = 'x y&='}": "b=1&a=x%20y%26%3D", "{a = true, b = false, c = ''}": "a&c=", "{a = {1, true, '2'}}": "a=1&a&a=2", "{}": "", "{[1] = 2}": "1=2",
        "{['\\233'] = '+'}": "%E9=%2B",
    }.items():  # fmt: skip
        assert lua(f"{HEAD} return url.build_query({table})") == (expected,)
    assert lua(f"{HEAD} return pcall(url.build_query, {{a = print}})") == (
        "false",
        "bad argument #1 to '?' (a value must not be a function)",
    )
    assert lua(f"{HEAD} return pcall(url.build_query, {{[true] = 1}})") == (
        "false",
        "bad argument #1 to '?' (a name must not be a boolean)",
    )
