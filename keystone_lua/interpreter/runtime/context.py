"""Run context: what operations and the library ask of the run that they work for.

A Protocol, so that values and operations need not know how a run is set up, pooled and ended: execution.run.Run is one.
All charges of instructions and bytes go through it.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CellType
from typing import Any, Protocol

from ..limits import Limits
from .errors import LuaError
from .values import Coroutine, LuaValue, Native, Table


class RunContext(Protocol):
    """One run of a program, as seen from below."""

    limits: Limits
    seed: int
    now: float
    native_call_depth: int
    """Depths that a call through the library or a metamethod takes."""
    depth_limit: int
    """The depth of nested calls that the thread that runs may reach."""
    deepest: CellType
    """The depth that frames are paid for."""
    cells: dict[str, CellType]
    """The counters and the library, as generated code shares them."""
    strings: Table | None
    """The string library's table, once a script can have changed it."""
    next: LuaValue
    library_state: dict[str, Any]
    """What library functions keep for the run, by their own names."""
    made: dict[tuple[str, str], LuaValue]
    """The library's members that this run has got, by library and name."""
    kept: dict[tuple[str, str], LuaValue] | None
    """Tables that a run has of its own in modules of the routing library, by their file and name."""

    @property
    def constants(self) -> tuple[LuaValue, ...]:
        """What the script's constants are, by number."""

    def note_zones(self, version: str) -> None:
        """The run is about to read tables of time zones, of this version of them."""

    threads: list[Coroutine] | None
    """Coroutines under way, the innermost last; None until the run has its first."""
    twin: Callable[[LuaValue], LuaValue]
    """What to call instead of a value inside a coroutine."""
    twins: dict[LuaValue, LuaValue]
    value: LuaValue
    """What the coroutines' driver has left for the twin that goes on."""

    charge: Callable[..., None]
    """``charge(instructions, size=0)``: before the work. Raises a budget error."""
    invoke: Callable[[int, LuaValue, LuaValue, LuaValue], LuaValue]
    index: Callable[[int, LuaValue, LuaValue], LuaValue]
    inherited: Callable[[int, LuaValue, LuaValue, LuaValue], LuaValue]
    assign: Callable[[int, LuaValue, LuaValue, LuaValue, LuaValue], None]
    call_meta: Callable[[Table, int, tuple[LuaValue, ...]], LuaValue]

    def refuel(self, d: int, instructions: int = 0, size: int = 0) -> None:
        """A counter went below zero, or a depth is new: grant more, or raise."""

    def instructions_used(self) -> int:
        """Instructions charged so far."""

    def affordable(self) -> int:
        """Instructions that are left, of the slice if this run has only one."""

    def call(self, function: LuaValue, d: int, *arguments: LuaValue) -> LuaValue:
        """Call any value; all results."""

    def caught(self, error: LuaError) -> LuaValue:
        """The value of an error that a function of the library has caught, paid for."""

    def number_of(self, value: LuaValue) -> float | None:
        """A number, or a numeral string's value, paid for by its length."""

    def address(self, kind: str, value: LuaValue) -> str:
        """A stable name for a table or function."""

    def write(self, line: str, price: int) -> None:
        """A line for the log."""

    def member(self, library: str, name: str) -> LuaValue:
        """A library member, made once per run."""

    def method(self, value: Native, key: LuaValue) -> LuaValue:
        """A method of an object of the routing library."""

    def string_function(self, key: LuaValue) -> LuaValue:
        """A string method, while no script can have changed the string library."""

    def string_metatable(self) -> Table:
        """The metatable that all strings share."""

    def next_function(self) -> LuaValue:
        """``next``, as a for statement recognises it."""

    def require(self, d: int, name: str) -> LuaValue:
        """A library by name, or a module linked into the program, run once."""

    def load(self, d: int, text: str, name: str, environment: Table | None) -> LuaValue:
        """A function that runs a text, which is called ``name`` as PUC names chunks. Raises LuaSyntaxError.

        ``environment`` has what it takes for globals, if not the run's."""

    def recipe(self, path: tuple[str, str]) -> Any:
        """How a member of the routing library is made, by its file and name."""

    def not_a_table(self, value: LuaValue) -> LuaError:
        """The error of ``pairs(value)``."""

    def library_error(self, message: str) -> LuaError:
        """``luaL_error``."""

    def prepare_coroutines(self) -> None:
        """Be ready for the run's first coroutine."""
