"""The functions of ``string`` that take a pattern: find, match, gmatch, gsub (manual 5.4).

Input and output as in string.py, whose library they are part of.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any, Final

from ..costs import CLOSURE, COPY, LIBRARY, RESULTS, SCAN, STRING, UPVALUE, VALUE, WORK
from ..numerals import number_to_string
from ..patterns.pattern import find_special
from ..patterns.plain_search import SHORT_NEEDLE, find_long, is_cheap
from ..runtime.context import RunContext
from ..runtime.tracebacks import argument_error
from ..runtime.values import ABSENT, FALSE, LONG_STRING, LuaValue
from .args import check_int, check_string
from .matching import (
    _AT_ONCE,
    _CAPTURE,
    _COPY,
    _LARGE,
    _MATCHED,
    _NOTHING,
    _PAIR,
    _PATTERNS,
    _PIECE,
    _REPLACEMENTS,
    _SUBSTITUTION,
    captures,
    load,
    start_of,
    step_match,
    substitute,
)

_FIND: Final = LIBRARY["string.find"]


_GMATCH: Final = LIBRARY["string.gmatch"]


_GSUB: Final = LIBRARY["string.gsub"]


_MATCH: Final = LIBRARY["string.match"]


_NEXT_MATCH: Final = WORK["string.gmatch.round"]


def find_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def find(
        d: int, s: LuaValue = ABSENT, p: LuaValue = ABSENT, init: LuaValue = None, plain: LuaValue = None, *_: LuaValue
    ) -> LuaValue:
        nonlocal fuel, alloc
        if s.__class__ is not str:
            s = check_string(s, 1)
        if p.__class__ is not str:
            p = check_string(p, 2)
        rest, size, start, pattern = len(s), len(p), 0, None
        if init is not None and init != 1.0:
            start = int(init) - 1 if init.__class__ is float and 1.0 <= init <= rest else start_of(run, init, rest)
            rest -= start
        if size >= LONG_STRING:
            run.charge(size // SCAN)
        if (plain is None or plain is FALSE) and not p.isalnum():
            pattern = run.library_state[_PATTERNS].get(p) if _PATTERNS in run.library_state else None
            if pattern is None and find_special(p):
                pattern = load(run, p)
        if pattern is None or pattern.plain:
            is_short = size < SHORT_NEEDLE or is_cheap(rest, size)
            place = s.find(p, start) if is_short else find_long(s, p, start, run.charge)
            if place >= 0:
                rest = place + size - start
            fuel -= _FIND + (rest * (4 + size if size < COPY else 4 + COPY) >> 8)
            alloc -= _PAIR
            if fuel < 0 or alloc < 0:
                run.refuel(0)
            return None if place < 0 else (place + 1.0, place + size + 0.0)
        if rest <= pattern.limit:
            found = pattern.apply(s, start)
        else:
            found = pattern.near(s, start) if rest <= pattern.soon else pattern.far(s, start, run.affordable())
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
        else:
            fuel -= (found.end() - start if pattern.local else rest) * pattern.scan >> 4
        begin, end = found.span()
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
        more = captures(run, pattern, found) if pattern.captures else ()
        return begin + 1.0, float(end), *more

    return find


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
                found = (
                    pattern.apply(subject, start)
                    if rest <= pattern.limit
                    else pattern.far(subject, start, run.affordable())
                )
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
        if rest <= pattern.limit:
            found = pattern.apply(s, start)
        else:
            found = pattern.near(s, start) if rest <= pattern.soon else pattern.far(s, start, run.affordable())
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


def _nested(code: CodeType, name: str) -> CodeType:
    return next(constant for constant in code.co_consts if isinstance(constant, CodeType) and constant.co_name == name)
