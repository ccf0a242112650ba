"""ngx: what OpenResty's ``ngx`` has and can be computed from its arguments.

Input: texts, numbers, tables of arguments. Output: as lua-nginx-module answers. What reads or changes a connection is
not available: using it is an error that says what to use instead (see ``INSTEAD``).
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..costs import COPY, ENTRY, MODULES, PER_INSTRUCTION, SCAN, STEP, STRING, TABLE, WORK, WORK_BYTES
from ..numerals import number_to_string
from ..runtime.tables import next_entry, rawset
from ..runtime.tracebacks import argument_error, library_error
from ..runtime.values import ABSENT, FALSE, TRUE, LuaValue, Native, Table, type_name
from ..stdlib.args import check_int, check_number, check_string, check_table
from . import catalogue, dates
from .base64 import decoded, encoded
from .lists import items_of, list_of
from .percent import escaped, unescaped

if TYPE_CHECKING:
    from ..runtime.context import RunContext

_REQUEST: Final = "use request.path, request.method, request.host, request.headers and request.body"
_ANSWER: Final = "use what on_route_request returns: reject, reject_reason, selected_backend, modified_headers"
INSTEAD: Final[dict[str, str]] = {
    "ctx": "use a local of on_route_request",
    "header": "use modified_headers of the answer",
    "location": "a decision cannot call anybody",
    "req": _REQUEST,
    "resp": _ANSWER,
    "shared": "runs share no state; require 'bucket' gives everybody the same share without any",
    "var": _REQUEST,
}
"""Fields that nobody can index, with what to use."""
INSTEAD_CALLED: Final[dict[str, str]] = {
    "exec": _ANSWER, "exit": _ANSWER, "log": "use log(message)", "print": "use print(message)", "redirect": _ANSWER,
    "say": _ANSWER, "sleep": "a decision does not wait",
}  # fmt: skip
"""Functions that nobody can call, with what to use."""

MAX_ARGS: Final = 100
"""Arguments that decode_args takes if it is not told otherwise, as OpenResty."""
_HASHED: Final = PER_INSTRUCTION["ngx.hashed"]
_PASSED: Final = PER_INSTRUCTION["ngx.passed"]
_ARG: Final = WORK["ngx.argument"]
_ARG_BYTES: Final = WORK_BYTES["ngx.argument"]
LATEST: Final = 253_402_128_000.0
"""Seconds up to which times are written: the year 9999."""


def arguments_of(run: RunContext, text: str, most: int) -> dict[str, list[str | None]]:
    """The arguments of a query in order; None for one without ``=``."""
    found: dict[str, list[str | None]] = {}
    for piece in text.replace("+", " ").split("&", most)[:most]:
        name, sign, value = piece.partition("=")
        if piece and (name or not sign):
            found.setdefault(unescaped(run, name), []).append(unescaped(run, value) if sign else None)
    return found


def text_for(
    run: RunContext, fuel: int, alloc: int, name: str, per: int, grows: int, make: Callable[[str], LuaValue]
) -> Any:
    """A function of one text: an instruction pays for ``per`` bytes, each byte may make ``grows``."""
    price = MODULES[f"ngx.{name}"]

    def apply(d: int, s: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        text = s if s.__class__ is str else check_string(s, 1)
        size = len(text)
        run.charge(price + size // per, WORK_BYTES["ngx.text"] + grows * size)
        return make(text)

    return apply


def encode_base64_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def encode_base64(d: int, s: LuaValue = ABSENT, bare: LuaValue = None, *_: LuaValue) -> str:
        text = s if s.__class__ is str else check_string(s, 1)
        run.charge(MODULES["ngx.encode_base64"] + len(text) // SCAN, STRING + 5 * len(text))
        coded = encoded(text.encode("latin-1"))
        return coded.rstrip("=") if bare is not None and bare is not FALSE else coded

    return encode_base64


def decode_base64(text: str) -> LuaValue:
    """The bytes, or nil."""
    data = decoded(text)
    return None if data is None else data.decode("latin-1")


def hmac_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def hmac_sha1(d: int, key: LuaValue = ABSENT, s: LuaValue = ABSENT, *_: LuaValue) -> str:
        secret, text = check_string(key, 1), check_string(s, 2)
        size = len(secret) + len(text)
        run.charge(MODULES["ngx.hmac_sha1"] + size // _HASHED, 4 * STRING + 2 * size + WORK_BYTES["ngx.hmac"])
        return hmac.digest(secret.encode("latin-1"), text.encode("latin-1"), "sha1").decode("latin-1")

    return hmac_sha1


def escape_uri_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def escape_uri(d: int, s: LuaValue = ABSENT, *_: LuaValue) -> str:
        run.charge(MODULES["ngx.escape_uri"], 2 * STRING)
        return escaped(run, s if s.__class__ is str else check_string(s, 1))

    return escape_uri


def unescape_uri_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def unescape_uri(d: int, s: LuaValue = ABSENT, *_: LuaValue) -> str:
        text = s if s.__class__ is str else check_string(s, 1)
        run.charge(MODULES["ngx.unescape_uri"] + len(text) // _PASSED, 2 * STRING + 3 * len(text))
        return unescaped(run, text.replace("+", " "))

    return unescape_uri


def encode_args_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def encode_args(d: int, table: LuaValue = ABSENT, *_: LuaValue) -> str:
        run.charge(MODULES["ngx.encode_args"])
        args = check_table(table, 1)
        pieces: list[str] = []
        entry = next_entry(run, args, None)
        while entry is not None:
            key, value = entry
            if key.__class__ is not str and key.__class__ is not float:
                raise argument_error(1, f"names of arguments are strings, not {type_name(key)}s")
            name = _text(run, key)
            several = isinstance(value, Table)
            for one in items_of(run, value) if several else [value]:
                if one is FALSE:
                    continue
                if several:  # each has a copy of the name
                    run.charge(len(name) // COPY, STRING + len(name))
                if one.__class__ is not str and one.__class__ is not float and one is not TRUE:
                    raise argument_error(1, f"a value is a {type_name(one)}, no string, number or boolean")
                pieces.append(name if one is TRUE else f"{name}={_text(run, one)}")
            entry = next_entry(run, args, key)
        size = sum(map(len, pieces)) + len(pieces)
        run.charge(size // COPY, STRING + size)
        return "&".join(pieces)

    return encode_args


def _text(run: RunContext, value: LuaValue) -> str:
    """A name or value as it stands in a query, paid for."""
    text = number_to_string(value) if value.__class__ is float else value
    run.charge(_ARG, _ARG_BYTES)
    return escaped(run, text)


def decode_args_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def decode_args(d: int, s: LuaValue = ABSENT, most: LuaValue = None, *_: LuaValue) -> Table:
        run.charge(MODULES["ngx.decode_args"], TABLE)
        text = check_string(s, 1)
        limit = MAX_ARGS if most is None else check_int(run, most, 2)
        run.charge(len(text) // SCAN)
        count = text.count("&") + 1
        limit = min(limit, count) if limit > 0 else count
        run.charge(_ARG * limit + len(text) // _PASSED, _ARG_BYTES * limit + 6 * len(text))
        found = arguments_of(run, text, limit)
        result = Table()
        for name, values in found.items():
            items = [TRUE if value is None else value for value in values]
            run.charge(STEP * len(items), TABLE + ENTRY * len(items))
            rawset(run, result, name, items[0] if len(items) == 1 else list_of(items))
        return result

    return decode_args


def reading_for(run: RunContext, fuel: int, alloc: int, name: str, unit: float) -> Any:
    price = MODULES[f"ngx.{name}"]

    def read(d: int, *_: LuaValue) -> float:
        run.charge(price)
        return float(run.now * unit // 1 / unit)

    return read


def written_for(run: RunContext, fuel: int, alloc: int, name: str, make: Callable[[int], str]) -> Any:
    price = MODULES[f"ngx.{name}"]

    def write(d: int, seconds: LuaValue = ABSENT, *_: LuaValue) -> str:
        run.charge(price, 4 * STRING)
        number = seconds if seconds.__class__ is float else check_number(run, seconds, 1)
        if not 0.0 <= number <= LATEST:
            raise argument_error(1, "seconds from 0 to the year 9999 expected")
        return make(int(number))

    return write


def parse_http_time_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def parse_http_time(d: int, s: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(MODULES["ngx.parse_http_time"], 8 * STRING)
        text = s if s.__class__ is str else check_string(s, 1)
        year = 1970 + int(run.now // 31_556_952)
        seconds = dates.http(text, year) if len(text) <= dates.LONGEST else None
        return None if seconds is None else float(seconds)

    return parse_http_time


def instead_for(run: RunContext, fuel: int, alloc: int, name: str, use: str) -> Any:
    price = MODULES[f"ngx.{name}"]

    def missing(d: int, *_: LuaValue) -> LuaValue:
        run.charge(price)
        raise library_error(f"ngx.{name} is not available: {use}")

    return missing


def member_of(run: RunContext, path: tuple[str, str]) -> LuaValue:
    """A function of another module, made once per run."""
    if path not in run.made:
        recipe = run.recipe(path)
        run.made[path] = recipe.make(run.cells)
    return run.made[path]


def _re(run: RunContext) -> Table:
    """``ngx.re``: the functions of the module re, in a table of the run's own."""
    return Table({name: member_of(run, path) for name, path in catalogue.paths("re").items()})


def _latin(make: Callable[[bytes], bytes]) -> Callable[[str], str]:
    return lambda text: make(text.encode("latin-1")).decode("latin-1")


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


def _crc32(text: str) -> float:
    return float(zlib.crc32(text.encode("latin-1")))


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Any]:
    """The members of ``ngx``."""
    texts: dict[str, tuple[int, int, Callable[[str], LuaValue]]] = {
        "crc32_long": (_HASHED, 1, _crc32),
        "crc32_short": (_HASHED, 1, _crc32),
        "decode_base64": (SCAN, 5, decode_base64),
        "md5": (_HASHED, 1, _latin(lambda data: binascii.hexlify(_md5(data)))),
        "md5_bin": (_HASHED, 1, _latin(_md5)),
        "sha1_bin": (_HASHED, 1, _latin(_sha1)),
    }
    return {
        **{name: text_for(run, fuel, alloc, name, *how) for name, how in texts.items()},
        **{name: instead_for(run, fuel, alloc, name, use) for name, use in INSTEAD_CALLED.items()},
        **{name: Native("ngx", f"ngx.{name}", use) for name, use in INSTEAD.items()},
        "cookie_time": written_for(run, fuel, alloc, "cookie_time", dates.cookie_text),
        "decode_args": decode_args_for(run, fuel, alloc),
        "encode_args": encode_args_for(run, fuel, alloc),
        "encode_base64": encode_base64_for(run, fuel, alloc),
        "escape_uri": escape_uri_for(run, fuel, alloc),
        "hmac_sha1": hmac_for(run, fuel, alloc),
        "http_time": written_for(run, fuel, alloc, "http_time", dates.http_text),
        "now": reading_for(run, fuel, alloc, "now", 1000.0),
        "parse_http_time": parse_http_time_for(run, fuel, alloc),
        "re": catalogue.Made(_re),
        "time": reading_for(run, fuel, alloc, "time", 1.0),
        "unescape_uri": unescape_uri_for(run, fuel, alloc),
    }
