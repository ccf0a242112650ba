"""Everything that can go wrong, as one tree.

    Exception
    ├── ScriptError                 trouble that the script's author must mend; has ``kind``
    │   ├── LuaSyntaxError          kind "syntax": refused at load
    │   ├── LuaError                kind "runtime": an ordinary Lua error, which pcall can catch
    │   │   └── StackOverflow       kind "depth": calls nested too deep, catchable as in Lua
    │   ├── ResultError             kind "result": the script's answer is no decision
    │   └── BudgetExceeded          a limit was reached; no script can catch it
    │       ├── InstructionsExceeded   kind "instructions"
    │       ├── MemoryExceeded         kind "memory"
    │       ├── LogExceeded            kind "log"
    │       └── TimeExceeded           kind "timeout"
    ├── SliceExhausted              no error: the run wants more than its first slice
    └── EngineError                 a bug of ours, never dressed as a script's error

pcall catches LuaError and nothing else in this tree.
"""

from __future__ import annotations

from typing import ClassVar


class ScriptError(Exception):
    """Trouble in a script. ``kind`` is the wire format's word for it."""

    kind: ClassVar[str] = "runtime"

    @property
    def message(self) -> str:
        """The text for people, positions included, one character per byte."""
        return str(self)


class LuaSyntaxError(ScriptError):
    """The source is not a program of the subset. The message reads ``name:line: text near 'token'``, as Lua's would;
    ``told`` is the message for authors, with what to write instead where that is known."""

    kind = "syntax"

    def __init__(self, message: str, line: int = 0, column: int = 0, told: str = "") -> None:
        """``column`` is the refused token's, in bytes from 1; 0 where the message is about no token."""
        super().__init__(message)
        self.line = line
        self.column = column
        self.told = told or message

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return self.__class__, (str(self), self.line, self.column, self.told)


class ResultError(ScriptError):
    """on_route_request returned something that is no decision."""

    kind = "result"


class BudgetExceeded(ScriptError):
    """A limit was reached. ``limit`` is its value in its unit."""

    what: ClassVar[str] = ""

    def __init__(self, limit: int | float) -> None:
        super().__init__(f"{self.what} ({limit:g})" if isinstance(limit, float) else f"{self.what} ({limit})")
        self.limit = limit

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return self.__class__, (self.limit,)


class InstructionsExceeded(BudgetExceeded):
    """More than ``Limits.instructions``."""

    kind = "instructions"
    what = "instruction budget exceeded"


class MemoryExceeded(BudgetExceeded):
    """More than ``Limits.memory`` bytes."""

    kind = "memory"
    what = "memory budget exceeded"


class LogExceeded(BudgetExceeded):
    """More than ``Limits.log`` bytes."""

    kind = "log"
    what = "log budget exceeded"


class TimeExceeded(BudgetExceeded):
    """Longer than ``Limits.seconds``."""

    kind = "timeout"
    what = "wall-clock limit exceeded"


class SliceExhausted(Exception):
    """The first slice is used up and the caller asked to be told rather than to go on."""


class EngineError(Exception):
    """A Python exception that no rule of the engine explains."""
