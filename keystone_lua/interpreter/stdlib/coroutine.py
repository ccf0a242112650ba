"""The coroutine library (manual 5.2).

Input: functions of the script, threads, values. Output: values. Refuses what 5.1 refuses: functions of the library as
bodies, and to yield across a metamethod or a library function other than ``pcall`` and ``xpcall``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Final

from .. import costs
from ..costs import LIBRARY
from ..numerals import number_to_string
from ..runtime import operations
from ..runtime.coroutines import REQUESTS, Yielded, is_of_script, resume
from ..runtime.errors import LuaError
from ..runtime.tracebacks import LIBRARY_CODES, argument_error, from_python, position
from ..runtime.values import ABSENT, FALSE, TRUE, Coroutine, LuaValue
from .args import check_any
from .base import handle

if TYPE_CHECKING:
    from ..runtime.context import RunContext

_WRAPPED: Final = costs.CLOSURE + costs.UPVALUE

YIELD: Final = ("coroutine", "yield")
PCALL: Final = ("", "pcall")
XPCALL: Final = ("", "xpcall")
PAUSING: Final = (YIELD, PCALL, XPCALL)
"""Library functions that may yield, or call what may."""


def check_thread(value: LuaValue) -> Coroutine:
    """A thread as first argument."""
    if value.__class__ is not Coroutine:
        raise argument_error(1, "coroutine expected")
    thread: Coroutine = value
    return thread


def new_thread(run: RunContext, body: LuaValue) -> Coroutine:
    """A coroutine that has not begun."""
    if body.__class__ is not FunctionType or not is_of_script(body):
        raise argument_error(1, "Lua function expected")
    if run.threads is None:
        run.prepare_coroutines()
    return Coroutine(body)


_CREATE_PRICE, _WRAP_PRICE, _RUNNING_PRICE = (LIBRARY[f"coroutine.{_NAME}"] for _NAME in ("create", "wrap", "running"))
_RESUME_PRICE, _STATUS_PRICE, _YIELD_PRICE = (LIBRARY[f"coroutine.{_NAME}"] for _NAME in ("resume", "status", "yield"))


def create_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def create(d: int, f: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_CREATE_PRICE, costs.COROUTINE)
        return new_thread(run, f)

    return create


def resume_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def resume_(d: int, co: LuaValue = ABSENT, *arguments: LuaValue) -> LuaValue:
        nonlocal fuel, alloc
        fuel -= _RESUME_PRICE + len(arguments) // 8
        alloc -= costs.RESULTS + costs.VALUE * (2 + len(arguments))
        if fuel < 0 or alloc < 0:
            run.refuel(0)
        thread = check_thread(co)
        try:
            result = resume(run, d, thread, arguments)
        except LuaError as caught:
            return FALSE, run.caught(caught)
        except TypeError as caught:
            return FALSE, run.caught(from_python(caught))
        if result.__class__ is tuple:
            fuel -= len(result) // 8
            alloc -= costs.VALUE * len(result)
            if fuel < 0 or alloc < 0:
                run.refuel(0)
            return (TRUE, *result)
        return TRUE, result

    return resume_


def running_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def running(d: int, *_: LuaValue) -> LuaValue:
        run.charge(_RUNNING_PRICE)
        return run.threads[-1] if run.threads else None

    return running


def status_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def status(d: int, co: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_STATUS_PRICE)
        return check_thread(co).status

    return status


def wrap_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def wrap(d: int, f: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_WRAP_PRICE, costs.COROUTINE + _WRAPPED)
        thread = new_thread(run, f)

        def wrapped(d: int, *arguments: LuaValue) -> LuaValue:
            nonlocal fuel, alloc
            fuel -= _RESUME_PRICE
            if arguments:
                fuel -= len(arguments) // 8
                alloc -= costs.RESULTS + costs.VALUE * len(arguments)
            if fuel < 0 or alloc < 0:
                run.refuel(0)
            try:
                return resume(run, d, thread, arguments)
            except LuaError as caught:
                value = caught.value
            except TypeError as caught:
                value = from_python(caught).value
            # out here, or each error would keep the one before, with its frames
            raise passed_on(run, value)

        return wrapped

    return wrap


def yield_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def yield_(d: int, *values: LuaValue) -> LuaValue:
        run.charge(_YIELD_PRICE)
        raise LuaError("attempt to yield across metamethod/C-call boundary")

    return yield_


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Any]:
    """The functions' templates; see registry.Recipe."""
    return {
        "create": create_for(run, fuel, alloc),
        "resume": resume_for(run, fuel, alloc),
        "running": running_for(run, fuel, alloc),
        "status": status_for(run, fuel, alloc),
        "wrap": wrap_for(run, fuel, alloc),
        "yield": yield_for(run, fuel, alloc),
    }


def passed_on(run: RunContext, value: LuaValue) -> LuaError:
    """``auxwrap``: an error of a wrapped coroutine is the caller's, and a message says where that is."""
    run.refuel(0)  # what was charged in place before the error
    if value.__class__ is float:
        value = number_to_string(value)
    if value.__class__ is str:
        place = position(1)
        run.charge(len(value) // costs.COPY, costs.STRING + len(place) + len(value))
        value = place + value
    return LuaError(value)


def twins(run: RunContext, fuel: int, alloc: int) -> dict[tuple[str, str], Callable[..., Any]]:
    """What a twin calls in place of three functions: see twins. The prices are theirs."""
    yield_price, pcall_price, xpcall_price = LIBRARY["coroutine.yield"], LIBRARY["pcall"], LIBRARY["xpcall"]

    def yield_(d: int, *values: LuaValue) -> Yielded:
        nonlocal fuel
        if len(values) == 1:
            fuel -= yield_price
            if fuel < 0:
                run.refuel(0)
            return Yielded(values[0])
        run.charge(yield_price + len(values) // 8, costs.RESULTS + costs.VALUE * len(values))
        return Yielded(values)

    def pcall(d: int, f: LuaValue = ABSENT, *arguments: LuaValue) -> Iterator[Any]:
        count = len(arguments)
        run.charge(pcall_price + count // 8, costs.RESULTS + costs.VALUE + costs.VALUE * count)
        check_any(f, 1)
        try:
            result = called(run, d, f, arguments)
            if result.__class__ in REQUESTS:
                yield result
                result = run.value
        except LuaError as caught:
            run.value = FALSE, run.caught(caught)
        except TypeError as caught:
            run.value = FALSE, run.caught(from_python(caught))
        else:
            run.value = succeeded(run, result)

    def xpcall(d: int, f: LuaValue = ABSENT, handler: LuaValue = ABSENT, *_: LuaValue) -> Iterator[Any]:
        run.charge(xpcall_price, costs.RESULTS + costs.VALUE)
        check_any(handler, 2)
        try:
            result = called(run, d, f, ())
            if result.__class__ in REQUESTS:
                yield result
                result = run.value
        except LuaError as caught:
            run.value = handle(run, d, handler, caught)
        except TypeError as caught:
            run.value = handle(run, d, handler, from_python(caught))
        else:
            run.value = succeeded(run, result)

    return {YIELD: yield_, PCALL: pcall, XPCALL: xpcall}


def called(run: RunContext, d: int, f: LuaValue, arguments: tuple[LuaValue, ...]) -> LuaValue:
    """operations.call in a coroutine: results, or a request for the driver. No stack of C's is taken."""
    function = run.twin(f)
    if function.__class__ is not FunctionType:
        return operations.call(run, f, d, *arguments)
    d += 1
    if d > run.deepest.cell_contents:
        run.refuel(d)
    return function(d, *arguments)


def succeeded(run: RunContext, result: LuaValue) -> tuple[LuaValue, ...]:
    """``true`` and the results."""
    if result.__class__ is not tuple:
        return TRUE, result
    run.charge(len(result) // 8, costs.VALUE * len(result))
    return (TRUE, *result)


def _register(code: CodeType) -> None:
    LIBRARY_CODES.add(code)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            _register(constant)


for _function in (*library(None, 0, 0).values(), *twins(None, 0, 0).values()):  # type: ignore[arg-type]
    _register(_function.__code__)
"""Positions and tracebacks know library functions, and what they make, by their code."""
