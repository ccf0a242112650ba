"""Lua values as Python values, and the conversions that the manual defines on them (2.2.1).

    nil       None                  boolean  TRUE, FALSE (not bool: True == 1.0 would merge table keys)
    number    float, always         string   str, one character per byte
    thread    Coroutine
    table     Table and subclasses  function types.FunctionType; its first parameter is the call depth
    one value itself; none or several values: a tuple, and only then

Refuses: any other Python value. Nothing here runs Lua code.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from struct import Struct
from types import FunctionType
from typing import Any, Final

from .. import costs

LuaValue = Any
"""One Lua value as listed above. The generated code's guards are the type system here."""

CODES: Final = {chr(code): float(code) for code in range(256)}
"""The number of each character of a Lua string."""

COUNT: Final = tuple(map(float, range(4097)))
"""Numbers to count with. A key that is the very object of its entry is also found without a comparison."""

LONG_STRING: Final = 512
"""Bytes. From this length on work on a string is priced by length, and as a key it makes its table slow."""


class LuaBoolean:
    """The two booleans; identity is equality."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


TRUE: Final = LuaBoolean("true")
FALSE: Final = LuaBoolean("false")


class Absent:
    """The type of ABSENT: an argument that was not passed ("no value" in messages)."""

    __slots__ = ()


ABSENT: Final = Absent()


TABLE_CLASSES: Final = {"Table"}
"""Names of the classes of tables, those of rooms above too: by them Python says what was called and is no function."""


class Table(dict[LuaValue, LuaValue]):
    """A plain table: no metatable. Never holds None values, NaN keys or long string keys.

    A missing key answers None through ``__missing__``, a C function: 12 % faster than ``get``
    over all benchmarks. ``meta`` (the metatable or NO_METATABLE) and ``run`` are set in a MetaTable only;
    ``order`` is the key order that ``next`` walks, ``dead`` counts removals, ``starts`` and ``gone``
    are scattered's notes, ``array`` is array_part's; all are set on first use.
    """

    __slots__ = ("array", "dead", "gone", "meta", "order", "run", "starts")

    def __init_subclass__(cls) -> None:
        """Have its name known."""
        TABLE_CLASSES.add(cls.__name__)

    array: list[int]
    dead: int
    gone: list[float]
    starts: list[float]
    meta: Table
    order: Any
    run: Any
    __missing__: Any = {}.get
    __hash__ = object.__hash__  # type: ignore[assignment]


class ListTable(Table):
    """A plain table whose keys are 1 to n, stored in that order; n may be 0. So its length is n, and its end is known.

    What stores or removes any other key makes it a Table first. Nothing but the time that an operation takes
    depends on which of the two a table is.
    """

    __slots__ = ()


class MetaTable(Table):
    """A table with a metatable, or one that holds a long string key: every access goes through operations.

    Long keys stay out of plain tables since finding one compares its bytes, which nobody charged.
    """

    __slots__ = ()

    def __call__(self, d: int, *arguments: LuaValue) -> LuaValue:
        """``__call`` (manual 2.8). Python gives the slot no say in depth, so such a call counts as a native call."""
        return self.run.call_meta(self, d, arguments)


DOUBLE: Final = Struct("<d")


def unpredictable(key: LuaValue) -> LuaValue:
    """What stands for a key where a script must not know its hash: the eight bytes of a double."""
    return DOUBLE.pack(key + 0.0) if key.__class__ is float else key


class ScatteredTable(MetaTable):
    """A table whose number keys lie scattered (see hash_defence): they are stored as the eight bytes of the double.

    Python hashes a number to its value, so a script can choose keys of which one is only found after passing all
    others; bytes it hashes with a secret of the process. Each use of a number key is charged on top.
    """

    __slots__ = ()

    def _stored(self, key: LuaValue) -> LuaValue:
        kind: Any = key.__class__
        if kind is not float and kind is not int:
            return key
        self.run.charge(costs.SCATTERED)
        return DOUBLE.pack(key + 0.0)

    def __getitem__(self, key: LuaValue) -> LuaValue:
        if key.__class__ is float:
            raise TypeError  # only attempts subscript what may be of this class: they must not charge
        return dict.get(self, key)

    def __setitem__(self, key: LuaValue, value: LuaValue) -> None:
        dict.__setitem__(self, self._stored(key), value)

    def __delitem__(self, key: LuaValue) -> None:
        dict.__delitem__(self, self._stored(key))

    def __contains__(self, key: Any) -> bool:
        return dict.__contains__(self, self._stored(key))

    def __iter__(self) -> Iterator[LuaValue]:
        for key in dict.__iter__(self):
            self.run.charge(costs.SCATTERED)
            yield DOUBLE.unpack(key)[0] if key.__class__ is bytes else key

    def get(self, key: LuaValue, default: LuaValue = None, /) -> LuaValue:
        """The value, or None."""
        return dict.get(self, self._stored(key), default)

    def items(self) -> Any:
        """The entries."""
        return zip(self, self.values(), strict=True)

    def update(self, entries: Iterable[tuple[LuaValue, LuaValue]]) -> None:  # type: ignore[override]
        """Assign all of ``entries``."""
        for key, value in entries:
            self[key] = value

    def scatter(self, entries: dict[LuaValue, LuaValue]) -> None:
        """Take over the entries of a table of another class, which is this one now."""
        dict.clear(self)
        for key, value in entries.items():
            dict.__setitem__(self, unpredictable(key), value)


class Coroutine:
    """A thread (manual 2.11): see coroutines. ``stack`` has the generators that wait for each other, outermost first.

    ``status`` is as ``coroutine.status`` names it; ``deepest`` the depth that its frames are paid for.
    """

    __slots__ = ("deepest", "function", "stack", "status")

    def __init__(self, function: FunctionType) -> None:
        self.function: FunctionType | None = function
        self.status = "suspended"
        self.stack: list[Generator[Any, None, None]] = []
        self.deepest = 1


_CLASS: Final[Any] = object.__dict__["__class__"]


class HoledTable(MetaTable):
    """A table that was made with nils between its positions: ``array`` is what PUC's ``#`` goes by (see array_part).

    To generated code and the library it is a MetaTable, by what it says of its class; new keys are noted by operations.
    """

    __slots__ = ()

    def _become(self, kind: type[Table]) -> None:
        if kind is not MetaTable:
            _CLASS.__set__(self, kind)

    __class__ = property(lambda self: MetaTable, _become)


class Native:
    """An object of the routing library, such as a list of networks: a userdata. Nothing changes it: runs can share it.

    ``module`` and ``kind`` say which functions are its methods: those of ``modules/MODULE.py`` named ``KIND:NAME``.
    Without a module it is a value that is only itself, called ``kind``: it has no fields and no operations.
    """

    __slots__ = ("data", "kind", "module")

    def __init__(self, module: str, kind: str, data: Any = None) -> None:
        self.module = module
        self.kind = kind
        self.data = data


NO_METATABLE: Final = Table()
"""The ``meta`` of a MetaTable without a metatable: stays empty, so that a read needs no test."""


TYPE_NAMES: Final[dict[type, str]] = {
    type(None): "nil",
    LuaBoolean: "boolean",
    float: "number",
    str: "string",
    Table: "table",
    ListTable: "table",
    MetaTable: "table",
    ScatteredTable: "table",
    FunctionType: "function",
    Coroutine: "thread",
    Absent: "no value",
    Native: "userdata",
}


def type_name(value: LuaValue) -> str:
    """The manual's name of a value's type (``type``, section 5.1)."""
    return TYPE_NAMES[value.__class__]
