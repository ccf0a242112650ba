"""Host functions, which an embedder adds to a plain script's globals; and calls of a script's global functions.

Input: a Program, the functions by name, the name of a global to call. Output: a Result. Raises what ``execute``
raises.

A host function is a Python function that gets the run, the depth and the arguments, all Lua values, and answers as
library functions do (see values). Its price is charged before each call; work and bytes that depend on its arguments
it charges itself, before, with ``run.charge``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import CodeType, FunctionType

from ..runtime.tracebacks import LIBRARY_CODES
from ..runtime.values import LuaValue
from ..stdlib.registry import LIBRARIES
from .execute import Result, result_of
from .program import Program
from .run import Run

Body = Callable[[Run, int, tuple[LuaValue, ...]], LuaValue]


@dataclass(frozen=True, slots=True)
class HostFunction:
    """``price`` is in instructions and at least 1."""

    price: int
    body: Body


def inject(run: Run, functions: Mapping[str, HostFunction]) -> None:
    """Put functions into a run's globals, before its main chunk has run. Raises ValueError, see `check_names`."""
    check_names(run.program, functions)
    for name, function in functions.items():
        run.globals[name] = bound(run, function)


def check_names(program: Program, names: Iterable[str]) -> None:
    """Raises ValueError for a name that no host can set or call: the code would not see it, or take it for another.

    Of a program that is not ``hosted`` these are the globals that the script assigns itself.
    """
    for name in names:
        if name == "_G" or name in LIBRARIES or name in LIBRARIES[""]:
            raise ValueError(f"'{name}' is a name of the Lua library, which a host cannot set")
        if name in program.own:
            raise ValueError(f"the script assigns '{name}' itself: its program must be compiled with hosted=True")


def call_global(run: Run, name: str) -> Result:
    """Run the main chunk, then call a global function without arguments; its results are the Result's values.

    The run is closed afterwards. Raises ValueError, see `check_names`.
    """
    check_names(run.program, (name,))
    return result_of(run, lambda: run.globals.get(name))


def global_functions(run: Run) -> tuple[Result, tuple[str, ...]]:
    """Run the main chunk; the names of the global functions that it has defined, in the order of definition."""
    injected = set(run.globals)
    names: list[str] = []

    def collect() -> LuaValue:
        names.extend(
            name
            for name, value in run.globals.items()
            if name.__class__ is str and name not in injected and value.__class__ is FunctionType
        )
        return _nothing

    return result_of(run, collect), tuple(names)


def _nothing(d: int) -> LuaValue:
    return ()


def bound(run: Run, function: HostFunction) -> LuaValue:
    """The function as a Lua value of this run."""
    price, body = function.price, function.body

    def host(d: int, *arguments: LuaValue) -> LuaValue:
        run.charge(price)
        return body(run, d, arguments)

    return host


LIBRARY_CODES.update(code for code in bound.__code__.co_consts if isinstance(code, CodeType))
"""Positions and tracebacks know a library function by its code; host functions share theirs."""
