"""Python values as Lua values, and Lua values as Python values.

    Lua        to Python                              from Python
    nil        None                                   None
    boolean    bool                                   bool
    number     int if whole and within 2^53, float    int that a double holds, float
    string     str, see `text`                        str, bytes
    table      LuaTable, a read-only copy             a mapping; a list or tuple, from 1 on; LuaTable: copied
    function   LuaObject                              HostFunction; LuaObject within its run
    others     LuaObject                              LuaObject within its run

In: a run that pays, values. Out: values of the other side. Raises TypeError and ValueError for what Lua cannot
express, and says where it is. A script never gets hold of a Python object: only of copies, and of functions that it
can call.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from ..interpreter import LuaError, costs
from ..interpreter.execution import host_functions
from ..interpreter.execution.run import Run
from ..interpreter.runtime import tables
from ..interpreter.runtime.tracebacks import library_error
from ..interpreter.runtime.values import DOUBLE, FALSE, TRUE, LuaBoolean, LuaValue, Table, type_name
from . import arguments
from .text import inside, outside

MAX_NESTING: Final = 100
"""Mappings and lists within each other, each way."""

MAX_VALUES: Final = 1_000_000
"""Values that `LuaTable.to_python` makes. A table that holds another twice has it twice there, and a script of ten
lines can do so thirty times over."""

NODE: Final = 20
"""Instructions for one value on its way."""

_EXACT: Final = 2.0**53
"""From here on not every whole number is one of Lua's."""


class LuaTable(Mapping[Any, Any]):
    """A Lua table as it was when Python got it: read-only, by key, in the order in which its keys came.

    Keys are as Lua has them, so that lists begin at 1: ``table[1]``, ``table["name"]``. ``len`` counts all entries. Two
    tables are equal if they are the same one; compare what `to_python` answers.
    """

    __slots__ = ("_entries", "_flags")

    def __init__(self) -> None:
        """Empty; the engine fills it."""
        self._entries: dict[Any, Any] = {}
        self._flags: dict[bool, Any] = {}
        """Entries whose keys are booleans: in Python ``True == 1``, in Lua not."""

    def __getitem__(self, key: object) -> Any:
        return self._flags[key] if isinstance(key, bool) else self._entries[key]

    def __iter__(self) -> Iterator[Any]:
        yield from self._entries
        yield from self._flags

    def __len__(self) -> int:
        return len(self._entries) + len(self._flags)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f"<LuaTable of {counted(len(self), 'entry', 'entries')}>"

    def array(self) -> list[Any]:
        """The values at 1, 2, 3 and so on, up to the first that is not there."""
        found: list[Any] = []
        while (place := len(found) + 1) in self._entries:
            found.append(self._entries[place])
        return found

    def to_python(self) -> Any:
        """A list if the keys are 1 to n, else a dict (also when it is empty), and tables within it likewise.

        Functions stay LuaObject, tables that are keys LuaTable. Raises ValueError for a table within itself, for more
        than MAX_NESTING levels or MAX_VALUES values, and where ``true`` is a key beside 1, which a dict cannot tell
        apart.
        """
        return _plain(self, 0, [MAX_VALUES])


def _plain(value: Any, depth: int, left: list[int]) -> Any:
    left[0] -= 1
    if not isinstance(value, LuaTable):
        return value
    if depth == MAX_NESTING:
        raise ValueError(f"tables nest deeper than {MAX_NESTING} levels, or in a circle")
    if left[0] < len(value):
        raise ValueError(f"more than {MAX_VALUES} values, tables that are in several places counted in each")
    for flag in value._flags:
        if flag in value._entries:
            raise ValueError(f"{flag} and {int(flag)} are both keys, and the same one to a dict")
    listed = value.array()
    if listed and len(listed) == len(value):
        return [_plain(item, depth + 1, left) for item in listed]
    return {key: _plain(item, depth + 1, left) for key, item in value.items()}


class LuaObject:
    """A Lua value that Python can only hold: a function, a thread, an object of the library.

    ``kind`` is what Lua's ``type`` says. A host function may give it back to the run that it got it from.
    """

    __slots__ = ("_run", "_value", "kind")

    def __init__(self, kind: str, run: Run | None = None, value: LuaValue = None) -> None:
        """Made by the engine; one without ``run`` means nothing to any run."""
        self.kind = kind
        self._run = run
        self._value = value

    def __repr__(self) -> str:
        return f"<LuaObject: a {self.kind}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return LuaObject, (self.kind,)

    def within(self, run: Run, where: str) -> LuaValue:
        """The Lua value. Raises ValueError in another run."""
        if self._run is not run:
            raise ValueError(f"{where}: a Lua {self.kind} of another run")
        return self._value


@dataclass(frozen=True, slots=True)
class HostFunction:
    """A Python function that a script may call.

    ``function`` gets the script's arguments as Python values: as many as it takes, None where the script gave none,
    those beyond its last parameter dropped, as for a Lua function. They are whatever the script chose: look at them.
    It answers a value, None for nil, a tuple for several values. A LuaError that it raises is the script's, which
    ``pcall`` can catch; any other exception ends the run and is raised by `execute` as it is.

    ``price`` is in instructions and at least 1, charged before each call: about 65 for each microsecond that the
    function takes. If that depends on the arguments, it is a function of them. Texts and entries of tables on their
    way cost 20 each, and their bytes.
    """

    function: Callable[..., Any]
    price: int | Callable[..., int]

    def __post_init__(self) -> None:
        """Raises TypeError, ValueError."""
        if not callable(self.function):
            raise arguments.wrong("function", "callable", self.function)
        if inspect.iscoroutinefunction(self.function):
            raise TypeError("function must not be async: a script waits for its answer")
        if not callable(self.price):
            arguments.whole("price", self.price, 1)

    @property
    def name(self) -> str:
        """What errors call it."""
        return str(getattr(self.function, "__qualname__", type(self.function).__name__))


class HostRaised(BaseException):
    """Carries what a host function has raised through a run. Nothing in the engine catches it."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(error)
        self.error = error


# from Python


def to_lua(run: Run, value: Any, where: str, depth: int = 0) -> LuaValue:
    """A Lua value, which the run pays for. Raises TypeError and ValueError, which begin with ``where``."""
    if value is None:
        return None
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, (str, bytes)):
        run.charge(NODE + len(value) // costs.COPY, costs.STRING + len(value))
        text = inside(value, where)
        run.charge(0, len(text) - len(value))
        return text
    if isinstance(value, (int, float)):
        return _number(value, where)
    if isinstance(value, LuaObject):
        return value.within(run, where)
    if isinstance(value, HostFunction):
        run.charge(NODE, costs.CLOSURE)
        return _bound(run, value)
    if not isinstance(value, (Mapping, list, tuple)):
        advice = "; wrap it as HostFunction(function, price=...)" if callable(value) else ""
        raise TypeError(f"{where}: {type(value).__name__} is no Lua value{advice}")
    if depth == MAX_NESTING:
        raise ValueError(f"{where}: nests deeper than {MAX_NESTING} levels, or in a circle")
    run.charge(NODE * (len(value) + 1), costs.TABLE)
    return _mapping(run, value, where, depth) if isinstance(value, Mapping) else _list(run, value, where, depth)


def _number(value: int | float, where: str) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = float("nan")
    if isinstance(value, int) and number != value:
        raise ValueError(f"{where}: a Lua number is a double, which does not hold {value}; give it as text")
    return number


def _list(run: Run, value: list[Any] | tuple[Any, ...], where: str, depth: int) -> Table:
    table = Table()
    for place, item in enumerate(value, 1):
        made = to_lua(run, item, f"{where}[{place - 1}]", depth + 1)
        if made is None:
            raise ValueError(f"{where}[{place - 1}]: None would be a hole in a Lua list")
        tables.rawset(run, table, float(place), made)
    return table


def _mapping(run: Run, value: Mapping[Any, Any], where: str, depth: int) -> Table:
    table = Table()
    for key, item in value.items():
        if isinstance(key, bytes) or not isinstance(key, (str, int, float)):
            raise TypeError(f"{where}: a key must be str, a number or bool, not {type(key).__name__}")
        shown = f"{where}.{key:.40}" if isinstance(key, str) else f"{where}[{key!r}]"
        name = to_lua(run, key, shown, depth + 1)
        if name != name:
            raise ValueError(f"{where}: NaN is no key")
        tables.rawset(run, table, name, to_lua(run, item, shown, depth + 1))
    return table


def _bound(run: Run, function: HostFunction) -> LuaValue:
    least, most = _places(function.function)
    name = function.name

    def body(run: Run, d: int, given: tuple[LuaValue, ...]) -> LuaValue:
        paid: dict[Any, Any] = {}
        values = [to_python(value, run, paid) for value in given[:most]]
        values += [None] * (least - len(values))
        if not isinstance(function.price, int):
            price = _asked(run, function.price, values, name)
            run.charge(_checked(partial(arguments.whole, f"the price of {name}", price, 1)))
        answer = _asked(run, function.function, values, name)
        results = answer if answer.__class__ is tuple else (answer,)
        made = [_checked(partial(to_lua, run, item, f"the answer of {name}")) for item in results]
        return made[0] if len(made) == 1 else tuple(made)

    price = function.price if isinstance(function.price, int) else 1
    return host_functions.bound(run, host_functions.HostFunction(price, body))


def _asked(run: Run, function: Callable[..., Any], values: list[Any], name: str) -> Any:
    """What a host's function answers. Raises what it says to the script, and HostRaised for anything else."""
    try:
        return function(*values)
    except LuaError as error:
        given = error.value
    except BaseException as error:
        raise HostRaised(error) from None
    value = _checked(partial(to_lua, run, given, f"an error of {name}"))
    raise library_error(value) if value.__class__ is str else LuaError(value)


def _checked(make: Callable[[], Any]) -> Any:
    """What ``make`` answers; an error that is the host's own mistake goes to the host."""
    try:
        return make()
    except (TypeError, ValueError) as error:
        raise HostRaised(error) from None


def _places(function: Callable[..., Any]) -> tuple[int, int | None]:
    """How many arguments a function needs, and takes at most; None for any number."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # one written in C that does not say
        return 0, None
    kinds = [parameter.kind for parameter in parameters]
    placed = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    least = sum(parameter.default is parameter.empty for parameter in placed)
    return least, None if inspect.Parameter.VAR_POSITIONAL in kinds else len(placed)


# to Python


def to_python(value: LuaValue, run: Run | None = None, known: dict[Any, Any] | None = None) -> Any:
    """A Python value. ``run`` pays for it, if there is one; ``known`` has what has been made, so that what the script
    has twice is there once."""
    made = {} if known is None else known
    left: list[tuple[Table, LuaTable]] = []
    answer = _python(value, run, made, left)
    while left:
        table, copy = left.pop()
        for stored, item in dict.items(table):
            key = DOUBLE.unpack(stored)[0] if stored.__class__ is bytes else stored  # numbers that lie scattered
            name, content = _python(key, run, made, left), _python(item, run, made, left)
            (copy._flags if isinstance(name, bool) else copy._entries)[name] = content
    return answer


def _python(value: LuaValue, run: Run | None, made: dict[Any, Any], left: list[tuple[Table, LuaTable]]) -> Any:
    if value is None:
        return None
    if value.__class__ is float:
        return int(value) if -_EXACT <= value <= _EXACT and value.is_integer() else value
    if value.__class__ is LuaBoolean:
        return value is TRUE
    known = made.get(value)
    if known is not None:
        return known
    if value.__class__ is str:
        if run is not None:
            run.charge(NODE + len(value) // costs.COPY, 0 if value.isascii() else costs.STRING + 2 * len(value))
        text = made[value] = outside(value)
        return text
    if not isinstance(value, Table):
        known = made[value] = LuaObject(type_name(value), run, value if run is not None else None)
        return known
    if run is not None:
        run.charge(NODE * (len(value) + 1), costs.TABLE + costs.ENTRY * len(value))
    table = made[value] = LuaTable()
    left.append((value, table))
    return table


def counted(count: int, one: str, several: str = "") -> str:
    """``1 value``, ``2 values``."""
    return f"{count} {one if count == 1 else several or one + 's'}"
