"""How much a tenant may ask for in a second: decisions, and processor time.

In: a tenant, before its decision and after it. Out: whether it may be taken, else the seconds until it may. Each is a
bucket that fills at the tenant's rate up to what comes in BURST_SECONDS: a decision takes one, or the time that it
took, which is known afterwards, so that this bucket may go below empty. A server's workers share a rate evenly, each by
its own buckets.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final

from ..settings.config import Rates

BURST_SECONDS: Final = 1.0
INSTRUCTION_SECONDS: Final = 30e-9
"""What an instruction of a run in a lane counts as: the mean of the benchmarks. Its own time there has waits in it."""

FLOOR_SECONDS: Final = 1e-6
"""What must be in the bucket of processor time for a decision to begin."""

MOST: Final = 10_000
"""Tenants with buckets. Beyond, all begin anew: it takes so many loaded scripts."""


class _Bucket:
    """``level`` of something that comes ``rate`` a second."""

    __slots__ = ("at", "burst", "level", "rate")

    def __init__(self, rate: float, least: float) -> None:
        self.rate = rate
        self.burst = self.level = max(rate * BURST_SECONDS, least)
        self.at = time.monotonic()

    def fill(self) -> float:
        """How much is in it now."""
        now = time.monotonic()
        self.level = min(self.burst, self.level + (now - self.at) * self.rate)
        self.at = now
        return self.level


class Allowances:
    """Those of one worker."""

    def __init__(
        self,
        usual: Rates,
        own: Mapping[str, Rates],
        workers: int,
        limited: Callable[[str], None] = lambda _tenant: None,
    ) -> None:
        """``usual`` are the rates of a tenant that has no ``own``; ``limited`` hears of each that is refused."""
        self._limited = limited
        self._usual = usual
        self._own = own
        self._workers = workers
        self._buckets: dict[str, tuple[_Bucket | None, _Bucket | None]] = {}

    @property
    def any(self) -> bool:
        """Whether any tenant has a limit."""
        return any(rates.requests or rates.processor for rates in (self._usual, *self._own.values()))

    def wait(self, tenant: str) -> float:
        """0 if a decision may be taken, which is then counted; else the seconds until one may."""
        requests, processor = self._of(tenant)
        if processor is not None and (level := processor.fill()) < FLOOR_SECONDS:
            self._limited(tenant)
            return (FLOOR_SECONDS - level) / processor.rate
        if requests is not None:
            if (level := requests.fill()) < 1.0:
                self._limited(tenant)
                return (1.0 - level) / requests.rate
            requests.level = level - 1.0
        return 0.0

    def took(self, tenant: str, seconds: float) -> None:
        """A decision of the tenant has taken so much processor time."""
        processor = self._of(tenant)[1]
        if processor is not None:
            processor.level -= seconds

    def _of(self, tenant: str) -> tuple[_Bucket | None, _Bucket | None]:
        found = self._buckets.get(tenant)
        if found is None:
            if len(self._buckets) >= MOST:
                self._buckets.clear()
            rates = self._own.get(tenant, self._usual)
            found = self._buckets[tenant] = (
                _Bucket(rates.requests / self._workers, 1.0) if rates.requests else None,
                _Bucket(rates.processor / self._workers, 0.0) if rates.processor else None,
            )
        return found
