"""The Lua engine: parse, compile, run.

    source --parser--> nodes --scope, infer--> compiler --> Program
    Program + Limits + seed + clock (+ request) --> Result or Decision

Imports the standard library and lark only.
"""

from .costs import VERSION as COST_VERSION
from .decision import Decision, answer_text, clock_text, decide, decide_plain
from .errors import EngineError, LuaError, LuaSyntaxError, ScriptError, SliceExhausted
from .execution import Failure, LogLine, Result, execute
from .limits import DEFAULT, MAX_DEPTH, Limits
from .program import Program, compile_program
from .self_test import UnsuitablePython, require_suitable
from .version import ENGINE_VERSION

__all__ = [
    "COST_VERSION",
    "DEFAULT",
    "ENGINE_VERSION",
    "MAX_DEPTH",
    "Decision",
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
    "answer_text",
    "clock_text",
    "compile_program",
    "decide",
    "decide_plain",
    "execute",
    "require_suitable",
]
