"""Cost summary: runs with a profile recorder, and in short what used a budget up.

Input: sources, and what a run takes. Output: the run's outcome, the same as without a recorder, and its Profile; of
that, the dearest lines and library functions. Raises LuaSyntaxError, and what execution raises.

A run is a pure function, so running it again shows what used up its budget. The second run may be told to stop
earlier: then it shows how the first one began.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from ..interpreter.compile import compile_program
from ..interpreter.errors import LuaSyntaxError
from ..interpreter.execution.execute import Result, result_of
from ..interpreter.limits import DEFAULT, Limits
from ..interpreter.profiling.recorder import AccountedRun, Profile, Spent
from .decision import Decision, decision_of

SHOWN: Final = 3
"""Lines, and functions, that a summary names."""

EXPLAINED: Final = ("instructions", "memory", "timeout")
"""Kinds of failures that spending explains."""


@dataclass(frozen=True, slots=True)
class Top:
    """What a budget went to: amounts in ``unit`` ("instructions" or "bytes") out of ``total``, dearest first.

    A function's spending is part of the lines that called it.
    """

    unit: str
    total: int
    lines: tuple[tuple[str, int], ...]
    functions: tuple[tuple[str, int], ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data: ``{"unit", "total", "lines": [{"line", "spent"}], "functions": [{"function", "spent"}]}``."""
        return {
            "unit": self.unit,
            "total": self.total,
            "lines": [{"line": line, "spent": spent} for line, spent in self.lines],
            "functions": [{"function": name, "spent": spent} for name, spent in self.functions],
        }

    def __str__(self) -> str:
        shares = [(where, 100 * spent // self.total) for where, spent in (*self.lines, *self.functions)]
        parts = [f"{where} {share}%" for where, share in shares if share]
        return f"{self.total} {self.unit}: {', '.join(parts)}"


def profile(
    source: bytes,
    name: str,
    modules: Mapping[str, bytes] = MappingProxyType({}),
    request: Mapping[str, Any] | None = None,
    *,
    limits: Limits = DEFAULT,
    seed: int = 0,
    now: float = 0.0,
) -> tuple[Decision | Result, Profile]:
    """A decision on ``request``, or a plain script's run without one, and what it spent: in ten times the time."""
    run = AccountedRun(compile_program(source, name, modules, limits.source, accounted=True), limits, seed, now)
    outcome = result_of(run) if request is None else decision_of(run, request)
    return outcome, run.profile()


def spent(
    source: bytes,
    name: str,
    modules: Mapping[str, bytes] = MappingProxyType({}),
    request: Mapping[str, Any] | None = None,
    *,
    kind: str,
    limits: Limits = DEFAULT,
    seed: int = 0,
    now: float = 0.0,
    at_most: int = 10_000_000,
    seconds: float | None = None,
) -> Top | None:
    """What used up the budget of a run that failed as ``kind``, as far as its first ``at_most`` instructions, and
    ``seconds`` of the second run.

    None for kinds that spending does not explain.
    """
    if kind not in EXPLAINED:
        return None
    bounded = replace(limits, instructions=min(limits.instructions, at_most), seconds=seconds)
    try:
        _, found = profile(source, name, modules, request, limits=bounded, seed=seed, now=now)
    except LuaSyntaxError:
        return None
    return top(found, "bytes" if kind == "memory" else "instructions")


def top(found: Profile, unit: str) -> Top:
    """The dearest lines and functions of a profile, by ``unit``; equals in the order of their names."""

    def amount(account: Spent) -> int:
        return account.bytes if unit == "bytes" else account.instructions

    def dearest(accounts: Mapping[str, Spent]) -> tuple[tuple[str, int], ...]:
        paid = sorted((-amount(account), where) for where, account in accounts.items() if amount(account) > 0)
        return tuple((where, -negative) for negative, where in paid[:SHOWN])

    total = amount(found.base) + sum(amount(account) for account in found.lines.values())
    lines = {f"{chunk}:{line}": account for (chunk, line), account in found.lines.items()}
    return Top(unit, total, dearest(lines), dearest(found.functions))
