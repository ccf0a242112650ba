"""An answer's fields: declared once, read from what a script returns, written as JSON.

In: the result of ``on_route_request``. Out: the wire format's object, and its text. Refuses, as kind ``result`` and
by the field's name: a value of the wrong type, one beyond its limit, a header name that is no token (RFC 9110,
5.6.2), and control characters in what becomes a line of an HTTP message.

FIELDS is the list. The description for OpenAPI, the check rules and the documentation's table are made from it or
compared with it by tests/routing/test_answer.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any, Final

from ..interpreter.costs import FREE_HEADERS, RETURNED_HEADER
from ..interpreter.errors import ResultError
from ..interpreter.execution.execute import protected_call
from ..interpreter.execution.run import Run
from ..interpreter.numerals import number_to_string
from ..interpreter.runtime.values import FALSE, TRUE, LuaBoolean, LuaValue, Table, type_name
from ..interpreter.text import to_text
from .reads import CACHE, HEADER, HELD_BY, field_name

LINE: Final = "line"
"""Text without control characters."""
TEXT: Final = "text"
FLAG: Final = "flag"
HEADERS: Final = "headers"
"""Header name to text."""
LINES: Final = "header lines"
"""Header name to text, or to a list of texts, a line each."""
NAMES: Final = "header names"
LIST: Final = "list"
"""Of lines."""
TAGS: Final = "tags"
"""Line to line."""
WHOLE: Final = "whole number"
NUMBER: Final = "number"
HOLDS: Final = "cache"
"""For how long and by which fields of the request an answer holds."""

ANSWER_BYTES: Final = 64 << 10
"""Of one text of an answer, and of one field's headers together: one string can be named by thousands of headers, and
is paid for once."""

MOST_ENTRIES: Final = 256
"""Lines, names or tags of one field, but for ``modified_headers``: no gateway takes so many."""

MOST_VARY: Final = 64
"""Names of fields that an answer is said to hold by."""

MOST_SECONDS: Final = 86_400
"""That an answer is said to hold for."""

LISTED_BYTES: Final = 1024
"""Of one text in a LIST."""


@dataclass(frozen=True, slots=True)
class AnswerField:
    """One field. It is left out where the script gives nil, and, unless ``empty`` says otherwise, where it is empty or
    false."""

    name: str
    kind: str
    meaning: str
    least: int = 0
    most: int = ANSWER_BYTES
    """Bytes of a text, or of all of a field's texts; entries of a LIST; the largest number."""
    empty: bool = False
    """Whether it is there even if empty."""


USUAL: Final = (
    AnswerField("selected_backend", LINE, "the name of the backend; always there", empty=True),
    AnswerField("modified_headers", HEADERS, "headers that the backend is to get in place of the client's"),
    AnswerField("modified_path", LINE, "the path that the backend is to get, unescaped; a `?` in it begins the query"),
    AnswerField("reject", FLAG, "the request goes nowhere"),
    AnswerField("reject_reason", LINE, "why, for the log and for the client"),
)
"""What the first version of the wire format had; `answer_of` reads these by hand."""

MORE: Final = (
    AnswerField("reject_status", WHOLE, "the status that a rejected client gets, 403 if not given", 300, 599),
    AnswerField("reject_headers", LINES, "header lines for a rejected client, such as `Location` or `Retry-After`"),
    AnswerField("reject_body", TEXT, "the body for a rejected client"),
    AnswerField("response_headers", LINES, "header lines to set in the response; a list gives several"),
    AnswerField("append_response_headers", LINES, "header lines to add to the response, such as `Set-Cookie`"),
    AnswerField("remove_response_headers", NAMES, "headers to take out of the response"),
    AnswerField("remove_headers", NAMES, "headers to take out of the request for the backend"),
    AnswerField("append_headers", LINES, "header lines to add to the request for the backend"),
    AnswerField("modified_host", LINE, "the Host that the backend is to get", most=255),
    AnswerField("modified_method", LINE, "the method that the backend is to get", most=32),
    AnswerField("modified_query", LINE, "the query that the backend is to get, as sent; empty for none", empty=True),
    AnswerField("candidates", LIST, "names of backends in the order in which to try them", most=64),
    AnswerField("retries", WHOLE, "how many more backends to try if one cannot be reached", 0, 16),
    AnswerField("timeout_ms", WHOLE, "milliseconds that the backend may take", 1, 3_600_000),
    AnswerField("mirror", LINE, "the name of a backend that gets a copy, whose answer is dropped", most=1024),
    AnswerField("mirror_percent", NUMBER, "of how many requests in a hundred, 100 if not given", 0, 100),
    AnswerField("tags", TAGS, "names and values for access and decision logs", most=4096),
    AnswerField(CACHE, HOLDS, "for how many `seconds` the answer holds, and by which fields (`vary`)", 0, MOST_SECONDS),
)  # fmt: skip

FIELDS: Final = (*USUAL, *MORE)

_NEWER: Final = frozenset(field.name for field in MORE)


def table_row(field: AnswerField) -> str:
    """The field's row in the documentation's table."""
    if field.kind in (WHOLE, NUMBER, HOLDS):
        limit = f"{field.least:,} to {field.most:,}"
    elif field.kind == LIST:
        limit = f"{field.most} texts of {LISTED_BYTES:,} bytes"
    elif field.kind == FLAG:
        limit = ""
    else:
        limit = f"{field.most:,} bytes"
    return f"| `{field.name}` | {field.kind} | {limit} | {field.meaning} |"


NIL_ANSWER: Final = {"selected_backend": "", "reject": True, "reject_reason": "Script returned nil"}

MEMORABLE: Final = 64
MOST_TOKENS: Final = 1024
"""Bytes of a header name, at most, that is remembered to be one; and how many are."""

_TOKENS: Final[set[LuaValue]] = set()

MOST_WHOLE: Final = 2.0**53
"""Up to which every whole number is one that Lua can count to."""

MOST_HOPS: Final = 10
"""Tables that a result may inherit the newer fields through."""

_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_ANY_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_ENCODE: Final = json.JSONEncoder(separators=(",", ":"), check_circular=False, allow_nan=False).encode


# reading


def answer_of(run: Run, result: LuaValue) -> dict[str, Any]:
    """The wire answer that a script's result stands for. Raises `ResultError`, and what metamethods raise."""
    if result is None:
        return dict(NIL_ANSWER)
    if not isinstance(result, Table):
        raise ResultError(f"on_route_request must return a table or nil, got {type_name(result)}")

    plain = result.__class__ is Table
    field: Callable[[str], LuaValue] = result.get if plain else _indexed(run, result)
    backend = field("selected_backend")
    answer: dict[str, Any] = {"selected_backend": _line("selected_backend", backend)}
    headers = field("modified_headers")
    if headers is not None:
        made = _headers(run, headers)
        if made:
            answer["modified_headers"] = made
        if plain and len(result) == 2 and backend is not None:  # there is nothing else
            return answer
    path = field("modified_path")
    if path is not None and (text := _line("modified_path", path)):
        answer["modified_path"] = text
    reject = field("reject")
    if reject is not None and reject is not FALSE:
        answer["reject"] = True
    reason = field("reject_reason")
    if reason is not None and (text := _line("reject_reason", reason)):
        answer["reject_reason"] = text
    if not plain:
        _read_more(answer, _own(result))
    elif len(result) + (backend is None) > len(answer) and not _NEWER.isdisjoint(result):
        _read_more(answer, field)
    return answer


def _read_more(answer: dict[str, Any], get: Callable[[str], LuaValue]) -> None:
    """Put into ``answer`` what of MORE the result has."""
    for field in MORE:
        value = get(field.name)
        if value is not None:
            made = _READERS[field.kind](field, value)
            if field.empty or made or made.__class__ in _NUMBERS:
                answer[field.name] = made


_NUMBERS: Final = frozenset({int, float})


def _indexed(run: Run, table: Table) -> Callable[[str], LuaValue]:
    """Reads fields as a script would, metamethods included."""
    return lambda name: protected_call(lambda d: run.index(d, table, name))


def _own(table: Table) -> Callable[[str], LuaValue]:
    return lambda name: _inherited(table, name)


def _inherited(table: Table, name: str) -> LuaValue:
    """A field of a table or of those that it inherits from. A function as ``__index`` is not asked for what it may
    never have heard of: it would answer otherwise, and use more, than when the format had five fields."""
    for _ in range(MOST_HOPS):
        value = table.get(name)
        meta = getattr(table, "meta", None)
        if value is not None or not isinstance(meta, Table):
            return value
        parent = meta.get("__index")
        if not isinstance(parent, Table):
            return None
        table = parent
    return None


def _name(field: str, name: LuaValue) -> str:
    if name.__class__ is not str or not _TOKEN.match(name):
        shown = to_text(name)[:40] if name.__class__ is str else type_name(name)
        raise ResultError(f"{field}: {shown!r} is no header name")
    return name


def _learn(field: str, name: LuaValue) -> None:
    """Find out whether a name is one, and remember it if it is."""
    _name(field, name)
    if len(name) <= MEMORABLE:
        if len(_TOKENS) >= MOST_TOKENS:
            _TOKENS.clear()
        _TOKENS.add(name)


def _headers(run: Run, headers: LuaValue) -> dict[str, str]:
    if not isinstance(headers, Table):
        raise ResultError(f"modified_headers must be a table, got {type_name(headers)}")
    if len(headers) > FREE_HEADERS:  # a constant can have 24,000 of them, and is paid for once
        run.charge(RETURNED_HEADER * (len(headers) - FREE_HEADERS))
    made = {}
    size = 0
    for name, value in headers.items():
        if name not in _TOKENS:
            _learn("modified_headers", name)
        text = value if value.__class__ is str else _plain(f"modified_headers[{name!r}]", value)
        if not text.isprintable() and _CONTROL.search(text):
            raise ResultError(f"modified_headers[{name!r}] contains control characters")
        size += len(name) + len(text)
        if size > ANSWER_BYTES:
            raise ResultError(f"modified_headers have more than {ANSWER_BYTES} bytes")
        made[name] = text if text.isascii() else to_text(text)
    return made


def _line(name: str, value: LuaValue) -> str:
    """Text that goes into a request line: without control characters."""
    if value.__class__ is not str:
        value = _plain(name, value)
    if len(value) > ANSWER_BYTES:
        raise ResultError(f"{name} has more than {ANSWER_BYTES} bytes")
    if not value.isprintable() and _ANY_CONTROL.search(value):
        raise ResultError(f"{name} contains control characters")
    return value if value.isascii() else to_text(value)


def _plain(name: str, value: LuaValue) -> str:
    if value.__class__ is str:
        return value
    if value is None:
        return ""
    if value.__class__ is float:
        return number_text(value)
    if value.__class__ is LuaBoolean:
        return "true" if value is TRUE else "false"
    raise ResultError(f"{name} must be text, got {type_name(value)}")


def number_text(number: float) -> str:
    """A number as an answer has it: the Go engine wrote whole ones in full, where Lua's `tostring` has 14 digits."""
    if 1e14 <= abs(number) <= MOST_WHOLE:  # no NaN
        return str(int(number)) if number == int(number) else number_to_string(number)
    return number_to_string(number)


# the newer fields' kinds


def _read_line(field: AnswerField, value: LuaValue) -> str:
    return _short_line(field.name, value, field.most)


def _short_line(name: str, value: LuaValue, most: int) -> str:
    if len(text := _plain(name, value)) > most:
        raise ResultError(f"{name} has more than {most} bytes")
    return _line(name, text)


def _read_text(field: AnswerField, value: LuaValue) -> str:
    text = _plain(field.name, value)
    if len(text) > field.most:
        raise ResultError(f"{field.name} has more than {field.most} bytes")
    return to_text(text)


def _read_lines(field: AnswerField, value: LuaValue) -> dict[str, str | list[str]]:
    """Header lines. Control characters but the tab are refused in each."""
    made: dict[str, str | list[str]] = {}
    spent = _Spent(field)
    for key, content in _table(field.name, value).items():
        name = _name(field.name, key)
        where = f"{field.name}[{name!r}]"
        if isinstance(content, Table):
            made[name] = [_header_text(f"{where}[{n}]", item) for n, item in _items(where, content)]
        else:
            made[name] = _header_text(where, content)
        for text in [made[name]] if made[name].__class__ is str else made[name]:
            spent.add(len(name) + len(text))
    return {name: content for name, content in made.items() if content != []}


def _read_names(field: AnswerField, value: LuaValue) -> list[str]:
    spent = _Spent(field)
    made = []
    for _, item in _items(field.name, _table(field.name, value)):
        made.append(_name(field.name, item))
        spent.add(len(made[-1]))
    return made


def _read_list(field: AnswerField, value: LuaValue) -> list[str]:
    made = []
    for place, item in _items(field.name, _table(field.name, value), field.most):
        made.append(_short_line(f"{field.name}[{place}]", item, LISTED_BYTES))
    return made


def _read_tags(field: AnswerField, value: LuaValue) -> dict[str, str]:
    spent = _Spent(field)
    made = {}
    for key, content in _table(field.name, value).items():
        if key.__class__ is not str:
            raise ResultError(f"{field.name}: a name must be text, got {type_name(key)}")
        name = _short_line(f"{field.name}: a name", key, field.most)
        made[name] = _short_line(f"{field.name}[{name[:40]!r}]", content, field.most)
        spent.add(len(key) + len(made[name]))
    return made


def _read_whole(field: AnswerField, value: LuaValue) -> int:
    if value.__class__ is not float:
        raise ResultError(f"{field.name} must be a number, got {type_name(value)}")
    if not field.least <= value <= field.most or value != int(value):
        expected = f"a whole number from {field.least} to {field.most}"
        raise ResultError(f"{field.name} must be {expected}, got {number_to_string(value)}")
    return int(value)


def _read_number(field: AnswerField, value: LuaValue) -> int | float:
    if value.__class__ is not float:
        raise ResultError(f"{field.name} must be a number, got {type_name(value)}")
    if not field.least <= value <= field.most:
        expected = f"a number from {field.least} to {field.most}"
        raise ResultError(f"{field.name} must be {expected}, got {number_to_string(value)}")
    return int(value) if value == int(value) else float(value)


def _read_holds(field: AnswerField, value: LuaValue) -> dict[str, Any] | None:
    """``seconds``, and the names in ``vary``, if it has them. None where it holds for no time."""
    made: dict[str, Any] = {}
    for key, content in _table(field.name, value).items():
        if key == "seconds":
            made["seconds"] = _read_whole(_SECONDS, content)
        elif key == "vary":
            made["vary"] = _vary(f"{field.name}.vary", content)
        else:
            where = f"{field.name}.{key[:40]}" if key.__class__ is str else field.name
            raise ResultError(f"{where}: no such field; there are seconds and vary")
    if "seconds" not in made:
        raise ResultError(f"{_SECONDS.name} must be a number, got nil")
    return made if made["seconds"] else None


_SECONDS: Final = AnswerField(f"{CACHE}.seconds", WHOLE, "", 0, MOST_SECONDS)


def _vary(where: str, value: LuaValue) -> list[str]:
    names = set()
    for place, item in _items(where, _table(where, value), MOST_VARY):
        name = field_name(item) if item.__class__ is str else None
        if name is None:
            known = ", ".join(HELD_BY)
            raise ResultError(f"{where}[{place}] is no field; there are {known} and {HEADER}NAME")
        names.add(name)
    return sorted(names)


_READERS: Final[Mapping[str, Callable[[AnswerField, LuaValue], Any]]] = {
    LINE: _read_line, TEXT: _read_text, LINES: _read_lines, NAMES: _read_names, LIST: _read_list, TAGS: _read_tags,
    WHOLE: _read_whole, NUMBER: _read_number, HOLDS: _read_holds,
}  # fmt: skip


class _Spent:
    """What a field's entries have come to: their number and their bytes, both bounded."""

    def __init__(self, field: AnswerField) -> None:
        self._field = field
        self._entries = self._bytes = 0

    def add(self, size: int) -> None:
        self._entries += 1
        self._bytes += size
        if self._entries > MOST_ENTRIES:
            raise ResultError(f"{self._field.name} has more than {MOST_ENTRIES} entries")
        if self._bytes > self._field.most:
            raise ResultError(f"{self._field.name} has more than {self._field.most} bytes")


def _table(name: str, value: LuaValue) -> Table:
    if not isinstance(value, Table):
        raise ResultError(f"{name} must be a table, got {type_name(value)}")
    return value


def _items(name: str, table: Table, most: int = MOST_ENTRIES) -> Iterator[tuple[int, LuaValue]]:
    """A list's items with their places. Refuses other keys: they would be lost."""
    if len(table) > most:
        raise ResultError(f"{name} has more than {most} entries")
    for place in range(1, len(table) + 1):
        item = table.get(float(place))
        if item is None:
            raise ResultError(f"{name} must be a list: its keys must be 1, 2, 3 and so on")
        yield place, item


def _header_text(where: str, value: LuaValue) -> str:
    text = _plain(where, value)
    if len(text) > ANSWER_BYTES:
        raise ResultError(f"{where} has more than {ANSWER_BYTES} bytes")
    if not text.isprintable() and _CONTROL.search(text):
        raise ResultError(f"{where} contains control characters")
    return to_text(text)


# writing


def answer_text(answer: Mapping[str, Any]) -> str:
    """Return an answer as compact ASCII JSON: the usual fields by hand in half the time of the json module."""
    members = []
    for name, value in answer.items():
        if value.__class__ is str:
            members.append(f'"{name}":{_quoted(value)}')
        elif value is True:
            members.append(f'"{name}":true')
        elif name == "modified_headers":
            fields = [f"{_quoted(field)}:{_quoted(text)}" for field, text in value.items()]
            members.append(f'"{name}":{{{",".join(fields)}}}')
        else:
            members.append(f'"{name}":{_ENCODE(value)}')
    return f"{{{','.join(members)}}}"
