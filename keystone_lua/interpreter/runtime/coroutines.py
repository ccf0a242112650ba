"""Coroutines (manual 2.11): how a thread of the script is started, gone on with, and left.

Input: a run, a coroutine, arguments. Output: what it yields or returns. Raises what its body raises; a coroutine whose
body has raised is dead.

A body runs as a twin (see twins): each call in it that may yield is a generator. The generators that wait for each
other stand in the coroutine's ``stack``, and ``_drive`` runs the last of them. So a yield takes the same time at any
depth, none of Python's or C's stack is left behind, and a coroutine that nobody goes on with is just freed.
Calls by the library and by metamethods run the ordinary functions, in which a yield is an error, as in Lua 5.1; only
``pcall`` and ``xpcall`` have twins (as in LuaJIT), since much code yields below them.

**Depth.** A coroutine has a stack of its own, whose depths count from 1 and whose frames are paid for apart. It may
grow by what its resumer has left, less a native call, so that Python's own stack is bounded by the same limit.
"""

from __future__ import annotations

from types import CodeType, FunctionType, GeneratorType
from typing import TYPE_CHECKING, Any, Final

from .. import costs
from ..sites import SITES
from .errors import LuaError
from .tracebacks import DRIVERS
from .values import Coroutine, LuaValue

if TYPE_CHECKING:
    from .context import RunContext


TWINS: Final = "__twins__"
"""In a program's namespace: the twins by the names of their code, once they are made."""


CATCHERS: Final = ("pcall", "xpcall")
"""Names of the generators that catch errors."""


class Yielded:
    """What ``coroutine.yield`` answers to a twin: the values that go to the resumer."""

    __slots__ = ("value",)

    def __init__(self, value: LuaValue) -> None:
        self.value = value


REQUESTS: Final = (GeneratorType, Yielded)
"""What a twin hands to its driver."""


def is_of_script(f: FunctionType) -> bool:
    """Whether a function is the script's, and no library's."""
    return SITES in f.__globals__


def twin_of(run: RunContext, f: FunctionType) -> tuple[FunctionType, int, int]:
    """A function's twin over the same variables, and its frame's bytes; the function itself if it has none."""
    twins = f.__globals__.get(TWINS)
    if twins.__class__ is not dict:  # those of a loaded chunk are made when they are needed
        twins = f.__globals__[TWINS] = twins(run.charge) if twins is not None else {}
    found: Twin | None = twins.get(f.__code__.co_name)
    if found is None:
        return f, 0, 0
    code, slots, pieces = found
    if code is None:
        return f, slots, pieces
    closure = f.__closure__ or ()
    if code.co_freevars != f.__code__.co_freevars:
        cells = dict(zip(f.__code__.co_freevars, closure, strict=True))
        closure = tuple([cells[name] for name in code.co_freevars])
    return FunctionType(code, f.__globals__, f.__name__, f.__defaults__, closure), slots, pieces


def resume(run: RunContext, d: int, co: Coroutine, arguments: tuple[LuaValue, ...]) -> LuaValue:
    """Go on with a coroutine: all that it yields or returns. Raises LuaError, TypeError and what ends runs."""
    if co.status != "suspended":
        raise LuaError(f"cannot resume {co.status} coroutine")
    left = run.depth_limit
    depth = left - d - run.native_call_depth
    if depth < 1:
        raise LuaError("C stack overflow")
    threads, deepest = run.threads, run.deepest
    assert threads is not None
    before = deepest.cell_contents
    if threads:
        threads[-1].status = "normal"
    threads.append(co)
    co.status = "running"
    run.depth_limit = depth
    deepest.cell_contents = min(depth, co.deepest)
    value = arguments[0] if len(arguments) == 1 else arguments
    try:
        if co.stack:
            run.value = value
            return _drive(run, co, co.stack)
        assert co.function is not None
        twin, slots, pieces = twin_of(run, co.function)
        run.charge(costs.COROUTINE_CALL, slots + pieces)
        co.function = None  # the twin has its variables
        made = twin(1, *arguments)
        if made.__class__ is GeneratorType:
            co.stack = [made]
            return _drive(run, co, co.stack)
        return made
    finally:
        if not co.stack:
            co.status = "dead"
        co.deepest = max(co.deepest, deepest.cell_contents)
        deepest.cell_contents = before
        run.depth_limit = left
        threads.pop()
        if threads:
            threads[-1].status = "running"


def _drive(run: RunContext, co: Coroutine, stack: list[Any]) -> LuaValue:
    """RunContext the generators of a coroutine until it yields or ends."""
    generator = stack[-1]
    errors: list[Exception] = []  # not a variable: its frame, through which the error came, would keep it in a cycle
    while True:
        try:
            request = generator.throw(errors.pop()) if errors else next(generator, None)
        except StopIteration:  # caught below a pcall, which has answered
            request = None
        except Exception as caught:
            stack.pop()
            if isinstance(caught, (LuaError, TypeError)):
                _unwind(stack)
            if not stack:
                raise
            generator = stack[-1]
            errors.append(caught)
            continue
        if request is None:
            stack.pop()
            if not stack:
                return run.value
            generator = stack[-1]
        elif request.__class__ is GeneratorType:
            stack.append(request)
            generator = request
        else:
            co.status = "suspended"
            return request.value


def _unwind(stack: list[Any]) -> None:
    """Drop what cannot catch an error: paid for by the calls, since not every call is a generator."""
    while stack and stack[-1].__name__ not in CATCHERS:
        stack.pop()


DRIVERS.extend((_drive.__code__, resume.__code__))


Twin = tuple[CodeType | None, int, int]
"""A twin's code, and the bytes of its frame while it waits: its slots, and what of it is outlined.

A function without a twin pays the same: whether it has one hangs on what is known of the functions that it calls.
"""
