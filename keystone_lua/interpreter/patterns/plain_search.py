"""Finds a text in another, in linear time whatever the two are.

Input: subject, needle, start. Output: the place, or -1. Charges, through a callable, what it takes beyond
``string.find``'s own price.

CPython looks for a needle in linear time only where it takes the two-way algorithm: in 30,000 bytes or more, or in
2,500 for a needle of 100, and if the needle is shorter than a third of them. Anywhere else it may compare the whole
needle at each place: 0.4 s for a needle of a megabyte in a subject that is 1,500 bytes longer. So a subject that is
too short gets a tail, and a match that reaches into the tail does not count.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ..costs import PER_INSTRUCTION

Charge = Callable[[int, int], object]

SHORT_NEEDLE: Final = 64
"""Bytes. Up to here a comparison of all at each place is in the price, which grows with the needle."""
FEW_COMPARISONS: Final = 1 << 15
"""Comparisons, 15 µs, up to which it is, too."""
LONG_SUBJECT: Final = 30_000
"""Bytes from which on CPython takes the two-way algorithm (stringlib/fastsearch.h)."""
_TAIL: Final = PER_INSTRUCTION["find.tail_shift"]


def is_cheap(rest: int, size: int) -> bool:
    """Whether ``str.find`` itself will do for a needle of ``size`` bytes in ``rest`` bytes."""
    return size < SHORT_NEEDLE or (rest - size) * size <= FEW_COMPARISONS


def find_long(subject: str, needle: str, start: int, charge: Charge) -> int:
    """The place of ``needle`` at or after ``start``, or -1."""
    size = len(subject) - start
    wanted = max(LONG_SUBJECT, 4 * len(needle) + 16)
    if size >= wanted:
        return subject.find(needle, start)
    tail = wanted - size
    charge(tail >> _TAIL, size + wanted if wanted > LONG_SUBJECT else 0)  # 60 kB that are gone at once are nobody's
    place = (subject[start:] + "\0" * tail).find(needle)
    return start + place if 0 <= place <= size - len(needle) else -1
