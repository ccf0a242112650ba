"""Constants: the values of ``constant(function() ... end)``, made once when a script is loaded.

Input: the programs that make them, one for each chunk that has any. Output: frozen values in order. Refuses with
LuaSyntaxError what fails, takes more than LIMITS, asks for the clock or a random number, or is no fit value.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from ..errors import LuaSyntaxError, ScriptError
from ..limits import DEFAULT, MAX_COMPILE_COST, MIB, Limits, allowed
from ..runtime.errors import LuaError
from ..runtime.frozen import Unfit, frozen
from ..runtime.tracebacks import library_error
from ..runtime.values import LuaValue
from .execute import prepare, protected_call, restore
from .program import Program
from .run import Run

LIMITS: Final = Limits(instructions=10_000_000, memory=128 * MIB)
"""Of all constants of a program, frozen copies included: 0.2 s as a rule, 2 s at worst. 50,000 networks,
200,000 words."""
_PARTS: Final = 16
"""Equal parts of LIMITS. A program loses as many as it takes of what the compiler may do: both are done at load."""


def _hidden(what: str) -> Any:
    def get(self: Run) -> Any:
        raise library_error(f"a constant cannot use {what}: it is made when the script is loaded")

    return property(get, lambda self, value: None)


class ConstantRun(Run):
    """A run that has no clock, no random numbers and no time zones, whose tables are others elsewhere."""

    __slots__ = ()

    def note_zones(self, version: str) -> None:
        """Refuse."""
        raise library_error(
            "a constant cannot use time zones: their tables change, and a constant is of the sources alone"
        )

    now = _hidden("the clock")
    seed = _hidden("random numbers")


class Made(NamedTuple):
    """Constants, and the bytes that making them was charged."""

    values: tuple[LuaValue, ...]
    size: int


def made_by(makers: tuple[Program, ...], compile_cost: int = 0, limit: int = DEFAULT.source) -> Made:
    """All values, in the order of their numbers; ``compile_cost`` is the program's, ``limit`` the bytes that a
    source of it may have. What was loaded may be loaded."""
    values: list[LuaValue] = []
    size = 0
    parts = _PARTS - _PARTS * compile_cost // allowed(MAX_COMPILE_COST, limit)
    limits = Limits(LIMITS.instructions * parts // _PARTS, LIMITS.memory * parts // _PARTS)
    for maker in makers:
        run = ConstantRun(maker, limits)
        before = prepare(limits)
        try:
            run.refuel(0)
            returned = protected_call(run.chunk())
            values += frozen(returned if returned.__class__ is tuple else (returned,), run.charge)
            run.refuel(0)
            used, allocated = run.spent()
            limits = Limits(limits.instructions - used, limits.memory - allocated)
            size += allocated
        except Unfit as error:
            raise LuaSyntaxError(f"{maker.name}:1: {error}", 1) from None
        except LuaError as error:
            raise LuaSyntaxError(f"{error} (in a constant)", 1) from None
        except ScriptError as error:
            raise LuaSyntaxError(f"{maker.name}:1: {error} (in a constant)", 1) from None
        finally:
            restore(before)
            run.close()
    return Made(tuple(values), size)
