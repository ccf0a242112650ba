"""re: regular expressions as PCRE writes them, in time linear in text and pattern; calls as those of ngx.re.

Input: subjects, patterns, option letters (``a`` ``i`` ``m`` ``s`` ``x`` ``D``; ``j`` and ``o`` change nothing).
Output: tables of captures (0 is the whole match, false a group that took no part, names besides numbers), positions,
strings. What regex_syntax refuses is an error that names it and its place, not a second result, since patterns are
the script's own.

A run pays for reading a pattern at its first use and then keeps it, as for Lua's patterns. The process keeps patterns
too, but no price depends on that.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Final

from ..costs import CLOSURE, COPY, ENTRY, MODULES, RESULTS, SCAN, STRING, TABLE, UPVALUE, VALUE, WORK, WORK_BYTES
from ..patterns.regex_machine import Search
from ..patterns.regex_program import Program, size_of
from ..patterns.regex_syntax import RegexError, read_regex
from ..runtime.metatables import first
from ..runtime.operations import call
from ..runtime.tables import rawget, rawset
from ..runtime.tracebacks import LIBRARY_CODES, argument_error, library_error
from ..runtime.values import ABSENT, FALSE, LuaValue, Table, type_name
from ..stdlib.args import check_int, check_string, check_table

if TYPE_CHECKING:
    from ..runtime.context import RunContext

_PRICES: Final = {name: MODULES[f"re.{name}"] for name in ("find", "gmatch", "gsub", "match", "sub")}
_REGEX: Final = WORK["re.pattern"]
_REGEX_BYTE: Final = WORK["re.pattern_byte"]
_REGEX_OPERATION: Final = WORK["re.operation"]
_REGEX_MEMORY: Final = WORK_BYTES["re.pattern"]
_REGEX_BYTE_MEMORY: Final = WORK_BYTES["re.pattern_byte"]
_REGEX_OPERATION_MEMORY: Final = WORK_BYTES["re.operation"]
MAX_PATTERN: Final = 8_192
"""Bytes of a pattern."""
RUN_PATTERNS: Final = 256
"""Patterns that one run keeps."""
_KEPT: Final = 256
_KEPT_LENGTH: Final = 256
"""Patterns that the process keeps, and their bytes at most."""
_PATTERNS: Final = "re.patterns"
"""The key in RunContext.library_state."""
_CAPTURE: Final = WORK["re.capture"]
_MATCH: Final = WORK["re.match"]
_SEARCH_BYTES: Final = WORK_BYTES["re.search"]
_PIECE: Final = WORK_BYTES["re.piece"]


_read: Final = lru_cache(_KEPT)(read_regex)


@lru_cache(_KEPT)
def _kept(text: str, options: str) -> Program:
    return Program(_read(text, options))


def load(run: RunContext, text: str, options: str) -> Program:
    """The program that a pattern is; the run pays at its first use."""
    patterns = run.library_state.setdefault(_PATTERNS, {})
    key = (text, options)
    program: Program | None = patterns.get(key)
    if program is None:
        size = len(text) + len(options)
        if size > MAX_PATTERN:
            raise argument_error(2, f"a regular expression of more than {MAX_PATTERN} bytes")
        run.charge(_REGEX + _REGEX_BYTE * size, _REGEX_MEMORY + _REGEX_BYTE_MEMORY * size)
        try:
            regex = _read(text, options) if size <= _KEPT_LENGTH else read_regex(text, options)
            operations = size_of(regex.tree)
            run.charge(
                min(operations, MAX_PATTERN) * _REGEX_OPERATION, min(operations, MAX_PATTERN) * _REGEX_OPERATION_MEMORY
            )
            program = _kept(text, options) if size <= _KEPT_LENGTH else Program(regex)
        except RegexError as error:
            raise argument_error(2, str(error)) from None
        if len(patterns) >= RUN_PATTERNS:
            patterns.clear()
        patterns[key] = program
    return program


def program_of(run: RunContext, pattern: LuaValue, options: LuaValue, index: int) -> Program:
    """Arguments as a program."""
    text = pattern if pattern.__class__ is str else check_string(pattern, 2)
    letters = "" if options is None else options if options.__class__ is str else check_string(options, index)
    if len(text) >= KEY_LENGTH:
        run.charge(len(text) // COPY)
    return load(run, text, letters)


KEY_LENGTH: Final = 512
"""Bytes from which on looking a pattern up is priced by length."""


def captures(run: RunContext, program: Program, subject: str, borders: list[int]) -> Table:
    """The table of a match, paid for."""
    groups = program.groups
    size = borders[1] - borders[0]
    run.charge(
        _CAPTURE * (groups + 1 + len(program.names)) + (size * (groups + 1) // COPY),
        TABLE + (ENTRY + STRING) * (groups + 1 + len(program.names)) + size * (groups + 1),
    )
    found = Table()
    for group in range(groups + 1):
        begin = borders[2 * group]
        found[float(group)] = FALSE if begin < 0 else subject[begin : borders[2 * group + 1]]
    for name, group in program.names.items():
        found[name] = found[float(group)]
    return found


def search_at(run: RunContext, program: Program, subject: str, start: int) -> list[int] | None:
    """One search, paid for."""
    run.charge(0, _SEARCH_BYTES)
    return Search(program, subject, start, run.charge).run(start)


def start_of(run: RunContext, context: LuaValue, size: int) -> int:
    """Where the search begins by ngx.re's table ``{pos = 1}``; beyond the end there is nothing to find."""
    if context is None:
        return 0
    value = rawget(run, check_table(context, 4), "pos")
    place = 1 if value is None else check_int(run, value, 4)
    return min(max(place - 1, 0), size + 1)


def match_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def match(
        d: int,
        s: LuaValue = ABSENT,
        pattern: LuaValue = ABSENT,
        options: LuaValue = None,
        context: LuaValue = None,
        *_: Any,
    ) -> LuaValue:
        run.charge(_PRICES["match"])
        subject = s if s.__class__ is str else check_string(s, 1)
        program = program_of(run, pattern, options, 3)
        borders = search_at(run, program, subject, start_of(run, context, len(subject)))
        if borders is None:
            return None
        if context is not None:
            rawset(run, context, "pos", borders[1] + 1.0)
        return captures(run, program, subject, borders)

    return match


def find_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def find(
        d: int, s: LuaValue = ABSENT, pattern: LuaValue = ABSENT, options: LuaValue = None, context: LuaValue = None,
        nth: LuaValue = None, *_: Any,
    ) -> LuaValue:  # fmt: skip
        run.charge(_PRICES["find"], RESULTS + 4 * VALUE + STRING)
        subject = s if s.__class__ is str else check_string(s, 1)
        program = program_of(run, pattern, options, 3)
        group = 0 if nth is None else check_int(run, nth, 5)
        borders = search_at(run, program, subject, start_of(run, context, len(subject)))
        if borders is None:
            return None
        if not 0 <= group <= program.groups:
            raise argument_error(5, f"the pattern has {program.groups} captures")
        if context is not None:
            rawset(run, context, "pos", borders[1] + 1.0)
        begin, end = borders[2 * group], borders[2 * group + 1]
        return None if begin < 0 else (begin + 1.0, float(end))

    return find


def gmatch_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def gmatch(
        d: int, s: LuaValue = ABSENT, pattern: LuaValue = ABSENT, options: LuaValue = None, *_: LuaValue
    ) -> LuaValue:
        run.charge(_PRICES["gmatch"], CLOSURE + 6 * UPVALUE + _SEARCH_BYTES)
        subject = s if s.__class__ is str else check_string(s, 1)
        program = program_of(run, pattern, options, 3)
        search = Search(program, subject, 0, run.charge)
        place = 0

        def next_match(d: int, *_: LuaValue) -> LuaValue:
            nonlocal place
            run.charge(_MATCH)
            borders = search.run(place) if place <= len(subject) else None
            if borders is None:
                place = len(subject) + 1
                return None
            place = borders[1] + (borders[1] == borders[0])
            return captures(run, program, subject, borders)

        return next_match

    return gmatch


def template_of(run: RunContext, text: str, groups: int) -> list[str | int]:
    """A replacement taken apart: ``$1``, ``${1}``, ``$0``, ``$$``."""
    run.charge(len(text) // SCAN + text.count("$") * _CAPTURE, len(text) + 2 * (STRING + VALUE) * (text.count("$") + 1))
    literal, *rest = text.split("$")
    parts: list[str | int] = [literal]
    pieces = iter(rest)
    for piece in pieces:
        if not piece and (following := next(pieces, None)) is not None:  # $$
            parts.append("$" + following)
            continue
        braced = piece.startswith("{")
        digits = piece[braced : braced + 3]
        count = len(digits) - len(digits.lstrip("0123456789"))
        if not count or (braced and piece[1 + count : 2 + count] != "}"):
            raise argument_error(3, "'$' in the replacement needs a number; '$$' is '$'")
        group = int(digits[:count])
        if group > groups:
            raise argument_error(3, f"the replacement asks for capture {group} of {groups}")
        parts += (group, piece[count + 2 * braced :])
    return [part for part in parts if part != ""]


def expanded(run: RunContext, parts: list[str | int], subject: str, borders: list[int]) -> str:
    """What a template makes of a match, paid for before it is made."""
    size = 0
    for part in parts:
        size += len(part) if isinstance(part, str) else borders[2 * part + 1] - borders[2 * part]
    run.charge(_CAPTURE * len(parts) + size // COPY, 2 * (STRING + size) + (STRING + VALUE) * len(parts))
    return "".join(
        [part if isinstance(part, str) else subject[borders[2 * part] : borders[2 * part + 1]] for part in parts]
    )


def replaced(
    run: RunContext, d: int, subject: str, program: Program, replacement: LuaValue, most: int
) -> tuple[str, float]:
    """The subject with the first ``most`` matches replaced, and how many there were."""
    form = None
    if replacement.__class__ is not FunctionType:
        form = template_of(run, check_string(replacement, 3), program.groups)
    run.charge(0, _SEARCH_BYTES)
    search = Search(program, subject, 0, run.charge)
    pieces: list[str] = []
    cursor = place = count = 0
    while count < most and place <= len(subject) and (borders := search.run(place)) is not None:
        begin, end = borders[0], borders[1]
        run.charge(_MATCH + (begin - cursor) // COPY, 2 * _PIECE + begin - cursor)
        count += 1
        if form is not None:
            value = expanded(run, form, subject, borders)
        else:
            value = first(call(run, replacement, d, captures(run, program, subject, borders)))
            if value.__class__ is not str:
                if value.__class__ is not float:
                    raise library_error(f"invalid replacement value (a {type_name(value)})")
                value = check_string(value, 3)
        pieces += (subject[cursor:begin], value)
        cursor = end
        place = end + (begin == end)
    if not count:
        return subject, 0.0
    size = sum(map(len, pieces)) + len(subject) - cursor
    run.charge(size // COPY, STRING + size + len(subject) - cursor)
    pieces.append(subject[cursor:])
    return "".join(pieces), float(count)


def replacer_for(run: RunContext, fuel: int, alloc: int, name: str, most: int) -> Any:
    price = _PRICES[name]

    def replace(
        d: int,
        s: LuaValue = ABSENT,
        pattern: LuaValue = ABSENT,
        replacement: LuaValue = ABSENT,
        options: LuaValue = None,
        *_: Any,
    ) -> LuaValue:
        run.charge(price, RESULTS + 2 * VALUE)
        subject = s if s.__class__ is str else check_string(s, 1)
        program = program_of(run, pattern, options, 4)
        return replaced(run, d, subject, program, replacement, most)

    return replace


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Any]:
    """The functions of ``re``."""
    return {
        "find": find_for(run, fuel, alloc),
        "gmatch": gmatch_for(run, fuel, alloc),
        "gsub": replacer_for(run, fuel, alloc, "gsub", 1 << 62),
        "match": match_for(run, fuel, alloc),
        "sub": replacer_for(run, fuel, alloc, "sub", 1),
    }


def _nested(code: CodeType, name: str) -> CodeType:
    return next(constant for constant in code.co_consts if isinstance(constant, CodeType) and constant.co_name == name)


# Errors raised by gmatch's iterator are a library function's.
LIBRARY_CODES.add(_nested(_nested(gmatch_for.__code__, "gmatch"), "next_match"))
