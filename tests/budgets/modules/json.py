"""json: values, digits, escapes and names; what is passed on the way to one value; texts that go wrong at their end."""

from __future__ import annotations

from typing import Final

from ..growth import Work, values
from ..library_cases import Case, flat, linear

_DECODE: Final = "local m = require 'json' local s = "
_ENCODE: Final = "local m = require 'json' "
_VALUES: Final = "'[' .. ('1,'):rep(N) .. '1]'"
_OBJECTS: Final = "'[' .. ('{\"a\":1},'):rep(N) .. '1]'"
_DIGITS: Final = "('1'):rep(16 * N)"
_ESCAPES: Final = "'\"' .. ('\\\\u00e9'):rep(N) .. '\"'"
_NAMES: Final = "'{' .. ('\"a\":1,'):rep(N) .. '\"a\":1}'"
_LATE: Final = "'[' .. ('1,'):rep(N) .. ']'"
_OPENED: Final = "'[\"' .. ('['):rep(16 * N) .. '\"]'"


def _read(call: str) -> tuple[Work, ...]:
    texts = (_VALUES, _OBJECTS, _DIGITS, _ESCAPES, _NAMES, _LATE, _OPENED)
    return tuple(Work("text", f"{_DECODE}{text} ", call) for text in texts)


def _written(name: str) -> tuple[Work, ...]:
    return (
        *values(f"m.{name}(t)", before=_ENCODE + "local t = {} for i = 1, N do t[i] = i end "),
        Work("text", _ENCODE + "local s = ('a'):rep(16 * N) ", f"m.{name}(s)"),
        Work("text", _ENCODE + "local s = ('\\1'):rep(16 * N) ", f"m.{name}(s)"),
        Work("messages", _ENCODE + "local t = {[('a'):rep(16 * N)] = print} ", f"pcall(m.{name}, t)"),
    )


_NOTHING: Final = (Work("nothing"),)
_SETTINGS: Final = ("decode_array_with_array_mt", "encode_empty_table_as_object", "encode_number_precision")

WORK: Final[dict[str, tuple[Work, ...]]] = {
    "json.array": _NOTHING,
    "json.decode": (*_read("pcall(m.decode, s)"),),
    "json.decode_safe": (*_read("m.decode_safe(s)"),),
    "json.encode": _written("encode"),
    "json.encode_safe": _written("encode_safe"),
    "json.get": (
        *_read("m.get(s, '')"),
        *(Work("text", f"{_DECODE}{text} ", "m.get(s, '/x')")
          for text in (_VALUES, _OBJECTS, _DIGITS, _ESCAPES, _NAMES, _LATE, _OPENED, "(' '):rep(16 * N) .. '1'")),
        Work("text", _ENCODE + "local s = '/' .. ('a'):rep(16 * N) ", "m.get('1', s)"),
    ),
    **{f"json.{name}": _NOTHING for name in _SETTINGS},
}  # fmt: skip

CASES: Final[dict[str, Case]] = {
    "json.array": flat("m.array{}", _ENCODE),
    "json.decode": linear("m.decode(s)", f"{_DECODE}{_OBJECTS}"),
    "json.decode_safe": linear("m.decode_safe(s)", f"{_DECODE}{_ESCAPES}"),
    "json.encode": linear(
        "m.encode(t)", _ENCODE + "local t = {} for i = 1, N do t[i] = i % 2 == 0 and {} or 'abcdef' end"
    ),
    "json.encode_safe": linear("m.encode_safe(t)", _ENCODE + "local t = {} for i = 1, N do t['k' .. i] = i end"),
    "json.get": linear("m.get(s, '/x')", f"{_DECODE}{_OBJECTS}"),
    "json.decode_array_with_array_mt": flat("m.decode_array_with_array_mt(true)", _ENCODE),
    "json.encode_empty_table_as_object": flat("m.encode_empty_table_as_object(true)", _ENCODE),
    "json.encode_number_precision": flat("m.encode_number_precision(3)", _ENCODE),
}
