"""JSON text (RFC 8259) to Lua values: all of it, or one value in it.

Input: a text, a character a byte. Output: Lua values; strings are the bytes that the text has, escapes beyond ASCII the
bytes of their UTF-8, lone surrogates those of U+FFFD. Raises Misread for what is not JSON, with the place.

Python's scanner does the work. It recurses in C, so nesting is checked first. Its messages differ between versions of
Python, so the place of a mistake is found here, by our own grammar.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import accumulate
from json.decoder import JSONArray, JSONObject, scanstring  # type: ignore[attr-defined]
from json.scanner import make_scanner
from typing import TYPE_CHECKING, Any, Final

from ..costs import ENTRY, PER_INSTRUCTION, SCAN, STRING, TABLE, WORK, WORK_BYTES
from ..runtime.values import (
    COUNT,
    FALSE,
    LONG_STRING,
    NO_METATABLE,
    TRUE,
    ListTable,
    LuaValue,
    MetaTable,
    Native,
    Table,
)

if TYPE_CHECKING:
    from ..runtime.context import RunContext

MAX_DEPTH: Final = 128
"""Arrays and objects within each other. Python's scanner takes C stack for each, of which CPython 3.12 allows scripts
that call through the library 1,400 levels in all."""

NULL: Final = Native("", "NULL")
"""What a null is: nil would be no element. It is true in a condition."""

_PER_BYTE: Final = PER_INSTRUCTION["json.bytes"]
_VALUE: Final = WORK["json.value"]
_TABLE: Final = WORK["json.table"]
_ESCAPE: Final = WORK["json.escape"]
_ESCAPE_BYTES: Final = WORK_BYTES["json.escape"]
_BACKSLASH: Final = WORK["json.backslash"]
_PASSED_BYTES: Final = PER_INSTRUCTION["json.passed"]
_BRACKET: Final = WORK["json.bracket"]
_TRANSIENT: Final = WORK_BYTES["json.value"]
_TOKEN: Final = WORK["json.token"]

_STRING: Final = re.compile(rb'"(?:[^"\\]++|\\.?)*+(?:"|\Z)', re.DOTALL)
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_STEPS: Final = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_ESCAPES: Final = re.compile(r"\\(?:u([dD][89abAB]..)\\u([dD][c-fC-F]..)|u(....)|.)", re.DOTALL)
_BLANK: Final = re.compile(r"[ \t\n\r]*+")
_LEXEME: Final = re.compile(
    r'[ \t\n\r]*+(?:("(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+")|'
    r"(-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?|true|false|null)|([\[\]{}:,]))"
)


_FOREIGN: Final = frozenset({list, bool, type(None)})
"""What the scanner makes that is no Lua value."""
_WORDS: Final = {True: TRUE, False: FALSE, None: NULL}
_PLACES: Final = tuple(COUNT[1:])

Scan = Callable[[str, int], tuple[Any, int]]


class Misread(Exception):
    """What is wrong with a text, in words of its own."""


def _joined(found: re.Match[str]) -> str:
    """An escape by number as UTF-8; others, and those for ASCII, are the scanner's."""
    high, low, single = found.groups()
    try:
        if high is not None:
            code = 0x10000 + ((int(high, 16) & 0x3FF) << 10) + (int(low, 16) & 0x3FF)
        elif single is None or (code := int(single, 16)) < 0x80:
            return found[0]
    except ValueError:
        return found[0]
    if 0xD800 <= code < 0xE000:
        code = 0xFFFD
    return chr(code).encode().decode("latin-1")


def unescaped(run: RunContext, text: str) -> str:
    """The text without escapes beyond ASCII."""
    if "\\u" not in text:
        return text
    escapes = text.count("\\")
    run.charge(_ESCAPE * escapes, _ESCAPE_BYTES * escapes + 2 * len(text) + STRING)
    return _ESCAPES.sub(_joined, text)


def _check_depth(run: RunContext, text: str, opened: int) -> None:
    if opened <= MAX_DEPTH:
        return
    run.charge(_BRACKET * opened + len(text) // SCAN, 3 * len(text))
    brackets = _STRING.sub(b"", text.encode("latin-1")).translate(None, _NOT_BRACKETS)
    if any(depth > MAX_DEPTH for depth in accumulate(map(_STEPS.__getitem__, brackets))):
        raise Misread(f"JSON is nested deeper than {MAX_DEPTH} levels")


class Reader:
    """What the scanner asks, for a run: ``empty`` is the metatable of an empty array, ``meta`` that of the others.

    The scanner of Pythons that have it in Python alone asks for its parts and a memo besides.
    """

    __slots__ = ("empty", "memo", "meta", "object_hook", "object_pairs_hook", "parse_constant", "run", "strict")
    parse_float = float
    parse_int = float
    parse_object = staticmethod(JSONObject)
    parse_array = staticmethod(JSONArray)
    parse_string = staticmethod(scanstring)

    def __init__(self, run: RunContext, empty: Table) -> None:
        self.run = run
        self.empty = empty
        self.meta: Table | None = None
        self.strict = True
        self.memo: dict[str, str] = {}
        self.object_hook = self.to_object
        self.object_pairs_hook = None
        self.parse_constant = _no_constant

    def to_object(self, members: dict[str, Any]) -> Table:
        """An object, whose values are the scanner's."""
        is_long = False
        for name, value in members.items():
            if len(name) >= LONG_STRING:
                is_long = True
            if value.__class__ in _FOREIGN:
                members[name] = self.to_array(value) if value.__class__ is list else _WORDS[value]
        return self._with_meta(Table(members), NO_METATABLE) if is_long else Table(members)

    def to_lua(self, value: Any) -> LuaValue:
        """A value of the scanner's as Lua's."""
        if value.__class__ in _FOREIGN:
            return self.to_array(value) if value.__class__ is list else _WORDS[value]
        return value

    def to_array(self, values: list[Any]) -> Table:
        """An array."""
        if not values:
            return self._with_meta(Table(), self.empty)
        table: Table = ListTable()
        keys = _PLACES if len(values) <= len(_PLACES) else map(float, range(1, len(values) + 1))
        for place, value in zip(keys, values):  # noqa: B905 - the places go on
            if value.__class__ in _FOREIGN:
                table[place] = self.to_array(value) if value.__class__ is list else _WORDS[value]
            else:
                table[place] = value
        return table if self.meta is None else self._with_meta(table, self.meta)

    def _with_meta(self, table: Table, meta: Table) -> Table:
        table.meta, table.run = meta, self.run
        table.__class__ = MetaTable
        return table

    def scanner(self) -> Scan:
        """Python's scanner, which makes this one's objects. It knows the reader, not the other way round: no cycle."""
        return make_scanner(self)  # type: ignore[arg-type]

    def read(self, scan: Scan, text: str) -> LuaValue:
        """The value of a whole text, paid for. Raises Misread."""
        run = self.run
        size = len(text)
        opened = text.count("[") + text.count("{")
        values = text.count(",") + opened + 1
        slashes = text.count("\\")
        run.charge(
            size // _PER_BYTE + _VALUE * values + _TABLE * opened + _BACKSLASH * slashes,
            TABLE * opened + (ENTRY + _TRANSIENT) * values + STRING * (text.count('"') // 2) + 2 * size,
        )
        _check_depth(run, text, opened)
        plain = unescaped(run, text) if slashes else text
        try:
            found, end = scan(plain, _BLANK.match(plain).end())  # type: ignore[union-attr]
            if end == len(plain) or _BLANK.match(plain, end).end() == len(plain):  # type: ignore[union-attr]
                return self.to_lua(found)
        except (ValueError, StopIteration):
            pass
        raise Misread(f"not JSON at character {mistake(run, text) + 1}")


def _no_constant(name: str) -> Any:
    raise ValueError(name)


_VALUES, _NAMES, _COLONS, _AFTER = range(4)


def mistake(run: RunContext, text: str) -> int:
    """Where the first token starts that no JSON text could have there: the text's end if it only ends too soon."""
    run.charge(len(text) // _PASSED_BYTES + _BACKSLASH * text.count("\\"))
    expected, first, place = _VALUES, False, 0
    stack: list[str] = []
    while found := _LEXEME.match(text, place):
        run.charge(_TOKEN)
        string, plain, mark = found.groups()
        if expected == _VALUES and (string or plain or mark in ("[", "{", "]")):
            if mark == "]" and not first:
                return found.start(3)
            first = mark in ("[", "{")
            if first:
                stack.append(mark)
            elif mark:
                stack.pop()
            expected = _NAMES if mark == "{" else _VALUES if first else _AFTER
        elif expected == _NAMES and (string or (mark == "}" and first)):
            if mark:
                stack.pop()
            expected, first = (_AFTER if mark else _COLONS), False
        elif expected == _COLONS and mark == ":":
            expected = _VALUES
        elif expected == _AFTER and stack and mark in (",", "]" if stack[-1] == "[" else "}"):
            if mark != ",":
                stack.pop()
            else:
                expected = _VALUES if stack[-1] == "[" else _NAMES
        else:
            return max(found.start(1), found.start(2), found.start(3))
        place = found.end()
    return _BLANK.match(text, place).end()  # type: ignore[union-attr]


# a value within a text

_MEMBER: Final = WORK["json.member"]
_SKIPPED: Final = WORK["json.skipped"]

_NAME: Final = re.compile(r'[ \t\n\r]*+("(?:[^"\\]++|\\.)*+")[ \t\n\r]*+:', re.DOTALL)
_SCALAR: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"|[^\[\]{}",:\s]++', re.DOTALL)
_PASSED: Final = re.compile(r'[^\[\]{}"]*+(?:"(?:[^"\\]++|\\.)*+"[^\[\]{}"]*+)*+([\[\]{}])', re.DOTALL)
_NEXT: Final = re.compile(r"[ \t\n\r]*+([,\]}])")
_INDEX: Final = re.compile(r"(?:0|[1-9][0-9]{0,8})\Z")


def extract(run: RunContext, text: str, steps: list[str]) -> tuple[int, int] | None:
    """Where the value stands to which ``steps`` lead; None if there is none. Raises Misread.

    Of members of the same name it is the last, as in a table that is read. What it passes is not looked at closely.
    """
    run.charge(len(text) // _PASSED_BYTES)
    start, end = _BLANK.match(text).end(), len(text)  # type: ignore[union-attr]
    for step in steps:
        run.charge((end - start) // _PASSED_BYTES + _BACKSLASH * text.count("\\", start, end))
        found = _member(run, text, start, step)
        if found is None:
            return None
        start, end = found
    return start, end


def _member(run: RunContext, text: str, start: int, step: str) -> tuple[int, int] | None:
    """The span of one member's value in the array or object that begins at ``start``; None in anything else."""
    opening = text[start : start + 1]
    if opening not in ("[", "{"):
        if _SCALAR.match(text, start) is None:
            raise _misread(start)
        return None
    wanted = int(step) if opening == "[" and _INDEX.match(step) else -1
    found, place, number = None, start + 1, 0
    closing = "]" if opening == "[" else "}"
    if (after := _NEXT.match(text, place)) and after[1] == closing:
        return None
    while True:
        run.charge(_MEMBER)
        is_it = number == wanted
        if opening == "{":
            name = _NAME.match(text, place)
            if name is None:
                raise _misread(place)
            place = name.end()
            is_it = _name(run, name[1]) == step
        begins = _BLANK.match(text, place).end()  # type: ignore[union-attr]
        place = _after(run, text, begins)
        if is_it:
            found = begins, place
        after = _NEXT.match(text, place)
        if after is None or after[1] != closing != "," != after[1]:
            raise _misread(place)
        if after[1] == closing:
            return found
        place, number = after.end(), number + 1
        if number > wanted >= 0:
            return found


def _name(run: RunContext, quoted: str) -> str:
    if "\\" not in quoted:
        return quoted[1:-1]
    try:
        name: str = scanstring(unescaped(run, quoted), 1, True)[0]
        return name
    except ValueError:
        raise Misread("not JSON: a name has a bad escape") from None


def _after(run: RunContext, text: str, place: int) -> int:
    """The end of the value that begins at ``place``."""
    if text[place : place + 1] not in ("[", "{"):
        scalar = _SCALAR.match(text, place)
        if scalar is None:
            raise _misread(place)
        return scalar.end()
    depth, place = 1, place + 1
    while depth:
        run.charge(_SKIPPED)
        passed = _PASSED.match(text, place)
        if passed is None:
            raise _misread(len(text))
        place = passed.end()
        depth += 1 if passed[1] in "[{" else -1
    return place


def _misread(place: int) -> Misread:
    return Misread(f"not JSON at character {place + 1}")
