"""A request's newer fields as a script finds them.

In: a request that has some of `request_fields.MORE`, the run, its request table. Out: entries of the table, charged
before they are made. The request has been checked already.

``args``, the parameters of the query, are made when a script first reads them: through the ``__index`` of the
request's table, which no script can get at or replace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import FunctionType
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from ..interpreter import costs
from ..interpreter.execution.run import Run
from ..interpreter.runtime.values import FALSE, LONG_STRING, NO_METATABLE, TRUE, LuaValue, MetaTable, Table
from ..interpreter.text import from_text, to_text
from .reads import Reads, TrackedQueryRequest, TrackedRequest
from .request_fields import ARGS, BACKEND_MORE, NAMES, OWN_NAMES, decoded
from .watched_headers import SECRET, Watch, WatchedTable

ENTRY_PRICE: Final = 3
"""Instructions for a field, a name or a value, as for a header."""

MOST_ARGS: Final = 1000
"""Parameters of a query that a script finds. Which would be dearer to look at than any honest query has."""

_ARGS_PRICE: Final = 20
_ARG_PRICE: Final = 10
_ARG_BYTES: Final = costs.ENTRY + 2 * costs.STRING
_ARGS_PIECE: Final = 4
"""Bytes of a query for an instruction."""

MOST_BYTES: Final = 4
"""Of a character in UTF-8."""

_SHOWN_AS: Final = {"body_base64": "body"}
"""Where a script finds a field under another name."""


def request_table(run: Run, request: Mapping[str, Any], reads: Reads | None = None) -> Table:
    """An empty table for ``request``, which finds ``args`` when asked for them; ``reads`` hears of what is read."""
    if not request.get("query"):
        made = Table() if reads is None else TrackedRequest()
        made.run = run
        return made
    table = MetaTable() if reads is None else TrackedQueryRequest()
    meta = Table()
    meta["__index"] = _args_lookup(run)
    meta["__metatable"] = FALSE
    table.meta = meta
    table.run = run
    return table


def fill_more(
    run: Run, request: Mapping[str, Any], table: Table, header_meta: Table, read: set[str] | None = None
) -> None:
    """Put the newer fields into the request's ``table``; ``header_meta`` finds names of headers in any case, ``read``
    hears of secrets that are read."""
    tells_more = False
    for name, value in request.items():
        if name in NAMES:
            tells_more = True
            table[from_text(_SHOWN_AS.get(name, name))] = _value(run, name, value, header_meta)
        elif name in OWN_NAMES:
            table[from_text(name)] = made = _value(run, name, value, None)
            if name == "secrets" and read is not None:
                table[from_text(name)] = _watched(run, made, read)
    if tells_more and "query" not in request:
        run.charge(ENTRY_PRICE, costs.ENTRY + costs.TABLE)
        table["query"] = ""
        table[ARGS] = Table()


def fill_backend(run: Run, backend: Mapping[str, Any], table: Table) -> None:
    """The same of a backend."""
    for field in BACKEND_MORE:
        value = backend.get(field.name)
        if value is not None:
            table[field.name] = _value(run, field.name, value, None)


def _value(run: Run, name: str, value: Any, header_meta: Table | None) -> LuaValue:
    if isinstance(value, str):
        if name == "body_base64":
            run.charge(ENTRY_PRICE, costs.ENTRY + costs.STRING + len(value))
            return decoded(value).decode("latin-1")
        text = from_text(value)
        run.charge(ENTRY_PRICE, costs.ENTRY + costs.STRING + len(text))
        return text
    if value.__class__ is bool:
        run.charge(ENTRY_PRICE, costs.ENTRY)
        return TRUE if value else FALSE
    if isinstance(value, (int, float)):
        run.charge(ENTRY_PRICE, costs.ENTRY)
        return float(value)
    run.charge(ENTRY_PRICE * (1 + len(value)), costs.ENTRY + costs.TABLE)
    table = _table(run, value, header_meta if name == "headers_multi" else None)
    items = value.items() if isinstance(value, Mapping) else enumerate(value, 1)
    for key, item in items:
        found = from_text(key) if isinstance(key, str) else float(key)
        run.charge(0, costs.STRING + len(key) if isinstance(key, str) else 0)
        table[found] = _value(run, "", item, None)
    return table


def _table(run: Run, keys: Iterable[Any], meta: Table | None) -> Table:
    """An empty table for ``keys``: a plain one must not hold long texts as keys."""
    if meta is None and not any(isinstance(key, str) and len(key) >= LONG_STRING // MOST_BYTES for key in keys):
        return Table()
    table = MetaTable()
    table.meta, table.run = NO_METATABLE if meta is None else meta, run
    return table


def _watched(run: Run, secrets: LuaValue, read: set[str]) -> Table:
    """The same table, which tells ``read`` what is read of it."""
    assert isinstance(secrets, Table)
    meta = Watch()
    meta["__metatable"] = FALSE
    meta.names, meta.read = {name: SECRET + to_text(name) for name in secrets if name.__class__ is str}, read
    table = WatchedTable()
    table.meta, table.run = meta, run
    dict.update(table, dict.items(secrets))
    return table


def _args_lookup(run: Run) -> FunctionType:
    """What a request's table asks for a field that it does not have."""

    def lookup(d: int, table: LuaValue, name: LuaValue = None, *_: LuaValue) -> LuaValue:
        if name != ARGS or not isinstance(table, Table):
            return None
        query = table.get("query")
        if query.__class__ is not str:  # the script has put something else there
            return None
        table[ARGS] = made = _args(run, query)
        return made

    assert isinstance(lookup, FunctionType)
    return lookup


def _args(run: Run, query: str) -> Table:
    """The parameters of a query; of a repeated one the first."""
    count = min(query.count("&") + 1, MOST_ARGS)
    size = costs.TABLE + costs.ENTRY + count * _ARG_BYTES + len(query)
    run.charge(_ARGS_PRICE + count * _ARG_PRICE + len(query) // _ARGS_PIECE, size)
    pairs = query.split("&", MOST_ARGS)[:MOST_ARGS]
    table = _table(run, pairs, None)
    for pair in pairs:
        name, _, value = pair.partition("=")
        if pair and (found := _unquoted(name)) not in table:
            table[found] = _unquoted(value)
    return table


def _unquoted(text: str) -> str:
    """A parameter's name or value, as a Lua string of its bytes."""
    text = text.replace("+", " ")
    return unquote_to_bytes(text.encode("latin-1")).decode("latin-1") if "%" in text else text
