"""cookie: the Cookie header read, a Set-Cookie header written, by RFC 6265bis.

Input: a header's value; a table. Output: a table of names and values; a header's value. Nothing that a client sends
is an error. A cookie to be written that browsers would refuse, or that would smuggle in an attribute, is an error of
the script.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..costs import ENTRY, MODULES, PER_INSTRUCTION, STRING, TABLE, VALUE, WORK
from ..runtime.tables import rawget, rawset
from ..runtime.tracebacks import argument_error
from ..runtime.values import ABSENT, FALSE, TRUE, LuaValue, Table
from ..stdlib.args import check_table, opt_string
from .dates import http_text

if TYPE_CHECKING:
    from ..runtime.context import RunContext

MAX_COOKIES: Final = 200
"""Pairs of a header that are looked at: browsers keep about 180 for a site."""
MAX_BYTES: Final = 4096
"""Of a cookie's name and value, and of an attribute: what browsers keep."""
MAX_AGE: Final = 34_560_000
"""Seconds: 400 days, to which browsers cut it."""
_LAST: Final = 253402300799.0  # of the year 9999

_PAIR: Final = WORK["cookie.pair"]
_PER_BYTE: Final = PER_INSTRUCTION["cookie.bytes"]
_SERIALIZED: Final = 2 * MAX_BYTES

_NAME: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]++\Z")
_VALUE: Final = re.compile(r'(?:[!#-+\--:<-\[\]-~]*+|"[!#-+\--:<-\[\]-~]*+")\Z')
_ATTRIBUTE: Final = re.compile(r"[ -:<-~]*+\Z")
_SAME_SITE: Final = ("Strict", "Lax", "None")
_FIELDS: Final = frozenset(
    "name value path domain max_age expires secure http_only same_site partitioned".split()
)  # fmt: skip


def parse_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    price = MODULES["cookie.parse"]

    def parse(d: int, header: LuaValue = None, *_: LuaValue) -> Table:
        text = opt_string(header, 1, "")
        size = len(text)
        count = min(text.count(";") + 1, MAX_COOKIES)
        run.charge(
            price + size // _PER_BYTE + _PAIR * count, TABLE + (ENTRY + 5 * STRING + VALUE) * count + STRING + 4 * size
        )
        found = Table()
        for pair in text.split(";", MAX_COOKIES)[:MAX_COOKIES]:
            name, equals, value = pair.partition("=")
            name, value = name.strip(" \t"), value.strip(" \t")
            if not equals or not name or rawget(run, found, name) is not None:
                continue
            if len(value) > 1 and value[0] == value[-1] == '"':
                value = value[1:-1]
            rawset(run, found, name, value)
        return found

    return parse


class _Bad(Exception):
    """What is wrong with a cookie."""


def _text(run: RunContext, table: Table, name: str) -> str | None:
    value = rawget(run, table, name)
    if value is not None and (value.__class__ is not str or len(value) > MAX_BYTES):
        raise _Bad(f"'{name}' must be a string of at most {MAX_BYTES} bytes")
    text: str | None = value
    return text


def _flag(run: RunContext, table: Table, name: str) -> bool:
    value = rawget(run, table, name)
    if value not in (None, TRUE, FALSE):
        raise _Bad(f"'{name}' must be true or false")
    return value is TRUE


def _seconds(run: RunContext, table: Table, name: str, most: float) -> int | None:
    value = rawget(run, table, name)
    if value is None:
        return None
    if value.__class__ is not float or not -most <= value <= most:
        raise _Bad(f"'{name}' must be seconds, at most {most:.0f}")
    return int(value // 1)


def _prefixes(name: str, path: str | None, domain: str | None, is_secure: bool) -> None:
    """What a name's prefix promises (RFC 6265bis, 4.1.3), in any case as browsers take it."""
    lower = name.lower()
    if lower.startswith(("__secure-", "__host-")) and not is_secure:
        raise _Bad("a cookie with this prefix must be secure")
    if lower.startswith("__host-") and (path != "/" or domain is not None):
        raise _Bad("a cookie with the prefix __Host- must have the path / and no domain")


def _serialized(run: RunContext, table: Table) -> str:
    unknown = next((key for key in table if key.__class__ is not str or key not in _FIELDS), None)
    if unknown is not None:
        raise _Bad(f"unknown attribute '{unknown[:64]}'" if unknown.__class__ is str else "unknown attribute")
    name, value = _text(run, table, "name"), _text(run, table, "value") or ""
    if name is None or not _NAME.match(name):
        raise _Bad("'name' must be a token")
    if not _VALUE.match(value) or len(name) + len(value) > MAX_BYTES:
        raise _Bad("'value' has characters that a cookie must not have, or is too long: url.escape it")
    path, domain, same_site = (_text(run, table, field) for field in ("path", "domain", "same_site"))
    is_secure, is_partitioned = _flag(run, table, "secure"), _flag(run, table, "partitioned")
    if path is not None and not (path.startswith("/") and _ATTRIBUTE.match(path)):
        raise _Bad("'path' must begin with '/'")
    if domain is not None and not (_ATTRIBUTE.match(domain) and domain.strip(". ")):
        raise _Bad("'domain' must be a host")
    if same_site is not None and same_site not in _SAME_SITE:
        raise _Bad(f"'same_site' must be one of {', '.join(_SAME_SITE)}")
    if (same_site == "None" or is_partitioned) and not is_secure:
        raise _Bad("a cookie for other sites must be secure")
    _prefixes(name, path, domain, is_secure)
    expires, age = _seconds(run, table, "expires", _LAST), _seconds(run, table, "max_age", MAX_AGE)
    attributes = (
        (domain is not None, f"Domain={domain}"), (path is not None, f"Path={path}"),
        (expires is not None, f"Expires={http_text(max(0, expires or 0))}"), (age is not None, f"Max-Age={age}"),
        (is_secure, "Secure"), (_flag(run, table, "http_only"), "HttpOnly"),
        (same_site is not None, f"SameSite={same_site}"), (is_partitioned, "Partitioned"),
    )  # fmt: skip
    return "; ".join([f"{name}={value}", *(text for is_there, text in attributes if is_there)])


def serialize_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    price = MODULES["cookie.serialize"]

    def serialize(d: int, table: LuaValue = ABSENT, *_: LuaValue) -> str:
        run.charge(price, 8 * STRING)
        table = check_table(table, 1)
        size = sum(len(value) for value in map(table.get, _FIELDS) if value.__class__ is str)
        run.charge(min(size, _SERIALIZED) // _PER_BYTE, 3 * min(size, 3 * _SERIALIZED))
        try:
            return _serialized(run, table)
        except _Bad as bad:
            message = str(bad)
        raise argument_error(1, message)

    return serialize


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Any]:
    """The functions of ``cookie``."""
    return {"parse": parse_for(run, fuel, alloc), "serialize": serialize_for(run, fuel, alloc)}
