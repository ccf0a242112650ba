"""Which Python this is, and what other Pythons than CPython lack.

In: nothing. Out: the same answers and counts from PyPy 8 as from CPython; its garbage collector has no thresholds, sets
nothing aside, and stops memory from being freed when it is disabled, so it is left alone.

PyPy's tracer has run away in programs of nested loops when it unrolls them (4 of 14 runs of one): it unrolls none here.
Before version 8 its ``re`` answers wrongly. CPython's own JIT compiler (3.14, PYTHON_JIT=1) ends
programs with "returned a result with an exception set", or answers wrongly, so nothing runs under it.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Final, TypeVar

T = TypeVar("T")

CPYTHON: Final = sys.implementation.name == "cpython"

PYPY_LEAST: Final = (8, 0)

OPTIMISATIONS: Final = "intbounds:rewrite:virtualize:string:pure:earlyforce:heap"
"""All that PyPy's tracer has, but for unroll."""


def objection() -> str | None:
    """Why this Python cannot be used as it has been started, or None."""
    version = sys.implementation.version
    if sys.implementation.name == "pypy" and (version.major, version.minor) < PYPY_LEAST:
        return f"PyPy before {PYPY_LEAST[0]}.{PYPY_LEAST[1]} reads regular expressions wrongly"
    jit = getattr(sys, "_jit", None)
    if jit is not None and jit.is_enabled():
        return "its JIT compiler is on, under which programs end wrongly; start it with PYTHON_JIT=0"
    return None


def tame_tracer() -> None:
    """Nothing but on PyPy, where no loop is unrolled from here on."""
    if sys.implementation.name == "pypy":
        import pypyjit  # type: ignore[import-not-found,unused-ignore]

        pypyjit.set_param(f"enable_opts={OPTIMISATIONS}")


STACK_SLOTS: Final = 1 << 21
"""Of one frame: 16 MiB of addresses, so its piece of CPython's stack has 32, and no memory where nothing is written.
The other half holds all frames that a script's bytes pay for at the default limits."""


def below_large_frame(call: Callable[[], T]) -> T:
    """Call ``call``, whose frames and those of all that it calls lie in one piece of CPython's stack.

    Pieces have 16 KiB otherwise, and one is given back when the first frame in it ends: a script that calls in a loop
    just at the end of a piece has the system map and unmap memory each time, 64 times the usual cost of a call. To
    enter takes 30 µs: for a process, not for a run.
    """
    made: T = _LARGE(call) if CPYTHON else call()
    return made


def _call(call: Callable[[], T]) -> T:
    return call()


_LARGE: Final = FunctionType(_call.__code__.replace(co_stacksize=STACK_SLOTS), {})


def set_aside() -> None:
    """What lives is not looked at by later collections (`gc.freeze`), where that is a thing to say."""
    if CPYTHON:
        gc.freeze()
