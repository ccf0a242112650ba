"""One run of a program: its counters, its globals, its log.

Input: a linked Program, Limits, seed and clock. Output: the state that generated code and library functions
work on; ``used`` and ``allocated`` afterwards. A Run is used by one thread and for one run, after which its
cells and the library functions over them can serve another run of the same program, as an idle run (a fifth of a
decision's time): ``begin`` sets whatever a run may change, and a run that did not end well is not kept. Where the
program's start-up is constant (see constant_startup) an idle run keeps what the chunks made, and the next run only pays
what that cost.

The counters are cells that the generated code and the library share as free variables: ``fuel`` (instructions left
in this grant), ``alloc`` (bytes left), ``deepest`` (the depth that frames are paid for). ``refuel`` is the one slow
path: it ends the run, grants the next slice, pays for frames of a depth that is new, or reports a stack overflow.
"""

from __future__ import annotations

import time
from contextlib import suppress
from types import CellType, FunctionType
from typing import TYPE_CHECKING, Any, Final

from .. import costs
from ..errors import InstructionsExceeded, LogExceeded, MemoryExceeded, SliceExhausted, TimeExceeded
from ..limits import Limits
from ..modules import catalogue
from ..numerals import string_to_number
from ..runtime import operations
from ..runtime.errors import LuaError, StackOverflow
from ..runtime.tracebacks import argument_error, library_error, overflow_error, position
from ..runtime.values import Coroutine, LuaValue, Native, Table, type_name
from ..signatures import ALIASES, HOST_GLOBALS, INERT, SWITCHED
from ..sites import SITES
from ..stdlib.registry import LIBRARIES, Recipe
from .fast_paths import fast_paths_of
from .loaded import load
from .required import inert_io, method, package, require
from .twin_calls import prepare

if TYPE_CHECKING:
    from collections.abc import Callable

    from .program import Program

_NUMERAL: Final = costs.WORK["numeral"]
LARGE_NUMERAL: Final = 1 << 16
"""Bytes of a numeral up to which the copies that a conversion takes are not charged."""

FREE_DEPTH: Final = 8
"""Depths whose frames the base charge covers."""

CLOCK_SLICE: Final = 100_000  # instructions between looks at the wall clock: about 2 ms

DIGIT: Final = 1 << 29
"""What a counter holds at most: CPython adds to a number of one digit (30 bits) in 0.8 of the time."""

NATIVE_CALLS: Final = 500
"""Calls through the library or a metamethod that may nest: PUC 5.1 allows 200 (LUAI_MAXCCALLS). They take C stack,
and CPython 3.12 stops at about 1,400, two for each."""

SPREADS: Final = 2_500  # calls with spread arguments that may nest: CPython 3.11 takes C stack for each

ZONES: Final = "zones"
"""The key in Run.library_state of the version of the tables of time zones, once the script has read any."""

IDLE_RUNS: Final = 4
"""Idle runs that a program keeps: as many as threads may be running it."""


class Run:
    """See the module's docstring. ``slice`` asks for SliceExhausted after that many instructions."""

    __slots__ = (
        "addresses",
        "alloc",
        "assign",
        "call_meta",
        "cells",
        "charge",
        "chunks",
        "deadline",
        "deepest",
        "depth_limit",
        "fuel",
        "globals",
        "granted",
        "header_meta",
        "index",
        "inherited",
        "invoke",
        "kept",
        "library_state",
        "limits",
        "loading",
        "log",
        "log_left",
        "made",
        "meta",
        "native_call_depth",
        "next",
        "now",
        "pay",
        "preload",
        "program",
        "refill",
        "required",
        "reserve",
        "seed",
        "slice",
        "started",
        "strings",
        "threads",
        "twin",
        "twins",
        "value",
    )

    charge: Callable[..., None]
    pay: Callable[[int, int], bool]
    refill: Callable[[Run | None, int, int, int], None]
    twin: Callable[[LuaValue], LuaValue]
    invoke: Callable[[int, LuaValue, LuaValue, LuaValue], LuaValue]
    index: Callable[[int, LuaValue, LuaValue], LuaValue]
    inherited: Callable[[int, LuaValue, LuaValue, LuaValue], LuaValue]
    assign: Callable[[int, LuaValue, LuaValue, LuaValue, LuaValue], None]
    call_meta: Callable[[Table, int, tuple[LuaValue, ...]], LuaValue]
    loading: Table

    def __init__(
        self, program: Program, limits: Limits, seed: int = 0, now: float = 0.0, slice: int | None = None
    ) -> None:
        self.program = program
        self.globals: Table
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
        fast = fast_paths_of(self.cells)
        self.charge, self.pay, self.refill, self.invoke, self.index, self.inherited, self.assign, self.call_meta = fast
        self.made: dict[tuple[str, str], LuaValue] = {}
        self.library_state: dict[str, Any] = {}
        self.header_meta: Table | None = None
        """The metatable of a request's headers. It is protected: no script gets at it, so that it serves every run."""
        self.chunks: dict[str, FunctionType] = {}
        self.twins: dict[LuaValue, LuaValue]
        """What a coroutine calls for a function, see twin_calls; of a run that has coroutines."""
        self.value: LuaValue
        """The results of the generator that has ended last, or what a resumer has given."""
        self.started: tuple[int, int, int] | None = None
        """What start-up cost, if what it made is there: instructions, bytes, and the depth that frames are paid for."""
        for slot, path, recipe in program.fixed:
            value = self.made.get(path)
            if value is None:
                value = self.made[path] = recipe.make(self.cells) if recipe.__class__ is Recipe else recipe
            self.cells[slot] = CellType(value)
        for slot in program.global_cells.values():
            self.cells[slot] = CellType(None)
        self.set_limits(limits)
        self.begin(limits, seed, now, slice)

    @staticmethod
    def of(program: Program, limits: Limits, seed: int, now: float, slice: int | None) -> Run:
        """A run: an idle one of this program, if there is one."""
        try:
            run: Any = program.idle_runs.pop()  # a Run; typing.cast takes time
        except IndexError:
            return Run(program, limits, seed, now, slice)
        run.program = program
        run.begin(limits, seed, now, slice)
        return run  # type: ignore[no-any-return]

    def set_limits(self, limits: Limits) -> None:
        """What hangs on the limits alone."""
        self.limits = limits
        self.started = None
        self.depth_limit = limits.depth
        self.native_call_depth = max(1, limits.depth // NATIVE_CALLS)
        self.cells["native_call_depth"].cell_contents = max(1, limits.depth // SPREADS)

    def begin(self, limits: Limits, seed: int, now: float, slice: int | None) -> None:
        """Everything that a run may change, as it is at the start."""
        if limits is not self.limits:
            self.set_limits(limits)
        self.seed = seed
        self.now = now
        self.slice = slice
        self.deadline = None
        granted = limits.instructions if limits.instructions < DIGIT else DIGIT
        if slice is not None:
            if slice < granted:
                granted = slice
        elif limits.seconds is not None:
            self.deadline = time.monotonic() + limits.seconds
            granted = min(CLOCK_SLICE, granted)
        self.granted = granted
        memory = limits.memory - costs.RUN
        self.reserve = memory - DIGIT if memory > DIGIT else 0
        self.refill(self, granted, memory - self.reserve, FREE_DEPTH if limits.depth > FREE_DEPTH else limits.depth)
        self.log: list[tuple[str, str]] = []
        self.log_left = limits.log
        self.threads: list[Coroutine] | None = None
        self.addresses: dict[LuaValue, int] | None = None
        self.strings: Table | None = None
        self.meta: Table | None = None
        self.next: LuaValue = None
        if self.started is None:
            self.forget()

    def resumed(self) -> bool:
        """Pay for what start-up has made, which is there; False if too little is left, and then it is there no more."""
        assert self.started is not None
        instructions, size, deepest = self.started
        if self.pay(instructions, size):
            self.deepest.cell_contents = deepest
            return True
        host = {name: self.globals[name] for name in HOST_GLOBALS if name in self.globals}
        self.forget()
        self.globals.update(host)
        return False

    def start(self, d: int) -> None:
        """Run the main chunk."""
        instructions, size = self.spent()
        self.chunk()(d)
        if self.program.constant:
            used, allocated = self.spent()
            self.started = used - instructions, allocated - size, self.deepest.cell_contents

    def forget(self) -> None:
        """Be as if no chunk had run."""
        self.started = None
        self.required: Table | None = None
        self.preload: Table | None = None
        self.kept: dict[tuple[str, str], LuaValue] | None = None
        for slot in self.program.global_cells.values():
            self.cells[slot].cell_contents = None
        self.populate()

    def note_zones(self, version: str) -> None:
        """The run is about to read tables of time zones: what it answers depends on their version, too."""
        self.library_state[ZONES] = version

    def prepare_coroutines(self) -> None:
        """For the first coroutine of a run."""
        prepare(self)

    def close(self, reusable: bool = False) -> None:
        """Take apart what refers to itself, so that reference counting frees it; keep it idle if ``reusable``.

        Left to the cycle collector a decision costs twice its time. Cycles that only the script's own
        functions make are cut where they hang on globals or modules; the collector gets the rest.
        """
        program = self.program
        self.library_state = {}
        if self.threads is not None:
            self.twins = {}
            self.value = self.threads = None
        if self.started is not None and reusable and len(program.idle_runs) < IDLE_RUNS:
            self.globals.pop("request", None)
            self.globals.pop("backends", None)
            self.cells["run"].cell_contents = None
            del self.program  # or a program that is replaced would wait for the cycle collector
            program.idle_runs.append(self)
            return
        self.started = self.kept = None
        values = [*self.globals.values()]
        for slot in program.global_cells.values():
            cell = self.cells[slot]
            values.append(cell.cell_contents)
            cell.cell_contents = None
        self.globals.clear()
        if self.required is not None:
            for module in self.required.values():
                if isinstance(module, Table):
                    values.extend(module.values())
                    module.clear()
        for value in values:
            if value.__class__ is FunctionType and SITES in value.__globals__:
                names, cells = value.__code__.co_freevars, value.__closure__ or ()
                place = len(cells) - 1
                while place >= 0 and names[place][0] == "v":  # slots; the run's own cells sort before them
                    cells[place].cell_contents = None
                    place -= 1
        self.cells["run"].cell_contents = None
        if reusable and len(program.idle_runs) < IDLE_RUNS:
            del self.program  # or a program that is replaced would wait for the cycle collector
            program.idle_runs.append(self)

    @staticmethod
    def forget_idle(program: Program) -> None:
        """Take apart the idle runs of a program that has been replaced."""
        while program.idle_runs:
            with suppress(IndexError):  # a run on another thread took the last one
                run: Any = program.idle_runs.pop()
                run.program = program
                run.close()

    @property
    def constants(self) -> tuple[LuaValue, ...]:
        """What the script's constants are, by number."""
        return self.program.constants

    def populate(self) -> None:
        """Fill the globals with what the program can reach."""
        program = self.program
        table = self.globals = Table()
        self.cells["G"].cell_contents = table
        for name in program.base_names:
            if self.limits.load or name not in SWITCHED:
                table[name] = self.member("", name)
        if self.limits.inert_io:
            table[INERT] = inert_io(self)
        for name in program.library_names:
            table[name] = self.library(name)
        if program.dynamic:
            table["_G"] = table

    def member(self, library: str, name: str) -> LuaValue:
        """A library member, made once per run."""
        path = ALIASES.get((library, name), (library, name))
        value = self.made.get(path)
        if value is None:
            recipe = LIBRARIES[library][name]
            value = self.made[path] = recipe.make(self.cells) if recipe.__class__ is Recipe else recipe
        return value

    def library(self, name: str) -> Table:
        """A library as a table of the run's own."""
        if name == "string":
            self.string_metatable()
            assert self.strings is not None
            return self.strings
        if name == "package":
            return package(self)
        return Table({member: self.member(name, member) for member in LIBRARIES[name]})

    def method(self, value: Native, key: LuaValue) -> LuaValue:
        """A method of an object of the routing library."""
        return method(self, value, key)

    def string_function(self, key: LuaValue) -> LuaValue:
        """A string method, while no script can have changed the string library."""
        return self.member("string", key) if key.__class__ is str and key in LIBRARIES["string"] else None

    def string_metatable(self) -> Table:
        """The metatable that all strings share; its ``__index`` is the library table."""
        if self.meta is None:
            self.strings = Table({member: self.member("string", member) for member in LIBRARIES["string"]})
            self.meta = Table({"__index": self.strings})
        return self.meta

    def next_function(self) -> LuaValue:
        """``next``, as a for statement recognises it."""
        if self.next is None:
            self.next = self.member("", "next")
        return self.next

    def require(self, d: int, name: str) -> LuaValue:
        """``require``: a library by name, or a module linked into the program, run once."""
        return require(self, d, name)

    def load(self, d: int, text: str, name: str, environment: Table | None) -> LuaValue:
        """A function that runs a text. Raises LuaSyntaxError."""
        return load(self, d, text, name, environment)

    def recipe(self, path: tuple[str, str]) -> catalogue.Member:
        """How that member is made."""
        return catalogue.members(path[0])[path[1]]

    def chunk(self, module: str = "") -> FunctionType:
        """The main chunk, or a module's, as a function over this run's cells."""
        function = self.chunks.get(module)
        if function is None:
            program, cells = self.program, self.cells
            code = program.modules[module] if module else program.main
            closure = tuple([cells[name] for name in code.co_freevars])
            function = self.chunks[module] = FunctionType(code, program.namespace, code.co_name, None, closure)
        return function

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
        limits = self.limits
        used: int = self.granted - self.fuel.cell_contents
        size: int = limits.memory - self.reserve - self.alloc.cell_contents
        return (
            used if used < limits.instructions else limits.instructions,  # min() takes three times as long
            size if size < limits.memory else limits.memory,
        )

    # what the library asks for

    def call(self, function: LuaValue, d: int, *arguments: LuaValue) -> LuaValue:
        """Call any value from a library function; all results."""
        return operations.call(self, function, d, *arguments)

    def caught(self, error: LuaError) -> LuaValue:
        """The value of an error that a function of the library has caught.

        What was charged in place before the error is looked at here. A message is paid for by its length: the engine
        makes them of names, which may be as long as the source.
        """
        value = error.value
        if value.__class__ is str:
            self.charge(len(value) // costs.COPY, costs.STRING + len(value))
        else:
            self.refuel(0)
        return value

    def number_of(self, value: LuaValue) -> float | None:
        """A number, or a numeral string's value; converting a long string is paid for by its length."""
        if value.__class__ is float:
            return value
        if value.__class__ is str:
            size = len(value)
            self.charge(_NUMERAL + size // costs.SCAN * costs.STEP, 2 * size if size > LARGE_NUMERAL else 0)
            return string_to_number(value)
        return None

    def address(self, kind: str, value: LuaValue) -> str:
        """A stable name for a table or function: numbered by this run in order of asking."""
        if self.addresses is None:
            self.addresses = {}
        number = self.addresses.get(value)
        if number is None:
            self.charge(costs.STEP, costs.ENTRY)
            number = self.addresses[value] = len(self.addresses) + 1
        return f"{kind}: 0x{number:08x}"

    def write(self, line: str, price: int) -> None:
        """A line for the log, with the position of the script that wrote it."""
        self.charge(price + len(line) // costs.COPY, costs.WORK_BYTES["log.line"])
        self.log_left -= len(line) + 1
        if self.log_left < 0:
            raise LogExceeded(self.limits.log)
        self.log.append((line, position(1)[:-2]))

    def not_a_table(self, value: LuaValue) -> LuaError:
        """The error of ``pairs(value)``."""
        return argument_error(1, f"table expected, got {type_name(value) if value is not None else 'nil'}")

    def library_error(self, message: str) -> LuaError:
        """``luaL_error``."""
        return library_error(message)
