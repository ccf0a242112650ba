"""Lines: where in generated code a frame stands, at a price that does not grow with the code.

Input: a code object, the offset of an instruction, the globals of the program. Output: the instruction's "line", which
is the index of a Site.

CPython keeps lines as differences and adds them up from the function's beginning, each time that it is asked: 0.3 ms
at the end of a function of 13,000 statements, for an error that costs a script 50 instructions. So the first question
about a long function makes a table of its ranges, in which later ones are looked up.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from types import CodeType
from typing import Any, Final

LINES: Final = "__lines__"
"""In a program's globals: the tables by the id of the code, which is the program's and lives as long."""

_SHORT: Final = 2048
"""Bytes of a function's line table up to which CPython is asked: 2 us."""

_Table = tuple[dict[int, int], "array[int]", "array[int]"]
"""Lines by the offsets that were asked for; offsets at which ranges begin, and their lines."""


def line_of(code: CodeType, offset: int, space: dict[str, Any]) -> int:
    """The line of the instruction at ``offset``; 0 where it has none."""
    tables: dict[int, _Table] = space.setdefault(LINES, {})
    table = tables.get(id(code))
    if table is None:
        table = tables[id(code)] = _table(code)
    known, starts, lines = table
    line = known.get(offset)
    if line is None:
        line = known[offset] = lines[max(0, bisect_right(starts, offset) - 1)]
    return line


def is_long(code: CodeType) -> bool:
    """Whether it is worth a table."""
    return len(code.co_linetable) > _SHORT


def _table(code: CodeType) -> _Table:
    starts, lines = array("I"), array("I")
    for start, _, line in code.co_lines():
        starts.append(start)
        lines.append(line or 0)
    return {}, starts, lines
