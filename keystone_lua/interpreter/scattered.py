"""Number keys that a script could choose so that finding one of them takes as long as passing all others.

Input: a table, at each event that scatters its number keys. Output: the same table, as a ScatteredTable if they lie in
too many places. Refuses nothing.

**The attack.** A dict of 2^n places looks for a key at its hash modulo 2^n, after a few steps at 5 * place + 1, until a
place is free; the hash of a whole number is the number. A script that fills the places x, 5 * x + 1 and so on of 65,536
makes each later read pass up to 43,690 of them: 0.6 ms for two instructions.

**The defence.** A run is a set of keys each one above the next. Places filled by few runs are few intervals, and a
chain of steps 5 * place + 1 meets the free third of all places soon: 16 intervals can hold it back for about 150 steps,
1 µs. So events that make a run are counted: a new number key without a neighbour, the removal of a key from the
middle of a run. Every RUNS of them the runs are counted. Beyond half of that the table's number keys are stored in a
form whose hash is a secret of the process, else the dict is made anew, so that removed keys do not fill places. Keys of
other kinds need none of this: the hash of a string is secret, that of a table is its address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import costs
from .values import NO_METATABLE, ScatteredTable, Table

if TYPE_CHECKING:
    from .runtime import Run

RUNS: Final = 16
"""Runs of number keys that a table may have before its number keys are stored in another form."""


def event(run: Run, t: Table) -> None:
    """A run of number keys begins or is split."""
    if t.__class__ is ScatteredTable:
        return
    try:
        t.events += 1
    except AttributeError:
        t.events = 1
    if t.events > RUNS:
        settle(run, t)


def settle(run: Run, t: Table) -> None:
    """Count the runs; scatter the table, or make its dict anew."""
    run.charge(costs.SETTLING * (len(t) + 2), costs.TABLE + costs.ENTRY * len(t))
    t.events = sum([key.__class__ is float and key - 1.0 not in t for key in t])
    if t.events <= RUNS // 2:
        rebuild(t)
        return
    if t.__class__ is Table:
        t.meta, t.run = NO_METATABLE, run
    entries = dict(t)
    t.__class__ = ScatteredTable
    t.scatter(entries)  # type: ignore[attr-defined]


def rebuild(t: Table) -> None:
    """Without the places of removed keys."""
    entries = dict.copy(t)
    dict.clear(t)
    dict.update(t, entries)
