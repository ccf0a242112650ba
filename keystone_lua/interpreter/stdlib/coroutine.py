"""The coroutine library (manual 5.2).

Input: functions of the script, threads, values. Output: values. Refuses what 5.1 refuses: functions of the library as
bodies, and to yield across a metamethod or a library function other than ``pcall`` and ``xpcall``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Final

from .. import costs, operations
from ..coroutines import REQUESTS, Yielded, is_of_script, resume
from ..costs import LIBRARY
from ..errors import LuaError
from ..tracebacks import LIBRARY_CODES, argument_error, from_python, position
from ..values import ABSENT, FALSE, TRUE, Coroutine, LuaValue, number_to_string
from .args import check_any
from .base import handle

if TYPE_CHECKING:
    from ..runtime import Run

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


def new_thread(run: Run, body: LuaValue) -> Coroutine:
    """A coroutine that has not begun."""
    if body.__class__ is not FunctionType or not is_of_script(body):
        raise argument_error(1, "Lua function expected")
    if run.threads is None:
        run.prepare_coroutines()
    return Coroutine(body)


def library(run: Run, fuel: int, alloc: int) -> dict[str, Any]:
    """The functions' templates; see libraries.Recipe."""
    create_price, wrap_price, running_price = (LIBRARY[f"coroutine.{name}"] for name in ("create", "wrap", "running"))
    resume_price, status_price, yield_price = (LIBRARY[f"coroutine.{name}"] for name in ("resume", "status", "yield"))

    def create(d: int, f: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(create_price, costs.COROUTINE)
        return new_thread(run, f)

    def resume_(d: int, co: LuaValue = ABSENT, *arguments: LuaValue) -> LuaValue:
        nonlocal fuel, alloc
        fuel -= resume_price + len(arguments) // 8
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

    def running(d: int, *_: LuaValue) -> LuaValue:
        run.charge(running_price)
        return run.threads[-1] if run.threads else None

    def status(d: int, co: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(status_price)
        return check_thread(co).status

    def wrap(d: int, f: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(wrap_price, costs.COROUTINE + _WRAPPED)
        thread = new_thread(run, f)

        def wrapped(d: int, *arguments: LuaValue) -> LuaValue:
            nonlocal fuel, alloc
            fuel -= resume_price
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

    def yield_(d: int, *values: LuaValue) -> LuaValue:
        run.charge(yield_price)
        raise LuaError("attempt to yield across metamethod/C-call boundary")

    return {
        "create": create,
        "resume": resume_,
        "running": running,
        "status": status,
        "wrap": wrap,
        "yield": yield_,
    }


def passed_on(run: Run, value: LuaValue) -> LuaError:
    """``auxwrap``: an error of a wrapped coroutine is the caller's, and a message says where that is."""
    run.refuel(0)  # what was charged in place before the error
    if value.__class__ is float:
        value = number_to_string(value)
    if value.__class__ is str:
        place = position(1)
        run.charge(len(value) // costs.COPY, costs.STRING + len(place) + len(value))
        value = place + value
    return LuaError(value)


def twins(run: Run, fuel: int, alloc: int) -> dict[tuple[str, str], Callable[..., Any]]:
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


def called(run: Run, d: int, f: LuaValue, arguments: tuple[LuaValue, ...]) -> LuaValue:
    """operations.call in a coroutine: results, or a request for the driver. No stack of C's is taken."""
    function = run.twin(f)
    if function.__class__ is not FunctionType:
        return operations.call(run, f, d, *arguments)
    d += 1
    if d > run.deepest.cell_contents:
        run.refuel(d)
    return function(d, *arguments)


def succeeded(run: Run, result: LuaValue) -> tuple[LuaValue, ...]:
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


_register(library.__code__)
_register(twins.__code__)
"""Positions and tracebacks know library functions, and what they make, by their code."""
