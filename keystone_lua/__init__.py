"""Keystone Lua Engine: sandboxed Lua scripts with exact budgets, and routing decisions for gateways by them.

`from keystone_lua import compile_program, execute, decide, Limits, ...`: see docs/embedding.md and `embedding`.
Importing the package itself imports nothing else, so that commands start fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .embedding import (
        COST_VERSION,
        DEFAULT,
        MAX_DEPTH,
        BudgetExceeded,
        Decision,
        EngineError,
        Failure,
        HostFunction,
        InstructionsExceeded,
        Limits,
        LogExceeded,
        LogLine,
        LuaError,
        LuaObject,
        LuaSyntaxError,
        LuaTable,
        MemoryExceeded,
        Program,
        Result,
        ResultError,
        ScriptError,
        StackOverflow,
        TimeExceeded,
        UnsuitablePython,
        compile_program,
        decide,
        execute,
    )

    __version__: str

__all__ = [
    "COST_VERSION",
    "DEFAULT",
    "MAX_DEPTH",
    "BudgetExceeded",
    "Decision",
    "EngineError",
    "Failure",
    "HostFunction",
    "InstructionsExceeded",
    "Limits",
    "LogExceeded",
    "LogLine",
    "LuaError",
    "LuaObject",
    "LuaSyntaxError",
    "LuaTable",
    "MemoryExceeded",
    "Program",
    "Result",
    "ResultError",
    "ScriptError",
    "StackOverflow",
    "TimeExceeded",
    "UnsuitablePython",
    "__version__",
    "compile_program",
    "decide",
    "execute",
]


def __getattr__(name: str) -> object:
    """A public name, when somebody asks for it the first time. Raises AttributeError."""
    if name == "__version__":
        from .interpreter.version import ENGINE_VERSION

        return ENGINE_VERSION
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import embedding

    value: object = getattr(embedding, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """What there is to be completed."""
    return sorted({*globals(), *__all__})
