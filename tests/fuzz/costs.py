"""``python -m tests.fuzz costs``: programs that take more time or memory than they are charged for.

Input: minutes, a seed. Output: what breaks a bound, reduced; how many programs were tried, and the dearest. Each program
runs until a budget ends it; of each shape of statement the dearest is kept, and changed again and again. Bounds: 20 times the
mean time of an instruction of usual programs, measured in the same process, and 8 MB beyond the charge. Besides, each
program is run for two rounds, at both levels: with exactly the budgets that it needs, with one less, in slices.

The work is done in a process whose freed memory goes back at once; the program under way is in a file, for the case that the
process does not come back.
"""

from __future__ import annotations

import gc
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from keystone_lua.interpreter import EngineError, Limits, LuaSyntaxError, compile_program
from keystone_lua.interpreter.levels import LEVEL_0, LEVEL_1

from ..budgets import grid
from ..levels.compare import Outcome, executed
from .cost_grammar import BEFORE, Grammar, Program

LIMITS: Final = Limits(instructions=600_000)
"""What a program may use: the values that it makes, and its rounds."""
LONG: Final = Limits()
"""For one whose memory is suspect."""
REPEATED: Final = 200_000
"""Instructions of the rounds of one that is suspect."""
FEW: Final = 100_000
"""Instructions below which a program's time is too short to matter, and to measure."""
SUSPECT: Final = 0.5
"""Share of a bound from which on a program is measured again, without its values."""
EXACT: Final = 0.15
"""Share of the programs whose budgets are tried."""
FRESH: Final = 0.35
"""Share of programs that are no changed ones."""
RENEWED: Final = 60.0
"""Seconds after which the usual programs are measured again."""


@dataclass(frozen=True, order=True)
class Score:
    """By what part of a bound a program is dear: 1 breaks it."""

    worst: float
    each: float
    beyond: int
    goes_on: bool = True
    """Whether a budget has ended it, so that its rounds are what it did."""


@dataclass
class Tally:
    """What a campaign has seen."""

    programs: int = 0
    exact: int = 0
    refused: int = 0
    failures: int = 0


class Campaign:
    """See the module's docstring."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.grammar = Grammar(self.random)
        self.mean = grid.mean()
        self.at = time.monotonic()
        self.best: dict[str, tuple[Score, Program]] = {}
        self.tally = Tally()

    def next(self) -> Program:
        if not self.best or self.random.random() < FRESH:
            return self.grammar.program()
        kept = list(self.best.values())
        one, other = self.random.choice(kept), self.random.choice(kept)
        return self.grammar.changed(max(one, other, key=lambda found: found[0])[1])

    def score(self, source: str, limits: Limits, before: tuple[float, int] = (0.0, 0)) -> Score:
        """Of a text; ``before``: seconds and instructions that are not its own."""
        seconds, instructions, charged, grown, status = grid.ran(source.encode("latin-1"), limits)
        each = max(0.0, seconds - before[0]) * 1e9 / max(FEW, instructions - before[1])
        beyond = grown - charged
        return Score(max(each / self.mean / grid.ALLOWED, beyond / grid.SPARE), each, beyond, status == "budget")

    def measured(self, program: Program) -> Score | None:
        """The least of some runs, if the first is suspect; None if it does not compile."""
        try:
            found = self.score(program.source("1e9"), LIMITS)
        except LuaSyntaxError:
            self.tally.refused += 1
            return None
        except TimeoutError:
            return Score(float("inf"), float("inf"), 0)
        if grid.SPARE // 8 < found.beyond < grid.SPARE:  # what waits for the collector grows with each round
            longer = self.score(program.source("1e9"), LONG)
            found = max(found, longer) if longer.beyond > grid.SPARE else found
        if found.worst < SUSPECT:
            return found
        if not found.goes_on:
            return min(self.score(program.source("1e9"), LIMITS) for _ in range(3))
        empty = min(grid.ran(program.source("0").encode("latin-1"), LIMITS)[:2] for _ in range(2))
        if empty[1] > LIMITS.instructions * 3 // 4:
            return min(self.score(program.source("1e9"), LIMITS) for _ in range(3))
        limits = replace(LIMITS, instructions=empty[1] + REPEATED)
        return min(self.score(program.source("1e9"), limits, empty) for _ in range(3))

    def reduced(self, program: Program) -> Program:
        """Without the statements that are not needed, and in the plainest surroundings."""
        for smaller in _smaller(program):
            found = self.measured(smaller)
            if found is not None and found.worst > 1:
                return self.reduced(smaller)
        return program

    def step(self, here: Path) -> None:
        """One program."""
        program = self.next()
        here.write_text(program.source("1e9"), encoding="latin-1")
        if time.monotonic() - self.at > RENEWED:
            self.mean, self.at = grid.mean(), time.monotonic()
        self.tally.programs += 1
        signal.alarm(grid.PATIENCE)
        try:
            found = self.measured(program)
        except EngineError as bug:
            self.report(program, f"{bug!r} {bug.__cause__!r}")
            return
        finally:
            signal.alarm(0)
        if found is None:
            return
        if found.worst > 1:
            signal.alarm(8 * grid.PATIENCE)
            program = self.reduced(program)
            signal.alarm(0)
            self.report(
                program, f"{found.each:.0f} ns, {found.each / self.mean:.1f} x; {found.beyond / 2**20:.1f} MB beyond"
            )
            return
        self.keep(program, found)
        if self.random.random() < EXACT:
            self.tally.exact += 1
            for wrong in inexact(program.source("2").encode("latin-1"), self.random):
                self.report(program, wrong)

    def keep(self, program: Program, found: Score) -> None:
        """For changes; what ends by itself says little of its statements."""
        if not found.goes_on:
            return
        for statement in program.statements:
            known = self.best.get(statement.shape)
            if known is None or known[0] < found:
                self.best[statement.shape] = found, program

    def report(self, program: Program, wrong: str) -> None:
        self.tally.failures += 1
        text = program.source("1e9").split(BEFORE)[1]
        print(f"--- {wrong}\n{text}", flush=True)


def _smaller(program: Program) -> Iterator[Program]:
    count = len(program.statements)
    if count > 1:
        for place in range(count):
            yield replace(program, statements=program.statements[:place] + program.statements[place + 1 :])
    for place, statement in enumerate(program.statements):
        for block, inside in enumerate(statement.blocks):
            if inside:
                blocks = (*statement.blocks[:block], (), *statement.blocks[block + 1 :])
                smaller = replace(statement, blocks=blocks)
                yield replace(
                    program, statements=(*program.statements[:place], smaller, *program.statements[place + 1 :])
                )
                yield replace(program, statements=inside)
    if program.surroundings not in ("plain", "pcall"):
        for surroundings in ("plain", "pcall"):
            yield replace(program, surroundings=surroundings)


def inexact(source: bytes, choice: random.Random) -> Iterator[str]:
    """What is wrong about the budgets of a program that ends."""
    limits = replace(LIMITS, depth=600)
    levels = [compile_program(source, "fuzz", level=level) for level in (LEVEL_0, LEVEL_1)]
    plain, usual = (executed(program, limits) for program in levels)
    if plain.ended() != usual.ended():
        yield f"levels: {usual.against(plain)}"
    if usual.kind in ("instructions", "memory", "engine"):
        if usual.kind == "engine":
            yield usual.failure
        return
    program = levels[1]

    def run(**changes: int) -> Outcome:
        return executed(program, replace(limits, **changes))

    if (same := run(instructions=usual.instructions, memory=usual.bytes)) != usual:
        yield f"with exactly what it needs: {same.against(usual)}"
    cuts = {usual.instructions - 1, choice.randrange(usual.instructions)} if usual.instructions else set()
    for cut in cuts:
        if (stopped := run(instructions=cut)).kind != "instructions":
            yield f"with {cut} of {usual.instructions} instructions: {stopped.kind!r} {stopped.failure}"
    for cut in {usual.bytes - 1, choice.randrange(5_000, max(usual.bytes, 5_001))}:
        if cut < usual.bytes and (stopped := run(memory=cut)).kind != "memory":
            yield f"with {cut} of {usual.bytes} bytes: {stopped.kind!r} {stopped.failure}"


def work(minutes: float, seed: int, here: Path) -> int:
    """A campaign in this process."""
    signal.signal(signal.SIGALRM, grid._endless)
    gc.freeze()
    campaign = Campaign(seed)
    stop = time.monotonic() + 60 * minutes
    while time.monotonic() < stop:
        campaign.step(here)
    tally = campaign.tally
    print(
        f"seed {seed}: {tally.programs} programs, {tally.refused} refused by the compiler, {tally.exact} with exact budgets, {tally.failures} failures"
    )
    print(f"mean of the usual programs {campaign.mean:.1f} ns; the dearest of {len(campaign.best)} shapes:")
    dearest = {program.source("1e9"): (found, program) for found, program in campaign.best.values()}
    for found, program in sorted(dearest.values(), key=lambda kept: kept[0], reverse=True)[:12]:
        text = program.source("1e9").split(BEFORE)[1].replace("\n", " ")
        print(f"{found.each / campaign.mean:6.1f} x {found.beyond / 2**20:6.1f} MB  {text[:400]}")
    return int(tally.failures > 0)


def apart(name: str, minutes: float, seed: int) -> int:
    """A campaign of this folder in a process whose freed memory goes back at once, so that a peak shows."""
    root = Path(__file__).resolve().parents[2]
    here = Path(f"/tmp/keystone-lua-fuzz-{os.getpid()}.lua")
    environment = {**os.environ, "MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}
    command = [sys.executable, "-m", f"tests.fuzz.{name}", str(minutes), str(seed), str(here)]
    code = subprocess.run(command, cwd=root, env=environment, check=False).returncode
    if code not in (0, 1):
        print(f"the process ended with {code} at {here}")
    else:
        here.unlink(missing_ok=True)
    return code


def costs(minutes: float, seed: int) -> int:
    """The campaign."""
    return apart("costs", minutes, seed)


if __name__ == "__main__":
    sys.exit(work(float(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
