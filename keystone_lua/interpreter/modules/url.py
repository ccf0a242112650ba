"""url: addresses and queries.

Input: texts to parse, tables to build from. Output: tables, texts. A bad text from a client gives nil and a message.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..costs import COPY, ENTRY, MODULES, PER_INSTRUCTION, STRING, TABLE, VALUE, WORK, WORK_BYTES
from ..numerals import number_to_string
from ..runtime.tables import rawget, rawset
from ..runtime.tracebacks import argument_error
from ..runtime.values import ABSENT, FALSE, TRUE, LuaValue, Table, type_name
from ..stdlib.args import check_string, check_table, opt_int
from .addresses import MAX_PORT, Address, authority_of, joined, mistake, parts
from .lists import items_of
from .percent import escaped, unescaped

if TYPE_CHECKING:
    from ..runtime.context import RunContext

DEFAULT_PAIRS: Final = 100
MAX_PAIRS: Final = 10_000
"""Names of a query that are looked at: by default, as in ngx, and at most."""

_PRICES: Final = {path.partition(".")[2]: price for path, price in MODULES.items() if path.startswith("url.")}
_PAIR: Final = WORK["url.pair"]
_PAIR_BYTES: Final = WORK_BYTES["url.pair"]
_PART: Final = PER_INSTRUCTION["url.bytes"]
_AUTHORITY: Final = WORK["url.authority_byte"]
_SEGMENT: Final = WORK["url.segment"]


def escape_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def escape(d: int, text: LuaValue = ABSENT, *_: LuaValue) -> str:
        text = check_string(text, 1)
        run.charge(_PRICES["escape"], STRING)
        return escaped(run, text)

    return escape


def unescape_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def unescape(d: int, text: LuaValue = ABSENT, *_: LuaValue) -> str:
        text = check_string(text, 1)
        run.charge(_PRICES["unescape"] + len(text) // _PART, STRING + 3 * len(text))
        return unescaped(run, text)

    return unescape


def parse_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def parse(d: int, text: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        text = check_string(text, 1)
        size = len(text)
        run.charge(_PRICES["parse"] + size // 2, TABLE + 8 * (ENTRY + STRING) + 4 * size)
        address = parts(text)
        run.charge(_AUTHORITY * len(address.authority or ""))
        if (wrong := mistake(address)) is not None:
            return None, wrong
        found = Table({"path": address.path})
        if address.scheme is not None:
            found["scheme"] = address.scheme.lower()
        if address.authority is not None:
            authority = authority_of(address.authority)
            assert authority is not None
            found["host"] = authority.host
            if authority.user is not None:
                found["user"] = authority.user
            if authority.port is not None:
                found["port"] = float(authority.port)
        if address.query is not None:
            found["query"] = address.query
        if address.fragment is not None:
            found["fragment"] = address.fragment
        return found

    return parse


def _field(run: RunContext, table: Table, name: str) -> str | None:
    """A part of an address as text, paid for."""
    value = rawget(run, table, name)
    if value is None:
        return None
    text = number_to_string(value) if value.__class__ is float else value
    if text.__class__ is not str:
        raise argument_error(1, f"'{name}' must be a string, not a {type_name(value)}")
    run.charge(len(text) // 2, STRING + 2 * len(text))
    return str(text)


def build_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def build(d: int, table: LuaValue = ABSENT, *_: LuaValue) -> str:
        run.charge(_PRICES["build"], 2 * STRING)
        table = check_table(table, 1)
        scheme, user, host, path, query, fragment = (
            _field(run, table, name) for name in ("scheme", "user", "host", "path", "query", "fragment")
        )
        port, authority, path = rawget(run, table, "port"), host, path or ""
        if host is not None:
            if port is not None:
                if port.__class__ is not float or not 0.0 <= port <= MAX_PORT or port % 1.0:
                    raise argument_error(1, f"'port' must be a whole number up to {MAX_PORT}")
                authority = f"{authority}:{int(port)}"
            if user is not None:
                authority = f"{user}@{authority}"
            if path and path[0] != "/":
                raise argument_error(1, "'path' must begin with '/' after a host")
        elif path.startswith("//"):
            raise argument_error(1, "'path' must not begin with '//' without a host")
        address = Address(scheme, authority, path, query, fragment)
        run.charge(_AUTHORITY * len(authority or ""))
        text = address.text()
        if (wrong := mistake(address)) is not None or parts(text) != address:
            raise argument_error(1, wrong or "the parts would be read otherwise")
        return text

    return build


def join_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def join(d: int, base: LuaValue = ABSENT, reference: LuaValue = ABSENT, *_: LuaValue) -> str:
        base, reference = check_string(base, 1), check_string(reference, 2)
        size, slashes = len(base) + len(reference), base.count("/") + reference.count("/")
        run.charge(
            _PRICES["join"] + size // _PART + _SEGMENT * slashes, 4 * size + (STRING + 2 * VALUE) * (slashes + 4)
        )
        return joined(base, reference)

    return join


def parse_query_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def parse_query(d: int, text: LuaValue = ABSENT, most: LuaValue = None, *_: LuaValue) -> LuaValue:
        text = check_string(text, 1)
        limit = opt_int(run, most, 2, DEFAULT_PAIRS)
        if not 1 <= limit <= MAX_PAIRS:
            raise argument_error(2, f"expected integer between 1 and {MAX_PAIRS}")
        size = len(text)
        count = min(text.count("&") + 1, limit)
        run.charge(
            _PRICES["parse_query"] + size // _PART + _PAIR * count, TABLE + _PAIR_BYTES * count + STRING + 6 * size
        )
        pieces = text.split("&", limit)
        found = Table()
        for piece in pieces[:limit]:
            name, equals, value = piece.replace("+", " ").partition("=")
            if name:
                _note(run, found, unescaped(run, name), unescaped(run, value) if equals else TRUE)
        return (found, "truncated") if len(pieces) > limit else found

    return parse_query


def _note(run: RunContext, table: Table, name: str, value: LuaValue) -> None:
    """One more value of a name."""
    before = rawget(run, table, name)
    if before is None:
        rawset(run, table, name, value)
    elif isinstance(before, Table):
        rawset(run, before, len(before) + 1.0, value)
    else:
        rawset(run, table, name, Table({1.0: before, 2.0: value}))


def build_query_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def build_query(d: int, table: LuaValue = ABSENT, *_: LuaValue) -> str:
        run.charge(_PRICES["build_query"], STRING)
        table = check_table(table, 1)
        run.charge(_PAIR * len(table), _PAIR_BYTES * len(table))
        pieces: list[str] = []
        for key, value in table.items():
            name = _escaped(run, key, "a name")
            values = items_of(run, value) if isinstance(value, Table) else [value]
            for each in values:
                run.charge(_PAIR, 2 * STRING + VALUE + len(name))
                if each is TRUE:
                    pieces.append(name)
                elif each is not FALSE:
                    pieces.append(f"{name}={_escaped(run, each, 'a value')}")
        size = sum(map(len, pieces)) + len(pieces)
        run.charge(size // COPY, STRING + size)
        return "&".join(pieces)

    return build_query


def _escaped(run: RunContext, value: LuaValue, what: str) -> str:
    text = number_to_string(value) if value.__class__ is float else value
    if text.__class__ is not str:
        raise argument_error(1, f"{what} must not be a {type_name(value)}")
    return escaped(run, text)


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Any]:
    """The functions of ``url``."""
    return {
        "build": build_for(run, fuel, alloc),
        "build_query": build_query_for(run, fuel, alloc),
        "escape": escape_for(run, fuel, alloc),
        "join": join_for(run, fuel, alloc),
        "parse": parse_for(run, fuel, alloc),
        "parse_query": parse_query_for(run, fuel, alloc),
        "unescape": unescape_for(run, fuel, alloc),
    }
