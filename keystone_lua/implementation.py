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
from typing import Final

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


def set_aside() -> None:
    """What lives is not looked at by later collections (`gc.freeze`), where that is a thing to say."""
    if CPYTHON:
        gc.freeze()
