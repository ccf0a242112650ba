"""Random and hostile arguments for the routing library's functions: no Python exception may come out of any.

    python -m tests.modules.hostile 100000 text re      # calls of each module; every module if none is named

In: a number of calls and names of modules. Out: a line a module; the exit code is 1 if an exception came out. Each call
is under pcall in a script, ten a script, with a budget; what a script may do is fail, what it may not is end in an
EngineError.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from typing import Final

from keystone_lua.interpreter import EngineError, Limits, compile_program, execute
from keystone_lua.interpreter.modules import catalogue

MODULES: Final = tuple(dict.fromkeys(catalogue.FILES.values()))
"""Every file of the routing library."""
PER_SCRIPT: Final = 10
LIMITS: Final = Limits(instructions=3_000_000, memory=10 << 20)

TEXTS: Final = [
    "''", "'a'", "'\\0'", "'\\255\\254'", "'%'", "'%zz%4'", "','", "'a,b;q=0.5,*;q=0'", "'10.0.0.1'", "'::1/64'", "'::ffff:1.2.3.4'", "'1.2.3.4/33'",
    "'2024-02-30T25:61:61Z'", "'Sun, 06 Nov 1994 08:49:37 GMT'", "'Europe/Berlin'", "'../../etc/passwd'", "'22:00'", "'24:00'", "'(a*)*b'", "'[[:^alpha:]-\\\\d]'",
    "'(?<n>a|b)+?$'", "'\\\\'", "'(?=x)'", "'$1${2}$$'", "'a{0,1000}'", "'(?:(?:a{0,9}){0,9}){0,9}'", "'text/html;level=1'", "'a=1&b&=&%41=%zz'", "'im'",
    "('a'):rep(5000)", "('a,'):rep(3000)", "('('):rep(60)", "('a?'):rep(300)", "('ab\\n'):rep(2000)", "('\\255'):rep(64)", "'9' .. ('0'):rep(400)", "('%41'):rep(999)",
    "'{\"a\":[1,2.5e3,{\"b\":null}],\"c\":\"\\\\ud83d\"}'", "('['):rep(500)", "('[1,'):rep(3000)", "'{\"a\":' .. ('9'):rep(400) .. '}'", "'/a/~1~0/0'", "'Zm9v=='", "'sha256'",
    "'eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2ln'", "'eyJhbGciOiJSUzI1NiJ9.e30.AAAA'", "'eyJhbGciOiJFUzI1NiJ9.e30.AAAA'", "'eyJhbGciOiJub25lIn0.e30.'",
    "'-----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\\n-----END PUBLIC KEY-----'", "'http://u:p@[::1]:99999/../a?b#c'", "'__Host-a'", "'a=\"b;c\"; =; d'",
]  # fmt: skip
OTHERS: Final = [
    "nil", "true", "false", "0", "-1", "1", "2.5", "1e300", "-1e300", "0/0", "1/0", "4294967296", "2^53", "print", "{}", "{1, 2, 3}", "{'a', 'b'}",
    "{{'a', 1}, {'b', 2}}", "{{'a', -1}}", "{{'a', 0/0}}", "{{}}", "{'10.0.0.0/8', '::/0'}", "{'text/html', 'en', 'gzip'}", "{a = {1, true, 'x'}, [5] = false}",
    "setmetatable({}, {__index = function() error('no') end})", "{pos = -5}", "{pos = 1e300}", "{version = 2, weights = {0.5, 0.5}, coverage = 0/0}",
    "{variations = 1000}", "coroutine.create(print)", "ip.matcher{'1.2.3.4'}", "bucket.ring{'a', {'b', 3}}", "function(m) return m[0] end", "function() error{} end",
    "json.null", "json.array{}", "{a = json.null, b = {{}}}", "{json.null, [20] = 1}", "{kty = 'RSA', n = 'AQAB', e = 'AQAB'}", "{keys = {{kty = 'EC', crv = 'P-256', x = 'AA', y = 'AA'}}}",
    "{algorithms = 'HS256', leeway = 0/0, aud = {1}}", "{name = 'a', value = 'b;', max_age = 1e300}", "{scheme = 'x', host = '[', path = 'a//b', query = {}}",
]  # fmt: skip


def made_text(chance: random.Random) -> str:
    """A text of signs that mean something to one of the modules."""
    signs = "ab01.:/%&=+,;*?()[]{}|\\^$-_ \n\0\xff<>!#q"
    text = "".join(chance.choice(signs) for _ in range(chance.randrange(12)))
    return "'" + "".join(f"\\{ord(sign):03}" for sign in text) + "'"


def argument(chance: random.Random) -> str:
    kind = chance.randrange(10)
    if kind < 4:
        return made_text(chance)
    return chance.choice(TEXTS) if kind < 7 else chance.choice(OTHERS)


def calls(module: str, chance: random.Random) -> Iterator[str]:
    """Calls of a module's functions and methods, for ever."""
    names = sorted(name for name, member in catalogue.members(module).items() if isinstance(member, catalogue.Recipe))
    while True:
        name = chance.choice(names)
        arguments = ", ".join(argument(chance) for _ in range(chance.randrange(6)))
        if ":" in name:
            made = {"matcher": "ip.matcher{'10.0.0.0/8', '::/3'}", "ring": "bucket.ring{'a', 'b'}"}[
                name.partition(":")[0]
            ]
            yield f"({made}):{name.partition(':')[2]}({arguments})"
        elif name == "gmatch":
            yield f"(function(...) local n = 0 for m in {module}.gmatch(...) do n = n + 1 if n > 9 then break end end end)({arguments})"
        else:
            yield f"{module}.{name}({arguments})"


def script(module: str, chance: random.Random, count: int) -> bytes:
    """Calls under pcall."""
    source = calls(module, chance)
    lines = [f"local {name} = require '{name}'" for name in sorted({module, "ip", "bucket", "json"})]
    lines += [f"pcall(function() return {next(source)} end)" for _ in range(count)]
    return "\n".join(lines).encode("latin-1")


def tried(module: str, number: int, seed: int) -> list[str]:
    """Scripts with ``number`` calls in all; those from which an exception came."""
    chance = random.Random(f"{module} {seed}")
    bad: list[str] = []
    for _ in range((number + PER_SCRIPT - 1) // PER_SCRIPT):
        text = script(module, chance, PER_SCRIPT)
        try:
            execute(compile_program(text, "hostile"), LIMITS, seed=seed, now=1.7e9)
        except EngineError as error:
            bad.append(f"{error}\n{text.decode('latin-1')}")
    return bad


def main(words: list[str]) -> int:
    worst = 0
    for module in words[1:] or MODULES:
        bad = tried(module, int(words[0]), 1)
        print(f"{module}: {words[0]} calls, {len(bad)} exceptions", flush=True)
        for text in bad[:3]:
            print(text)
        worst |= bool(bad)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
