"""Every function of the routing library with random and hostile arguments: ``python -m tests.fuzz modules --inputs N``.

In: a number of inputs for each module. Out: the calls after which something was wrong: an exception that is no error of
Lua's and no budget's, a value that is none of Lua's, another answer or count when it is asked again.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from keystone_lua.interpreter import Limits, Program, ScriptError, compile_program
from keystone_lua.interpreter.execution.execute import prepare, restore
from keystone_lua.interpreter.execution.run import Run
from keystone_lua.interpreter.modules import catalogue
from keystone_lua.interpreter.modules.json_reading import NULL
from keystone_lua.interpreter.runtime.values import FALSE, TRUE, TYPE_NAMES, LuaValue, Table

LIMITS: Final = Limits(instructions=1 << 40, memory=1 << 40)
CALLS: Final = 200
"""Calls of one run."""
LARGEST: Final = 4000
"""Bytes of most texts; one in a hundred is twenty times as long."""

SEEDS: Final[tuple[str, ...]] = (
    "", "abc", "Zm9vYg==", "-_-_", '{"a":[1,2.5e3,{"b":null}],"c":"\\u00e9\\ud83d\\ude00"}', "[[[[]]]]", '{"k":{"k":{"k":1}}}', "/a/0/b",
    "eyJhbGciOiJIUzI1NiIsImtpZCI6ImEifQ.eyJzdWIiOiJhIiwiZXhwIjoxNzAwMDAwMDAwfQ.c2ln", "eyJhbGciOiJSUzI1NiJ9.e30.AAAA", "eyJhbGciOiJFUzI1NiJ9.e30.AAAA",
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----", "http://u:p@h.example:80/a/../b?x=1&y#f", "../../g;x=1/./y",
    "a=1&b=%20+&a=2&c", "a=1; b=\"x y\"; a=2", "sha256", "md5", "203.0.113.7", "2001:db8::/32", "::ffff:1.2.3.4", "10.0.0.0/8", "text/html;level=1;q=0.5, */*;q=0.1",
    "de-CH, de;q=0.9", "gzip;q=1.0, identity; q=0.5, *;q=0", "^(a+)+$", "(?<n>[a-z]*?)\\d{2,5}|\\bx\\b", "[[:alpha:]]", "(((((a)*)*)*)*)*", "$1-${2}", "ijsmxaD",
    "2023-11-14T22:13:20.5+01:00", "Tue, 14 Nov 2023 22:13:20 GMT", "Europe/Berlin", "%Y-%m-%d", "22:00", "1e309", "\0\xff\xfe\r\n;,=&%\"\\",
)  # fmt: skip
"""Texts to begin with: something that each function takes."""

NUMBERS: Final = (
    0.0,
    1.0,
    -1.0,
    0.5,
    2.0**31,
    2.0**53,
    -(2.0**63),
    1e308,
    float("inf"),
    float("nan"),
    3.0,
    100.0,
    1.7e9,
    -0.0,
)
NAMES: Final = (
    "keys kty k n e x y crv kid alg use key_ops iss aud sub require leeway algorithms name value path domain max_age expires secure"
    " http_only same_site scheme host port user query fragment weights coverage version variations pos year month day"
).split()  # fmt: skip


class Wrong(Exception):
    """What a call did that none may do."""


class Chance:
    """Arguments, by a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def text(self) -> str:
        """A seed, changed in places; at times long."""
        chance = self.random
        text = chance.choice(SEEDS)
        for _ in range(chance.randrange(4)):
            place = chance.randrange(len(text) + 1)
            other = chance.choice(SEEDS)
            middle = chance.choice(
                [other, chr(chance.randrange(256)), text[place : place + 9], other[: chance.randrange(9)]]
            )
            text = text[:place] + middle + text[place + chance.randrange(4) :]
        if text and chance.randrange(20) == 0:
            most = LARGEST * (20 if chance.randrange(5) == 0 else 1)
            text = (text * (most // len(text)))[:most]
        return text

    def value(self, depth: int = 3) -> LuaValue:
        """Any value."""
        chance = self.random
        kind = chance.randrange(12 if depth else 9)
        if kind < 6:
            return self.text()
        if kind < 8:
            return chance.choice(NUMBERS) if chance.randrange(3) else float(chance.randrange(200))
        if kind == 8:
            return chance.choice([None, TRUE, FALSE, NULL])
        table = Table()
        for place in range(chance.randrange(6)):
            key = float(place + 1) if kind < 11 else chance.choice(NAMES)
            item = self.value(depth - 1)
            if item is not None:
                table[key] = item
        return table


def calls(name: str, count: int, seed: int) -> Iterator[tuple[str, list[LuaValue]]]:
    """Functions of a module with arguments."""
    functions = list(catalogue.paths(name))
    chance = Chance(seed)
    for _ in range(count):
        yield chance.random.choice(functions), [chance.value() for _ in range(chance.random.randrange(5))]


def _is_lua(value: LuaValue, depth: int = 4) -> bool:
    if isinstance(value, Table):
        return depth == 0 or all(
            _is_lua(key, depth - 1) and item is not None and _is_lua(item, depth - 1) for key, item in dict.items(value)
        )
    if value.__class__ is str:
        return not value or max(value) <= "\xff"
    return value.__class__ in TYPE_NAMES


def _answer(function: Any, arguments: list[LuaValue], run: Run) -> tuple[str, int, int]:
    """What a call comes to, and its counts. Raises `Wrong`."""
    before = run.spent()
    try:
        found = function(1, *arguments)
    except ScriptError as error:
        found = error.message
    except Exception as error:
        raise Wrong(f"{error.__class__.__name__}: {error}") from error
    values = found if found.__class__ is tuple else (found,)
    if not all(map(_is_lua, values)):
        raise Wrong("a value that is none of Lua's")
    told = "; ".join([value if value.__class__ is str else TYPE_NAMES.get(value.__class__, "?") for value in values])
    return told, run.spent()[0] - before[0], run.spent()[1] - before[1]


def _program(name: str) -> Program:
    return compile_program(f"m = require '{name}' json = require 'json'".encode(), "t")


def campaign(count: int, seed: int, names: tuple[str, ...] = tuple(catalogue.FILES)) -> Iterator[tuple[str, str]]:
    """Try ``count`` inputs of each module; yield each that is wrong, with what it did."""
    state = prepare(LIMITS)
    try:
        for name in names:
            yield from _tried(name, count, seed)
    finally:
        restore(state)


def _tried(name: str, count: int, seed: int) -> Iterator[tuple[str, str]]:
    program = _program(name)
    asked = calls(name, count, seed)
    while batch := list(islice(asked, CALLS)):
        first, again = [Run(program, LIMITS, seed=1, now=1.7e9) for _ in range(2)]
        first.chunk()(1)
        again.chunk()(1)
        for member, arguments in batch:
            functions = [run.globals["m"].get(member) for run in (first, again)]
            if not all(map(callable, functions)):
                continue
            try:
                copies = copied(arguments), copied(arguments)
                told, other = _answer(functions[0], copies[0], first), _answer(functions[1], copies[1], again)
                if told != other:
                    raise Wrong(f"{told!r:.500}, and asked again {other!r:.500}")
            except Wrong as wrong:
                yield f"{name}.{member}", f"{arguments!r:.2000}\n  {wrong}"
                break
        first.close()
        again.close()


def copied(value: Any) -> Any:
    """Arguments of their own: functions such as json.array change tables."""
    if isinstance(value, Table):
        return Table({copied(key): copied(item) for key, item in dict.items(value)})
    return [copied(item) for item in value] if value.__class__ is list else value
