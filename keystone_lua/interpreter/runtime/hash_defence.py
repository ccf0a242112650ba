"""Number keys that a script could choose so that finding one of them takes as long as passing all others.

Input: a table, at each event that scatters its number keys. Output: the same table, as a ScatteredTable if they lie in
too many places.

**The attack.** A dict of 2^n places looks for a key at its hash modulo 2^n, after a few steps at 5 * place + 1, until a
place is free; the hash of a whole number is the number. A script that fills the places x, 5 * x + 1 and so on of 65,536
makes each later read pass up to 43,690 of them: 0.6 ms for two instructions.

**The defence.** A run is a set of keys each one above the next. Places filled by few runs are few intervals, and a
chain of steps 5 * place + 1 meets the free third of all places soon: 16 intervals can hold it back for about 150 steps,
1 µs. So a table notes where its runs may start: at a new number key without a neighbour below, and above a removed key.
A start can also cease to be one, when the key below it is stored; nobody looks for that, so that storing a key above
another, which is what generated code does itself, needs no test. Removed keys fill their places until the dict is made
anew, but beside a run that is there or, if all of it was removed, beside the last of its keys: those are noted as well.
Both notes together bound the intervals, up to one that holds the key 1.

Beyond RUNS notes those that are no longer true are dropped: a constant amount of work, however large the table. If
more than half of RUNS are starts still, the number keys are stored in a form whose hash is a secret of the process;
else, if too many removed keys are noted, the dict is made anew. Keys of other kinds need none of this: the hash of a
string is secret, that of a table is its address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .. import costs
from .values import NO_METATABLE, LuaValue, ScatteredTable, Table

if TYPE_CHECKING:
    from .context import RunContext

RUNS: Final = 16
"""Runs of number keys that a table may have before its number keys are stored in another form."""

FEW_HOLES: Final = RUNS // 2
"""Holes between the positions of a new table that are no danger."""


def has_below(t: Table, k: float) -> bool:
    """Whether the key below ``k`` is there: a number that ``k`` is one more than, not one that 1 is lost in.

    The hashes of j * 2^61 and j * 2^-122 are j, but less 1 these numbers are what they were, or all of them -1.
    """
    below = k - 1.0
    return below in t and below != k and (k >= 1.0 or below + 1.0 == k)


def has_above(t: Table, k: float) -> bool:
    """Whether the key above ``k`` is there, likewise."""
    above = k + 1.0
    return above in t and above != k and above - 1.0 == k


def stored(run: RunContext, t: Table, k: float) -> None:
    """``k`` was stored, and the key below it is not there."""
    if k != 1.0 and t.__class__ is not ScatteredTable:
        _notes(run, t).append(k)
        if len(t.starts) + len(t.gone) > RUNS:
            settle(run, t)


def removed(run: RunContext, t: Table, k: float) -> None:
    """``k`` was removed."""
    if t.__class__ is ScatteredTable:
        return
    if has_above(t, k):
        _notes(run, t).append(k + 1.0)
    elif k != 1.0 and not has_below(t, k):
        _notes(run, t)
        t.gone.append(k)
    else:
        return
    if len(t.starts) + len(t.gone) > RUNS:
        settle(run, t)


def _notes(run: RunContext, t: Table) -> list[float]:
    """The starts noted, to which one is to be added."""
    run.charge(costs.SETTLING, costs.NOTE)
    try:
        return t.starts
    except AttributeError:
        run.charge(0, costs.NOTES)
        t.starts, t.gone = [], []
        return t.starts


def filled(run: RunContext, t: Table, holes: int) -> None:
    """The positions of a new table were filled, except for ``holes`` of them."""
    if holes > FEW_HOLES and t.__class__ is not ScatteredTable:
        run.charge(costs.SETTLING * (len(t) + 2))
        if sum([key.__class__ is float and not has_below(t, key) for key in t]) > RUNS // 2:
            scatter(run, t)


def settle(run: RunContext, t: Table) -> None:
    """Drop what is no longer so; scatter the table, or make its dict anew."""
    run.charge(costs.SETTLING * RUNS)
    t.starts = [k for k in dict.fromkeys(t.starts) if k in t and not has_below(t, k)]
    t.gone = [k for k in dict.fromkeys(t.gone) if k not in t]
    if len(t.starts) > RUNS // 2:
        scatter(run, t)
    elif len(t.starts) + len(t.gone) > RUNS * 3 // 4:
        run.charge(costs.REBUILDING * len(t), costs.REBUILT * len(t))
        rebuild(t)
        t.gone = []


def scatter(run: RunContext, t: Table) -> None:
    """Store the number keys by their bytes from now on."""
    run.charge(costs.SETTLING * (len(t) + 2), costs.TABLE + costs.ENTRY * len(t))
    if t.__class__ is Table:
        t.meta, t.run = NO_METATABLE, run
    entries: dict[LuaValue, LuaValue] = dict(t)
    t.__class__ = ScatteredTable
    t.scatter(entries)  # type: ignore[attr-defined]


def rebuild(t: Table) -> None:
    """Without the places of removed keys."""
    entries = dict.copy(t)
    dict.clear(t)
    dict.update(t, entries)
