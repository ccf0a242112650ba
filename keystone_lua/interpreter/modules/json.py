"""json, also called cjson: texts to tables and back.

Input: texts and values. Output: values and texts; ``get`` answers one value of a long text without building the rest.
``encode`` and ``decode`` raise errors, as cjson's do; ``encode_safe``, ``decode_safe`` (cjson.safe's) and ``get``
answer nil and a message. Settings hold for the rest of a run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..costs import COPY, MODULES, STRING, TABLE, WORK
from ..runtime.tracebacks import argument_error, library_error
from ..runtime.values import ABSENT, FALSE, NO_METATABLE, TRUE, ListTable, LuaValue, MetaTable, Table
from ..stdlib.args import check_any, check_int, check_string, check_table
from .catalogue import Made
from .json_reading import MAX_DEPTH, NULL, Misread, Reader, extract
from .json_writing import Unwritable, Writer

if TYPE_CHECKING:
    from ..runtime.context import RunContext

MAX_DIGITS: Final = 17
"""Of a fraction: no double needs more."""

_STEP: Final = WORK["json.step"]
_PRICES: Final = {path.partition(".")[2]: price for path, price in MODULES.items() if path.startswith("json.")}


def _array_meta(run: RunContext) -> Table:
    """``array_mt``. A module that reads JSON without this one has it from the run's state."""
    meta: Table = run.library_state.setdefault("array_mt", Table())
    return meta


def _other_meta(run: RunContext) -> Table:
    return Table()


def _empty_array(run: RunContext) -> Table:
    table = Table()
    table.meta, table.run = _kept(run, "array_mt"), run
    table.__class__ = MetaTable
    return table


def _kept(run: RunContext, name: str) -> Table:
    """A table of the module's."""
    if run.kept is not None and (table := run.kept.get(("json", name))) is not None:
        found: Table = table
        return found
    return _array_meta(run)


class _State:
    """What json keeps for a run."""

    __slots__ = ("digits", "empty_is_object", "reader", "scan")

    def __init__(self, run: RunContext) -> None:
        self.digits = 0
        self.empty_is_object = True
        self.reader = Reader(run, _kept(run, "array_mt"))
        self.scan = self.reader.scanner()


def _state(run: RunContext) -> _State:
    state: _State | None = run.library_state.get("json")
    if state is None:
        state = run.library_state["json"] = _State(run)
    return state


def read(run: RunContext, text: str) -> LuaValue:
    """The value of a text, paid for. Raises Misread."""
    state = _state(run)
    return state.reader.read(state.scan, text)


def _text(run: RunContext, value: LuaValue) -> str:
    state = _state(run)
    arrays = _kept(run, "array_mt"), _kept(run, "empty_array_mt")
    return Writer(run, arrays, state.digits, state.empty_is_object).write(value)


def encode_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def encode(d: int, value: LuaValue = ABSENT, *_: LuaValue) -> str:
        run.charge(_PRICES["encode"])
        try:
            return _text(run, check_any(value, 1))
        except Unwritable as error:
            message = str(error)
        raise library_error(message)

    return encode


def encode_safe_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def encode(d: int, value: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_PRICES["encode_safe"])
        try:
            return _text(run, check_any(value, 1))
        except Unwritable as error:
            return _refused(run, str(error))

    return encode


def _refused(run: RunContext, message: str) -> LuaValue:
    run.charge(len(message) // COPY, STRING + len(message))
    return None, message


def decode_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def decode(d: int, text: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_PRICES["decode"])
        try:
            return read(run, check_string(text, 1))
        except Misread as error:
            message = str(error)
        raise library_error(message)

    return decode


def decode_safe_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def decode(d: int, text: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_PRICES["decode_safe"])
        try:
            return read(run, check_string(text, 1))
        except Misread as error:
            return _refused(run, str(error))

    return decode


def get_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def get(d: int, text: LuaValue = ABSENT, pointer: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_PRICES["get"])
        text, pointer = check_string(text, 1), check_string(pointer, 2)
        count = pointer.count("/")
        run.charge(_STEP * count + 2 * len(pointer) // COPY, (STRING + 8) * count + 2 * len(pointer))
        if pointer and pointer[0] != "/":
            raise argument_error(2, "a pointer begins with '/'")
        if count > MAX_DEPTH:
            raise argument_error(2, f"a pointer has at most {MAX_DEPTH} steps")
        steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
        try:
            span = extract(run, text, steps)
            if span is None:
                return None
            start, end = span
            run.charge((end - start) // COPY, STRING + end - start)
            return read(run, text[start:end])
        except Misread as error:
            return _refused(run, str(error))

    return get


def array_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def array(d: int, table: LuaValue = None, *_: LuaValue) -> Table:
        run.charge(_PRICES["array"], TABLE if table is None else 0)
        made = Table() if table is None else check_table(table, 1)
        if isinstance(made, MetaTable) and made.meta is not NO_METATABLE:
            raise argument_error(1, "the table has a metatable")
        made.meta, made.run = _kept(run, "array_mt"), run
        if made.__class__ is Table or made.__class__ is ListTable:
            made.__class__ = MetaTable
        return made

    return array


def empty_table_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def encode_empty_table_as_object(d: int, on: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_PRICES["encode_empty_table_as_object"])
        state = _state(run)
        if on is not ABSENT:
            state.empty_is_object = on not in (None, FALSE, "off")  # "on" and "off" as in OpenResty's cjson
        return TRUE if state.empty_is_object else FALSE

    return encode_empty_table_as_object


def array_meta_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def decode_array_with_array_mt(d: int, on: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_PRICES["decode_array_with_array_mt"])
        reader = _state(run).reader
        if on is not ABSENT:
            reader.meta = None if on is None or on is FALSE else _kept(run, "array_mt")
        return FALSE if reader.meta is None else TRUE

    return decode_array_with_array_mt


def precision_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def encode_number_precision(d: int, digits: LuaValue = ABSENT, *_: LuaValue) -> float:
        run.charge(_PRICES["encode_number_precision"])
        state = _state(run)
        if digits is not ABSENT:
            count = check_int(run, digits, 1)
            if not 1 <= count <= MAX_DIGITS:
                raise argument_error(1, f"expected integer between 1 and {MAX_DIGITS}")
            state.digits = count
        return float(state.digits or MAX_DIGITS)

    return encode_number_precision


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Any]:
    """The members of ``json``."""
    return {
        "array": array_for(run, fuel, alloc),
        "array_mt": Made(_array_meta),
        "decode": decode_for(run, fuel, alloc),
        "decode_array_with_array_mt": array_meta_for(run, fuel, alloc),
        "decode_safe": decode_safe_for(run, fuel, alloc),
        "empty_array": Made(_empty_array),
        "empty_array_mt": Made(_other_meta),
        "encode": encode_for(run, fuel, alloc),
        "encode_empty_table_as_object": empty_table_for(run, fuel, alloc),
        "encode_number_precision": precision_for(run, fuel, alloc),
        "encode_safe": encode_safe_for(run, fuel, alloc),
        "get": get_for(run, fuel, alloc),
        "null": NULL,
    }
