"""One program at several levels of optimisation: what differs.

Input: a source, and how to run it. Output: the levels at which the answer, the error, the instructions or the bytes
differ from those at level 0, with both; the same with budgets that end the run in the middle. A program that does not
compile has nothing to compare.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from keystone_lua.interpreter import EngineError, Failure, Limits, LuaSyntaxError, Program, compile_program, execute
from keystone_lua.interpreter.levels import LEVEL_0, LEVEL_1, Level
from keystone_lua.routing.decision import decide

LIMITS: Final = Limits(instructions=200_000, memory=1_000_000, log=20_000, depth=600)
"""Small: most programs need less, and a budget that ends a run must end it at the same place."""

NOW: Final = 1_790_000_000.0
BUDGETS: Final = ("instructions", "memory")
LEAST: Final = 6_000
"""Bytes: more than a run takes before its first statement."""

SWITCHES: Final = {field.name: replace(LEVEL_1, **{field.name: False}) for field in fields(Level)}
"""Each optimisation off alone."""

HOSTED: Final = "hosted"
"""Level 1 for a host that may set and call the program's globals, and does neither here."""

BOTH: Final = {"level 1": LEVEL_1}
ALL: Final = BOTH | SWITCHES | {HOSTED: LEVEL_1}


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a user sees of a run."""

    kind: str
    failure: str
    answer: Any
    instructions: int
    bytes: int

    def ended(self) -> Outcome:
        """What every level says of a run that a budget has ended in the middle: how it ended and what it had said.

        Charges that nothing can tell apart are looked at together, at different places at different levels. So the
        budget that did not end the run may count a few charges more or less.
        """
        return Outcome(self.kind, "", self.answer, 0, 0) if self.kind in BUDGETS else self

    def against(self, expected: Outcome) -> str:
        """What differs."""
        pairs = ((item.name, getattr(expected, item.name), getattr(self, item.name)) for item in fields(self))
        return ", ".join(f"{name} {was!r:.200} became {now!r:.200}" for name, was, now in pairs if was != now)


@dataclass(frozen=True, slots=True)
class Case:
    """A program; ``requests`` make it a routing script that is asked each of them."""

    name: str
    source: bytes
    requests: tuple[dict[str, Any], ...] = ()
    limits: Limits = LIMITS
    modules: Mapping[str, bytes] = field(default_factory=dict)

    def compiled(self, level: Level, hosted: bool = False) -> Program:
        """The program at a level."""
        return compile_program(self.source, self.name, self.modules, level=level, hosted=hosted)

    def run(self, program: Program, limits: Limits) -> list[Outcome]:
        """One outcome, or one for each request."""
        if not self.requests:
            return [executed(program, limits)]
        return [decided(program, request, limits) for request in self.requests]


def executed(program: Program, limits: Limits = LIMITS) -> Outcome:
    """What a run of a plain script comes to."""
    try:
        result = execute(program, limits, seed=7, now=NOW)
    except EngineError as bug:
        return Outcome("engine", str(bug), None, 0, 0)
    answer = result.values, tuple(line.text for line in result.log)
    return Outcome(kind_of(result.failure), str(result.failure), answer, result.instructions, result.allocated_bytes)


def decided(program: Program, request: dict[str, Any], limits: Limits = LIMITS) -> Outcome:
    """What a decision comes to."""
    try:
        made = decide(program, request, limits=limits, seed=7, now=NOW)
    except EngineError as bug:
        return Outcome("engine", str(bug), None, 0, 0)
    return Outcome(kind_of(made.failure), str(made.failure), made.answer, made.instructions, made.allocated_bytes)


def kind_of(failure: Failure | None) -> str:
    """The kind of a failure, "" for none."""
    return "" if failure is None else failure.kind


def cuts(case: Case, whole: Outcome, count: int) -> Iterator[Limits]:
    """The limits of a case, then ``count`` smaller budgets of each kind."""
    yield case.limits
    source = random.Random(case.name)
    for _ in range(count):
        yield replace(case.limits, instructions=source.randint(1, max(whole.instructions, 1)))
        yield replace(case.limits, memory=source.randint(LEAST, max(whole.bytes, LEAST)))


def differences(case: Case, levels: Mapping[str, Level], count: int = 0) -> Iterator[str]:
    """Where ``levels`` differ from level 0, the first time for each level."""
    try:
        plain = case.compiled(LEVEL_0)
    except LuaSyntaxError:
        return
    whole = case.run(plain, case.limits)[0]
    tried = [(limits, case.run(plain, limits)) for limits in cuts(case, whole, count)]
    for name, level in levels.items():
        program = case.compiled(level, name == HOSTED)
        for limits, expected in tried:
            found = zip(case.run(program, limits), expected, strict=True)
            pairs = [(now.ended(), was.ended()) for now, was in found]
            if what := next((now.against(was) for now, was in pairs if now != was), ""):
                cut = "" if limits is case.limits else f" ({limits.instructions} instructions, {limits.memory} bytes)"
                yield f"{case.name}: {name}{cut}: {what}"
                break


def compare(cases: Iterable[Case], levels: Mapping[str, Level], count: int = 0) -> list[str]:
    """All differences."""
    return [difference for case in cases for difference in differences(case, levels, count)]
