"""One program at several levels of optimisation: what differs.

Input: a source, and a way to run it. Output: the levels at which the answer, the error, the instructions or the bytes
differ from those at level 0, with both. A program that does not compile has nothing to compare.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from keystone_lua.interpreter import EngineError, Limits, LuaSyntaxError, Program, compile_program, decide, execute
from keystone_lua.interpreter.levels import LEVEL_0, LEVEL_1, Level

LIMITS: Final = Limits(instructions=300_000, memory=2_000_000, log=20_000, depth=200)
"""Small: a budget that ends a run must end it at the same place, and most programs need less."""

NOW: Final = 1_790_000_000.0

SWITCHES: Final = {field.name: replace(LEVEL_1, **{field.name: False}) for field in fields(Level)}
"""Each optimisation off alone."""

BOTH: Final = {"level 1": LEVEL_1}
ALL: Final = BOTH | SWITCHES


@dataclass(frozen=True, slots=True)
class Difference:
    """What a run at ``level`` came to, and what it came to at level 0."""

    program: str
    level: str
    found: Any
    expected: Any

    def __str__(self) -> str:
        if isinstance(self.found, tuple) and isinstance(self.expected, tuple):
            parts = [
                f"{was!r} became {now!r}" for was, now in zip(self.expected, self.found, strict=True) if was != now
            ]
            return f"{self.program}: {self.level}: {'; '.join(parts)}"[:600]
        return f"{self.program}: {self.level}: {self.expected} became {self.found}"[:600]


@dataclass(frozen=True, slots=True)
class Case:
    """A program; ``requests`` make it a routing script that is asked each of them."""

    name: str
    source: bytes
    requests: tuple[dict[str, Any], ...] = ()
    limits: Limits = LIMITS

    def run(self, program: Program) -> tuple[Any, ...]:
        """All that a user sees, addresses excepted: they are no part of what a run depends on."""
        if self.requests:
            return tuple(self.decided(program, request) for request in self.requests)
        try:
            result = execute(program, self.limits, seed=7, now=NOW)
        except EngineError as bug:
            return ("engine error", str(bug), 0, 0)
        log = tuple(line.text for line in result.log)
        return str(result.failure), (result.values, log), result.instructions, result.allocated_bytes

    def decided(self, program: Program, request: dict[str, Any]) -> tuple[Any, ...]:
        """The same of one decision."""
        made = decide(program, request, limits=self.limits, seed=7, now=NOW)
        return str(made.failure), made.answer, made.instructions, made.allocated_bytes


def differences(case: Case, levels: dict[str, Level]) -> Iterator[Difference]:
    """Where ``levels`` differ from level 0."""
    try:
        expected = case.run(compile_program(case.source, case.name, level=LEVEL_0))
    except LuaSyntaxError:
        return
    for name, level in levels.items():
        found = case.run(compile_program(case.source, case.name, level=level))
        if found != expected:
            yield Difference(case.name, name, found, expected)


def compare(cases: Iterable[Case], levels: dict[str, Level]) -> list[str]:
    """All differences, as text."""
    return [str(difference) for case in cases for difference in differences(case, levels)]
