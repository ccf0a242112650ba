"""The Lua engine: parse, compile, run.

    source --syntax--> nodes --analysis--> scopes, prices, types --codegen--> Program
    Program + Limits + seed + clock --execution--> Result

It knows nothing of routing. Besides Python's standard library it needs lark, to make parse tables, and tzdata, for
time zones.
"""

from . import late as _compiles_while_a_script_runs  # noqa: F401
from .compile import compile_program
from .costs import VERSION as COST_VERSION
from .errors import EngineError, LuaSyntaxError, ScriptError, SliceExhausted
from .execution.execute import Failure, LogLine, Result, execute
from .execution.program import Program
from .limits import DEFAULT, MAX_DEPTH, Limits
from .runtime.errors import LuaError
from .self_test import UnsuitablePython, require_suitable
from .version import ENGINE_VERSION

__all__ = [
    "COST_VERSION",
    "DEFAULT",
    "ENGINE_VERSION",
    "MAX_DEPTH",
    "EngineError",
    "Failure",
    "Limits",
    "LogLine",
    "LuaError",
    "LuaSyntaxError",
    "Program",
    "Result",
    "ScriptError",
    "SliceExhausted",
    "UnsuitablePython",
    "compile_program",
    "execute",
    "require_suitable",
]
