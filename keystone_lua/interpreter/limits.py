"""What one run may use: the limits, with their units and reasons. Nothing here measures or enforces them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..implementation import CPYTHON

MIB = 1 << 20

MAX_DEPTH = 16_000 if CPYTHON else 8_000
"""The largest depth that every supported CPython can serve on an 8 MiB C stack; PyPy takes C stack for each call."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The budgets of one run.

    A run that needs exactly a limit's value succeeds at it and stops one below.
    """

    instructions: int = 10_000_000
    """Instructions of the cost table. The dearest take about 0.4 µs: under 5 s for any script."""

    memory: int = 10 * MIB
    """Bytes, cumulative: everything ever allocated, never refunded. The Go engine promised 10 MB."""

    depth: int = 7_000
    """Nested calls. PUC 5.1 allows 20,000 Lua calls and 200 C calls; see costs.py for frames' bytes."""

    log: int = 64 * 1024
    """Bytes of print and log output, newlines included. ``exec`` raises it: its output is its purpose."""

    source: int = MIB
    """Bytes of one source file. With MAX_TOKENS and MAX_COMPILE_COST it bounds compile time: see allowed."""

    seconds: float | None = None
    """Wall clock, checked between slices; None is off, so that a run stays a pure function."""

    load: bool = False
    """Whether ``load`` and ``loadstring`` are there, which compile text while a script runs."""

    inert_io: bool = False
    """Whether ``io`` is there, as a table whose functions say that they are not available."""

    def __post_init__(self) -> None:
        """Raises TypeError, ValueError: a limit that is none would end in the middle of somebody's run."""
        whole: dict[str, object] = {
            "instructions": self.instructions,
            "memory": self.memory,
            "depth": self.depth,
            "log": self.log,
            "source": self.source,
        }
        for name, value in whole.items():
            if not isinstance(value, int) or isinstance(value, bool):
                raise TypeError(f"{name} must be an int, not {type(value).__name__}")
            if value < 0:
                raise ValueError(f"{name} must be at least 0, not {value}")
        switches: dict[str, object] = {"load": self.load, "inert_io": self.inert_io}
        for name, value in switches.items():
            if not isinstance(value, bool):
                raise TypeError(f"{name} must be a bool, not {type(value).__name__}")
        if self.depth > MAX_DEPTH:
            raise ValueError(f"depth must be at most {MAX_DEPTH}, not {self.depth}")
        seconds: object = self.seconds
        if seconds is None:
            return
        if not isinstance(seconds, (int, float)) or isinstance(seconds, bool):
            raise TypeError(f"seconds must be a number or None, not {type(seconds).__name__}")
        if not seconds > 0:
            raise ValueError(f"seconds must be more than 0, not {seconds}")


DEFAULT = Limits()


def allowed(most: int, source: int) -> int:
    """``most`` of tokens or units, and as many times that as ``source`` is of the bytes that a source usually may have:
    who takes larger files waits for them, a second or two for a MiB."""
    return most * max(source, DEFAULT.source) // DEFAULT.source


MAX_TOKENS = 200_000
"""Tokens of one source: what the parser takes 1 s for. A megabyte of dense Lua has more, 20,000 lines have not."""

MAX_COMPILE_COST = 320_000
"""Units of work for the compiler in a program, see compile_cost.py: 2 s and 300 MB at most. Functions that coroutines
run are compiled twice; where that would be too much a run does it, and pays. 79,000 constructor fields, 6,300 elseifs
or a sum of 19,900 terms fit, and so do about 8,000 lines as people write them (40 units each)."""

MAX_PASSED = 200_000
"""Outer names of all functions of a program, each counted in each function that it passes: CPython 3.12 takes 10 µs for
one. They cost as much as MAX_COMPILE_COST, and are counted before they are worked on."""

MAX_PROVED = 100_000
"""Of these, up to which a program's start-up is looked at (see analysis.constant_startup): that takes a fifth of the
rest of compiling, and a start-up that is longer outgrows the first slice of a run anyway."""


GUARD_FAILURES: Final = (TypeError, ArithmeticError, LookupError, ValueError)
"""What an attempt raises when it does not fit: a wrong type, a zero divisor, a place outside of a string."""
