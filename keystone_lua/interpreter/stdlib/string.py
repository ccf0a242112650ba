"""The string library (manual 5.4), all but ``dump``.

Input: strings of one character per byte, and numbers where Lua takes them for strings. Output: strings, numbers,
matches. Refuses what 5.1 refuses, in its words; patterns.py says what it refuses in patterns, formatting.py in formats.

A run pays for reading a pattern at its first use and keeps it: the price of what a script does cannot
depend on what other runs have left in the process's cache. A run that uses more than RUN_PATTERNS forgets all and
pays again.

``refuel`` is told depth 0, as ``charge`` does: a library function has no frame to pay for, and whether it comes to
refuel depends on the slices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..costs import CLOSURE, COPY, LIBRARY, RESULTS, SCAN, STEP, STRING, UPVALUE, VALUE
from ..numerals import number_to_string
from ..patterns.items import LATIN, PatternError
from ..patterns.pattern import Match, Pattern, compile_pattern, find_special
from ..patterns.plain_search import find_long, is_cheap
from ..runtime.tracebacks import LIBRARY_CODES, argument_error, library_error
from ..runtime.values import ABSENT, CODES, FALSE, LONG_STRING, LuaValue, MetaTable, ScatteredTable, Table, type_name
from .args import check_int, check_integer, check_string
from .formatting import KEPT_LENGTH, format_pieces, kept_format, long_format

if TYPE_CHECKING:
    from ..runtime.context import RunContext

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

CODE: Final = 8
"""Instructions for an argument of char."""
CODE_MEMORY: Final = 1 + 2 * VALUE
_NEXT_MATCH: Final = 36
"""Instructions for a round of gmatch."""
_SEARCH: Final = 20
"""Instructions for a search of gsub's, where it cannot find all matches at once."""
_SUBSTITUTION: Final = 12
"""Instructions for a match of gsub, without what finds it."""
_REPLACEMENT: Final = 30
"""Instructions more if the replacement is not the same text for all."""
_CAPTURE: Final = 6
"""Instructions for a capture."""
_NUMERAL: Final = 20
"""Instructions to write a number."""
_PIECE: Final = STRING + 3 * VALUE
"""Bytes of a match's share in the list of pieces, without their text."""
_PAIR: Final = RESULTS + 2 * VALUE
"""Bytes of two results."""
_PATTERN: Final = 200
_PATTERN_BYTE: Final = 40
"""Instructions to read a pattern, and for each of its bytes."""
_PATTERN_MEMORY: Final = 1536
_PATTERN_BYTE_MEMORY: Final = 200
"""Bytes likewise."""
RUN_PATTERNS: Final = 256
"""Patterns that one run keeps."""

_COPY: Final = COPY.bit_length() - 1
_SCAN: Final = SCAN.bit_length() - 1
_LARGE: Final = 1 << 16
"""Bytes that a result may take before they are charged."""
_AT_ONCE: Final = 4 << 20
"""Bytes that gsub may make before they are charged: half of what a run may take beyond its charge at any moment."""
_MATCHED: Final = 32
"""Bytes for each byte of a subject that ``re`` takes to replace what it matches, besides the replacement."""
_KEPT_LENGTH: Final = 256
"""Bytes. Longer replacement strings are not kept by the process."""
_KEPT: Final = 256
_MAX_RESULTS: Final = 8000
"""LUAI_MAXCSTACK: slots that a C function of PUC 5.1 may use, its arguments included."""
_BYTES: Final = tuple(map(float, range(256)))
_code: Final = CODES.__getitem__
_FLOATS: Final = {float}
_PATTERNS: Final = "string.patterns"
"""The key in RunContext.library_state."""
_NOTHING: Final[dict[str, Pattern]] = {}


def load(run: RunContext, text: str) -> Pattern:
    """The pattern that ``text`` is, at its first use; the run pays for reading it."""
    run.charge(_PATTERN + _PATTERN_BYTE * len(text), _PATTERN_MEMORY + _PATTERN_BYTE_MEMORY * len(text))
    patterns = run.library_state.setdefault(_PATTERNS, {})
    if len(patterns) >= RUN_PATTERNS:
        patterns.clear()
    pattern = patterns[text] = compile_pattern(text)
    return pattern


def find_match(run: RunContext, pattern: Pattern, subject: str, start: int) -> Match | None:
    """``pattern.find``, with Lua's error if there is one."""
    try:
        return pattern.find(subject, start, run.charge)
    except PatternError as error:
        raise library_error(str(error)) from None


def step_match(run: RunContext, pattern: Pattern, subject: str, start: int) -> Match | None:
    """``pattern.step``, likewise."""
    try:
        return pattern.step(subject, start, run.charge)
    except PatternError as error:
        raise library_error(str(error)) from None


def matches(run: RunContext, pattern: Pattern, subject: str, most: int) -> Iterator[Match]:
    """The first ``most`` matches as gsub sees them; charges for finding them."""
    if pattern.anchored:
        found = find_match(run, pattern, subject, 0)
        return iter(()) if found is None else iter((found,))
    if len(subject) <= pattern.whole_limit and most > len(subject) and pattern.regex is not None:
        run.charge(len(subject) * pattern.scan >> 4)
        return pattern.regex.finditer(subject)
    return islice(_matches_one_by_one(run, pattern, subject), most)


def _matches_one_by_one(run: RunContext, pattern: Pattern, subject: str) -> Iterator[Match]:
    start = 0
    while start <= len(subject) and (found := find_match(run, pattern, subject, start)) is not None:
        run.charge(_SEARCH)
        yield found
        start = found.end() + (found.end() == found.start())


def captures(run: RunContext, pattern: Pattern, found: Match) -> tuple[LuaValue, ...]:
    """``push_captures``: all captures, or the whole match if there are none; charges for them."""
    count = pattern.captures or 1
    if pattern.flat and pattern.captures:
        start, end = found.span()
        run.charge(_CAPTURE * count + (end - start >> _COPY), RESULTS + (STRING + VALUE) * count + end - start)
        return found.groups()
    run.charge(0, RESULTS + VALUE * count)
    return tuple([capture(run, pattern, found, index) for index in range(count)])


def capture(run: RunContext, pattern: Pattern, found: Match, index: int) -> LuaValue:
    """``push_onecapture``: capture ``index``, counted from 0; the whole match as the only one if there is none."""
    if index < pattern.captures:
        if index in pattern.unclosed:
            raise library_error("unfinished capture")
        group = index + 1
    elif index == 0:
        group = 0
    else:
        raise library_error("invalid capture index")
    start, end = found.span(group)
    if index in pattern.positions:
        run.charge(_CAPTURE, STRING)
        return start + 1.0
    run.charge(_CAPTURE + (end - start >> _COPY), STRING + end - start)
    return found[group]


def start_of(run: RunContext, value: LuaValue, size: int) -> int:
    """Argument 3 of find and match as an offset (``posrelat``)."""
    place = check_integer(run, value, 3)
    if place < 0:
        place += size + 1
    return min(max(place - 1, 0), size)


# gsub

_REPLACEMENTS: Final = {str, float, FunctionType, Table, MetaTable, ScatteredTable}


class Template(NamedTuple):
    """A replacement string with ``%`` in it, taken apart."""

    parts: tuple[str | int, ...]
    """Literal text, and the numbers of captures, 0 for the whole match."""
    highest: int
    """The largest of these numbers."""


def take_apart(text: str) -> Template:
    """``add_s`` as far as it does not depend on the match."""
    parts: list[str | int] = []
    start = 0
    while (place := text.find("%", start)) >= 0:
        sign = text[place + 1 : place + 2]
        if start < place:
            parts.append(text[start:place])
        # At the string's end C finds its NUL.
        parts.append(int(sign) if "0" <= sign <= "9" else sign or "\0")
        start = place + 2
    if start < len(text):
        parts.append(text[start:])
    return Template(tuple(parts), max((part for part in parts if isinstance(part, int)), default=0))


_kept_template = lru_cache(_KEPT)(take_apart)


def template(run: RunContext, text: str) -> Template:
    """The template that ``text`` is; the run pays as if this process had never met it."""
    escapes = text.count("%")
    run.charge(len(text) // SCAN + 2 * STEP * escapes, len(text) + 2 * (STRING + VALUE) * (escapes + 1))
    return _kept_template(text) if len(text) <= _KEPT_LENGTH else take_apart(text)


def expand(run: RunContext, pattern: Pattern, found: Match, form: Template) -> str:
    """The replacement that a template makes of a match."""
    parts = form.parts
    count = len(parts)
    start, end = found.span()
    if pattern.textual and form.highest <= pattern.captures and (end - start) * count <= _LARGE:
        text = "".join([found[part] if isinstance(part, int) else part for part in parts])
    else:
        text = "".join(parts_of(run, pattern, found, parts))
    size = len(text)
    run.charge(_REPLACEMENT + _CAPTURE * count + (size >> _COPY), 2 * (STRING + size) + (STRING + VALUE) * count)
    return text


def parts_of(run: RunContext, pattern: Pattern, found: Match, parts: tuple[str | int, ...]) -> list[str]:
    """The texts of a replacement, each charged before it is made, and their sum before it is."""
    texts: list[str] = []
    for part in parts:
        if isinstance(part, int):
            value = capture(run, pattern, found, part - 1) if part else whole_match(run, found)
            texts.append(number_to_string(value) if value.__class__ is float else value)
        else:
            texts.append(part)
    run.charge(0, sum(map(len, texts)))
    return texts


def whole_match(run: RunContext, found: Match) -> str:
    """The matched text."""
    start, end = found.span()
    run.charge(_CAPTURE + (end - start >> _COPY), STRING + end - start)
    return found[0]


def replacement(run: RunContext, found: Match, value: LuaValue) -> str:
    """What ``add_value`` makes of a value that is no string."""
    if value.__class__ is float:
        run.charge(_NUMERAL, 2 * STRING)
        return number_to_string(value)
    if value is None or value is FALSE:
        return whole_match(run, found)
    raise library_error(f"invalid replacement value (a {type_name(value)})")


def substitute(
    run: RunContext, d: int, subject: str, pattern: Pattern, replace: LuaValue, most: int
) -> tuple[str, float]:
    """``str_gsub``'s loop: the new string and the number of matches."""
    kind = replace.__class__
    form = template(run, replace) if kind is str and "%" in replace else None
    simple = pattern.simple
    group = pattern.captures
    d1 = d + run.crossing
    pieces: list[str] = []
    cursor = count = 0
    for found in matches(run, pattern, subject, most):
        if not count:
            run.charge(0, len(subject))  # what lies between the matches
        count += 1
        begin, end = found.span()
        if kind is str:
            run.charge(_SUBSTITUTION, _PIECE)
            value = replace if form is None else expand(run, pattern, found, form)
        elif simple:
            text = found[group]
            run.charge(_SUBSTITUTION + _REPLACEMENT + (len(text) >> _COPY), _PIECE + STRING + len(text))
            if kind is FunctionType:
                value = replace(d1, text)
            else:
                value = replace.get(text) if kind is Table else run.index(d, replace, text)
        else:
            run.charge(_SUBSTITUTION + _REPLACEMENT, _PIECE)
            if kind is FunctionType:
                value = replace(d1, *captures(run, pattern, found))
            else:
                value = run.index(d, replace, capture(run, pattern, found, 0))
        if value.__class__ is not str:
            if value.__class__ is tuple:
                value = value[0] if value else None
            if value is None and not group:
                value = text
            elif value.__class__ is not str:
                value = replacement(run, found, value)
        if begin > cursor:
            pieces.append(subject[cursor:begin])
        pieces.append(value)
        cursor = end
    if not count:
        return subject, 0.0
    pieces.append(subject[cursor:])
    size = sum(map(len, pieces))
    run.charge(size >> _COPY, STRING + size)
    return "".join(pieces), float(count)


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
        first, last = max(first, 1), min(last, len(s))
        count = max(last - first + 1, 0)
        if count > _MAX_RESULTS - 3 - len(more):
            raise library_error("stack overflow (string slice too long)")
        if count < 2:
            return _BYTES[ord(s[first - 1])] if count else ()
        fuel -= 2 * count
        alloc -= RESULTS + 2 * VALUE * count + 2 * (STRING + count)
        if fuel < 0 or alloc < 0:
            run.refuel(0)
        return tuple(map(_code, s[first - 1 : last]))

    return byte


def char_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def char(d: int, *codes: LuaValue) -> str:
        nonlocal fuel, alloc
        fuel -= _CHAR + CODE * len(codes)
        alloc -= STRING + CODE_MEMORY * len(codes)
        if fuel < 0 or alloc < 0:
            run.refuel(0)
        if len(codes) == 1 and codes[0].__class__ is float and 0.0 <= codes[0] < 256.0:
            return LATIN[int(codes[0])]
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


def find_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def find(
        d: int, s: LuaValue = ABSENT, p: LuaValue = ABSENT, init: LuaValue = None, plain: LuaValue = None, *_: LuaValue
    ) -> LuaValue:
        nonlocal fuel, alloc
        if s.__class__ is not str:
            s = check_string(s, 1)
        if p.__class__ is not str:
            p = check_string(p, 2)
        if init is None:
            start = 0
        elif init.__class__ is float and 1.0 <= init <= len(s):
            start = int(init) - 1
        else:
            start = start_of(run, init, len(s))
        rest = len(s) - start
        size = len(p)
        pattern = None
        if size >= LONG_STRING:
            run.charge(size // SCAN)
        if (plain is None or plain is FALSE) and not p.isalnum():
            if _PATTERNS in run.library_state:
                pattern = run.library_state[_PATTERNS].get(p)
            if pattern is None and find_special(p):
                pattern = load(run, p)
        if pattern is None or pattern.plain:
            place = s.find(p, start) if is_cheap(rest, size) else find_long(s, p, start, run.charge)
            if place >= 0:
                rest = place + size - start
            fuel -= _FIND + (rest * (4 + size if size < COPY else 4 + COPY) >> 8)
            alloc -= _PAIR
            if fuel < 0 or alloc < 0:
                run.refuel(0)
            return None if place < 0 else (place + 1.0, place + size + 0.0)
        found = pattern.apply(s, start) if rest <= pattern.limit else pattern.far(s, start)
        fuel -= _FIND
        if found is None:
            if rest <= pattern.fail_limit:
                fuel -= rest * pattern.fail_scan >> 4
            else:
                found = step_match(run, pattern, s, start)
            if found is None:
                if fuel < 0:
                    run.refuel(0)
                return None
            begin, end = found.span()
        else:
            begin, end = found.span()
            fuel -= (end - start if pattern.local else rest) * pattern.scan >> 4
        alloc -= _PAIR
        if pattern.simple and pattern.captures and rest <= _LARGE:
            value = found[1]
            fuel -= _CAPTURE
            alloc -= VALUE + STRING + len(value)
            if fuel < 0 or alloc < 0:
                run.refuel(0)
            return begin + 1.0, float(end), value
        if fuel < 0 or alloc < 0:
            run.refuel(0)
        if not pattern.captures:
            return begin + 1.0, float(end)
        return begin + 1.0, float(end), *captures(run, pattern, found)

    return find


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


def gmatch_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def gmatch(d: int, s: LuaValue = ABSENT, p: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        subject = s if s.__class__ is str else check_string(s, 1)
        text = p if p.__class__ is str else check_string(p, 2)
        run.charge(_GMATCH, CLOSURE + 4 * UPVALUE)
        if text.startswith("^"):
            text = "%" + text  # no anchor here, but a character
        pattern = run.library_state.get(_PATTERNS, _NOTHING).get(text) or load(run, text)
        place = 0

        def next_match(d: int, state: LuaValue = None, control: LuaValue = None, *_: LuaValue) -> LuaValue:
            nonlocal place, fuel, alloc
            start = place
            rest = len(subject) - start
            fuel -= _NEXT_MATCH
            found = None
            if rest >= 0:
                found = pattern.apply(subject, start) if rest <= pattern.limit else pattern.far(subject, start)
                if found is not None:
                    begin, place = found.span()
                    fuel -= (place - start if pattern.local else rest) * pattern.scan >> 4
                elif rest <= pattern.fail_limit:
                    fuel -= rest * pattern.fail_scan >> 4
                elif (found := step_match(run, pattern, subject, start)) is not None:
                    begin, place = found.span()
            if found is None:
                place = len(subject) + 1
                if fuel < 0:
                    run.refuel(0)
                return ()
            if begin == place:
                place += 1
            if rest > _LARGE:
                value: LuaValue = captures(run, pattern, found)
                if len(value) == 1:
                    value = value[0]
            elif pattern.simple:
                value = found[pattern.captures]
                alloc -= STRING + len(value)
            elif pattern.flat:
                value = found.groups()
                fuel -= _CAPTURE * pattern.captures
                alloc -= RESULTS + (STRING + VALUE) * pattern.captures + found.end() - found.start()
            else:
                value = captures(run, pattern, found)
                if len(value) == 1:
                    value = value[0]
            if fuel < 0 or alloc < 0:
                run.refuel(0)
            return value

        return next_match

    return gmatch


def gsub_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def gsub(
        d: int,
        s: LuaValue = ABSENT,
        p: LuaValue = ABSENT,
        repl: LuaValue = ABSENT,
        limit: LuaValue = None,
        *_: LuaValue,
    ) -> LuaValue:
        nonlocal fuel, alloc
        if s.__class__ is not str:
            s = check_string(s, 1)
        if p.__class__ is not str:
            p = check_string(p, 2)
        most = len(s) + 1 if limit is None else check_int(run, limit, 4)
        if repl.__class__ not in _REPLACEMENTS:
            raise argument_error(3, "string/function/table expected")
        if repl.__class__ is float:
            repl = number_to_string(repl)
        try:
            pattern = run.library_state[_PATTERNS][p]
        except KeyError:
            pattern = load(run, p)
        fuel -= _GSUB
        if repl.__class__ is str:
            fuel -= len(repl) >> _COPY
        alloc -= _PAIR
        if fuel < 0 or alloc < 0:
            run.refuel(0)
        if most <= 0:
            return s, 0.0
        if (
            repl.__class__ is str
            and len(s) <= pattern.whole_limit
            and most > len(s)
            and (len(repl) + _MATCHED) * len(s) <= _AT_ONCE
            and "%" not in repl
            and "\\" not in repl
        ):
            fuel -= len(s) * pattern.scan >> 4
            if fuel < 0:
                run.refuel(0)
            text, count = pattern.regex.subn(repl, s)
            if count:
                fuel -= _SUBSTITUTION * count + (len(text) >> _COPY)
                alloc -= _PIECE * count + STRING + len(text) + len(s)
                if fuel < 0 or alloc < 0:
                    run.refuel(0)
            return text, float(count)
        return substitute(run, d, s, pattern, repl, most)

    return gsub


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


def match_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def match(d: int, s: LuaValue = ABSENT, p: LuaValue = ABSENT, init: LuaValue = None, *_: LuaValue) -> LuaValue:
        nonlocal fuel, alloc
        if s.__class__ is not str:
            s = check_string(s, 1)
        if p.__class__ is not str:
            p = check_string(p, 2)
        if init is None:
            start = 0
        elif init.__class__ is float and 1.0 <= init <= len(s):
            start = int(init) - 1
        else:
            start = start_of(run, init, len(s))
        try:
            pattern = run.library_state[_PATTERNS][p]
        except KeyError:
            pattern = load(run, p)
        rest = len(s) - start
        fuel -= _MATCH
        found = pattern.apply(s, start) if rest <= pattern.limit else pattern.far(s, start)
        if found is not None:
            fuel -= (found.end() - start if pattern.local else rest) * pattern.scan >> 4
        elif rest <= pattern.fail_limit:
            fuel -= rest * pattern.fail_scan >> 4
        else:
            found = step_match(run, pattern, s, start)
        value: LuaValue = None
        if found is not None:
            if rest > _LARGE:
                value = captures(run, pattern, found)
                if len(value) == 1:
                    value = value[0]
            elif pattern.simple:
                value = found[pattern.captures]
                alloc -= STRING + len(value)
            elif pattern.flat:
                value = found.groups()
                fuel -= _CAPTURE * pattern.captures
                alloc -= RESULTS + (STRING + VALUE) * pattern.captures + found.end() - found.start()
            else:
                value = captures(run, pattern, found)
                if len(value) == 1:
                    value = value[0]
        if fuel < 0 or alloc < 0:
            run.refuel(0)
        return value

    return match


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


def _nested(code: CodeType, name: str) -> CodeType:
    return next(constant for constant in code.co_consts if isinstance(constant, CodeType) and constant.co_name == name)


# Errors raised by gmatch's iterator are a library function's.
LIBRARY_CODES.add(_nested(_nested(gmatch_for.__code__, "gmatch"), "next_match"))
