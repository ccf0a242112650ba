"""Hostile inputs from good ones: bytes, words and whole values changed, lines moved, logs chained anew.

In: seeds by kind, a source of chance. Out: an input of a kind. The same seed gives the same inputs.
"""

from __future__ import annotations

import json
import random
from typing import Any, Final

from keystone_lua.audit.chain import line_hash
from keystone_lua.audit.records import encode

TEXTS: Final = (
    "", "\x1b[2J\x1b]0;x\x07", "\x9b31m", "\u202e", "\ud800", "\udcff", "\x00", "\r\n", "\u2028", "é" * 70, "a" * 5000,
    "../../etc/passwd", "/admin//x", "%00%ff", "{{x}}", "=cmd()", "dice", "a", "nan", "2026-01-01", "\U0010ffff", ".",
)  # fmt: skip
VALUES: Final = (
    None, True, False, 0, -1, 1, 10**18, 10**400, -(10**30), 1.5, 1e308, -0.0, [], {}, [[[[[[]]]]]], {"a": {"b": {}}},
    [None] * 300, {"x" * 300: 1}, {"bytes": 10**9, "hmac": ""}, {"bytes": 4 << 20}, [{}], ["a", 1],
)  # fmt: skip
WORDS: Final[dict[str, tuple[bytes, ...]]] = {
    "yaml": (
        b"&a ", b"*a", b"!!binary ", b"!!set ", b"!!bool x", b"!!int x", b"? ", b": ", b"- ", b"{", b"}", b"[", b"]", b"|\n",
        b">\n", b"---\n", b"...\n", b"%YAML 9.9\n", b'"\\UFFFFFFFF"', b"'", b"<<: *a", b"2026-01-01", b"0x", b".nan", b"#",
        b"\t", b"&a [*a]", b"[" * 50, b"!<tag:x> ", b"9" * 400,
    ),
    "json": (
        b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\ud800", b"\\u202e", b"NaN", b"Infinity", b"1e999", b"9" * 400, b"[" * 100,
        b"null", b"\xff", b"-", b"0x1", b'"a":', b"\\u0000", b"\\u001b",
    ),
    "lua": (
        b"end ", b"function ", b"local ", b"return ", b"(", b")", b"{", b"}", b"[[", b"]]", b"--[==[", b"'", b'"', b"..", b"...",
        b"-- keystone: ignore a,a,", b"while true do ", b"error('\\27[2J')", b"print('\\194\\155')", b"goto x ", b"::x::",
        b"\xe2\x80\x9c", b"\xe2\x80\xae", b"\x00", b"require 'x' ", b"s:find('[')", b"1e999", b"0x", b"a.b.c:d()", b"#", b"~= ",
        b"string.rep('x', 1e9) ", b"setmetatable({}, {__index = f})",
    ),
    "toml": (
        b"[", b"]", b"[[", b"=", b'"""', b"'''", b"\n", b"max-body = ", b"9" * 400, b"[tenants.x]\n", b"1979-05-27", b"inf",
        b"{a = 1}", b"\\ud800", b"\x1b", b"[" * 100, b"true", b"tls-cert = 'x'\n", b"addr = ':0'\n", b"\xff",
    ),
    "http": (
        b"\r\n", b"\n", b"Transfer-Encoding: chunked\r\n", b"Content-Length: 5\r\n", b"Content-Length: -1\r\n", b"Host: a\r\n",
        b"Connection: close\r\n", b"X_Forwarded_For: 1\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\n", b"\x00",
        b"\x1b[2J", b"Expect: 100-continue\r\n", b"Upgrade: x\r\n", b"0\r\n\r\n", b"5;x=y\r\nhello\r\n", b"ffffffffffffffff\r\n", b" ",
        b"GET //admin/x HTTP/1.1\r\n", b"%2f%2e%2e", b";v=1", b"?", b"#", b"\xff", b"x" * 9000,
    ),
}  # fmt: skip
DIALECTS: Final = {
    "logs": "json", "archives": "lua", "json cases": "json", "yaml cases": "yaml", "tenant files": "yaml", "scripts": "lua",
    "requests": "json", "settings": "toml", "targets": "http", "decisions": "json", "clients": "http", "services": "http",
}  # fmt: skip
MAX_INPUT: Final = 200_000
"""Bytes."""


class Mutator:
    """Makes inputs."""

    def __init__(self, chance: random.Random, seeds: dict[str, list[bytes]]) -> None:
        self._chance = chance
        self._seeds = seeds

    def __call__(self, name: str, *, is_log: bool = False) -> tuple[str, bytes]:
        """An input of a kind."""
        chance = self._chance
        data = chance.choice(self._seeds[name])
        if is_log:
            data = self._log(data)
        elif DIALECTS[name] == "json" and chance.random() < 0.6:
            data = self._json(data)
        for _ in range(chance.choice((0, 1, 1, 2, 4, 8)) if is_log else chance.choice((1, 1, 2, 4, 8, 16))):
            data = self._bytes(data, WORDS[DIALECTS[name]], name)
        return name, data[:MAX_INPUT]

    def _bytes(self, data: bytes, words: tuple[bytes, ...], name: str) -> bytes:
        chance = self._chance
        start = chance.randint(0, len(data))
        end = min(len(data), start + chance.choice((0, 1, 1, 2, 5, 20, 100)))
        how = chance.randrange(7)
        if how < 3:
            return data[:start] + chance.choice(words) * chance.choice((1, 1, 1, 1, 3, 40)) + data[end:]
        if how == 3:
            return data[:start] + data[end:]
        if how == 4:
            return data[:end] + data[start:end] * chance.choice((1, 1, 2, 30)) + data[end:]
        if how == 5:
            return data[:start] + bytes([chance.randrange(256)]) + data[start + 1 :]
        other = chance.choice(self._seeds[name])
        return data[:start] + other[chance.randint(0, len(other)) :]

    def _json(self, data: bytes) -> bytes:
        """One value, anywhere, that is another."""
        try:
            value = json.loads(data)
        except ValueError:
            return data
        for _ in range(self._chance.choice((1, 1, 2, 5))):
            value = self._changed(value)
        return json.dumps(value).encode()

    def _log(self, data: bytes) -> bytes:
        """Records changed, moved and left out, and mostly a chain that fits."""
        chance = self._chance
        lines = data.splitlines()
        for _ in range(chance.choice((1, 1, 2, 3))):
            place = chance.randrange(len(lines))
            how = chance.randrange(5)
            if how < 3:
                with_value = json.loads(lines[place])
                lines[place] = encode(self._changed(with_value)).encode("ascii", "replace")
            elif how == 3:
                lines.insert(chance.randrange(len(lines)), lines[place])
            elif len(lines) > 1:
                del lines[place]
        if chance.random() < 0.7:
            lines = rechained(lines)
        return b"".join(line + b"\n" for line in lines)

    def _changed(self, value: Any, depth: int = 0) -> Any:
        chance = self._chance
        if isinstance(value, dict) and value and depth < 6 and chance.random() < 0.85:
            key = chance.choice(list(value))
            how = chance.randrange(8)
            if how == 0:
                return {k: v for k, v in value.items() if k != key}
            if how == 1:
                return {**value, chance.choice(TEXTS): chance.choice(VALUES)}
            return {**value, key: self._changed(value[key], depth + 1)}
        if isinstance(value, list) and value and depth < 6 and chance.random() < 0.8:
            place = chance.randrange(len(value))
            return [*value[:place], self._changed(value[place], depth + 1), *value[place + 1 :]]
        return chance.choice(TEXTS if chance.random() < 0.5 else VALUES)


def rechained(lines: list[bytes]) -> list[bytes]:
    """The lines with numbers and hashes that fit, where they are objects."""
    made: list[bytes] = []
    for number, line in enumerate(lines, 1):
        try:
            value = json.loads(line)
            changed = {**value, "number": number, "prev": line_hash(made[-1]) if made else "0" * 64}
            made.append(encode(changed).encode("ascii", "replace"))
        except (ValueError, TypeError):
            made.append(line)
    return made
