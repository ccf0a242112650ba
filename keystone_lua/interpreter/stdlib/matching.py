"""Searches with patterns, for which a run pays: what they read, make and keep.

Input: the run, a pattern's text, a subject. Output: matches, captures, substitutions. Raises what
PUC's lstrlib.c raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from types import FunctionType
from typing import Final, NamedTuple

from ..costs import COPY, RESULTS, SCAN, STEP, STRING, VALUE, WORK, WORK_BYTES
from ..numerals import number_to_string
from ..patterns.items import PatternError
from ..patterns.pattern import Match, Pattern, compile_pattern
from ..runtime.context import RunContext
from ..runtime.tracebacks import library_error
from ..runtime.values import FALSE, ListTable, LuaValue, MetaTable, ScatteredTable, Table, type_name
from .args import check_integer

_SEARCH: Final = WORK["gsub.search"]


_SUBSTITUTION: Final = WORK["gsub.match"]


_REPLACEMENT: Final = WORK["gsub.replacement"]


_CAPTURE: Final = WORK["pattern.capture"]


_NUMERAL: Final = WORK["gsub.numeral"]


_PIECE: Final = WORK_BYTES["gsub.match"]


_PAIR: Final = RESULTS + 2 * VALUE
"""Bytes of two results."""


_PATTERN: Final = WORK["pattern"]


_PATTERN_BYTE: Final = WORK["pattern.byte"]


_PATTERN_MEMORY: Final = WORK_BYTES["pattern"]


_PATTERN_BYTE_MEMORY: Final = WORK_BYTES["pattern.byte"]


RUN_PATTERNS: Final = 256
"""Patterns that one run keeps."""


_COPY: Final = COPY.bit_length() - 1


_LARGE: Final = 1 << 16
"""Bytes that a result may take before they are charged."""


_AT_ONCE: Final = 4 << 20
"""Bytes that gsub may make before they are charged: half of what a run may take beyond its charge at any moment."""


_MATCHED: Final = 32
"""Bytes for each byte of a subject that ``re`` takes to replace what it matches, besides the replacement."""


_KEPT_LENGTH: Final = 256
"""Bytes. Longer replacement strings are not kept by the process."""


_KEPT: Final = 256


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
        return pattern.find(subject, start, run.charge, run.affordable)
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


_REPLACEMENTS: Final = {str, float, FunctionType, Table, ListTable, MetaTable, ScatteredTable}


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
    d1 = d + run.native_call_depth
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
