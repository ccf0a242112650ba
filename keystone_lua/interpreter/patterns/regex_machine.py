"""The machine that matches regular expressions in time linear in text and pattern, and pays for each step.

Input: a program, a subject, a place. Output: the borders of the match and its captures, or None.

It tries alternatives in PCRE's order and backtracks when one fails, but never tries the same operation at the same
place twice: each operation with alternatives has a row of marks, one for each place in the text. What was tried there
has failed and will fail again, whatever led to it, since nothing looks back (so there are no back references). So
there are at most as many steps as operations times places. The marks are kept for all starts of a search. Memory: a
byte for each place in a row that is used, and the stack of what is still to be tried.

A greedy run of a set is one step in C. It marks all places that it can end at, and stops at a mark: each place is
looked at once, but for the last piece, which is twice as long as what is new.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ..costs import COPY, SCAN, VALUE, WORK, WORK_BYTES
from .regex_program import ASSERT, LITERAL, LOOP, RUN, SAVE, SET, SPLIT, Operation, Program
from .regex_syntax import WORD

Charge = Callable[[int, int], object]
"""Takes instructions and bytes; raises when the budget does not reach."""

BATCH: Final = 256
"""Steps that are done before they are charged: 0.1 ms."""
MOVE: Final = WORK["re.move"]
_WAY: Final = WORK_BYTES["re.way"]
_FIRST: Final = 32
"""Bytes of a run's first piece."""
_MARK: Final = b"\1"
_FREE_ROWS: Final = 32
"""Rows that the price of a search covers, until they are used: a place in a list."""

_RESTORE, _SHORTER = -1, -2
_WORD: Final = frozenset(chr(code) for code in range(256) if WORD >> code & 1)


def holds(kind: str, subject: str, place: int) -> bool:
    """Whether an assertion holds at a place."""
    size = len(subject)
    if kind == "A":
        return place == 0
    if kind == "z":
        return place == size
    if kind == "Z":
        return place == size or (place == size - 1 and subject[place] == "\n")
    if kind == "m":
        return place == 0 or (subject[place - 1] == "\n" and place < size)
    if kind == "M":
        return place == size or subject[place] == "\n"
    border = (place > 0 and subject[place - 1] in _WORD) != (place < size and subject[place] in _WORD)
    return border == (kind == "b")


def run_length(piece: str, members: str) -> int:
    """How many characters of a set a piece begins with."""
    return len(piece) - len(piece.lstrip(members))


class Search:
    """The searches of one text, each behind the one before: its marks and what is paid for.

    Marks behind a match stay, as those ways have failed; those at its end may be its own and are taken back.
    """

    __slots__ = ("base", "charge", "paid", "program", "rows", "subject")

    def __init__(self, program: Program, subject: str, base: int, charge: Charge) -> None:
        self.program = program
        self.subject = subject
        self.base = base
        self.charge = charge
        if program.rows > _FREE_ROWS:
            charge(program.rows // COPY, VALUE * program.rows)
        self.rows: list[bytearray | None] = [None] * program.rows
        self.paid = 0

    def run(self, start: int) -> list[int] | None:
        """The first match at or after ``start``: begin and end of the whole and of each capture, -1 for none."""
        program, subject, size = self.program, self.subject, len(self.subject)
        find = None if program.anchored else program.find
        while start <= size:
            if find is not None:
                found = find(subject, start)
                self.charge((found if found >= 0 else size) - start >> 4, 0)
                if found < 0:
                    return None
                start = found
            borders = self.attempt(start)
            if borders is not None:
                self.forget(borders[1])
                return borders
            if program.anchored:
                return None
            start += 1
        return None

    def forget(self, place: int) -> None:
        """Take the marks at a place back."""
        self.charge(len(self.rows) >> 3, 0)
        for row in self.rows:
            if row:
                row[place - self.base] = 0

    def row(self, number: int) -> bytearray:
        """A row of marks, paid for and made at its first use."""
        room = len(self.subject) - self.base + 1
        self.charge(room // COPY, room + WORK_BYTES["re.row"])
        row = self.rows[number] = bytearray(room)
        return row

    def stretch(self, row: bytearray, place: int, operation: Operation) -> int:
        """The end of a run that begins at ``place``, as far as it is new. Its places are marked."""
        members: str = operation[2]
        subject, base, size = self.subject, self.base, len(self.subject)
        end: int = place
        piece = _FIRST
        while True:
            stop = min(end + piece, size)
            marked = row.find(1, end - base + 1, stop - base + 1)
            if marked >= 0:
                end += run_length(subject[end : marked + base - 1], members)
                break
            end += run_length(subject[end:stop], members)
            if end < stop or stop == size:
                break
            piece *= 2
            self.charge(piece // SCAN, 0)
        self.charge((end - place) // SCAN, end - place)
        row[place - base : end - base + 1] = _MARK * (end - place + 1)
        return end

    def attempt(self, start: int) -> list[int] | None:
        """A match that begins at ``start``."""
        subject, base, operations, rows = self.subject, self.base, self.program.operations, self.rows
        size, borders = len(subject), [-1] * (2 * self.program.groups + 2)
        ways: list[int] = []
        number, place, steps = self.program.start, start, 0
        while True:
            steps += 1
            if steps == BATCH:
                self.pay(steps, len(ways))
                steps = 0
            operation = operations[number]
            if (kind := operation[0]) == SET:
                if place < size and subject[place] in operation[1]:
                    place += 1
                    number = operation[2]
                    continue
            elif kind == LITERAL:
                if subject.startswith(operation[1], place):
                    place += operation[3]
                    number = operation[2]
                    continue
            elif kind == SPLIT:
                row = rows[operation[1]] or self.row(operation[1])
                if not row[place - base]:
                    row[place - base] = 1
                    ways += (place, operation[3])
                    number = operation[2]
                    continue
            elif kind == RUN:
                row = rows[operation[1]] or self.row(operation[1])
                if not row[place - base]:
                    end = self.stretch(row, place, operation)
                    number = operation[3]
                    if end > place:
                        ways += (place, end, number, _SHORTER)
                        place = end
                    continue
            elif kind == LOOP:
                row = rows[operation[1]] or self.row(operation[1])
                if (following := self.again(row, place - base, place, operation, ways)) >= 0:
                    number = following
                    continue
            elif kind == SAVE:
                slot = operation[1]
                ways += (borders[slot], slot, _RESTORE)
                borders[slot] = place
                number = operation[2]
                continue
            elif kind == ASSERT:
                if holds(operation[1], subject, place):
                    number = operation[2]
                    continue
            else:
                self.pay(steps, len(ways))
                return [start, place, *borders[2:]]
            number, place = self.back(ways, borders)
            if number < 0:
                self.pay(steps, 0)
                return None

    @staticmethod
    def back(ways: list[int], borders: list[int]) -> tuple[int, int]:
        """A way has failed: where the last other one goes on, operation and place, or -1."""
        while ways:
            number = ways.pop()
            if number == _RESTORE:
                slot = ways.pop()
                borders[slot] = ways.pop()
            elif number == _SHORTER:
                number, end, place = ways.pop(), ways.pop() - 1, ways.pop()
                if end > place:
                    ways += (place, end, number, _SHORTER)
                    place = end
                return number, place
            else:
                return number, ways.pop()
        return -1, 0

    @staticmethod
    def again(row: bytearray, at: int, place: int, operation: Operation, ways: list[int]) -> int:
        """A loop is come to: where to go on the first and the second time at a place, or -1."""
        mark = row[at]
        if mark == 2:
            return -1
        row[at] = mark + 1
        if mark:
            return int(operation[4])
        ways += (place, operation[3])
        return int(operation[2])

    def pay(self, steps: int, ways: int) -> None:
        """For steps, and for a stack that is longer than it was."""
        more = max(0, ways - self.paid)
        self.paid += more
        self.charge(MOVE * steps, _WAY * more)
