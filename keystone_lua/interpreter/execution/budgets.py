"""A run's budgets: what is left of them, and what happens when there is nothing left.

Input: Limits, and the cells that generated code and the library share as free variables: ``fuel`` (instructions left in
this grant), ``alloc`` (bytes left), ``deepest`` (the depth that frames are paid for). Output: what was spent.
``refuel`` is the one slow path: it ends the run, grants the next slice, pays for frames of a depth that is new, or
reports a stack overflow.
"""

from __future__ import annotations

import time
from types import CellType
from typing import TYPE_CHECKING, Any, Final

from .. import costs
from ..errors import InstructionsExceeded, MemoryExceeded, SliceExhausted, TimeExceeded
from ..limits import Limits
from ..runtime.errors import StackOverflow
from ..runtime.tracebacks import operand_site, overflow_error
from .fast_paths import fast_paths_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..runtime.values import Coroutine, LuaValue, Table

FREE_DEPTH: Final = 8
"""Depths whose frames the base charge covers."""

CLOCK_SLICE: Final = 100_000  # instructions between looks at the wall clock: about 2 ms

DIGIT: Final = 1 << 29
"""What a counter holds at most: CPython adds to a number of one digit (30 bits) in 0.8 of the time."""

NATIVE_CALLS: Final = 500
"""Calls through the library or a metamethod that may nest: PUC 5.1 allows 200 (LUAI_MAXCCALLS). They take C stack,
and CPython 3.12 stops at about 1,400, two for each."""

SPREADS: Final = 2_500  # calls with spread arguments that may nest: CPython 3.11 takes C stack for each


class Budgets:
    """See the module's docstring. What belongs to the limits alone is worked out once for all runs that have them."""

    __slots__ = (
        "_first_grant",
        "_first_room",
        "_free_depth",
        "_whole_reserve",
        "alloc",
        "assign",
        "call_meta",
        "cells",
        "charge",
        "deadline",
        "deepest",
        "depth_limit",
        "fuel",
        "granted",
        "index",
        "inherited",
        "invoke",
        "left",
        "limits",
        "native_call_depth",
        "pay",
        "refill",
        "reserve",
        "slice",
        "threads",
    )

    charge: Callable[..., None]
    pay: Callable[[int, int], bool]
    left: Callable[[], tuple[int, int]]
    refill: Callable[[Any, int, int, int], None]
    invoke: Callable[[int, LuaValue, LuaValue, LuaValue], LuaValue]
    index: Callable[[int, LuaValue, LuaValue], LuaValue]
    inherited: Callable[[int, LuaValue, LuaValue, LuaValue], LuaValue]
    assign: Callable[[int, LuaValue, LuaValue, LuaValue, LuaValue], None]
    call_meta: Callable[[Table, int, tuple[LuaValue, ...]], LuaValue]
    threads: list[Coroutine] | None
    """Coroutines under way: their frames are held, and cost more."""

    def __init__(self, limits: Limits) -> None:
        self.fuel = CellType(0)
        self.alloc = CellType(0)
        self.deepest = CellType(0)
        self.cells: dict[str, CellType] = {
            "fuel": self.fuel,
            "alloc": self.alloc,
            "deepest": self.deepest,
            "run": CellType(self),
            "G": CellType(None),
            "native_call_depth": CellType(0),
        }
        self.charge, self.pay, self.left, self.refill, *fast = fast_paths_of(self.cells)
        self.invoke, self.index, self.inherited, self.assign, self.call_meta = fast
        self.set_limits(limits)

    def set_limits(self, limits: Limits) -> None:
        """What hangs on the limits alone."""
        self.limits = limits
        self.depth_limit = limits.depth
        self.native_call_depth = max(1, limits.depth // NATIVE_CALLS)
        self.cells["native_call_depth"].cell_contents = max(1, limits.depth // SPREADS)
        self._first_grant = min(limits.instructions, DIGIT)
        memory = limits.memory - costs.RUN
        self._whole_reserve = max(0, memory - DIGIT)
        self._first_room = memory - self._whole_reserve
        self._free_depth = min(FREE_DEPTH, limits.depth)

    def grant(self, slice: int | None) -> None:
        """Begin with all of the budgets, or with a ``slice`` of the instructions."""
        self.slice = slice
        self.deadline = None
        granted = self._first_grant
        if slice is not None:
            if slice < granted:
                granted = slice
        elif self.limits.seconds is not None:
            self.deadline = time.monotonic() + self.limits.seconds
            granted = min(CLOCK_SLICE, granted)
        self.granted = granted
        self.reserve = self._whole_reserve
        self.refill(self, granted, self._first_room, self._free_depth)

    def refuel(self, d: int, *later: int) -> None:
        """A counter went below zero, or a depth is new.

        Library functions pass 0: their own depth is not paid for, or bytes would depend on who came here.
        ``later``: instructions, bytes, instructions, bytes, ... that were charged with it for what comes after. They
        are given back and charged one after another: a run ends where it would if each had been charged in its place.
        """
        if later:
            self.fuel.cell_contents -= -sum(later[::2])  # the profile recorder sees what is subtracted
            self.alloc.cell_contents -= -sum(later[1::2])
            self.refuel(d)
            for instructions, size in zip(later[::2], later[1::2], strict=True):
                self.fuel.cell_contents -= instructions
                self.alloc.cell_contents -= size
                self.refuel(0)
            return
        deepest = self.deepest.cell_contents
        if d > deepest:
            if d > self.depth_limit:
                raise StackOverflow(overflow_error("stack overflow"))
            self.deepest.cell_contents = d
            self.alloc.cell_contents -= (costs.HELD_FRAME if self.threads else costs.FRAME) * (d - deepest)
        while self.alloc.cell_contents < 0 < self.reserve:
            grant = min(DIGIT, self.reserve)
            self.reserve -= grant
            self.alloc.cell_contents += grant
        if self.alloc.cell_contents < 0:
            raise MemoryExceeded(self.limits.memory)
        while self.fuel.cell_contents < 0:
            total = self.limits.instructions
            if self.granted >= total:
                raise InstructionsExceeded(total)
            if self.slice is not None:
                raise SliceExhausted
            if self.deadline is not None and time.monotonic() > self.deadline:
                assert self.limits.seconds is not None
                raise TimeExceeded(self.limits.seconds)
            grant = min(DIGIT if self.deadline is None else CLOCK_SLICE, total - self.granted)
            self.granted += grant
            self.fuel.cell_contents += grant

    def again(self, d: int) -> None:
        """The same, for a function that begins again at a depth that is new: an overflow is where it does."""
        if d > self.depth_limit:
            raise StackOverflow(f"{operand_site().position} stack overflow")
        self.refuel(d)

    def instructions_used(self) -> int:
        """Instructions charged so far, at most the limit."""
        used: int = self.granted - self.fuel.cell_contents
        return min(used, self.limits.instructions)

    def affordable(self) -> int:
        """Instructions that are left, of the slice if this run has only one."""
        used: int = self.granted - self.fuel.cell_contents  # a recorder's counter knows how to be subtracted
        return (self.granted if self.slice is not None else self.limits.instructions) - used

    def spent(self) -> tuple[int, int]:
        """Instructions and bytes charged so far, at most their limits."""
        fuel, alloc = self.left()
        limits = self.limits
        used: int = self.granted - fuel
        size: int = limits.memory - self.reserve - alloc
        return (
            used if used < limits.instructions else limits.instructions,  # min() takes three times as long
            size if size < limits.memory else limits.memory,
        )

    def settled(self) -> tuple[int, int]:
        """The same of a run that has ended well, after a look at what its last statements charged."""
        fuel, alloc = self.left()
        if fuel < 0 or alloc < 0:
            self.refuel(0)
            return self.spent()
        return self.granted - fuel, self.limits.memory - self.reserve - alloc
