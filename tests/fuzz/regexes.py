"""Every regular expression of the package on texts that make them slow: does the time grow faster than the text?

In: the patterns that modules hold, in names of their own or in tuples. Out: for each that takes more than SECONDS on
SIZE characters and eight times as much on four times as many, the module, the name and the text. BOUNDED says which may:
what they look at is short. A regular expression that is found wanting looks at each place at all that follows.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from typing import Any, Final

import keystone_lua

SIZE: Final = 4_000
SECONDS: Final = 0.01
GROWTH: Final = 8.0
"""Four times the text: four times the time, or sixteen by the square of it."""

ATOMS: Final = (
    *"a1 .()[]{}\"'\\%-=/*|\n:", "if ", "if ) ", "return ", "else ", "for ", "a.", "a=", "a,", "[a", "(a", "%a", '"a',
    '\\"', "{a", "a|", "-- ", "::", "a:", "function(", "a b ", "/*", "\\u0061",
)  # fmt: skip
PREFIXES: Final = ("", "return ", "if x", "x", '"', "[", "(", "{")

BOUNDED: Final = {
    ("keystone_lua.interpreter.syntax.advice", "_OPERAND"): "LOOKED_AT characters before an error",
    ("keystone_lua.audit.segments", "_SEGMENT"): "names of files",
    ("keystone_lua.audit.segments", "_MOVED"): "names of files",
    ("keystone_lua.audit.segments", "_WORKER"): "names of files",
    ("keystone_lua.authoring.checker.rules.foreign_pattern", "_QUOTED"): "matched where a literal begins",
    ("keystone_lua.authoring.checker.rules.magic_pattern", "_IDENTIFIER"): "matched, not searched",
    ("keystone_lua.authoring.testing.differences", "_NAME"): "matched, not searched",
    ("keystone_lua.authoring.testing.suite", "_LIKE_A_TEST"): "names of files",
    ("keystone_lua.authoring.editors.routing_library", "_SIGNATURE"): "our own tables",
    ("keystone_lua.bundles.contents", "_NAME"): "names of MAX_NAME characters",
    ("keystone_lua.interpreter.modules.json_reading", "_LEXEME"): "matched, not searched",
    ("keystone_lua.interpreter.modules.json_reading", "_NAME"): "matched, not searched",
    ("keystone_lua.interpreter.modules.json_reading", "_NEXT"): "matched, not searched",
    ("keystone_lua.interpreter.modules.json_reading", "_PASSED"): "matched, not searched",
    ("keystone_lua.interpreter.modules.json_reading", "_SCALAR"): "matched, not searched",
    ("keystone_lua.interpreter.modules.jwt_keys", "_PEM"): "keys of MAX_KEY characters",
    ("keystone_lua.interpreter.numerals", "_DECIMAL"): "matched, not searched",
    ("keystone_lua.interpreter.numerals", "_HEX"): "matched, not searched",
    ("keystone_lua.server.http.client_address", "_WITH_PORT"): "ADDRESS_CHARACTERS of an item",
}
"""Module and name to what keeps it short."""


def patterns() -> Iterator[tuple[tuple[str, str], re.Pattern[Any]]]:
    """Each pattern with its module and name."""
    for found in pkgutil.walk_packages(keystone_lua.__path__, "keystone_lua."):
        if not found.name.endswith("__main__"):
            for name, value in vars(importlib.import_module(found.name)).items():
                for pattern in _within(value):
                    yield (found.name, name), pattern


def _within(value: Any) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _within(item)


def seconds(pattern: re.Pattern[Any], text: str) -> float:
    """Processor time of looking for it everywhere."""
    subject: Any = text.encode() if isinstance(pattern.pattern, bytes) else text
    started = time.process_time()
    pattern.search(subject)
    pattern.sub(lambda _: _[0][:0], subject)
    return time.process_time() - started


def slow(pattern: re.Pattern[Any]) -> str | None:
    """A text that makes it slow, as prefix and repeated part; None if none does."""
    for prefix in PREFIXES:
        for atom in ATOMS:
            few = prefix + atom * (SIZE // len(atom))
            first = seconds(pattern, few)
            if first > SECONDS and seconds(pattern, prefix + atom * (4 * SIZE // len(atom))) > GROWTH * first:
                return f"{prefix!r} and {atom!r} again and again"
    return None


def run() -> int:
    """Try all of them. Returns the exit code."""
    count, bad = 0, 0
    for place, pattern in patterns():
        count += 1
        if place not in BOUNDED and (text := slow(pattern)) is not None:
            bad += 1
            print(f"{place[0]}.{place[1]}: {pattern.pattern!r}: {text}")
    print(f"{count} regular expressions, {len(BOUNDED)} of them bounded elsewhere, {bad} slow")
    return int(bad > 0)
