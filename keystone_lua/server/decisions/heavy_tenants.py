"""Which tenants' runs are heavy, so that the next one does not start in the event loop.

In: slices that were wasted, runs that ended. Out: whether a tenant's next run may start inline. It may not if

* a budget ended its last run. Until one ends well, its runs go straight to a lane.
* its runs have lately wasted the loop's time. A run that outgrows its slice is run again in a lane, and the time that
  the slice took is counted against an allowance (a leaky bucket). A script that is always heavy soon goes straight to
  a lane; the light runs of one that is heavy now and then still start inline.

Memory: an entry for each tenant with something against it, at most `KEPT`; the oldest go first.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

ALLOWANCE: Final = 0.020
"""Seconds of wasted slices that a tenant may run up."""

RETURNED: Final = 0.002
"""Of them, seconds given back each second: the share of the loop that one tenant can waste for ever."""

KEPT: Final = 10_000


class _Record:
    __slots__ = ("at", "hash", "stopped", "wasted")

    def __init__(self, now: float) -> None:
        self.stopped = False
        self.hash = ""
        self.wasted = 0.0
        self.at = now


class HeavyTenants:
    """See the module's docstring. ``clock`` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._records: dict[str, _Record] = {}

    def may_start_inline(self, tenant: str, script: str) -> bool:
        """Whether the tenant's next run, of the script with hash ``script``, may have a slice of the loop's time."""
        record = self._records.get(tenant)
        if record is None:
            return True
        if record.stopped:
            return False
        if record.hash != script:
            return True
        return self._wasted(record) < ALLOWANCE

    def wasted(self, tenant: str, script: str, seconds: float) -> None:
        """A slice was not enough, and took ``seconds``."""
        record = self._record(tenant)
        if record.hash != script:  # a new version starts anew
            record.hash, record.wasted = script, 0.0
        record.wasted = self._wasted(record) + seconds
        record.at = self._clock()

    def ended(self, tenant: str, *, by_budget: bool) -> None:
        """A run has ended, in either lane."""
        if by_budget:
            self._record(tenant).stopped = True
        elif (record := self._records.get(tenant)) is not None:
            record.stopped = False
            if self._wasted(record) <= 0.0:
                del self._records[tenant]

    def _wasted(self, record: _Record) -> float:
        return max(0.0, record.wasted - (self._clock() - record.at) * RETURNED)

    def _record(self, tenant: str) -> _Record:
        record = self._records.pop(tenant, None) or _Record(self._clock())
        self._records[tenant] = record  # the newest
        if len(self._records) > KEPT:
            del self._records[next(iter(self._records))]
        return record
