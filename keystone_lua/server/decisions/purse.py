"""Processor time for what may wait, shared by tenants: none waits for what another has spent.

In: the clock, what tenants spend. Out: whether a tenant may spend now. Time is earned at a rate, and what is not used
is kept up to a burst. What one piece of work takes beyond a burst is its tenant's own debt, to which half of what is
earned goes, in equal parts: until it is paid the tenant spends nothing, and all together never more than is earned.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

BURST_SECONDS: Final = 0.2
"""Of the time that was not used, so much is kept for later, at most."""


class Purse:
    """``rate``: seconds earned in a second."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._at = clock()
        self._left = 0.0
        self._debts: dict[str, float] = {}

    def may_spend(self, tenant: str) -> bool:
        """Whether there is time for the tenant."""
        self._earn()
        return self._left > 0.0 and tenant not in self._debts

    def spent(self, tenant: str, seconds: float) -> None:
        """A tenant's work has taken so long."""
        shared = min(seconds, BURST_SECONDS)
        self._left -= shared
        if seconds > shared:
            self._debts[tenant] = self._debts.get(tenant, 0.0) + seconds - shared

    def _earn(self) -> None:
        now = self._clock()
        earned, self._at = (now - self._at) * self._rate, now
        if self._debts:
            earned /= 2
            each = earned / len(self._debts)
            self._debts = {tenant: debt - each for tenant, debt in self._debts.items() if debt > each}
        self._left = min(self._left + earned, BURST_SECONDS)
