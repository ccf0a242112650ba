"""Compiling and running plain scripts for a Python program.

In: sources, limits, functions and values of the host. Out: a Program; a Result, whatever the script did. Raises
TypeError and ValueError for wrong arguments, LuaSyntaxError for a source that is no program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import FunctionType, MappingProxyType
from typing import Any

from ..interpreter import DEFAULT, Failure, Limits, LogLine, LuaError, Program, ScriptError, costs
from ..interpreter import compile_program as compile_sources
from ..interpreter.errors import BudgetExceeded
from ..interpreter.execution.execute import BUDGET_KINDS, failure_of, prepare, protected_call, restore, settled
from ..interpreter.execution.host_functions import check_names
from ..interpreter.execution.run import Run
from ..interpreter.runtime import operations
from ..interpreter.runtime.values import LuaValue
from . import arguments as given
from .text import outside
from .values import HostRaised, counted, to_lua, to_python


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one run.

    ``values`` are what the script returned, as Python values (see docs/embedding.md), ``texts`` what Lua's ``tostring``
    says of them. ``failure`` is None if the script ended well; else there are no values. ``instructions`` and
    ``allocated_bytes`` are what it used of its limits, exactly, by the prices of ``cost_version``.
    """

    values: tuple[Any, ...]
    texts: tuple[str, ...]
    failure: Failure | None
    instructions: int
    allocated_bytes: int
    log: tuple[LogLine, ...]
    cost_version: str = costs.VERSION
    error: ScriptError | None = field(default=None, compare=False)
    """The failure as an exception, for `raise_for_failure`."""

    @property
    def value(self) -> Any:
        """The first value; None if there is none."""
        return self.values[0] if self.values else None

    @property
    def status(self) -> str:
        """``ok``, ``error`` or ``budget``."""
        if self.failure is None:
            return "ok"
        return "budget" if self.failure.kind in BUDGET_KINDS else "error"

    def raise_for_failure(self) -> Result:
        """Itself if the script ended well. Raises LuaError, StackOverflow or a BudgetExceeded otherwise."""
        if self.error is not None:
            raise self.error
        return self

    def __repr__(self) -> str:
        said = counted(len(self.values), "value")
        if self.failure is not None:
            said = f"{self.failure.kind}: {self.failure.message!r:.80}"
        return (
            f"<Result {self.status}, {said}, {counted(self.instructions, 'instruction')}, {self.allocated_bytes} bytes>"
        )


def compile_program(
    source: str | bytes,
    name: str = "script",
    modules: Mapping[str, str | bytes] = MappingProxyType({}),
    limits: Limits = DEFAULT,
) -> Program:
    """Compile a script and the modules that it requires. Text is taken as UTF-8.

    Positions in messages begin with ``name``. ``modules`` are sources by the names that ``require`` knows them by;
    those that the script names by a literal are linked. Of ``limits`` only ``source`` matters here: bytes of each
    file. A Program is immutable: keep it, share it among threads, pickle it (by its sources). Raises LuaSyntaxError.
    """
    made = given.source("source", source)
    title = given.text("name", name)
    files = {
        given.text("a module's name", file): given.source(f"module {file}", text)
        for file, text in given.mapping("modules", modules).items()
    }
    return compile_sources(made, title, files, given.limits(limits).source)


def execute(
    program: Program,
    limits: Limits = DEFAULT,
    *,
    host: Mapping[str, Any] = MappingProxyType({}),
    call: str | None = None,
    arguments: Sequence[Any] = (),
    seed: int = 0,
    now: float = 0.0,
) -> Result:
    """Run a script with globals of its own and those of ``host``.

    ``host`` are globals by name: Python values, which are copied and paid for, and HostFunctions. ``arguments`` are
    what the script finds as ``...``; with ``call`` they go to that global function, once the script has run, and its
    values are the Result's. ``seed`` is that of ``math.random``, ``now`` the script's clock, Unix time in seconds.

    The same arguments give the same Result, with host functions if these answer the same. Any number of threads may
    run the same program. Exceptions of host functions, except LuaError, are raised as they are; EngineError means a
    bug of the engine.
    """
    given.program(program)
    given.limits(limits)
    lent = {given.text("a name in host", name): value for name, value in given.mapping("host", host).items()}
    called = None if call is None else given.text("call", call)
    if isinstance(arguments, (str, bytes)) or not isinstance(arguments, Sequence):
        raise given.wrong("arguments", "a list or tuple", arguments)
    seed, now = given.whole("seed", seed), given.clock(now)
    names = [*lent] if called is None else [*lent, called]
    run = Run(_fit(program, names), limits, seed, now)
    check_names(run.program, lent)
    try:
        return _result(run, lent, called, arguments)
    except HostRaised as raised:
        error = raised.error
    finally:
        run.close()
    raise error


def _fit(program: Program, names: Sequence[str]) -> Program:
    """The program itself, or compiled again for a host that sets or calls what the script assigns."""
    if program.hosted or program.own.isdisjoint(names):
        return program
    if not program.for_hosts:
        program.for_hosts.append(
            compile_sources(
                program.source,
                program.name,
                program.sources,
                program.limit,
                level=program.level,
                hosted=True,
            )
        )
    return program.for_hosts[0]


def _result(run: Run, lent: Mapping[str, Any], called: str | None, arguments: Sequence[Any]) -> Result:
    values: tuple[Any, ...] = ()
    texts: tuple[str, ...] = ()
    failure = reason = None
    before = prepare(run.limits)
    try:
        run.refuel(0)
        returned = _returned(run, lent, called, arguments)
        results = returned if returned.__class__ is tuple else (returned,)
        texts = tuple(outside(protected_call(lambda d, v=value: operations.tostring(run, d, v))) for value in results)
        run.refuel(0)
        known: dict[Any, Any] = {}
        values = tuple([to_python(value, known=known) for value in results])
    except ScriptError as error:
        ended = settled(run, error)
        failure, texts = failure_of(ended), ()
        reason = _alone(ended, failure)
    finally:
        restore(before)
    log = tuple([LogLine(outside(text), outside(position)) for text, position in run.log])
    return Result(values, texts, failure, *run.spent(), log, error=reason)


def _returned(run: Run, lent: Mapping[str, Any], called: str | None, arguments: Sequence[Any]) -> LuaValue:
    try:
        for name, value in lent.items():
            run.charge(0, costs.ENTRY)
            if (made := to_lua(run, value, f"host[{outside(name)!r}]")) is not None:
                run.globals[name] = made
        passed = [to_lua(run, value, f"arguments[{place}]") for place, value in enumerate(arguments)]
    except (TypeError, ValueError) as error:
        raise HostRaised(error) from None
    if called is None:
        return protected_call(run.chunk(), *passed)
    protected_call(run.chunk())
    function = run.globals.get(called)
    if function.__class__ is not FunctionType:
        raise LuaError(f"{run.program.name}: there is no global function '{called}'")
    return protected_call(function, *passed)


def _alone(error: ScriptError, failure: Failure) -> ScriptError:
    """The error without the run that it comes from: an exception keeps alive every frame that it has passed."""
    if isinstance(error, LuaError):
        return error.__class__(to_python(error.value), failure.traceback, outside(error.message))
    assert isinstance(error, BudgetExceeded)
    return error.__class__(error.limit)
