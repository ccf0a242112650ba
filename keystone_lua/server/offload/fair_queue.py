"""Who runs next: a bounded queue for each tenant, served in turn.

In: items, each some tenant's. Out: the next item of a tenant that may run. Refuses an item with `QueueFull` when its
tenant has ``depth`` waiting, or all tenants together have so many items or bytes.

A tenant that asks as fast as it can waits behind itself only: each turn serves one item, then goes to the end of
the round. Nothing is kept of a tenant that has nothing waiting.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

DEPTH: Final = 4
"""Items of one tenant that wait."""

TOTAL_ITEMS: Final = 64
TOTAL_BYTES: Final = 32 << 20
"""Of all tenants together."""


class QueueFull(Exception):
    """There is no place for another item."""


class Queued(Protocol):
    """What can wait: whose it is, and the bytes that it keeps in memory."""

    @property
    def tenant(self) -> str: ...
    @property
    def size(self) -> int: ...


T = TypeVar("T", bound=Queued)


class FairQueue(Generic[T]):
    """See the module's docstring."""

    def __init__(self, depth: int = DEPTH, total_items: int = TOTAL_ITEMS, total_bytes: int = TOTAL_BYTES) -> None:
        self._depth, self._total_items, self._total_bytes = depth, total_items, total_bytes
        self._waiting: OrderedDict[str, deque[T]] = OrderedDict()
        self.items = 0
        self.bytes = 0

    def add(self, item: T) -> None:
        """Put an item at the end of its tenant's queue. Raises `QueueFull`."""
        queue = self._waiting.get(item.tenant)
        if queue is not None and len(queue) >= self._depth:
            raise QueueFull
        if self.items >= self._total_items or (self.items and self.bytes + item.size > self._total_bytes):
            raise QueueFull
        self._waiting.setdefault(item.tenant, deque()).append(item)
        self._count(item, 1)

    def put_back(self, item: T) -> None:
        """Put an item that had left the queue first in it again, full or not."""
        self._waiting.setdefault(item.tenant, deque()).appendleft(item)
        self._waiting.move_to_end(item.tenant, last=False)
        self._count(item, 1)

    def take(self, may_run: Callable[[str], bool]) -> T | None:
        """Return the first item of the next tenant in the round that may run; None if there is none."""
        for tenant, queue in self._waiting.items():
            if may_run(tenant):
                item = queue.popleft()
                self._waiting.move_to_end(tenant)
                self._drop_if_empty(tenant)
                self._count(item, -1)
                return item
        return None

    def remove(self, item: T) -> None:
        """Give up an item's place, if it is waiting."""
        queue = self._waiting.get(item.tenant)
        if queue is not None and item in queue:
            queue.remove(item)
            self._drop_if_empty(item.tenant)
            self._count(item, -1)

    def _drop_if_empty(self, tenant: str) -> None:
        if not self._waiting[tenant]:
            del self._waiting[tenant]

    def _count(self, item: T, change: int) -> None:
        self.items += change
        self.bytes += change * item.size
