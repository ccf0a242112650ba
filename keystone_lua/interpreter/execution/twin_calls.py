"""What a twin calls: for each value that the script calls in a coroutine, the twin, or the value itself.

Input: a run, a value. Output: what to call with the same arguments; it answers results, or one of REQUESTS, which is to
be yielded to the driver (see twins). Raises what ends runs.

Made when a run has its first coroutine: the others pay nothing for it.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, Final, Protocol

from .. import costs
from ..runtime import metatables
from ..runtime.context import RunContext
from ..runtime.coroutines import TWINS, Twin, is_of_script, twin_of
from ..runtime.values import LuaValue, MetaTable
from ..stdlib import coroutine
from ..stdlib.registry import Recipe
from .program import Program


def _template(run: RunContext, fuel: int, alloc: int) -> Any:
    def twin(f: LuaValue) -> LuaValue:
        """What a twin calls for ``f``."""
        nonlocal fuel, alloc
        if f.__class__ is FunctionType:
            made = run.twins.get(f)
            if made is None:
                if not is_of_script(f):
                    return f
                alloc -= costs.TWIN
                if alloc < 0:
                    run.refuel(0)
                twin, _, pieces = twin_of(run, f)
                made = run.twins[f] = _charging(run, pieces, twin) if pieces else twin
            fuel -= costs.COROUTINE_CALL
            if fuel < 0:
                run.refuel(0)
            return made
        return _through_meta(run, f) if isinstance(f, MetaTable) else f

    return twin


_TWIN: Final = Recipe("twin", _template(None, 0, 0))  # type: ignore[arg-type]


def _charging(run: RunContext, size: int, twin: FunctionType) -> LuaValue:
    """A twin of which parts are generators of their own, which are paid for at each call."""

    def call(d: int, *arguments: LuaValue) -> LuaValue:
        run.charge(0, size)
        return twin(d, *arguments)

    return call


def _through_meta(run: RunContext, table: MetaTable) -> LuaValue:
    """What to call for ``table(...)``: its ``__call`` is one of the few metamethods that may yield."""
    handler = metatables.metamethod(run, table, "__call")
    if handler.__class__ is not FunctionType:
        return table

    def call_meta(d: int, *arguments: LuaValue) -> LuaValue:
        run.charge(costs.METAMETHOD + len(arguments) // 8, costs.RESULTS + costs.VALUE * len(arguments))
        d += run.native_call_depth
        if d > run.depth_limit:
            run.refuel(d)
        return run.twin(handler)(d, table, *arguments)

    return call_meta


_PAUSING: Final = {path: Recipe(made.__name__, made) for path, made in coroutine.twins(None, 0, 0).items()}  # type: ignore[arg-type]
"""The library functions that have twins."""


class Having(RunContext, Protocol):
    """A run, as far as its program is wanted."""

    program: Program


TWIN_MAKERS: Final[list[Callable[[Program], dict[str, Twin]]]] = []
"""What makes a program's twins late: the compiler, which stands above all that runs."""


def prepare(run: Having) -> None:
    """Be ready for a run's first coroutine. Twins that are made late are paid for by each run, whoever makes them."""
    program = run.program
    if program.late_twins:
        run.charge(costs.LOAD_UNIT * program.late_twins, costs.LOAD_UNIT_BYTES * program.late_twins)
        if program.namespace.get(TWINS) is None:
            (make,) = TWIN_MAKERS
            program.namespace[TWINS] = make(program)
    run.threads = []
    run.twin = _TWIN.make(run.cells)
    run.twins = {run.member(*path): recipe.make(run.cells) for path, recipe in _PAUSING.items()}
