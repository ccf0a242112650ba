"""A regular expression's tree made into a program for the machine.

Input: a tree. Output: operations, each with the number of the one that follows, and what a search can know of a match's
start. Refuses with RegexError what becomes longer than MAX_PROGRAM: repeated groups are written out.

Each SPLIT and RUN has the number of a row of marks, see regex_machine. A star over what can match nothing becomes an
optional plus, whose loop goes on behind it when it comes to the same place again: so an iteration that matches nothing
ends the loop and keeps its captures, as in PCRE.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from .items import ALL, LATIN, finder, members
from .regex_syntax import Assertion, Chars, Choice, Group, Node, Regex, RegexError, Repeat, Sequence

MAX_PROGRAM: Final = 2_000
"""Operations of one program: the work for a byte of text is at most as much."""
LOOKED_FOR: Final = 4
"""Bytes of a literal that a search looks for, at most: CPython may compare all of them at each place."""
LONGEST_LITERAL: Final = 64
"""Bytes of a text that is one operation. Each operation that such a text ends is kept with what of it follows."""

SET, LITERAL, SPLIT, SAVE, ASSERT, RUN, LOOP, ACCEPT = range(8)
"""Operations: a byte of a set, a text, two ways to go on, a capture's border, a condition, a greedy run, a loop whose
body can match nothing, the end."""

Operation = tuple[Any, ...]
Finder = Callable[[str, int], int]


class Program:
    """What the machine executes."""

    __slots__ = ("anchored", "find", "groups", "names", "operations", "rows", "size", "start")

    def __init__(self, regex: Regex) -> None:
        self.groups = regex.groups
        self.names = regex.names
        if size_of(regex.tree) > MAX_PROGRAM:
            raise RegexError(f"more than {MAX_PROGRAM} operations, repetitions written out,", 0)
        writer = _Writer()
        tree = regex.tree
        self.start = writer.write(tree, writer.add((ACCEPT,)))
        self.operations = writer.operations
        self.rows = writer.rows
        self.size = len(self.operations)
        self.anchored = regex.anchored
        """Whether a match has to begin where the search does."""
        self.find: Finder | None = _finder(tree)
        """The next place where a match can begin; None if that is any place."""


class _Writer:
    """Writes operations from the last to the first."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.rows = 0

    def add(self, operation: Operation) -> int:
        """The number of a new operation."""
        self.operations.append(operation)
        return len(self.operations) - 1

    def row(self) -> int:
        """The number of a new row of marks."""
        self.rows += 1
        return self.rows - 1

    def write(self, node: Node, after: int) -> int:
        """The number of the operation with which ``node`` begins, when ``after`` follows it."""
        if isinstance(node, Chars):
            if node.mask.bit_count() == 1:
                return self.literal(LATIN[node.mask.bit_length() - 1], after)
            return self.add((SET, members(node.mask), after))
        if isinstance(node, Sequence):
            for part in reversed(node.parts):
                after = self.write(part, after)
            return after
        if isinstance(node, Choice):
            entry = self.write(node.parts[-1], after)
            for part in reversed(node.parts[:-1]):
                entry = self.add((SPLIT, self.row(), self.write(part, after), entry))
            return entry
        if isinstance(node, Group):
            end = self.add((SAVE, 2 * node.number + 1, after))
            return self.add((SAVE, 2 * node.number, self.write(node.body, end)))
        if isinstance(node, Assertion):
            return self.add((ASSERT, node.kind, after))
        return self.repeat(node, after)

    def literal(self, text: str, after: int) -> int:
        """One more character before ``after``, joined with a literal that follows."""
        follows = self.operations[after]
        if follows and follows[0] == LITERAL and after == len(self.operations) - 1 and follows[3] < LONGEST_LITERAL:
            text += follows[1]
            after = follows[2]
        return self.add((LITERAL, text, after, len(text)))

    def repeat(self, node: Repeat, after: int) -> int:
        """A repetition, what is optional nested from the inside out."""
        body, low, high = node.body, node.low, node.high
        if nothing_but_empty(body):
            high = min(1, 1 if high is None else high)
            low = min(low, high)
        entry = after
        if high is None:
            entry, low = self.endless(node, after, low)
        else:
            for _ in range(high - low):
                entry = self.optional(body, entry, after, node.lazy)
        for _ in range(low):
            entry = self.write(body, entry)
        return entry

    def optional(self, body: Node, entry: int, after: int, lazy: bool) -> int:
        """``body`` and then ``entry``, or ``after``."""
        row = self.row()
        inner = self.write(body, entry)
        return self.add((SPLIT, row, after, inner) if lazy else (SPLIT, row, inner, after))

    def endless(self, node: Repeat, after: int, low: int) -> tuple[int, int]:
        """A repetition without a bound, and how often the body is still needed before it."""
        body = node.body
        if isinstance(body, Chars) and not node.lazy:
            return self.add((RUN, self.row(), members(body.mask), after)), low
        row = self.row()
        empty = nullable(body)
        loop = self.add(())
        inner = self.write(body, loop)
        ways = (after, inner) if node.lazy else (inner, after)
        self.operations[loop] = (LOOP, row, *ways, after) if empty else (SPLIT, row, *ways)
        if low or not empty:
            return (inner, low - 1) if empty else (loop, low)
        row = self.row()
        return self.add((SPLIT, row, after, inner) if node.lazy else (SPLIT, row, inner, after)), 0


def size_of(node: Node) -> int:
    """At least as many operations as ``node`` becomes, or steps to write it."""
    if isinstance(node, Chars | Assertion):
        return 1
    if isinstance(node, Sequence | Choice):
        return len(node.parts) * isinstance(node, Choice) + 1 + sum(map(size_of, node.parts))
    if isinstance(node, Group):
        return 2 + size_of(node.body)
    body = size_of(node.body)
    return body * node.low + (body + 2 if node.high is None else (body + 1) * (node.high - node.low)) + 1


def nullable(node: Node) -> bool:
    """Whether ``node`` can match nothing."""
    if isinstance(node, Chars):
        return False
    if isinstance(node, Sequence):
        return all(map(nullable, node.parts))
    if isinstance(node, Choice):
        return any(map(nullable, node.parts))
    if isinstance(node, Group):
        return nullable(node.body)
    return isinstance(node, Assertion) or node.low == 0 or nullable(node.body)


def nothing_but_empty(node: Node) -> bool:
    """Whether ``node`` matches nothing else."""
    if isinstance(node, Chars):
        return False
    if isinstance(node, Sequence | Choice):
        return all(map(nothing_but_empty, node.parts))
    if isinstance(node, Assertion):
        return True
    return nothing_but_empty(node.body) or (isinstance(node, Repeat) and node.high == 0)


def first_bytes(node: Node) -> int:
    """The set of bytes with which a match of ``node`` can begin, if it is not empty."""
    if isinstance(node, Chars):
        return node.mask
    if isinstance(node, Sequence):
        mask = 0
        for part in node.parts:
            mask |= first_bytes(part)
            if not nullable(part):
                break
        return mask
    if isinstance(node, Choice):
        mask = 0
        for part in node.parts:
            mask |= first_bytes(part)
        return mask
    return 0 if isinstance(node, Assertion) else first_bytes(node.body)


def begins_text(node: Node) -> bool:
    """Whether a match can begin at the text's start only."""
    if isinstance(node, Assertion):
        return node.kind == "A"
    if isinstance(node, Sequence):
        return bool(node.parts) and begins_text(node.parts[0])
    if isinstance(node, Choice):
        return all(map(begins_text, node.parts))
    return isinstance(node, Group) and begins_text(node.body)


def literal_start(node: Node) -> str:
    """The text with which every match begins."""
    if isinstance(node, Chars):
        return LATIN[node.mask.bit_length() - 1] if node.mask.bit_count() == 1 else ""
    if isinstance(node, Group):
        return literal_start(node.body)
    text = ""
    if isinstance(node, Sequence):
        for part in node.parts:
            if not isinstance(part, Chars) or part.mask.bit_count() != 1 or len(text) == LOOKED_FOR:
                return text or literal_start(part)
            text += LATIN[part.mask.bit_length() - 1]
    return text


def _finder(tree: Node) -> Finder | None:
    if begins_text(tree):
        return lambda subject, start: 0 if start == 0 else -1
    if nullable(tree):
        return None
    if literal := literal_start(tree):
        return lambda subject, start: subject.find(literal, start)
    mask = first_bytes(tree)
    return None if mask == ALL else finder(mask)
