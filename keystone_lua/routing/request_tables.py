"""A request as a script finds it.

In: a request that has been checked already, and the run. Out: its table, and what that costs. The usual fields, those
of the first version of the wire format, are paid for all at once, with what start-up cost; entries for
`request_fields.MORE` are charged before they are made.

``args``, the parameters of the query, are made when a script first reads them: through the ``__index`` of the
request's table, which no script can get at or replace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import FunctionType
from typing import Any, Final

from ..interpreter import costs
from ..interpreter.execution.run import Run
from ..interpreter.modules.percent import unescaped
from ..interpreter.runtime.values import FALSE, LONG_STRING, NO_METATABLE, TRUE, ListTable, LuaValue, MetaTable, Table
from ..interpreter.stdlib.base import HEADER_LOOKUP
from ..interpreter.text import from_text, to_text
from .reads import Reads, TrackedBackends, TrackedHeaders, TrackedQueryRequest, TrackedRequest, quiet_lookup
from .request_fields import ARGS, BACKEND_MORE, NAMES, OWN_NAMES, decoded
from .watched_headers import SECRET, Watch, WatchedTable, watched_names

USUAL: Final = 6
_BACKEND_USUAL: Final = 3
"""Fields of the first version of the wire format, of a request and of a backend."""

_TEXTS: Final = ("method", "path", "host", "body")
_TEXT: Final = frozenset({str})

_OWN_BYTES: Final = costs.TABLE + 6 * costs.ENTRY + 4 * costs.STRING
_HEADERS_BYTES: Final = 2 * costs.TABLE
_HEADER_BYTES: Final = costs.ENTRY + 2 * costs.STRING
_BACKEND_BYTES: Final = costs.TABLE + 4 * costs.ENTRY + 2 * costs.STRING
_TABLES_BYTES: Final = _OWN_BYTES + _HEADERS_BYTES + costs.TABLE
"""What the request's tables take, less the lengths of their strings."""

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


def in_bytes(request: Mapping[str, Any]) -> tuple[Mapping[str, Any], int, int]:
    """The request with the texts of its usual fields as a script has them; instructions and bytes of their tables."""
    headers, backends, body = request["headers"], request["backends"], request["body"]
    texts = [request["method"], request["path"], request["host"], *headers, *headers.values()]
    for backend in backends:
        texts += backend["name"], backend["url"]
    text = "".join(texts)
    if text.isascii() and body.isascii() and body.__class__ is str and _TEXT.issuperset(map(type, texts)):
        plain, size = request, len(text) + len(body)  # a script's texts are told apart by their class
    else:
        plain = _converted(request)
        headers = plain["headers"]
        size = sum([len(plain[field]) for field in _TEXTS]) + _header_bytes(plain) + _backend_bytes(plain)
    size += _TABLES_BYTES + len(backends) * _BACKEND_BYTES + len(headers) * _HEADER_BYTES
    return plain, 30 + 6 * len(backends) + 3 * len(headers), size


def _converted(request: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {field: from_text(request[field]) for field in _TEXTS}
    made["headers"] = {from_text(field): from_text(value) for field, value in request["headers"].items()}
    made["backends"] = [
        {**backend, "name": from_text(backend["name"]), "url": from_text(backend["url"])}
        for backend in request["backends"]
    ]
    return made


def _header_bytes(plain: Mapping[str, Any]) -> int:
    return sum(map(len, plain["headers"])) + sum(map(len, plain["headers"].values()))


def _backend_bytes(plain: Mapping[str, Any]) -> int:
    return sum([len(backend["name"]) + len(backend["url"]) for backend in plain["backends"]])


def charge_tables(run: Run, plain: Mapping[str, Any]) -> None:
    """Pay what `in_bytes` says, table by table: a run that cannot ends there."""
    headers, backends = plain["headers"], plain["backends"]
    run.refuel(0)
    run.charge(10 + 6 * len(backends), costs.TABLE + len(backends) * _BACKEND_BYTES + _backend_bytes(plain))
    run.charge(10, _OWN_BYTES + sum([len(plain[field]) for field in _TEXTS]))
    run.charge(10 + 3 * len(headers), _HEADERS_BYTES + len(headers) * _HEADER_BYTES + _header_bytes(plain))


def request_table(
    run: Run,
    request: Mapping[str, Any],
    plain: Mapping[str, Any],
    watched: frozenset[str],
    read: set[str] | None,
    reads: Reads | None,
) -> Table:
    """The request's table with its usual fields; ``reads`` hears of what is read, ``read`` of watched headers."""
    table = Table() if len(request) == USUAL and reads is None else _empty_table(run, request, reads)
    table["method"] = plain["method"]
    table["path"] = plain["path"]
    table["host"] = plain["host"]
    headers = request["headers"]
    names = [from_text(field) for field in watched_names(headers, watched)] if watched else []
    table["headers"] = _headers_table(run, plain["headers"], names, read, reads)
    table["body"] = plain["body"]
    backends: Table = ListTable()
    if reads is not None:
        backends = TrackedBackends()
        backends.run = run
    table["backends"] = backends
    place = 0.0
    for backend in plain["backends"]:
        place += 1.0
        backends[place] = entry = Table()  # filled one by one: four fifths of the time of Table({...})
        entry["name"] = backend["name"]
        entry["url"] = backend["url"]
        entry["health"] = TRUE if backend["health"] else FALSE
        if len(backend) > _BACKEND_USUAL:
            _fill_backend(run, backend, entry)
    return table


def _empty_table(run: Run, request: Mapping[str, Any], reads: Reads | None) -> Table:
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


def _headers_table(
    run: Run, headers: Mapping[str, str], names: list[str], read: set[str] | None, reads: Reads | None
) -> Table:
    """Header fields under the names as sent; any other case finds them through the metatable.

    Reads of fields in ``names`` are noted in ``read``.
    """
    kind = TrackedHeaders if reads is not None else WatchedTable if names else MetaTable
    table = kind(headers)
    meta = run.header_meta
    if names or meta is None:
        meta = Watch() if names or reads is not None else Table()
        meta["__index"] = run.member("", HEADER_LOOKUP) if reads is None else quiet_lookup(run)
        meta["__metatable"] = FALSE
        if isinstance(meta, Watch):
            meta.names, meta.read = {name: name for name in names}, read if read is not None else set()
        if not names:
            run.header_meta = meta
    table.meta = meta
    table.run = run
    return table


def fill_more(
    run: Run, request: Mapping[str, Any], table: Table, watched: frozenset[str], read: set[str] | None
) -> None:
    """Put the newer fields into the request's ``table``; ``read`` hears of secrets that are read."""
    header_meta = table["headers"].meta  # which finds names in any case
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
    if read is not None and (several := request.get("headers_multi")):
        read.update(map(from_text, watched_names(several, watched)))  # it is not looked whether the script does


def _fill_backend(run: Run, backend: Mapping[str, Any], table: Table) -> None:
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
        if pair and (found := _unquoted(run, name)) not in table:
            table[found] = _unquoted(run, value)
    return table


def _unquoted(run: Run, text: str) -> str:
    """A parameter's name or value, as a Lua string of its bytes. Escapes are paid for, each takes a piece of memory."""
    return unescaped(run, text.replace("+", " "))
