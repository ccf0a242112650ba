"""The engine in process, as ``keystone-lua exec FILE.lua`` runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from keystone_lua.interpreter import Limits, LuaSyntaxError, Program, compile_program, execute

ROOMY: Final = Limits(instructions=400_000_000, memory=4 << 30, log=64 << 20, source=16 << 20)
"""Limits that no program of the suites should meet: what is tested here is the language."""


@dataclass(frozen=True)
class Outcome:
    """What a program came to. ``output`` has one character per byte; ``error`` is the whole message."""

    status: str
    output: str
    error: str | None
    values: tuple[str, ...] = ()
    instructions: int = 0
    allocated_bytes: int = 0


def run(source: bytes, name: str, limits: Limits = ROOMY, now: float = 1_700_000_000.0) -> Outcome:
    """Compile and run a program under a chunk name."""
    return run_times(1, source, name, limits, now)[0]


def run_times(times: int, source: bytes, name: str, limits: Limits, now: float = 1_700_000_000.0) -> list[Outcome]:
    """Compile once and run several times."""
    try:
        program = compile_program(source, name, limit=limits.source)
    except LuaSyntaxError as error:
        return [Outcome("syntax", "", error.message)] * times
    return [_execute(program, limits, now) for _ in range(times)]


def _execute(program: Program, limits: Limits, now: float) -> Outcome:
    result = execute(program, limits, seed=0, now=now)
    output = "".join([line.text + "\n" for line in result.log])
    error = None
    if result.failure is not None:
        error = result.failure.message.encode("utf-8", "replace").decode("latin-1")
    return Outcome(result.status, output, error, result.values, result.instructions, result.allocated_bytes)
