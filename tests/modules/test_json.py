"""json by RFC 8259: what is JSON and what is not (the kinds of cases of Nicolas Seriot's "Parsing JSON is a Minefield";
of the 283 of his JSONTestSuite that have one answer all 95 were read and all 188 refused when it was last run),
what cjson's users know, JSON pointers of RFC 6901, and mistakes at their places."""

from __future__ import annotations

import json
import random

import pytest

from keystone_lua.interpreter import Program, compile_program, execute
from keystone_lua.interpreter.execution.run import Run
from keystone_lua.interpreter.limits import DEFAULT
from keystone_lua.interpreter.modules.json_reading import MAX_DEPTH

from .support import lua, quoted

HEAD = "local json, safe = require 'json', require 'cjson.safe' "

GOOD = {
    "[]": "[]", " [ ] ": "[]", "{}": "{}", "[[]]": "[[]]", '{"":0}': '{"":0}', '{"a":[]}': '{"a":[]}', "[{}]": "[{}]",
    "null": "null", "true": "true", " false\n": "false", "[null]": "[null]", '""': '""', "0": "0", "-0": "0", "[-1]": "[-1]",
    "[1e2]": "[100]", "[1E+2]": "[100]", "[1e-2]": "[0.01]", "[0e+1]": "[0]", "[-0.5]": "[-0.5]", "[0.1]": "[0.1]",
    "[123.456e78]": "[1.23456e+80]", "[9007199254740991]": "[9007199254740991]", "[9007199254740993]": "[9007199254740992]",
    "[1e16]": "[1e+16]", "[20,\t2]": "[20,2]", '{"a":1,"b":2}': '{"a":1,"b":2}', '{"b":1,"a":2}': '{"b":1,"a":2}',
    '{"a":1,"a":2}': '{"a":2}', '{"a":{"b":{"c":[1,{"d":null}]}}}': '{"a":{"b":{"c":[1,{"d":null}]}}}',
    r'"\"\\\/\b\f\n\r\t"': r'"\"\\/\b\f\n\r\t"', r'"\u0041"': '"A"', r'"\u00e9"': '"\xc3\xa9"', r'"\u20AC"': '"\xe2\x82\xac"',
    r'"\ud83d\ude00"': '"\xf0\x9f\x98\x80"', r'"\uD83D"': '"\xef\xbf\xbd"', r'"\ude00x"': '"\xef\xbf\xbdx"',
    r'"\ud83d\ud83d\ude00"': '"\xef\xbf\xbd\xf0\x9f\x98\x80"', r'"\\u00e9"': r'"\\u00e9"', r'"\u0000"': r'"\u0000"',
    '"\xc3\xa9"': '"\xc3\xa9"', '"\xff\xfe"': '"\xff\xfe"', '"\x7f"': '"\x7f"', r'{"\u00e9":1}': '{"\xc3\xa9":1}', '"null"': '"null"',
    "[1,null,3]": "[1,null,3]", "[true,false]": "[true,false]", '{"1":1}': '{"1":1}',
}  # fmt: skip
"""A text, and how it is written again."""


@pytest.mark.parametrize("text", GOOD)
def test_what_is_json(text: str) -> None:
    assert lua(f"{HEAD} return json.encode(json.decode({quoted(text)}))") == (GOOD[text],)


BAD = {
    "": 1, " ": 2, "[": 2, "]": 1, "{": 2, "}": 1, "[1": 3, "[1,": 4, "[1,]": 4, "[,1]": 2, "[1,,2]": 4, "[1 2]": 4, "[1}": 3,
    '{"a"': 5, '{"a":': 6, '{"a":}': 6, '{"a":1,}': 8, '{"a":1,,"b":2}': 8, '{"a" 1}': 6, "{a:1}": 2, "{'a':1}": 2, "{1:1}": 2,
    '{"a":1]': 7, '{"a":1 "b":2}': 8, "{,}": 2, '{"a":1': 7, "[1]]": 4, "[1]x": 4, "1 2": 3, "{}{}": 3, '"a" "b"': 5,
    "01": 2, "-": 1, "+1": 1, "-01": 3, "1.": 2, ".5": 1, "1e": 2, "1e+": 2, "0x1": 2, "1_0": 2, "--1": 1, "NaN": 1, "Infinity": 1,
    "-Infinity": 1, "nan": 1, "True": 1, "nul": 1, "nulll": 5, "truefalse": 5, '"': 1, '"a': 1, '"\\"': 1, '"\\x"': 1, '"\\u12"': 1,
    '"\\u12G4"': 1, '"\t"': 1, '"a\nb"': 1, '"\0"': 1, "'a'": 1, "[1] // c": 5, "/**/1": 1, "\xef\xbb\xbf1": 1, "[\x0c1]": 2, "\xa01": 1,
    "[\xb2]": 2, "[\u00b9]": 2, "[1\0]": 3, "[1,2": 5, "<null>": 1, "[*]": 2, '["a",\n4\n,1,': 12, '{"a":"b"}#': 10, '["a': 2,
    r'"\uD83D\u12"': 1, "[\"\\\"": 2, '{"a":[1,2}': 10,
}  # fmt: skip
"""A text, and the character at which no JSON could go on as it does."""


@pytest.mark.parametrize("text", BAD)
def test_what_is_not_json(text: str) -> None:
    message = f"not JSON at character {BAD[text]}"
    assert lua(f"{HEAD} return safe.decode({quoted(text)})") == ("nil", message)
    assert lua(f"{HEAD} return pcall(function() json.decode({quoted(text)}) end)") == ("false", f"t:1: {message}")
    with pytest.raises(ValueError, match=r".*"):  # Python agrees
        json.loads(text, parse_constant=lambda _: _refuse())


def _refuse() -> None:
    raise ValueError


MAY_BE = {
    "[123.456e-789]": "[0]", "[0.4e00669999999999999999999999999999999999999999999999999999999999]": None, "[-1e+9999]": None, "[1.5e+9999]": None,
    "[-123123123123123123123123123123]": "[-1.2312312312312312e+29]", "[100000000000000000000]": "[1e+20]", r'["\uDADA"]': '["\xef\xbf\xbd"]',
    r'["\uD888\u1234"]': '["\xef\xbf\xbd\xe1\x88\xb4"]', r'["\uDd1e\uD834"]': '["\xef\xbf\xbd\xef\xbf\xbd"]', r'["\uD800\n"]': '["\xef\xbf\xbd\\n"]',
    r'{"\uDFAA":0}': '{"\xef\xbf\xbd":0}', '["\xed\xa0\x80"]': '["\xed\xa0\x80"]', '["\xc0\xaf"]': '["\xc0\xaf"]', '["\xe9"]': '["\xe9"]', '["\x81"]': '["\x81"]',
    "\xff\xfe[\0\"\0\xe9\0\"\0]\0": 1, "\0[\0\"\0\xe9\0\"\0]": 1, "[\0\"\0\xe9\0\"\0]\0": 2, "\xef\xbb\xbf{}": 1,
}  # fmt: skip
"""What RFC 8259 leaves to each reader (JSONTestSuite's kind ``i``): how it is written again, None for an infinite number,
or the character at which it is refused. Bytes that are no UTF-8 stay as they are, as everything here that is no escape."""


@pytest.mark.parametrize("text", MAY_BE)
def test_what_a_reader_may_decide(text: str) -> None:
    expected = MAY_BE[text]
    if isinstance(expected, int):
        assert lua(f"{HEAD} return safe.decode({quoted(text)})") == ("nil", f"not JSON at character {expected}")
    elif expected is None:
        assert lua(f"{HEAD} return math.abs(json.decode({quoted(text)})[1]) == math.huge") == ("true",)
    else:
        assert lua(f"{HEAD} return json.encode(json.decode({quoted(text)}))") == (expected,)


def test_any_mutation_is_judged_as_python_judges_it() -> None:
    chance = random.Random(4)
    seeds = ['{"a":[1,2.5e3,{"b":null}],"c":"x\\u0041\\n","d":[true,false,[]],"e":{}}', '[[1],"\\"",-0.1]', '"abc"']
    texts = []
    for _ in range(1500):
        text = list(chance.choice(seeds))
        for _ in range(chance.randrange(1, 3)):
            place = chance.randrange(len(text))
            text[place : place + chance.randrange(2)] = chance.choice('[]{}",:\\u0e-.1 tn\t')
        texts.append("".join(text))
    body = ",".join([f"({quoted(text)})" for text in texts])
    found = lua(f"{HEAD} local r = {{}} for i, s in ipairs{{{body}}} do r[i] = safe.encode((safe.decode(s))) or '?' "
                "if safe.decode(s) == nil then r[i] = '?' end end return table.concat(r, '\\n')")[0].split("\n")  # fmt: skip
    for text, answer in zip(texts, found, strict=True):
        try:
            expected = json.loads(text, parse_constant=lambda _: _refuse(), parse_int=float)
        except ValueError:
            assert answer == "?", text
        else:
            assert json.loads(answer, parse_int=float) == expected, text


def test_depth_is_bounded_on_both_sides() -> None:
    nested = "('['):rep({0}) .. (']'):rep({0})"
    assert lua(f"{HEAD} local s = {nested.format(MAX_DEPTH)} return json.encode(json.decode(s)) == s") == ("true",)
    words = f"JSON is nested deeper than {MAX_DEPTH} levels"
    assert lua(f"{HEAD} return safe.decode({nested.format(MAX_DEPTH + 1)})") == ("nil", words)
    assert lua(f"{HEAD} return safe.decode(('['):rep(100000))") == ("nil", words)
    assert lua(f"{HEAD} return safe.decode(('{{\"a\":'):rep(100000))") == ("nil", words)
    assert lua(f"{HEAD} return #safe.decode('[\"' .. ('['):rep(1000) .. '\"]')[1]") == ("1000",)
    assert lua(f"{HEAD} return #safe.decode('[' .. ('[],'):rep(1000) .. '[]]')") == ("1001",)
    deep = "local t = 1 for i = 1, {} do t = {{t}} end return safe.encode(t)"
    assert len(lua(HEAD + deep.format(MAX_DEPTH))[0]) == 2 * MAX_DEPTH + 1
    assert lua(HEAD + deep.format(MAX_DEPTH + 1))[1].endswith(f": nested deeper than {MAX_DEPTH} levels")


ENCODED = {
    "nil": "null", "{}": "{}", "{1, 2, 3}": "[1,2,3]", "{1, nil, 3}": "[1,null,3]", "{a = 1}": '{"a":1}',
    "{b = 1, a = 2}": '{"b":1,"a":2}', "{1, x = 2}": '{"1":1,"x":2}', "{[1.5] = 1}": '{"1.5":1}', "{[0] = 1}": '{"0":1}', "{[-1] = 1}": '{"-1":1}',
    "{[5] = 1}": "[null,null,null,null,1]", "2^53": "9007199254740992", "-2^53": "-9007199254740992", "1e15": "1000000000000000",
    "1/3": "0.3333333333333333", "0.1": "0.1", "-0.0": "0", "1e300": "1e+300", "5e-324": "5e-324", "true": "true", "json.null": "null",
    "json.empty_array": "[]", "json.array()": "[]", "json.array{1}": "[1]", "json.array({nil, 2})": "[null,2]",
    "setmetatable({}, json.array_mt)": "[]", "setmetatable({}, json.empty_array_mt)": "[]", "setmetatable({1}, json.empty_array_mt)": "[1]",
    "setmetatable({}, {__index = {1}})": "{}", "'\\0\\31\\127\\128\"\\\\/'": '"\\u0000\\u001f\x7f\x80\\"\\\\/"', "{{}, {{}}}": "[{},[{}]]",
    "json.decode('[]')": "[]", "json.decode('{}')": "{}", "json.decode('[[],{}]')": "[[],{}]", "'é'": '"Ã©"',
}  # fmt: skip


@pytest.mark.parametrize("value", ENCODED)
def test_encode(value: str) -> None:
    source = value.encode().decode("latin-1")
    expected = ENCODED[value] if value != "'é'" else '"\xc3\xa9"'
    assert lua(f"{HEAD} return json.encode({source})") == (expected,)


REFUSED = {
    "print": "a function has no JSON", "coroutine.create(function() end)": "a thread has no JSON", "0/0": "NaN has no JSON",
    "1/0": "an infinite number has no JSON", "{a = {b = {1, print}}}": "a.b[2]: a function has no JSON",
    "{['a b'] = {['\\n'] = -1/0}}": '["a b"]["\\n"]: an infinite number has no JSON',
    "{[11] = 1}": "the array is too sparse: 1 values, the last at 11", "{x = {[2^60] = 1, 2}}": "x: the array is too sparse: 2 values, the last at 1.1529215046068e+18",
    "{[true] = 1}": "[a boolean]: a boolean is no name", "{[print] = 1}": "[a function]: a function is no name",
    "{[1] = 1, ['1'] = 2, x = 3}": "[1]: the table has both a number 1 and a string of that name",
    "json.array{a = 1}": "a: an array has positions only", "json.array{[0] = 1}": "[0]: an array has positions only",
    "(function() local t = {} t.me = {t} return t end)()": "me[1]: the table contains itself",
}  # fmt: skip


@pytest.mark.parametrize("value", REFUSED)
def test_what_has_no_json(value: str) -> None:
    assert lua(f"{HEAD} return safe.encode({value})") == ("nil", REFUSED[value])
    assert lua(f"{HEAD} return pcall(function() json.encode({value}) end)") == ("false", f"t:1: {REFUSED[value]}")


def test_a_table_may_be_there_twice_but_not_within_itself() -> None:
    assert lua(f"{HEAD} local t = {{1}} return json.encode{{t, t}}") == ("[[1],[1]]",)


def test_sparse_arrays_on_both_sides() -> None:
    assert lua(f"{HEAD} return json.encode{{[10] = 1}}") == ("[" + "null," * 9 + "1]",)
    half = "local t = {} for i = 2, 40, 2 do t[i] = i end t[41] = X return safe.encode(t)"
    assert lua(HEAD + half.replace("X", "1"))[0].count("null") == 20
    assert lua(HEAD + "local t = {} for i = 3, 60, 3 do t[i] = i end return safe.encode(t)")[0] == "nil"


def test_null() -> None:
    assert lua(f"{HEAD} local n = json.null return n and 1 or 2, type(n), tostring(n), n == json.decode('null')") == (
        "1", "userdata", "userdata: NULL", "true",
    )  # fmt: skip
    assert lua(
        "return require('json').null == require('cjson').null, require('json').array_mt == require('cjson').array_mt"
    ) == ("true", "true")
    for operation in ("n.x", "n.x.y", "n + 1", "n()", "n .. 'x'", "#n", "-n", "n < n", "n:x()", "n[1]"):
        found = lua(f"{HEAD} local n = json.null return pcall(function() return {operation} end)")
        assert found[0] == "false"
        assert "userdata value" in found[1]
    assert lua(
        f"{HEAD} local t = {{[json.null] = 1}} t[json.null] = 2 return t[json.null], json.null ~= nil, not json.null"
    ) == ("2", "true", "false")


def test_settings_hold_for_a_run() -> None:
    source = (
        f"{HEAD} local a = json.encode{{}} json.encode_empty_table_as_object(false) local b = json.encode{{}} local c = getmetatable(json.decode('[1]'))"
        " json.decode_array_with_array_mt(true) local d = getmetatable(json.decode('[1]')) == json.array_mt json.encode_number_precision(3)"
        " return a, b, c, d, json.encode(1/3), json.encode(123456), json.encode_number_precision(), pcall(json.encode_number_precision, 18)"
    )
    program = compile_program(source.encode(), "t")
    for _ in range(2):
        assert execute(program, DEFAULT).values == (
            "{}", "[]", "nil", "true", "0.333", "123456", "3", "false",
            "bad argument #1 to '?' (expected integer between 1 and 17)",
        )  # fmt: skip
    assert lua(f"{HEAD} return pcall(json.encode_number_precision, 0)")[0] == "false"


def test_a_runs_tables_are_its_own() -> None:
    source = b"local j = require 'cjson' local m = getmetatable(j.decode('[]')) local before = m.x m.x = 1 return before, m == j.array_mt"
    program = compile_program(source, "t")
    assert [execute(program).values for _ in range(3)] == [("nil", "true")] * 3


TEXT = r'{"a":{"b":[10,{"c/d":"x","e~f":2},[]]},"":0," ":1,"\u00e9":"u","n":null,"a":{"b":[20,{"c/d":"y","e~f":[3]},[]]}, "10":{"0":5}}'
POINTERS = {
    "/a/b/0": "20", "/a/b/1/c~1d": "y", "/a/b/1/e~0f/0": "3", "/": "0", "/ ": "1", "/\xc3\xa9": "u", "/n": "userdata: NULL", "/10/0": "5",
    "/b": "nil", "/a/b/3": "nil", "/a/b/00": "nil", "/a/b/-": "nil", "/a/b/-1": "nil", "/a/b/0/0": "nil", "/n/x": "nil", "/a/b/2/0": "nil",
    "/a/b/1/c": "nil", "/a/b/1000000000000": "nil",
}  # fmt: skip


@pytest.mark.parametrize("pointer", POINTERS)
def test_get(pointer: str) -> None:
    assert lua(f"{HEAD} return (json.get({quoted(TEXT)}, {quoted(pointer)}))") == (POINTERS[pointer],)


def test_get_answers_what_decode_would() -> None:
    chance = random.Random(5)

    def value(depth: int) -> object:
        kind = chance.randrange(6 if depth else 4)
        if kind == 4:
            return [value(depth - 1) for _ in range(chance.randrange(4))]
        if kind == 5:
            return {chance.choice(["a", "b", 'q"', "\\", "[", "}x", ""]): value(depth - 1) for _ in range(4)}
        return [chance.randrange(100), 'x,]}"', None, True][kind]

    def pointers(found: object) -> list[tuple[str, object]]:
        pairs = enumerate(found) if isinstance(found, list) else found.items() if isinstance(found, dict) else ()
        return [("", found), *((f"/{key}{rest}", end) for key, each in pairs for rest, end in pointers(each))]

    for _ in range(25):
        whole = value(4)
        text = json.dumps(whole, indent=chance.choice([None, 1]))
        for pointer, expected in pointers(whole):
            found = lua(f"{HEAD} return json.encode(json.get({quoted(text)}, {quoted(pointer)}))")[0]
            assert json.loads(found) == expected


BROKEN = {
    '{"a":1': "/b", "[1": "/5", '{"a" 1}': "/a", "{a:1}": "/a", "[1 2]": "/1", '{"a":[1,2': "/a", '{"a":"x}': "/b", '{"a":': "/a", "": "/a",
    '{"a":[}': "/b", '{"\\x":1}': "/a", '[1,2': "/0/0", '{"a":01}': "/a", '{"a":tru}': "/a", "[nope]": "/0",
}  # fmt: skip


@pytest.mark.parametrize("text", BROKEN)
def test_get_of_what_is_not_json(text: str) -> None:
    found = lua(f"{HEAD} return json.get({quoted(text)}, '{BROKEN[text]}')")
    assert found[0] == "nil"
    assert len(found) == 1 or found[1].startswith("not JSON")


def test_pointers_are_checked() -> None:
    call = f"{HEAD} return pcall(function() return json.get('1', X) end)"
    assert lua(call.replace("X", "'a'"))[1] == "t:1: bad argument #2 to 'get' (a pointer begins with '/')"
    assert lua(call.replace("X", f"('/'):rep({MAX_DEPTH})")) == ("true", "nil")
    assert lua(call.replace("X", f"('/'):rep({MAX_DEPTH + 1})"))[0] == "false"


def test_on_and_off_are_what_they_say() -> None:
    """As in OpenResty's cjson; "off" was taken for true."""
    for word, text in {"'off'": "[]", "'on'": "{}", "false": "[]", "true": "{}"}.items():
        assert lua(f"{HEAD} json.encode_empty_table_as_object({word}) return json.encode{{}}") == (text,)


def test_get_takes_a_megabyte_within_the_default_budgets() -> None:
    items = ",".join([f'{{"id":{i},"name":"item {i}","tags":["a","b"],"price":1.25}}' for i in range(16950)])
    body = f'{{"items":[{items}],"user":{{"id":7}}}}'
    assert 1_040_000 < len(body) < 1 << 20
    program = compile_program(b"local json = require 'json' function f(s) return json.get(s, '/user/id') end", "t")
    run = _started(program)
    assert run.globals["f"](1, body) == 7.0
    assert run.spent()[1] < 20_000
    assert run.spent()[0] < 2_000_000


def _started(program: Program) -> Run:
    run = Run(program, DEFAULT)
    run.chunk()(1)
    return run


def test_long_keys_make_slow_tables() -> None:
    source = f"{HEAD} local k = ('k'):rep(600) local t = json.decode('{{\"' .. k .. '\":{{\"a\":1}}}}') return t[k].a, json.encode(t) == '{{\"' .. k .. '\":{{\"a\":1}}}}'"
    assert lua(source) == ("1", "true")
    assert lua(source.replace("600", "511")) == ("1", "true")
