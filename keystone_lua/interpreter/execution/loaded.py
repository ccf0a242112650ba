"""Chunks that a run loads: their code over the run's cells.

Input: a run, a text, a name, perhaps an environment. Output: a function that sees the run's globals, or that table in
their place, and nobody's locals. Raises LuaSyntaxError, what ends runs, and StackOverflow where the compiler would have
too little of C's stack.

The compiler is a room above this one, so it registers itself in COMPILERS.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CellType, CodeType, FunctionType
from typing import Any, Final, Protocol

from .. import costs
from ..levels import Level
from ..runtime.context import RunContext
from ..runtime.errors import StackOverflow
from ..runtime.tracebacks import overflow_error
from ..runtime.values import Table
from .program import Program

COMPILER_CALLS: Final = 100
"""Calls through the library that take as much of C's stack as the compiler."""

Pay = Callable[..., None]
"""Charges instructions and bytes before the work."""


class Compiler(Protocol):
    """What compiles while a script runs."""

    def __call__(self, text: str, name: str, level: Level, limit: int, pay: Pay) -> tuple[CodeType, dict[str, Any]]:
        """The code of a chunk and its globals. Raises LuaSyntaxError, and what ``pay`` raises."""


COMPILERS: Final[list[Compiler]] = []


class Loading(RunContext, Protocol):
    """What loading wants of a run besides."""

    program: Program


def load(run: Loading, d: int, text: str, name: str, environment: Table | None) -> FunctionType:
    """The function of a text, over the run's globals or a table in their place."""
    if d + COMPILER_CALLS * run.native_call_depth > run.depth_limit:
        raise StackOverflow(overflow_error("stack overflow"))
    run.charge(costs.LOAD_BYTE * len(text), costs.LOADED + 4 * len(text) + len(name))
    (compiler,) = COMPILERS
    code, space = compiler(text, name, run.program.level, run.limits.source, run.charge)
    cells = run.cells if environment is None else {**run.cells, "G": CellType(environment)}
    closure = tuple([cells[cell] for cell in code.co_freevars])
    return FunctionType(code, space, code.co_name, None, closure)
