"""Lua values to JSON text (RFC 8259).

Input: a value, without metamethods. Output: text without white space; members in the order of insertion, whole numbers
in full up to 2^53, others as the shortest numeral that is read back the same. Bytes beyond ASCII stand as they are.
Raises Unwritable with the path of what has no JSON: ``users[2].name: a function``.
"""

from __future__ import annotations

import re
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any, Final

from ..costs import SCAN, STRING, WORK, WORK_BYTES
from ..numerals import number_to_string
from ..runtime.values import COUNT, FALSE, TRUE, ListTable, LuaValue, MetaTable, Table, type_name
from .json_reading import MAX_DEPTH, NULL

if TYPE_CHECKING:
    from ..runtime.context import RunContext

_ITEM: Final = WORK["json.item"]
_ITEM_BYTES: Final = WORK_BYTES["json.item"]
_TABLE: Final = WORK["json.written_table"]
_SHORT: Final = 10
"""Bytes of a string that is in the price of a value, even if each is written as six."""

SPARSE_SAFE: Final = 10
"""The last position of an array up to which any holes are written as null."""
SPARSE_RATIO: Final = 2
"""Beyond, the positions for each value that an array may have at most (cjson's encode_sparse_array)."""

_WHOLE: Final = 9007199254740992.0
_SPECIAL: Final = re.compile(r'["\\\x00-\x1f]')
_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")


class Unwritable(Exception):
    """What has no JSON, with its path."""


class Writer:
    """One text in the making: ``arrays`` are the metatables that mark arrays, ``digits`` those of a fraction."""

    __slots__ = ("arrays", "digits", "empty", "path", "pieces", "run", "within")

    def __init__(self, run: RunContext, arrays: tuple[Table, ...], digits: int, empty_is_object: bool) -> None:
        self.run = run
        self.arrays = arrays
        self.digits = digits
        self.empty = "{}" if empty_is_object else "[]"
        self.pieces: list[str] = []
        self.path: list[LuaValue] = []
        self.within: set[int] = set()

    def write(self, value: LuaValue) -> str:
        """The whole text. Raises Unwritable."""
        self.run.charge(_ITEM, _ITEM_BYTES)
        self.value(value)
        size = sum(map(len, self.pieces))
        self.run.charge(size // SCAN, STRING + size)
        return "".join(self.pieces)

    def value(self, value: LuaValue) -> None:
        """Any value, whose base price is paid."""
        kind = value.__class__
        if kind is str:
            self.pieces.append(self.string(value))
        elif kind is float:
            self.pieces.append(self.number(value))
        elif isinstance(value, Table):
            self.table(value)
        elif value is TRUE or value is FALSE:
            self.pieces.append("true" if value is TRUE else "false")
        elif value is NULL or value is None:
            self.pieces.append("null")
        else:
            raise self.refusal(f"a {type_name(value)} has no JSON")

    def string(self, text: str) -> str:
        """A quoted string; a long one is paid for."""
        size = len(text)
        if size > _SHORT:
            self.run.charge(size // SCAN, size)
            if _SPECIAL.search(text):
                self.run.charge(size // 4, 5 * size)
        return encode_basestring(text)

    def number(self, number: float) -> str:
        """A numeral."""
        if number - number != 0.0:
            raise self.refusal("NaN has no JSON" if number != number else "an infinite number has no JSON")
        if -_WHOLE <= number <= _WHOLE and (whole := int(number)) == number:
            return str(whole)
        return f"{number:.{self.digits}g}" if self.digits else repr(number)

    def table(self, table: Table) -> None:
        """An array or an object."""
        address, count = id(table), len(table)
        if address in self.within:
            raise self.refusal("the table contains itself")
        if len(self.path) >= MAX_DEPTH:
            raise self.refusal(f"nested deeper than {MAX_DEPTH} levels")
        self.run.charge(_TABLE + _ITEM * count, _ITEM_BYTES * count + 2 * STRING)
        is_marked = isinstance(table, MetaTable) and any(table.meta is meta for meta in self.arrays)
        self.within.add(address)
        if not count:
            self.pieces.append("[]" if is_marked else self.empty)
        elif (values := self.positions(table, count, is_marked)) is not None:
            self.array(values)
        else:
            self.object(table)
        self.within.discard(address)

    def positions(self, table: Table, count: int, is_marked: bool) -> list[LuaValue] | None:
        """The elements of an array, holes as None; None for an object."""
        if table.__class__ is ListTable:
            return list(table.values())
        if 1.0 in table and float(count) in table:
            keys: Any = COUNT[1 : count + 1] if count <= 4096 else map(float, range(1, count + 1))
            values = [table.get(key) for key in keys]
            if None not in values:
                return values
        keys = list(table)
        bad = next((key for key in keys if key.__class__ is not float or key < 1.0 or key % 1.0), None)
        if bad is not None:
            if is_marked:
                self.path.append(bad)
                raise self.refusal("an array has positions only")
            return None
        last = int(min(max(keys), _WHOLE))
        if last > SPARSE_SAFE and last > SPARSE_RATIO * count:
            raise self.refusal(f"the array is too sparse: {count} values, the last at {number_to_string(max(keys))}")
        self.run.charge(_ITEM * (last - count), _ITEM_BYTES * (last - count))
        return [table.get(float(place)) for place in range(1, last + 1)]

    def array(self, values: list[LuaValue]) -> None:
        """The elements."""
        pieces, mark = self.pieces, "["
        self.path.append(0.0)
        for place, value in enumerate(values, 1):
            pieces.append(mark)
            self.path[-1] = float(place)
            self.value(value)
            mark = ","
        self.path.pop()
        pieces.append("]")

    def object(self, table: Table) -> None:
        """The members, in the order of insertion."""
        pieces, mark = self.pieces, "{"
        self.path.append(None)
        for key, value in table.items():
            self.path[-1] = key
            if key.__class__ is str:
                name = key
            elif key.__class__ is float:
                name = number_to_string(key)
                if name in table:
                    raise self.refusal(f"the table has both a number {name} and a string of that name")
            else:
                raise self.refusal(f"a {type_name(key)} is no name")
            pieces.append(f"{mark}{self.string(name)}:")
            self.value(value)
            mark = ","
        self.path.pop()
        pieces.append("}")

    def refusal(self, why: str) -> Unwritable:
        """The error, with the path as Lua writes it."""
        text = ""
        for key in self.path:
            if key.__class__ is float:
                text += f"[{number_to_string(key)}]"
            elif key.__class__ is str and _PLAIN_NAME.match(key):
                text += f".{key}" if text else key
            elif key.__class__ is str:
                text += f"[{encode_basestring(key[:64])}]"
            else:
                text += f"[a {type_name(key)}]"
        return Unwritable(f"{text}: {why}" if text else why)
