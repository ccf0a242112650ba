"""One run of a program: its globals, its library, its log.

Input: a linked Program, Limits, seed and clock. Output: the state that generated code and library functions
work on. A Run is used by one thread and for one run, after which its
cells and the library functions over them can serve another run of the same program, as an idle run (a fifth of a
decision's time): ``begin`` sets whatever a run may change, and a run that did not end well is not kept. Where the
program's start-up is constant (see constant_startup) an idle run keeps what the chunks made, and the next run only pays
what that cost.
"""

from __future__ import annotations

from contextlib import suppress
from types import CellType, FunctionType
from typing import TYPE_CHECKING, Any, Final

from .. import costs
from ..errors import LogExceeded
from ..limits import Limits
from ..modules import catalogue
from ..numerals import string_to_number
from ..runtime import operations
from ..runtime.errors import LuaError
from ..runtime.tracebacks import argument_error, library_error, position
from ..runtime.values import LuaValue, Native, Table, type_name
from ..signatures import ALIASES, HOST_GLOBALS, INERT, SWITCHED
from ..sites import SITES
from ..stdlib.registry import LIBRARIES, Recipe
from .budgets import Budgets
from .loaded import load
from .required import inert_io, method, package, require
from .twin_calls import prepare

if TYPE_CHECKING:
    from collections.abc import Callable

    from .program import Program

_NUMERAL: Final = costs.WORK["numeral"]
LARGE_NUMERAL: Final = 1 << 16
"""Bytes of a numeral up to which the copies that a conversion takes are not charged."""

ZONES: Final = "zones"
"""The key in Run.library_state of the version of the tables of time zones, once the script has read any."""

IDLE_RUNS: Final = 4
"""Idle runs that a program keeps: as many as threads may be running it."""


class Run(Budgets):
    """See the module's docstring. ``slice`` asks for SliceExhausted after that many instructions."""

    __slots__ = (
        "addresses",
        "chunks",
        "globals",
        "header_meta",
        "kept",
        "library_state",
        "loading",
        "log",
        "log_left",
        "made",
        "meta",
        "next",
        "now",
        "preload",
        "program",
        "required",
        "seed",
        "started",
        "strings",
        "twin",
        "twins",
        "value",
    )

    twin: Callable[[LuaValue], LuaValue]
    loading: Table

    def __init__(
        self, program: Program, limits: Limits, seed: int = 0, now: float = 0.0, slice: int | None = None
    ) -> None:
        super().__init__(limits)
        self.program = program
        self.globals: Table
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

    def begin(self, limits: Limits, seed: int, now: float, slice: int | None) -> None:
        """Everything that a run may change, as it is at the start."""
        if limits is not self.limits:
            self.set_limits(limits)
            self.started = None
        self.seed = seed
        self.now = now
        self.grant(slice)
        self.log: list[tuple[str, str]] = []
        self.log_left = limits.log
        self.threads = None
        self.addresses: dict[LuaValue, int] | None = None
        self.strings: Table | None = None
        self.meta: Table | None = None
        self.next: LuaValue = None
        if self.started is None:
            self.forget()

    def resumed(self, more: int = 0, bytes_more: int = 0) -> bool:
        """Pay for what start-up has made, which is there, and for ``more`` that came before it; False, and nothing is
        paid, if too little is left, and then it is there no more."""
        assert self.started is not None
        instructions, size, deepest = self.started
        if self.pay(instructions + more, size + bytes_more):
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
