"""The engine as a Python library: the names that `keystone_lua` promises to programs.

    source --compile_program--> Program --execute--> Result      a plain script, with values of its host
                                        --decide---> Decision    a gateway's script, nothing but its request

In: text, and Python values. Out: the same, read-only. Raises TypeError and ValueError for wrong arguments, which they
name. docs/embedding.md has the promise: names in `__all__` keep their meaning within a major version.
"""

from ..interpreter import (
    COST_VERSION,
    DEFAULT,
    MAX_DEPTH,
    EngineError,
    Failure,
    Limits,
    LogLine,
    LuaError,
    LuaSyntaxError,
    Program,
    ScriptError,
    UnsuitablePython,
)
from ..interpreter.errors import (
    BudgetExceeded,
    InstructionsExceeded,
    LogExceeded,
    MemoryExceeded,
    ResultError,
    TimeExceeded,
)
from ..interpreter.runtime.errors import StackOverflow
from ..routing.decision import Decision
from .deciding import decide
from .running import Result, compile_program, execute
from .values import HostFunction, LuaObject, LuaTable

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
    "compile_program",
    "decide",
    "execute",
]
