"""The stepper: a backtracking matcher for any Lua pattern, which pays for each step.

Input: a pattern's items with their modes. Output: a match, or None. Refuses with PatternError when it comes to a FAULT.
It keeps an explicit stack, which is never longer than the pattern, and leaves to C what C can do in one
call: runs of a set's members, literals, and the next place for a literal that must follow a repetition.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from ..costs import COPY, SCAN, STEP, WORK
from .items import (
    BACKREF,
    BALANCE,
    CLOSE,
    DETERMINED,
    EMPTY,
    END,
    FAULT,
    FRONTIER,
    LAZY,
    NEVER,
    OPEN,
    POSITION,
    SINGLE,
    TRIM,
    Item,
    PatternError,
    finder,
    members,
    regex_of,
    runner,
)

Charge = Callable[[int, int], object]
"""Takes instructions and bytes; raises when the budget does not reach."""

CHUNK: Final = 4096
"""Instructions that are gathered before they are charged."""
_SCAN: Final = SCAN.bit_length() - 1
_COPY: Final = COPY.bit_length() - 1
_MOVE: Final = WORK["pattern.move"]

LOOKED_FOR: Final = 4
"""Bytes of a literal that are looked for, at most: CPython may compare all of them at each place."""
PIECE: Final = 1 << 16
"""Bytes of a back reference that are compared at once."""

LITERAL, ONE, MAYBE, MOST, LEAST, BEGIN, FINISH, SAME, BALANCED, BORDER, LAST, NOWHERE, RAISE, ACCEPT = range(14)
"""Its operations."""
_PLAIN: Final = {OPEN: BEGIN, POSITION: BEGIN, CLOSE: FINISH, BACKREF: SAME, END: LAST, NEVER: NOWHERE, FAULT: RAISE}

Operation = tuple[Any, ...]
"""An operation and what it needs, see _operation."""


class Program:
    """What the stepper executes."""

    __slots__ = ("captures", "find_start", "operations", "pinned")

    def __init__(self, items: list[Item], captures: int, pinned: bool) -> None:
        self.captures = captures
        self.pinned = pinned
        self.find_start = None if pinned else _starter(items)
        self.operations: list[Operation] = []
        place = 0
        while place < len(items):
            if literal := _literal(items, place):
                self.operations.append((LITERAL, literal, len(literal)))
            else:
                self.operations.append(_operation(items, place))
            place += len(literal) or 1
        self.operations.append((ACCEPT, None))


def _starter(items: list[Item]) -> Callable[[str, int], int] | None:
    """A function for the next place where a match could begin."""
    for place, item in enumerate(items):
        if literal := _literal(items, place):
            looked_for = literal[:LOOKED_FOR]
            return lambda subject, start: subject.find(looked_for, start)
        if item.kind == BALANCE or (item.kind == SINGLE and item.low):
            return finder(item.mask)
        if item.kind not in (OPEN, POSITION, CLOSE):
            break
    return lambda subject, start: start


def _literal(items: list[Item], place: int) -> str:
    """The single characters that follow one another from ``place`` on."""
    codes = []
    while place < len(items):
        item = items[place]
        if item.kind != SINGLE or item.many or not item.low or item.mask.bit_count() != 1:
            break
        codes.append(item.mask.bit_length() - 1)
        place += 1
    return "".join(map(chr, codes))


def _operation(items: list[Item], place: int) -> Operation:
    item = items[place]
    if item.kind == SINGLE:
        return _repetition(items, place) if item.many else (ONE if item.low else MAYBE, members(item.mask))
    if item.kind == BALANCE:
        opening, closing = item.argument
        return (BALANCED, opening, closing, re.compile(regex_of(item.mask | 1 << ord(closing))).finditer)
    if item.kind == FRONTIER:
        return (BORDER, members(item.mask))
    return (_PLAIN[item.kind], item.argument)


def _repetition(items: list[Item], place: int) -> Operation:
    """With the run's end, the least number, whether it keeps all, and the literal that must follow, if one must."""
    item = items[place]
    following = place + 1
    while following < len(items) and items[following].kind in (OPEN, CLOSE, POSITION):
        following += 1
    lazy = item.mode in (LAZY, TRIM)
    run = runner(0 if item.mode == EMPTY else item.mask)
    return (
        LEAST if lazy else MOST,
        run,
        item.low,
        item.mode in (DETERMINED, EMPTY),
        _literal(items, following)[:LOOKED_FOR],
    )


def walk(program: Program, subject: str, start: int, charge: Charge) -> list[tuple[int, int]] | None:
    """The spans of the first match at or after ``start`` and of its captures."""
    state = _Walk(program, subject, charge)
    find_start = program.find_start
    size = len(subject)
    while True:
        if find_start is not None:
            found = find_start(subject, start)
            state.cost += (found if found >= 0 else size) - start >> _SCAN
            if found < 0:
                break
            start = found
        end = state.match_at(start)
        if end >= 0:
            charge(state.cost, 0)
            return [(start, end), *zip(state.begins, state.ends, strict=True)]
        if program.pinned or start >= size:
            break
        start += 1
        if state.cost > CHUNK:
            charge(state.cost, 0)
            state.cost = 0
    charge(state.cost, 0)
    return None


class _Walk:
    """A search under way.

    ``choices`` holds, for the repetitions and optional items that can still go another way, the place after them in the
    program and two positions in the subject. Captures need no undoing: whatever goes on from a choice passes the
    captures after it once more.
    """

    __slots__ = ("begins", "charge", "choices", "cost", "ends", "operations", "subject")

    def __init__(self, program: Program, subject: str, charge: Charge) -> None:
        self.operations = program.operations
        self.subject = subject
        self.charge = charge
        self.begins = [0] * program.captures
        self.ends = [0] * program.captures
        self.choices: list[tuple[int, int, int]] = []
        self.cost = 0

    def match_at(self, at: int) -> int:
        """Where the match that begins at ``at`` ends, or -1."""
        operations, subject, choices, go_back = self.operations, self.subject, self.choices, self.go_back
        size = len(subject)
        cost = place = 0
        while place >= 0:
            cost += _MOVE
            if cost > CHUNK:
                self.charge(self.cost + cost, 0)
                self.cost = cost = 0
            operation = operations[place]
            place += 1
            code = operation[0]
            if code == LITERAL:
                cost += operation[2] >> _COPY
                if subject.startswith(operation[1], at):
                    at += operation[2]
                    continue
            elif code == ONE:
                if at < size and subject[at] in operation[1]:
                    at += 1
                    continue
            elif code == MOST:
                stop = operation[1](subject, at)
                cost += stop - at >> _SCAN
                least = at + operation[2]
                if stop >= least:
                    if stop > least and not operation[3]:
                        choices.append((place, least, stop))
                    at = stop
                    continue
            elif code == LEAST:
                stop = operation[1](subject, at)
                cost += stop - at >> _SCAN
                choices.append((place, at, stop))  # nothing is tried yet, so that the literal is looked for by go_back
            elif code == MAYBE:
                if at < size and subject[at] in operation[1]:
                    choices.append((place, at, at))
                    at += 1
                continue
            elif code == BEGIN:
                self.begins[operation[1]] = self.ends[operation[1]] = at
                continue
            elif code == FINISH:
                self.ends[operation[1]] = at
                continue
            elif code == ACCEPT:
                self.cost += cost
                return at
            elif code > FINISH and (end := self.less_usual(operation, at, cost)) >= 0:
                at = end
                continue
            if not choices:
                break
            place, at = go_back(choices)
        self.cost += cost
        return -1

    def less_usual(self, operation: Operation, at: int, cost: int) -> int:
        """Where an operation of the rest goes on, or -1 where it does not fit. What it costs is charged at once."""
        code, subject = operation[0], self.subject
        if code == LAST:
            return at if at == len(subject) else -1
        if code == SAME:
            begin = self.begins[operation[1]]
            length = self.ends[operation[1]] - begin
            self.charge(length >> _SCAN, 0)
            return at + length if _is_repeated(subject, begin, length, at) else -1
        if code == BALANCED:
            return _balance(operation, subject, at, self.charge) if subject.startswith(operation[1], at) else -1
        if code == BORDER:
            before = subject[at - 1] if at else "\0"
            after = subject[at] if at < len(subject) else "\0"
            return at if before not in operation[1] and after in operation[1] else -1
        if code == RAISE:
            self.charge(self.cost + cost, 0)
            raise PatternError(operation[1])
        return -1

    def go_back(self, choices: list[tuple[int, int, int]]) -> tuple[int, int]:
        """It does not fit: the youngest choice goes another way. The place to go on at, or -1, and the position."""
        subject = self.subject
        while choices:
            place, low, high = choices.pop()
            operation = self.operations[place - 1]
            code = operation[0]
            if code == MAYBE:
                return place, low
            literal = operation[4]
            if code == MOST:
                at = high - 1
                if literal:
                    at = subject.rfind(literal, low, at + len(literal))
                    self.cost += high - max(at, low) >> _SCAN
                if at > low:
                    choices.append((place, low, at))
            else:
                at = low
                if literal:
                    at = subject.find(literal, low, high + len(literal))
                    self.cost += (high if at < 0 else at) - low >> _SCAN
                if 0 <= at < high:
                    choices.append((place, at + 1, high))
            if self.cost > CHUNK:
                self.charge(self.cost, 0)
                self.cost = 0
            if at >= 0:
                return place, at
        return -1, 0


def _is_repeated(subject: str, begin: int, length: int, at: int) -> bool:
    """Whether the text at ``at`` is that at ``begin``: piece by piece, since a piece is a copy."""
    if length > len(subject) - at:
        return False
    return all(
        subject.startswith(subject[place : min(place + PIECE, begin + length)], at + place - begin)
        for place in range(begin, begin + length, PIECE)
    )


def _balance(operation: Operation, subject: str, at: int, charge: Charge) -> int:
    """Where the balanced text that begins at ``at`` ends, or -1."""
    _, _, closing, brackets = operation
    depth = cost = 0
    for bracket in brackets(subject, at):
        cost += STEP
        if cost > CHUNK:
            charge(cost, 0)
            cost = 0
        place = bracket.start()
        if depth == 0 or subject[place] != closing:
            depth += 1
        elif depth > 1:
            depth -= 1
        else:
            charge(cost + (place - at >> _SCAN), 0)
            return place + 1  # type: ignore[no-any-return]
    charge(cost + (len(subject) - at >> _SCAN), 0)
    return -1


class Found:
    """The stepper's match, with the methods of ``re.Match`` that the library uses."""

    __slots__ = ("_spans", "_subject")

    def __init__(self, subject: str, spans: list[tuple[int, int]]) -> None:
        self._subject = subject
        self._spans = spans

    def span(self, group: int = 0, /) -> tuple[int, int]:
        return self._spans[group]

    def start(self, group: int = 0, /) -> int:
        return self._spans[group][0]

    def end(self, group: int = 0, /) -> int:
        return self._spans[group][1]

    def __getitem__(self, group: int, /) -> str:
        start, end = self._spans[group]
        return self._subject[start:end]

    def groups(self) -> tuple[str, ...]:
        return tuple(self._subject[start:end] for start, end in self._spans[1:])
