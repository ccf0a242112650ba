"""The inert ``io``, for libraries that look at it while they load. It is there only if limits ask for it.

Input: calls of its functions. Output: that they are not available, as an error, or as nil and a message where Lua's
function of that name reports failure in this way. Nothing is opened, read or written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from .. import costs
from ..runtime.tracebacks import library_error
from ..runtime.values import LuaValue

if TYPE_CHECKING:
    from ..runtime.context import RunContext

FILES: Final = ("stdin", "stdout", "stderr")
"""Members that stand for files: tables with METHODS."""
METHODS: Final = ("close", "flush", "lines", "read", "seek", "setvbuf", "write")
_FAIL: Final = frozenset({"flush", "open", "popen", "setvbuf", "tmpfile"})
"""Functions whose failures scripts ask for by their first result."""


def _without_for(run: RunContext, fuel: int, alloc: int, told: str) -> Callable[..., Any]:
    def without(d: int, *_: LuaValue) -> LuaValue:
        run.charge(costs.INERT)
        raise library_error(told)

    return without


def _failing_for(run: RunContext, fuel: int, alloc: int, told: str) -> Callable[..., Any]:
    def failing(d: int, *_: LuaValue) -> LuaValue:
        run.charge(costs.INERT, costs.RESULTS)
        return None, told

    return failing


def _type_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def type_(d: int, *_: LuaValue) -> LuaValue:
        run.charge(costs.INERT)

    return type_


def _inert(run: RunContext, fuel: int, alloc: int, name: str, shown: str) -> Callable[..., Any]:
    told = f"{shown} is not available in this engine"
    return (_failing_for if name in _FAIL else _without_for)(run, fuel, alloc, told)


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Any]:
    """The functions of ``io``, and as ``file:NAME`` the methods of its files."""
    functions = ("close", "flush", "input", "lines", "open", "output", "popen", "read", "tmpfile", "write")
    return {
        **{name: _inert(run, fuel, alloc, name, f"io.{name}") for name in functions},
        **{f"file:{name}": _inert(run, fuel, alloc, name, f"file:{name}") for name in METHODS},
        "type": _type_for(run, fuel, alloc),
    }
