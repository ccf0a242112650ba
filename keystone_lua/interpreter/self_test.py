"""Whether this Python computes correctly what the engine relies on.

Output: None, or what is wrong in a few words. Takes 0.05 ms, so every process asks before it runs anything: an
engine whose tokens, numbers or positions are wrong gives answers that nobody can trust. The command line asks first of
all, everybody else with the first program that is compiled.

CPython 3.11.0 to 3.11.3 mishandle possessive groups that hold a look-ahead. The engine has no such pattern any more;
its patterns are tried here on texts that such bugs get wrong.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any, Final

from ..implementation import objection, tame_tracer
from .numerals import number_to_string, string_to_number
from .runtime.values import FALSE, MetaTable, Table
from .syntax import lexer

_SOURCE: Final = "--[[ a ] b\n]=] ]] [==[a]=]b]==] 'c\\z \n \\'' \"\\\\\" 0x1p-3 1..2 0xA..b a::b"
_TOKENS: Final = (
    "--[[ a ] b\n]=] ]]", "[==[a]=]b]==]", "'c\\z \n \\''", '"\\\\"', "0x1p-3", "1..2", "0xA", "..", "b", "a", "::",
    "b", "",
)  # fmt: skip
_NUMERALS: Final = {
    " 0x1.8p1 ": 3.0,
    "1e400": math.inf,
    "\t-.5e-1\n": -0.05,
    "1" * 40 + "x": None,
    "0x": None,
    "5\0x": 5.0,
}
_TEXTS: Final = {0.1: "0.1", 1e15: "1e+15", 2.0**53: "9.007199254741e+15", -0.0: "-0", 1e100: "1e+100", 123.0: "123"}
_OPERANDS: Final = (0.1, 0.2, 1e308, 5.5)
_LINE: Final = 70_001


def _tokens() -> bool:
    return tuple(found[0].strip(" ") for found in lexer._PIECE.finditer(_SOURCE)) == _TOKENS


def _numbers() -> bool:
    read = all(string_to_number(text) == value for text, value in _NUMERALS.items())
    return read and all(number_to_string(value) == text for value, text in _TEXTS.items())


def _doubles() -> bool:
    info = sys.float_info
    tenth, fifth, large, odd = _OPERANDS
    rounds = tenth + fifth == 0.30000000000000004 and large * 10.0 == math.inf and odd % -3.0 == -0.5
    return rounds and odd // -2.0 == -3.0 and (info.mant_dig, info.max_exp) == (53, 1024) and math.inf - odd > large


def _tables() -> bool:
    """A table is a dict that keeps its order, becomes one with a metatable in place, and knows no absent key."""
    table = Table({1.0: 2.0, "x": 3.0})
    del table[1.0]
    table[1.0] = 4.0
    table.__class__ = MetaTable
    return list(table.items()) == [("x", 3.0), (1.0, 4.0)] and table.__class__ is MetaTable and table[7.0] is None


def _guard_failures() -> bool:
    """What is no number is refused by Python's own operators."""
    none: Any = None
    text: Any = "1"
    false: Any = FALSE
    tries: tuple[Callable[[], object], ...] = (
        lambda: +none,
        lambda: +text,
        lambda: none * 2.0,
        lambda: text * 2.0,
        lambda: text["k"],
        lambda: false < 1.0,
        none,
    )
    for attempt in tries:
        try:
            attempt()
        except TypeError:
            continue
        return False
    return True


def _sample(value: Callable[[], object]) -> object:
    return value()


def _sites() -> bool:
    """A position is the line number of an instruction, however large, through a frame and through a traceback."""
    moved = FunctionType(_sample.__code__.replace(co_firstlineno=_LINE), {})
    if moved(lambda: sys._getframe(1).f_lineno) != _LINE + 1:
        return False
    try:
        moved(None)
    except TypeError as error:
        last = error.__traceback__
        while last is not None and last.tb_next is not None:
            last = last.tb_next
        return last is not None and last.tb_lineno == _LINE + 1
    return False


_TESTS: Final[dict[str, Callable[[], bool]]] = {
    "regular expressions read tokens wrongly (CPython 3.11.0 to 3.11.3 have such a fault)": _tokens,
    "numerals are read or written wrongly": _numbers,
    "floating-point numbers are not IEEE doubles": _doubles,
    "dicts and their classes behave otherwise": _tables,
    "operators take what is no number": _guard_failures,
    "instructions have lost their line numbers": _sites,
}


def fault() -> str | None:
    """What this Python does wrongly, or None."""
    if (found := objection()) is not None:
        return found
    for words, test in _TESTS.items():
        try:
            good = test()
        except Exception:
            good = False
        if not good:
            return words
    return None


class UnsuitablePython(RuntimeError):
    """This Python does not compute what the engine leans on."""


@cache
def require_suitable() -> None:
    """Raise UnsuitablePython if there is a fault; looks once."""
    if (found := fault()) is not None:
        version = ".".join(map(str, sys.version_info[:3]))
        raise UnsuitablePython(
            f"{sys.implementation.name} {version} at {sys.executable} cannot run this engine: {found}"
        )
    tame_tracer()
