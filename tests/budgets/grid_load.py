"""``load`` in the grid: chunks of every shape that is hard on a compiler, short ones and long ones, each in every way to load it.

Input: nothing. Output: for each case its name, the statements that make its chunk, and the statement that is repeated. The chunks are those
of shapes.py and name_shapes.py, at sizes that a budget reaches; what they ask of a compiler is paid for by the run here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from . import name_shapes, shapes

SIZES: Final = (60, 600, 6_000)
"""Bytes of a chunk."""
COUNTS: Final = (1, 12)
"""Names or functions of a chunk."""
WAYS: Final[dict[str, str]] = {
    "load(<{}>)": "local _ = load(X)",
    "load(<{}>)()": "local _ = pcall(load(X) or F)",
    "load of pieces <{}>": "local n = 0 local _ = load(function() n = n + 1 if n < 3 then return n == 2 and X or ' ' end end)",
    "loadstring with a long name <{}>": "local _ = loadstring(X, S100)",
    "load in a long mode <{}>": "local _ = load(X, 'x', MODE)",
    "twins <{}>": "local f = load(X) if f then coroutine.resume(coroutine.create(f)) end",
    "errors <{}>": "local f, e = load(X) if f then xpcall(f, debug.traceback) end",
}
"""A way's name and its statement; X is the chunk."""
MODE: Final = "local MODE = ('x'):rep(4000000)\n"
"""Only where it is wanted: it is most of what a run may have."""

BEFORE: Final = "local S100, F = ('=x'):rep(50000), function() end\n"


def quoted(text: str) -> str:
    """A text as Lua writes it."""
    return '"' + "".join([c if c.isalnum() else f"\\{ord(c):03}" for c in text]) + '"'


def chunks() -> Iterator[tuple[str, str]]:
    """Names and texts."""
    for name, shape in shapes.SHAPES.items():
        for size in SIZES:
            yield f"{name} {size}", shape(size)
    for name, shape in name_shapes.NAMES.items():
        for count in COUNTS:
            yield f"{name} of {count}", shape(count)


def statements() -> Iterator[tuple[str, str, str]]:
    """Name, what comes before, what is repeated."""
    for name, text in chunks():
        before = f"{BEFORE}local X = {quoted(text)}\n"
        for way, statement in WAYS.items():
            yield way.format(name), (MODE if "MODE" in statement else "") + before, statement
