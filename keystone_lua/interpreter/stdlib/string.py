"""The string library (manual 5.4), all but ``dump``.

Input: strings of one character per byte, and numbers where Lua takes them for strings. Output: strings, numbers,
matches. Refuses what 5.1 refuses, in its words; for patterns see patterns/, for formats formatting.py.

A run pays for reading a pattern at its first use and keeps it: the price of what a script does cannot depend on what
other runs have left in the process's cache. A run that uses more than RUN_PATTERNS patterns forgets all of them and
pays again.

``refuel`` gets depth 0, as in ``charge``: a library function has no frame to pay for, and whether ``refuel`` is
called depends on slices.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..costs import LIBRARY, RESULTS, SCAN, STRING, VALUE, WORK, WORK_BYTES
from ..patterns.items import LATIN
from ..runtime.tracebacks import LIBRARY_CODES, argument_error, library_error
from ..runtime.values import ABSENT, CODES, LuaValue
from .args import check_int, check_integer, check_string
from .formatting import KEPT_LENGTH, format_pieces, kept_format, long_format
from .matching import _COPY, _LARGE
from .string_search import _nested, find_for, gmatch_for, gsub_for, match_for

if TYPE_CHECKING:
    from ..runtime.context import RunContext

_BYTE: Final = LIBRARY["string.byte"]
_CHAR: Final = LIBRARY["string.char"]
_FORMAT: Final = LIBRARY["string.format"]
_LEN: Final = LIBRARY["string.len"]
_LOWER: Final = LIBRARY["string.lower"]
_REP: Final = LIBRARY["string.rep"]
_REVERSE: Final = LIBRARY["string.reverse"]
_SUB: Final = LIBRARY["string.sub"]
_UPPER: Final = LIBRARY["string.upper"]

CODE: Final = WORK["string.char.argument"]
CODE_MEMORY: Final = WORK_BYTES["string.char.argument"]

_SCAN: Final = SCAN.bit_length() - 1
_MAX_RESULTS: Final = 8000
"""LUAI_MAXCSTACK: slots that a C function of PUC 5.1 may use, its arguments included."""
_BYTES: Final = tuple(map(float, range(256)))
_code: Final = CODES.__getitem__
_FLOATS: Final = {float}


# gsub


def ascii_upper(text: str) -> str:
    """Upper case in the C locale, which knows no letters beyond ASCII."""
    return text.upper() if text.isascii() else text.encode("latin-1").upper().decode("latin-1")


def ascii_lower(text: str) -> str:
    """Lower case in the C locale."""
    return text.lower() if text.isascii() else text.encode("latin-1").lower().decode("latin-1")


def byte_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def byte(d: int, s: LuaValue = ABSENT, i: LuaValue = None, j: LuaValue = None, *more: LuaValue) -> LuaValue:
        nonlocal fuel, alloc
        if s.__class__ is not str:
            s = check_string(s, 1)
        if i is None:
            first = 1
        else:
            first = int(i) if i.__class__ is float and -1e15 < i < 1e15 else check_integer(run, i, 2)
            if first < 0:
                first += len(s) + 1
        fuel -= _BYTE
        if fuel < 0:
            run.refuel(0)
        if j is None:
            return _BYTES[ord(s[first - 1])] if 0 < first <= len(s) else ()
        last = int(j) if j.__class__ is float and -1e15 < j < 1e15 else check_integer(run, j, 3)
        if last < 0:
            last += len(s) + 1
        if first < 1:
            first = 1
        if last > len(s):
            last = len(s)
        count = last - first + 1
        if count > _MAX_RESULTS - 3 - len(more):
            raise library_error("stack overflow (string slice too long)")
        if count < 2:
            return _BYTES[ord(s[first - 1])] if count == 1 else ()
        fuel -= 2 * count
        alloc -= RESULTS + 2 * VALUE * count + 2 * (STRING + count)
        if fuel < 0 or alloc < 0:
            run.refuel(0)
        if count == 2:
            return CODES[s[first - 1]], CODES[s[first]]
        if count == 3:
            return CODES[s[first - 1]], CODES[s[first]], CODES[s[first + 1]]
        return tuple(map(_code, s[first - 1 : last]))

    return byte


def char_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def char(d: int, *codes: LuaValue) -> str:
        nonlocal fuel, alloc
        count = len(codes)
        fuel -= _CHAR + CODE * count
        alloc -= STRING + CODE_MEMORY * count
        if fuel < 0 or alloc < 0:
            run.refuel(0)
        if count == 1 and (code := codes[0]).__class__ is float and 0.0 <= code < 256.0:
            return LATIN[int(code)]
        if set(map(type, codes)) == _FLOATS:
            try:
                return bytes(map(int, codes)).decode("latin-1")
            except (ValueError, OverflowError):
                pass  # which one, and whether C's cast makes it a byte, is seen below
        places = []
        for index, code in enumerate(codes, 1):
            place = check_int(run, code, index)
            if not 0 <= place < 256:
                raise argument_error(index, "invalid value")
            places.append(place)
        return bytes(places).decode("latin-1")

    return char


def format_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def format_(d: int, template: LuaValue = ABSENT, *values: LuaValue) -> str:
        nonlocal fuel, alloc
        if template.__class__ is not str:
            template = check_string(template, 1)
        form = kept_format(template) if len(template) <= KEPT_LENGTH else long_format(run, template)
        fuel -= _FORMAT + form.price
        if fuel < 0:
            run.refuel(0)
        text = "".join(format_pieces(run, form, values))
        fuel -= len(text) >> _COPY
        alloc -= len(text) + form.memory
        if fuel < 0 or alloc < 0:
            run.refuel(0)
        return text

    return format_


def len_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def len_(d: int, s: LuaValue = ABSENT, *_: LuaValue) -> float:
        nonlocal fuel
        fuel -= _LEN
        if fuel < 0:
            run.refuel(0)
        return float(len(s if s.__class__ is str else check_string(s, 1)))

    return len_


def lower_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def lower(d: int, s: LuaValue = ABSENT, *_: LuaValue) -> str:
        nonlocal fuel, alloc
        if s.__class__ is not str:
            s = check_string(s, 1)
        fuel -= _LOWER + len(s) // SCAN
        alloc -= STRING + (len(s) if s.isascii() else 2 * len(s))
        if fuel < 0 or alloc < 0:
            run.refuel(0)
        return ascii_lower(s)

    return lower


def rep_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def rep(d: int, s: LuaValue = ABSENT, n: LuaValue = ABSENT, *_: LuaValue) -> str:
        nonlocal fuel, alloc
        if s.__class__ is not str:
            s = check_string(s, 1)
        # PUC 5.1 cuts n to 32 bits, so that 2^31 gives "": here it is beyond the budget.
        times = int(n) if n.__class__ is float and -1e15 < n < 1e15 else check_integer(run, n, 2)
        size = len(s) * times if times > 0 else 0
        fuel -= _REP + (size >> _COPY)
        alloc -= STRING + size
        if fuel < 0 or alloc < 0:
            run.refuel(0)
        return s * times if size else ""

    return rep


def reverse_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def reverse(d: int, s: LuaValue = ABSENT, *_: LuaValue) -> str:
        nonlocal fuel, alloc
        if s.__class__ is not str:
            s = check_string(s, 1)
        fuel -= _REVERSE + len(s) // SCAN
        alloc -= STRING + len(s)
        if fuel < 0 or alloc < 0:
            run.refuel(0)
        return s[::-1]  # type: ignore[no-any-return]

    return reverse


def sub_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def sub(d: int, s: LuaValue = ABSENT, i: LuaValue = ABSENT, j: LuaValue = None, *_: LuaValue) -> str:
        nonlocal fuel, alloc
        if s.__class__ is not str:
            s = check_string(s, 1)
        if i.__class__ is float and i == j and 1.0 <= i < 1e15:  # one character; tables are not compared here
            place = int(i)
            text = s[place - 1 : place]
            fuel -= _SUB
            alloc -= STRING + len(text)
            if fuel < 0 or alloc < 0:
                run.refuel(0)
            return text  # type: ignore[no-any-return]
        first = int(i) if i.__class__ is float and -1e15 < i < 1e15 else check_integer(run, i, 2)
        if first > 0:
            first -= 1
        elif first < 0:
            first = max(first + len(s), 0)
        last = None
        if j is not None:
            last = int(j) if j.__class__ is float and -1e15 < j < 1e15 else check_integer(run, j, 3)
            if last < 0:
                last = max(last + len(s) + 1, 0)
        if len(s) > _LARGE:
            size = len(range(len(s))[first:last])
            run.charge(_SUB + (size >> _COPY), STRING + size)
            return s[first:last]  # type: ignore[no-any-return]
        text = s[first:last]
        fuel -= _SUB + (len(text) >> _COPY)
        alloc -= STRING + len(text)
        if fuel < 0 or alloc < 0:
            run.refuel(0)
        return text  # type: ignore[no-any-return]

    return sub


def upper_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def upper(d: int, s: LuaValue = ABSENT, *_: LuaValue) -> str:
        nonlocal fuel, alloc
        if s.__class__ is not str:
            s = check_string(s, 1)
        fuel -= _UPPER + len(s) // SCAN
        alloc -= STRING + (len(s) if s.isascii() else 2 * len(s))
        if fuel < 0 or alloc < 0:
            run.refuel(0)
        return ascii_upper(s)

    return upper


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Callable[..., Any]]:
    """The functions of ``string``."""
    return {
        "byte": byte_for(run, fuel, alloc),
        "char": char_for(run, fuel, alloc),
        "find": find_for(run, fuel, alloc),
        "format": format_for(run, fuel, alloc),
        "gfind": gmatch_for(run, fuel, alloc),
        "gmatch": gmatch_for(run, fuel, alloc),
        "gsub": gsub_for(run, fuel, alloc),
        "len": len_for(run, fuel, alloc),
        "lower": lower_for(run, fuel, alloc),
        "match": match_for(run, fuel, alloc),
        "rep": rep_for(run, fuel, alloc),
        "reverse": reverse_for(run, fuel, alloc),
        "sub": sub_for(run, fuel, alloc),
        "upper": upper_for(run, fuel, alloc),
    }


# Errors raised by gmatch's iterator are a library function's.
LIBRARY_CODES.add(_nested(_nested(gmatch_for.__code__, "gmatch"), "next_match"))
