"""How a conformance file states what it prints.

Each ``-->`` comment is one expected line of output, in order. It stands beside the statement that
prints it, or on lines of its own below it:

    print(1 + 1) --> 2
    for i = 1, 2 do print(i) end --> 1
    --> 2
    error("no") --> error: file.lua:4: no

``error:`` is the uncaught error that ends the file: the first line of its message. In the text a
backslash is doubled, a tab is ``\\t`` and other control bytes and bytes above 126 are ``\\xHH``.
A comment ``-- reference: luajit`` on the first line names another reference than lua5.1. Files in
``engine/`` have none: only our engine can run them, and people write their expectations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent
SEPARATE = {"security", "syntax"}
"""Folders with other forms than the one described here."""

_MARK = re.compile(r"[ \t]*--> ?(.*)$")
_REFERENCE = re.compile(r"-- reference: (\w+)")
_UNPRINTABLE = re.compile(r"[^ -~]|\\|[ ]\Z")


@dataclass(frozen=True)
class Expectation:
    """One line of output that the statement on ``line`` must print."""

    line: int
    text: str


@dataclass(frozen=True)
class Case:
    """One conformance file: its expected output lines, and the error that ends it, if any."""

    path: Path
    output: tuple[Expectation, ...]
    error: Expectation | None
    reference: str | None

    @property
    def assertions(self) -> int:
        return len(self.output) + (self.error is not None)


def files() -> list[Path]:
    """Every conformance file, in order."""
    return sorted(path for path in ROOT.glob("*/*.lua") if path.parent.name not in SEPARATE)


def switches(source: bytes) -> dict[str, bool]:
    """What a file is to run with, by the names of `Limits`: its first lines say ``allow-load``, ``inert-io``."""
    return {"load": b"-- allow-load" in source[:300], "inert_io": b"-- inert-io" in source[:300]}


def read(path: Path) -> Case:
    """A conformance file's expectations, as its comments state them."""
    text = path.read_text("latin-1")
    output = []
    error = None
    for number, line in enumerate(text.split("\n"), 1):
        if found := _MARK.search(line):
            if found[1].startswith("error: "):
                error = Expectation(number, found[1][len("error: ") :])
            else:
                output.append(Expectation(number, found[1]))
    return Case(path, tuple(output), error, reference_of(path, text))


def reference_of(path: Path, text: str) -> str | None:
    """The interpreter whose answers a file holds, by its folder and first line."""
    if path.parent.name == "engine":
        return None
    found = _REFERENCE.match(text)
    return found[1] if found else "lua5.1"


def escape(line: str) -> str:
    """A line of output (one character per byte) as an expectation's text."""

    def one(found: re.Match[str]) -> str:
        char = found[0]
        return {"\\": "\\\\", "\t": "\\t"}.get(char) or f"\\x{ord(char):02X}"

    return _UNPRINTABLE.sub(one, line)


def output_lines(output: str) -> list[str]:
    """What was printed, as the texts that expectations are compared with."""
    lines = output.split("\n")
    if lines[-1] == "":
        lines.pop()
    return [escape(line) for line in lines]


def differences(case: Case, output: str, error: str | None) -> list[str]:
    """What an engine answered otherwise than expected: ``file:line: expected …, got …``, first differences first."""
    name = case.path.relative_to(ROOT)
    found = []
    lines = output_lines(output)
    for place, text in zip(case.output, lines, strict=False):
        if place.text != text:
            found.append(f"{name}:{place.line}: expected {place.text!r}, got {text!r}")
    if len(lines) < len(case.output):
        missing = case.output[len(lines)]
        count = len(case.output) - len(lines)
        found.append(f"{name}:{missing.line}: expected {missing.text!r}, got no output ({count} lines missing)")
    elif len(lines) > len(case.output):
        found.append(f"{name}: {len(lines) - len(case.output)} lines too many, first {lines[len(case.output)]!r}")
    got = None if error is None else escape(error.split("\n")[0])
    expected = case.error.text if case.error else None
    if got != expected:
        line = case.error.line if case.error else (case.output[-1].line if case.output else 1)
        found.append(f"{name}:{line}: expected error {expected!r}, got {got!r}")
    return found


def refused() -> list[tuple[str, str]]:
    """The chunks that the parser must refuse, with lua5.1's messages."""
    rows = []
    for line in (ROOT / "syntax" / "refused.txt").read_text("latin-1").split("\n"):
        chunk, _, message = line.partition(" --> ")
        if line:
            rows.append((re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], chunk), message))
    return rows
