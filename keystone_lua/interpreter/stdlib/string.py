"""The string library (manual 5.4), all but ``dump``.

Input: strings of one character per byte, and numbers where Lua takes them for strings. Output: strings, numbers, matches.
Refuses what 5.1 refuses, in its words; what a pattern is refused for is in patterns.py, ``format`` in formatting.py.

A run pays for reading a pattern at its first use and keeps it: the price of what a script does cannot
depend on what other runs have left in the process's cache. A run that uses more than RUN_PATTERNS forgets all and
pays again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

from ..costs import CLOSURE, COPY, LIBRARY, RESULTS, SCAN, STEP, STRING, UPVALUE, VALUE
from ..patterns import Match, Pattern, PatternError, compile_pattern, is_plain
from ..tracebacks import argument_error, library_error
from ..values import ABSENT, FALSE, LuaValue, MetaTable, Table, number_to_string, type_name
from .args import check_string, to_int, to_integer
from .formatting import format_values
from .math import number

if TYPE_CHECKING:
    from ..runtime import Run

_BYTE: Final = LIBRARY["string.byte"]
_CHAR: Final = LIBRARY["string.char"]
_FIND: Final = LIBRARY["string.find"]
_FORMAT: Final = LIBRARY["string.format"]
_GMATCH: Final = LIBRARY["string.gmatch"]
_GSUB: Final = LIBRARY["string.gsub"]
_LEN: Final = LIBRARY["string.len"]
_LOWER: Final = LIBRARY["string.lower"]
_MATCH: Final = LIBRARY["string.match"]
_REP: Final = LIBRARY["string.rep"]
_REVERSE: Final = LIBRARY["string.reverse"]
_SUB: Final = LIBRARY["string.sub"]
_UPPER: Final = LIBRARY["string.upper"]

_NEXT_MATCH: Final = 30
"""Instructions for a round of gmatch."""
_SUBSTITUTION: Final = 16
"""Instructions for a match of gsub, without what finds it or replaces it."""
_CAPTURE: Final = 6
"""Instructions for a capture."""
_PATTERN: Final = 200
_PATTERN_BYTE: Final = 40
"""Instructions to read a pattern, and for each of its bytes."""
_PATTERN_MEMORY: Final = 4096
_PATTERN_BYTE_MEMORY: Final = 256
"""Bytes likewise."""
RUN_PATTERNS: Final = 256
"""Patterns that one run keeps."""

_COPY: Final = COPY.bit_length() - 1
_SCAN: Final = SCAN.bit_length() - 1
_EXACT: Final = 1e15
"""Below this a number's integer part is what C's cast gives."""
_LARGE: Final = 1 << 16
"""Bytes that a result may take before they are charged."""
_MAX_RESULTS: Final = 8000
"""LUAI_MAXCSTACK: slots that a C function of PUC 5.1 may use, its arguments included."""
_BYTES: Final = tuple(map(float, range(256)))
_PATTERNS: Final = "string.patterns"
"""The key in Run.library_state."""


def integer(run: Run, value: LuaValue, index: int) -> int:
    """``luaL_checkinteger``."""
    return to_integer(value if value.__class__ is float else number(run, value, index))


def load(run: Run, text: str) -> Pattern:
    """The pattern that ``text`` is; the run pays for reading it."""
    run.charge(_PATTERN + _PATTERN_BYTE * len(text), _PATTERN_MEMORY + _PATTERN_BYTE_MEMORY * len(text))
    patterns = run.library_state.setdefault(_PATTERNS, {})
    if len(patterns) >= RUN_PATTERNS:
        patterns.clear()
    pattern = compile_pattern(text)
    patterns[text] = pattern
    return pattern


def known(run: Run, text: str) -> Pattern | None:
    """The pattern if this run has it."""
    patterns = run.library_state.get(_PATTERNS)
    return patterns.get(text) if patterns is not None else None


def find_match(run: Run, pattern: Pattern, subject: str, start: int) -> Match | None:
    """``pattern.find``, with Lua's error if there is one."""
    try:
        return pattern.find(subject, start, run.charge)
    except PatternError as error:
        raise library_error(str(error)) from None


def matches(run: Run, pattern: Pattern, subject: str) -> Iterator[Match]:
    """Every match as gsub sees it; charges for finding them."""
    if pattern.anchored:
        found = find_match(run, pattern, subject, 0)
        if found is not None:
            yield found
    elif len(subject) <= pattern.whole_limit and pattern.regex is not None:
        run.charge(len(subject) * pattern.scan >> 4)
        yield from pattern.regex.finditer(subject)
    else:
        start = 0
        while start <= len(subject) and (found := find_match(run, pattern, subject, start)) is not None:
            yield found
            start = found.end() + (found.end() == found.start())


def capture(run: Run, pattern: Pattern, found: Match, index: int) -> LuaValue:
    """``push_onecapture``: capture ``index``, counted from 0; the whole match as the only one if there is none."""
    if index >= pattern.captures:
        if index:
            raise library_error("invalid capture index")
        start, end = found.span()
        index = -1
    else:
        if index in pattern.unclosed:
            raise library_error("unfinished capture")
        start, end = found.span(index + 1)
        if index in pattern.positions:
            return start + 1.0
    run.charge(_CAPTURE + (end - start >> _COPY), STRING + end - start)
    return found[index + 1]


def captures(run: Run, pattern: Pattern, found: Match) -> tuple[LuaValue, ...]:
    """``push_captures``: all captures, or the whole match if there are none."""
    return tuple(capture(run, pattern, found, index) for index in range(pattern.captures or 1))


def start_of(run: Run, value: LuaValue, size: int) -> int:
    """Argument 3 of find and match as an offset (``posrelat``)."""
    place = integer(run, value, 3)
    if place < 0:
        place += size + 1
    return min(max(place - 1, 0), size)


def find_plain(subject: str, text: str, start: int) -> tuple[int, int]:
    """Where ``text`` is, and what the search costs: CPython compares up to 100 bytes at each place."""
    place = subject.find(text, start)
    scanned = len(subject) - start if place < 0 else place + len(text) - start
    return place, scanned * (4 + min(len(text), COPY)) >> 8


def one(result: LuaValue) -> LuaValue:
    """A call's first result."""
    if result.__class__ is tuple:
        return result[0] if result else None
    return result


# gsub

Replace = Callable[[Match], LuaValue]
"""From a match to its replacement, nil or false for the match itself."""
_REPLACEMENTS: Final = {str, float, FunctionType, Table, MetaTable}


def template(run: Run, text: str) -> list[str | int]:
    """A replacement string taken apart: literal text, and the numbers of captures."""
    run.charge(len(text) // SCAN + 2 * STEP * text.count("%"), 2 * STRING + 2 * VALUE * text.count("%"))
    parts: list[str | int] = []
    start = 0
    while (place := text.find("%", start)) >= 0:
        sign = text[place + 1 : place + 2]
        if start < place:
            parts.append(text[start:place])
        # At the string's end C finds its NUL.
        parts.append(int(sign) if "0" <= sign <= "9" else sign or "\0")
        start = place + 2
    parts.append(text[start:])
    return parts


def by_template(run: Run, pattern: Pattern, text: str) -> Replace:
    """Replacement by a string with ``%`` in it (``add_s``)."""
    parts = template(run, text)

    def replace(found: Match) -> str:
        texts = [part if isinstance(part, str) else insertion(part, found) for part in parts]
        size = sum(map(len, texts))
        run.charge(_CAPTURE * len(texts) + (size >> _COPY), STRING + size + (STRING + VALUE) * len(texts))
        return "".join(texts)

    def insertion(part: int, found: Match) -> str:
        value = capture(run, pattern, found, part - 1) if part else found[0]
        return number_to_string(value) if value.__class__ is float else value

    return replace


def by_table(run: Run, d: int, pattern: Pattern, table: Table) -> Replace:
    """Replacement by what a table has under the first capture."""

    def replace(found: Match) -> LuaValue:
        key = capture(run, pattern, found, 0)
        return table.get(key) if table.__class__ is Table else run.index(d, table, key)

    return replace


def by_function(run: Run, d: int, pattern: Pattern, function: Callable[..., LuaValue]) -> Replace:
    """Replacement by what a function answers to the captures."""
    depth = d + run.crossing

    def replace(found: Match) -> LuaValue:
        result = function(depth, *captures(run, pattern, found))
        return one(result) if result.__class__ is tuple else result

    return replace


def substitute(run: Run, subject: str, found_matches: Iterator[Match], replace: Replace, most: int) -> LuaValue:
    """``str_gsub``'s loop: the new string and the number of matches."""
    pieces: list[str] = []
    count = cursor = 0
    for found in islice(found_matches, most):
        count += 1
        begin, end = found.span()
        run.charge(_SUBSTITUTION, STRING + 2 * VALUE + begin - cursor)
        value = replace(found)
        if value.__class__ is not str:
            if value.__class__ is float:
                value = number_to_string(value)
            elif value is None or value is FALSE:
                value = found[0]
                run.charge(0, len(value))
            else:
                raise library_error(f"invalid replacement value (a {type_name(value)})")
        if begin > cursor:
            pieces.append(subject[cursor:begin])
        pieces.append(value)
        cursor = end
    if not count:
        return subject, 0.0
    pieces.append(subject[cursor:])
    size = sum(map(len, pieces))
    run.charge(size >> _COPY, STRING + size + len(pieces[-1]))
    return "".join(pieces), float(count)


def ascii_upper(text: str) -> str:
    """Upper case in the C locale, which knows no letters beyond ASCII."""
    return text.upper() if text.isascii() else text.encode("latin-1").upper().decode("latin-1")


def ascii_lower(text: str) -> str:
    """Lower case in the C locale."""
    return text.lower() if text.isascii() else text.encode("latin-1").lower().decode("latin-1")


def library(run: Run, fuel: int, alloc: int) -> dict[str, Callable[..., Any]]:
    """The functions of ``string``."""

    def byte(d: int, s: LuaValue = ABSENT, i: LuaValue = None, j: LuaValue = None, *more: LuaValue) -> LuaValue:
        nonlocal fuel, alloc
        if s.__class__ is not str:
            s = check_string(s, 1)
        if i is None:
            first = 1
        else:
            first = int(i) if i.__class__ is float and -_EXACT < i < _EXACT else integer(run, i, 2)
            if first < 0:
                first += len(s) + 1
        fuel -= _BYTE
        if j is None:
            if fuel < 0:
                run.refuel(d)
            return _BYTES[ord(s[first - 1])] if 0 < first <= len(s) else ()
        last = integer(run, j, 3)
        if last < 0:
            last += len(s) + 1
        first, last = max(first, 1), min(last, len(s))
        count = max(last - first + 1, 0)
        if count > _MAX_RESULTS - 3 - len(more):
            raise library_error("stack overflow (string slice too long)")
        if count < 2:
            return _BYTES[ord(s[first - 1])] if count else ()
        run.charge(count // 2, RESULTS + VALUE * count)
        return tuple([_BYTES[code] for code in s[first - 1 : last].encode("latin-1")])

    def char(d: int, *codes: LuaValue) -> str:
        nonlocal fuel, alloc
        fuel -= _CHAR * (len(codes) + 1)
        alloc -= STRING + len(codes)
        if fuel < 0 or alloc < 0:
            run.refuel(d)
        numbers = []
        for index, code in enumerate(codes, 1):
            place = to_int(code if code.__class__ is float else number(run, code, index))
            if not 0 <= place < 256:
                raise argument_error(index, "invalid value")
            numbers.append(place)
        return bytes(numbers).decode("latin-1")

    def find(
        d: int, s: LuaValue = ABSENT, p: LuaValue = ABSENT, init: LuaValue = None, plain: LuaValue = None, *_: LuaValue
    ) -> LuaValue:
        nonlocal fuel, alloc
        if s.__class__ is not str:
            s = check_string(s, 1)
        if p.__class__ is not str:
            p = check_string(p, 2)
        start = 0 if init is None else start_of(run, init, len(s))
        pattern = None
        if plain is None or plain is FALSE:
            pattern = known(run, p)
            if pattern is None and not is_plain(p):
                pattern = load(run, p)
        if pattern is None or pattern.plain:
            place, price = find_plain(s, p, start)
            fuel -= _FIND + price
            if place < 0:
                if fuel < 0:
                    run.refuel(d)
                return None
            alloc -= RESULTS + 2 * VALUE
            if fuel < 0 or alloc < 0:
                run.refuel(d)
            return place + 1.0, float(place + len(p))
        run.charge(_FIND)
        found = find_match(run, pattern, s, start)
        if found is None:
            return None
        begin, end = found.span()
        run.charge(0, RESULTS + VALUE * (2 + pattern.captures))
        values = captures(run, pattern, found) if pattern.captures else ()
        return begin + 1.0, float(end), *values

    def format(d: int, template: LuaValue = ABSENT, *values: LuaValue) -> str:
        run.charge(_FORMAT)
        return format_values(run, check_string(template, 1), values)

    def gmatch(d: int, s: LuaValue = ABSENT, p: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        subject, text = check_string(s, 1), check_string(p, 2)
        run.charge(_GMATCH, CLOSURE + 4 * UPVALUE)
        if text.startswith("^"):
            text = "%" + text  # no anchor here, but a character
        pattern = known(run, text) or load(run, text)
        place = 0

        def next_match(d: int, *_: LuaValue) -> LuaValue:
            nonlocal place, fuel, alloc
            fuel -= _NEXT_MATCH
            if fuel < 0:
                run.refuel(d)
            found = find_match(run, pattern, subject, place) if place <= len(subject) else None
            if found is None:
                place = len(subject) + 1
                return ()
            begin, place = found.span()
            if begin == place:
                place += 1
            values = captures(run, pattern, found)
            if len(values) == 1:
                return values[0]
            run.charge(0, RESULTS + VALUE * len(values))
            return values

        return next_match

    def gsub(
        d: int, s: LuaValue = ABSENT, p: LuaValue = ABSENT, repl: LuaValue = ABSENT, limit: LuaValue = None, *_: LuaValue
    ) -> LuaValue:
        subject, text = check_string(s, 1), check_string(p, 2)
        most = len(subject) + 1 if limit is None else to_int(number(run, limit, 4))
        if repl.__class__ not in _REPLACEMENTS:
            raise argument_error(3, "string/function/table expected")
        run.charge(_GSUB, RESULTS + 2 * VALUE)
        pattern = known(run, text) or load(run, text)
        if most <= 0:
            return subject, 0.0
        if repl.__class__ is float:
            repl = number_to_string(repl)
        if repl.__class__ is str:
            replace = by_template(run, pattern, repl) if "%" in repl else lambda found: repl
        elif repl.__class__ is FunctionType:
            replace = by_function(run, d, pattern, repl)
        else:
            replace = by_table(run, d, pattern, repl)
        return substitute(run, subject, matches(run, pattern, subject), replace, most)

    def len_(d: int, s: LuaValue = ABSENT, *_: LuaValue) -> float:
        nonlocal fuel
        fuel -= _LEN
        if fuel < 0:
            run.refuel(d)
        return float(len(s if s.__class__ is str else check_string(s, 1)))

    def lower(d: int, s: LuaValue = ABSENT, *_: LuaValue) -> str:
        nonlocal fuel, alloc
        if s.__class__ is not str:
            s = check_string(s, 1)
        fuel -= _LOWER + len(s) // SCAN
        alloc -= STRING + len(s)
        if fuel < 0 or alloc < 0:
            run.refuel(d)
        return ascii_lower(s)

    def match(d: int, s: LuaValue = ABSENT, p: LuaValue = ABSENT, init: LuaValue = None, *_: LuaValue) -> LuaValue:
        nonlocal fuel, alloc
        if s.__class__ is not str:
            s = check_string(s, 1)
        if p.__class__ is not str:
            p = check_string(p, 2)
        start = 0 if init is None else start_of(run, init, len(s))
        run.charge(_MATCH)
        pattern = known(run, p) or load(run, p)
        found = find_match(run, pattern, s, start)
        if found is None:
            return None
        values = captures(run, pattern, found)
        if len(values) == 1:
            return values[0]
        run.charge(0, RESULTS + VALUE * len(values))
        return values

    def rep(d: int, s: LuaValue = ABSENT, n: LuaValue = ABSENT, *_: LuaValue) -> str:
        nonlocal fuel, alloc
        if s.__class__ is not str:
            s = check_string(s, 1)
        size = len(s) * max(integer(run, n, 2), 0)
        fuel -= _REP + (size >> _COPY)
        alloc -= STRING + size
        if fuel < 0 or alloc < 0:
            run.refuel(d)
        return s * (size // len(s)) if size else ""

    def reverse(d: int, s: LuaValue = ABSENT, *_: LuaValue) -> str:
        nonlocal fuel, alloc
        if s.__class__ is not str:
            s = check_string(s, 1)
        fuel -= _REVERSE + len(s) // SCAN
        alloc -= STRING + len(s)
        if fuel < 0 or alloc < 0:
            run.refuel(d)
        return s[::-1]  # type: ignore[no-any-return]

    def sub(d: int, s: LuaValue = ABSENT, i: LuaValue = ABSENT, j: LuaValue = None, *_: LuaValue) -> str:
        nonlocal fuel, alloc
        if s.__class__ is not str:
            s = check_string(s, 1)
        first = int(i) if i.__class__ is float and -_EXACT < i < _EXACT else integer(run, i, 2)
        if first > 0:
            first -= 1
        elif first < 0:
            first = max(first + len(s), 0)
        if j is None:
            text = s[first:]
        else:
            last = int(j) if j.__class__ is float and -_EXACT < j < _EXACT else integer(run, j, 3)
            if last < 0:
                last = max(last + len(s) + 1, 0)
            text = s[first:last]
        fuel -= _SUB + (len(text) >> _COPY)
        alloc -= STRING + len(text)
        if fuel < 0 or alloc < 0:
            run.refuel(d)
        return text  # type: ignore[no-any-return]

    def upper(d: int, s: LuaValue = ABSENT, *_: LuaValue) -> str:
        nonlocal fuel, alloc
        if s.__class__ is not str:
            s = check_string(s, 1)
        fuel -= _UPPER + len(s) // SCAN
        alloc -= STRING + len(s)
        if fuel < 0 or alloc < 0:
            run.refuel(d)
        return ascii_upper(s)

    return {
        "byte": byte,
        "char": char,
        "find": find,
        "format": format,
        "gfind": gmatch,
        "gmatch": gmatch,
        "gsub": gsub,
        "len": len_,
        "lower": lower,
        "match": match,
        "rep": rep,
        "reverse": reverse,
        "sub": sub,
        "upper": upper,
    }
