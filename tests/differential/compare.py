"""One program on both sides, compared after what is exempt is made equal."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ..language.engine import ROOMY, Outcome, run
from .drawing import PRELUDE
from .reference import Reference
from .tree import Node, smaller

SHOWN_OF_A_REFUSAL = 200
"""Bytes of a message that are compared: of a long token the engine shows the beginning."""

LOADING = replace(ROOMY, load=True)
_EXEMPT = re.compile(
    r" *-?nan *|(?:\S+: )?(?:C )?stack overflow[^\n]*|\b(?:table|function|builtin): (?:builtin: )?0x[0-9a-fA-F]+"
)
_OPERAND = re.compile(r"(?:local|upvalue|global|field|method|constant) '[^']*' \(a (\w+) value\)")


@dataclass(frozen=True)
class Answer:
    """What a program printed and how it ended, normalised."""

    status: str
    output: str
    error: str


@dataclass(frozen=True)
class Difference:
    source: str
    expected: Answer
    got: Answer

    def report(self) -> str:
        """The program and the first line that differs."""
        source = self.source
        for number, helper in enumerate(PRELUDE, 1):
            source = source.replace(helper + "\n", f"-- prelude {number}\n")
        want, have = _lines(self.expected), _lines(self.got)
        for number, (expected, got) in enumerate(zip(want, have, strict=False), 1):
            if expected != got:
                return f"{source}-- line {number} expected: {expected!r}\n-- line {number} got:      {got!r}\n"
        return f"{source}-- expected {len(want)} lines, got {len(have)}\n"


def normal(status: str, output: str, error: str | None, *, loose: bool = False) -> Answer:
    """Without NaN's sign, addresses and the place of a stack overflow; the error by its first line.

    ``loose`` leaves out the names of operands too: LuaJIT knows others than PUC does.
    """

    def plain(found: re.Match[str]) -> str:
        if "stack overflow" in found[0]:
            return "stack overflow"
        return "nan" if "nan" in found[0] else found[0].split(":")[0] + ": ADDRESS"

    def text(value: str) -> str:
        value = _EXEMPT.sub(plain, value)
        return _OPERAND.sub(r"a \1 value", value) if loose else value

    first = (error or "").split("\n")[0]
    if first.startswith("(error object is"):
        first = "(error object)"
    return Answer(status, text(output), text(first)[: SHOWN_OF_A_REFUSAL if status == "syntax" else None])


def engine_answer(source: bytes, *, loose: bool = False) -> Answer:
    """The engine's answer; an exception of ours is an answer too, and never equal to Lua's."""
    try:
        outcome: Outcome = run(source, "t", LOADING)
    except Exception as error:
        return Answer("crash", "", f"{type(error).__name__}: {error}")
    return normal(outcome.status, outcome.output, outcome.error, loose=loose)


def reference_answer(source: bytes, reference: Reference) -> Answer | None:
    """Real Lua's answer, or None for a program that took too long."""
    status, output, error = reference.run(source)
    return None if status == "overran" else normal(status, output, error, loose=reference.loose)


def compare(source: str, reference: Reference) -> Difference | bool:
    """A difference, True for the same answer, False for a program that could not be compared."""
    text = source.encode("latin-1")
    expected = reference_answer(text, reference)
    if expected is None or (reference.command == "luajit" and expected.status != "ok"):
        return False
    got = engine_answer(text, loose=reference.loose)
    if reference.command == "luajit" and "to 'format' (string expected" in got.output + got.error:
        return False  # LuaJIT's %s takes any value, as Lua 5.2's
    if got == expected:
        return True
    return False if _until_overflow(expected, got) else Difference(source, expected, got)


def _until_overflow(expected: Answer, got: Answer) -> bool:
    """Whether one has overflowed its stack and all before that is the same: how deep it goes is each one's own."""
    for want, have in zip(_lines(expected), _lines(got), strict=False):
        if want != have:
            return "stack overflow" in want or "stack overflow" in have
    return False


def _lines(answer: Answer) -> list[str]:
    return [*answer.output.split("\n"), f"[{answer.status}] {answer.error}"]


def shrink(tree: Node, reference: Reference, tries: int = 3_000) -> Difference:
    """The smallest program found that still differs, greedily, largest steps first."""
    best = compare(tree.text(), reference)
    assert isinstance(best, Difference)
    progress = True
    while progress:
        progress = False
        for candidate in smaller(tree):
            tries -= 1
            if tries < 0:
                return best
            found = compare(candidate.text(), reference)
            if isinstance(found, Difference) and (found.got.status == "crash") >= (best.got.status == "crash"):
                tree, best, progress = candidate, found, True
                break
    return best
