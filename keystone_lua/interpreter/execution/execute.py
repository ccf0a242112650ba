"""Running a program from outside: ``execute`` for plain scripts, ``running`` for routing.decision.

Input: a Program, Limits, seed, clock. Output: a Result, whatever happened in the script. Raises
SliceExhausted when a slice was asked for and used up, EngineError for a bug of ours.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from ...implementation import CPYTHON
from .. import costs
from ..errors import BudgetExceeded, EngineError, ScriptError
from ..limits import DEFAULT, MAX_DEPTH, Limits
from ..runtime import operations
from ..runtime.errors import LuaError
from ..runtime.tracebacks import from_python, traceback_lines
from ..runtime.values import LuaValue
from ..text import to_text
from .budgets import NATIVE_CALLS
from .program import Program
from .run import Run

RECURSION_LIMIT: Final = 2 * MAX_DEPTH + 40 * NATIVE_CALLS + 10_000
"""Python frames: two for each Lua call (outlined code), forty for each native call (a library function's own, a sort's
recursion), and what the caller has."""

MESSAGE_BYTES: Final = 10_000
"""Of an error's message that a Failure repeats: a script can make it megabytes long."""

GC_BYTES: Final = 64 << 20
"""Up to this memory limit the cycle collector rests during a run: live memory is below the bytes charged."""

GC_OBJECTS: Final = 200_000
"""New objects between collections above it. Python's 700 make an object-heavy script twice as slow."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of print or log output; ``position`` is "name:line" of the statement."""

    text: str
    position: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a script gave no answer. Texts are Unicode."""

    kind: str
    message: str
    position: str
    traceback: tuple[str, ...] = ()
    top: dict[str, Any] | None = field(default=None, compare=False)
    """What used a budget up, where somebody has asked: plain data, see spending.Top."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one run of a plain script came to. Values are their ``tostring``, one character per byte."""

    values: tuple[str, ...]
    failure: Failure | None
    instructions: int
    allocated_bytes: int
    log: tuple[LogLine, ...]
    cost_version: str = costs.VERSION

    @property
    def status(self) -> str:
        """``ok``, ``error`` or ``budget``."""
        if self.failure is None:
            return "ok"
        return "budget" if self.failure.kind in BUDGET_KINDS else "error"


BUDGET_KINDS: Final = ("instructions", "memory", "log", "timeout")


def failure_of(error: ScriptError) -> Failure:
    """A Failure from an exception; the position is the first of its message, or of its traceback."""
    lines = error.traceback if isinstance(error, LuaError) and error.traceback else traceback_lines(error)
    message = error.message
    if len(message) > MESSAGE_BYTES:
        message = f"{message[:MESSAGE_BYTES]}... ({len(message)} bytes)"
    message = to_text(message)
    place = lines[0].split(": in ")[0] if lines else ""
    return Failure(error.kind, message, to_text(place), tuple(to_text(line) for line in lines))


class _Threshold:
    """The process's threshold between collections: GC_OBJECTS while any run is large, then what it was."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.runs = 0
        self.before = 0

    def begin(self) -> None:
        """One more large run."""
        with self.lock:
            first, *others = gc.get_threshold()
            if not self.runs:
                self.before = first
                gc.set_threshold(GC_OBJECTS, *others)
            self.runs += 1

    def end(self) -> None:
        """One less. What somebody else has set meanwhile stays."""
        with self.lock:
            self.runs -= 1
            first, *others = gc.get_threshold()
            if not self.runs and first == GC_OBJECTS:
                gc.set_threshold(self.before, *others)


_THRESHOLD: Final = _Threshold()


def prepare(limits: Limits) -> bool | None:
    """Set Python up for a run: room for its frames, no cycle collection while memory is bounded.

    Returns what `restore` takes. All of this is the process's: other threads may be running scripts. The recursion
    limit is only ever raised; who finds the collector off leaves it off, so that of runs that overlap the first
    turns it on again, and the others do with it.
    """
    if sys.getrecursionlimit() < RECURSION_LIMIT:
        sys.setrecursionlimit(RECURSION_LIMIT)
    if not CPYTHON:
        return False
    if limits.memory > GC_BYTES:
        _THRESHOLD.begin()
        return None
    collects = gc.isenabled()
    if collects:
        gc.disable()
    return collects


def restore(before: bool | None) -> None:
    """Undo what `prepare` did. No context manager: one costs seven times as much."""
    if before:
        gc.enable()
    elif before is None:
        _THRESHOLD.end()


def settled(run: Run, error: ScriptError) -> ScriptError:
    """What ended a run: a budget that its last statements overdrew comes before the script's own error.

    Charges made in place are looked at by the next one, and after an error there is none.
    """
    if isinstance(error, BudgetExceeded):
        return error  # it knows its position
    try:
        run.refuel(0)
    except BudgetExceeded as stop:
        return stop.with_traceback(error.__traceback__)
    return error


UNFORESEEN: Final = (
    TypeError,
    ArithmeticError,
    LookupError,
    AttributeError,
    NameError,
    ValueError,
    RecursionError,
    MemoryError,
)
"""What a script's code may raise besides ScriptError: a bug of ours, or a call of what is no function."""


def told(error: Exception) -> ScriptError | EngineError:
    """What stands for one of UNFORESEEN."""
    if isinstance(error, TypeError):
        return from_python(error)
    return EngineError(f"{error.__class__.__name__}: {error}")


def protected_call(function: Any, *arguments: LuaValue) -> LuaValue:
    """Call at depth 1. Raises ScriptError or EngineError only."""
    try:
        return function(1, *arguments)
    except UNFORESEEN as error:
        raise told(error) from error


def execute(
    program: Program,
    limits: Limits = DEFAULT,
    *,
    seed: int = 0,
    now: float = 0.0,
    slice: int | None = None,
) -> Result:
    """Run a script's main chunk with fresh globals."""
    return result_of(Run(program, limits, seed, now, slice))


def result_of(run: Run, then: Callable[[], LuaValue] | None = None) -> Result:
    """The same by a run that has been made already; it is closed afterwards.

    ``then`` answers, once the main chunk is done, a function to call; the results are that one's.
    """
    values: tuple[str, ...] = ()
    failure = None
    before = prepare(run.limits)
    try:
        run.refuel(0)
        returned = protected_call(run.chunk())
        if then is not None:
            returned = protected_call(then())
        results = returned if returned.__class__ is tuple else (returned,)
        values = tuple(protected_call(lambda d, v=value: operations.tostring(run, d, v)) for value in results)
        run.refuel(0)
    except ScriptError as error:
        failure = failure_of(settled(run, error))
    finally:
        restore(before)
    log = tuple(LogLine(text, position) for text, position in run.log)
    result = Result(values, failure, *run.spent(), log)
    run.close()
    return result
