"""Levels of optimisation: which optimisations the compiler may use.

Input: nothing. Output: `Level`, one switch for each kind of optimisation; `LEVEL_1` has all of them, `LEVEL_0` none.
A level changes the time that a program takes, never its answers, errors, instructions or bytes: prices follow from the
text, the scopes and the values at run time (see costs). Tests compile each program at both levels and compare.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final


@dataclass(frozen=True, slots=True)
class Level:
    """Which optimisations are on."""

    types: bool = True
    """Tests are left out where a value's type is proved (see analysis.types)."""
    speculation: bool = True
    """Whole statements are tried with likely types first (see speculation)."""
    inlining: bool = True
    """Calls of ``select`` and ``table.insert`` are done in place."""
    fixed_builtins: bool = True
    """Library functions that no script can have replaced are bound directly (see analysis.builtins)."""
    global_cells: bool = True
    """The script's own globals have a variable each beside the globals table (see analysis.builtins)."""
    sure_branches: bool = True
    """A charge moves into the branches of a condition that has no effect (see statements)."""


LEVEL_1: Final = Level()
"""Everything: what programs are compiled with."""

LEVEL_0: Final = Level(*(False for _ in fields(Level)))
"""Nothing: the reference that tests compare with."""
